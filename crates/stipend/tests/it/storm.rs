//! Storms: many clients with retries while the server is killed; workers killed between days.
use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::served::{Served, request};
use crate::world::{ENGINES, Engine, POOL, World, log};

/// Clients, and events in all. The long count is run by hand: STIPEND_STORM_EVENTS=1000000.
const CLIENTS: u64 = 64;
const BATCH: u64 = 500;

fn events() -> u64 {
    let wanted = std::env::var("STIPEND_STORM_EVENTS").ok();
    wanted.and_then(|text| text.parse().ok()).unwrap_or(160_000)
}

fn row(number: u64) -> String {
    let (second, viewer) = (number % 86_400, number / 20);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!(
        "{{\"event_id\":\"s{number}\",\"time\":\"2026-06-01T{hour:02}:{minute:02}:{second:02}Z\",\
         \"work\":\"w{}\",\"viewer\":\"v{viewer}\",\"watch_ms\":20000}}\n",
        1 + number % 3
    )
}

/// Every acknowledged event is counted exactly once, whatever dies and however often it is sent.
#[test]
fn acknowledged_events_are_counted_once_through_kills() {
    for engine in ENGINES {
        let world = World::small(engine, &POOL.replace("Europe/Amsterdam", "UTC"));
        let all = if engine == Engine::Sqlite { events() } else { events() / 4 };
        let first = Served::start(&world, &[]);
        let key = first.key.clone();
        let base = Mutex::new(first.base.clone());
        let (next, retries, kills) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
        let over = AtomicBool::new(false);
        let server = Mutex::new(Some(first));
        std::thread::scope(|scope| {
            let clients: Vec<_> = (0..CLIENTS)
                .map(|client| {
                    let (base, next, retries, key) = (&base, &next, &retries, &key);
                    scope.spawn(move || send_all(client, all, base, next, retries, key))
                })
                .collect();
            let (world, server, base, kills, over) = (&world, &server, &base, &kills, &over);
            let next = &next;
            let key = &key;
            scope.spawn(move || {
                let mut due = all / 8;
                while !over.load(Ordering::Relaxed) {
                    std::thread::sleep(Duration::from_millis(10));
                    if next.load(Ordering::Relaxed) * BATCH < due {
                        continue;
                    }
                    due += all / 8;
                    let mut server = server.lock().expect("the server");
                    drop(server.take());
                    kills.fetch_add(1, Ordering::Relaxed);
                    let mut command = world.command();
                    command.args(["serve", "--listen", "127.0.0.1:0"]);
                    let again = Served::of(command, key);
                    again.base.clone_into(&mut base.lock().expect("the address"));
                    *server = Some(again);
                }
            });
            for client in clients {
                client.join().expect("a client");
            }
            over.store(true, Ordering::Relaxed);
        });
        let served = server.lock().expect("the server").take().expect("the server");
        served.settle("pool", "2026-06-01");
        let counted = world.ok(&[
            "export",
            "work-days",
            "--day",
            "2026-06-01",
            "--columns",
            "qualified_views,repeat,abnormal_viewer,duplicate,accepted",
        ]);
        let sums = counted.lines().skip(1).fold([0_u64; 5], |mut sums, line| {
            let values = line.split(',').map(|value| value.parse::<u64>().expect("a number"));
            sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
            sums
        });
        let [qualified, repeat, abnormal, duplicate, accepted] = sums;
        let (kills, retries) = (kills.into_inner(), retries.into_inner());
        println!("{engine:?}: {all} events, {kills} kills, {retries} retries, {duplicate} copies");
        assert!(kills >= 4 && retries > 0 && duplicate > 0, "{kills} {retries} {duplicate}");
        assert_eq!(qualified + repeat + abnormal, all, "{engine:?} {sums:?}");
        assert_eq!(accepted, all + duplicate);
        served.stop();
        world.check();
        assert!(world.ok(&["audit", "check"]).contains("the chain holds"));
    }
}

