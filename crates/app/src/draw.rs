//! Withdrawals: what one would come to, asking for one, and pay days on which all that is
//! available is paid by itself (R92 to R96, Q11).
use kernel::day::instant;
use kernel::{Asset, Day};
use ledger::Account;
use payout::State;
use serde_json::{Value, json};
use store::{Db, NewJob, PayoutRow};
use wallet::draw::{Quote, Risk, Wish, causes};
use wallet::terms::Terms;

use crate::dispatch::Answer;
use crate::error::Error;
use crate::wallet::{Loaded, decision_json, quote_json};
use crate::workspace::Stipend;
use crate::{payouts, questions, terms};

const MINUTE_US: i64 = 60 * 1_000_000;
const DAY_US: i64 = 24 * kernel::day::HOUR_US;
/// Wallets that one look at a pay day takes from the database at a time.
const PAGE: i64 = 500;
/// Days back that a pay day is made good that nobody was there for.
const LOOK_BACK_DAYS: i32 = 7;

/// Somebody asks for a withdrawal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Whose wallet.
    pub creator: String,
    /// What.
    pub wish: Wish,
    /// Our key of the payout at its rail: fourteen random hex digits after a `p`.
    pub key: String,
}

/// A fresh key of a payout.
///
/// # Errors
/// When the machine gives no randomness.
pub fn fresh_key() -> Result<String, Error> {
    let random = crate::keys::random_hex(7).map_err(Error::file("/dev/urandom"))?;
    Ok(format!("p{random}"))
}

/// What a withdrawal would come to, and every reason why not.
///
/// # Errors
/// [`Error::Missing`] without such a creator or without terms.
pub fn quote(
    stipend: &mut Stipend,
    creator: &str,
    wish: &Wish,
    language: &str,
    now_us: i64,
) -> Result<Value, Error> {
    let loaded = Loaded::of(&mut stipend.db, creator, now_us)?;
    let mut body = decision_json(&loaded, wish, language, &mut stipend.db)?;
    body["creator"] = json!(creator);
    body["currency"] = json!(wish.asset.code());
    Ok(body)
}

pub(crate) fn request(
    db: &mut Db,
    actor: &str,
    request: &Request,
    now_us: i64,
) -> Result<Answer, Error> {
    let loaded = Loaded::of(db, &request.creator, now_us)?;
    let decision = loaded.decide(&request.wish);
    let Some(quote) = decision.allowed() else {
        return Err(Error::NotDrawable(decision.findings));
    };
    let made = make(db, actor, &loaded, &request.wish, quote, (&request.key, &request.key))?;
    Ok(Answer::new(201, &payouts::to_json(&made)))
}

/// Reserves the money and makes the payout.
fn make(
    db: &mut Db,
    actor: &str,
    loaded: &Loaded,
    wish: &Wish,
    quote: &Quote,
    (key, origin): (&str, &str),
) -> Result<PayoutRow, Error> {
    let now_us = loaded.now_us;
    if !payout::is_key(key) {
        return Err(Error::Refused("a payout's key is `p` and fourteen hex digits".to_owned()));
    }
    let risk = risk(db, loaded, wish, quote)?;
    let causes = causes(&loaded.terms, &risk);
    if causes.contains(&"not_screened") {
        let occasion = format!("payout/{key}");
        questions::screening(db, &loaded.terms, &loaded.creator, &occasion, now_us)?;
    }
    let state = if causes.is_empty() { State::Ready } else { State::Review };
    let body = quote_json(db, loaded, wish, quote)?;
    let mut row = PayoutRow {
        seq: 0,
        key: key.to_owned(),
        origin: origin.to_owned(),
        creator: loaded.creator.clone(),
        state: state.word().to_owned(),
        asset: wish.asset.code().to_owned(),
        amount: quote.amount,
        rail: quote.way.rail.word().to_owned(),
        account: quote.way.account.clone(),
        method: quote.method,
        paid_asset: quote.asset.code().to_owned(),
        gross: quote.gross,
        tax: quote.tax,
        tax_country: quote.tax_country.clone(),
        fee: quote.fee_borne,
        net: quote.net,
        quote: body.to_string(),
        batch: None,
        reference: String::new(),
        reason: String::new(),
        created_us: now_us,
        ready_us: now_us + i64::from(loaded.terms.wallet.cancel_minutes) * MINUTE_US,
        changed_us: now_us,
    };
    row.seq = db.add_payout(&row)?;
    payouts::reserve(db, &row, now_us)?;
    payouts::note(db, &row, actor, &causes.join(" "), now_us)?;
    Ok(row)
}

