//! `cargo xtask bench explain`: what a creator's pages ask of a year of days, beside the bare
//! queries of the same rows in DuckDB.
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::bench::{Bench, POLICY, option, ratio, whole};
use crate::bench_serve::{LISTEN, Running};
use crate::shell;

/// What is asked.
const KINDS: [&str; 3] = ["trends", "change", "diagnosis"];

pub(crate) fn run(options: &[&str]) -> Result<(), String> {
    let works = option(options, "--works", 10_000)?;
    let clients = option(options, "--clients", 16)?;
    let seconds = option(options, "--seconds", 10)?;
    if !shell::has("wrk") {
        return Err("wrk is not installed: apt-get install wrk".to_owned());
    }
    let bench = Bench::new(&format!("explain-{works}"))?;
    prepare(&bench, works)?;
    let served = Served::start(&bench)?;
    println!("a creator with {works} works, a year of days; {clients} clients, {seconds} s each");
    let mut ours = Vec::new();
    for kind in KINDS {
        let took = served.load(kind, clients, seconds)?;
        println!("  {kind:<10} {} answers/s, p50 {} us, p99 {} us", took.rate, took.p50, took.p99);
        ours.push((kind, took));
    }
    drop(served);
    let database = bench.at("data/stipend.db");
    let runs = bench.at("data/lake/runs/bench/*/*-work-days-*.parquet");
    let words = ["query", &database, &runs, &clients.to_string(), &seconds.to_string()];
    let line = bench.judge("bench_explain.py", &words)?;
    for (kind, took) in ours {
        let p50 = whole(&line, &format!("{kind}_p50_us"))?;
        let p99 = whole(&line, &format!("{kind}_p99_us"))?;
        println!(
            "  {kind:<10} DuckDB p50 {p50} us, p99 {p99} us; p50 against it {}, p99 {}",
            ratio(took.p50, p50),
            ratio(took.p99, p99)
        );
    }
    Ok(())
}

/// A server on the data folder.
struct Served {
    key: String,
    running: Running,
}

/// What a load came to.
struct Took {
    rate: u64,
    p50: u64,
    p99: u64,
}

impl Served {
    fn start(bench: &Bench) -> Result<Served, String> {
        let made = bench.call(&["key", "make", "--name", "bench", "--role", "support"])?;
        let key = made.split_whitespace().find(|word| word.starts_with("stipend_"));
        let key = key.ok_or(format!("no key in {made}"))?.to_owned();
        let mut command = Command::new(&bench.stipend);
        command.args(["--data-dir", &bench.at("data"), "serve", "--listen", LISTEN]);
        command.args(["--workers", "0", "--rate-limit", "10000000"]).env("STIPEND_LOG", "error");
        let child = command.stderr(Stdio::null()).spawn().map_err(|error| error.to_string())?;
        let running = Running(child);
        for _ in 0..100 {
            std::thread::sleep(Duration::from_millis(100));
            if std::net::TcpStream::connect(LISTEN).is_ok() {
                return Ok(Served { key, running });
            }
        }
        Err(format!("the server did not start: {:?}", running.0.id()))
    }

    fn load(&self, kind: &str, clients: u64, seconds: u64) -> Result<Took, String> {
        let path = shell::root().join("xtask/src/load/explain.lua");
        let mut wrk = Command::new("wrk");
        wrk.args(["-t1", &format!("-c{clients}"), &format!("-d{seconds}s"), "--latency", "-s"]);
        wrk.arg(path).arg(format!("http://{LISTEN}")).args(["--", &self.key, kind]);
        let text = shell::output(&mut wrk)?;
        if text.contains("Non-2xx") {
            return Err(format!("the server {} refused:\n{text}", self.running.0.id()));
        }
        let after = |name: &str| {
            let line = text.lines().find_map(|line| line.trim().strip_prefix(name));
            line.map(str::trim).ok_or(format!("wrk said:\n{text}"))
        };
        let rate = after("Requests/sec:")?.split('.').next().and_then(|text| text.parse().ok());
        Ok(Took {
            rate: rate.ok_or(format!("wrk said:\n{text}"))?,
            p50: microseconds(after("50%")?)?,
            p99: microseconds(after("99%")?)?,
        })
    }
}

/// What wrk writes as `812.00us`, `1.20ms` or `2.10s`.
fn microseconds(text: &str) -> Result<u64, String> {
    let place = text.find(|c: char| c.is_ascii_alphabetic()).ok_or(format!("no unit: {text}"))?;
    let (number, unit) = text.split_at(place);
    let scale = match unit {
        "us" => 1,
        "ms" => 1_000,
        "s" => 1_000_000,
        _ => return Err(format!("no time: {text}")),
    };
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let hundredths: u64 = digits.parse().map_err(|_| format!("no time: {text}"))?;
    Ok(hundredths * scale / 100)
}

/// Makes the platform and settles its year, once.
fn prepare(bench: &Bench, works: u64) -> Result<(), String> {
    if bench.is_ready()? {
        return Ok(());
    }
    let made = bench.at("made");
    std::fs::create_dir_all(&made).map_err(|error| error.to_string())?;
    bench.judge("bench_explain.py", &["make", &made, &works.to_string()])?;
    bench.call(&["init"])?;
    std::fs::write(bench.folder.join("policy.toml"), POLICY).map_err(|error| error.to_string())?;
    bench.call(&["program", "publish", &bench.at("policy.toml")])?;
    for name in ["creators", "works"] {
        bench.call(&["import", "catalog", &format!("{made}/{name}.parquet")])?;
    }
    for month in 1..=12 {
        bench.call(&["import", "events", &format!("{made}/events-{month:02}.parquet")])?;
    }
    bench.call(&["settle", "--through", "latest"])?;
    std::fs::remove_dir_all(bench.folder.join("made")).map_err(|error| error.to_string())?;
    bench.ready()
}
