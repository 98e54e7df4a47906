//! The meter against a reference that reads like the rules: one event at a time, maps and sorts.
use std::collections::{BTreeMap, BTreeSet};

use std::sync::Arc;

use kernel::Reason;
use program::Policy;
use proptest::prelude::*;
use stipend_metering::{
    Columns, Counts, DayFacts, Index, Kind, Meter, NO_LENGTH, Partial, Rules, TargetDays, Verdict,
    WorkTable, WorkToday,
};

const DAY: i64 = 86_400_000_000;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Event {
    id: i64,
    viewer: i64,
    work: i64,
    time: i64,
    device: i64,
    creator: i64,
    kind: i32,
    paid: i32,
    flags: i32,
    watch_ms: i32,
    length_ms: i32,
}

/// Hashes whose top bits spread over buckets.
fn hash(number: i64) -> i64 {
    (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_u64.cast_signed()) | 1
}

/// The hash of a work. From the fourth on they share the top half and the low bits: one slot of a
/// look-up table, and what it holds beside the place. One of them is not in the catalog.
fn work_hash(number: i64) -> i64 {
    if number < 3 { hash(100 + number) } else { (hash(100) & !0xffff_ffff) | (number << 12) | 5 }
}

fn event() -> impl Strategy<Value = Event> {
    let ids = (0..400_i64, 0..12_i64, 0..7_i64, 0..3 * DAY, 0..4_i64);
    let rest = (0..5_i64, 0..9_i32, 0..8_i32, 0..32_i32, 0..12_000_i32, 0..4_i32);
    (ids, rest).prop_map(|((id, viewer, work, time, device), rest)| {
        let (creator, kind, paid, flags, watch_ms, length) = rest;
        Event {
            // An id belongs to its viewer; few ids, so that copies are common.
            id: hash(1_000 + id % 60),
            viewer: hash(viewer),
            work: work_hash(work),
            time: time / 3_600_000_000 * 3_600_000_000,
            device: if device == 0 { 0 } else { hash(200 + device) },
            creator: if creator < 3 { 0 } else { hash(300 + creator % 3) },
            kind: if kind < 6 { 0 } else { kind - 5 },
            paid: i32::from(paid == 0),
            flags: if kind < 6 && flags % 3 == 0 { flags } else { 0 },
            watch_ms,
            length_ms: [NO_LENGTH, 0, 8_000, 20_000][length as usize],
        }
    })
}

fn policy(number: usize) -> Policy {
    let (views, abnormal, interactions) = [
        ("minimum_watch_ms = 5000\nminimum_share = \"0.5\"", "", "on = \"any_event\""),
        ("per_viewer_work_day = 0\nself_views = \"count\"", "viewer_views_per_day = 9", ""),
        (
            "minimum_watch_ms = 2000\nper_viewer_work_day = 2\nlength_unknown = \"refuse\"",
            "one_creator_share = \"0.6\"\none_creator_from_views = 3",
            "count = \"per_event\"",
        ),
        (
            "minimum_watch_ms = 1000\npaid_traffic = \"count\"",
            "device_views_per_day = 12\nviewer_views_per_day = 14",
            "count = \"per_event\"\non = \"any_event\"",
        ),
    ][number];
    let text = format!(
        "format = 1\nprogram = \"p\"\ntitle = \"P\"\neffective = \"2026-01-01\"\nasset = \"EUR\"\n\
         [day]\nzone = \"UTC\"\n[views]\n{views}\n[abnormal]\n{abnormal}\n\
         [score.interactions]\n{interactions}\n[reward]\npool_per_day = \"1.00\"\n"
    );
    Policy::parse(&text).expect("a policy")
}

/// Works 0 to 5 are known (6 is not); work 4 earns nothing on day 1.
fn facts(day: i64) -> DayFacts {
    let accounts = vec![hash(0), hash(1), 0, 0];
    let work = |place: u32| WorkToday {
        work: work_hash(i64::from(place)),
        account: accounts[place as usize % 3],
        creator: place % 3,
        length_ms: [10_000, NO_LENGTH, 30_000][place as usize % 3],
        exclusion: (place == 4 && day == 1).then_some(Reason::Deleted),
    };
    DayFacts { works: (0..6).map(work).collect(), accounts }
}

