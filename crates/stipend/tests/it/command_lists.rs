//! Random lists of commands on both databases, in one process: every answer is the same, and so is
//! the journal, to the last byte of its chain.
use std::cell::RefCell;
use std::path::Path;

use app::Stipend;
use app::import::{self, Request};
use app::settle::{self, Through};
use kernel::Day;
use ledger::{Account, Purpose, Transfer};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use store::{Confirmation, Db, ImportRow, PolicyRow, RunRow, SegmentRow, StoreError};

use crate::world::{Database, Engine, POOL, WORKS, log};

fn day(number: u8) -> Day {
    "2026-06-01".parse::<Day>().expect("a day").plus(i32::from(number))
}

/// A change of what the database holds. Names come from small sets, so that lists collide with
/// themselves and with those before them.
#[derive(Debug, Clone)]
enum Change {
    Works(Vec<(u16, u16)>),
    Import {
        kind: bool,
        digest: u16,
        refused: u8,
        segments: Vec<u16>,
    },
    Policy {
        program: u8,
        version: u8,
    },
    /// A settlement: a run and its transfers; amounts go to creators and come back from them.
    Settle {
        program: u8,
        day: u8,
        run: u8,
        amounts: Vec<(u8, i8)>,
        key: u16,
    },
    /// A batch without a run.
    Post {
        program: u8,
        amounts: Vec<(u8, i8)>,
        key: u16,
    },
    Confirm {
        program: u8,
        day: u8,
        number: u8,
    },
    Setting {
        name: u8,
        value: u8,
    },
}

fn change() -> impl Strategy<Value = Change> {
    let amounts = || prop::collection::vec((0..12_u8, -60..100_i8), 0..6);
    let program = 0..3_u8;
    prop_oneof![
        prop::collection::vec((0..2_000_u16, 0..2_000_u16), 0..4).prop_map(Change::Works),
        (any::<bool>(), 0..3_000_u16, 0..4_u8, prop::collection::vec(0..9_000_u16, 0..3)).prop_map(
            |(kind, digest, refused, segments)| Change::Import { kind, digest, refused, segments }
        ),
        (program.clone(), 0..40_u8)
            .prop_map(|(program, version)| Change::Policy { program, version }),
        (program.clone(), any::<u8>(), 0..4_u8, amounts(), any::<u16>()).prop_map(
            |(program, day, run, amounts, key)| Change::Settle { program, day, run, amounts, key }
        ),
        (program.clone(), amounts(), any::<u16>())
            .prop_map(|(program, amounts, key)| Change::Post { program, amounts, key }),
        (program, any::<u8>(), 0..4_u8).prop_map(|(program, day, number)| Change::Confirm {
            program,
            day,
            number
        }),
        (0..5_u8, any::<u8>()).prop_map(|(name, value)| Change::Setting { name, value }),
    ]
}

/// Some changes in one transaction, which may be given up at the end.
#[derive(Debug, Clone)]
struct Command {
    changes: Vec<Change>,
    give_up: bool,
}

fn command() -> impl Strategy<Value = Command> {
    let changes = prop::collection::vec(change(), 1..4);
    (changes, prop::bool::weighted(0.1)).prop_map(|(changes, give_up)| Command { changes, give_up })
}

fn transfers(program: u8, on: Day, run: u8, amounts: &[(u8, i8)]) -> Vec<Transfer> {
    let program = format!("p{program}");
    let pool = Account::Pool { program: program.clone() };
    let run = i64::from(run);
    let purpose = Purpose { asset: "EUR", program: &program, day: on, run };
    let sum: i64 = amounts.iter().map(|(_, amount)| i64::from(*amount)).sum();
    let funding = Account::Funding { program: program.clone() };
    let mut all: Vec<Transfer> =
        Transfer::between(&pool, funding, -sum, &purpose).into_iter().collect();
    for (creator, amount) in amounts {
        let creator = format!("c{creator}");
        let account = if amount % 3 == 0 {
            Account::Carried { program: program.clone(), creator }
        } else {
            Account::Earned { creator }
        };
        all.extend(Transfer::between(&pool, account, i64::from(*amount), &purpose));
    }
    all
}

