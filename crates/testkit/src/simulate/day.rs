//! The events of one day.

use super::draw::{Draw, Quantiles, Stream, count, index, mix, narrow, scaled, spread};
use super::people::Bot;
use super::tables as t;
use super::{
    COMMENT, Event, FAVORITE, FOLLOW, Kind, LIKE, Plan, Platform, SHARE, Source, Work, build,
};

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u32 = 86_400_000;

/// How often another work is drawn when one is not published yet.
const TRIES: u32 = 16;

/// Who makes a view, of which work, on which device.
struct Scene {
    viewer: u32,
    work: u32,
    device: u32,
    source: Source,
    bot: bool,
}

/// One day of one platform.
pub(super) struct Day<'a> {
    platform: &'a Platform,
    number: u32,
    start_us: i64,
    draw: Draw,
}

impl<'a> Day<'a> {
    pub(super) fn new(platform: &'a Platform, number: u32, stream: Stream) -> Self {
        let plan = &platform.plan;
        let day = plan.first_day.saturating_add_unsigned(number);
        let start_us = build::day_start_us(day, plan.utc_offset_s);
        Self { platform, number, start_us, draw: Draw::new(plan.seed, stream, number) }
    }

    /// The events that are logged on the day itself, hour by hour.
    pub(super) fn on_time(&mut self, log: &mut Log<'_>) {
        let plan = &self.platform.plan;
        let total = plan.events_per_day - late(plan);
        let mut seq = first_seq(plan, self.number);
        let (mut weight, mut done) = (0_u64, 0_u64);
        for (hour, permille) in (0_u32..).zip(t::HOUR_PERMILLE) {
            weight += u64::from(permille);
            let end = part(total, weight);
            self.hour(hour, seq, end - done, log);
            seq += end - done;
            done = end;
            log.flush();
        }
    }

    /// The events that are logged the day after. They happened shortly before midnight.
    pub(super) fn late(&mut self, log: &mut Log<'_>) {
        let plan = &self.platform.plan;
        let first = first_seq(plan, self.number) + (plan.events_per_day - late(plan));
        for seq in first..first + late(plan) {
            let before = self.draw.value(&t::LATE_MS);
            let view = self.view(seq, DAY_MS.saturating_sub(before.max(1)));
            log.put(&view);
        }
        log.flush();
    }

    fn hour(&mut self, hour: u32, first_seq: u64, events: u64, log: &mut Log<'_>) {
        let mut at = 0;
        while at < events {
            let jitter = u64::from(self.draw.below(narrow(HOUR_MS)));
            let in_hour = (at * HOUR_MS + jitter) / events;
            let clock_ms = hour * narrow(HOUR_MS) + narrow(in_hour);
            let mut view = self.view(first_seq + at, clock_ms);
            at += 1;
            if view.flags == 0 {
                log.put(&view);
                continue;
            }
            let apart = self.set_apart(&mut view, events - at);
            log.put(&view);
            for kind in flagged(apart) {
                let event = self.apart(&view, kind, first_seq + at);
                log.put(&event);
                at += 1;
            }
        }
    }

    /// Takes some flags off a view, at most `room` of them, to make events of their own.
    fn set_apart(&mut self, view: &mut Event, room: u64) -> u8 {
        let mut apart = 0_u8;
        for bit in [LIKE, FAVORITE, COMMENT, SHARE, FOLLOW] {
            let set = view.flags & bit != 0 && u64::from(apart.count_ones()) < room;
            if set && self.draw.chance(t::SEPARATE_PPM) {
                apart |= bit;
            }
        }
        view.flags &= !apart;
        apart
    }

    /// An interaction that follows a view as an event of its own, still on the same day.
    fn apart(&mut self, view: &Event, kind: Kind, seq: u64) -> Event {
        let wait_ms = i64::from(view.watch_ms) + i64::from(1000 + self.draw.below(60_000));
        let last = self.start_us + i64::from(DAY_MS - 1) * 1000;
        let time_us = (view.time_us + wait_ms * 1000).min(last);
        Event { seq, time_us, kind, watch_ms: 0, flags: 0, ..*view }
    }

    #[inline]
    fn view(&mut self, seq: u64, clock_ms: u32) -> Event {
        let time_us = self.start_us + i64::from(clock_ms) * 1000;
        let scene = self.scene(time_us, clock_ms);
        let region = self.platform.people.region(scene.viewer, &mut self.draw);
        let length_ms = self.platform.works[index(scene.work)].length_ms;
        let (watch_ms, flags) = if scene.bot {
            (self.bot_watch(length_ms), if self.draw.chance(t::BOT_LIKE_PPM) { LIKE } else { 0 })
        } else {
            let watch_ms = self.watch(length_ms);
            (watch_ms, self.flags(length_ms, watch_ms))
        };
        Event {
            seq,
            time_us,
            kind: Kind::View,
            work: scene.work,
            viewer: scene.viewer,
            device: scene.device,
            region,
            watch_ms,
            source: scene.source,
            flags,
        }
    }

