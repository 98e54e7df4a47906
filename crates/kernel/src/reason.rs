//! Reason codes: why something did not count, was refused, or was paid less (requirements 1.20).
//! A code is stable for ever; its text may be said better.

/// Why a work, an account, an event or an amount does not earn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Reason {
    /// The catalog does not know the work yet; the verdict waits for it.
    UnknownWork,
    /// The work is deleted.
    Deleted,
    /// The work is public for one day only.
    NotPublicOneDay,
    /// The work is visible to its creator only.
    NotPublicSelf,
    /// The work has not passed the platform's review.
    ReviewNotPassed,
    /// The work breaks the platform's rules.
    Violating,
    /// The work is not original.
    NotOriginal,
    /// The work infringes another's rights.
    Infringing,
    /// The work is of a kind that the program does not pay.
    KindExcluded,
    /// The work carries advertising.
    HasAds,
    /// The work was made for a commercial order.
    CommercialOrder,
    /// The work sells goods.
    Selling,
    /// The work is paid content.
    PaidContent,
    /// The work's grade is one that the program does not pay.
    LowQuality,
    /// The work was published before its creator joined.
    BeforeJoining,
    /// The creator is not in the program on that day.
    NotAMember,
    /// The account's type is not allowed.
    AccountTypeNotAllowed,
    /// The account is an enterprise's.
    EnterpriseAccount,
    /// The account is tied to an enterprise.
    EnterpriseAssociated,
    /// The account is verified as a celebrity's.
    CelebrityVerified,
    /// The account broke a rule within the program's window.
    ViolationInWindow,
    /// The account is not in good standing.
    NotInGoodStanding,
    /// The account is throttled.
    Throttled,
    /// The account's field is a sensitive one.
    SensitiveField,
    /// The day's amount is under the program's floor.
    BelowDailyMinimum,
    /// The day's amount is over the program's cap.
    AboveDailyCap,
    /// The month's budget is used up.
    BudgetUsedUp,
    /// The account was opened on another surface than the program's.
    SurfaceMismatch,
    /// The creator is too young, or his age is not known.
    AgeBelowMinimum,
    /// The age is not verified.
    AgeUnverified,
    /// Too few genuine followers.
    FollowersBelowMinimum,
    /// Too few qualified views in the window.
    ViewsBelowMinimum,
    /// Too few posts in the window.
    PostsBelowMinimum,
    /// The program is not open in the country.
    RegionNotOpen,
    /// The program is announced for the country.
    RegionAnnounced,
    /// The rollout has not reached the account.
    RolloutNotReached,
    /// The platform has not said what the rule asks for.
    DataNotSynced,
    /// The program is not for this kind of account.
    WrongProgram,
    /// The program has not begun.
    ProgramNotBegun,
    /// The program has ended.
    ProgramEnded,
    /// The program is being tested with some accounts.
    TestPhase,
    /// The app on the creator's device is too old.
    AppTooOld,
    /// The server has not pushed the program to the account.
    PushDelayed,
    /// The switch of the account's type has not taken effect.
    SwitchPending,
    /// The program is full.
    CapReached,
    /// Membership of another program is missing.
    PrerequisiteMissing,
    /// Too little watch time in the window.
    WatchTimeBelowMinimum,
    /// The account's badge is not one that is wanted.
    VerificationNotAllowed,
    /// The creator is with no agency.
    NoAgency,
    /// The program is by invitation.
    NotInvited,
    /// A number is above a rule's maximum.
    AboveMaximum,
    /// The quality of recent works is too low.
    RecentWorkQuality,
    /// Recent works are not original enough.
    NotOriginalEnough,
    /// The works are not presented well enough.
    Presentation,
    /// The time after the last review is not over.
    CooldownActive,
    /// The application is in review.
    InReview,
    /// The membership is suspended.
    Suspended,
    /// The creator was removed from the program.
    Removed,
    /// The agency's company is too young.
    CompanyTooYoung,
    /// The agency's papers are missing.
    PapersMissing,
    /// The agency has too few creators.
    TooFewSigned,
}

/// What a creator can do about a reason (requirement R74).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Something the creator can change.
    Act,
    /// Time alone mends it.
    Wait,
    /// Neither: it is so.
    None,
}

