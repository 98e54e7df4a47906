"""Times the counting of all settled days in DuckDB: what a data team would write instead.

usage: bench_settle.py SEGMENTS_GLOB WORKS_PARQUET POLICY_TOML OUT.parquet [--threads 2]

WORKS_PARQUET is `stipend export works` of one day, or of several days with a column `day` added.
Prints {"seconds", "rows", "peak_mb"}: the wall time of the queries alone, reading Parquet included,
without starting DuckDB; the work-days that come out are written to OUT afterwards.

It counts what a policy like the daily pool asks for: copies of an event merged, works excluded, self
views, paid traffic, a limit of views per viewer and day, the lesser of a time and a share of the
length, one view per viewer, work and day, tiers of viewers, interactions once per viewer on qualifying
views and up to a cap; at the end the weight of each creator in the split of each day's pool. It leaves
out what would make it slower: device limits, concentration on one creator, creators named by events,
factors of quality, and the order by id of two first views in one microsecond.

What was tried, on 10.3 million events of 5 days in 128 files with two threads. Seconds; other work ran
on the machine, so compare only what stands on one line, which was measured in one go:
  reading ten columns of all files, nothing else: 0.7
  copies: one GROUP BY id, viewer over all columns 6.9; finding copied (id, viewer) first 2.3, then
    merging only those 1.2. Finding copied ids alone (kept) 1.6 where (id, viewer) takes 2.6
  a table of the raw events before all else: 1.3 to 1.8; reading the files again (kept) 0.7 a time
  first views and interactions of a viewer and work: row_number() and bit_or() over windows 1.1 to 1.5; two
    GROUP BY (kept) 1.0 to 1.1
  the first region by arg_min 1.2 to 1.7; by min(time * 1024 + region) (kept) 0.9 to 1.1
  views of a viewer and day: GROUP BY viewer, day (kept) 1.4; busy viewers first, then their days 2.4
  everything as one query of materialised CTEs 6.6; in 4 ranges of viewers 7.4; in 32 ranges 12.9:
    reads that skip row groups do not pay for the passes
  tables of narrow integers, one after another (kept): 5.0 to 7.4; 8 to 12 while the machine was busy
"""
import argparse
import datetime
import json
import resource
import sys
import time

import duckdb

from policy import ONE, Policy, next_day, ppm

COLUMNS = "id, viewer, work, epoch_us(time) AS time, kind, source, flags, region, watch_ms, length_ms"
KINDS = ["likes", "favorites", "comments", "shares", "follows"]
# Verdicts by number in the table of events; the first that applies.
EXCLUDED, SELF, PAID, ABNORMAL, SHORT, LONG, INTERACTION = 1, 2, 3, 4, 5, 0, 9


def check_policy(policy):
    """Refuses a policy that asks for more than is counted here."""
    wanted = {
        "per_viewer_work_day": policy.views["per_viewer_work_day"] == 1,
        "self_views": policy.views["self_views"] == "exclude",
        "paid_traffic": policy.views["paid_traffic"] == "exclude",
        "interactions": (policy.interactions["count"], policy.interactions["on"])
        == ("per_viewer", "qualifying_view"),
        "abnormal": set(policy.abnormal) <= {"viewer_views_per_day"},
        "reward": policy.pool is not None,
    }
    if not all(wanted.values()):
        sys.exit(f"not counted here: {[name for name, good in wanted.items() if not good]}")


def day_of(bounds):
    """SQL: the number of an event's day among the settled ones; NULL outside of them."""
    whens = " ".join(f"WHEN time < {until} THEN {place}" for place, (_, _, until) in enumerate(bounds))
    return f"CASE WHEN time < {bounds[0][1]} THEN NULL {whens} END"


def long_enough(policy):
    """SQL: whether a view was watched for long enough."""
    least, share = policy.views["minimum_watch_ms"], ppm(policy.views.get("minimum_share"))
    whole = "CASE WHEN length_ms = -1 THEN catalog_ms ELSE length_ms END"
    unknown = "false" if policy.views["length_unknown"] == "refuse" else f"watch_ms >= {least}"
    by_share = "false" if share is None else f"watch_ms::BIGINT * {ONE} >= {share} * ({whole})::BIGINT"
    return (f"CASE WHEN ({whole}) <= 0 THEN {unknown} "
            f"ELSE watch_ms >= {least} OR {by_share} END")


def tier(policy, region):
    """SQL: the place of a region's tier; the last is all others."""
    def code(letters):
        return (ord(letters[0]) - 64) * 27 + ord(letters[1]) - 64
    whens = [f"WHEN {region} IN ({', '.join(str(code(r)) for r in tier['regions'])}) THEN {place}"
             for place, tier in enumerate(policy.tiers) if tier["regions"]]
    others = len(policy.tiers)
    return f"CASE {' '.join(whens)} ELSE {others} END" if whens else str(others)


