//! Why earnings moved: the difference between two periods, split over what it came from (R72).
//!
//! The split is Shapley's value (L. S. Shapley, "A value for n-person games", 1953): each factor
//! gets the average of what it changes over all orders in which the factors can change. So the
//! parts add up to the difference, no order of factors matters, and a factor that did not change
//! gets nothing. The average is exact in whole numbers; what is left of rounding to ledger units
//! goes to the largest remainders.
use std::collections::BTreeMap;

/// What a difference comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Factor {
    /// Qualified views.
    Views,
    /// The value of those who watched: the average weight of a view.
    ViewerValue,
    /// Effective interactions, as they count beside views.
    Interactions,
    /// Quality and originality of the works.
    Quality,
    /// Bonuses.
    Bonuses,
    /// The pool's size, or the rate.
    Price,
    /// Scores of other creators, who share the pool.
    Others,
    /// Floors, caps and what is carried between days.
    Bounds,
    /// Corrections of settled days, and back-pay.
    Corrections,
}

impl Factor {
    /// Every factor with its word.
    pub const WORDS: [(Factor, &'static str); 9] = [
        (Factor::Views, "qualified_views"),
        (Factor::ViewerValue, "viewer_value"),
        (Factor::Interactions, "effective_interactions"),
        (Factor::Quality, "quality_and_originality"),
        (Factor::Bonuses, "bonuses"),
        (Factor::Price, "pool_or_rate"),
        (Factor::Others, "other_creators"),
        (Factor::Bounds, "floors_and_caps"),
        (Factor::Corrections, "corrections"),
    ];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Factor::WORDS.iter().find(|(factor, _)| *factor == self).map_or("", |(_, word)| word)
    }
}

/// Factors that multiply; the others add.
const MULTIPLY: [Factor; 7] = [
    Factor::Views,
    Factor::ViewerValue,
    Factor::Interactions,
    Factor::Quality,
    Factor::Bonuses,
    Factor::Price,
    Factor::Others,
];

/// A creator's days of a period, as they were settled first. Scores are in millionths of a view,
/// amounts in ledger units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Period {
    /// Qualified views.
    pub views: i64,
    /// Views by the weight of their viewers.
    pub weighted: i128,
    /// Interactions that count beside them, weighted.
    pub interactions: i128,
    /// Views and interactions times quality and originality.
    pub graded: i128,
    /// The score: that and the bonuses.
    pub score: i128,
    /// What all creators of those days earned together, where they share a pool.
    pub pool: Option<i128>,
    /// Scores of all other creators of those days.
    pub others: i128,
    /// The rate of those days, where there is one and the same on all.
    pub rate: Option<i64>,
    /// What this one earned by pool or rate.
    pub earned: i64,
    /// What was paid of it: less or more by floors, caps and what is carried.
    pub paid: i64,
    /// What corrections and back-pay changed.
    pub corrected: i64,
}

impl Period {
    /// All that the period brought.
    #[must_use]
    pub fn total(&self) -> i128 {
        i128::from(self.paid) + i128::from(self.corrected)
    }
}

/// A part of a whole: of the first period where that has one, or else of the other.
fn share(of: &Period, other: &Period, part: impl Fn(&Period) -> (i128, i128)) -> (i128, i128) {
    let (above, below) = part(of);
    if below == 0 { part(other) } else { (above, below) }
}

fn times(value: i128, (above, below): (i128, i128)) -> i128 {
    if below == 0 { 0 } else { value * above / below }
}

/// What others would have to score for this one's share to be what he earned.
fn others(period: &Period, pool: i128) -> i128 {
    let earned = i128::from(period.earned);
    if earned <= 0 || period.score <= 0 {
        return period.others;
    }
    (pool - earned) * period.score / earned
}

/// What would have been earned with some factors as they are in the second period and the others as
/// they are in the first.
fn earned(first: &Period, second: &Period, changed: &dyn Fn(Factor) -> bool) -> i128 {
    let of = |factor| if changed(factor) { (second, first) } else { (first, second) };
    let ratio = |factor, part: Part| {
        let (of, other) = of(factor);
        share(of, other, part)
    };
    let views = i128::from(of(Factor::Views).0.views);
    let weighted = times(views, ratio(Factor::ViewerValue, VALUE));
    let counted = times(weighted, ratio(Factor::Interactions, ACTIVITY));
    let graded = times(counted, ratio(Factor::Quality, GRADE));
    let score = times(graded, ratio(Factor::Bonuses, BONUS));
    match (first.pool, second.pool) {
        (Some(before), Some(after)) => {
            let pool = if changed(Factor::Price) { after } else { before };
            let (of, _) = of(Factor::Others);
            let others = others(of, of.pool.unwrap_or(0));
            times(score, (pool, score + others))
        }
        _ => times(score, ratio(Factor::Price, RATE)),
    }
}

