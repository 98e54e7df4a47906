//! A wrong rule or classifier, made good: one decision over all works or accounts of which it said
//! the same. What it would cost is counted first; two people decide; what follows is a case like
//! any other that was overturned (I21, R86, R87).
use std::collections::{BTreeMap, BTreeSet};

use appeal::{Field, State, Strike};
use kernel::{Day, Reason, Zone};
use ledger::Account;
use program::Policy;
use serde_json::{Value, json};
use store::{AppealRow, Db};

use crate::backpay::{self, Remedy};
use crate::command::Context;
use crate::directory::Directory;
use crate::dispatch::Answer;
use crate::error::Error;
use crate::settle::Struck;
use crate::workspace::Stipend;
use crate::{appeals, facts, messages, outbox, programs};

/// Works or accounts of one remedy, at most.
pub const SUBJECTS_MAX: usize = 5_000;
/// Subjects that an answer names.
const NAMED: usize = 100;
/// The word of the command, and of the matter of its case.
pub(crate) const REMEDY: &str = "appeal.remedy";
pub(crate) const MATTER: &str = "remedy";

/// Of which works or accounts a fact was said wrongly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The reason that is held against them, still.
    pub code: Reason,
    /// The days on which that began: of a classifier those on which it ran.
    pub since: (Day, Day),
    /// These works or creators alone; all of them, if empty.
    pub ids: BTreeSet<String>,
}

/// What is to be made good, found out and counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    code: Reason,
    why: String,
    remedy: Remedy,
    cost: Value,
}

impl Plan {
    /// SHA-256 of what is made good, in hex: an approval is bound to it.
    #[must_use]
    pub fn digest(&self) -> String {
        let text = json!({ "code": self.code.code(), "remedy": self.remedy.to_json() });
        hex::encode(lake::files::sha256(text.to_string().as_bytes()))
    }

    /// Checks that this is what somebody saw.
    ///
    /// # Errors
    /// [`Error::Conflict`] when it is another by now.
    pub fn is(&self, digest: &str) -> Result<(), Error> {
        if self.digest() == digest {
            return Ok(());
        }
        let text = format!(
            "it would make good something else by now, {}: look at it again",
            self.digest()
        );
        Err(Error::conflict("not_as_shown", text))
    }

    /// As it is shown: the first of its subjects, and what it would cost by program.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut subjects = self.remedy.to_json();
        if let Some(list) = subjects.as_array_mut() {
            list.truncate(NAMED);
        }
        json!({
            "code": self.code.code(),
            "subjects": self.remedy.strikes.len(),
            "first": subjects,
            "cost": self.cost,
            "digest": self.digest(),
        })
    }

    pub(crate) fn document(&self) -> Value {
        json!({ "code": self.code.code(), "why": self.why, "remedy": self.remedy.to_json(),
                "cost": self.cost })
    }

    pub(crate) fn of_document(document: &Value) -> Option<Plan> {
        Some(Plan {
            code: Reason::from_code(document["code"].as_str()?)?,
            why: document["why"].as_str()?.to_owned(),
            remedy: Remedy::of_text(&document["remedy"].to_string()),
            cost: document["cost"].clone(),
        })
    }
}

/// Finds the works or accounts that a query means, and counts what the wrong decision took from
/// their creators on the days that are settled. Nothing is changed.
///
/// # Errors
/// [`Error::Refused`] for a reason that rests on no fact of the platform's, and for a query that
/// nothing or too much fits; when the database or the lake fails.
pub fn plan(stipend: &mut Stipend, query: &Query, why: &str, now_us: i64) -> Result<Plan, Error> {
    let code = query.code.code();
    let field = Field::of_reason(query.code).ok_or_else(|| {
        Error::Refused(format!("`{code}` rests on no fact that the platform told: it stands"))
    })?;
    let all = programs::all(stipend)?;
    let versions = programs::in_effect(&all, now_us);
    let right = appeals::right_day(versions.iter().map(|version| &version.policy), now_us);
    let directory = Directory::load(&mut stipend.db, &stipend.keys)?;
    let mut subjects: BTreeMap<(bool, String), Day> = BTreeMap::new();
    for (place, work) in directory.works.ids().iter().enumerate() {
        for version in &versions {
            let policy = &version.policy;
            let Some((of_work, of_creator)) = directory.facts(policy, place, right) else {
                continue;
            };
            let found = policy.findings(&of_work, &of_creator, right);
            if !found.iter().any(|finding| finding.reason == query.code) {
                continue;
            }
            let (id, since) = if field.is_of_account() {
                let Some(id) = of_work.creator.clone() else { continue };
                let Some(at) = directory.creator_named(&id) else { continue };
                let told = directory.creators.versions(kernel::cast::index(at));
                (id, appeal::since(told, right, |facts| field.said_of_creator(facts)))
            } else {
                let told = directory.works.versions(place);
                (work.clone(), appeal::since(told, right, |facts| field.said_of_work(facts)))
            };
            let wanted = query.ids.is_empty() || query.ids.contains(&id);
            if let Some(since) =
                since.filter(|since| wanted && (query.since.0..=query.since.1).contains(since))
            {
                subjects.insert((field.is_of_account(), id), since);
            }
        }
    }
    if subjects.is_empty() {
        let (from, through) = query.since;
        let text = format!("`{code}` began for nothing from {from} through {through}");
        return Err(Error::Refused(text));
    }
    if subjects.len() > SUBJECTS_MAX {
        let text = format!(
            "{} works or accounts are too many for one decision, at most {SUBJECTS_MAX}: name \
             fewer days or ids",
            subjects.len()
        );
        return Err(Error::Refused(text));
    }
    let strikes = subjects.into_iter().map(|((of_account, id), from)| {
        let strike = Strike { fields: vec![field], from, through: right.plus(-1) };
        (if of_account { Struck::Creator(id) } else { Struck::Work(id) }, strike)
    });
    let remedy = Remedy { strikes: strikes.collect() };
    let cost = cost(stipend, &remedy, now_us)?;
    Ok(Plan { code: query.code, why: why.to_owned(), remedy, cost })
}

