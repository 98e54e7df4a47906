//! A data folder: key, lake, rejects, and its database.
use std::fs;
use std::path::{Path, PathBuf};

use lake::Keys;
use store::Db;

use crate::error::Error;

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
    /// Who does what is done with it: for the audit log.
    pub actor: String,
    /// Threads to work with.
    pub threads: usize,
    /// Events that a settlement counts in one go, if they are of several days.
    pub group_events: i64,
}

/// Enough to be worth the going, little enough for memory.
const GROUP_EVENTS: i64 = 12_000_000;

/// What `doctor` found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// What was looked at.
    pub what: &'static str,
    /// Whether it is well.
    pub well: bool,
    /// What was seen, and how to mend it.
    pub message: String,
}

const KEY_FILE: &str = "viewer.key";
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
        let own = data_dir.join("stipend.db");
        let mut db = Db::open(database.unwrap_or(&own.to_string_lossy()))?;
        let check = keys.secret.hash(&[b"stipend"]).to_string();
        match db.setting(KEY_CHECK)? {
            None => db.write(|db| db.set_setting(KEY_CHECK, &check))?,
            Some(found) if found != check => return Err(Error::WrongKey),
            Some(_) => {}
        }
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let data_dir = data_dir.to_owned();
        let actor = "cli".to_owned();
        let database = database.map(str::to_owned);
        let group_events = GROUP_EVENTS;
        Ok(Stipend { data_dir, db, database, keys, actor, threads, group_events })
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

    /// Looks whether all is well: key, database, each file that the manifest and the runs name.
    /// Reads no file's content unless `deep`.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub fn doctor(&mut self, deep: bool) -> Result<Vec<Health>, Error> {
        let mut found = vec![Health {
            what: "database",
            well: true,
            message: format!("{} answers; its schema is current", self.db.name()),
        }];
        let segments = self.db.segments()?;
        let lake = self.lake();
        let mut faults = Vec::new();
        for segment in &segments {
            let path = lake.join(&segment.path);
            let size = fs::metadata(&path).map(|metadata| metadata.len());
            let size = size.ok().and_then(|size| i64::try_from(size).ok());
            if size != Some(segment.bytes) {
                faults.push(format!("`{}` is missing or of another size", segment.path));
            } else if deep {
                let bytes = fs::read(&path).map_err(Error::file(&path))?;
                if lake::files::sha256(&bytes).as_slice() != segment.digest {
                    faults.push(format!("`{}` does not hold what was written", segment.path));
                }
            }
        }
        let events: i64 = segments.iter().map(|segment| segment.rows).sum();
        found.push(Health {
            what: "event log",
            well: faults.is_empty(),
            message: match faults.first() {
                None => format!("{} segments with {events} events are in place", segments.len()),
                Some(first) => {
                    format!("{first} (and {} more): restore the lake folder", faults.len() - 1)
                }
            },
        });
        let garbage = self.garbage(&segments)?;
        found.push(Health {
            what: "garbage",
            well: true,
            message: match garbage.len() {
                0 => "no files without a manifest row".to_owned(),
                count => format!(
                    "{count} files without a manifest row, left by an import that was ended or \
                     written by one that runs now: when none runs, they can be deleted"
                ),
            },
        });
        Ok(found)
    }

    /// Segment files that no manifest row names: left by an import that did not finish.
    fn garbage(&self, segments: &[store::SegmentRow]) -> Result<Vec<PathBuf>, Error> {
        let known: std::collections::HashSet<&str> =
            segments.iter().map(|segment| segment.path.as_str()).collect();
        let root = self.lake();
        let mut garbage = Vec::new();
        let mut folders = vec![root.join("events")];
        while let Some(folder) = folders.pop() {
            let Ok(entries) = fs::read_dir(&folder) else {
                continue;
            };
            for entry in entries {
                let path = entry.map_err(Error::file(&folder))?.path();
                let name = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy();
                if path.is_dir() {
                    folders.push(path);
                } else if !known.contains(&*name) {
                    garbage.push(path);
                }
            }
        }
        Ok(garbage)
    }
}
