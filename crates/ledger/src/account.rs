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
    /// What a program keeps to make wrong verdicts good.
    Backpay {
        /// The program.
        program: String,
    },
    /// What a creator earned and cannot draw yet: pending.
    Earned {
        /// The creator.
        creator: String,
    },
    /// What a creator may draw.
    Available {
        /// The creator.
        creator: String,
    },
    /// What is held back for a reason, until somebody or the time releases it.
    Held {
        /// The creator.
        creator: String,
    },
    /// What a copyright claim says is another's, until that is decided. Nothing else pays with it.
    Disputed {
        /// The creator of the claimed work.
        creator: String,
    },
    /// What is kept of each income for a while, against refunds.
    Reserve {
        /// The creator.
        creator: String,
    },
    /// What a creator asked to be paid and is on its way.
    Paying {
        /// The creator.
        creator: String,
    },
    /// What a creator owes: taken back after he had drawn it. Never above nought.
    Owed {
        /// The creator.
        creator: String,
    },
    /// The platform's money at a bank or provider. Its balance is what left less what came: the
    /// platform has the opposite of it.
    Cash {
        /// The account's name in the terms.
        name: String,
    },
    /// What the platform put into its cash accounts.
    Capital,
    /// Credits and debits by hand, which the platform bears.
    Adjustments,
    /// What is exchanged goes in here in one asset and comes out in another.
    Exchange {
        /// Whose rates.
        source: String,
    },
    /// Fees of a rail: what creators bore less what it cost.
    Fees {
        /// The rail.
        rail: String,
    },
    /// Tax that was withheld, owed to a country.
    Withheld {
        /// The country.
        country: String,
    },
    /// What was available in a wallet whose owner let it sleep: still his, until he claims it.
    Unclaimed {
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
        matches!(
            self,
            Account::Funding { .. }
                | Account::Owed { .. }
                | Account::Cash { .. }
                | Account::Capital
                | Account::Adjustments
                | Account::Exchange { .. }
                | Account::Fees { .. }
                // What was paid to a country and is owed back: a claim.
                | Account::Withheld { .. }
        )
    }

    /// The creator whose money it is, for accounts of a wallet.
    #[must_use]
    pub fn owner(&self) -> Option<&str> {
        match self {
            Account::Earned { creator }
            | Account::Available { creator }
            | Account::Held { creator }
            | Account::Disputed { creator }
            | Account::Reserve { creator }
            | Account::Paying { creator }
            | Account::Unclaimed { creator }
            | Account::Owed { creator } => Some(creator),
            _ => None,
        }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Account::Funding { program } => write!(f, "program:{program}:funding"),
            Account::Pool { program } => write!(f, "program:{program}:pool"),
            Account::Forfeited { program } => write!(f, "program:{program}:forfeited"),
            Account::Carried { program, creator } => write!(f, "carried:{program}:{creator}"),
            Account::Backpay { program } => write!(f, "program:{program}:backpay"),
            Account::Earned { creator } => write!(f, "earned:{creator}"),
            Account::Available { creator } => write!(f, "available:{creator}"),
            Account::Held { creator } => write!(f, "held:{creator}"),
            Account::Disputed { creator } => write!(f, "disputed:{creator}"),
            Account::Reserve { creator } => write!(f, "reserve:{creator}"),
            Account::Paying { creator } => write!(f, "paying:{creator}"),
            Account::Owed { creator } => write!(f, "owed:{creator}"),
            Account::Cash { name } => write!(f, "cash:{name}"),
            Account::Capital => f.write_str("platform:capital"),
            Account::Adjustments => f.write_str("platform:adjustments"),
            Account::Exchange { source } => write!(f, "exchange:{source}"),
            Account::Fees { rail } => write!(f, "fees:{rail}"),
            Account::Withheld { country } => write!(f, "withheld:{country}"),
            Account::Unclaimed { creator } => write!(f, "unclaimed:{creator}"),
        }
    }
}

impl FromStr for Account {
    type Err = AccountError;
    fn from_str(text: &str) -> Result<Account, AccountError> {
        let wrong = || AccountError(text.to_owned());
        let (kind, rest) = text.split_once(':').ok_or_else(wrong)?;
        let creator = || rest.to_owned();
        match kind {
            "earned" => Ok(Account::Earned { creator: creator() }),
            "available" => Ok(Account::Available { creator: creator() }),
            "held" => Ok(Account::Held { creator: creator() }),
            "disputed" => Ok(Account::Disputed { creator: creator() }),
            "reserve" => Ok(Account::Reserve { creator: creator() }),
            "paying" => Ok(Account::Paying { creator: creator() }),
            "unclaimed" => Ok(Account::Unclaimed { creator: creator() }),
            "owed" => Ok(Account::Owed { creator: creator() }),
            "cash" => Ok(Account::Cash { name: rest.to_owned() }),
            "exchange" => Ok(Account::Exchange { source: rest.to_owned() }),
            "fees" => Ok(Account::Fees { rail: rest.to_owned() }),
            "withheld" => Ok(Account::Withheld { country: rest.to_owned() }),
            "platform" => match rest {
                "capital" => Ok(Account::Capital),
                "adjustments" => Ok(Account::Adjustments),
                _ => Err(wrong()),
            },
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
                    "backpay" => Ok(Account::Backpay { program }),
                    "forfeited" => Ok(Account::Forfeited { program }),
                    _ => Err(wrong()),
                }
            }
            _ => Err(wrong()),
        }
    }
}