def facts_query(works, bounds, dated):
    """Works of each day, numbered: `place` stands for day and work from here on."""
    days = ", ".join(f"({place}, '{day}')" for place, (day, _, _) in enumerate(bounds))
    join = "d.name = w.day" if dated else "true"
    return f"""
        CREATE TEMP TABLE facts AS
        SELECT row_number() OVER ()::INTEGER AS place, d.number::UTINYINT AS day, work_hash, work, creator,
            account_hash, length_ms::INTEGER AS catalog_ms, reason <> '' AS excluded
        FROM read_parquet('{works}') w JOIN (VALUES {days}) d (number, name) ON {join}"""


def events_query(source, policy, bounds):
    """All events with their work-day and first verdict, copies merged, in narrow columns."""
    start, until = bounds[0][1], bounds[-1][2]
    merged = ("min(work) AS work, min(time) AS time, min(kind) AS kind, max(source) AS source, "
              "bit_or(flags) AS flags, coalesce(min(nullif(region, 0)), 0) AS region, "
              "max(watch_ms) AS watch_ms, max(length_ms) AS length_ms, count(*) AS copies")
    return f"""
        CREATE TEMP TABLE events AS
        SELECT e.viewer, f.place, e.day::UTINYINT AS day, kind::UTINYINT AS kind, time - {start} AS time,
            copies::INTEGER AS copies, flags::UTINYINT AS flags, region::USMALLINT AS region,
            (CASE WHEN excluded THEN {EXCLUDED} WHEN account_hash = e.viewer THEN {SELF}
                WHEN source <> 0 THEN {PAID} WHEN kind <> 0 THEN {INTERACTION}
                WHEN {long_enough(policy)} THEN {LONG} ELSE {SHORT} END)::UTINYINT AS verdict
        FROM (SELECT *, {day_of(bounds)} AS day FROM (
                SELECT viewer, work, time, kind, source, flags, region, watch_ms, length_ms, 1 AS copies
                FROM {source} ANTI JOIN copied USING (id)
                UNION ALL BY NAME
                SELECT viewer, {merged} FROM {source} SEMI JOIN copied USING (id) GROUP BY id, viewer)
              WHERE time >= {start} AND time < {until}) e
        LEFT JOIN facts f ON f.day = e.day AND f.work_hash = e.work"""


