//! `cargo xtask bench eligibility`: deciding of every creator in five programs, explanations
//! included, beside the same conditions as one query in DuckDB.
use crate::bench::{Bench, median, option, ratio, seconds, shown, whole};

/// The programs; the first settles the days whose views count.
const PROGRAMS: [(&str, &str); 5] = [
    ("rewards", include_str!("eligibility/rewards.toml")),
    ("partner", include_str!("eligibility/partner.toml")),
    ("portal", include_str!("eligibility/portal.toml")),
    ("market", include_str!("eligibility/market.toml")),
    ("tips", include_str!("eligibility/tips.toml")),
];
/// The day on which is decided.
const DAY: &str = "2026-06-01";

pub(crate) fn run(options: &[&str]) -> Result<(), String> {
    let creators = option(options, "--creators", 1_000_000)?;
    let runs = option(options, "--runs", 5)?;
    let bench = Bench::new(&format!("eligibility-{creators}"))?;
    prepare(&bench, creators)?;
    let names: Vec<&str> = PROGRAMS.iter().map(|(name, _)| *name).collect();
    let (mut load, mut windows, mut decide) = (vec![], vec![], vec![]);
    let (mut duck, mut duck_files) = (vec![], vec![]);
    let (mut ours, mut theirs) = (String::new(), String::new());
    for _ in 0..runs {
        let line = bench.call(&["measure-entry", &names.join(","), "--day", DAY, "--runs", "1"])?;
        load.push(whole(&line, "load_us")?);
        windows.push(whole(&line, "windows_us")?);
        decide.push(whole(&line, "decide_us")?);
        ours = counts(&line)?;
        let made = bench.at("made");
        let line = bench
            .judge("bench_eligibility.py", &["decide", &made, &bench.at("lines.parquet"), DAY])?;
        duck.push(seconds(&line, "seconds")?);
        duck_files.push(seconds(&line, "from_files")?);
        theirs = counts(&line)?;
    }
    if ours != theirs {
        return Err(format!("the decisions differ: {ours}; DuckDB: {theirs}"));
    }
    let (load, windows, decide) = (median(load), median(windows), median(decide));
    let (duck, duck_files) = (median(duck), median(duck_files));
    println!("eligibility, {creators} creators x 5 programs ({ours}); medians of {runs}");
    println!("  reading the catalog from the database  {}", shown(load));
    println!("  counting the windows                   {}", shown(windows));
    println!("  deciding, explanations included        {}", shown(decide));
    println!("  DuckDB, from tables in memory          {}", shown(duck));
    println!("  DuckDB, from Parquet                   {}", shown(duck_files));
    println!("  windows and deciding against DuckDB    {}", ratio(windows + decide, duck));
    let all = load + windows + decide;
    println!("  all of it against DuckDB from Parquet  {}", ratio(all, duck_files));
    Ok(())
}

fn counts(line: &str) -> Result<String, String> {
    let one = |name: &str| Ok::<_, String>(format!("{name} {}", whole(line, name)?));
    Ok([one("yes")?, one("no")?, one("indeterminate")?].join(", "))
}

/// Makes the platform and settles the days, once.
fn prepare(bench: &Bench, creators: u64) -> Result<(), String> {
    if bench.is_ready()? {
        return Ok(());
    }
    let made = bench.at("made");
    std::fs::create_dir_all(&made).map_err(|error| error.to_string())?;
    bench.judge("bench_eligibility.py", &["make", &made, &creators.to_string()])?;
    bench.call(&["init"])?;
    for (name, text) in PROGRAMS {
        let path = bench.at(&format!("{name}.toml"));
        std::fs::write(&path, text).map_err(|error| error.to_string())?;
        bench.call(&["program", "publish", &path])?;
    }
    for name in ["creators", "works"] {
        bench.call(&["import", "catalog", &format!("{made}/{name}.parquet")])?;
    }
    bench.call(&["import", "events", &format!("{made}/events.parquet")])?;
    bench.call(&["settle", "--program", "rewards", "--through", "latest"])?;
    let lines = bench.at("lines.parquet");
    let words = ["export", "lines", "--standing", "--program", "rewards", "--format", "parquet"];
    bench.call(&[&words[..], &["--output", &lines]].concat())?;
    bench.ready()
}
