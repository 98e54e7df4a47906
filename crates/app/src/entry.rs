//! May a creator enter a program, and why not: the decision of `program`, with what the catalog and
//! the settled days say, and what else is open to him (requirements Q1 to Q3, Q12 to Q15, Q18, R74,
//! R135).
use std::collections::BTreeMap;

use catalog::{CreatorFacts, Version};
use kernel::reason::Remedy;
use kernel::{Day, Reason};
use program::Policy;
use program::admission::{Admission, Criterion};
use program::catalogue::{EntryPoint, Kind};
use program::entry::{Answer, Candidate, Check, Step, Window};
use program::membership::State;
use program::say::{Phrase, Say};
use serde_json::{Value, json};
use store::MembershipRow;

use crate::error::Error;
use crate::membership::{self, Eligible};
use crate::programs::{self, Published};
use crate::windows::Windows;
use crate::workspace::Stipend;

/// One thing that was looked at, with what there is to say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The step of the self-check.
    pub step: Step,
    /// The line of the policy.
    pub rule: String,
    /// Whether it holds.
    pub answer: Answer,
    /// What it is called when it does not.
    pub reason: Reason,
    /// What it is about.
    pub about: Reason,
    /// What was seen.
    pub observed: Phrase,
    /// What is wanted.
    pub required: Phrase,
    /// Whether the contrary is wanted.
    pub negated: bool,
    /// Whether the decision depends on it.
    pub decisive: bool,
    /// What can be done.
    pub remedy: Remedy,
    /// The way through the app, where the policy says it.
    pub how: Vec<String>,
    /// The first day on which waiting alone mends it.
    pub earliest: Option<Day>,
}

/// Another program, for somebody who looks for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// Its id.
    pub program: String,
    /// Its title.
    pub title: String,
    /// Whose money it pays.
    pub kind: Kind,
    /// Whether this creator may enter it now.
    pub answer: Answer,
}

/// A decision, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// The program.
    pub program: String,
    /// Its title.
    pub title: String,
    /// What it is for.
    pub purpose: String,
    /// Whose money it pays.
    pub kind: Kind,
    /// Where it is found.
    pub entry_points: Vec<EntryPoint>,
    /// Programs that one must be a member of first.
    pub requires: Vec<String>,
    /// How one comes in; nothing where there are no members.
    pub admission: Option<Admission>,
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
    /// How the creator stands to the program.
    pub membership: Option<MembershipRow>,
    /// May he enter, or is he in?
    pub answer: Answer,
    /// The first day on which waiting alone makes it yes.
    pub earliest: Option<Day>,
    /// Everything that was looked at, by step.
    pub checks: Vec<Checked>,
    /// The other programs that he can see.
    pub others: Vec<Other>,
}

/// Programs in a row, each of which took the place of the one before.
pub(crate) const SUCCESSIONS_MAX: usize = 8;

/// What is known of a creator, for deciding of him in several programs.
struct Subject {
    id: String,
    versions: Vec<Version<CreatorFacts>>,
    memberships: Vec<MembershipRow>,
    /// The umbrella of each program that has one.
    umbrellas: BTreeMap<String, String>,
}

impl Subject {
    fn load(stipend: &mut Stipend, id: &str, all: &[Published]) -> Result<Subject, Error> {
        if stipend.db.find_creator(id)?.is_none() {
            return Err(Error::Missing(format!("no creator `{id}` is known")));
        }
        Ok(Subject {
            id: id.to_owned(),
            versions: stipend.db.creator_versions(id)?,
            memberships: stipend.db.memberships_of(id)?,
            umbrellas: umbrellas(all),
        })
    }

    fn row(&self, program: &str) -> Option<&MembershipRow> {
        let program = self.umbrellas.get(program).map_or(program, String::as_str);
        self.memberships.iter().find(|row| row.program == program)
    }

    /// Whether he is a member; of a program whose place another took, whether he is one of that.
    fn belongs(&self, program: &str) -> bool {
        let mut program = program.to_owned();
        for _ in 0..SUCCESSIONS_MAX {
            let Some(row) = self.row(&program) else { return false };
            match membership::state_of(row) {
                Some(State::Approved { .. }) => return true,
                Some(State::Superseded { by }) => program = by,
                _ => return false,
            }
        }
        false
    }

    fn facts(&self, day: Day) -> CreatorFacts {
        let facts = catalog::as_of(&self.versions, day);
        facts.map(std::borrow::Cow::into_owned).unwrap_or_default()
    }
}

