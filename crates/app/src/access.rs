//! Who may do what: roles, actions, and the one table that says which role is granted which.

use crate::error::Error;

/// Checks what people call a key or themselves: it is shown in lists, logs and letters.
///
/// # Errors
/// [`Error::Refused`] when it is blank, too long, or has characters that nobody sees.
pub fn check_name(text: &str) -> Result<(), Error> {
    let blank = text.trim().is_empty() || text.chars().count() > 200;
    if blank || text.chars().any(kernel::id::is_hidden) {
        let text = "`name` has 1 to 200 characters, none of them control or invisible ones";
        return Err(Error::Refused(text.to_owned()));
    }
    Ok(())
}

/// Checks what somebody says to others: it goes into messages and events.
///
/// # Errors
/// [`Error::Refused`] when it is blank, too long, or has characters that nobody sees.
pub fn check_words(name: &str, text: &str) -> Result<(), Error> {
    let length = text.chars().count();
    if text.trim().is_empty() || length > 500 || text.chars().any(kernel::id::is_hidden) {
        let text = format!("`{name}` has 1 to 500 characters, none of them hidden");
        return Err(Error::Refused(text));
    }
    Ok(())
}

/// What is done with the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Hand in events.
    EventsWrite,
    /// Read facts of creators and works.
    CatalogRead,
    /// Tell facts of creators and works.
    CatalogWrite,
    /// Read policies.
    ProgramsRead,
    /// Publish policies.
    ProgramsWrite,
    /// Read runs and their lines.
    RunsRead,
    /// Have days settled.
    RunsWrite,
    /// Read what a creator earned, and why.
    EarningsRead,
    /// Read accounts, transfers and batches.
    LedgerRead,
    /// Read jobs.
    JobsRead,
    /// Put dead jobs back.
    JobsWrite,
    /// Read the audit log.
    AuditRead,
    /// Read API keys, without their secrets.
    KeysRead,
    /// Make, rotate and end API keys, and platforms' keys for tokens.
    KeysWrite,
    /// Read webhooks and their deliveries.
    WebhooksRead,
    /// Add, change, test and remove webhooks.
    WebhooksWrite,
    /// Read and change what is one's own: who one is, messages, password, second factor.
    Me,
    /// Read operators.
    OperatorsRead,
    /// Add, change and disable operators; say what needs four eyes.
    OperatorsWrite,
    /// Read proposals.
    ProposalsRead,
    /// Approve and reject proposals of others, as far as one's role decides of the command.
    ProposalsDecide,
    /// Read metrics.
    MetricsRead,
    /// Read who is a member of what.
    MembersRead,
    /// Invite, suspend, restore and remove members.
    MembersWrite,
    /// Apply, accept an invitation, leave.
    MembershipApply,
    /// Read reviews of applications.
    ReviewsRead,
    /// Claim and decide them.
    ReviewsWrite,
    /// Read wallets, statements, methods without their details, and payouts.
    WalletsRead,
    /// Draw, choose a schedule, add and remove methods.
    WalletsDraw,
    /// Tell who creators are by law.
    IdentitiesWrite,
    /// Hold and release money, confirm methods, close wallets.
    WalletsWrite,
    /// Read terms, rates, batches, reports, differences, liabilities.
    PayoutsRead,
    /// Review payouts, make and approve batches, take reports in, move cash, adjust.
    PayoutsWrite,
    /// Fetch files for banks: they have bank details.
    FilesRead,
    /// Publish terms, import rates.
    TermsWrite,
    /// Read appeals, and the report of them.
    AppealsRead,
    /// File appeals, and say something in them.
    AppealsFile,
    /// Look at appeals and answer them.
    AppealsDecide,
}

