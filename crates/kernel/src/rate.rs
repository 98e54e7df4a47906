//! Ratios as integers per million.
use crate::money::{MoneyError, parse_decimal};

/// A ratio in parts per million: 1,000,000 is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ppm(u32);

impl Ppm {
    /// One: leaves what it multiplies as it is.
    pub const ONE: Ppm = Ppm(1_000_000);
    /// Nought.
    pub const ZERO: Ppm = Ppm(0);

    /// The ratio of so many parts per million.
    #[must_use]
    pub const fn of(parts: u32) -> Ppm {
        Ppm(parts)
    }

    /// Reads a decimal text such as `1.25` exactly.
    ///
    /// # Errors
    /// [`MoneyError`] when the text is negative, finer than a millionth, or above 4,294.
    pub fn parse(text: &str) -> Result<Ppm, MoneyError> {
        let parts = parse_decimal(text, 6)?;
        u32::try_from(parts).map(Ppm).map_err(|_| MoneyError::TooLarge(text.to_owned()))
    }

    /// Parts per million.
    #[must_use]
    pub fn parts(self) -> u32 {
        self.0
    }

    /// `value` times this ratio, rounded down (towards minus infinity).
    #[must_use]
    pub fn of_value(self, value: i128) -> i128 {
        (value * i128::from(self.0)).div_euclid(1_000_000)
    }
}

impl std::fmt::Display for Ppm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = crate::money::format_decimal(i64::from(self.0), 6);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}
