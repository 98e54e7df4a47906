//! The same events in every format, packed and unpacked, through a mapping or not, settle alike.
use std::io::Write;
use std::process::Stdio;

use crate::world::{Engine, POOL, World, log, python};

fn expected() -> (Vec<String>, String) {
    let rows = log(31, 250, 2);
    let world = World::small(Engine::Sqlite, POOL);
    world.file("e.ndjson", rows.join("\n"));
    world.import("e.ndjson");
    world.settle();
    (rows, world.counted())
}

/// Imports with extra words and compares.
fn check(expected: &str, world: &World, words: &[&str]) {
    let mut call = vec!["import", "events"];
    call.extend(words);
    world.ok(&call);
    world.settle();
    assert_eq!(world.counted(), expected, "{words:?}");
}

/// Writes a table as Parquet through DuckDB, packed by `codec`.
fn parquet(world: &World, codec: &str) -> String {
    let (from, to) = (world.at("e.ndjson"), world.at(&format!("{codec}.parquet")));
    let columns = "event_id varchar, time varchar, kind varchar, work varchar, viewer varchar, \
                   watch_ms bigint, source varchar, \"like\" boolean";
    let script = format!(
        "import duckdb\nduckdb.sql('create table e ({columns})')\n\
         duckdb.sql(\"insert into e by name select * from read_ndjson_auto('{from}')\")\n\
         duckdb.sql(\"copy (select * replace (time::timestamptz as time) from e) to '{to}' \
         (format parquet, compression {codec}, row_group_size 2048)\")"
    );
    let output = python().args(["-c", &script]).output().expect("python");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    to
}

#[test]
fn formats_and_packings_are_alike() {
    let (rows, expected) = expected();
    let values: Vec<serde_json::Value> =
        rows.iter().map(|row| serde_json::from_str(row).expect("JSON")).collect();
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    };
    let names = ["event_id", "time", "kind", "work", "viewer", "watch_ms", "source", "like"];
    let csv: Vec<String> = std::iter::once(names.join(","))
        .chain(values.iter().map(|v| names.map(|name| text(&v[name])).join(",")))
        .collect();
    let world = || World::small(Engine::Sqlite, POOL);

    let w = world();
    let file = w.file("e.csv", csv.join("\n"));
    check(&expected, &w, &[&file]);

    let w = world();
    let mut gzip = flate(csv.join("\r\n").as_bytes());
    check(&expected, &w, &[&w.file("e.csv.gz", &gzip)]);
    gzip.truncate(gzip.len() / 2);
    let w = world();
    let cut = w.file("cut.csv.gz", &gzip);
    let error = w.fails(&["import", "events", &cut], 2);
    assert!(error.contains("reading the input failed"), "{error}");

    let w = world();
    let packed = zstd(rows.join("\n").as_bytes());
    check(&expected, &w, &[&w.file("e.jsonl.zst", packed)]);

    let w = world();
    check(&expected, &w, &[&w.file("e.json", format!("[{}]", rows.join(",")))]);

    for codec in ["snappy", "zstd"] {
        let w = world();
        w.file("e.ndjson", rows.join("\n"));
        check(&expected, &w, &[&parquet(&w, codec)]);
    }

    // Standard input.
    let w = world();
    let mut command = w.command();
    command.args(["import", "events", "-", "--format", "ndjson"]);
    let mut child = command.stdin(Stdio::piped()).spawn().expect("the binary runs");
    let input = child.stdin.take();
    input.expect("a pipe").write_all(rows.join("\n").as_bytes()).expect("a pipe");
    assert!(child.wait().expect("it ends").success());
    w.settle();
    assert_eq!(w.counted(), expected);
}

#[test]
fn cloud_events_single_batch_and_lines() {
    let (rows, expected) = expected();
    let envelope = |row: &String| {
        let value: serde_json::Value = serde_json::from_str(row).expect("JSON");
        serde_json::json!({
            "specversion": "1.0", "type": "stipend.event", "source": "/platform",
            "id": value["event_id"], "time": value["time"], "datacontenttype": "application/json",
            "data": value,
        })
    };
    let events: Vec<serde_json::Value> = rows.iter().map(envelope).collect();
    let format = ["--format", "cloudevents"];

    let w = World::small(Engine::Sqlite, POOL);
    let batch = w.file("batch.json", serde_json::to_string_pretty(&events).expect("JSON"));
    check(&expected, &w, &[&batch, format[0], format[1]]);

    let w = World::small(Engine::Sqlite, POOL);
    let lines: Vec<String> = events.iter().map(ToString::to_string).collect();
    let lines = w.file("lines.json", lines.join("\n"));
    check(&expected, &w, &[&lines, format[0], format[1]]);

    let w = World::small(Engine::Sqlite, POOL);
    let single = w.file("one.json", serde_json::to_string_pretty(&events[0]).expect("JSON"));
    let report = w.ok(&["--json", "import", "events", &single, format[0], format[1]]);
    assert!(report.contains("\"accepted\":1"), "{report}");
}

