"""What the judges read of a data folder: its database, its segments, its tables, its hashes.

Nothing here is shared with the engine. The database is read with SQL (SQLite's own module, or
`psql` for PostgreSQL), Parquet with DuckDB, and SipHash-2-4 is written out below.
"""
import json
import os
import sqlite3
import subprocess
import tempfile
from pathlib import Path

PUBLIC_KEY = b"stipend public 1"
_WORD = (1 << 64) - 1


class CannotRun(Exception):
    """The judge could not do its work: exit code 2, never 0."""


class Database:
    """The folder's SQLite file, or a PostgreSQL database, asked in plain SQL."""

    def __init__(self, data_dir, url=None):
        self.url = url
        self.path = Path(data_dir) / "stipend.db"
        if url is None and not self.path.is_file():
            raise CannotRun(f"`{self.path}` is not there")

    def rows(self, sql):
        """The rows of a query, each a tuple. Bytes are asked for with `hex_of`, so all is text."""
        if self.url is None:
            # The whole folder may be read-only, and nothing may be changed by looking.
            with sqlite3.connect(f"file:{self.path}?mode=ro", uri=True) as connection:
                return connection.execute(sql).fetchall()
        return [tuple(row) for row in self._psql_json(sql)]

    def hex_of(self, column):
        """SQL for a column of bytes as lower-case hex."""
        return f"lower(hex({column}))" if self.url is None else f"encode({column}, 'hex')"

    def try_change(self, sql):
        """Tries a change in a transaction that is rolled back; gives the refusal, or None."""
        if self.url is None:
            connection = sqlite3.connect(f"file:{self.path}?mode=rw", uri=True, isolation_level=None)
            try:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(sql)
                return None
            except sqlite3.DatabaseError as error:
                return str(error)
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                connection.close()
        done = self._psql(f"BEGIN;\n{sql};\nROLLBACK;")
        return done.stderr.strip().splitlines()[0] if done.returncode else None

    def _psql_json(self, sql):
        # One JSON object a row: ids may hold any character that a separator could be. Queries name
        # every column.
        done = self._psql(f"SELECT row_to_json(t) FROM ({sql}) AS t")
        if done.returncode:
            raise CannotRun(done.stderr.strip())
        return [list(json.loads(line).values()) for line in done.stdout.splitlines() if line]

    def _psql(self, sql):
        call = ["psql", "-X", "-q", "-At", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", self.url]
        return subprocess.run(call, input=sql, capture_output=True, text=True, check=False)


class Stipend:
    """The program itself, called as anybody would."""

    def __init__(self, binary, data_dir, url=None, program=None):
        self.call = [binary, "--data-dir", str(data_dir)]
        if url:
            self.call += ["--database-url", url]
        self.program = ["--program", program] if program else []

    def run(self, *args, quiet=False):
        """Standard output of a command, as text; None if `quiet` and it failed."""
        done = subprocess.run([*self.call, *args], capture_output=True, text=True, check=False)
        if done.returncode and quiet:
            return None
        if done.returncode:
            raise CannotRun(f"`{' '.join(args)}` ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def export(self, what, *args):
        """An exported table as a Parquet file, which the caller removes."""
        handle, path = tempfile.mkstemp(suffix=".parquet")
        os.close(handle)
        self.run("export", what, *self.program, *args, "--format", "parquet", "--output", path)
        return path


def segments(database, data_dir):
    """Paths of the segments that the manifest names, with their order: files of an import that was
    killed lie in the same folders and do not count."""
    rows = database.rows("SELECT seq, path FROM segment ORDER BY seq")
    paths = [(seq, str(Path(data_dir) / "lake" / path)) for seq, path in rows]
    missing = [path for _, path in paths if not Path(path).is_file()]
    if missing:
        raise CannotRun(f"the manifest names `{missing[0]}`, which is not there")
    return paths


def siphash24(key, data):
    """SipHash-2-4 of some bytes, as the signed 64-bit number that the columns hold (never 0)."""
    k0, k1 = int.from_bytes(key[:8], "little"), int.from_bytes(key[8:], "little")
    v0, v1 = k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D
    v2, v3 = k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573

    def turn(b, count):
        return ((b << count) | (b >> (64 - count))) & _WORD

    def rounds(a, b, c, d, count):
        for _ in range(count):
            a = (a + b) & _WORD
            b = turn(b, 13) ^ a
            a = turn(a, 32)
            c = (c + d) & _WORD
            d = turn(d, 16) ^ c
            a = (a + d) & _WORD
            d = turn(d, 21) ^ a
            c = (c + b) & _WORD
            b = turn(b, 17) ^ c
            c = turn(c, 32)
        return a, b, c, d

    whole = len(data) // 8 * 8
    for start in range(0, whole, 8):
        word = int.from_bytes(data[start : start + 8], "little")
        v3 ^= word
        v0, v1, v2, v3 = rounds(v0, v1, v2, v3, 2)
        v0 ^= word
    last = int.from_bytes(data[whole:], "little") | (len(data) & 0xFF) << 56
    v3 ^= last
    v0, v1, v2, v3 = rounds(v0, v1, v2, v3, 2)
    v0 ^= last
    v2 ^= 0xFF
    v0, v1, v2, v3 = rounds(v0, v1, v2, v3, 4)
    value = v0 ^ v1 ^ v2 ^ v3
    return (value - (1 << 64) if value >> 63 else value) or 1


def id_key(text):
    """Sorts ids as settlement does: whole decimal numbers by value, then other texts by bytes."""
    number = text.isascii() and text.isdigit() and (len(text) == 1 or text[0] != "0")
    return (0, len(text), text.encode()) if number else (1, 0, text.encode())
