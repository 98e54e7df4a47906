//! Wallets that sleep (N28): nothing came, and the owner did nothing, for as long as the terms say.
//! He is told; if he stays silent, what is available becomes unclaimed. It stays his: he claims it
//! whenever he likes, and only then, so that nobody who took over an old account finds it drawable.
use kernel::Zone;
use kernel::day::instant;
use ledger::{Account, Transfer};
use serde_json::{Value, json};
use store::{Db, DormantRow};
use wallet::purse::{accounts, purses};
use wallet::terms::WalletRules;

use crate::dispatch::Answer;
use crate::error::Error;
use crate::workspace::Stipend;
use crate::{holds, messages, outbox, terms};

const DAY_US: i64 = 24 * kernel::day::HOUR_US;
/// Wallets that are taken from the database at a time.
const PAGE: i64 = 500;

/// Tells owners of wallets that fell asleep, and sweeps those who were told and stayed silent.
pub(crate) fn watch(stipend: &mut Stipend, now_us: i64) -> Result<Value, Error> {
    let rules = terms::maybe(&mut stipend.db)?.map(|published| published.terms.wallet);
    let Some(rules) = rules.filter(|rules| rules.dormant_days > 0) else {
        return Ok(json!({ "told": 0, "swept": 0 }));
    };
    let since_us = now_us - i64::from(rules.dormant_days) * DAY_US;
    let told = fall_asleep(stipend, &rules, since_us, now_us)?;
    let (mut swept, mut after) = (0, String::new());
    loop {
        let page = stipend.db.dormants(&after, PAGE)?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.creator);
        for row in &page {
            // Each wallet is its own transaction.
            swept += i64::from(stipend.db.write(|db| go_on(db, row, since_us, now_us))?);
        }
    }
    Ok(json!({ "told": told, "swept": swept }))
}

fn fall_asleep(
    stipend: &mut Stipend,
    rules: &WalletRules,
    since_us: i64,
    now_us: i64,
) -> Result<i64, Error> {
    let batch = stipend.db.first_batch_since(since_us)?.unwrap_or(i64::MAX);
    let (mut told, mut after) = (0, String::new());
    loop {
        let page = stipend.db.asleep(&after, batch, PAGE)?;
        let Some(last) = page.last() else { return Ok(told) };
        after.clone_from(&last.account);
        for balance in &page {
            let Ok(Account::Available { creator }) = balance.account.parse() else { continue };
            told += i64::from(stipend.db.write(|db| tell(db, rules, &creator, since_us, now_us))?);
        }
    }
}

/// Whether the owner did something himself since a time.
fn stirred(db: &mut Db, creator: &str, since_us: i64) -> Result<bool, Error> {
    let chose = db.wallet(creator)?.is_some_and(|row| row.changed_us >= since_us);
    let methods = db.methods(creator)?;
    Ok(chose || methods.iter().any(|method| method.created_us >= since_us))
}

fn tell(
    db: &mut Db,
    rules: &WalletRules,
    creator: &str,
    since_us: i64,
    now_us: i64,
) -> Result<bool, Error> {
    let known = db.dormant(creator)?.is_some_and(|row| row.swept_us.is_none());
    // What is held as a whole is somebody's case, not a sleeper's.
    let held = holds::of_wallet(&db.holds_of(creator)?).is_some();
    if known || held || stirred(db, creator, since_us)? {
        return Ok(false);
    }
    let due_us = now_us + i64::from(rules.dormant_notice_days) * DAY_US;
    let row = DormantRow { creator: creator.to_owned(), told_us: now_us, due_us, swept_us: None };
    db.set_dormant(&row)?;
    let body = json!({ "creator": creator, "due": instant(due_us) });
    outbox::emit(db, "wallet.dormant", creator, &body, now_us)?;
    let days = rules.dormant_days.to_string();
    let facts = json!({ "days": days, "due": instant(due_us) });
    messages::send(db, &format!("creator:{creator}"), "wallet-dormant", &facts, now_us)?;
    Ok(true)
}

/// Wakes a wallet in which something happened since its owner was told, or sweeps it when its time
/// is over.
fn go_on(db: &mut Db, row: &DormantRow, since_us: i64, now_us: i64) -> Result<bool, Error> {
    let creator = row.creator.as_str();
    let batch = db.first_batch_since(row.told_us.max(since_us))?.unwrap_or(i64::MAX);
    let own = format!("available:{creator}");
    // The accounts right before his own: the first that sleeps after it is his, if he sleeps.
    let before = own.get(..own.len() - 1).unwrap_or_default();
    let mut asleep = db.asleep(before, batch, PAGE)?.into_iter();
    let sleeps = asleep.any(|balance| balance.account == own);
    if !sleeps || stirred(db, creator, row.told_us)? {
        db.remove_dormant(creator)?;
        let body = json!({ "creator": creator, "due": null });
        outbox::emit(db, "wallet.dormant", creator, &body, now_us)?;
        return Ok(false);
    }
    if row.due_us > now_us || holds::of_wallet(&db.holds_of(creator)?).is_some() {
        return Ok(false);
    }
    let occasion = format!("dormant/{creator}/{}", row.told_us);
    let owner = || creator.to_owned();
    let accounts =
        || (Account::Available { creator: owner() }, Account::Unclaimed { creator: owner() });
    move_all(db, creator, &occasion, accounts, |purse| purse.available, now_us)?;
    db.set_dormant(&DormantRow { swept_us: Some(now_us), ..row.clone() })?;
    let body = json!({ "creator": creator, "swept": instant(now_us) });
    outbox::emit(db, "wallet.dormant", creator, &body, now_us)?;
    messages::send(db, &format!("creator:{creator}"), "wallet-unclaimed", &json!({}), now_us)?;
    Ok(true)
}

/// Moves all that a state has of each asset; gives the amounts as the API shows them.
fn move_all(
    db: &mut Db,
    creator: &str,
    occasion: &str,
    between: impl Fn() -> (Account, Account),
    part: impl Fn(&wallet::purse::Purse) -> i64,
    now_us: i64,
) -> Result<Vec<Value>, Error> {
    let day = Zone::utc().day_of(now_us);
    let (mut transfers, mut shown) = (Vec::new(), Vec::new());
    for (code, purse) in &purses(&db.balances_of(&accounts(creator))?) {
        let units = part(purse);
        transfers.extend(Transfer::of_wallet((occasion, code), between(), code, units, day));
        if units > 0 {
            let amount = kernel::money::shown(code, units);
            shown.push(json!({ "currency": code, "amount": amount }));
        }
    }
    if !transfers.is_empty() {
        db.post(occasion, &transfers, now_us)?;
    }
    Ok(shown)
}

/// Gives a creator back what became unclaimed.
pub(crate) fn claim(db: &mut Db, creator: &str, now_us: i64) -> Result<Answer, Error> {
    crate::wallet::known(db, creator)?;
    let owner = || creator.to_owned();
    let accounts =
        || (Account::Unclaimed { creator: owner() }, Account::Available { creator: owner() });
    let occasion = format!("claim/{creator}/{now_us}");
    let claimed = move_all(db, creator, &occasion, accounts, |purse| purse.unclaimed, now_us)?;
    db.remove_dormant(creator)?;
    let body = json!({ "creator": creator, "claimed": claimed });
    outbox::emit(db, "wallet.claimed", creator, &body, now_us)?;
    Ok(Answer::new(200, &body))
}
