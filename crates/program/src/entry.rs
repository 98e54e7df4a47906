//! May a creator enter a program, or stay in it (requirement R74): a decision that says of every
//! rule what was seen, what is wanted, and what can be done.
//!
//! A rule that cannot be evaluated, because a fact is not said, is neither yes nor no: the decision
//! is *indeterminate*, never yes.
use catalog::{AgeProof, CreatorFacts, Standing, Word};
use kernel::Day;
use kernel::reason::{Reason, Remedy};
use toml::Spanned;

use crate::admission::Mode;
use crate::availability::{Availability, Rollout, is_recent, place_in_rollout};
use crate::catalogue::{ADVERTISER, Kind};
use crate::document::Regions;
use crate::membership::State;
use crate::policy::Policy;
use crate::rule::{InWindow, Proof, Rule, Words};
use crate::say::Say;

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

    fn of(holds: bool) -> Answer {
        if holds { Answer::Yes } else { Answer::No }
    }
}

/// The steps of the self-check, in its order (R74).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Is it the right program for this account, and can it be joined?
    Program,
    /// Are the hard conditions met?
    Conditions,
    /// Is it open in the country?
    Region,
    /// Is it shown to this account already?
    Technical,
    /// Is the content of the kind that is wanted?
    Content,
}

impl Step {
    /// Every step.
    pub const ALL: [Step; 5] =
        [Step::Program, Step::Conditions, Step::Region, Step::Technical, Step::Content];

    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Step::Program => "program",
            Step::Conditions => "conditions",
            Step::Region => "region",
            Step::Technical => "technical",
            Step::Content => "content",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check<'a> {
    /// The step that it belongs to.
    pub step: Step,
    /// The line of the policy.
    pub rule: &'a str,
    /// Whether it holds.
    pub answer: Answer,
    /// What it is called when it does not hold.
    pub reason: Reason,
    /// What it is about: the reason that it would have if all were said.
    pub about: Reason,
    /// What was seen.
    pub observed: Say<'a>,
    /// What is wanted.
    pub required: Say<'a>,
    /// Whether the contrary is wanted.
    pub negated: bool,
    /// Whether the decision depends on it: of rules of which one is enough, the others do not
    /// matter once one holds.
    pub decisive: bool,
    /// What the creator can do.
    pub remedy: Remedy,
    /// The first day on which waiting alone mends it.
    pub earliest: Option<Day>,
}

/// May this creator enter, and why?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision<'a> {
    /// The answer: the least of all steps.
    pub answer: Answer,
    /// Everything that was looked at, by step.
    pub checks: Vec<Check<'a>>,
    /// The first day on which waiting alone makes it yes.
    pub earliest: Option<Day>,
}

/// A number of a rolling window that ends the day before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window<'a> {
    /// Qualified views in so many days, by the settled days of a program; this one if none is
    /// named.
    Views(Option<&'a str>, u16),
    /// Minutes of qualified views in so many days, by the same; none where it keeps none.
    Watch(Option<&'a str>, u16),
    /// Works published in so many days.
    Posts(u16),
    /// The share of those that are original, in percent.
    Original(u16),
    /// The share of those with one of some grades, in percent.
    Graded(&'a [String], u16),
    /// Creators who have signed with this agency by the day.
    Signed,
}

/// Who asks.
#[derive(Clone, Copy)]
pub struct Candidate<'a> {
    /// His id.
    pub id: &'a str,
    /// What the platform says of him as of the day.
    pub facts: &'a CreatorFacts,
    /// Numbers of rolling windows; none where they cannot be counted.
    pub windows: &'a dyn Fn(Window<'_>) -> Option<i64>,
    /// Whether he is a member of a program.
    pub belongs: &'a dyn Fn(&str) -> bool,
    /// How he stands to this one.
    pub state: Option<&'a State>,
    /// How many members this one has.
    pub members: i64,
    /// The day.
    pub day: Day,
}

/// What came of a rule: whether it holds, and when waiting makes it so.
#[derive(Clone, Copy)]
struct Outcome {
    answer: Answer,
    earliest: Option<Day>,
}