fn risk(db: &mut Db, loaded: &Loaded, wish: &Wish, quote: &Quote) -> Result<Risk, Error> {
    let now_us = loaded.now_us;
    let terms = &loaded.terms;
    let missing = || Error::Missing(format!("there is no method {}", quote.method));
    let method = db.method(quote.method)?.ok_or_else(missing)?;
    let identity = loaded.identity.as_ref();
    let clear = identity.filter(|row| row.screened == "clear").and_then(|row| row.screened_us);
    Ok(Risk {
        above: above(loaded, wish, quote.amount),
        paid_before: db.paid_payouts(&loaded.creator)?,
        method_days: (now_us - method.created_us) / DAY_US,
        shared: terms.review.shared_methods
            && db.sharing(&method.fingerprint, &loaded.creator)? > 0,
        close: method.name == "close",
        clear_days: clear.map(|at| (now_us - at) / DAY_US),
        listed: identity.is_some_and(|row| row.screened == "listed"),
    })
}

/// Whether an amount is above what goes without a look; where there is no rate to tell, it is.
fn above(loaded: &Loaded, wish: &Wish, amount: i64) -> bool {
    let Some(most) = &loaded.terms.review.above else { return false };
    if most.asset == wish.asset {
        return amount > most.units;
    }
    let stale = loaded.terms.exchange.as_ref().map_or(0, |exchange| exchange.stale_days);
    let pair = (wish.asset.code(), most.asset.code());
    let rate = loaded.rates.rate(pair, loaded.today, stale);
    let worth = rate.ok().and_then(|rate| rate.exchange(amount, &wish.asset, &most.asset));
    worth.is_none_or(|worth| worth > most.units)
}

/// Pay days of the last week that are due and have no job yet: one job each.
pub(crate) fn jobs(db: &mut Db, now_us: i64) -> Result<Vec<NewJob>, Error> {
    let Some(published) = terms::maybe(db)? else { return Ok(Vec::new()) };
    let terms = published.terms;
    let today = terms.zone().day_of(now_us);
    let mut jobs = Vec::new();
    for back in (0..=LOOK_BACK_DAYS).rev() {
        let day = today.plus(-back);
        let due_us = terms.zone().at_us(day, terms.pay_at.0);
        if due_us <= now_us && due_us >= published_us(db, published.version)? && pays(&terms, day) {
            jobs.push(NewJob {
                kind: "payday",
                subject: day.to_string(),
                once: format!("payday/{day}"),
                payload: json!({}).to_string(),
                due_us: now_us,
            });
        }
    }
    Ok(jobs)
}

fn published_us(db: &mut Db, version: i64) -> Result<i64, Error> {
    // The first terms: a pay day before there were any is nobody's.
    let first = db.terms(1.min(version))?;
    Ok(first.map_or(i64::MAX, |row| row.published_us))
}

/// Whether anybody may be paid on a day by itself.
fn pays(terms: &Terms, day: Day) -> bool {
    terms.payee.iter().any(|payee| {
        let words = ["weekly", "monthly"];
        words.iter().any(|word| payee.schedule(word).is_some_and(|s| s.pays_on(day)))
    })
}

