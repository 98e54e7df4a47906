//! A bucket cut into parts of neighbouring viewers that fit a core's cache.
use std::ops::Range;

use kernel::cast::{index, narrow, top_bits};

use crate::columns::Columns;

/// Rows that a part should have: its columns and tables stay in the second-level cache.
const PART_ROWS: usize = 4_096;

/// Takes a bucket part by part. All rows of a viewer are in one part, because each run of rows (a
/// segment's share of the bucket) is ordered by viewer hash, as an unsigned number.
pub(crate) struct Parts<'a> {
    columns: &'a Columns,
    runs: &'a [Range<u32>],
    /// The next row of each run.
    next: Vec<u32>,
    bucket_bits: u32,
    part_bits: u32,
    part: usize,
}

impl<'a> Parts<'a> {
    pub(crate) fn new(columns: &'a Columns, runs: &'a [Range<u32>], bucket_bits: u32) -> Parts<'a> {
        let count = (columns.len() / PART_ROWS).next_power_of_two();
        let next = runs.iter().map(|run| run.start).collect();
        Parts { columns, runs, next, bucket_bits, part_bits: count.trailing_zeros(), part: 0 }
    }

    /// Copies the next part into `part`, whole runs of rows at a time, and tells `each` run's place
    /// and how many rows came from it. Columns that were not read stay empty. False after the last.
    pub(crate) fn next(&mut self, part: &mut Columns, mut each: impl FnMut(usize, usize)) -> bool {
        if self.part >> self.part_bits > 0 {
            return false;
        }
        part.clear();
        let viewers = &self.columns.viewer;
        for (place, (from, run)) in self.next.iter_mut().zip(self.runs).enumerate() {
            let inside = |viewer: &&i64| {
                let hash = viewer.cast_unsigned() << self.bucket_bits;
                top_bits(hash, self.part_bits) <= self.part
            };
            let rest = &viewers[index(*from)..index(run.end)];
            let rows = rest.iter().take_while(inside).count();
            if rows > 0 {
                part.append(self.columns, index(*from)..index(*from) + rows);
                *from += narrow(rows);
            }
            each(place, rows);
        }
        self.part += 1;
        true
    }
}
