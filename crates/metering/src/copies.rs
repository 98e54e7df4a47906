//! Copies of an event: rows with one id and one viewer.
use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

use kernel::cast::{index, low_bits, narrow, top_bits};

use crate::columns::Columns;
use crate::parts::Parts;

/// An open hash table of rows of a part. A slot holds a row plus one, and above it the top half of
/// the hash, so that nearly all rows are told apart without looking at them.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    slots: Vec<u64>,
    mask: usize,
}

impl Slots {
    /// Forgets all rows and makes room for `count`.
    pub(crate) fn reset(&mut self, count: usize) {
        let size = (count * 2).next_power_of_two().max(16);
        self.slots.clear();
        self.slots.resize(size, 0);
        self.mask = size - 1;
    }

    /// The row held under a hash for which `same` holds, or the slot where it would stand.
    #[inline]
    pub(crate) fn find(&self, hash: u64, same: impl Fn(usize) -> bool) -> Result<usize, usize> {
        let mut at = low_bits(hash, self.mask);
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return Err(at);
            }
            let row = low_bits(slot, ROW_MASK) - 1;
            if top_bits(slot, 32) == top_bits(hash, 32) && same(row) {
                return Ok(row);
            }
            at = (at + 1) & self.mask;
        }
    }

    /// Puts a row into the slot that [`Slots::find`] named.
    #[inline]
    pub(crate) fn put(&mut self, at: usize, hash: u64, row: usize) {
        self.slots[at] = (hash & !ROW_BITS) | u64::from(narrow(row) + 1);
    }
}

const ROW_BITS: u64 = 0xffff_ffff;
const ROW_MASK: usize = 0xffff_ffff;

/// For each row of a part the first row with the same id and viewer: itself, if it is no copy.
pub(crate) fn find(part: &Columns, slots: &mut Slots, first: &mut Vec<u32>) {
    slots.reset(part.len());
    first.clear();
    for (row, (&id, &viewer)) in part.id.iter().zip(&part.viewer).enumerate() {
        let hash = id.cast_unsigned();
        let same = |other: usize| part.id[other] == id && part.viewer[other] == viewer;
        let found = slots.find(hash, same).unwrap_or_else(|at| {
            slots.put(at, hash, row);
            row
        });
        first.push(narrow(found));
    }
}

/// Viewer and id of an event.
pub type Identity = (i64, i64);

/// A set of identities. They are hashes already.
pub type Identities = HashSet<Identity, BuildHasherDefault<Taken>>;

/// A hasher of what is a hash already: takes it as it is.
#[derive(Debug, Default)]
pub struct Taken(u64);

impl Hasher for Taken {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_i64(&mut self, value: i64) {
        self.0 = self.0.rotate_left(32) ^ value.cast_unsigned();
    }
}

/// A run of rows of a segment, as [`astray`] takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The rows, ordered by viewer.
    pub rows: Range<u32>,
    /// The day of all of them; unknown where they may lie on several.
    pub day: Option<i32>,
    /// Whether there may be events of the target days among them.
    pub near: bool,
}

/// Events of the target days of which copies may lie on other days: those with a row in a near
/// run and another row in a run of another day, or of an unknown one. `columns` needs only
/// ids and viewers.
#[must_use]
pub fn astray(columns: &Columns, runs: &[Run], bucket_bits: u32) -> Identities {
    let rows: Vec<Range<u32>> = runs.iter().map(|run| run.rows.clone()).collect();
    let mut parts = Parts::new(columns, &rows, bucket_bits);
    let mut part = Columns::default();
    let mut slots = Slots::default();
    // The run of each row of a part.
    let mut origin: Vec<u32> = Vec::new();
    let mut found = Identities::default();
    loop {
        origin.clear();
        let tell = |place: usize, rows: usize| {
            origin.resize(origin.len() + rows, narrow(place));
        };
        if !parts.next(&mut part, tell) {
            return found;
        }
        slots.reset(part.len());
        // Only what is near is kept; then what is far is looked up.
        for near in [true, false] {
            for row in 0..part.len() {
                let run = &runs[index(origin[row])];
                if run.near != near {
                    continue;
                }
                let (id, viewer) = (part.id[row], part.viewer[row]);
                let hash = id.cast_unsigned();
                let same = |other: usize| part.id[other] == id && part.viewer[other] == viewer;
                match slots.find(hash, same) {
                    Ok(other) => {
                        let other = &runs[index(origin[other])];
                        if run.day.is_none() || run.day != other.day {
                            found.insert((viewer, id));
                        }
                    }
                    Err(at) if near => slots.put(at, hash, row),
                    Err(_) => {}
                }
            }
        }
    }
}
