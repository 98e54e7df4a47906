//! A platform in a temporary folder, on one of the databases.
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

/// A database of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

pub(crate) const ENGINES: [Engine; 2] = [Engine::Sqlite, Engine::Postgres];

/// A database for one test, gone with it: none for SQLite, which is a file of the data folder.
pub(crate) struct Database {
    pub url: Option<String>,
}

impl Database {
    pub(crate) fn new(engine: Engine) -> Database {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let url = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => {
                let number = MADE.fetch_add(1, Ordering::Relaxed);
                let name = format!("t{}_{number}", std::process::id());
                admin(&format!("CREATE DATABASE {name}"));
                let server = server();
                let (start, _) = server.rsplit_once('/').expect("a database's name");
                Some(format!("{start}/{name}"))
            }
        };
        Database { url }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(name) = self.url.as_ref().and_then(|url| url.rsplit('/').next()) {
            admin(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// A data folder that calls go to, with its database.
pub(crate) struct World {
    pub folder: TempDir,
    pub database: Database,
}

/// The tests' PostgreSQL, which `cargo xtask test` starts. Not having it is a failure, not a skip.
fn server() -> String {
    std::env::var("STIPEND_TEST_DATABASE_URL")
        .expect("no PostgreSQL for the tests: run them with `cargo xtask test`")
}

fn admin(sql: &str) {
    let mut client = postgres::Client::connect(&server(), postgres::NoTls).expect("PostgreSQL");
    client.batch_execute(sql).expect(sql);
}

impl World {
    pub(crate) fn new(engine: Engine) -> World {
        let world = World::bare(engine);
        world.ok(&["init"]);
        world
    }

    /// A world without a data folder.
    pub(crate) fn bare(engine: Engine) -> World {
        let folder = tempfile::tempdir().expect("a temporary folder");
        World { folder, database: Database::new(engine) }
    }

    /// A world with a program and a catalog of a few works.
    pub(crate) fn small(engine: Engine, policy: &str) -> World {
        let world = World::new(engine);
        world.file("policy.toml", policy);
        world.ok(&["program", "publish", &world.at("policy.toml")]);
        world.file("works.csv", WORKS);
        world.ok(&["import", "catalog", &world.at("works.csv")]);
        world
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn at(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// The database's URL, if it is not the folder's own.
    pub(crate) fn url(&self) -> Option<&str> {
        self.database.url.as_deref()
    }

    /// Writes a file of the world.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        std::fs::write(self.path(name), bytes).expect(name);
        self.at(name)
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stipend"));
        command.env("STIPEND_DATA_DIR", self.data()).env_remove("STIPEND_FAILPOINT");
        command.env_remove("STIPEND_DATABASE_URL").env("NO_COLOR", "1");
        if let Some(url) = &self.database.url {
            command.env("STIPEND_DATABASE_URL", url);
        }
        command
    }

    pub(crate) fn call(&self, words: &[&str]) -> Output {
        self.command().args(words).output().expect("the binary runs")
    }

    /// Calls, expects success, gives standard output.
    pub(crate) fn ok(&self, words: &[&str]) -> String {
        let output = self.call(words);
        let error = String::from_utf8_lossy(&output.stderr);
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(output.status.success(), "{words:?}: {}\n{text}\n{error}", output.status);
        text
    }

    /// Calls, expects failure with a code; gives standard error.
    pub(crate) fn fails(&self, words: &[&str], code: i32) -> String {
        let output = self.call(words);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{words:?}\n{error}");
        error
    }

    /// Imports a file of events.
    pub(crate) fn import(&self, name: &str) -> String {
        self.ok(&["--json", "import", "events", &self.at(name)])
    }

    pub(crate) fn settle(&self) -> String {
        self.ok(&["--json", "settle", "--through", "latest"])
    }

    /// Lines as they stand.
    pub(crate) fn standing(&self) -> String {
        let columns = "day,creator,qualified_views,score,earned,paid,carried_out,forfeited,reason";
        self.ok(&["export", "lines", "--standing", "--columns", columns])
    }

    /// The same of one of several programs.
    pub(crate) fn standing_of(&self, program: &str) -> String {
        let columns = "day,creator,qualified_views,score,earned,paid,carried_out,forfeited,reason";
        let words = ["export", "lines", "--standing", "--columns", columns, "--program", program];
        self.ok(&words)
    }

    /// Work-days as they stand, without the counts of copies, which replays change.
    pub(crate) fn counted(&self) -> String {
        let columns = "day,work,creator,reason,qualified_views,likes,comments,shares,too_short,\
                       repeat,self_view,paid_traffic,abnormal_viewer,effective,score";
        self.ok(&["export", "work-days", "--columns", columns])
    }

    /// Checks what must hold after every test of any kind: the ledger's own check, and the
    /// invariant checker, which shares no code with the engine.
    pub(crate) fn check(&self) {
        self.ok(&["ledger", "check"]);
        let script = root().join("judges/invariants.py");
        let mut python = python();
        python.arg(script).arg(self.data());
        if let Some(url) = &self.database.url {
            python.args(["--database-url", url]);
        }
        let output = python.output().expect("python");
        let text = String::from_utf8_lossy(&output.stdout);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "invariants:\n{text}\n{error}");
    }

    /// Lets the outside judge count every settled day again, in DuckDB and Python.
    pub(crate) fn recount(&self) {
        let mut python = python();
        python.arg(root().join("judges/recount.py")).arg(self.data());
        python.args(["--stipend", env!("CARGO_BIN_EXE_stipend")]);
        if let Some(url) = &self.database.url {
            python.args(["--database-url", url]);
        }
        let output = python.output().expect("python");
        let text = String::from_utf8_lossy(&output.stdout);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "recount:\n{text}\n{error}");
    }
}

/// The judges' Python, which `cargo xtask test` sets up.
pub(crate) fn python() -> Command {
    let python = std::env::var("STIPEND_TEST_PYTHON")
        .expect("no Python for the tests: run them with `cargo xtask test`");
    Command::new(python)
}

/// The judges' Node with its packages, which `cargo xtask test` sets up.
pub(crate) fn node(judge: &str) -> Command {
    let missing = "no Node for the tests: run them with `cargo xtask test`";
    let program = std::env::var("STIPEND_TEST_NODE_PROGRAM").expect(missing);
    let mut command = Command::new(program);
    command.arg(root().join("judges").join(judge));
    command.env("JUDGES_NODE", std::env::var("STIPEND_TEST_NODE").expect(missing));
    command
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub(crate) const WORKS: &str = "\
work,creator,kind,length_ms,published,visibility,review,quality
w1,c1,video,20000,2026-05-01T00:00:00Z,public,passed,a
w2,c1,video,8000,2026-05-02T00:00:00Z,public,passed,b
w3,c2,video,60000,2026-05-03T00:00:00Z,public,passed,b
w4,c3,ad,30000,2026-05-04T00:00:00Z,public,passed,b
w5,c3,video,30000,2026-05-04T00:00:00Z,deleted,passed,b
w6,c10,video,15000,2026-05-05T00:00:00Z,public,passed,c
";

pub(crate) const POOL: &str = r#"
format = 1
program = "pool"
title = "A pool"
effective = "2026-01-01"
asset = "EUR"
[day]
zone = "Europe/Amsterdam"
correction_days = 30
[views]
minimum_watch_ms = 5000
minimum_share = "0.5"
[works]
exclude = ["deleted"]
exclude_kinds = ["ad"]
[score]
quality = { a = "1.2", c = "0.8" }
[score.interactions]
cap_share = "0.5"
weights = { like = "0.5", comment = "1" }
[reward]
pool_per_day = "100.00"
settle_to = "minor"
"#;

/// A deterministic log of events of the small catalog: `count` events over `days` days from
/// 2026-06-01 on, some of them copies, some of works that nobody knows.
pub(crate) fn log(seed: u64, count: u64, days: u64) -> Vec<String> {
    use rand_chacha::rand_core::{RngCore, SeedableRng};
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let mut below = |most: u64| random.next_u64() % most;
    let mut lines = Vec::new();
    for number in 0..count {
        let second = below(days * 86_400);
        let (day, rest) = (1 + second / 86_400, second % 86_400);
        let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
        let work = 1 + below(7);
        let viewer = below(40);
        let watch = below(30_000);
        let kind = ["view", "view", "view", "view", "like", "comment"][below(6) as usize];
        let like = if below(8) == 0 { ",\"like\":true" } else { "" };
        let paid = if below(20) == 0 { "paid" } else { "organic" };
        let line = format!(
            "{{\"event_id\":\"e{number}\",\"time\":\"2026-06-{day:02}T{hour:02}:{minute:02}:\
             {second:02}Z\",\"kind\":\"{kind}\",\"work\":\"w{work}\",\"viewer\":\"u{viewer}\",\
             \"watch_ms\":{watch},\"source\":\"{paid}\"{like}}}"
        );
        if below(10) == 0 {
            lines.push(line.clone());
        }
        lines.push(line);
    }
    lines
}

/// Shuffles.
pub(crate) fn shuffle<T>(seed: u64, items: &mut [T]) {
    use rand_chacha::rand_core::{RngCore, SeedableRng};
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    for place in (1..items.len()).rev() {
        items.swap(place, (random.next_u64() % (place as u64 + 1)) as usize);
    }
}
