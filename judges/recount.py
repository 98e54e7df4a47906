"""Counts every settled day again and compares: an outside judge of `stipend settle`.

usage: recount.py DATA_DIR [--stipend BIN] [--program P] [--database-url URL]

The work-days are computed in DuckDB's own SQL from the segments of the event log, the works as
`stipend export works` tells them and the policy document, and compared column by column with
`stipend export work-days`. Then scores and lines are computed in Python's integers and compared with
`stipend export lines --standing`.

What is taken from the engine and not judged here: which works are excluded and why (`reason`), the
factors of a work (`quality_ppm`, `originality_ppm`, `bonus_ppm`) and the hashes of viewers.

Exit code: 0 all is equal, 1 something differs, 2 the judge could not run or had nothing to compare.
"""
import argparse
import os
import sys
from collections import defaultdict

import duckdb

from folder import PUBLIC_KEY, CannotRun, Database, Stipend, id_key, segments, siphash24
from policy import ONE, Policy, next_day, ppm

COUNTS = [
    "accepted", "qualified_views", "likes", "favorites", "comments", "shares", "follows",
    "duplicate", "excluded", "self_view", "paid_traffic", "abnormal_viewer", "abnormal_device",
    "too_short", "repeat", "interaction_without_view", "interaction_repeat", "effective",
]
LINE = ["qualified_views", "score", "earned", "carried_in", "paid", "carried_out", "forfeited",
        "reason"]
SHOWN = 10


class Findings:
    """What was compared, and the first differences."""

    def __init__(self):
        self.compared = 0
        self.different = 0

    def add(self, what, column, engine, judge):
        """Notes one difference; prints the first few."""
        self.different += 1
        if self.different <= SHOWN:
            print(f"DIFFERS {what} {column}: stipend says {engine!r}, the judge {judge!r}")


class Day:
    """A settled day: the policy version that settled it and what it was last compared with."""

    def __init__(self, day, version, manifest, stale_facts):
        self.day = day
        self.version = version
        # Segments up to this number count; None when no later one overlaps the day.
        self.manifest = manifest
        self.stale_facts = stale_facts


def settled_days(database, program, policies):
    """The settled days of a program. A day whose correction window is closed keeps what it was
    settled with, though later segments hold events of it."""
    confirmed = {(day, number): (manifest, catalog) for day, number, manifest, catalog in
                 database.rows("SELECT day, number, manifest_seq, catalog_seq FROM confirmation "
                               f"WHERE program = '{program}'")}
    runs = {}
    for day, number, version, manifest, catalog in database.rows(
            "SELECT day, number, policy_version, manifest_seq, catalog_seq FROM run "
            f"WHERE program = '{program}' ORDER BY day, number"):
        first = runs[day][0] if day in runs else version
        runs[day] = (first, *confirmed.get((day, number), (manifest, catalog)))
    spans = database.rows("SELECT seq, first_us, last_us FROM segment")
    facts = database.rows("SELECT seq FROM import WHERE kind = 'catalog'")
    days = []
    for day, (version, manifest, catalog) in sorted(runs.items()):
        start, end = policies(version).start_us(day), policies(version).start_us(next_day(day))
        later = any(seq > manifest and last >= start and first < end for seq, first, last in spans)
        stale_facts = any(seq > catalog for (seq,) in facts)
        days.append(Day(day, version, manifest if later else None, stale_facts))
    return days


def load_creators(duck, database):
    """Known creators with their public hash, computed here, and their rank in the order of ids."""
    rows = database.rows("SELECT creator, hash FROM creator")
    for creator, stored in rows:
        if siphash24(PUBLIC_KEY, creator.encode()) != stored:
            raise CannotRun(f"the stored hash of creator `{creator}` is not its public hash")
    ranked = sorted(rows, key=lambda row: id_key(row[0]))
    duck.execute("CREATE TABLE creators (creator VARCHAR, hash BIGINT, rank BIGINT)")
    insert(duck, "creators", [(creator, stored, rank) for rank, (creator, stored) in enumerate(ranked)])


def insert(duck, table, rows):
    """Many rows at once: one list a column, unnested."""
    if rows:
        columns = [list(column) for column in zip(*rows)]
        duck.execute(f"INSERT INTO {table} SELECT {', '.join('unnest(?)' for _ in columns)}", columns)


