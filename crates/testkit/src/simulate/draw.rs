//! Seeded draws in integers only.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// The 65 ends of 64 equally likely steps, ascending. Draws between two ends are even.
pub(super) type Quantiles = [u32; 65];

/// What a stream of random numbers is for. Streams of one seed do not depend on each other.
#[derive(Clone, Copy)]
pub(super) enum Stream {
    /// Creators.
    Creators,
    /// Works.
    Works,
    /// Events of a day, in time.
    Day,
    /// Events of a day that are logged the day after.
    Late,
    /// Repeats of the events of a day.
    Copies,
    /// Repeats of the late events of a day.
    LateCopies,
}

impl Stream {
    const fn number(self) -> u64 {
        match self {
            Self::Creators => 1,
            Self::Works => 2,
            Self::Day => 3,
            Self::Late => 4,
            Self::Copies => 5,
            Self::LateCopies => 6,
        }
    }
}

/// A stream of draws.
pub(super) struct Draw {
    rng: ChaCha8Rng,
}

impl Draw {
    pub(super) fn new(seed: u64, stream: Stream, day: u32) -> Self {
        let words = [seed, stream.number(), u64::from(day), 0];
        let mut key = [0_u8; 32];
        for (part, word) in key.chunks_exact_mut(8).zip(words) {
            part.copy_from_slice(&word.to_le_bytes());
        }
        Self { rng: ChaCha8Rng::from_seed(key) }
    }

    /// An even draw from `0..end`; 0 where `end` is 0.
    #[inline]
    pub(super) fn below(&mut self, end: u32) -> u32 {
        narrow((u64::from(self.rng.next_u32()) * u64::from(end)) >> 32)
    }

    /// True `ppm` times in a million.
    #[inline]
    pub(super) fn chance(&mut self, ppm: u32) -> bool {
        self.below(1_000_000) < ppm
    }

    /// A value from a quantile table.
    #[inline]
    pub(super) fn value(&mut self, table: &Quantiles) -> u32 {
        let bits = self.rng.next_u32();
        let (low, high) = step(table, index(bits >> 26));
        let part = u64::from(bits & 0x03ff_ffff);
        low + narrow((u64::from(high - low) * part) >> 26)
    }

    /// A rank in `0..total` from a quantile table of ranks in ppm. The first step, which holds the
    /// fewest ranks, falls off within itself where `steep` is set.
    #[inline]
    pub(super) fn rank(&mut self, table: &Quantiles, total: u32, steep: bool) -> u32 {
        let bits = self.rng.next_u64();
        let at = index(narrow(bits >> 58));
        let (low, high) = step(table, at);
        let mut part = bits & 0xffff_ffff;
        if steep && at == 0 {
            part = (part * part) >> 32;
        }
        let share = ((u64::from(low) << 32) + u64::from(high - low) * part) / 1_000_000;
        narrow((share * u64::from(total)) >> 32)
    }

    /// A word by weight.
    pub(super) fn word(&mut self, words: super::tables::Words) -> &'static str {
        let mut left = self.below(1000);
        for (word, weight) in words {
            if left < *weight {
                return word;
            }
            left -= weight;
        }
        words.first().map_or("", |(word, _)| word)
    }
}

#[inline]
fn step(table: &Quantiles, at: usize) -> (u32, u32) {
    let at = at.min(63);
    (table[at], table[at + 1])
}

/// A well mixed number that stays the same for the same input.
#[inline]
pub(super) fn mix(seed: u64, what: u64) -> u64 {
    let mut bits = seed ^ what.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// The top half of a mixed number, scaled to `0..end`.
#[inline]
pub(super) fn scaled(bits: u64, end: u32) -> u32 {
    narrow(((bits >> 32) * u64::from(end)) >> 32)
}

/// Spreads ranks over numbers, one to one, so that neighbours in rank are not neighbours in number.
#[inline]
pub(super) fn spread(seed: u64, rank: u32, total: u32) -> u32 {
    const PRIME: u64 = 2_654_435_761;
    let at = u64::from(rank) * PRIME + (seed >> 33);
    narrow(at % u64::from(total.max(1)))
}

/// A number that fits 32 bits.
#[inline]
pub(super) fn narrow(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// A number as an index.
#[inline]
pub(super) fn index(value: u32) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

/// A length as a number of 32 bits.
#[inline]
pub(super) fn count(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
