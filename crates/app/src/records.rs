//! Work-days and lines as tables: what a run leaves in the lake.
use kernel::{Day, Reason, money};
use lake::{Table, TableError};
use metering::{UnknownDay, Verdict, WorkDay};
use program::Policy;
use settlement::{Line, Score};

use crate::directory::Directory;
use crate::error::Error;

/// A work-day with its score, ready for a table.
pub(crate) struct Scored {
    pub(crate) counts: WorkDay,
    pub(crate) exclusion: Option<Reason>,
    pub(crate) factor: program::Factor,
    pub(crate) score: Score,
}

/// Names of the effective interactions, in the order of the kernel.
pub(crate) const INTERACTIONS: [&str; 5] = ["likes", "favorites", "comments", "shares", "follows"];

/// The column of the work-days in which a verdict is counted.
pub(crate) fn column_of(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Qualified => "qualified_views",
        _ => verdict.code(),
    }
}

/// Whether a work of a table of work-days was attacked from outside.
pub(crate) fn is_attack(policy: &Policy, table: &Table, row: usize) -> Result<bool, TableError> {
    let of = |name: &str| table.ints(name).map(|counts| counts[row]);
    let viewers = of(column_of(Verdict::AbnormalViewer))?;
    let devices = of(column_of(Verdict::AbnormalDevice))?;
    Ok(policy.abnormal.is_attack(viewers + devices, of("accepted")?))
}

/// A score as a table holds it.
fn score_int(score: i128) -> Result<i64, Error> {
    i64::try_from(score).map_err(|_| Error::Settle(settlement::SettleError::TooLarge))
}

