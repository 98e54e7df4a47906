//! Back-tests: what a policy would have paid on days that are over, beside what the live one pays
//! for the same events and facts (requirement N16). Nothing is posted.
use std::collections::{BTreeMap, BTreeSet};

use kernel::Day;
use program::entry::Answer;
use program::{Policy, Reward};
use serde_json::{Value, json};
use settlement::Line;
use sha2::{Digest, Sha256};
use store::PolicyRow;

use super::post::settle_carried;
use super::state::State;
use crate::error::Error;
use crate::programs::{self, Published};
use crate::workspace::Stipend;
use crate::{evaluate, records};

/// Creators that a report names.
const NAMED: usize = 100;
/// Days of one back-test.
const DAYS_MAX: i32 = 400;

/// A day under both policies, in ledger units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestedDay {
    /// The day.
    pub day: Day,
    /// Paid by the live policy.
    pub live: i64,
    /// Paid by the tested one.
    pub tested: i64,
    /// Whether the live policy, computed again, comes to other lines than those that are posted:
    /// events or facts came too late for the correction window.
    pub unlike_posted: bool,
}

/// A creator under both policies, in ledger units, over all days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestedCreator {
    /// The creator.
    pub creator: String,
    /// Paid by the live policy.
    pub live: i64,
    /// Paid by the tested one.
    pub tested: i64,
}

/// A creator whose entry the tested policy decides otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestedEntry {
    /// The creator.
    pub creator: String,
    /// By the live policy.
    pub live: Answer,
    /// By the tested one.
    pub tested: Answer,
}

/// What a back-test came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backtest {
    /// The program.
    pub program: String,
    /// SHA-256 of the tested document.
    pub policy_digest: [u8; 32],
    /// Each day.
    pub days: Vec<TestedDay>,
    /// Every creator who is paid by either.
    pub creators: Vec<TestedCreator>,
    /// Every creator whose entry is decided otherwise on the day after the last.
    pub entries: Vec<TestedEntry>,
    /// SHA-256 over all lines of the live policy.
    pub live_digest: [u8; 32],
    /// SHA-256 over all lines of the tested one.
    pub tested_digest: [u8; 32],
    asset: kernel::Asset,
}

/// The lines of some days.
pub(super) struct Lines {
    pub(super) days: Vec<(Day, Vec<Line>)>,
    /// What each creator carries on after the last day.
    pub(super) carried: BTreeMap<String, i64>,
    digest: [u8; 32],
}

impl Lines {
    fn none() -> Lines {
        let digest = Sha256::digest([]).into();
        Lines { days: Vec::new(), carried: BTreeMap::new(), digest }
    }
}

fn days_of(from: Day, through: Day) -> BTreeSet<Day> {
    let span = 0..=through.epoch_days() - from.epoch_days();
    span.map(|offset| from.plus(offset)).collect()
}

fn digest_of(day: Day, lines: &[Line]) -> Result<Vec<u8>, Error> {
    let rows: Vec<(Line, Line)> =
        lines.iter().map(|line| (Line::default(), line.clone())).collect();
    Ok(records::canonical(&records::lines(day, 0, &rows, true)?))
}

/// Tests a document on days that are over, each with the events and facts that are known now.
///
/// # Errors
/// [`Error::Policy`] for a bad document; [`Error::Refused`] when days are not over or too many.
pub fn backtest(
    stipend: &mut Stipend,
    document: &str,
    (from, through): (Day, Day),
    now_us: i64,
) -> Result<Backtest, Error> {
    let mut policy = Policy::parse(document)?;
    let digest = lake::files::sha256(document.as_bytes());
    let all = programs::all(stipend)?;
    let live: Vec<Published> =
        all.into_iter().filter(|version| version.row.program == policy.program).collect();
    check(&policy, &live, (from, through), now_us)?;
    let asset = policy.asset.clone();
    let entries = entries(stipend, &live, &policy, through.plus(1))?;
    // The tested policy rules all of these days, whenever it is to take effect.
    policy.effective = from;
    let tested = Published {
        row: PolicyRow {
            program: policy.program.clone(),
            version: i64::MAX,
            effective: from,
            digest: digest.to_vec(),
            document: document.to_owned(),
            published_us: now_us,
        },
        policy,
    };
    let name = tested.row.program.clone();
    let mut unlike = BTreeSet::new();
    let live_lines = if live.is_empty() {
        Lines::none()
    } else {
        let state = State::load(stipend, live)?;
        let lines = state.lines_of(stipend, days_of(from, through), &days_of(from, through))?;
        for (day, lines) in &lines.days {
            if state.is_posted(*day)
                && digest_of(*day, &state.standing(stipend, *day)?)? != digest_of(*day, lines)?
            {
                unlike.insert(*day);
            }
        }
        lines
    };
    let state = State::load(stipend, vec![tested])?;
    let targets = days_of(from, through);
    let tested_lines = state.lines_of(stipend, targets.clone(), &targets)?;
    let mut days = Vec::new();
    let mut creators: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    let by_day: BTreeMap<Day, &Vec<Line>> =
        live_lines.days.iter().map(|(day, lines)| (*day, lines)).collect();
    for (day, lines) in &tested_lines.days {
        let live = by_day.get(day).map_or(&[][..], |lines| lines.as_slice());
        for line in live {
            creators.entry(line.creator.clone()).or_default().0 += line.paid;
        }
        for line in lines {
            creators.entry(line.creator.clone()).or_default().1 += line.paid;
        }
        days.push(TestedDay {
            day: *day,
            live: live.iter().map(|line| line.paid).sum(),
            tested: lines.iter().map(|line| line.paid).sum(),
            unlike_posted: unlike.contains(day),
        });
    }
    let creators = creators.into_iter();
    let creators = creators.filter(|(_, (live, tested))| *live != 0 || *tested != 0);
    let creators =
        creators.map(|(creator, (live, tested))| TestedCreator { creator, live, tested }).collect();
    Ok(Backtest {
        program: name,
        policy_digest: digest,
        days,
        creators,
        entries,
        live_digest: live_lines.digest,
        tested_digest: tested_lines.digest,
        asset,
    })
}