fn bytes(number: impl Into<u64>) -> [u8; 32] {
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&number.into().to_le_bytes());
    bytes
}

fn apply(db: &mut Db, change: &Change) -> Result<String, StoreError> {
    match change {
        Change::Works(works) => {
            let works: Vec<(String, i64)> =
                works.iter().map(|(id, hash)| (format!("w{id}"), i64::from(*hash))).collect();
            db.add_works(&works)?;
            Ok(format!("{} works", works.len()))
        }
        Change::Import { kind, digest, refused, segments } => {
            let kind = if *kind { "events" } else { "catalog" };
            let digest = bytes(*digest);
            let before = db.find_import(kind, &digest)?;
            let refused = i64::from(*refused);
            let row =
                ImportRow { seq: 0, source: "-".into(), read: 9, accepted: 9 - refused, refused };
            let seq = db.add_import(kind, &digest, &row, 5)?;
            let segment = |path: &u16| SegmentRow {
                seq: 0,
                path: format!("events/{path}"),
                first_us: i64::from(*path),
                last_us: i64::from(*path) + 9,
                rows: i64::from(*path % 50),
                bytes: 1,
                digest: bytes(*path).to_vec(),
            };
            let segments: Vec<SegmentRow> = segments.iter().map(segment).collect();
            db.add_segments(seq, &segments)?;
            Ok(format!("{before:?} {seq}"))
        }
        Change::Policy { program, version } => {
            db.add_policy(&PolicyRow {
                program: format!("p{program}"),
                version: i64::from(*version),
                effective: day(*version),
                digest: bytes(*version).to_vec(),
                document: format!("naïve \u{1f4b6} {version}"),
                published_us: 1,
            })?;
            Ok(String::new())
        }
        Change::Settle { program, day: number, run, amounts, key } => {
            let on = day(*number);
            let transfers = transfers(*program, on, *run, amounts);
            db.add_run(&RunRow {
                program: format!("p{program}"),
                day: on,
                number: i64::from(*run),
                policy_version: 1,
                manifest_seq: 1,
                catalog_seq: 1,
                inputs_digest: bytes(*key).to_vec(),
                facts_digest: bytes(*number).to_vec(),
                work_days_path: format!("runs/{key}"),
                work_days_digest: Vec::new(),
                lines_path: String::new(),
                lines_digest: vec![0, 255],
                line_count: 0,
                paid: transfers.iter().map(|transfer| transfer.amount).sum(),
                spent: -1,
                accepted: 0,
                created_us: 1,
                publish_us: 2,
            })?;
            db.post(&format!("settle/{key}"), &transfers, 3)?;
            Ok(format!("{} transfers", transfers.len()))
        }
        Change::Post { program, amounts, key } => {
            let transfers = transfers(*program, day(0), 9, amounts);
            db.post(&format!("post/{key}"), &transfers, 4)?;
            Ok(format!("{} transfers", transfers.len()))
        }
        Change::Confirm { program, day: number, number: run } => {
            let done = Confirmation {
                day: day(*number),
                number: i64::from(*run),
                manifest_seq: 2,
                catalog_seq: 2,
                inputs_digest: bytes(*run).to_vec(),
            };
            db.confirm_run(&format!("p{program}"), &done)?;
            Ok(format!("{:?}", db.confirmations(&format!("p{program}"))?.len()))
        }
        Change::Setting { name, value } => {
            db.set_setting(&format!("s{name}"), &value.to_string())?;
            Ok(format!("{:?}", db.setting(&format!("s{name}"))?))
        }
    }
}

