//! Operators, their sessions, what they propose to each other, and everybody's messages.
use crate::bulk::Bulk;
use crate::db::Db;
use crate::error::StoreError;
use crate::statement;
use crate::value::{Row, Value};

/// An operator.
#[derive(Clone, PartialEq, Eq)]
pub struct OperatorRow {
    /// His id.
    pub id: String,
    /// His mail address, in small letters.
    pub email: String,
    /// His name.
    pub name: String,
    /// His roles.
    pub roles: Vec<String>,
    /// The language of his messages.
    pub language: String,
    /// The hash of his password, as a PHC string; empty when he has none.
    pub password: String,
    /// The secret of his second factor.
    pub totp: Option<Vec<u8>>,
    /// A secret that he has not confirmed yet.
    pub totp_new: Option<Vec<u8>>,
    /// The last step of time whose code was used.
    pub totp_step: i64,
    /// Whom an OIDC provider knows him as: issuer and subject.
    pub oidc_subject: Option<String>,
    /// Attempts to sign in that failed since the last one that did not.
    pub failures: i64,
    /// Until when no attempt is taken.
    pub locked_us: i64,
    /// Who added him.
    pub made_by: String,
    /// When.
    pub created_us: i64,
    /// When he was disabled.
    pub disabled_us: Option<i64>,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of its secret.
    pub digest: Vec<u8>,
    /// Whose.
    pub operator: String,
    /// Whether two factors were shown.
    pub second_factor: bool,
    /// Since when.
    pub created_us: i64,
    /// When it was last used, about.
    pub seen_us: i64,
    /// Until when at most.
    pub expires_us: i64,
}

/// A sign-in with an OIDC provider that was begun.
#[derive(Clone, PartialEq, Eq)]
pub struct SignInRow {
    /// The nonce that the id token must have.
    pub nonce: String,
    /// The verifier of PKCE.
    pub verifier: String,
    /// When it was begun.
    pub created_us: i64,
}

/// A proposal: a command that waits for somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalRow {
    /// Its number.
    pub seq: i64,
    /// The command's word.
    pub command: String,
    /// What it is done to.
    pub subject: String,
    /// What is to be done, JSON.
    pub document: String,
    /// What stood when it was made, JSON: a proposal for something that changed since is void.
    pub basis: String,
    /// SHA-256 of what was shown.
    pub digest: Vec<u8>,
    /// Who made it.
    pub maker: String,
    /// The person behind: for a key, who made the key.
    pub person: String,
    /// Why.
    pub reason: String,
    /// `open`, `approved`, `rejected` or `void`.
    pub state: String,
    /// Who decided.
    pub decided_by: String,
    /// Why.
    pub decided_why: String,
    /// When it was made.
    pub created_us: i64,
    /// When it was decided.
    pub decided_us: Option<i64>,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRow {
    /// Its number.
    pub seq: i64,
    /// To whom: `creator:…`, `role:…`, `operator:…`.
    pub recipient: String,
    /// Which message.
    pub kind: String,
    /// What it says, JSON.
    pub facts: String,
    /// When it was written.
    pub created_us: i64,
    /// When it was read.
    pub read_us: Option<i64>,
}

fn operator(row: &Row) -> Result<OperatorRow, StoreError> {
    let blob = |column| -> Result<Option<Vec<u8>>, StoreError> {
        Ok(row.maybe_blob(column)?.map(<[u8]>::to_vec))
    };
    Ok(OperatorRow {
        id: row.text(0)?.to_owned(),
        email: row.text(1)?.to_owned(),
        name: row.text(2)?.to_owned(),
        roles: row.text(3)?.split_whitespace().map(str::to_owned).collect(),
        language: row.text(4)?.to_owned(),
        password: row.text(5)?.to_owned(),
        totp: blob(6)?,
        totp_new: blob(7)?,
        totp_step: row.int(8)?,
        oidc_subject: row.maybe_text(9)?.map(str::to_owned),
        failures: row.int(10)?,
        locked_us: row.int(11)?,
        made_by: row.text(12)?.to_owned(),
        created_us: row.int(13)?,
        disabled_us: row.maybe_int(14)?,
    })
}

fn proposal(row: &Row) -> Result<ProposalRow, StoreError> {
    Ok(ProposalRow {
        seq: row.int(0)?,
        command: row.text(1)?.to_owned(),
        subject: row.text(2)?.to_owned(),
        document: row.text(3)?.to_owned(),
        basis: row.text(4)?.to_owned(),
        digest: row.blob(5)?.to_vec(),
        maker: row.text(6)?.to_owned(),
        person: row.text(7)?.to_owned(),
        reason: row.text(8)?.to_owned(),
        state: row.text(9)?.to_owned(),
        decided_by: row.text(10)?.to_owned(),
        decided_why: row.text(11)?.to_owned(),
        created_us: row.int(12)?,
        decided_us: row.maybe_int(13)?,
    })
}

