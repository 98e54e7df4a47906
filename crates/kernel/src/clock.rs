//! The clock is an argument. Only the binary makes one; everything else is told the time.

/// Where "now" comes from.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A sandbox clock that stands still, in microseconds since 1970 UTC.
    Fixed(i64),
}

impl Clock {
    /// Now, in microseconds since 1970 UTC.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    pub fn now_us(self) -> i64 {
        match self {
            Clock::System => jiff::Timestamp::now().as_microsecond(),
            Clock::Fixed(time_us) => time_us,
        }
    }
}
