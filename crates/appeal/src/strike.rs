//! What was said wrongly, unsaid.
//!
//! A verdict rests on fields of the catalog: that a work is not original, that an account is
//! throttled. A strike takes what was said of a field on some days out of the versions. What was
//! said of it before, or of other fields at the same time, stays: the facts are those of a world in
//! which the verdict was never given (I21).
use catalog::{
    CreatorFacts, Facts, Review, Standing, Verification, Version, Visibility, Word, WorkFacts,
};
use kernel::{Day, Reason};

/// A field of the catalog that verdicts rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// Who sees a work.
    Visibility,
    /// The platform's review of a work.
    Review,
    /// Whether a work is original.
    Original,
    /// Whether a work infringes.
    Infringing,
    /// The grade of a work.
    Quality,
    /// The kind of a work.
    Kind,
    /// Whether a work carries advertising.
    HasAds,
    /// Whether a work was made for an order.
    CommercialOrder,
    /// Whether a work sells goods.
    Selling,
    /// Whether a work is paid content.
    PaidContent,
    /// The type of an account.
    AccountType,
    /// The badge of an account.
    Verification,
    /// The standing of an account.
    Standing,
    /// The violations of an account.
    Violations,
}

/// What is struck out: what was said of some fields from one day through another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strike {
    /// The fields.
    pub fields: Vec<Field>,
    /// The first day on which what is said of them is wrong.
    pub from: Day,
    /// The last.
    pub through: Day,
}

impl Field {
    /// Every field with its word.
    pub const WORDS: [(Field, &'static str); 14] = [
        (Field::Visibility, "visibility"),
        (Field::Review, "review"),
        (Field::Original, "original"),
        (Field::Infringing, "infringing"),
        (Field::Quality, "quality"),
        (Field::Kind, "kind"),
        (Field::HasAds, "has_ads"),
        (Field::CommercialOrder, "commercial_order"),
        (Field::Selling, "selling"),
        (Field::PaidContent, "paid_content"),
        (Field::AccountType, "account_type"),
        (Field::Verification, "verification"),
        (Field::Standing, "standing"),
        (Field::Violations, "violations"),
    ];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Field::WORDS.iter().find(|(field, _)| *field == self).map_or("", |(_, word)| word)
    }

