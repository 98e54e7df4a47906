//! A data folder: key, lake, rejects, and its database.
use std::fs;
use std::path::{Path, PathBuf};

use lake::Keys;
use store::Db;

use crate::error::Error;
use crate::vault::Vault;

/// An open data folder.
pub struct Stipend {
    /// The folder.
    pub data_dir: PathBuf,
    /// Its database.
    pub db: Db,
    /// The database's URL, if it is not the folder's own.
    database: Option<String>,
    /// Its hashing keys.
    pub keys: Keys,
    /// What seals the details of persons.
    pub vault: Vault,
    /// Who does what is done with it: for the audit log.
    pub actor: String,
    /// Threads to work with.
    pub threads: usize,
    /// Events that a settlement counts in one go, if they are of several days.
    pub group_events: i64,
}

/// Enough to be worth the going, little enough for memory.
const GROUP_EVENTS: i64 = 12_000_000;

/// Who acts on the command line, for the audit log.
pub(crate) const AT_THE_MACHINE: &str = "cli";
pub(crate) const KEY_FILE: &str = "viewer.key";
const KEY_CHECK: &str = "key_check";

impl Stipend {
    /// Makes a data folder: a new key, an empty lake, and the database's schema.
    ///
    /// # Errors
    /// [`Error::Initialised`] when there is one already.
    pub fn init(data_dir: &Path, database: Option<&str>) -> Result<Stipend, Error> {
        let key = data_dir.join(KEY_FILE);
        if key.exists() {
            return Err(Error::Initialised { path: data_dir.to_owned() });
        }
        fs::create_dir_all(data_dir).map_err(Error::file(data_dir))?;
        Keys::create(&key).map_err(Error::file(&key))?;
        Vault::create(data_dir)?;
        Stipend::open(data_dir, database)
    }

    /// Opens a data folder. `database` is a `postgres://` URL; without it, the folder's own SQLite
    /// file is used.
    ///
    /// # Errors
    /// [`Error::NotInitialised`]; [`Error::WrongKey`] when the database belongs to another folder.
    pub fn open(data_dir: &Path, database: Option<&str>) -> Result<Stipend, Error> {
        let key = data_dir.join(KEY_FILE);
        if !key.exists() {
            return Err(Error::NotInitialised { path: data_dir.to_owned() });
        }
        let keys = Keys::load(&key).map_err(Error::file(&key))?;
        let mut db = Stipend::open_database(data_dir, database)?;
        let check = keys.secret.hash(&[b"stipend"]).to_string();
        match db.setting(KEY_CHECK)? {
            None => db.write(|db| db.set_setting(KEY_CHECK, &check))?,
            Some(found) if found != check => return Err(Error::WrongKey),
            Some(_) => {}
        }
        let vault = Vault::of_folder(data_dir, &mut db)?;
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let data_dir = data_dir.to_owned();
        let actor = AT_THE_MACHINE.to_owned();
        let database = database.map(str::to_owned);
        let group_events = GROUP_EVENTS;
        Ok(Stipend { data_dir, db, database, keys, vault, actor, threads, group_events })
    }

    /// Whether the database is the folder's own file.
    #[must_use]
    pub fn is_embedded(&self) -> bool {
        self.database.is_none()
    }

    /// Opens the same folder once more, with a connection of its own.
    ///
    /// # Errors
    /// As [`Stipend::open`].
    pub fn again(&self) -> Result<Stipend, Error> {
        let stipend = Stipend::open(&self.data_dir, self.database.as_deref())?;
        Ok(Stipend { actor: self.actor.clone(), ..stipend })
    }

    /// The folder of segments and tables.
    #[must_use]
    pub fn lake(&self) -> PathBuf {
        self.data_dir.join("lake")
    }

    pub(crate) fn open_database(data_dir: &Path, database: Option<&str>) -> Result<Db, Error> {
        let own = data_dir.join("stipend.db");
        Ok(Db::open(database.unwrap_or(&own.to_string_lossy()))?)
    }
}
