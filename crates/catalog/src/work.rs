//! Facts of a work.
use crate::creator::take;
use crate::version::Facts;
use crate::word::Word;

/// Who can see the work (R58).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Everybody.
    Public,
    /// Everybody, for one day.
    OneDay,
    /// Its creator only.
    SelfOnly,
    /// Nobody: deleted.
    Deleted,
}

impl Word for Visibility {
    const WORDS: &'static [(Self, &'static str)] = &[
        (Visibility::Public, "public"),
        (Visibility::OneDay, "one_day"),
        (Visibility::SelfOnly, "self_only"),
        (Visibility::Deleted, "deleted"),
    ];
}

/// What the platform's review says (R57).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Review {
    /// Passed.
    Passed,
    /// Not decided yet.
    Pending,
    /// Failed.
    Failed,
    /// Found to break the rules.
    Violating,
}

impl Word for Review {
    const WORDS: &'static [(Self, &'static str)] = &[
        (Review::Passed, "passed"),
        (Review::Pending, "pending"),
        (Review::Failed, "failed"),
        (Review::Violating, "violating"),
    ];
}

/// What is said of a work. `None` is "not said".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkFacts {
    /// The creator's id.
    pub creator: Option<String>,
    /// The kind, a word of the platform's: `video`, `ad`.
    pub kind: Option<String>,
    /// When it was published, in microseconds since 1970 UTC.
    pub published_us: Option<i64>,
    /// Its length in milliseconds.
    pub length_ms: Option<i64>,
    /// Who can see it.
    pub visibility: Option<Visibility>,
    /// The platform's review.
    pub review: Option<Review>,
    /// Whether it is original (R56).
    pub original: Option<bool>,
    /// Whether it infringes another's rights (R56).
    pub infringing: Option<bool>,
    /// The grade of its quality, a word of the platform's: `a`, `b`.
    pub quality: Option<String>,
    /// Whether it carries advertising (R59).
    pub has_ads: Option<bool>,
    /// Whether it was made for a commercial order (R59).
    pub commercial_order: Option<bool>,
    /// Whether it sells goods (R59).
    pub selling: Option<bool>,
    /// Whether it is paid content (R59).
    pub paid_content: Option<bool>,
    /// Whether it is flagged as selected content (R69).
    pub selected: Option<bool>,
}

impl Facts for WorkFacts {
    fn fold(&mut self, later: &Self) {
        take(&mut self.creator, &later.creator);
        take(&mut self.kind, &later.kind);
        take(&mut self.published_us, &later.published_us);
        take(&mut self.length_ms, &later.length_ms);
        take(&mut self.visibility, &later.visibility);
        take(&mut self.review, &later.review);
        take(&mut self.original, &later.original);
        take(&mut self.infringing, &later.infringing);
        take(&mut self.quality, &later.quality);
        take(&mut self.has_ads, &later.has_ads);
        take(&mut self.commercial_order, &later.commercial_order);
        take(&mut self.selling, &later.selling);
        take(&mut self.paid_content, &later.paid_content);
        take(&mut self.selected, &later.selected);
    }
}
