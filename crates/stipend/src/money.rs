//! Commands about wallets, terms, rates and payouts.
use std::collections::BTreeMap;

use ::wallet::Terms;
use ::wallet::draw::Wish;
use ::wallet::method::{Kind, Method};
use app::command::Command;
use app::dispatch::at_the_machine;
use app::draw::{Request, fresh_key};
use app::holds::NewHold;
use app::identity::Identity;
use app::methods::NewMethod;
use app::payouts::Change as Payouts;
use app::reports::Incoming;
use app::vault::Key;
use app::wallet::Change;
use app::{Error, Stipend, batches, cash, draw, liabilities, payouts, reports, statement};
use kernel::Asset;
use serde_json::{Value, json};

use crate::args::{PayoutCommand, TermsCommand, WalletCommand};
use crate::commands::{Call, open, read};
use crate::members::refused;
use crate::talk::{Failure, note, say, write};

/// Rows of a list.
const LISTED: i64 = 100_000;

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Has a command done; gives its answer.
pub(crate) fn ask(stipend: &mut Stipend, command: Command, now_us: i64) -> Result<Value, Error> {
    let answer = at_the_machine(stipend, command, "", now_us).map_err(refused)?;
    Ok(serde_json::from_str(&answer.body).unwrap_or_default())
}

/// Prints an answer: as JSON, as a proposal that waits, or as these fields.
fn tell(call: &Call, body: &Value, fields: &[&str]) {
    if call.json {
        say(&body.to_string());
    } else if body["command"].is_string() {
        say(&format!("proposal {}: it waits for a second person", body["id"]));
        note("who decides signs in: POST /v1/proposals/ID/approve with its digest");
    } else {
        let some = fields.iter().filter(|name| !body[**name].is_null() && body[**name] != "");
        let line: Vec<String> = some.map(|name| format!("{name} {}", text(&body[*name]))).collect();
        say(&line.join(", "));
    }
}

/// Terms of wallets.
pub(crate) fn terms(call: &Call, command: &TermsCommand, now_us: i64) -> Result<(), Failure> {
    match command {
        TermsCommand::Check { file } => {
            let document = read(file)?;
            let name = file.display().to_string();
            let terms =
                Terms::parse(&document).map_err(|error| Failure::about(error, &name, &document))?;
            let (ways, accounts) = (terms.corridor.len(), terms.account.len());
            if call.json {
                say(&json!({ "title": terms.title, "corridors": ways, "accounts": accounts })
                    .to_string());
            } else {
                say(&format!("{}: {ways} ways out of {accounts} accounts", terms.title));
            }
        }
        TermsCommand::Publish { file } => {
            let document = read(file)?;
            let name = file.display().to_string();
            Terms::parse(&document).map_err(|error| Failure::about(error, &name, &document))?;
            let body = ask(&mut open(call)?, Command::PublishTerms { document }, now_us)?;
            tell(call, &body, &["version", "digest"]);
        }
        TermsCommand::Show => {
            let missing = || Error::Missing("no terms of wallets are published".to_owned());
            let row = open(call)?.db.last_terms().map_err(Error::from)?.ok_or_else(missing)?;
            write(&row.document);
        }
        TermsCommand::Example => write(::wallet::terms::EXAMPLE),
        TermsCommand::Schema => {
            let schema = serde_json::to_value(::wallet::terms::schema()).unwrap_or_default();
            say(&format!("{schema:#}"));
        }
        TermsCommand::Rates { file, correct } => {
            let command = Command::ImportRates { file: read(file)?, correct: *correct };
            let body = ask(&mut open(call)?, command, now_us)?;
            tell(call, &body, &["source", "added", "known", "corrected", "first", "last"]);
        }
    }
    Ok(())
}

fn asset(code: &str) -> Result<Asset, Error> {
    Asset::of(code).map_err(|error| Error::Refused(error.to_string()))
}

/// An amount like `25.00 EUR`.
fn money(text: &str) -> Result<(Asset, i64), Error> {
    let wrong = || Error::Refused(format!("`{text}`: write an amount and a currency: 25.00 EUR"));
    let (amount, code) = text.split_once(' ').ok_or_else(wrong)?;
    let asset = asset(code)?;
    let units = asset.parse(amount).map_err(|error| Error::Refused(error.to_string()))?;
    Ok((asset, units))
}

