//! Rails that are APIs: handing batches over, finding out what is not known, and what providers
//! call about. No network call happens inside a transaction: before it, it is written down that the
//! payout is being handed over; after it, what came of it (I9).
use std::sync::Arc;

use payout::{Batch, Event, State};
use rail::{Outcome, PayPal, Rail, Stripe};
use serde_json::{Value, json};
use store::{Db, NewJob, PayoutBatchRow, PayoutRow};
use wallet::terms::Rail as Word;

use crate::command::Context;
use crate::dispatch::Answer;
use crate::error::Error;
use crate::outbox::Attempt;
use crate::payouts::{self, Step, Told, advance};
use crate::workspace::Stipend;
use crate::{batches, failpoint, messages, outbox, terms};

const MINUTE_US: i64 = 60 * 1_000_000;
/// How often is asked what came of payouts that are on their way.
const LOOK_EVERY_US: i64 = 5 * MINUTE_US;
/// Payouts that one look asks about, for providers that are asked for each.
const LOOKED_MAX: usize = 500;
/// Payouts whose arrival is not known for so long are told to people.
const STUCK_US: i64 = 60 * MINUTE_US;
/// A batch whose account at the provider is too empty is tried again after so long.
const SHORT_US: i64 = 15 * MINUTE_US;

/// The providers that this process can reach.
#[derive(Clone, Default)]
pub struct Rails {
    /// Stripe.
    pub stripe: Option<Arc<Stripe>>,
    /// PayPal.
    pub paypal: Option<Arc<PayPal>>,
}

impl Rails {
    fn of(&self, word: &str) -> Option<Arc<dyn Rail>> {
        match Word::from_word(word)? {
            Word::Stripe => self.stripe.clone().map(|rail| rail as Arc<dyn Rail>),
            Word::Paypal => self.paypal.clone().map(|rail| rail as Arc<dyn Rail>),
            Word::Sepa | Word::Nacha | Word::Sheet => None,
        }
    }
}

fn rail(rails: &Rails, row: &PayoutBatchRow) -> Result<Arc<dyn Rail>, Error> {
    let word = &row.rail;
    let missing = || {
        Error::Refused(format!(
            "this server has no account at {word}: set {word}_secret, then replay the job"
        ))
    };
    rails.of(word).ok_or_else(missing)
}

/// Hands an approved batch to its provider.
pub(crate) fn hand_over(
    stipend: &mut Stipend,
    rails: &Rails,
    seq: i64,
    now_us: i64,
) -> Result<Attempt, Error> {
    if let Some(done) = batches::hand_over_file(stipend, seq, now_us)? {
        return Ok(Attempt::Done(done));
    }
    let row = batches::get(&mut stipend.db, seq)?;
    let rail = rail(rails, &row)?;
    let (batch, rows) = load(stipend, &row, false, now_us)?;
    if rows.iter().all(|row| row.state == State::Batched.word()) {
        // What the provider has is asked before anything is sent: a batch is sent whole or waits.
        let has = rail.float(&batch.asset).map_err(Error::Refused);
        match has {
            Ok(Some(has)) if has < row.net => {
                stipend.db.write(|db| {
                    let once = format!("short/{seq}");
                    if db.setting(&once)?.is_none() {
                        db.set_setting(&once, "1")?;
                        batches::alarm(db, &row, has, now_us)?;
                    }
                    Ok::<_, Error>(())
                })?;
                let told = json!({ "batch": seq, "message": "the provider's account is short" });
                return Ok(Attempt::Again(told, now_us + SHORT_US));
            }
            Ok(_) => {}
            Err(_) => return Err(Error::Overloaded),
        }
    }
    go_on(stipend, rail.as_ref(), &batch, now_us)?;
    let after =
        PayoutBatchRow { state: "handed-over".to_owned(), changed_us: now_us, ..row.clone() };
    stipend.db.write(|db| {
        if db.move_payout_batch("approved", &after)? {
            let body = batches::to_json(&after);
            outbox::emit(db, "batch.handed-over", &after.account, &body, now_us)?;
        }
        Ok::<_, Error>(())
    })?;
    Ok(Attempt::Done(sums(stipend, seq)?))
}

