//! `demo`: a made-up platform from its first event to a checked ledger, in a few seconds.
use std::path::Path;

use app::import::Request;
use app::settle::Through;
use app::{Error, Stipend, export, ledger, programs, settle};
use kernel::Day;
use program::Policy;
use testkit::simulate::Plan;

use crate::args::InFormat;
use crate::simulate;
use crate::talk::{grouped, say};

const DAYS: u32 = 4;
const FIRST_DAY: &str = "2026-06-01";
/// The preset that the demo pays by.
const PRESET: &str = "daily-pool";

fn quiet(_: &lake::intake::Counts, _: u64, _: Option<u64>) {}

/// Runs the demo in `keep`, or in a folder that is removed afterwards.
pub(crate) fn run(keep: Option<&Path>, seed: u64, events: u64) -> Result<(), Error> {
    let temporary = std::env::temp_dir().join(format!("stipend-demo-{}", std::process::id()));
    let folder = keep.unwrap_or(&temporary);
    let done = play(folder, keep.is_some(), seed, events);
    if keep.is_none() {
        // What stays behind in the temporary folder does no harm.
        std::fs::remove_dir_all(&temporary).ok();
    }
    done
}

fn play(folder: &Path, kept: bool, seed: u64, events: u64) -> Result<(), Error> {
    let start = std::time::Instant::now();
    let first: Day = FIRST_DAY.parse().map_err(|_| Error::Refused("demo day".to_owned()))?;
    let mut plan = Plan::sized(seed, events, DAYS, first.epoch_days());
    // More conflicting and late events than the real log has, so that the report shows them.
    plan.conflicts_ppm = 2_000;
    plan.late_ppm = 20_000;
    say("stipend demo: four days of a made-up short-video platform, from log to checked ledger\n");
    let files = simulate::write(&folder.join("platform"), plan, InFormat::Ndjson, &mut |_| ())?;
    let mut stipend = Stipend::init(&folder.join("data"), None)?;
    let preset = program::presets::PRESETS.iter().find(|(name, _)| *name == PRESET);
    let document = preset.map_or("", |(_, text)| *text);
    let policy = Policy::parse(document)?;
    let zone = policy.zone.clone();
    // The sandbox clock: each step happens at a time of the made-up days.
    let at = |day: u32, hours: i64| {
        let day = first.plus(i32::try_from(day).unwrap_or(0));
        zone.start_us(day) + hours * kernel::day::HOUR_US
    };
    programs::publish(&mut stipend, document, at(0, 0))?;
    for name in ["creators.csv", "works.csv"] {
        let path = folder.join("platform").join(name);
        app::import::catalog(&mut stipend, &request(&path), at(0, 1), &mut quiet)?;
    }
    let (mut rows, mut corrections) = (0, Vec::new());
    say(&format!(
        "{:<12} {:>9} {:>10} {:>9} {:>10}  {}",
        "day", "events", "qualified", "creators", "paid", "shown from"
    ));
    for (day, file) in (0..DAYS).zip(&files) {
        let imported = app::import::events(&mut stipend, &request(file), at(day, 30), &mut quiet)?;
        rows += imported.counts.read;
        let through = Through::Day(first.plus(i32::try_from(day).unwrap_or(0)));
        let done = settle::settle(&mut stipend, None, through, at(day, 31), &mut |_, _, _| ())?;
        for run in done.posted {
            let what = if run.number == 0 {
                run.day.to_string()
            } else {
                corrections.push((run.day, run.paid));
                format!("  {} +{}", &run.day.to_string()[5..], run.number)
            };
            let (accepted, qualified) = (count(run.accepted), count(run.qualified));
            let paid = policy.asset.format(run.paid);
            let shown = zone.format(run.publish_us);
            say(&format!(
                "{what:<12} {accepted:>9} {qualified:>10} {:>9} {paid:>10}  {shown}",
                run.lines
            ));
        }
    }
    if !corrections.is_empty() {
        say(&format!(
            "\n  Lines like `06-01 +1` are corrections: late events of a day that was posted. The \
             posted\n  lines stay; the difference is {} new lines that name the day.",
            corrections.len()
        ));
    }
    verdicts(&mut stipend, rows)?;
    let best = earners(&mut stipend, &policy)?;
    why(&mut stipend, &best)?;
    verify(&mut stipend)?;
    let seconds = start.elapsed().as_millis();
    say(&format!("\ndone in {}.{:01} s\n", seconds / 1_000, seconds % 1_000 / 100));
    next_steps(folder, kept, &best);
    Ok(())
}

/// A file of our own format.
fn request(path: &Path) -> Request<'_> {
    Request { path, format: None, mapping: None, rejects: None, effective: None }
}

fn count(number: i64) -> String {
    grouped(u64::try_from(number).unwrap_or(0))
}

