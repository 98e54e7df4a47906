//! Wallets: what a creator has, in which state, and what is done with it (1.9, N7, N17, N28).
use std::collections::BTreeMap;

use kernel::day::instant;
use kernel::{Asset, Day, Zone};
use ledger::{Account, Transfer};
use serde_json::{Value, json};
use store::{Db, IdentityRow, WalletRow};
use wallet::Terms;
use wallet::draw::{Decision, Facts, Finding, Form, Place, Wish, decide};
use wallet::method::Kind;
use wallet::name::Match;
use wallet::purse::{Purse, accounts, purses, take_back};
use wallet::rates::Known;

use crate::command::Context;
use crate::dispatch::Answer;
use crate::error::Error;
use crate::holds::NewHold;
use crate::identity::{self, Identity};
use crate::methods::{self, NewMethod};
use crate::vault::Key;
use crate::{copyright, dormancy, holds, messages, outbox, rates, terms};

/// Something done with a wallet.
#[derive(Clone)]
pub enum Change {
    /// Say who a creator is by law.
    Identify(Identity),
    /// Destroy the key of his details.
    Forget {
        /// Whose.
        creator: String,
    },
    /// Seal the keys of all persons with another key of the folder.
    Rekey(Key),
    /// Add a method.
    AddMethod(NewMethod),
    /// Remove one.
    RemoveMethod {
        /// Whose.
        creator: String,
        /// Which.
        id: i64,
    },
    /// Say that the name of a method is its creator's, or that it is not.
    ConfirmMethod {
        /// Whose.
        creator: String,
        /// Which.
        id: i64,
        /// Whether it is.
        his: bool,
    },
    /// Choose a schedule.
    Schedule {
        /// Whose.
        creator: String,
        /// Its word.
        schedule: String,
    },
    /// Close a wallet, or open it again.
    SetOpen {
        /// Whose.
        creator: String,
        /// Open or closed.
        open: bool,
    },
    /// Give back what became unclaimed.
    Claim {
        /// Whose.
        creator: String,
    },
    /// Hold money.
    Hold(NewHold),
    /// Release a hold.
    Release {
        /// Its number.
        id: i64,
    },
    /// Credit or debit by hand; needs four eyes (N17).
    Adjust {
        /// Whose.
        creator: String,
        /// The asset's code.
        asset: String,
        /// Ledger units; below nought takes.
        amount: i64,
        /// What the creator reads.
        why: String,
        /// What makes it one.
        key: String,
    },
}