/// Wallets of creators.
pub(crate) fn wallet(call: &Call, command: &WalletCommand, now_us: i64) -> Result<(), Error> {
    let mut stipend = open(call)?;
    if matches!(command, WalletCommand::Rekey) {
        return rekey(call, &mut stipend, now_us);
    }
    if read_wallet(call, &mut stipend, command, now_us)? {
        return Ok(());
    }
    let body = ask(&mut stipend, Command::Wallet(wallet_change(command)?), now_us)?;
    let fields = [
        "creator",
        "country",
        "kind",
        "label",
        "name",
        "usable",
        "amount",
        "reason",
        "released",
        "destroyed",
    ];
    tell(call, &body, &fields);
    Ok(())
}

/// Changes the key that details are sealed with.
fn rekey(call: &Call, stipend: &mut Stipend, now_us: i64) -> Result<(), Error> {
    let folder = call.settings.data_dir();
    let next = Key::next(&folder)?;
    let body = ask(stipend, Command::Wallet(Change::Rekey(next)), now_us)?;
    Key::take_place(&folder)?;
    tell(call, &body, &["persons", "methods"]);
    note("details.key is new: keep a copy apart, and copy it to other folders on this database");
    note(
        "details.key.old opens backups from before: move it away, delete it with the last of them",
    );
    Ok(())
}