/// What did not count, and why, over all days.
fn verdicts(stipend: &mut Stipend, rows: u64) -> Result<(), Error> {
    let table = export::work_days(stipend, &export::Selection::default())?;
    let sum = |name: &str| -> Result<i64, Error> { Ok(table.ints(name)?.iter().sum()) };
    let accepted = sum("accepted")?;
    say(&format!(
        "\nWhat became of {} events ({} rows read; each event has one verdict)",
        count(accepted),
        grouped(rows)
    ));
    let lines = [
        ("qualified_views", "qualified views: these are paid for"),
        ("effective", "interactions that count by themselves"),
        ("duplicate", "copies of events that are counted"),
        ("excluded", "works or creators that earn nothing that day"),
        ("self_view", "creators watching their own works"),
        ("paid_traffic", "views that were bought"),
        ("abnormal_viewer", "viewers who watch more than is believable"),
        ("abnormal_device", "devices used for more than is believable"),
        ("too_short", "left too early"),
        ("repeat", "the viewer is counted already that day"),
        ("interaction_without_view", "interactions without a qualifying view"),
        ("interaction_repeat", "interactions counted already"),
    ];
    for (name, text) in lines {
        let number = sum(name)?;
        let share = number * 1_000 / accepted.max(1);
        let bar = "#".repeat(usize::try_from(share / 20).unwrap_or(0));
        say(&format!(
            "  {:>9}  {:>2}.{} %  {text:<46} {bar}",
            count(number),
            share / 10,
            share % 10
        ));
    }
    Ok(())
}

/// The best-paid creators; gives the first one's id and best work.
fn earners(stipend: &mut Stipend, policy: &Policy) -> Result<(String, String), Error> {
    let lines = export::lines(stipend, &export::Selection::default(), true)?;
    let mut sums: std::collections::HashMap<&str, (i64, i64)> = std::collections::HashMap::new();
    let (creators, paid) = (lines.texts("creator")?, lines.ints("paid")?);
    let views = lines.ints("qualified_views")?;
    for row in 0..lines.rows() {
        let sum = sums.entry(&creators[row]).or_default();
        sum.0 += paid[row];
        sum.1 += views[row];
    }
    let mut best: Vec<_> = sums.iter().map(|(id, (paid, views))| (*paid, *views, *id)).collect();
    best.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| kernel::id::order(a.2, b.2)));
    let total: i64 = best.iter().map(|(paid, _, _)| *paid).sum();
    let forfeited: i64 = lines.ints("forfeited")?.iter().sum();
    say(&format!(
        "\nWho earned most ({} creators share {} {}, {} more was under the daily floor)",
        grouped(kernel::cast::wide(best.iter().filter(|(paid, _, _)| *paid > 0).count())),
        policy.asset.format(total),
        policy.asset,
        policy.asset.format(forfeited)
    ));
    for (paid, views, id) in best.iter().take(8) {
        let amount = policy.asset.format(*paid);
        let share = paid * 400 / best[0].0.max(1) / 10;
        let bar = "#".repeat(usize::try_from(share).unwrap_or(0));
        say(&format!("  {id:<8} {amount:>10}  {:>7} qualified views  {bar}", count(*views)));
    }
    let creator = best.first().map_or("", |(_, _, id)| *id).to_owned();
    let days = export::work_days(stipend, &export::Selection::default())?;
    let (of, works, score) = (days.texts("creator")?, days.texts("work")?, days.ints("score")?);
    let row = (0..days.rows()).filter(|row| of[*row] == creator).max_by_key(|row| score[*row]);
    Ok((creator, row.map_or(String::new(), |row| works[row].clone())))
}

/// One explanation, as a creator would see it.
fn why(stipend: &mut Stipend, best: &(String, String)) -> Result<(), Error> {
    let explained = app::explain::work(stipend, None, &best.1, None)?;
    say("\nWhy? Any number explains itself:\n");
    for line in explained.to_text().lines() {
        say(&format!("  {line}"));
    }
    Ok(())
}

fn verify(stipend: &mut Stipend) -> Result<(), Error> {
    let checked = ledger::check(stipend)?;
    say("\nDoes it balance?");
    if checked.problems.is_empty() {
        say(&format!(
            "  yes: {} transfers between {} accounts fold to their balances and sum to nought,\n  \
             hash chain over {} batches holds, and the tables of {} runs are what was posted",
            count(i64::try_from(checked.transfers).unwrap_or(0)),
            count(i64::try_from(checked.accounts).unwrap_or(0)),
            checked.batches,
            checked.runs
        ));
        return Ok(());
    }
    for problem in &checked.problems {
        say(&format!("  NO: {} {}", problem.invariant, problem.message));
    }
    Err(Error::Refused("the demo's ledger does not hold".to_owned()))
}

fn next_steps(folder: &Path, kept: bool, best: &(String, String)) {
    let (creator, work) = best;
    if kept {
        let data = folder.join("data").display().to_string();
        say("Look around in it:");
        say(&format!("  export STIPEND_DATA_DIR={data}"));
        say(&format!("  stipend explain creator {creator} --day {FIRST_DAY}"));
        say(&format!("  stipend explain work {work}"));
        say("  stipend export lines --standing | head");
        say("  stipend export journal --format hledger | hledger -f- balance");
    } else {
        say("Try next:");
        say("  stipend demo --keep demo-data      keeps it, to look around in");
        say("  stipend program preset daily-pool  the policy behind these numbers");
        say("  stipend init                       a folder of your own; the README goes on");
    }
}