impl Change {
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Change::Identify(_) => "identity.tell",
            Change::Forget { .. } => "identity.forget",
            Change::Rekey(_) => "identity.rekey",
            Change::AddMethod(_) => "method.add",
            Change::RemoveMethod { .. } => "method.remove",
            Change::ConfirmMethod { .. } => "method.confirm",
            Change::Schedule { .. } => "wallet.schedule",
            Change::SetOpen { open: true, .. } => "wallet.open",
            Change::SetOpen { open: false, .. } => "wallet.close",
            Change::Hold(_) => "hold.add",
            Change::Release { .. } => "hold.release",
            Change::Claim { .. } => "wallet.claim",
            Change::Adjust { .. } => "wallet.adjust",
        }
    }

    pub(crate) fn subject(&self) -> String {
        match self {
            Change::Identify(identity) => format!("creator {}", identity.creator),
            Change::AddMethod(method) => format!("creator {}", method.creator),
            Change::Hold(hold) => format!("creator {}", hold.creator),
            Change::Release { id } => format!("hold {id}"),
            Change::Rekey(_) => "all persons".to_owned(),
            Change::RemoveMethod { creator, id } | Change::ConfirmMethod { creator, id, .. } => {
                format!("method {id} of creator {creator}")
            }
            Change::Forget { creator }
            | Change::Claim { creator }
            | Change::Schedule { creator, .. }
            | Change::SetOpen { creator, .. }
            | Change::Adjust { creator, .. } => format!("creator {creator}"),
        }
    }

    pub(crate) fn document(&self) -> Option<Value> {
        let Change::Adjust { creator, asset, amount, why, key } = self else { return None };
        Some(json!({ "creator": creator, "currency": asset, "units": amount, "why": why,
                     "key": key }))
    }

    pub(crate) fn of_document(document: &Value) -> Option<Change> {
        let text = |name: &str| document[name].as_str().map(str::to_owned);
        Some(Change::Adjust {
            creator: text("creator")?,
            asset: text("currency")?,
            amount: document["units"].as_i64().filter(|units| units.checked_abs().is_some())?,
            why: text("why")?,
            key: text("key")?,
        })
    }

    pub(crate) fn run(&self, db: &mut Db, actor: &str, context: &Context) -> Result<Answer, Error> {
        let now_us = context.now_us;
        match self {
            Change::Identify(identity) => identity::tell(db, identity, context),
            Change::Forget { creator } => identity::forget(db, creator, now_us),
            Change::Rekey(next) => identity::rekey(db, next, context),
            Change::AddMethod(method) => methods::add(db, method, context),
            Change::RemoveMethod { creator, id } => methods::remove(db, creator, *id, now_us),
            Change::ConfirmMethod { creator, id, his } => {
                methods::confirm(db, actor, (creator, *id), *his, now_us)
            }
            Change::Schedule { creator, schedule } => choose(db, creator, schedule, now_us),
            Change::SetOpen { creator, open } => set_open(db, creator, *open, now_us),
            Change::Claim { creator } => dormancy::claim(db, creator, now_us),
            Change::Hold(hold) => holds::add(db, actor, hold, now_us),
            Change::Release { id } => holds::release(db, actor, *id, now_us),
            Change::Adjust { creator, asset, amount, why, key } => {
                adjust(db, (creator, asset, *amount), (why, key), now_us)
            }
        }
    }
}

/// A creator who is known.
pub(crate) fn known(db: &mut Db, creator: &str) -> Result<(), Error> {
    let missing = || Error::Missing(format!("no creator `{creator}` is known"));
    db.find_creator(creator)?.map(|_| ()).ok_or_else(missing)
}

/// What a creator has of one asset.
pub(crate) fn purse_of(db: &mut Db, creator: &str, asset: &str) -> Result<Purse, Error> {
    let all = purses(&db.balances_of(&accounts(creator))?);
    Ok(all.get(asset).copied().unwrap_or_default())
}

/// Everything that is known of one wallet.
pub(crate) struct Loaded {
    pub(crate) creator: String,
    pub(crate) version: i64,
    pub(crate) terms: Terms,
    pub(crate) identity: Option<IdentityRow>,
    forms: Vec<Form>,
    schedule: String,
    closed: bool,
    pub(crate) purses: BTreeMap<String, Purse>,
    pub(crate) places: Vec<Place>,
    held: Option<Option<i64>>,
    owes: Vec<String>,
    pub(crate) rates: Known,
    pub(crate) today: Day,
    pub(crate) now_us: i64,
}

impl Loaded {
    pub(crate) fn of(db: &mut Db, creator: &str, now_us: i64) -> Result<Loaded, Error> {
        known(db, creator)?;
        let published = terms::current(db)?;
        Loaded::under(db, published, creator, now_us)
    }