fn check(
    policy: &Policy,
    live: &[Published],
    (from, through): (Day, Day),
    now_us: i64,
) -> Result<(), Error> {
    let refuse = |text: String| Err(Error::Refused(text));
    if policy.reward == Reward::Nothing {
        return refuse("the program pays nothing of its own: there is nothing to test".to_owned());
    }
    if let Some(first) = live.first()
        && (first.policy.asset != policy.asset || first.policy.zone != policy.zone)
    {
        return refuse("a program keeps its currency and its time zone".to_owned());
    }
    if through < from || through.epoch_days() - from.epoch_days() >= DAYS_MAX {
        return refuse(format!("a back-test is of 1 to {DAYS_MAX} days, the first named first"));
    }
    if policy.zone.end_us(through) > now_us {
        return refuse(format!("{through} is not over in {}", policy.zone.name()));
    }
    if let Some(first) = live.first()
        && first.policy.effective > from
    {
        let day = first.policy.effective;
        return refuse(format!("the program begins on {day}: test from that day on"));
    }
    Ok(())
}

/// Creators whose entry is decided otherwise.
fn entries(
    stipend: &mut Stipend,
    live: &[Published],
    tested: &Policy,
    day: Day,
) -> Result<Vec<TestedEntry>, Error> {
    let Some(live) = live.iter().rev().find(|version| version.policy.effective <= day) else {
        return Ok(Vec::new());
    };
    let before = evaluate::answers(stipend, &live.policy, day)?;
    let after = evaluate::answers(stipend, tested, day)?;
    let pairs = before.into_iter().zip(after);
    let differ = pairs.filter(|((_, live), (_, tested))| live != tested);
    let entry = |((creator, live), (_, tested))| TestedEntry { creator, live, tested };
    Ok(differ.map(entry).collect())
}

impl State {
    /// The lines of some days, as a settlement of all of them would make them now; what came too
    /// late for days that are not `open` is left out.
    pub(super) fn lines_of(
        &self,
        stipend: &mut Stipend,
        targets: BTreeSet<Day>,
        open: &BTreeSet<Day>,
    ) -> Result<Lines, Error> {
        let Some(from) = targets.first().copied() else {
            return Ok(Lines::none());
        };
        // What the ledger holds of amounts that are carried is the live policy's.
        let mut carried = self.carried_into(stipend, from)?;
        let mut spent: BTreeMap<Day, i64> = BTreeMap::new();
        let work = self.work(stipend, targets, open)?;
        let mut counted = BTreeMap::new();
        for group in &work.groups {
            let group = self.count_group(stipend, &work, group)?;
            let days = group.each_day(|_, scores, _| Ok(scores.creators(&self.directory)))?;
            counted.extend(days);
        }
        let mut hash = Sha256::new();
        let mut days = Vec::new();
        for (day, creators) in counted {
            let policy = &self.version_of(day)?.policy;
            let before = self.spent_before(day, &spent);
            let settled = settle_carried(policy, day, creators, before, &mut carried)?;
            spent.insert(day, settled.spent);
            let nothing =
                |line: &Line| *line == Line { creator: line.creator.clone(), ..Line::default() };
            let lines: Vec<Line> =
                settled.lines.into_iter().filter(|line| !nothing(line)).collect();
            hash.update(digest_of(day, &lines)?);
            days.push((day, lines));
        }
        Ok(Lines { days, carried, digest: hash.finalize().into() })
    }
}

