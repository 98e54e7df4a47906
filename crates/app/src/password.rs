//! Passwords of operators: Argon2id, kept as PHC strings. It is slow on purpose, so that only a few
//! are looked at in a time.
use std::sync::{Condvar, Mutex};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::error::Error;
use crate::keys;

/// Memory in KiB, passes and lanes: the second recommendation of OWASP's cheat sheet.
const COST: (u32, u32, u32) = (19_456, 2, 1);
/// Characters of a password.
const LENGTH: std::ops::RangeInclusive<usize> = 12..=200;
/// Passwords that are looked at in a time: each takes 19 MiB and most of a core.
const AT_A_TIME: usize = 2;

fn argon() -> Option<Argon2<'static>> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// A place among those that are looked at.
struct Place;

static PLACES: (Mutex<usize>, Condvar) = (Mutex::new(0), Condvar::new());

impl Place {
    fn wait() -> Place {
        let (taken, freed) = &PLACES;
        // Nobody panics while he holds the lock.
        if let Ok(taken) = taken.lock()
            && let Ok(mut taken) = freed.wait_while(taken, |taken| *taken >= AT_A_TIME)
        {
            *taken += 1;
        }
        Place
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let (taken, freed) = &PLACES;
        if let Ok(mut taken) = taken.lock() {
            *taken = taken.saturating_sub(1);
        }
        freed.notify_one();
    }
}

/// Whether a password may be chosen.
///
/// # Errors
/// [`Error::Refused`] that says why not.
pub fn check(text: &str, email: &str) -> Result<(), Error> {
    let refused = |text: &str| Err(Error::Refused(text.to_owned()));
    if !LENGTH.contains(&text.chars().count()) {
        return refused("a password has 12 to 200 characters");
    }
    let mut signs: Vec<char> = text.chars().collect();
    signs.sort_unstable();
    signs.dedup();
    if signs.len() < 5 {
        return refused("a password has at least five different characters");
    }
    let (text, local) = (text.to_lowercase(), email.split('@').next().unwrap_or_default());
    if local.chars().count() > 3 && text.contains(local) {
        return refused("a password does not contain the mail address");
    }
    Ok(())
}

/// The hash of a password.
///
/// # Errors
/// When the machine gives no randomness.
pub fn hash(text: &str) -> Result<String, Error> {
    let salt = keys::random_hex(16).map_err(Error::file("/dev/urandom"))?;
    let salt = hex::decode(salt).unwrap_or_default();
    let _place = Place::wait();
    let hashed = argon().and_then(|argon| {
        let hash: PasswordHash = argon.hash_password_with_salt(text.as_bytes(), &salt).ok()?;
        Some(hash.to_string())
    });
    hashed.ok_or_else(|| Error::Refused("the password cannot be hashed".to_owned()))
}

/// Whether a password is the one of a hash.
#[must_use]
pub fn verify(text: &str, hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    let _place = Place::wait();
    argon().is_some_and(|argon| argon.verify_password(text.as_bytes(), &hash).is_ok())
}

/// Takes as long as [`verify`], for nobody.
pub fn verify_nothing(text: &str) {
    let _place = Place::wait();
    if let Some(argon) = argon() {
        let nothing: Result<PasswordHash, _> =
            argon.hash_password_with_salt(text.as_bytes(), &[0; 16]);
        drop(nothing);
    }
}

#[cfg(test)]
mod tests {
    use super::{check, hash, verify};

    #[test]
    fn a_hash_knows_its_password() {
        let kept = hash("correct horse battery").expect("a hash");
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(verify("correct horse battery", &kept));
        assert!(!verify("correct horse batterz", &kept));
        assert!(!verify("", &kept));
        assert!(!verify("correct horse battery", ""));
        assert_ne!(kept, hash("correct horse battery").expect("another salt"));
    }

    #[test]
    fn passwords_that_may_be_chosen() {
        let cases = [
            ("correct horse battery", true),
            ("short", false),
            ("aaaaaaaaaaaaaaaa", false),
            ("xx-marian-xx-12", false),
            ("пароль-длинный", true),
        ];
        for (text, good) in cases {
            assert_eq!(check(text, "marian@example.com").is_ok(), good, "{text}");
        }
        assert!(check(&"ab1-/".repeat(100), "m@example.com").is_err());
    }
}
