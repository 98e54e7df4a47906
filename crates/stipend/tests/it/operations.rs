//! What those who run an installation need: metrics, traces, settings, health, backup, doctor.
use std::fs;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::served::Served;
use crate::sink::Sink;
use crate::world::{ENGINES, Engine, POOL, WORKS, World, log, python, root};

/// Prometheus' own tool reads what the server says of itself, and finds nothing to mend.
#[test]
fn metrics_are_read_by_promtool() {
    let promtool = std::env::var("STIPEND_TEST_PROMTOOL")
        .expect("no promtool for the tests: run them with `cargo xtask test`");
    for engine in ENGINES {
        let world = World::small(engine, POOL);
        let served = Served::start(&world, &[]);
        served.post("/v1/events", "application/x-ndjson", &log(3, 300, 2).join("\n"));
        served.settle("pool", "2026-06-01");
        served.get("/v1/creators/nobody/earnings");
        let got = served.get("/metrics");
        assert_eq!(got.status, 200);
        let mut child = Command::new(&promtool)
            .args(["check", "metrics"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("promtool");
        let mut input = child.stdin.take().expect("its input");
        std::io::Write::write_all(&mut input, got.text.as_bytes()).expect("written");
        drop(input);
        let output = child.wait_with_output().expect("its output");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && told.is_empty(), "{told}\n{}", got.text);
        let value = |line: &str| -> f64 {
            let found = got.text.lines().find_map(|found| found.strip_prefix(line));
            found
                .unwrap_or_else(|| panic!("{line} is not in\n{}", got.text))
                .trim()
                .parse()
                .expect(line)
        };
        let one =
            "stipend_http_requests_total{method=\"POST\",route=\"/v1/events\",status=\"200\"}";
        assert!((value(one) - 1.0).abs() < 0.1);
        let missed = "stipend_http_requests_total{method=\"GET\",\
                      route=\"/v1/creators/{creator}/earnings\",status=\"404\"}";
        assert!((value(missed) - 1.0).abs() < 0.1);
        assert!(value("stipend_sealed_events") >= 300.0);
        assert!(value("stipend_intake_waiting_events").abs() < 0.1);
        assert!(value("stipend_last_run_age_seconds{program=\"pool\"}") >= 0.0);
        assert!(value("stipend_ledger_check_problems").abs() < 0.1);
        for name in ["stipend_unsettled_events{", "stipend_overdue_settlements{"] {
            assert!(got.text.contains(name), "{name}");
        }
        for name in ["c1", "u1", "w1"] {
            assert!(!got.text.contains(&format!("\"{name}\"")), "an id of somebody is a label");
        }
        // Not for everybody.
        assert_eq!(served.call("GET", "/metrics", &[("Authorization", "")], b"").status, 401);
        served.stop();
    }
}

/// OpenTelemetry's own protocol, read by its own Python package.
#[test]
fn traces_go_to_a_collector() {
    let world = World::small(Engine::Sqlite, POOL);
    let mut sink = Sink::judge("otlp_sink.py", &["--fail-first", "1"]);
    let key = world.ok(&["key", "make", "--name", "test", "--role", "admin"]);
    let mut command = world.command();
    command.args(["--json", "serve", "--listen", "127.0.0.1:0", "--workers", "0"]);
    command.env("STIPEND_OTLP_ENDPOINT", format!("http://127.0.0.1:{}", sink.port()));
    command.env("STIPEND_TRACE_SHARE", "0");
    let served = Served::of(command, key.trim());
    // Nothing is traced by itself here; what a caller traces is.
    assert_eq!(served.get("/v1/programs").status, 200);
    let (trace, parent) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
    let headers = [
        ("traceparent", &*format!("00-{trace}-{parent}-01")),
        ("Content-Type", "application/json"),
        ("X-Request-Id", "wish-1"),
    ];
    let row = br#"[{"event_id":"e1","time":"2026-06-01T10:00:00Z","work":"w1","viewer":"u-seen"}]"#;
    assert_eq!(served.call("POST", "/v1/events", &headers, row).status, 200);
    let log = served.stop();
    let spans: Vec<Value> =
        std::iter::from_fn(|| sink.within(std::time::Duration::from_secs(2))).collect();
    let named = |name: &str| {
        let found = spans.iter().find(|span| span["name"] == name);
        found.unwrap_or_else(|| panic!("no {name}: {spans:?}"))
    };
    let (request, commit) = (named("POST /v1/events"), named("command events.take"));
    assert_eq!(spans.len(), 2, "{spans:?}");
    assert_eq!((&request["trace_id"], &request["parent_id"]), (&json!(trace), &json!(parent)));
    assert_eq!((&commit["trace_id"], &commit["parent_id"]), (&json!(trace), &request["span_id"]));
    let attributes = &request["attributes"];
    assert_eq!(attributes["http.route"], "/v1/events");
    assert_eq!(attributes["http.response.status_code"], json!(200));
    assert_eq!(attributes["request"], "wish-1");
    assert_eq!(request["resource"]["service.name"], "stipend");
    assert_eq!(request["kind"], "server");
    assert!(!format!("{spans:?}{log}").contains("u-seen"), "a viewer's id");
    // The log is JSON, a line each, and names the request.
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .collect();
    assert!(lines.iter().any(|line| line["fields"]["request"] == "wish-1"), "{log}");
}

fn with_env(world: &World, words: &[&str], env: &[(&str, &str)]) -> Output {
    let mut command = world.command();
    command.args(words).envs(env.iter().copied()).output().expect("the binary runs")
}

/// Flags before the environment, that before the file, that before what is so by itself.
#[test]
fn settings_say_where_they_are_from() {
    let world = World::new(Engine::Sqlite);
    let file = world.file("stipend.toml", "workers = 3\nsenders = 4\nrate_limit = 5\n");
    let words = ["--config", &file, "config", "explain"];
    let env = [("STIPEND_SENDERS", "7"), ("STIPEND_MAIL_URL", "smtp://u:hidden@h")];
    let output = with_env(&world, &words, &env);
    let text = String::from_utf8_lossy(&output.stdout).replace(&world.at(""), "…/");
    assert!(output.status.success(), "{output:?}");
    assert!(!text.contains("hidden"), "{text}");
    // The table is as wide as the folder's name.
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    insta::assert_snapshot!("config_explain", lines.collect::<Vec<_>>().join("\n"));
    let cases = [
        ("wrong", "wrkers = 3", "there is no setting `wrkers`"),
        ("number", "workers = \"many\"", "`workers` is `many` (from the file"),
        ("issuer", "oidc_issuer = \"http://127.0.0.1:1\"", "`oidc_client_id` is needed"),
        ("mail", "mail_url = \"http://u:hidden@h\"", "the URL is none of smtp://"),
        ("log", "log = \"a=b=c\"", "`log` is `a=b=c`"),
        ("share", "otlp_endpoint = \"http://h\"\ntrace_share = 2", "`trace_share` is `2`"),
    ];
    for (name, text, expected) in cases {
        let file = world.file(&format!("{name}.toml"), text);
        let error = world.fails(&["--config", &file, "serve", "--listen", "127.0.0.1:0"], 2);
        assert!(error.contains(expected) && !error.contains("hidden"), "{name}: {error}");
    }
    world.fails(&["--config", &world.at("nothing.toml"), "config", "explain"], 2);
}

#[test]
fn health_asks_the_server_that_the_settings_name() {
    let world = World::new(Engine::Sqlite);
    let served = Served::start(&world, &[]);
    let address = served.base.trim_start_matches("http://").to_owned();
    let output = with_env(&world, &["health"], &[("STIPEND_LISTEN", &address)]);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), &b"ready\n"[..]));
    served.stop();
    let output = with_env(&world, &["health"], &[("STIPEND_LISTEN", &address)]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}

