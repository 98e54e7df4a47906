//! A fixed hash table from 64-bit hashes to places, open addressing, made once.
use kernel::cast::{index, low_bits, narrow, top_bits};

/// Hash to place. The keys are good hashes already: their low bits choose the slot, and a slot
/// holds their top half beside the place, so that eight slots share a line of the cache.
#[derive(Debug)]
pub struct Index {
    slots: Vec<Slot>,
    keys: Vec<i64>,
    mask: usize,
}

/// The top half of a key, and its place plus one; 0 for none.
pub(crate) type Slot = (u32, u32);

fn tag(key: i64) -> u32 {
    narrow(top_bits(key.cast_unsigned(), 32))
}

impl Index {
    /// The table of `keys`, each with its place. Keys differ.
    #[must_use]
    pub fn of(keys: &[i64]) -> Index {
        let size = (keys.len() * 2).next_power_of_two().max(4);
        let mut made = Index { slots: vec![(0, 0); size], keys: keys.to_vec(), mask: size - 1 };
        for (place, &key) in keys.iter().enumerate() {
            let mut at = low_bits(key.cast_unsigned(), made.mask);
            while made.slots[at].1 != 0 {
                at = (at + 1) & made.mask;
            }
            made.slots[at] = (tag(key), narrow(place) + 1);
        }
        made
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Puts the first slot that each key may stand in into `slots`. Nothing else: so the processor
    /// waits for many places of memory at once.
    pub(crate) fn first(&self, keys: &[i64], slots: &mut Vec<Slot>) {
        slots.clear();
        slots.extend(keys.iter().map(|&key| self.slots[low_bits(key.cast_unsigned(), self.mask)]));
    }

    /// What a slot that [`Index::first`] found says of the key: whether it seems to stand there,
    /// and its place. The caller compares the whole key with that of the place; [`Index::get`] does
    /// the rest.
    #[inline]
    pub(crate) fn says(key: i64, (held, place): Slot) -> (bool, u32) {
        (held == tag(key) && place != 0, place.wrapping_sub(1))
    }

    #[inline]
    pub(crate) fn get(&self, key: i64) -> Option<u32> {
        let mut at = low_bits(key.cast_unsigned(), self.mask);
        loop {
            let (held, place) = self.slots[at];
            if place == 0 {
                return None;
            }
            if held == tag(key) && self.keys[index(place - 1)] == key {
                return Some(place - 1);
            }
            at = (at + 1) & self.mask;
        }
    }
}
