//! Late events: the posted day stays, the difference is new lines (I8, R86, N11).
use crate::world::{ENGINES, Engine, POOL, World, log};

/// A policy with every way in which amounts move from day to day.
const CARRY: &str = r#"
format = 1
program = "carry"
title = "A rate with floor, cap and budget"
effective = "2026-01-01"
asset = "EUR"
[day]
zone = "UTC"
correction_days = 30
[views]
minimum_watch_ms = 5000
[works]
exclude_kinds = ["ad"]
[reward]
rate_per_thousand = "1000.00"
settle_to = "minor"
[limits]
floor_per_creator_day = "25.00"
below_floor = "carry"
cap_per_creator_day = "60.00"
above_cap = "carry"
monthly_budget = "400.00"
budget_used_up = "scale"
"#;

/// Settles a log at once, and in pieces with late rows; both must stand alike.
fn check(engine: Engine, policy: &str, seed: u64) {
    let rows = log(seed, 900, 4);
    let day = |row: &String| row.split("\"time\":\"").nth(1).map(|time| time[..10].to_owned());
    let whole = World::small(engine, policy);
    whole.file("all.ndjson", rows.join("\n"));
    whole.import("all.ndjson");
    whole.settle();
    let pieces = World::small(engine, policy);
    // Each day's rows come on their day, but every fifth row two imports later.
    let mut arrivals = vec![Vec::new(); 6];
    for (number, row) in rows.iter().enumerate() {
        let on = day(row).and_then(|day| day[8..].parse::<usize>().ok()).expect("a day");
        let late = if number % 5 == 0 { 2 } else { 0 };
        arrivals[on - 1 + late].push(row.clone());
    }
    let mut before = String::new();
    for (number, rows) in arrivals.iter().enumerate() {
        let name = format!("{number}.ndjson");
        pieces.file(&name, rows.join("\n"));
        pieces.import(&name);
        pieces.settle();
        // What was posted stands, byte for byte, as the beginning of what stands posted now.
        let runs = posted(&pieces);
        for line in before.lines() {
            assert!(runs.contains(line), "seed {seed}: a posted line changed: {line}");
        }
        before = runs;
    }
    assert_eq!(pieces.standing(), whole.standing(), "{engine:?} seed {seed}");
    assert_eq!(pieces.counted(), whole.counted(), "{engine:?} seed {seed}");
    let balances = |world: &World| world.ok(&["ledger", "balances"]);
    assert_eq!(balances(&pieces), balances(&whole), "{engine:?} seed {seed}");
    let runs = pieces.ok(&["export", "lines", "--columns", "run"]);
    assert!(runs.lines().any(|run| run == "1"), "no correction was made: the test tests nothing");
    pieces.check();
    whole.check();
}

fn posted(world: &World) -> String {
    world.ok(&["export", "lines"])
}

#[test]
fn a_pool_in_pieces_is_the_pool_at_once() {
    for engine in ENGINES {
        (1..=3).for_each(|seed| check(engine, POOL, seed));
    }
}

#[test]
fn floors_caps_and_budgets_ripple_to_later_days() {
    for engine in ENGINES {
        (11..=13).for_each(|seed| check(engine, CARRY, seed));
    }
}

#[test]
fn correction_lines_of_a_pool_sum_to_nought() {
    let world = World::small(Engine::Sqlite, POOL);
    let rows = log(4, 400, 1);
    world.file("1.ndjson", rows[..300].join("\n"));
    world.file("2.ndjson", rows[300..].join("\n"));
    world.import("1.ndjson");
    world.settle();
    world.import("2.ndjson");
    world.settle();
    let table = world.ok(&["export", "lines", "--no-header", "--columns", "run,amount"]);
    let mut sums = std::collections::BTreeMap::new();
    for line in table.lines() {
        let (run, amount) = line.split_once(',').expect("two columns");
        *sums.entry(run.to_owned()).or_insert(0_i64) += amount.parse::<i64>().expect("amount");
    }
    // A hundred a day: the log's day in UTC lies on two days of the program.
    assert_eq!(sums.get("0"), Some(&200_000_000), "{sums:?}");
    assert_eq!(sums.get("1"), Some(&0), "{sums:?}");
}