    pub(crate) fn under(
        db: &mut Db,
        terms::Published { version, terms }: terms::Published,
        creator: &str,
        now_us: i64,
    ) -> Result<Loaded, Error> {
        let today = terms.zone().day_of(now_us);
        let identity = db.identity(creator)?;
        let forms = identity.as_ref().map(|row| identity::forms(&row.forms)).unwrap_or_default();
        let wallet = db.wallet(creator)?;
        let purses = purses(&db.balances_of(&accounts(creator))?);
        let places =
            db.methods(creator)?.iter().map(|row| place(row, terms.review.ask_owner)).collect();
        let mut rates = rates::known(db, &terms, today)?;
        let paid: Vec<String> =
            terms.corridor.iter().flat_map(|way| &way.assets).map(|a| a.0.code().into()).collect();
        for code in purses.keys().chain(&paid) {
            rates::look_back(db, &mut rates, today, code)?;
        }
        let owed = |(code, purse): (&String, &Purse)| {
            let asset = Asset::of(code).ok().filter(|_| purse.owed > 0)?;
            Some(format!("{} {code}", asset.format(purse.owed)))
        };
        let owes = purses.iter().filter_map(owed).collect();
        Ok(Loaded {
            creator: creator.to_owned(),
            version,
            forms,
            schedule: wallet.as_ref().map(|row| row.schedule.clone()).unwrap_or_default(),
            closed: wallet.is_some_and(|row| row.state == "closed"),
            held: holds::of_wallet(&db.holds_of(creator)?),
            identity,
            purses,
            places,
            owes,
            rates,
            today,
            now_us,
            terms,
        })
    }

    /// Decides about a wish.
    pub(crate) fn decide(&self, wish: &Wish) -> Decision {
        let facts = Facts {
            now_us: self.now_us,
            today: self.today,
            country: self.identity.as_ref().map(|row| row.country.as_str()),
            closed: self.closed,
            held: self.held,
            forms: &self.forms,
            purse: self.purses.get(wish.asset.code()).copied().unwrap_or_default(),
            owes: &self.owes,
            places: &self.places,
            schedule: &self.schedule,
            rates: &self.rates,
        };
        decide(&self.terms, &facts, wish)
    }
}

/// A method as it is decided by: how the name on it stands to the creator's, and, where the
/// platform is asked, what it says of the account's owner; the worse of both.
fn place(row: &store::MethodRow, asked: bool) -> Place {
    let word = |word: &str| match word {
        "same" => Some(Match::Same),
        "close" => Some(Match::Close),
        "different" => Some(Match::Different),
        _ => None,
    };
    let name = word(&row.name);
    let bank = matches!(Kind::from_word(&row.kind), Some(Kind::Bank | Kind::Card));
    let name = if asked && bank {
        match (name, word(&row.owner)) {
            (Some(Match::Different), _) | (_, Some(Match::Different)) => Some(Match::Different),
            (None, _) | (_, None) => None,
            (Some(Match::Same), Some(Match::Same)) => Some(Match::Same),
            _ => Some(Match::Close),
        }
    } else {
        name
    };
    Place {
        id: row.seq,
        kind: Kind::from_word(&row.kind).unwrap_or(Kind::Manual),
        country: row.country.clone(),
        usable_us: row.usable_us,
        name,
        confirmed: !row.confirmed_by.is_empty() && !row.confirmed_by.starts_with(methods::REFUSED),
    }
}

/// A finding as the API shows it.
#[must_use]
pub fn finding_json(finding: &Finding, language: &str) -> Value {
    json!({
        "code": finding.reason.code(),
        "text": bus::reason(finding.reason.code(), language),
        "observed": finding.observed,
        "required": finding.required,
        "remedy": crate::entry::remedy(finding.reason.remedy()),
        "until": finding.until_us.map(instant),
    })
}