def load_accounts(duck, data_dir, database, days):
    """Each creator's account as the viewers' hash: who watches an own work. Taken from the works'
    table; for creators without a work there, computed from the catalog and the folder's key."""
    duck.execute("CREATE TABLE accounts AS SELECT DISTINCT day, creator, account_hash FROM facts "
                 "WHERE creator <> '' AND account_hash <> 0")
    covered = {row[0] for row in duck.execute("SELECT DISTINCT creator FROM facts").fetchall()}
    versions = database.rows("SELECT creator, effective, account FROM creator_version "
                             "WHERE account IS NOT NULL ORDER BY creator, effective, seq")
    rest = [row for row in versions if row[0] not in covered]
    key_file = os.path.join(data_dir, "viewer.key")
    if not rest or not os.path.isfile(key_file):
        return
    with open(key_file, encoding="ascii") as file:
        key = bytes.fromhex(file.read().strip())
    held = {}
    for day in days:
        for creator, effective, account in rest:
            if effective <= day.day:
                held[day.day, creator] = account
    insert(duck, "accounts", [(day, creator, siphash24(key, account.encode()))
                              for (day, creator), account in held.items()])


def load_facts(duck, stipend, days):
    """The works of each day, as exported."""
    duck.execute("CREATE TABLE facts (day VARCHAR, work VARCHAR, hash BIGINT, creator VARCHAR, "
                 "account_hash BIGINT, catalog_ms BIGINT, reason VARCHAR)")
    for day in days:
        path = stipend.export("works", "--day", day.day)
        duck.execute(f"INSERT INTO facts SELECT '{day.day}', work, work_hash, creator, account_hash, "
                     f"length_ms, reason FROM read_parquet('{path}')")
        os.remove(path)


def load_events(duck, paths):
    """The event log with copies of an event merged: earliest time, longest watch and length, all
    interactions, paid if any copy says so; of other values the smallest that is one."""
    duck.execute("CREATE OR REPLACE TABLE raw AS SELECT * REPLACE (epoch_us(time) AS time) "
                 "FROM read_parquet(?)", [paths])
    duck.execute("CREATE OR REPLACE TABLE copied AS SELECT id, viewer FROM raw GROUP BY ALL "
                 "HAVING count(*) > 1")
    duck.execute("""
        CREATE OR REPLACE TABLE events AS
        SELECT *, 1 AS copies FROM raw ANTI JOIN copied USING (id, viewer)
        UNION ALL BY NAME
        SELECT id, viewer, min(work) AS work, min(time) AS time,
            coalesce(min(nullif(device, 0)), 0) AS device,
            -- The creator with the smallest id; those whom the catalog does not know come last.
            coalesce(min({'rank': coalesce(c.rank, 1099511627776), 'hash': r.creator})
                FILTER (r.creator <> 0)['hash'], 0) AS creator,
            min(kind) AS kind, max(source) AS source, bit_or(flags) AS flags,
            coalesce(min(nullif(region, 0)), 0) AS region, max(watch_ms) AS watch_ms,
            max(length_ms) AS length_ms, count(*) AS copies
        FROM raw r SEMI JOIN copied USING (id, viewer)
        LEFT JOIN creators c ON c.hash = r.creator
        GROUP BY id, viewer""")
    duck.execute("DROP TABLE raw")


def place_events(duck, policy, days):
    """Events of some days with what the catalog says of their work and who is credited."""
    bounds = [(day.day, policy.start_us(day.day), policy.start_us(next_day(day.day))) for day in days]
    duck.execute("CREATE OR REPLACE TABLE days (day VARCHAR, start BIGINT, until BIGINT)")
    # A day that the zone skips is empty and would hide the one that begins at the same instant.
    insert(duck, "days", [bound for bound in bounds if bound[1] < bound[2]])
    duck.execute("""
        CREATE OR REPLACE TABLE placed AS
        SELECT e.*, e.day, f.work IS NOT NULL AS known, coalesce(f.reason, 'unknown_work') AS reason,
            coalesce(f.work, '#' || lower(lpad(hex(e.work), 16, '0'))) AS name,
            CASE WHEN f.work IS NULL THEN '' ELSE coalesce(c.creator, f.creator) END AS credited,
            CASE WHEN e.length_ms = -1 THEN f.catalog_ms ELSE e.length_ms END AS whole_ms
        FROM (SELECT e.*, d.day FROM events e ASOF JOIN days d ON e.time >= d.start
              WHERE e.time < d.until) e
        LEFT JOIN facts f ON f.day = e.day AND f.hash = e.work
        LEFT JOIN creators c ON c.hash = e.creator AND e.creator <> 0""")