/// The work-days of a day, ordered by work and creator; works that the catalog does not know last.
pub(crate) fn work_days(
    directory: &Directory,
    policy: &Policy,
    day: Day,
    days: &[Vec<Scored>],
    unknown: &[UnknownDay],
) -> Result<Table, Error> {
    let mut table = Table::default();
    let days = || days.iter().flatten();
    let rows = days().count() + unknown.len();
    let text = |of: &dyn Fn(&Scored) -> String, other: &dyn Fn(&UnknownDay) -> String| {
        days().map(of).chain(unknown.iter().map(other)).collect::<Vec<String>>()
    };
    let int = |of: &dyn Fn(&Scored) -> i64, other: &dyn Fn(&UnknownDay) -> i64| {
        days().map(of).chain(unknown.iter().map(other)).collect::<Vec<i64>>()
    };
    table.text("day", vec![day.to_string(); rows]);
    let id = |d: &Scored| directory.works.ids()[kernel::cast::index(d.counts.work)].clone();
    table.text("work", text(&id, &|u| format!("#{:016x}", u.work)));
    let creator = |d: &Scored| directory.creator_id(d.counts.creator).to_owned();
    table.text("creator", text(&creator, &|_| String::new()));
    let reason = |d: &Scored| d.exclusion.map_or(String::new(), |r| r.code().to_owned());
    table.text("reason", text(&reason, &|_| Reason::UnknownWork.code().to_owned()));
    let sum = |d: &Scored| d.counts.verdicts.iter().copied().map(i64::from).sum();
    table.int("accepted", int(&sum, &|u| i64::from(u.waiting) + i64::from(u.duplicates)));
    let qualified = |d: &Scored| i64::from(d.counts.verdicts[Verdict::Qualified.place()]);
    table.int(column_of(Verdict::Qualified), int(&qualified, &|_| 0));
    for (place, name) in INTERACTIONS.iter().enumerate() {
        table.int(name, int(&|d| i64::from(d.counts.interactions[place]), &|_| 0));
    }
    for verdict in Verdict::ALL.into_iter().filter(|verdict| *verdict != Verdict::Qualified) {
        let unknown = |u: &UnknownDay| match verdict {
            Verdict::Duplicate => i64::from(u.duplicates),
            Verdict::Excluded => i64::from(u.waiting),
            _ => 0,
        };
        let known = |d: &Scored| i64::from(d.counts.verdicts[verdict.place()]);
        table.int(verdict.code(), int(&known, &unknown));
    }
    for tier in 0..policy.score.tier_weights.len() {
        table.int(&format!("tier_{tier}"), int(&|d| i64::from(d.counts.tiers[tier]), &|_| 0));
    }
    type Part = (&'static str, fn(&Scored) -> i128);
    let parts: [Part; 7] = [
        ("quality_ppm", |d| i128::from(d.factor.quality.parts())),
        ("originality_ppm", |d| i128::from(d.factor.originality.parts())),
        ("bonus_ppm", |d| i128::from(d.factor.bonus.parts())),
        ("score_views", |d| d.score.views),
        ("score_interactions", |d| d.score.interactions),
        ("score_interactions_counted", |d| d.score.interactions_counted),
        ("score", |d| d.score.total),
    ];
    for (name, part) in parts {
        let known = days().map(|day| score_int(part(day)));
        let values = known.chain(unknown.iter().map(|_| Ok(0))).collect::<Result<_, _>>()?;
        table.int(name, values);
    }
    Ok(table)
}

/// The lines of a run. `before` is what stood for each creator; empty lines in a settlement.
/// Where the program keeps watch time, that comes last.
pub(crate) fn lines(
    day: Day,
    run: i64,
    lines: &[(Line, Line)],
    watch_time: bool,
) -> Result<Table, Error> {
    let mut table = Table::default();
    let int = |of: &dyn Fn(&Line, &Line) -> i64| {
        lines.iter().map(|(before, line)| of(before, line)).collect::<Vec<i64>>()
    };
    table.text("day", vec![day.to_string(); lines.len()]);
    table.text("creator", lines.iter().map(|(_, line)| line.creator.clone()).collect());
    table.int("run", vec![run; lines.len()]);
    table.int("qualified_views", int(&|_, line| line.views));
    let scores = lines.iter().map(|(_, line)| score_int(line.score));
    table.int("score", scores.collect::<Result<_, _>>()?);
    table.int("earned", int(&|_, line| line.earned));
    table.int("carried_in", int(&|_, line| line.carried_in));
    table.int("paid", int(&|_, line| line.paid));
    table.int("carried_out", int(&|_, line| line.carried_out));
    table.int("forfeited", int(&|_, line| line.forfeited));
    let reason = |(_, line): &(Line, Line)| line.reason.map_or("", Reason::code).to_owned();
    table.text("reason", lines.iter().map(reason).collect());
    table.int("before", int(&|before, _| before.paid));
    table.int("amount", int(&|before, line| line.paid - before.paid));
    if watch_time {
        table.int("watch_ms", int(&|_, line| line.watch_ms));
    }
    Ok(table)
}

/// Lines as they stand after a run's table: absolute values, without what stood before.
pub(crate) fn read_lines(table: &Table) -> Result<Vec<Line>, TableError> {
    let creators = table.texts("creator")?;
    let reasons = table.texts("reason")?;
    let int = |name| table.ints(name);
    let (views, score) = (int("qualified_views")?, int("score")?);
    let (earned, paid) = (int("earned")?, int("paid")?);
    let (carried_in, carried_out) = (int("carried_in")?, int("carried_out")?);
    let forfeited = int("forfeited")?;
    // Tables of earlier versions have none.
    let watch = table.ints("watch_ms").unwrap_or_default();
    let line = |row: usize| Line {
        creator: creators[row].clone(),
        views: views[row],
        score: i128::from(score[row]),
        earned: earned[row],
        carried_in: carried_in[row],
        paid: paid[row],
        carried_out: carried_out[row],
        forfeited: forfeited[row],
        reason: Reason::from_code(&reasons[row]),
        watch_ms: watch.get(row).copied().unwrap_or(0),
    };
    Ok((0..table.rows()).map(line).collect())
}

/// The table as canonical CSV, with its header: what digests are made of.
pub(crate) fn canonical(table: &Table) -> Vec<u8> {
    let mut text = Vec::new();
    // Writing to memory cannot fail.
    table.write_csv(&mut text, true).unwrap_or_default();
    text
}

/// Ledger units as whole minor units, rounded down.
pub(crate) fn minor(units: i64) -> i64 {
    units.div_euclid(money::UNITS_PER_MINOR)
}
