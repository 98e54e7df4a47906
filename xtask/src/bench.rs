//! `cargo xtask bench`: run by hand on a quiet machine, never as a test. Each figure is a median;
//! ratios are printed from one run, in which both sides were measured by turns.
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::setup::{self, Tools};
use crate::shell;

pub(crate) const POLICY: &str = include_str!("bench.toml");

/// `--name VALUE` among the options, or the default.
pub(crate) fn option(options: &[&str], name: &str, default: u64) -> Result<u64, String> {
    match options.iter().position(|option| *option == name) {
        None => Ok(default),
        Some(place) => {
            let value = options.get(place + 1).ok_or(format!("{name} takes a number"))?;
            value.parse().map_err(|_| format!("{name} takes a number, not {value}"))
        }
    }
}

pub(crate) fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or(0)
}

/// A number out of a line of JSON.
fn number(line: &str, name: &str) -> Result<String, String> {
    let start = line.find(&format!("\"{name}\":")).ok_or(format!("no {name} in {line}"))?;
    let rest = line.get(start + name.len() + 3..).unwrap_or("").trim_start();
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    Ok(rest.get(..end).unwrap_or("").to_owned())
}

pub(crate) fn whole(line: &str, name: &str) -> Result<u64, String> {
    number(line, name)?.parse().map_err(|_| format!("{name} in {line} is no whole number"))
}

/// Seconds as a decimal, in microseconds.
pub(crate) fn seconds(line: &str, name: &str) -> Result<u64, String> {
    let text = number(line, name)?;
    let (all, part) = text.split_once('.').unwrap_or((&text, ""));
    let part: String = part.chars().chain("000000".chars()).take(6).collect();
    format!("{all}{part}").parse().map_err(|_| format!("{name} in {line} is no number"))
}

pub(crate) fn shown(us: u64) -> String {
    format!("{}.{:03} s", us / 1_000_000, us / 1_000 % 1_000)
}

pub(crate) fn ratio(a: u64, b: u64) -> String {
    let hundredths = a * 100 / b.max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

pub(crate) struct Bench {
    tools: Tools,
    pub(crate) stipend: PathBuf,
    pub(crate) folder: PathBuf,
}

impl Bench {
    pub(crate) fn new(name: &str) -> Result<Bench, String> {
        let folder = shell::target()?.join("bench").join(name);
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        Ok(Bench { tools: setup::all()?, stipend: shell::stipend()?, folder })
    }

    pub(crate) fn call(&self, words: &[&str]) -> Result<String, String> {
        let data = self.folder.join("data");
        shell::output(Command::new(&self.stipend).arg("--data-dir").arg(data).args(words))
    }

    pub(crate) fn judge(&self, script: &str, words: &[&str]) -> Result<String, String> {
        let path = shell::root().join("judges").join(script);
        shell::output(Command::new(&self.tools.python).arg(path).args(words))
    }

    /// Whether the platform was made before; if not, what is left of a try is taken away.
    pub(crate) fn is_ready(&self) -> Result<bool, String> {
        let ready = self.folder.join("ready").exists();
        for name in ["data", "made"].iter().filter(|_| !ready) {
            let folder = self.folder.join(name);
            if folder.exists() {
                std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
            }
        }
        Ok(ready)
    }

    /// Notes that the platform is made.
    pub(crate) fn ready(&self) -> Result<(), String> {
        std::fs::write(self.folder.join("ready"), "").map_err(|error| error.to_string())
    }

    pub(crate) fn at(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }
}

/// Metering and settlement from sealed segments.
pub(crate) fn settle(options: &[&str]) -> Result<(), String> {
    let events = option(options, "--events", 10_000_000)?;
    let days = option(options, "--days", 5)?;
    let runs = option(options, "--runs", 5)?;
    let bench = Bench::new(&format!("settle-{events}"))?;
    prepare(&bench, events, days)?;
    let (mut decode, mut ours, mut whole_call, mut duck) = (vec![], vec![], vec![], vec![]);
    let (mut work_days, mut duck_mb, mut peaks) = (0, String::new(), vec![]);
    for _ in 0..runs {
        let line = bench.call(&["measure", "--runs", "1"])?;
        decode.push(whole(&line, "decode_us")?);
        ours.push(whole(&line, "settle_us")?);
        work_days = whole(&line, "work_days")?;
        let segments = format!("{}/data/lake/events/*/*/*.parquet", bench.folder.display());
        let (works, policy) = (bench.at("works.parquet"), bench.at("policy.toml"));
        let line = bench
            .judge("bench_settle.py", &[&segments, &works, &policy, &bench.at("duckdb.parquet")])?;
        duck.push(seconds(&line, "seconds")?);
        duck_mb = number(&line, "peak_mb")?;
        let (took, peak) = settle_whole(&bench)?;
        whole_call.push(took);
        peaks.push(peak);
    }
    let (decode, ours, duck) = (median(decode), median(ours), median(duck));
    println!(
        "settle, {events} simulated events over {days} days, {work_days} work-days; \
              medians of {runs}"
    );
    println!("  decoding the columns          {}", shown(decode));
    println!("  metering and settlement       {}", shown(ours));
    println!("  DuckDB, the same work-days    {}  (peak {duck_mb} MB)", shown(duck));
    println!("  against DuckDB                {}", ratio(ours, duck));
    println!("  against decoding              {}", ratio(ours, decode));
    let peak = peaks.into_iter().max().unwrap_or(0);
    println!("  the whole command, posted     {}  (peak {peak} MB)", shown(median(whole_call)));
    Ok(())
}

/// Simulates, imports and exports what DuckDB needs, once.
fn prepare(bench: &Bench, events: u64, days: u64) -> Result<(), String> {
    if bench.is_ready()? {
        return Ok(());
    }
    let made = bench.at("made");
    let (events, days) = (events.to_string(), days.to_string());
    bench.call(&["simulate", &made, "--events", &events, "--days", &days, "--format", "csv"])?;
    bench.call(&["init"])?;
    std::fs::write(bench.folder.join("policy.toml"), POLICY).map_err(|error| error.to_string())?;
    bench.call(&["program", "publish", &bench.at("policy.toml")])?;
    for name in ["creators.csv", "works.csv"] {
        bench.call(&["import", "catalog", &format!("{made}/{name}")])?;
    }
    for day in 1..=days.parse::<u64>().unwrap_or(0) {
        let ending = if day < 10 { format!("0{day}") } else { day.to_string() };
        bench.call(&["import", "events", &format!("{made}/events-{ending}.csv")])?;
    }
    let works = bench.at("works.parquet");
    let words =
        ["export", "works", "--day", "2026-06-03", "--format", "parquet", "--output", &works];
    bench.call(&words)?;
    std::fs::remove_dir_all(bench.folder.join("made")).map_err(|error| error.to_string())?;
    bench.ready()
}

/// The whole command on a copy of the data folder: microseconds, and peak memory in MB by the
/// system's accounts.
fn settle_whole(bench: &Bench) -> Result<(u64, u64), String> {
    let script = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, \
                  stdout=subprocess.DEVNULL); \
                  print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)";
    let copy = bench.folder.join("copy");
    if copy.exists() {
        std::fs::remove_dir_all(&copy).map_err(|error| error.to_string())?;
    }
    shell::run(Command::new("cp").arg("-r").arg(bench.folder.join("data")).arg(&copy))?;
    let start = Instant::now();
    let mut python = Command::new(&bench.tools.python);
    python.args(["-c", script]).arg(&bench.stipend).arg("--data-dir").arg(&copy);
    let text = shell::output(python.args(["settle", "--through", "latest"]))?;
    let took = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    std::fs::remove_dir_all(&copy).map_err(|error| error.to_string())?;
    let peak = text.trim().parse().map_err(|_| format!("no peak memory in {text}"))?;
    Ok((took, peak))
}

