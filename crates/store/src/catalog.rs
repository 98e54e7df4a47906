//! Works, creators and the versions of their facts.
use ::catalog::{CreatorFacts, Version, Word, WorkFacts};

use crate::bulk::Bulk;
use crate::db::Db;
use crate::error::StoreError;
use crate::statement::{self, Statement};
use crate::value::{Row, Value};

fn flag(value: Option<bool>) -> Value {
    value.map(i64::from).into()
}

fn word<W: Word>(value: Option<W>) -> Value {
    value.map(W::word).into()
}

fn read_flag(row: &Row, column: usize) -> Result<Option<bool>, StoreError> {
    Ok(row.maybe_int(column)?.map(|value| value != 0))
}

fn day(value: Option<kernel::Day>) -> Value {
    value.map(|day| day.to_string()).into()
}

fn read_day(row: &Row, column: usize) -> Result<Option<kernel::Day>, StoreError> {
    row.maybe_text(column)?.map(|_| row.parsed(column)).transpose()
}

fn text(row: &Row, column: usize) -> Result<Option<String>, StoreError> {
    Ok(row.maybe_text(column)?.map(str::to_owned))
}

/// Told a subject's id and one version of its facts.
fn work_version(row: &Row) -> Result<Version<WorkFacts>, StoreError> {
    let facts = WorkFacts {
        creator: text(row, 3)?,
        kind: text(row, 4)?,
        published_us: row.maybe_int(5)?,
        length_ms: row.maybe_int(6)?,
        visibility: row.word(7)?,
        review: row.word(8)?,
        original: read_flag(row, 9)?,
        infringing: read_flag(row, 10)?,
        quality: text(row, 11)?,
        has_ads: read_flag(row, 12)?,
        commercial_order: read_flag(row, 13)?,
        selling: read_flag(row, 14)?,
        paid_content: read_flag(row, 15)?,
        selected: read_flag(row, 16)?,
    };
    Ok(Version { effective: row.parsed(1)?, recorded: row.int(2)?, facts })
}

fn creator_version(row: &Row) -> Result<Version<CreatorFacts>, StoreError> {
    let facts = CreatorFacts {
        account: text(row, 3)?,
        account_type: row.word(4)?,
        verification: row.word(5)?,
        standing: row.word(6)?,
        joined: read_day(row, 7)?,
        last_violation: read_day(row, 8)?,
        country: text(row, 9)?,
        age: row.maybe_int(10)?,
        age_proof: row.word(11)?,
        followers: row.maybe_int(12)?,
        surface: text(row, 13)?,
        account_type_since: read_day(row, 14)?,
        violations: row.maybe_text(15)?.map(|_| row.parsed(15)).transpose()?,
        category: text(row, 16)?,
        agency: text(row, 17)?,
        groups: text(row, 18)?,
        app_client: text(row, 19)?,
        app_version: text(row, 20)?,
        synced: read_day(row, 21)?,
        founded: read_day(row, 22)?,
        papers: read_flag(row, 23)?,
    };
    Ok(Version { effective: row.parsed(1)?, recorded: row.int(2)?, facts })
}

type Tell<'a, F> = &'a mut dyn FnMut(&str, Version<F>);

impl Db {
    /// Adds works with their hashes.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] `work_hash` when two ids have one hash.
    pub fn add_works(&mut self, works: &[(String, i64)]) -> Result<(), StoreError> {
        let rows = works.iter().map(|(id, hash)| vec![id.as_str().into(), (*hash).into()]);
        self.append(Bulk::WORKS, rows)
    }

    /// Adds creators with their hashes.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] `creator_hash` when two ids have one hash.
    pub fn add_creators(&mut self, creators: &[(String, i64)]) -> Result<(), StoreError> {
        let rows = creators.iter().map(|(id, hash)| vec![id.as_str().into(), (*hash).into()]);
        self.append(Bulk::CREATORS, rows)
    }