/// The umbrella of each program that has one, by its newest version.
pub(crate) fn umbrellas(all: &[Published]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for version in all {
        match version.policy.catalogue.umbrella.clone() {
            Some(umbrella) => found.insert(version.row.program.clone(), umbrella),
            // A later version may have none.
            None => found.remove(&version.row.program),
        };
    }
    found
}

/// The version of a program that is in effect on a day.
fn version_on(versions: &[Published], day: Day) -> Result<&Published, Error> {
    let newest = versions.last().ok_or_else(|| Error::Refused("no program".to_owned()))?;
    let version = versions.iter().rev().find(|version| version.policy.effective <= day);
    // Before it begins its first version says what it will be.
    Ok(version.or(versions.first()).unwrap_or(newest))
}

/// Decides of a creator on a day; today, if none is named.
///
/// # Errors
/// [`Error::Missing`] when the creator is not known, or when there is no such program.
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
    let version = version_on(&versions, day)?;
    let all = programs::all(stipend)?;
    let subject = Subject::load(stipend, creator, &all)?;
    let facts = subject.facts(day);
    let others = programs::in_effect(&all, now_us).into_iter();
    let others = others.filter(|other| other.row.program != version.row.program);
    let mut wanted = vec![version];
    wanted.extend(others.filter(|other| is_shown(&other.policy, &facts)));
    let mut found = look(stipend, &subject, &wanted, day)?;
    let mut first = found.remove(0);
    first.others = found.iter().map(Other::of).collect();
    Ok(first)
}

/// Decides of a creator in some programs, with one count of all windows.
fn look(
    stipend: &mut Stipend,
    subject: &Subject,
    versions: &[&Published],
    day: Day,
) -> Result<Vec<Diagnosis>, Error> {
    let policies: Vec<&Policy> = versions.iter().map(|version| &version.policy).collect();
    let windows = Windows::of_one(stipend, &subject.id, &policies, day)?;
    let facts = subject.facts(day);
    let mut found = Vec::with_capacity(versions.len());
    for version in versions {
        let policy = &version.policy;
        let members = match policy.catalogue.members_max {
            Some(_) => stipend.db.count_members(&version.row.program)?,
            None => 0,
        };
        let (answer, earliest, checks) = decide(subject, &facts, policy, &windows, members);
        found.push(Diagnosis {
            program: version.row.program.clone(),
            title: policy.title.clone(),
            purpose: policy.catalogue.purpose.clone(),
            kind: policy.catalogue.kind,
            entry_points: policy.catalogue.entry_points.clone(),
            requires: policy.catalogue.prerequisites().map(str::to_owned).collect(),
            admission: policy.admission.clone(),
            version: version.row.version,
            policy_digest: hex::encode(&version.row.digest),
            creator: subject.id.clone(),
            day,
            counted_through: windows.counted_for(policy),
            membership: subject.row(&version.row.program).cloned(),
            answer,
            earliest,
            checks,
            others: Vec::new(),
        });
    }
    Ok(found)
}

impl Other {
    fn of(found: &Diagnosis) -> Other {
        Other {
            program: found.program.clone(),
            title: found.title.clone(),
            kind: found.kind,
            answer: found.answer,
        }
    }
}

/// Advertisers' tools are shown to advertisers alone (R7).
fn is_shown(policy: &Policy, facts: &CreatorFacts) -> bool {
    policy.catalogue.kind != Kind::Advertiser || facts.in_group(program::catalogue::ADVERTISER)
}

fn decide(
    subject: &Subject,
    facts: &CreatorFacts,
    policy: &Policy,
    windows: &Windows,
    members: i64,
) -> (Answer, Option<Day>, Vec<Checked>) {
    // An umbrella's members may enter its tools; whether these are shown to them is asked still.
    let own = subject.memberships.iter().find(|row| row.program == policy.program);
    let state = own.and_then(membership::state_of);
    let numbers = |window: Window<'_>| windows.get(policy, window, 0);
    let belongs = |program: &str| subject.belongs(program);
    let candidate = Candidate {
        id: &subject.id,
        facts,
        windows: &numbers,
        belongs: &belongs,
        state: state.as_ref(),
        members,
        day: windows.day(),
    };
    let decision = policy.entry(&candidate);
    let checks = decision.checks.iter().map(|check| checked(policy, check)).collect();
    (decision.answer, decision.earliest, checks)
}