/// Whether a factor is another in the second period than in the first.
fn differs(factor: Factor, first: &Period, second: &Period) -> bool {
    let ratio = |part: fn(&Period) -> (i128, i128)| {
        let ((a, b), (c, d)) = (share(first, second, part), share(second, first, part));
        a * d != c * b
    };
    match factor {
        Factor::Views => first.views != second.views,
        Factor::ViewerValue => ratio(VALUE),
        Factor::Interactions => ratio(ACTIVITY),
        Factor::Quality => ratio(GRADE),
        Factor::Bonuses => ratio(BONUS),
        Factor::Price => match (first.pool, second.pool) {
            (Some(before), Some(after)) => before != after,
            _ => first.rate.is_none() || first.rate != second.rate,
        },
        Factor::Others => {
            first.pool.is_some() && second.pool.is_some() && first.others != second.others
        }
        Factor::Bounds | Factor::Corrections => true,
    }
}

/// Splits the difference between two periods. The parts add up to it exactly.
#[must_use]
pub fn attribute(first: &Period, second: &Period) -> BTreeMap<Factor, i128> {
    attribute_among(&MULTIPLY, first, second)
}

type Part = fn(&Period) -> (i128, i128);
const VALUE: Part = |period| (period.weighted, i128::from(period.views));
const ACTIVITY: Part = |period| (period.weighted + period.interactions, period.weighted);
const GRADE: Part = |period| (period.graded, period.weighted + period.interactions);
const BONUS: Part = |period| (period.score, period.graded);
const RATE: Part = |period| (i128::from(period.earned), period.score);

/// The same with the factors looked at in any order: it does not matter.
fn attribute_among(factors: &[Factor], first: &Period, second: &Period) -> BTreeMap<Factor, i128> {
    // What did not change gets nothing. What rounding of the split did alone is the pool's.
    let mut factors: Vec<Factor> =
        factors.iter().copied().filter(|factor| differs(*factor, first, second)).collect();
    if factors.is_empty() {
        factors.push(Factor::Price);
    }
    let count = factors.len();
    let whole = (1_usize << count) - 1;
    let values: Vec<i128> = (0..=whole)
        .map(|set| match set {
            // What is known is not computed: rounding on the way must not change it.
            0 => i128::from(first.earned),
            set if set == whole => i128::from(second.earned),
            set => earned(first, second, &|factor| {
                let place = factors.iter().position(|known| *known == factor);
                place.is_some_and(|place| set & (1 << place) != 0)
            }),
        })
        .collect();
    let factorial = |n: usize| (1..=n).fold(1_i128, |product, k| product * wide(k));
    let all = factorial(count);
    let mut parts: Vec<(Factor, i128)> = factors
        .iter()
        .enumerate()
        .map(|(place, factor)| {
            let without = (0..=whole).filter(|set| set & (1 << place) == 0);
            let sum = without
                .map(|set| {
                    let there = usize::try_from(set.count_ones()).unwrap_or(0);
                    let orders = factorial(there) * factorial(count - there - 1);
                    orders * (values[set | (1 << place)] - values[set])
                })
                .sum();
            (*factor, sum)
        })
        .collect();
    // Ties of the rounding go to the factor that stands first, whatever order they came in.
    parts.sort_by_key(|(factor, _)| *factor);
    let mut split: BTreeMap<Factor, i128> = MULTIPLY.map(|factor| (factor, 0)).into();
    split.extend(round(&parts, all));
    let bounds = |period: &Period| i128::from(period.paid) - i128::from(period.earned);
    split.insert(Factor::Bounds, bounds(second) - bounds(first));
    let corrected = i128::from(second.corrected) - i128::from(first.corrected);
    split.insert(Factor::Corrections, corrected);
    split
}

fn wide(value: usize) -> i128 {
    i128::try_from(value).unwrap_or(i128::MAX)
}

