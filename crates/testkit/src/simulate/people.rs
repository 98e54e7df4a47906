//! Who watches: numbers of viewers, of creators' own accounts and of bots; regions and devices.

use super::Plan;
use super::draw::{Draw, index, mix, narrow, scaled, spread};
use super::tables as t;

/// The numbering of accounts. Ordinary viewers come first, bots last.
pub(super) struct People {
    seed: u64,
    viewers: u32,
    pub(super) creators: u32,
    pub(super) first_bot: u32,
    pub(super) bots: u32,
}

impl People {
    pub(super) fn new(plan: &Plan) -> Self {
        const MOST: u32 = 1 << 30;
        let viewers = plan.viewers.clamp(1, MOST);
        let creators = plan.creators.clamp(1, MOST);
        let events = plan.events_per_day.saturating_mul(u64::from(plan.bots_ppm)) / 1_000_000;
        let bots = narrow((events / t::BOT_EVENTS_PER_DAY).max(3)).min(MOST);
        let bots = if plan.bots_ppm == 0 { 0 } else { bots };
        Self { seed: plan.seed, viewers, creators, first_bot: viewers.max(creators), bots }
    }

    /// The viewer number of a creator.
    #[inline]
    pub(super) fn account(&self, creator: u32) -> u32 {
        creator * (self.viewers / self.creators).max(1)
    }

    /// An ordinary viewer, the active ones more often.
    #[inline]
    pub(super) fn viewer(&self, draw: &mut Draw) -> u32 {
        let rank = draw.rank(&t::VIEWER_RANK_PPM, self.viewers, false);
        spread(self.seed ^ 0x5eed, rank, self.viewers)
    }

    /// The home region of a viewer.
    #[inline]
    pub(super) fn home(&self, viewer: u32) -> &'static str {
        t::REGIONS[index(narrow(mix(self.seed, u64::from(viewer)) >> 59))]
    }

    /// The region of one view.
    #[inline]
    pub(super) fn region(&self, viewer: u32, draw: &mut Draw) -> [u8; 2] {
        let away = draw.chance(t::AWAY_PPM);
        let region = if away { t::REGIONS[index(draw.below(32))] } else { self.home(viewer) };
        match region.as_bytes() {
            [a, b] => [*a, *b],
            _ => *b"ZZ",
        }
    }

    /// The device of one view.
    #[inline]
    pub(super) fn device(&self, viewer: u32, draw: &mut Draw) -> u32 {
        let two = scaled(mix(self.seed ^ 0xdec1, u64::from(viewer)), 1_000_000);
        if two < t::SECOND_DEVICE_PPM && draw.chance(t::SECOND_DEVICE_USE_PPM) {
            return viewer + self.first_bot + self.bots;
        }
        viewer
    }

    /// What the bot with this number, from 0, does.
    pub(super) fn bot(&self, number: u32) -> Bot {
        let viewer = self.first_bot + number;
        let group = number / 30;
        match number % 3 {
            0 => Bot { viewer, device: viewer, target: None },
            1 => Bot { viewer, device: viewer, target: Some(number / 3) },
            _ => Bot { viewer, device: self.first_bot + group * 30 + 2, target: Some(group) },
        }
    }
}

/// A viewer that is a program.
pub(super) struct Bot {
    pub(super) viewer: u32,
    pub(super) device: u32,
    /// Whose works it watches, as the number of a list of works; all works where absent.
    pub(super) target: Option<u32>,
}