def mark_abnormal(duck, policy):
    """Viewers and devices that are not believable on a day. Copies count once; views of excluded
    and unknown works count."""
    rules = policy.abnormal
    viewers = ["SELECT NULL::VARCHAR AS day, NULL::BIGINT AS viewer WHERE false"]
    if "viewer_views_per_day" in rules:
        viewers.append("SELECT day, viewer FROM placed WHERE kind = 0 GROUP BY ALL "
                       f"HAVING count(*) > {rules['viewer_views_per_day']}")
    if "one_creator_share" in rules:
        share = ppm(rules["one_creator_share"])
        viewers.append(f"""
            SELECT one.day, one.viewer
            FROM (SELECT day, viewer, credited, count(*) AS views FROM placed
                  WHERE kind = 0 AND known GROUP BY ALL) one
            JOIN (SELECT day, viewer, count(*) AS views FROM placed WHERE kind = 0 GROUP BY ALL) whole
                USING (day, viewer)
            WHERE whole.views >= {rules['one_creator_from_views']}
                AND one.views * {ONE} > {share} * whole.views""")
    duck.execute("CREATE OR REPLACE TABLE odd_viewers AS SELECT DISTINCT * FROM ("
                 + " UNION ALL ".join(viewers) + ")")
    most = rules.get("device_views_per_day")
    having = "false" if most is None else f"count(*) > {most}"
    duck.execute("CREATE OR REPLACE TABLE odd_devices AS SELECT day, device FROM placed "
                 f"WHERE kind = 0 AND device <> 0 GROUP BY ALL HAVING {having}")


def long_enough(policy):
    """SQL: whether a view was watched for long enough."""
    least, share = policy.views["minimum_watch_ms"], policy.views.get("minimum_share")
    by_time = f"watch_ms >= {least}"
    by_share = "false" if share is None else (
        f"watch_ms::BIGINT * {ONE} >= {ppm(share)} * whole_ms::BIGINT")
    unknown = "false" if policy.views["length_unknown"] == "refuse" else by_time
    return f"CASE WHEN whole_ms <= 0 THEN {unknown} ELSE {by_time} OR {by_share} END"


def tier(policy):
    """SQL: the place of a region's tier; the last is all others."""
    def code(region):
        return (ord(region[0]) - 64) * 27 + ord(region[1]) - 64
    whens = [f"WHEN region IN ({', '.join(str(code(r)) for r in tier['regions'])}) THEN {place}"
             for place, tier in enumerate(policy.tiers) if tier["regions"]]
    others = len(policy.tiers)
    return f"CASE {' '.join(whens)} ELSE {others} END" if whens else str(others)


