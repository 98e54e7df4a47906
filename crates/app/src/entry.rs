//! May a creator enter a program, and why not: the decision of `program`, with what the catalog and
//! the settled days say (requirements Q1, Q13, Q15, R74).
use std::cell::RefCell;
use std::collections::BTreeMap;

use kernel::Day;
use kernel::reason::Remedy;
use program::Policy;
use program::entry::{Answer, Candidate, Check, Decision, Step, Window};
use serde_json::{Value, json};

use crate::error::Error;
use crate::export::{self, Selection};
use crate::programs;
use crate::workspace::Stipend;

/// A decision, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// The program.
    pub program: String,
    /// Its title.
    pub title: String,
    /// The version of its policy.
    pub version: i64,
    /// SHA-256 of the version's document, in hex.
    pub policy_digest: String,
    /// The creator.
    pub creator: String,
    /// The day.
    pub day: Day,
    /// Through which day windows are counted, if any day is settled.
    pub counted_through: Option<Day>,
    /// The decision.
    pub decision: Decision,
}

/// Decides of a creator on a day; today, if none is named.
///
/// # Errors
/// [`Error::Missing`] when the creator is not known; when there is no such program, or the day lies
/// before its first version.
pub fn diagnose(
    stipend: &mut Stipend,
    program: Option<&str>,
    creator: &str,
    day: Option<Day>,
    now_us: i64,
) -> Result<Diagnosis, Error> {
    let versions = programs::versions(stipend, program)?;
    let newest = versions.last().ok_or_else(|| Error::Refused("no program".to_owned()))?;
    let day = day.unwrap_or_else(|| newest.policy.zone.day_of(now_us));
    let version = versions.iter().rev().find(|version| version.policy.effective <= day);
    let version = version.ok_or_else(|| {
        Error::Missing(format!("the program {} has no version on {day}", newest.row.program))
    })?;
    if stipend.db.find_creator(creator)?.is_none() {
        return Err(Error::Missing(format!("no creator `{creator}` is known")));
    }
    let held = stipend.db.creator_versions(creator)?;
    let facts = catalog::as_of(&held, day).map(std::borrow::Cow::into_owned).unwrap_or_default();
    let settled = stipend.db.runs(&version.row.program)?.iter().map(|run| run.day).max();
    let counted_through = settled.map(|last| last.min(day.plus(-1)));
    let counting = RefCell::new(Counting { stipend, policy: &version.policy, failed: None });
    let windows = |window: Window| {
        let through = counted_through?;
        counting.borrow_mut().count(window, creator, through)
    };
    let candidate = Candidate { id: creator, facts: &facts, windows: &windows, day };
    let decision = version.policy.entry(&candidate);
    if let Some(error) = counting.into_inner().failed {
        return Err(error);
    }
    Ok(Diagnosis {
        program: version.row.program.clone(),
        title: version.policy.title.clone(),
        version: version.row.version,
        policy_digest: hex::encode(&version.row.digest),
        creator: creator.to_owned(),
        day,
        counted_through,
        decision,
    })
}

struct Counting<'a> {
    stipend: &'a mut Stipend,
    policy: &'a Policy,
    failed: Option<Error>,
}

