//! The server, called as a platform would call it.
use std::process::Command;

use serde_json::json;

use crate::served::Served;
use crate::world::{ENGINES, Engine, POOL, World, log, root};

const NDJSON: &str = "application/x-ndjson";
const JSON: &str = "application/json";

/// The lines of the README, word for word, on an empty folder.
#[test]
fn the_readme_works_as_written() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("README.md");
    let section = readme.split("## As a server").nth(1).expect("the section");
    let blocks: Vec<&str> = section.split("```sh\n").skip(1).collect();
    let block = |number: usize| blocks[number].split("```").next().expect("a block").trim();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (start, lines) = (block(0), block(1));
    assert_eq!((start, lines.lines().count()), ("stipend serve --sandbox", 3));
    // The port of the README may be taken on the machine of the tests.
    let mut server = Command::new(env!("CARGO_BIN_EXE_stipend"));
    server.current_dir(folder.path()).env_remove("STIPEND_DATA_DIR").env("NO_COLOR", "1");
    server.env_remove("STIPEND_DATABASE_URL").env("STIPEND_LISTEN", "127.0.0.1:0");
    server.args(start.split(' ').skip(1));
    let served = Served::of(server, "");
    let address = served.base.trim_start_matches("http://");
    let output = Command::new("sh")
        .args(["-ec", &lines.replace("localhost:8080", address)])
        .current_dir(folder.path())
        .output()
        .expect("sh");
    let text = String::from_utf8_lossy(&output.stdout).replace("}", "}\n");
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    for expected in [
        "\"accepted\":3",
        "\"state\":\"done\"",
        "creator c1 on 2026-06-01",
        "50.00 EUR",
        "too_short",
    ] {
        assert!(text.contains(expected), "{expected} is not in:\n{text}");
    }
    served.stop();
}

/// The same key and request: the same answer, once done. Another request: a conflict.
#[test]
fn keys_make_commands_happen_once() {
    for engine in ENGINES {
        let world = World::small(engine, POOL);
        let served = Served::start(&world, &[]);
        let rows = log(5, 300, 1).join("\n");
        let headers = [("Content-Type", NDJSON), ("Idempotency-Key", "k1")];
        let first = served.call("POST", "/v1/events", &headers, rows.as_bytes());
        assert_eq!((first.status, first.header("idempotent-replayed")), (200, None), "{first:?}");
        let again = served.call("POST", "/v1/events", &headers, rows.as_bytes());
        assert_eq!((again.status, &again.text), (200, &first.text));
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        let other = served.call("POST", "/v1/events", &headers, b"{}");
        assert_eq!(other.status, 422, "a body that cannot be read is refused before its key");
        let row = rows.lines().next().expect("a row");
        let other = served.call("POST", "/v1/events", &headers, row.as_bytes());
        assert_eq!((other.status, other.json()["code"].clone()), (409, json!("key_reused")));
        // What was refused stays refused, byte for byte; also after a restart.
        let headers = [("Content-Type", JSON), ("Idempotency-Key", "k2")];
        let body = br#"{"through":"2999-01-01"}"#;
        let path = "/v1/programs/pool/settlements";
        let refused = served.call("POST", path, &headers, body);
        assert_eq!(refused.status, 422, "{refused:?}");
        served.stop();
        let served = Served::start(&world, &[]);
        let foreign = served.call("POST", path, &headers, body);
        assert_eq!(foreign.header("idempotent-replayed"), None, "keys are each caller's own");
        let done = served.settle("pool", "2026-06-02");
        assert_eq!(done["state"], "done", "{done}");
        let runs = served.get("/v1/programs/pool/runs?limit=2").json();
        let accepted = |run: usize| runs["items"][run]["accepted"].as_u64().unwrap_or(0);
        assert_eq!(accepted(0) + accepted(1), rows.lines().count() as u64, "{runs}");
        served.stop();
        world.check();
        assert!(world.ok(&["audit", "check"]).contains("the chain holds"));
    }
}

/// What comes over the network settles like what comes as a file.
#[test]
fn the_network_and_files_settle_alike() {
    let rows = log(8, 900, 3);
    let calm = World::small(Engine::Sqlite, POOL);
    calm.file("all.ndjson", rows.join("\n"));
    calm.import("all.ndjson");
    calm.settle();
    for engine in ENGINES {
        let world = World::small(engine, POOL);
        let served = Served::start(&world, &["--workers", "2"]);
        for (number, part) in rows.chunks(70).enumerate() {
            let body = part.join("\n");
            let (packed, encoding) = match number % 3 {
                0 => (body.clone().into_bytes(), ""),
                1 => (zstd::encode_all(body.as_bytes(), 1).expect("zstd"), "zstd"),
                _ => (gzip(body.as_bytes()), "gzip"),
            };
            let headers = [("Content-Type", NDJSON), ("Content-Encoding", encoding)];
            let got = served.call("POST", "/v1/events", &headers, &packed);
            assert_eq!(got.status, 200, "{got:?}");
        }
        let last = calm.standing().lines().last().and_then(|l| l.get(..10).map(str::to_owned));
        served.settle("pool", &last.expect("a day"));
        served.stop();
        let through = |text: String| -> Vec<String> {
            text.lines().filter(|line| *line < "2026-06-04").map(str::to_owned).collect()
        };
        assert_eq!(through(world.standing()), through(calm.standing()), "{engine:?}");
        assert_eq!(through(world.counted()), through(calm.counted()), "{engine:?}");
        world.check();
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut child = Command::new("gzip")
        .args(["-c"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("gzip");
    let mut input = child.stdin.take().expect("its input");
    std::io::Write::write_all(&mut input, bytes).expect("written");
    drop(input);
    child.wait_with_output().expect("packed").stdout
}

/// The committed description is the one that the code gives.
#[test]
fn the_description_is_current() {
    let path = root().join("docs/reference/openapi.json");
    let document = serde_json::to_string_pretty(&web::openapi::document()).expect("JSON") + "\n";
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(&path, &document).expect("written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == document, "run the tests with UPDATE_GENERATED=1 and look at the diff");
}
