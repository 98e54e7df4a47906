//! Reviews of applications: a queue, a rubric with grades for each work, a second reviewer on a
//! share of the cases, and an answer in time (requirements R45 to R54).
use std::collections::BTreeMap;

use kernel::Reason;
use kernel::day::instant;
use program::admission::{Criterion, GRADE_MAX};
use program::membership::Act;
use serde_json::{Value, json};
use store::{Db, OpinionRow, ReviewRow, StoreError};

use crate::dispatch::Answer;
use crate::error::Error;
use crate::membership::{self, Desk, Who};
use crate::workspace::Stipend;
use crate::{messages, outbox, proposals};

/// How long a claim holds against others.
const CLAIM_US: i64 = 24 * kernel::day::HOUR_US;
/// What presses more: a case that is due soon, and one on which two people differ.
const ESCALATED: i64 = 100;
const DISPUTED: i64 = 50;
/// Opinions that decide at most.
const OPINIONS_MAX: usize = 3;

/// Grades by work and criterion, from 1 to 5.
pub type Grades = BTreeMap<String, BTreeMap<Criterion, u8>>;

/// What a reviewer found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    /// Whether he lets the creator in.
    pub approve: bool,
    /// Why not.
    pub reasons: Vec<Reason>,
    /// The grades of each work.
    pub grades: Grades,
    /// In his words: shown to the creator.
    pub remark: String,
}

/// What is done with a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Take it.
    Claim,
    /// Give it back.
    Release,
    /// Say what one found.
    Decide(Opinion),
}

/// Something done with a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The review.
    pub seq: i64,
    /// Who: an operator.
    pub by: String,
    /// What.
    pub what: What,
}

impl Case {
    pub(crate) fn word(&self) -> &'static str {
        match self.what {
            What::Claim => "review.claim",
            What::Release => "review.release",
            What::Decide(_) => "review.decide",
        }
    }

    pub(crate) fn run(&self, db: &mut Db, now_us: i64) -> Result<Answer, Error> {
        let mut review = get(db, self.seq)?;
        // A key is its maker: two reviewers are two people.
        let by = proposals::person(db, &self.by)?;
        if review.state == "decided" {
            return Err(Error::conflict(
                "already_ended",
                format!("review {} is decided", self.seq),
            ));
        }
        let mut desk = Desk::of(db, &review.program, now_us)?;
        let creator = review.creator.clone();
        let who = Who { actor: &by, why: "", creator: &creator };
        match &self.what {
            What::Claim => {
                check_claim(db, &review, &by, now_us)?;
                desk.step(db, &who, &Act::Claim)?;
                review.state = "claimed".to_owned();
                (review.claimed_by, review.claimed_us) = (by.clone(), Some(now_us));
                db.change_review(&review)?;
            }
            What::Release => {
                check_mine(&review, &by)?;
                desk.step(db, &who, &Act::Release)?;
                unclaim(&mut review);
                db.change_review(&review)?;
            }
            What::Decide(opinion) => {
                check_mine(&review, &by)?;
                decide(db, &mut desk, &mut review, &by, opinion, now_us)?;
            }
        }
        let opinions = db.opinions(self.seq)?;
        Ok(Answer::new(200, &to_json(&get(db, self.seq)?, &opinions)))
    }
}

/// Whether somebody may take a case.
fn check_claim(db: &mut Db, review: &ReviewRow, by: &str, now_us: i64) -> Result<(), Error> {
    let held = review.claimed_us.is_some_and(|since| since + CLAIM_US > now_us);
    if held && review.claimed_by != by {
        return Err(Error::conflict("taken", "another reviewer has this case"));
    }
    if db.opinions(review.seq)?.iter().any(|one| one.reviewer == by) {
        return Err(Error::conflict(
            "taken",
            "you have said what you found: another is wanted now",
        ));
    }
    Ok(())
}

fn check_mine(review: &ReviewRow, by: &str) -> Result<(), Error> {
    if review.claimed_by == by {
        return Ok(());
    }
    Err(Error::conflict("wrong_state", "claim the case first"))
}

fn unclaim(review: &mut ReviewRow) {
    review.state = "waiting".to_owned();
    (review.claimed_by, review.claimed_us) = (String::new(), None);
}

fn get(db: &mut Db, seq: i64) -> Result<ReviewRow, Error> {
    db.review(seq)?.ok_or_else(|| Error::Missing(format!("there is no review {seq}")))
}

/// What a criterion that is not reached is called.
fn reason_of(criterion: Criterion) -> Reason {
    match criterion {
        Criterion::Originality => Reason::NotOriginalEnough,
        Criterion::Presentation => Reason::Presentation,
        _ => Reason::RecentWorkQuality,
    }
}

