//! Errors of commands: what was wrong, where, and what to do.
use std::path::PathBuf;

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no data folder.
    #[error("`{path}` is not a stipend data folder: run `stipend init` first, or give --data-dir")]
    NotInitialised {
        /// The folder.
        path: PathBuf,
    },
    /// There is one already.
    #[error("`{path}` is a stipend data folder already")]
    Initialised {
        /// The folder.
        path: PathBuf,
    },
    /// The database was filled with another folder's key.
    #[error(
        "the database belongs to another data folder: its viewers were hashed with another key"
    )]
    WrongKey,
    /// The details of persons were sealed with another key.
    #[error("`{path}` is not the key that this database's details are sealed with")]
    WrongDetailsKey {
        /// The key's file.
        path: PathBuf,
    },
    /// The key of the details of persons is not there.
    #[error("`{path}` is missing: details of persons stay sealed until the key is put there")]
    Locked {
        /// The key's file.
        path: PathBuf,
    },
    /// Money cannot be drawn now.
    #[error("nothing can be drawn now: {}", codes(.0))]
    NotDrawable(Vec<wallet::draw::Finding>),
    /// A file or folder cannot be used.
    #[error("`{path}`: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// The event log.
    #[error(transparent)]
    Scan(#[from] lake::ScanError),
    /// A table file.
    #[error(transparent)]
    Table(#[from] lake::TableError),
    /// An input.
    #[error(transparent)]
    Source(#[from] lake::intake::SourceError),
    /// Reading an input.
    #[error(transparent)]
    Read(#[from] lake::intake::ReadError),
    /// A mapping file.
    #[error(transparent)]
    Mapping(#[from] lake::intake::MappingError),
    /// A policy document.
    #[error(transparent)]
    Policy(#[from] program::PolicyError),
    /// Amounts.
    #[error(transparent)]
    Settle(#[from] settlement::SettleError),
    /// The caller asked for something that is not allowed or makes no sense.
    #[error("{0}")]
    Refused(String),
    /// What the caller names is not there.
    #[error("{0}")]
    Missing(String),
    /// The caller's wish does not fit what is there now.
    #[error("{message}")]
    Conflict {
        /// A stable word for programs.
        code: &'static str,
        /// What does not fit.
        message: String,
    },
    /// None of the rows of a request could be taken.
    #[error("all {} rows are refused", .0.len())]
    AllRefused(Vec<lake::intake::Refused>),
    /// Too much waits to be done.
    #[error("the server is busy: try again in a second")]
    Overloaded,
}

/// The codes of what stands in the way.
fn codes(findings: &[wallet::draw::Finding]) -> String {
    findings.iter().map(|finding| finding.reason.code()).collect::<Vec<_>>().join(", ")
}

impl Error {
    /// A wish that does not fit what is there now, with a stable word for programs.
    pub(crate) fn conflict(code: &'static str, message: impl Into<String>) -> Error {
        Error::Conflict { code, message: message.into() }
    }

    /// For `map_err`: an input or output error of a file.
    pub fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.into();
        move |source| Error::File { path, source }
    }

    /// The process exit code: 2 for what the caller can mend, 1 for the rest.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Store(_) | Error::Scan(_) | Error::Table(_) | Error::File { .. } => 1,
            Error::NotInitialised { .. }
            | Error::Initialised { .. }
            | Error::WrongKey
            | Error::WrongDetailsKey { .. }
            | Error::Locked { .. }
            | Error::NotDrawable(_)
            | Error::Source(_)
            | Error::Read(_)
            | Error::Mapping(_)
            | Error::Policy(_)
            | Error::Settle(_)
            | Error::Refused(_)
            | Error::Missing(_)
            | Error::Conflict { .. }
            | Error::AllRefused(_)
            | Error::Overloaded => 2,
        }
    }
}