/// From each database into each, while events come in: what was there at one moment is all there.
#[test]
fn a_backup_is_one_moment_and_restores_into_either_database() {
    for (from, to) in [(Engine::Sqlite, Engine::Postgres), (Engine::Postgres, Engine::Sqlite)] {
        let world = World::small(from, POOL);
        let rows = log(11, 1_200, 3);
        let served = Served::start(&world, &[]);
        let part = |range: std::ops::Range<usize>| rows[range].join("\n");
        let ndjson = "application/x-ndjson";
        served.post("/v1/events", ndjson, &part(0..600));
        served.settle("pool", "2026-06-01");
        // Others go on: sealed, waiting, and coming in meanwhile.
        served.post("/v1/events", ndjson, &part(600..900));
        let backup = world.at("backup");
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for start in (900..rows.len()).step_by(50) {
                    let end = rows.len().min(start + 50);
                    assert_eq!(served.post("/v1/events", ndjson, &part(start..end)).status, 200);
                }
            });
            world.ok(&["backup", &backup]);
        });
        served.stop();
        assert!(world.fails(&["backup", &backup], 2).contains("name a new folder"));

        let other = World::bare(to);
        other.ok(&["restore", &backup]);
        assert!(other.fails(&["restore", &backup], 2).contains("data"), "there is a folder now");
        let doctor = other.call(&["doctor", "--deep"]);
        let doctor = String::from_utf8_lossy(&doctor.stdout).into_owned();
        // Days of this year's autumn wait for a worker; all else is well.
        assert_eq!(doctor.matches("FAULT").count(), 1, "{doctor}");
        assert!(doctor.contains("FAULT  work "), "{doctor}");
        // The rest comes again: what was in the backup is not counted twice.
        for world in [&world, &other] {
            let served = Served::start(world, &[]);
            assert_eq!(served.post("/v1/events", ndjson, &part(0..rows.len())).status, 200);
            served.settle("pool", "2026-06-03");
            served.stop();
            world.check();
            assert!(world.ok(&["audit", "check"]).contains("the chain holds"));
        }
        assert_eq!(world.standing(), other.standing(), "{from:?} to {to:?}");
        assert_eq!(world.counted(), other.counted(), "{from:?} to {to:?}");

        // What is not whole is refused, and leaves nothing behind.
        let index = fs::read_to_string(world.path("backup").join("backup.json")).expect("an index");
        let index: Value = serde_json::from_str(&index).expect("JSON");
        for name in ["lake/", "database/", "viewer.key"] {
            let mut files = index["sha256"].as_object().expect("files").keys();
            let name = files.find(|file| file.starts_with(name)).expect("a file");
            let path = world.path("backup").join(name);
            let bytes = fs::read(&path).expect("a file");
            fs::write(&path, &bytes[..bytes.len() - 1]).expect("cut");
            let third = World::bare(Engine::Sqlite);
            let error = third.fails(&["restore", &backup], 2);
            assert!(error.contains("is not what the backup wrote"), "{name}: {error}");
            assert!(!third.data().exists(), "{name}");
            fs::write(&path, &bytes).expect("whole again");
        }
        // Nor is one that would write elsewhere, or that another version wrote.
        let path = world.path("backup").join("backup.json");
        let text = fs::read_to_string(&path).expect("an index");
        for (from, to, expected) in [
            ("\"lake/events", "\"lake//events", "a file outside of it"),
            ("\"lake/events", "\"../lake/events", "a file outside of it"),
            ("\"schema\": ", "\"schema\": 9", "is of schema 9"),
        ] {
            fs::write(&path, text.replacen(from, to, 1)).expect("written");
            let third = World::bare(Engine::Sqlite);
            let error = third.fails(&["restore", &backup], 2);
            assert!(error.contains(expected), "{to}: {error}");
        }
        fs::write(&path, text).expect("whole again");
    }
}