/// A foreign layout: other names, seconds, local times, words and flags, an id made of columns.
#[test]
fn a_mapping_reads_a_foreign_layout() {
    let (rows, _) = expected();
    let mapping = r#"
        format = 1
        [event]
        event_id = ["uid", "vid", "at"]
        time = { column = "at", strptime = "%d/%m/%Y %H:%M:%S", zone = "Asia/Shanghai" }
        kind = { column = "w", values = { play = "view", heart = "like" }, otherwise = "comment" }
        work = "vid"
        viewer = "uid"
        watch_ms = { column = "seconds", unit = "s" }
        source = { column = "campaign", values = { "0" = "organic" }, otherwise = "paid" }
        like = { column = "hearted", truthy = ["J"] }
    "#;
    let mut foreign = vec!["at,w,vid,uid,seconds,campaign,hearted".to_owned()];
    let mut own = vec!["event_id,time,kind,work,viewer,watch_ms,source,like".to_owned()];
    for (number, row) in rows.iter().enumerate() {
        let value: serde_json::Value = serde_json::from_str(row).expect("JSON");
        let (hour, minute) = (number % 24, number % 60);
        let day = 1 + number % 2;
        let kind = value["kind"].as_str().expect("kind");
        let word = match kind {
            "view" => "play",
            "like" => "heart",
            _ => "note",
        };
        let (work, viewer) = (value["work"].as_str(), value["viewer"].as_str());
        let (work, viewer) = (work.expect("work"), viewer.expect("viewer"));
        let watch = value["watch_ms"].as_i64().expect("watch");
        let paid = value["source"] == "paid";
        let like = value["like"] == true;
        let local = format!("{day:02}/06/2026 {hour:02}:{minute:02}:00");
        foreign.push(format!(
            "{local},{word},{work},{viewer},{}.{:03},{},{}",
            watch / 1_000,
            watch % 1_000,
            if paid { "summer" } else { "0" },
            if like { "J" } else { "N" },
        ));
        let stamp = format!("2026-06-{day:02}T{hour:02}:{minute:02}:00+08:00");
        let source = if paid { "paid" } else { "organic" };
        let id = format!("{viewer}/{work}/{local}");
        own.push(format!("{id},{stamp},{kind},{work},{viewer},{watch},{source},{like}"));
    }
    let a = World::small(Engine::Sqlite, POOL);
    a.file("mapping.toml", mapping);
    let file = a.file("foreign.csv", foreign.join("\n"));
    let shown = a.ok(&["import", "events", "--check", &file, "--mapping", &a.at("mapping.toml")]);
    assert!(shown.contains("line 2: ") && shown.contains(" 0 refused"), "{shown}");
    a.ok(&["import", "events", &file, "--mapping", &a.at("mapping.toml")]);
    a.settle();
    let b = World::small(Engine::Sqlite, POOL);
    b.ok(&["import", "events", &b.file("own.csv", own.join("\n"))]);
    b.settle();
    assert_eq!(a.counted(), b.counted());
}

fn flate(bytes: &[u8]) -> Vec<u8> {
    pack("import gzip,sys; sys.stdout.buffer.write(gzip.compress(sys.stdin.buffer.read()))", bytes)
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(bytes, 3).expect("zstd")
}

fn pack(script: &str, bytes: &[u8]) -> Vec<u8> {
    let mut command = python();
    let command = command.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("python");
    child.stdin.take().expect("a pipe").write_all(bytes).expect("a pipe");
    child.wait_with_output().expect("python").stdout
}

/// What `simulate` writes is the same platform in every format that `import` reads.
#[test]
fn the_simulated_formats_are_alike() {
    let lines: Vec<String> = ["ndjson", "csv", "json", "parquet", "cloudevents"]
        .iter()
        .map(|format| {
            let world = World::new(Engine::Sqlite);
            world.file("policy.toml", POOL);
            world.ok(&["program", "publish", &world.at("policy.toml")]);
            let made = world.at("made");
            let size = ["--events", "6000", "--days", "2", "--format", format];
            world.ok(&[&["simulate", made.as_str()][..], &size].concat());
            for name in ["creators.csv", "works.csv"] {
                world.ok(&["import", "catalog", &format!("{made}/{name}")]);
            }
            let mut files: Vec<String> = std::fs::read_dir(&made)
                .expect("a folder")
                .map(|entry| entry.expect("a file").path().display().to_string())
                .filter(|path| path.contains("events-"))
                .collect();
            files.sort();
            assert_eq!(files.len(), 2, "{files:?}");
            for file in files {
                world.ok(&["import", "events", &file]);
            }
            world.settle();
            world.standing()
        })
        .collect();
    assert!(lines[0].lines().count() > 20, "{}", lines[0]);
    for other in &lines[1..] {
        assert_eq!(lines[0], *other);
    }
}
