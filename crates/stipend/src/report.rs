//! What people read: reports of commands, in text or JSON.
use app::settle::Report as Settled;
use app::{Error, Health, Stipend, import, ledger, programs};
use kernel::Zone;
use program::{Policy, Reward};
use serde_json::json;

use crate::talk::grouped;

use crate::talk::say as line;

/// A policy that was checked.
pub(crate) fn policy(policy: &Policy, json: bool) {
    let reward = match policy.reward {
        Reward::Pool { per_day } => format!("{} a day, shared", policy.asset.format(per_day)),
        Reward::Rate { per_thousand } => {
            format!("{} for 1,000 scored views", policy.asset.format(per_thousand))
        }
        Reward::Nothing => "pays nothing of its own".to_owned(),
    };
    if json {
        line(
            &json!({ "program": policy.program, "effective": policy.effective.to_string(),
            "asset": policy.asset.code(), "reward": reward, "ok": true })
            .to_string(),
        );
        return;
    }
    line(&format!("{} ({}) is in order", policy.program, policy.title));
    line(&format!("  from {} on, {} {}", policy.effective, reward, policy.asset));
    line(&format!(
        "  day in {}, shown {} day(s) later at {}, corrected for {} days",
        policy.zone.name(),
        policy.publish_after_days,
        policy.publish_at,
        policy.correction_days
    ));
}

/// What differs between two policy documents.
pub(crate) fn differences(old: &str, new: &str, json: bool) -> Result<(), Error> {
    let changes = program::diff::diff(old, new)
        .map_err(|error| Error::Refused(format!("a document is no TOML: {error}")))?;
    for change in &changes {
        let (before, after) = (&change.before, &change.after);
        if json {
            let body = json!({ "path": change.path, "before": before, "after": after });
            line(&body.to_string());
            continue;
        }
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "(none)".to_owned());
        line(&format!("{}: {} -> {}", change.path, shown(before), shown(after)));
    }
    if changes.is_empty() && !json {
        line("nothing differs");
    }
    Ok(())
}

/// A policy that was published.
pub(crate) fn published(done: &programs::Publication, json: bool) {
    if json {
        line(
            &json!({ "program": done.program, "version": done.version, "digest": done.digest,
            "unchanged": done.unchanged })
            .to_string(),
        );
    } else if done.unchanged {
        eprintln!("{} version {} is this text already", done.program, done.version);
    } else {
        eprintln!("published {} version {}, sha256 {}", done.program, done.version, done.digest);
    }
}

/// One published version.
pub(crate) fn version(row: &programs::Published, json: bool) {
    let (row, digest) = (&row.row, programs::digest_hex(&row.row));
    let (program, number, effective) = (&row.program, row.version, row.effective);
    if json {
        line(
            &json!({ "program": program, "version": number,
            "effective": effective.to_string(), "digest": digest })
            .to_string(),
        );
    } else {
        line(&format!("{program} version {number} from {effective} on, sha256 {digest}"));
    }
}

/// An import.
pub(crate) fn imported(name: &str, done: &import::Report, json: bool) {
    let counts = &done.counts;
    if json {
        line(
            &json!({ "file": name, "read": counts.read, "accepted": counts.accepted,
            "refused": counts.refused, "refused_by_code": counts.refused_by_code,
            "rejects": done.rejects.as_ref().map(|path| path.display().to_string()),
            "repeated": done.repeated, "segments": done.segments, "subjects": done.subjects,
            "versions": done.versions })
            .to_string(),
        );
        return;
    }
    let (read, accepted) = (grouped(counts.read), grouped(counts.accepted));
    if done.repeated {
        eprintln!("{name}: imported before ({read} rows); nothing changed");
        return;
    }
    eprintln!("{name}: read {read} rows, accepted {accepted}, refused {}", grouped(counts.refused));
    for (code, count) in &counts.refused_by_code {
        eprintln!("  {code}: {}", grouped(*count));
    }
    if let Some(path) = &done.rejects {
        eprintln!("  each refused row with its line: {}", path.display());
    }
}

/// A check of an import.
pub(crate) fn check(name: &str, check: &import::Check, json: bool) {
    let counts = &check.counts;
    if json {
        let rows: Vec<_> = check
            .rows
            .iter()
            .map(|(number, row)| match row {
                Ok(text) => json!({ "line": number, "row": text }),
                Err(text) => json!({ "line": number, "refused": text }),
            })
            .collect();
        let refused: Vec<_> = check
            .refused
            .iter()
            .map(|row| {
                json!({ "line": row.line,
            "code": row.refusal.code.code(), "field": row.refusal.field,
            "message": row.refusal.message })
            })
            .collect();
        line(
            &json!({ "file": name, "columns": check.columns, "rows": rows, "read": counts.read,
            "accepted": counts.accepted, "refused": counts.refused,
            "refused_by_code": counts.refused_by_code, "first_refused": refused })
            .to_string(),
        );
        return;
    }
    line(&format!("{name}: reads the columns {}", check.columns.join(", ")));
    for (number, row) in &check.rows {
        match row {
            Ok(text) => line(&format!("  line {number}: {text}")),
            Err(text) => line(&format!("  line {number}: REFUSED {text}")),
        }
    }
    line(&format!(
        "{} rows: {} would be accepted, {} refused",
        grouped(counts.read),
        grouped(counts.accepted),
        grouped(counts.refused)
    ));
    for (code, count) in &counts.refused_by_code {
        line(&format!("  {code}: {}", grouped(*count)));
    }
    for row in &check.refused {
        line(&format!("  line {}: {} {}", row.line, row.refusal.code.code(), row.refusal.message));
    }
}