fn load(
    stipend: &mut Stipend,
    row: &PayoutBatchRow,
    paid: bool,
    now_us: i64,
) -> Result<(Batch, Vec<PayoutRow>), Error> {
    let context = Context::of(stipend, now_us);
    let rows = stipend.db.payouts_of_batch(row.seq)?;
    let terms = terms::version(&mut stipend.db, row.terms)?.terms;
    // Those that are over are asked about no more: nothing of them is sent again, and their
    // owners may have been forgotten.
    let going = |row: &&PayoutRow| {
        let state = State::from_word(&row.state);
        state.is_some_and(|state| state.reserves() || (paid && state == State::Paid))
    };
    let some: Vec<PayoutRow> = rows.iter().filter(going).cloned().collect();
    let mut batch = batches::load(&mut stipend.db, &terms, row, &some, &context)?;
    batch.key = batches::key(row, &rows);
    Ok((batch, rows))
}

fn sums(stipend: &mut Stipend, seq: i64) -> Result<Value, Error> {
    let mut sums = std::collections::BTreeMap::new();
    for row in stipend.db.payouts_of_batch(seq)? {
        *sums.entry(row.state).or_insert(0) += 1;
    }
    Ok(json!({ "batch": seq, "payouts": sums }))
}

/// Sends what was never sent; finds out about the rest first.
fn go_on(stipend: &mut Stipend, rail: &dyn Rail, batch: &Batch, now_us: i64) -> Result<(), Error> {
    look_at(stipend, rail, batch, now_us, &|_, state| {
        matches!(state, State::Submitting | State::Unknown)
    })?;
    let fresh = orders(stipend, batch, &|_, state| state == State::Batched)?;
    send(stipend, rail, batch, &fresh, &[State::Batched], now_us)
}

/// The orders of a batch whose payouts are in some states now.
fn orders(
    stipend: &mut Stipend,
    batch: &Batch,
    wanted: &dyn Fn(i64, State) -> bool,
) -> Result<Vec<payout::Order>, Error> {
    let mut orders = Vec::new();
    for row in stipend.db.payouts_of_batch(batch.number)? {
        if !State::from_word(&row.state).is_some_and(|state| wanted(row.seq, state)) {
            continue;
        }
        // Orders stand by their payouts' numbers.
        if let Ok(place) = batch.orders.binary_search_by_key(&row.seq, |order| order.payout) {
            let order = batch.orders[place].clone();
            orders.push(payout::Order { reference: row.reference, ..order });
        }
    }
    Ok(orders)
}

/// Sends orders whose payouts are still in some states, after it is written down that they are.
fn send(
    stipend: &mut Stipend,
    rail: &dyn Rail,
    batch: &Batch,
    all: &[payout::Order],
    from: &[State],
    now_us: i64,
) -> Result<(), Error> {
    for some in all.chunks(rail.at_once()) {
        let actor = stipend.actor.clone();
        // Only what is written down as being handed over is: another may have been faster.
        let some: Vec<payout::Order> = stipend.db.write(|db| {
            let mut some_now = Vec::new();
            for order in some {
                let row = payouts::get(db, order.payout)?;
                let still = State::from_word(&row.state).is_some_and(|now| from.contains(&now));
                if still && event(db, order.payout, Event::Submit, (&actor, "", ""), now_us)? {
                    some_now.push(order.clone());
                }
            }
            Ok::<_, Error>(some_now)
        })?;
        if some.is_empty() {
            continue;
        }
        failpoint::reach("rail:before-call");
        let mut told = Vec::new();
        rail.send(batch, &some, &mut |order, outcome| told.push((order.payout, outcome)));
        failpoint::reach("rail:after-call");
        note(stipend, told, now_us)?;
    }
    Ok(())
}

/// Asks what came of payouts in some states; what is proven not to be there is sent, with its key.
fn look_at(
    stipend: &mut Stipend,
    rail: &dyn Rail,
    batch: &Batch,
    now_us: i64,
    wanted: &dyn Fn(i64, State) -> bool,
) -> Result<usize, Error> {
    let mut some = orders(stipend, batch, wanted)?;
    if some.is_empty() {
        return Ok(0);
    }
    if rail.at_once() == 1 && some.len() > LOOKED_MAX {
        // Another part of them each time.
        let turn = usize::try_from(now_us / LOOK_EVERY_US).unwrap_or(0);
        let first = turn.wrapping_mul(LOOKED_MAX) % some.len();
        some.rotate_left(first);
        some.truncate(LOOKED_MAX);
    }
    let mut told = Vec::new();
    rail.look(batch, &some, &mut |order, outcome| told.push((order.payout, outcome)));
    let lost = told.iter().filter(|(_, one)| matches!(one, Outcome::Unknown(_))).count();
    let gone: std::collections::BTreeSet<i64> = told
        .iter()
        .filter(|(_, outcome)| *outcome == Outcome::Missing)
        .map(|(payout, _)| *payout)
        .collect();
    some.retain(|order| gone.contains(&order.payout));
    note(stipend, told, now_us)?;
    send(stipend, rail, batch, &some, &[State::Submitting, State::Unknown], now_us)?;
    Ok(lost)
}

