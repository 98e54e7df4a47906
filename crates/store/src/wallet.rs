//! Wallets: terms, releases, persons' keys, identities, methods, holds, reserves, rates.
use ::ledger::{Account, Balance, Transfer};
use kernel::Day;

use crate::db::Db;
use crate::error::StoreError;
use crate::ledger::{balance, transfer};
use crate::statement;
use crate::value::{Row, Value};

/// A version of the terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsRow {
    /// Its number.
    pub version: i64,
    /// SHA-256 of the document.
    pub digest: Vec<u8>,
    /// The document.
    pub document: String,
    /// When it was published.
    pub published_us: i64,
}

/// Who a creator is by law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityRow {
    /// The creator.
    pub creator: String,
    /// The country that he lives and is taxed in.
    pub country: String,
    /// His name, sealed.
    pub name: Vec<u8>,
    /// His tax forms, JSON.
    pub forms: String,
    /// What was found on sanctions lists: empty, `clear` or `listed`.
    pub screened: String,
    /// When.
    pub screened_us: Option<i64>,
    /// When this was told.
    pub changed_us: i64,
}

/// What a creator wishes of his wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletRow {
    /// The creator.
    pub creator: String,
    /// `open` or `closed`.
    pub state: String,
    /// The schedule that he chose; empty for none.
    pub schedule: String,
    /// Since when.
    pub changed_us: i64,
}

/// A wallet that sleeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DormantRow {
    /// The creator.
    pub creator: String,
    /// When he was told.
    pub told_us: i64,
    /// When what is available becomes unclaimed.
    pub due_us: i64,
    /// When it did.
    pub swept_us: Option<i64>,
}

/// A method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodRow {
    /// Its number.
    pub seq: i64,
    /// Whose.
    pub creator: String,
    /// Its kind's word.
    pub kind: String,
    /// Its country.
    pub country: String,
    /// What is shown of it.
    pub label: String,
    /// Its details, sealed.
    pub sealed: Vec<u8>,
    /// A keyed hash of where it leads.
    pub fingerprint: Vec<u8>,
    /// How its holder's name stands to the creator's: `same`, `close`, `different`, `unknown`.
    pub name: String,
    /// Who said that it is his all the same.
    pub confirmed_by: String,
    /// When it was added.
    pub created_us: i64,
    /// From when on money may go there.
    pub usable_us: i64,
    /// When it was removed.
    pub removed_us: Option<i64>,
    /// What the platform answered of whose it is: `same`, `close`, `different`, `unknown`; empty
    /// until it did.
    pub owner: String,
}

/// A hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldRow {
    /// Its number.
    pub seq: i64,
    /// Whose money.
    pub creator: String,
    /// The asset; empty for a whole wallet.
    pub asset: String,
    /// Ledger units; nought for a whole wallet.
    pub amount: i64,
    /// Why: a word.
    pub reason: String,
    /// Why: what the creator reads.
    pub note: String,
    /// Who.
    pub made_by: String,
    /// When.
    pub created_us: i64,
    /// When it ends by itself.
    pub until_us: Option<i64>,
    /// When it ended.
    pub released_us: Option<i64>,
    /// Who ended it.
    pub released_by: String,
    /// Whether people were told that it is old.
    pub told: bool,
}

/// A part of an income that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReserveRow {
    /// Its number.
    pub seq: i64,
    /// Whose.
    pub creator: String,
    /// The asset.
    pub asset: String,
    /// Ledger units.
    pub amount: i64,
    /// Of which income.
    pub occasion: String,
    /// Until when.
    pub due_us: i64,
}

fn terms(row: &Row) -> Result<TermsRow, StoreError> {
    Ok(TermsRow {
        version: row.int(0)?,
        digest: row.blob(1)?.to_vec(),
        document: row.text(2)?.to_owned(),
        published_us: row.int(3)?,
    })
}