/// A settlement.
pub(crate) fn settled(done: &Settled, policy: Option<&Policy>, json: bool) {
    let amount = |units: i64| policy.map_or_else(|| units.to_string(), |p| p.asset.format(units));
    let zone = policy.map_or_else(Zone::utc, |policy| policy.zone.clone());
    if json {
        let runs: Vec<_> = done
            .posted
            .iter()
            .map(|run| {
                json!({ "day": run.day.to_string(),
            "run": run.number, "accepted": run.accepted, "qualified_views": run.qualified,
            "lines": run.lines, "paid": amount(run.paid), "lines_digest": run.lines_digest,
            "publish_at": zone.format(run.publish_us) })
            })
            .collect();
        let days = |days: &[kernel::Day]| days.iter().map(ToString::to_string).collect::<Vec<_>>();
        line(
            &json!({ "program": done.program, "posted": runs,
            "confirmed": days(&done.confirmed), "closed": days(&done.closed) })
            .to_string(),
        );
        return;
    }
    if done.posted.is_empty() {
        eprintln!("{}: nothing to settle; everything stands", done.program);
    }
    for run in &done.posted {
        let what = match run.number {
            0 => "settled".to_owned(),
            number => format!("correction {number}:"),
        };
        let (accepted, lines) = (run.accepted, run.lines);
        line(&format!(
            "{} {what} {} from {accepted} events, {lines} creators, shown from {}  sha256 {}",
            run.day,
            amount(run.paid),
            zone.format(run.publish_us),
            run.lines_digest.get(..12).unwrap_or("")
        ));
    }
    for day in &done.confirmed {
        eprintln!("{day} was counted again and stands as it is");
    }
    for day in &done.closed {
        eprintln!("{day} has late events, but lies before the correction window: left as it is");
    }
}

/// A check of the ledger.
pub(crate) fn checked(checked: &ledger::Report, json: bool) {
    if json {
        let problems: Vec<_> = checked
            .problems
            .iter()
            .map(|problem| json!({ "invariant": problem.invariant, "message": problem.message }))
            .collect();
        line(
            &json!({ "batches": checked.batches, "transfers": checked.transfers,
            "accounts": checked.accounts, "runs": checked.runs, "problems": problems })
            .to_string(),
        );
        return;
    }
    for problem in &checked.problems {
        line(&format!("{}: {}", problem.invariant, problem.message));
    }
    let what = format!(
        "{} transfers in {} batches, {} accounts, {} runs",
        grouped(kernel::cast::wide(checked.transfers)),
        checked.batches,
        grouped(kernel::cast::wide(checked.accounts)),
        checked.runs
    );
    match checked.problems.len() {
        0 => eprintln!("the ledger balances: {what}"),
        count => eprintln!("{count} problems in {what}"),
    }
}

/// All balances.
pub(crate) fn balances(stipend: &mut Stipend, json: bool) -> Result<(), Error> {
    for balance in stipend.db.balances()? {
        let asset = kernel::Asset::of(&balance.asset).ok();
        let units = balance.credits - balance.debits;
        let amount = asset.map_or_else(|| units.to_string(), |asset| asset.format(units));
        if json {
            line(
                &json!({ "account": balance.account, "asset": balance.asset, "balance": amount,
                "debits": balance.debits, "credits": balance.credits })
                .to_string(),
            );
        } else {
            line(&format!("{:>20} {}  {}", amount, balance.asset, balance.account));
        }
    }
    Ok(())
}

/// What doctor found.
pub(crate) fn health(found: &[Health], json: bool) {
    for health in found {
        if json {
            line(
                &json!({ "what": health.what, "well": health.well, "message": health.message })
                    .to_string(),
            );
        } else {
            let mark = if health.well { "well " } else { "FAULT" };
            line(&format!("{mark}  {:<10} {}", health.what, health.message));
        }
    }
}

/// What a check of the audit log found.
pub(crate) fn audit(checked: &app::audit::Checked, json: bool) {
    if json {
        let (entries, head, problems) = (checked.entries, &checked.head, &checked.problems);
        line(&json!({ "entries": entries, "head": head, "problems": problems }).to_string());
        return;
    }
    for problem in &checked.problems {
        line(&format!("PROBLEM  {problem}"));
    }
    let words = if checked.problems.is_empty() { "the chain holds" } else { "the chain is broken" };
    line(&format!("{} entries, head {}: {words}", checked.entries, checked.head));
}

/// An API key.
pub(crate) fn key(row: &store::KeyRow, json: bool) {
    if json {
        line(&app::command::key_json(row).to_string());
        return;
    }
    let time = |at: Option<i64>| at.map_or("-".to_owned(), |at| kernel::Zone::utc().format(at));
    let state = match row.revoked_us {
        Some(_) => "ended",
        None => "good",
    };
    let (id, role, name) = (&row.id, &row.role, &row.name);
    let (ends, used) = (time(row.expires_us), time(row.used_us));
    line(&format!("{id}  {role:<16}  {state}  ends {ends}  last used {used}  {name}"));
}
