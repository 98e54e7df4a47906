//! Who may enter a program (requirements R10, R12 to R19, R31 to R35, R74): rules as data, and a
//! decision that says of each what was seen, what is wanted, and what can be done.
//!
//! A rule that cannot be evaluated, because a fact is not said, is neither yes nor no: the decision
//! is *indeterminate*, never yes.
use std::collections::BTreeMap;

use catalog::{AgeProof, CreatorFacts, Word};
use kernel::Day;
use kernel::id::HashKey;
use kernel::reason::{Reason, Remedy};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::document::{DayText, Regions};
use crate::policy::{Policy, PolicyError};

/// Rules within rules, and rules in all.
const DEPTH_MAX: usize = 8;
const RULES_MAX: usize = 200;
/// The longest rolling window.
const WINDOW_DAYS_MAX: u16 = 400;

/// Where, and to how many, the program is open.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Availability {
    /// Countries that are open (R31, R34); every country when left out.
    pub countries: Option<Regions>,
    /// Countries that are announced (R32).
    pub announced: Vec<Announced>,
    /// Content surfaces whose accounts may enter (R10); every surface when empty.
    pub surfaces: Vec<String>,
    /// The share of creators to whom it is shown so far (R35).
    pub rollout: Option<Rollout>,
}

/// Countries that will be open.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Announced {
    /// Which.
    pub countries: Regions,
    /// From which day, if that is known.
    pub from: Option<DayText>,
}

/// A gradual rollout: who is in stays in when the share grows.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rollout {
    /// Another salt draws another order of creators; keep it while the share grows.
    pub salt: String,
    /// Of a thousand creators, so many.
    pub permille: u16,
}

/// What an account must be to enter.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Eligibility {
    /// Each of these must hold.
    pub require: Vec<Rule>,
}

/// How an age must be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// The creator says so.
    Declared,
    /// The platform verified it.
    Verified,
}

/// A rule of eligibility.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// The least age (R12).
    Age {
        /// In years.
        years: u8,
        /// How it must be known.
        proof: Proof,
    },
    /// The least number of genuine followers (R13, R14, R15).
    Followers {
        /// Where neither list names another number.
        minimum: Option<u32>,
        /// By country; goes before `minimum`.
        #[serde(default)]
        by_country: BTreeMap<String, u32>,
        /// By content surface; goes before `by_country`.
        #[serde(default)]
        by_surface: BTreeMap<String, u32>,
    },
    /// The least number of qualified views in a rolling window (R16, R17).
    Views {
        /// How many.
        minimum: u32,
        /// In so many days up to yesterday.
        days: u16,
    },
    /// The least number of posts in a rolling window (R18).
    Posts {
        /// How many.
        minimum: u32,
        /// In so many days up to yesterday.
        days: u16,
    },
    /// Account types that may enter, by the catalog's words (R19).
    AccountType {
        /// One of these.
        allow: Vec<String>,
    },
    /// Days without a violation (R23).
    ViolationFree {
        /// So many.
        days: u16,
    },
    /// At least one of these.
    Any(Vec<Rule>),
    /// All of these.
    All(Vec<Rule>),
    /// Not this.
    Not(Box<Rule>),
}

/// Whether something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// It does not.
    No,
    /// It cannot be said.
    Indeterminate,
    /// It does.
    Yes,
}

impl Answer {
    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Answer::No => "no",
            Answer::Indeterminate => "indeterminate",
            Answer::Yes => "yes",
        }
    }
}

/// The steps of the self-check, in its order (R74).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Is it the right program for this account?
    Program,
    /// Are the hard conditions met?
    Conditions,
    /// Is it open in the country?
    Region,
    /// Is it shown to this account already?
    Technical,
}

impl Step {
    /// Every step.
    pub const ALL: [Step; 4] = [Step::Program, Step::Conditions, Step::Region, Step::Technical];

    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Step::Program => "program",
            Step::Conditions => "conditions",
            Step::Region => "region",
            Step::Technical => "technical",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The step that it belongs to.
    pub step: Step,
    /// The line of the policy.
    pub rule: String,
    /// Whether it holds.
    pub answer: Answer,
    /// What it is called when it does not hold.
    pub reason: Reason,
    /// What was seen.
    pub observed: String,
    /// What is wanted.
    pub required: String,
    /// What the creator can do.
    pub remedy: Remedy,
    /// The first day on which waiting alone mends it.
    pub earliest: Option<Day>,
}

/// May this creator enter, and why?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The answer: the least of all steps.
    pub answer: Answer,
    /// Everything that was looked at, by step.
    pub checks: Vec<Check>,
    /// The first day on which waiting alone makes it yes.
    pub earliest: Option<Day>,
}

/// A number of a rolling window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// Qualified views of so many days before the day.
    Views(u16),
    /// Posts of so many days before the day.
    Posts(u16),
}

