//! Secrets of persons at rest: names, bank details. Each person has a key of his own, which the
//! folder's key seals (envelope encryption, AES-256-GCM); when that key is destroyed, nobody reads
//! his details again, in no copy that is made later. The folder's key is in no backup.
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{digest, hkdf, hmac};
use store::Db;

use crate::error::Error;

/// The file of the folder's key.
pub const FILE: &str = "details.key";
/// The file of a key that is about to take its place.
const NEXT: &str = "details.key.next";
/// The file of the key that it took the place of.
const OLD: &str = "details.key.old";
/// Rows that are sealed anew at a time.
const PAGE: i64 = 1_000;
const CHECK: &str = "details_key_check";
const KEY_BYTES: usize = 32;

/// What seals the details of persons. Without its key file it is locked: all else works.
#[derive(Clone)]
pub struct Vault {
    key: Option<[u8; KEY_BYTES]>,
    path: PathBuf,
}

/// A key of a folder.
#[derive(Clone)]
pub struct Key([u8; KEY_BYTES]);

impl Key {
    fn read(path: &Path) -> Result<Key, Error> {
        let text = fs::read_to_string(path).map_err(Error::file(path))?;
        let mut key = [0_u8; KEY_BYTES];
        hex::decode_to_slice(text.trim(), &mut key)
            .map_err(|_| Error::Refused(format!("`{}` is not 64 hex digits", path.display())))?;
        Ok(Key(key))
    }

    /// The key that is to take the place of a folder's: made now, or left by an attempt that was
    /// cut off.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn next(data_dir: &Path) -> Result<Key, Error> {
        let old = data_dir.join(OLD);
        if old.exists() {
            let text = format!("`{}` is there: move it away first", old.display());
            return Err(Error::Refused(text));
        }
        let path = data_dir.join(NEXT);
        if !path.exists() {
            // Whole or not at all: whoever opens the folder may read it.
            let part = data_dir.join(format!("{NEXT}.part"));
            if part.exists() {
                fs::remove_file(&part).map_err(Error::file(&part))?;
            }
            create(&part)?;
            fs::rename(&part, &path).map_err(Error::file(&path))?;
        }
        Key::read(&path)
    }

    /// Puts it in the place of the folder's key, which is kept beside it.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn take_place(data_dir: &Path) -> Result<(), Error> {
        let (file, next, old) = (data_dir.join(FILE), data_dir.join(NEXT), data_dir.join(OLD));
        // Another process that opened the folder may do the same at this moment: the old key is
        // kept once, the file is never missing, and who comes second finds it done.
        if next.exists() && file.exists() && !old.exists() {
            match fs::hard_link(&file, &old) {
                Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                    return Err(Error::file(&old)(error));
                }
                _ => {}
            }
        }
        match fs::rename(&next, &file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && file.exists() => {}
            other => other.map_err(Error::file(&next))?,
        }
        let folder = fs::File::open(data_dir).map_err(Error::file(data_dir))?;
        folder.sync_all().map_err(Error::file(data_dir))
    }
}

fn create(path: &Path) -> Result<(), Error> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let text = format!("{}\n", hex::encode(random::<KEY_BYTES>()?));
    let mut options = fs::OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(path);
    let mut file = file.map_err(Error::file(path))?;
    file.write_all(text.as_bytes()).map_err(Error::file(path))?;
    file.sync_all().map_err(Error::file(path))
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.key.is_some() { "Vault(open)" } else { "Vault(locked)" })
    }
}

fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0_u8; N];
    let file = fs::File::open("/dev/urandom").map_err(Error::file("/dev/urandom"))?;
    (&file).read_exact(&mut bytes).map_err(Error::file("/dev/urandom"))?;
    Ok(bytes)
}

fn broken() -> Error {
    let text = "details cannot be read: they were sealed with another key, or were changed";
    Error::Refused(text.to_owned())
}

