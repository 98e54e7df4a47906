//! Holds: money that is kept back for a reason, with notice, and released by somebody or by time.
use kernel::day::instant;
use kernel::{Asset, Zone};
use ledger::{Account, Transfer};
use serde_json::{Value, json};
use store::{Db, HoldRow};

use crate::dispatch::Answer;
use crate::error::Error;
use crate::workspace::Stipend;
use crate::{messages, outbox, terms};

/// Why money is held: words.
pub const REASONS: [&str; 6] =
    ["investigation", "dispute", "court_order", "chargeback", "sanctions", "account_takeover"];

/// A hold to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHold {
    /// Whose money.
    pub creator: String,
    /// How much of what, in ledger units; a whole wallet, with what comes to it, without it.
    pub amount: Option<(Asset, i64)>,
    /// One of [`REASONS`].
    pub reason: String,
    /// What the creator reads.
    pub note: String,
    /// When it ends by itself.
    pub until_us: Option<i64>,
}

/// Until when a whole wallet is held: the latest end of such holds.
pub(crate) fn of_wallet(holds: &[HoldRow]) -> Option<Option<i64>> {
    let open = holds.iter().filter(|hold| hold.released_us.is_none() && hold.amount == 0);
    open.map(|hold| hold.until_us).reduce(|one, other| Some(one?.max(other?)))
}

pub(crate) fn add(db: &mut Db, actor: &str, new: &NewHold, now_us: i64) -> Result<Answer, Error> {
    let creator = new.creator.as_str();
    crate::wallet::known(db, creator)?;
    if new.until_us.is_some_and(|until_us| until_us <= now_us) {
        return Err(Error::Refused("`until` is over already".to_owned()));
    }
    let (asset, amount) = match &new.amount {
        Some((asset, amount)) => (asset.code().to_owned(), *amount),
        None => (String::new(), 0),
    };
    if let Some((asset, amount)) = &new.amount {
        let there =
            db.balance(&Account::Available { creator: creator.to_owned() }, asset.code())?;
        if *amount <= 0 || *amount > there {
            let text = format!(
                "{} {asset} are available: hold at most those, or the whole wallet",
                asset.format(there)
            );
            return Err(Error::conflict("not_enough", text));
        }
    }
    let mut row = HoldRow {
        seq: 0,
        creator: creator.to_owned(),
        asset,
        amount,
        reason: new.reason.clone(),
        note: new.note.clone(),
        made_by: actor.to_owned(),
        created_us: now_us,
        until_us: new.until_us,
        released_us: None,
        released_by: String::new(),
        told: false,
    };
    row.seq = db.add_hold(&row)?;
    let owner = || creator.to_owned();
    let accounts = (Account::Available { creator: owner() }, Account::Held { creator: owner() });
    post(db, &row, "made", accounts, row.amount, now_us)?;
    tell(db, "hold-made", &row, now_us)?;
    Ok(Answer::new(201, &to_json(&row)))
}

fn post(
    db: &mut Db,
    row: &HoldRow,
    step: &str,
    accounts: (Account, Account),
    amount: i64,
    now_us: i64,
) -> Result<(), Error> {
    let occasion = format!("hold/{}/{step}", row.seq);
    let day = Zone::utc().day_of(now_us);
    let moved = Transfer::of_wallet((&occasion, "held"), accounts, &row.asset, amount, day);
    if let Some(moved) = moved {
        db.post(&occasion, &[moved], now_us)?;
    }
    Ok(())
}

fn tell(db: &mut Db, kind: &str, row: &HoldRow, now_us: i64) -> Result<(), Error> {
    let body = to_json(row);
    outbox::emit(db, "hold.changed", &row.creator, &body, now_us)?;
    let facts = json!({ "hold": row.seq, "amount": body["amount"].as_str().unwrap_or("all"),
                        "currency": row.asset, "note": row.note,
                        "until": row.until_us.map_or_else(|| "none".to_owned(), instant) });
    Ok(messages::send(db, &format!("creator:{}", row.creator), kind, &facts, now_us)?)
}

pub(crate) fn release(db: &mut Db, actor: &str, id: i64, now_us: i64) -> Result<Answer, Error> {
    let missing = || Error::Missing(format!("there is no hold {id}"));
    let row = db.hold(id)?.ok_or_else(missing)?;
    if !db.release_hold(id, now_us, actor)? {
        return Err(Error::conflict("already_ended", format!("the hold {id} was released before")));
    }
    let owner = || row.creator.clone();
    let (held, available) =
        (Account::Held { creator: owner() }, Account::Available { creator: owner() });
    // What was taken back meanwhile is not there to be released.
    let there = db.balance(&held, &row.asset)?;
    post(db, &row, "released", (held, available), row.amount.min(there), now_us)?;
    let row = db.hold(id)?.ok_or_else(missing)?;
    tell(db, "hold-released", &row, now_us)?;
    Ok(Answer::new(200, &to_json(&row)))
}

/// Releases what is due, and tells people of holds that nobody released for long.
pub(crate) fn watch(stipend: &mut Stipend, now_us: i64) -> Result<Value, Error> {
    stipend.db.write(|db| {
        let mut released = 0;
        for row in db.holds_due(now_us)? {
            release(db, "time", row.seq, now_us)?;
            released += 1;
        }
        let days = terms::maybe(db)?.map(|published| published.terms.wallet.hold_alarm_days);
        let mut old = 0;
        if let Some(days) = days {
            for row in db.holds_old(now_us - i64::from(days) * 24 * kernel::day::HOUR_US)? {
                let facts = json!({ "hold": row.seq, "creator": row.creator,
                                    "since": instant(row.created_us) });
                outbox::emit(db, "hold.old", &row.creator, &facts, now_us)?;
                for role in ["role:admin", "role:finance-approver"] {
                    messages::send(db, role, "hold-old", &facts, now_us)?;
                }
                db.tell_hold(row.seq)?;
                old += 1;
            }
        }
        Ok(json!({ "released": released, "old": old }))
    })
}

/// The first hold that [`watch`] has something to do with.
pub(crate) fn due(db: &mut Db, now_us: i64) -> Result<Option<i64>, Error> {
    if let Some(row) = db.holds_due(now_us)?.first() {
        return Ok(Some(row.seq));
    }
    let Some(published) = terms::maybe(db)? else { return Ok(None) };
    let days = i64::from(published.terms.wallet.hold_alarm_days);
    let old = db.holds_old(now_us - days * 24 * kernel::day::HOUR_US)?;
    Ok(old.first().map(|row| row.seq))
}

/// A hold as the API shows it.
#[must_use]
pub fn to_json(row: &HoldRow) -> Value {
    let asset = Asset::of(&row.asset).ok();
    json!({
        "id": row.seq,
        "creator": row.creator,
        "currency": asset.as_ref().map(Asset::code),
        "amount": asset.as_ref().map(|asset| asset.format(row.amount)),
        "reason": row.reason,
        "note": row.note,
        "made_by": row.made_by,
        "created": instant(row.created_us),
        "until": row.until_us.map(instant),
        "released": row.released_us.map(instant),
        "released_by": row.released_by,
    })
}
