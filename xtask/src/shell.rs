//! Running other programs.
use std::path::PathBuf;
use std::process::Command;

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map_or(here.clone(), PathBuf::from)
}

/// Runs a command, showing what it prints.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{}: {error}", name(command)))?;
    if status.success() { Ok(()) } else { Err(format!("{} failed: {status}", name(command))) }
}

/// Runs a command; gives what it prints.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{}: {error}", name(command)))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let error = String::from_utf8_lossy(&output.stderr);
    Err(format!("{} failed: {}\n{error}", name(command), output.status))
}

/// Whether a program is there.
pub(crate) fn has(program: &str) -> bool {
    Command::new("sh")
        .args(["-c", &format!("command -v {program}")])
        .output()
        .is_ok_and(|output| output.status.success())
}

fn name(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// The folder where cargo builds.
pub(crate) fn target() -> Result<PathBuf, String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root()).args(["metadata", "--no-deps", "--format-version", "1"]);
    let text = output(&mut cargo)?;
    let start = text.find("\"target_directory\":\"").ok_or("cargo metadata names no target")? + 20;
    let rest = text.get(start..).unwrap_or("");
    Ok(PathBuf::from(rest.split('"').next().unwrap_or("target")))
}

/// Builds the binary as it is shipped; gives its path.
pub(crate) fn stipend() -> Result<PathBuf, String> {
    run(Command::new(env!("CARGO")).current_dir(root()).args(["build", "--release", "--quiet"]))?;
    Ok(target()?.join("release/stipend"))
}
