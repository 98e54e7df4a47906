//! Appeals: filed from a diagnosis or the account's status, looked at by an officer who did not
//! decide, answered in time with reasons, and made good by themselves (R82 to R89).
use appeal::{Act, Field, Matter, State, Strike};
use kernel::day::instant;
use kernel::{Day, Reason, Zone};
use program::{Appeals, Policy};
use serde_json::{Value, json};
use store::{AppealMessageRow, AppealRow, AttachmentRow, BackpayRow, Db};

use crate::access::check_words;
use crate::backpay::{self, Remedy};
use crate::command::Context;
use crate::contested::{Held, Known, held};
use crate::dispatch::Answer;
use crate::error::Error;
use crate::remedies::{Plan, REMEDY};
use crate::settle::Struck;
use crate::workspace::Stipend;
use crate::{evidence, facts, holds, membership, messages, outbox, proposals, remedies};

/// How long a claim holds against others.
const CLAIM_US: i64 = 24 * kernel::day::HOUR_US;
/// Before a case is due it is moved to the front by so much.
pub(crate) const SOON_US: i64 = 48 * kernel::day::HOUR_US;
const ESCALATED: i64 = 100;
/// Of an overturned case: that its back-pay is late was told.
const TOLD_LATE: i64 = 3;
/// What is about money that is held presses more, and a second look most.
const OF_HOLDS: i64 = 20;
const SECOND: i64 = 50;
/// Things said in one case, at most.
const MESSAGES_MAX: usize = 200;

/// An officer's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whether the decision was wrong.
    pub overturn: bool,
    /// Codes of the reasons that stand, or that were wrong: all that were contested, if empty.
    pub codes: Vec<Reason>,
    /// The answer in words, for the creator.
    pub text: String,
    /// Since when the decision was wrong; since it was said, if left out.
    pub since: Option<Day>,
}

/// What is done with a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// An officer takes it.
    Claim,
    /// He gives it back.
    Release,
    /// He answers.
    Decide(Decision),
    /// Somebody says something.
    Say(String),
}

/// Something done with appeals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A creator files a case.
    File {
        /// Who.
        creator: String,
        /// What is contested.
        matter: Matter,
        /// Why, in his words.
        words: String,
    },
    /// He takes it back.
    Withdraw {
        /// Who.
        creator: String,
        /// Its number.
        id: i64,
    },
    /// He asks another officer to look again.
    Reopen {
        /// Who.
        creator: String,
        /// Its number.
        id: i64,
        /// Why, in his words.
        words: String,
    },
    /// He says something in it.
    Say {
        /// Who.
        creator: String,
        /// Its number.
        id: i64,
        /// What.
        body: String,
    },
    /// A file becomes one of the case: [`crate::evidence::keep`] wrote it.
    Attach(AttachmentRow),
    /// An officer does something with it.
    Case {
        /// Its number.
        id: i64,
        /// Who.
        by: String,
        /// What.
        what: What,
    },
    /// Make good what a wrong rule or classifier took from many.
    Remedy(Plan),
    /// Put money into a program's reserve for back-pay.
    Fund {
        /// The program.
        program: String,
        /// How much, as decimal text.
        amount: String,
        /// Why.
        why: String,
        /// What makes it one.
        key: String,
    },
}

/// Money that is put into a reserve, or taken out.
pub(crate) const FUND: &str = "backpay.fund";