impl Backtest {
    /// What changes for creators: how many gain, lose, come in, drop out.
    #[must_use]
    pub fn counts(&self) -> [(&'static str, usize); 4] {
        let count = |holds: &dyn Fn(&TestedCreator) -> bool| {
            self.creators.iter().filter(|creator| holds(creator)).count()
        };
        [
            ("gain", count(&|one| one.live > 0 && one.tested > one.live)),
            ("lose", count(&|one| one.tested > 0 && one.tested < one.live)),
            ("enter", count(&|one| one.live <= 0 && one.tested > 0)),
            ("drop_out", count(&|one| one.live > 0 && one.tested <= 0)),
        ]
    }

    /// The creators for whom most changes, the largest change first.
    fn most(&self) -> Vec<&TestedCreator> {
        let mut changed: Vec<&TestedCreator> =
            self.creators.iter().filter(|one| one.live != one.tested).collect();
        changed.sort_by_key(|one| (std::cmp::Reverse((one.tested - one.live).abs()), &one.creator));
        changed.truncate(NAMED);
        changed
    }

    fn totals(&self) -> (i64, i64) {
        let live = self.days.iter().map(|day| day.live).sum();
        (live, self.days.iter().map(|day| day.tested).sum())
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let (live, tested) = self.totals();
        let day = |day: &TestedDay| {
            json!({ "day": day.day.to_string(), "live": day.live, "tested": day.tested,
                    "unlike_posted": day.unlike_posted })
        };
        let creator = |one: &&TestedCreator| {
            let (live, tested) = (one.live, one.tested);
            json!({ "creator": one.creator, "live": live, "tested": tested })
        };
        let entry = |one: &TestedEntry| {
            let (live, tested) = (one.live.word(), one.tested.word());
            json!({ "creator": one.creator, "live": live, "tested": tested })
        };
        let counts: serde_json::Map<String, Value> = self
            .counts()
            .into_iter()
            .map(|(name, count)| (name.to_owned(), json!(count)))
            .collect();
        json!({
            "program": self.program,
            "policy_digest": hex::encode(self.policy_digest),
            "currency": self.asset.code(),
            "live": live,
            "tested": tested,
            "creators": counts,
            "days": self.days.iter().map(day).collect::<Vec<_>>(),
            "most": self.most().iter().map(creator).collect::<Vec<_>>(),
            "entries_changed": self.entries.len(),
            "entries": self.entries.iter().take(NAMED).map(entry).collect::<Vec<_>>(),
            "live_digest": hex::encode(self.live_digest),
            "tested_digest": hex::encode(self.tested_digest),
        })
    }

    /// For people.
    #[must_use]
    pub fn to_text(&self) -> String {
        let asset = &self.asset;
        let (live, tested) = self.totals();
        let amount = |units: i64| format!("{} {asset}", asset.format(units));
        let first = self.days.first().map_or(String::new(), |day| day.day.to_string());
        let last = self.days.last().map_or(String::new(), |day| day.day.to_string());
        let mut text = format!("back-test of {} from {first} through {last}\n", self.program);
        text.push_str(&format!(
            "\npaid: {} by the live policy, {} by this one: {}\n",
            amount(live),
            amount(tested),
            amount(tested - live)
        ));
        let counts = self.counts();
        let list: Vec<String> = counts
            .iter()
            .map(|(name, count)| format!("{count} {}", name.replace('_', " ")))
            .collect();
        text.push_str(&format!(
            "creators paid by either: {}; {}\n",
            self.creators.len(),
            list.join(", ")
        ));
        text.push_str(&format!("entry decided otherwise: {} creators\n", self.entries.len()));
        text.push_str("\nday         live  this policy  change\n");
        for day in &self.days {
            let unlike = if day.unlike_posted { "  (the posted day differs)" } else { "" };
            text.push_str(&format!(
                "{}  {}  {}  {}{unlike}\n",
                day.day,
                asset.format(day.live),
                asset.format(day.tested),
                asset.format(day.tested - day.live)
            ));
        }
        let most = self.most();
        if !most.is_empty() {
            text.push_str("\ncreator  live  this policy  change\n");
        }
        for one in most.iter().take(20) {
            text.push_str(&format!(
                "{}  {}  {}  {}\n",
                one.creator,
                asset.format(one.live),
                asset.format(one.tested),
                asset.format(one.tested - one.live)
            ));
        }
        for one in self.entries.iter().take(20) {
            text.push_str(&format!(
                "entry of {}: {} -> {}\n",
                one.creator,
                one.live.word(),
                one.tested.word()
            ));
        }
        text.push_str(&format!(
            "\nlines: {} live, {} this policy (SHA-256)\n",
            hex::encode(self.live_digest),
            hex::encode(self.tested_digest)
        ));
        text
    }
}
