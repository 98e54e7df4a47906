//! The amounts of a program's day.
use kernel::allocate::{AllocateError, allocate};
use kernel::reason::Reason;
use program::document::{BudgetUsedUp, Outside};
use program::{Limits, Policy, Reward};

/// What a creator brings to a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatorDay {
    /// The creator's id.
    pub creator: String,
    /// Qualified views.
    pub views: i64,
    /// Score, in millionths of a view.
    pub score: i128,
    /// Carried from earlier days, in ledger units.
    pub carried_in: i64,
    /// Milliseconds of those views, where the program keeps them.
    pub watch_ms: i64,
}

/// What a creator gets of a day. Amounts are in ledger units and always
/// `earned + carried_in = paid + carried_out + forfeited`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// The creator's id.
    pub creator: String,
    /// Qualified views.
    pub views: i64,
    /// Score, in millionths of a view.
    pub score: i128,
    /// By pool or rate.
    pub earned: i64,
    /// Carried from earlier days.
    pub carried_in: i64,
    /// Paid to the creator.
    pub paid: i64,
    /// Carried to later days.
    pub carried_out: i64,
    /// Forfeited to the program.
    pub forfeited: i64,
    /// Why less than earned was paid, if so.
    pub reason: Option<Reason>,
    /// Milliseconds of the views, where the program keeps them.
    pub watch_ms: i64,
}

/// A settled day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// One line for each creator, in the order given.
    pub lines: Vec<Line>,
    /// What this day takes of the month's budget: all that was earned less what was forfeited.
    pub spent: i64,
}

/// Why a day cannot be settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SettleError {
    /// An amount does not fit 64 bits.
    #[error("an amount does not fit 64 bits in the ledger scale: lower the pool or the rate")]
    TooLarge,
    /// A split failed.
    #[error("the day cannot be split")]
    Allocate(#[from] AllocateError),
}

/// Settles a day. `creators` are ordered by id, so that ties of the split go to the smaller id;
/// `spent_before` is what earlier days of the month took of the budget.
///
/// # Errors
/// [`SettleError`] when amounts do not fit.
pub fn settle_day(
    policy: &Policy,
    creators: &[CreatorDay],
    spent_before: i64,
) -> Result<Settled, SettleError> {
    let left = policy.limits.monthly_budget.map(|budget| (budget - spent_before).max(0));
    let (earned, short) = earn(policy, creators, left)?;
    let mut lines = Vec::with_capacity(creators.len());
    let mut spent: i64 = 0;
    for (creator, earned) in creators.iter().zip(earned) {
        let line = bound(&policy.limits, creator, earned, short)?;
        let kept = earned.checked_sub(line.forfeited).ok_or(SettleError::TooLarge)?;
        spent = spent.checked_add(kept).ok_or(SettleError::TooLarge)?;
        lines.push(line);
    }
    Ok(Settled { lines, spent })
}

/// What each creator earned by pool or rate, and whether the budget cut it.
fn earn(
    policy: &Policy,
    creators: &[CreatorDay],
    left: Option<i64>,
) -> Result<(Vec<i64>, bool), SettleError> {
    let unit = policy.scale.units();
    let (wanted, weights): (i64, Vec<i128>) = match policy.reward {
        Reward::Pool { per_day } => {
            (per_day / unit, creators.iter().map(|creator| creator.score).collect())
        }
        Reward::Rate { per_thousand } => {
            let mut sum: i64 = 0;
            let mut amounts = Vec::with_capacity(creators.len());
            for creator in creators {
                // Score in millionths of a view, rate for a thousand views.
                let units = i128::from(per_thousand)
                    .checked_mul(creator.score)
                    .ok_or(SettleError::TooLarge)?
                    / (1_000 * super::SCORE_ONE)
                    / i128::from(unit);
                let part = i64::try_from(units).map_err(|_| SettleError::TooLarge)?;
                sum = sum.checked_add(part).ok_or(SettleError::TooLarge)?;
                amounts.push(units);
            }
            (sum, amounts)
        }
        Reward::Nothing => (0, vec![0; creators.len()]),
    };
    let most = left.map_or(i64::MAX, |left| left / unit);
    let short = wanted > most && weights.iter().any(|weight| *weight > 0);
    let amount = match (short, policy.limits.budget_used_up) {
        (false, _) => wanted,
        (true, BudgetUsedUp::Scale) => most,
        (true, BudgetUsedUp::Stop) => 0,
    };
    let parts = allocate(amount, &weights)?;
    let units = parts.into_iter().map(|part| part.checked_mul(unit).ok_or(SettleError::TooLarge));
    Ok((units.collect::<Result<_, _>>()?, short))
}

/// Holds an amount between floor and cap.
fn bound(
    limits: &Limits,
    creator: &CreatorDay,
    earned: i64,
    short: bool,
) -> Result<Line, SettleError> {
    let due = earned.checked_add(creator.carried_in).ok_or(SettleError::TooLarge)?;
    let mut line = Line {
        creator: creator.creator.clone(),
        views: creator.views,
        score: creator.score,
        earned,
        carried_in: creator.carried_in,
        watch_ms: creator.watch_ms,
        paid: due,
        reason: short.then_some(Reason::BudgetUsedUp),
        ..Line::default()
    };
    let mut keep_back = |amount: i64, outside: Outside, reason: Reason| {
        line.paid = due - amount;
        match outside {
            Outside::Forfeit => line.forfeited = amount,
            Outside::Carry => line.carried_out = amount,
        }
        line.reason = Some(reason);
    };
    match (limits.floor, limits.cap) {
        (Some(floor), _) if due > 0 && due < floor => {
            keep_back(due, limits.below_floor, Reason::BelowDailyMinimum);
        }
        (_, Some(cap)) if due > cap => {
            keep_back(due - cap, limits.above_cap, Reason::AboveDailyCap)
        }
        _ => {}
    }
    Ok(line)
}
