//! Assets and amounts. An amount is an `i64` in the *ledger scale* of its asset: the asset's minor
//! digits plus four, so that one view at 0.02 per 1,000 is not rounded away. 1.00 EUR is 1,000,000
//! ledger units; 1 JPY is 10,000.
use std::fmt;

/// Digits that the ledger keeps beyond an asset's minor unit.
pub const LEDGER_DIGITS: u32 = 4;

/// Ledger units in one minor unit (one cent, one yen): 10^[`LEDGER_DIGITS`].
pub const UNITS_PER_MINOR: i64 = 10_000;

/// A currency by its ISO 4217 code and minor digits, or a unit of stipend's own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Asset {
    code: String,
    minor_digits: u32,
}

/// What an amount is rounded to when it is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Whole minor units (cents); the rest of a division goes by the rule of the split.
    Minor,
    /// Ledger units, four digits finer.
    Ledger,
}

impl Scale {
    /// Ledger units in one unit of this scale.
    #[must_use]
    pub fn units(self) -> i64 {
        match self {
            Scale::Minor => UNITS_PER_MINOR,
            Scale::Ledger => 1,
        }
    }
}

/// Why a text is not an amount or not an asset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not of the form `-?digits[.digits]`.
    #[error("`{0}` is not an amount: write digits with a point, like `1000.00`")]
    NotAnAmount(String),
    /// More digits after the point than the ledger keeps.
    #[error("`{text}` has more than {digits} digits after the point")]
    TooFine {
        /// The text.
        text: String,
        /// The most digits that the asset's ledger scale keeps.
        digits: u32,
    },
    /// Does not fit 64 bits in the ledger scale.
    #[error("`{0}` is too large an amount")]
    TooLarge(String),
    /// Not a known currency code.
    #[error("`{0}` is not a currency code that stipend knows (ISO 4217, like `EUR`)")]
    UnknownAsset(String),
}

/// Minor digits that are not 2, by ISO 4217 (list one of 2026-01-01).
const MINOR_DIGITS: &[(&str, u32)] = &[
    ("BHD", 3),
    ("BIF", 0),
    ("CLF", 4),
    ("CLP", 0),
    ("DJF", 0),
    ("GNF", 0),
    ("IQD", 3),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KMF", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("LYD", 3),
    ("OMR", 3),
    ("PYG", 0),
    ("RWF", 0),
    ("TND", 3),
    ("UGX", 0),
    ("UYI", 0),
    ("UYW", 4),
    ("VND", 0),
    ("VUV", 0),
    ("XAF", 0),
    ("XOF", 0),
    ("XPF", 0),
];

/// Codes with two minor digits, by ISO 4217 (list one of 2026-01-01).
const TWO_DIGITS: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL \
BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR \
FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT \
LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK \
NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN \
SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR \
ZMW ZWG";

/// An amount of a currency's code as people read it; bare ledger units of a code that is not known.
#[must_use]
pub fn shown(code: &str, units: i64) -> String {
    Asset::of(code).map_or_else(|_| units.to_string(), |asset| asset.format(units))
}

/// Every code, in order.
#[must_use]
pub fn codes() -> Vec<&'static str> {
    let mut codes: Vec<&str> = MINOR_DIGITS.iter().map(|(code, _)| *code).collect();
    codes.extend(TWO_DIGITS.split_ascii_whitespace());
    codes.sort_unstable();
    codes
}

impl Asset {
    /// The asset of an ISO 4217 code.
    ///
    /// # Errors
    /// [`MoneyError::UnknownAsset`] for a code that is not in the list.
    pub fn of(code: &str) -> Result<Asset, MoneyError> {
        let other = MINOR_DIGITS.iter().find(|(known, _)| *known == code).map(|(_, d)| *d);
        let two = TWO_DIGITS.split_ascii_whitespace().any(|known| known == code);
        let minor_digits = match (other, two) {
            (Some(digits), _) => digits,
            (None, true) => 2,
            (None, false) => return Err(MoneyError::UnknownAsset(code.to_owned())),
        };
        Ok(Asset { code: code.to_owned(), minor_digits })
    }

