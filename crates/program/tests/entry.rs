//! Properties of the decision of entry (requirements R35, R74): a rollout never loses anybody, what
//! is not said is never yes, and the earliest day is right.
use catalog::{AccountType, AgeProof, CreatorFacts, Standing, Verification};
use kernel::{Day, Zone};
use proptest::prelude::*;
use stipend_program::Policy;
use stipend_program::availability::place_in_rollout;
use stipend_program::entry::{Answer, Candidate, Decision, Window};
use stipend_program::membership::State;

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
        Just("{ standing = { deny = [\"throttled\", \"banned\"] } }".to_owned()),
        Just("{ verification = { deny = [\"celebrity\"] } }".to_owned()),
        Just("{ category = { deny = [\"politics\"] } }".to_owned()),
        (0_u16..3, 1_u16..100).prop_map(|(most, days)| {
            let most = format!("severity = \"minor\", maximum = {most}, days = {days}");
            format!("{{ violations = {{ {most} }} }}")
        }),
        (0_u8..=100, 1_u16..60).prop_map(|(percent, days)| {
            let least = format!("{}.{:02}", percent / 100, percent % 100);
            format!("{{ originality = {{ minimum = \"{least}\", days = {days} }} }}")
        }),
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
        standing: Some(Standing::Good),
        verification: Some(Verification::None),
        category: Some("music".to_owned()),
        ..CreatorFacts::default()
    }
}

const NOBODY: Option<&State> = None;

fn decide<'a>(
    policy: &'a Policy,
    facts: &'a CreatorFacts,
    views: Option<i64>,
    day: Day,
) -> Decision<'a> {
    fn share(window: Window<'_>) -> Option<i64> {
        match window {
            Window::Views(..) | Window::Watch(..) => None,
            Window::Posts(_) => Some(0),
            Window::Original(_) | Window::Graded(..) | Window::Signed => Some(100),
        }
    }
    fn views_of(window: Window<'_>) -> Option<i64> {
        if matches!(window, Window::Views(..)) { Some(1_000) } else { share(window) }
    }
    fn no_views(window: Window<'_>) -> Option<i64> {
        if matches!(window, Window::Views(..)) { Some(0) } else { share(window) }
    }
    let windows: &dyn Fn(Window<'_>) -> Option<i64> = match views {
        None => &share,
        Some(0) => &no_views,
        Some(_) => &views_of,
    };
    let (belongs, members) = (&|_: &str| false, 0);
    policy.entry(&Candidate { id: "c", facts, windows, belongs, state: NOBODY, members, day })
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
        let (facts, windows) = (CreatorFacts::default(), |_: Window<'_>| None);
        let (belongs, members) = (|_: &str| false, 0);
        let mut reached = 0;
        for number in 0..50 {
            let id = format!("c{number}");
            let day = day("2026-01-01");
            let (facts, windows, belongs) = (&facts, &windows, &belongs);
            let candidate =
                Candidate { id: &id, facts, windows, belongs, state: NOBODY, members, day };
            let (one, other) = (before.entry(&candidate).answer, after.entry(&candidate).answer);
            prop_assert!(one <= other, "{salt} {smaller} {larger} {id}");
            reached += u32::from(other == Answer::Yes);
        }
        prop_assert!(larger < 1_000 || reached == 50);
        prop_assert!(larger > 0 || reached == 0);
    }

    /// A fact that is taken away makes nobody fail, and nobody pass for whom it was needed.
    #[test]
    fn what_is_not_said_is_never_yes(rules in rules(), hide in 1_u16..256) {
        let (policy, today) = (policy(&rules), day("2026-06-01"));
        let everything = best();
        let full = decide(&policy, &everything, Some(1_000), today);
        prop_assert_eq!(full.answer, Answer::Yes, "{}", &rules);
        let hides = |bit: u16| hide & (1 << bit) != 0;
        let facts = CreatorFacts {
            age: best().age.filter(|_| !hides(0)),
            age_proof: best().age_proof.filter(|_| !hides(1)),
            followers: best().followers.filter(|_| !hides(2)),
            account_type: best().account_type.filter(|_| !hides(3)),
            standing: best().standing.filter(|_| !hides(5)),
            verification: best().verification.filter(|_| !hides(6)),
            category: best().category.filter(|_| !hides(7)),
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
                standing: facts.standing.or(Some(Standing::Banned)),
                verification: facts.verification.or(Some(Verification::Celebrity)),
                category: facts.category.clone().or(Some("politics".to_owned())),
                ..best()
            };
            let views = if hides(4) { 0 } else { 1_000 };
            let told = decide(&policy, &worst, Some(views), today);
            prop_assert_eq!(told.answer, Answer::Yes, "{} without {}", &rules, hide);
        }
    }

    /// From the first instant of the earliest day on it passes, and one second before it does not:
    /// in zones with and without daylight saving, over a leap day.
    #[test]
    fn the_earliest_day_is_right(
        rules in rules(),
        waits in waits(),
        zone in zone(),
        violations in proptest::collection::vec(0_i32..400, 0..5),
        since in 0_i32..400,
        at in 0_i32..400,
    ) {
        let policy = policy(&format!("{rules}\n{waits}"));
        let zone: Zone = zone.parse().expect("a zone");
        let start = day("2023-10-01");
        let list: Vec<String> =
            violations.iter().map(|days| format!("{} minor", start.plus(*days))).collect();
        let facts = CreatorFacts {
            violations: list.join(", ").parse().ok(),
            account_type_since: Some(start.plus(since)),
            country: Some("CA".to_owned()),
            ..best()
        };
        let last = violations.iter().copied().max().unwrap_or(0);
        let answer = |instant: i64| decide(&policy, &facts, Some(1_000), zone.day_of(instant));
        let now = zone.start_us(start.plus(last.max(since) + at)) + 1_000_000 * i64::from(at);
        let decision = answer(now);
        if decision.answer == Answer::Yes {
            prop_assert_eq!(decision.earliest, None);
            return Ok(());
        }
        prop_assert!(decision.earliest.is_some(), "the rest holds: {} {}", &rules, &waits);
        let first = zone.start_us(decision.earliest.expect("checked"));
        prop_assert!(first > now, "{} {}", &rules, &waits);
        prop_assert_eq!(answer(first).answer, Answer::Yes, "{} {}", &rules, &waits);
        let before = answer(first - 1_000_000);
        prop_assert!(before.answer != Answer::Yes, "{} {}", &rules, &waits);
    }
}

/// What passes by waiting besides violations: a switch of account, a test phase, a raise of the
/// rollout that is on its way, a country that is announced.
fn waits() -> impl Strategy<Value = String> {
    let day = |days: i32| day("2024-01-01").plus(days);
    (0_u16..30, 0_i32..500, 0_i32..500, 0_u16..20, 0_i32..500).prop_map(
        move |(switch, test, raised, push, announced)| {
            let (test, raised, announced) = (day(test), day(raised), day(announced));
            format!(
                "[availability]\nswitch_days = {switch}\n\
                 countries = [\"US\"]\n\
                 announced = [{{ countries = [\"CA\"], from = \"{announced}\" }}]\n\
                 test = {{ groups = [\"t\"], through = \"{test}\" }}\n\
                 rollout = {{ salt = \"s\", permille = 1000, \
                 push = {{ was = 0, from = \"{raised}\", days = {push} }} }}\n"
            )
        },
    )
}

fn zone() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("UTC"),
        Just("Europe/Amsterdam"),
        Just("America/Sao_Paulo"),
        Just("Africa/Cairo"),
        Just("Asia/Shanghai"),
        Just("America/St_Johns"),
    ]
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