/// Each fault that `doctor` knows: how it comes about, and what it says to do.
#[test]
fn doctor_says_how_to_mend_each_fault() {
    let world = World::bare(Engine::Sqlite);
    let summer = [("STIPEND_NOW", "2026-06-03T00:00:00Z")];
    let ok = |words: &[&str], env: &[(&str, &str)]| {
        let output = with_env(&world, words, env);
        assert!(output.status.success(), "{words:?}: {output:?}");
    };
    ok(&["init"], &summer);
    ok(&["program", "publish", &world.file("policy.toml", POOL)], &summer);
    ok(&["import", "catalog", &world.file("works.csv", WORKS)], &summer);
    ok(&["import", "events", &world.file("1.ndjson", log(3, 300, 2).join("\n"))], &summer);
    let faults = |env: &[(&str, &str)]| {
        let output = with_env(&world, &["--json", "doctor", "--deep"], env);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let found = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        let faults: Vec<(String, String)> = found
            .filter(|one| one["well"] == false)
            .map(|one| (one["what"].to_string(), one["message"].to_string()))
            .collect();
        let code = if faults.is_empty() { 0 } else { 3 };
        assert_eq!(output.status.code(), Some(code), "{text}");
        faults
    };
    let only = |env: &[(&str, &str)], what: &str, words: &[&str]| {
        let found = faults(env);
        let all = format!("{found:?}");
        let one = found.iter().find(|(name, _)| name.contains(what));
        let (_, message) = one.unwrap_or_else(|| panic!("{what}: {all}"));
        for word in words {
            assert!(message.contains(word), "{what}: {message}");
        }
        found.len()
    };
    only(&summer, "work", &["not settled", "2026-06-01 of pool", "stipend settle"]);
    ok(&["settle", "--through", "latest"], &summer);
    assert_eq!(faults(&summer), []);
    // The clock was set back.
    with_env(
        &world,
        &["key", "make", "--name", "x", "--role", "support"],
        &[("STIPEND_NOW", "2026-06-05T00:00:00Z")],
    );
    assert_eq!(only(&summer, "clock", &["2026-06-05", "set the machine's clock"]), 1);
    // A file of the lake is gone, or is another.
    let june = [("STIPEND_NOW", "2026-06-05T00:00:01Z")];
    let events = world.data().join("lake/events");
    let mut folders = vec![events];
    let segment = loop {
        let folder = folders.pop().expect("a segment");
        let entries =
            fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        let (inner, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
        if let Some(file) = files.into_iter().next() {
            break file;
        }
        folders.extend(inner);
    };
    let bytes = fs::read(&segment).expect("a segment");
    let mut other = bytes.clone();
    other[bytes.len() / 2] ^= 1;
    fs::write(&segment, &other).expect("written");
    only(&june, "event log", &["does not hold what was written", "restore the lake folder"]);
    fs::remove_file(&segment).expect("removed");
    only(&june, "event log", &["is missing", "restore the lake folder"]);
    fs::write(&segment, &bytes).expect("whole again");
    // The configuration is wrong: said before anything else is looked at.
    let output = with_env(&world, &["doctor"], &[("STIPEND_WORKERS", "many")]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("`workers` is `many`"), "{output:?}");
    let nowhere = [("STIPEND_DATABASE_URL", "postgres://nobody:hidden@%2Fnowhere/x")];
    only(&nowhere, "database", &["start it"]);
    let output = with_env(&world, &["doctor"], &nowhere);
    assert!(!String::from_utf8_lossy(&output.stdout).contains("hidden"), "{output:?}");
    let bare = World::bare(Engine::Sqlite);
    let output = bare.call(&["doctor"]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("stipend init"), "{output:?}");
}

/// The SDK of CloudEvents hands in events in each of its modes.
#[test]
fn the_sdk_of_cloudevents_is_understood() {
    let world = World::small(Engine::Sqlite, POOL);
    let served = Served::start(&world, &[]);
    let output = python()
        .arg(root().join("judges/cloudevents_client.py"))
        .args([&format!("{}/v1/events", served.base), &served.key])
        .output()
        .expect("python");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    let answers: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let told: Vec<(u64, u64, u64)> = answers
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| {
            let count = |name: &str| one["body"][name].as_u64().unwrap_or(99);
            (one["status"].as_u64().unwrap_or(0), count("accepted"), count("duplicates"))
        })
        .collect();
    assert_eq!(told, [(200, 1, 0), (200, 1, 0), (200, 2, 0), (200, 1, 1)], "{answers}");
    let done = served.settle("pool", "2026-06-01");
    let posted = &done["result"]["posted"][0];
    assert_eq!((&posted["accepted"], &posted["qualified"]), (&json!(5), &json!(4)), "{done}");
    served.stop();
}