fn method(row: &Row) -> Result<MethodRow, StoreError> {
    Ok(MethodRow {
        seq: row.int(0)?,
        creator: row.text(1)?.to_owned(),
        kind: row.text(2)?.to_owned(),
        country: row.text(3)?.to_owned(),
        label: row.text(4)?.to_owned(),
        sealed: row.blob(5)?.to_vec(),
        fingerprint: row.blob(6)?.to_vec(),
        name: row.text(7)?.to_owned(),
        confirmed_by: row.text(8)?.to_owned(),
        created_us: row.int(9)?,
        usable_us: row.int(10)?,
        removed_us: row.maybe_int(11)?,
        owner: row.text(12)?.to_owned(),
    })
}

fn hold(row: &Row) -> Result<HoldRow, StoreError> {
    Ok(HoldRow {
        seq: row.int(0)?,
        creator: row.text(1)?.to_owned(),
        asset: row.text(2)?.to_owned(),
        amount: row.int(3)?,
        reason: row.text(4)?.to_owned(),
        note: row.text(5)?.to_owned(),
        made_by: row.text(6)?.to_owned(),
        created_us: row.int(7)?,
        until_us: row.maybe_int(8)?,
        released_us: row.maybe_int(9)?,
        released_by: row.text(10)?.to_owned(),
        told: row.int(11)? != 0,
    })
}

fn dormant(row: &Row) -> Result<DormantRow, StoreError> {
    Ok(DormantRow {
        creator: row.text(0)?.to_owned(),
        told_us: row.int(1)?,
        due_us: row.int(2)?,
        swept_us: row.maybe_int(3)?,
    })
}

fn reserve(row: &Row) -> Result<ReserveRow, StoreError> {
    Ok(ReserveRow {
        seq: row.int(0)?,
        creator: row.text(1)?.to_owned(),
        asset: row.text(2)?.to_owned(),
        amount: row.int(3)?,
        occasion: row.text(4)?.to_owned(),
        due_us: row.int(5)?,
    })
}

fn rates(row: &Row) -> Result<(Day, String), StoreError> {
    Ok((row.parsed(0)?, row.text(1)?.to_owned()))
}

fn names(accounts: &[Account; 8]) -> Vec<Value> {
    accounts.iter().map(|account| account.to_string().into()).collect()
}

