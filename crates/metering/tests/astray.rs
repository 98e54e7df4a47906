//! Finding events with copies on several days, against a search of all pairs.
use std::collections::BTreeSet;

use proptest::prelude::*;
use stipend_metering::{Columns, Identity, Run, astray};

/// Hashes whose top bits spread over parts.
fn hash(number: i64) -> i64 {
    (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_u64.cast_signed())
}

#[derive(Debug, Clone)]
struct Segment {
    day: Option<i32>,
    near: bool,
    /// (viewer, id)
    events: Vec<(i64, i64)>,
}

fn segment(viewers: i64) -> impl Strategy<Value = Segment> {
    let events = prop::collection::vec((0..viewers, 0..viewers * 4), 0..60);
    (0..4_i32, any::<bool>(), events).prop_map(|(day, near, events)| Segment {
        day: (day > 0).then_some(day),
        near,
        events: events.into_iter().map(|(viewer, id)| (hash(viewer), hash(1_000 + id))).collect(),
    })
}

fn reference(segments: &[Segment]) -> BTreeSet<Identity> {
    let rows = || segments.iter().flat_map(|s| s.events.iter().map(move |event| (s, event)));
    let mut found = BTreeSet::new();
    for (at, (a, event)) in rows().enumerate() {
        for (b, other) in rows().skip(at + 1) {
            let apart = a.day.is_none() || b.day.is_none() || a.day != b.day;
            if event == other && (a.near || b.near) && apart {
                found.insert(*event);
            }
        }
    }
    found
}

/// So many cases; a failure prints its smallest input, nothing is written beside the tests.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn copies_on_several_days_are_found(
        mut segments in prop::collection::vec(segment(9), 1..7),
        repeat in 1..120_usize,
    ) {
        // Sometimes enough rows for several parts.
        if repeat > 110 {
            for segment in &mut segments {
                let more = (0..3_000).map(|n| (hash(100 + n % 700), hash(50_000 + n)));
                segment.events.extend(more);
            }
        }
        let mut columns = Columns::default();
        let mut runs = Vec::new();
        for segment in &segments {
            let mut events = segment.events.clone();
            events.sort_by_key(|(viewer, _)| viewer.cast_unsigned());
            let start = u32::try_from(columns.len()).expect("few");
            for (viewer, id) in events {
                columns.viewer.push(viewer);
                columns.id.push(id);
            }
            let end = u32::try_from(columns.len()).expect("few");
            runs.push(Run { rows: start..end, day: segment.day, near: segment.near });
        }
        let found: BTreeSet<Identity> = astray(&columns, &runs, 0).into_iter().collect();
        if repeat <= 110 {
            prop_assert_eq!(found, reference(&segments));
        } else {
            // All pairs of so many would take too long; the last events are in every segment.
            let mut small = segments.clone();
            for segment in &mut small {
                segment.events.truncate(segment.events.len() - 3_000);
            }
            let is_old = |id: i64| (0..36).any(|number| hash(1_000 + number) == id);
            let old: BTreeSet<Identity> = found.into_iter().filter(|(_, id)| is_old(*id)).collect();
            prop_assert_eq!(old, reference(&small));
        }
    }
}
