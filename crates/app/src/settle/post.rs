//! Posting: runs, their lines and transfers, in one transaction.
use std::collections::{BTreeMap, BTreeSet};

use kernel::{Day, cast};
use ledger::{Account, Purpose, Transfer};
use program::Policy;
use program::document::Outside;
use settlement::{CreatorDay, Line, correct, settle_day};
use store::{Confirmation, CreatorDayRow, RunRow};

use super::count::DayCounts;
use super::state::State;
use super::{Posted, Report};
use crate::audit;
use crate::backpay;
use crate::error::Error;
use crate::failpoint;
use crate::indicators::{self, Whole};
use crate::outbox;
use crate::records;
use crate::release;
use crate::workspace::Stipend;

/// The lines of a day: what stood, what stands now.
struct DayLines {
    changes: Vec<(Line, Line)>,
    spent: i64,
    /// What the lines that changed were made of; of amounts that moved alone it is what it was.
    made: Vec<CreatorDayRow>,
}

impl State {
    /// The lines that stand for a posted day: the latest of each creator, by id; dropped ones gone.
    pub(super) fn standing(&self, stipend: &Stipend, day: Day) -> Result<Vec<Line>, Error> {
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
    pub(super) fn spent_before(&self, day: Day, now: &BTreeMap<Day, i64>) -> i64 {
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
    pub(super) fn carried_into(
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
    pub(super) fn post_corrections(
        &mut self,
        stipend: &mut Stipend,
        counted: &BTreeMap<Day, DayCounts>,
        now_us: i64,
        report: &mut Report,
    ) -> Result<(), Error> {
        let Some(last) = self.runs.keys().next_back().copied() else { return Ok(()) };
        let Some(first) = counted.keys().copied().find(|day| *day <= last) else {
            return Ok(());
        };
        let mut days: BTreeSet<Day> = self.runs.range(first..).map(|(day, _)| *day).collect();
        days.extend(counted.range(first..last).map(|(day, _)| *day));
        let mut carried = self.carried_into(stipend, first)?;
        let mut spent: BTreeMap<Day, i64> = BTreeMap::new();
        let (mut runs, mut transfers) = (Vec::new(), Vec::new());
        for day in days {
            let counts = counted.get(&day);
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
            let settled = settle_carried(&policy, day, creators, spent_before, &mut carried)?;
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
            let whole = Whole::of(&settled.lines);
            let number = self.runs.get(&day).map_or(0, |runs| cast::wide(runs.len()));
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            let before;
            let sums = match counts {
                Some(counts) => &counts.sums,
                None => {
                    before = made_before(stipend, &self.name, day)?;
                    &before
                }
            };
            let made = indicators::rows(&policy, number, &changes, sums, whole, now_us);
            let lines = DayLines { changes, spent: settled.spent, made };
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

    pub(super) fn post_new(
        &mut self,
        stipend: &mut Stipend,
        day: Day,
        counts: &DayCounts,
        now_us: i64,
        report: &mut Report,
    ) -> Result<(), Error> {
        let policy = self.version_of(day)?.policy.clone();
        let mut carried =
            if self.moves() { self.carried_into(stipend, day)? } else { BTreeMap::new() };
        let spent_before = self.spent_before(day, &BTreeMap::new());
        let creators = counts.creators.clone();
        let settled = settle_carried(&policy, day, creators, spent_before, &mut carried)?;
        let changes = correct(&[], &settled.lines);
        let whole = Whole::of(&settled.lines);
        let made = indicators::rows(&policy, 0, &changes, &counts.sums, whole, now_us);
        let lines = DayLines { changes, spent: settled.spent, made };
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
        // A name of its own: who loses to another settlement must not have written over its files.
        let fresh = lake::files::fresh_name().map_err(Error::file("/dev/urandom"))?;
        let write = |name: &str, bytes: &[u8]| -> Result<String, Error> {
            let path = format!("{folder}/{number}-{name}-{fresh}.parquet");
            let full = stipend.lake().join(&path);
            lake::files::write_durably(&full, bytes).map_err(Error::file(&full))?;
            Ok(path)
        };
        let watch_time = policy.views.keep_watch_time;
        let table = records::lines(day, number, &lines.changes, watch_time)?;
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
        let actor = stipend.actor.clone();
        let asset = self.versions.last().map(|version| version.policy.asset.code().to_owned());
        let asset = asset.unwrap_or_default();
        let mut pending = BTreeMap::new();
        for (run, lines) in &runs {
            if release::takes(&lines.changes) {
                let before = self.runs.get(&run.day).map_or(&[][..], Vec::as_slice);
                pending.insert((run.day, run.number), release::earlier(stipend, run, before)?);
            }
        }
        stipend.db.write(|db| {
            let mut transfers = transfers.to_vec();
            let mut cover = release::Cover::new();
            // A case whose days several of these runs correct is computed once.
            let mut again = BTreeMap::new();
            for (run, lines) in &runs {
                if let Some(earlier) = pending.get(&(run.day, run.number)) {
                    let changes = &lines.changes;
                    transfers.extend(cover.of_run(db, run, &asset, changes, earlier, now_us)?);
                }
                db.add_run(run)?;
                db.add_creator_days(&run.program, run.day, &lines.made)?;
                let job = release::job(db, run)?;
                db.add_job(&job, now_us)?;
                if run.number > 0 {
                    for (appeal, job) in backpay::corrected(db, run, job.due_us)? {
                        let known = again.entry(appeal).or_insert_with(|| job.clone());
                        if known.due_us < job.due_us {
                            *known = job;
                        }
                    }
                }
                let kind = if run.number == 0 { "day.settled" } else { "day.corrected" };
                let subject = format!("{}/{}", run.program, run.day);
                outbox::emit(db, kind, &subject, &told(run), now_us)?;
                db.add_job(&crate::publish::job(run), now_us)?;
            }
            for job in again.values() {
                db.add_job(job, now_us)?;
            }
            let digest = lake::files::sha256(key.as_bytes());
            let entry = audit::Entry {
                actor: &actor,
                command: "day.settle",
                subject: key,
                reason: "the day is over, or what is known of it changed",
                outcome: "done",
                request: &digest,
            };
            audit::note(db, &entry, now_us)?;
            let settlement = runs.iter().any(|(run, _)| run.number == 0);
            if settlement || !transfers.is_empty() {
                db.post(key, &transfers, now_us)?;
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

/// What creators' days were made of in the runs so far.
fn made_before(stipend: &mut Stipend, program: &str, day: Day) -> Result<indicators::Sums, Error> {
    let rows = stipend.db.creators_of_day(program, day)?;
    Ok(rows.into_iter().map(|row| (row.creator.clone(), row)).collect())
}

/// A run as the platform is told of it.
fn told(run: &RunRow) -> serde_json::Value {
    serde_json::json!({
        "program": run.program,
        "day": run.day.to_string(),
        "number": run.number,
        "policy_version": run.policy_version,
        "lines": run.line_count,
        "paid": run.paid,
        "lines_digest": hex::encode(&run.lines_digest),
        "publish": kernel::day::instant(run.publish_us),
    })
}

/// What a creator brought to a day, by the line that stands.
fn creator_day(line: &Line) -> CreatorDay {
    let creator = line.creator.clone();
    CreatorDay {
        creator,
        views: line.views,
        score: line.score,
        carried_in: 0,
        watch_ms: line.watch_ms,
    }
}

/// Settles a day with what creators carry into it, and updates that. On a program's last day
/// nothing is carried any further: what was kept back for later is paid (N29).
pub(super) fn settle_carried(
    policy: &Policy,
    day: Day,
    mut creators: Vec<CreatorDay>,
    spent_before: i64,
    carried: &mut BTreeMap<String, i64>,
) -> Result<settlement::Settled, Error> {
    let mut policy = std::borrow::Cow::Borrowed(policy);
    if policy.catalogue.ends.is_some_and(|last| last.0 == day) {
        let limits = &mut policy.to_mut().limits;
        limits.floor = limits.floor.filter(|_| limits.below_floor == Outside::Forfeit);
        limits.cap = limits.cap.filter(|_| limits.above_cap == Outside::Forfeit);
        let here: BTreeSet<&str> = creators.iter().map(|one| one.creator.as_str()).collect();
        let only_carried: Vec<String> = carried
            .iter()
            .filter(|(creator, amount)| **amount > 0 && !here.contains(creator.as_str()))
            .map(|(creator, _)| creator.clone())
            .collect();
        let nothing =
            |creator| CreatorDay { creator, views: 0, score: 0, carried_in: 0, watch_ms: 0 };
        creators.extend(only_carried.into_iter().map(nothing));
        creators.sort_by(|a, b| kernel::id::order(&a.creator, &b.creator));
    }
    for creator in &mut creators {
        creator.carried_in = carried.get(&creator.creator).copied().unwrap_or(0);
    }
    let settled = settle_day(&policy, &creators, spent_before)?;
    for line in &settled.lines {
        carried.insert(line.creator.clone(), line.carried_out);
    }
    Ok(settled)
}
