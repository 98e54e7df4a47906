//! Settling: days that are over and not posted get their run; posted days whose inputs changed get
//! a correction; a posted day is never rewritten (I8).
use std::collections::{BTreeMap, BTreeSet};

use kernel::{Day, Reason, cast};
use ledger::{Account, Purpose, Transfer};
use metering::{DayFacts, Rules, TargetDays, UnknownDay, Verdict, WorkDay};
use program::Policy;
use settlement::{CreatorDay, Line, correct, score, settle_day};
use sha2::{Digest, Sha256};
use store::{Confirmation, RunRow, SegmentRow};

use crate::directory::Directory;
use crate::error::Error;
use crate::failpoint;
use crate::metering::{Closed, Job};
use crate::programs::{self, Published};
use crate::records::{self, Scored};
use crate::workspace::Stipend;

/// How far to settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Through {
    /// Through a day.
    Day(Day),
    /// Through the last day that is over and has events.
    Latest,
}

/// A run that was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The day.
    pub day: Day,
    /// 0 for the settlement, then counting corrections.
    pub number: i64,
    /// Events accepted for the day.
    pub accepted: i64,
    /// Qualified views.
    pub qualified: i64,
    /// Lines.
    pub lines: usize,
    /// Ledger units paid by this run.
    pub paid: i64,
    /// SHA-256 of the lines as canonical CSV, in hex.
    pub lines_digest: String,
    /// When the earnings may be shown.
    pub publish_us: i64,
}

/// What a settlement did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The program.
    pub program: String,
    /// Runs posted, corrections first.
    pub posted: Vec<Posted>,
    /// Days that were counted again and whose lines stand as they are.
    pub confirmed: Vec<Day>,
    /// Posted days with late events that lie before the correction window: left as they are.
    pub closed: Vec<Day>,
}

/// Told what settling is at: a word and how far, of how much.
pub type Progress<'a> = &'a mut dyn FnMut(&str, u64, u64);

/// Settles a program through a day.
///
/// # Errors
/// [`Error::Refused`] when the day is not over or the program settles nothing yet.
pub fn settle(
    stipend: &mut Stipend,
    program: Option<&str>,
    through: Through,
    now_us: i64,
    progress: Progress<'_>,
) -> Result<Report, Error> {
    let versions = programs::versions(stipend, program)?;
    let mut state = State::load(stipend, versions)?;
    let Some(plan) = state.plan(through, now_us)? else {
        return Ok(Report { program: state.name, ..Report::default() });
    };
    if plan.targets.is_empty() {
        return Ok(Report { program: state.name, closed: plan.closed, ..Report::default() });
    }
    progress("counting", 0, cast::wide(plan.targets.len()));
    let mut targets = plan.targets.clone();
    let metered = loop {
        let metered = state.meter(stipend, &targets, &plan.open)?;
        // Copies of one event on two days: both days count anew.
        let more: Vec<Day> =
            metered.crossed.iter().copied().filter(|d| !targets.contains(d)).collect();
        let more: Vec<Day> = more.into_iter().filter(|day| plan.open.contains(day)).collect();
        if more.is_empty() {
            break metered;
        }
        targets.extend(more);
    };
    failpoint::reach("settle:metered");
    let mut report =
        Report { program: state.name.clone(), closed: plan.closed, ..Report::default() };
    state.post_corrections(stipend, &metered, now_us, &mut report)?;
    let new: Vec<Day> = metered.days.keys().copied().filter(|day| !state.is_posted(*day)).collect();
    for (done, day) in (0..).zip(&new) {
        progress("settling", done, cast::wide(new.len()));
        state.post_new(stipend, &metered, *day, now_us, &mut report)?;
        failpoint::reach("settle:between-days");
    }
    Ok(report)
}

/// Everything that settling a program reads.
struct State {
    name: String,
    versions: Vec<Published>,
    segments: Vec<SegmentRow>,
    catalog_seq: i64,
    /// All runs, by day.
    runs: BTreeMap<Day, Vec<RunRow>>,
    confirmations: BTreeMap<Day, Confirmation>,
    directory: Directory,
}

/// What is to be counted.
struct Plan {
    /// Days to count: not posted, or posted with changed inputs.
    targets: BTreeSet<Day>,
    /// Posted days that may still be corrected.
    open: BTreeSet<Day>,
    /// Posted days with changed events that may not.
    closed: Vec<Day>,
}