impl Counting<'_> {
    fn count(&mut self, window: Window, creator: &str, through: Day) -> Option<i64> {
        let done = match window {
            Window::Views(days) => self.views(creator, through, i32::from(days)),
            Window::Posts(days) => self.posts(creator, through, i32::from(days)),
        };
        done.map_err(|error| self.failed = Some(error)).ok()
    }

    /// Qualified views of the creator's works, from the settled days.
    fn views(&mut self, creator: &str, through: Day, days: i32) -> Result<i64, Error> {
        let program = Some(self.policy.program.as_str());
        let (from, through) = (Some(through.plus(1 - days)), Some(through));
        let table = export::work_days(self.stipend, &Selection { program, from, through })?;
        let (creators, views) = (table.texts("creator")?, table.ints("qualified_views")?);
        let own = creators.iter().zip(views).filter(|(owner, _)| *owner == creator);
        Ok(own.map(|(_, views)| views).sum())
    }

    /// Works of the creator that were published in the window.
    fn posts(&mut self, creator: &str, through: Day, days: i32) -> Result<i64, Error> {
        let mut works: BTreeMap<String, catalog::WorkFacts> = BTreeMap::new();
        self.stipend.db.each_work_version(&mut |work, version| {
            if version.effective <= through {
                let held = works.entry(work.to_owned()).or_default();
                catalog::Facts::fold(held, &version.facts);
            }
        })?;
        let from = through.plus(1 - days);
        let within = |facts: &catalog::WorkFacts| {
            let day = facts.published_us.map(|at| self.policy.zone.day_of(at));
            facts.creator.as_deref() == Some(creator)
                && day.is_some_and(|day| (from..=through).contains(&day))
        };
        let count = works.values().filter(|facts| within(facts)).count();
        Ok(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

fn remedy(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::Act => "act",
        Remedy::Wait => "wait",
        Remedy::None => "none",
    }
}

fn check_json(check: &Check, language: &str) -> Value {
    let failed = check.answer != Answer::Yes;
    json!({
        "rule": check.rule,
        "answer": check.answer.word(),
        "code": failed.then(|| check.reason.code()),
        "text": failed.then(|| bus::reason(check.reason.code(), language)),
        "observed": check.observed,
        "required": check.required,
        "remedy": remedy(check.remedy),
        "earliest": check.earliest.map(|day| day.to_string()),
    })
}

impl Diagnosis {
    fn steps(&self) -> impl Iterator<Item = (Step, Answer, Vec<&Check>)> {
        Step::ALL.into_iter().map(|step| {
            let checks = self.decision.checks.iter().filter(|check| check.step == step);
            let checks: Vec<&Check> = checks.collect();
            let answer = checks.iter().map(|check| check.answer).min();
            (step, answer.unwrap_or(Answer::Yes), checks)
        })
    }

    /// As the API tells it: the steps of the self-check in their order (R74).
    #[must_use]
    pub fn to_json(&self, language: &str) -> Value {
        let steps = self.steps().map(|(step, answer, checks)| {
            json!({
                "step": step.word(),
                "answer": answer.word(),
                "checks": checks.iter().map(|one| check_json(one, language)).collect::<Vec<_>>(),
            })
        });
        json!({
            "program": self.program,
            "title": self.title,
            "version": self.version,
            "policy_digest": self.policy_digest,
            "creator": self.creator,
            "day": self.day.to_string(),
            "counted_through": self.counted_through.map(|day| day.to_string()),
            "answer": self.decision.answer.word(),
            "earliest": self.decision.earliest.map(|day| day.to_string()),
            "language": language,
            "steps": steps.collect::<Vec<_>>(),
        })
    }

    /// For people.
    #[must_use]
    pub fn to_text(&self, language: &str) -> String {
        let (creator, program, day) = (&self.creator, &self.program, self.day);
        let mut text = format!(
            "creator {creator} and the program {program} ({}, policy version {}) on {day}: {}\n",
            self.title,
            self.version,
            self.decision.answer.word()
        );
        if let Some(earliest) = self.decision.earliest {
            text.push_str(&format!("by waiting alone from {earliest} on\n"));
        }
        for (step, answer, checks) in self.steps() {
            text.push_str(&format!("\n{}: {}\n", step.word(), answer.word()));
            for check in checks {
                let mark = match check.answer {
                    Answer::Yes => "  +",
                    Answer::Indeterminate => "  ?",
                    Answer::No => "  -",
                };
                let (observed, required, rule) = (&check.observed, &check.required, &check.rule);
                text.push_str(&format!("{mark} {rule}: {observed}; wanted: {required}\n"));
                if check.answer != Answer::Yes {
                    let words = bus::reason(check.reason.code(), language);
                    let code = check.reason.code();
                    let until = check.earliest.map_or(String::new(), |day| format!(" until {day}"));
                    let what = remedy(check.remedy);
                    text.push_str(&format!("    {code}: {words} ({what}{until})\n"));
                }
            }
        }
        text
    }
}
