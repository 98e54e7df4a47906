//! What settling a program reads, and which days are to be counted.
use std::collections::{BTreeMap, BTreeSet};

use kernel::Day;
use sha2::{Digest, Sha256};
use store::{Confirmation, RunRow, SegmentRow};

use super::Through;
use crate::directory::Directory;
use crate::error::Error;
use crate::metering::Closed;
use crate::programs::Published;
use crate::workspace::Stipend;

/// Everything that settling a program reads.
pub(super) struct State {
    pub(super) name: String,
    pub(super) versions: Vec<Published>,
    pub(super) segments: Vec<SegmentRow>,
    pub(super) catalog_seq: i64,
    /// All runs, by day.
    pub(super) runs: BTreeMap<Day, Vec<RunRow>>,
    pub(super) confirmations: BTreeMap<Day, Confirmation>,
    pub(super) directory: Directory,
    /// Whether its version is only tested: then it rules days that others settled, too.
    pub(super) tests: bool,
}

/// What is to be counted.
pub(super) struct Plan {
    /// Days to count: not posted, or posted with changed inputs.
    pub(super) targets: BTreeSet<Day>,
    /// Posted days that may still be corrected.
    pub(super) open: BTreeSet<Day>,
    /// Posted days with changed events that may not.
    pub(super) closed: Vec<Day>,
}

impl State {
    pub(super) fn load(stipend: &mut Stipend, versions: Vec<Published>) -> Result<State, Error> {
        let name = versions.first().map(|v| v.row.program.clone()).unwrap_or_default();
        let mut runs: BTreeMap<Day, Vec<RunRow>> = BTreeMap::new();
        for run in stipend.db.runs(&name)? {
            runs.entry(run.day).or_default().push(run);
        }
        let confirmations = stipend.db.confirmations(&name)?;
        let directory = Directory::load(&mut stipend.db, &stipend.keys)?;
        let directory = directory.with_members(&mut stipend.db, &versions)?;
        Ok(State {
            segments: stipend.db.segments()?,
            // Either grows alone: their sum tells whether anything was said or decided since.
            catalog_seq: stipend.db.last_catalog_import()? + stipend.db.last_step()?,
            runs,
            confirmations: confirmations.into_iter().map(|c| (c.day, c)).collect(),
            directory,
            tests: versions.iter().any(|version| version.row.version == i64::MAX),
            name,
            versions,
        })
    }

    pub(super) fn is_posted(&self, day: Day) -> bool {
        self.runs.contains_key(&day)
    }

    pub(super) fn first_policy(&self) -> Result<&Published, Error> {
        self.versions.first().ok_or_else(|| Error::Refused("the program has no version".to_owned()))
    }

    pub(super) fn version(&self, number: i64) -> Result<&Published, Error> {
        let found = self.versions.iter().find(|version| version.row.version == number);
        found.ok_or_else(|| Error::Refused(format!("version {number} of the policy is gone")))
    }

    /// The version that settles a day: the one that settled it, or the last in effect.
    pub(super) fn version_of(&self, day: Day) -> Result<&Published, Error> {
        if let Some(run) = self.runs.get(&day).and_then(|runs| runs.first())
            && !self.tests
        {
            return self.version(run.policy_version);
        }
        let in_effect = self.versions.iter().rev().find(|v| v.policy.effective <= day);
        in_effect.ok_or_else(|| Error::Refused(format!("no policy is in effect on {day}")))
    }

    pub(super) fn plan(&self, through: Through, now_us: i64) -> Result<Option<Plan>, Error> {
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
        // After its last day a program settles nothing (N29).
        let ends = self.versions.last().and_then(|last| last.policy.catalogue.ends);
        let through = ends.map_or(through, |ends| through.min(ends.0));
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
    pub(super) fn inputs_digest(&self, day: Day) -> Result<[u8; 32], Error> {
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
    pub(super) fn closed(&self, open: &BTreeSet<Day>) -> Result<Vec<Closed>, Error> {
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
}

/// What changed since a day was last compared.
enum Change {
    Nothing,
    /// Its segments.
    Events,
    /// The catalog; perhaps not for this day.
    Facts,
}