/// Pays out all that is available to those whose pay day it is. Each wallet is its own
/// transaction; one that was paid for this day is not paid again.
pub(crate) fn payday(stipend: &mut Stipend, day: Day, now_us: i64) -> Result<Value, Error> {
    let (mut made, mut refused, mut after) = (0, 0, (String::new(), String::new()));
    loop {
        let page = stipend.db.drawable((&after.0, &after.1), PAGE)?;
        let Some(last) = page.last() else { break };
        after = (last.account.clone(), last.asset.clone());
        for balance in &page {
            let Ok(Account::Available { creator }) = balance.account.parse() else { continue };
            match pay(stipend, &creator, &balance.asset, day, now_us) {
                Ok(Some(true)) => made += 1,
                Ok(Some(false)) => refused += 1,
                Ok(None) => {}
                // One wallet that cannot be paid keeps nobody else from it.
                Err(error) if crate::problem::Problem::from(&error).status < 500 => {
                    tracing::warn!(creator, error = %error, "a pay day left a wallet out");
                    refused += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }
    Ok(json!({ "day": day.to_string(), "payouts": made, "not_payable": refused }))
}

/// One wallet on one pay day: `None` when it is not its day or it was paid.
fn pay(
    stipend: &mut Stipend,
    creator: &str,
    code: &str,
    day: Day,
    now_us: i64,
) -> Result<Option<bool>, Error> {
    let origin = format!("payday/{day}/{creator}/{code}");
    let (key, actor) = (fresh_key()?, stipend.actor.clone());
    stipend.db.write(|db| {
        if db.payout_of_origin(&origin)?.is_some() {
            return Ok(None);
        }
        let Ok(asset) = Asset::of(code) else { return Ok(None) };
        let loaded = Loaded::of(db, creator, now_us)?;
        let wish = Wish { asset, amount: None, method: None, scheduled: true };
        let decision = loaded.decide(&wish);
        if !decision.schedule.is_some_and(|schedule| schedule.pays_on(day)) {
            return Ok(None);
        }
        let Some(quote) = decision.allowed() else { return Ok(Some(false)) };
        make(db, &actor, &loaded, &wish, quote, (&key, &origin))?;
        Ok(Some(true))
    })
}

/// Ways out for a country and currency, before anything is earned (R93 to R96).
///
/// # Errors
/// [`Error::Missing`] without terms.
pub fn corridors(
    stipend: &mut Stipend,
    country: &str,
    asset: Option<&Asset>,
    now_us: i64,
) -> Result<Value, Error> {
    let published = terms::current(&mut stipend.db)?;
    let terms = &published.terms;
    let today = terms.zone().day_of(now_us);
    let mut ways = Vec::new();
    for way in &terms.corridor {
        let here = way.countries.is_empty() || way.countries.iter().any(|c| c.0 == country);
        let Some(paid) = way.assets.first().filter(|_| here) else { continue };
        if asset.is_some_and(|asset| *asset != paid.0) {
            continue;
        }
        let calendar = crate::calendars::named(&mut stipend.db, &way.calendar)?;
        let arrives = wallet::schedule::arrives(today, way.days, &calendar);
        let shown = |money: &Option<wallet::terms::Money>| {
            money.as_ref().map(|money| money.asset.format(money.units))
        };
        ways.push(json!({
            "method": way.method.kind().word(),
            "currency": paid.0.code(),
            "rail": way.rail.word(),
            "minimum": shown(&way.minimum),
            "maximum": shown(&way.maximum),
            "fee": shown(&way.fee),
            "fee_share": way.fee_share.0.to_string(),
            "fee_max": shown(&way.fee_max),
            "fee_by": match way.fee_by {
                wallet::terms::Bearer::Creator => "creator",
                wallet::terms::Bearer::Platform => "platform",
            },
            "days": way.days,
            "arrives": arrives.to_string(),
        }));
    }
    let payees: Vec<Value> = terms
        .payees(country)
        .into_iter()
        .map(|payee| {
            let schedules: Vec<&str> = ["on-demand", "weekly", "monthly"]
                .into_iter()
                .filter(|word| payee.schedule(word).is_some())
                .collect();
            let assets: Vec<&str> = payee.assets.iter().map(|asset| asset.0.code()).collect();
            json!({ "currencies": assets, "minimum": payee.minimum.to_string(),
                    "maximum": payee.maximum.as_ref().map(ToString::to_string),
                    "schedules": schedules })
        })
        .collect();
    Ok(json!({ "country": country, "terms": published.version, "as_of": instant(now_us),
               "corridors": ways, "payees": payees }))
}