impl Change {
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Change::File { .. } => "appeal.file",
            Change::Withdraw { .. } => "appeal.withdraw",
            Change::Reopen { .. } => "appeal.reopen",
            Change::Say { .. } => "appeal.say",
            Change::Attach(_) => "appeal.attach",
            Change::Case { what, .. } => match what {
                What::Claim => "appeal.claim",
                What::Release => "appeal.release",
                What::Decide(_) => "appeal.decide",
                What::Say(_) => "appeal.say",
            },
            Change::Fund { .. } => FUND,
            Change::Remedy(_) => REMEDY,
        }
    }

    pub(crate) fn subject(&self) -> String {
        match self {
            Change::File { creator, matter, .. } => format!("{} of {creator}", matter.word()),
            Change::Withdraw { id, .. }
            | Change::Reopen { id, .. }
            | Change::Say { id, .. }
            | Change::Case { id, .. } => format!("appeal {id}"),
            Change::Attach(row) => format!("appeal {}", row.appeal),
            Change::Fund { program, .. } => format!("program {program}"),
            Change::Remedy(plan) => format!("remedy {}", plan.digest()),
        }
    }

    /// What is said with it.
    fn words(&self) -> Option<(&'static str, &str)> {
        match self {
            Change::File { words, .. } | Change::Reopen { words, .. } => Some(("words", words)),
            Change::Say { body, .. } | Change::Case { what: What::Say(body), .. } => {
                Some(("words", body))
            }
            Change::Case { what: What::Decide(decision), .. } => Some(("text", &decision.text)),
            _ => None,
        }
    }

    pub(crate) fn document(&self) -> Option<Value> {
        match self {
            Change::Fund { program, amount, why, key } => {
                Some(json!({ "program": program, "amount": amount, "why": why, "key": key }))
            }
            Change::Remedy(plan) => Some(plan.document()),
            _ => None,
        }
    }

    pub(crate) fn of_document(word: &str, document: &Value) -> Option<Change> {
        if word == REMEDY {
            return Plan::of_document(document).map(Change::Remedy);
        }
        let text = |name: &str| document[name].as_str().map(str::to_owned);
        Some(Change::Fund {
            program: text("program")?,
            amount: text("amount")?,
            why: text("why")?,
            key: text("key")?,
        })
    }

    pub(crate) fn run(&self, db: &mut Db, actor: &str, context: &Context) -> Result<Answer, Error> {
        let now_us = context.now_us;
        if let Some((name, words)) = self.words() {
            check_words(name, words)?;
        }
        match self {
            Change::File { creator, matter, words } => {
                file(db, actor, creator, matter, words, now_us)
            }
            Change::Withdraw { creator, id } => {
                let mut row = own(db, creator, *id)?;
                step(&mut row, Act::Withdraw)?;
                keep(db, row, now_us)
            }
            Change::Reopen { creator, id, words } => reopen(db, creator, *id, words, now_us),
            Change::Say { creator, id, body } => {
                let row = own(db, creator, *id)?;
                let author = format!("creator:{creator}");
                say(db, &row, &author, body, now_us)
            }
            Change::Attach(row) => evidence::add(db, row),
            Change::Case { id, by, what } => case(db, context, *id, by, what),
            Change::Fund { program, amount, key, .. } => {
                backpay::fund(db, program, amount, key, now_us)
            }
            Change::Remedy(plan) => remedies::decide(db, actor, plan, context),
        }
    }
}

pub(crate) fn get(db: &mut Db, seq: i64) -> Result<AppealRow, Error> {
    db.appeal(seq)?.ok_or_else(|| Error::Missing(format!("there is no appeal {seq}")))
}

/// A case of a creator's own; another's looks like one that there is not.
fn own(db: &mut Db, creator: &str, seq: i64) -> Result<AppealRow, Error> {
    let row = get(db, seq)?;
    if row.creator == creator {
        return Ok(row);
    }
    Err(Error::Missing(format!("there is no appeal {seq}")))
}

/// Moves a case on.
pub(crate) fn step(row: &mut AppealRow, act: Act) -> Result<(), Error> {
    let unknown = || Error::Refused(format!("appeal {} has no known state", row.seq));
    let state = State::from_word(&row.state).ok_or_else(unknown)?;
    let after = state.on(act).map_err(|error| Error::conflict("wrong_state", error.to_string()))?;
    after.word().clone_into(&mut row.state);
    Ok(())
}

fn keep(db: &mut Db, mut row: AppealRow, now_us: i64) -> Result<Answer, Error> {
    row.changed_us = now_us;
    db.change_appeal(&row)?;
    let body = to_json(&row);
    outbox::emit(db, "appeal.changed", &row.creator, &body, now_us)?;
    Ok(Answer::new(200, &body))
}