impl Db {
    /// The balances of one wallet's accounts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn balances_of(&mut self, accounts: &[Account; 8]) -> Result<Vec<Balance>, StoreError> {
        self.query(statement::ACCOUNT_OF, &names(accounts))?.iter().map(balance).collect()
    }

    /// The balance of one account: credits less debits.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn balance(&mut self, account: &Account, asset: &str) -> Result<i64, StoreError> {
        let values = [account.to_string().into(), asset.into()];
        let rows = self.query(statement::ACCOUNT_ONE, &values)?;
        let found = rows.first().map(balance).transpose()?;
        Ok(found.map_or(0, |found| found.credits - found.debits))
    }

    /// All debts of creators.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn owing(&mut self) -> Result<Vec<Balance>, StoreError> {
        self.query(statement::ACCOUNT_OWING, &[])?.iter().map(balance).collect()
    }

    /// Transfers of one wallet after a number: each with its number and when it was posted.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn transfers_of(
        &mut self,
        accounts: &[Account; 8],
        after: i64,
        limit: i64,
    ) -> Result<Vec<(i64, i64, Transfer)>, StoreError> {
        let mut values = names(accounts);
        values.extend([after.into(), limit.into()]);
        let rows = self.query(statement::TRANSFER_OF_WALLET, &values)?;
        rows.iter().map(|row| Ok((row.int(9)?, row.int(10)?, transfer(row)?))).collect()
    }

    /// Publishes terms; their number is one more than the last.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_terms(&mut self, one: &TermsRow) -> Result<(), StoreError> {
        let values = [
            one.version.into(),
            one.digest.as_slice().into(),
            one.document.as_str().into(),
            one.published_us.into(),
        ];
        self.execute(statement::TERMS_ADD, &values).map(|_| ())
    }

    /// The terms that hold.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn last_terms(&mut self) -> Result<Option<TermsRow>, StoreError> {
        self.query(statement::TERMS_LAST, &[])?.first().map(terms).transpose()
    }

    /// One version of the terms.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn terms(&mut self, version: i64) -> Result<Option<TermsRow>, StoreError> {
        self.query(statement::TERMS_GET, &[version.into()])?.first().map(terms).transpose()
    }

    /// Says that the money of a run is drawable.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] when it was said before.
    pub fn add_release(
        &mut self,
        program: &str,
        day: Day,
        number: i64,
        now_us: i64,
    ) -> Result<(), StoreError> {
        let day = day.to_string();
        let values = [program.into(), day.as_str().into(), number.into(), now_us.into()];
        self.execute(statement::RELEASE_ADD, &values).map(|_| ())
    }

    /// The last run of a day whose money is drawable; -1 for none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn last_release(&mut self, program: &str, day: Day) -> Result<i64, StoreError> {
        let day = day.to_string();
        let rows = self.query(statement::RELEASE_LAST, &[program.into(), day.as_str().into()])?;
        rows.first().map_or(Ok(-1), |row| row.int(0))
    }

    /// Keeps the sealed key of a person.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] when there is one.
    pub fn add_person_key(
        &mut self,
        person: &str,
        sealed: &[u8],
        now_us: i64,
    ) -> Result<(), StoreError> {
        let values = [person.into(), sealed.into(), now_us.into()];
        self.execute(statement::PERSON_ADD, &values).map(|_| ())
    }

    /// The sealed key of a person.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn person_key(&mut self, person: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let rows = self.query(statement::PERSON_GET, &[person.into()])?;
        rows.first().map(|row| Ok(row.blob(0)?.to_vec())).transpose()
    }

    /// Destroys a person's key; `false` when there was none. What SQLite frees is overwritten.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn forget_person_key(&mut self, person: &str) -> Result<bool, StoreError> {
        if let Db::Sqlite(_) = self {
            self.batch("PRAGMA secure_delete = ON")?;
        }
        let gone = self.execute(statement::PERSON_FORGET, &[person.into()])? > 0;
        if let Db::Sqlite(_) = self {
            self.batch("PRAGMA secure_delete = OFF")?;
        }
        Ok(gone)
    }

    /// Forgets all that is kept of a creator's methods, removed ones too, but that they were.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn forget_methods(&mut self, creator: &str, now_us: i64) -> Result<(), StoreError> {
        let nothing: &[u8] = &[];
        let values = [creator.into(), now_us.into(), nothing.into()];
        self.execute(statement::METHOD_FORGET, &values).map(|_| ())
    }

    /// Says who a creator is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn set_identity(&mut self, one: &IdentityRow) -> Result<(), StoreError> {
        let values = [
            one.creator.as_str().into(),
            one.country.as_str().into(),
            one.name.as_slice().into(),
            one.forms.as_str().into(),
            one.screened.as_str().into(),
            one.screened_us.into(),
            one.changed_us.into(),
        ];
        self.execute(statement::IDENTITY_SET, &values).map(|_| ())
    }

    /// Who a creator is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn identity(&mut self, creator: &str) -> Result<Option<IdentityRow>, StoreError> {
        let rows = self.query(statement::IDENTITY_GET, &[creator.into()])?;
        let identity = |row: &Row| {
            Ok(IdentityRow {
                creator: row.text(0)?.to_owned(),
                country: row.text(1)?.to_owned(),
                name: row.blob(2)?.to_vec(),
                forms: row.text(3)?.to_owned(),
                screened: row.text(4)?.to_owned(),
                screened_us: row.maybe_int(5)?,
                changed_us: row.int(6)?,
            })
        };
        rows.first().map(identity).transpose()
    }

    /// Keeps what a creator wishes of his wallet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn set_wallet(&mut self, one: &WalletRow) -> Result<(), StoreError> {
        let values = [
            one.creator.as_str().into(),
            one.state.as_str().into(),
            one.schedule.as_str().into(),
            one.changed_us.into(),
        ];
        self.execute(statement::WALLET_SET, &values).map(|_| ())
    }

    /// What a creator wishes of his wallet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn wallet(&mut self, creator: &str) -> Result<Option<WalletRow>, StoreError> {
        let rows = self.query(statement::WALLET_GET, &[creator.into()])?;
        let wallet = |row: &Row| {
            Ok(WalletRow {
                creator: row.text(0)?.to_owned(),
                state: row.text(1)?.to_owned(),
                schedule: row.text(2)?.to_owned(),
                changed_us: row.int(3)?,
            })
        };
        rows.first().map(wallet).transpose()
    }

    /// Accounts after one that have something to draw.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn drawable(
        &mut self,
        (account, asset): (&str, &str),
        limit: i64,
    ) -> Result<Vec<Balance>, StoreError> {
        let values = [account.into(), asset.into(), limit.into()];
        let rows = self.query(statement::WALLET_DRAWABLE, &values)?;
        rows.iter().map(balance).collect()
    }

    /// Accounts after one that have something to draw and that no batch since one moved.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn asleep(
        &mut self,
        after: &str,
        batch: i64,
        limit: i64,
    ) -> Result<Vec<Balance>, StoreError> {
        let values = [after.into(), batch.into(), limit.into()];
        self.query(statement::WALLET_ASLEEP, &values)?.iter().map(balance).collect()
    }

    /// The first batch of transfers that was posted since a time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn first_batch_since(&mut self, since_us: i64) -> Result<Option<i64>, StoreError> {
        let rows = self.query(statement::BATCH_FIRST_SINCE, &[since_us.into()])?;
        rows.first().map_or(Ok(None), |row| row.maybe_int(0))
    }

    /// What is kept of a wallet that sleeps.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn dormant(&mut self, creator: &str) -> Result<Option<DormantRow>, StoreError> {
        let rows = self.query(statement::DORMANT_GET, &[creator.into()])?;
        rows.first().map(dormant).transpose()
    }

    /// Wallets after one whose owners were told, and that were not swept.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn dormants(&mut self, after: &str, limit: i64) -> Result<Vec<DormantRow>, StoreError> {
        let values = [after.into(), limit.into()];
        self.query(statement::DORMANT_OPEN, &values)?.iter().map(dormant).collect()
    }

    /// Notes a wallet that sleeps.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn set_dormant(&mut self, one: &DormantRow) -> Result<(), StoreError> {
        let values = [
            one.creator.as_str().into(),
            one.told_us.into(),
            one.due_us.into(),
            one.swept_us.into(),
        ];
        self.execute(statement::DORMANT_SET, &values)?;
        Ok(())
    }

    /// Forgets that a wallet slept.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn remove_dormant(&mut self, creator: &str) -> Result<(), StoreError> {
        self.execute(statement::DORMANT_REMOVE, &[creator.into()])?;
        Ok(())
    }

    /// Puts other rates in the place of a day's.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn correct_rates(
        &mut self,
        source: &str,
        day: Day,
        rates: &str,
        now_us: i64,
    ) -> Result<(), StoreError> {
        let values = [source.into(), day.to_string().into(), rates.into(), now_us.into()];
        self.execute(statement::RATE_CORRECT, &values)?;
        Ok(())
    }

    /// Adds a method; gives its number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_method(&mut self, one: &MethodRow) -> Result<i64, StoreError> {
        let values = [
            one.creator.as_str().into(),
            one.kind.as_str().into(),
            one.country.as_str().into(),
            one.label.as_str().into(),
            one.sealed.as_slice().into(),
            one.fingerprint.as_slice().into(),
            one.name.as_str().into(),
            one.confirmed_by.as_str().into(),
            one.created_us.into(),
            one.usable_us.into(),
        ];
        self.execute(statement::METHOD_ADD, &values)?;
        self.number(statement::METHOD_LAST)
    }

    /// A method, removed or not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn method(&mut self, seq: i64) -> Result<Option<MethodRow>, StoreError> {
        self.query(statement::METHOD_GET, &[seq.into()])?.first().map(method).transpose()
    }

    /// Notes what the platform answered of whose an account is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn set_method_owner(&mut self, seq: i64, owner: &str) -> Result<(), StoreError> {
        self.execute(statement::METHOD_OWNER, &[seq.into(), owner.into()]).map(|_| ())
    }

    /// The methods of a creator.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn methods(&mut self, creator: &str) -> Result<Vec<MethodRow>, StoreError> {
        let rows = self.query(statement::METHOD_OF_CREATOR, &[creator.into()])?;
        rows.iter().map(method).collect()
    }

    /// Methods that have details, removed ones too, after a number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn sealed_methods(&mut self, after: i64, limit: i64) -> Result<Vec<MethodRow>, StoreError> {
        let rows = self.query(statement::METHOD_SEALED, &[after.into(), limit.into()])?;
        rows.iter().map(method).collect()
    }

    /// Keeps what tells a method's place from others.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn set_fingerprint(&mut self, seq: i64, fingerprint: &[u8]) -> Result<(), StoreError> {
        self.execute(statement::METHOD_FINGERPRINT, &[seq.into(), fingerprint.into()]).map(|_| ())
    }

    /// Sealed keys of persons after one, by person.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn person_keys(
        &mut self,
        after: &str,
        limit: i64,
    ) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let rows = self.query(statement::PERSON_PAGE, &[after.into(), limit.into()])?;
        rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.blob(1)?.to_vec()))).collect()
    }

    /// Keeps a person's key, sealed anew.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn set_person_key(&mut self, person: &str, sealed: &[u8]) -> Result<(), StoreError> {
        self.execute(statement::PERSON_SET, &[person.into(), sealed.into()]).map(|_| ())
    }

    /// How many other creators draw to the same place.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn sharing(&mut self, fingerprint: &[u8], creator: &str) -> Result<i64, StoreError> {
        let rows = self.query(statement::METHOD_SHARED, &[fingerprint.into(), creator.into()])?;
        rows.first().map_or(Ok(0), |row| row.int(0))
    }

    /// Removes a method; its details are kept as long as `sealed` says: empty forgets them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn remove_method(
        &mut self,
        seq: i64,
        now_us: i64,
        sealed: &[u8],
    ) -> Result<bool, StoreError> {
        let values = [seq.into(), now_us.into(), sealed.into()];
        Ok(self.execute(statement::METHOD_REMOVE, &values)? > 0)
    }

    /// Says how the name of a method stands to its creator's, and who said so.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn set_method_name(&mut self, seq: i64, name: &str, by: &str) -> Result<(), StoreError> {
        let values = [seq.into(), name.into(), by.into()];
        self.execute(statement::METHOD_NAME, &values).map(|_| ())
    }

    /// Adds a hold; gives its number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_hold(&mut self, one: &HoldRow) -> Result<i64, StoreError> {
        let values = [
            one.creator.as_str().into(),
            one.asset.as_str().into(),
            one.amount.into(),
            one.reason.as_str().into(),
            one.note.as_str().into(),
            one.made_by.as_str().into(),
            one.created_us.into(),
            one.until_us.into(),
        ];
        self.execute(statement::HOLD_ADD, &values)?;
        self.number(statement::HOLD_LAST)
    }

    /// A hold.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn hold(&mut self, seq: i64) -> Result<Option<HoldRow>, StoreError> {
        self.query(statement::HOLD_GET, &[seq.into()])?.first().map(hold).transpose()
    }

    /// All holds of a creator, ended ones too.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn holds_of(&mut self, creator: &str) -> Result<Vec<HoldRow>, StoreError> {
        self.query(statement::HOLD_OF_CREATOR, &[creator.into()])?.iter().map(hold).collect()
    }

    /// Open holds after a number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn holds(&mut self, after: i64, limit: i64) -> Result<Vec<HoldRow>, StoreError> {
        let rows = self.query(statement::HOLD_PAGE, &[after.into(), limit.into()])?;
        rows.iter().map(hold).collect()
    }

    /// Holds that end by themselves by now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn holds_due(&mut self, now_us: i64) -> Result<Vec<HoldRow>, StoreError> {
        self.query(statement::HOLD_DUE, &[now_us.into()])?.iter().map(hold).collect()
    }

    /// Open holds from before an instant that nobody was told of.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn holds_old(&mut self, before_us: i64) -> Result<Vec<HoldRow>, StoreError> {
        self.query(statement::HOLD_OLD, &[before_us.into()])?.iter().map(hold).collect()
    }

    /// Ends a hold; `false` when it was ended before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn release_hold(&mut self, seq: i64, now_us: i64, by: &str) -> Result<bool, StoreError> {
        let values = [seq.into(), now_us.into(), by.into()];
        Ok(self.execute(statement::HOLD_RELEASE, &values)? > 0)
    }

    /// Notes that people were told of a hold.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn tell_hold(&mut self, seq: i64) -> Result<(), StoreError> {
        self.execute(statement::HOLD_TOLD, &[seq.into()]).map(|_| ())
    }

    /// Keeps a part of an income.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_reserve(&mut self, one: &ReserveRow) -> Result<(), StoreError> {
        let values = [
            one.creator.as_str().into(),
            one.asset.as_str().into(),
            one.amount.into(),
            one.occasion.as_str().into(),
            one.due_us.into(),
        ];
        self.execute(statement::RESERVE_ADD, &values).map(|_| ())
    }

    /// Parts that are due by now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn reserves_due(&mut self, now_us: i64, limit: i64) -> Result<Vec<ReserveRow>, StoreError> {
        let rows = self.query(statement::RESERVE_DUE, &[now_us.into(), limit.into()])?;
        rows.iter().map(reserve).collect()
    }

    /// Parts that are kept of a creator.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn reserves_of(&mut self, creator: &str) -> Result<Vec<ReserveRow>, StoreError> {
        let rows = self.query(statement::RESERVE_OF_CREATOR, &[creator.into()])?;
        rows.iter().map(reserve).collect()
    }

    /// Ends the keeping of a part; `false` when it was ended before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn release_reserve(&mut self, seq: i64, now_us: i64) -> Result<bool, StoreError> {
        Ok(self.execute(statement::RESERVE_RELEASE, &[seq.into(), now_us.into()])? > 0)
    }

    /// Keeps the rates of a day.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] when there are some.
    pub fn add_rates(
        &mut self,
        source: &str,
        day: Day,
        rates: &str,
        now_us: i64,
    ) -> Result<(), StoreError> {
        let day = day.to_string();
        let values = [source.into(), day.as_str().into(), rates.into(), now_us.into()];
        self.execute(statement::RATE_SET, &values).map(|_| ())
    }

    /// The rates of a day, JSON.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn rates(&mut self, source: &str, day: Day) -> Result<Option<String>, StoreError> {
        let day = day.to_string();
        let rows = self.query(statement::RATE_GET, &[source.into(), day.as_str().into()])?;
        rows.first().map(|row| Ok(row.text(1)?.to_owned())).transpose()
    }

    /// The newest rates on or before a day.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn newest_rates(
        &mut self,
        source: &str,
        day: Day,
    ) -> Result<Option<(Day, String)>, StoreError> {
        let day = day.to_string();
        let rows = self.query(statement::RATE_NEWEST, &[source.into(), day.as_str().into()])?;
        rows.first().map(rates).transpose()
    }

    /// The last day on or before one on which a source gave a rate for a currency.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn last_rate(
        &mut self,
        source: &str,
        day: Day,
        code: &str,
    ) -> Result<Option<Day>, StoreError> {
        let (day, like) = (day.to_string(), format!("%\"{code}\":%"));
        let values = [source.into(), day.as_str().into(), like.as_str().into()];
        let rows = self.query(statement::RATE_BEFORE, &values)?;
        rows.first().map(|row| row.parsed(0)).transpose()
    }

    /// Rates after a day.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn rates_page(
        &mut self,
        source: &str,
        after: &str,
        limit: i64,
    ) -> Result<Vec<(Day, String)>, StoreError> {
        let values = [source.into(), after.into(), limit.into()];
        self.query(statement::RATE_PAGE, &values)?.iter().map(rates).collect()
    }
}
