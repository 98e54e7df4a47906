//! Signatures of webhooks, by the Standard Webhooks specification: HMAC-SHA-256 over
//! `id.timestamp.body`, one signature for each secret that is good.
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

const PREFIX: &str = "whsec_";

/// A secret that cannot sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a webhook's secret is not `whsec_` and base64")]
pub struct SignError;

/// A secret of random bytes.
#[must_use]
pub fn fresh_secret(random: &[u8; 32]) -> String {
    format!("{PREFIX}{}", STANDARD.encode(random))
}

/// The header `webhook-signature`: a signature by each secret, with a blank between.
///
/// # Errors
/// [`SignError`].
pub fn sign(secrets: &[&str], id: &str, timestamp_s: i64, body: &str) -> Result<String, SignError> {
    let one = |secret: &&str| {
        let text = secret.strip_prefix(PREFIX).ok_or(SignError)?;
        let key = STANDARD.decode(text).map_err(|_| SignError)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| SignError)?;
        mac.update(format!("{id}.{timestamp_s}.{body}").as_bytes());
        Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    };
    Ok(secrets.iter().map(one).collect::<Result<Vec<_>, _>>()?.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    #[test]
    fn the_example_of_the_specification_holds() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let body = r#"{"test": 2432232314}"#;
        let signed = sign(&[secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signed, Ok("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=".to_owned()));
        assert_eq!(sign(&["secret"], "a", 1, ""), Err(SignError));
    }
}