fn send_all(
    client: u64,
    all: u64,
    base: &Mutex<String>,
    next: &AtomicU64,
    retries: &AtomicU64,
    key: &str,
) {
    let bearer = format!("Bearer {key}");
    loop {
        let batch = next.fetch_add(1, Ordering::Relaxed);
        if batch * BATCH >= all {
            return;
        }
        let body: String = (batch * BATCH..((batch + 1) * BATCH).min(all)).map(row).collect();
        // A third of the clients has no keys and relies on the events' ids alone.
        let name = format!("batch-{batch}");
        let mut headers =
            vec![("Authorization", bearer.as_str()), ("Content-Type", "application/x-ndjson")];
        if !client.is_multiple_of(3) {
            headers.push(("Idempotency-Key", &name));
        }
        for attempt in 0.. {
            assert!(attempt < 600, "batch {batch} was never taken");
            let url = format!("{}/v1/events", base.lock().expect("the address"));
            match request("POST", &url, &headers, body.as_bytes()) {
                Ok(got) if got.status == 200 => break,
                Ok(got) => assert!(got.status >= 500, "{got:?}"),
                Err(_) => {}
            }
            retries.fetch_add(1, Ordering::Relaxed);
            std::thread::sleep(Duration::from_millis(50));
        }
        // Some send again what was acknowledged, without its key.
        if batch.is_multiple_of(11) {
            let url = format!("{}/v1/events", base.lock().expect("the address"));
            request("POST", &url, &headers[..2], body.as_bytes()).ok();
        }
    }
}

/// Workers on one PostgreSQL that die at every point: each day is posted once.
#[test]
fn workers_that_die_post_each_day_once() {
    let world = World::small(Engine::Postgres, POOL);
    world.file("1.ndjson", log(77, 3_000, 3).join("\n"));
    world.import("1.ndjson");
    let calm = World::small(Engine::Sqlite, POOL);
    calm.file("1.ndjson", log(77, 3_000, 3).join("\n"));
    calm.import("1.ndjson");
    calm.settle();
    let spawn = |failpoint: Option<&str>| {
        let mut command: Command = world.command();
        command.arg("worker").stderr(Stdio::null());
        command.env("STIPEND_NOW", "2026-06-09T00:00:00Z");
        if let Some(point) = failpoint {
            command.env("STIPEND_FAILPOINT", point);
        }
        command.spawn().expect("a worker")
    };
    let points = [
        "job:claimed",
        "settle:metered",
        "settle:files-written",
        "settle:before-commit",
        "settle:after-commit",
        "settle:between-days@2",
    ];
    for point in points {
        // Two at a time: one dies at its point, the other is killed whatever it does.
        let (mut doomed, mut other) = (spawn(Some(point)), spawn(Some(point)));
        std::thread::sleep(Duration::from_millis(600));
        other.kill().expect("killed");
        doomed.kill().expect("killed");
        other.wait().expect("its end");
        doomed.wait().expect("its end");
        // The clock stands still here: leases are ended by hand instead.
        release(&world);
    }
    let mut last: Vec<_> = (0..2).map(|_| spawn(None)).collect();
    let mut settled = BTreeMap::new();
    for _ in 0..200 {
        std::thread::sleep(Duration::from_millis(100));
        settled.clear();
        for line in world.ok(&["export", "lines", "--columns", "day,run"]).lines().skip(1) {
            *settled.entry(line.to_owned()).or_insert(0) += 1;
        }
        if settled.keys().any(|day| day.starts_with("2026-06-04")) {
            break;
        }
    }
    for worker in &mut last {
        worker.kill().expect("killed");
        worker.wait().expect("its end");
    }
    let until = |text: String| -> Vec<String> {
        text.lines().filter(|line| *line < "2026-06-05").map(str::to_owned).collect()
    };
    assert_eq!(until(world.standing()), until(calm.standing()));
    assert!(settled.keys().all(|key| key.ends_with(",0")), "a day was corrected: {settled:?}");
    world.check();
}

/// Ends the leases of workers that are gone.
fn release(world: &World) {
    let url = world.database.url.as_deref().expect("PostgreSQL");
    let mut client = postgres::Client::connect(url, postgres::NoTls).expect("PostgreSQL");
    client.batch_execute("UPDATE job SET lease_us = 0 WHERE state = 'running'").expect("released");
}

