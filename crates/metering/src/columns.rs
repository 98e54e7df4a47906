//! Events as columns: the form in which the lake keeps them and the meter takes them.

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// A view; it may carry interactions as flags.
    View,
    /// A like.
    Like,
    /// A favourite.
    Favorite,
    /// A comment.
    Comment,
    /// A share.
    Share,
    /// A follow.
    Follow,
}

impl Kind {
    /// Every kind with its word in files.
    pub const WORDS: [(Kind, &'static str); 6] = [
        (Kind::View, "view"),
        (Kind::Like, "like"),
        (Kind::Favorite, "favorite"),
        (Kind::Comment, "comment"),
        (Kind::Share, "share"),
        (Kind::Follow, "follow"),
    ];

    /// The kind's number in the lake.
    #[must_use]
    #[expect(clippy::as_conversions, reason = "the discriminant of a fieldless enum")]
    pub const fn code(self) -> i32 {
        self as i32
    }
}

/// Where a view came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Found by the viewer or recommended.
    Organic,
    /// Bought or promoted.
    Paid,
}

impl Source {
    /// The source's number in the lake.
    #[must_use]
    pub const fn code(self) -> i32 {
        match self {
            Source::Organic => 0,
            Source::Paid => 1,
        }
    }
}

/// Interactions that a view carries, as bits of `flags`, in the order of [`Kind`] after the view.
pub const FLAG_BITS: usize = 5;

/// Events of one bucket, one vector a column, all of one length. Ids are 64-bit hashes; 0 is
/// "none".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    /// Hash of the event's id.
    pub id: Vec<i64>,
    /// Keyed hash of the viewer.
    pub viewer: Vec<i64>,
    /// Hash of the work.
    pub work: Vec<i64>,
    /// Microseconds since 1970 UTC.
    pub time: Vec<i64>,
    /// Keyed hash of the device, or 0.
    pub device: Vec<i64>,
    /// Hash of the creator that the event names, or 0: the catalog's.
    pub creator: Vec<i64>,
    /// [`Kind`].
    pub kind: Vec<i32>,
    /// 0 organic, 1 paid.
    pub source: Vec<i32>,
    /// Interactions carried by a view, one bit a kind.
    pub flags: Vec<i32>,
    /// Region of the viewer: see [`crate::region_code`].
    pub region: Vec<i32>,
    /// Watched milliseconds.
    pub watch_ms: Vec<i32>,
    /// Length of the work that the event names, or -1: the catalog's.
    pub length_ms: Vec<i32>,
}

impl Columns {
    /// Number of events.
    #[must_use]
    pub fn len(&self) -> usize {
        self.id.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.id.is_empty()
    }

    /// Forgets all events and keeps the memory.
    pub fn clear(&mut self) {
        for column in self.wide() {
            column.clear();
        }
        for column in self.narrow() {
            column.clear();
        }
    }

    /// The columns of 64 bits: id, viewer, work, time, device, creator.
    pub fn wide(&mut self) -> [&mut Vec<i64>; 6] {
        [
            &mut self.id,
            &mut self.viewer,
            &mut self.work,
            &mut self.time,
            &mut self.device,
            &mut self.creator,
        ]
    }

    /// The columns of 32 bits: kind, source, flags, region, `watch_ms`, `length_ms`.
    pub fn narrow(&mut self) -> [&mut Vec<i32>; 6] {
        [
            &mut self.kind,
            &mut self.source,
            &mut self.flags,
            &mut self.region,
            &mut self.watch_ms,
            &mut self.length_ms,
        ]
    }

    /// Appends rows of other columns; of columns that are empty there, nothing.
    pub fn append(&mut self, from: &Columns, rows: std::ops::Range<usize>) {
        let wide = [&from.id, &from.viewer, &from.work, &from.time, &from.device, &from.creator];
        for (into, from) in self.wide().into_iter().zip(wide) {
            into.extend_from_slice(from.get(rows.clone()).unwrap_or_default());
        }
        let Columns { kind, source, flags, region, watch_ms, length_ms, .. } = from;
        let narrow = [kind, source, flags, region, watch_ms, length_ms];
        for (into, from) in self.narrow().into_iter().zip(narrow) {
            into.extend_from_slice(from.get(rows.clone()).unwrap_or_default());
        }
    }

    /// Merges copy `from` of an event into copy `into`. Every rule is a minimum, a maximum or a
    /// union, so the result does not depend on the order of the copies:
    /// earliest time; longest watch and length; all interactions; paid if any copy says paid; of
    /// other differing values the smallest, where "none" gives way to any value.
    pub(crate) fn merge(&mut self, into: usize, from: usize, smaller: impl Fn(i64, i64) -> i64) {
        self.time[into] = self.time[into].min(self.time[from]);
        self.watch_ms[into] = self.watch_ms[into].max(self.watch_ms[from]);
        self.length_ms[into] = self.length_ms[into].max(self.length_ms[from]);
        self.flags[into] |= self.flags[from];
        self.source[into] = self.source[into].max(self.source[from]);
        self.kind[into] = self.kind[into].min(self.kind[from]);
        self.work[into] = self.work[into].min(self.work[from]);
        self.device[into] = some_min(self.device[into], self.device[from]);
        self.region[into] = some_min(self.region[into], self.region[from]);
        let (a, b) = (self.creator[into], self.creator[from]);
        self.creator[into] = if a == 0 || b == 0 { a | b } else { smaller(a, b) };
    }
}

/// The smaller of two values where 0 is "none".
fn some_min<T: Ord + Default + Copy>(a: T, b: T) -> T {
    let none = T::default();
    match (a == none, b == none) {
        (true, _) => b,
        (_, true) => a,
        _ => a.min(b),
    }
}