/// The policies that hold now, of all programs or of one.
pub(crate) fn policies(
    db: &mut Db,
    program: Option<&str>,
    now_us: i64,
) -> Result<Vec<Policy>, Error> {
    let mut found: Vec<Policy> = Vec::new();
    for row in db.policies()? {
        let policy = Policy::parse(&row.document)?;
        let other = program.is_some_and(|name| name != policy.program);
        if other || policy.effective > policy.zone.day_of(now_us) {
            continue;
        }
        match found.iter_mut().find(|held| held.program == policy.program) {
            Some(held) => *held = policy,
            None => found.push(policy),
        }
    }
    Ok(found)
}

/// What a case contests, as it was shown, with the rules and zone that it is dealt with by.
struct Contested {
    program: String,
    day: Option<Day>,
    work: String,
    about: i64,
    receipt: Value,
    rules: Appeals,
    zone: Zone,
    /// The day of the decision: the time to file runs from it.
    decided: Day,
}

fn contested(db: &mut Db, creator: &str, matter: &Matter, now_us: i64) -> Result<Contested, Error> {
    crate::wallet::known(db, creator)?;
    match matter {
        Matter::Account => {
            let known = Known::of_creator(db, creator)?;
            facts_against(db, (matter, None), &known, now_us)
        }
        Matter::Work(work) => {
            let day = Zone::utc().day_of(now_us);
            let known = Known::of_work(db, creator, work, day)?;
            facts_against(db, (matter, None), &known, now_us)
        }
        Matter::Verdict { program, day, work } => {
            let known = Known::of_work(db, creator, work, *day)?;
            let mut found = facts_against(db, (matter, Some((program, *day))), &known, now_us)?;
            let missing = || Error::Missing(format!("{program} has not settled {day}"));
            let runs = db.runs_between(program, (*day, *day))?;
            let run = runs.last().ok_or_else(missing)?;
            found.receipt["run"] = json!(run.number);
            found.receipt["lines_digest"] = json!(hex::encode(&run.lines_digest));
            found.receipt["work_days_digest"] = json!(hex::encode(&run.work_days_digest));
            found.decided = *day;
            Ok(found)
        }
        Matter::Rejection { review } => {
            let missing = || Error::Missing(format!("there is no review {review}"));
            let row = db.review(*review)?.filter(|row| row.creator == creator);
            let row = row.ok_or_else(missing)?;
            let found = db.membership(&row.program, creator)?;
            let rejected = found.filter(|one| one.state == "rejected").ok_or_else(|| {
                Error::conflict("wrong_state", "the application is not rejected".to_owned())
            })?;
            let policy = policies(db, Some(&row.program), now_us)?.pop();
            let policy = policy.ok_or_else(missing)?;
            let facts: Value = serde_json::from_str(&rejected.facts).unwrap_or_default();
            Ok(Contested {
                program: row.program.clone(),
                day: None,
                work: String::new(),
                about: *review,
                receipt: json!({ "membership": facts, "day": rejected.day.to_string() }),
                rules: policy.appeals.clone(),
                zone: policy.zone.clone(),
                decided: rejected.day,
            })
        }
        Matter::Hold { hold } => {
            let missing = || Error::Missing(format!("there is no hold {hold}"));
            let row = db.hold(*hold)?.filter(|row| row.creator == creator);
            let row = row.ok_or_else(missing)?;
            if row.released_us.is_some() {
                let text = format!("the hold {hold} was released");
                return Err(Error::conflict("already_ended", text));
            }
            let zone = Zone::utc();
            Ok(Contested {
                program: String::new(),
                day: None,
                work: String::new(),
                about: *hold,
                receipt: holds::to_json(&row),
                rules: Policy::default_appeals(),
                decided: zone.day_of(row.created_us),
                zone,
            })
        }
    }
}

