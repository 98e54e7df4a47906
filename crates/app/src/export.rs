//! Exports: work-days, lines, the journal and verdicts as tables.
use std::collections::BTreeMap;

use kernel::{Asset, Day};
use lake::Table;
use metering::{Rules, TargetDays};
use store::RunRow;

use crate::directory::Directory;
use crate::error::Error;
use crate::metering::Job;
use crate::programs;
use crate::records;
use crate::workspace::Stipend;

/// Which days of which program.
#[derive(Debug, Clone, Copy, Default)]
pub struct Selection<'a> {
    /// The program; the only one if not named.
    pub program: Option<&'a str>,
    /// From this day on.
    pub from: Option<Day>,
    /// Through this day.
    pub through: Option<Day>,
}

impl Selection<'_> {
    /// Whether a program's day is selected.
    #[must_use]
    pub fn holds(&self, program: &str, day: Day) -> bool {
        self.program.is_none_or(|wanted| wanted == program)
            && self.from.is_none_or(|from| day >= from)
            && self.through.is_none_or(|through| day <= through)
    }
}

fn runs(stipend: &mut Stipend, selection: &Selection<'_>) -> Result<(Asset, Vec<RunRow>), Error> {
    let versions = programs::versions(stipend, selection.program)?;
    let Some(first) = versions.first() else {
        return Err(Error::Refused("the program has no version".to_owned()));
    };
    let asset = first.policy.asset.clone();
    let runs = stipend.db.runs(&first.row.program)?.into_iter();
    let runs = runs.filter(|run| selection.holds(&run.program, run.day)).collect();
    Ok((asset, runs))
}

/// The lines of one run, or nothing when there is no such run.
///
/// # Errors
/// [`Error::Missing`] for an unknown program; [`Error`] when the table cannot be read.
pub fn run_lines(
    stipend: &mut Stipend,
    program: &str,
    day: Day,
    number: i64,
) -> Result<Option<Table>, Error> {
    let runs = stipend.db.runs(program)?;
    let Some(run) = runs.iter().find(|run| run.day == day && run.number == number) else {
        return Ok(None);
    };
    Ok(Some(Table::read_parquet(&stipend.lake().join(&run.lines_path))?))
}

/// The work-days as they stand: of each day those of its last run, by day, work and creator.
///
/// # Errors
/// [`Error`] when a table cannot be read.
pub fn work_days(stipend: &mut Stipend, selection: &Selection<'_>) -> Result<Table, Error> {
    let (_, runs) = runs(stipend, selection)?;
    let last: BTreeMap<Day, RunRow> = runs.into_iter().map(|run| (run.day, run)).collect();
    let mut table = Table::default();
    for run in last.into_values() {
        let day = lake::Table::read_parquet(&stipend.lake().join(&run.work_days_path))?;
        append_wider(&mut table, day)?;
    }
    if table.columns.is_empty() {
        // Nothing is settled: the columns are there all the same.
        let versions = programs::versions(stipend, selection.program)?;
        let directory = Directory::load(&mut stipend.db, &stipend.keys)?;
        if let Some(version) = versions.last() {
            let day = version.policy.effective;
            return records::work_days(&directory, &version.policy, day, &[], &[]);
        }
    }
    Ok(table)
}

/// Appends a day's rows; days of a policy version with more tiers add columns of noughts.
fn append_wider(table: &mut Table, mut day: Table) -> Result<(), Error> {
    if !table.columns.is_empty() {
        for (name, column) in &day.columns {
            if table.column(name).is_none()
                && let lake::Column::Int(_) = column
            {
                table.int(name, vec![0; table.rows()]);
            }
        }
        let missing: Vec<String> = table
            .columns
            .iter()
            .filter(|(name, _)| day.column(name).is_none())
            .map(|(name, _)| name.clone())
            .collect();
        for name in missing {
            day.int(&name, vec![0; day.rows()]);
        }
    }
    table.append(day)?;
    Ok(())
}