/// Counted days.
struct Metered {
    days: BTreeMap<Day, DayCounts>,
    crossed: BTreeSet<Day>,
}

/// A day as it was counted: what creators bring to it, and its work-days ready to be written.
struct DayCounts {
    creators: Vec<CreatorDay>,
    work_days: Vec<u8>,
    work_days_digest: [u8; 32],
    accepted: i64,
    facts_digest: [u8; 32],
}

/// A day's works with their scores, and what creators bring to the day by them.
struct DayScores {
    scored: Vec<Scored>,
    creators: Vec<CreatorDay>,
    facts_digest: [u8; 32],
}

/// The lines of a day: what stood, what stands now.
struct DayLines {
    changes: Vec<(Line, Line)>,
    spent: i64,
}

impl State {
    fn load(stipend: &mut Stipend, versions: Vec<Published>) -> Result<State, Error> {
        let name = versions.first().map(|v| v.row.program.clone()).unwrap_or_default();
        let mut runs: BTreeMap<Day, Vec<RunRow>> = BTreeMap::new();
        for run in stipend.db.runs(&name)? {
            runs.entry(run.day).or_default().push(run);
        }
        let confirmations = stipend.db.confirmations(&name)?;
        Ok(State {
            segments: stipend.db.segments()?,
            catalog_seq: stipend.db.last_catalog_import()?,
            runs,
            confirmations: confirmations.into_iter().map(|c| (c.day, c)).collect(),
            directory: Directory::load(&mut stipend.db)?,
            name,
            versions,
        })
    }

    fn is_posted(&self, day: Day) -> bool {
        self.runs.contains_key(&day)
    }

    fn first_policy(&self) -> Result<&Published, Error> {
        self.versions.first().ok_or_else(|| Error::Refused("the program has no version".to_owned()))
    }

    /// The version that settles a day: the one that settled it, or the last in effect.
    fn version_of(&self, day: Day) -> Result<&Published, Error> {
        if let Some(run) = self.runs.get(&day).and_then(|runs| runs.first()) {
            let pinned = self.versions.iter().find(|v| v.row.version == run.policy_version);
            return pinned.ok_or_else(|| {
                Error::Refused(format!("version {} of the policy is gone", run.policy_version))
            });
        }
        let in_effect = self.versions.iter().rev().find(|v| v.policy.effective <= day);
        in_effect.ok_or_else(|| Error::Refused(format!("no policy is in effect on {day}")))
    }

    fn plan(&self, through: Through, now_us: i64) -> Result<Option<Plan>, Error> {
        let policy = &self.first_policy()?.policy;
        let zone = &policy.zone;
        let last_over = zone.day_of(now_us).plus(-1);
        let first_us = self.segments.iter().map(|segment| segment.first_us).min();
        let last_us = self.segments.iter().map(|segment| segment.last_us).max();
        let (Some(first_us), Some(last_us)) = (first_us, last_us) else {
            if let Through::Day(day) = through {
                self.check_over(day, last_over)?;
            }
            return Ok(None);
        };
        let through = match through {
            Through::Day(day) => day,
            Through::Latest => zone.day_of(last_us).min(last_over),
        };
        self.check_over(through, last_over)?;
        let first = zone.day_of(first_us).max(policy.effective);
        let span = through.epoch_days() - first.epoch_days() + 1;
        if span > kernel::limits::SETTLE_DAYS_MAX {
            return Err(Error::Refused(format!(
                "the log begins on {first}: {span} days are more than one run may settle. If those \
                 early events are wrong, set the policy's effective day after them"
            )));
        }
        let mut plan = Plan { targets: BTreeSet::new(), open: BTreeSet::new(), closed: Vec::new() };
        for offset in 0..span {
            let day = first.plus(offset);
            if !self.is_posted(day) {
                plan.targets.insert(day);
            }
        }
        let newest = self.runs.keys().next_back().copied().unwrap_or(through).max(through);
        for &day in self.runs.keys() {
            let policy = &self.version_of(day)?.policy;
            let open = newest.epoch_days() - day.epoch_days() <= policy.correction_days;
            let changed = self.changed(day)?;
            if open {
                plan.open.insert(day);
            }
            match (open, changed) {
                (true, Change::Events | Change::Facts) => {
                    plan.targets.insert(day);
                }
                (false, Change::Events) => plan.closed.push(day),
                (false, Change::Facts) | (_, Change::Nothing) => {}
            }
        }
        Ok(Some(plan))
    }

