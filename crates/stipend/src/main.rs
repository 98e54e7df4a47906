//! The binary: commands in, data on standard output, talk on standard error.
#![expect(clippy::print_stderr, reason = "talk goes to standard error")]

mod appeals;
mod args;
mod bench;
mod commands;
mod copyright;
mod demo;
mod drafts;
mod earnings;
mod logs;
mod members;
mod money;
mod operate;
mod report;
mod serve;
mod settings;
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
