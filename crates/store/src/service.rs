//! What a server keeps: answers to commands, the audit log, events that are not sealed yet, API
//! keys.
use crate::db::Db;
use crate::error::StoreError;
use crate::statement;
use crate::value::Row;

/// The first answer to a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerRow {
    /// SHA-256 of what was asked.
    pub request: Vec<u8>,
    /// The HTTP status.
    pub status: i64,
    /// The body, as it was sent.
    pub body: String,
}

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// 1, 2, 3, …
    pub seq: i64,
    /// When.
    pub recorded_us: i64,
    /// Who.
    pub actor: String,
    /// What was done.
    pub command: String,
    /// To what.
    pub subject: String,
    /// Why, in the actor's words.
    pub reason: String,
    /// `done`, or the code of the refusal.
    pub outcome: String,
    /// SHA-256 of what was asked.
    pub request: Vec<u8>,
    /// Digest of the entry before.
    pub previous: Vec<u8>,
    /// Digest of this entry, which covers the one before.
    pub digest: Vec<u8>,
}

/// A batch of events that is durable and not sealed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntakeRow {
    /// Its number.
    pub seq: i64,
    /// Events in it.
    pub events: i64,
    /// The events, as `lake::pack` wrote them.
    pub bytes: Vec<u8>,
    /// Ids of creators whom the events name, one a line.
    pub creators: String,
    /// Who sent it.
    pub actor: String,
}

/// An API key; the secret itself is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// The open part of the key.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// Its role.
    pub role: String,
    /// Actions that it is narrowed to, by their words; all of its role when empty.
    pub scopes: Vec<String>,
    /// SHA-256 of the secret part.
    pub secret: Vec<u8>,
    /// Who made it.
    pub made_by: String,
    /// When it was made.
    pub created_us: i64,
    /// When it ends by itself.
    pub expires_us: Option<i64>,
    /// When it was ended.
    pub revoked_us: Option<i64>,
    /// When it was last used, to the minute.
    pub used_us: Option<i64>,
}

fn key(row: &Row) -> Result<KeyRow, StoreError> {
    Ok(KeyRow {
        id: row.text(0)?.to_owned(),
        name: row.text(1)?.to_owned(),
        role: row.text(2)?.to_owned(),
        scopes: row.text(3)?.split_whitespace().map(str::to_owned).collect(),
        secret: row.blob(4)?.to_vec(),
        made_by: row.text(5)?.to_owned(),
        created_us: row.int(6)?,
        expires_us: row.maybe_int(7)?,
        revoked_us: row.maybe_int(8)?,
        used_us: row.maybe_int(9)?,
    })
}

