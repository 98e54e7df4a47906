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
    /// The whole factor: quality times originality, rounded down to a millionth, times one plus the
    /// bonuses, rounded down again.
    #[must_use]
    pub fn product(&self) -> i128 {
        let base = self.quality.of_value(i128::from(self.originality.parts()));
        base * (1_000_000 + i128::from(self.bonus.parts())) / 1_000_000
    }
}

impl Policy {
    /// Every reason why a work earns nothing on `day`, the deciding one first; none means that it
    /// can earn.
    #[must_use]
    pub fn findings(&self, work: &WorkFacts, creator: &CreatorFacts, day: Day) -> Vec<Finding> {
        let mut findings = Vec::new();
        self.work_findings(work, &mut findings);
        self.date_findings(work, creator, day, &mut findings);
        self.account_findings(creator, day, &mut findings);
        findings.sort_by_key(|finding| finding.reason);
        findings
    }

    /// The deciding reason alone: what [`Policy::findings`] would put first.
    #[must_use]
    pub fn exclusion(&self, work: &WorkFacts, creator: &CreatorFacts, day: Day) -> Option<Reason> {
        self.findings(work, creator, day).first().map(|finding| finding.reason)
    }

    fn work_findings(&self, work: &WorkFacts, findings: &mut Vec<Finding>) {
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
                let observed = reason.text().to_owned();
                let required = required.to_owned();
                let rule = "works.exclude";
                findings.push(Finding { reason, observed, required, rule, earliest: None });
            }
        }
        let lists = [
            (&work.kind, &self.works.exclude_kinds, Reason::KindExcluded, "works.exclude_kinds"),
            (&work.quality, &self.works.exclude_grades, Reason::LowQuality, "works.exclude_grades"),
        ];
        for (value, list, reason, rule) in lists {
            if let Some(value) = value.as_ref().filter(|value| list.contains(value)) {
                let required = format!("none of: {}", list.join(", "));
                let observed = value.clone();
                findings.push(Finding { reason, observed, required, rule, earliest: None });
            }
        }
    }

    fn date_findings(
        &self,
        work: &WorkFacts,
        creator: &CreatorFacts,
        day: Day,
        findings: &mut Vec<Finding>,
    ) {
        let joined = creator.joined;
        let not_said = || "not said".to_owned();
        if self.accounts.membership == Membership::Joined && joined.is_none_or(|from| from > day) {
            findings.push(Finding {
                reason: Reason::NotAMember,
                observed: joined.map_or_else(not_said, |from| format!("joined on {from}")),
                required: format!("joined on or before {day}"),
                rule: "accounts.membership",
                earliest: joined,
            });
        }
        if self.works.published == Published::AfterJoining {
            let published = work.published_us.map(|time| self.zone.day_of(time));
            let after = matches!((published, joined), (Some(p), Some(j)) if p >= j);
            if !after {
                findings.push(Finding {
                    reason: Reason::BeforeJoining,
                    observed: published.map_or_else(not_said, |p| format!("published on {p}")),
                    required: joined.map_or_else(
                        || "published after joining".to_owned(),
                        |from| format!("published on or after {from}"),
                    ),
                    rule: "works.published",
                    earliest: None,
                });
            }
        }
    }

    fn account_findings(&self, creator: &CreatorFacts, day: Day, findings: &mut Vec<Finding>) {
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
                    (standing == Some(Standing::Bad), Reason::NotInGoodStanding)
                }
                AccountExclusion::Throttled => {
                    (standing == Some(Standing::Throttled), Reason::Throttled)
                }
                AccountExclusion::SensitiveField => {
                    (standing == Some(Standing::SensitiveField), Reason::SensitiveField)
                }
            };
            if holds {
                findings.push(Finding {
                    reason,
                    observed: reason.text().to_owned(),
                    required: "not so".to_owned(),
                    rule: "accounts.exclude",
                    earliest: None,
                });
            }
        }
        if let (Some(days), Some(last)) =
            (self.accounts.violation_free_days, creator.last_violation)
        {
            let free_from = last.plus(i32::from(days));
            if last <= day && day < free_from {
                findings.push(Finding {
                    reason: Reason::ViolationInWindow,
                    observed: format!("last violation on {last}"),
                    required: format!("{days} days without one"),
                    rule: "accounts.violation_free_days",
                    earliest: Some(free_from),
                });
            }
        }
    }

    /// The factor of a work on a day. `posts` is the number of the creator's posts in the window of
    /// the bonus for regular posting.
    #[must_use]
    pub fn factor(&self, work: &WorkFacts, creator: &CreatorFacts, posts: u32) -> Factor {
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
        if let Some(regular) = score.regular {
            add(posts >= regular.posts, regular.bonus);
        }
        Factor {
            quality: grade.copied().unwrap_or(score.ungraded),
            originality: if work.original == Some(false) { score.not_original } else { Ppm::ONE },
            bonus: Ppm::of(bonus),
        }
    }
}
