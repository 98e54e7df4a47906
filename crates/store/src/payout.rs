//! Payouts, their steps and batches; reports of rails; differences.
use crate::db::Db;
use crate::error::StoreError;
use crate::statement;
use crate::value::{Row, Value};

/// A payout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutRow {
    /// Its number.
    pub seq: i64,
    /// Our key at the rail.
    pub key: String,
    /// What asked for it, once: its key, or a pay day of a wallet.
    pub origin: String,
    /// Whose.
    pub creator: String,
    /// Its state's word.
    pub state: String,
    /// The asset of the wallet.
    pub asset: String,
    /// What left the wallet, in ledger units of it.
    pub amount: i64,
    /// The rail's word.
    pub rail: String,
    /// The platform's account.
    pub account: String,
    /// The method.
    pub method: i64,
    /// The asset that is paid out.
    pub paid_asset: String,
    /// The amount in it.
    pub gross: i64,
    /// What is withheld as tax.
    pub tax: i64,
    /// For which country.
    pub tax_country: String,
    /// What the creator bears of the fee.
    pub fee: i64,
    /// What arrives.
    pub net: i64,
    /// The quote that it was made by, JSON.
    pub quote: String,
    /// Its batch.
    pub batch: Option<i64>,
    /// The provider's own number.
    pub reference: String,
    /// Why it is where it is.
    pub reason: String,
    /// When it was asked for.
    pub created_us: i64,
    /// From when on it may be in a batch.
    pub ready_us: i64,
    /// When it last moved.
    pub changed_us: i64,
}

/// A step of a payout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutStepRow {
    /// The payout.
    pub payout: i64,
    /// Where it led.
    pub state: String,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// The provider's number.
    pub reference: String,
    /// When.
    pub recorded_us: i64,
}

/// A batch of payouts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutBatchRow {
    /// Its number.
    pub seq: i64,
    /// `open`, `approved`, `handed-over`, `discarded`.
    pub state: String,
    /// The rail's word.
    pub rail: String,
    /// The platform's account.
    pub account: String,
    /// The asset.
    pub asset: String,
    /// How many payouts.
    pub payouts: i64,
    /// What arrives, all together.
    pub net: i64,
    /// The day on which the bank is to do it.
    pub executed: kernel::Day,
    /// The version of the terms.
    pub terms: i64,
    /// The digest of what is in it.
    pub digest: Vec<u8>,
    /// The file that was made of it; empty for none.
    pub file: String,
    /// That file's digest.
    pub file_digest: Option<Vec<u8>>,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub created_us: i64,
    /// When it last moved.
    pub changed_us: i64,
}

/// A report of a rail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RailReportRow {
    /// Its number.
    pub seq: i64,
    /// SHA-256 of it.
    pub digest: Vec<u8>,
    /// Its kind.
    pub kind: String,
    /// The platform's account; empty where it does not say.
    pub account: String,
    /// Where it came from.
    pub source: String,
    /// What it says.
    pub entries: i64,
    /// Payouts that moved on.
    pub changed: i64,
    /// What did not fit.
    pub differences: i64,
    /// When it came.
    pub recorded_us: i64,
    /// By whom.
    pub recorded_by: String,
}

/// A difference between a report and the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DifferenceRow {
    /// Its number.
    pub seq: i64,
    /// What makes it one.
    pub once: String,
    /// Its kind.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// Facts, JSON.
    pub facts: String,
    /// When it was found.
    pub created_us: i64,
    /// When it was resolved.
    pub resolved_us: Option<i64>,
    /// By whom.
    pub resolved_by: String,
    /// How.
    pub resolution: String,
}

/// Payouts of one state and asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutSum {
    /// The state's word.
    pub state: String,
    /// The asset that is paid out.
    pub asset: String,
    /// How many.
    pub count: i64,
    /// What arrives.
    pub net: i64,
}

/// What a creator was paid in one asset, and what was withheld for a country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxedRow {
    /// The creator.
    pub creator: String,
    /// The country that is withheld for; empty where nothing is.
    pub country: String,
    /// The asset.
    pub asset: String,
    /// How many payouts.
    pub payouts: i64,
    /// Before tax and fee.
    pub gross: i64,
    /// Withheld.
    pub tax: i64,
    /// Fees.
    pub fee: i64,
    /// What arrived.
    pub net: i64,
}