/// One event of a payout that is read now; whether it took it.
fn event(
    db: &mut Db,
    payout: i64,
    event: Event,
    (actor, reason, reference): (&str, &str, &str),
    now_us: i64,
) -> Result<bool, Error> {
    let row = payouts::get(db, payout)?;
    let told = Told { actor, reason, reference };
    let step = advance(db, &row, event, &told, now_us)?;
    if let Step::Unfit(unfit) = &step {
        let facts = json!({ "event": format!("{event:?}"), "reason": reason,
                            "reference": reference, "state": unfit.state.word() });
        let once = format!("contradiction/{payout}/{event:?}/{reference}");
        let subject = format!("payout {payout}");
        db.add_difference(&once, ("contradiction", &subject), &facts.to_string(), now_us)?;
    }
    Ok(!matches!(step, Step::Unfit(_)))
}

/// Writes down what came of orders.
fn note(stipend: &mut Stipend, told: Vec<(i64, Outcome)>, now_us: i64) -> Result<(), Error> {
    let actor = stipend.actor.clone();
    stipend.db.write(|db| {
        for (payout, outcome) in &told {
            let (of, reason, reference) = match outcome {
                Outcome::Sent(id) => (Event::Sent, "", id.as_str()),
                Outcome::Paid(id) => (Event::Pay, "", id.as_str()),
                Outcome::Failed(why) => (Event::Fail, why.as_str(), ""),
                Outcome::Returned(id, why) => (Event::Return, why.as_str(), id.as_str()),
                Outcome::Unknown(why) => (Event::Lose, why.as_str(), ""),
                Outcome::Halted(why) => {
                    // The money is on the creator's account at the provider: nothing comes back.
                    let (once, subject) = (format!("halted/{payout}"), format!("payout {payout}"));
                    let facts = json!({ "reason": why }).to_string();
                    let what = ("transferred_not_paid_out", subject.as_str());
                    db.add_difference(&once, what, &facts, now_us)?;
                    (Event::Halt, why.as_str(), "")
                }
                Outcome::Missing => continue,
            };
            event(db, *payout, of, (&actor, reason, reference), now_us)?;
        }
        failpoint::reach("rail:before-commit");
        Ok(())
    })
}

/// Enqueues that a payout's provider is asked for the money back.
pub(crate) fn ask_back(db: &mut Db, row: &PayoutRow, now_us: i64) -> Result<Answer, Error> {
    let going = State::from_word(&row.state).is_some_and(State::is_at_rail);
    let by_call = matches!(Word::from_word(&row.rail), Some(Word::Stripe | Word::Paypal));
    let Some(batch) = row.batch.filter(|_| going && by_call) else {
        let text = format!(
            "the payout {} is {} by {}: only what is on its way at a provider is asked back; for \
             others write to the bank, and say what came of it with `stipend payout conclude`",
            row.seq, row.state, row.rail
        );
        return Err(Error::conflict("wrong_state", text));
    };
    let recall = NewJob { kind: "recall", ..job(batch, Some(row.seq), "", now_us) };
    let once = format!("recall/{}/{now_us}", row.seq);
    db.add_job(&NewJob { once, ..recall }, now_us)?;
    Ok(Answer::new(200, &payouts::to_json(row)))
}

/// Asks a provider for the money of a payout back.
pub(crate) fn recall(
    stipend: &mut Stipend,
    rails: &Rails,
    payload: &Value,
    now_us: i64,
) -> Result<Value, Error> {
    let seq = payload["batch"].as_i64().unwrap_or(0);
    let payout = payload["payout"].as_i64().unwrap_or(0);
    let row = batches::get(&mut stipend.db, seq)?;
    let rail = rail(rails, &row)?;
    let (batch, _) = load(stipend, &row, false, now_us)?;
    let all = orders(stipend, &batch, &|one, _| one == payout)?;
    // It may have ended meanwhile.
    let Some(order) = all.first() else { return sums(stipend, seq) };
    let outcome = rail.recall(&batch, order);
    match outcome {
        Outcome::Unknown(_) => return Err(Error::Overloaded),
        Outcome::Failed(why) => stipend.db.write(|db| {
            let (once, subject) = (format!("recall/{payout}/{why}"), format!("payout {payout}"));
            let facts = json!({ "reason": why }).to_string();
            db.add_difference(&once, ("recall_refused", subject.as_str()), &facts, now_us)?;
            Ok::<_, Error>(())
        })?,
        other => note(stipend, vec![(payout, other)], now_us)?,
    }
    sums(stipend, seq)
}