fn checked(policy: &Policy, check: &Check<'_>) -> Checked {
    let notice = match (check.reason, check.observed) {
        // Where it is announced (R33).
        (Reason::RegionAnnounced, Say::Text(country)) => policy.availability.notice_of(country),
        _ => None,
    };
    let how = policy.catalogue.how.get(check.reason.code()).cloned();
    let how = how.or_else(|| notice.map(|notice| vec![notice.to_owned()]));
    Checked {
        step: check.step,
        rule: check.rule.to_owned(),
        answer: check.answer,
        reason: check.reason,
        about: check.about,
        observed: check.observed.phrase(),
        required: check.required.phrase(),
        negated: check.negated,
        decisive: check.decisive,
        remedy: check.remedy,
        how: how.filter(|_| check.answer != Answer::Yes).unwrap_or_default(),
        earliest: check.earliest,
    }
}

/// What the conditions of a program say of a creator now: for his application. Whether he may come
/// back already, and whether there is room, is asked again where the application is taken.
///
/// # Errors
/// As [`diagnose`].
pub fn eligible(
    stipend: &mut Stipend,
    program: &str,
    creator: &str,
    now_us: i64,
) -> Result<Eligible, Error> {
    let found = diagnose(stipend, Some(program), creator, None, now_us)?;
    let asked_again =
        [Reason::CooldownActive, Reason::CapReached, Reason::InReview, Reason::NotInvited];
    let codes = found.codes().into_iter();
    let codes: Vec<String> = codes
        .filter(|code| !asked_again.iter().any(|reason| reason.code() == *code))
        .map(str::to_owned)
        .collect();
    let holds = codes.is_empty();
    Ok(Eligible { holds, codes })
}

/// All programs that a creator can see, each with its decision (R1, R7).
///
/// # Errors
/// [`Error::Missing`] when the creator is not known.
pub fn offers(stipend: &mut Stipend, creator: &str, now_us: i64) -> Result<Vec<Diagnosis>, Error> {
    let all = programs::all(stipend)?;
    let subject = Subject::load(stipend, creator, &all)?;
    // Programs differ in their zones, so perhaps in their days.
    let mut by_day: BTreeMap<Day, Vec<&Published>> = BTreeMap::new();
    for version in programs::in_effect(&all, now_us) {
        let day = version.policy.zone.day_of(now_us);
        if is_shown(&version.policy, &subject.facts(day)) {
            by_day.entry(day).or_default().push(version);
        }
    }
    let mut found = Vec::new();
    for (day, versions) in by_day {
        found.extend(look(stipend, &subject, &versions, day)?);
    }
    found.sort_by(|a, b| a.program.cmp(&b.program));
    let others: Vec<Other> = found.iter().map(Other::of).collect();
    for one in &mut found {
        one.others = others.iter().filter(|other| other.program != one.program).cloned().collect();
    }
    Ok(found)
}

pub(crate) fn remedy(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::Act => "act",
        Remedy::Wait => "wait",
        Remedy::None => "none",
    }
}

fn say(phrase: &Phrase, language: &str) -> String {
    bus::phrase(&phrase.key, &phrase.args, language)
}

impl Checked {
    fn required(&self, language: &str) -> String {
        let text = say(&self.required, language);
        if self.negated { bus::phrase("say-not", &[("what", text)], language) } else { text }
    }

    /// What it is about, in words.
    fn what(&self, language: &str) -> String {
        bus::phrase(&format!("what-{}", self.about.code()), &[], language)
    }

    fn what_to_do(&self, language: &str) -> String {
        match (self.remedy, self.earliest) {
            (Remedy::Act, _) => bus::phrase("remedy-act", &[], language),
            (Remedy::Wait, None) => bus::phrase("remedy-wait", &[], language),
            (Remedy::None, None) => bus::phrase("remedy-none", &[], language),
            (Remedy::Wait | Remedy::None, Some(day)) => {
                bus::phrase("remedy-wait-until", &[("day", day.to_string())], language)
            }
        }
    }

    /// As the API tells it.
    #[must_use]
    pub fn to_json(&self, language: &str) -> Value {
        let failed = self.answer != Answer::Yes;
        json!({
            "rule": self.rule,
            "what": self.what(language),
            "answer": self.answer.word(),
            "decisive": self.decisive,
            "code": failed.then(|| self.reason.code()),
            "text": failed.then(|| bus::reason(self.reason.code(), language)),
            "observed": say(&self.observed, language),
            "required": self.required(language),
            "remedy": remedy(self.remedy),
            "how": self.how,
            "earliest": self.earliest.map(|day| day.to_string()),
        })
    }
}

/// Where a program is found, as the API tells it.
fn entry_point(point: &EntryPoint) -> Value {
    match point {
        EntryPoint::Invitation => json!({ "kind": "invitation", "path": [] }),
        EntryPoint::Search(words) => json!({ "kind": "search", "path": [words] }),
        EntryPoint::Menu(path) => json!({ "kind": "menu", "path": path }),
    }
}