/// What programs hold against an account or a work, by facts that the platform told.
fn facts_against(
    db: &mut Db,
    (matter, at): (&Matter, Option<(&String, Day)>),
    known: &Known,
    now_us: i64,
) -> Result<Contested, Error> {
    let program = at.map(|(program, _)| program.as_str());
    let all = policies(db, program, now_us)?;
    let Some(first) = all.first() else {
        let name = program.unwrap_or("any");
        return Err(Error::Missing(format!("there is no program `{name}`")));
    };
    let (rules, zone) = (first.appeals.clone(), first.zone.clone());
    let mut findings = Vec::new();
    let mut against: Vec<Held> = Vec::new();
    for policy in &all {
        let day = at.map_or_else(|| policy.zone.day_of(now_us), |(_, day)| day);
        let found = held(policy, &known.work, &known.creator, day);
        let found: Vec<Held> = found
            .into_iter()
            .filter(|one| one.field.is_some())
            .filter(|one| *matter != Matter::Account || one.of_account)
            .collect();
        let list: Vec<Value> = found.iter().map(|one| one.to_json("en")).collect();
        if !list.is_empty() {
            findings.push(json!({ "program": policy.program, "day": day.to_string(),
                                  "findings": list }));
        }
        against.extend(found);
    }
    if against.is_empty() {
        let text = "no fact that the platform told stands against it: there is nothing to appeal";
        return Err(Error::conflict("wrong_state", text));
    }
    let decided = against.iter().filter_map(|one| one.since).max();
    let day = at.map(|(_, day)| day);
    Ok(Contested {
        program: program.unwrap_or_default().to_owned(),
        day,
        work: matter.work().unwrap_or_default().to_owned(),
        about: 0,
        receipt: json!({ "held": findings }),
        decided: decided.unwrap_or_else(|| zone.day_of(now_us)),
        rules,
        zone,
    })
}

fn file(
    db: &mut Db,
    actor: &str,
    creator: &str,
    matter: &Matter,
    words: &str,
    now_us: i64,
) -> Result<Answer, Error> {
    let found = contested(db, creator, matter, now_us)?;
    let today = found.zone.day_of(now_us);
    let key = matter.key(creator);
    if let Some(before) = db.appeal_of_matter(&key)? {
        let state = State::from_word(&before.state);
        if state.is_some_and(State::is_open) {
            let text = format!("the appeal {} on it is open", before.seq);
            return Err(Error::conflict("taken", text));
        }
        // What was looked at and stands is not looked at again on the same facts.
        let now = codes_in(&found.receipt);
        let same = matches!(matter, Matter::Rejection { .. } | Matter::Hold { .. })
            || codes_of(&before) == now;
        if same && state == Some(State::Upheld) {
            let text = format!("it was decided in the appeal {}", before.seq);
            return Err(Error::conflict("already_ended", text));
        }
    }
    let last = found.decided.plus(found.rules.file_days);
    if today > last {
        let text = format!("an appeal could be filed through {last}");
        return Err(Error::conflict("window_closed", text));
    }
    let due = today.plus(found.rules.answer_days);
    let row = AppealRow {
        seq: 0,
        matter_key: key,
        creator: creator.to_owned(),
        matter: matter.word().to_owned(),
        program: found.program,
        day: found.day.map(|day| day.to_string()).unwrap_or_default(),
        work: found.work,
        about: found.about,
        state: State::Filed.word().to_owned(),
        instance: 1,
        receipt_digest: digest(&found.receipt).to_vec(),
        receipt: found.receipt.to_string(),
        words: words.to_owned(),
        filed_by: actor.to_owned(),
        priority: if matches!(matter, Matter::Hold { .. }) { OF_HOLDS } else { 0 },
        escalated: 0,
        due_us: found.zone.end_us(due),
        claimed_by: String::new(),
        claimed_us: None,
        decided_by: String::new(),
        decided_us: None,
        codes: "[]".to_owned(),
        answer: String::new(),
        remedy: "[]".to_owned(),
        created_us: now_us,
        changed_us: now_us,
    };
    let seq = db.add_appeal(&row)?;
    let row = AppealRow { seq, ..row };
    let body = to_json(&row);
    outbox::emit(db, "appeal.changed", creator, &body, now_us)?;
    let facts = json!({ "appeal": seq, "due": due.to_string() });
    messages::send(db, &format!("creator:{creator}"), "appeal-filed", &facts, now_us)?;
    Ok(Answer::new(201, &body))
}

