//! A PostgreSQL of the tests' own: its own folder and socket, no network, gone afterwards.
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::shell;

/// A running cluster; dropping it stops it and removes its folder.
pub(crate) struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    user: Option<String>,
}

impl Cluster {
    /// Makes and starts a cluster. PostgreSQL refuses to run as root; then it runs as the user
    /// `postgres`, or `nobody` where that is not there.
    pub(crate) fn start(programs: &Path) -> Result<Cluster, String> {
        // Without fsync: tests of PostgreSQL's own durability are PostgreSQL's.
        Cluster::with(programs, "off")
    }

    /// The same, durable: for benchmarks of durable work.
    pub(crate) fn durable(programs: &Path) -> Result<Cluster, String> {
        Cluster::with(programs, "on")
    }

    fn with(programs: &Path, fsync: &str) -> Result<Cluster, String> {
        let root = shell::output(Command::new("id").arg("-u"))?.trim() == "0";
        let known = |name: &str| {
            Command::new("id").arg(name).output().is_ok_and(|output| output.status.success())
        };
        let user = match (root, known("postgres")) {
            (false, _) => None,
            (true, true) => Some("postgres".to_owned()),
            (true, false) => Some("nobody".to_owned()),
        };
        // A socket's path has at most 107 bytes: not below a deep target folder.
        let folder = shell::output(Command::new("mktemp").args(["-d", "/tmp/stipend-pg.XXXXXX"]))?;
        let cluster = Cluster { programs: programs.to_owned(), folder: folder.trim().into(), user };
        if let Some(user) = &cluster.user {
            shell::run(Command::new("chown").arg(user).arg(&cluster.folder))?;
        }
        let data = cluster.folder.join("data");
        let mut initdb = cluster.command("initdb");
        initdb.args(["--username=stipend", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]);
        shell::output(initdb.arg("--no-sync").arg("-D").arg(&data))?;
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories='{}' -c fsync={fsync} \
             -c max_connections=200",
            cluster.folder.display()
        );
        let mut start = cluster.command("pg_ctl");
        start.args(["-w", "-t", "60", "-o", &options, "-l"]).arg(cluster.folder.join("log"));
        let status = start.arg("-D").arg(&data).arg("start").stdout(Stdio::null()).status();
        match status {
            Ok(status) if status.success() => Ok(cluster),
            _ => {
                let log = std::fs::read_to_string(cluster.folder.join("log")).unwrap_or_default();
                Err(format!("PostgreSQL does not start:\n{log}"))
            }
        }
    }

    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = match &self.user {
            None => Command::new(program),
            Some(user) => {
                let mut command = Command::new("setpriv");
                let user = [format!("--reuid={user}"), "--clear-groups".into()];
                command.args(user).arg(program);
                command
            }
        };
        command.current_dir("/");
        command
    }

    /// Where to connect; a database's name may follow after `/`, before `?`.
    pub(crate) fn url(&self, database: &str) -> String {
        let host = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://stipend@{host}/{database}")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let data = self.folder.join("data");
        let mut stop = self.command("pg_ctl");
        stop.args(["-m", "immediate", "-D"]).arg(&data).arg("stop").stdout(Stdio::null());
        if let Err(message) = shell::run(&mut stop) {
            eprintln!("xtask: {message}");
        }
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("xtask: {}: {error}", self.folder.display());
        }
    }
}
