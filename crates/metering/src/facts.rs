//! What the meter knows of works and days: catalog and policy, folded into arrays.
use std::sync::Arc;

use kernel::Reason;
use kernel::cast::index;

use crate::index::Index;

/// The length of a work that nobody told.
pub const NO_LENGTH: i32 = -1;

/// What a work is on one day: all that a verdict needs, in one place of memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkToday {
    /// The hash of the work.
    pub work: i64,
    /// The viewer hash of its creator; 0 where unknown.
    pub account: i64,
    /// Its creator, as a place in the list of creators.
    pub creator: u32,
    /// Its length in milliseconds, or [`NO_LENGTH`].
    pub length_ms: i32,
    /// Why it earns nothing, if so.
    pub exclusion: Option<Reason>,
}

impl WorkToday {
    /// Of nothing.
    pub(crate) const NONE: WorkToday =
        WorkToday { work: 0, account: 0, creator: 0, length_ms: NO_LENGTH, exclusion: None };
}

/// Works and creators on one day.
#[derive(Debug, Default)]
pub struct DayFacts {
    /// By place of the work.
    pub works: Vec<WorkToday>,
    /// The viewer hash of each creator, by place of the creator; 0 where unknown.
    pub accounts: Vec<i64>,
}

/// The days that are being settled, in order, without overlap.
#[derive(Debug, Clone)]
pub struct TargetDays {
    bounds: Vec<(i64, i64)>,
}

impl TargetDays {
    /// Days as (first instant, first instant after), in microseconds, ordered.
    #[must_use]
    pub fn new(bounds: Vec<(i64, i64)>) -> TargetDays {
        TargetDays { bounds }
    }

    /// Number of days.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bounds.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bounds.is_empty()
    }

    /// The bounds of each day.
    #[must_use]
    pub fn bounds(&self) -> &[(i64, i64)] {
        &self.bounds
    }

    /// Whether an instant lies on one of them.
    #[must_use]
    pub fn holds(&self, time: i64) -> bool {
        self.place(time, 0).is_some()
    }

    /// The place of the day that holds an instant; `hint` is tried first.
    #[inline]
    pub(crate) fn place(&self, time: i64, hint: u16) -> Option<u16> {
        let inside = |&(start, end): &(i64, i64)| time >= start && time < end;
        if self.bounds.get(usize::from(hint)).is_some_and(inside) {
            return Some(hint);
        }
        let place = self.bounds.partition_point(|&(start, _)| start <= time).checked_sub(1)?;
        let found = self.bounds.get(place).is_some_and(inside);
        if found { u16::try_from(place).ok() } else { None }
    }
}

/// Works by their hash, creators by theirs, and their facts on each target day.
#[derive(Debug)]
pub struct WorkTable {
    works: Arc<Index>,
    creators: Arc<Index>,
    /// Day after day.
    today: Vec<WorkToday>,
    accounts: Vec<Vec<i64>>,
}

impl WorkTable {
    /// `works` and `creators` give the places of hashes; `days` has one entry per target day.
    #[must_use]
    pub fn new(works: Arc<Index>, creators: Arc<Index>, days: Vec<DayFacts>) -> WorkTable {
        let (mut today, mut accounts) = (Vec::new(), Vec::new());
        for day in days {
            today.extend(day.works);
            accounts.push(day.accounts);
        }
        WorkTable { works, creators, today, accounts }
    }

    /// Number of works.
    #[must_use]
    pub fn work_count(&self) -> usize {
        self.works.len()
    }

    #[inline]
    pub(crate) fn works(&self) -> &Index {
        &self.works
    }

    #[inline]
    pub(crate) fn creator(&self, hash: i64) -> Option<u32> {
        self.creators.get(hash)
    }

    /// The works of a target day.
    #[must_use]
    pub fn works_on(&self, day: u16) -> &[WorkToday] {
        let works = self.work_count();
        &self.today[usize::from(day) * works..(usize::from(day) + 1) * works]
    }

    /// All works of all days, day after day.
    #[inline]
    pub(crate) fn today(&self) -> &[WorkToday] {
        &self.today
    }

    /// The viewer hash of a creator on a target day.
    pub(crate) fn account(&self, day: u16, creator: u32) -> i64 {
        self.accounts[usize::from(day)][index(creator)]
    }

    /// Number of target days.
    #[must_use]
    pub fn day_count(&self) -> usize {
        self.accounts.len()
    }
}