fn payout(row: &Row) -> Result<PayoutRow, StoreError> {
    Ok(PayoutRow {
        seq: row.int(0)?,
        key: row.text(1)?.to_owned(),
        origin: row.text(2)?.to_owned(),
        creator: row.text(3)?.to_owned(),
        state: row.text(4)?.to_owned(),
        asset: row.text(5)?.to_owned(),
        amount: row.int(6)?,
        rail: row.text(7)?.to_owned(),
        account: row.text(8)?.to_owned(),
        method: row.int(9)?,
        paid_asset: row.text(10)?.to_owned(),
        gross: row.int(11)?,
        tax: row.int(12)?,
        tax_country: row.text(13)?.to_owned(),
        fee: row.int(14)?,
        net: row.int(15)?,
        quote: row.text(16)?.to_owned(),
        batch: row.maybe_int(17)?,
        reference: row.text(18)?.to_owned(),
        reason: row.text(19)?.to_owned(),
        created_us: row.int(20)?,
        ready_us: row.int(21)?,
        changed_us: row.int(22)?,
    })
}

fn batch(row: &Row) -> Result<PayoutBatchRow, StoreError> {
    Ok(PayoutBatchRow {
        seq: row.int(0)?,
        state: row.text(1)?.to_owned(),
        rail: row.text(2)?.to_owned(),
        account: row.text(3)?.to_owned(),
        asset: row.text(4)?.to_owned(),
        payouts: row.int(5)?,
        net: row.int(6)?,
        executed: row.parsed(7)?,
        terms: row.int(8)?,
        digest: row.blob(9)?.to_vec(),
        file: row.text(10)?.to_owned(),
        file_digest: row.maybe_blob(11)?.map(<[u8]>::to_vec),
        made_by: row.text(12)?.to_owned(),
        created_us: row.int(13)?,
        changed_us: row.int(14)?,
    })
}

fn report(row: &Row) -> Result<RailReportRow, StoreError> {
    Ok(RailReportRow {
        seq: row.int(0)?,
        digest: row.blob(1)?.to_vec(),
        kind: row.text(2)?.to_owned(),
        account: row.text(3)?.to_owned(),
        source: row.text(4)?.to_owned(),
        entries: row.int(5)?,
        changed: row.int(6)?,
        differences: row.int(7)?,
        recorded_us: row.int(8)?,
        recorded_by: row.text(9)?.to_owned(),
    })
}

fn difference(row: &Row) -> Result<DifferenceRow, StoreError> {
    Ok(DifferenceRow {
        seq: row.int(0)?,
        once: row.text(1)?.to_owned(),
        kind: row.text(2)?.to_owned(),
        subject: row.text(3)?.to_owned(),
        facts: row.text(4)?.to_owned(),
        created_us: row.int(5)?,
        resolved_us: row.maybe_int(6)?,
        resolved_by: row.text(7)?.to_owned(),
        resolution: row.text(8)?.to_owned(),
    })
}

impl Db {
    /// Adds a payout, in the state that it says; gives its number.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] `payout_origin_once` when it was asked for before.
    pub fn add_payout(&mut self, one: &PayoutRow) -> Result<i64, StoreError> {
        let values = [
            one.key.as_str().into(),
            one.origin.as_str().into(),
            one.creator.as_str().into(),
            one.state.as_str().into(),
            one.asset.as_str().into(),
            one.amount.into(),
            one.rail.as_str().into(),
            one.account.as_str().into(),
            one.method.into(),
            one.paid_asset.as_str().into(),
            one.gross.into(),
            one.tax.into(),
            one.tax_country.as_str().into(),
            one.fee.into(),
            one.net.into(),
            one.quote.as_str().into(),
            one.created_us.into(),
            one.ready_us.into(),
        ];
        self.execute(statement::PAYOUT_ADD, &values)?;
        self.number(statement::PAYOUT_LAST)
    }

