"""Writes the corpus of bad input: small files, one for each case, with what must become of them.

usage: corpus.py OUT_DIR [--stipend BIN] [--memory-mb 600] [--seconds 60]

For each case there is a file and `NAME.expect.json` with {file, format, target, expect}, where `expect`
is {"accepted", "refused", "codes"} or {"error": substring}; in a file that is read row by row there is
always a good row too, which must survive. With --stipend every case is imported into a fresh data
folder, and disagreements, panics, hangs and too much memory are printed. Exit code: 0 all as expected,
1 something is not, 2 could not run.
"""
import argparse
import gzip
import json
import os
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

GOOD = {
    "event_id": "good-1", "time": "2026-06-01T10:00:00Z", "kind": "view", "work": "w1", "viewer": "v1",
    "viewer_region": "FR", "device": "d1", "watch_ms": 5000, "source": "organic",
}
CSV_HEAD = "event_id,time,kind,work,viewer,viewer_region,device,watch_ms,source"
MIB = 1 << 20


class Corpus:
    """Cases as they are written."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.cases = []

    def case(self, name, data, expect, format="ndjson", target="events", suffix=None):
        """Writes one case. `data` is bytes, or a function that writes the file."""
        path = self.folder / f"{name}.{suffix or format}"
        if callable(data):
            data(path)
        else:
            path.write_bytes(data)
        case = {"file": path.name, "format": format, "target": target, "expect": expect}
        (self.folder / f"{name}.expect.json").write_text(json.dumps(case, indent=1) + "\n")
        self.cases.append(case)

    def rows(self, name, lines, code=None, refused=1, **more):
        """Lines beside a good row: refused with a code, or accepted when there is none."""
        data = b"".join(line + b"\n" for line in [event(name), *lines])
        self.case(name, data, outcome(1 if code else 1 + len(lines), refused if code else 0, code), **more)


def outcome(accepted, refused=0, code=None):
    """The expectation of counts, all refusals under one code."""
    return {"accepted": accepted, "refused": refused, "codes": {code: refused} if code else {}}


def event(name, **changes):
    """A good event as a line of JSON. A value of bytes is put in as it stands; None leaves it out."""
    fields = {**GOOD, "event_id": f"{name}-good" if not changes else f"{name}-bad", **changes}
    parts = []
    for key, value in fields.items():
        if value is not None:
            text = value if isinstance(value, bytes) else json.dumps(value).encode()
            parts.append(json.dumps(key).encode() + b":" + text)
    return b"{" + b",".join(parts) + b"}"


def numbers(corpus):
    """Numbers that are none, too large, too fine, or written in an odd way."""
    digits = b"9" * 10**6
    cases = {
        "minus_one": (b"-1", "number_out_of_range"), "nought": (b"0", None),
        "ten_days": (b"864000000", None), "ten_days_and_one": (b"864000001", "number_out_of_range"),
        "two_to_63": (b"9223372036854775808", "number_out_of_range"),
        "minus_two_to_63": (b"-9223372036854775808", "number_out_of_range"),
        "two_to_64": (b"18446744073709551616", "number_out_of_range"),
        "1e400": (b"1e400", "bad_json"), "1e1000000000": (b"1e1000000000", "bad_json"),
        "1e-1000000000": (b"1e-1000000000", None), "1e300": (b"1e300", "number_out_of_range"),
        "nan": (b"NaN", "bad_json"), "infinity": (b"-Infinity", "bad_json"),
        "nan_text": (b'"NaN"', "bad_number"), "comma": (b'"1,00"', "bad_number"),
        "minus_nought": (b"-0", None), "minus_nought_fraction": (b"-0.0", None),
        "exponent": (b"1e3", None), "exponent_text": (b'"1e3"', "bad_number"),
        "million_digits": (digits, "bad_json"), "million_digits_text": (b'"%s"' % digits, "number_out_of_range"),
        "million_fraction_text": (b'"1.%s"' % digits, None),
        "fraction": (b"1.5", None), "tiny": (b"5e-324", None), "leading_nought": (b"007", "bad_json"),
        "plus": (b"+1", "bad_json"), "plus_text": (b'"+1"', "bad_number"), "hex": (b"0x10", "bad_json"),
        "spaces_text": (b'" 1"', "bad_number"), "arabic_digits": ('"\u0661"'.encode(), "bad_number"),
        "bool": (b"true", "bad_number"), "list": (b"[]", "bad_number"), "object": (b"{}", "bad_number"),
        "null": (b"null", None), "empty": (b'""', None),
    }
    for name, (text, code) in cases.items():
        name = f"number_{name}"
        corpus.rows(name, [event(name, watch_ms=text)], code)


def times(corpus):
    """Instants that are none or cannot be."""
    cases = {
        "missing": (None, "missing_field"), "null": (b"null", "missing_field"),
        "number": (1780308000, "bad_time"), "word": ("yesterday", "bad_time"),
        "before_1970": ("1969-12-31T23:59:59Z", "time_out_of_range"),
        "first": ("1970-01-01T00:00:00Z", None),
        "far": ("2999-01-01T00:00:00Z", "time_out_of_range"),
        "year_10000": ("10000-01-01T00:00:00Z", "bad_time"),
        "year_minus_9999": ("-009999-01-02T00:00:00Z", "bad_time"),
        "february_30": ("2026-02-30T10:00:00Z", "bad_time"), "hour_24": ("2026-06-01T24:00:00Z", "bad_time"),
        "leap_second": ("2016-12-31T23:59:60Z", None), "no_offset": ("2026-06-01T10:00:00", "bad_time"),
        "nanoseconds": ("2026-06-01T10:00:00.123456789Z", None),
        "offset": ("2026-06-01T10:00:00+05:45", None), "offset_99": ("2026-06-01T10:00:00+99:00", "bad_time"),
        "million_digits": ("2026-06-01T10:00:00." + "1" * 10**6 + "Z", "bad_time"),
        "list": ([], "bad_time"),
    }
    for name, (value, code) in cases.items():
        name = f"time_{name}"
        corpus.rows(name, [event(name, time=value)], code)


def ids(corpus):
    """Ids that hide something, are too long, or are no ids; and odd ones that are fine."""
    cases = {
        "nul_escape": (b'"a\\u0000b"', "bad_id"), "nul": (b'"a\x00b"', "bad_json"),
        "lone_high": (b'"\\ud800"', "bad_json"), "lone_low": (b'"\\udc00x"', "bad_json"),
        "pair": (b'"\\ud83d\\ude00"', None), "not_utf8": (b'"\xff\xfe"', "bad_utf8"),
        "overlong": (b'"\xc0\xaf"', "bad_utf8"), "rtl": ("a\u202eb", "bad_id"),
        "zero_width": ("a\u200bb", "bad_id"), "bom": ("\ufeffa", "bad_id"), "soft_hyphen": ("a\u00adb", "bad_id"),
        "newline": ("a\nb", "bad_id"), "tab": ("a\tb", "bad_id"), "delete": ("a\x7fb", "bad_id"),
        "200_bytes": ("x" * 200, None), "201_bytes": ("x" * 201, "bad_id"),
        "201_bytes_wide": ("\u00e5" * 101, "bad_id"), "million_bytes": ("x" * 10**6, "bad_id"),
        "sql": ("'; DROP TABLE work; --", None), "html": ("<script>alert(1)</script>", None),
        "formula": ("=cmd|' /C calc'!A0", None), "path": ("../../../etc/passwd", None),
        "number": (5, None), "fraction": (1.5, "bad_id"), "two_to_64": (b"18446744073709551616", "bad_id"),
        "list": ([1], "nested"), "object": ({"a": 1}, "nested"), "missing": (None, "missing_field"),
        "empty": ("", "missing_field"), "space": (" ", None),
    }
    for field in ("work", "viewer", "event_id"):
        for name, (value, code) in cases.items():
            name = f"id_{field}_{name}"
            if name == "id_event_id_missing":
                value = b"null"
            corpus.rows(name, [event(name, **{field: value})], code)
    twins = [event("twin", event_id="nfc", work="\u00c5"), event("twin", event_id="nfd", work="A\u030a")]
    corpus.rows("id_nfc_nfd_twins", twins)


def words(corpus):
    """Words, regions and flags that are not known."""
    cases = [("kind", "VIEW", "bad_kind"), ("kind", 1, "bad_kind"), ("kind", [], "nested"),
             ("viewer_region", "fr", "bad_region"), ("viewer_region", "FRA", "bad_region"),
             ("viewer_region", "\u00c9T", "bad_region"), ("viewer_region", "", None),
             ("source", "bought", "bad_word"), ("source", {}, "nested"), ("like", 2, "bad_flag"),
             ("like", "maybe", "bad_flag"), ("like", -1, "bad_flag"), ("like", "yes", None),
             ("like", [], "nested"), ("device", "a\u200bb", "bad_id"), ("creator", "x" * 201, "bad_id"),
             ("length_ms", -2, "number_out_of_range"), ("length_ms", "long", "bad_number")]
    for place, (field, value, code) in enumerate(cases):
        name = f"word_{field}_{place}"
        corpus.rows(name, [event(name, **{field: value})], code)


def json_shapes(corpus):
    """Lines and documents that are no objects, nested, repeated, cut, or bombs of text."""
    deep = 100_000
    corpus.rows("json_deep_list_unread", [event("deep", extra=b"[" * deep + b"]" * deep)])
    corpus.rows("json_deep_list_in_field", [event("deep", watch_ms=b"[" * deep + b"]" * deep)], "bad_number")
    corpus.rows("json_deep_object_in_field",
                [event("deep", work=b'{"a":' * deep + b"1" + b"}" * deep)], "nested")
    corpus.rows("json_deep_not_closed", [event("deep", extra=b"[" * deep)], "bad_json")
    corpus.rows("json_key_twice", [event("twice")[:-1] + b',"viewer":"v2"}'], "duplicate_key")
    corpus.rows("json_unread_key_twice", [event("twice", x=1)[:-1] + b',"x":2}'], "duplicate_key")
    corpus.rows("json_key_twice_escaped", [event("twice")[:-1] + b',"view\\u0065r":"v2"}'], "duplicate_key")
    corpus.rows("json_not_objects", [b"[]", b"1", b'"x"', b"null", b"true"], "bad_json", 5)
    corpus.rows("json_cut", [event("cut")[:-9]], "bad_json")
    corpus.rows("json_two_on_a_line", [event("two") + b" " + event("three")], "bad_json")
    corpus.rows("json_comment", [b"// " + event("comment")], "bad_json")
    corpus.rows("json_single_quotes", [event("single").replace(b'"', b"'")], "bad_json")
    corpus.rows("json_trailing_comma", [event("comma")[:-1] + b",}"], "bad_json")
    corpus.rows("json_xml_laughs", [b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>',
                                    b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'],
                "bad_json", 2)
    corpus.rows("json_line_of_1_mib", [event("long", extra="x" * MIB)], "line_too_long")
    corpus.rows("json_line_of_10_mib", [event("long", extra="x" * 10 * MIB), event("after", event_id="after")][:1],
                "line_too_long")
    corpus.case("json_long_line_between", event("a") + b"\n" + event("b", extra="x" * 9 * MIB) + b"\n"
                + event("c") + b"\n", outcome(2, 1, "line_too_long"))
    corpus.case("json_many_keys", event("a") + b"\n" + b"{" + b",".join(
        b'"k%d":1' % place for place in range(50_000)) + b"}\n", outcome(1, 1, "missing_field"))
    corpus.case("json_empty", b"", outcome(0))
    corpus.case("json_blank_lines", b"\n \n\r\n\t\n", outcome(0))
    corpus.case("json_crlf", event("a") + b"\r\n" + event("b", event_id="b") + b"\r\n", outcome(2))
    corpus.case("json_no_last_newline", event("a") + b"\n" + event("b", event_id="b"), outcome(2))
    corpus.case("json_byte_order_mark", b"\xef\xbb\xbf" + event("a") + b"\n" + event("b", event_id="b"),
                outcome(2))
    corpus.case("json_utf_16", event("a").decode().encode("utf-16"), outcome(0, 1, "bad_utf8"))
    corpus.case("json_zeros", b"\0" * 3 * MIB, outcome(0, 1, "line_too_long"))
    documents = {
        "array": (b"[" + event("a") + b"," + event("b", event_id="b") + b"]", outcome(2)),
        "row": (event("a") + event("b", event_id="b"), outcome(2)),
        "array_mixed": (b"[1," + event("a") + b",null]", outcome(1, 2, "bad_json")),
        "array_deep": (b"[" * deep + b"]" * deep, outcome(0, 1, "bad_json")),
        "array_cut": (event("a") + b"[" + event("b", event_id="b") + b",", outcome(1, 1, "bad_json")),
        "empty": (b"", outcome(0)),
        "byte_order_mark": (b"\xef\xbb\xbf[" + event("a") + b"]", outcome(1)),
    }
    for name, (data, expect) in documents.items():
        corpus.case(f"document_{name}", data, expect, format="json")
    corpus.case("document_257_mib", sparse(257 * MIB), {"error": "larger than"}, format="json")


def sparse(size):
    """Writes a file of noughts that takes no room on the disk."""
    def write(path):
        with open(path, "wb") as file:
            file.truncate(size)
    return write


def csv_row(name, **changes):
    """A line of CSV in the order of the header."""
    fields = {**GOOD, "event_id": name, **changes}
    return ",".join(str(fields[key]) for key in CSV_HEAD.split(",")).encode() + b"\n"


def csv_shapes(corpus):
    """Headers, columns, quotes and cells of CSV."""
    head = CSV_HEAD.encode() + b"\n"
    good = csv_row("good")
    cases = {
        "short_row": (head + good + b"a,b\n", outcome(1, 1, "column_count")),
        "long_row": (head + good + good.strip() + b",x\n", outcome(1, 1, "column_count")),
        "empty": (b"", {"error": "the file is empty"}), "header_alone": (head, outcome(0)),
        "no_column": (head.replace(b"viewer,", b"who,") + good, {"error": "no column `viewer`"}),
        "semicolons": ((head + good).replace(b",", b";"), {"error": "no column"}),
        "too_many_columns": (head.strip() + b",x" * 2_001 + b"\n", {"error": "2,000 columns"}),
        "byte_order_mark": (b"\xef\xbb\xbf" + head + good, outcome(1)),
        "crlf": ((head + good + csv_row("b")).replace(b"\n", b"\r\n"), outcome(2)),
        "quoted": (head + good + csv_row("q", work='"a,b"'), outcome(2)),
        "newline_in_quotes": (head + good + csv_row("q", work='"a\nb"'), outcome(1, 1, "bad_id")),
        "nul": (head + good + csv_row("n", viewer="a\0b"), outcome(1, 1, "bad_id")),
        "not_utf8": (head + good + csv_row("n").replace(b"v1", b"\xff"), outcome(1, 1, "bad_utf8")),
        "formula": (head + good + csv_row("f", work="=1+1"), outcome(2)),
        "comma_number": (head + good + csv_row("c", watch_ms='"1,00"'), outcome(1, 1, "bad_number")),
        "negative": (head + good + csv_row("n", watch_ms=-1), outcome(1, 1, "number_out_of_range")),
        "million_digits": (head + good + csv_row("m", watch_ms="9" * 10**6),
                           outcome(1, 1, "number_out_of_range")),
        "stray_quote": (head + good + csv_row("s", device='5" tv') + csv_row("t"), outcome(3)),
        "column_twice": (head.strip() + b",viewer\n" + good.strip() + b",v2\n", {"error": "viewer"}),
        "not_text": (gzip.compress(b"")[:4] + b"\x00\x01" * 64, {"error": ""}),
    }
    for name, (data, expect) in cases.items():
        corpus.case(f"csv_{name}", data, expect, format="csv")
    # Larger than two of the blocks that are read at a time. A quote inside an unquoted cell is a
    # character like any other: no row after it may be lost.
    few = b"".join(csv_row(f"e{place}") for place in range(40_000))
    many = b"".join(csv_row(f"m{place}") for place in range(160_000))
    corpus.case("csv_stray_quote_in_many", head + few + csv_row("stray", device='5" tv') + many,
                outcome(200_001), format="csv")
    # A cell that is never closed swallows what follows: at the least the rows before it survive, and
    # each line after it is refused or read, none unheard of.
    corpus.case("csv_open_quote_in_many", head + few + csv_row("open", device='"open') + many,
                {"rows": 200_001}, format="csv")
    corpus.case("csv_line_of_2_mib", head + good + csv_row("l", work="x" * 2 * MIB) + csv_row("m"),
                outcome(2, 1, "line_too_long"), format="csv")


def compressed(corpus):
    """Bombs, and compressed files that are cut or damaged. The bombs make a gigabyte each."""
    block = b"\0" * (16 * MIB)

    def gzip_bomb(path):
        with gzip.open(path, "wb", compresslevel=9) as file:
            for _ in range(64):
                file.write(block)

    def zstd_bomb(path):
        duckdb.execute(f"COPY (SELECT repeat('0', {MIB}) FROM range(1024)) TO '{path}' "
                       "(FORMAT csv, HEADER false, COMPRESSION zstd)")

    def line_bomb(path):
        line = event("bomb") + b"\n"
        with gzip.open(path, "wb", compresslevel=9) as file:
            for _ in range(64):
                file.write(line * (16 * MIB // len(line)))

    bomb = {"error": "bomb"}
    for format in ("ndjson", "csv", "json", "parquet"):
        corpus.case(f"bomb_gzip_{format}", gzip_bomb, bomb, format=format, suffix=f"{format}.gz")
    # The bomb of CSV ends at its header already; what is said of it must stay short.
    for format, expect in (("ndjson", bomb), ("csv", {"error": "no column"})):
        corpus.case(f"bomb_zstd_{format}", zstd_bomb, expect, format=format, suffix=f"{format}.zst")
    corpus.case("bomb_gzip_lines", line_bomb, bomb, suffix="ndjson.gz")
    text = b"".join(event(f"z{place}", event_id=f"z{place}") + b"\n" for place in range(2000))
    packed = gzip.compress(text)
    corpus.case("gzip_whole", packed, outcome(2000), suffix="ndjson.gz")
    corpus.case("gzip_members", packed + gzip.compress(event("last") + b"\n"), outcome(2001), suffix="ndjson.gz")
    corpus.case("gzip_cut", packed[:-20], {"error": "reading the input failed"}, suffix="ndjson.gz")
    corpus.case("gzip_damaged", packed[:200] + b"\xff" * 9 + packed[209:], {"error": "reading the input failed"},
                suffix="ndjson.gz")
    corpus.case("gzip_in_gzip", gzip.compress(packed), {"refused_all": True}, suffix="ndjson.gz")
    corpus.case("gzip_head_alone", b"\x1f\x8b", {"error": ""}, suffix="ndjson.gz")
    corpus.case("zstd_head_alone", b"\x28\xb5\x2f\xfd", {"error": ""}, suffix="ndjson.zst")


def parquet(corpus):
    """Parquet with odd types, without columns, cut, damaged, or not Parquet at all."""
    base = ("'p' || i AS event_id, TIMESTAMPTZ '2026-06-01 10:00:00+00' AS time, 'view' AS kind, 'w1' AS work, "
            "'v1' AS viewer, 5000 AS watch_ms")

    def table(select):
        return lambda path: duckdb.execute(f"COPY (SELECT {select} FROM range(3) t(i)) TO '{path}' (FORMAT parquet)")

    cases = {
        "good": (base, outcome(3)), "no_column": (base.replace("AS viewer", "AS who"), {"error": "no column"}),
        "list": (base.replace("'v1' AS viewer", "['v1'] AS viewer"), {"error": "viewer"}),
        "struct": (base.replace("'v1' AS viewer", "{'a': 'v1'} AS viewer"), {"error": "viewer"}),
        "null_viewer": (base.replace("'v1' AS viewer", "NULL::VARCHAR AS viewer"), outcome(0, 3, "missing_field")),
        "number_viewer": (base.replace("'v1' AS viewer", "i AS viewer"), outcome(3)),
        "double_viewer": (base.replace("'v1' AS viewer", "1.5::DOUBLE AS viewer"), outcome(0, 3, "bad_id")),
        "nan_watch": (base.replace("5000 AS", "'NaN'::DOUBLE AS"), outcome(0, 3, "bad_number")),
        "infinite_watch": (base.replace("5000 AS", "'inf'::DOUBLE AS"), outcome(0, 3, "bad_number")),
        "huge_watch": (base.replace("5000 AS", "1e300::DOUBLE AS"), outcome(0, 3, "number_out_of_range")),
        "negative_watch": (base.replace("5000 AS", "-1 AS"), outcome(0, 3, "number_out_of_range")),
        "unsigned_watch": (base.replace("5000 AS", "4294967295::UINTEGER AS"), outcome(0, 3, "number_out_of_range")),
        # 9000000.00 ms are 900000000 hundredths: more than ten days if the scale is overlooked.
        "decimal_watch": (base.replace("5000 AS", "9000000.00::DECIMAL(18,2) AS"), outcome(3)),
        "time_text": (base.replace("TIMESTAMPTZ '2026-06-01 10:00:00+00'", "'2026-06-01T10:00:00Z'"), outcome(3)),
        "time_of_1960": (base.replace("2026", "1960"), outcome(0, 3, "time_out_of_range")),
        "time_number": (base.replace("TIMESTAMPTZ '2026-06-01 10:00:00+00'", "1780308000000"), outcome(0, 3, "bad_time")),
        "hidden_id": (base.replace("'v1'", "'a' || chr(8203)"), outcome(0, 3, "bad_id")),
        "blob_not_utf8": (base.replace("'v1'", "'\\xFF\\xFE'::BLOB"), outcome(0, 3, "nested")),
        "uuid_viewer": (base.replace("'v1'", "uuid()"), {"error": "viewer"}),
        "no_rows": (base + " WHERE_NONE", outcome(0)),
    }
    for name, (select, expect) in cases.items():
        if select.endswith("WHERE_NONE"):
            def empty(path):
                duckdb.execute(f"COPY (SELECT {base} FROM range(0) t(i)) TO '{path}' (FORMAT parquet)")
            corpus.case(f"parquet_{name}", empty, expect, format="parquet")
        else:
            corpus.case(f"parquet_{name}", table(select), expect, format="parquet")
    good = (corpus.folder / "parquet_good.parquet").read_bytes()
    failed = {"error": "Parquet"}
    corpus.case("parquet_not", b"PAR1 is not enough", failed, format="parquet")
    corpus.case("parquet_empty", b"", failed, format="parquet")
    corpus.case("parquet_cut", good[:-30], failed, format="parquet")
    footer = b"PAR1" + good[4:-8] + struct.pack("<I", 2**31 - 1) + b"PAR1"
    corpus.case("parquet_footer_too_long", footer, failed, format="parquet")
    for place in range(40):
        # Each damages one byte of the footer or the pages: any answer will do but a crash.
        at = 4 + (len(good) - 12) * place // 40
        damaged = good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :]
        corpus.case(f"parquet_damaged_{place:02}", damaged, {"any": True}, format="parquet")
    corpus.case("parquet_sparse_1_gib", sparse(1 << 30), failed, format="parquet")


def cloud_events(corpus):
    """CloudEvents without parts, or with data that is none."""
    data = {key: value for key, value in GOOD.items() if key not in ("event_id", "time")}
    envelope = {"specversion": "1.0", "id": "1", "source": "player", "type": "view", "time": GOOD["time"], "data": data}
    def one(**changes):
        return json.dumps({key: value for key, value in {**envelope, **changes}.items() if value is not None}).encode()
    for name, row, expect in (
        ("good", one(), outcome(1)), ("no_id", one(id=None), outcome(0, 1, "missing_field")),
        ("no_data", one(data=None), outcome(0, 1, "missing_field")),
        ("data_is_list", one(data=[1]), outcome(0, 1, "bad_json")),
        ("data_is_text", one(data="x"), outcome(0, 1, "bad_json")),
        ("data_base64", one(data=None, data_base64="eyJ9"), outcome(0, 1, "missing_field")),
    ):
        corpus.case(f"cloudevents_{name}", row, expect, format="cloudevents", suffix="json")


def catalog(corpus):
    """Facts that are none."""
    cases = [("effective", "2026-2-3", "bad_day"), ("effective", "2026-02-30", "bad_day"),
             ("effective", "10000-01-01", "bad_day"), ("length_ms", -1, "number_out_of_range"),
             ("visibility", "hidden", "bad_word"), ("review", "PASSED", "bad_word"), ("original", "perhaps", "bad_flag"),
             ("published", "soon", "bad_time"), ("creator", "a\u202eb", "bad_id"), ("kind", [], "nested"),
             ("work", "x" * 201, "bad_id"), ("length_ms", b"1e400", "bad_json"), ("quality", "=1+1", None),
             ("length_ms", 0, None)]
    for place, (field, value, code) in enumerate(cases):
        row = {"work": f"cw{place}", "creator": "cc", field: value}
        text = b",".join(json.dumps(key).encode() + b":" + (value if isinstance(value, bytes) else json.dumps(value).encode())
                         for key, value in row.items())
        good = json.dumps({"work": f"good{place}", "creator": "cc"}).encode()
        expect = outcome(1, 1, code) if code else outcome(2)
        corpus.case(f"catalog_{field}_{place}", good + b"\n{" + text + b"}\n", expect, target="catalog")
    corpus.case("catalog_neither", b'{"length_ms":5}\n', outcome(0, 1, "missing_field"), target="catalog")


def run(call, seconds):
    """Runs a command: exit code (None if it hung), its output, its errors, its memory in MB."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(call, stdout=out, stderr=err)
        end = time.monotonic() + seconds
        while True:
            done, status, usage = os.wait4(process.pid, os.WNOHANG)
            if done:
                code = os.waitstatus_to_exitcode(status)
                break
            if time.monotonic() > end:
                process.kill()
                _, _, usage = os.wait4(process.pid, 0)
                code = None
                break
            time.sleep(0.002)
        process.returncode = code
        out.seek(0)
        err.seek(0)
        return code, out.read().decode(errors="replace"), err.read().decode(errors="replace"), usage.ru_maxrss // 1024