/// What a remedy would bring, by program, beside what the reserve has.
fn cost(stipend: &mut Stipend, remedy: &Remedy, now_us: i64) -> Result<Value, Error> {
    let mut costs = Vec::new();
    for owed in backpay::reckon(stipend, remedy, now_us, None)? {
        let rows = owed.rows(0, now_us);
        let creators: BTreeSet<&String> = rows.iter().map(|row| &row.creator).collect();
        let days: BTreeSet<Day> = rows.iter().map(|row| row.day).collect();
        let amount: i64 = rows.iter().map(|row| row.amount).sum();
        let reserve = Account::Backpay { program: owed.program.clone() };
        let there = stipend.db.balance(&reserve, &owed.asset)?;
        let shown = |units| kernel::money::shown(&owed.asset, units);
        costs.push(json!({
            "program": owed.program,
            "currency": owed.asset,
            "creators": creators.len(),
            "days": days.len(),
            "amount": shown(amount),
            "reserve": shown(there),
            "short": shown((amount - there).max(0)),
        }));
    }
    Ok(Value::from(costs))
}

/// Decides it: the facts are right from now on, and a case that was overturned pays what they took.
pub(crate) fn decide(
    db: &mut Db,
    actor: &str,
    plan: &Plan,
    context: &Context,
) -> Result<Answer, Error> {
    let now_us = context.now_us;
    let digest = plan.digest();
    let key = format!("{MATTER}/{digest}");
    if db.appeal_of_matter(&key)?.is_some() {
        return Err(Error::conflict("already_ended", "this was made good before".to_owned()));
    }
    let policies = appeals::policies(db, None, now_us)?;
    let right = appeals::right_day(policies.iter(), now_us);
    let mut remedy = plan.remedy.clone();
    let (mut rows, mut creators) = (Vec::new(), BTreeSet::new());
    for (struck, strike) in &mut remedy.strikes {
        // Approved some days later, it holds through those days.
        strike.through = right.plus(-1);
        let upto = Strike { through: right, ..strike.clone() };
        match struck {
            Struck::Creator(creator) => {
                let versions = db.creator_versions(creator)?;
                rows.push(facts::creator(creator, right, upto.creator_set_right(&versions, right)));
                creators.insert(creator.clone());
            }
            Struck::Work(work) => {
                let versions = db.work_versions(work)?;
                rows.push(facts::work(work, right, upto.work_set_right(&versions, right)));
                creators.extend(
                    catalog::as_of(&versions, right).and_then(|facts| facts.creator.clone()),
                );
            }
        }
    }
    let told = facts::Told { rows, ..facts::Told::default() };
    facts::store(db, &context.public, &told, now_us)?;
    let receipt = json!({ "digest": digest, "cost": plan.cost });
    let row = AppealRow {
        seq: 0,
        matter_key: key,
        creator: String::new(),
        matter: MATTER.to_owned(),
        program: String::new(),
        day: String::new(),
        work: String::new(),
        about: 0,
        state: State::Overturned.word().to_owned(),
        instance: 1,
        receipt_digest: lake::files::sha256(receipt.to_string().as_bytes()).to_vec(),
        receipt: receipt.to_string(),
        words: plan.why.clone(),
        filed_by: actor.to_owned(),
        priority: 0,
        escalated: 0,
        due_us: now_us,
        claimed_by: String::new(),
        claimed_us: None,
        decided_by: actor.to_owned(),
        decided_us: Some(now_us),
        codes: json!([plan.code.code()]).to_string(),
        answer: plan.why.clone(),
        remedy: remedy.to_json().to_string(),
        created_us: now_us,
        changed_us: now_us,
    };
    let seq = db.add_appeal(&row)?;
    outbox::emit(db, "appeal.changed", "", &appeals::to_json(&AppealRow { seq, ..row }), now_us)?;
    db.add_job(&backpay::job(seq, "first", now_us), now_us)?;
    let within = policies.iter().map(|policy| policy.appeals.within_days).max();
    let within = within.unwrap_or(Policy::default_appeals().within_days);
    let promised = Zone::utc().day_of(now_us).plus(within).to_string();
    for creator in &creators {
        let said = json!({ "reasons": plan.code.code(), "text": plan.why, "by": promised });
        messages::send(db, &format!("creator:{creator}"), "remedy-decided", &said, now_us)?;
    }
    let body = json!({ "code": plan.code.code(), "digest": digest,
                       "subjects": plan.remedy.strikes.len(), "creators": creators.len(),
                       "cost": plan.cost });
    Ok(Answer::new(200, &body))
}
