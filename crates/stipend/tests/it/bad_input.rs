//! Bad input: a clear refusal, no panic, bounded memory.
use crate::world::{Engine, POOL, World};

/// A good event with one field replaced by raw JSON.
fn with(field: &str, raw: &str) -> String {
    let mut fields = vec![
        ("event_id", "\"e1\""),
        ("time", "\"2026-06-01T10:00:00Z\""),
        ("work", "\"w1\""),
        ("viewer", "\"u1\""),
        ("watch_ms", "9000"),
    ];
    match fields.iter_mut().find(|(name, _)| *name == field) {
        Some((_, value)) => *value = raw,
        None => fields.push((field, raw)),
    }
    let fields: Vec<String> = fields.iter().map(|(n, v)| format!("\"{n}\":{v}")).collect();
    format!("{{{}}}", fields.join(","))
}

/// Imports one line among good ones; gives the code it was refused with, or `accepted`.
fn code(world: &World, number: usize, line: &[u8]) -> String {
    let name = format!("{number}.ndjson");
    let good = with("event_id", &format!("\"good-{number}\""));
    world.file(&name, [good.as_bytes(), b"\n", line, b"\n", good.as_bytes()].concat());
    let report = world.import(&name);
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    let (read, accepted) = (report["read"].as_u64(), report["accepted"].as_u64());
    assert_eq!(read, Some(3), "{report}");
    if accepted == Some(3) {
        return "accepted".to_owned();
    }
    let rejects = report["rejects"].as_str().expect("a rejects file");
    let text = std::fs::read_to_string(rejects).expect("the rejects file");
    let row = text.lines().nth(1).expect("a refused row");
    assert!(row.starts_with("2,"), "the second line is refused: {row}");
    row.split(',').nth(1).expect("a code").to_owned()
}

#[test]
fn each_bad_value_is_refused_with_its_code() {
    let world = World::small(Engine::Sqlite, POOL);
    let digits = "9".repeat(1_000_000);
    let long_id = format!("\"{}\"", "i".repeat(1 << 20));
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let cases: Vec<(&str, &str, &str)> = vec![
        ("watch_ms", "-1", "number_out_of_range"),
        ("watch_ms", "0", "accepted"),
        ("watch_ms", "-0", "accepted"),
        ("watch_ms", "9223372036854775808", "number_out_of_range"),
        ("watch_ms", "18446744073709551616", "number_out_of_range"),
        ("watch_ms", "1e400", "bad_json"),
        ("watch_ms", "1e1000000000", "bad_json"),
        ("watch_ms", "NaN", "bad_json"),
        ("watch_ms", "\"1,00\"", "bad_number"),
        ("watch_ms", "\"NaN\"", "bad_number"),
        ("watch_ms", "\"1e9\"", "bad_number"),
        ("watch_ms", &digits, "bad_json"),
        ("watch_ms", "true", "bad_number"),
        ("watch_ms", "[1]", "bad_number"),
        ("watch_ms", "null", "accepted"),
        ("watch_ms", "1.5", "accepted"),
        ("time", "0", "bad_time"),
        ("time", "\"\"", "missing_field"),
        ("time", "\"2026-06-31T10:00:00Z\"", "bad_time"),
        ("time", "\"2026-06-01 10:00:00\"", "bad_time"),
        ("time", "\"1969-12-31T23:59:59Z\"", "time_out_of_range"),
        ("time", "\"9996-01-01T00:00:00Z\"", "time_out_of_range"),
        ("work", "\"\"", "missing_field"),
        ("work", "null", "missing_field"),
        ("work", "{\"id\":1}", "nested"),
        ("work", "1.5", "bad_id"),
        ("work", "12", "accepted"),
        ("work", "18446744073709551615", "accepted"),
        ("work", "18446744073709551616", "bad_id"),
        ("work", "\"a\\u0000b\"", "bad_id"),
        ("work", "\"\\ud800\"", "bad_json"),
        ("work", "\"a\\u202eb\"", "bad_id"),
        ("work", "\"a\\u200bb\"", "bad_id"),
        ("work", "\"'; DROP TABLE run; --\"", "accepted"),
        ("work", "\"<script>alert(1)</script>\"", "accepted"),
        ("work", &long_id, "line_too_long"),
        ("viewer", "\"=cmd|' /C calc'!A0\"", "accepted"),
        ("viewer", "\"\\u00e9\"", "accepted"),
        ("kind", "\"VIEW\"", "bad_kind"),
        ("kind", "7", "bad_kind"),
        ("source", "\"bought\"", "bad_word"),
        ("viewer_region", "\"fr\"", "bad_region"),
        ("viewer_region", "\"FRA\"", "bad_region"),
        ("like", "\"maybe\"", "bad_flag"),
        ("like", "2", "bad_flag"),
        // Nothing recurses into what nobody reads.
        ("extra", &deep, "accepted"),
        ("work", &deep, "nested"),
        ("extra", "{\"a\":{\"b\":1}}", "accepted"),
    ];
    for (number, (field, raw, expected)) in cases.into_iter().enumerate() {
        let found = code(&world, number, with(field, raw).as_bytes());
        let shown: String = raw.chars().take(40).collect();
        assert_eq!(found, expected, "{field} = {shown}");
    }
    let raw: Vec<(Vec<u8>, &str)> = vec![
        (b"{\"event_id\":\"a\",\"event_id\":\"b\"}".to_vec(), "duplicate_key"),
        (b"{\"x\":1,\"x\":2}".to_vec(), "duplicate_key"),
        (b"[1,2]".to_vec(), "bad_json"),
        (b"{\"event_id\"".to_vec(), "bad_json"),
        (b"\x00\x01\x02".to_vec(), "bad_json"),
        (b"{\"work\":\"\xff\xfe\"}".to_vec(), "bad_utf8"),
        (vec![b'x'; 3 << 20], "line_too_long"),
        (vec![b' '; 100], "accepted"),
    ];
    for (number, (line, expected)) in raw.into_iter().enumerate() {
        // A blank line is no row at all.
        if expected == "accepted" {
            continue;
        }
        assert_eq!(code(&world, 1_000 + number, &line), expected, "{number}");
    }
    world.settle();
    world.check();
}

