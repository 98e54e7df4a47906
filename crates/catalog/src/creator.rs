//! Facts of a creator's account.
use kernel::Day;

use crate::version::Facts;
use crate::violation::Violations;
use crate::word::Word;

/// The kind of account (R19, R20).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountType {
    /// A private person who does not publish for money.
    Personal,
    /// A creator.
    Creator,
    /// A business account.
    Business,
    /// An enterprise's account.
    Enterprise,
    /// An account tied to an enterprise.
    EnterpriseAssociated,
}

impl Word for AccountType {
    const WORDS: &'static [(Self, &'static str)] = &[
        (AccountType::Personal, "personal"),
        (AccountType::Creator, "creator"),
        (AccountType::Business, "business"),
        (AccountType::Enterprise, "enterprise"),
        (AccountType::EnterpriseAssociated, "enterprise_associated"),
    ];
}

/// The account's badge (R21, R22).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    /// None.
    None,
    /// A certified profession: agronomist, scholar, professor.
    Professional,
    /// A celebrity.
    Celebrity,
}

impl Word for Verification {
    const WORDS: &'static [(Self, &'static str)] = &[
        (Verification::None, "none"),
        (Verification::Professional, "professional"),
        (Verification::Celebrity, "celebrity"),
    ];
}

/// How the account stands with the platform (R24, R26, R27).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Good.
    Good,
    /// Warned, limited or penalised: where the platform does not tell which.
    Bad,
    /// Warned.
    Warned,
    /// Limited in what it may do or whom it reaches.
    Limited,
    /// Throttled.
    Throttled,
    /// In a sensitive field.
    SensitiveField,
    /// Banned.
    Banned,
}

impl Word for Standing {
    const WORDS: &'static [(Self, &'static str)] = &[
        (Standing::Good, "good"),
        (Standing::Bad, "bad"),
        (Standing::Warned, "warned"),
        (Standing::Limited, "limited"),
        (Standing::Throttled, "throttled"),
        (Standing::SensitiveField, "sensitive_field"),
        (Standing::Banned, "banned"),
    ];
}

/// How the platform knows an age (R12, N1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgeProof {
    /// The creator says so.
    Declared,
    /// The platform verified it.
    Verified,
}

impl Word for AgeProof {
    const WORDS: &'static [(Self, &'static str)] =
        &[(AgeProof::Declared, "declared"), (AgeProof::Verified, "verified")];
}

/// What is said of a creator. `None` is "not said".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreatorFacts {
    /// The id under which the creator appears as a viewer; without it self views cannot be seen.
    pub account: Option<String>,
    /// The kind of account.
    pub account_type: Option<AccountType>,
    /// The badge.
    pub verification: Option<Verification>,
    /// The standing.
    pub standing: Option<Standing>,
    /// The day the creator joined the program.
    pub joined: Option<Day>,
    /// The day of the last violation.
    pub last_violation: Option<Day>,
    /// The country, by two capitals.
    pub country: Option<String>,
    /// The age in years.
    pub age: Option<i64>,
    /// How it is known.
    pub age_proof: Option<AgeProof>,
    /// Genuine followers (R13).
    pub followers: Option<i64>,
    /// The content surface on which the account was opened, by the platform's word (R10).
    pub surface: Option<String>,
    /// Since when the account has its type: a switch takes effect late (R38).
    pub account_type_since: Option<Day>,
    /// The violations that count, all of them (R23, R24).
    pub violations: Option<Violations>,
    /// The account's field, by the platform's word (R26).
    pub category: Option<String>,
    /// The agency that the creator has signed with (R29), or `none`.
    pub agency: Option<String>,
    /// Groups of accounts, by the platform's words with blanks between: testers, advertisers (R7,
    /// R36).
    pub groups: Option<String>,
    /// The client whose version is known: `ios`, `android` (R37).
    pub app_client: Option<String>,
    /// That version, like `30.2.1`.
    pub app_version: Option<String>,
    /// The day through which the platform's own data of the account are true (R39).
    pub synced: Option<Day>,
    /// Of an agency: the day on which the company was founded (R121).
    pub founded: Option<Day>,
    /// Of an agency: whether the company's papers were shown (R122).
    pub papers: Option<bool>,
}

impl CreatorFacts {
    /// Whether the account belongs to a group.
    #[must_use]
    pub fn in_group(&self, group: &str) -> bool {
        self.groups.as_ref().is_some_and(|groups| groups.split(' ').any(|one| one == group))
    }
}

impl Facts for CreatorFacts {
    fn fold(&mut self, later: &Self) {
        take(&mut self.account, &later.account);
        take(&mut self.account_type, &later.account_type);
        take(&mut self.verification, &later.verification);
        take(&mut self.standing, &later.standing);
        take(&mut self.joined, &later.joined);
        take(&mut self.last_violation, &later.last_violation);
        take(&mut self.country, &later.country);
        take(&mut self.age, &later.age);
        take(&mut self.age_proof, &later.age_proof);
        take(&mut self.followers, &later.followers);
        take(&mut self.surface, &later.surface);
        take(&mut self.account_type_since, &later.account_type_since);
        take(&mut self.violations, &later.violations);
        take(&mut self.category, &later.category);
        take(&mut self.agency, &later.agency);
        take(&mut self.groups, &later.groups);
        take(&mut self.app_client, &later.app_client);
        take(&mut self.app_version, &later.app_version);
        take(&mut self.synced, &later.synced);
        take(&mut self.founded, &later.founded);
        take(&mut self.papers, &later.papers);
    }
}

/// Takes over a fact that is said.
pub(crate) fn take<T: Clone>(held: &mut Option<T>, later: &Option<T>) {
    if later.is_some() {
        held.clone_from(later);
    }
}
