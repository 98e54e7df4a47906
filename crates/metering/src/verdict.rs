//! What became of an event.

/// Each accepted event gets exactly one: the first that applies, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Verdict {
    /// A copy of an event that is counted already, under the same id and viewer.
    Duplicate,
    /// The work or its creator earns nothing that day; the work-day carries the reason.
    Excluded,
    /// The creator watched an own work.
    SelfView,
    /// The view was paid for.
    PaidTraffic,
    /// The viewer watched more, or more of one creator, than is believable.
    AbnormalViewer,
    /// The device was used for more views than is believable.
    AbnormalDevice,
    /// Watched for less than the minimum.
    TooShort,
    /// The viewer's views of this work that day are counted already.
    Repeat,
    /// A view that counts.
    Qualified,
    /// An interaction of a viewer who has no qualifying view of the work that day.
    InteractionWithoutView,
    /// An interaction of a kind that is counted already for this viewer, work and day.
    InteractionRepeat,
    /// An interaction that counts.
    Effective,
}

impl Verdict {
    /// How many verdicts there are.
    pub const COUNT: usize = 12;

    /// Every verdict, in order.
    pub const ALL: [Verdict; Verdict::COUNT] = [
        Verdict::Duplicate,
        Verdict::Excluded,
        Verdict::SelfView,
        Verdict::PaidTraffic,
        Verdict::AbnormalViewer,
        Verdict::AbnormalDevice,
        Verdict::TooShort,
        Verdict::Repeat,
        Verdict::Qualified,
        Verdict::InteractionWithoutView,
        Verdict::InteractionRepeat,
        Verdict::Effective,
    ];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Verdict::Duplicate => "duplicate",
            Verdict::Excluded => "excluded",
            Verdict::SelfView => "self_view",
            Verdict::PaidTraffic => "paid_traffic",
            Verdict::AbnormalViewer => "abnormal_viewer",
            Verdict::AbnormalDevice => "abnormal_device",
            Verdict::TooShort => "too_short",
            Verdict::Repeat => "repeat",
            Verdict::Qualified => "qualified",
            Verdict::InteractionWithoutView => "interaction_without_view",
            Verdict::InteractionRepeat => "interaction_repeat",
            Verdict::Effective => "effective",
        }
    }

    /// Its place in arrays of counts.
    #[must_use]
    #[inline]
    #[expect(clippy::as_conversions, reason = "the discriminant of a fieldless enum")]
    pub const fn place(self) -> usize {
        self as usize
    }
}