    /// The code, like `EUR`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Digits of the minor unit: 2 for EUR, 0 for JPY, 3 for KWD.
    #[must_use]
    pub fn minor_digits(&self) -> u32 {
        self.minor_digits
    }

    /// Reads a decimal text as ledger units, exactly.
    ///
    /// # Errors
    /// [`MoneyError`] when the text is no amount, too fine or too large; nothing is rounded.
    pub fn parse(&self, text: &str) -> Result<i64, MoneyError> {
        parse_decimal(text, self.minor_digits + LEDGER_DIGITS)
    }

    /// Writes ledger units with at least the minor digits: `12.00`, `0.00012`.
    #[must_use]
    pub fn format(&self, units: i64) -> String {
        let digits = self.minor_digits + LEDGER_DIGITS;
        let text = format_decimal(units, digits);
        let keep = text.len() - index_of(LEDGER_DIGITS);
        let tail = text.get(keep..).unwrap_or("");
        let cut = text.len() - (tail.len() - tail.trim_end_matches('0').len());
        text.get(..cut).unwrap_or(&text).trim_end_matches('.').to_owned()
    }
}

impl fmt::Display for Asset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)
    }
}

fn index_of(digits: u32) -> usize {
    crate::cast::index(digits)
}

/// Reads `-?digits[.digits]` as an integer scaled by 10^`digits`; nothing is rounded.
///
/// # Errors
/// [`MoneyError`] when the text is no decimal, too fine or too large.
pub fn parse_decimal(text: &str, digits: u32) -> Result<i64, MoneyError> {
    let wrong = || MoneyError::NotAnAmount(shorten(text));
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = match rest.split_once('.') {
        Some((_, "")) => return Err(wrong()),
        Some(parts) => parts,
        None => (rest, ""),
    };
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > index_of(digits) {
        return Err(MoneyError::TooFine { text: shorten(text), digits });
    }
    let mut value: i64 = 0;
    let zeros = index_of(digits) - fraction.len();
    for byte in whole.bytes().chain(fraction.bytes()).chain(std::iter::repeat_n(b'0', zeros)) {
        value = value
            .checked_mul(10)
            .and_then(|v| v.checked_add(i64::from(byte - b'0')))
            .ok_or_else(|| MoneyError::TooLarge(shorten(text)))?;
    }
    Ok(if negative { -value } else { value })
}

/// Writes an integer scaled by 10^`digits` with all its digits.
#[must_use]
pub fn format_decimal(value: i64, digits: u32) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let text = value.unsigned_abs().to_string();
    let digits = index_of(digits);
    if digits == 0 {
        return format!("{sign}{text}");
    }
    let padded = format!("{text:0>width$}", width = digits + 1);
    let (whole, fraction) = padded.split_at(padded.len() - digits);
    format!("{sign}{whole}.{fraction}")
}

/// The first 40 characters, for an error message.
fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_and_write_exactly() {
        let cases = [
            ("EUR", "1000.00", Ok(1_000_000_000), "1000.00"),
            ("EUR", "0.00002", Ok(20), "0.00002"),
            ("EUR", "-3.5", Ok(-3_500_000), "-3.50"),
            ("JPY", "12", Ok(120_000), "12"),
            ("JPY", "0.0001", Ok(1), "0.0001"),
            ("KWD", "1.234", Ok(12_340_000), "1.234"),
            ("CLF", "0.1", Ok(10_000_000), "0.1000"),
        ];
        for (code, text, units, back) in cases {
            let asset = Asset::of(code).expect("known code");
            assert_eq!(asset.parse(text), units, "{code} {text}");
            assert_eq!(asset.format(units.unwrap_or(0)), back, "{code} {text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        let eur = Asset::of("EUR").expect("known code");
        for text in ["", "-", ".5", "5.", "1,00", "1e3", "NaN", "+1", " 1", "1.0000001", "--1"] {
            assert!(eur.parse(text).is_err(), "{text}");
        }
        assert!(matches!(eur.parse("9223372036854775808"), Err(MoneyError::TooLarge(_))));
        assert!(matches!(eur.parse(&"9".repeat(1_000_000)), Err(MoneyError::TooLarge(_))));
    }
}
