//! Membership: how creators come in and go out, each step kept for ever (requirements 1.19, R5,
//! R44 to R48, R54).
use kernel::day::instant;
use kernel::{Day, Reason};
use program::Policy;
use program::admission::{Admission, Mode};
use program::availability::place_in_rollout;
use program::membership::{Act, NotNow, State, next};
use serde_json::{Value, json};
use store::{Db, MembershipRow, ReviewRow, StepRow};

use crate::dispatch::Answer;
use crate::error::Error;
use crate::{calendars, messages, outbox};

/// What somebody wants of a membership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Invite the creator.
    Invite,
    /// Accept an invitation; with what the conditions say.
    Accept(Eligible),
    /// Apply; with what the conditions say.
    Apply(Eligible),
    /// Leave, or take an application back.
    Leave,
    /// Let the member earn nothing for now.
    Suspend(Vec<Reason>),
    /// Let him earn again.
    Restore,
    /// End the membership.
    Remove,
    /// Make him a member against the rules; needs four eyes.
    Override,
}

/// What the program's conditions said of the creator just before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Eligible {
    /// Whether they all hold.
    pub holds: bool,
    /// The codes of those that do not.
    pub codes: Vec<String>,
}

/// A wish about one creator in one program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The program.
    pub program: String,
    /// The creator.
    pub creator: String,
    /// What.
    pub what: What,
    /// Why, in words.
    pub why: String,
}

impl Wish {
    pub(crate) fn word(&self) -> &'static str {
        match self.what {
            What::Invite => "member.invite",
            What::Accept(_) => "member.accept",
            What::Apply(_) => "member.apply",
            What::Leave => "member.leave",
            What::Suspend(_) => "member.suspend",
            What::Restore => "member.restore",
            What::Remove => "member.remove",
            What::Override => "member.override",
        }
    }

    pub(crate) fn subject(&self) -> String {
        format!("creator {} in {}", self.creator, self.program)
    }

    pub(crate) fn document(&self) -> Option<Value> {
        let document = json!({ "program": self.program, "creator": self.creator, "why": self.why });
        (self.what == What::Override).then_some(document)
    }

    pub(crate) fn of_document(document: &Value) -> Option<Wish> {
        let text = |name: &str| document[name].as_str().map(str::to_owned);
        Some(Wish {
            program: text("program")?,
            creator: text("creator")?,
            what: What::Override,
            why: text("why")?,
        })
    }

    pub(crate) fn run(&self, db: &mut Db, actor: &str, now_us: i64) -> Result<Answer, Error> {
        let mut desk = Desk::of(db, &self.program, now_us)?;
        let creator = self.creator.as_str();
        if db.find_creator(creator)?.is_none() {
            return Err(Error::Missing(format!("no creator `{creator}` is known")));
        }
        let who = Who { actor, why: &self.why, creator };
        let state = desk.state(db, creator)?;
        match &self.what {
            What::Invite => {
                if desk.admission.mode == Mode::Application {
                    return Err(Error::conflict("wrong_state", "this program does not invite"));
                }
                let days = desk.admission.invitation_days.map(i32::from);
                let through = days.map(|days| desk.day.plus(days));
                desk.step(db, &who, &Act::Invite { through })?;
            }
            What::Accept(eligible) => {
                desk.check_eligible(eligible)?;
                desk.check_room(db)?;
                desk.step(db, &who, &Act::Accept)?;
            }
            What::Apply(eligible) => {
                let invited = matches!(
                    state,
                    Some(State::Invited { through }) if through.is_none_or(|last| last >= desk.day)
                );
                if desk.admission.mode == Mode::Invitation && !invited {
                    return Err(Error::conflict("not_eligible", "this program is by invitation"));
                }
                desk.apply(db, &who, eligible)?;
            }
            What::Leave => {
                // An answer that is on its way cannot be escaped, nor its cool-down (R48).
                if let Some(review) = db.open_review(&desk.program, creator)?
                    && !db.opinions(review.seq)?.is_empty()
                {
                    let text = "the application is being decided: wait for the answer";
                    return Err(Error::conflict("wrong_state", text));
                }
                desk.close_review(db, creator)?;
                desk.step(db, &who, &Act::Leave)?;
            }
            What::Suspend(reasons) => {
                let act = Act::Suspend { reasons: reasons.clone(), by_rule: false };
                desk.step(db, &who, &act)?;
            }
            What::Restore => desk.step(db, &who, &Act::Restore)?,
            What::Remove => desk.step(db, &who, &Act::Remove)?,
            What::Override => {
                desk.close_review(db, creator)?;
                desk.step(db, &who, &Act::Override)?;
                // Without the day: the second person may decide on another one.
                let before = state.as_ref().map_or("none", State::word);
                let program = &desk.program;
                return Ok(Answer::new(
                    200,
                    &json!({ "program": program, "creator": creator, "before": before,
                             "state": "approved" }),
                ));
            }
        }
        let row = db.membership(&desk.program, creator)?;
        let missing = || Error::Missing("the membership was not kept".to_owned());
        Ok(Answer::new(200, &to_json(&row.ok_or_else(missing)?)))
    }
}

