//! Payouts: each step is written down with what it does to the ledger, in one transaction; whoever
//! tells of a step first does it, whoever tells of it again does nothing (I9, I10, I13).
use kernel::Zone;
use kernel::day::instant;
use kernel::money::shown;
use ledger::{Account, Transfer};
use payout::state::Movement;
use payout::{Event, State};
use serde_json::{Value, json};
use store::{Db, PayoutRow, PayoutStepRow};

use crate::dispatch::Answer;
use crate::draw::Request;
use crate::error::Error;
use crate::{batches, cash, draw, messages, outbox, rails, reports};

/// Something done with payouts.
#[derive(Clone)]
pub enum Change {
    /// A creator asks for one.
    Request(Request),
    /// He takes it back.
    Cancel {
        /// Whose.
        creator: String,
        /// Its number.
        id: i64,
    },
    /// A person looked at it and lets it go.
    Clear {
        /// Its number.
        id: i64,
    },
    /// A person refuses it.
    Refuse {
        /// Its number.
        id: i64,
        /// What the creator reads.
        why: String,
    },
    /// Say how one ended that its rail does not tell the end of; needs four eyes (N17).
    Conclude {
        /// Its number.
        id: i64,
        /// How it ended.
        end: End,
        /// Why that is known; the creator reads it where money comes back.
        why: String,
    },
    /// Ask its provider for the money back that did not go on from there.
    Recall {
        /// Its number.
        id: i64,
    },
    /// Put all that may go into batches.
    Batch,
    /// Let a batch go: exactly what was shown; needs four eyes (N17).
    Approve {
        /// Its number.
        batch: i64,
        /// The digest of what is in it, in hex.
        digest: String,
    },
    /// Give a batch up.
    Discard {
        /// Its number.
        batch: i64,
    },
    /// Say that money came onto an account of the platform, or left it.
    MoveCash(cash::Move),
    /// Take in a report of a bank or provider.
    Report(reports::Incoming),
    /// Note what a provider called about.
    Called(rails::Call),
    /// End a difference.
    Resolve {
        /// Its number.
        id: i64,
        /// How.
        how: String,
    },
}

impl Change {
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Change::Request(_) => "payout.request",
            Change::Cancel { .. } => "payout.cancel",
            Change::Clear { .. } => "payout.clear",
            Change::Refuse { .. } => "payout.refuse",
            Change::Conclude { .. } => CONCLUDE,
            Change::Recall { .. } => "payout.recall",
            Change::Batch => "payout.batch",
            Change::Approve { .. } => APPROVE,
            Change::Discard { .. } => "payout.discard",
            Change::MoveCash(_) => "cash.move",
            Change::Report(_) => "payout.report",
            Change::Called(_) => "payout.called",
            Change::Resolve { .. } => "difference.resolve",
        }
    }

    pub(crate) fn subject(&self) -> String {
        match self {
            Change::Request(request) => format!("creator {}", request.creator),
            Change::Cancel { id, .. }
            | Change::Clear { id }
            | Change::Refuse { id, .. }
            | Change::Conclude { id, .. }
            | Change::Recall { id } => format!("payout {id}"),
            Change::Batch => "payouts".to_owned(),
            Change::Approve { batch, .. } | Change::Discard { batch } => format!("batch {batch}"),
            Change::MoveCash(one) => format!("account {}", one.account),
            Change::Report(report) => format!("report {}", report.source),
            Change::Called(call) => format!("{} {}", call.rail, call.event),
            Change::Resolve { id, .. } => format!("difference {id}"),
        }
    }

    pub(crate) fn document(&self) -> Option<Value> {
        match self {
            Change::Approve { batch, digest } => Some(json!({ "batch": batch, "digest": digest })),
            Change::MoveCash(one) => Some(one.document()),
            Change::Conclude { id, end, why } => {
                Some(json!({ "payout": id, "end": end.word(), "why": why }))
            }
            _ => None,
        }
    }

    pub(crate) fn of_document(word: &str, document: &Value) -> Option<Change> {
        match word {
            APPROVE => Some(Change::Approve {
                batch: document["batch"].as_i64()?,
                digest: document["digest"].as_str()?.to_owned(),
            }),
            "cash.move" => cash::Move::of_document(document).map(Change::MoveCash),
            CONCLUDE => Some(Change::Conclude {
                id: document["payout"].as_i64()?,
                end: End::from_word(document["end"].as_str()?)?,
                why: document["why"].as_str()?.to_owned(),
            }),
            _ => None,
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        match self {
            Change::Report(report) => report.bytes.len(),
            _ => 1_000,
        }
    }

    pub(crate) fn run(
        &self,
        db: &mut Db,
        actor: &str,
        context: &crate::command::Context,
    ) -> Result<Answer, Error> {
        let now_us = context.now_us;
        match self {
            Change::Request(request) => draw::request(db, actor, request, now_us),
            Change::Cancel { creator, id } => {
                let row = get(db, *id)?;
                if row.creator != *creator {
                    return Err(missing(*id));
                }
                answer(db, &row, Event::Cancel, (actor, ""), now_us)
            }
            Change::Clear { id } => {
                let row = get(db, *id)?;
                answer(db, &row, Event::Clear, (actor, ""), now_us)
            }
            Change::Refuse { id, why } => {
                let row = get(db, *id)?;
                answer(db, &row, Event::Refuse, (actor, why), now_us)
            }
            Change::Conclude { id, end, why } => {
                let row = get(db, *id)?;
                answer(db, &row, end.event(), (actor, why), now_us)
            }
            Change::Recall { id } => {
                let row = get(db, *id)?;
                rails::ask_back(db, &row, now_us)
            }
            Change::Batch => batches::make(db, actor, context),
            Change::Approve { batch, digest } => batches::approve(db, *batch, digest, context),
            Change::Discard { batch } => batches::discard(db, actor, *batch, now_us),
            Change::MoveCash(one) => cash::apply(db, one, now_us),
            Change::Report(report) => reports::take(db, actor, report, now_us),
            Change::Called(call) => rails::called(db, call, now_us),
            Change::Resolve { id, how } => reports::resolve(db, actor, *id, how, now_us),
        }
    }
}

