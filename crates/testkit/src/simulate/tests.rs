//! Tests of the simulator.
use std::collections::HashMap;

use super::{Event, Kind, Plan, Platform, Source, tables};

const DAY_US: i64 = super::DAY_US;

fn plan() -> Plan {
    Plan { conflicts_ppm: 5_000, ..Plan::sized(7, 600_000, 3, 19_107) }
}

fn logged(platform: &Platform, day: u32) -> Vec<Event> {
    let mut events = Vec::new();
    platform.events(day, &mut |event| events.push(*event));
    events
}

/// Hour and day index, both local, of an event.
fn local(plan: &Plan, event: &Event) -> (i64, i64) {
    let local_us = event.time_us + plan.utc_offset_s * 1_000_000;
    let day = local_us.div_euclid(DAY_US) - i64::from(plan.first_day);
    (local_us.rem_euclid(DAY_US) / 3_600_000_000, day)
}

/// Whether `found` is within `percent` of `wanted`.
fn near(found: u64, wanted: u64, percent: u64) -> bool {
    found.abs_diff(wanted) * 100 <= wanted * percent
}

fn ppm_of(total: u64, ppm: u32) -> u64 {
    total * u64::from(ppm) / 1_000_000
}

fn counted(events: &[Event], test: impl Fn(&Event) -> bool) -> u64 {
    events.iter().map(|event| u64::from(test(event))).sum()
}

#[test]
fn the_same_plan_gives_the_same_log_in_any_order_of_days() {
    let (one, other) = (Platform::new(plan()), Platform::new(plan()));
    assert_eq!(one.creators, other.creators);
    assert_eq!(one.works, other.works);
    let second = logged(&other, 1);
    assert_eq!(logged(&one, 0), logged(&other, 0));
    assert_eq!(logged(&one, 1), second);
    let changed = Platform::new(Plan { seed: 8, ..plan() });
    assert_ne!(logged(&changed, 1), second);
    assert!(logged(&one, 3).is_empty());
}

#[test]
fn repeats_and_late_events_come_at_their_rates() {
    let plan = plan();
    let platform = Platform::new(plan.clone());
    let mut first: HashMap<u64, Event> = HashMap::new();
    let (mut same, mut changed, mut late) = (0_u64, 0_u64, 0_u64);
    for day in 0..plan.days {
        for event in logged(&platform, day) {
            if let Some(before) = first.get(&event.seq) {
                same += u64::from(*before == event);
                changed += u64::from(*before != event);
                assert!(before.watch_ms <= event.watch_ms && before.flags & !event.flags == 0);
            } else {
                let behind = i64::from(day) - local(&plan, &event).1;
                assert!(behind == 0 || behind == 1);
                late += u64::from(behind == 1);
                first.insert(event.seq, event);
            }
        }
    }
    let lost = ppm_of(plan.events_per_day, plan.late_ppm);
    let events = plan.events_per_day * u64::from(plan.days);
    assert_eq!(u64::try_from(first.len()), Ok(events - lost));
    assert_eq!(late, lost * 2);
    assert!(near(same, ppm_of(events, plan.duplicates_ppm), 5), "{same} duplicates");
    assert!(near(changed, ppm_of(events, plan.conflicts_ppm), 10), "{changed} conflicts");
}

#[test]
fn hours_and_sources_follow_the_tables() {
    let plan = Plan { duplicates_ppm: 0, conflicts_ppm: 0, late_ppm: 0, ..plan() };
    let platform = Platform::new(plan.clone());
    let events = logged(&platform, 2);
    let total = plan.events_per_day;
    assert_eq!(u64::try_from(events.len()), Ok(total));
    for (hour, permille) in (0_i64..).zip(tables::HOUR_PERMILLE) {
        let found = counted(&events, |event| local(&plan, event).0 == hour);
        assert!(near(found, total * u64::from(permille) / 1000, 2), "hour {hour}: {found}");
    }
    let bots = platform.bots();
    let found = counted(&events, |event| bots.contains(&event.viewer));
    assert!(near(found, ppm_of(total, plan.bots_ppm), 10), "{found} by bots");
    let found = counted(&events, |event| event.source == Source::Paid);
    assert!(near(found, ppm_of(total, plan.paid_ppm), 10), "{found} paid");
    let found = counted(&events, |event| event.kind != Kind::View);
    assert!(near(found, ppm_of(total, 1_200), 40), "{found} apart from views");
}

#[test]
fn views_fall_on_few_works_and_never_before_they_are_published() {
    let platform = Platform::new(plan());
    let mut views = vec![0_u64; platform.works.len()];
    for event in logged(&platform, 1) {
        let at = usize::try_from(event.work).unwrap_or(usize::MAX);
        assert!(platform.works[at].published_us <= event.time_us);
        views[at] += 1;
    }
    views.sort_unstable_by(|a, b| b.cmp(a));
    let total: u64 = views.iter().sum();
    let tenth: u64 = views.iter().take(views.len() / 10).sum();
    assert!(near(tenth, total * 65 / 100, 10), "the top tenth has {tenth} of {total}");
}