/// What a command answers. Databases have their own words for what they refuse.
fn answer(db: &mut Db, command: &Command) -> String {
    let done = db.write(|db| {
        let mut told = String::new();
        for change in &command.changes {
            told += &apply(db, change)?;
            told.push(';');
        }
        if command.give_up { Err(StoreError::Busy) } else { Ok(told) }
    });
    match done {
        Ok(told) => told,
        Err(StoreError::Constraint { .. }) => "refused by a rule".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// Everything that the database holds, as text.
fn dump(db: &mut Db) -> String {
    let mut works = db.works().expect("works");
    works.sort();
    let runs: Vec<RunRow> =
        ["p0", "p1", "p2"].iter().flat_map(|program| db.runs(program).expect("runs")).collect();
    let (segments, policies) = (db.segments().expect("segments"), db.policies().expect("policies"));
    format!(
        "{works:?}\n{runs:?}\n{segments:?}\n{policies:?}\n{:?}\n{:?}\n",
        db.balances().expect("balances"),
        db.batches().expect("batches"),
    )
}

fn last_digest(db: &mut Db) -> Option<Vec<u8>> {
    let rows = db.query(store::statement::BATCH_LAST, &[]).expect("the last batch");
    rows.first().map(|row| row.blob(1).expect("a digest").to_vec())
}

/// Thousands of lists, one after another on the same two databases. After each list the heads of
/// the two chains are equal, which holds every posting before; now and then everything is compared.
#[test]
fn the_store_answers_alike_for_random_command_lists() {
    let server = Database::new(Engine::Postgres);
    let sqlite = RefCell::new(Db::open(":memory:").expect("SQLite"));
    let postgres = RefCell::new(Db::open(&server.url.clone().expect("a URL")).expect("PostgreSQL"));
    let lists = RefCell::new(0_u32);
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3_000) };
    let mut runner = TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    let done = runner.run(&prop::collection::vec(command(), 1..9), |list| {
        let (sqlite, postgres) = (&mut *sqlite.borrow_mut(), &mut *postgres.borrow_mut());
        for command in &list {
            prop_assert_eq!(answer(sqlite, command), answer(postgres, command), "{:?}", command);
        }
        prop_assert_eq!(last_digest(sqlite), last_digest(postgres));
        *lists.borrow_mut() += 1;
        if lists.borrow().is_multiple_of(500) {
            prop_assert_eq!(dump(sqlite), dump(postgres));
        }
        Ok(())
    });
    done.unwrap_or_else(|error| panic!("after {} lists: {error}", lists.borrow()));
    let (mut sqlite, mut postgres) = (sqlite.into_inner(), postgres.into_inner());
    assert_eq!(dump(&mut sqlite), dump(&mut postgres));
    for db in [&mut sqlite, &mut postgres] {
        let (batches, balances) =
            (db.batches().expect("batches"), db.balances().expect("balances"));
        assert!(batches.len() > 1_000, "only {} batches", batches.len());
        assert_eq!(ledger::check(&batches, &balances), []);
    }
}

