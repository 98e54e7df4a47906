//! `cargo xtask judge`: programs that others wrote, and a checker that shares no code with the
//! engine, go over settled platforms.
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::postgres::Cluster;
use crate::setup::{self, Tools};
use crate::shell;

/// Sets up what is needed and judges.
pub(crate) fn run() -> Result<(), String> {
    let tools = setup::all()?;
    let cluster = Cluster::start(&tools.postgres)?;
    with(&tools, &cluster)
}

/// A platform to be judged.
struct Platform {
    name: &'static str,
    folder: PathBuf,
    database: Option<String>,
    stipend: PathBuf,
}

impl Platform {
    fn stipend(&self) -> Command {
        let mut command = Command::new(&self.stipend);
        command.arg("--data-dir").arg(self.folder.join("data"));
        if let Some(url) = &self.database {
            command.args(["--database-url", url]);
        }
        command
    }

    fn run(&self, words: &[&str]) -> Result<(), String> {
        shell::output(self.stipend().args(words)).map(|_| ())
    }

    /// A made-up platform: three of four days settled, then late events, then the rest.
    fn simulated(&self, preset: &str) -> Result<(), String> {
        let made = self.folder.join("platform").display().to_string();
        let simulate = ["simulate", &made, "--events", "200000", "--days", "4", "--seed", "7"];
        self.run(&simulate)?;
        self.run(&["init"])?;
        let policy = self.folder.join("policy.toml").display().to_string();
        let text = shell::output(self.stipend().args(["program", "preset", preset]))?;
        std::fs::write(&policy, text).map_err(|error| format!("{policy}: {error}"))?;
        self.run(&["program", "publish", &policy])?;
        for name in ["creators.csv", "works.csv"] {
            self.run(&["import", "catalog", &format!("{made}/{name}")])?;
        }
        for day in 1..=4 {
            self.run(&["import", "events", &format!("{made}/events-{day:02}.ndjson")])?;
            self.run(&["settle", "--through", "latest"])?;
        }
        self.run(&["ledger", "check"])
    }

    fn judge(&self, tools: &Tools) -> Result<(), String> {
        let judges = shell::root().join("judges");
        let data = self.folder.join("data");
        let script = |name: &str| {
            let mut python = Command::new(&tools.python);
            python.arg(judges.join(name)).arg(&data);
            if let Some(url) = &self.database {
                python.args(["--database-url", url]);
            }
            python
        };
        shell::run(script("recount.py").arg("--stipend").arg(&self.stipend))?;
        shell::run(&mut script("invariants.py"))?;
        self.journal("hledger", |path| {
            let mut hledger = Command::new("hledger");
            hledger.arg("-f").arg(path).args(["check", "--strict"]);
            hledger
        })?;
        let bean_check = tools.python.with_file_name("bean-check");
        self.journal("beancount", |path| {
            let mut check = Command::new(&bean_check);
            check.arg(path);
            check
        })
    }

    /// Exports the journal and lets its program check it; then breaks it, and the program must say
    /// so: a judge that accepts anything judges nothing.
    fn journal(&self, format: &str, judge: impl Fn(&Path) -> Command) -> Result<(), String> {
        let path = self.folder.join(format!("journal.{format}"));
        let output = path.display().to_string();
        self.run(&["export", "journal", "--format", format, "--output", &output])?;
        shell::run(&mut judge(&path))?;
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{output}: {error}"))?;
        let line = text.lines().rfind(|line| line.starts_with("  ")).ok_or("an empty journal")?;
        let broken = self.folder.join(format!("broken.{format}"));
        let changed = text.replacen(line, &line.replacen("  -", "  -1", 1), 1);
        if changed == text {
            return Err(format!("the last line of the {format} journal is no credit: {line}"));
        }
        std::fs::write(&broken, changed).map_err(|error| error.to_string())?;
        let mut judge = judge(&broken);
        if shell::run(judge.stdout(Stdio::null()).stderr(Stdio::null())).is_ok() {
            return Err(format!("{format} accepted a broken journal"));
        }
        println!("{}: {format} accepts the journal and refuses a broken one", self.name);
        Ok(())
    }
}

/// Judges a platform on each database.
pub(crate) fn with(tools: &Tools, cluster: &Cluster) -> Result<(), String> {
    let stipend = shell::stipend()?;
    let folder = shell::target()?.join("judged");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
    }
    let platforms = [
        ("daily-pool on SQLite", "daily-pool", None),
        ("views-and-rhythm on SQLite", "views-and-rhythm", None),
        ("valid-views on PostgreSQL", "valid-views", Some(cluster.url("postgres"))),
    ];
    for (number, (name, preset, database)) in platforms.into_iter().enumerate() {
        let folder = folder.join(number.to_string());
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let platform = Platform { name, folder, database, stipend: stipend.clone() };
        platform.simulated(preset)?;
        println!("== {name}");
        platform.judge(tools)?;
    }
    println!("== bad input");
    let mut corpus = Command::new(&tools.python);
    corpus.arg(shell::root().join("judges/corpus.py")).arg(folder.join("corpus"));
    shell::run(corpus.arg("--stipend").arg(&stipend))
}
