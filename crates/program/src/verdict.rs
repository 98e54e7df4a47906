//! What a work earns on a day and why not: the double gate of account and work (R55), and the
//! factor by which its views and interactions are multiplied.
use catalog::{AccountType, CreatorFacts, Review, Standing, Verification, Visibility, WorkFacts};
use kernel::reason::Reason;
use kernel::{Day, Ppm};

use crate::document::{AccountExclusion, Membership, Published, WorkExclusion};
use crate::policy::Policy;

/// One thing that keeps a work from earning, with what was seen and what the policy wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The reason.
    pub reason: Reason,
    /// What was seen.
    pub observed: String,
    /// What would be needed.
    pub required: String,
    /// The line of the policy.
    pub rule: &'static str,
    /// The first day on which waiting alone would mend it.
    pub earliest: Option<Day>,
}

/// The parts of a work's factor on a day, each a ratio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factor {
    /// By quality grade.
    pub quality: Ppm,
    /// By originality.
    pub originality: Ppm,
    /// Sum of the bonuses.
    pub bonus: Ppm,
}

impl Factor {
    /// With one bonus more.
    #[must_use]
    pub fn plus(self, bonus: Ppm) -> Factor {
        Factor { bonus: Ppm::of(self.bonus.parts().saturating_add(bonus.parts())), ..self }
    }

    /// The whole factor: quality times originality, rounded down to a millionth, times one plus the
    /// bonuses, rounded down again.
    #[must_use]
    pub fn product(&self) -> i128 {
        let base = self.quality.of_value(i128::from(self.originality.parts()));
        base * (1_000_000 + i128::from(self.bonus.parts())) / 1_000_000
    }
}