impl From<NotNow> for Error {
    fn from(error: NotNow) -> Error {
        let code = match error {
            NotNow::State { .. } | NotNow::Barred => "wrong_state",
            NotNow::Cooldown(_) => "cooldown_active",
            NotNow::Over(_) => "already_ended",
        };
        Error::conflict(code, error.to_string())
    }
}

/// Lets a creator in whose application was rejected wrongly.
pub(crate) fn let_in(
    db: &mut Db,
    program: &str,
    creator: &str,
    (actor, why): (&str, &str),
    now_us: i64,
) -> Result<(), Error> {
    let mut desk = Desk::of(db, program, now_us)?;
    desk.step(db, &Who { actor, why, creator }, &Act::Reverse)
}

/// Who does something, why, and to whom.
pub(crate) struct Who<'a> {
    pub(crate) actor: &'a str,
    pub(crate) why: &'a str,
    pub(crate) creator: &'a str,
}

/// A program at which members come and go, on its own day.
pub(crate) struct Desk {
    pub(crate) program: String,
    pub(crate) policy: Policy,
    pub(crate) admission: Admission,
    pub(crate) day: Day,
    now_us: i64,
}

impl Desk {
    pub(crate) fn of(db: &mut Db, program: &str, now_us: i64) -> Result<Desk, Error> {
        let rows = db.policies()?.into_iter().filter(|row| row.program == program);
        let rows: Vec<_> = rows.collect();
        let missing = || Error::Missing(format!("there is no program `{program}`"));
        let newest = Policy::parse(&rows.last().ok_or_else(missing)?.document)?;
        let day = newest.zone.day_of(now_us);
        let row = rows.iter().rev().find(|row| row.effective <= day);
        let policy = match row {
            Some(row) => Policy::parse(&row.document)?,
            None => newest,
        };
        let Some(admission) = policy.admission.clone() else {
            let text = "the program has no members: its policy has no section [admission]";
            return Err(Error::conflict("wrong_state", text));
        };
        Ok(Desk { program: program.to_owned(), policy, admission, day, now_us })
    }

    pub(crate) fn state(&self, db: &mut Db, creator: &str) -> Result<Option<State>, Error> {
        Ok(db.membership(&self.program, creator)?.and_then(|row| state_of(&row)))
    }

    /// Does one step, keeps it, and tells the creator and the platform.
    pub(crate) fn step(&mut self, db: &mut Db, who: &Who<'_>, act: &Act) -> Result<(), Error> {
        let before = self.state(db, who.creator)?;
        let after = next(before.as_ref(), act, self.day)?;
        let row = StepRow {
            after: MembershipRow {
                program: self.program.clone(),
                creator: who.creator.to_owned(),
                state: after.word().to_owned(),
                day: self.day,
                facts: facts_of(&after).to_string(),
                seq: 0,
            },
            actor: who.actor.to_owned(),
            reason: who.why.to_owned(),
            recorded_us: self.now_us,
        };
        let seq = db.add_step(&row)?;
        let mut told = to_json(&MembershipRow { seq, ..row.after });
        told["before"] = json!(before.as_ref().map_or("none", State::word));
        let subject = format!("{}/{}", self.program, who.creator);
        outbox::emit(db, "membership.changed", &subject, &told, self.now_us)?;
        if let Some((kind, facts)) = self.letter(act, &after, who.why) {
            let to = format!("creator:{}", who.creator);
            messages::send(db, &to, kind, &facts, self.now_us)?;
        }
        Ok(())
    }