/// Lines as they were posted, run by run; or, with `standing`, of each day and creator the line as
/// it stands after all corrections. `paid_minor` is the amount in whole minor units.
///
/// # Errors
/// [`Error`] when a table cannot be read.
pub fn lines(
    stipend: &mut Stipend,
    selection: &Selection<'_>,
    standing: bool,
) -> Result<Table, Error> {
    let (asset, runs) = runs(stipend, selection)?;
    let mut table = Table::default();
    for run in &runs {
        let day = lake::Table::read_parquet(&stipend.lake().join(&run.lines_path))?;
        // Days of a version that keeps watch time have a column more.
        append_wider(&mut table, day)?;
    }
    if table.columns.is_empty() {
        table = records::lines(Day::from_epoch_days(0).map_err(refused)?, 0, &[], false)?;
    }
    if standing {
        table = stand(table)?;
    }
    let paid = table.ints("paid")?.to_vec();
    table.int("paid_minor", paid.iter().map(|units| records::minor(*units)).collect());
    table.text("paid_text", paid.iter().map(|units| asset.format(*units)).collect());
    Ok(table)
}

fn refused(error: impl std::fmt::Display) -> Error {
    Error::Refused(error.to_string())
}

/// The last line of each day and creator, in the order of ids; dropped creators left out.
fn stand(table: Table) -> Result<Table, Error> {
    let (days, creators) = (table.texts("day")?, table.texts("creator")?);
    let (views, scores) = (table.ints("qualified_views")?, table.ints("score")?);
    let paid = table.ints("paid")?;
    let mut last: BTreeMap<(&str, kernel::CreatorId), usize> = BTreeMap::new();
    for row in 0..table.rows() {
        let creator = kernel::CreatorId::new(&creators[row]).map_err(refused)?;
        last.insert((days[row].as_str(), creator), row);
    }
    let rows: Vec<usize> = last
        .into_values()
        .filter(|row| views[*row] != 0 || scores[*row] != 0 || paid[*row] != 0)
        .collect();
    let columns = table.columns.iter().map(|(name, column)| {
        let column = match column {
            lake::Column::Int(values) => {
                lake::Column::Int(rows.iter().map(|row| values[*row]).collect())
            }
            lake::Column::Text(values) => {
                lake::Column::Text(rows.iter().map(|row| values[*row].clone()).collect())
            }
        };
        (name.clone(), column)
    });
    Ok(Table { columns: columns.collect() })
}

/// The journal's selected transfers in order.
///
/// # Errors
/// [`Error`] when the database cannot be read.
pub fn journal(stipend: &mut Stipend, selection: &Selection<'_>) -> Result<Table, Error> {
    let batches = stipend.db.batches()?;
    let mut table = Table::default();
    let rows: Vec<_> = batches
        .iter()
        .flat_map(|batch| batch.transfers.iter().map(move |transfer| (batch, transfer)))
        .filter(|(_, transfer)| selection.holds(&transfer.program, transfer.day))
        .collect();
    let text = |of: &dyn Fn(&ledger::Transfer) -> String| -> Vec<String> {
        rows.iter().map(|(_, transfer)| of(transfer)).collect()
    };
    table.text("transfer", text(&|t| t.id.clone()));
    table.text("debit", text(&|t| t.debit.to_string()));
    table.text("credit", text(&|t| t.credit.to_string()));
    table.text("asset", text(&|t| t.asset.clone()));
    table.int("amount", rows.iter().map(|(_, t)| t.amount).collect());
    table.text("program", text(&|t| t.program.clone()));
    table.text("day", text(&|t| t.day.to_string()));
    table.int("run", rows.iter().map(|(_, t)| t.run).collect());
    table.text("batch", rows.iter().map(|(batch, _)| batch.key.clone()).collect());
    table.text("batch_digest", rows.iter().map(|(b, _)| hex::encode(&b.digest)).collect());
    Ok(table)
}