/// Divides each part, and gives what is left to the largest remainders.
fn round(parts: &[(Factor, i128)], by: i128) -> BTreeMap<Factor, i128> {
    let sum: i128 = parts.iter().map(|(_, part)| part).sum();
    let mut split: BTreeMap<Factor, i128> =
        parts.iter().map(|(factor, part)| (*factor, part.div_euclid(by))).collect();
    let mut left = sum / by - split.values().sum::<i128>();
    let mut order: Vec<&(Factor, i128)> = parts.iter().collect();
    order.sort_by_key(|(factor, part)| (std::cmp::Reverse(part.rem_euclid(by)), *factor));
    for (factor, _) in order {
        if left == 0 {
            break;
        }
        if let Some(part) = split.get_mut(factor) {
            *part += 1;
            left -= 1;
        }
    }
    split
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn period() -> impl Strategy<Value = Period> {
        let share = 0_i128..2_000_000;
        let shares = (share.clone(), share.clone(), share.clone(), 1_000_000_i128..1_500_000);
        let views = prop_oneof![Just(0_i64), 1_i64..5_000_000];
        let others = 0_i128..10_000_000_000_000;
        let sums = (0_i64..1_000_000_000_000, -1_000_000_i64..1_000_000, prop::bool::ANY);
        (views, shares, others, sums, -1_000_000_i64..1_000_000).prop_map(
            |(views, (value, act, grade, bonus), others, (pool, bounds, shares), corrected)| {
                let weighted = i128::from(views) * value;
                let interactions = weighted * act / 1_000_000;
                let graded = (weighted + interactions) * grade / 1_000_000;
                let score = graded * bonus / 1_000_000;
                let pool = i128::from(pool);
                let earned =
                    if shares { times(score, (pool, score + others)) } else { score / 1_000 };
                let earned = i64::try_from(earned).expect("it fits");
                let pool = shares.then_some(pool);
                let paid = earned + bounds;
                Period {
                    views,
                    weighted,
                    interactions,
                    graded,
                    score,
                    pool,
                    others,
                    rate: None,
                    earned,
                    paid,
                    corrected,
                }
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        /// The parts add up to the difference, in any order of the factors (issue 6, must hold 3).
        #[test]
        fn parts_add_up_in_any_order(
            first in period(),
            second in period(),
            order in Just(MULTIPLY.to_vec()).prop_shuffle(),
        ) {
            let parts = attribute(&first, &second);
            prop_assert_eq!(parts.values().sum::<i128>(), second.total() - first.total());
            prop_assert_eq!(&parts, &attribute_among(&order, &first, &second));
            let back = attribute(&second, &first);
            prop_assert_eq!(back.values().sum::<i128>(), first.total() - second.total());
        }
    }

    const FIRST: Period = Period {
        views: 1_000,
        weighted: 1_000_000_000,
        interactions: 0,
        graded: 1_000_000_000,
        score: 1_000_000_000,
        pool: Some(1_000_000),
        others: 1_000_000_000,
        rate: None,
        earned: 500_000,
        paid: 500_000,
        corrected: 0,
    };

    fn check(second: Period, expected: &[(Factor, i128)]) {
        let parts = attribute(&FIRST, &second);
        let some: Vec<(Factor, i128)> = parts.into_iter().filter(|(_, part)| *part != 0).collect();
        assert_eq!(some, expected);
    }

    #[test]
    fn what_did_not_change_gets_nothing() {
        check(FIRST, &[]);
        // A pool of the double size.
        let second = Period { pool: Some(2_000_000), earned: 1_000_000, paid: 1_000_000, ..FIRST };
        check(second, &[(Factor::Price, 500_000)]);
        // Others scored three times as much.
        let second = Period { others: 3_000_000_000, earned: 250_000, paid: 250_000, ..FIRST };
        check(second, &[(Factor::Others, -250_000)]);
        // Half the views, by the same viewers: 500 of 1,500 in the place of 1,000 of 2,000.
        let second = Period {
            views: 500,
            weighted: 500_000_000,
            graded: 500_000_000,
            score: 500_000_000,
            earned: 333_333,
            paid: 333_333,
            ..FIRST
        };
        check(second, &[(Factor::Views, -166_667)]);
        // Under the floor; corrected later.
        check(Period { paid: 0, ..FIRST }, &[(Factor::Bounds, -500_000)]);
        check(Period { corrected: -7, ..FIRST }, &[(Factor::Corrections, -7)]);
    }

    /// Two factors that double each: the order of which does not matter, so each gets the same.
    #[test]
    fn factors_share_what_they_do_together() {
        let rate = Period { pool: None, rate: Some(1), earned: 100, paid: 100, ..FIRST };
        let second = Period {
            views: 2_000,
            weighted: 4_000_000_000,
            graded: 4_000_000_000,
            score: 4_000_000_000,
            earned: 400,
            paid: 400,
            ..rate
        };
        let parts = attribute(&rate, &second);
        assert_eq!((parts[&Factor::Views], parts[&Factor::ViewerValue]), (150, 150));
    }
}