    /// The field of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Field> {
        Field::WORDS.iter().find(|(_, known)| *known == word).map(|(field, _)| *field)
    }

    /// Whether it is one of an account, not of a work.
    #[must_use]
    pub fn is_of_account(self) -> bool {
        use Field as F;
        matches!(self, F::AccountType | F::Verification | F::Standing | F::Violations)
    }

    /// The field that a reason rests on; nothing for reasons that are no verdict of the platform's.
    #[must_use]
    pub fn of_reason(reason: Reason) -> Option<Field> {
        use Reason as R;
        match reason {
            R::Deleted | R::NotPublicOneDay | R::NotPublicSelf => Some(Field::Visibility),
            R::ReviewNotPassed | R::Violating => Some(Field::Review),
            R::NotOriginal => Some(Field::Original),
            R::Infringing => Some(Field::Infringing),
            R::LowQuality => Some(Field::Quality),
            R::KindExcluded => Some(Field::Kind),
            R::HasAds => Some(Field::HasAds),
            R::CommercialOrder => Some(Field::CommercialOrder),
            R::Selling => Some(Field::Selling),
            R::PaidContent => Some(Field::PaidContent),
            R::AccountTypeNotAllowed | R::EnterpriseAccount | R::EnterpriseAssociated => {
                Some(Field::AccountType)
            }
            R::CelebrityVerified => Some(Field::Verification),
            R::NotInGoodStanding | R::Throttled | R::SensitiveField => Some(Field::Standing),
            R::ViolationInWindow => Some(Field::Violations),
            _ => None,
        }
    }

    /// What is said of the field of a work, as a word; nothing where nothing is.
    #[must_use]
    pub fn said_of_work(self, facts: &WorkFacts) -> Option<String> {
        let flag = |value: Option<bool>| value.map(|value| value.to_string());
        match self {
            Field::Visibility => facts.visibility.map(|value| value.word().to_owned()),
            Field::Review => facts.review.map(|value| value.word().to_owned()),
            Field::Original => flag(facts.original),
            Field::Infringing => flag(facts.infringing),
            Field::Quality => facts.quality.clone(),
            Field::Kind => facts.kind.clone(),
            Field::HasAds => flag(facts.has_ads),
            Field::CommercialOrder => flag(facts.commercial_order),
            Field::Selling => flag(facts.selling),
            Field::PaidContent => flag(facts.paid_content),
            Field::AccountType | Field::Verification | Field::Standing | Field::Violations => None,
        }
    }

    /// The same of a creator.
    #[must_use]
    pub fn said_of_creator(self, facts: &CreatorFacts) -> Option<String> {
        match self {
            Field::AccountType => facts.account_type.map(|value| value.word().to_owned()),
            Field::Verification => facts.verification.map(|value| value.word().to_owned()),
            Field::Standing => facts.standing.map(|value| value.word().to_owned()),
            Field::Violations => facts.last_violation.map(|day| day.to_string()),
            _ => None,
        }
    }

    fn unsay_work(self, facts: &mut WorkFacts) {
        match self {
            Field::Visibility => facts.visibility = None,
            Field::Review => facts.review = None,
            Field::Original => facts.original = None,
            Field::Infringing => facts.infringing = None,
            Field::Quality => facts.quality = None,
            Field::Kind => facts.kind = None,
            Field::HasAds => facts.has_ads = None,
            Field::CommercialOrder => facts.commercial_order = None,
            Field::Selling => facts.selling = None,
            Field::PaidContent => facts.paid_content = None,
            Field::AccountType | Field::Verification | Field::Standing | Field::Violations => {}
        }
    }

    fn unsay_creator(self, facts: &mut CreatorFacts) {
        match self {
            Field::AccountType => {
                facts.account_type = None;
                facts.account_type_since = None;
            }
            Field::Verification => facts.verification = None,
            Field::Standing => facts.standing = None,
            Field::Violations => {
                facts.last_violation = None;
                facts.violations = None;
            }
            _ => {}
        }
    }

    /// Takes over of a work what `held` says of the field, or what is said of a work with which
    /// nothing is wrong.
    fn set_right_work(self, facts: &mut WorkFacts, held: &WorkFacts) {
        match self {
            Field::Visibility => facts.visibility = held.visibility.or(Some(Visibility::Public)),
            Field::Review => facts.review = held.review.or(Some(Review::Passed)),
            Field::Original => facts.original = held.original.or(Some(true)),
            Field::Infringing => facts.infringing = held.infringing.or(Some(false)),
            Field::Quality => facts.quality.clone_from(&held.quality),
            Field::Kind => facts.kind.clone_from(&held.kind),
            Field::HasAds => facts.has_ads = held.has_ads.or(Some(false)),
            Field::CommercialOrder => {
                facts.commercial_order = held.commercial_order.or(Some(false));
            }
            Field::Selling => facts.selling = held.selling.or(Some(false)),
            Field::PaidContent => facts.paid_content = held.paid_content.or(Some(false)),
            Field::AccountType | Field::Verification | Field::Standing | Field::Violations => {}
        }
    }

    fn set_right_creator(self, facts: &mut CreatorFacts, held: &CreatorFacts) {
        match self {
            Field::AccountType => {
                facts.account_type = held.account_type.or(Some(catalog::AccountType::Creator));
                facts.account_type_since = held.account_type_since;
            }
            Field::Verification => {
                facts.verification = held.verification.or(Some(Verification::None));
            }
            Field::Standing => facts.standing = held.standing.or(Some(Standing::Good)),
            Field::Violations => {
                // A day cannot be unsaid by a later version: one before every window says the same.
                let long_ago = "1970-01-01".parse().ok();
                facts.last_violation = held.last_violation.or(long_ago);
                facts.violations = Some(held.violations.clone().unwrap_or_default());
            }
            _ => {}
        }
    }
}

impl Strike {
    fn holds(&self, day: Day) -> bool {
        self.from <= day && day <= self.through
    }

    /// Takes what was said out of the versions of a work.
    pub fn work(&self, versions: &mut [Version<WorkFacts>]) {
        for version in versions.iter_mut().filter(|version| self.holds(version.effective)) {
            for field in &self.fields {
                field.unsay_work(&mut version.facts);
            }
        }
    }

    /// Takes what was said out of the versions of a creator.
    pub fn creator(&self, versions: &mut [Version<CreatorFacts>]) {
        for version in versions.iter_mut().filter(|version| self.holds(version.effective)) {
            for field in &self.fields {
                field.unsay_creator(&mut version.facts);
            }
        }
    }