#[test]
fn settling_again_changes_nothing() {
    for engine in ENGINES {
        let world = World::small(engine, POOL);
        world.file("1.ndjson", log(5, 200, 2).join("\n"));
        world.import("1.ndjson");
        world.settle();
        let (journal, lines) = (world.ok(&["export", "journal"]), posted(&world));
        assert!(world.settle().contains("\"posted\":[]"));
        assert!(world.import("1.ndjson").contains("\"repeated\":true"));
        assert!(world.settle().contains("\"posted\":[]"));
        assert_eq!(world.ok(&["export", "journal"]), journal);
        assert_eq!(posted(&world), lines);
    }
}

/// An event id that returns with another day counts once, on the earlier day.
#[test]
fn an_id_that_returns_on_another_day_counts_once() {
    let view = |id: &str, day: u32, viewer: &str| {
        format!(
            "{{\"event_id\":\"{id}\",\"time\":\"2026-06-{day:02}T12:00:00Z\",\"work\":\"w1\",\
             \"viewer\":\"{viewer}\",\"watch_ms\":15000}}"
        )
    };
    let stands = |orders: &[&[(&str, u32, &str)]]| {
        let world = World::small(Engine::Sqlite, POOL);
        for (number, rows) in orders.iter().enumerate() {
            let name = format!("{number}.ndjson");
            let rows: Vec<String> = rows.iter().map(|(i, d, v)| view(i, *d, v)).collect();
            world.file(&name, rows.join("\n"));
            world.import(&name);
            world.settle();
        }
        world.check();
        world.ok(&[
            "export",
            "work-days",
            "--columns",
            "day,work,accepted,duplicate,qualified_views",
        ])
    };
    let expected = "day,work,accepted,duplicate,qualified_views\n2026-06-01,w1,3,1,2\n\
                    2026-06-03,w1,1,0,1\n";
    let (a1, a2, b, c) = (("a", 1, "u1"), ("a", 2, "u1"), ("b", 1, "u2"), ("c", 3, "u3"));
    assert_eq!(stands(&[&[a1, a2, b, c]]), expected);
    assert_eq!(stands(&[&[a1, b], &[a2], &[c]]), expected);
    assert_eq!(stands(&[&[a2, c], &[b, a1]]), expected);
    assert_eq!(stands(&[&[a2], &[c], &[a1, b]]), expected);
}

/// A copy that comes too late for its own day does not draw the event away from the day on which it
/// counts: neither a copy before the program began nor one for a closed day.
#[test]
fn a_copy_for_a_closed_day_takes_nothing_back() {
    let policy = POOL
        .replace("correction_days = 30", "correction_days = 1")
        .replace("2026-01-01", "2026-06-01");
    let world = World::small(Engine::Sqlite, &policy);
    let view = |id: &str, day: &str| {
        format!(
            "{{\"event_id\":\"{id}\",\"time\":\"{day}T12:00:00Z\",\"work\":\"w1\",\
             \"viewer\":\"u1\",\"watch_ms\":15000}}\n"
        )
    };
    let first = ["2026-06-01", "2026-06-02", "2026-06-03", "2026-06-04"];
    let rows: String = first.iter().map(|day| view(day, day)).collect();
    world.file("1.ndjson", rows);
    world.import("1.ndjson");
    world.settle();
    let before = (world.standing(), world.counted());
    let late = view("2026-06-04", "2026-06-01") + &view("2026-06-03", "2026-05-30");
    world.file("2.ndjson", late);
    world.import("2.ndjson");
    let report = world.settle();
    assert!(report.contains("\"closed\":[\"2026-06-01\"]"), "{report}");
    assert_eq!((world.standing(), world.counted()), before);
}

