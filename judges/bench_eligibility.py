"""Makes a platform of many creators, and decides of all of them in DuckDB, timed.

    bench_eligibility.py make FOLDER CREATORS     writes creators, works and events as Parquet
    bench_eligibility.py decide FOLDER LINES DAY  decides of every creator in five programs

The five programs are those of xtask/src/eligibility: the same conditions, written as SQL by hand. What
is not said makes a condition unknown, and no unknown is a yes; each decision comes with a text of all
that does not hold, with what was seen. Prints the seconds from tables in memory, the seconds from
Parquet, and the counts of answers.
"""
import json
import sys
import time

import duckdb


def make(folder, creators):
    con = duckdb.connect()
    con.execute("CREATE MACRO h(i, salt) AS (hash(i, salt) & 1073741823)::BIGINT")
    unsaid = "CASE WHEN h(i, {salt}) % 50 = 0 THEN NULL ELSE {value} END"
    said = lambda salt, value: unsaid.format(salt=salt, value=value)
    con.execute(f"""
        COPY (SELECT 'c' || i AS creator,
            {said(1, "['US','GB','DE','FR','IT','ES','CA','CN'][1 + h(i, 11) % 8]")} AS country,
            {said(2, "(14 + h(i, 12) % 50)::int")} AS age,
            {said(3, "['verified','declared'][1 + (h(i, 13) % 4 = 0)::int]")} AS age_proof,
            {said(4, "(h(i, 14) % 1000 * (h(i, 15) % 300))::bigint")} AS followers,
            ['video','news','games'][1 + h(i, 16) % 3] AS surface,
            ['creator','business','personal','enterprise'][1 + h(i, 17) % 4] AS account_type,
            ['none','professional','celebrity'][1 + (h(i, 18) % 20 = 0)::int * (1 + h(i, 19) % 2)::int]
                AS verification,
            ['good','throttled','warned'][1 + (h(i, 20) % 15 = 0)::int * (1 + h(i, 21) % 2)::int]
                AS standing,
            ['music','food','politics','games'][1 + h(i, 22) % 4] AS category,
            CASE WHEN h(i, 23) % 10 = 0 THEN ('2026-06-01'::date - (h(i, 24) % 300)::int)::varchar END
                AS last_violation,
            CASE WHEN h(i, 25) % 10 = 0 THEN 'mcn' || h(i, 26) % 50 ELSE 'none' END AS agency
        FROM range({creators}) t(i)) TO '{folder}/creators.parquet' (FORMAT parquet)""")
    con.execute(f"""
        COPY (SELECT 'w' || i AS work, 'c' || h(i, 31) % {creators} AS creator,
            '2026-06-01'::timestamptz - to_days((h(i, 32) % 120)::int) AS published
        FROM range({creators}) t(i)) TO '{folder}/works.parquet' (FORMAT parquet)""")
    con.execute(f"""
        COPY (SELECT 'e' || i AS event_id, 'w' || h(i, 41) % {creators} AS work,
            'u' || h(i, 42) % 200000 AS viewer, 20000 AS watch_ms,
            '2026-05-29'::timestamptz + to_seconds((h(i, 43) % 259200)::int) AS time
        FROM range({2 * creators}) t(i)) TO '{folder}/events.parquet' (FORMAT parquet)""")


def check(name, holds, seen):
    """A condition as a pair: whether it holds, and what to say when it does not or is not known."""
    return name, holds, seen