/// How a payout ended that its rail does not tell the end of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It arrived.
    Paid,
    /// It never went.
    Failed,
    /// It went, and came back.
    Returned,
}

impl End {
    /// Every end with its word.
    pub const WORDS: [(End, &'static str); 3] =
        [(End::Paid, "paid"), (End::Failed, "failed"), (End::Returned, "returned")];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        End::WORDS.iter().find(|(end, _)| *end == self).map_or("", |(_, word)| word)
    }

    /// Of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<End> {
        End::WORDS.iter().find(|(_, known)| *known == word).map(|(end, _)| *end)
    }

    fn event(self) -> Event {
        match self {
            End::Paid => Event::Pay,
            End::Failed => Event::Fail,
            End::Returned => Event::Return,
        }
    }
}

/// What a person says of the end of a payout moves money: two people's decision.
pub(crate) const CONCLUDE: &str = "payout.conclude";

/// Payout runs are two people's decision, whatever else is (N17, OWASP ASVS 2.3.5).
pub(crate) const APPROVE: &str = "payout.approve";

fn missing(id: i64) -> Error {
    Error::Missing(format!("there is no payout {id}"))
}

pub(crate) fn get(db: &mut Db, id: i64) -> Result<PayoutRow, Error> {
    db.payout(id)?.ok_or_else(|| missing(id))
}

/// One step that somebody asks for, as an answer.
fn answer(
    db: &mut Db,
    row: &PayoutRow,
    event: Event,
    (actor, why): (&str, &str),
    now_us: i64,
) -> Result<Answer, Error> {
    match advance(db, row, event, &Told { actor, reason: why, reference: "" }, now_us)? {
        Step::Done(row) => Ok(Answer::new(200, &to_json(&row))),
        Step::Same => Ok(Answer::new(200, &to_json(row))),
        Step::Unfit(error) => Err(Error::conflict("wrong_state", error.to_string())),
    }
}

/// Who tells of a step, and what else he says.
pub(crate) struct Told<'a> {
    pub(crate) actor: &'a str,
    pub(crate) reason: &'a str,
    pub(crate) reference: &'a str,
}

/// What came of an event.
pub(crate) enum Step {
    /// The payout moved on.
    Done(Box<PayoutRow>),
    /// It was there already.
    Same,
    /// It contradicts what was told before.
    Unfit(payout::state::Unfit),
}