fn message(row: &Row) -> Result<MessageRow, StoreError> {
    Ok(MessageRow {
        seq: row.int(0)?,
        recipient: row.text(1)?.to_owned(),
        kind: row.text(2)?.to_owned(),
        facts: row.text(3)?.to_owned(),
        created_us: row.int(4)?,
        read_us: row.maybe_int(5)?,
    })
}

impl Db {
    /// Adds an operator.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] when his mail address is taken.
    pub fn add_operator(&mut self, one: &OperatorRow) -> Result<(), StoreError> {
        let values = [
            one.id.as_str().into(),
            one.email.as_str().into(),
            one.name.as_str().into(),
            one.roles.join(" ").into(),
            one.language.as_str().into(),
            one.password.as_str().into(),
            one.made_by.as_str().into(),
            one.created_us.into(),
        ];
        self.execute(statement::OPERATOR_ADD, &values).map(|_| ())
    }

    /// Writes all of an operator that changes.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] when his OIDC subject is another's.
    pub fn change_operator(&mut self, one: &OperatorRow) -> Result<(), StoreError> {
        let blob = |bytes: &Option<Vec<u8>>| bytes.as_deref().map_or(Value::Null, Value::from);
        let values = [
            one.id.as_str().into(),
            one.name.as_str().into(),
            one.roles.join(" ").into(),
            one.language.as_str().into(),
            one.password.as_str().into(),
            blob(&one.totp),
            blob(&one.totp_new),
            one.totp_step.into(),
            one.oidc_subject.as_deref().into(),
            one.failures.into(),
            one.locked_us.into(),
            one.disabled_us.into(),
        ];
        self.execute(statement::OPERATOR_CHANGE, &values).map(|_| ())
    }