/// Asks what came of the payouts of a batch: those on their way, and those that are named.
pub(crate) fn look(
    stipend: &mut Stipend,
    rails: &Rails,
    payload: &Value,
    now_us: i64,
) -> Result<Value, Error> {
    let seq = payload["batch"].as_i64().unwrap_or(0);
    let row = batches::get(&mut stipend.db, seq)?;
    let rail = rail(rails, &row)?;
    // An event's look asks about its own payout, also when that was paid.
    let named = payload["payout"].as_i64();
    let (batch, rows) = load(stipend, &row, named.is_some(), now_us)?;
    let lost = look_at(stipend, rail.as_ref(), &batch, now_us, &|payout, state| {
        let going = state.is_at_rail();
        match named {
            Some(named) => payout == named && (going || state == State::Paid),
            None => going,
        }
    })?;
    if named.is_some() && lost > 0 {
        // What the provider called about was not seen yet: it is asked again.
        return Err(Error::Overloaded);
    }
    for row in rows.iter().filter(|row| row.state == State::Unknown.word()) {
        stuck(stipend, row.seq, now_us)?;
    }
    sums(stipend, seq)
}

/// A payout of which nobody knows for long is told to people, once.
fn stuck(stipend: &mut Stipend, seq: i64, now_us: i64) -> Result<(), Error> {
    stipend.db.write(|db| {
        let row = payouts::get(db, seq)?;
        let once = format!("stuck/{seq}");
        let steps = db.payout_steps(seq)?;
        let begun = steps.iter().find(|step| step.state == State::Submitting.word());
        let old = row.state == State::Unknown.word()
            && begun.is_some_and(|step| step.recorded_us + STUCK_US <= now_us);
        if !old || db.setting(&once)?.is_some() {
            return Ok(());
        }
        db.set_setting(&once, "1")?;
        let facts = json!({ "payout": seq, "rail": row.rail, "reason": row.reason });
        outbox::emit(db, "payout.stuck", &row.creator, &facts, now_us)?;
        Ok(messages::send(db, "role:finance-maker", "payout-stuck", &facts, now_us)?)
    })
}

/// Jobs that ask what came of payouts on their way, every few minutes.
pub(crate) fn jobs(db: &mut Db, now_us: i64) -> Result<Vec<NewJob>, Error> {
    let found = db.batches_to_ask(now_us - LOOK_EVERY_US)?;
    let slot = now_us / LOOK_EVERY_US;
    Ok(found.into_iter().map(|batch| job(batch, None, &slot.to_string(), now_us)).collect())
}

fn job(batch: i64, payout: Option<i64>, once: &str, now_us: i64) -> NewJob {
    NewJob {
        kind: "look",
        subject: format!("batch {batch}"),
        once: format!("look/{batch}/{once}"),
        payload: json!({ "batch": batch, "payout": payout }).to_string(),
        due_us: now_us,
    }
}

/// What a provider calls about, its signature being good: a hint, no more. The object is read again
/// from the provider before anything is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The rail's word.
    pub rail: &'static str,
    /// The event's id there.
    pub event: String,
    /// Its kind.
    pub kind: String,
    /// The payout's key, where the object carries it.
    pub key: String,
    /// The object's number there.
    pub reference: String,
}

/// Whether a call is about a payout that is known, by its key.
///
/// # Errors
/// When the database fails.
pub fn is_about_a_payout(stipend: &mut Stipend, call: &Call) -> Result<bool, Error> {
    let of_key = stipend.db.payout_of_key(&call.key)?;
    Ok(of_key.is_some_and(|row| row.rail == call.rail))
}

pub(crate) fn called(db: &mut Db, call: &Call, now_us: i64) -> Result<Answer, Error> {
    let fresh = db.add_rail_event((call.rail, &call.event), &call.kind, now_us)?;
    let row = match db.payout_of_key(&call.key)? {
        Some(row) => Some(row),
        None => db.payout_of_reference(&call.reference)?,
    };
    let row = row.filter(|row| fresh && row.rail == call.rail);
    if let Some((batch, payout)) = row.and_then(|row| Some((row.batch?, row.seq))) {
        db.add_job(&job(batch, Some(payout), &format!("event/{}", call.event), now_us), now_us)?;
    }
    Ok(Answer::new(200, &json!({ "received": true })))
}
