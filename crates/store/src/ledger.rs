//! Batches, transfers and balances.
use std::collections::BTreeMap;

use ::ledger::{Account, Balance, BatchRecord, Transfer, chain};

use crate::bulk::Bulk;
use crate::db::Db;
use crate::error::StoreError;
use crate::statement;
use crate::value::{Row, Value};

pub(crate) fn balance(row: &Row) -> Result<Balance, StoreError> {
    Ok(Balance {
        account: row.text(0)?.to_owned(),
        asset: row.text(1)?.to_owned(),
        debits: row.int(2)?,
        credits: row.int(3)?,
    })
}

pub(crate) fn transfer(row: &Row) -> Result<Transfer, StoreError> {
    Ok(Transfer {
        id: row.text(0)?.to_owned(),
        debit: row.parsed(1)?,
        credit: row.parsed(2)?,
        asset: row.text(3)?.to_owned(),
        amount: row.int(4)?,
        program: row.text(5)?.to_owned(),
        day: row.parsed(6)?,
        run: row.int(7)?,
    })
}

impl Db {
    /// Posts a batch: transfers, balances and the link of the chain. Call it inside [`Db::write`].
    ///
    /// # Errors
    /// [`StoreError::Constraint`] when the key was posted before, an id is taken, or an account
    /// would go below nought.
    pub fn post(
        &mut self,
        key: &str,
        transfers: &[Transfer],
        now_us: i64,
    ) -> Result<(), StoreError> {
        let last = self.query(statement::BATCH_LAST, &[])?;
        let (seq, previous) = match last.first() {
            Some(row) => {
                let digest = <[u8; 32]>::try_from(row.blob(1)?);
                let message = "the last batch has no digest".to_owned();
                (row.int(0)? + 1, digest.map_err(|_| StoreError::Other { message })?)
            }
            None => (1, chain::GENESIS),
        };
        let digest = chain::link(&previous, key, transfers);
        let count = i64::try_from(transfers.len()).unwrap_or(i64::MAX);
        let values = [
            seq.into(),
            key.into(),
            previous.as_slice().into(),
            digest.as_slice().into(),
            count.into(),
            now_us.into(),
        ];
        self.execute(statement::BATCH_ADD, &values)?;
        let first = self.number(statement::TRANSFER_LAST)? + 1;
        let rows = transfers.iter().zip(first..).map(|(transfer, number)| {
            vec![
                Value::Int(number),
                Value::Int(seq),
                transfer.id.as_str().into(),
                transfer.debit.to_string().into(),
                transfer.credit.to_string().into(),
                transfer.asset.as_str().into(),
                transfer.amount.into(),
                transfer.program.as_str().into(),
                transfer.day.to_string().into(),
                transfer.run.into(),
            ]
        });
        self.append(Bulk::TRANSFERS, rows)?;
        self.add_balances(transfers)
    }

    /// The statements of [`Db::post`] alone, with values that are made already: what the benchmark
    /// of the ledger is measured against.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn post_bare(
        &mut self,
        batch: [Value; 6],
        rows: Vec<Vec<Value>>,
        changes: &[[Value; 4]],
    ) -> Result<(), StoreError> {
        self.query(statement::BATCH_LAST, &[])?;
        self.execute(statement::BATCH_ADD, &batch)?;
        self.number(statement::TRANSFER_LAST)?;
        self.append(Bulk::TRANSFERS, rows.into_iter())?;
        for change in changes {
            if self.execute(statement::ACCOUNT_CHANGE, change)? == 0 {
                let [account, asset, debits, credits] = change.clone();
                let values = [account, asset, 1.into(), debits, credits];
                self.execute(statement::ACCOUNT_ADD, &values)?;
            }
        }
        Ok(())
    }

    /// One update a batch and account, in the order of the accounts, so that two writers never wait
    /// for each other in a circle.
    fn add_balances(&mut self, transfers: &[Transfer]) -> Result<(), StoreError> {
        let mut sums: BTreeMap<(&Account, &str), (i64, i64)> = BTreeMap::new();
        let overflow =
            || StoreError::Other { message: "a balance does not fit 64 bits".to_owned() };
        for transfer in transfers {
            let debits = &mut sums.entry((&transfer.debit, &transfer.asset)).or_default().0;
            *debits = debits.checked_add(transfer.amount).ok_or_else(overflow)?;
            let credits = &mut sums.entry((&transfer.credit, &transfer.asset)).or_default().1;
            *credits = credits.checked_add(transfer.amount).ok_or_else(overflow)?;
        }
        for ((account, asset), (debits, credits)) in sums {
            // Not one upsert: its proposed row would be checked as if the account were empty.
            let name = Value::from(account.to_string());
            let change = [name.clone(), asset.into(), debits.into(), credits.into()];
            if self.execute(statement::ACCOUNT_CHANGE, &change)? == 0 {
                let overdraft = i64::from(account.overdraft()).into();
                let values = [name, asset.into(), overdraft, debits.into(), credits.into()];
                self.execute(statement::ACCOUNT_ADD, &values)?;
            }
        }
        Ok(())
    }

    /// All balances.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn balances(&mut self) -> Result<Vec<Balance>, StoreError> {
        let rows = self.query(statement::ACCOUNT_LIST, &[])?;
        rows.iter().map(balance).collect()
    }

    /// Balances after an account and asset, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn balances_page(
        &mut self,
        account: &str,
        asset: &str,
        limit: i64,
    ) -> Result<Vec<Balance>, StoreError> {
        let values = [account.into(), asset.into(), limit.into()];
        self.query(statement::ACCOUNT_PAGE, &values)?.iter().map(balance).collect()
    }

    /// Transfers after a number, of an account if one is named: each with its number and the
    /// number of its batch.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn transfers_page(
        &mut self,
        after: i64,
        account: &str,
        limit: i64,
    ) -> Result<Vec<(i64, i64, Transfer)>, StoreError> {
        let values = [after.into(), account.into(), limit.into()];
        let rows = self.query(statement::TRANSFER_PAGE, &values)?;
        rows.iter().map(|row| Ok((row.int(9)?, row.int(8)?, transfer(row)?))).collect()
    }

    /// All batches with their transfers, in order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn batches(&mut self) -> Result<Vec<BatchRecord>, StoreError> {
        let mut transfers: BTreeMap<i64, Vec<Transfer>> = BTreeMap::new();
        for row in self.query(statement::TRANSFER_LIST, &[])? {
            transfers.entry(row.int(8)?).or_default().push(transfer(&row)?);
        }
        let rows = self.query(statement::BATCH_LIST, &[])?;
        rows.iter()
            .map(|row| {
                Ok(BatchRecord {
                    key: row.text(1)?.to_owned(),
                    previous: row.blob(2)?.to_vec(),
                    digest: row.blob(3)?.to_vec(),
                    transfers: transfers.remove(&row.int(0)?).unwrap_or_default(),
                })
            })
            .collect()
    }
}
