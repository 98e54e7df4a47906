//! The chart of accounts.
use std::fmt;
use std::str::FromStr;

/// An account, by what it is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// Where a program's money comes from: the platform. Its balance goes down without limit.
    Funding {
        /// The program.
        program: String,
    },
    /// A program's money on its way: empty after every batch.
    Pool {
        /// The program.
        program: String,
    },
    /// What floors and caps kept back for good.
    Forfeited {
        /// The program.
        program: String,
    },
    /// What floors and caps keep for a creator's later days.
    Carried {
        /// The program.
        program: String,
        /// The creator.
        creator: String,
    },
    /// What a creator earned.
    Earned {
        /// The creator.
        creator: String,
    },
}

/// Why a text is no account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an account of this ledger")]
pub struct AccountError(String);

impl Account {
    /// Whether the balance may go below nought.
    #[must_use]
    pub fn overdraft(&self) -> bool {
        matches!(self, Account::Funding { .. })
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Account::Funding { program } => write!(f, "program:{program}:funding"),
            Account::Pool { program } => write!(f, "program:{program}:pool"),
            Account::Forfeited { program } => write!(f, "program:{program}:forfeited"),
            Account::Carried { program, creator } => write!(f, "carried:{program}:{creator}"),
            Account::Earned { creator } => write!(f, "earned:{creator}"),
        }
    }
}

impl FromStr for Account {
    type Err = AccountError;
    fn from_str(text: &str) -> Result<Account, AccountError> {
        let wrong = || AccountError(text.to_owned());
        let (kind, rest) = text.split_once(':').ok_or_else(wrong)?;
        match kind {
            "earned" => Ok(Account::Earned { creator: rest.to_owned() }),
            "carried" => {
                let (program, creator) = rest.split_once(':').ok_or_else(wrong)?;
                let (program, creator) = (program.to_owned(), creator.to_owned());
                Ok(Account::Carried { program, creator })
            }
            "program" => {
                let (program, kind) = rest.split_once(':').ok_or_else(wrong)?;
                let program = program.to_owned();
                match kind {
                    "funding" => Ok(Account::Funding { program }),
                    "pool" => Ok(Account::Pool { program }),
                    "forfeited" => Ok(Account::Forfeited { program }),
                    _ => Err(wrong()),
                }
            }
            _ => Err(wrong()),
        }
    }
}