    fn one_payout(
        &mut self,
        statement: statement::Statement,
        value: Value,
    ) -> Result<Option<PayoutRow>, StoreError> {
        self.query(statement, &[value])?.first().map(payout).transpose()
    }

    /// A payout.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn payout(&mut self, seq: i64) -> Result<Option<PayoutRow>, StoreError> {
        self.one_payout(statement::PAYOUT_GET, seq.into())
    }

    /// The payout of a key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn payout_of_key(&mut self, key: &str) -> Result<Option<PayoutRow>, StoreError> {
        self.one_payout(statement::PAYOUT_OF_KEY, key.into())
    }

    /// The payout that something asked for.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn payout_of_origin(&mut self, origin: &str) -> Result<Option<PayoutRow>, StoreError> {
        self.one_payout(statement::PAYOUT_OF_ORIGIN, origin.into())
    }

    /// The payout of a provider's number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn payout_of_reference(&mut self, number: &str) -> Result<Option<PayoutRow>, StoreError> {
        self.one_payout(statement::PAYOUT_OF_REFERENCE, number.into())
    }

    /// Payouts of a creator after a number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn payouts_of(
        &mut self,
        creator: &str,
        after: i64,
        limit: i64,
    ) -> Result<Vec<PayoutRow>, StoreError> {
        let values = [creator.into(), after.into(), limit.into()];
        self.query(statement::PAYOUT_OF_CREATOR, &values)?.iter().map(payout).collect()
    }

    /// Payouts of a batch.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn payouts_of_batch(&mut self, batch: i64) -> Result<Vec<PayoutRow>, StoreError> {
        self.query(statement::PAYOUT_OF_BATCH, &[batch.into()])?.iter().map(payout).collect()
    }

    /// Payouts after a number, of a state or, if that is empty, of any.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn payouts(
        &mut self,
        state: &str,
        after: i64,
        limit: i64,
    ) -> Result<Vec<PayoutRow>, StoreError> {
        let values = [after.into(), state.into(), limit.into()];
        let which =
            if state.is_empty() { statement::PAYOUT_PAGE } else { statement::PAYOUT_OF_STATE };
        self.query(which, &values)?.iter().map(payout).collect()
    }

    /// Payouts that may go by now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn ready_payouts(&mut self, now_us: i64, limit: i64) -> Result<Vec<PayoutRow>, StoreError> {
        let rows = self.query(statement::PAYOUT_READY, &[now_us.into(), limit.into()])?;
        rows.iter().map(payout).collect()
    }

    /// How many payouts of a creator were paid.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn paid_payouts(&mut self, creator: &str) -> Result<i64, StoreError> {
        let rows = self.query(statement::PAYOUT_PAID_OF, &[creator.into()])?;
        rows.first().map_or(Ok(0), |row| row.int(0))
    }

    /// Moves a payout on to what `after` says, if it is still in the state `before`; `false` when
    /// it is not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn move_payout(&mut self, before: &str, after: &PayoutRow) -> Result<bool, StoreError> {
        let values = [
            after.seq.into(),
            before.into(),
            after.state.as_str().into(),
            after.batch.into(),
            after.reference.as_str().into(),
            after.reason.as_str().into(),
            after.changed_us.into(),
        ];
        Ok(self.execute(statement::PAYOUT_SET, &values)? > 0)
    }

    /// Payouts by state and asset.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn payout_sums(&mut self) -> Result<Vec<PayoutSum>, StoreError> {
        let rows = self.query(statement::PAYOUT_SUMS, &[])?;
        let sum = |row: &Row| {
            let (state, asset) = (row.text(0)?.to_owned(), row.text(1)?.to_owned());
            Ok(PayoutSum { state, asset, count: row.int(2)?, net: row.int(3)? })
        };
        rows.iter().map(sum).collect()
    }

    /// What was paid and withheld from one instant to another.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn taxed(&mut self, from_us: i64, to_us: i64) -> Result<Vec<TaxedRow>, StoreError> {
        let rows = self.query(statement::PAYOUT_TAXED, &[from_us.into(), to_us.into()])?;
        let taxed = |row: &Row| {
            Ok(TaxedRow {
                creator: row.text(0)?.to_owned(),
                country: row.text(1)?.to_owned(),
                asset: row.text(2)?.to_owned(),
                payouts: row.int(3)?,
                gross: row.int(4)?,
                tax: row.int(5)?,
                fee: row.int(6)?,
                net: row.int(7)?,
            })
        };
        rows.iter().map(taxed).collect()
    }

    /// Batches of providers with payouts that are on their way and did not move since an instant.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn batches_to_ask(&mut self, before_us: i64) -> Result<Vec<i64>, StoreError> {
        let rows = self.query(statement::PAYOUT_TO_ASK, &[before_us.into()])?;
        rows.iter().map(|row| row.int(0)).collect()
    }

    /// Batches of an account whose payouts nobody has answered.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn silent_batches(&mut self, account: &str) -> Result<Vec<i64>, StoreError> {
        let rows = self.query(statement::PAYOUT_SILENT, &[account.into()])?;
        rows.iter().map(|row| row.int(0)).collect()
    }

    /// How many payouts that are not over are to go from an account.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn going_from(&mut self, account: &str) -> Result<i64, StoreError> {
        let rows = self.query(statement::PAYOUT_GOING_FROM, &[account.into()])?;
        rows.first().map_or(Ok(0), |row| row.int(0))
    }

    /// Adds a step.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_payout_step(&mut self, one: &PayoutStepRow) -> Result<(), StoreError> {
        let values = [
            one.payout.into(),
            one.state.as_str().into(),
            one.actor.as_str().into(),
            one.reason.as_str().into(),
            one.reference.as_str().into(),
            one.recorded_us.into(),
        ];
        self.execute(statement::PAYOUT_STEP_ADD, &values).map(|_| ())
    }

    /// The steps of a payout.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn payout_steps(&mut self, payout: i64) -> Result<Vec<PayoutStepRow>, StoreError> {
        let rows = self.query(statement::PAYOUT_STEP_OF, &[payout.into()])?;
        let step = |row: &Row| {
            Ok(PayoutStepRow {
                payout: row.int(0)?,
                state: row.text(1)?.to_owned(),
                actor: row.text(2)?.to_owned(),
                reason: row.text(3)?.to_owned(),
                reference: row.text(4)?.to_owned(),
                recorded_us: row.int(5)?,
            })
        };
        rows.iter().map(step).collect()
    }

    /// Adds an open batch; gives its number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_payout_batch(&mut self, one: &PayoutBatchRow) -> Result<i64, StoreError> {
        let executed = one.executed.to_string();
        let values = [
            one.rail.as_str().into(),
            one.account.as_str().into(),
            one.asset.as_str().into(),
            one.payouts.into(),
            one.net.into(),
            executed.as_str().into(),
            one.terms.into(),
            one.digest.as_slice().into(),
            one.made_by.as_str().into(),
            one.created_us.into(),
        ];
        self.execute(statement::PAYOUT_BATCH_ADD, &values)?;
        self.number(statement::PAYOUT_BATCH_LAST)
    }

    /// Binds a batch to what is in it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn seal_payout_batch(&mut self, seq: i64, digest: &[u8]) -> Result<(), StoreError> {
        self.execute(statement::PAYOUT_BATCH_SEAL, &[seq.into(), digest.into()]).map(|_| ())
    }

    /// How many batches are not handed over yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn unfinished_batches(&mut self) -> Result<i64, StoreError> {
        self.number(statement::PAYOUT_BATCH_UNFINISHED)
    }

    /// A batch.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn payout_batch(&mut self, seq: i64) -> Result<Option<PayoutBatchRow>, StoreError> {
        self.query(statement::PAYOUT_BATCH_GET, &[seq.into()])?.first().map(batch).transpose()
    }

    /// Batches after a number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn payout_batches(
        &mut self,
        after: i64,
        limit: i64,
    ) -> Result<Vec<PayoutBatchRow>, StoreError> {
        let rows = self.query(statement::PAYOUT_BATCH_PAGE, &[after.into(), limit.into()])?;
        rows.iter().map(batch).collect()
    }

    /// Moves a batch on, if it is still in the state `before`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn move_payout_batch(
        &mut self,
        before: &str,
        after: &PayoutBatchRow,
    ) -> Result<bool, StoreError> {
        let values = [
            after.seq.into(),
            before.into(),
            after.state.as_str().into(),
            after.file.as_str().into(),
            after.file_digest.as_deref().into(),
            after.changed_us.into(),
        ];
        Ok(self.execute(statement::PAYOUT_BATCH_SET, &values)? > 0)
    }

    /// What approved batches of an account will still take of it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn waiting_on(&mut self, account: &str) -> Result<i64, StoreError> {
        let rows = self.query(statement::PAYOUT_BATCH_WAITING, &[account.into()])?;
        rows.first().map_or(Ok(0), |row| row.int(0))
    }

    /// Notes a report; gives its number.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] `rail_report_once` when it came before.
    pub fn add_rail_report(&mut self, one: &RailReportRow) -> Result<(), StoreError> {
        let values = [
            one.digest.as_slice().into(),
            one.kind.as_str().into(),
            one.account.as_str().into(),
            one.source.as_str().into(),
            one.entries.into(),
            one.changed.into(),
            one.differences.into(),
            one.recorded_us.into(),
            one.recorded_by.as_str().into(),
        ];
        self.execute(statement::RAIL_REPORT_ADD, &values).map(|_| ())
    }

    /// The report of a digest.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn rail_report(&mut self, digest: &[u8]) -> Result<Option<RailReportRow>, StoreError> {
        self.query(statement::RAIL_REPORT_FIND, &[digest.into()])?.first().map(report).transpose()
    }

    /// Reports after a number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn rail_reports(
        &mut self,
        after: i64,
        limit: i64,
    ) -> Result<Vec<RailReportRow>, StoreError> {
        let rows = self.query(statement::RAIL_REPORT_PAGE, &[after.into(), limit.into()])?;
        rows.iter().map(report).collect()
    }

    /// Notes an event of a provider; `false` when it came before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_rail_event(
        &mut self,
        (rail, event): (&str, &str),
        kind: &str,
        now_us: i64,
    ) -> Result<bool, StoreError> {
        let seen = self.query(statement::RAIL_EVENT_FIND, &[rail.into(), event.into()])?;
        if seen.first().map_or(Ok(0), |row| row.int(0))? > 0 {
            return Ok(false);
        }
        let values = [rail.into(), event.into(), kind.into(), now_us.into()];
        self.execute(statement::RAIL_EVENT_ADD, &values)?;
        Ok(true)
    }

    /// Notes a difference; `once` tells it from others: a second of the same is not noted.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_difference(
        &mut self,
        once: &str,
        (kind, subject): (&str, &str),
        facts: &str,
        now_us: i64,
    ) -> Result<bool, StoreError> {
        let values = [once.into(), kind.into(), subject.into(), facts.into(), now_us.into()];
        Ok(self.execute(statement::DIFFERENCE_ADD, &values)? > 0)
    }

    /// A difference.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn difference(&mut self, seq: i64) -> Result<Option<DifferenceRow>, StoreError> {
        self.query(statement::DIFFERENCE_GET, &[seq.into()])?.first().map(difference).transpose()
    }

    /// Differences after a number: open ones, or all.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn differences(
        &mut self,
        open: bool,
        after: i64,
        limit: i64,
    ) -> Result<Vec<DifferenceRow>, StoreError> {
        let values = [after.into(), i64::from(open).into(), limit.into()];
        self.query(statement::DIFFERENCE_PAGE, &values)?.iter().map(difference).collect()
    }

    /// How many differences are open.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn open_differences(&mut self) -> Result<i64, StoreError> {
        self.number(statement::DIFFERENCE_OPEN)
    }

    /// Ends a difference; `false` when it was ended before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn resolve_difference(
        &mut self,
        seq: i64,
        (by, how): (&str, &str),
        now_us: i64,
    ) -> Result<bool, StoreError> {
        let values = [seq.into(), now_us.into(), by.into(), how.into()];
        Ok(self.execute(statement::DIFFERENCE_RESOLVE, &values)? > 0)
    }
}