def disagreement(expect, code, out, err):
    """What is wrong with how a case came out; None when nothing is."""
    if code is None:
        return "hangs"
    if "panicked" in err or code not in (0, 1, 2):
        return f"crashes with {code}: {err.strip()[:200]}"
    said = (out + err).strip()
    if len(said) > 4_000:
        return f"says {len(said)} characters: {said[:120]}..."
    if "any" in expect:
        return None
    if "error" in expect:
        if code == 0:
            return f"is taken in: {said[:200]}"
        return None if expect["error"] in said else f"says: {said[:300]}"
    if code != 0:
        return f"fails with {code}: {said[:300]}"
    report = json.loads(out.strip().splitlines()[-1])
    if expect.get("refused_all"):
        return None if report["accepted"] == 0 else f"accepts {report['accepted']}"
    if "rows" in expect:
        return None if report["read"] == expect["rows"] else f"reads {report['read']} of {expect['rows']} rows"
    found = {"accepted": report["accepted"], "refused": report["refused"], "codes": report["refused_by_code"]}
    return None if found == expect else f"gives {json.dumps(found)} instead of {json.dumps(expect)}"


def try_all(corpus_folder, binary, memory_mb, seconds):
    """Imports every case; gives the number of disagreements."""
    wrong = 0
    cases = [json.loads(path.read_text()) for path in sorted(corpus_folder.glob("*.expect.json"))]
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, "data")
        subprocess.run([binary, "--data-dir", data, "init"], check=True, capture_output=True)
        for case in cases:
            path = str(corpus_folder / case["file"])
            call = [binary, "--data-dir", data, "--json", "import", case["target"], "--format", case["format"], path]
            code, out, err, memory = run(call, seconds)
            problem = disagreement(case["expect"], code, out, err)
            if problem is None and memory > memory_mb:
                problem = f"takes {memory} MB"
            if problem:
                wrong += 1
                print(f"{case['file']}: {problem}")
    print(f"{len(cases)} cases, {wrong} not as expected")
    return wrong


def main():
    """Writes the corpus; tries it if asked."""
    parser = argparse.ArgumentParser(description="Writes the corpus of bad input.")
    parser.add_argument("out_dir")
    parser.add_argument("--stipend")
    parser.add_argument("--memory-mb", type=int, default=600)
    parser.add_argument("--seconds", type=float, default=60)
    args = parser.parse_args()
    if args.stipend is None:
        corpus = Corpus(args.out_dir)
        for part in (numbers, times, ids, words, json_shapes, csv_shapes, compressed, parquet, cloud_events,
                     catalog):
            part(corpus)
        print(f"{len(corpus.cases)} cases")
        return 0
    try:
        # A process counts the memory of the one that started it as its own: so the corpus is written by
        # another, and this one stays small.
        subprocess.run([sys.executable, __file__, args.out_dir], check=True)
        return 1 if try_all(Path(args.out_dir), args.stipend, args.memory_mb, args.seconds) else 0
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"could not run: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