impl Action {
    /// Every action with its word.
    pub const WORDS: [(Action, &'static str); 38] = [
        (Action::EventsWrite, "events.write"),
        (Action::CatalogRead, "catalog.read"),
        (Action::CatalogWrite, "catalog.write"),
        (Action::ProgramsRead, "programs.read"),
        (Action::ProgramsWrite, "programs.write"),
        (Action::RunsRead, "runs.read"),
        (Action::RunsWrite, "runs.write"),
        (Action::EarningsRead, "earnings.read"),
        (Action::LedgerRead, "ledger.read"),
        (Action::JobsRead, "jobs.read"),
        (Action::JobsWrite, "jobs.write"),
        (Action::AuditRead, "audit.read"),
        (Action::KeysRead, "keys.read"),
        (Action::KeysWrite, "keys.write"),
        (Action::WebhooksRead, "webhooks.read"),
        (Action::WebhooksWrite, "webhooks.write"),
        (Action::Me, "me"),
        (Action::OperatorsRead, "operators.read"),
        (Action::OperatorsWrite, "operators.write"),
        (Action::ProposalsRead, "proposals.read"),
        (Action::ProposalsDecide, "proposals.decide"),
        (Action::MetricsRead, "metrics.read"),
        (Action::MembersRead, "members.read"),
        (Action::MembersWrite, "members.write"),
        (Action::MembershipApply, "membership.apply"),
        (Action::ReviewsRead, "reviews.read"),
        (Action::ReviewsWrite, "reviews.write"),
        (Action::WalletsRead, "wallets.read"),
        (Action::WalletsDraw, "wallets.draw"),
        (Action::IdentitiesWrite, "identities.write"),
        (Action::WalletsWrite, "wallets.write"),
        (Action::PayoutsRead, "payouts.read"),
        (Action::PayoutsWrite, "payouts.write"),
        (Action::FilesRead, "files.read"),
        (Action::TermsWrite, "terms.write"),
        (Action::AppealsRead, "appeals.read"),
        (Action::AppealsFile, "appeals.file"),
        (Action::AppealsDecide, "appeals.decide"),
    ];

    /// The action's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Action::WORDS.iter().find(|(action, _)| *action == self).map_or("", |(_, word)| word)
    }

    /// The action of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Action> {
        Action::WORDS.iter().find(|(_, known)| *known == word).map(|(action, _)| *action)
    }
}

/// Who somebody is to the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Runs the installation.
    Admin,
    /// Writes policies.
    ProgramManager,
    /// Reviews creators and works.
    Reviewer,
    /// Decides appeals.
    AppealOfficer,
    /// Prepares what moves money.
    FinanceMaker,
    /// Approves what moves money.
    FinanceApprover,
    /// Answers questions of creators.
    Support,
    /// The platform's own servers.
    Integrator,
    /// A creator of the platform.
    Creator,
    /// A member of an agency.
    AgencyMember,
    /// A member of a brand.
    BrandMember,
    /// A fan.
    Fan,
}

impl Role {
    /// Every role with its word.
    pub const WORDS: [(Role, &'static str); 12] = [
        (Role::Admin, "admin"),
        (Role::ProgramManager, "program-manager"),
        (Role::Reviewer, "reviewer"),
        (Role::AppealOfficer, "appeal-officer"),
        (Role::FinanceMaker, "finance-maker"),
        (Role::FinanceApprover, "finance-approver"),
        (Role::Support, "support"),
        (Role::Integrator, "integrator"),
        (Role::Creator, "creator"),
        (Role::AgencyMember, "agency-member"),
        (Role::BrandMember, "brand-member"),
        (Role::Fan, "fan"),
    ];

    /// The role's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Role::WORDS.iter().find(|(role, _)| *role == self).map_or("", |(_, word)| word)
    }

    /// The role of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Role> {
        Role::WORDS.iter().find(|(_, known)| *known == word).map(|(role, _)| *role)
    }

    /// Whether the role is of somebody whom the platform hands over by a token, not of an operator
    /// or a server.
    #[must_use]
    pub fn is_of_the_platform(self) -> bool {
        matches!(self, Role::Creator | Role::AgencyMember | Role::BrandMember | Role::Fan)
    }
}

/// How far a role may do an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// Not at all.
    No,
    /// With what is his own; all else looks as if it were not there.
    Own,
    /// With everything.
    All,
}

const FINANCE_MAKER: &[Action] = &[
    Action::CatalogRead,
    Action::ProgramsRead,
    Action::RunsRead,
    Action::RunsWrite,
    Action::EarningsRead,
    Action::LedgerRead,
    Action::JobsRead,
    Action::JobsWrite,
    Action::ProposalsRead,
    Action::WalletsRead,
    Action::WalletsWrite,
    Action::PayoutsRead,
    Action::PayoutsWrite,
    Action::FilesRead,
    Action::TermsWrite,
];
const FINANCE_APPROVER: &[Action] = &[
    Action::CatalogRead,
    Action::ProgramsRead,
    Action::RunsRead,
    Action::EarningsRead,
    Action::LedgerRead,
    Action::JobsRead,
    Action::AuditRead,
    Action::ProposalsRead,
    Action::ProposalsDecide,
    Action::WalletsRead,
    Action::PayoutsRead,
    Action::FilesRead,
];

