//! A seeded content platform: creators, works, and a log of what viewers did.
//!
//! The same [`Plan`] always gives the same platform and the same log. A day of the log can be
//! made without the days before it, and no day is ever held in memory. Popularity, the rhythm of
//! the day, lengths, watched times, interactions, repeats and late events follow a real log;
//! `docs/SIMULATOR.md` has the numbers and says which are assumed.

mod build;
mod day;
mod draw;
mod people;
mod tables;
#[cfg(test)]
mod tests;

use std::ops::Range;

use day::{Day, Log};
use draw::Stream;
use people::People;

/// Microseconds of a day.
const DAY_US: i64 = 86_400_000_000;

/// Flag of a view: the viewer liked the work.
pub const LIKE: u8 = 1;
/// Flag of a view: the viewer kept the work as a favorite.
pub const FAVORITE: u8 = 2;
/// Flag of a view: the viewer commented.
pub const COMMENT: u8 = 4;
/// Flag of a view: the viewer shared the work.
pub const SHARE: u8 = 8;
/// Flag of a view: the viewer followed the creator.
pub const FOLLOW: u8 = 16;

/// Size and shape of a simulated platform. All rates are per million.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What all draws come from.
    pub seed: u64,
    /// The first local day, in days since 1970-01-01.
    pub first_day: i32,
    /// How many days the log covers.
    pub days: u32,
    /// How far local time is ahead of UTC, in seconds.
    pub utc_offset_s: i64,
    /// How many creators there are; at least 1.
    pub creators: u32,
    /// How many works there are; at least 1.
    pub works: u32,
    /// How many ordinary viewers there are; at least 1. Bots come on top.
    pub viewers: u32,
    /// Different events that happen on a day: views and separate interactions. Repeats come on top.
    pub events_per_day: u64,
    /// Events that bots make.
    pub bots_ppm: u32,
    /// Events that creators make on their own works.
    pub self_views_ppm: u32,
    /// Events that paid promotion brought.
    pub paid_ppm: u32,
    /// Repeats that are the same byte for byte.
    pub duplicates_ppm: u32,
    /// Repeats with one more flag or a longer watched time.
    pub conflicts_ppm: u32,
    /// Events that are logged the day after they happened.
    pub late_ppm: u32,
}

impl Plan {
    /// A platform of believable size for so many events over so many days, in UTC+8, with the
    /// measured rates of repeats and late events.
    #[must_use]
    pub fn sized(seed: u64, events: u64, days: u32, first_day: i32) -> Self {
        let days = days.max(1);
        let works = draw::narrow((events / 100).clamp(40, 1_000_000));
        Self {
            seed,
            first_day,
            days,
            utc_offset_s: 28_800,
            creators: works / 4,
            works,
            viewers: draw::narrow((events / 50 * 3).clamp(100, 200_000_000)),
            events_per_day: (events / u64::from(days)).max(1),
            bots_ppm: tables::BOTS_PPM,
            self_views_ppm: tables::SELF_VIEWS_PPM,
            paid_ppm: tables::PAID_PPM,
            duplicates_ppm: tables::DUPLICATES_PPM,
            conflicts_ppm: tables::CONFLICTS_PPM,
            late_ppm: tables::LATE_PPM,
        }
    }
}

/// Someone who publishes works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Creator {
    /// `c` and a number.
    pub id: String,
    /// The viewer id of the creator: `u` and a number.
    pub account: String,
    /// `creator`, `business`, `enterprise` or `personal`.
    pub account_type: &'static str,
    /// `none`, `professional` or `celebrity`.
    pub verification: &'static str,
    /// The local day the creator joined.
    pub joined_day: i32,
    /// The local day of the last violation, if there was one.
    pub last_violation_day: Option<i32>,
    /// Home region, two letters.
    pub region: &'static str,
}