impl Reason {
    /// Every reason, in the order in which the first that applies is chosen.
    pub const ALL: [Reason; 61] = [
        Reason::UnknownWork,
        Reason::Deleted,
        Reason::NotPublicOneDay,
        Reason::NotPublicSelf,
        Reason::ReviewNotPassed,
        Reason::Violating,
        Reason::NotOriginal,
        Reason::Infringing,
        Reason::KindExcluded,
        Reason::HasAds,
        Reason::CommercialOrder,
        Reason::Selling,
        Reason::PaidContent,
        Reason::LowQuality,
        Reason::BeforeJoining,
        Reason::NotAMember,
        Reason::AccountTypeNotAllowed,
        Reason::EnterpriseAccount,
        Reason::EnterpriseAssociated,
        Reason::CelebrityVerified,
        Reason::ViolationInWindow,
        Reason::NotInGoodStanding,
        Reason::Throttled,
        Reason::SensitiveField,
        Reason::BelowDailyMinimum,
        Reason::AboveDailyCap,
        Reason::BudgetUsedUp,
        Reason::SurfaceMismatch,
        Reason::AgeBelowMinimum,
        Reason::AgeUnverified,
        Reason::FollowersBelowMinimum,
        Reason::ViewsBelowMinimum,
        Reason::PostsBelowMinimum,
        Reason::RegionNotOpen,
        Reason::RegionAnnounced,
        Reason::RolloutNotReached,
        Reason::DataNotSynced,
        Reason::WrongProgram,
        Reason::ProgramNotBegun,
        Reason::ProgramEnded,
        Reason::TestPhase,
        Reason::AppTooOld,
        Reason::PushDelayed,
        Reason::SwitchPending,
        Reason::CapReached,
        Reason::PrerequisiteMissing,
        Reason::WatchTimeBelowMinimum,
        Reason::VerificationNotAllowed,
        Reason::NoAgency,
        Reason::NotInvited,
        Reason::AboveMaximum,
        Reason::RecentWorkQuality,
        Reason::NotOriginalEnough,
        Reason::Presentation,
        Reason::CooldownActive,
        Reason::InReview,
        Reason::Suspended,
        Reason::Removed,
        Reason::CompanyTooYoung,
        Reason::PapersMissing,
        Reason::TooFewSigned,
    ];

    /// The stable code, its text, and what can be done.
    #[must_use]
    pub fn words(self) -> (&'static str, &'static str, Remedy) {
        use Remedy::{Act, None as Nothing, Wait};
        match self {
            Reason::UnknownWork => ("unknown_work", "the catalog does not know the work", Wait),
            Reason::Deleted => ("deleted", "the work is deleted", Nothing),
            Reason::NotPublicOneDay => {
                ("not_public_one_day", "the work is public for one day only", Act)
            }
            Reason::NotPublicSelf => ("not_public_self", "only its creator sees the work", Act),
            Reason::ReviewNotPassed => {
                ("review_not_passed", "the work has not passed the platform's review", Wait)
            }
            Reason::Violating => ("violating", "the work breaks the platform's rules", Act),
            Reason::NotOriginal => ("not_original", "the work is not original", Nothing),
            Reason::Infringing => ("infringing", "the work infringes another's rights", Nothing),
            Reason::KindExcluded => {
                ("kind_excluded", "the program does not pay this kind", Nothing)
            }
            Reason::HasAds => ("has_ads", "the work carries advertising", Act),
            Reason::CommercialOrder => {
                ("commercial_order", "the work was made for a commercial order", Nothing)
            }
            Reason::Selling => ("selling", "the work sells goods", Act),
            Reason::PaidContent => ("paid_content", "the work is paid content", Act),
            Reason::LowQuality => ("low_quality", "the work's grade is too low", Act),
            Reason::BeforeJoining => {
                ("before_joining", "the work was published before its creator joined", Nothing)
            }
            Reason::NotAMember => ("not_a_member", "the creator is not in the program", Act),
            Reason::AccountTypeNotAllowed => {
                ("account_type_not_allowed", "the account's type is not allowed", Act)
            }
            Reason::EnterpriseAccount => {
                ("enterprise_account", "the account is an enterprise's", Act)
            }
            Reason::EnterpriseAssociated => {
                ("enterprise_associated", "the account is tied to an enterprise", Act)
            }
            Reason::CelebrityVerified => {
                ("celebrity_verified", "the account is verified as a celebrity's", Nothing)
            }
            Reason::ViolationInWindow => {
                ("violation_in_window", "the account broke a rule not long enough ago", Wait)
            }
            Reason::NotInGoodStanding => {
                ("not_in_good_standing", "the account is not in good standing", Act)
            }
            Reason::Throttled => ("throttled", "the account is throttled", Wait),
            Reason::SensitiveField => {
                ("sensitive_field", "the account's field is sensitive", Nothing)
            }
            Reason::BelowDailyMinimum => {
                ("below_daily_minimum", "the day's amount is under the floor", Act)
            }
            Reason::AboveDailyCap => {
                ("above_daily_cap", "the day's amount is over the cap", Nothing)
            }
            Reason::BudgetUsedUp => ("budget_used_up", "the month's budget is used up", Wait),
            entry => entry.words_of_entry(),
        }
    }