fn digest(receipt: &Value) -> [u8; 32] {
    lake::files::sha256(receipt.to_string().as_bytes())
}

fn reopen(db: &mut Db, creator: &str, id: i64, words: &str, now_us: i64) -> Result<Answer, Error> {
    let mut row = own(db, creator, id)?;
    let policy = policies(
        db,
        Some(&row.program).filter(|name| !name.is_empty()).map(String::as_str),
        now_us,
    )?;
    let (rules, zone) = match policy.first() {
        Some(policy) => (policy.appeals.clone(), policy.zone.clone()),
        None => (Policy::default_appeals(), Zone::utc()),
    };
    if row.instance >= i64::from(rules.instances) {
        let text = "nobody looks at it again: the answer is the last one";
        return Err(Error::conflict("already_ended", text));
    }
    let decided = zone.day_of(row.decided_us.unwrap_or(now_us));
    if zone.day_of(now_us) > decided.plus(rules.file_days) {
        let last = decided.plus(rules.file_days);
        let text = format!("a second look could be asked for through {last}");
        return Err(Error::conflict("window_closed", text));
    }
    step(&mut row, Act::Reopen)?;
    row.instance += 1;
    row.priority += SECOND;
    row.escalated = 0;
    row.due_us = zone.end_us(zone.day_of(now_us).plus(rules.answer_days));
    (row.claimed_by, row.claimed_us) = (String::new(), None);
    if !words.is_empty() {
        say(db, &row, &format!("creator:{creator}"), words, now_us)?;
    }
    keep(db, row, now_us)
}

fn say(
    db: &mut Db,
    row: &AppealRow,
    author: &str,
    body: &str,
    now_us: i64,
) -> Result<Answer, Error> {
    if db.appeal_messages(row.seq)?.len() >= MESSAGES_MAX {
        let text = format!("at most {MESSAGES_MAX} things are said in one case");
        return Err(Error::conflict("taken", text));
    }
    let message = AppealMessageRow {
        seq: 0,
        appeal: row.seq,
        author: author.to_owned(),
        body: body.to_owned(),
        recorded_us: now_us,
    };
    db.add_appeal_message(&message)?;
    let facts = json!({ "appeal": row.seq });
    outbox::emit(db, "appeal.said", &row.creator, &facts, now_us)?;
    if !author.starts_with("creator:") {
        let to = format!("creator:{}", row.creator);
        messages::send(db, &to, "appeal-said", &facts, now_us)?;
    }
    Ok(Answer::new(201, &message_json(&message)))
}

/// People who had a part in what is contested: none of them looks at the case.
fn deciders(db: &mut Db, row: &AppealRow) -> Result<Vec<String>, Error> {
    let mut found = vec![row.decided_by.clone()];
    match row.matter.as_str() {
        "rejection" => {
            found.extend(db.opinions(row.about)?.into_iter().map(|one| one.reviewer));
        }
        "hold" => found.extend(db.hold(row.about)?.map(|hold| hold.made_by)),
        _ => {}
    }
    let mut people = Vec::new();
    for one in found.into_iter().filter(|one| !one.is_empty()) {
        people.push(proposals::person(db, &one)?);
    }
    Ok(people)
}

fn case(db: &mut Db, context: &Context, id: i64, by: &str, what: &What) -> Result<Answer, Error> {
    let now_us = context.now_us;
    let mut row = get(db, id)?;
    // A key is its maker.
    let by = proposals::person(db, by)?;
    match what {
        What::Claim => {
            let held = row.claimed_us.is_some_and(|since| since + CLAIM_US > now_us);
            if held && row.claimed_by != by {
                return Err(Error::conflict("taken", "another officer has this case"));
            }
            if deciders(db, &row)?.contains(&by) {
                let text = "you decided what is contested: another officer looks at it";
                return Err(Error::conflict("own_decision", text));
            }
            step(&mut row, Act::Claim)?;
            (row.claimed_by, row.claimed_us) = (by, Some(now_us));
            keep(db, row, now_us)
        }
        What::Release => {
            mine(&row, &by)?;
            step(&mut row, Act::Release)?;
            (row.claimed_by, row.claimed_us) = (String::new(), None);
            keep(db, row, now_us)
        }
        What::Say(body) => say(db, &row, &by, body, now_us),
        What::Decide(decision) => {
            mine(&row, &by)?;
            decide(db, context, row, &by, decision)
        }
    }
}