/// Something that a creator published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// `w` and a number.
    pub id: String,
    /// Number of the creator.
    pub creator: u32,
    /// `video` or `ad`.
    pub kind: &'static str,
    /// When it was published, in microseconds since 1970 UTC. No view is earlier.
    pub published_us: i64,
    /// Its length; 0 where the platform did not record one.
    pub length_ms: u32,
    /// `public`, `self_only`, `one_day` or `deleted`.
    pub visibility: &'static str,
    /// `passed`, `pending` or `failed`.
    pub review: &'static str,
    /// Made by the creator, not copied.
    pub original: bool,
    /// `a`, `b` or `c`, the best first.
    pub quality: &'static str,
    /// Carries ads.
    pub has_ads: bool,
    /// Made to a commercial order.
    pub commercial_order: bool,
    /// Sells something.
    pub selling: bool,
    /// Viewers pay to watch it.
    pub paid_content: bool,
    /// Selected by editors.
    pub selected: bool,
}

/// One line of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The event id is `e` and this number. Repeats have the number of what they repeat.
    pub seq: u64,
    /// When it happened, in microseconds since 1970 UTC; whole milliseconds.
    pub time_us: i64,
    /// What happened.
    pub kind: Kind,
    /// Number of the work.
    pub work: u32,
    /// The viewer id is `u` and this number.
    pub viewer: u32,
    /// The device id is `d` and this number.
    pub device: u32,
    /// Region of the viewer at that time, two ASCII letters.
    pub region: [u8; 2],
    /// How long a view took; 0 for everything else.
    pub watch_ms: u32,
    /// What brought the viewer.
    pub source: Source,
    /// What the viewer did during a view: [`LIKE`], [`FAVORITE`], [`COMMENT`], [`SHARE`] and
    /// [`FOLLOW`] added up; 0 for everything else.
    pub flags: u8,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A work was shown, and perhaps watched.
    View,
    /// A work was liked.
    Like,
    /// A work was kept as a favorite.
    Favorite,
    /// A work was commented on.
    Comment,
    /// A work was shared.
    Share,
    /// The creator of a work was followed.
    Follow,
}

/// What brought the viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// The platform itself.
    Organic,
    /// Paid promotion.
    Paid,
}

/// A simulated platform.
pub struct Platform {
    /// What it was made from.
    pub plan: Plan,
    /// Its creators, by number.
    pub creators: Vec<Creator>,
    /// Its works, by number.
    pub works: Vec<Work>,
    people: People,
    /// Works that bots are set on.
    targets: Vec<Vec<u32>>,
    /// How many works are promoted at a time.
    promoted: u32,
}

impl Platform {
    /// Makes the creators and the works.
    #[must_use]
    pub fn new(plan: Plan) -> Self {
        let people = People::new(&plan);
        let creators = build::creators(&plan, &people);
        let works = build::works(&plan, &people, &creators);
        let targets = build::targets(&plan, &people, &works);
        let promoted = day::promoted(&plan);
        Self { plan, creators, works, people, targets, promoted }
    }

    /// Calls `each` for every event that is logged on a local day, counted from 0: first the late
    /// events of the day before, then the events of the day itself roughly in time order, each
    /// with its repeats. Days outside the plan are empty; late events of the last day are lost.
    pub fn events(&self, day: u32, each: &mut dyn FnMut(&Event)) {
        if day >= self.plan.days {
            return;
        }
        if let Some(before) = day.checked_sub(1) {
            let mut log = Log::new(&self.plan, before, Stream::LateCopies, &mut *each);
            Day::new(self, before, Stream::Late).late(&mut log);
        }
        let mut log = Log::new(&self.plan, day, Stream::Copies, each);
        Day::new(self, day, Stream::Day).on_time(&mut log);
    }

    /// The viewer numbers of the bots.
    #[must_use]
    pub const fn bots(&self) -> Range<u32> {
        self.people.first_bot..self.people.first_bot + self.people.bots
    }
}