/// Moves a payout on, with what that does to the ledger. Call it inside [`Db::write`] with a row
/// that was read there.
pub(crate) fn advance(
    db: &mut Db,
    row: &PayoutRow,
    event: Event,
    told: &Told<'_>,
    now_us: i64,
) -> Result<Step, Error> {
    let unknown = || Error::Refused(format!("payout {} has no known state", row.seq));
    let before = State::from_word(&row.state).ok_or_else(unknown)?;
    let (state, movement) = match before.on(event) {
        Ok(next) => next,
        Err(unfit) => return Ok(Step::Unfit(unfit)),
    };
    let mut after = row.clone();
    if !told.reference.is_empty() {
        told.reference.clone_into(&mut after.reference);
    }
    if state == before && after.reference == row.reference && event != Event::Submit {
        return Ok(Step::Same);
    }
    state.word().clone_into(&mut after.state);
    told.reason.clone_into(&mut after.reason);
    after.changed_us = now_us;
    if event == Event::Unbatch {
        after.batch = None;
    }
    // Whoever read an older state does nothing: one of two who race is first.
    if !db.move_payout(before.word(), &after)? {
        return Err(Error::Overloaded);
    }
    settle(db, &after, movement, now_us)?;
    if state == before {
        return Ok(Step::Done(Box::new(after)));
    }
    note(db, &after, told.actor, told.reason, now_us)?;
    Ok(Step::Done(Box::new(after)))
}

/// Writes a step down and tells of it.
pub(crate) fn note(
    db: &mut Db,
    row: &PayoutRow,
    actor: &str,
    reason: &str,
    now_us: i64,
) -> Result<(), Error> {
    db.add_payout_step(&PayoutStepRow {
        payout: row.seq,
        state: row.state.clone(),
        actor: actor.to_owned(),
        reason: reason.to_owned(),
        reference: row.reference.clone(),
        recorded_us: now_us,
    })?;
    let body = to_json(row);
    outbox::emit(db, "payout.changed", &row.creator, &body, now_us)?;
    let kind = match State::from_word(&row.state) {
        Some(State::Paid) => "payout-paid",
        Some(State::Failed | State::Returned | State::Refused) => "payout-back",
        Some(State::Ready | State::Review) if row.changed_us == row.created_us => {
            "payout-requested"
        }
        _ => return Ok(()),
    };
    let facts = json!({ "payout": row.seq, "amount": body["amount"], "currency": row.asset,
                        "net": body["net"], "paid": row.paid_asset, "reason": row.reason });
    Ok(messages::send(db, &format!("creator:{}", row.creator), kind, &facts, now_us)?)
}

/// The transfers of a payout, one by one.
struct Legs<'a> {
    row: &'a PayoutRow,
    occasion: String,
    day: kernel::Day,
    transfers: Vec<Transfer>,
}

impl Legs<'_> {
    fn of<'a>(row: &'a PayoutRow, step: &str, now_us: i64) -> Legs<'a> {
        let occasion = format!("payout/{}/{step}", row.seq);
        Legs { row, occasion, day: Zone::utc().day_of(now_us), transfers: Vec::new() }
    }

    /// Adds one in the asset of the wallet.
    fn own(&mut self, leg: &str, from: Account, to: Account, units: i64) {
        let asset = self.row.asset.clone();
        self.add(leg, from, to, &asset, units);
    }

    /// Adds one in the asset that is paid out.
    fn paid(&mut self, leg: &str, from: Account, to: Account, units: i64) {
        let asset = self.row.paid_asset.clone();
        self.add(leg, from, to, &asset, units);
    }

    fn add(&mut self, leg: &str, from: Account, to: Account, asset: &str, units: i64) {
        let leg = (self.occasion.as_str(), leg);
        self.transfers.extend(Transfer::of_wallet(leg, (from, to), asset, units, self.day));
    }

    fn post(self, db: &mut Db, now_us: i64) -> Result<(), Error> {
        Ok(db.post(&self.occasion, &self.transfers, now_us)?)
    }
}

fn paying(row: &PayoutRow) -> Account {
    Account::Paying { creator: row.creator.clone() }
}

/// Whose rates an exchange was made at.
fn exchange(row: &PayoutRow) -> Account {
    let quote: Value = serde_json::from_str(&row.quote).unwrap_or_default();
    let source = quote["rate"]["source"].as_str().unwrap_or("none").to_owned();
    Account::Exchange { source }
}

