//! The outbox, webhooks, and the keys with which platforms sign their users' tokens.
use crate::db::Db;
use crate::error::StoreError;
use crate::statement;
use crate::value::Row;

/// A platform's key for its users' tokens: the public half.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenKeyRow {
    /// Its id, which tokens name as `kid`.
    pub id: String,
    /// Whose it is.
    pub name: String,
    /// 32 bytes of Ed25519.
    pub public_key: Vec<u8>,
    /// Who added it.
    pub made_by: String,
    /// When.
    pub created_us: i64,
    /// When it was ended.
    pub revoked_us: Option<i64>,
}

/// An event of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// Its number.
    pub seq: i64,
    /// What happened.
    pub kind: String,
    /// To what.
    pub subject: String,
    /// The event as it is told, JSON.
    pub body: String,
    /// When.
    pub recorded_us: i64,
}

/// A webhook.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookRow {
    /// Its id.
    pub id: String,
    /// Where events are sent.
    pub url: String,
    /// Which kinds; all when empty.
    pub kinds: Vec<String>,
    /// The secret that signs.
    pub secret: String,
    /// The one before, which signs beside it for a while.
    pub old_secret: String,
    /// Until when.
    pub old_until_us: i64,
    /// Who added it.
    pub made_by: String,
    /// When.
    pub created_us: i64,
    /// Since when nothing arrives.
    pub failing_us: Option<i64>,
    /// Since when it is not called any more.
    pub disabled_us: Option<i64>,
    /// Why.
    pub disabled_why: String,
}

fn token_key(row: &Row) -> Result<TokenKeyRow, StoreError> {
    Ok(TokenKeyRow {
        id: row.text(0)?.to_owned(),
        name: row.text(1)?.to_owned(),
        public_key: row.blob(2)?.to_vec(),
        made_by: row.text(3)?.to_owned(),
        created_us: row.int(4)?,
        revoked_us: row.maybe_int(5)?,
    })
}

fn event(row: &Row) -> Result<EventRow, StoreError> {
    Ok(EventRow {
        seq: row.int(0)?,
        kind: row.text(1)?.to_owned(),
        subject: row.text(2)?.to_owned(),
        body: row.text(3)?.to_owned(),
        recorded_us: row.int(4)?,
    })
}

fn webhook(row: &Row) -> Result<WebhookRow, StoreError> {
    Ok(WebhookRow {
        id: row.text(0)?.to_owned(),
        url: row.text(1)?.to_owned(),
        kinds: row.text(2)?.split_whitespace().map(str::to_owned).collect(),
        secret: row.text(3)?.to_owned(),
        old_secret: row.text(4)?.to_owned(),
        old_until_us: row.int(5)?,
        made_by: row.text(6)?.to_owned(),
        created_us: row.int(7)?,
        failing_us: row.maybe_int(8)?,
        disabled_us: row.maybe_int(9)?,
        disabled_why: row.text(10)?.to_owned(),
    })
}

impl Db {
    /// Adds a platform's key.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] when its id is taken.
    pub fn add_token_key(&mut self, key: &TokenKeyRow) -> Result<(), StoreError> {
        let values = [
            key.id.as_str().into(),
            key.name.as_str().into(),
            key.public_key.as_slice().into(),
            key.made_by.as_str().into(),
            key.created_us.into(),
        ];
        self.execute(statement::TOKEN_ADD, &values).map(|_| ())
    }

    /// A platform's key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn token_key(&mut self, id: &str) -> Result<Option<TokenKeyRow>, StoreError> {
        self.query(statement::TOKEN_GET, &[id.into()])?.first().map(token_key).transpose()
    }

    /// All platforms' keys.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn token_keys(&mut self) -> Result<Vec<TokenKeyRow>, StoreError> {
        self.query(statement::TOKEN_LIST, &[])?.iter().map(token_key).collect()
    }

    /// Ends a platform's key; gives 0 when it was ended before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn revoke_token_key(&mut self, id: &str, now_us: i64) -> Result<u64, StoreError> {
        self.execute(statement::TOKEN_REVOKE, &[id.into(), now_us.into()])
    }

    /// Adds an event to the outbox, in the transaction of what it tells of; gives its number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_event(
        &mut self,
        kind: &str,
        subject: &str,
        body: &str,
        now_us: i64,
    ) -> Result<i64, StoreError> {
        let values = [kind.into(), subject.into(), body.into(), now_us.into()];
        self.execute(statement::EVENT_ADD, &values)?;
        self.number(statement::EVENT_LAST)
    }

    /// Events after a number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn events_page(&mut self, after: i64, limit: i64) -> Result<Vec<EventRow>, StoreError> {
        self.query(statement::EVENT_PAGE, &[after.into(), limit.into()])?
            .iter()
            .map(event)
            .collect()
    }

    /// An event.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn event(&mut self, seq: i64) -> Result<Option<EventRow>, StoreError> {
        self.query(statement::EVENT_GET, &[seq.into()])?.first().map(event).transpose()
    }

    /// Adds a webhook.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] when its id is taken.
    pub fn add_webhook(&mut self, hook: &WebhookRow) -> Result<(), StoreError> {
        let values = [
            hook.id.as_str().into(),
            hook.url.as_str().into(),
            hook.kinds.join(" ").into(),
            hook.secret.as_str().into(),
            hook.made_by.as_str().into(),
            hook.created_us.into(),
        ];
        self.execute(statement::WEBHOOK_ADD, &values).map(|_| ())
    }

    /// A webhook.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn webhook(&mut self, id: &str) -> Result<Option<WebhookRow>, StoreError> {
        self.query(statement::WEBHOOK_GET, &[id.into()])?.first().map(webhook).transpose()
    }

    /// All webhooks.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn webhooks(&mut self) -> Result<Vec<WebhookRow>, StoreError> {
        self.query(statement::WEBHOOK_LIST, &[])?.iter().map(webhook).collect()
    }

    /// Gives a webhook a new secret; the old one signs beside it until an instant.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn rotate_webhook(
        &mut self,
        id: &str,
        secret: &str,
        old_until_us: i64,
    ) -> Result<u64, StoreError> {
        let values = [id.into(), secret.into(), old_until_us.into()];
        self.execute(statement::WEBHOOK_ROTATE, &values)
    }

    /// Lets a webhook be called (again): it works.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn enable_webhook(&mut self, id: &str) -> Result<u64, StoreError> {
        self.execute(statement::WEBHOOK_ENABLE, &[id.into()])
    }

    /// Stops calling a webhook; gives 0 when it was stopped before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn disable_webhook(&mut self, id: &str, why: &str, now_us: i64) -> Result<u64, StoreError> {
        self.execute(statement::WEBHOOK_DISABLE, &[id.into(), now_us.into(), why.into()])
    }

    /// Notes since when a webhook fails.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn failing_webhook(&mut self, id: &str, now_us: i64) -> Result<u64, StoreError> {
        self.execute(statement::WEBHOOK_FAILING, &[id.into(), now_us.into()])
    }

    /// Removes a webhook.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn remove_webhook(&mut self, id: &str) -> Result<u64, StoreError> {
        self.execute(statement::WEBHOOK_REMOVE, &[id.into()])
    }
}