    #[inline]
    fn scene(&mut self, time_us: i64, clock_ms: u32) -> Scene {
        let plan = &self.platform.plan;
        let who = self.draw.below(1_000_000);
        let bots = plan.bots_ppm;
        let selves = bots.saturating_add(plan.self_views_ppm);
        let paid = selves.saturating_add(plan.paid_ppm);
        if who < bots {
            return self.bot_scene(time_us);
        }
        if who < selves {
            return self.self_scene(time_us);
        }
        let (work, source) = if who < paid {
            (self.promoted(time_us, clock_ms), Source::Paid)
        } else {
            (self.popular(time_us), Source::Organic)
        };
        self.person(work, source)
    }

    #[inline]
    fn person(&mut self, work: u32, source: Source) -> Scene {
        let people = &self.platform.people;
        let viewer = people.viewer(&mut self.draw);
        let device = people.device(viewer, &mut self.draw);
        Scene { viewer, work, device, source, bot: false }
    }

    fn bot_scene(&mut self, time_us: i64) -> Scene {
        let people = &self.platform.people;
        let Bot { viewer, device, target } = people.bot(self.draw.below(people.bots));
        let work = match target {
            Some(list) => self.targeted(list, time_us),
            None => self.popular(time_us),
        };
        Scene { viewer, work, device, source: Source::Organic, bot: true }
    }

    fn self_scene(&mut self, time_us: i64) -> Scene {
        let mut work = self.draw.below(count(self.platform.works.len()));
        if self.work(work).published_us > time_us {
            work = self.popular(time_us);
        }
        let people = &self.platform.people;
        let viewer = people.account(self.work(work).creator);
        let device = people.device(viewer, &mut self.draw);
        Scene { viewer, work, device, source: Source::Organic, bot: false }
    }

    /// A work of the creator that a bot works for, or any where that creator has none yet.
    fn targeted(&mut self, list: u32, time_us: i64) -> u32 {
        let lists = &self.platform.targets;
        let list = list.checked_rem(count(lists.len())).and_then(|at| lists.get(index(at)));
        let works = list.map_or(&[][..], Vec::as_slice);
        match works.get(index(self.draw.below(count(works.len())))) {
            Some(work) if self.work(*work).published_us <= time_us => *work,
            _ => self.popular(time_us),
        }
    }

    /// A work that is promoted in these hours.
    fn promoted(&mut self, time_us: i64, clock_ms: u32) -> u32 {
        let bursts = 24 / t::BURST_HOURS;
        let hour = narrow(u64::from(clock_ms) / HOUR_MS);
        let burst = u64::from(self.number) * u64::from(bursts) + u64::from(hour / t::BURST_HOURS);
        let pick = u64::from(self.draw.below(self.platform.promoted));
        let seed = mix(self.platform.plan.seed ^ 0xad5, burst);
        let work = scaled(mix(seed, pick), count(self.platform.works.len()));
        if self.work(work).published_us <= time_us { work } else { self.popular(time_us) }
    }

    /// A published work by popularity.
    #[inline]
    fn popular(&mut self, time_us: i64) -> u32 {
        let total = count(self.platform.works.len());
        for _ in 0..TRIES {
            let rank = self.draw.rank(&t::WORK_RANK_PPM, total, true);
            let work = spread(self.platform.plan.seed, rank, total);
            if self.work(work).published_us <= time_us {
                return work;
            }
        }
        0
    }