/// What was observed, what is required, the rule, and the first day on which waiting would mend it.
pub(crate) type Said = (String, String, &'static str, Option<Day>);
/// Told each reason, and how to say it: settling asks for reasons alone, by the million.
pub(crate) type Found<'a> = &'a mut dyn FnMut(Reason, &dyn Fn() -> Said);

impl Policy {
    /// Every reason why a work earns nothing on `day`, the deciding one first; none means that it
    /// can earn.
    #[must_use]
    pub fn findings(&self, work: &WorkFacts, creator: &CreatorFacts, day: Day) -> Vec<Finding> {
        let mut findings = Vec::new();
        self.search(work, creator, day, &mut |reason, say| {
            let (observed, required, rule, earliest) = say();
            findings.push(Finding { reason, observed, required, rule, earliest });
        });
        findings.sort_by_key(|finding| finding.reason);
        findings
    }

    /// The deciding reason alone: what [`Policy::findings`] would put first.
    #[must_use]
    pub fn exclusion(&self, work: &WorkFacts, creator: &CreatorFacts, day: Day) -> Option<Reason> {
        let mut deciding: Option<Reason> = None;
        self.search(work, creator, day, &mut |reason, _| {
            deciding = Some(deciding.map_or(reason, |held| held.min(reason)));
        });
        deciding
    }

    /// Tells every reason, in no order.
    fn search(&self, work: &WorkFacts, creator: &CreatorFacts, day: Day, found: Found<'_>) {
        self.search_work(work, found);
        self.search_dates(work, creator, day, found);
        self.search_account(creator, day, found);
    }

    fn search_work(&self, work: &WorkFacts, found: Found<'_>) {
        let yes = Some(true);
        for exclusion in &self.works.exclude {
            let (holds, reason, required) = match exclusion {
                WorkExclusion::Deleted => {
                    (work.visibility == Some(Visibility::Deleted), Reason::Deleted, "public")
                }
                WorkExclusion::NotPublicOneDay => {
                    let one_day = work.visibility == Some(Visibility::OneDay);
                    (one_day, Reason::NotPublicOneDay, "public")
                }
                WorkExclusion::NotPublicSelf => {
                    let hidden = work.visibility == Some(Visibility::SelfOnly);
                    (hidden, Reason::NotPublicSelf, "public")
                }
                WorkExclusion::ReviewNotPassed => {
                    let waits = matches!(work.review, Some(Review::Pending | Review::Failed));
                    (waits, Reason::ReviewNotPassed, "review passed")
                }
                WorkExclusion::Violating => {
                    (work.review == Some(Review::Violating), Reason::Violating, "no violation")
                }
                WorkExclusion::NotOriginal => {
                    (work.original == Some(false), Reason::NotOriginal, "original")
                }
                WorkExclusion::Infringing => {
                    (work.infringing == yes, Reason::Infringing, "no infringement")
                }
                WorkExclusion::HasAds => (work.has_ads == yes, Reason::HasAds, "no ads"),
                WorkExclusion::CommercialOrder => {
                    (work.commercial_order == yes, Reason::CommercialOrder, "no commercial order")
                }
                WorkExclusion::Selling => (work.selling == yes, Reason::Selling, "no selling"),
                WorkExclusion::PaidContent => {
                    (work.paid_content == yes, Reason::PaidContent, "free content")
                }
            };
            if holds {
                found(reason, &|| {
                    (reason.text().to_owned(), required.to_owned(), "works.exclude", None)
                });
            }
        }
        let lists = [
            (&work.kind, &self.works.exclude_kinds, Reason::KindExcluded, "works.exclude_kinds"),
            (&work.quality, &self.works.exclude_grades, Reason::LowQuality, "works.exclude_grades"),
        ];
        for (value, list, reason, rule) in lists {
            if let Some(value) = value.as_ref().filter(|value| list.contains(value)) {
                let required = || format!("none of: {}", list.join(", "));
                found(reason, &|| (value.clone(), required(), rule, None));
            }
        }
    }

    fn search_dates(&self, work: &WorkFacts, creator: &CreatorFacts, day: Day, found: Found<'_>) {
        let joined = creator.joined;
        let not_said = || "not said".to_owned();
        if self.accounts.membership != Membership::Everyone && joined.is_none_or(|from| from > day)
        {
            found(Reason::NotAMember, &|| {
                let observed = joined.map_or_else(not_said, |from| format!("joined on {from}"));
                (observed, format!("joined on or before {day}"), "accounts.membership", joined)
            });
        }
        if self.works.published == Published::AfterJoining {
            let published = work.published_us.map(|time| self.zone.day_of(time));
            let after = matches!((published, joined), (Some(p), Some(j)) if p >= j);
            if !after {
                found(Reason::BeforeJoining, &|| {
                    let observed = published.map_or_else(not_said, |p| format!("published on {p}"));
                    let required = joined.map_or_else(
                        || "published after joining".to_owned(),
                        |from| format!("published on or after {from}"),
                    );
                    (observed, required, "works.published", None)
                });
            }
        }
    }

    pub(crate) fn search_account(&self, creator: &CreatorFacts, day: Day, found: Found<'_>) {
        for exclusion in &self.accounts.exclude {
            let account = creator.account_type;
            let standing = creator.standing;
            let (holds, reason) = match exclusion {
                AccountExclusion::Personal => {
                    (account == Some(AccountType::Personal), Reason::AccountTypeNotAllowed)
                }
                AccountExclusion::Business => {
                    (account == Some(AccountType::Business), Reason::AccountTypeNotAllowed)
                }
                AccountExclusion::Enterprise => {
                    (account == Some(AccountType::Enterprise), Reason::EnterpriseAccount)
                }
                AccountExclusion::EnterpriseAssociated => {
                    let tied = account == Some(AccountType::EnterpriseAssociated);
                    (tied, Reason::EnterpriseAssociated)
                }
                AccountExclusion::Celebrity => {
                    let celebrity = creator.verification == Some(Verification::Celebrity);
                    (celebrity, Reason::CelebrityVerified)
                }
                AccountExclusion::BadStanding => {
                    let bad = matches!(
                        standing,
                        Some(
                            Standing::Bad | Standing::Warned | Standing::Limited | Standing::Banned
                        )
                    );
                    (bad, Reason::NotInGoodStanding)
                }
                AccountExclusion::Throttled => {
                    (standing == Some(Standing::Throttled), Reason::Throttled)
                }
                AccountExclusion::SensitiveField => {
                    (standing == Some(Standing::SensitiveField), Reason::SensitiveField)
                }
            };
            if holds {
                found(reason, &|| {
                    (reason.text().to_owned(), "not so".to_owned(), "accounts.exclude", None)
                });
            }
        }
        if let (Some(days), Some(last)) =
            (self.accounts.violation_free_days, creator.last_violation)
        {
            let free_from = last.plus(i32::from(days));
            if last <= day && day < free_from {
                found(Reason::ViolationInWindow, &|| {
                    let observed = format!("last violation on {last}");
                    let required = format!("{days} days without one");
                    (observed, required, "accounts.violation_free_days", Some(free_from))
                });
            }
        }
    }

    /// The factor of a work on a day, but for the bonus for regular posting.
    #[must_use]
    pub fn factor(&self, work: &WorkFacts, creator: &CreatorFacts) -> Factor {
        let score = &self.score;
        let grade = work.quality.as_ref().and_then(|grade| score.quality.get(grade));
        let mut bonus = 0_u32;
        let mut add = |holds: bool, ratio: Ppm| {
            if holds {
                bonus = bonus.saturating_add(ratio.parts());
            }
        };
        add(work.selected == Some(true), score.selected_bonus);
        add(creator.verification == Some(Verification::Professional), score.professional_bonus);
        Factor {
            quality: grade.copied().unwrap_or(score.ungraded),
            originality: if work.original == Some(false) { score.not_original } else { Ppm::ONE },
            bonus: Ppm::of(bonus),
        }
    }
    /// The bonus for regular posting of a creator with so many posts in its window (R18, R66).
    #[must_use]
    pub fn regular_bonus(&self, posts: u32) -> Ppm {
        let regular = self.score.regular.filter(|regular| posts >= regular.posts);
        regular.map_or(Ppm::of(0), |regular| regular.bonus)
    }
}
