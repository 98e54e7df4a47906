//! Properties of a settled day and of corrections.
use program::Policy;
use proptest::prelude::*;
use stipend_settlement::{CreatorDay, Line, correct, settle_day};

/// A policy with the given reward and limits.
fn policy(reward: &str, limits: &str) -> Policy {
    let text = format!(
        "format = 1\nprogram = \"p\"\ntitle = \"P\"\neffective = \"2026-01-01\"\nasset = \"EUR\"\n\
         [day]\nzone = \"UTC\"\n[reward]\n{reward}\n[limits]\n{limits}\n"
    );
    Policy::parse(&text).expect("a policy")
}

fn policies() -> impl Strategy<Value = Policy> {
    let reward = prop_oneof![
        Just("pool_per_day = \"100.00\"\nsettle_to = \"minor\""),
        Just("pool_per_day = \"0.0007\""),
        Just("rate_per_thousand = \"2.50\"\nsettle_to = \"minor\""),
        Just("rate_per_thousand = \"0.02\""),
    ];
    let limits = prop_oneof![
        Just(""),
        Just("floor_per_creator_day = \"1.00\""),
        Just("floor_per_creator_day = \"1.00\"\nbelow_floor = \"carry\""),
        Just("cap_per_creator_day = \"2.00\"\nabove_cap = \"carry\"\nmonthly_budget = \"30.00\""),
        Just("monthly_budget = \"50.00\"\nbudget_used_up = \"stop\""),
        Just(
            "floor_per_creator_day = \"0.50\"\nbelow_floor = \"carry\"\n\
              cap_per_creator_day = \"3.00\"\nmonthly_budget = \"20.00\""
        ),
    ];
    (reward, limits).prop_map(|(reward, limits)| policy(reward, limits))
}

fn creators() -> impl Strategy<Value = Vec<CreatorDay>> {
    prop::collection::vec((0..50_000_i64, 0..3_000_000_i64), 0..30).prop_map(|days| {
        let creator = |(place, (views, carried_in)): (usize, (i64, i64))| CreatorDay {
            creator: format!("{}", 100 + place),
            views,
            score: i128::from(views) * 1_234_567,
            carried_in,
            watch_ms: views * 1_000,
        };
        days.into_iter().enumerate().map(creator).collect()
    })
}

/// So many cases; a failure prints its smallest input, nothing is written beside the tests.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

proptest! {
    #![proptest_config(cases(3_000))]

    /// Nothing is lost between earning and paying, limits hold, a pool is paid whole (I7), and the
    /// month's budget is never passed.
    #[test]
    fn a_day_adds_up(policy in policies(), creators in creators(), spent in 0..400_000_000_i64) {
        let settled = settle_day(&policy, &creators, spent).expect("it fits");
        let unit = policy.scale.units();
        let mut earned = 0;
        for (line, creator) in settled.lines.iter().zip(&creators) {
            prop_assert_eq!(&line.creator, &creator.creator);
            prop_assert_eq!(
                line.earned + line.carried_in, line.paid + line.carried_out + line.forfeited);
            prop_assert!(line.paid >= 0 && line.carried_out >= 0 && line.forfeited >= 0);
            prop_assert!(policy.limits.cap.is_none_or(|cap| line.paid <= cap));
            let floor = policy.limits.floor.unwrap_or(0);
            prop_assert!(line.paid == 0 || line.paid >= floor);
            prop_assert_eq!(line.earned % unit, 0);
            earned += line.earned;
        }
        prop_assert_eq!(settled.lines.len(), creators.len());
        let scored = creators.iter().any(|creator| creator.score > 0);
        if let program::Reward::Pool { per_day } = policy.reward {
            let left = policy.limits.monthly_budget.map(|budget| (budget - spent).max(0));
            if scored && left.is_none_or(|left| left >= per_day) {
                prop_assert_eq!(earned, per_day);
            }
            prop_assert!(earned <= per_day);
        }
        if let Some(budget) = policy.limits.monthly_budget {
            prop_assert!(spent + settled.spent <= budget.max(spent));
        }
    }

    /// Old lines and the differences make the new lines; equal days differ in nothing (I8).
    #[test]
    fn corrections_make_up_the_difference(policy in policies(), a in creators(), b in creators()) {
        let old = settle_day(&policy, &a, 0).expect("it fits").lines;
        let new = settle_day(&policy, &b, 0).expect("it fits").lines;
        prop_assert!(correct(&old, &old).is_empty());
        let changes = correct(&old, &new);
        let mut standing: std::collections::BTreeMap<String, Line> =
            old.iter().map(|line| (line.creator.clone(), line.clone())).collect();
        for (before, after) in &changes {
            let held = standing.get(&before.creator).cloned();
            let empty = Line { creator: before.creator.clone(), ..Line::default() };
            prop_assert_eq!(held.unwrap_or(empty.clone()), before.clone());
            if *after == empty {
                standing.remove(&after.creator);
            } else {
                standing.insert(after.creator.clone(), after.clone());
            }
        }
        let expected: std::collections::BTreeMap<String, Line> = new
            .into_iter()
            .map(|line| (line.creator.clone(), line))
            .filter(|(id, line)| {
                let empty = Line { creator: id.clone(), ..Line::default() };
                *line != empty || standing.contains_key(id)
            })
            .collect();
        prop_assert_eq!(standing, expected);
    }
}