/// Does what only reads; `false` when it is something else.
fn read_wallet(
    call: &Call,
    stipend: &mut Stipend,
    command: &WalletCommand,
    now_us: i64,
) -> Result<bool, Error> {
    match command {
        WalletCommand::Show { creator, language } => {
            let language = bus::language(language);
            let body = app::wallet::show(&mut stipend.db, creator, language, now_us)?;
            if call.json { say(&body.to_string()) } else { shown(&body) }
        }
        WalletCommand::Statement { creator, month, csv } => {
            let between = month.as_deref().map(|month| statement::month(stipend, month));
            let found = statement::of(stipend, creator, between.transpose()?)?;
            if call.json {
                say(&found.to_json().to_string());
            } else if *csv {
                write(&found.to_csv()?);
            } else {
                lines(&found.to_json());
            }
        }
        WalletCommand::Quote { creator, currency, amount } => {
            let asset = asset(currency)?;
            let amount = amount.as_deref().map(|amount| asset.parse(amount)).transpose();
            let amount = amount.map_err(|error| Error::Refused(error.to_string()))?;
            let wish = Wish { asset, amount, method: None, scheduled: false };
            let body = draw::quote(stipend, creator, &wish, "en", now_us)?;
            if call.json { say(&body.to_string()) } else { drawn(&body, "") }
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn wallet_change(command: &WalletCommand) -> Result<Change, Error> {
    Ok(match command {
        WalletCommand::Identify { creator, country, name, forms } => Change::Identify(Identity {
            creator: creator.clone(),
            country: country.clone(),
            name: name.clone(),
            forms: forms.iter().map(|code| (code.clone(), None)).collect(),
            screened: String::new(),
            screened_us: None,
        }),
        WalletCommand::Forget { creator } => Change::Forget { creator: creator.clone() },
        WalletCommand::Method { creator, kind, details } => {
            let wrong = || Error::Refused(format!("no kind `{kind}`: bank, card, paypal, …"));
            let kind = Kind::from_word(kind).ok_or_else(wrong)?;
            let pair = |text: &String| {
                let wrong = || Error::Refused(format!("`{text}`: write NAME=VALUE"));
                let (name, value) = text.split_once('=').ok_or_else(wrong)?;
                Ok::<_, Error>((name.to_owned(), value.to_owned()))
            };
            let given = details.iter().map(pair).collect::<Result<BTreeMap<_, _>, _>>()?;
            let method = Method::new(kind, &given);
            let method = method.map_err(|error| Error::Refused(error.to_string()))?;
            Change::AddMethod(NewMethod { creator: creator.clone(), method })
        }
        WalletCommand::Claim { creator } => Change::Claim { creator: creator.clone() },
        WalletCommand::Hold { creator, amount, reason, note } => Change::Hold(NewHold {
            creator: creator.clone(),
            amount: amount.as_deref().map(money).transpose()?,
            reason: reason.clone(),
            note: note.clone(),
            until_us: None,
        }),
        WalletCommand::Release { hold } => Change::Release { id: *hold },
        WalletCommand::Adjust { creator, amount, why } => {
            let (asset, amount) = money(amount)?;
            Change::Adjust {
                creator: creator.clone(),
                asset: asset.code().to_owned(),
                amount,
                why: why.clone(),
                key: fresh_key()?,
            }
        }
        WalletCommand::Rekey
        | WalletCommand::Show { .. }
        | WalletCommand::Statement { .. }
        | WalletCommand::Quote { .. } => {
            return Err(Error::Refused("this is done elsewhere".to_owned()));
        }
    })
}

fn drawn(draw: &Value, indent: &str) {
    for finding in draw["findings"].as_array().into_iter().flatten() {
        let until = finding["until"].as_str().map_or(String::new(), |at| format!(" until {at}"));
        say(&format!(
            "{indent}not now{until}: {} ({})",
            text(&finding["text"]),
            text(&finding["code"])
        ));
        let (observed, required) = (text(&finding["observed"]), text(&finding["required"]));
        if !required.is_empty() {
            say(&format!("{indent}  there is {observed}; wanted is {required}"));
        }
    }
    let quote = &draw["quote"];
    if quote.is_object() && draw["allowed"] == true {
        let paid = text(&quote["paid_currency"]);
        say(&format!(
            "{indent}draw {} {}: {} {paid} arrive by {} on {} (fee {}, tax {})",
            text(&quote["amount"]),
            text(&quote["currency"]),
            text(&quote["net"]),
            text(&quote["rail"]),
            text(&quote["arrives"]),
            text(&quote["fee_borne"]),
            text(&quote["tax"])
        ));
    }
}

fn shown(body: &Value) {
    say(&format!("{}: {}", text(&body["creator"]), text(&body["state"])));
    for purse in body["purses"].as_array().into_iter().flatten() {
        let states = wallet::purse::Purse::default().states();
        let some = states.iter().map(|(state, _)| (state, text(&purse[*state])));
        let some = some.filter(|(_, amount)| amount.chars().any(|c| ('1'..='9').contains(&c)));
        let some: Vec<String> = some.map(|(state, amount)| format!("{state} {amount}")).collect();
        say(&format!("  {}: {}", text(&purse["currency"]), some.join(", ")));
        drawn(&purse["draw"], "    ");
    }
}

fn lines(body: &Value) {
    for line in body["lines"].as_array().into_iter().flatten() {
        let program = text(&line["program"]);
        let of = if program.is_empty() {
            String::new()
        } else {
            format!(" of {} in {program}", text(&line["day"]))
        };
        say(&format!(
            "{}  {}{of}: {} {} from {} to {}; wallet {}",
            text(&line["posted"]).get(..16).unwrap_or_default(),
            text(&line["what"]),
            text(&line["amount"]),
            text(&line["currency"]),
            line["from"].as_str().filter(|from| !from.is_empty()).unwrap_or("outside"),
            line["to"].as_str().filter(|to| !to.is_empty()).unwrap_or("outside"),
            text(&line["total"])
        ));
    }
}

/// Payouts.
pub(crate) fn payout(call: &Call, command: &PayoutCommand, now_us: i64) -> Result<(), Error> {
    let mut stipend = open(call)?;
    if read_payouts(call, &mut stipend, command, now_us)? {
        return Ok(());
    }
    let body = ask(&mut stipend, Command::Payout(payout_change(command)?), now_us)?;
    if call.json {
        say(&body.to_string());
    } else if let Some(batches) = body["batches"].as_array() {
        for batch in batches {
            tell(call, batch, BATCH);
        }
        note(&format!("{} payouts wait for a look", body["flagged"]));
    } else if body["rail"].is_string() && body["net"].is_string() {
        one(call, &body);
    } else {
        let fields = [
            "id",
            "kind",
            "account",
            "amount",
            "has",
            "state",
            "entries",
            "changed",
            "differences",
            "resolution",
        ];
        tell(call, &body, &fields);
    }
    Ok(())
}

/// Does what only reads; `false` when it is something else.
fn read_payouts(
    call: &Call,
    stipend: &mut Stipend,
    command: &PayoutCommand,
    now_us: i64,
) -> Result<bool, Error> {
    match command {
        PayoutCommand::List { state } => {
            for row in stipend.db.payouts(state, 0, LISTED)? {
                one(call, &payouts::to_json(&row));
            }
        }
        PayoutCommand::Show { payout } => show(call, stipend, *payout)?,
        PayoutCommand::Batches => {
            for row in stipend.db.payout_batches(0, LISTED)? {
                tell(call, &batches::to_json(&row), BATCH);
            }
        }
        PayoutCommand::File { batch } => {
            let (_, file) = batches::file(stipend, *batch)?;
            write(&file);
        }
        PayoutCommand::Differences { all } => {
            for row in stipend.db.differences(!all, 0, LISTED)? {
                let body = reports::difference_json(&row);
                tell(call, &body, &["id", "kind", "subject", "facts", "resolution"]);
            }
        }
        PayoutCommand::Liabilities => {
            let body = liabilities::statement(stipend, now_us)?;
            if call.json {
                say(&body.to_string());
                return Ok(true);
            }
            for asset in body["assets"].as_array().into_iter().flatten() {
                tell(
                    call,
                    asset,
                    &["currency", "liabilities", "cash_total", "uncovered", "owed", "receivable"],
                );
            }
        }
        PayoutCommand::Tax { year } => {
            for row in liabilities::taxed(stipend, *year)? {
                let fields = ["creator", "country", "currency", "payouts", "gross", "tax", "net"];
                tell(call, &liabilities::taxed_json(&row), &fields);
            }
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn payout_change(command: &PayoutCommand) -> Result<Payouts, Error> {
    Ok(match command {
        PayoutCommand::Request { creator, currency, amount } => {
            let asset = asset(currency)?;
            let amount = amount.as_deref().map(|amount| asset.parse(amount)).transpose();
            let amount = amount.map_err(|error| Error::Refused(error.to_string()))?;
            let wish = Wish { asset, amount, method: None, scheduled: false };
            Payouts::Request(Request { creator: creator.clone(), wish, key: fresh_key()? })
        }
        PayoutCommand::Clear { payout } => Payouts::Clear { id: *payout },
        PayoutCommand::Refuse { payout, why } => Payouts::Refuse { id: *payout, why: why.clone() },
        PayoutCommand::Conclude { payout, end, why } => {
            let words = payouts::End::WORDS.map(|(_, word)| word).join(", ");
            let wrong = || Error::Refused(format!("`{end}` is none of: {words}"));
            let end = payouts::End::from_word(end).ok_or_else(wrong)?;
            Payouts::Conclude { id: *payout, end, why: why.clone() }
        }
        PayoutCommand::Recall { payout } => Payouts::Recall { id: *payout },
        PayoutCommand::Batch => Payouts::Batch,
        PayoutCommand::Approve { batch, digest } => {
            Payouts::Approve { batch: *batch, digest: digest.clone() }
        }
        PayoutCommand::Discard { batch } => Payouts::Discard { batch: *batch },
        PayoutCommand::Report { file } => {
            let bytes = std::fs::read(file).map_err(Error::file(file))?;
            let source = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Payouts::Report(Incoming { bytes, source })
        }
        PayoutCommand::Resolve { difference, how } => {
            Payouts::Resolve { id: *difference, how: how.clone() }
        }
        PayoutCommand::Cash { account, amount, what, country, why } => {
            let words = cash::What::WORDS.map(|(_, word)| word).join(", ");
            let wrong = || Error::Refused(format!("`{what}` is none of: {words}"));
            Payouts::MoveCash(cash::Move {
                account: account.clone(),
                what: cash::What::from_word(what).ok_or_else(wrong)?,
                country: country.clone(),
                amount: amount.clone(),
                why: why.clone(),
                key: fresh_key()?,
            })
        }
        _ => return Err(Error::Refused("this changes nothing".to_owned())),
    })
}

const BATCH: &[&str] =
    &["id", "state", "rail", "account", "payouts", "net", "currency", "executed", "digest"];

fn one(call: &Call, body: &Value) {
    let fields = [
        "id",
        "creator",
        "state",
        "amount",
        "currency",
        "net",
        "paid_currency",
        "rail",
        "arrives",
        "batch",
        "reason",
    ];
    tell(call, body, &fields);
}

fn show(call: &Call, stipend: &mut Stipend, id: i64) -> Result<(), Error> {
    let missing = || Error::Missing(format!("there is no payout {id}"));
    let row = stipend.db.payout(id)?.ok_or_else(missing)?;
    let steps = stipend.db.payout_steps(id)?;
    let mut body = payouts::to_json(&row);
    body["steps"] = steps.iter().map(payouts::step_json).collect();
    one(call, &body);
    if !call.json {
        for step in body["steps"].as_array().into_iter().flatten() {
            let reason = text(&step["reason"]);
            let why = if reason.is_empty() { reason } else { format!(" ({reason})") };
            say(&format!(
                "  {}  {}{why} by {}",
                text(&step["recorded"]),
                text(&step["state"]),
                text(&step["actor"])
            ));
        }
    }
    Ok(())
}
