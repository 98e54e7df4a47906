//! The real short-video log: known answers, on both databases, in any order of arrival.
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::world::{ENGINES, Engine, World, python, root, shuffle};

/// The folder of the log and its known answers; they are not part of the repository.
fn data() -> Option<PathBuf> {
    let folder = root().join("../shared");
    if folder.join("data/kuairand").exists() {
        return Some(folder);
    }
    println!("SKIPPED: the KuaiRand log is not beside the checkout (../shared/data/kuairand)");
    None
}

/// What the known-answers script prints for some logs: the two digests.
fn answers(shared: &Path, logs: &[String]) -> [String; 2] {
    let output = python()
        .arg(shared.join("tools/kuairand_answers.py"))
        .args(logs)
        .output()
        .expect("the known-answers script runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let digests: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("sha256"))
        .filter_map(|line| line.split_whitespace().last())
        .collect();
    let [work_days, lines] = digests.as_slice() else { panic!("{text}") };
    [(*work_days).to_owned(), (*lines).to_owned()]
}

/// Imports each log, settles after each; gives the digests of what stands.
fn settle(world: &World, shared: &Path, logs: &[String]) -> [String; 2] {
    let example = root().join("examples/kuairand");
    let mapping = example.join("mapping.toml").display().to_string();
    let policy = example.join("policy.toml").display().to_string();
    let catalog = shared.join("data/kuairand/video_features_full.csv").display().to_string();
    world.ok(&["program", "publish", &policy]);
    world.ok(&["import", "catalog", "--mapping", &mapping, &catalog]);
    for log in logs {
        world.ok(&["import", "events", "--mapping", &mapping, log]);
        world.settle();
    }
    let columns = "day,work,creator,qualified_views,likes,comments,shares";
    let days = ["export", "work-days", "--qualified", "--no-header", "--columns", columns];
    let lines =
        ["export", "lines", "--standing", "--no-header", "--columns", "day,creator,paid_minor"];
    [world.ok(&days), world.ok(&lines)].map(|text| hex::encode(Sha256::digest(text)))
}

#[test]
fn known_answers_on_both_databases() {
    let Some(shared) = data() else { return };
    let log = "data/kuairand/log_standard_20220425_20220430.csv";
    let logs = [shared.join(log).display().to_string()];
    let expected = answers(&shared, &logs);
    // What the script printed when the log was first settled.
    assert_eq!(expected[1], "dc16a1e77b8c1f67e95e2a38eb76f701fa45b54d524d55a1f8ee814a5fc36ea7");
    for engine in ENGINES {
        let world = World::new(engine);
        assert_eq!(settle(&world, &shared, &logs), expected, "{engine:?}");
        world.check();
        // The log again, shuffled, in another file: nothing that was posted changes.
        let text = std::fs::read_to_string(&logs[0]).expect("the log");
        let (head, rows) = text.split_once('\n').expect("a header");
        let mut rows: Vec<&str> = rows.lines().collect();
        shuffle(5, &mut rows);
        world.file("again.csv", format!("{head}\n{}\n", rows.join("\n")));
        let mapping = root().join("examples/kuairand/mapping.toml").display().to_string();
        let lines = world.ok(&["export", "lines"]);
        world.ok(&["import", "events", "--mapping", &mapping, &world.at("again.csv")]);
        let report = world.settle();
        assert!(report.contains("\"posted\":[]"), "{report}");
        assert_eq!(world.ok(&["export", "lines"]), lines, "{engine:?}");
    }
}

/// Shuffled, in random batches, each row one to three times, with conflicting copies: each batch is
/// settled before the next comes, so most of every day comes late.
#[test]
fn any_order_of_arrival_gives_the_known_answers() {
    let Some(shared) = data() else { return };
    let log = shared.join("data/kuairand/log_standard_20220425_20220430.csv");
    let text = std::fs::read_to_string(log).expect("the log");
    let (head, rows) = text.split_once('\n').expect("a header");
    let columns: Vec<&str> = head.split(',').collect();
    let column = |name| columns.iter().position(|known| *known == name).expect(name);
    let (play, like, author) = (column("play_time_ms"), column("is_like"), column("author_id"));
    for (seed, engine) in [(1_u64, Engine::Sqlite), (2, Engine::Postgres), (3, Engine::Sqlite)] {
        let world = World::new(engine);
        let mut copies = Vec::new();
        for (number, row) in rows.lines().enumerate().filter(|(n, _)| n % 4 == seed as usize) {
            copies.push(row.to_owned());
            if number % 3 == 0 {
                copies.push(row.to_owned());
            }
            if number % 5 == 0 {
                let mut cells: Vec<&str> = row.split(',').collect();
                let other = if number % 2 == 0 { "2103883" } else { cells[author] };
                (cells[play], cells[like], cells[author]) = ("7000", "1", other);
                copies.push(cells.join(","));
            }
        }
        shuffle(seed, &mut copies);
        let batches: Vec<String> = copies
            .chunks(copies.len() / 3 + 1)
            .enumerate()
            .map(|(number, rows)| {
                let text = format!("{head}\n{}\n", rows.join("\n"));
                world.file(&format!("batch-{number}.csv"), text)
            })
            .collect();
        assert_eq!(settle(&world, &shared, &batches), answers(&shared, &batches), "seed {seed}");
        world.check();
    }
}

#[test]
fn the_example_script_leaves_the_known_answers() {
    let Some(shared) = data() else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = shared.join("data/kuairand");
    let log = data.join("log_standard_20220425_20220430.csv").display().to_string();
    let output = std::process::Command::new("bash")
        .arg(root().join("examples/kuairand/run.sh"))
        .arg(folder.path())
        .arg(data.join("video_features_full.csv"))
        .arg(&log)
        .env("STIPEND", env!("CARGO_BIN_EXE_stipend"))
        .output()
        .expect("bash runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let digest = |name| {
        let bytes = std::fs::read(folder.path().join(name)).expect(name);
        hex::encode(Sha256::digest(bytes))
    };
    assert_eq!([digest("work-days.csv"), digest("lines.csv")], answers(&shared, &[log]));
}