    /// Reasons why an account may not enter a program.
    fn words_of_entry(self) -> (&'static str, &'static str, Remedy) {
        use Remedy::{Act, None as Nothing, Wait};
        match self {
            Reason::SurfaceMismatch => {
                ("surface_mismatch", "the account was opened on another surface", Nothing)
            }
            Reason::AgeBelowMinimum => ("age_below_minimum", "the creator is too young", Wait),
            Reason::AgeUnverified => ("age_unverified", "the age is not verified", Act),
            Reason::FollowersBelowMinimum => {
                ("followers_below_minimum", "there are too few genuine followers", Act)
            }
            // Codes of the vocabulary; the window is the policy's.
            Reason::ViewsBelowMinimum => {
                ("views_30d_below_minimum", "there are too few qualified views", Act)
            }
            Reason::PostsBelowMinimum => {
                ("posts_30d_below_minimum", "there are too few posts", Act)
            }
            Reason::RegionNotOpen => {
                ("region_not_open", "the program is not open in the country", Nothing)
            }
            Reason::RegionAnnounced => {
                ("region_announced", "the program is announced for the country", Wait)
            }
            Reason::RolloutNotReached => {
                ("rollout_not_reached", "the rollout has not reached the account yet", Wait)
            }
            Reason::DataNotSynced => ("data_not_synced", "the platform has not said it yet", Act),
            later => later.words_of_programs(),
        }
    }

    /// Reasons of catalogue, availability, admission and review.
    fn words_of_programs(self) -> (&'static str, &'static str, Remedy) {
        use Remedy::{Act, None as Nothing, Wait};
        match self {
            Reason::WrongProgram => {
                ("wrong_program", "the program is not for this kind of account", Nothing)
            }
            Reason::ProgramNotBegun => ("program_not_begun", "the program has not begun", Wait),
            Reason::ProgramEnded => ("program_ended", "the program has ended", Nothing),
            Reason::TestPhase => {
                ("test_phase", "the program is being tested with some accounts", Wait)
            }
            Reason::AppTooOld => ("app_too_old", "the app is too old to have the program", Act),
            Reason::PushDelayed => {
                ("push_delayed", "the program is on its way to the account", Wait)
            }
            Reason::SwitchPending => (
                "account_type_switch_pending",
                "the switch of the account's type takes effect later",
                Wait,
            ),
            Reason::CapReached => {
                ("cap_reached", "the program has as many members as it takes", Wait)
            }
            Reason::PrerequisiteMissing => (
                "prerequisite_program_missing",
                "membership of another program is wanted first",
                Act,
            ),
            Reason::WatchTimeBelowMinimum => {
                ("watch_time_below_minimum", "there is too little valid watch time", Act)
            }
            Reason::VerificationNotAllowed => (
                "verification_not_allowed",
                "the account's verification is not one that the program takes",
                Act,
            ),
            Reason::NoAgency => {
                ("agency_missing", "the creator has not signed with an agency", Act)
            }
            Reason::NotInvited => ("not_invited", "the program is by invitation", Wait),
            Reason::AboveMaximum => {
                ("above_maximum", "a number is above the program's maximum", Nothing)
            }
            Reason::RecentWorkQuality => {
                ("recent_work_quality", "too few recent works are good enough", Act)
            }
            Reason::NotOriginalEnough => {
                ("not_original_enough", "the works are not original enough", Act)
            }
            Reason::Presentation => {
                ("presentation", "picture, sound or subtitles are not good enough", Act)
            }
            Reason::CooldownActive => {
                ("cooldown_active", "the time after the last review is not over", Wait)
            }
            Reason::InReview => ("in_review", "the application is in review", Wait),
            Reason::Suspended => ("membership_suspended", "the membership is suspended", Act),
            Reason::Removed => {
                ("removed_from_program", "the creator was removed from the program", Nothing)
            }
            Reason::CompanyTooYoung => ("company_too_young", "the company is too young", Wait),
            Reason::PapersMissing => ("papers_missing", "the company's papers are missing", Act),
            _ => ("signed_creators_below_minimum", "the agency has too few creators", Act),
        }
    }

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.words().0
    }

    /// The text, in English.
    #[must_use]
    pub fn text(self) -> &'static str {
        self.words().1
    }

    /// Whether it is about who is in: such works' views count and earn nothing, so that they count
    /// for who comes in.
    #[must_use]
    pub fn is_of_membership(self) -> bool {
        matches!(self, Reason::NotAMember | Reason::BeforeJoining)
    }

    /// What can be done about it.
    #[must_use]
    pub fn remedy(self) -> Remedy {
        self.words().2
    }

    /// The reason of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| reason.code() == code)
    }
}