    fn check_over(&self, day: Day, last_over: Day) -> Result<(), Error> {
        if day <= last_over {
            return Ok(());
        }
        let zone = self.first_policy()?.policy.zone.name().to_owned();
        Err(Error::Refused(format!(
            "{day} is not over in {zone}: the last day that can be settled is {last_over}"
        )))
    }

    /// SHA-256 over the segments that overlap a day and its policy.
    fn inputs_digest(&self, day: Day) -> Result<[u8; 32], Error> {
        let version = self.version_of(day)?;
        let zone = &version.policy.zone;
        let (start, end) = (zone.start_us(day), zone.end_us(day));
        let mut digest = Sha256::new();
        digest.update(&version.row.digest);
        for segment in &self.segments {
            if segment.last_us >= start && segment.first_us < end {
                digest.update(segment.path.as_bytes());
                digest.update(&segment.digest);
            }
        }
        Ok(digest.finalize().into())
    }

    /// Whether the inputs of a posted day are other than those that it was last compared with.
    fn changed(&self, day: Day) -> Result<Change, Error> {
        let Some(last) = self.runs.get(&day).and_then(|runs| runs.last()) else {
            return Ok(Change::Events);
        };
        let confirmed = self.confirmations.get(&day).filter(|c| c.number == last.number);
        let (inputs, catalog) = match confirmed {
            Some(confirmed) => (&confirmed.inputs_digest, confirmed.catalog_seq),
            None => (&last.inputs_digest, last.catalog_seq),
        };
        if *inputs != self.inputs_digest(day)? {
            return Ok(Change::Events);
        }
        Ok(if catalog == self.catalog_seq { Change::Nothing } else { Change::Facts })
    }

    /// Times that nothing can be added to any more.
    fn closed(&self, open: &BTreeSet<Day>) -> Result<Vec<Closed>, Error> {
        let first = &self.first_policy()?.policy;
        let began = first.zone.start_us(first.effective);
        let mut closed = vec![Closed { from: i64::MIN, until: began, manifest_seq: -1 }];
        for (day, runs) in self.runs.iter().filter(|(day, _)| !open.contains(day)) {
            let last = runs.last().map_or(0, |run| run.manifest_seq);
            let known = self.confirmations.get(day).map_or(last, |c| c.manifest_seq.max(last));
            let zone = &first.zone;
            let (from, until) = (zone.start_us(*day), zone.end_us(*day));
            closed.push(Closed { from, until, manifest_seq: known });
        }
        Ok(closed)
    }

    fn meter(
        &self,
        stipend: &Stipend,
        targets: &BTreeSet<Day>,
        open: &BTreeSet<Day>,
    ) -> Result<Metered, Error> {
        let closed = self.closed(open)?;
        let mut metered = Metered { days: BTreeMap::new(), crossed: BTreeSet::new() };
        // Days of one policy version are counted in one pass.
        let mut groups: BTreeMap<i64, Vec<Day>> = BTreeMap::new();
        for &day in targets {
            groups.entry(self.version_of(day)?.row.version).or_default().push(day);
        }
        for days in groups.into_values() {
            let Some(&first) = days.first() else { continue };
            let policy = &self.version_of(first)?.policy;
            self.meter_group(stipend, policy, &days, &closed, &mut metered)?;
        }
        Ok(metered)
    }

    fn meter_group(
        &self,
        stipend: &Stipend,
        policy: &Policy,
        days: &[Day],
        closed: &[Closed],
        metered: &mut Metered,
    ) -> Result<(), Error> {
        let zone = &policy.zone;
        let group = self.count_group(stipend, policy, days, closed)?;
        for (a, b) in &group.crossed {
            metered.crossed.extend([zone.day_of(*a), zone.day_of(*b)]);
        }
        metered.days.extend(group.each(days, stipend.threads, |day, facts, counts, unknown| {
            let scores = self.score_day(policy, day, facts, counts, unknown);
            self.table_day(policy, day, scores, unknown)
        })?);
        Ok(())
    }