    /// What the creator is told of a step.
    fn letter(&self, act: &Act, after: &State, why: &str) -> Option<(&'static str, Value)> {
        let (program, day) = (&self.program, self.day.to_string());
        let dated = json!({ "program": program, "day": day });
        let with = |name: &str, value: Value| {
            let mut facts = dated.clone();
            facts[name] = value;
            facts
        };
        let codes =
            |reasons: &[Reason]| json!(reasons.iter().map(|r| r.code()).collect::<Vec<_>>());
        match (act, after) {
            (_, State::Invited { through }) => {
                let until = through.map_or("…".to_owned(), |day| day.to_string());
                let title = &self.policy.title;
                Some((
                    "member-invited",
                    json!({ "program": program, "title": title, "until": until }),
                ))
            }
            (Act::Apply { .. }, State::Applied { due: Some(due) }) => {
                Some(("member-applied", json!({ "program": program, "due": due.to_string() })))
            }
            (Act::Restore, _) => Some(("member-restored", dated)),
            (Act::Supersede { by }, _) => Some(("member-superseded", with("by", json!(by)))),
            (_, State::Approved { .. }) => Some(("member-approved", dated)),
            (_, State::Rejected { reasons, again, .. }) => Some((
                "member-rejected",
                json!({ "program": program, "reasons": codes(reasons), "text": why,
                        "reapply": again.to_string() }),
            )),
            (_, State::Suspended { reasons, .. }) => {
                Some(("member-suspended", with("reasons", codes(reasons))))
            }
            (_, State::Removed) => Some(("member-removed", with("text", json!(why)))),
            (_, State::Left { .. }) => Some(("member-left", dated)),
            _ => None,
        }
    }

    fn check_eligible(&self, eligible: &Eligible) -> Result<(), Error> {
        if eligible.holds {
            return Ok(());
        }
        let codes = eligible.codes.join(", ");
        Err(Error::conflict("not_eligible", format!("the conditions do not hold: {codes}")))
    }

    pub(crate) fn check_room(&self, db: &mut Db) -> Result<(), Error> {
        let Some(most) = self.policy.catalogue.members_max else { return Ok(()) };
        if db.count_members(&self.program)? < i64::from(most) {
            return Ok(());
        }
        Err(Error::conflict(
            "cap_reached",
            format!("the program has {most} members, as many as it takes"),
        ))
    }

    fn apply(&mut self, db: &mut Db, who: &Who<'_>, eligible: &Eligible) -> Result<(), Error> {
        // The state tells more than the conditions do: it is asked first.
        let before = self.state(db, who.creator)?;
        next(before.as_ref(), &Act::Apply { due: None }, self.day)?;
        self.check_eligible(eligible)?;
        self.check_room(db)?;
        let Some(rules) = self.admission.review.clone() else {
            self.step(db, who, &Act::Apply { due: None })?;
            return self.step(db, who, &Act::Approve);
        };
        let facts = catalog::as_of(&db.creator_versions(who.creator)?, self.day)
            .map(std::borrow::Cow::into_owned)
            .unwrap_or_default();
        let calendar = calendars::of(db, facts.country.as_deref())?;
        let wrong = || Error::Refused("the calendar has no working days".to_owned());
        let due = calendar.working_day_after(self.day, rules.working_days).ok_or_else(wrong)?;
        let left = rules.working_days - rules.escalate_days;
        let escalate = calendar.working_day_after(self.day, left).ok_or_else(wrong)?;
        self.step(db, who, &Act::Apply { due: Some(due) })?;
        let zone = &self.policy.zone;
        let seat = place_in_rollout(
            &format!("second reviewer {}", self.now_us),
            &self.program,
            who.creator,
        );
        // Who has a certified profession comes first (R22, R28).
        let certified = facts.verification == Some(catalog::Verification::Professional);
        let works = sample(db, who.creator, self.day, usize::from(rules.works))?;
        db.add_review(&ReviewRow {
            seq: 0,
            program: self.program.clone(),
            creator: who.creator.to_owned(),
            state: "waiting".to_owned(),
            priority: if certified { 10 } else { 0 },
            due_us: zone.end_us(due),
            escalate_us: zone.start_us(escalate),
            escalated: 0,
            second: seat < rules.second_permille,
            claimed_by: String::new(),
            claimed_us: None,
            works: json!(works).to_string(),
            created_us: self.now_us,
            decided_us: None,
        })?;
        Ok(())
    }

    /// Ends the open review of a creator who does not want it, or does not need it, any more.
    pub(crate) fn close_review(&self, db: &mut Db, creator: &str) -> Result<(), Error> {
        if let Some(mut review) = db.open_review(&self.program, creator)? {
            review.state = "decided".to_owned();
            review.decided_us = Some(self.now_us);
            db.change_review(&review)?;
        }
        Ok(())
    }
}

