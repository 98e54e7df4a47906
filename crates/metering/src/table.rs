//! A fixed hash table from 64-bit hashes to places, open addressing, made once.
use kernel::cast::{low_bits, narrow};

/// Hash to place. The keys are good hashes already, so their low bits choose the slot.
#[derive(Debug)]
pub(crate) struct Table {
    slots: Vec<(i64, u32)>,
    mask: usize,
}

impl Table {
    /// The table of `keys`, each with its place. Keys are not 0 and differ.
    pub(crate) fn of(keys: &[i64]) -> Table {
        let size = (keys.len() * 2).next_power_of_two().max(4);
        let mut table = Table { slots: vec![(0, 0); size], mask: size - 1 };
        for (place, &key) in keys.iter().enumerate() {
            let mut at = low_bits(key.cast_unsigned(), table.mask);
            while table.slots[at].0 != 0 {
                at = (at + 1) & table.mask;
            }
            table.slots[at] = (key, narrow(place));
        }
        table
    }

    /// The first slot that a key may stand in: whether it does, and its place. Without a branch on
    /// what is found, so that many look-ups wait for memory at once; [`Table::get`] does the rest.
    #[inline]
    pub(crate) fn first(&self, key: i64) -> (bool, u32) {
        let (found, place) = self.slots[low_bits(key.cast_unsigned(), self.mask)];
        (found == key, place)
    }

    #[inline]
    pub(crate) fn get(&self, key: i64) -> Option<u32> {
        let mut at = low_bits(key.cast_unsigned(), self.mask);
        loop {
            let (found, place) = self.slots[at];
            if found == key && found != 0 {
                return Some(place);
            }
            if found == 0 {
                return None;
            }
            at = (at + 1) & self.mask;
        }
    }
}