/// Checks grades against the rubric; gives the criteria whose average is too low.
fn below(
    review: &ReviewRow,
    rubric: &BTreeMap<Criterion, u8>,
    grades: &Grades,
) -> Result<Vec<Criterion>, Error> {
    let works: Vec<String> = serde_json::from_str(&review.works).unwrap_or_default();
    let unknown = grades.keys().find(|work| !works.contains(work));
    if let Some(work) = unknown {
        let list = works.join(", ");
        return Err(Error::Refused(format!("`{work}` is not to be graded; there is: {list}")));
    }
    let mut found = Vec::new();
    for (criterion, least) in rubric {
        let mut sum = 0_u64;
        for work in &works {
            let grade = grades.get(work).and_then(|grades| grades.get(criterion));
            let wanted = || {
                let word = criterion.word();
                Error::Refused(format!("`{work}` needs a grade for {word}, from 1 to {GRADE_MAX}"))
            };
            let grade = grade.filter(|grade| (1..=GRADE_MAX).contains(*grade));
            sum += u64::from(*grade.ok_or_else(wanted)?);
        }
        let count = u64::try_from(works.len()).unwrap_or(u64::MAX);
        if sum < u64::from(*least) * count {
            found.push(*criterion);
        }
    }
    Ok(found)
}

fn decide(
    db: &mut Db,
    desk: &mut Desk,
    review: &mut ReviewRow,
    by: &str,
    opinion: &Opinion,
    now_us: i64,
) -> Result<(), Error> {
    let rubric = desk.admission.review.as_ref().map(|rules| rules.rubric.clone());
    let below = below(review, &rubric.unwrap_or_default(), &opinion.grades)?;
    let mut reasons = opinion.reasons.clone();
    if opinion.approve {
        if let Some(criterion) = below.first() {
            let word = criterion.word();
            let text = format!("the grades for {word} are below the rubric: reject, or grade anew");
            return Err(Error::Refused(text));
        }
    } else {
        reasons.extend(below.into_iter().map(reason_of));
        reasons.sort();
        reasons.dedup();
        if reasons.is_empty() {
            let text = "a rejection has concrete reasons: name at least one code (R47)";
            return Err(Error::Refused(text.to_owned()));
        }
    }
    let codes: Vec<&str> = reasons.iter().map(|reason| reason.code()).collect();
    let row = OpinionRow {
        review: review.seq,
        reviewer: by.to_owned(),
        verdict: if opinion.approve { "approve" } else { "reject" }.to_owned(),
        reasons: json!(codes).to_string(),
        grades: grades_json(&opinion.grades).to_string(),
        remark: opinion.remark.clone(),
        recorded_us: now_us,
    };
    db.add_opinion(&row)?;
    let opinions = db.opinions(review.seq)?;
    let approvals = opinions.iter().filter(|one| one.verdict == "approve").count();
    let (seen, differ) = (opinions.len(), approvals > 0 && approvals < opinions.len());
    let who = Who { actor: by, why: &opinion.remark, creator: &review.creator.clone() };
    // One, or two who agree, or the majority of three.
    if (review.second && seen < 2) || (differ && seen < OPINIONS_MAX) {
        unclaim(review);
        review.priority += if differ { DISPUTED } else { 0 };
        db.change_review(review)?;
        // Nothing of it is told before it is decided.
        return desk.step(db, &Who { why: "", ..who }, &Act::Release);
    }
    review.state = "decided".to_owned();
    review.decided_us = Some(now_us);
    db.change_review(review)?;
    if approvals * 2 > seen {
        desk.check_room(db)?;
        return desk.step(db, &who, &Act::Approve);
    }
    let mut reasons: Vec<Reason> = Vec::new();
    for one in opinions.iter().filter(|one| one.verdict == "reject") {
        let codes: Vec<String> = serde_json::from_str(&one.reasons).unwrap_or_default();
        reasons.extend(codes.iter().filter_map(|code| Reason::from_code(code)));
    }
    reasons.sort();
    reasons.dedup();
    let count = membership::rejections(db, &review.program, &review.creator)? + 1;
    let again = desk.day.plus(i32::from(desk.admission.cooldown(count)));
    desk.step(db, &who, &Act::Reject { reasons, again, count })
}

fn grades_json(grades: &Grades) -> Value {
    let of = |grades: &BTreeMap<Criterion, u8>| -> Value {
        grades.iter().map(|(c, grade)| (c.word().to_owned(), json!(grade))).collect()
    };
    grades.iter().map(|(work, grades)| (work.clone(), of(grades))).collect()
}