/// Who asks.
pub struct Candidate<'a> {
    /// His id.
    pub id: &'a str,
    /// What the platform says of him as of the day.
    pub facts: &'a CreatorFacts,
    /// Numbers of rolling windows; none where they cannot be counted.
    pub windows: &'a dyn Fn(Window) -> Option<i64>,
    /// The day.
    pub day: Day,
}

/// What came of a rule: whether it holds, and when waiting makes it so.
struct Outcome {
    answer: Answer,
    earliest: Option<Day>,
}

struct Looking<'a> {
    candidate: &'a Candidate<'a>,
    checks: Vec<Check>,
}

const NOT_SAID: &str = "not said";

fn said<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| NOT_SAID.to_owned(), |value| value.to_string())
}

/// Whether a number reaches another; a number that is not said reaches nothing and misses nothing.
fn reaches(seen: Option<i64>, wanted: i64) -> Answer {
    match seen {
        None => Answer::Indeterminate,
        Some(seen) if seen >= wanted => Answer::Yes,
        Some(_) => Answer::No,
    }
}

impl Looking<'_> {
    fn note(
        &mut self,
        (step, rule): (Step, &str),
        (answer, reason): (Answer, Reason),
        (observed, required): (String, String),
        earliest: Option<Day>,
    ) -> Outcome {
        // What is not said may be on its way (R39).
        let reason = if answer == Answer::Indeterminate { Reason::DataNotSynced } else { reason };
        let earliest = if answer == Answer::Yes { Some(self.candidate.day) } else { earliest };
        let (_, _, remedy) = reason.words();
        self.checks.push(Check {
            step,
            rule: rule.to_owned(),
            answer,
            reason,
            observed,
            required,
            remedy: if answer == Answer::Yes { Remedy::None } else { remedy },
            earliest: earliest.filter(|_| answer != Answer::Yes),
        });
        Outcome { answer, earliest }
    }

    fn rule(&mut self, rule: &Rule, path: &str) -> Outcome {
        let (facts, day) = (self.candidate.facts, self.candidate.day);
        let place = (Step::Conditions, path);
        let at_least = |count: i64| format!("at least {count}");
        match rule {
            Rule::Age { years, proof } => self.age(i64::from(*years), *proof, path),
            Rule::Followers { minimum, by_country, by_surface } => {
                let (of_surface, of_country) = (
                    facts.surface.as_ref().and_then(|surface| by_surface.get(surface)),
                    facts.country.as_ref().and_then(|country| by_country.get(country)),
                );
                let Some(wanted) = of_surface.or(of_country).or(minimum.as_ref()) else {
                    // Which number holds depends on what is not said.
                    let answer = (Answer::Indeterminate, Reason::FollowersBelowMinimum);
                    let required = "a number by country or surface".to_owned();
                    return self.note(place, answer, (said(facts.followers), required), None);
                };
                let wanted = i64::from(*wanted);
                let answer = (reaches(facts.followers, wanted), Reason::FollowersBelowMinimum);
                self.note(place, answer, (said(facts.followers), at_least(wanted)), None)
            }
            Rule::Views { minimum, days } | Rule::Posts { minimum, days } => {
                let (window, reason) = match rule {
                    Rule::Views { .. } => (Window::Views(*days), Reason::ViewsBelowMinimum),
                    _ => (Window::Posts(*days), Reason::PostsBelowMinimum),
                };
                let (seen, wanted) = ((self.candidate.windows)(window), i64::from(*minimum));
                let within = |text: String| format!("{text} in {days} days");
                let texts = (within(said(seen)), within(at_least(wanted)));
                self.note(place, (reaches(seen, wanted), reason), texts, None)
            }
            Rule::AccountType { allow } => {
                let seen = facts.account_type.map(Word::word);
                let answer = match seen {
                    None => Answer::Indeterminate,
                    Some(word) if allow.iter().any(|allowed| allowed == word) => Answer::Yes,
                    Some(_) => Answer::No,
                };
                let texts = (said(seen), format!("one of: {}", allow.join(", ")));
                self.note(place, (answer, Reason::AccountTypeNotAllowed), texts, None)
            }
            Rule::ViolationFree { days } => {
                let free_from = facts.last_violation.map(|last| last.plus(i32::from(*days)));
                // A platform tells of violations: where it tells of none, there was none.
                let free = free_from.is_none_or(|from| from <= day);
                let answer = if free { Answer::Yes } else { Answer::No };
                let observed = facts
                    .last_violation
                    .map_or("none".to_owned(), |last| format!("last violation on {last}"));
                let texts = (observed, format!("{days} days without one"));
                self.note(place, (answer, Reason::ViolationInWindow), texts, free_from)
            }
            Rule::Any(rules) => {
                let all = self.each(rules, path, "any");
                // The first of them that passes is enough.
                let answer = all.iter().map(|one| one.answer).max().unwrap_or(Answer::No);
                Outcome { answer, earliest: all.iter().filter_map(|one| one.earliest).min() }
            }
            Rule::All(rules) => together(self.each(rules, path, "all")),
            Rule::Not(rule) => {
                let from = self.checks.len();
                let inner = self.rule(rule, &format!("{path}.not"));
                let answer = match inner.answer {
                    Answer::Yes => Answer::No,
                    Answer::No => Answer::Yes,
                    Answer::Indeterminate => Answer::Indeterminate,
                };
                for check in self.checks.iter_mut().skip(from) {
                    check.answer = answer;
                    check.required = format!("not: {}", check.required);
                    check.earliest = None;
                }
                let now = (answer == Answer::Yes).then_some(day);
                Outcome { answer, earliest: now }
            }
        }
    }

    fn each(&mut self, rules: &[Rule], path: &str, word: &str) -> Vec<Outcome> {
        let numbered = rules.iter().enumerate();
        numbered.map(|(place, rule)| self.rule(rule, &format!("{path}.{word}[{place}]"))).collect()
    }

    fn age(&mut self, years: i64, proof: Proof, path: &str) -> Outcome {
        let facts = self.candidate.facts;
        let proven = match (proof, facts.age_proof) {
            (Proof::Declared, Some(_)) | (Proof::Verified, Some(AgeProof::Verified)) => Answer::Yes,
            (Proof::Verified, Some(AgeProof::Declared)) => Answer::No,
            (_, None) => Answer::Indeterminate,
        };
        let old_enough = reaches(facts.age, years);
        let answer = old_enough.min(proven);
        // Too young is the stronger word: no proof would help.
        let reason = if old_enough == Answer::No || proven != Answer::No {
            Reason::AgeBelowMinimum
        } else {
            Reason::AgeUnverified
        };
        let observed = format!("{}, {}", said(facts.age), said(facts.age_proof.map(Word::word)));
        let how = match proof {
            Proof::Declared => "declared",
            Proof::Verified => "verified",
        };
        let required = format!("{years} or more, {how}");
        self.note((Step::Conditions, path), (answer, reason), (observed, required), None)
    }

    fn region(&mut self, rules: &Availability) -> Option<Outcome> {
        let open = rules.countries.as_ref()?;
        let (facts, day) = (self.candidate.facts, self.candidate.day);
        let country = facts.country.as_ref();
        let has = |list: &Regions| country.is_some_and(|country| list.0.contains(country));
        let announced = rules.announced.iter().find(|announced| has(&announced.countries));
        let from = announced.and_then(|announced| announced.from).map(|from| from.0);
        let is_open = has(open) || from.is_some_and(|from| from <= day);
        let (answer, reason) = match country {
            None => (Answer::Indeterminate, Reason::RegionNotOpen),
            Some(_) if is_open => (Answer::Yes, Reason::RegionNotOpen),
            Some(_) if announced.is_some() => (Answer::No, Reason::RegionAnnounced),
            Some(_) => (Answer::No, Reason::RegionNotOpen),
        };
        let texts = (said(country), format!("one of: {}", open.0.join(", ")));
        let place = (Step::Region, "availability.countries");
        Some(self.note(place, (answer, reason), texts, from))
    }

    fn surface(&mut self, rules: &Availability) -> Option<Outcome> {
        if rules.surfaces.is_empty() {
            return None;
        }
        let seen = self.candidate.facts.surface.as_ref();
        let answer = match seen {
            None => Answer::Indeterminate,
            Some(surface) if rules.surfaces.contains(surface) => Answer::Yes,
            Some(_) => Answer::No,
        };
        let texts = (said(seen), format!("one of: {}", rules.surfaces.join(", ")));
        let place = (Step::Program, "availability.surfaces");
        Some(self.note(place, (answer, Reason::SurfaceMismatch), texts, None))
    }

    fn rollout(&mut self, rules: &Availability, program: &str) -> Option<Outcome> {
        let rollout = rules.rollout.as_ref()?;
        let place_of = place_in_rollout(&rollout.salt, program, self.candidate.id);
        let reached = place_of < rollout.permille;
        let answer = if reached { Answer::Yes } else { Answer::No };
        let texts =
            (format!("place {place_of} of 1000"), format!("below {} so far", rollout.permille));
        let place = (Step::Technical, "availability.rollout");
        Some(self.note(place, (answer, Reason::RolloutNotReached), texts, None))
    }
}