/// The newest works of a creator that are there to be seen.
fn sample(db: &mut Db, creator: &str, day: Day, most: usize) -> Result<Vec<String>, Error> {
    use catalog::Facts;
    let mut works: std::collections::BTreeMap<String, catalog::WorkFacts> =
        std::collections::BTreeMap::new();
    db.each_work_version_of(creator, &mut |work, version| {
        if version.effective <= day {
            works.entry(work.to_owned()).or_default().fold(&version.facts);
        }
    })?;
    let hidden = [Some(catalog::Visibility::Deleted), Some(catalog::Visibility::SelfOnly)];
    works.retain(|_, facts| {
        facts.creator.as_deref() == Some(creator) && !hidden.contains(&facts.visibility)
    });
    let mut works: Vec<(i64, String)> =
        works.into_iter().map(|(id, facts)| (facts.published_us.unwrap_or(0), id)).collect();
    works.sort_by(|a, b| b.cmp(a));
    works.truncate(most);
    Ok(works.into_iter().map(|(_, id)| id).collect())
}

fn codes(reasons: &[Reason]) -> Value {
    json!(reasons.iter().map(|reason| reason.code()).collect::<Vec<_>>())
}

/// The facts of a state, as they are kept.
fn facts_of(state: &State) -> Value {
    let day = |day: &Option<Day>| json!(day.map(|day| day.to_string()));
    match state {
        State::Invited { through } => json!({ "through": day(through) }),
        State::Applied { due } | State::InReview { due } => json!({ "due": day(due) }),
        State::Rejected { reasons, again, count } => {
            json!({ "reasons": codes(reasons), "again": again.to_string(), "count": count })
        }
        State::Suspended { reasons, by_rule, forced } => {
            json!({ "reasons": codes(reasons), "by_rule": by_rule, "forced": forced })
        }
        State::Superseded { by } => json!({ "by": by }),
        State::Approved { forced } => json!({ "forced": forced }),
        State::Left { barred } => json!({ "barred": barred }),
        State::Removed => json!({}),
    }
}

/// The state that a row keeps.
#[must_use]
pub fn state_of(row: &MembershipRow) -> Option<State> {
    let facts: Value = serde_json::from_str(&row.facts).ok()?;
    let day = |name: &str| facts[name].as_str().and_then(|text| text.parse::<Day>().ok());
    let reasons = || -> Vec<Reason> {
        let codes = facts["reasons"].as_array().into_iter().flatten();
        codes.filter_map(|code| Reason::from_code(code.as_str()?)).collect()
    };
    Some(match row.state.as_str() {
        "invited" => State::Invited { through: day("through") },
        "applied" => State::Applied { due: day("due") },
        "in_review" => State::InReview { due: day("due") },
        "approved" => State::Approved { forced: facts["forced"].as_bool().unwrap_or(false) },
        "rejected" => State::Rejected {
            reasons: reasons(),
            again: day("again")?,
            count: facts["count"].as_i64()?,
        },
        "suspended" => State::Suspended {
            reasons: reasons(),
            by_rule: facts["by_rule"].as_bool().unwrap_or(false),
            forced: facts["forced"].as_bool().unwrap_or(false),
        },
        "removed" => State::Removed,
        "left" => State::Left { barred: facts["barred"].as_bool().unwrap_or(false) },
        "superseded" => State::Superseded { by: facts["by"].as_str()?.to_owned() },
        _ => return None,
    })
}

/// A membership as the API shows it.
#[must_use]
pub fn to_json(row: &MembershipRow) -> Value {
    let facts: Value = serde_json::from_str(&row.facts).unwrap_or_default();
    json!({
        "program": row.program,
        "creator": row.creator,
        "state": row.state,
        "since": row.day.to_string(),
        "facts": facts,
    })
}

/// A step of a membership as the API shows it.
#[must_use]
pub fn step_json(step: &StepRow) -> Value {
    let mut body = to_json(&step.after);
    body["id"] = json!(step.after.seq);
    body["actor"] = json!(step.actor);
    body["reason"] = json!(step.reason);
    body["recorded"] = json!(instant(step.recorded_us));
    body
}

/// Rejections of a creator since he was last in.
pub(crate) fn rejections(db: &mut Db, program: &str, creator: &str) -> Result<i64, Error> {
    let steps = db.steps(program, creator)?;
    let mut count = 0;
    for step in &steps {
        match step.after.state.as_str() {
            "rejected" => count += 1,
            "approved" => count = 0,
            _ => {}
        }
    }
    Ok(count)
}
