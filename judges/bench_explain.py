"""Makes a year of a creator with many works, and reads the same rows in DuckDB, timed.

    bench_explain.py make FOLDER WORKS            writes creators, works and twelve months of events
    bench_explain.py query DATABASE RUNS CLIENTS SECONDS
                                                  asks as many clients do what the pages ask

DATABASE is the platform's SQLite file: the creator's rows and those of the days as a whole are put into
a table of DuckDB first, as a data team would. RUNS is the glob of the runs' tables of work-days. The queries are bare: the rows
that an answer is made of, without an answer. Each client is a thread with a connection of its own on
the one database. Prints the 50th and 99th percentile of each query in microseconds.
"""
import json
import random
import sqlite3
import sys
import threading
import time

import duckdb

YEAR = "2025-01-01"


def make(folder, works):
    """The star has WORKS works; 2,000 others have ten each. Each work is seen twice a day, at random."""
    con = duckdb.connect()
    con.execute("SET timezone = 'UTC'; CREATE MACRO h(i, salt) AS (hash(i, salt) & 1073741823)::BIGINT")
    others = 20_000
    con.execute(f"""
        COPY (SELECT CASE WHEN i = 0 THEN 'star' ELSE 'c' || i END AS creator, 'creator' AS account_type,
            'good' AS standing, 'none' AS verification FROM range({others // 10}) t(i))
        TO '{folder}/creators.parquet' (FORMAT parquet)""")
    con.execute(f"""
        COPY (SELECT 'w' || i AS work,
            CASE WHEN i < {works} THEN 'star' ELSE 'c' || (1 + i % {others // 10 - 1}) END AS creator,
            ['a', 'b', 'c'][1 + h(i, 1) % 3] AS quality, '{YEAR}'::timestamptz - INTERVAL 9 DAY AS published
        FROM range({works + others}) t(i)) TO '{folder}/works.parquet' (FORMAT parquet)""")
    a_day = 2 * (works + others)
    for month in range(12):
        days = (month * 30, 365 if month == 11 else month * 30 + 30)
        con.execute(f"""
            COPY (SELECT 'e' || i AS event_id, 'w' || h(i, 2) % {works + others} AS work,
                'u' || h(i, 3) % 500000 AS viewer, (h(i, 4) % 30000)::INTEGER AS watch_ms,
                ['US', 'CN', 'FR', 'BR'][1 + h(i, 5) % 4] AS region, h(i, 6) % 20 = 0 AS liked,
                '{YEAR}'::timestamptz + to_days((i // {a_day})::int) + to_seconds((h(i, 7) % 86400)::int)
                    AS time
            FROM range({days[0] * a_day}, {days[1] * a_day}) t(i))
            TO '{folder}/events-{month + 1:02}.parquet' (FORMAT parquet)""")


def between(length):
    """A random time of so many days, as text."""
    first = random.randrange(365 - length + 1)
    return f"'{YEAR}'::date + {first}", f"'{YEAR}'::date + {first + length - 1}"


def trends(_):
    first, last = between(365)
    return (f"SELECT * FROM creator_day WHERE program = 'bench' AND creator = 'star' "
            f"AND day::date BETWEEN {first} AND {last} ORDER BY day, number")


def change(_):
    first, last = between(182)
    own, whole = "creator = 'star'", "creator = ''"
    sums = ", ".join(f"sum({name})" for name in
                     ("views", "weighted", "interactions", "graded", "score", "earned", "paid", "pool",
                      "all_score", "rate"))
    return (f"SELECT day::date BETWEEN {first} AND {last} AS later, creator, {sums} FROM creator_day "
            f"WHERE program = 'bench' AND ({own} OR {whole}) GROUP BY ALL")


def diagnosis(files):
    return (f"SELECT * FROM read_parquet('{random.choice(files)}') WHERE creator = 'star' "
            "ORDER BY accepted DESC LIMIT 50")


def query(database, runs, clients, seconds):
    """Every client asks the same kind of query over and over; what each took is kept."""
    con = duckdb.connect()
    con.execute("SET threads = 2")
    source = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    rows = source.execute("SELECT * FROM creator_day WHERE creator IN ('star', '')")
    names = [column[0] for column in rows.description]
    kinds = {name: "VARCHAR" if name in ("program", "day", "creator", "reason") else "BIGINT"
             for name in names}
    con.execute(f"CREATE TABLE creator_day ({', '.join(f'{n} {k}' for n, k in kinds.items())})")
    rows = rows.fetchall()
    con.executemany(f"INSERT INTO creator_day VALUES ({', '.join('?' * len(names))})", rows)
    files = [row[0] for row in con.execute(f"SELECT file FROM glob('{runs}')").fetchall()]
    out = {"rows": len(rows), "files": len(files)}
    for name, text in (("trends", trends), ("change", change), ("diagnosis", diagnosis)):
        took, until = [], time.perf_counter() + seconds

        def client():
            cursor = con.cursor()
            while time.perf_counter() < until:
                start = time.perf_counter()
                cursor.execute(text(files)).fetchall()
                took.append(time.perf_counter() - start)

        threads = [threading.Thread(target=client) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took.sort()
        out[f"{name}_p50_us"] = int(took[len(took) // 2] * 1e6)
        out[f"{name}_p99_us"] = int(took[len(took) * 99 // 100] * 1e6)
        out[f"{name}_answers"] = len(took)
    print(json.dumps(out))


if __name__ == "__main__":
    command, *words = sys.argv[1:]
    if command == "make":
        make(words[0], int(words[1]))
    else:
        query(words[0], words[1], int(words[2]), float(words[3]))
