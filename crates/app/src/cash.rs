//! The platform's own accounts at banks and providers: what comes onto them and leaves them beside
//! payouts, and what they have (N27).
use kernel::{Asset, Zone};
use ledger::{Account, Transfer};
use serde_json::{Value, json};
use store::Db;

use crate::dispatch::Answer;
use crate::error::Error;
use crate::{outbox, terms};

/// What a movement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The platform puts money there, or takes it away.
    Capital,
    /// The bank or provider takes a fee, or gives one back.
    Fee,
    /// Withheld tax is paid.
    Tax,
}

impl What {
    /// Every word.
    pub const WORDS: [(What, &'static str); 3] =
        [(What::Capital, "capital"), (What::Fee, "fee"), (What::Tax, "tax")];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        What::WORDS.iter().find(|(what, _)| *what == self).map_or("", |(_, word)| word)
    }

    /// Of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<What> {
        What::WORDS.iter().find(|(_, known)| *known == word).map(|(what, _)| *what)
    }
}

/// A movement of cash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The account, by its name in the terms.
    pub account: String,
    /// What it is.
    pub what: What,
    /// For tax: the country.
    pub country: String,
    /// As decimal text in the account's currency; below nought for what leaves.
    pub amount: String,
    /// Why.
    pub why: String,
    /// What makes it one.
    pub key: String,
}

impl Move {
    pub(crate) fn document(&self) -> Value {
        json!({ "account": self.account, "what": self.what.word(), "country": self.country,
                "amount": self.amount, "why": self.why, "key": self.key })
    }

    pub(crate) fn of_document(document: &Value) -> Option<Move> {
        let text = |name: &str| document[name].as_str().map(str::to_owned);
        Some(Move {
            account: text("account")?,
            what: What::from_word(&text("what")?)?,
            country: text("country")?,
            amount: text("amount")?,
            why: text("why")?,
            key: text("key")?,
        })
    }
}

/// What the platform has on an account, in ledger units.
pub(crate) fn float(db: &mut Db, account: &str, asset: &str) -> Result<i64, Error> {
    Ok(-db.balance(&Account::Cash { name: account.to_owned() }, asset)?)
}

pub(crate) fn apply(db: &mut Db, one: &Move, now_us: i64) -> Result<Answer, Error> {
    let terms = terms::current(db)?.terms;
    let known: Vec<&str> = terms.account.iter().map(|account| account.name.as_str()).collect();
    let missing = || {
        let (name, known) = (&one.account, known.join(", "));
        Error::Missing(format!("the terms have no account `{name}`; there is: {known}"))
    };
    let asset: Asset = terms.account(&one.account).ok_or_else(missing)?.asset.0.clone();
    let amount = asset.parse(&one.amount).map_err(|error| Error::Refused(error.to_string()))?;
    let cash = || Account::Cash { name: one.account.clone() };
    let other = match one.what {
        What::Capital => Account::Capital,
        What::Fee => {
            let rail = terms.account(&one.account).ok_or_else(missing)?.rail;
            Account::Fees { rail: rail.word().to_owned() }
        }
        What::Tax if kernel::country::is_country(&one.country) => {
            Account::Withheld { country: one.country.clone() }
        }
        What::Tax => {
            let text = "`country` is the two capital letters of the country that is paid";
            return Err(Error::Refused(text.to_owned()));
        }
    };
    let accounts = if amount > 0 { (cash(), other) } else { (other, cash()) };
    let occasion = format!("cash/{}", one.key);
    let units = amount.checked_abs().unwrap_or(0);
    let leg = (occasion.as_str(), one.what.word());
    let day = Zone::utc().day_of(now_us);
    let moved = Transfer::of_wallet(leg, accounts, asset.code(), units, day);
    let moved = moved.ok_or_else(|| Error::Refused("`amount` is not nought".to_owned()))?;
    db.post(&occasion, &[moved], now_us).map_err(|error| match error {
        store::StoreError::Constraint { constraint } if constraint.contains("below_nought") => {
            Error::conflict("not_enough", "less tax was withheld for that country")
        }
        error => error.into(),
    })?;
    let has = float(db, &one.account, asset.code())?;
    let body = json!({ "account": one.account, "what": one.what.word(), "currency": asset.code(),
                       "amount": asset.format(amount), "has": asset.format(has),
                       "why": one.why });
    outbox::emit(db, "cash.moved", &one.account, &body, now_us)?;
    Ok(Answer::new(200, &body))
}