    /// Counts the events of days that one version settles.
    fn count_group(
        &self,
        stipend: &Stipend,
        policy: &Policy,
        days: &[Day],
        closed: &[Closed],
    ) -> Result<Group, Error> {
        let zone = &policy.zone;
        let bounds = days.iter().map(|day| (zone.start_us(*day), zone.end_us(*day))).collect();
        let dated: Vec<(Day, &Policy)> = days.iter().map(|day| (*day, policy)).collect();
        let works = self.directory.table(&dated, &stipend.keys);
        let job = Job {
            lake: &stipend.lake(),
            segments: &self.segments,
            rules: &Rules::of(policy),
            works: &works,
            days: &TargetDays::new(bounds),
            closed,
            threads: stipend.threads,
        };
        let mut partial = job.run()?;
        let crossed = std::mem::take(&mut partial.crossed);
        let (counts, unknown) = partial.finish();
        Ok(Group { works, counts, unknown, crossed })
    }

    /// Scores a day's works and sums them by creator.
    fn score_day(
        &self,
        policy: &Policy,
        day: Day,
        facts: &DayFacts,
        counts: &[WorkDay],
        unknown: &[UnknownDay],
    ) -> DayScores {
        let posts = self.directory.posts(policy, day);
        let mut scored = Vec::with_capacity(counts.len());
        let mut sums: BTreeMap<u32, (i64, i128)> = BTreeMap::new();
        // What the catalog said of the works that were counted, for its digest.
        let mut known = Vec::with_capacity(counts.len() * 40);
        for counts in counts {
            let work = cast::index(counts.work);
            let today = &facts.works[work];
            let factor = self.directory.factor(policy, work, counts.creator, day, &posts);
            let score = score(policy, counts, &factor);
            let views = counts.verdicts[Verdict::Qualified.place()];
            if views > 0 || score.total > 0 {
                let sum = sums.entry(counts.creator).or_default();
                sum.0 += i64::from(views);
                sum.1 += score.total;
            }
            known.extend_from_slice(self.directory.works[work].id.as_bytes());
            known.push(b'\t');
            known.extend_from_slice(self.directory.creator_id(today.creator).as_bytes());
            known.push(b'\t');
            known.extend_from_slice(today.exclusion.map_or("", Reason::code).as_bytes());
            known.extend_from_slice(&today.length_ms.to_le_bytes());
            known.extend_from_slice(&factor.product().to_le_bytes());
            let exclusion = today.exclusion;
            scored.push(Scored { counts: counts.clone(), exclusion, factor, score });
        }
        for row in unknown {
            known.extend_from_slice(&row.work.to_le_bytes());
        }
        let creator = |(place, (views, score))| CreatorDay {
            creator: self.directory.creator_id(place).to_owned(),
            views,
            score,
            carried_in: 0,
        };
        // Places are ranks, so this is the order of ids.
        let creators = sums.into_iter().map(creator).collect();
        DayScores { scored, creators, facts_digest: lake::files::sha256(&known) }
    }

    /// Makes the table of a scored day.
    fn table_day(
        &self,
        policy: &Policy,
        day: Day,
        scores: DayScores,
        unknown: &[UnknownDay],
    ) -> Result<DayCounts, Error> {
        let table = records::work_days(&self.directory, policy, day, &scores.scored, unknown)?;
        Ok(DayCounts {
            creators: scores.creators,
            work_days: table.to_parquet()?,
            work_days_digest: lake::files::sha256(&records::canonical(&table)),
            accepted: table.ints("accepted")?.iter().sum(),
            facts_digest: scores.facts_digest,
        })
    }

    /// The lines that stand for a posted day: the latest of each creator, by id; dropped ones gone.
    fn standing(&self, stipend: &Stipend, day: Day) -> Result<Vec<Line>, Error> {
        let mut lines: BTreeMap<kernel::CreatorId, Line> = BTreeMap::new();
        for run in self.runs.get(&day).into_iter().flatten() {
            let table = lake::Table::read_parquet(&stipend.lake().join(&run.lines_path))?;
            for line in records::read_lines(&table)? {
                let key = kernel::CreatorId::new(&line.creator);
                let key = key.map_err(|error| Error::Refused(error.to_string()))?;
                lines.insert(key, line);
            }
        }
        lines.retain(|_, line| *line != Line { creator: line.creator.clone(), ..Line::default() });
        Ok(lines.into_values().collect())
    }