/// The table of permissions. What is not granted here is refused.
#[must_use]
pub fn grant(role: Role, action: Action) -> Grant {
    use Action as A;
    if action == A::Me {
        return Grant::All;
    }
    let all: &[Action] = match role {
        Role::Admin => return Grant::All,
        Role::ProgramManager => &[
            A::CatalogRead,
            A::ProgramsRead,
            A::ProgramsWrite,
            A::RunsRead,
            A::EarningsRead,
            A::JobsRead,
            A::ProposalsRead,
            A::ProposalsDecide,
            A::MembersRead,
            A::MembersWrite,
            A::ReviewsRead,
        ],
        Role::Reviewer => &[
            A::CatalogRead,
            A::ProgramsRead,
            A::RunsRead,
            A::EarningsRead,
            A::MembersRead,
            A::ReviewsRead,
            A::ReviewsWrite,
        ],
        Role::AppealOfficer => &[
            A::CatalogRead,
            A::ProgramsRead,
            A::RunsRead,
            A::EarningsRead,
            A::MembersRead,
            A::ReviewsRead,
            A::WalletsRead,
            A::AppealsRead,
            A::AppealsDecide,
        ],
        Role::Support => &[
            A::CatalogRead,
            A::ProgramsRead,
            A::RunsRead,
            A::EarningsRead,
            A::MembersRead,
            A::WalletsRead,
            A::AppealsRead,
        ],
        Role::FinanceMaker => FINANCE_MAKER,
        Role::FinanceApprover => FINANCE_APPROVER,
        Role::Integrator => &[
            A::EventsWrite,
            A::CatalogRead,
            A::CatalogWrite,
            A::ProgramsRead,
            A::RunsRead,
            A::RunsWrite,
            A::EarningsRead,
            A::JobsRead,
            A::WebhooksRead,
            A::WebhooksWrite,
            A::ProposalsRead,
            A::MembersRead,
            A::MembershipApply,
            A::WalletsRead,
            A::WalletsDraw,
            A::IdentitiesWrite,
            A::AppealsRead,
            A::AppealsFile,
        ],
        Role::Creator
            if matches!(
                action,
                A::EarningsRead
                    | A::MembersRead
                    | A::MembershipApply
                    | A::WalletsRead
                    | A::WalletsDraw
                    | A::AppealsRead
                    | A::AppealsFile
            ) =>
        {
            return Grant::Own;
        }
        Role::Creator | Role::AgencyMember | Role::BrandMember | Role::Fan => &[A::ProgramsRead],
    };
    if all.contains(&action) { Grant::All } else { Grant::No }
}

/// How somebody showed who he is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// By an API key.
    Key,
    /// By a token that the platform signed.
    Token,
    /// By a session, as an operator.
    Session {
        /// Whether he showed a second factor.
        second_factor: bool,
    },
}

/// Somebody who was recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// For the audit log: `key:…`, `operator:…`, `user:…`.
    pub actor: String,
    /// What he is; several for an operator.
    pub roles: Vec<Role>,
    /// Actions that he is narrowed to; all of his roles when empty.
    pub scopes: Vec<Action>,
    /// For one of the platform's users: his id there.
    pub subject: Option<String>,
    /// How he showed it.
    pub proof: Proof,
}

impl Principal {
    /// How far he may do an action: what his best role grants.
    #[must_use]
    pub fn grant(&self, action: Action) -> Grant {
        if !self.scopes.is_empty() && !self.scopes.contains(&action) {
            return Grant::No;
        }
        let grants = self.roles.iter().map(|role| grant(*role, action));
        grants.fold(Grant::No, |best, grant| match (best, grant) {
            (Grant::All, _) | (_, Grant::All) => Grant::All,
            (Grant::Own, _) | (_, Grant::Own) => Grant::Own,
            (Grant::No, Grant::No) => Grant::No,
        })
    }

    /// Whether he may do all that a role may, or those actions of it. Nobody gives others more than
    /// he has: a key that is narrowed to making keys must not make an admin's.
    #[must_use]
    pub fn covers(&self, role: Role, scopes: &[Action]) -> bool {
        let given = |action: &Action| scopes.is_empty() || scopes.contains(action);
        let mut actions = Action::WORDS.iter().map(|(action, _)| *action).filter(given);
        actions.all(|action| match grant(role, action) {
            Grant::No => true,
            Grant::Own | Grant::All => self.grant(action) == Grant::All,
        })
    }

    /// The operator, when it is one.
    #[must_use]
    pub fn operator(&self) -> Option<&str> {
        match self.proof {
            Proof::Session { .. } => self.actor.strip_prefix("operator:"),
            Proof::Key | Proof::Token => None,
        }
    }

    /// Whose messages he reads.
    #[must_use]
    pub fn inboxes(&self) -> Vec<String> {
        match self.proof {
            Proof::Key => Vec::new(),
            Proof::Token => {
                let role = self.roles.first().map_or("", |role| role.word());
                vec![format!("{role}:{}", self.subject.as_deref().unwrap_or_default())]
            }
            Proof::Session { .. } => {
                let roles = self.roles.iter().map(|role| format!("role:{}", role.word()));
                roles.chain([self.actor.clone()]).collect()
            }
        }
    }
}
