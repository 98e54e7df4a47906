//! Creators and works.

use super::draw::{Draw, Stream, narrow, scaled};
use super::people::People;
use super::tables as t;
use super::{Creator, DAY_US, Plan, Work};

const HOUR_MS: u32 = 3_600_000;

/// Draws all creators.
pub(super) fn creators(plan: &Plan, people: &People) -> Vec<Creator> {
    let mut draw = Draw::new(plan.seed, Stream::Creators, 0);
    (0..people.creators).map(|n| creator(plan, people, n, &mut draw)).collect()
}

fn creator(plan: &Plan, people: &People, number: u32, draw: &mut Draw) -> Creator {
    let joined_day = plan.first_day.saturating_sub_unsigned(draw.value(&t::JOINED_DAYS));
    let back = draw.below(t::VIOLATION_DAYS);
    let violation = plan.first_day.saturating_add_unsigned(plan.days).saturating_sub(1);
    let violation = violation.saturating_sub_unsigned(back).max(joined_day);
    let account = people.account(number);
    Creator {
        id: format!("c{number}"),
        account: format!("u{account}"),
        account_type: draw.word(t::ACCOUNT_TYPES),
        verification: draw.word(t::VERIFICATIONS),
        joined_day,
        last_violation_day: draw.chance(t::VIOLATION_PPM).then_some(violation),
        region: people.home(account),
    }
}

/// Draws all works. Every creator has one before some have more.
pub(super) fn works(plan: &Plan, people: &People, creators: &[Creator]) -> Vec<Work> {
    let mut draw = Draw::new(plan.seed, Stream::Works, 0);
    (0..plan.works.max(1)).map(|n| work(plan, people, creators, n, &mut draw)).collect()
}

fn work(plan: &Plan, people: &People, all: &[Creator], number: u32, draw: &mut Draw) -> Work {
    let creator = if number < people.creators { number } else { busy(people.creators, draw) };
    let joined = all.get(super::draw::index(creator)).map_or(plan.first_day, |c| c.joined_day);
    let published_us = published(plan, joined, number, draw);
    let length_ms = if draw.chance(t::NO_LENGTH_PPM) { 0 } else { draw.value(&t::LENGTH_MS) };
    Work {
        id: format!("w{number}"),
        creator,
        kind: if draw.chance(t::AD_PPM) { "ad" } else { "video" },
        published_us,
        length_ms,
        visibility: draw.word(t::VISIBILITIES),
        review: draw.word(t::REVIEWS),
        original: draw.chance(t::ORIGINAL_PPM),
        quality: draw.word(t::QUALITIES),
        has_ads: draw.chance(t::HAS_ADS_PPM),
        commercial_order: draw.chance(t::COMMERCIAL_ORDER_PPM),
        selling: draw.chance(t::SELLING_PPM),
        paid_content: draw.chance(t::PAID_CONTENT_PPM),
        selected: draw.chance(t::SELECTED_PPM),
    }
}

/// Creators with low numbers publish more.
fn busy(creators: u32, draw: &mut Draw) -> u32 {
    draw.below(creators).min(draw.below(creators)).min(draw.below(creators))
}

/// When a work is published: in the window or in the weeks before, later than its creator joined.
/// The first work is always there before the window.
fn published(plan: &Plan, joined_day: i32, number: u32, draw: &mut Draw) -> i64 {
    let share = plan.days.saturating_mul(t::PUBLISHED_PER_DAY_PPM);
    let in_window = draw.chance(share.min(t::PUBLISHED_IN_WINDOW_MAX_PPM)) && number > 0;
    let inside = plan.first_day.saturating_add_unsigned(draw.below(plan.days));
    let age = draw.below(t::OLDEST_WORK_DAYS).min(draw.below(t::OLDEST_WORK_DAYS));
    let before = plan.first_day.saturating_sub_unsigned(age + 1).max(joined_day);
    let day = if in_window { inside } else { before };
    let time_ms = hour(draw) * HOUR_MS + draw.below(HOUR_MS);
    day_start_us(day, plan.utc_offset_s) + i64::from(time_ms) * 1000
}

fn hour(draw: &mut Draw) -> u32 {
    let mut left = draw.below(1000);
    for (hour, weight) in (0..).zip(t::HOUR_PERMILLE) {
        if left < weight {
            return hour;
        }
        left -= weight;
    }
    23
}

/// The first microsecond of a local day. Days and offsets beyond all calendars are cut.
pub(super) fn day_start_us(day: i32, utc_offset_s: i64) -> i64 {
    let day = i64::from(day.clamp(-10_000_000, 10_000_000));
    day * DAY_US - utc_offset_s.clamp(-172_800, 172_800) * 1_000_000
}

/// The works that bots are paid for: some lists, each of all works of one creator.
pub(super) fn targets(plan: &Plan, people: &People, works: &[Work]) -> Vec<Vec<u32>> {
    const LISTS_MAX: u32 = 64;
    let chosen: Vec<u32> = (0..u64::from(people.bots.min(LISTS_MAX)))
        .map(|n| scaled(super::draw::mix(plan.seed ^ 0xb07, n), people.creators))
        .collect();
    let mut lists = vec![Vec::new(); chosen.len()];
    for (number, work) in (0_u64..).zip(works) {
        for (list, creator) in lists.iter_mut().zip(&chosen) {
            if *creator == work.creator {
                list.push(narrow(number));
            }
        }
    }
    lists
}