/// All of some rules, one after another.
struct All {
    answer: Answer,
    earliest: Option<Day>,
}

impl All {
    const NOTHING: All = All { answer: Answer::Yes, earliest: None };

    fn add(&mut self, one: Outcome, day: Day) {
        let before = if self.answer == Answer::Yes { Some(day) } else { self.earliest };
        self.answer = self.answer.min(one.answer);
        self.earliest = before.zip(one.earliest).map(|(before, one)| before.max(one));
    }

    fn outcome(&self, day: Day) -> Outcome {
        let earliest = if self.answer == Answer::Yes { Some(day) } else { self.earliest };
        Outcome { answer: self.answer, earliest }
    }
}

struct Looking<'a, 'b> {
    candidate: Candidate<'a>,
    paths: std::slice::Iter<'a, String>,
    checks: &'b mut Vec<Check<'a>>,
}

/// Whether a number reaches another; a number that is not said reaches nothing and misses nothing.
fn reaches(seen: Option<i64>, wanted: i64) -> Answer {
    seen.map_or(Answer::Indeterminate, |seen| Answer::of(seen >= wanted))
}

/// What is wanted of a number.
fn between(least: i64, most: Option<i64>) -> Say<'static> {
    most.map_or(Say::AtLeast(least), |most| Say::Between(least, most))
}

/// Whether a word is one that is wanted.
fn fits(words: &Words, seen: Option<&str>) -> Answer {
    let Some(seen) = seen else { return Answer::Indeterminate };
    let denied = words.deny.iter().any(|word| word == seen);
    let allowed = words.allow.is_empty() || words.allow.iter().any(|word| word == seen);
    Answer::of(allowed && !denied)
}

fn wanted_words(words: &Words) -> Say<'_> {
    if words.allow.is_empty() { Say::NoneOf(&words.deny) } else { Say::OneOf(&words.allow) }
}