def judge_events(duck, policy):
    """Gives each event its verdict: the first that applies, in the documented order."""
    own = "a.account_hash = p.viewer" if policy.views["self_views"] == "exclude" else "false"
    paid = "p.source <> 0" if policy.views["paid_traffic"] == "exclude" else "false"
    most = policy.views["per_viewer_work_day"]
    fits = "true" if most == 0 else f"place <= {most}"
    on_any = "true" if policy.interactions["on"] == "any_event" else "false"
    once = "true" if policy.interactions["count"] == "per_viewer" else "false"
    duck.execute(f"""
        CREATE OR REPLACE TABLE first AS
        SELECT p.*, CASE
            WHEN NOT known OR reason NOT IN ('', 'not_a_member', 'before_joining') THEN 'excluded'
            WHEN {own} THEN 'self_view'
            WHEN {paid} THEN 'paid_traffic'
            WHEN v.viewer IS NOT NULL THEN 'abnormal_viewer'
            WHEN o.device IS NOT NULL THEN 'abnormal_device'
            WHEN kind <> 0 THEN 'interaction'
            WHEN {long_enough(policy)} THEN 'long'
            ELSE 'too_short' END AS verdict,
            CASE WHEN kind = 0 THEN flags ELSE 0 END AS carried
        FROM placed p
        LEFT JOIN accounts a ON a.day = p.day AND a.creator = p.credited
        LEFT JOIN odd_viewers v ON v.day = p.day AND v.viewer = p.viewer
        LEFT JOIN odd_devices o ON o.day = p.day AND o.device = p.device""")
    # Views that may carry interactions: those that are long enough, or any that is not excluded.
    duck.execute(f"""
        CREATE OR REPLACE TABLE entries AS
        SELECT day, viewer, name, credited, bit_or(carried) AS kinds,
            count(*) FILTER (verdict = 'long') AS views,
            {', '.join(f"sum(carried >> {bit} & 1) AS c{bit}" for bit in range(5))}
        FROM first WHERE verdict = 'long' OR (verdict = 'too_short' AND {on_any}) GROUP BY ALL""")
    duck.execute(f"""
        CREATE OR REPLACE TABLE judged AS
        SELECT day, name, credited, reason, viewer, time, id, kind, region, verdict, copies
            FROM first WHERE verdict NOT IN ('long', 'interaction')
        UNION ALL BY NAME
        SELECT * EXCLUDE (place) REPLACE (CASE WHEN {fits} THEN 'qualified' ELSE 'repeat' END AS verdict)
        FROM (SELECT day, name, credited, reason, viewer, time, id, kind, region, verdict, copies,
                row_number() OVER (PARTITION BY day, name, credited, viewer ORDER BY time, id) AS place
              FROM first WHERE verdict = 'long')
        UNION ALL BY NAME
        SELECT * EXCLUDE (place, held, seen) REPLACE (CASE
            WHEN NOT seen AND NOT {on_any} THEN 'interaction_without_view'
            WHEN {once} AND (place > 1 OR held) THEN 'interaction_repeat'
            ELSE 'effective' END AS verdict)
        FROM (SELECT f.day, f.name, f.credited, reason, f.viewer, time, id, kind, region, verdict, copies,
                coalesce(views > 0, false) AS seen,
                coalesce(kinds >> (kind - 1) & 1 = 1, false) AS held,
                row_number() OVER (PARTITION BY f.day, f.name, f.credited, f.viewer, kind
                    ORDER BY time, id) AS place
              FROM first f LEFT JOIN entries e ON (f.day, f.name, f.credited, f.viewer)
                  = (e.day, e.name, e.credited, e.viewer)
              WHERE verdict = 'interaction')""")


def sum_days(duck, policy, tiers):
    """Adds the days' sums to `counted`."""
    once = policy.interactions["count"] == "per_viewer"
    carried = [f"sum({f'kinds >> {bit} & 1' if once else f'c{bit}'})" for bit in range(5)]
    names = ["likes", "favorites", "comments", "shares", "follows"]
    verdicts = COUNTS[COUNTS.index("excluded"):]
    duck.execute(f"""
        INSERT INTO counted BY NAME
        SELECT s.*, {', '.join(f'coalesce(f.{name}, 0) + e{place} AS {name}'
                               for place, name in enumerate(names))}
        FROM (SELECT day, name AS work, credited AS creator, any_value(reason) AS reason,
                sum(copies) AS accepted,
                sum(copies) - count(*) AS duplicate,
                count(*) FILTER (verdict = 'qualified') AS qualified_views,
                {', '.join(f"count(*) FILTER (verdict = '{v}') AS {v}" for v in verdicts)},
                {', '.join(f"count(*) FILTER (verdict = 'qualified' AND ({tier(policy)}) = {place}) "
                           f"AS tier_{place}" for place in range(tiers))},
                {', '.join(f"count(*) FILTER (verdict = 'effective' AND kind = {place + 1}) AS e{place}"
                           for place in range(5))}
              FROM judged GROUP BY ALL) s
        LEFT JOIN (SELECT day, name AS work, credited AS creator,
                     {', '.join(f'{sum_} AS {name}' for sum_, name in zip(carried, names))}
                   FROM entries GROUP BY ALL) f USING (day, work, creator)""".replace(
        "s.*,", "s.* EXCLUDE (e0, e1, e2, e3, e4),"))


def compare_days(duck, days, tiers, findings):
    """Compares the sums with the exported work-days, column by column."""
    columns = ["reason"] + COUNTS + [f"tier_{place}" for place in range(tiers)]
    names = ", ".join(f"'{day.day}'" for day in days)
    differs = " OR ".join(f"s.{c} IS DISTINCT FROM j.{c}" for c in columns)
    both = ", ".join(f"s.{c}, j.{c}" for c in columns)
    rows = duck.execute(f"""
        SELECT coalesce(s.day, j.day), coalesce(s.work, j.work), coalesce(s.creator, j.creator), {both}
        FROM (SELECT * FROM stipend_days WHERE day IN ({names})) s
        FULL JOIN (SELECT * FROM counted WHERE day IN ({names})) j USING (day, work, creator)
        WHERE {differs} ORDER BY ALL""").fetchall()
    for day, work, creator, *values in rows:
        for place, column in enumerate(columns):
            engine, judge = values[2 * place], values[2 * place + 1]
            if engine != judge:
                findings.add(f"{day} work {work} creator {creator}", column, engine, judge)
    compared = duck.execute(f"SELECT day, count(*), sum(accepted) FROM counted WHERE day IN ({names}) "
                            "GROUP BY ALL ORDER BY ALL").fetchall()
    for day, count, accepted in compared:
        findings.compared += count
        print(f"{day}: {count} work-days of {accepted} events, {len(columns)} columns each")