/// Each event of a day with its verdict. Ids are the hashes of the event log.
///
/// # Errors
/// [`Error`] when the log cannot be read.
pub fn verdicts(stipend: &mut Stipend, program: Option<&str>, day: Day) -> Result<Table, Error> {
    let counted = crate::settle::one_day(stipend, program, day)?;
    let (policy, directory) = (&counted.version.policy, &counted.directory);
    let (works, _) = directory.table(policy, &[day], &stipend.keys, stipend.threads);
    let rules = Rules::of(policy);
    let bounds = TargetDays::new(vec![(policy.zone.start_us(day), policy.zone.end_us(day))]);
    let job = Job {
        lake: &stipend.lake(),
        segments: &counted.segments,
        rules: &rules,
        works: &works,
        days: &bounds,
        closed: &counted.closed,
        astray: &counted.astray,
        threads: stipend.threads,
    };
    let names: std::collections::HashMap<i64, &String> =
        directory.works.hashes().iter().copied().zip(directory.works.ids()).collect();
    let hash = |value: i64| format!("{value:016x}");
    let (mut events, mut viewers, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    let (mut times, mut kinds, mut words) = (Vec::new(), Vec::new(), Vec::new());
    job.tell(&mut |columns, row, _, verdict| {
        events.push(hash(columns.id[row]));
        viewers.push(hash(columns.viewer[row]));
        let work = columns.work[row];
        ids.push(names.get(&work).map_or_else(|| format!("#{work:016x}"), |id| (*id).clone()));
        times.push(columns.time[row]);
        let kind = metering::Kind::WORDS.iter().find(|(k, _)| k.code() == columns.kind[row]);
        kinds.push(kind.map_or("?", |(_, word)| word).to_owned());
        words.push(verdict.code().to_owned());
    })?;
    let mut table = Table::default();
    table.text("event", events);
    table.text("viewer", viewers);
    table.text("work", ids);
    table.int("time_us", times);
    table.text("kind", kinds);
    table.text("verdict", words);
    Ok(table)
}

/// The segments that the manifest names, in the order of recording: what counts.
///
/// # Errors
/// [`Error`] when the database cannot be read.
pub fn segments(stipend: &mut Stipend) -> Result<Table, Error> {
    let segments = stipend.db.segments()?;
    let mut table = Table::default();
    table.int("seq", segments.iter().map(|segment| segment.seq).collect());
    table.text("path", segments.iter().map(|segment| segment.path.clone()).collect());
    table.int("first_us", segments.iter().map(|segment| segment.first_us).collect());
    table.int("last_us", segments.iter().map(|segment| segment.last_us).collect());
    table.int("events", segments.iter().map(|segment| segment.rows).collect());
    table.text("sha256", segments.iter().map(|segment| hex::encode(&segment.digest)).collect());
    Ok(table)
}

/// Works with their hashes, so that an outsider can join the event log with the catalog.
///
/// # Errors
/// [`Error`] when the database cannot be read.
pub fn works(stipend: &mut Stipend, program: Option<&str>, day: Day) -> Result<Table, Error> {
    let counted = crate::settle::one_day(stipend, program, day)?;
    let (version, directory) = (&counted.version, &counted.directory);
    let (facts, _) = directory.day(&version.policy, day, &stipend.keys, stipend.threads);
    let today = &facts.works;
    let mut table = Table::default();
    table.text("work", directory.works.ids().to_vec());
    table.int("work_hash", directory.works.hashes().to_vec());
    let creator = |t: &metering::WorkToday| directory.creator_id(t.creator).to_owned();
    table.text("creator", today.iter().map(creator).collect());
    table.int("account_hash", today.iter().map(|t| t.account).collect());
    table.int("length_ms", today.iter().map(|t| i64::from(t.length_ms)).collect());
    let reason = |t: &metering::WorkToday| t.exclusion.map_or("", kernel::Reason::code).to_owned();
    table.text("reason", today.iter().map(reason).collect());
    Ok(table)
}