/// How one comes in, as the API tells it.
fn admission_json(admission: &Admission) -> Value {
    let review = admission.review.as_ref();
    let rubric = review.map(|review| {
        let of = |(c, least): (&Criterion, &u8)| (c.word().to_owned(), json!(least));
        review.rubric.iter().map(of).collect::<serde_json::Map<_, _>>()
    });
    json!({
        "mode": admission.mode.word(),
        "working_days": review.map(|review| review.working_days),
        "rubric": rubric,
        "cooldown_days": admission.cooldown_days,
    })
}

impl Diagnosis {
    fn steps(&self) -> impl Iterator<Item = (Step, Answer, Vec<&Checked>)> {
        Step::ALL.into_iter().map(|step| {
            let checks = self.checks.iter().filter(|check| check.step == step);
            let checks: Vec<&Checked> = checks.collect();
            let answer = checks.iter().map(|check| check.answer).min();
            (step, answer.unwrap_or(Answer::Yes), checks)
        })
    }

    /// The codes of what does not hold, in order.
    #[must_use]
    pub fn codes(&self) -> Vec<&'static str> {
        let failed =
            self.checks.iter().filter(|check| check.decisive && check.answer != Answer::Yes);
        failed.map(|check| check.reason.code()).collect()
    }

    /// As the API tells it: the steps of the self-check in their order (R74).
    #[must_use]
    pub fn to_json(&self, language: &str) -> Value {
        let steps = self.steps().map(|(step, answer, checks)| {
            json!({
                "step": step.word(),
                "answer": answer.word(),
                "checks": checks.iter().map(|one| one.to_json(language)).collect::<Vec<_>>(),
            })
        });
        let steps: Vec<Value> = steps.collect();
        let mut body = self.summary();
        body["policy_digest"] = json!(self.policy_digest);
        body["counted_through"] = json!(self.counted_through.map(|day| day.to_string()));
        body["language"] = json!(language);
        body["steps"] = json!(steps);
        let other = |other: &Other| {
            json!({
                "program": other.program,
                "title": other.title,
                "kind": other.kind.word(),
                "answer": other.answer.word(),
            })
        };
        body["others"] = json!(self.others.iter().map(other).collect::<Vec<_>>());
        body
    }

    /// The decision without its checks.
    #[must_use]
    pub fn summary(&self) -> Value {
        json!({
            "program": self.program,
            "title": self.title,
            "purpose": self.purpose,
            "kind": self.kind.word(),
            "entry_points": self.entry_points.iter().map(entry_point).collect::<Vec<_>>(),
            "requires": self.requires,
            "admission": self.admission.as_ref().map(admission_json),
            "version": self.version,
            "creator": self.creator,
            "day": self.day.to_string(),
            "membership": self.membership.as_ref().map(membership::to_json),
            "answer": self.answer.word(),
            "earliest": self.earliest.map(|day| day.to_string()),
            "codes": self.codes(),
        })
    }

    /// For people.
    #[must_use]
    pub fn to_text(&self, language: &str) -> String {
        let words = |key: &str, values: &[(&str, String)]| bus::phrase(key, values, language);
        let answer = words(&format!("answer-{}", self.answer.word()), &[]);
        let title = [
            ("creator", self.creator.clone()),
            ("program", self.program.clone()),
            ("title", self.title.clone()),
            ("version", self.version.to_string()),
            ("day", self.day.to_string()),
            ("answer", answer),
        ];
        let mut text = format!("{}\n", words("entry-title", &title));
        let kind = words(&format!("kind-{}", self.kind.word()), &[]);
        let purpose = Some(&self.purpose).filter(|purpose| !purpose.is_empty());
        let about = purpose.map_or(kind.clone(), |purpose| format!("{purpose} ({kind})"));
        text.push_str(&format!("{about}\n"));
        if let Some(earliest) = self.earliest {
            let waiting = words("entry-waiting", &[("day", earliest.to_string())]);
            text.push_str(&format!("{waiting}\n"));
        }
        self.membership_text(&words, &mut text);
        self.where_text(&words, &mut text);
        self.admission_text(&words, &mut text);
        for (step, answer, checks) in self.steps() {
            let step = words(&format!("step-{}", step.word()), &[]);
            let answer = words(&format!("answer-{}", answer.word()), &[]);
            let line = words("entry-step", &[("step", step), ("answer", answer)]);
            text.push_str(&format!("\n{line}\n"));
            for check in checks {
                check_text(check, language, &mut text);
            }
        }
        self.others_text(&words, &mut text);
        text
    }

    fn membership_text(&self, words: Words<'_>, text: &mut String) {
        let Some(row) = &self.membership else { return };
        let state = words(&format!("state-{}", row.state), &[]);
        let values = [("state", state), ("day", row.day.to_string())];
        text.push_str(&format!("{}\n", words("entry-membership-since", &values)));
        if let Some(State::Rejected { reasons, again, .. }) = membership::state_of(row) {
            for reason in reasons {
                text.push_str(&format!("  {}: {}\n", reason.code(), words(reason.code(), &[])));
            }
            let again = words("entry-reapply", &[("day", again.to_string())]);
            text.push_str(&format!("  {again}\n"));
        }
    }

    fn where_text(&self, words: Words<'_>, text: &mut String) {
        if self.entry_points.is_empty() {
            return;
        }
        text.push_str(&format!("{}\n", words("entry-where", &[])));
        for point in &self.entry_points {
            let line = match point {
                EntryPoint::Invitation => words("entry-point-invitation", &[]),
                EntryPoint::Search(wanted) => {
                    words("entry-point-search", &[("words", wanted.clone())])
                }
                EntryPoint::Menu(path) => words("entry-point-menu", &[("path", way(path))]),
            };
            text.push_str(&format!("  {line}\n"));
        }
    }

    /// How one comes in, and what a review looks at (Q4, Q12).
    fn admission_text(&self, words: Words<'_>, text: &mut String) {
        let mut lines = Vec::new();
        if !self.requires.is_empty() {
            lines.push(words("admission-requires", &[("list", self.requires.join(", "))]));
        }
        let Some(admission) = &self.admission else {
            if self.requires.is_empty() {
                lines.push(words("admission-none", &[]));
            }
            lines.iter().for_each(|line| text.push_str(&format!("{line}\n")));
            return;
        };
        lines.push(words(&format!("admission-{}", admission.mode.word()), &[]));
        if let Some(review) = &admission.review {
            let days = review.working_days.to_string();
            lines.push(words("admission-review", &[("days", days)]));
            let criteria: Vec<String> = review
                .rubric
                .iter()
                .map(|(criterion, least)| {
                    format!("{} {least}", words(&format!("criterion-{}", criterion.word()), &[]))
                })
                .collect();
            if !criteria.is_empty() {
                lines.push(words("admission-criteria", &[("list", criteria.join(", "))]));
            }
        }
        if !admission.cooldown_days.is_empty() {
            let days: Vec<String> =
                admission.cooldown_days.iter().map(ToString::to_string).collect();
            lines.push(words("admission-cooldown", &[("list", days.join(", "))]));
        }
        lines.iter().for_each(|line| text.push_str(&format!("{line}\n")));
    }

    fn others_text(&self, words: Words<'_>, text: &mut String) {
        let open: Vec<&Other> =
            self.others.iter().filter(|other| other.answer == Answer::Yes).collect();
        if open.is_empty() {
            text.push_str(&format!("\n{}\n", words("entry-other-none", &[])));
            return;
        }
        text.push_str(&format!("\n{}\n", words("entry-other", &[])));
        for other in open {
            let kind = words(&format!("kind-{}", other.kind.word()), &[]);
            let values = [
                ("program", other.program.clone()),
                ("title", other.title.clone()),
                ("kind", kind),
            ];
            text.push_str(&format!("  {}\n", words("entry-other-line", &values)));
        }
    }
}

type Words<'a> = &'a dyn Fn(&str, &[(&str, String)]) -> String;

/// A way through menus.
fn way(path: &[String]) -> String {
    path.join(" → ")
}

fn check_text(check: &Checked, language: &str, text: &mut String) {
    let mark = match check.answer {
        Answer::Yes => "  +",
        _ if !check.decisive => "  ~",
        Answer::Indeterminate => "  ?",
        Answer::No => "  -",
    };
    let values = [
        ("what", check.what(language)),
        ("rule", check.rule.clone()),
        ("observed", say(&check.observed, language)),
        ("required", check.required(language)),
    ];
    text.push_str(&format!("{mark} {}\n", bus::phrase("entry-check", &values, language)));
    if check.answer == Answer::Yes || !check.decisive {
        return;
    }
    let code = check.reason.code();
    let (reason, what) = (bus::reason(code, language), check.what_to_do(language));
    text.push_str(&format!("    {code}: {reason} ({what})\n"));
    if !check.how.is_empty() {
        let how = bus::phrase("remedy-how", &[("path", way(&check.how))], language);
        text.push_str(&format!("    {how}\n"));
    }
}