impl<'a> Looking<'a, '_> {
    fn note(
        &mut self,
        (step, rule): (Step, &'a str),
        (answer, reason): (Answer, Reason),
        (observed, required): (Say<'a>, Say<'a>),
        earliest: Option<Day>,
    ) -> Outcome {
        let about = reason;
        // What is not said may be on its way (R39).
        let reason = if answer == Answer::Indeterminate { Reason::DataNotSynced } else { reason };
        let earliest = if answer == Answer::Yes { Some(self.candidate.day) } else { earliest };
        let remedy = if answer == Answer::Yes { Remedy::None } else { reason.remedy() };
        self.checks.push(Check {
            step,
            rule,
            answer,
            reason,
            about,
            observed,
            required,
            negated: false,
            decisive: true,
            remedy,
            earliest: earliest.filter(|_| answer != Answer::Yes),
        });
        Outcome { answer, earliest }
    }

    fn rules(&mut self, rules: &'a [Spanned<Rule>], all: &mut All) {
        let day = self.candidate.day;
        for rule in rules {
            let outcome = self.rule(rule.get_ref());
            all.add(outcome, day);
        }
    }

    fn rule(&mut self, rule: &'a Rule) -> Outcome {
        let day = self.candidate.day;
        match rule {
            Rule::Any(rules) => {
                // The first of them that passes is enough.
                let from = self.checks.len();
                let (mut answer, mut earliest) = (Answer::No, None::<Day>);
                for rule in rules {
                    let one = self.rule(rule);
                    answer = answer.max(one.answer);
                    earliest = match (earliest, one.earliest) {
                        (Some(held), Some(one)) => Some(held.min(one)),
                        (held, one) => held.or(one),
                    };
                }
                if answer == Answer::Yes {
                    for check in self.checks.iter_mut().skip(from) {
                        check.decisive = check.answer == Answer::Yes;
                    }
                }
                Outcome { answer, earliest }
            }
            Rule::All(rules) => {
                let mut all = All::NOTHING;
                for rule in rules {
                    let one = self.rule(rule);
                    all.add(one, day);
                }
                all.outcome(day)
            }
            Rule::Not(rule) => {
                let from = self.checks.len();
                let inner = self.rule(rule);
                let answer = match inner.answer {
                    Answer::Yes => Answer::No,
                    Answer::No => Answer::Yes,
                    Answer::Indeterminate => Answer::Indeterminate,
                };
                for check in self.checks.iter_mut().skip(from) {
                    check.answer = answer;
                    check.negated = !check.negated;
                    check.decisive = true;
                    check.earliest = None;
                    check.remedy =
                        if answer == Answer::Yes { Remedy::None } else { check.reason.remedy() };
                }
                Outcome { answer, earliest: (answer == Answer::Yes).then_some(day) }
            }
            leaf => {
                let path = self.paths.next().map_or("", String::as_str);
                self.leaf(leaf, path)
            }
        }
    }

    fn leaf(&mut self, rule: &'a Rule, path: &'a str) -> Outcome {
        let facts = self.candidate.facts;
        let (place, content) = ((Step::Conditions, path), (Step::Content, path));
        match rule {
            Rule::Age { years, proof } => self.age(i64::from(*years), *proof, path),
            Rule::Followers { .. } => self.followers(rule, path),
            Rule::Views(rule) => {
                let window = Window::Views(rule.of.as_deref(), rule.days);
                self.in_window(rule, window, Reason::ViewsBelowMinimum, path)
            }
            Rule::WatchMinutes(rule) => {
                let window = Window::Watch(rule.of.as_deref(), rule.days);
                self.in_window(rule, window, Reason::WatchTimeBelowMinimum, path)
            }
            Rule::Posts { minimum, days } => {
                let seen = (self.candidate.windows)(Window::Posts(*days));
                let wanted = i64::from(*minimum);
                let observed = seen.map_or(Say::NotSaid, |seen| Say::CountIn(seen, *days));
                let texts = (observed, Say::AtLeastIn(wanted, *days));
                self.note(place, (reaches(seen, wanted), Reason::PostsBelowMinimum), texts, None)
            }
            Rule::AccountType(words) => {
                let seen = facts.account_type.map(Word::word);
                let reason = match facts.account_type {
                    Some(catalog::AccountType::Enterprise) => Reason::EnterpriseAccount,
                    Some(catalog::AccountType::EnterpriseAssociated) => {
                        Reason::EnterpriseAssociated
                    }
                    _ => Reason::AccountTypeNotAllowed,
                };
                self.words(words, seen, reason, place)
            }
            Rule::Verification(words) => {
                let seen = facts.verification.map(Word::word);
                let reason = match facts.verification {
                    Some(catalog::Verification::Celebrity) => Reason::CelebrityVerified,
                    _ => Reason::VerificationNotAllowed,
                };
                self.words(words, seen, reason, place)
            }
            Rule::Standing(words) => {
                let seen = facts.standing.map(Word::word);
                self.words(words, seen, standing_reason(facts.standing), place)
            }
            Rule::Category(words) => {
                let seen = facts.category.as_deref();
                self.words(words, seen, Reason::SensitiveField, content)
            }
            Rule::ViolationFree { days } => self.violation_free(*days, path),
            Rule::Violations { severity, maximum, days } => {
                self.violations(severity, i64::from(*maximum), *days, path)
            }
            Rule::Originality { minimum, days } => {
                let seen = (self.candidate.windows)(Window::Original(*days));
                let least = percent(minimum.0);
                let observed = seen.map_or(Say::NotSaid, |seen| Say::Share(seen, *days));
                let texts = (observed, Say::ShareAtLeast(least, *days));
                self.note(content, (reaches(seen, least), Reason::NotOriginal), texts, None)
            }
            Rule::Quality { grades, minimum, days } => {
                let seen = (self.candidate.windows)(Window::Graded(grades, *days));
                let least = percent(minimum.0);
                let observed = seen.map_or(Say::NotSaid, |seen| Say::Share(seen, *days));
                let texts = (observed, Say::ShareAtLeast(least, *days));
                self.note(content, (reaches(seen, least), Reason::RecentWorkQuality), texts, None)
            }
            Rule::MemberOf(program) => self.member_of(program, path),
            Rule::Agency => {
                let seen = facts.agency.as_deref();
                let answer = seen.map_or(Answer::Indeterminate, |seen| Answer::of(seen != "none"));
                let observed = seen.map_or(Say::NotSaid, Say::Text);
                self.note(place, (answer, Reason::NoAgency), (observed, Say::Signed), None)
            }
            Rule::Company { days, papers } => self.company(i32::from(*days), *papers, path),
            Rule::SignedCreators(least) => {
                let seen = (self.candidate.windows)(Window::Signed);
                let least = i64::from(*least);
                let observed = seen.map_or(Say::NotSaid, Say::SignedCreators);
                let texts = (observed, Say::SignedAtLeast(least));
                self.note(place, (reaches(seen, least), Reason::TooFewSigned), texts, None)
            }
            Rule::Any(_) | Rule::All(_) | Rule::Not(_) => {
                Outcome { answer: Answer::Indeterminate, earliest: None }
            }
        }
    }

    fn words(
        &mut self,
        words: &'a Words,
        seen: Option<&'a str>,
        reason: Reason,
        place: (Step, &'a str),
    ) -> Outcome {
        let observed = seen.map_or(Say::NotSaid, Say::Text);
        self.note(place, (fits(words, seen), reason), (observed, wanted_words(words)), None)
    }

    fn followers(&mut self, rule: &'a Rule, path: &'a str) -> Outcome {
        let Rule::Followers { minimum, by_country, by_surface, maximum } = rule else {
            return Outcome { answer: Answer::Indeterminate, earliest: None };
        };
        let (facts, place) = (self.candidate.facts, (Step::Conditions, path));
        let seen = Say::count(facts.followers);
        let of_surface = facts.surface.as_ref().and_then(|surface| by_surface.get(surface));
        let of_country = facts.country.as_ref().and_then(|country| by_country.get(country));
        // Which number holds may depend on what is not said.
        let surface_matters = facts.surface.is_none() && !by_surface.is_empty();
        let country_matters = facts.country.is_none() && !by_country.is_empty();
        let open = surface_matters || (of_surface.is_none() && country_matters);
        let Some(least) = of_surface.or(of_country).or(minimum.as_ref()).filter(|_| !open) else {
            let answer = (Answer::Indeterminate, Reason::FollowersBelowMinimum);
            return self.note(place, answer, (seen, Say::ByCountryOrSurface), None);
        };
        let (least, most) = (i64::from(*least), maximum.map(i64::from));
        let texts = (seen, between(least, most));
        if let (Some(seen), Some(most)) = (facts.followers, most)
            && seen > most
        {
            return self.note(place, (Answer::No, Reason::AboveMaximum), texts, None);
        }
        let answer = (reaches(facts.followers, least), Reason::FollowersBelowMinimum);
        self.note(place, answer, texts, None)
    }

    fn in_window(
        &mut self,
        rule: &'a InWindow,
        window: Window<'_>,
        reason: Reason,
        path: &'a str,
    ) -> Outcome {
        let (days, place) = (rule.days, (Step::Conditions, path));
        let seen = (self.candidate.windows)(window);
        let (least, most) = (i64::from(rule.minimum), rule.maximum.map(i64::from));
        let wanted = match most {
            Some(most) => Say::BetweenIn(least, most, days),
            None => Say::AtLeastIn(least, days),
        };
        let texts = (seen.map_or(Say::NotSaid, |seen| Say::CountIn(seen, days)), wanted);
        if let (Some(seen), Some(most)) = (seen, most)
            && seen > most
        {
            return self.note(place, (Answer::No, Reason::AboveMaximum), texts, None);
        }
        self.note(place, (reaches(seen, least), reason), texts, None)
    }

    fn age(&mut self, years: i64, proof: Proof, path: &'a str) -> Outcome {
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
        let observed = facts.age.map_or(Say::NotSaid, |age| Say::Age(age, facts.age_proof));
        let required = Say::AgeOrMore(years, proof == Proof::Verified);
        self.note((Step::Conditions, path), (answer, reason), (observed, required), None)
    }

    /// The last day of a violation: what is told by itself, and what stands on the list.
    fn last_violation(&self) -> Option<Day> {
        let facts = self.candidate.facts;
        let listed = facts.violations.as_ref().and_then(|list| list.all().last());
        let listed = listed.map(|(day, _)| *day);
        facts.last_violation.max(listed)
    }

    fn violation_free(&mut self, days: u16, path: &'a str) -> Outcome {
        let last = self.last_violation();
        let free_from = last.map(|last| last.plus(i32::from(days)));
        // A platform tells of violations: where it tells of none, there was none.
        let answer = Answer::of(free_from.is_none_or(|from| from <= self.candidate.day));
        let observed = last.map_or(Say::None, Say::LastViolation);
        let texts = (observed, Say::WithoutViolation(days));
        let place = (Step::Conditions, path);
        self.note(place, (answer, Reason::ViolationInWindow), texts, free_from)
    }

    fn violations(&mut self, severity: &str, most: i64, days: u16, path: &'a str) -> Outcome {
        let day = self.candidate.day;
        let least = catalog::parse_word::<catalog::Severity>(severity).ok();
        let listed = self.candidate.facts.violations.as_ref().map_or(&[][..], |list| list.all());
        let counts = |(_, severity): &&(Day, catalog::Severity)| Some(*severity) >= least;
        let first = day.plus(1 - i32::from(days));
        let inside = listed.iter().filter(counts).map(|(day, _)| *day);
        let inside: Vec<Day> = inside.filter(|one| *one >= first && *one <= day).collect();
        let seen = i64::try_from(inside.len()).unwrap_or(i64::MAX);
        // When the oldest that are too many have left the window.
        let leaves = usize::try_from(seen - most - 1).ok().and_then(|place| inside.get(place));
        let earliest = leaves.map(|last| last.plus(i32::from(days)));
        let texts = (Say::Violations(seen, days), Say::ViolationsAtMost(most, days));
        let place = (Step::Conditions, path);
        self.note(place, (Answer::of(seen <= most), Reason::ViolationInWindow), texts, earliest)
    }

    fn company(&mut self, days: i32, papers: bool, path: &'a str) -> Outcome {
        let (facts, place) = (self.candidate.facts, (Step::Conditions, path));
        if papers && facts.papers != Some(true) {
            let answer = facts.papers.map_or(Answer::Indeterminate, Answer::of);
            let observed = facts.papers.map_or(Say::NotSaid, |_| Say::None);
            return self.note(
                place,
                (answer, Reason::PapersMissing),
                (observed, Say::Papers),
                None,
            );
        }
        let old_from = facts.founded.map(|founded| founded.plus(days));
        let day = self.candidate.day;
        let answer = old_from.map_or(Answer::Indeterminate, |from| Answer::of(from <= day));
        let observed = facts.founded.map_or(Say::NotSaid, Say::Founded);
        let texts = (observed, Say::Founded(day.plus(-days)));
        self.note(place, (answer, Reason::CompanyTooYoung), texts, old_from)
    }

    fn member_of(&mut self, program: &'a str, rule: &'a str) -> Outcome {
        let belongs = (self.candidate.belongs)(program);
        let observed = if belongs { Say::MemberOf(program) } else { Say::NotMemberOf(program) };
        let answer = (Answer::of(belongs), Reason::PrerequisiteMissing);
        self.note((Step::Program, rule), answer, (observed, Say::MemberOf(program)), None)
    }

    fn region(&mut self, rules: &'a Availability, all: &mut All) {
        let Some(open) = rules.countries.as_ref() else { return };
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
        let texts = (Say::text(country), Say::OneOf(&open.0));
        let place = (Step::Region, "availability.countries");
        all.add(self.note(place, (answer, reason), texts, from), day);
    }

    /// Whether the account has the program in its app: not asked of who is in.
    fn technical(&mut self, rules: &'a Availability, program: &str, all: &mut All) {
        let day = self.candidate.day;
        let facts = self.candidate.facts;
        if let Some(test) = &rules.test
            && test.through.0 >= day
        {
            let tester = test.groups.iter().any(|group| facts.in_group(group));
            let texts = (Say::text(facts.groups.as_ref()), Say::OneOf(&test.groups));
            let place = (Step::Technical, "availability.test");
            let over = Some(test.through.0.plus(1));
            all.add(self.note(place, (Answer::of(tester), Reason::TestPhase), texts, over), day);
        }
        if let Some(rollout) = &rules.rollout {
            self.rollout(rollout, program, all);
        }
        if facts.app_client.is_none() && !rules.minimum_app.is_empty() {
            let place = (Step::Technical, "availability.minimum_app");
            let answer = (Answer::Indeterminate, Reason::AppTooOld);
            all.add(self.note(place, answer, (Say::NotSaid, Say::NotSaid), None), day);
        }
        if let Some((client, least)) =
            facts.app_client.as_ref().and_then(|client| rules.minimum_app.get_key_value(client))
        {
            let seen = facts.app_version.as_deref();
            let recent = seen.and_then(|seen| is_recent(seen, least));
            let answer = recent.map_or(Answer::Indeterminate, Answer::of);
            let observed = seen.map_or(Say::NotSaid, |seen| Say::Version(client, seen));
            let texts = (observed, Say::AtLeastVersion(client, least));
            let place = (Step::Technical, "availability.minimum_app");
            all.add(self.note(place, (answer, Reason::AppTooOld), texts, None), day);
        }
        if let Some(days) = rules.switch_days {
            let since = facts.account_type_since;
            let from = since.map(|since| since.plus(i32::from(days)));
            let answer = Answer::of(from.is_none_or(|from| from <= day));
            let observed = since.map_or(Say::None, Say::Since);
            let required = from.map_or(Say::None, Say::From);
            let place = (Step::Technical, "availability.switch_days");
            let texts = (observed, required);
            all.add(self.note(place, (answer, Reason::SwitchPending), texts, from), day);
        }
        if let Some(days) = rules.data_age_days {
            let age = facts.synced.map(|at| i64::from(day.epoch_days() - at.epoch_days()));
            let most = i64::from(days);
            let answer = age.map_or(Answer::Indeterminate, |age| Answer::of(age <= most));
            let observed = age.map_or(Say::NotSaid, Say::AgeOfData);
            let place = (Step::Technical, "availability.data_age_days");
            let texts = (observed, Say::DataAtMost(most));
            all.add(self.note(place, (answer, Reason::DataNotSynced), texts, None), day);
        }
    }

    fn rollout(&mut self, rollout: &'a Rollout, program: &str, all: &mut All) {
        let (facts, day) = (self.candidate.facts, self.candidate.day);
        let seat = place_in_rollout(&rollout.salt, program, self.candidate.id);
        let named = rollout.groups.iter().any(|group| facts.in_group(group));
        let reached = named || seat < rollout.permille;
        let texts = (Say::Place(seat), Say::BelowPlace(rollout.permille));
        let place = (Step::Technical, "availability.rollout");
        all.add(
            self.note(place, (Answer::of(reached), Reason::RolloutNotReached), texts, None),
            day,
        );
        if let Some(push) = &rollout.push
            && reached
            && !named
            && seat >= push.was
        {
            let arrives = push.from.0.plus(i32::from(push.days));
            let texts = (Say::Since(push.from.0), Say::From(arrives));
            let place = (Step::Technical, "availability.rollout.push");
            let answer = (Answer::of(arrives <= day), Reason::PushDelayed);
            all.add(self.note(place, answer, texts, Some(arrives)), day);
        }
    }
}

fn percent(share: kernel::Ppm) -> i64 {
    i64::from(share.parts() / 10_000)
}

fn standing_reason(standing: Option<Standing>) -> Reason {
    match standing {
        Some(Standing::Throttled) => Reason::Throttled,
        Some(Standing::SensitiveField) => Reason::SensitiveField,
        _ => Reason::NotInGoodStanding,
    }
}

impl Policy {
    /// May a creator enter on a day, or is he in? All rules are looked at.
    #[must_use]
    pub fn entry<'a>(&'a self, candidate: &Candidate<'a>) -> Decision<'a> {
        let mut checks = Vec::new();
        let (answer, earliest) = self.entry_into(candidate, &mut checks);
        checks.sort_by_key(|check| check.step);
        Decision { answer, checks, earliest }
    }

    /// The same into a list that is used again and again, in no order: to decide of all creators.
    pub fn entry_into<'a>(
        &'a self,
        candidate: &Candidate<'a>,
        checks: &mut Vec<Check<'a>>,
    ) -> (Answer, Option<Day>) {
        checks.clear();
        let day = candidate.day;
        let mut all = All::NOTHING;
        let mut looking =
            Looking { candidate: *candidate, paths: self.rule_paths.require.iter(), checks };
        self.program_checks(&mut looking, &mut all);
        looking.rules(&self.eligibility.require, &mut all);
        self.account_checks(&mut looking, &mut all);
        looking.region(&self.availability, &mut all);
        if !matches!(candidate.state, Some(State::Approved { .. })) {
            looking.technical(&self.availability, &self.program, &mut all);
            self.joining_checks(&mut looking, &mut all);
        }
        (all.answer, all.earliest.filter(|first| all.answer != Answer::Yes && *first > day))
    }

    /// Does a member go on to hold what is asked of members? Neither region nor rollout takes
    /// anybody's membership.
    pub fn keep_into<'a>(
        &'a self,
        candidate: &Candidate<'a>,
        checks: &mut Vec<Check<'a>>,
    ) -> (Answer, Option<Day>) {
        checks.clear();
        let mut all = All::NOTHING;
        let (rules, paths) = match &self.eligibility.keep {
            Some(keep) => (keep, &self.rule_paths.keep),
            None => (&self.eligibility.require, &self.rule_paths.require),
        };
        let mut looking = Looking { candidate: *candidate, paths: paths.iter(), checks };
        for program in self.catalogue.prerequisites() {
            let outcome = looking.member_of(program, "catalogue.requires");
            all.add(outcome, candidate.day);
        }
        looking.rules(rules, &mut all);
        self.account_checks(&mut looking, &mut all);
        (all.answer, all.earliest.filter(|_| all.answer != Answer::Yes))
    }

    /// The numbers of rolling windows that its rules ask for.
    #[must_use]
    pub fn windows(&self) -> Vec<Window<'_>> {
        let mut found = Vec::new();
        let mut add = |window| {
            if !found.contains(&window) {
                found.push(window);
            }
        };
        crate::rule::windows(&self.eligibility.require, &mut add);
        crate::rule::windows(self.eligibility.keep.as_deref().unwrap_or_default(), &mut add);
        found
    }

    /// The programs that nobody enters this one without.
    #[must_use]
    pub fn required_programs(&self) -> Vec<&str> {
        let mut found: Vec<&str> = self.catalogue.prerequisites().collect();
        crate::rule::required(&self.eligibility.require, &mut found);
        found
    }

    /// The programs whose members its rules ask for.
    #[must_use]
    pub fn asked_programs(&self) -> Vec<&str> {
        let mut found: Vec<&str> = self.catalogue.prerequisites().collect();
        crate::rule::programs(&self.eligibility.require, &mut found);
        crate::rule::programs(self.eligibility.keep.as_deref().unwrap_or_default(), &mut found);
        found
    }

    /// Is it the right program for this account?
    fn program_checks<'a>(&'a self, looking: &mut Looking<'a, '_>, all: &mut All) {
        let (facts, day) = (looking.candidate.facts, looking.candidate.day);
        if self.catalogue.kind == Kind::Advertiser {
            let answer = Answer::of(facts.in_group(ADVERTISER));
            let observed = facts.groups.as_deref().map_or(Say::None, Say::Text);
            let texts = (observed, Say::Text(ADVERTISER));
            let place = (Step::Program, "catalogue.kind");
            all.add(looking.note(place, (answer, Reason::WrongProgram), texts, None), day);
        }
        if !self.availability.surfaces.is_empty() {
            let surfaces = &self.availability.surfaces;
            let answer = match facts.surface.as_ref() {
                None => Answer::Indeterminate,
                Some(surface) => Answer::of(surfaces.contains(surface)),
            };
            let texts = (Say::text(facts.surface.as_ref()), Say::OneOf(surfaces));
            let place = (Step::Program, "availability.surfaces");
            all.add(looking.note(place, (answer, Reason::SurfaceMismatch), texts, None), day);
        }
        if self.effective > day {
            let texts = (Say::Day(day), Say::From(self.effective));
            let (place, answer) = ((Step::Program, "effective"), Answer::No);
            let begins = Some(self.effective);
            all.add(looking.note(place, (answer, Reason::ProgramNotBegun), texts, begins), day);
        }
        if let Some(last) = &self.catalogue.ends {
            let texts = (Say::Day(day), Say::Through(last.0));
            let place = (Step::Program, "catalogue.ends");
            let answer = (Answer::of(day <= last.0), Reason::ProgramEnded);
            all.add(looking.note(place, answer, texts, None), day);
        }
        for program in self.catalogue.prerequisites() {
            let outcome = looking.member_of(program, "catalogue.requires");
            all.add(outcome, day);
        }
    }

    /// Can somebody who is not in join now?
    fn joining_checks<'a>(&'a self, looking: &mut Looking<'a, '_>, all: &mut All) {
        let (state, day) = (looking.candidate.state, looking.candidate.day);
        let word = state.map_or("none", State::word);
        let place = |rule| (Step::Program, rule);
        if let Some(most) = self.catalogue.members_max {
            let (seen, most) = (looking.candidate.members, i64::from(most));
            let texts = (Say::Members(seen), Say::FewerMembers(most));
            let answer = (Answer::of(seen < most), Reason::CapReached);
            all.add(looking.note(place("catalogue.members_max"), answer, texts, None), day);
        }
        let Some(admission) = &self.admission else { return };
        let reason = match state {
            Some(State::Applied { .. } | State::InReview { .. }) => Some(Reason::InReview),
            Some(State::Suspended { .. }) => Some(Reason::Suspended),
            Some(State::Removed) => Some(Reason::Removed),
            _ => None,
        };
        if let Some(reason) = reason {
            let texts = (Say::State(word), Say::State("approved"));
            all.add(looking.note(place("admission"), (Answer::No, reason), texts, None), day);
        }
        if let Some(State::Rejected { again, .. }) = state {
            let texts = (Say::Day(day), Say::From(*again));
            let answer = (Answer::of(*again <= day), Reason::CooldownActive);
            let rule = place("admission.cooldown_days");
            all.add(looking.note(rule, answer, texts, Some(*again)), day);
        }
        if admission.mode == Mode::Invitation {
            let invited = matches!(
                state,
                Some(State::Invited { through }) if through.is_none_or(|last| last >= day)
            );
            let texts = (Say::State(word), Say::Invited);
            let answer = (Answer::of(invited), Reason::NotInvited);
            all.add(looking.note(place("admission.mode"), answer, texts, None), day);
        }
    }

    /// What keeps an account from earning keeps it out too.
    fn account_checks<'a>(&'a self, looking: &mut Looking<'a, '_>, all: &mut All) {
        let (facts, day) = (looking.candidate.facts, looking.candidate.day);
        self.search_account(facts, day, &mut |reason, say| {
            let texts = match (reason, facts.last_violation, self.accounts.violation_free_days) {
                (Reason::ViolationInWindow, Some(last), Some(days)) => {
                    (Say::LastViolation(last), Say::WithoutViolation(days))
                }
                _ => (Say::So, Say::NotSo),
            };
            let (_, _, rule, earliest) = say();
            let place = (Step::Conditions, rule);
            let outcome = looking.note(place, (Answer::No, reason), texts, earliest);
            all.add(outcome, day);
        });
    }
}