/// Waiting and copied events by day and unknown work.
type Unknown = BTreeMap<(i64, i64), (u32, u32)>;
/// Qualifying views (time, id) by viewer, day, work and creator.
type Long = BTreeMap<(i64, i64, i64, u32), Vec<(i64, i64)>>;
/// Verdicts, qualified views and interactions by day, work and creator.
type Sums = BTreeMap<(i64, i64, u32), ([u32; Verdict::COUNT], u32, [u32; 5])>;

/// What the events come to, told slowly.
fn reference(policy: &Policy, events: &[Event], days: i64) -> (Sums, Unknown) {
    let rules = Rules::of(policy);
    let rank = |creator: i64| (0..3).find(|place| hash(300 + place) == creator).unwrap_or(9);
    let mut merged: BTreeMap<(i64, i64), (Event, u32)> = BTreeMap::new();
    for event in events {
        let entry = merged.entry((event.id, event.viewer));
        let (held, copies) = entry.or_insert_with(|| (event.clone(), 0));
        *copies += 1;
        held.time = held.time.min(event.time);
        held.watch_ms = held.watch_ms.max(event.watch_ms);
        held.length_ms = held.length_ms.max(event.length_ms);
        held.flags |= event.flags;
        held.paid = held.paid.max(event.paid);
        held.kind = held.kind.min(event.kind);
        held.work = held.work.min(event.work);
        held.device = match (held.device, event.device) {
            (0, other) | (other, 0) => other,
            (a, b) => a.min(b),
        };
        held.creator = match (held.creator, event.creator) {
            (0, other) | (other, 0) => other,
            (a, b) => {
                if rank(a) <= rank(b) {
                    a
                } else {
                    b
                }
            }
        };
    }
    let unique: Vec<(Event, u32)> =
        merged.into_values().filter(|(event, _)| event.time / DAY < days).collect();
    let mut viewer_views: BTreeMap<(i64, i64), u32> = BTreeMap::new();
    let mut device_views: BTreeMap<(i64, i64), u32> = BTreeMap::new();
    let mut to_creator: BTreeMap<(i64, i64, u32), u32> = BTreeMap::new();
    let place = |event: &Event| (0..6).find(|place| work_hash(*place) == event.work);
    let creator = |event: &Event, work: i64| match rank(event.creator) {
        9 => u32::try_from(work % 3).expect("small"),
        rank => u32::try_from(rank).expect("small"),
    };
    for (event, _) in unique.iter().filter(|(event, _)| event.kind == 0) {
        *viewer_views.entry((event.viewer, event.time / DAY)).or_default() += 1;
        *device_views.entry((event.device, event.time / DAY)).or_default() += 1;
        if let Some(work) = place(event) {
            let key = (event.viewer, event.time / DAY, creator(event, work));
            *to_creator.entry(key).or_default() += 1;
        }
    }
    let mut sums: Sums = BTreeMap::new();
    let mut unknown: Unknown = BTreeMap::new();
    let mut long: Long = BTreeMap::new();
    let mut seen: BTreeSet<(i64, i64, i64, u32, i32)> = BTreeSet::new();
    // Views first, then interactions of their own.
    for views in [true, false] {
        for (event, copies) in &unique {
            let day = event.time / DAY;
            let Some(work) = place(event) else {
                if views {
                    let counts = unknown.entry((day, event.work)).or_default();
                    counts.0 += 1;
                    counts.1 += copies - 1;
                }
                continue;
            };
            if (event.kind == 0) != views {
                continue;
            }
            let by = creator(event, work);
            let today = facts(day).works[usize::try_from(work).expect("small")];
            let sum = sums.entry((day, work, by)).or_insert(([0; Verdict::COUNT], 0, [0; 5]));
            sum.0[Verdict::Duplicate.place()] += copies - 1;
            let account = facts(day).accounts[by as usize];
            let busy = viewer_views.get(&(event.viewer, day)).copied().unwrap_or(0);
            let one_sided = rules.one_creator.is_some_and(|(share, from)| {
                busy >= from
                    && to_creator.iter().any(|((viewer, on, _), views)| {
                        (*viewer, *on) == (event.viewer, day)
                            && u64::from(*views) * 1_000_000 > share * u64::from(busy)
                    })
            });
            let device = device_views.get(&(event.device, day)).copied().unwrap_or(0);
            let crowded =
                event.device != 0 && rules.device_views_max.is_some_and(|most| device > most);
            let key = (event.viewer, day, work, by);
            let length =
                if event.length_ms == NO_LENGTH { today.length_ms } else { event.length_ms };
            let verdict = if today.exclusion.is_some() {
                Verdict::Excluded
            } else if rules.exclude_self && account == event.viewer {
                Verdict::SelfView
            } else if rules.exclude_paid && event.paid == 1 {
                Verdict::PaidTraffic
            } else if rules.viewer_views_max.is_some_and(|most| busy > most) || one_sided {
                Verdict::AbnormalViewer
            } else if crowded {
                Verdict::AbnormalDevice
            } else if views {
                let long_enough = rules.long_enough(event.watch_ms, length);
                if long_enough || rules.interaction_on_any {
                    for bit in 0..5 {
                        let carried = event.flags >> bit & 1 == 1;
                        let fresh = carried && seen.insert((key.0, key.1, key.2, key.3, bit));
                        if carried && (fresh || !rules.interaction_per_viewer) {
                            sum.2[bit as usize] += 1;
                        }
                    }
                }
                if long_enough {
                    long.entry(key).or_default().push((event.time, event.id));
                    continue;
                }
                Verdict::TooShort
            } else {
                let bit = event.kind - 1;
                if !rules.interaction_on_any && !long.contains_key(&key) {
                    Verdict::InteractionWithoutView
                } else if !seen.insert((key.0, key.1, key.2, key.3, bit))
                    && rules.interaction_per_viewer
                {
                    Verdict::InteractionRepeat
                } else {
                    sum.2[bit as usize] += 1;
                    Verdict::Effective
                }
            };
            sum.0[verdict.place()] += 1;
        }
    }
    for ((_, day, work, by), views) in long {
        let most = if rules.per_viewer == 0 { usize::MAX } else { rules.per_viewer as usize };
        let qualified = u32::try_from(views.len().min(most)).expect("small");
        let sum = sums.entry((day, work, by)).or_insert(([0; Verdict::COUNT], 0, [0; 5]));
        sum.0[Verdict::Qualified.place()] += qualified;
        sum.0[Verdict::Repeat.place()] += u32::try_from(views.len()).expect("small") - qualified;
        sum.1 += qualified;
    }
    (sums, unknown)
}

