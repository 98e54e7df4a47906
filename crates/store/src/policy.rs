//! Published policies.
use kernel::Day;

use crate::db::Db;
use crate::error::StoreError;
use crate::statement;

/// A published version of a program's policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRow {
    /// The program.
    pub program: String,
    /// The version, from 1.
    pub version: i64,
    /// The first day that it settles.
    pub effective: Day,
    /// SHA-256 of the document.
    pub digest: Vec<u8>,
    /// The document.
    pub document: String,
    /// When it was published.
    pub published_us: i64,
}

impl Db {
    /// Adds a version.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] when the version is there already.
    pub fn add_policy(&mut self, policy: &PolicyRow) -> Result<(), StoreError> {
        let values = [
            policy.program.as_str().into(),
            policy.version.into(),
            policy.effective.to_string().into(),
            policy.digest.as_slice().into(),
            policy.document.as_str().into(),
            policy.published_us.into(),
        ];
        self.execute(statement::POLICY_ADD, &values).map(|_| ())
    }

    /// All versions of all programs.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn policies(&mut self) -> Result<Vec<PolicyRow>, StoreError> {
        let rows = self.query(statement::POLICY_LIST, &[])?;
        rows.iter()
            .map(|row| {
                Ok(PolicyRow {
                    program: row.text(0)?.to_owned(),
                    version: row.int(1)?,
                    effective: row.parsed(2)?,
                    digest: row.blob(3)?.to_vec(),
                    document: row.text(4)?.to_owned(),
                    published_us: row.int(5)?,
                })
            })
            .collect()
    }
}