fn mine(row: &AppealRow, by: &str) -> Result<(), Error> {
    if row.claimed_by == by && row.state == State::InReview.word() {
        return Ok(());
    }
    Err(Error::conflict("wrong_state", "claim the case first"))
}

/// Codes that a case contests, as its receipt has them, each with since when.
fn codes_of(row: &AppealRow) -> Vec<(Reason, Option<Day>)> {
    codes_in(&serde_json::from_str(&row.receipt).unwrap_or_default())
}

fn codes_in(receipt: &Value) -> Vec<(Reason, Option<Day>)> {
    let mut found: Vec<(Reason, Option<Day>)> = Vec::new();
    for code in receipt["membership"]["reasons"].as_array().into_iter().flatten() {
        found.extend(code.as_str().and_then(Reason::from_code).map(|reason| (reason, None)));
    }
    for program in receipt["held"].as_array().into_iter().flatten() {
        for one in program["findings"].as_array().into_iter().flatten() {
            let reason = one["code"].as_str().and_then(Reason::from_code);
            let since = one["since"].as_str().and_then(|day| day.parse().ok());
            if let Some(reason) = reason
                && !found.iter().any(|(known, _)| *known == reason)
            {
                found.push((reason, since));
            }
        }
    }
    found
}

fn decide(
    db: &mut Db,
    context: &Context,
    mut row: AppealRow,
    by: &str,
    decision: &Decision,
) -> Result<Answer, Error> {
    let now_us = context.now_us;
    let contested = codes_of(&row);
    let known = |reason: &Reason| contested.iter().any(|(known, _)| known == reason);
    if !contested.is_empty()
        && let Some(other) = decision.codes.iter().find(|reason| !known(reason))
    {
        let list: Vec<&str> = contested.iter().map(|(reason, _)| reason.code()).collect();
        let text = format!("`{}` is not contested; there is: {}", other.code(), list.join(", "));
        return Err(Error::Refused(text));
    }
    let codes: Vec<Reason> = match decision.codes.as_slice() {
        [] => contested.iter().map(|(reason, _)| *reason).collect(),
        some => some.to_vec(),
    };
    step(&mut row, if decision.overturn { Act::Overturn } else { Act::Uphold })?;
    let words: Vec<&str> = codes.iter().map(|reason| reason.code()).collect();
    row.codes = json!(words).to_string();
    row.answer.clone_from(&decision.text);
    row.decided_by = by.to_owned();
    row.decided_us = Some(now_us);
    if decision.overturn {
        let why = format!("appeal {}", row.seq);
        match row.matter.as_str() {
            "hold" => {
                holds::release(db, by, row.about, now_us)?;
                step(&mut row, Act::Pay)?;
            }
            "rejection" => {
                membership::let_in(db, &row.program, &row.creator, (by, &why), now_us)?;
                step(&mut row, Act::Pay)?;
            }
            _ => {
                let remedy = put_right(db, context, &row, &codes, decision.since, &contested)?;
                row.remedy = remedy.to_json().to_string();
                db.add_job(&backpay::job(row.seq, "first", now_us), now_us)?;
            }
        }
    }
    let by = policies(db, Some(row.program.as_str()).filter(|name| !name.is_empty()), now_us)?;
    let within = by.first().map_or(Policy::default_appeals(), |one| one.appeals.clone());
    let zone = by.first().map_or_else(Zone::utc, |one| one.zone.clone());
    let promised = zone.day_of(now_us).plus(within.within_days);
    let text: Vec<String> = words.iter().map(|code| (*code).to_owned()).collect();
    let facts = json!({ "appeal": row.seq, "reasons": text.join(" "), "text": decision.text,
                        "by": promised.to_string() });
    let to = format!("creator:{}", row.creator);
    let kind = match (decision.overturn, row.matter.as_str()) {
        (false, _) => "appeal-lost",
        // Nothing was earned less by these: there is nothing to compute.
        (true, "hold" | "rejection") => "appeal-lifted",
        (true, _) => "appeal-won",
    };
    messages::send(db, &to, kind, &facts, now_us)?;
    keep(db, row, now_us)
}