/// The meter over `2^bits` buckets, the events cut into `runs` runs.
fn metered(
    policy: &Policy,
    events: &[Event],
    days: i64,
    bits: u32,
    runs: usize,
) -> (Sums, Unknown) {
    let rules = Rules::of(policy);
    let works: Vec<i64> = (0..6).map(work_hash).collect();
    let creators: Vec<i64> = (0..3).map(|place| hash(300 + place)).collect();
    let index = |hashes: &[i64]| Arc::new(Index::of(hashes));
    let table = WorkTable::new(index(&works), index(&creators), (0..days).map(facts).collect());
    let targets = TargetDays::new((0..days).map(|day| (day * DAY, (day + 1) * DAY)).collect());
    let bucket = |bucket: usize| {
        let mut columns = Columns::default();
        let mut ranges = Vec::new();
        for part in events.chunks(events.len() / runs + 1) {
            let mut part: Vec<&Event> = part
                .iter()
                .filter(|e| kernel::cast::top_bits(e.viewer.cast_unsigned(), bits) == bucket)
                .collect();
            part.sort_by_key(|event| event.viewer.cast_unsigned());
            let start = columns.len() as u32;
            for event in part {
                columns.id.push(event.id);
                columns.viewer.push(event.viewer);
                columns.work.push(event.work);
                columns.time.push(event.time);
                columns.device.push(event.device);
                columns.creator.push(event.creator);
                columns.kind.push(event.kind);
                columns.source.push(event.paid);
                columns.flags.push(event.flags);
                columns.region.push(0);
                columns.watch_ms.push(event.watch_ms);
                columns.length_ms.push(event.length_ms);
            }
            ranges.push(start..columns.len() as u32);
        }
        (columns, ranges)
    };
    let mut meter = Meter::new(&rules, &table, &targets, bits);
    if let Some(most) = rules.device_views_max {
        let mut counts = Partial::new(&table);
        for number in 0..1 << bits {
            let (columns, ranges) = bucket(number);
            meter.count_devices(&columns, &ranges, &mut counts);
        }
        meter.set_abnormal_devices(&Partial::devices_over(&[counts], most));
    }
    let mut partials = Vec::new();
    let mut told = 0_u64;
    for number in 0..1 << bits {
        let (columns, ranges) = bucket(number);
        // Each bucket into its own marks, as threads do.
        let mut partial = Partial::new(&table);
        meter.bucket(&columns, &ranges, &mut partial, Some(&mut |_, _, _, _| told += 1));
        partials.push(partial);
    }
    let outside: u64 = partials.iter().map(|partial| partial.outside).sum();
    let counts = Counts::of(partials);
    let mut sums: Sums = BTreeMap::new();
    let mut unknown = BTreeMap::new();
    let mut accepted = 0;
    for day in 0..u16::try_from(days).expect("few") {
        for counts in (0..counts.stretches()).flat_map(|n| counts.stretch(&table, day, n)) {
            accepted += u64::from(counts.verdicts.iter().sum::<u32>());
            let key = (i64::from(counts.day), i64::from(counts.work), counts.creator);
            sums.insert(key, (counts.verdicts, counts.tiers.iter().sum(), counts.interactions));
        }
        for row in counts.unknown(day) {
            accepted += u64::from(row.waiting + row.duplicates);
            unknown.insert((i64::from(row.day), row.work), (row.waiting, row.duplicates));
        }
    }
    // Each event has one verdict, or lies outside the settled days (I5).
    assert_eq!(accepted + outside, events.len() as u64);
    assert_eq!(told, accepted);
    (sums, unknown)
}