/// All of some rules.
fn together(all: Vec<Outcome>) -> Outcome {
    let answer = all.iter().map(|one| one.answer).min().unwrap_or(Answer::Yes);
    let days: Option<Vec<Day>> = all.iter().map(|one| one.earliest).collect();
    Outcome { answer, earliest: days.and_then(|days| days.into_iter().max()) }
}

/// A creator's place in a rollout, from 0 to 999: the same for ever, so that a larger share keeps
/// everybody who was in.
#[must_use]
pub fn place_in_rollout(salt: &str, program: &str, creator: &str) -> u16 {
    let hash = HashKey::PUBLIC.hash(&[salt.as_bytes(), program.as_bytes(), creator.as_bytes()]);
    u16::try_from(hash.cast_unsigned() % 1_000).unwrap_or(999)
}

impl Policy {
    /// May a creator enter on a day? All rules are looked at.
    #[must_use]
    pub fn entry(&self, candidate: &Candidate<'_>) -> Decision {
        let mut looking = Looking { candidate, checks: Vec::new() };
        let mut outcomes = Vec::new();
        outcomes.extend(looking.surface(&self.availability));
        for (place, rule) in self.eligibility.require.iter().enumerate() {
            outcomes.push(looking.rule(rule, &format!("eligibility.require[{place}]")));
        }
        outcomes.extend(self.account_checks(&mut looking));
        outcomes.extend(looking.region(&self.availability));
        outcomes.extend(looking.rollout(&self.availability, &self.program));
        let whole = together(outcomes);
        let mut checks = looking.checks;
        checks.sort_by_key(|check| check.step);
        let earliest = whole.earliest.filter(|_| whole.answer != Answer::Yes);
        Decision { answer: whole.answer, checks, earliest }
    }

