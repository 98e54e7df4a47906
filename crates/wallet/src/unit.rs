//! The smallest units that rails carry. They differ from ISO 4217, and from each other: the tables
//! are data, from the providers' own pages (docs.stripe.com/currencies,
//! developer.paypal.com/reference/currency-codes).
use kernel::Asset;
use kernel::money::{LEDGER_DIGITS, UNITS_PER_MINOR, format_decimal};

use crate::terms::Rail;

/// Currencies in which Stripe counts whole ones.
const STRIPE_WHOLE: &str = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF";
/// Currencies in which Stripe counts hundredths and pays only whole ones: ISO has no hundredths of
/// the first two, and of the others Stripe pays out none.
const STRIPE_HUNDREDTHS_OF_WHOLE: &str = "ISK UGX HUF TWD";
/// Currencies with thousandths: Stripe takes them in tens, as three digits.
const THOUSANDTHS: &str = "BHD JOD KWD OMR TND";
/// Currencies that PayPal pays out.
const PAYPAL: &str = "AUD BRL CAD CNY CZK DKK EUR GBP HKD HUF ILS JPY MXN MYR NOK NZD PHP PLN SEK \
SGD THB TWD USD CHF";
/// Of those, the ones without a point.
const PAYPAL_WHOLE: &str = "HUF JPY TWD";

fn has(list: &str, code: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == code)
}

/// The ledger units of the smallest amount that a rail carries of a currency; nothing where it does
/// not carry it.
#[must_use]
pub fn smallest(rail: Rail, asset: &Asset) -> Option<i64> {
    let code = asset.code();
    let whole = UNITS_PER_MINOR * 10_i64.pow(asset.minor_digits());
    match rail {
        Rail::Sepa => (code == "EUR").then_some(UNITS_PER_MINOR),
        Rail::Nacha => (code == "USD").then_some(UNITS_PER_MINOR),
        Rail::Sheet => Some(UNITS_PER_MINOR),
        Rail::Stripe if has(STRIPE_WHOLE, code) || has(STRIPE_HUNDREDTHS_OF_WHOLE, code) => {
            Some(whole)
        }
        Rail::Stripe if has(THOUSANDTHS, code) => Some(10 * UNITS_PER_MINOR),
        Rail::Stripe => (asset.minor_digits() == 2).then_some(UNITS_PER_MINOR),
        Rail::Paypal if has(PAYPAL_WHOLE, code) => Some(whole),
        Rail::Paypal => has(PAYPAL, code).then_some(UNITS_PER_MINOR),
    }
}

/// Ledger units as Stripe counts them; nothing where the amount has a finer part.
#[must_use]
pub fn to_stripe(asset: &Asset, units: i64) -> Option<i64> {
    let code = asset.code();
    let digits = if has(STRIPE_WHOLE, code) {
        0
    } else if has(THOUSANDTHS, code) {
        3
    } else {
        2
    };
    let smallest = smallest(Rail::Stripe, asset)?;
    if units % smallest != 0 {
        return None;
    }
    let scale = asset.minor_digits() + LEDGER_DIGITS;
    Some(units / 10_i64.pow(scale - digits))
}

/// What Stripe counts as ledger units.
#[must_use]
pub fn of_stripe(asset: &Asset, count: i64) -> Option<i64> {
    let one = to_stripe(asset, UNITS_PER_MINOR * 10_i64.pow(asset.minor_digits()))?;
    let whole = i128::from(UNITS_PER_MINOR) * 10_i128.pow(asset.minor_digits());
    i64::try_from(i128::from(count) * whole / i128::from(one)).ok()
}

/// Ledger units as PayPal writes them; nothing where the amount has a finer part.
#[must_use]
pub fn to_paypal(asset: &Asset, units: i64) -> Option<String> {
    let smallest = smallest(Rail::Paypal, asset)?;
    if units % smallest != 0 {
        return None;
    }
    if has(PAYPAL_WHOLE, asset.code()) {
        return Some((units / smallest).to_string());
    }
    Some(format_decimal(units / UNITS_PER_MINOR, asset.minor_digits()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_as_providers_count_them() {
        let cases = [
            ("EUR", "12.34", Some(1_234), Some("12.34")),
            ("JPY", "1200", Some(1_200), Some("1200")),
            ("ISK", "5", Some(500), None),
            ("UGX", "5", Some(500), None),
            ("HUF", "10.00", Some(1_000), Some("10")),
            ("HUF", "10.45", None, None),
            ("TWD", "7.00", Some(700), Some("7")),
            ("MGA", "3.00", Some(3), None),
            ("MGA", "3.50", None, None),
            ("KWD", "5.120", Some(5_120), None),
            ("KWD", "5.124", None, None),
            ("CLF", "1.0000", None, None),
            ("CHF", "0.05", Some(5), Some("0.05")),
        ];
        for (code, amount, stripe, paypal) in cases {
            let asset = Asset::of(code).expect("a currency");
            let units = asset.parse(amount).expect("an amount");
            assert_eq!(to_stripe(&asset, units), stripe, "{code} {amount}");
            assert_eq!(to_paypal(&asset, units).as_deref(), paypal, "{code} {amount}");
            if let Some(count) = stripe {
                assert_eq!(of_stripe(&asset, count), Some(units), "{code} {amount}");
            }
        }
    }
}
