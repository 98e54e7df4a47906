//! The binary: commands in, data on standard output, talk on standard error.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is the command line")]

mod args;
mod commands;
mod demo;
mod report;
mod simulate;
mod talk;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let args = args::Args::parse();
    match commands::run(args) {
        Ok(code) => code,
        Err(failure) => failure.tell(),
    }
}