    /// What days of the month before `day` take of the budget; `now` overrides what was posted.
    fn spent_before(&self, day: Day, now: &BTreeMap<Day, i64>) -> i64 {
        let month = day.month_start()..day;
        let posted = self.runs.range(month.clone()).filter_map(|(day, runs)| {
            if now.contains_key(day) { None } else { runs.last().map(|run| run.spent) }
        });
        posted.chain(now.range(month).map(|(_, spent)| *spent)).sum()
    }

    /// Whether amounts of one day depend on those of earlier days, under any version.
    fn moves(&self) -> bool {
        let moves = |limits: &program::Limits| limits.carries() || limits.monthly_budget.is_some();
        self.versions.iter().any(|version| moves(&version.policy.limits))
    }

    /// What each creator carries into `day`: the ledger's balance, less what posted lines from
    /// `day` on moved.
    fn carried_into(
        &self,
        stipend: &mut Stipend,
        day: Day,
    ) -> Result<BTreeMap<String, i64>, Error> {
        let mut carried = BTreeMap::new();
        for balance in stipend.db.balances()? {
            if let Ok(Account::Carried { program, creator }) = balance.account.parse()
                && program == self.name
            {
                carried.insert(creator, balance.credits - balance.debits);
            }
        }
        let later: Vec<Day> = self.runs.range(day..).map(|(day, _)| *day).collect();
        for day in later {
            for line in self.standing(stipend, day)? {
                *carried.entry(line.creator).or_default() -= line.carried_out - line.carried_in;
            }
        }
        Ok(carried)
    }

    /// Posts, in one batch, everything up to the last posted day: corrections of days that were
    /// counted anew, settlements of days between posted ones, and corrections of the days after
    /// them where amounts move from day to day.
    fn post_corrections(
        &mut self,
        stipend: &mut Stipend,
        metered: &Metered,
        now_us: i64,
        report: &mut Report,
    ) -> Result<(), Error> {
        let Some(last) = self.runs.keys().next_back().copied() else { return Ok(()) };
        let Some(first) = metered.days.keys().copied().find(|day| *day <= last) else {
            return Ok(());
        };
        let mut days: BTreeSet<Day> = self.runs.range(first..).map(|(day, _)| *day).collect();
        days.extend(metered.days.range(first..last).map(|(day, _)| *day));
        let mut carried = self.carried_into(stipend, first)?;
        let mut spent: BTreeMap<Day, i64> = BTreeMap::new();
        let (mut runs, mut transfers) = (Vec::new(), Vec::new());
        for day in days {
            let counts = metered.days.get(&day);
            if counts.is_none() && !self.moves() {
                continue;
            }
            let policy = self.version_of(day)?.policy.clone();
            let standing = self.standing(stipend, day)?;
            let creators = match counts {
                Some(counts) => counts.creators.clone(),
                None => standing.iter().map(creator_day).collect(),
            };
            let spent_before = self.spent_before(day, &spent);
            let settled = settle_carried(&policy, creators, spent_before, &mut carried)?;
            spent.insert(day, settled.spent);
            let changes = correct(&standing, &settled.lines);
            if changes.is_empty() && self.is_posted(day) {
                report.confirmed.push(day);
                if !self.recounted(day, counts) {
                    self.confirm(stipend, day)?;
                    continue;
                }
            }
            // Counts that differ without moving money make a run without lines.
            let lines = DayLines { changes, spent: settled.spent };
            let number = self.runs.get(&day).map_or(0, |runs| cast::wide(runs.len()));
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            let run = self.write_run(stipend, day, number, counts, &lines, now_us)?;
            transfers.extend(self.transfers(&policy, day, number, &lines.changes));
            runs.push((run, lines));
        }
        if runs.is_empty() {
            return Ok(());
        }
        let keys: Vec<String> =
            runs.iter().map(|(run, _)| format!("{}#{}", run.day, run.number)).collect();
        let key = format!("correct/{}/{}", self.name, keys.join(","));
        self.commit(stipend, &key, runs, &transfers, now_us, report)
    }

