//! Errors of the database.

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be opened or reached.
    #[error("the database `{url}` cannot be opened: {reason}")]
    Open {
        /// Where it is, without a password.
        url: String,
        /// What it said.
        reason: String,
    },
    /// Another process holds the database.
    #[error("the database is busy with another stipend: try again when it is done")]
    Busy,
    /// A rule of the database refused the change.
    #[error("the database refused a change by its rule `{constraint}`")]
    Constraint {
        /// The rule.
        constraint: String,
    },
    /// A column does not hold what the statement promises.
    #[error("column {column} of `{statement}` does not hold what it should")]
    Row {
        /// The statement.
        statement: &'static str,
        /// The column, from 0.
        column: usize,
    },
    /// A statement was given too few or too many values.
    #[error("`{statement}` takes {wanted} values, not {given}")]
    Count {
        /// The statement.
        statement: &'static str,
        /// Its placeholders.
        wanted: usize,
        /// What it was given.
        given: usize,
    },
    /// The database was made by another version.
    #[error("the database is of schema {found}; this stipend knows up to {known}: use a newer one")]
    Newer {
        /// The database's.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// The connection broke, or the database ended the transaction for a reason of its own.
    #[error("the database was lost: {message}")]
    Lost {
        /// What it says.
        message: String,
    },
    /// A transaction of several parts cannot go on.
    #[error("the transaction cannot go on")]
    Broken(#[source] Box<StoreError>),
    /// Anything else that the database says.
    #[error("the database says: {message}")]
    Other {
        /// What it says.
        message: String,
    },
}

impl StoreError {
    /// Whether the same call may do better a little later: nothing was decided, nothing was
    /// changed.
    #[must_use]
    pub fn passes(&self) -> bool {
        match self {
            StoreError::Busy | StoreError::Lost { .. } | StoreError::Broken(_) => true,
            StoreError::Open { .. }
            | StoreError::Constraint { .. }
            | StoreError::Row { .. }
            | StoreError::Count { .. }
            | StoreError::Newer { .. }
            | StoreError::Other { .. } => false,
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        use rusqlite::ErrorCode;
        let message = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
            Some(ErrorCode::ConstraintViolation) => {
                let constraint = message.rsplit(": ").next().unwrap_or(&message).to_owned();
                StoreError::Constraint { constraint }
            }
            _ => StoreError::Other { message },
        }
    }
}

impl From<postgres::Error> for StoreError {
    fn from(error: postgres::Error) -> StoreError {
        match error.as_db_error() {
            Some(db) => match db.constraint() {
                Some(constraint) => StoreError::Constraint { constraint: constraint.to_owned() },
                None => {
                    let message = db.message().to_owned();
                    let code = db.code().code();
                    match code {
                        // A lock or the time for it was refused.
                        "57014" | "55P03" => StoreError::Busy,
                        // Serialization failures and deadlocks (class 40), shutdowns (57P), a
                        // transaction that was given up before.
                        _ if code.starts_with("40") || code.starts_with("57P") => {
                            StoreError::Lost { message }
                        }
                        "25P02" => StoreError::Lost { message },
                        _ => StoreError::Other { message },
                    }
                }
            },
            None if error.is_closed() => StoreError::Lost { message: error.to_string() },
            None => StoreError::Other { message: error.to_string() },
        }
    }
}