#[test]
fn days_before_the_window_stay_and_are_named() {
    let policy = POOL.replace("correction_days = 30", "correction_days = 1");
    let world = World::small(Engine::Sqlite, &policy);
    let rows = log(6, 400, 4);
    world.file("1.ndjson", rows[..390].join("\n"));
    world.file("2.ndjson", rows[390..].join("\n"));
    world.import("1.ndjson");
    world.settle();
    let before = posted(&world);
    world.import("2.ndjson");
    let report = world.settle();
    assert!(report.contains("\"closed\":[\"2026-06-01\""), "{report}");
    for line in before.lines() {
        assert!(posted(&world).contains(line));
    }
}

fn view(number: u32, day: &str, work: &str) -> String {
    format!(
        "{{\"event_id\":\"v{number}\",\"time\":\"{day}T12:00:00Z\",\"work\":\"{work}\",\
         \"viewer\":\"u{number}\",\"watch_ms\":60000}}\n"
    )
}

/// A day that turns out to lie before the first posted one takes its part of the month's budget,
/// and the days after it are corrected: never is more paid than the budget.
#[test]
fn a_day_before_the_first_posted_one_keeps_the_budget() {
    let policy = CARRY.replace("monthly_budget = \"400.00\"", "monthly_budget = \"30.00\"");
    let policy = policy.replace("floor_per_creator_day = \"25.00\"\n", "");
    let rows = |day, from: u32| (from..from + 25).map(|n| view(n, day, "w1")).collect::<String>();
    let world = World::small(Engine::Sqlite, &policy);
    world.file("2.ndjson", rows("2026-06-02", 0));
    world.file("1.ndjson", rows("2026-06-01", 100));
    world.import("2.ndjson");
    world.settle();
    world.import("1.ndjson");
    world.settle();
    let paid = world.ok(&["export", "lines", "--standing", "--columns", "day,paid_text"]);
    assert_eq!(paid, "day,paid_text\n2026-06-01,25.00\n2026-06-02,5.00\n");
    world.check();
}

/// Money that one version carries is paid by the next version, which has no floor; once.
#[test]
fn what_is_carried_survives_a_new_version() {
    let world = World::small(Engine::Sqlite, CARRY);
    world.file("1.ndjson", view(1, "2026-06-01", "w1"));
    world.import("1.ndjson");
    world.settle();
    let head = CARRY.split("[limits]").next().expect("a policy");
    let next = head.replace("2026-01-01", "2026-06-02");
    world.file("next.toml", next);
    world.ok(&["program", "publish", &world.at("next.toml")]);
    for (number, day) in [(2, "2026-06-02"), (3, "2026-06-03")] {
        let name = format!("{number}.ndjson");
        world.file(&name, view(number, day, "w1"));
        world.import(&name);
        world.settle();
    }
    world.file("4.ndjson", view(4, "2026-06-02", "w1"));
    world.import("4.ndjson");
    world.settle();
    let paid = world.ok(&["export", "lines", "--standing", "--columns", "day,paid_text"]);
    let expected = "day,paid_text\n2026-06-01,0.00\n2026-06-02,3.00\n2026-06-03,1.00\n";
    assert_eq!(paid, expected);
    world.check();
}

/// What the catalog learns later about a work changes open days by a correction.
#[test]
fn a_work_that_the_catalog_learns_of_later_is_paid() {
    let world = World::small(Engine::Sqlite, POOL);
    world.file("1.ndjson", log(7, 300, 1).join("\n"));
    world.import("1.ndjson");
    world.settle();
    let unknown = world.ok(&["export", "work-days", "--columns", "work,reason,accepted"]);
    assert!(unknown.contains("unknown_work"), "{unknown}");
    world.file("more.csv", "work,creator,kind,length_ms\nw7,c7,video,9000\n");
    world.ok(&["import", "catalog", &world.at("more.csv")]);
    world.settle();
    let lines = world.standing();
    assert!(lines.contains(",c7,"), "{lines}");
    assert!(!world.counted().contains("unknown_work"));
    world.check();
}
