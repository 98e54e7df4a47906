//! What a person sees: helps, errors, explanations, and the commands of the README.
use crate::world::{Engine, POOL, World, log, root};

#[test]
fn helps_and_errors_read_well() {
    let world = World::new(Engine::Sqlite);
    let shown = |words: &[&str]| {
        let output = world.call(words);
        let both = [output.stdout, output.stderr].concat();
        let text = String::from_utf8(both).expect("UTF-8");
        let folder = world.folder.path().display().to_string();
        format!("exit {:?}\n{}", output.status.code(), text.replace(&folder, "FOLDER"))
    };
    insta::assert_snapshot!("help", shown(&["--help"]));
    insta::assert_snapshot!("help_import", shown(&["import", "events", "--help"]));
    insta::assert_snapshot!("init_twice", shown(&["init"]));
    insta::assert_snapshot!("no_program", shown(&["settle", "--through", "latest"]));
    insta::assert_snapshot!("no_file", shown(&["import", "events", &world.at("nothing.csv")]));
    world.file("log.txt", "x");
    insta::assert_snapshot!("no_format", shown(&["import", "events", &world.at("log.txt")]));
    world.file("head.csv", "a,b\n1,2\n");
    insta::assert_snapshot!("no_columns", shown(&["import", "events", &world.at("head.csv")]));
    let policies = [
        ("policy_word", POOL.replace("quality = {", "qualty = {")),
        ("policy_amount", POOL.replace("\"100.00\"", "\"100.001\"")),
        ("policy_zone", POOL.replace("Europe/Amsterdam", "Europe/Amsterdm")),
        ("policy_both", POOL.replace("settle_to", "rate_per_thousand = \"1\"\nsettle_to")),
        ("policy_format", POOL.replace("format = 1", "format = 2")),
        ("policy_syntax", POOL.replace("[day]", "[day")),
    ];
    for (name, text) in policies {
        world.file("p.toml", text);
        insta::assert_snapshot!(name, shown(&["program", "check", &world.at("p.toml")]));
    }
    world.file("m.toml", "format = 1\n[event]\nworks = \"w\"\n");
    let words = ["import", "events", &world.at("head.csv"), "--mapping", &world.at("m.toml")];
    insta::assert_snapshot!("mapping_field", shown(&words));
}

#[test]
fn explanations_show_their_steps() {
    let world = World::small(Engine::Sqlite, POOL);
    let rows = log(51, 400, 1);
    world.file("1.ndjson", rows[..350].join("\n"));
    world.file("2.ndjson", rows[350..].join("\n"));
    for name in ["1.ndjson", "2.ndjson"] {
        world.import(name);
        world.ok(&["--now", "2026-06-05T10:00:00Z", "settle", "--through", "2026-06-01"]);
    }
    insta::assert_snapshot!("explain_work", world.ok(&["explain", "work", "w1"]));
    insta::assert_snapshot!("explain_excluded", world.ok(&["explain", "work", "w4"]));
    insta::assert_snapshot!("explain_creator", world.ok(&["explain", "creator", "c1"]));
    let run = world.ok(&["explain", "run"]);
    assert!(run.contains("correction 1") && run.contains("lines sha256"), "{run}");
    let json = world.ok(&["--json", "explain", "work", "w1"]);
    let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(value["sections"][0]["heading"], "events: each has one verdict");
    let error = world.fails(&["explain", "work", "w99"], 2);
    assert!(error.contains("no work `w99` is known"), "{error}");
}

#[test]
fn each_event_has_one_verdict() {
    let world = World::small(Engine::Sqlite, POOL);
    world.file("1.ndjson", log(52, 300, 1).join("\n"));
    world.import("1.ndjson");
    world.settle();
    let verdicts = world.ok(&["export", "verdicts", "--day", "2026-06-01"]);
    let mut told = std::collections::BTreeMap::new();
    for line in verdicts.lines().skip(1) {
        *told.entry(line.rsplit(',').next().expect("a verdict").to_owned()).or_insert(0) += 1;
    }
    let days = world.ok(&["--json", "export", "work-days", "--day", "2026-06-01"]);
    let mut counted = std::collections::BTreeMap::new();
    for line in days.lines() {
        let row: serde_json::Value = serde_json::from_str(line).expect("JSON");
        for verdict in metering::Verdict::ALL {
            let name = match verdict {
                metering::Verdict::Qualified => "qualified_views",
                _ => verdict.code(),
            };
            let count = row[name].as_i64().expect(name);
            if count > 0 {
                *counted.entry(verdict.code().to_owned()).or_insert(0) += count;
            }
        }
    }
    assert_eq!(told, counted);
}

#[test]
fn the_demo_ends_well_within_its_time() {
    let world = World::new(Engine::Sqlite);
    let text = world.ok(&["demo"]);
    assert!(text.contains("yes: ") && text.contains("Who earned most"), "{text}");
}

/// Published files that are made from the code are as the code makes them.
#[test]
fn generated_files_are_current() {
    let world = World::new(Engine::Sqlite);
    let path = root().join("docs/reference/policy.schema.json");
    let schema = world.ok(&["program", "schema"]);
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(&path, &schema).expect("written");
    }
    let published = std::fs::read_to_string(&path).expect("the schema");
    assert_eq!(published, schema, "run the tests with UPDATE_GENERATED=1 and look at the diff");
    let path = root().join("docs/reference/terms.schema.json");
    let schema = world.ok(&["terms", "schema"]);
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(&path, &schema).expect("written");
    }
    let published = std::fs::read_to_string(&path).expect("the schema");
    assert_eq!(published, schema, "run the tests with UPDATE_GENERATED=1 and look at the diff");
    let terms = world.file("terms.toml", world.ok(&["terms", "example"]));
    world.ok(&["terms", "check", &terms]);
    let names = world.ok(&["program", "preset"]);
    assert_eq!(names.lines().count(), 8, "{names}");
    for name in names.lines() {
        let text = world.ok(&["program", "preset", name]);
        world.file("preset.toml", text);
        world.ok(&["program", "check", &world.at("preset.toml")]);
    }
}

/// The commands that the README shows run as they stand there, on made-up files.
#[test]
fn the_readme_runs() {
    let world = World::new(Engine::Sqlite);
    let sample = world.at("sample");
    world.ok(&["simulate", &sample, "--events", "20000", "--days", "2"]);
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the README");
    let block = readme
        .split("```sh\n")
        .filter_map(|part| part.split("```").next())
        .find(|block| block.starts_with("stipend init"))
        .expect("a block of commands");
    assert!(block.lines().count() > 8, "{block}");
    let mut shell = std::process::Command::new("bash");
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_stipend"));
    let path = format!(
        "{}:{}",
        binary.parent().expect("a folder").display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let money = readme
        .split("```sh\n")
        .filter_map(|part| part.split("```").next())
        .find(|block| block.starts_with("stipend terms"))
        .expect("a block of commands about money");
    std::fs::write(world.path("sample/eurofxref-hist.csv"), "Date,USD,\n2026-06-01,1.25,\n")
        .expect("rates");
    let block = format!("{block}{money}");
    let output = shell
        .args(["-euo", "pipefail", "-c", &block])
        .current_dir(&sample)
        .env("PATH", path)
        .env_remove("STIPEND_DATA_DIR")
        .env_remove("STIPEND_DATABASE_URL")
        .output()
        .expect("bash runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let journal = std::fs::read_to_string(world.path("sample/journal.ledger")).expect("a journal");
    assert!(journal.contains("liabilities:creators:"), "{journal}");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("method_cooling_off"), "the method is new: {told}");
}
