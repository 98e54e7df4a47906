//! Drafts of policies, and what their shadow runs came to.
use kernel::Day;

use crate::db::Db;
use crate::error::StoreError;
use crate::statement;
use crate::value::Row;

/// A draft of a program's next policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRow {
    /// The program.
    pub program: String,
    /// The document.
    pub document: String,
    /// Its SHA-256.
    pub digest: Vec<u8>,
    /// Who saved it.
    pub made_by: String,
    /// When.
    pub created_us: i64,
    /// Since when it runs beside the live one; not at all if there is none.
    pub shadow_us: Option<i64>,
}

/// A day of a shadow run, in ledger units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShadowDayRow {
    /// The day.
    pub day: Day,
    /// Paid by the live policy.
    pub live: i64,
    /// What the draft would have paid.
    pub shadow: i64,
    /// Creators who would have got another amount.
    pub creators: i64,
    /// When it was computed.
    pub recorded_us: i64,
}

fn draft(row: &Row) -> Result<DraftRow, StoreError> {
    Ok(DraftRow {
        program: row.text(0)?.to_owned(),
        document: row.text(1)?.to_owned(),
        digest: row.blob(2)?.to_vec(),
        made_by: row.text(3)?.to_owned(),
        created_us: row.int(4)?,
        shadow_us: row.maybe_int(5)?,
    })
}

impl Db {
    /// Saves a draft in the place of the one that was there. It does not run in the shadow.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn set_draft(&mut self, one: &DraftRow) -> Result<(), StoreError> {
        let values = [
            one.program.as_str().into(),
            one.document.as_str().into(),
            one.digest.as_slice().into(),
            one.made_by.as_str().into(),
            one.created_us.into(),
        ];
        self.execute(statement::DRAFT_SET, &values).map(|_| ())
    }

    /// A program's draft.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn draft(&mut self, program: &str) -> Result<Option<DraftRow>, StoreError> {
        self.query(statement::DRAFT_GET, &[program.into()])?.first().map(draft).transpose()
    }

    /// Drops a draft; gives 0 when there was none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn drop_draft(&mut self, program: &str) -> Result<u64, StoreError> {
        self.execute(statement::DRAFT_DROP, &[program.into()])
    }

    /// Says since when a draft runs in the shadow, or that it does not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn shadow_draft(&mut self, program: &str, since: Option<i64>) -> Result<u64, StoreError> {
        self.execute(statement::DRAFT_SHADOW, &[program.into(), since.into()])
    }

    /// Keeps a day of a shadow run.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_shadow_day(
        &mut self,
        program: &str,
        digest: &[u8],
        one: &ShadowDayRow,
    ) -> Result<(), StoreError> {
        let day = one.day.to_string();
        let values = [
            program.into(),
            digest.into(),
            day.as_str().into(),
            one.live.into(),
            one.shadow.into(),
            one.creators.into(),
            one.recorded_us.into(),
        ];
        self.execute(statement::SHADOW_ADD, &values).map(|_| ())
    }

    /// The days of a draft's shadow run.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn shadow_days(
        &mut self,
        program: &str,
        digest: &[u8],
    ) -> Result<Vec<ShadowDayRow>, StoreError> {
        let rows = self.query(statement::SHADOW_LIST, &[program.into(), digest.into()])?;
        let day = |row: &Row| {
            Ok(ShadowDayRow {
                day: row.parsed(0)?,
                live: row.int(1)?,
                shadow: row.int(2)?,
                creators: row.int(3)?,
                recorded_us: row.int(4)?,
            })
        };
        rows.iter().map(day).collect()
    }
}