/// A wallet as the API shows it: each asset's states, and whether it could be drawn now.
///
/// # Errors
/// [`Error::Missing`] without such a creator.
pub fn show(db: &mut Db, creator: &str, language: &str, now_us: i64) -> Result<Value, Error> {
    known(db, creator)?;
    let Some(published) = terms::maybe(db)? else {
        let purses = purses(&db.balances_of(&accounts(creator))?);
        let all: Vec<Value> = purses.iter().map(|(code, purse)| purse_json(code, purse)).collect();
        return Ok(json!({ "creator": creator, "state": "open", "schedule": "", "purses": all,
                          "holds": [], "claims": [], "terms": null }));
    };
    let loaded = Loaded::under(db, published, creator, now_us)?;
    let open = db.holds_of(creator)?.into_iter().filter(|hold| hold.released_us.is_none());
    let open: Vec<Value> = open.map(|hold| holds::to_json(&hold)).collect();
    let claims = db.standing_copyrights_of(creator)?;
    let claims: Vec<Value> = claims.iter().map(copyright::to_json).collect();
    let mut all = Vec::new();
    for (code, purse) in &loaded.purses {
        let mut shown = purse_json(code, purse);
        if let Ok(asset) = Asset::of(code) {
            let wish = Wish { asset, amount: None, method: None, scheduled: false };
            shown["draw"] = decision_json(&loaded, &wish, language, db)?;
        }
        all.push(shown);
    }
    Ok(json!({
        "creator": creator,
        "state": if loaded.closed { "closed" } else { "open" },
        "schedule": loaded.schedule,
        "purses": all,
        "holds": open,
        "claims": claims,
        "terms": loaded.version,
    }))
}

fn purse_json(code: &str, purse: &Purse) -> Value {
    let shown = |units: i64| kernel::money::shown(code, units);
    let mut body = json!({ "currency": code, "total": shown(purse.total()) });
    for (state, units) in purse.states() {
        body[state] = json!(shown(units));
    }
    body
}

/// What a withdrawal would come to, as the API shows it.
pub(crate) fn decision_json(
    loaded: &Loaded,
    wish: &Wish,
    language: &str,
    db: &mut Db,
) -> Result<Value, Error> {
    let decision = loaded.decide(wish);
    let findings: Vec<Value> =
        decision.findings.iter().map(|finding| finding_json(finding, language)).collect();
    let asset = &wish.asset;
    let quote = match &decision.quote {
        Some(quote) => quote_json(db, loaded, wish, quote)?,
        None => Value::Null,
    };
    let at = |day: Day| instant(loaded.terms.zone().at_us(day, loaded.terms.pay_at.0));
    let next = decision.schedule.and_then(|schedule| schedule.next(loaded.today));
    Ok(json!({
        "allowed": decision.findings.is_empty(),
        "findings": findings,
        "schedule": decision.schedule.map(wallet::schedule::Schedule::word),
        "next_pay_day": next.map(at),
        "minimum": decision.minimum.map(|units| asset.format(units)),
        "quote": quote,
    }))
}

/// A quote with its steps, as the API shows it and as it is kept with a payout.
pub(crate) fn quote_json(
    db: &mut Db,
    loaded: &Loaded,
    wish: &Wish,
    quote: &wallet::draw::Quote,
) -> Result<Value, Error> {
    let calendar = crate::calendars::named(db, &quote.way.calendar)?;
    let arrives = wallet::schedule::arrives(loaded.today, quote.way.days, &calendar);
    let paid = &quote.asset;
    let rate = quote.rate.as_ref().map(|rate| {
        json!({ "source": rate.source, "day": rate.day.to_string(), "rate": rate.text(),
                "rounding": "down to whole minor units" })
    });
    Ok(json!({
        "amount": wish.asset.format(quote.amount),
        "currency": wish.asset.code(),
        "method": quote.method,
        "rail": quote.way.rail.word(),
        "account": quote.way.account,
        "paid_currency": paid.code(),
        "gross": paid.format(quote.gross),
        "rate": rate,
        "tax": paid.format(quote.tax),
        "tax_country": quote.tax_country,
        "fee": paid.format(quote.fee),
        "fee_borne": paid.format(quote.fee_borne),
        "net": paid.format(quote.net),
        "arrives": arrives.to_string(),
        "terms": loaded.version,
        "pay_out": quote.way.pay_out,
        "refund_fee": quote.way.refund_fee,
    }))
}

