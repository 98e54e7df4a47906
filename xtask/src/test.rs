//! `cargo xtask test`: everything that a change must pass.
use std::process::Command;

use crate::postgres::Cluster;
use crate::{judge, setup, shell};

/// Runs all checks; the cheap ones first.
pub(crate) fn run(options: &[&str]) -> Result<(), String> {
    let (quick, filter): (Vec<&str>, Vec<&str>) =
        options.iter().partition(|option| **option == "--quick");
    let quick = !quick.is_empty();
    let tools = setup::all()?;
    let cargo = || {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(shell::root());
        cargo
    };
    if !quick {
        step("format");
        shell::run(cargo().args(["fmt", "--all", "--check"]))?;
    }
    // The release profile, which `cargo run --release` uses as well: each dependency once.
    step("build");
    shell::run(cargo().args(["build", "--release", "--workspace"]))?;
    let cluster = Cluster::start(&tools.postgres)?;
    let environment = [
        ("STIPEND_TEST_DATABASE_URL", cluster.url("postgres")),
        ("STIPEND_TEST_PYTHON", tools.python.display().to_string()),
        ("STIPEND_TEST_NODE", tools.node.display().to_string()),
        ("STIPEND_TEST_NODE_PROGRAM", tools.node_program.display().to_string()),
        ("STIPEND_TEST_PROMTOOL", tools.promtool.display().to_string()),
        // Set INSTA_UPDATE=always to accept changed snapshots.
        ("INSTA_UPDATE", std::env::var("INSTA_UPDATE").unwrap_or_else(|_| "no".to_owned())),
    ];
    if !shell::root().join("../shared/data/kuairand").exists() {
        eprintln!("xtask: the KuaiRand log is not beside the checkout: its tests compare nothing");
    }
    step("tests");
    let mut tests = cargo();
    if shell::has("cargo-nextest") {
        tests.args(["nextest", "run", "--cargo-profile", "release", "--workspace"]);
        tests.args(["--no-fail-fast", "--status-level", "slow", "--final-status-level", "fail"]);
    } else {
        tests.args(["test", "--release", "--workspace", "--no-fail-fast"]);
    }
    shell::run(tests.args(&filter).envs(environment))?;
    if quick {
        return Ok(());
    }
    step("judges");
    judge::with(&tools, &cluster)?;
    step("lints");
    let lints = ["clippy", "--release", "--workspace", "--all-targets", "--quiet"];
    shell::run(cargo().args(lints).args(["--", "-D", "warnings"]))?;
    println!("all checks passed");
    Ok(())
}

fn step(name: &str) {
    eprintln!("xtask: == {name}");
}