/// So many cases; a failure prints its smallest input, nothing is written beside the tests.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

proptest! {
    #![proptest_config(cases(1_500))]

    #[test]
    fn the_meter_counts_like_the_reference(
        mut events in prop::collection::vec(event(), 1..160),
        number in 0..4_usize,
        bits in 0..4_u32,
        runs in 1..6_usize,
        days in 1..4_i64,
        turn in 0..160_usize,
    ) {
        let policy = policy(number);
        let expected = reference(&policy, &events, days);
        prop_assert_eq!(&metered(&policy, &events, days, bits, runs), &expected);
        // Another order, other batches, other buckets (I6).
        let middle = turn % events.len();
        events.rotate_left(middle);
        events.reverse();
        prop_assert_eq!(&metered(&policy, &events, days, 3 - bits, 7 - runs), &expected);
        // Each event twice: only the copies count up.
        let twice: Vec<Event> = events.iter().chain(&events).cloned().collect();
        let (sums, _) = metered(&policy, &twice, days, bits, runs);
        for (key, (verdicts, views, interactions)) in &expected.0 {
            prop_assert_eq!(sums[key].1, *views);
            prop_assert_eq!(&sums[key].2, interactions);
            let copies = Verdict::Duplicate.place();
            prop_assert_eq!(&sums[key].0[copies + 1..], &verdicts[copies + 1..]);
        }
        // Kinds of the reference are those of the meter.
        prop_assert_eq!(Kind::View.code(), 0);
    }
}