/// The day from which what was said wrongly is right. Facts have one day for all programs: the
/// first that is over for none of them, so that no settled day is corrected, and with it the lines
/// of others.
pub(crate) fn right_day<'a>(policies: impl Iterator<Item = &'a Policy>, now_us: i64) -> Day {
    let days = policies.map(|policy| policy.zone.day_of(now_us));
    days.max().unwrap_or_else(|| Zone::utc().day_of(now_us))
}

/// What was said wrongly is said rightly from the day of the decision on; what it took before is
/// what back-pay is computed of.
fn put_right(
    db: &mut Db,
    context: &Context,
    row: &AppealRow,
    codes: &[Reason],
    since: Option<Day>,
    contested: &[(Reason, Option<Day>)],
) -> Result<Remedy, Error> {
    let policies = policies(db, None, context.now_us)?;
    let right = right_day(policies.iter(), context.now_us);
    let begun = codes.iter().filter_map(|code| {
        contested.iter().find(|(known, _)| known == code).and_then(|(_, since)| *since)
    });
    let from = since.or(begun.min()).unwrap_or(right);
    let through = right.plus(-1);
    let fields = |of_account: bool| {
        let all = codes.iter().filter_map(|code| Field::of_reason(*code));
        let mut fields: Vec<Field> =
            all.filter(|field| field.is_of_account() == of_account).collect();
        fields.sort();
        fields.dedup();
        fields
    };
    let mut strikes = Vec::new();
    let (of_account, of_work) = (fields(true), fields(false));
    let mut rows = Vec::new();
    if !of_account.is_empty() {
        let strike = Strike { fields: of_account, from, through: right };
        let versions = db.creator_versions(&row.creator)?;
        rows.push(facts::creator(&row.creator, right, strike.creator_set_right(&versions, right)));
        strikes.push((Struck::Creator(row.creator.clone()), Strike { through, ..strike }));
    }
    if !of_work.is_empty() {
        let strike = Strike { fields: of_work, from, through: right };
        let versions = db.work_versions(&row.work)?;
        rows.push(facts::work(&row.work, right, strike.work_set_right(&versions, right)));
        strikes.push((Struck::Work(row.work.clone()), Strike { through, ..strike }));
    }
    let told = facts::Told { rows, ..facts::Told::default() };
    facts::store(db, &context.public, &told, context.now_us)?;
    Ok(Remedy { strikes })
}

/// Moves cases that are due soon to the front, and tells of those that are overdue.
pub(crate) fn watch(stipend: &mut Stipend, now_us: i64) -> Result<Value, Error> {
    stipend.db.write(|db| {
        let (mut moved, mut overdue) = (0, 0);
        for mut row in db.late_appeals(now_us, now_us + SOON_US)? {
            let facts = json!({ "appeal": row.seq, "creator": row.creator,
                                "due": instant(row.due_us) });
            row.priority += ESCALATED;
            if row.due_us <= now_us {
                overdue += 1;
                row.escalated = 2;
                for role in ["role:appeal-officer", "role:admin"] {
                    messages::send(db, role, "appeal-overdue", &facts, now_us)?;
                }
                outbox::emit(db, "appeal.overdue", &row.creator, &facts, now_us)?;
            } else {
                moved += 1;
                row.escalated = 1;
                messages::send(db, "role:appeal-officer", "appeal-due", &facts, now_us)?;
            }
            row.changed_us = now_us;
            db.change_appeal(&row)?;
        }
        let late = tell_late(db, now_us)?;
        Ok(json!({ "moved": moved, "overdue": overdue, "late": late }))
    })
}

