//! The score of a work's day (R64, R65, R66).
use metering::WorkDay;
use program::{Factor, Policy};

/// The parts of a work-day's score, each in millionths of a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Score {
    /// Qualified views, each by the weight of its viewer's tier.
    pub views: i128,
    /// Effective interactions by the weight of their kind, before the cap.
    pub interactions: i128,
    /// What of them the cap lets through.
    pub interactions_counted: i128,
    /// Views and interactions times the factor of the work, rounded down.
    pub total: i128,
}

/// Scores a work-day: weighted views, plus weighted interactions up to the cap, times the factor.
#[must_use]
pub fn score(policy: &Policy, counts: &WorkDay, factor: &Factor) -> Score {
    let rules = &policy.score;
    let views: i128 = counts
        .tiers
        .iter()
        .zip(&rules.tier_weights)
        .map(|(views, weight)| i128::from(*views) * i128::from(weight.parts()))
        .sum();
    let interactions: i128 = counts
        .interactions
        .iter()
        .zip(&rules.interaction_weights)
        .map(|(count, weight)| i128::from(*count) * i128::from(weight.parts()))
        .sum();
    let interactions_counted = match rules.interaction_cap {
        Some(share) => interactions.min(share.of_value(views)),
        None => interactions,
    };
    let total = (views + interactions_counted) * factor.product() / super::SCORE_ONE;
    Score { views, interactions, interactions_counted, total }
}