    /// All works with their hashes.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn works(&mut self) -> Result<Vec<(String, i64)>, StoreError> {
        self.hashed(statement::WORK_LIST)
    }

    /// All creators with their hashes.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn creators(&mut self) -> Result<Vec<(String, i64)>, StoreError> {
        self.hashed(statement::CREATOR_LIST)
    }

    fn hashed(&mut self, list: Statement) -> Result<Vec<(String, i64)>, StoreError> {
        let mut found = Vec::new();
        self.each(list, &[], &mut |row| {
            found.push((row.text(0)?.to_owned(), row.int(1)?));
            Ok(())
        })?;
        Ok(found)
    }

    /// Adds versions of works' facts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_work_versions(
        &mut self,
        versions: &[(String, Version<WorkFacts>)],
    ) -> Result<(), StoreError> {
        let rows = versions.iter().map(|(work, version)| {
            let facts = &version.facts;
            vec![
                work.as_str().into(),
                version.effective.to_string().into(),
                version.recorded.into(),
                facts.creator.as_deref().into(),
                facts.kind.as_deref().into(),
                facts.published_us.into(),
                facts.length_ms.into(),
                word(facts.visibility),
                word(facts.review),
                flag(facts.original),
                flag(facts.infringing),
                facts.quality.as_deref().into(),
                flag(facts.has_ads),
                flag(facts.commercial_order),
                flag(facts.selling),
                flag(facts.paid_content),
                flag(facts.selected),
            ]
        });
        self.append(Bulk::WORK_VERSIONS, rows)
    }

    /// Adds versions of creators' facts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_creator_versions(
        &mut self,
        versions: &[(String, Version<CreatorFacts>)],
    ) -> Result<(), StoreError> {
        let rows = versions.iter().map(|(creator, version)| {
            let facts = &version.facts;
            vec![
                creator.as_str().into(),
                version.effective.to_string().into(),
                version.recorded.into(),
                facts.account.as_deref().into(),
                word(facts.account_type),
                word(facts.verification),
                word(facts.standing),
                day(facts.joined),
                day(facts.last_violation),
                facts.country.as_deref().into(),
                facts.age.into(),
                word(facts.age_proof),
                facts.followers.into(),
                facts.surface.as_deref().into(),
                day(facts.account_type_since),
                facts.violations.as_ref().map(ToString::to_string).into(),
                facts.category.as_deref().into(),
                facts.agency.as_deref().into(),
                facts.groups.as_deref().into(),
                facts.app_client.as_deref().into(),
                facts.app_version.as_deref().into(),
                day(facts.synced),
                day(facts.founded),
                flag(facts.papers),
            ]
        });
        self.append(Bulk::CREATOR_VERSIONS, rows)
    }

    /// Tells every version of works' facts, those of one work together and ordered by (effective,
    /// recorded).
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn each_work_version(&mut self, tell: Tell<'_, WorkFacts>) -> Result<(), StoreError> {
        self.each(statement::WORK_VERSIONS, &[], &mut |row| {
            tell(row.text(0)?, work_version(row)?);
            Ok(())
        })
    }

    /// Tells every version of the works that were ever a creator's, as [`Db::each_work_version`]
    /// does.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn each_work_version_of(
        &mut self,
        creator: &str,
        tell: Tell<'_, WorkFacts>,
    ) -> Result<(), StoreError> {
        self.each(statement::WORK_VERSIONS_BY_CREATOR, &[creator.into()], &mut |row| {
            tell(row.text(0)?, work_version(row)?);
            Ok(())
        })
    }

    /// Tells every version of creators' facts, as [`Db::each_work_version`] does.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn each_creator_version(&mut self, tell: Tell<'_, CreatorFacts>) -> Result<(), StoreError> {
        self.each(statement::CREATOR_VERSIONS, &[], &mut |row| {
            tell(row.text(0)?, creator_version(row)?);
            Ok(())
        })
    }

    /// A work and the hash that it has, if it is known.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn find_work(&mut self, id: &str) -> Result<Option<(String, i64)>, StoreError> {
        self.one_hashed(statement::WORK_GET, id.into())
    }

    /// The work that has a hash.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn work_of_hash(&mut self, hash: i64) -> Result<Option<(String, i64)>, StoreError> {
        self.one_hashed(statement::WORK_OF_HASH, hash.into())
    }

    /// A creator and the hash that he has, if he is known.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn find_creator(&mut self, id: &str) -> Result<Option<(String, i64)>, StoreError> {
        self.one_hashed(statement::CREATOR_GET, id.into())
    }

    /// The creator who has a hash.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn creator_of_hash(&mut self, hash: i64) -> Result<Option<(String, i64)>, StoreError> {
        self.one_hashed(statement::CREATOR_OF_HASH, hash.into())
    }

    fn one_hashed(
        &mut self,
        statement: Statement,
        value: Value,
    ) -> Result<Option<(String, i64)>, StoreError> {
        let rows = self.query(statement, &[value])?;
        rows.first().map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?))).transpose()
    }

    /// Ids of works after `after`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn works_page(&mut self, after: &str, limit: i64) -> Result<Vec<String>, StoreError> {
        let rows = self.query(statement::WORK_PAGE, &[after.into(), limit.into()])?;
        rows.iter().map(|row| row.text(0).map(str::to_owned)).collect()
    }

    /// Ids of creators after `after`, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn creators_page(&mut self, after: &str, limit: i64) -> Result<Vec<String>, StoreError> {
        let rows = self.query(statement::CREATOR_PAGE, &[after.into(), limit.into()])?;
        rows.iter().map(|row| row.text(0).map(str::to_owned)).collect()
    }

    /// Creators who were ever told to be with an agency.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn creators_of_agency(&mut self, agency: &str) -> Result<Vec<String>, StoreError> {
        let rows = self.query(statement::CREATOR_OF_AGENCY, &[agency.into()])?;
        rows.iter().map(|row| row.text(0).map(str::to_owned)).collect()
    }

    /// A work's versions, by effective day and by when they were recorded.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn work_versions(&mut self, id: &str) -> Result<Vec<Version<WorkFacts>>, StoreError> {
        let rows = self.query(statement::WORK_VERSIONS_OF, &[id.into()])?;
        rows.iter().map(work_version).collect()
    }

    /// A creator's versions, by effective day and by when they were recorded.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn creator_versions(&mut self, id: &str) -> Result<Vec<Version<CreatorFacts>>, StoreError> {
        let rows = self.query(statement::CREATOR_VERSIONS_OF, &[id.into()])?;
        rows.iter().map(creator_version).collect()
    }
}
