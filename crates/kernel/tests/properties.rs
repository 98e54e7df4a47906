//! Properties of amounts, splits, days and ids.
use proptest::prelude::*;
use stipend_kernel::{Asset, Day, Zone, allocate, id};

/// So many cases; a failure prints its smallest input, nothing is written beside the tests.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

proptest! {
    #![proptest_config(cases(4_000))]

    /// Parts sum to the whole, none is negative, equal weights differ by at most one unit, and a
    /// part is its exact share rounded down or up.
    #[test]
    fn a_split_sums_to_the_whole(
        amount in 0..=i64::MAX,
        weights in prop::collection::vec(
            prop_oneof![Just(0_i128), 1..100_i128, 0..i128::from(i64::MAX)], 0..60),
    ) {
        let total: i128 = weights.iter().sum();
        let parts = allocate(amount, &weights).expect("small enough");
        let sum: i128 = parts.iter().map(|part| i128::from(*part)).sum();
        prop_assert_eq!(sum, if total == 0 { 0 } else { i128::from(amount) });
        for (part, weight) in parts.iter().zip(&weights) {
            let share = if total == 0 { 0 } else { i128::from(amount) * weight / total };
            let part = i128::from(*part);
            prop_assert!(part == share || part == share + 1, "{part} of {share}");
            prop_assert!(*weight != 0 || part == 0);
        }
    }

    /// The split is the plain method: sort all remainders, the earlier place first among equals.
    #[test]
    fn a_split_is_the_largest_remainder(
        amount in 0..1_000_000_i64,
        weights in prop::collection::vec(0..50_i128, 1..30),
    ) {
        let total: i128 = weights.iter().sum();
        prop_assume!(total > 0);
        let product = |weight: &i128| i128::from(amount) * weight;
        let mut parts: Vec<i128> = weights.iter().map(|w| product(w) / total).collect();
        let mut order: Vec<usize> = (0..weights.len()).collect();
        order.sort_by_key(|place| (-(product(&weights[*place]) % total), *place));
        let rest = i128::from(amount) - parts.iter().sum::<i128>();
        for place in order.into_iter().take(usize::try_from(rest).expect("small")) {
            parts[place] += 1;
        }
        let split = allocate(amount, &weights).expect("small");
        prop_assert_eq!(split.into_iter().map(i128::from).collect::<Vec<_>>(), parts);
    }

    /// What is written is read back.
    #[test]
    fn amounts_round_trip(units: i64, place in 0..4_usize) {
        let asset = Asset::of(["EUR", "JPY", "KWD", "CLF"][place]).expect("known");
        let units = units.max(i64::MIN + 1);
        prop_assert_eq!(asset.parse(&asset.format(units)), Ok(units));
    }

    /// Each instant belongs to exactly one day of a zone (I22).
    #[test]
    fn an_instant_has_one_day(time in 0..4_000_000_000_000_000_i64, place in 0..8_usize) {
        let names = ["UTC", "Asia/Shanghai", "Europe/Paris", "America/Sao_Paulo", "Africa/Cairo",
            "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"];
        let zone: Zone = names[place].parse().expect("a zone");
        let day = zone.day_of(time);
        prop_assert!(zone.start_us(day) <= time && time < zone.end_us(day), "{day}");
        prop_assert_eq!(zone.end_us(day), zone.start_us(day.plus(1)));
        prop_assert_eq!(day.to_string().parse::<Day>(), Ok(day));
    }

    /// The order of ids is total and agrees with numbers.
    #[test]
    fn ids_order_like_numbers(a: u64, b: u64, text in "[a-z0-9]{1,4}") {
        prop_assert_eq!(id::order(&a.to_string(), &b.to_string()), a.cmp(&b));
        let number = a.to_string();
        prop_assert_eq!(id::order(&text, &number), id::order(&number, &text).reverse());
    }
}
