"""Times DuckDB reading a file of events and writing it as Parquet.

usage: bench_import.py FILE.(ndjson|csv|parquet) OUT.parquet [--threads 2] [--zstd]

Column types are given, so that nothing is guessed from samples. Parquet is written uncompressed as the
segments of the event log are; with --zstd at DuckDB's own level. Ids stay texts and nothing is hashed,
ordered or checked beyond the types: it is the least that an import can do.
Prints {"seconds", "rows", "peak_mb"}.
"""
import argparse
import json
import resource
import time

import duckdb

TYPES = {
    "event_id": "VARCHAR", "time": "TIMESTAMPTZ", "kind": "VARCHAR", "work": "VARCHAR",
    "viewer": "VARCHAR", "viewer_region": "VARCHAR", "device": "VARCHAR", "watch_ms": "INTEGER",
    "source": "VARCHAR", "like": "UTINYINT", "favorite": "UTINYINT", "comment": "UTINYINT",
    "share": "UTINYINT", "follow": "UTINYINT",
}


def reader(path):
    """The table function that reads a file of this name."""
    kind = path.removesuffix(".gz").removesuffix(".zst").rsplit(".", 1)[-1]
    types = "{" + ", ".join(f"'{name}': '{type_}'" for name, type_ in TYPES.items()) + "}"
    if kind == "csv":
        return f"read_csv('{path}', header = true, auto_detect = false, delim = ',', columns = {types})"
    if kind in ("ndjson", "jsonl", "json"):
        return f"read_json('{path}', format = 'newline_delimited', columns = {types})"
    return f"read_parquet('{path}')"


def main():
    """Times one import."""
    parser = argparse.ArgumentParser(description="Times DuckDB reading events into Parquet.")
    parser.add_argument("file")
    parser.add_argument("out")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--zstd", action="store_true")
    args = parser.parse_args()
    connection = duckdb.connect()
    connection.execute(f"SET threads = {args.threads}; SET preserve_insertion_order = false")
    compression = "zstd" if args.zstd else "uncompressed"
    start = time.perf_counter()
    rows = connection.execute(f"COPY (SELECT * FROM {reader(args.file)}) TO '{args.out}' "
                              f"(FORMAT parquet, COMPRESSION {compression})").fetchone()[0]
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"seconds": round(seconds, 2), "rows": rows, "peak_mb": peak}))


if __name__ == "__main__":
    main()