/// A sandbox in a folder, as the documents start it.
fn sandbox() -> (World, Served) {
    let world = World::bare(Engine::Sqlite);
    let mut command = world.command();
    command.args(["serve", "--sandbox", "--listen", "127.0.0.1:0"]);
    command.env("STIPEND_DATA_DIR", world.path("stipend-data"));
    let served = Served::of(command, "");
    fs::copy(root().join("docs/client.py"), world.path("client.py")).expect("copied");
    (world, served)
}

/// Runs a script of the documents, as written but for the server's address.
fn script(world: &World, served: &Served, program: &[&str], text: &str) -> String {
    let python = python().get_program().to_string_lossy().into_owned();
    let text = text
        .replace("http://127.0.0.1:8080", &served.base)
        .replace("--retry 8", "--retry 2")
        .replace("python3 docs/client.py", &format!("{python} client.py"));
    let file = world.file("script", text);
    let mut command = Command::new(program[0].replace("python3", &python));
    let output = command.args(&program[1..]).arg(file).current_dir(world.folder.path()).output();
    let output = output.expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program:?}: {text}\n{error}");
    text
}

/// Every block of docs/CLIENTS.md, and the client of Python.
#[test]
fn the_clients_of_the_documents_work_as_written() {
    let text = fs::read_to_string(root().join("docs/CLIENTS.md")).expect("CLIENTS.md");
    let blocks = |language: &str| -> Vec<&str> {
        let fence = format!("```{language}\n");
        text.split(&fence).skip(1).map(|rest| rest.split("```").next().expect("a block")).collect()
    };
    let (shell, lines) = (blocks("sh"), blocks("python").concat());
    let bash = ["bash", "-eu", "-o", "pipefail"];
    let starts = shell[0].lines().next().expect("a line");
    assert!(starts.starts_with("stipend serve --sandbox"), "{starts}");
    let (world, served) = sandbox();
    let told = script(&world, &served, &bash, shell[0].lines().nth(1).expect("the client"));
    assert!(told.contains("33.33") || told.contains("75.00"), "{told}");
    served.stop();

    let (world, served) = sandbox();
    let policy = POOL.replace("\"pool\"", "\"example\"").replace("Europe/Amsterdam", "UTC");
    world.file("policy.toml", policy);
    world.file("events.ndjson", log(4, 200, 1).join("\n").replace(":\"w", ":\"example-w"));
    let told = script(&world, &served, &bash, &shell[1..].concat());
    for expected in ["\"state\":\"done\"", "\"paid\":", "creator example-anna on 2026-06-01"] {
        assert!(told.contains(expected), "{expected} is not in {told}");
    }
    let told = script(&world, &served, &["python3"], &lines);
    assert!(told.contains("2026-06-01") && told.ends_with("not_found\n"), "{told}");
    served.stop();
}