    /// What is to be said of a work from `day` on, so that its fields are what they would be
    /// without what was struck.
    #[must_use]
    pub fn work_set_right(&self, versions: &[Version<WorkFacts>], day: Day) -> WorkFacts {
        let mut struck = versions.to_vec();
        self.work(&mut struck);
        let held = catalog::as_of(&struck, day).unwrap_or_default();
        let mut facts = WorkFacts::default();
        self.fields.iter().for_each(|field| field.set_right_work(&mut facts, &held));
        facts
    }

    /// The same of a creator.
    #[must_use]
    pub fn creator_set_right(&self, versions: &[Version<CreatorFacts>], day: Day) -> CreatorFacts {
        let mut struck = versions.to_vec();
        self.creator(&mut struck);
        let held = catalog::as_of(&struck, day).unwrap_or_default();
        let mut facts = CreatorFacts::default();
        self.fields.iter().for_each(|field| field.set_right_creator(&mut facts, &held));
        facts
    }
}

/// Since when without a break a field has said what it says on a day: the day on which it was said
/// first. `says` reads it.
#[must_use]
pub fn since<F: Facts, T: PartialEq>(
    versions: &[Version<F>],
    day: Day,
    says: impl Fn(&F) -> Option<T>,
) -> Option<Day> {
    let mut since = None;
    let mut held: Option<T> = None;
    for version in versions.iter().take_while(|version| version.effective <= day) {
        let Some(said) = says(&version.facts) else { continue };
        if held.as_ref() != Some(&said) {
            (held, since) = (Some(said), Some(version.effective));
        }
    }
    since
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    fn version(effective: &str, facts: WorkFacts) -> Version<WorkFacts> {
        Version { effective: day(effective), recorded: 1, facts }
    }

    #[test]
    fn what_is_struck_was_never_said() {
        let public = WorkFacts {
            visibility: Some(Visibility::Public),
            original: Some(true),
            ..WorkFacts::default()
        };
        let wrong =
            WorkFacts { original: Some(false), selected: Some(true), ..WorkFacts::default() };
        let again = WorkFacts { original: Some(false), ..WorkFacts::default() };
        let versions = [
            version("2026-04-01", public),
            version("2026-04-27", wrong),
            version("2026-04-29", again),
        ];
        let original = |facts: &WorkFacts| facts.original;
        assert_eq!(since(&versions, day("2026-04-30"), original), Some(day("2026-04-27")));
        assert_eq!(since(&versions, day("2026-04-26"), original), Some(day("2026-04-01")));
        let strike = Strike {
            fields: vec![Field::Original],
            from: day("2026-04-27"),
            through: day("2026-04-30"),
        };
        let mut struck = versions.to_vec();
        strike.work(&mut struck);
        let held = catalog::as_of(&struck, day("2026-04-29")).expect("a work");
        assert_eq!((held.original, held.selected), (Some(true), Some(true)));
        let right = strike.work_set_right(&versions, day("2026-05-01"));
        assert_eq!(right, WorkFacts { original: Some(true), ..WorkFacts::default() });
    }

    #[test]
    fn what_was_never_said_before_is_what_nothing_is_wrong_with() {
        let bad = CreatorFacts {
            standing: Some(Standing::Throttled),
            last_violation: Some(day("2026-04-27")),
            ..CreatorFacts::default()
        };
        let versions = [Version { effective: day("2026-04-27"), recorded: 1, facts: bad }];
        let strike = Strike {
            fields: vec![Field::Standing, Field::Violations],
            from: day("2026-04-27"),
            through: day("2026-04-27"),
        };
        let right = strike.creator_set_right(&versions, day("2026-04-28"));
        assert_eq!(right.standing, Some(Standing::Good));
        assert_eq!(right.last_violation, Some(day("1970-01-01")));
    }

    #[test]
    fn every_verdict_of_the_platform_has_its_field() {
        let none: Vec<&str> = Reason::ALL
            .into_iter()
            .take_while(|reason| *reason != Reason::BelowDailyMinimum)
            .filter(|reason| Field::of_reason(*reason).is_none())
            .map(Reason::code)
            .collect();
        assert_eq!(none, ["unknown_work", "before_joining", "not_a_member"]);
    }
}