/// Cases whose back-pay did not arrive in the days that were promised (R88), each with when that
/// was, and of which nobody was told.
pub(crate) fn late(db: &mut Db, now_us: i64) -> Result<Vec<(AppealRow, i64)>, Error> {
    let (mut late, unpaid) = (Vec::new(), db.unpaid_appeals(now_us)?);
    // The scheduler asks often, and mostly there is nothing: policies are read for something only.
    let all = if unpaid.is_empty() { Vec::new() } else { policies(db, None, now_us)? };
    for row in unpaid {
        let decided_us = row.decided_us.unwrap_or(now_us);
        let of = |policy: &&Policy| row.program.is_empty() || row.program == policy.program;
        let promised = |policy: &Policy| {
            policy.zone.end_us(policy.zone.day_of(decided_us).plus(policy.appeals.within_days))
        };
        if let Some(end_us) =
            all.iter().filter(of).map(promised).max().filter(|end_us| *end_us <= now_us)
        {
            late.push((row, end_us));
        }
    }
    Ok(late)
}

fn tell_late(db: &mut Db, now_us: i64) -> Result<usize, Error> {
    let late = late(db, now_us)?;
    let count = late.len();
    for (mut row, end_us) in late {
        let facts = json!({ "appeal": row.seq, "due": instant(end_us) });
        for role in ["role:finance-maker", "role:admin"] {
            messages::send(db, role, "backpay-late", &facts, now_us)?;
        }
        outbox::emit(db, "backpay.late", &row.creator, &facts, now_us)?;
        row.escalated = TOLD_LATE;
        row.changed_us = now_us;
        db.change_appeal(&row)?;
    }
    Ok(count)
}

/// A case as the API shows it.
#[must_use]
pub fn to_json(row: &AppealRow) -> Value {
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    json!({
        "id": row.seq,
        // A remedy of many is nobody's own.
        "creator": Some(&row.creator).filter(|creator| !creator.is_empty()),
        "matter": row.matter,
        "program": some(&row.program),
        "day": some(&row.day),
        "work": some(&row.work),
        "about": Some(row.about).filter(|about| *about != 0),
        "state": row.state,
        "instance": row.instance,
        "receipt": parsed(&row.receipt),
        "receipt_digest": hex::encode(&row.receipt_digest),
        "words": row.words,
        "priority": row.priority,
        "escalated": row.escalated,
        "due": instant(row.due_us),
        "claimed": row.claimed_us.is_some(),
        "codes": parsed(&row.codes),
        "answer": some(&row.answer),
        "remedy": parsed(&row.remedy),
        "filed": instant(row.created_us),
        "decided": row.decided_us.map(instant),
        "changed": instant(row.changed_us),
    })
}

fn message_json(row: &AppealMessageRow) -> Value {
    // Officers are no names to creators.
    let author = if row.author.starts_with("creator:") { "creator" } else { "officer" };
    json!({ "author": author, "body": row.body, "at": instant(row.recorded_us) })
}

/// A case with all that was said, its evidence, and what it brings.
///
/// # Errors
/// [`Error::Missing`] without such a case.
pub fn show(db: &mut Db, seq: i64, language: &str) -> Result<Value, Error> {
    let row = get(db, seq)?;
    let mut body = to_json(&row);
    let messages = db.appeal_messages(seq)?;
    body["messages"] = messages.iter().map(message_json).collect();
    let evidence = db.attachments(seq)?;
    body["attachments"] = evidence.iter().map(crate::evidence::to_json).collect();
    let days: Vec<BackpayRow> = db.backpays(seq)?;
    body["backpay"] = days.iter().map(backpay::to_json).collect();
    let codes: Vec<String> = serde_json::from_str(&row.codes).unwrap_or_default();
    let reason = |code: &String| json!({ "code": code, "text": bus::reason(code, language) });
    body["reasons"] = codes.iter().map(reason).collect();
    Ok(body)
}