/// A server that dies at each point of sealing, and one that comes after it.
#[test]
fn a_server_killed_at_each_point_loses_and_doubles_nothing() {
    let rows = log(31, 400, 2);
    let settle = |world: &World, failpoint: Option<&str>| {
        let mut command = world.command();
        command.args(["serve", "--listen", "127.0.0.1:0"]).env("STIPEND_NOW", LATER);
        if let Some(point) = failpoint {
            command.env("STIPEND_FAILPOINT", point);
        }
        let key = world.ok(&["key", "make", "--name", "test", "--role", "admin"]);
        let served = Served::of(command, key.trim());
        for part in rows.chunks(90) {
            let body = part.join("\n");
            let headers = [("Content-Type", "application/x-ndjson")];
            // The server may be dead by now.
            served.try_call("POST", "/v1/events", &headers, body.as_bytes()).ok();
        }
        let headers = [("Content-Type", "application/json"), ("Prefer", "wait=30")];
        let path = "/v1/programs/pool/settlements";
        let got = served.try_call("POST", path, &headers, br#"{"through":"2026-06-03"}"#);
        got.is_ok_and(|got| got.json()["state"] == "done")
    };
    for engine in ENGINES {
        let calm = World::small(engine, POOL);
        assert!(settle(&calm, None));
        for point in app::failpoint::SEALING {
            let world = World::small(engine, POOL);
            assert!(!settle(&world, Some(point)), "{point} was never reached");
            assert!(settle(&world, None), "{engine:?} {point}");
            assert_eq!(world.standing(), calm.standing(), "{engine:?} {point}");
            world.check();
            assert!(world.ok(&["audit", "check"]).contains("the chain holds"));
        }
    }
}

/// Long after the events, so that nothing else is due.
const LATER: &str = "2026-06-04T23:00:00Z";

/// Commands of one commit, some of them refused and some repeated: each gets its own answer, and
/// only what was accepted is there.
#[test]
fn a_group_keeps_what_is_good_of_it() {
    for engine in ENGINES {
        let world = World::small(engine, POOL);
        let served = Served::start(&world, &["--workers", "0"]);
        let (base, key) = (&served.base, &served.key);
        let send = |number: u64, key_number: u64| {
            let bearer = format!("Bearer {key}");
            let idempotency = format!("g{key_number}");
            let headers = [
                ("Authorization", bearer.as_str()),
                ("Content-Type", "application/json"),
                ("Idempotency-Key", idempotency.as_str()),
            ];
            // Every third names a policy that there is not: refused only when it runs.
            let (method, path, body) = if key_number.is_multiple_of(3) {
                (
                    "POST",
                    "/v1/programs/nothing/settlements".to_owned(),
                    r#"{"through":"2026-06-01"}"#,
                )
            } else {
                ("PUT", format!("/v1/creators/g{number}"), r#"{"standing":"good"}"#)
            };
            let url = format!("{base}{path}");
            request(method, &url, &headers, body.as_bytes()).expect("an answer")
        };
        let answers: Vec<_> = std::thread::scope(|scope| {
            let send = &send;
            let sent: Vec<_> = (0..96_u64)
                .map(|one| scope.spawn(move || (one / 2, send(one / 2, one / 2))))
                .collect();
            sent.into_iter().map(|thread| thread.join().expect("a client")).collect()
        });
        for pair in answers.chunks(2) {
            let [(number, first), (_, second)] = pair else { panic!("two of each") };
            let expected = if number % 3 == 0 { 404 } else { 200 };
            assert_eq!(
                (first.status, &first.text),
                (expected, &second.text),
                "{engine:?} {number}"
            );
        }
        let there = served.get("/v1/creators?limit=1000").text.matches("\"g").count();
        assert_eq!(there, (0..48).filter(|number| number % 3 != 0).count(), "{engine:?}");
        served.stop();
        assert!(world.ok(&["audit", "check"]).contains("the chain holds"));
    }
}
