//! What a case is about.
use kernel::Day;

/// What is contested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matter {
    /// What is said of the account (R84, R89).
    Account,
    /// What is said of a work (R83, R89).
    Work(String),
    /// That a work earned nothing on a day of a program: the case begins at the diagnosis (R83).
    Verdict {
        /// The program.
        program: String,
        /// The day.
        day: Day,
        /// The work.
        work: String,
    },
    /// That an application was rejected.
    Rejection {
        /// The review.
        review: i64,
    },
    /// That money is held.
    Hold {
        /// The hold.
        hold: i64,
    },
}

impl Matter {
    /// Its word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Matter::Account => "account",
            Matter::Work(_) => "work",
            Matter::Verdict { .. } => "verdict",
            Matter::Rejection { .. } => "rejection",
            Matter::Hold { .. } => "hold",
        }
    }

    /// What makes it one matter: of two cases with one key only one is open at a time. A work's
    /// days are one matter with the work: what is said of it is said once.
    #[must_use]
    pub fn key(&self, creator: &str) -> String {
        match self {
            Matter::Account => format!("account/{creator}"),
            Matter::Work(work) | Matter::Verdict { work, .. } => format!("work/{work}"),
            Matter::Rejection { review } => format!("rejection/{review}"),
            Matter::Hold { hold } => format!("hold/{hold}"),
        }
    }

    /// The work that it is about.
    #[must_use]
    pub fn work(&self) -> Option<&str> {
        match self {
            Matter::Work(work) | Matter::Verdict { work, .. } => Some(work),
            _ => None,
        }
    }
}