/// A command as a platform gives it.
#[derive(Debug, Clone)]
enum Step {
    /// Rows of the log from so many on.
    Events {
        from: usize,
        count: usize,
        repeat: bool,
        shift: u8,
    },
    /// What is said of a work from a day on.
    Facts {
        work: u8,
        visibility: bool,
        creator: u8,
        from: u8,
    },
    /// A new version of the policy.
    Version {
        pool: u8,
        from: u8,
    },
    Settle {
        through: Option<u8>,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let events = (0..500_usize, 1..150_usize, any::<bool>(), 0..5_u8)
        .prop_map(|(from, count, repeat, shift)| Step::Events { from, count, repeat, shift });
    let facts =
        (1..8_u8, any::<bool>(), 1..5_u8, 0..5_u8).prop_map(|(work, visibility, creator, from)| {
            Step::Facts { work, visibility, creator, from }
        });
    let version = (1..200_u8, 0..6_u8).prop_map(|(pool, from)| Step::Version { pool, from });
    let settle = prop::option::of(0..5_u8).prop_map(|through| Step::Settle { through });
    prop_oneof![4 => events, 1 => facts, 1 => version, 3 => settle]
}

/// 2026-07-01: after all days of the log.
const NOW_US: i64 = 1_782_900_000_000_000;

fn take(stipend: &mut Stipend, rows: &[String], step: &Step, folder: &Path) -> String {
    let file = |name: &str, text: String| {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("a file");
        path
    };
    let request =
        |path| Request { path, format: None, mapping: None, rejects: None, effective: None };
    match step {
        Step::Events { from, count, repeat, shift } => {
            let from = from % rows.len();
            let mut rows = rows[from..rows.len().min(from + count)].to_vec();
            if *repeat {
                rows.extend(rows.clone());
            }
            // Sometimes the same events come with a time on another day.
            if *shift == 0 {
                for row in &mut rows {
                    *row = row.replace("2026-06-03T", "2026-06-02T");
                }
            }
            let path = file("events.ndjson", rows.join("\n"));
            let done = import::events(stipend, &request(&path), NOW_US, &mut |_, _, _| ());
            format!("{:?}", done.map(|report| (report.counts, report.repeated, report.segments)))
        }
        Step::Facts { work, visibility, creator, from } => {
            let visibility = if *visibility { "public" } else { "deleted" };
            let text = format!(
                "work,creator,visibility,effective\nw{work},c{creator},{visibility},{}\n",
                day(*from)
            );
            let path = file("facts.csv", text);
            let done = import::catalog(stipend, &request(&path), NOW_US, &mut |_, _, _| ());
            format!("{:?}", done.map(|report| (report.counts, report.repeated, report.versions)))
        }
        Step::Version { pool, from } => {
            let text = POOL
                .replace("\"100.00\"", &format!("\"{pool}.00\""))
                .replace("2026-01-01", &day(*from).to_string());
            format!("{:?}", app::programs::publish(stipend, &text, NOW_US))
        }
        Step::Settle { through } => {
            let through = through.map_or(Through::Latest, |number| Through::Day(day(number)));
            let done = settle::settle(stipend, None, through, NOW_US, &mut |_, _, _| ());
            format!("{done:?}")
        }
    }
}

/// The whole engine on both databases: imports, facts, new versions and settlements in any order.
#[test]
fn the_engine_answers_alike_for_random_histories() {
    let config =
        ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(HISTORIES) };
    let mut runner = TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    let posted = RefCell::new(0);
    let done = runner.run(&(prop::collection::vec(step(), 2..9), any::<u32>()), |(steps, seed)| {
        let rows = log(u64::from(seed), 400, 4);
        let folder = tempfile::tempdir().expect("a folder");
        let server = Database::new(Engine::Postgres);
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        let mut sqlite = Stipend::init(&one, None).expect("init");
        // The same key, so that hashes are the same too.
        std::fs::create_dir_all(&two).expect("a folder");
        std::fs::copy(one.join("viewer.key"), two.join("viewer.key")).expect("the key");
        let mut postgres = Stipend::open(&two, server.url.as_deref()).expect("open");
        // One of them counts days in groups, or each by itself; the other all at once.
        sqlite.group_events = [1, 60, 250][seed as usize % 3];
        for stipend in [&mut sqlite, &mut postgres] {
            app::programs::publish(stipend, POOL, NOW_US).expect("publish");
            let works = folder.path().join("works.csv");
            std::fs::write(&works, WORKS).expect("a file");
            let request = Request {
                path: &works,
                format: None,
                mapping: None,
                rejects: None,
                effective: None,
            };
            import::catalog(stipend, &request, NOW_US, &mut |_, _, _| ()).expect("works");
        }
        for step in &steps {
            let (a, b) = (
                take(&mut sqlite, &rows, step, folder.path()),
                take(&mut postgres, &rows, step, folder.path()),
            );
            prop_assert_eq!(a, b, "{:?}", step);
        }
        prop_assert_eq!(last_digest(&mut sqlite.db), last_digest(&mut postgres.db));
        // Names of files are random; what they hold shows in the other digests.
        let bare = |run: RunRow| RunRow {
            inputs_digest: Vec::new(),
            work_days_path: String::new(),
            lines_path: String::new(),
            ..run
        };
        let runs = |db: &mut Db| {
            db.runs("pool").expect("runs").into_iter().map(bare).collect::<Vec<RunRow>>()
        };
        prop_assert_eq!(runs(&mut sqlite.db), runs(&mut postgres.db));
        prop_assert_eq!(
            format!("{:?}", sqlite.db.batches().expect("batches")),
            format!("{:?}", postgres.db.batches().expect("batches"))
        );
        *posted.borrow_mut() += sqlite.db.batches().expect("batches").len();
        Ok(())
    });
    done.unwrap_or_else(|error| panic!("{error}"));
    assert!(*posted.borrow() > 100, "only {} batches were posted", posted.borrow());
}

/// Each takes a new database: some tenths of a second.
const HISTORIES: u32 = 100;
