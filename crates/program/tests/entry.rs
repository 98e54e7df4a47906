//! Properties of the decision of entry (requirements R35, R74): a rollout never loses anybody, what
//! is not said is never yes, and the earliest day is right.
use catalog::{AccountType, AgeProof, CreatorFacts};
use kernel::Day;
use proptest::prelude::*;
use stipend_program::Policy;
use stipend_program::entry::{Answer, Candidate, Decision, Window, place_in_rollout};

const HEAD: &str = "format = 1\nprogram = \"p\"\ntitle = \"P\"\neffective = \"2020-01-01\"\n\
                    asset = \"EUR\"\n";
const REST: &str = "[day]\nzone = \"UTC\"\n[reward]\npool_per_day = \"1.00\"\n";

fn policy(rules: &str) -> Policy {
    Policy::parse(&format!("{HEAD}{rules}\n{REST}")).expect(rules)
}

/// A rule that holds no other, as its text.
fn leaf() -> impl Strategy<Value = String> {
    prop_oneof![
        (0_u8..40, any::<bool>()).prop_map(|(years, verified)| {
            let proof = if verified { "verified" } else { "declared" };
            format!("{{ age = {{ years = {years}, proof = \"{proof}\" }} }}")
        }),
        (0_u32..20).prop_map(|least| format!("{{ followers = {{ minimum = {least} }} }}")),
        (0_u32..20, 1_u16..60).prop_map(|(least, days)| {
            format!("{{ views = {{ minimum = {least}, days = {days} }} }}")
        }),
        (1_u16..200).prop_map(|days| format!("{{ violation_free = {{ days = {days} }} }}")),
        Just("{ account_type = { allow = [\"creator\"] } }".to_owned()),
    ]
}

/// Rules within each other, without `not`.
fn rule() -> impl Strategy<Value = String> {
    leaf().prop_recursive(3, 12, 3, |inner| {
        (proptest::collection::vec(inner, 1..4), any::<bool>()).prop_map(|(rules, any)| {
            let word = if any { "any" } else { "all" };
            format!("{{ {word} = [{}] }}", rules.join(", "))
        })
    })
}

fn rules() -> impl Strategy<Value = String> {
    let rules = proptest::collection::vec(rule(), 1..4);
    rules.prop_map(|rules| format!("[eligibility]\nrequire = [{}]", rules.join(", ")))
}

/// Everything is said, so that it passes every rule but of violations.
fn best() -> CreatorFacts {
    CreatorFacts {
        age: Some(100),
        age_proof: Some(AgeProof::Verified),
        followers: Some(1_000),
        account_type: Some(AccountType::Creator),
        ..CreatorFacts::default()
    }
}

fn decide(policy: &Policy, facts: &CreatorFacts, views: Option<i64>, day: Day) -> Decision {
    let windows = |window: Window| match window {
        Window::Views(_) => views,
        Window::Posts(_) => Some(0),
    };
    policy.entry(&Candidate { id: "c", facts, windows: &windows, day })
}

fn day(text: &str) -> Day {
    text.parse().expect(text)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// A larger share keeps everybody who was in.
    #[test]
    fn a_rollout_never_loses_anybody(
        salt in "[a-z]{1,8}",
        smaller in 0_u16..=1_000,
        more in 0_u16..=1_000,
    ) {
        let larger = (smaller + more).min(1_000);
        let of = |permille: u16| {
            let rollout = format!("{{ salt = \"{salt}\", permille = {permille} }}");
            policy(&format!("[availability]\nrollout = {rollout}"))
        };
        let (before, after) = (of(smaller), of(larger));
        let (facts, windows) = (CreatorFacts::default(), |_: Window| None);
        let mut reached = 0;
        for number in 0..50 {
            let id = format!("c{number}");
            let day = day("2026-01-01");
            let candidate = Candidate { id: &id, facts: &facts, windows: &windows, day };
            let (one, other) = (before.entry(&candidate).answer, after.entry(&candidate).answer);
            prop_assert!(one <= other, "{salt} {smaller} {larger} {id}");
            reached += u32::from(other == Answer::Yes);
        }
        prop_assert!(larger < 1_000 || reached == 50);
        prop_assert!(larger > 0 || reached == 0);
    }

    /// A fact that is taken away makes nobody fail, and nobody pass for whom it was needed.
    #[test]
    fn what_is_not_said_is_never_yes(rules in rules(), hide in 1_u8..32) {
        let (policy, today) = (policy(&rules), day("2026-06-01"));
        let full = decide(&policy, &best(), Some(1_000), today);
        prop_assert_eq!(full.answer, Answer::Yes, "{}", &rules);
        let hides = |bit: u8| hide & (1 << bit) != 0;
        let facts = CreatorFacts {
            age: best().age.filter(|_| !hides(0)),
            age_proof: best().age_proof.filter(|_| !hides(1)),
            followers: best().followers.filter(|_| !hides(2)),
            account_type: best().account_type.filter(|_| !hides(3)),
            ..best()
        };
        let less = decide(&policy, &facts, Some(1_000).filter(|_| !hides(4)), today);
        prop_assert!(less.answer != Answer::No, "{}", &rules);
        // The whole truth may be anything: with the worst of it, a yes must still be yes.
        if less.answer == Answer::Yes {
            let worst = CreatorFacts {
                age: if hides(0) { Some(0) } else { facts.age },
                age_proof: if hides(1) { Some(AgeProof::Declared) } else { facts.age_proof },
                followers: if hides(2) { Some(0) } else { facts.followers },
                account_type: facts.account_type.or(Some(AccountType::Personal)),
                ..best()
            };
            let views = if hides(4) { 0 } else { 1_000 };
            let told = decide(&policy, &worst, Some(views), today);
            prop_assert_eq!(told.answer, Answer::Yes, "{} without {}", &rules, hide);
        }
    }

    /// On the earliest day it passes, and on the day before it does not; over a leap day.
    #[test]
    fn the_earliest_day_is_right(rules in rules(), last in 0_i32..400, at in 0_i32..400) {
        let policy = policy(&rules);
        let start = day("2023-10-01");
        let facts = CreatorFacts { last_violation: Some(start.plus(last)), ..best() };
        let answer = |day: Day| decide(&policy, &facts, Some(1_000), day);
        let decision = answer(start.plus(last + at));
        if decision.answer == Answer::Yes {
            prop_assert_eq!(decision.earliest, None);
            return Ok(());
        }
        let earliest = decision.earliest;
        prop_assert!(earliest.is_some(), "but for violations all holds: {}", &rules);
        let earliest = earliest.expect("checked");
        prop_assert_eq!(answer(earliest).answer, Answer::Yes, "{} on {}", &rules, earliest);
        prop_assert!(answer(earliest.plus(-1)).answer != Answer::Yes, "{} {}", &rules, earliest);
    }
}

/// A rollout of a tenth reaches about a tenth, within five standard deviations of a fair draw.
#[test]
fn a_rollout_reaches_its_share() {
    for (permille, slack) in [(1_u16, 50), (10, 160), (100, 480), (500, 800)] {
        let within = |number: &u32| place_in_rollout("s", "p", &format!("c{number}")) < permille;
        let reached = (0_u32..100_000).filter(within).count();
        let expected = usize::from(permille) * 100;
        assert!(reached.abs_diff(expected) <= slack, "{permille}: {reached}");
    }
}
