//! Commands about copyright claims.
use app::command::Command;
use app::copyright::{self, Change};
use app::{Error, Stipend};
use kernel::Ppm;
use serde_json::Value;

use crate::args::{ClaimAnswer, CopyrightCommand};
use crate::commands::{Call, open};
use crate::money::ask;
use crate::talk::{note, say};

/// Rows of a list.
const LISTED: i64 = 100_000;

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// One line of a claim.
fn line(call: &Call, body: &Value) {
    if call.json {
        say(&body.to_string());
        return;
    }
    if body["command"].is_string() {
        say(&format!("proposal {}: it waits for a second person", body["id"]));
        return;
    }
    let share = body["share_ppm"].as_u64().and_then(|parts| u32::try_from(parts).ok());
    say(&format!(
        "{}  {} of {}: {} % is claimed by {} from {} on: {}",
        body["id"],
        text(&body["work"]),
        text(&body["creator"]),
        copyright::percent(share.map_or(Ppm::ZERO, Ppm::of)),
        text(&body["claimant"]),
        text(&body["from"]),
        text(&body["state"]),
    ));
}

fn show(call: &Call, stipend: &mut Stipend, claim: i64) -> Result<(), Error> {
    let body = copyright::show(&mut stipend.db, claim)?;
    line(call, &body);
    if call.json {
        return Ok(());
    }
    let said = [("claimant", "words"), ("creator", "objection"), ("answer", "answer")];
    for (who, name) in said.into_iter().filter(|(_, name)| body[*name].is_string()) {
        say(&format!("  {who}: {}", text(&body[name])));
    }
    for part in body["parts"].as_array().into_iter().flatten() {
        say(&format!(
            "  {} in {}, run {}: {} {}",
            text(&part["day"]),
            text(&part["program"]),
            part["run"],
            text(&part["amount"]),
            text(&part["currency"]),
        ));
    }
    Ok(())
}

/// Copyright claims.
pub(crate) fn copyright(call: &Call, command: &CopyrightCommand, now_us: i64) -> Result<(), Error> {
    let mut stipend = open(call)?;
    let decide = |answer: &ClaimAnswer, upheld: bool| Change::Decide {
        id: answer.claim,
        by: format!("operator:{}", answer.officer),
        upheld,
        text: answer.text.clone(),
    };
    let change = match command {
        CopyrightCommand::List { creator } => {
            let rows = match creator {
                Some(creator) => stipend.db.copyrights_of(creator, 0, LISTED)?,
                None => stipend.db.copyrights(0, LISTED)?,
            };
            rows.iter().for_each(|row| line(call, &copyright::to_json(row)));
            return Ok(());
        }
        CopyrightCommand::Show { claim } => return show(call, &mut stipend, *claim),
        CopyrightCommand::File { work, claimant, share, from, words } => Change::File {
            work: work.clone(),
            claimant: claimant.clone(),
            share: Ppm::parse(share).map_err(|error| Error::Refused(error.to_string()))?,
            from: *from,
            words: words.clone(),
        },
        CopyrightCommand::Accept { creator, claim } => {
            Change::Accept { creator: creator.clone(), id: *claim }
        }
        CopyrightCommand::Object { creator, claim, words } => {
            Change::Object { creator: creator.clone(), id: *claim, words: words.clone() }
        }
        CopyrightCommand::Uphold(answer) => decide(answer, true),
        CopyrightCommand::Reject(answer) => decide(answer, false),
        CopyrightCommand::Withdraw { claim } => Change::Withdraw { id: *claim },
    };
    let filed = matches!(change, Change::File { .. });
    let body = ask(&mut stipend, Command::Copyright(change), now_us)?;
    line(call, &body);
    if filed {
        note("a worker takes its part of days that are released already, as far as it is there");
    }
    Ok(())
}