    /// An operator.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn operator(&mut self, id: &str) -> Result<Option<OperatorRow>, StoreError> {
        self.query(statement::OPERATOR_GET, &[id.into()])?.first().map(operator).transpose()
    }

    /// The operator of a mail address in small letters.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn operator_of_email(&mut self, email: &str) -> Result<Option<OperatorRow>, StoreError> {
        self.query(statement::OPERATOR_OF_EMAIL, &[email.into()])?.first().map(operator).transpose()
    }

    /// The operator whom an OIDC provider knows by this.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn operator_of_oidc(&mut self, subject: &str) -> Result<Option<OperatorRow>, StoreError> {
        self.query(statement::OPERATOR_OF_OIDC, &[subject.into()])?
            .first()
            .map(operator)
            .transpose()
    }

    /// All operators.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn operators(&mut self) -> Result<Vec<OperatorRow>, StoreError> {
        self.query(statement::OPERATOR_LIST, &[])?.iter().map(operator).collect()
    }

    /// Begins a session.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_session(&mut self, session: &SessionRow) -> Result<(), StoreError> {
        let values = [
            session.digest.as_slice().into(),
            session.operator.as_str().into(),
            i64::from(session.second_factor).into(),
            session.created_us.into(),
            session.seen_us.into(),
            session.expires_us.into(),
        ];
        self.execute(statement::SESSION_ADD, &values).map(|_| ())
    }

    /// A session.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn session(&mut self, digest: &[u8]) -> Result<Option<SessionRow>, StoreError> {
        let rows = self.query(statement::SESSION_GET, &[digest.into()])?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some(SessionRow {
            digest: digest.to_vec(),
            operator: row.text(0)?.to_owned(),
            second_factor: row.int(1)? != 0,
            created_us: row.int(2)?,
            seen_us: row.int(3)?,
            expires_us: row.int(4)?,
        }))
    }

    /// Notes that a session is used.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn see_session(&mut self, digest: &[u8], now_us: i64) -> Result<(), StoreError> {
        self.execute(statement::SESSION_SEEN, &[digest.into(), now_us.into()]).map(|_| ())
    }

    /// Ends a session; gives 0 when there was none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn end_session(&mut self, digest: &[u8]) -> Result<u64, StoreError> {
        self.execute(statement::SESSION_END, &[digest.into()])
    }

    /// Ends all sessions of an operator.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn end_sessions(&mut self, operator: &str) -> Result<u64, StoreError> {
        self.execute(statement::SESSION_END_ALL, &[operator.into()])
    }

    /// Begins a sign-in with an OIDC provider; `state` is a SHA-256.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_sign_in(&mut self, state: &[u8], row: &SignInRow) -> Result<(), StoreError> {
        let values = [
            state.into(),
            row.nonce.as_str().into(),
            row.verifier.as_str().into(),
            row.created_us.into(),
        ];
        self.execute(statement::SIGNIN_ADD, &values).map(|_| ())
    }

    /// Ends a sign-in that was begun, and gives it: once. Call it within [`Db::write`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn take_sign_in(&mut self, state: &[u8]) -> Result<Option<SignInRow>, StoreError> {
        let rows = self.query(statement::SIGNIN_GET, &[state.into()])?;
        let Some(row) = rows.first() else { return Ok(None) };
        self.execute(statement::SIGNIN_END, &[state.into()])?;
        Ok(Some(SignInRow {
            nonce: row.text(0)?.to_owned(),
            verifier: row.text(1)?.to_owned(),
            created_us: row.int(2)?,
        }))
    }

    /// Forgets sessions that are over, and sign-ins that were begun before `begun_us`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn forget_sessions(&mut self, now_us: i64, begun_us: i64) -> Result<(), StoreError> {
        self.execute(statement::SESSION_FORGET, &[now_us.into()])?;
        self.execute(statement::SIGNIN_FORGET, &[begun_us.into()]).map(|_| ())
    }

    /// Adds an open proposal; its number and decision are not read. Gives its number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_proposal(&mut self, one: &ProposalRow) -> Result<i64, StoreError> {
        let values = [
            one.command.as_str().into(),
            one.subject.as_str().into(),
            one.document.as_str().into(),
            one.basis.as_str().into(),
            one.digest.as_slice().into(),
            one.maker.as_str().into(),
            one.person.as_str().into(),
            one.reason.as_str().into(),
            one.created_us.into(),
        ];
        self.execute(statement::PROPOSAL_ADD, &values)?;
        self.number(statement::PROPOSAL_LAST)
    }

    /// A proposal.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn proposal(&mut self, seq: i64) -> Result<Option<ProposalRow>, StoreError> {
        self.query(statement::PROPOSAL_GET, &[seq.into()])?.first().map(proposal).transpose()
    }

    /// Proposals after a number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn proposals(&mut self, after: i64, limit: i64) -> Result<Vec<ProposalRow>, StoreError> {
        let rows = self.query(statement::PROPOSAL_PAGE, &[after.into(), limit.into()])?;
        rows.iter().map(proposal).collect()
    }

    /// Decides an open proposal: its state, by whom, why; `false` when it is not open any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn decide_proposal(
        &mut self,
        seq: i64,
        (state, by, why): (&str, &str, &str),
        now_us: i64,
    ) -> Result<bool, StoreError> {
        let values = [seq.into(), state.into(), by.into(), why.into(), now_us.into()];
        Ok(self.execute(statement::PROPOSAL_DECIDE, &values)? > 0)
    }

    /// Adds a message; gives its number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_message(
        &mut self,
        recipient: &str,
        kind: &str,
        facts: &str,
        now_us: i64,
    ) -> Result<i64, StoreError> {
        let values = [recipient.into(), kind.into(), facts.into(), now_us.into()];
        self.execute(statement::MESSAGE_ADD, &values)?;
        self.number(statement::MESSAGE_LAST)
    }

    /// A message.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn message(&mut self, seq: i64) -> Result<Option<MessageRow>, StoreError> {
        self.query(statement::MESSAGE_GET, &[seq.into()])?.first().map(message).transpose()
    }

    /// Somebody's messages after a number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn messages(
        &mut self,
        recipient: &str,
        after: i64,
        limit: i64,
    ) -> Result<Vec<MessageRow>, StoreError> {
        let values = [recipient.into(), after.into(), limit.into()];
        self.query(statement::MESSAGE_PAGE, &values)?.iter().map(message).collect()
    }

    /// Notes that a message was read; gives 0 when it was read before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn read_message(&mut self, seq: i64, now_us: i64) -> Result<u64, StoreError> {
        self.execute(statement::MESSAGE_READ, &[seq.into(), now_us.into()])
    }

    /// Forgets messages that were written before; gives how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn forget_messages(&mut self, before_us: i64) -> Result<u64, StoreError> {
        self.execute(statement::MESSAGE_FORGET, &[before_us.into()])
    }

    /// Adds many messages: recipient, kind and facts of each.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_messages<'a>(
        &mut self,
        messages: impl Iterator<Item = (&'a str, &'a str, &'a str)>,
        now_us: i64,
    ) -> Result<(), StoreError> {
        let rows = messages.map(|(recipient, kind, facts)| {
            vec![recipient.into(), kind.into(), facts.into(), now_us.into()]
        });
        self.append(Bulk::MESSAGES, rows)
    }
}