/// What is packaged: systemd reads the unit, and every setting and command in it is there.
#[test]
fn what_is_packaged_names_what_there_is() {
    let folder = root().join("packaging");
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect(name);
    let world = World::bare(Engine::Sqlite);
    // The settings' file, with its examples switched on.
    let examples = read("stipend.toml");
    let plain: Vec<&str> = examples
        .lines()
        .map(|line| line.strip_prefix("# ").filter(|rest| rest.contains(" = ")).unwrap_or(line))
        .collect();
    let file = world.file("stipend.toml", plain.join("\n"));
    world.ok(&["--config", &file, "config", "explain"]);
    let known: Vec<String> = world
        .ok(&["--json", "config", "explain"])
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["variable"].to_string())
        .map(|name| name.trim_matches('"').to_owned())
        .collect();
    for name in ["Dockerfile", "compose.yaml", "README.md", "stipend.service"] {
        let text = read(name);
        let words = text.split(|c: char| !c.is_ascii_uppercase() && c != '_');
        for word in words.filter(|word| word.starts_with("STIPEND_")) {
            let word = word.strip_suffix("_FILE").unwrap_or(word);
            assert!(
                known.iter().any(|known| known == word) || word == "STIPEND_CONFIG",
                "{name}: {word}"
            );
        }
    }
}