#[test]
fn csv_rows_that_do_not_fit_are_refused_by_line() {
    let world = World::small(Engine::Sqlite, POOL);
    let text = "event_id,time,work,viewer,watch_ms\n\
                e1,2026-06-01T10:00:00Z,w1,u1,9000\n\
                e2,2026-06-01T10:00:00Z,w1,u1\n\
                e3,2026-06-01T10:00:00Z,w1,\"u\n1\",9000\n\
                e4,2026-06-01T10:00:00Z,w1,u1,\"9\"\"000\"\n\
                e5,2026-06-01T10:00:00Z,w1,u2,9000\n";
    world.file("e.csv", text);
    let report = world.import("e.csv");
    assert!(report.contains("\"read\":5,") && report.contains("\"accepted\":2"), "{report}");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    let rejects = std::fs::read_to_string(report["rejects"].as_str().expect("a path"));
    let rejects = rejects.expect("the file");
    let codes: Vec<String> = rejects
        .lines()
        .skip(1)
        .map(|line| line.splitn(3, ',').take(2).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(codes, ["3 column_count", "4 bad_id", "6 bad_number"], "{rejects}");
}

/// A quote inside a field is a character; a quote that nobody closes costs its own line only.
#[test]
fn quotes_lose_no_rows() {
    let world = World::small(Engine::Sqlite, POOL);
    for (number, ending) in ["\n", "\r\n"].into_iter().enumerate() {
        let mut lines = vec!["event_id,time,work,viewer,watch_ms".to_owned()];
        for row in 0..60_000 {
            let viewer = match row {
                100 | 59_000 => "5\"inch".to_owned(),
                59_500 => "\"open".to_owned(),
                30_001 => "\"a \"\"quoted\"\" one\"".to_owned(),
                _ => format!("u{row}"),
            };
            lines.push(format!("e{number}-{row},2026-06-01T10:00:00Z,w1,{viewer},9000"));
        }
        let name = format!("{number}.csv");
        world.file(&name, lines.join(ending));
        let report = world.import(&name);
        let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
        let counts = [&report["read"], &report["accepted"], &report["refused"]];
        assert_eq!(counts.map(|count| count.as_u64()), [Some(60_000), Some(59_999), Some(1)]);
        let rejects = std::fs::read_to_string(report["rejects"].as_str().expect("a path"));
        assert!(rejects.expect("the file").contains("59502,open_quote"), "{ending:?}");
    }
}

/// Compressed inputs that grow without end are stopped; the data folder stays as it was.
#[test]
fn bombs_are_stopped() {
    let world = World::small(Engine::Sqlite, POOL);
    let noughts = vec![b'0'; 400 << 20];
    let bomb = zstd::stream::encode_all(noughts.as_slice(), 3).expect("zstd");
    let path = world.file("bomb.csv.zst", bomb);
    let error = world.fails(&["import", "events", &path], 2);
    assert!(error.contains("bomb"), "{error}");
    assert!(world.ok(&["doctor"]).contains("0 segments"));
}

/// An export never hands a spreadsheet a formula.
#[test]
fn exported_cells_are_no_formulas() {
    let world = World::small(Engine::Sqlite, POOL);
    world.file("f.csv", "work,creator,length_ms\nw9,=1+1,9000\n");
    world.ok(&["import", "catalog", &world.at("f.csv")]);
    world.file("e.ndjson", with("work", "\"w9\""));
    world.import("e.ndjson");
    world.settle();
    let lines = world.ok(&["export", "lines"]);
    assert!(lines.contains("\"'=1+1\""), "{lines}");
}