/// A review as the API shows it, with what reviewers found.
#[must_use]
pub fn to_json(review: &ReviewRow, opinions: &[OpinionRow]) -> Value {
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let opinion = |one: &OpinionRow| {
        json!({
            "reviewer": one.reviewer,
            "verdict": one.verdict,
            "reasons": parsed(&one.reasons),
            "grades": parsed(&one.grades),
            "remark": one.remark,
            "recorded": instant(one.recorded_us),
        })
    };
    let decided = review.state == "decided";
    json!({
        "id": review.seq,
        "program": review.program,
        "creator": review.creator,
        "state": review.state,
        "priority": review.priority,
        "due": instant(review.due_us),
        "escalated": review.escalated > 0,
        "second": review.second,
        "claimed_by": Some(&review.claimed_by).filter(|by| !by.is_empty()),
        "works": parsed(&review.works),
        // Who looks second looks for himself.
        "opinions": opinions.iter().filter(|_| decided).map(opinion).collect::<Vec<_>>(),
        "seen": opinions.len(),
        "created": instant(review.created_us),
        "decided": review.decided_us.map(instant),
    })
}

/// A program's rubric, as the API shows it beside a review.
///
/// # Errors
/// When the database cannot be read.
pub fn rubric(db: &mut Db, program: &str, now_us: i64) -> Result<Value, Error> {
    let desk = Desk::of(db, program, now_us)?;
    let rubric = desk.admission.review.map(|rules| rules.rubric).unwrap_or_default();
    Ok(rubric.iter().map(|(c, least)| (c.word().to_owned(), json!(least))).collect())
}

/// How often the first two reviewers of a case agree: the share and Cohen's kappa, which takes off
/// what chance alone would give; both in millionths.
///
/// # Errors
/// When the database cannot be read.
pub fn agreement(db: &mut Db, program: &str) -> Result<Value, Error> {
    let pairs = db.seen_twice(program)?;
    let count = i128::try_from(pairs.len()).unwrap_or(i128::MAX);
    let number = |holds: &dyn Fn(&(String, String)) -> bool| -> i128 {
        i128::try_from(pairs.iter().filter(|pair| holds(pair)).count()).unwrap_or(i128::MAX)
    };
    let agreed = number(&|(one, other)| one == other);
    let (first, second) =
        (number(&|(one, _)| one == "approve"), number(&|(_, other)| other == "approve"));
    // By chance: both approve, or both reject. In squares of the count.
    let chance = first * second + (count - first) * (count - second);
    let share = (agreed * 1_000_000).checked_div(count);
    let kappa = ((agreed * count - chance) * 1_000_000).checked_div(count * count - chance);
    let small = |value: Option<i128>| value.and_then(|value| i64::try_from(value).ok());
    Ok(json!({
        "program": program,
        "cases": pairs.len(),
        "agreed": i64::try_from(agreed).unwrap_or(i64::MAX),
        "agreement_ppm": small(share),
        "kappa_ppm": small(kappa),
    }))
}

/// Moves cases that are due soon to the front, and tells of those that are overdue; gives how many
/// of each.
pub(crate) fn watch(stipend: &mut Stipend, now_us: i64) -> Result<(usize, usize), Error> {
    let late = stipend.db.late_reviews(now_us)?;
    if late.is_empty() {
        return Ok((0, 0));
    }
    stipend.db.write(|db| {
        let (mut moved, mut overdue) = (0, 0);
        for mut review in db.late_reviews(now_us)? {
            let facts = json!({
                "review": review.seq, "program": review.program, "creator": review.creator,
                "due": instant(review.due_us),
            });
            if review.due_us <= now_us {
                overdue += 1;
                review.escalated = 2;
                tell(db, "review-overdue", &facts, now_us)?;
                messages::send(db, "role:admin", "review-overdue", &facts, now_us)?;
                let subject = format!("review {}", review.seq);
                outbox::emit(db, "review.overdue", &subject, &facts, now_us)?;
            } else {
                moved += 1;
                review.escalated = 1;
                tell(db, "review-due", &facts, now_us)?;
            }
            review.priority += ESCALATED;
            db.change_review(&review)?;
        }
        Ok::<_, Error>((moved, overdue))
    })
}

fn tell(db: &mut Db, kind: &str, facts: &Value, now_us: i64) -> Result<(), StoreError> {
    for role in ["role:reviewer", "role:program-manager"] {
        messages::send(db, role, kind, facts, now_us)?;
    }
    Ok(())
}