/// Durable imports of one file in each format.
pub(crate) fn import(options: &[&str]) -> Result<(), String> {
    let events = option(options, "--events", 5_000_000)?;
    let runs = option(options, "--runs", 5)?;
    let bench = Bench::new(&format!("import-{events}"))?;
    let made = bench.at("made");
    for format in ["ndjson", "csv"] {
        let count = events.to_string();
        bench.call(&["simulate", &made, "--events", &count, "--days", "1", "--format", format])?;
    }
    let out = bench.at("duckdb.parquet");
    bench.judge("bench_import.py", &[&format!("{made}/events-01.csv"), &out])?;
    let parquet = format!("{made}/events-01.parquet");
    std::fs::rename(&out, &parquet).map_err(|error| error.to_string())?;
    println!("import, {events} simulated events in one file; medians of {runs}");
    for format in ["ndjson", "csv", "parquet"] {
        let file = format!("{made}/events-01.{format}");
        let (mut ours, mut duck, mut rows) = (vec![], vec![], 0);
        for _ in 0..runs {
            rows = import_once(&bench, Path::new(&file), &mut ours)?;
            let line = bench.judge("bench_import.py", &[&file, &out])?;
            duck.push(seconds(&line, "seconds")?);
        }
        let (ours, duck) = (median(ours), median(duck));
        let rate = |us: u64| rows * 1_000_000 / us.max(1);
        println!(
            "  {format:<8} stipend {} ({} rows/s, durable)  DuckDB {} ({} rows/s)  speed {}",
            shown(ours),
            rate(ours),
            shown(duck),
            rate(duck),
            ratio(duck, ours)
        );
    }
    Ok(())
}

fn import_once(bench: &Bench, file: &Path, times: &mut Vec<u64>) -> Result<u64, String> {
    let data = bench.folder.join("data");
    if data.exists() {
        std::fs::remove_dir_all(&data).map_err(|error| error.to_string())?;
    }
    bench.call(&["init"])?;
    let start = Instant::now();
    let line = bench.call(&["--json", "import", "events", &file.display().to_string()])?;
    times.push(u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX));
    whole(&line, "accepted")
}
