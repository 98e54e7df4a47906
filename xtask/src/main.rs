//! The project's own tasks: `cargo xtask test|tidy|judge|bench|setup`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is a command line")]

mod bench;
mod bench_eligibility;
mod bench_explain;
mod bench_ledger;
mod bench_serve;
mod judge;
mod postgres;
mod setup;
mod shell;
mod test;

use std::process::ExitCode;

const HELP: &str = "usage: cargo xtask TASK
  test            set up what the tests need, check format and lints, run all tests and judges
  test --quick    tests only: no format, lints or judges
  judge           let DuckDB, hledger, beancount and an invariant checker go over a settled platform
  bench settle    metering and settlement against DuckDB and bare decoding
                  [--events N] [--days N] [--runs N]
  bench import    durable imports against DuckDB reading and writing the same files [--events N]
  bench ledger    transfers posted, beside bare loops  [--transfers N] [--runs N]
  bench serve     a server under load against bare loops  [--seconds N --runs N]
  bench eligibility  all creators in five programs against DuckDB [--creators N] [--runs N]
  bench explain   trends, changes and diagnoses of a year under load, beside DuckDB
                  [--works N --clients N --seconds N]
  tidy            the crate direction and the file grammar
  setup           only install what is missing, and say what";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["test", options @ ..] => test::run(options),
        ["judge"] => judge::run(),
        ["bench", "settle", options @ ..] => bench::settle(options),
        ["bench", "import", options @ ..] => bench::import(options),
        ["bench", "eligibility", options @ ..] => bench_eligibility::run(options),
        ["bench", "explain", options @ ..] => bench_explain::run(options),
        ["bench", "ledger", options @ ..] => bench_ledger::run(options),
        ["bench", "serve", options @ ..] => bench_serve::run(options),
        ["tidy"] => tidy(),
        ["setup"] => setup::all().map(|_| ()),
        _ => {
            eprintln!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn tidy() -> Result<(), String> {
    let problems = xtask::tidy::check(&shell::root());
    for problem in &problems {
        println!("{problem}");
    }
    if problems.is_empty() { Ok(()) } else { Err(format!("{} problems", problems.len())) }
}
