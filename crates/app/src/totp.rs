//! The second factor: codes by time (RFC 6238; SHA-1, six digits, 30 seconds, as every
//! authenticator has them).
use totp_rs::{Algorithm, Builder, Secret, Totp};

use crate::error::Error;
use crate::keys;

const STEP_S: u64 = 30;

fn totp(secret: &[u8], account: &str) -> Option<Totp> {
    let builder = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(STEP_S)
        .with_secret(secret.to_vec())
        .with_account_name(account)
        .with_issuer(Some("stipend"));
    builder.build().ok()
}

/// A new secret: 160 bits.
///
/// # Errors
/// When the machine gives no randomness.
pub fn fresh() -> Result<Vec<u8>, Error> {
    let text = keys::random_hex(20).map_err(Error::file("/dev/urandom"))?;
    Ok(hex::decode(text).unwrap_or_default())
}

/// The secret as people type it.
#[must_use]
pub fn secret_text(secret: &[u8]) -> String {
    Secret::from(secret.to_vec()).to_base32()
}

/// The secret as authenticators read it.
#[must_use]
pub fn url(secret: &[u8], email: &str) -> String {
    totp(secret, email).and_then(|totp| totp.to_url().ok()).unwrap_or_default()
}

/// The step of time whose code this is, if it is one of now, or of one step before or after.
#[must_use]
pub fn step_of(secret: &[u8], code: &str, now_s: i64) -> Option<i64> {
    let now_s = u64::try_from(now_s).ok()?;
    let step = totp(secret, "operator")?.check(code.trim(), now_s)?;
    i64::try_from(step).ok()
}

/// The code of an instant: what an authenticator shows.
#[must_use]
pub fn code(secret: &[u8], now_s: i64) -> String {
    let now_s = u64::try_from(now_s).unwrap_or(0);
    totp(secret, "operator").map(|totp| totp.generate(now_s).to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{code, step_of, url};

    /// RFC 6238, appendix B, cut to six digits.
    #[test]
    fn codes_of_the_standard() {
        let secret = b"12345678901234567890";
        let cases = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ];
        for (at, expected) in cases {
            assert_eq!(code(secret, at), expected);
            assert_eq!(step_of(secret, expected, at), Some(at / 30));
            assert_eq!(step_of(secret, expected, at + 30), Some(at / 30));
            assert_eq!(step_of(secret, expected, at + 60), None);
        }
        assert_eq!(step_of(secret, "28708", 59), None);
        assert_eq!(step_of(secret, "", 59), None);
        assert!(
            url(secret, "a@example.com").starts_with("otpauth://totp/stipend:a%40example.com?")
        );
    }
}