fn seal(key: &[u8; KEY_BYTES], about: &str, plain: &[u8]) -> Result<Vec<u8>, Error> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).map_err(|_| broken())?);
    let nonce = random::<NONCE_LEN>()?;
    let mut sealed = nonce.to_vec();
    let mut body = plain.to_vec();
    let nonce = Nonce::assume_unique_for_key(nonce);
    key.seal_in_place_append_tag(nonce, Aad::from(about.as_bytes()), &mut body)
        .map_err(|_| broken())?;
    sealed.append(&mut body);
    Ok(sealed)
}

fn unseal(key: &[u8; KEY_BYTES], about: &str, sealed: &[u8]) -> Result<Vec<u8>, Error> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).map_err(|_| broken())?);
    let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or_else(broken)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| broken())?;
    let mut body = body.to_vec();
    let plain = key.open_in_place(nonce, Aad::from(about.as_bytes()), &mut body);
    plain.map(|plain| plain.to_vec()).map_err(|_| broken())
}

impl Vault {
    /// Makes a folder's key.
    ///
    /// # Errors
    /// [`Error::File`].
    pub(crate) fn create(data_dir: &Path) -> Result<(), Error> {
        create(&data_dir.join(FILE))
    }

    /// The vault of a folder. One that was made before there were vaults gets its key now.
    ///
    /// # Errors
    /// [`Error::WrongDetailsKey`] when the key is another folder's.
    pub(crate) fn of_folder(data_dir: &Path, db: &mut Db) -> Result<Vault, Error> {
        let path = data_dir.join(FILE);
        let known = db.setting(CHECK)?;
        let next = data_dir.join(NEXT);
        if known.is_some()
            && let Ok(next) = Key::read(&next)
        {
            // A new key has its place in the database; that was cut off before it had it here.
            let next = Vault { key: Some(next.0), path: path.clone() };
            if known == Some(next.check()?) {
                Key::take_place(data_dir)?;
            }
        }
        if !path.exists() {
            if known.is_some() {
                return Ok(Vault { key: None, path });
            }
            match Vault::create(data_dir) {
                // Another process may have made it just now.
                Err(Error::File { source, .. })
                    if source.kind() == std::io::ErrorKind::AlreadyExists => {}
                other => other?,
            }
        }
        let vault = Vault { key: Some(Key::read(&path)?.0), path };
        match known {
            None => {
                let check = vault.check()?;
                db.write(|db| db.set_setting(CHECK, &check))?;
            }
            Some(_) => vault.is_of(db)?,
        }
        Ok(vault)
    }

    /// What the database keeps to know its key by.
    fn check(&self) -> Result<String, Error> {
        Ok(hex::encode(self.mac(b"check", b"stipend")?))
    }

    /// The database's details are sealed with this key: another process may have changed it.
    fn is_of(&self, db: &mut Db) -> Result<(), Error> {
        if db.setting(CHECK)? == Some(self.check()?) {
            return Ok(());
        }
        Err(Error::WrongDetailsKey { path: self.path.clone() })
    }

