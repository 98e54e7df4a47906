//! The way of a payout: whatever is told, in whatever order, money moves at most once each way (I9,
//! I10, I13).
use proptest::prelude::*;
use stipend_payout::state::Movement;
use stipend_payout::{Event, State};

const EVENTS: [Event; 13] = [
    Event::Flag,
    Event::Clear,
    Event::Refuse,
    Event::Cancel,
    Event::Batch,
    Event::Unbatch,
    Event::Submit,
    Event::Sent,
    Event::Lose,
    Event::Miss,
    Event::Pay,
    Event::Fail,
    Event::Return,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]
    #[test]
    fn money_moves_at_most_once(places in prop::collection::vec(0..EVENTS.len(), 0..60),
                                review in any::<bool>()) {
        let mut state = if review { State::Review } else { State::Ready };
        let (mut reserved, mut out, mut wallet) = (1, 0, 0);
        for place in places {
            let Ok((next, movement)) = state.on(EVENTS[place]) else { continue };
            match movement {
                Movement::None => {}
                Movement::GiveBack => { reserved -= 1; wallet += 1; }
                Movement::PayOut => { reserved -= 1; out += 1; }
                Movement::TakeIn => { out -= 1; wallet += 1; }
            }
            state = next;
            prop_assert!((0..=1).contains(&reserved) && (0..=1).contains(&out));
            prop_assert_eq!(reserved + out + wallet, 1);
            prop_assert_eq!(reserved == 1, state.reserves(), "{}", state);
            prop_assert_eq!(out == 1, state == State::Paid, "{}", state);
        }
    }

    /// Answers about a payout that was handed over lead to the same end in any order, if they do
    /// not contradict each other.
    #[test]
    fn answers_come_in_any_order(mut order in Just(vec![Event::Sent, Event::Pay, Event::Return])
                                     .prop_shuffle(), twice in any::<bool>()) {
        if twice {
            let again = order.clone();
            order.extend(again);
        }
        let mut state = State::Submitting;
        for event in order {
            if let Ok((next, _)) = state.on(event) {
                state = next;
            }
        }
        prop_assert_eq!(state, State::Returned);
    }
}

#[test]
fn from_unknown_only_what_the_rail_knows_leads_on() {
    let led: Vec<String> = EVENTS
        .iter()
        .filter_map(|event| {
            let (next, _) = State::Unknown.on(*event).ok()?;
            (next != State::Unknown).then(|| format!("{event:?} {next}"))
        })
        .collect();
    let expected =
        ["Submit submitting", "Sent submitted", "Pay paid", "Fail failed", "Return returned"];
    assert_eq!(led, expected);
    for (state, word) in State::WORDS {
        assert_eq!(State::from_word(word), Some(state));
        // What is over takes nothing that would move its money.
        if !state.reserves() && state != State::Paid {
            let moves =
                |event: &Event| !matches!(state.on(*event), Err(_) | Ok((_, Movement::None)));
            assert!(!EVENTS.iter().any(moves), "{state}");
        }
    }
}