fn choose(db: &mut Db, creator: &str, schedule: &str, now_us: i64) -> Result<Answer, Error> {
    let loaded = Loaded::of(db, creator, now_us)?;
    let country = loaded.identity.as_ref().map_or("", |row| row.country.as_str());
    // Somebody whose country is not known may choose what anybody may.
    let offered =
        loaded.terms.payees(country).iter().any(|payee| payee.schedule(schedule).is_some());
    if schedule.is_empty() || !offered {
        let text = format!("the terms offer no schedule `{schedule}` to this creator");
        return Err(Error::Refused(text));
    }
    keep(db, creator, now_us, &|row| row.schedule = schedule.to_owned())
}

/// Changes what is kept of a wallet, and tells it.
fn keep(
    db: &mut Db,
    creator: &str,
    now_us: i64,
    change: &dyn Fn(&mut WalletRow),
) -> Result<Answer, Error> {
    let mut row = db.wallet(creator)?.unwrap_or_else(|| WalletRow {
        creator: creator.to_owned(),
        state: "open".to_owned(),
        schedule: String::new(),
        changed_us: now_us,
    });
    change(&mut row);
    row.changed_us = now_us;
    db.set_wallet(&row)?;
    let body = json!({ "creator": creator, "state": row.state, "schedule": row.schedule });
    outbox::emit(db, "wallet.changed", creator, &body, now_us)?;
    Ok(Answer::new(200, &body))
}

fn set_open(db: &mut Db, creator: &str, open: bool, now_us: i64) -> Result<Answer, Error> {
    known(db, creator)?;
    let state = if open { "open" } else { "closed" };
    if !open {
        // Nothing is lost by closing: what is there is drawn, or paid on the way, first (N28).
        let purses = purses(&db.balances_of(&accounts(creator))?);
        for (code, purse) in &purses {
            let left = purse.states().into_iter().find(|(_, units)| *units != 0);
            if let Some((state, units)) = left {
                let left = kernel::money::shown(code, units);
                let text =
                    format!("{left} {code} are {state}: a wallet is closed when it is empty");
                return Err(Error::conflict("wrong_state", text));
            }
        }
    }
    keep(db, creator, now_us, &|row| row.state = state.to_owned())
}

fn adjust(
    db: &mut Db,
    (creator, code, amount): (&str, &str, i64),
    (why, key): (&str, &str),
    now_us: i64,
) -> Result<Answer, Error> {
    known(db, creator)?;
    let asset = Asset::of(code).map_err(|error| Error::Refused(error.to_string()))?;
    let occasion = format!("adjust/{key}");
    let day = Zone::utc().day_of(now_us);
    let mut transfers = Vec::new();
    let leg = |leg: &str, from: Account, to: Account, units: i64| {
        Transfer::of_wallet((&occasion, leg), (from, to), code, units, day)
    };
    let purse = purse_of(db, creator, code)?;
    if amount > 0 {
        let split = wallet::purse::split(amount, purse.owed, kernel::Ppm::ZERO);
        let owner = || creator.to_owned();
        transfers.extend(leg(
            "repaid",
            Account::Adjustments,
            Account::Owed { creator: owner() },
            split.repaid,
        ));
        transfers.extend(leg(
            "paid",
            Account::Adjustments,
            Account::Available { creator: owner() },
            split.available,
        ));
    } else {
        for (state, units) in take_back(&purse, -amount) {
            transfers.extend(leg(
                state.word(),
                state.account(creator),
                Account::Adjustments,
                units,
            ));
        }
    }
    if transfers.is_empty() {
        return Err(Error::Refused("`amount` is not nought".to_owned()));
    }
    db.post(&occasion, &transfers, now_us)?;
    let body = json!({ "creator": creator, "currency": code, "amount": asset.format(amount),
                       "why": why });
    outbox::emit(db, "wallet.adjusted", creator, &body, now_us)?;
    let to = format!("creator:{creator}");
    messages::send(db, &to, "wallet-adjusted", &body, now_us)?;
    Ok(Answer::new(200, &body))
}