    fn post_new(
        &mut self,
        stipend: &mut Stipend,
        metered: &Metered,
        day: Day,
        now_us: i64,
        report: &mut Report,
    ) -> Result<(), Error> {
        let Some(counts) = metered.days.get(&day) else {
            return Ok(());
        };
        let policy = self.version_of(day)?.policy.clone();
        let mut carried =
            if self.moves() { self.carried_into(stipend, day)? } else { BTreeMap::new() };
        let spent_before = self.spent_before(day, &BTreeMap::new());
        let creators = counts.creators.clone();
        let settled = settle_carried(&policy, creators, spent_before, &mut carried)?;
        let changes = correct(&[], &settled.lines);
        let lines = DayLines { changes, spent: settled.spent };
        let run = self.write_run(stipend, day, 0, Some(counts), &lines, now_us)?;
        let transfers = self.transfers(&policy, day, 0, &lines.changes);
        let key = format!("settle/{}/{day}", self.name);
        self.commit(stipend, &key, vec![(run, lines)], &transfers, now_us, report)
    }

    /// The transfers of a run: what changes for each creator, through the program's pool.
    fn transfers(
        &self,
        policy: &Policy,
        day: Day,
        run: i64,
        changes: &[(Line, Line)],
    ) -> Vec<Transfer> {
        let program = self.name.as_str();
        let purpose = Purpose { asset: policy.asset.code(), program, day, run };
        let pool = Account::Pool { program: program.to_owned() };
        let mut transfers = Vec::new();
        let (mut earned, mut forfeited) = (0, 0);
        for (before, after) in changes {
            earned += after.earned - before.earned;
            forfeited += after.forfeited - before.forfeited;
            let creator = after.creator.clone();
            let kept = |line: &Line| line.carried_out - line.carried_in;
            let carried =
                Account::Carried { program: program.to_owned(), creator: creator.clone() };
            let paid = after.paid - before.paid;
            transfers.extend(Transfer::between(&pool, Account::Earned { creator }, paid, &purpose));
            transfers.extend(Transfer::between(
                &pool,
                carried,
                kept(after) - kept(before),
                &purpose,
            ));
        }
        let funding = Account::Funding { program: program.to_owned() };
        let kept_back = Account::Forfeited { program: program.to_owned() };
        let funded = Transfer::between(&pool, funding, -earned, &purpose);
        let mut all: Vec<Transfer> = funded.into_iter().collect();
        all.extend(transfers);
        all.extend(Transfer::between(&pool, kept_back, forfeited, &purpose));
        all
    }

    /// Writes a run's tables into the lake, durably; gives its row.
    fn write_run(
        &self,
        stipend: &Stipend,
        day: Day,
        number: i64,
        counts: Option<&DayCounts>,
        lines: &DayLines,
        now_us: i64,
    ) -> Result<RunRow, Error> {
        let version = self.version_of(day)?;
        let policy = &version.policy;
        let folder = format!("runs/{}/{day}", self.name);
        let last = self.runs.get(&day).and_then(|runs| runs.last());
        let write = |name: &str, bytes: &[u8]| -> Result<String, Error> {
            let path = format!("{folder}/{number}-{name}.parquet");
            let full = stipend.lake().join(&path);
            lake::files::write_durably(&full, bytes).map_err(Error::file(&full))?;
            Ok(path)
        };
        let table = records::lines(day, number, &lines.changes)?;
        let lines_path = write("lines", &table.to_parquet()?)?;
        let lines_digest = lake::files::sha256(&records::canonical(&table));
        let paid = table.ints("amount")?.iter().sum();
        let (work_days_path, work_days_digest, facts_digest, accepted) = match (counts, last) {
            (Some(counts), _) => (
                write("work-days", &counts.work_days)?,
                counts.work_days_digest.to_vec(),
                counts.facts_digest.to_vec(),
                counts.accepted,
            ),
            // Only amounts moved: the counts are those of the run before.
            (None, Some(last)) => (
                last.work_days_path.clone(),
                last.work_days_digest.clone(),
                last.facts_digest.clone(),
                last.accepted,
            ),
            (None, None) => return Err(Error::Refused(format!("{day} was not counted"))),
        };
        failpoint::reach("settle:files-written");
        // A correction is shown as a day settled today would be (requirement R85).
        let shown_like = if number == 0 { day } else { policy.zone.day_of(now_us) };
        let publish_day = shown_like.plus(policy.publish_after_days);
        Ok(RunRow {
            program: self.name.clone(),
            day,
            number,
            policy_version: version.row.version,
            manifest_seq: self.segments.last().map_or(0, |segment| segment.seq),
            catalog_seq: self.catalog_seq,
            inputs_digest: self.inputs_digest(day)?.to_vec(),
            facts_digest,
            work_days_path,
            work_days_digest,
            lines_path,
            lines_digest: lines_digest.to_vec(),
            line_count: i64::try_from(lines.changes.len()).unwrap_or(i64::MAX),
            paid,
            spent: lines.spent,
            accepted,
            created_us: now_us,
            publish_us: policy.zone.at_us(publish_day, policy.publish_at),
        })
    }

