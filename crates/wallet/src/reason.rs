//! Why money cannot be drawn: stable codes; their texts are in the languages of `bus`.
use kernel::reason::Remedy;

/// Why a withdrawal is refused, or what stands in its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The wallet was closed.
    WalletClosed,
    /// The platform has not told who the creator is by law.
    IdentityMissing,
    /// There is no way to pay the creator that is bound to his proved name (R92).
    NoRealNameMethod,
    /// The method is not offered for his country and currency.
    MethodNotApproved,
    /// The method's holder has another name than the creator.
    NameMismatch,
    /// Whether the holder's name is the creator's is being looked at.
    NameUnderReview,
    /// The method is new: money goes there only after a while (N25).
    MethodCoolingOff,
    /// The whole wallet is held.
    WalletHeld,
    /// More is asked for than is available.
    NotEnough,
    /// The amount is under the least that is paid out (R93).
    BelowMinimum,
    /// The amount is over the most that is paid out at once.
    AboveMaximum,
    /// The fee would take all of it.
    FeeTakesAll,
    /// No rate is known for the exchange.
    RateMissing,
    /// The newest rate is too old.
    RateStale,
    /// The source gives no rates for the currency any more.
    CurrencyEnded,
    /// A tax form is missing (N4).
    TaxFormMissing,
    /// The terms pay on certain days only (R95).
    NotAPayDay,
    /// The terms pay nobody of this country in this currency.
    NoTerms,
    /// Something is owed to the platform.
    Owes,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Reason; 19] = [
        Reason::WalletClosed,
        Reason::IdentityMissing,
        Reason::NoTerms,
        Reason::NoRealNameMethod,
        Reason::MethodNotApproved,
        Reason::NameMismatch,
        Reason::NameUnderReview,
        Reason::MethodCoolingOff,
        Reason::WalletHeld,
        Reason::TaxFormMissing,
        Reason::Owes,
        Reason::NotAPayDay,
        Reason::NotEnough,
        Reason::BelowMinimum,
        Reason::AboveMaximum,
        Reason::FeeTakesAll,
        Reason::RateMissing,
        Reason::RateStale,
        Reason::CurrencyEnded,
    ];

    /// The stable code, and what can be done.
    #[must_use]
    pub fn words(self) -> (&'static str, Remedy) {
        use Remedy::{Act, None as Nothing, Wait};
        match self {
            Reason::WalletClosed => ("wallet_closed", Nothing),
            Reason::IdentityMissing => ("identity_missing", Act),
            Reason::NoTerms => ("no_payout_terms", Nothing),
            Reason::NoRealNameMethod => ("no_real_name_method", Act),
            Reason::MethodNotApproved => ("method_not_approved", Act),
            Reason::NameMismatch => ("name_mismatch", Act),
            Reason::NameUnderReview => ("name_under_review", Wait),
            Reason::MethodCoolingOff => ("method_cooling_off", Wait),
            Reason::WalletHeld => ("wallet_held", Wait),
            Reason::TaxFormMissing => ("tax_form_missing", Act),
            Reason::Owes => ("owes_platform", Wait),
            Reason::NotAPayDay => ("not_a_pay_day", Wait),
            Reason::NotEnough => ("not_enough_available", Wait),
            Reason::BelowMinimum => ("below_withdrawal_minimum", Act),
            Reason::AboveMaximum => ("above_withdrawal_maximum", Act),
            Reason::FeeTakesAll => ("fee_takes_all", Act),
            Reason::RateMissing => ("rate_missing", Wait),
            Reason::RateStale => ("rate_stale", Wait),
            Reason::CurrencyEnded => ("currency_ended", Nothing),
        }
    }

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.words().0
    }

    /// What can be done about it.
    #[must_use]
    pub fn remedy(self) -> Remedy {
        self.words().1
    }
}