def queries(glob, works, policy, bounds, dated):
    """The whole computation, statement by statement."""
    source = f"(SELECT {COLUMNS} FROM read_parquet('{glob}'))"
    most = policy.abnormal.get("viewer_views_per_day")
    many = "false" if most is None else f"count(*) > {most}"
    tiers = range(len(policy.tier_weights))
    views = " + ".join(f"tier_{place} * {weight}::HUGEINT"
                       for place, weight in enumerate(policy.tier_weights))
    added = " + ".join(f"{kind} * {weight}::HUGEINT"
                       for kind, weight in zip(KINDS, policy.interaction_weights))
    cap = policy.interaction_cap
    counted = added if cap is None else f"least({added}, ({views}) * {cap} // {ONE})"
    final = "CASE WHEN o.viewer IS NOT NULL AND verdict NOT IN (1, 2, 3) THEN 4 ELSE verdict END"
    return [
        facts_query(works, bounds, dated),
        # A superset of the copied events: the same id under another viewer is merged with nothing.
        f"CREATE TEMP TABLE copied AS SELECT id FROM read_parquet('{glob}') GROUP BY id "
        "HAVING count(*) > 1",
        events_query(source, policy, bounds),
        "CREATE TEMP TABLE odd AS SELECT viewer, day FROM events WHERE kind = 0 GROUP BY ALL "
        f"HAVING {many}",
        f"""CREATE TEMP TABLE others AS
            SELECT place, sum(copies) AS accepted, sum(copies) - count(*) AS duplicate,
                count(*) FILTER (v = {EXCLUDED}) AS excluded, count(*) FILTER (v = {SELF}) AS self_view,
                count(*) FILTER (v = {PAID}) AS paid_traffic,
                count(*) FILTER (v = {ABNORMAL}) AS abnormal_viewer,
                count(*) FILTER (v = {SHORT}) AS too_short
            FROM (SELECT place, copies, {final} AS v FROM events LEFT JOIN odd o USING (viewer, day))
            WHERE place IS NOT NULL GROUP BY place""",
        f"""CREATE TEMP TABLE entries AS
            SELECT place, viewer, count(*) AS views, min(time * 1024 + region) AS first,
                bit_or(flags) AS flags
            FROM events ANTI JOIN odd USING (viewer, day) WHERE verdict = {LONG} GROUP BY ALL""",
        # Interactions that are events of their own are few: they come after the views.
        f"""CREATE TEMP TABLE interactions AS
            SELECT place, kind, count(*) AS events, count(*) FILTER (views IS NOT NULL) AS viewed,
                count(DISTINCT viewer) FILTER (views IS NOT NULL AND NOT held) AS effective
            FROM (SELECT i.place, i.viewer, kind, views, (e.flags >> (kind - 1) & 1) = 1 AS held
                  FROM (SELECT * FROM events ANTI JOIN odd USING (viewer, day)
                        WHERE verdict = {INTERACTION}) i
                  LEFT JOIN entries e USING (place, viewer)) GROUP BY ALL""",
        f"""CREATE TEMP TABLE work_days AS
            SELECT o.*, coalesce(qualified_views, 0) AS qualified_views,
                coalesce(views, 0) - coalesce(qualified_views, 0) AS repeat,
                {', '.join(f'coalesce(v.{k}, 0) + coalesce(i.{k}, 0) AS {k}' for k in KINDS)},
                {', '.join(f'coalesce(tier_{place}, 0) AS tier_{place}' for place in tiers)},
                coalesce(events - viewed, 0) AS interaction_without_view,
                coalesce(viewed - i.effective, 0) AS interaction_repeat,
                coalesce(i.effective, 0) AS effective
            FROM others o
            LEFT JOIN (SELECT place, count(*) AS qualified_views, sum(views) AS views,
                    {', '.join(f'count(*) FILTER ((flags >> {bit} & 1) = 1) AS {k}'
                               for bit, k in enumerate(KINDS))},
                    {', '.join(f'count(*) FILTER (tier = {place}) AS tier_{place}' for place in tiers)}
                FROM (SELECT *, {tier(policy, '(first & 1023)')} AS tier FROM entries)
                GROUP BY place) v USING (place)
            LEFT JOIN (SELECT place, sum(events) AS events, sum(viewed) AS viewed,
                    sum(effective) AS effective,
                    {', '.join(f'sum(effective) FILTER (kind = {bit + 1}) AS {k}'
                               for bit, k in enumerate(KINDS))}
                FROM interactions GROUP BY place) i USING (place)""",
        f"""CREATE TEMP TABLE weights AS
            SELECT day, creator, sum(({views}) + {counted}) AS weight
            FROM work_days JOIN facts USING (place) GROUP BY ALL""",
    ]


def settled_days(connection, glob, policy):
    """The days of the log with their bounds."""
    first, last = connection.execute(
        f"SELECT min(epoch_us(time)), max(epoch_us(time)) FROM read_parquet('{glob}')").fetchone()
    day = datetime.datetime.fromtimestamp(first // 1_000_000, policy.zone).date().isoformat()
    bounds = []
    while policy.start_us(day) <= last:
        bounds.append((day, policy.start_us(day), policy.start_us(next_day(day))))
        day = next_day(day)
    return bounds


def main():
    """Times the queries, then writes the work-days."""
    parser = argparse.ArgumentParser(description="Counts all days in DuckDB, timed.")
    parser.add_argument("segments")
    parser.add_argument("works")
    parser.add_argument("policy")
    parser.add_argument("out")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    with open(args.policy, encoding="utf-8") as file:
        policy = Policy(file.read())
    check_policy(policy)
    connection = duckdb.connect()
    connection.execute(f"SET threads = {args.threads}; SET preserve_insertion_order = false")
    bounds = settled_days(connection, args.segments, policy)
    names = connection.execute(f"DESCRIBE SELECT * FROM read_parquet('{args.works}')").fetchall()
    dated = "day" in [row[0] for row in names]
    start = time.perf_counter()
    for query in queries(args.segments, args.works, policy, bounds, dated):
        connection.execute(query)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    rows = connection.execute("SELECT count(*) FROM work_days").fetchone()[0]
    days = ", ".join(f"({place}, '{day}')" for place, (day, _, _) in enumerate(bounds))
    connection.execute(f"""
        COPY (SELECT d.name AS day, f.work, f.creator, w.* EXCLUDE (place)
              FROM work_days w JOIN facts f USING (place) JOIN (VALUES {days}) d (number, name)
              ON d.number = f.day ORDER BY 1, 2) TO '{args.out}' (FORMAT parquet)""")
    print(json.dumps({"seconds": round(seconds, 2), "rows": rows, "peak_mb": peak}))


if __name__ == "__main__":
    main()
