//! `cargo xtask bench ledger`: transfers posted in a second, in batches as settlements post them
//! and one by one as commands do, beside a bare loop of the same statements, on both databases.
use crate::bench::{median, option, ratio, whole};
use crate::postgres::Cluster;
use crate::{setup, shell};
use std::process::Command;

/// Runs it.
pub(crate) fn run(options: &[&str]) -> Result<(), String> {
    let runs = option(options, "--runs", 3)?;
    let many = option(options, "--transfers", 400_000)?;
    let tools = setup::all()?;
    let stipend = shell::stipend()?;
    let cluster = Cluster::durable(&tools.postgres)?;
    let folder = shell::target()?.join("bench").join("ledger");
    for (name, url) in [("SQLite", None), ("PostgreSQL", Some(cluster.url("postgres")))] {
        // PostgreSQL takes a round trip for each account: fewer say as much there.
        let many = if url.is_some() { many / 8 } else { many };
        // Batches of a settlement; and single transfers, as many in a commit as 32 clients send.
        for (what, count, size, group) in
            [("in batches of 5,000", many, 5_000, 1), ("one by one, 32 clients", many / 10, 1, 32)]
        {
            let mut times = [Vec::new(), Vec::new()];
            for _ in 0..runs {
                for (place, bare) in [false, true].into_iter().enumerate() {
                    if folder.exists() {
                        std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
                    }
                    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
                    if let Some(url) = &url {
                        // Each run on an empty database.
                        let mut psql = Command::new("psql");
                        psql.args(["-q", "-d", url, "-c"]);
                        psql.arg("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
                        shell::output(&mut psql)?;
                    }
                    let call = |words: &[String]| {
                        let mut command = Command::new(&stipend);
                        command.arg("--data-dir").arg(folder.join("data"));
                        if let Some(url) = &url {
                            command.args(["--database-url", url]);
                        }
                        shell::output(command.args(words))
                    };
                    call(&["init".to_owned()])?;
                    let mut words = vec!["measure-ledger".to_owned()];
                    for (flag, value) in [("count", count), ("size", size), ("group", group)] {
                        words.extend([format!("--{flag}"), value.to_string()]);
                    }
                    words.extend(bare.then(|| "--bare".to_owned()));
                    let line = call(&words)?;
                    times[place].push(whole(&line, "us")?);
                }
            }
            let [ours, bare] = times.map(median);
            let per_second = |us: u64| count * 1_000_000 / us.max(1);
            println!(
                "{name}, {what}: {} transfers/s, bare loop {}, ratio {}",
                per_second(ours),
                per_second(bare),
                ratio(bare, ours)
            );
        }
    }
    Ok(())
}