/// Reserves the money of a payout that was just made.
pub(crate) fn reserve(db: &mut Db, row: &PayoutRow, now_us: i64) -> Result<(), Error> {
    let mut legs = Legs::of(row, "requested", now_us);
    let available = Account::Available { creator: row.creator.clone() };
    legs.own("reserve", available, paying(row), row.amount);
    if row.asset != row.paid_asset {
        legs.own("give", paying(row), exchange(row), row.amount);
        legs.paid("get", exchange(row), paying(row), row.gross);
    }
    legs.post(db, now_us)
}

/// What a step does to the ledger.
fn settle(db: &mut Db, row: &PayoutRow, movement: Movement, now_us: i64) -> Result<(), Error> {
    let cash = || Account::Cash { name: row.account.clone() };
    let fees = || Account::Fees { rail: row.rail.clone() };
    let tax = || Account::Withheld { country: row.tax_country.clone() };
    match movement {
        Movement::None => Ok(()),
        Movement::PayOut => {
            let mut legs = Legs::of(row, "paid", now_us);
            legs.paid("net", paying(row), cash(), row.net);
            legs.paid("fee", paying(row), fees(), row.fee);
            legs.paid("tax", paying(row), tax(), row.tax);
            legs.post(db, now_us)
        }
        Movement::GiveBack => {
            let mut legs = Legs::of(row, "back", now_us);
            give_back(db, &mut legs, row.gross)?;
            legs.post(db, now_us)
        }
        Movement::TakeIn => {
            let mut legs = Legs::of(row, "returned", now_us);
            let refunds = crate::batches::quoted(row)["refund_fee"] == true;
            let fee = if refunds { row.fee } else { 0 };
            legs.paid("net", cash(), paying(row), row.net);
            legs.paid("fee", fees(), paying(row), fee);
            legs.paid("tax", tax(), paying(row), row.tax);
            give_back(db, &mut legs, row.net + fee + row.tax)?;
            legs.post(db, now_us)
        }
    }
}

/// From the reserved money back to the wallet, at the rate of the quote, debts first.
fn give_back(db: &mut Db, legs: &mut Legs<'_>, gross: i64) -> Result<(), Error> {
    let row = legs.row;
    let mut amount = gross;
    if row.asset != row.paid_asset {
        // All of it came of all of the amount; a part comes of the same part, rounded down to
        // minor units.
        let part = i128::from(row.amount) * i128::from(gross) / i128::from(row.gross);
        let part = i64::try_from(part).unwrap_or(0);
        amount = part - part.rem_euclid(kernel::money::UNITS_PER_MINOR);
        legs.paid("give-back", paying(row), exchange(row), gross);
        legs.own("get-back", exchange(row), paying(row), amount);
    }
    let owner = || row.creator.clone();
    let owed = -db.balance(&Account::Owed { creator: owner() }, &row.asset)?;
    let parts = wallet::purse::split(amount, owed, kernel::Ppm::ZERO);
    legs.own("repaid", paying(row), Account::Owed { creator: owner() }, parts.repaid);
    legs.own("available", paying(row), Account::Available { creator: owner() }, parts.available);
    Ok(())
}

/// A payout as the API shows it.
#[must_use]
pub fn to_json(row: &PayoutRow) -> Value {
    let quote: Value = serde_json::from_str(&row.quote).unwrap_or_default();
    json!({
        "id": row.seq,
        "key": row.key,
        "creator": row.creator,
        "state": row.state,
        "amount": shown(&row.asset, row.amount),
        "currency": row.asset,
        "method": row.method,
        "rail": row.rail,
        "paid_currency": row.paid_asset,
        "gross": shown(&row.paid_asset, row.gross),
        "tax": shown(&row.paid_asset, row.tax),
        "tax_country": row.tax_country,
        "fee": shown(&row.paid_asset, row.fee),
        "net": shown(&row.paid_asset, row.net),
        "rate": quote["rate"],
        "arrives": quote["arrives"],
        "batch": row.batch,
        "reference": row.reference,
        "reason": row.reason,
        "created": instant(row.created_us),
        "ready": instant(row.ready_us),
        "changed": instant(row.changed_us),
    })
}

/// A payout's step as the API shows it.
#[must_use]
pub fn step_json(row: &PayoutStepRow) -> Value {
    json!({
        "state": row.state,
        "actor": row.actor,
        "reason": row.reason,
        "reference": row.reference,
        "recorded": instant(row.recorded_us),
    })
}
