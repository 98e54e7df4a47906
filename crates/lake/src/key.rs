//! The secret with which viewers, devices and event ids are hashed.
use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use kernel::id::HashKey;

/// The hashing keys of a data folder.
#[derive(Debug, Clone)]
pub struct Keys {
    /// For viewers, devices and event ids: secret to this folder.
    pub secret: HashKey,
    /// For works and creators: known to everybody.
    pub public: HashKey,
}

impl Keys {
    /// Makes a new secret from the machine's randomness and stores it for its owner alone.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn create(path: &Path) -> io::Result<()> {
        use std::os::unix::fs::OpenOptionsExt;
        let mut bytes = [0_u8; 16];
        fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
        let text = format!("{}\n", hex::encode(bytes));
        let mut file =
            fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    }

    /// Reads the secret.
    ///
    /// # Errors
    /// Whatever the file system says; `InvalidData` when the file does not hold a key.
    pub fn load(path: &Path) -> io::Result<Keys> {
        let text = fs::read_to_string(path)?;
        let mut bytes = [0_u8; 16];
        hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| {
            io::Error::new(io::ErrorKind::InvalidData, "the key file is not 32 hex digits")
        })?;
        Ok(Keys { secret: HashKey::secret(bytes), public: HashKey::PUBLIC })
    }
}
