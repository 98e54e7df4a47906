//! `cargo xtask bench serve`: a server under load, beside the same rows written in a bare loop into
//! the same database with the same durability.
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::bench::{median, option, ratio, whole};
use crate::postgres::Cluster;
use crate::{setup, shell};

pub(crate) const LISTEN: &str = "127.0.0.1:18080";
const CLIENTS: u64 = 64;

pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It is being thrown away; one that has ended already is as good.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Both databases, both loads.
pub(crate) fn run(options: &[&str]) -> Result<(), String> {
    let seconds = option(options, "--seconds", 8)?;
    let runs = option(options, "--runs", 3)?;
    if !shell::has("wrk") {
        return Err("wrk is not installed: apt-get install wrk".to_owned());
    }
    let tools = setup::all()?;
    let cluster = Cluster::durable(&tools.postgres)?;
    println!("{CLIENTS} clients by wrk on the same machine, {seconds} s each, medians of {runs}");
    for (name, url) in [("SQLite", None), ("PostgreSQL", Some(cluster.url("postgres")))] {
        let (mut batches, mut bare_batches) = (vec![], vec![]);
        let (mut commands, mut bare_commands) = (vec![], vec![]);
        for _ in 0..runs {
            let served = Served::start(url.as_deref())?;
            batches.push(served.load("batches", seconds)? * 1_000);
            commands.push(served.load("commands", seconds)?);
            bare_batches.push(served.bare("batches", 2_000, 16)? * 1_000);
            bare_commands.push(served.bare("commands", 20_000, CLIENTS)?);
        }
        let pairs = [
            ("events in batches of 1,000", batches, bare_batches),
            ("single commands", commands, bare_commands),
        ];
        for (what, ours, bare) in pairs {
            let (ours, bare) = (median(ours), median(bare));
            let share = ratio(ours, bare);
            println!("{name}: {what}: {ours} a second, bare loop {bare} a second, {share} of it");
        }
    }
    Ok(())
}

struct Served {
    data: PathBuf,
    database: Option<String>,
    key: String,
    running: Running,
}

impl Served {
    fn start(database: Option<&str>) -> Result<Served, String> {
        let folder = shell::target()?.join("bench").join("serve");
        if folder.exists() {
            std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
        }
        let data = folder.join("data");
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let mut command = Command::new(shell::stipend()?);
        command.arg("--data-dir").arg(&data);
        if let Some(url) = database {
            // Each run on an empty database.
            let reset = "DROP SCHEMA public CASCADE; CREATE SCHEMA public";
            shell::output(Command::new("psql").args([url, "-qc", reset]))?;
            command.args(["--database-url", url]);
        }
        command.args(["serve", "--sandbox", "--listen", LISTEN, "--workers", "0"]);
        command.args(["--rate-limit", "10000000"]).env("STIPEND_LOG", "error");
        let child = command.stderr(Stdio::null()).spawn().map_err(|error| error.to_string())?;
        let running = Running(child);
        let path = data.join("sandbox.key");
        for _ in 0..100 {
            std::thread::sleep(Duration::from_millis(100));
            if let Ok(key) = std::fs::read_to_string(&path) {
                std::thread::sleep(Duration::from_millis(300));
                let database = database.map(str::to_owned);
                return Ok(Served { data, database, key, running });
            }
        }
        Err(format!("the server did not start: {:?}", running.0.id()))
    }

    /// Requests a second.
    fn load(&self, script: &str, seconds: u64) -> Result<u64, String> {
        let path = shell::root().join("xtask/src/load").join(format!("{script}.lua"));
        let mut wrk = Command::new("wrk");
        wrk.args(["-t1", &format!("-c{CLIENTS}"), &format!("-d{seconds}s"), "-s"]).arg(path);
        wrk.arg(format!("http://{LISTEN}")).args(["--", &self.key]);
        let text = shell::output(&mut wrk)?;
        if text.contains("Non-2xx") {
            return Err(format!("the server {} refused:\n{text}", self.running.0.id()));
        }
        let line = text.lines().find_map(|line| line.strip_prefix("Requests/sec:"));
        let whole = line.and_then(|rest| rest.trim().split('.').next()?.parse().ok());
        whole.ok_or(format!("wrk said:\n{text}"))
    }

    /// The same rows in a bare loop: batches or commands a second.
    fn bare(&self, what: &str, count: u64, group: u64) -> Result<u64, String> {
        let mut command = Command::new(shell::stipend()?);
        command.arg("--data-dir").arg(&self.data);
        if let Some(url) = &self.database {
            command.args(["--database-url", url]);
        }
        let (count_text, group) = (count.to_string(), group.to_string());
        command.args(["bare-loop", what, "--count", &count_text, "--group", &group]);
        let line = shell::output(&mut command)?;
        Ok(count * 1_000_000 / whole(&line, "us")?.max(1))
    }
}