    /// Whether its key is there.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.key.is_some()
    }

    fn key(&self) -> Result<&[u8; KEY_BYTES], Error> {
        self.key.as_ref().ok_or_else(|| Error::Locked { path: self.path.clone() })
    }

    /// A keyed hash, by a key that is derived for `purpose`.
    fn mac(&self, purpose: &[u8], text: &[u8]) -> Result<Vec<u8>, Error> {
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"stipend details");
        let derived = salt.extract(self.key()?);
        let purpose = [purpose];
        let expanded = derived.expand(&purpose, hkdf::HKDF_SHA256).map_err(|_| broken())?;
        let mut key = [0_u8; digest::SHA256_OUTPUT_LEN];
        expanded.fill(&mut key).map_err(|_| broken())?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        Ok(hmac::sign(&key, text).as_ref().to_vec())
    }

    /// What tells whether two places are the same, and nothing else of them.
    pub(crate) fn fingerprint(&self, place: &str) -> Result<Vec<u8>, Error> {
        self.mac(b"place", place.as_bytes())
    }

    /// What tells whether two requests are the same, and nothing else of them.
    pub(crate) fn of_request(&self, digest: &[u8]) -> Result<Vec<u8>, Error> {
        self.mac(b"request", digest)
    }

    fn person(&self, db: &mut Db, person: &str) -> Result<Option<[u8; KEY_BYTES]>, Error> {
        let Some(sealed) = db.person_key(person)? else { return Ok(None) };
        let plain = unseal(self.key()?, &format!("person:{person}"), &sealed)?;
        Ok(Some(plain.try_into().map_err(|_| broken())?))
    }

    /// Seals details of a person; his key is made if there is none.
    pub(crate) fn seal(
        &self,
        db: &mut Db,
        person: &str,
        plain: &str,
        now_us: i64,
    ) -> Result<Vec<u8>, Error> {
        let key = match self.person(db, person)? {
            Some(key) => key,
            None => {
                self.is_of(db)?;
                let key = random::<KEY_BYTES>()?;
                let sealed = seal(self.key()?, &format!("person:{person}"), &key)?;
                db.add_person_key(person, &sealed, now_us)?;
                key
            }
        };
        seal(&key, &format!("details:{person}"), plain.as_bytes())
    }

    /// Seals the keys of all persons with another key of the folder, and tells places apart by it.
    /// Gives how many persons and methods there are.
    pub(crate) fn rekey(&self, db: &mut Db, next: &Key) -> Result<(i64, i64), Error> {
        self.is_of(db)?;
        let next = Vault { key: Some(next.0), path: self.path.clone() };
        let (mut persons, mut after) = (0, String::new());
        loop {
            let page = db.person_keys(&after, PAGE)?;
            let Some((last, _)) = page.last() else { break };
            after.clone_from(last);
            for (person, sealed) in &page {
                let about = format!("person:{person}");
                let plain = unseal(self.key()?, &about, sealed)?;
                db.set_person_key(person, &seal(next.key()?, &about, &plain)?)?;
                persons += 1;
            }
        }
        let (mut methods, mut after) = (0, 0);
        loop {
            let page = db.sealed_methods(after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            for row in &page {
                let Some(place) = crate::methods::place_of(db, &next, row)? else { continue };
                db.set_fingerprint(row.seq, &next.fingerprint(&place)?)?;
                methods += 1;
            }
        }
        db.set_setting(CHECK, &next.check()?)?;
        Ok((persons, methods))
    }

    /// Details of a person; nothing when his key was destroyed.
    pub(crate) fn open(
        &self,
        db: &mut Db,
        person: &str,
        sealed: &[u8],
    ) -> Result<Option<String>, Error> {
        let Some(key) = self.person(db, person)? else { return Ok(None) };
        let plain = unseal(&key, &format!("details:{person}"), sealed)?;
        String::from_utf8(plain).map(Some).map_err(|_| broken())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_bound_to_its_person() {
        let (key, other) = ([7_u8; KEY_BYTES], [8_u8; KEY_BYTES]);
        let sealed = seal(&key, "details:a", b"NL91ABNA0417164300").expect("sealed");
        let again = seal(&key, "details:a", b"NL91ABNA0417164300").expect("sealed");
        assert_ne!(sealed, again, "each time another nonce");
        assert_eq!(unseal(&key, "details:a", &sealed).expect("plain"), b"NL91ABNA0417164300");
        assert!(unseal(&key, "details:b", &sealed).is_err());
        assert!(unseal(&other, "details:a", &sealed).is_err());
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(unseal(&key, "details:a", &changed).is_err(), "{place}");
        }
        assert!(unseal(&key, "details:a", &sealed[..5]).is_err());
    }
}
