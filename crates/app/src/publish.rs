//! Publication: from the policy's hour on, a day's sums are shown to creators, and each is told.
use kernel::Day;
use lake::Table;
use serde_json::{Value, json};
use store::{NewJob, RunRow};

use crate::error::Error;
use crate::workspace::Stipend;
use crate::{export, outbox, programs, records};

/// The job that shows a run, due at the hour at which it may be shown.
pub(crate) fn job(run: &RunRow) -> NewJob {
    let (program, day, number) = (&run.program, run.day, run.number);
    NewJob {
        kind: "publish",
        subject: program.clone(),
        once: format!("publish/{program}/{day}/{number}"),
        payload: json!({ "day": day.to_string(), "number": number }).to_string(),
        due_us: run.publish_us,
    }
}

/// Tells the platform and each creator of the run that its sums are shown.
pub(crate) fn run(
    stipend: &mut Stipend,
    program: &str,
    payload: &Value,
    now_us: i64,
) -> Result<Value, Error> {
    let gone = || Error::Missing(format!("the program `{program}` has no such run: {payload}"));
    let day: Day = payload["day"].as_str().and_then(|day| day.parse().ok()).ok_or_else(gone)?;
    let number = payload["number"].as_i64().ok_or_else(gone)?;
    let lines = export::run_lines(stipend, program, day, number)?.ok_or_else(gone)?;
    let versions = programs::versions(stipend, Some(program))?;
    let asset = &versions.last().ok_or_else(gone)?.policy.asset;
    let kind = if number == 0 { "day-published" } else { "day-corrected" };
    let (creators, paid) = (lines.texts("creator")?, lines.ints("paid")?);
    let amounts = lines.ints("amount")?;
    let mut messages = Vec::new();
    let scores = lines.ints("score")?;
    for (row, creator) in creators.iter().enumerate() {
        // Who is not in has views that count for coming in, and earned nothing: no news.
        if scores[row] == 0 && paid[row] == 0 && amounts[row] == 0 {
            continue;
        }
        let facts = json!({
            "program": program,
            "day": day.to_string(),
            "paid": asset.format(paid[row]),
            "change": asset.format(amounts[row]),
            "currency": asset.code(),
        });
        messages.push((format!("creator:{creator}"), facts.to_string()));
    }
    let attacked =
        if number == 0 { attacked(stipend, &versions, (program, day))? } else { Vec::new() };
    let told = json!({ "program": program, "day": day.to_string(), "number": number,
                       "lines": messages.len() });
    let once = format!("published/{program}/{day}/{number}");
    stipend.db.write(|db| {
        // A worker may have died between this commit and the end of the job.
        if db.setting(&once)?.is_some() {
            return Ok(());
        }
        db.set_setting(&once, "1")?;
        let all = messages.iter().map(|(to, facts)| (to.as_str(), kind, facts.as_str()));
        db.add_messages(all, now_us)?;
        let all = attacked.iter().map(|(to, facts)| (to.as_str(), "work-attacked", facts.as_str()));
        db.add_messages(all, now_us)?;
        outbox::emit(db, "day.published", &format!("{program}/{day}"), &told, now_us)?;
        Ok::<_, Error>(())
    })?;
    Ok(told)
}

/// Messages to creators whose works were attacked from outside on a day: nothing is held against
/// them.
fn attacked(
    stipend: &mut Stipend,
    versions: &[programs::Published],
    (program, day): (&str, Day),
) -> Result<Vec<(String, String)>, Error> {
    let Some(run) = stipend.db.runs_between(program, (day, day))?.into_iter().next() else {
        return Ok(Vec::new());
    };
    let version = versions.iter().find(|one| one.row.version == run.policy_version);
    let policy = version.map(|version| &version.policy);
    let Some(policy) = policy.filter(|policy| policy.abnormal.attack_views.is_some()) else {
        return Ok(Vec::new());
    };
    let table = Table::read_parquet(&stipend.lake().join(&run.work_days_path))?;
    let (works, creators) = (table.texts("work")?, table.texts("creator")?);
    let mut messages = Vec::new();
    for row in 0..table.rows() {
        if !creators[row].is_empty() && records::is_attack(policy, &table, row)? {
            let facts = json!({ "program": program, "day": day.to_string(), "work": works[row] });
            messages.push((format!("creator:{}", creators[row]), facts.to_string()));
        }
    }
    Ok(messages)
}