def score_rows(duck, policy, day, findings):
    """Each creator's views and score of a day, from the counts; compares each work-day's score."""
    tiers = range(len(policy.tier_weights))
    rows = duck.execute(f"""
        SELECT work, creator, qualified_views, likes, favorites, comments, shares, follows,
            quality_ppm, originality_ppm, bonus_ppm, score_views, score_interactions,
            score_interactions_counted, score, {', '.join(f'tier_{place}' for place in tiers)}
        FROM stipend_days WHERE day = ? AND work NOT LIKE '#%' ORDER BY work""", [day]).fetchall()
    sums = defaultdict(lambda: [0, 0])
    for row in rows:
        work, creator, qualified = row[:3]
        quality, originality, bonus = row[8:11]
        views = sum(count * weight for count, weight in zip(row[15:], policy.tier_weights))
        added = sum(count * weight for count, weight in zip(row[3:8], policy.interaction_weights))
        counted = added
        if policy.interaction_cap is not None:
            counted = min(added, views * policy.interaction_cap // ONE)
        factor = quality * originality // ONE * (ONE + bonus) // ONE
        total = (views + counted) * factor // ONE
        names = ["score_views", "score_interactions", "score_interactions_counted", "score"]
        for name, engine, judge in zip(names, row[11:15], [views, added, counted, total]):
            if engine != judge:
                findings.add(f"{day} work {work} creator {creator}", name, engine, judge)
        if qualified > 0 or total > 0:
            sums[creator][0] += qualified
            sums[creator][1] += total
    return sums


def split(amount, weights):
    """Splits by the largest remainder, ties to the earlier place; nothing when no weight is set."""
    total = sum(weights)
    if total == 0:
        return [0] * len(weights)
    parts = [amount * weight // total for weight in weights]
    order = sorted(range(len(weights)), key=lambda place: (-(amount * weights[place] % total), place))
    for place in order[: amount - sum(parts)]:
        parts[place] += 1
    return parts


def settle_lines(policy, sums, carried, left, last=False):
    """The lines of a day by the policy: creator to the values of `LINE`. `carried` is updated.

    On a program's last day nothing is carried on: what was kept back for later is paid."""
    if last:
        sums = {**{creator: [0, 0] for creator, kept in carried.items() if kept > 0}, **sums}
    carries = lambda rule: last and rule == "carry"
    floor = None if carries(policy.below_floor) else policy.floor
    cap = None if carries(policy.above_cap) else policy.cap
    creators = sorted(sums, key=id_key)
    weights = [sums[creator][1] for creator in creators]
    if policy.pool is not None:
        wanted = policy.pool // policy.unit
    else:
        weights = [policy.rate * score // (1_000 * ONE) // policy.unit for score in weights]
        wanted = sum(weights)
    most = None if left is None else left // policy.unit
    short = most is not None and wanted > most and any(weights)
    if short:
        wanted = most if policy.budget_used_up == "scale" else 0
    lines = {}
    for creator, part in zip(creators, split(wanted, weights)):
        views, score = sums[creator]
        earned, brought = part * policy.unit, carried.get(creator, 0)
        due = earned + brought
        over, rule, reason = 0, None, "budget_used_up" if short else ""
        if floor is not None and 0 < due < floor:
            over, rule, reason = due, policy.below_floor, "below_daily_minimum"
        elif cap is not None and due > cap:
            over, rule, reason = due - cap, policy.above_cap, "above_daily_cap"
        kept, lost = (over, 0) if rule == "carry" else (0, over)
        carried[creator] = kept
        lines[creator] = (views, score, earned, brought, due - over, kept, lost, reason)
    return lines


def compare_lines(duck, stipend, policies, days, findings):
    """Computes the lines of every settled day in order, and compares those that stand."""
    path = stipend.export("lines", "--standing")
    rows = duck.execute(f"SELECT day, creator, {', '.join(LINE)} FROM read_parquet('{path}')").fetchall()
    os.remove(path)
    standing = defaultdict(dict)
    for day, creator, *values in rows:
        standing[day][creator] = tuple(values)
    carried, spent = {}, defaultdict(int)
    for day in days:
        policy = policies(day.version)
        sums = score_rows(duck, policy, day.day, findings)
        month = day.day[:7]
        left = None if policy.budget is None else max(policy.budget - spent[month], 0)
        brought = carried if policy.carries() else {}
        lines = settle_lines(policy, sums, brought, left, policy.ends == day.day)
        spent[month] += sum(line[2] - line[6] for line in lines.values())
        for creator in sorted(lines.keys() | standing[day.day].keys(), key=id_key):
            engine, judge = standing[day.day].get(creator), lines.get(creator)
            if engine is None or judge is None:
                findings.add(f"{day.day} creator {creator}", "line", engine, judge)
                continue
            for name, one, other in zip(LINE, engine, judge):
                if one != other:
                    findings.add(f"{day.day} creator {creator}", name, one, other)
        findings.compared += len(lines)
        paid = sum(line[4] for line in lines.values())
        print(f"{day.day}: {len(lines)} lines, paid {paid} ledger units")


def judge(args, findings):
    """Does it all."""
    database = Database(args.data_dir, args.database_url)
    programs = [row[0] for row in database.rows("SELECT DISTINCT program FROM policy ORDER BY 1")]
    if args.program is None and len(programs) != 1:
        raise CannotRun(f"name a program with --program: {', '.join(programs) or 'there is none'}")
    program = args.program or programs[0]
    stipend = Stipend(args.stipend, args.data_dir, args.database_url, program)
    held = {}

    def policies(version):
        if version not in held:
            held[version] = Policy(
                stipend.run("program", "show", *stipend.program, "--version", str(version)))
        return held[version]

    days = settled_days(database, program, policies)
    for day in days:
        if day.stale_facts:
            print(f"{day.day}: counts not compared: the catalog was changed after it was last counted")
    duck = duckdb.connect()
    path = stipend.export("work-days")
    duck.execute(f"CREATE TABLE stipend_days AS SELECT * FROM read_parquet('{path}')")
    os.remove(path)
    load_creators(duck, database)
    fresh = [day for day in days if not day.stale_facts]
    load_facts(duck, stipend, fresh)
    load_accounts(duck, args.data_dir, database, fresh)
    count_days(duck, database, args.data_dir, policies, fresh, findings)
    if findings.compared == 0:
        raise CannotRun("there is no settled day with events to compare")
    compare_lines(duck, stipend, policies, days, findings)


def count_days(duck, database, data_dir, policies, days, findings):
    """Counts the days in groups of one policy version and one state of the manifest."""
    columns = [row[0] for row in duck.execute("DESCRIBE stipend_days").fetchall()]
    tiers = sum(name.startswith("tier_") for name in columns)
    names = COUNTS + [f"tier_{place}" for place in range(tiers)]
    duck.execute("CREATE TABLE counted (day VARCHAR, work VARCHAR, creator VARCHAR, "
                 "reason VARCHAR, " + ", ".join(f"{name} BIGINT" for name in names) + ")")
    for manifest in sorted({day.manifest for day in days}, key=lambda seq: (seq is None, seq)):
        paths = [path for seq, path in segments(database, data_dir)
                 if manifest is None or seq <= manifest]
        load_events(duck, paths)
        for version in sorted({day.version for day in days}):
            group = [day for day in days if (day.version, day.manifest) == (version, manifest)]
            if group:
                policy = policies(version)
                place_events(duck, policy, group)
                mark_abnormal(duck, policy)
                judge_events(duck, policy)
                sum_days(duck, policy, tiers)
    compare_days(duck, days, tiers, findings)


def main():
    """Runs the judge; gives the exit code."""
    parser = argparse.ArgumentParser(description="Counts every settled day again and compares.")
    parser.add_argument("data_dir")
    parser.add_argument("--stipend", default="stipend")
    parser.add_argument("--program")
    parser.add_argument("--database-url")
    findings = Findings()
    try:
        judge(parser.parse_args(), findings)
    except (CannotRun, duckdb.Error, OSError) as error:
        print(f"could not run: {error}", file=sys.stderr)
        return 2
    if findings.different:
        print(f"{findings.different} differences in {findings.compared} work-days and lines")
        return 1
    print(f"all equal: {findings.compared} work-days and lines")
    return 0


if __name__ == "__main__":
    sys.exit(main())