    fn work(&self, number: u32) -> &'a Work {
        &self.platform.works[index(number)]
    }

    #[inline]
    fn watch(&mut self, length_ms: u32) -> u32 {
        const RATIOS: [&Quantiles; 3] =
            [&t::RATIO_SHORT_PPM, &t::RATIO_MID_PPM, &t::RATIO_LONG_PPM];
        if length_ms == 0 {
            return self.draw.value(&t::WATCH_NO_LENGTH_MS);
        }
        let ratio = self.draw.value(RATIOS[class(length_ms)]);
        narrow(u64::from(length_ms) * u64::from(ratio) / 1_000_000)
    }

    /// Bots watch the whole work or just enough to count.
    fn bot_watch(&mut self, length_ms: u32) -> u32 {
        let brief = 5000 + self.draw.below(4000);
        if self.draw.chance(500_000) { length_ms } else { brief }
    }

    #[inline]
    fn flags(&mut self, length_ms: u32, watch_ms: u32) -> u8 {
        let whole = if length_ms == 0 { t::LONG_VIEW_MS } else { length_ms };
        let long = usize::from(watch_ms >= whole.min(t::LONG_VIEW_MS));
        let rates = [
            (LIKE, t::LIKE_PPM[class(length_ms)][long]),
            (FAVORITE, t::FAVORITE_PPM[long]),
            (COMMENT, t::COMMENT_PPM[long]),
            (SHARE, t::SHARE_PPM[long]),
            (FOLLOW, t::FOLLOW_PPM[long]),
        ];
        let mut flags = 0;
        for (bit, ppm) in rates {
            if self.draw.chance(ppm) {
                flags |= bit;
            }
        }
        flags
    }
}

/// Short, middle or long work.
#[inline]
fn class(length_ms: u32) -> usize {
    usize::from(length_ms >= t::SHORT_BELOW_MS) + usize::from(length_ms >= t::LONG_FROM_MS)
}

fn flagged(flags: u8) -> impl Iterator<Item = Kind> {
    let kinds = [
        (LIKE, Kind::Like),
        (FAVORITE, Kind::Favorite),
        (COMMENT, Kind::Comment),
        (SHARE, Kind::Share),
        (FOLLOW, Kind::Follow),
    ];
    kinds.into_iter().filter(move |(bit, _)| flags & bit != 0).map(|(_, kind)| kind)
}

/// The first `weight` permille of a total.
fn part(total: u64, weight: u64) -> u64 {
    total / 1000 * weight + total % 1000 * weight / 1000
}

/// Events of a day that are logged the day after.
pub(super) fn late(plan: &Plan) -> u64 {
    let ppm = u64::from(plan.late_ppm.min(1_000_000));
    let (millions, rest) = (plan.events_per_day / 1_000_000, plan.events_per_day % 1_000_000);
    millions * ppm + rest * ppm / 1_000_000
}

fn first_seq(plan: &Plan, day: u32) -> u64 {
    plan.events_per_day * u64::from(day)
}

/// How many works are promoted at a time.
pub(super) fn promoted(plan: &Plan) -> u32 {
    let paid = plan.events_per_day.saturating_mul(u64::from(plan.paid_ppm)) / 1_000_000;
    let bursts = u64::from(24 / t::BURST_HOURS);
    narrow(1 + paid / bursts / t::BURST_VIEWS)
}

/// Hands events on and repeats some of them. Its draws are its own, so that rates of repeats do
/// not change the events.
pub(super) struct Log<'a> {
    each: &'a mut dyn FnMut(&Event),
    draw: Draw,
    duplicates_ppm: u32,
    conflicts_ppm: u32,
    held: Vec<Event>,
}

impl<'a> Log<'a> {
    /// Repeats that wait for the end of the hour, at most.
    const HELD_MAX: usize = 1024;

    pub(super) fn new(
        plan: &Plan,
        day: u32,
        stream: Stream,
        each: &'a mut dyn FnMut(&Event),
    ) -> Self {
        Self {
            each,
            draw: Draw::new(plan.seed, stream, day),
            duplicates_ppm: plan.duplicates_ppm,
            conflicts_ppm: plan.conflicts_ppm,
            held: Vec::new(),
        }
    }

    #[inline]
    fn put(&mut self, event: &Event) {
        (self.each)(event);
        if self.draw.chance(self.duplicates_ppm) {
            self.repeat(*event);
        }
        if self.draw.chance(self.conflicts_ppm) && event.kind == Kind::View {
            let changed = self.changed(event);
            self.repeat(changed);
        }
    }

    /// Nine repeats of ten follow at once.
    fn repeat(&mut self, event: Event) {
        if self.draw.below(10) > 0 {
            (self.each)(&event);
            return;
        }
        self.held.push(event);
        if self.held.len() >= Self::HELD_MAX {
            self.flush();
        }
    }

    /// The same event with one more flag or a longer watched time.
    fn changed(&mut self, event: &Event) -> Event {
        let free = [LIKE, FAVORITE, COMMENT, SHARE, FOLLOW][index(self.draw.below(5))];
        if event.flags & free == 0 && self.draw.chance(500_000) {
            return Event { flags: event.flags | free, ..*event };
        }
        let longer = 1 + self.draw.below(5000);
        Event { watch_ms: event.watch_ms.saturating_add(longer), ..*event }
    }

    fn flush(&mut self) {
        for event in self.held.drain(..) {
            (self.each)(&event);
        }
    }
}