OF = {
    "rewards": [
        check("age_below_minimum", "age >= 18", "age"),
        check("age_unverified", "age_proof = 'verified'", "age_proof"),
        check("followers_below_minimum", "followers >= 10000", "followers"),
        check("views_30d_below_minimum", "views >= 2", "views"),
        check("account_type_not_allowed", "account_type IN ('creator', 'business')", "account_type"),
        check("region_not_open", "country IN ('US', 'GB', 'DE', 'FR', 'IT', 'ES')", "country"),
    ],
    "partner": [
        check("account_type_not_allowed", "account_type NOT IN ('enterprise')", "account_type"),
        check("celebrity_verified", "verification NOT IN ('celebrity')", "verification"),
        check("violation_in_window",
              "last_violation IS NULL OR last_violation::date + 90 <= day", "last_violation"),
        check("not_in_good_standing", "standing NOT IN ('throttled')", "standing"),
    ],
    "portal": [
        check("age_below_minimum", "age >= 18", "age"),
        check("age_unverified", "age_proof = 'verified'", "age_proof"),
        check("followers_below_minimum",
              "followers >= CASE country WHEN 'US' THEN 10000 ELSE 5000 END", "followers"),
        check("views_30d_below_minimum", "views >= 1", "views"),
        check("posts_30d_below_minimum", "posts >= 1", "posts"),
        check("region_not_open", "country IN ('US', 'GB', 'DE', 'FR', 'IT', 'ES')", "country"),
    ],
    "market": [
        check("followers_below_minimum",
              "agency <> 'none' OR followers >= CASE surface WHEN 'video' THEN 100000 ELSE 50000 END",
              "followers"),
        check("sensitive_field", "category NOT IN ('politics')", "category"),
        check("throttled", "standing NOT IN ('throttled')", "standing"),
    ],
    "tips": [
        check("age_below_minimum", "age >= 18", "age"),
        check("age_unverified", "age_proof IN ('verified', 'declared')", "age_proof"),
        check("region_not_open", "country IN ('US', 'GB')", "country"),
    ],
}


def query(creators, works, lines, day):
    programs = []
    for name, checks in OF.items():
        all_hold = " AND ".join(f"({holds})" for _, holds, _ in checks)
        why = ", ".join(
            f"CASE WHEN NOT coalesce({holds}, false) THEN '{code}: ' || coalesce({seen}::varchar, '?') END"
            for code, holds, seen in checks)
        programs.append(f"""
            SELECT '{name}' AS program, creator, CASE WHEN {all_hold} THEN 'yes'
                WHEN NOT ({all_hold}) THEN 'no' ELSE 'indeterminate' END AS answer,
                concat_ws('; ', {why}) AS why FROM facts""")
    return f"""
        CREATE OR REPLACE TABLE decided AS
        WITH facts AS MATERIALIZED (
            SELECT c.*, coalesce(v.views, 0) AS views, coalesce(p.posts, 0) AS posts, '{day}'::date AS day
            FROM {creators} c
            LEFT JOIN (SELECT creator, sum(qualified_views) AS views FROM {lines}
                       WHERE day::date >= '{day}'::date - 30 GROUP BY creator) v USING (creator)
            LEFT JOIN (SELECT creator, count(*) AS posts FROM {works}
                       WHERE published::date >= '{day}'::date - 30 AND published::date < '{day}'::date
                       GROUP BY creator) p USING (creator))
        {" UNION ALL ".join(programs)}"""


def decide(folder, lines, day):
    con = duckdb.connect()
    con.execute("SET threads = 2; SET timezone = 'UTC'; SET preserve_insertion_order = false")
    files = {"creators": f"{folder}/creators.parquet", "works": f"{folder}/works.parquet", "lines": lines}
    start = time.perf_counter()
    con.execute(query(*(f"read_parquet('{path}')" for path in files.values()), day))
    from_files = time.perf_counter() - start
    for name, path in files.items():
        con.execute(f"CREATE TABLE {name} AS SELECT * FROM read_parquet('{path}')")
    start = time.perf_counter()
    con.execute(query(*files, day))
    seconds = time.perf_counter() - start
    counts = dict(con.execute("SELECT answer, count(*) FROM decided GROUP BY ALL").fetchall())
    size = con.execute("SELECT sum(length(why)) FROM decided").fetchone()[0]
    print(json.dumps({"seconds": round(seconds, 3), "from_files": round(from_files, 3),
                      "bytes": int(size), **{name: counts.get(name, 0) for name in
                                             ("yes", "no", "indeterminate")}}))


if __name__ == "__main__":
    command, folder, *rest = sys.argv[1:]
    if command == "make":
        make(folder, int(rest[0]))
    else:
        decide(folder, *rest)
