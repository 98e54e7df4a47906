//! Drafts: a program's next policy before it is published, and its shadow run: what it would have
//! paid for each day that the live one settles (requirement N16).
use kernel::Day;
use kernel::day::instant;
use serde_json::{Value, json};
use store::{Db, DraftRow, NewJob, ShadowDayRow};

use crate::dispatch::Answer;
use crate::error::Error;
use crate::settle::{self, Posted};
use crate::workspace::Stipend;
use crate::{messages, programs};

/// What is done with a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Save a document as the draft.
    Save(String),
    /// Forget it.
    Drop,
    /// Let it run beside the live policy.
    StartShadow,
    /// Let it run no more.
    StopShadow,
}

/// Something done with a program's draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The program.
    pub program: String,
    /// What.
    pub what: What,
}

impl Draft {
    pub(crate) fn word(&self) -> &'static str {
        match self.what {
            What::Save(_) => "draft.save",
            What::Drop => "draft.drop",
            What::StartShadow => "shadow.start",
            What::StopShadow => "shadow.stop",
        }
    }

    pub(crate) fn run(&self, db: &mut Db, actor: &str, now_us: i64) -> Result<Answer, Error> {
        let program = self.program.as_str();
        match &self.what {
            What::Save(document) => {
                programs::check_document(program, document)?;
                db.set_draft(&DraftRow {
                    program: program.to_owned(),
                    document: document.clone(),
                    digest: lake::files::sha256(document.as_bytes()).to_vec(),
                    made_by: actor.to_owned(),
                    created_us: now_us,
                    shadow_us: None,
                })?;
            }
            What::Drop => {
                let held = get(db, program)?;
                db.drop_draft(program)?;
                return Ok(Answer::new(200, &to_json(&held)));
            }
            What::StartShadow => {
                let held = get(db, program)?;
                if db.policies()?.iter().all(|row| row.program != program) {
                    let text = "the program has no live policy to run beside: publish one";
                    return Err(Error::Refused(text.to_owned()));
                }
                db.shadow_draft(program, held.shadow_us.or(Some(now_us)))?;
            }
            What::StopShadow => {
                get(db, program)?;
                db.shadow_draft(program, None)?;
            }
        }
        Ok(Answer::new(200, &to_json(&get(db, program)?)))
    }
}

/// A program's draft.
///
/// # Errors
/// [`Error::Missing`].
pub fn get(db: &mut Db, program: &str) -> Result<DraftRow, Error> {
    let missing = || Error::Missing(format!("the program `{program}` has no draft"));
    db.draft(program)?.ok_or_else(missing)
}

/// A draft as the API shows it.
#[must_use]
pub fn to_json(row: &DraftRow) -> Value {
    json!({
        "program": row.program,
        "document": row.document,
        "digest": hex::encode(&row.digest),
        "made_by": row.made_by,
        "created": instant(row.created_us),
        "shadow_since": row.shadow_us.map(instant),
    })
}

/// A shadow run as the API shows it: each day, in ledger units.
#[must_use]
pub fn report(row: &DraftRow, days: &[ShadowDayRow]) -> Value {
    let day = |day: &ShadowDayRow| {
        json!({ "day": day.day.to_string(), "live": day.live, "shadow": day.shadow,
                "creators": day.creators, "recorded": instant(day.recorded_us) })
    };
    let sum = |of: &dyn Fn(&ShadowDayRow) -> i64| days.iter().map(of).sum::<i64>();
    json!({
        "program": row.program,
        "digest": hex::encode(&row.digest),
        "shadow_since": row.shadow_us.map(instant),
        "live": sum(&|day| day.live),
        "shadow": sum(&|day| day.shadow),
        "days": days.iter().map(day).collect::<Vec<_>>(),
    })
}

/// The jobs that run a program's draft beside the days that were just posted.
pub(crate) fn jobs(
    db: &mut Db,
    program: &str,
    posted: &[Posted],
    now_us: i64,
) -> Result<Vec<NewJob>, Error> {
    let Some(draft) = db.draft(program)?.filter(|draft| draft.shadow_us.is_some()) else {
        return Ok(Vec::new());
    };
    let digest = hex::encode(draft.digest.get(..6).unwrap_or_default());
    let job = |one: &Posted| NewJob {
        kind: "shadow",
        subject: program.to_owned(),
        once: format!("shadow/{program}/{digest}/{}/{}", one.day, one.number),
        payload: json!({ "day": one.day.to_string() }).to_string(),
        due_us: now_us,
    };
    Ok(posted.iter().map(job).collect())
}

/// Runs a draft on one day that was posted, and keeps what it came to. What was carried into the
/// day is what the live policy carried.
pub(crate) fn run(
    stipend: &mut Stipend,
    program: &str,
    payload: &Value,
    now_us: i64,
) -> Result<Value, Error> {
    let Some(draft) = stipend.db.draft(program)?.filter(|draft| draft.shadow_us.is_some()) else {
        return Ok(json!({ "message": "the draft does not run any more" }));
    };
    let gone = || Error::Missing(format!("no such day: {payload}"));
    let day: Day = payload["day"].as_str().and_then(|day| day.parse().ok()).ok_or_else(gone)?;
    let done = settle::backtest(stipend, &draft.document, (day, day), now_us)?;
    let differ = done.creators.iter().filter(|one| one.live != one.tested).count();
    let one = done.days.first().ok_or_else(gone)?;
    let row = ShadowDayRow {
        day,
        live: one.live,
        shadow: one.tested,
        creators: i64::try_from(differ).unwrap_or(i64::MAX),
        recorded_us: now_us,
    };
    let versions = programs::versions(stipend, Some(program))?;
    let asset = &versions.last().ok_or_else(gone)?.policy.asset;
    let facts = json!({
        "program": program, "day": day.to_string(), "live": asset.format(row.live),
        "shadow": asset.format(row.shadow), "currency": asset.code(), "creators": row.creators,
    });
    stipend.db.write(|db| {
        db.add_shadow_day(program, &draft.digest, &row)?;
        if row.creators > 0 {
            messages::send(db, "role:program-manager", "shadow-differs", &facts, now_us)?;
        }
        Ok::<_, Error>(())
    })?;
    Ok(facts)
}
