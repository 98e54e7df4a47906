//! What the tests need besides Rust: PostgreSQL, hledger, xmllint, Python with the judges. What is
//! missing is installed from Debian's and Python's package managers; each is named.
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell;

/// The Node that is taken from npm where the machine's is too old.
const NODE: &str = "24.21.0";

/// What was found or installed.
pub(crate) struct Tools {
    /// Python of the judges' own environment.
    pub(crate) python: PathBuf,
    /// The folder with the judges' Node packages.
    pub(crate) node: PathBuf,
    /// A Node that is new enough for them.
    pub(crate) node_program: PathBuf,
    /// Prometheus' tool that reads metrics.
    pub(crate) promtool: PathBuf,
    /// The folder of PostgreSQL's server programs.
    pub(crate) postgres: PathBuf,
}

/// The package that has `xmllint`.
const XMLLINT: &str = concat!("libxml2-", "util", "s");

/// Installs what is missing.
pub(crate) fn all() -> Result<Tools, String> {
    let mut packages = Vec::new();
    if postgres_folder().is_none() {
        packages.push("postgresql");
    }
    if !shell::has("hledger") {
        packages.push("hledger");
    }
    if !shell::has("xmllint") {
        packages.push(XMLLINT);
    }
    let venv_works = Command::new("python3").args(["-c", "import ensurepip, venv"]).output();
    if !venv_works.is_ok_and(|output| output.status.success()) {
        packages.extend(["python3", "python3-venv"]);
    }
    if !shell::has("node") || !shell::has("npm") {
        packages.extend(["nodejs", "npm"]);
    }
    for tool in ["curl", "openssl"] {
        if !shell::has(tool) {
            packages.push(tool);
        }
    }
    if !shell::has("cc") {
        packages.push("build-essential");
    }
    apt(&packages)?;
    let postgres = postgres_folder().ok_or("PostgreSQL's server programs are not to be found")?;
    let (python, node, promtool) = (python()?, node()?, promtool()?);
    let node_program = node_program(&node)?;
    Ok(Tools { python, node, node_program, promtool, postgres })
}

/// `promtool`, out of Debian's package of Prometheus: that is not installed, because it would start
/// a server on the machine.
fn promtool() -> Result<PathBuf, String> {
    if shell::has("promtool") {
        return Ok("promtool".into());
    }
    let folder = shell::target()?.join("judges-prometheus");
    let program = folder.join("usr/bin/promtool");
    if program.exists() {
        return Ok(program);
    }
    eprintln!("xtask: unpacking promtool from Debian's package prometheus");
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let mut download = Command::new("apt-get");
    download.args(["-qq", "download", "prometheus"]).current_dir(&folder);
    if shell::run(&mut download).is_err() {
        // The lists of packages are old, or were never fetched.
        apt_get(&["-qq", "update"])?;
        shell::run(&mut download)?;
    }
    let unpack = "set -e; for package in prometheus_*.deb; do dpkg-deb -x $package .; rm $package; \
                  done";
    shell::run(Command::new("sh").args(["-c", unpack]).current_dir(&folder))?;
    Ok(program)
}

fn apt(packages: &[&str]) -> Result<(), String> {
    if packages.is_empty() {
        return Ok(());
    }
    eprintln!("xtask: installing with apt-get: {}", packages.join(" "));
    if !is_root()? && !shell::has("sudo") {
        let list = packages.join(" ");
        return Err(format!("missing: {list}. Install them, or run as root or with sudo"));
    }
    apt_get(&["-qq", "update"])?;
    let install = ["-qq", "-y", "--no-install-recommends", "install"];
    apt_get(&[&install, packages].concat())
}

fn is_root() -> Result<bool, String> {
    Ok(shell::output(Command::new("id").arg("-u"))?.trim() == "0")
}

fn apt_get(words: &[&str]) -> Result<(), String> {
    let mut command = if is_root()? {
        Command::new("apt-get")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.arg("apt-get");
        sudo
    };
    shell::run(command.env("DEBIAN_FRONTEND", "noninteractive").args(words))
}

/// PostgreSQL's server programs, which Debian does not put on the path: the newest version.
fn postgres_folder() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut folders: Vec<PathBuf> = versions
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|folder| folder.join("initdb").exists())
        .collect();
    folders.sort();
    folders.pop()
}

/// The judges' Python environment, made anew when its list of packages changed.
fn python() -> Result<PathBuf, String> {
    let list = shell::root().join("judges/requirements.txt");
    let wanted = std::fs::read_to_string(&list).map_err(|error| format!("{list:?}: {error}"))?;
    let venv = shell::target()?.join("judges-venv");
    let (python, stamp) = (venv.join("bin/python"), venv.join("requirements.done"));
    if std::fs::read_to_string(&stamp).is_ok_and(|done| done == wanted) {
        return Ok(python);
    }
    eprintln!(
        "xtask: installing with pip: {}",
        wanted.split_whitespace().collect::<Vec<_>>().join(" ")
    );
    shell::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&list);
    shell::run(&mut pip)?;
    write(&stamp, &wanted)?;
    Ok(python)
}

/// The folder with the judges' Node packages, made anew when their list changed.
fn node() -> Result<PathBuf, String> {
    let list = shell::root().join("judges/package.json");
    let wanted = std::fs::read_to_string(&list).map_err(|error| format!("{list:?}: {error}"))?;
    let folder = shell::target()?.join("judges-node");
    let stamp = folder.join("package.done");
    if std::fs::read_to_string(&stamp).is_ok_and(|done| done == wanted) {
        return Ok(folder);
    }
    eprintln!("xtask: installing the judges' Node packages with npm");
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    write(&folder.join("package.json"), &wanted)?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]);
    shell::run(npm.current_dir(&folder))?;
    write(&stamp, &wanted)?;
    Ok(folder)
}

/// A Node that knows what `oidc-provider` uses: the machine's, or one out of npm's packages.
fn node_program(folder: &Path) -> Result<PathBuf, String> {
    let known = "process.exit(URL.parse && require('crypto').hash ? 0 : 1)";
    let works = |program: &Path| {
        Command::new(program).args(["-e", known]).status().is_ok_and(|status| status.success())
    };
    let machine = PathBuf::from("node");
    if works(&machine) {
        return Ok(machine);
    }
    let kind = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => return Err(format!("the tests need Node 22 or newer; npm has none for {other}")),
    };
    let program = folder.join(format!("node_modules/node-linux-{kind}/bin/node"));
    if !works(&program) {
        let package = format!("node-linux-{kind}@{NODE}");
        eprintln!("xtask: the machine's Node is too old for the judges: npm install {package}");
        let mut npm = Command::new("npm");
        npm.args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]);
        shell::run(npm.args(["--no-save", &package]).current_dir(folder))?;
    }
    Ok(program)
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