impl Db {
    /// The first answer that an actor got under a key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn answer(&mut self, actor: &str, key: &str) -> Result<Option<AnswerRow>, StoreError> {
        let rows = self.query(statement::ANSWER_FIND, &[actor.into(), key.into()])?;
        let read = |row: &Row| {
            let (request, body) = (row.blob(0)?.to_vec(), row.text(2)?.to_owned());
            Ok(AnswerRow { request, status: row.int(1)?, body })
        };
        rows.first().map(read).transpose()
    }

    /// Keeps the first answer to a command.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] when there is one already.
    pub fn add_answer(
        &mut self,
        (actor, key, kind): (&str, &str, &str),
        answer: &AnswerRow,
        now_us: i64,
    ) -> Result<(), StoreError> {
        let values = [
            actor.into(),
            key.into(),
            kind.into(),
            answer.request.as_slice().into(),
            answer.status.into(),
            answer.body.as_str().into(),
            now_us.into(),
        ];
        self.execute(statement::ANSWER_ADD, &values).map(|_| ())
    }

    /// Forgets answers of a kind that are older than an instant; gives their number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn forget_answers(&mut self, kind: &str, before_us: i64) -> Result<u64, StoreError> {
        self.execute(statement::ANSWER_FORGET, &[kind.into(), before_us.into()])
    }

    /// Number and digest of the last audit entry.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn audit_end(&mut self) -> Result<Option<(i64, Vec<u8>)>, StoreError> {
        let rows = self.query(statement::AUDIT_LAST, &[])?;
        rows.first().map(|row| Ok((row.int(0)?, row.blob(1)?.to_vec()))).transpose()
    }

    /// When the last audit entry was recorded.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn audit_last_us(&mut self) -> Result<Option<i64>, StoreError> {
        let rows = self.query(statement::AUDIT_LAST, &[])?;
        rows.first().map(|row| row.int(2)).transpose()
    }

    /// The clock of a database that has one of its own.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn clock_us(&mut self) -> Result<Option<i64>, StoreError> {
        if matches!(self, Db::Sqlite(_)) {
            return Ok(None);
        }
        let sql = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)";
        let mut found = None;
        self.each_of("clock", sql, &[], &mut |row| {
            found = Some(row.int(0)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Adds to the audit log.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] when the chain went on meanwhile.
    pub fn add_audit(&mut self, entry: &AuditRow) -> Result<(), StoreError> {
        let values = [
            entry.seq.into(),
            entry.recorded_us.into(),
            entry.actor.as_str().into(),
            entry.command.as_str().into(),
            entry.subject.as_str().into(),
            entry.reason.as_str().into(),
            entry.outcome.as_str().into(),
            entry.request.as_slice().into(),
            entry.previous.as_slice().into(),
            entry.digest.as_slice().into(),
        ];
        self.execute(statement::AUDIT_ADD, &values).map(|_| ())
    }

    /// Audit entries after a number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn audit_page(&mut self, after: i64, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
        let rows = self.query(statement::AUDIT_PAGE, &[after.into(), limit.into()])?;
        rows.iter()
            .map(|row| {
                Ok(AuditRow {
                    seq: row.int(0)?,
                    recorded_us: row.int(1)?,
                    actor: row.text(2)?.to_owned(),
                    command: row.text(3)?.to_owned(),
                    subject: row.text(4)?.to_owned(),
                    reason: row.text(5)?.to_owned(),
                    outcome: row.text(6)?.to_owned(),
                    request: row.blob(7)?.to_vec(),
                    previous: row.blob(8)?.to_vec(),
                    digest: row.blob(9)?.to_vec(),
                })
            })
            .collect()
    }

    /// Takes a batch of events in.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_intake(
        &mut self,
        actor: &str,
        (events, bytes): (i64, &[u8]),
        creators: &str,
        now_us: i64,
    ) -> Result<(), StoreError> {
        let values = [actor.into(), events.into(), bytes.into(), creators.into(), now_us.into()];
        self.execute(statement::INTAKE_ADD, &values).map(|_| ())
    }

    /// Tells batches after a number, oldest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn each_intake(
        &mut self,
        after: i64,
        limit: i64,
        tell: &mut dyn FnMut(IntakeRow),
    ) -> Result<(), StoreError> {
        self.each(statement::INTAKE_LIST, &[after.into(), limit.into()], &mut |row| {
            tell(IntakeRow {
                seq: row.int(0)?,
                events: row.int(1)?,
                bytes: row.blob(2)?.to_vec(),
                creators: row.text(3)?.to_owned(),
                actor: row.text(4)?.to_owned(),
            });
            Ok(())
        })
    }

    /// Forgets batches between two numbers; gives how many there were.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn forget_intake(&mut self, first: i64, last: i64) -> Result<u64, StoreError> {
        self.execute(statement::INTAKE_FORGET, &[first.into(), last.into()])
    }

    /// Events that are not sealed yet, and when the oldest batch came, if there are any.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn intake_waiting(&mut self) -> Result<(i64, Option<i64>), StoreError> {
        let rows = self.query(statement::INTAKE_WAITING, &[])?;
        let Some(row) = rows.first() else { return Ok((0, None)) };
        let events = row.int(0)?;
        Ok((events, if events > 0 { Some(row.int(1)?) } else { None }))
    }

    /// Adds an API key.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] when its id is taken.
    pub fn add_key(&mut self, key: &KeyRow) -> Result<(), StoreError> {
        let values = [
            key.id.as_str().into(),
            key.name.as_str().into(),
            key.role.as_str().into(),
            key.scopes.join(" ").into(),
            key.secret.as_slice().into(),
            key.made_by.as_str().into(),
            key.created_us.into(),
            key.expires_us.into(),
        ];
        self.execute(statement::KEY_ADD, &values).map(|_| ())
    }

    /// An API key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn key(&mut self, id: &str) -> Result<Option<KeyRow>, StoreError> {
        self.query(statement::KEY_GET, &[id.into()])?.first().map(key).transpose()
    }

    /// All API keys, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keys(&mut self) -> Result<Vec<KeyRow>, StoreError> {
        self.query(statement::KEY_LIST, &[])?.iter().map(key).collect()
    }

    /// Lets a key end at an instant, if it does not end before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn expire_key(&mut self, id: &str, at_us: i64) -> Result<u64, StoreError> {
        self.execute(statement::KEY_EXPIRE, &[id.into(), at_us.into()])
    }

    /// Ends a key at once; gives 0 when it was ended before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn revoke_key(&mut self, id: &str, now_us: i64) -> Result<u64, StoreError> {
        self.execute(statement::KEY_REVOKE, &[id.into(), now_us.into()])
    }

    /// Notes when a key was used.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn use_key(&mut self, id: &str, now_us: i64) -> Result<(), StoreError> {
        self.execute(statement::KEY_USED, &[id.into(), now_us.into()]).map(|_| ())
    }
}