    /// Whether a posted day's counts are other than those that stand.
    fn recounted(&self, day: Day, counts: Option<&DayCounts>) -> bool {
        let last = self.runs.get(&day).and_then(|runs| runs.last());
        match (counts, last) {
            (Some(counts), Some(last)) => counts.work_days_digest != *last.work_days_digest,
            _ => false,
        }
    }

    fn confirm(&self, stipend: &mut Stipend, day: Day) -> Result<(), Error> {
        let number = self.runs.get(&day).and_then(|runs| runs.last()).map_or(0, |run| run.number);
        let done = Confirmation {
            day,
            number,
            manifest_seq: self.segments.last().map_or(0, |segment| segment.seq),
            catalog_seq: self.catalog_seq,
            inputs_digest: self.inputs_digest(day)?.to_vec(),
        };
        stipend.db.write(|db| db.confirm_run(&self.name, &done))?;
        Ok(())
    }

    /// Posts runs with their transfers in one transaction.
    fn commit(
        &mut self,
        stipend: &mut Stipend,
        key: &str,
        runs: Vec<(RunRow, DayLines)>,
        transfers: &[Transfer],
        now_us: i64,
        report: &mut Report,
    ) -> Result<(), Error> {
        stipend.db.write(|db| {
            for (run, _) in &runs {
                db.add_run(run)?;
            }
            let settlement = runs.iter().any(|(run, _)| run.number == 0);
            if settlement || !transfers.is_empty() {
                db.post(key, transfers, now_us)?;
            }
            failpoint::reach("settle:before-commit");
            Ok::<_, Error>(())
        })?;
        failpoint::reach("settle:after-commit");
        for (run, lines) in runs {
            if run.number > 0 && lines.changes.is_empty() {
                self.runs.entry(run.day).or_default().push(run);
                continue;
            }
            report.posted.push(Posted {
                day: run.day,
                number: run.number,
                accepted: run.accepted,
                qualified: lines.changes.iter().map(|(_, line)| line.views).sum(),
                lines: lines.changes.len(),
                paid: run.paid,
                lines_digest: hex::encode(&run.lines_digest),
                publish_us: run.publish_us,
            });
            self.runs.entry(run.day).or_default().push(run);
        }
        Ok(())
    }
}

/// Counted days of one version.
struct Group {
    works: metering::WorkTable,
    counts: Vec<WorkDay>,
    unknown: Vec<UnknownDay>,
    crossed: Vec<(i64, i64)>,
}

impl Group {
    /// Does `each` for every day, on several threads: here days do not depend on each other.
    fn each<T: Send>(
        &self,
        days: &[Day],
        threads: usize,
        each: impl Fn(Day, &DayFacts, &[WorkDay], &[UnknownDay]) -> Result<T, Error> + Sync,
    ) -> Result<Vec<(Day, T)>, Error> {
        let next = std::sync::atomic::AtomicUsize::new(0);
        let work = || -> Result<Vec<(Day, T)>, Error> {
            let mut done = Vec::new();
            loop {
                let place = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                let Some(&day) = days.get(place) else { return Ok(done) };
                let place = u16::try_from(place).unwrap_or(u16::MAX);
                let counts = part_of(&self.counts, place, |counts| counts.day);
                let unknown = part_of(&self.unknown, place, |unknown| unknown.day);
                done.push((day, each(day, self.works.facts(place), counts, unknown)?));
            }
        };
        let results: Vec<Result<Vec<(Day, T)>, Error>> = std::thread::scope(|scope| {
            let threads = threads.clamp(1, days.len().max(1));
            let handles: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            handles
                .into_iter()
                .map(|handle| {
                    handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                })
                .collect()
        });
        let mut done = Vec::new();
        for result in results {
            done.extend(result?);
        }
        done.sort_by_key(|(day, _)| *day);
        Ok(done)
    }
}

