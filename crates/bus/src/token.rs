//! Tokens by which a platform hands its users over: JWT, signed with the platform's own Ed25519
//! key, short-lived, naming who the user is there. The algorithm is fixed; a token chooses nothing
//! but the key that it was signed with.
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};

/// Who a token must be for.
const AUDIENCE: &str = "stipend";
/// The longest life of a token, and what clocks may differ.
const LIFE_MAX_S: i64 = 3_600;
const LEEWAY_S: i64 = 30;
const TOKEN_BYTES_MAX: usize = 4_096;

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct Claims {
    /// The user's id on the platform.
    pub sub: String,
    /// `creator`, `agency-member`, `brand-member` or `fan`.
    pub role: String,
    /// When it was signed, in seconds.
    pub iat: i64,
    /// When it ends, in seconds.
    pub exp: i64,
}

/// Why a token is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a JWT with a key's id.
    #[error("the token is no JWT that names its key as `kid`")]
    Form,
    /// Another algorithm than EdDSA, another signature, another audience.
    #[error("the token's signature, algorithm or audience is wrong")]
    Signature,
    /// Over, or not begun.
    #[error("the token is over, or is not good yet")]
    Time,
    /// Good for longer than an hour.
    #[error("the token is good for more than an hour: sign shorter ones")]
    TooLong,
}

/// The id of the key that a token names.
///
/// # Errors
/// [`TokenError::Form`].
pub fn key_id(token: &str) -> Result<String, TokenError> {
    if token.len() > TOKEN_BYTES_MAX {
        return Err(TokenError::Form);
    }
    let header = decode_header(token).map_err(|_| TokenError::Form)?;
    if header.alg != Algorithm::EdDSA {
        return Err(TokenError::Signature);
    }
    let plain = |id: &String| id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_graphic());
    header.kid.filter(plain).ok_or(TokenError::Form)
}

/// What a token says, if the platform signed it and it is good now.
///
/// # Errors
/// [`TokenError`].
pub fn verify(token: &str, public_key: &[u8], now_s: i64) -> Result<Claims, TokenError> {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["aud", "exp", "sub"]);
    // The clock is the caller's, not the library's.
    validation.validate_exp = false;
    let key = URL_SAFE_NO_PAD.encode(public_key);
    let key = DecodingKey::from_ed_components(&key).map_err(|_| TokenError::Signature)?;
    let decoded = decode::<Claims>(token, &key, &validation);
    let claims = decoded.map_err(|_| TokenError::Signature)?.claims;
    if claims.exp + LEEWAY_S <= now_s || claims.iat - LEEWAY_S > now_s {
        return Err(TokenError::Time);
    }
    if claims.exp - claims.iat > LIFE_MAX_S {
        return Err(TokenError::TooLong);
    }
    Ok(claims)
}

/// The 32 bytes of an Ed25519 key: as base64, or as the PEM that `openssl pkey -pubout` writes.
#[must_use]
pub fn parse_public_key(text: &str) -> Option<Vec<u8>> {
    let inner: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    let inner = inner.trim();
    let decoded = STANDARD.decode(inner).or_else(|_| URL_SAFE_NO_PAD.decode(inner)).ok()?;
    // SubjectPublicKeyInfo of RFC 8410: twelve bytes that say Ed25519, then the key.
    const HEAD: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    let key = decoded.strip_prefix(HEAD.as_slice()).unwrap_or(&decoded);
    (key.len() == 32).then(|| key.to_vec())
}