    /// What keeps an account from earning keeps it out too.
    fn account_checks(&self, looking: &mut Looking<'_>) -> Vec<Outcome> {
        let (facts, day) = (looking.candidate.facts, looking.candidate.day);
        let mut found = Vec::new();
        self.search_account(facts, day, &mut |reason, say| found.push((reason, say())));
        let noted = found.into_iter().map(|(reason, (observed, required, rule, earliest))| {
            let place = (Step::Conditions, rule);
            looking.note(place, (Answer::No, reason), (observed, required), earliest)
        });
        noted.collect()
    }
}

/// What makes no sense in the rules of entry.
pub(crate) fn check(
    availability: &Availability,
    eligibility: &Eligibility,
) -> Result<(), PolicyError> {
    let wrong = |message: String, help: &str| {
        Err(PolicyError { message, span: None, help: Some(help.to_owned()) })
    };
    if let Some(rollout) = &availability.rollout
        && rollout.permille > 1_000
    {
        let message = format!("a rollout of {} per mille is more than all", rollout.permille);
        return wrong(message, "write 0 to 1000");
    }
    if let (Some(open), Some(twice)) = (
        &availability.countries,
        availability.announced.iter().flat_map(|announced| &announced.countries.0).find(
            |country| availability.countries.as_ref().is_some_and(|open| open.0.contains(*country)),
        ),
    ) {
        let message = format!("`{twice}` is open and announced at once");
        return wrong(message, &format!("the open ones are: {}", open.0.join(", ")));
    }
    let mut count = 0;
    eligibility.require.iter().try_for_each(|rule| check_rule(rule, 1, &mut count))
}

fn check_rule(rule: &Rule, depth: usize, count: &mut usize) -> Result<(), PolicyError> {
    let wrong = |message: String, help: &str| {
        Err(PolicyError { message, span: None, help: Some(help.to_owned()) })
    };
    *count += 1;
    if depth > DEPTH_MAX || *count > RULES_MAX {
        let message = format!("rules of eligibility: more than {RULES_MAX}, or {DEPTH_MAX} deep");
        return wrong(message, "say it with fewer");
    }
    match rule {
        Rule::Views { days, .. } | Rule::Posts { days, .. }
            if *days == 0 || *days > WINDOW_DAYS_MAX =>
        {
            let message = format!("a window of {days} days");
            wrong(message, &format!("write 1 to {WINDOW_DAYS_MAX}"))
        }
        Rule::AccountType { allow } => {
            let known = catalog::AccountType::WORDS;
            match allow.iter().find(|word| !known.iter().any(|(_, known)| known == word)) {
                None => Ok(()),
                Some(word) => {
                    let words: Vec<&str> = known.iter().map(|(_, word)| *word).collect();
                    wrong(format!("no account type `{word}`"), &words.join(", "))
                }
            }
        }
        Rule::Followers { minimum: None, by_country, by_surface }
            if by_country.is_empty() && by_surface.is_empty() =>
        {
            wrong("a rule of followers names no number".to_owned(), "write minimum = 10000")
        }
        Rule::Any(rules) | Rule::All(rules) => {
            rules.iter().try_for_each(|rule| check_rule(rule, depth + 1, count))
        }
        Rule::Not(rule) => check_rule(rule, depth + 1, count),
        _ => Ok(()),
    }
}