/// What counting one day anew needs: for telling each event's verdict.
pub(crate) struct OneDay {
    pub(crate) version: Published,
    pub(crate) closed: Vec<Closed>,
    pub(crate) segments: Vec<SegmentRow>,
    pub(crate) directory: Directory,
}

/// The day as a settlement would count it now: under the version that settled it, if it is posted,
/// and without what came too late for closed days.
pub(crate) fn one_day(
    stipend: &mut Stipend,
    program: Option<&str>,
    day: Day,
) -> Result<OneDay, Error> {
    let versions = programs::versions(stipend, program)?;
    let state = State::load(stipend, versions)?;
    let newest = state.runs.keys().next_back().copied().unwrap_or(day).max(day);
    let mut open = BTreeSet::new();
    for &posted in state.runs.keys() {
        let policy = &state.version_of(posted)?.policy;
        if newest.epoch_days() - posted.epoch_days() <= policy.correction_days {
            open.insert(posted);
        }
    }
    let closed = state.closed(&open)?;
    let version = state.version_of(day)?.clone();
    Ok(OneDay { version, closed, segments: state.segments, directory: state.directory })
}

/// One measurement of a settlement that is not posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// Events read.
    pub events: u64,
    /// Microseconds to decode the columns of all events and do nothing with them.
    pub decode_us: u64,
    /// Microseconds from sealed segments and a loaded catalog to scored work-days and the amounts
    /// of every creator and day.
    pub settle_us: u64,
    /// Work-days counted.
    pub work_days: u64,
}

/// Settles everything without posting it, and says how long that took: for benchmarks. `timer`
/// gives microseconds that only grow.
///
/// # Errors
/// As [`settle`].
pub fn measure(
    stipend: &mut Stipend,
    program: Option<&str>,
    now_us: i64,
    timer: &dyn Fn() -> u64,
) -> Result<Measured, Error> {
    let versions = programs::versions(stipend, program)?;
    let mut state = State::load(stipend, versions)?;
    state.runs.clear();
    let Some(plan) = state.plan(Through::Latest, now_us)? else {
        return Err(Error::Refused("there are no events to settle".to_owned()));
    };
    let days: Vec<Day> = plan.targets.iter().copied().collect();
    let policy = &state.first_policy()?.policy;
    let closed = state.closed(&plan.open)?;
    let before = timer();
    let events = crate::metering::decode(&stipend.lake(), &state.segments, stipend.threads)?;
    let decode_us = timer() - before;
    let before = timer();
    let group = state.count_group(stipend, policy, &days, &closed)?;
    let scores = group.each(&days, stipend.threads, |day, facts, counts, unknown| {
        Ok(state.score_day(policy, day, facts, counts, unknown))
    })?;
    for (_, scores) in &scores {
        settle_day(policy, &scores.creators, 0)?;
    }
    let settle_us = timer() - before;
    let work_days = scores.iter().map(|(_, scores)| cast::wide(scores.scored.len())).sum();
    Ok(Measured { events, decode_us, settle_us, work_days })
}

/// The rows of one day, of rows ordered by day.
fn part_of<T>(rows: &[T], place: u16, day: impl Fn(&T) -> u16) -> &[T] {
    let start = rows.partition_point(|row| day(row) < place);
    let end = rows.partition_point(|row| day(row) <= place);
    &rows[start..end]
}

/// What a creator brought to a day, by the line that stands.
fn creator_day(line: &Line) -> CreatorDay {
    let creator = line.creator.clone();
    CreatorDay { creator, views: line.views, score: line.score, carried_in: 0 }
}

/// What changed since a day was last compared.
enum Change {
    Nothing,
    /// Its segments.
    Events,
    /// The catalog; perhaps not for this day.
    Facts,
}

/// Settles a day with what creators carry into it, and updates that.
fn settle_carried(
    policy: &Policy,
    mut creators: Vec<CreatorDay>,
    spent_before: i64,
    carried: &mut BTreeMap<String, i64>,
) -> Result<settlement::Settled, Error> {
    for creator in &mut creators {
        creator.carried_in = carried.get(&creator.creator).copied().unwrap_or(0);
    }
    let settled = settle_day(policy, &creators, spent_before)?;
    for line in &settled.lines {
        carried.insert(line.creator.clone(), line.carried_out);
    }
    Ok(settled)
}
