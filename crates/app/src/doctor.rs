//! `doctor`: looks whether all is well, and says how to mend what is not.
use std::fs;
use std::path::PathBuf;

use kernel::day::instant;

use crate::error::Error;
use crate::jobs;
use crate::workspace::Stipend;

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

/// The clock of the machine may differ from the database's by so much.
const DRIFT_US: i64 = 5_000_000;
/// Bytes that should be free where the data folder is.
const FREE_MIN: u64 = 1 << 30;
/// The ledger is checked every day; an older check is a fault.
const CHECK_AGE_US: i64 = 3 * 86_400 * 1_000_000;

impl Stipend {
    /// Looks whether all is well: key, database, each file that the manifest and the runs name.
    /// Reads no file's content unless `deep`.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub fn doctor(&mut self, deep: bool, now_us: i64) -> Result<Vec<Health>, Error> {
        let mut found = vec![Health {
            what: "database",
            well: true,
            message: format!("{} answers; its schema is current", self.db.name()),
        }];
        found.push(self.clock(now_us)?);
        found.push(self.disk()?);
        found.push(self.details()?);
        found.push(self.work_left(now_us)?);
        found.push(self.ledger_checked(now_us)?);
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
        let garbage = self.garbage()?;
        found.push(Health {
            what: "garbage",
            well: true,
            message: match garbage.len() {
                0 => "no files of the lake that no row names".to_owned(),
                count => format!(
                    "{count} files of the lake that no row names, left by an import or a \
                     settlement that was ended or written by one that runs now: when none runs, \
                     they can be deleted"
                ),
            },
        });
        Ok(found)
    }

    /// Files of the lake that no row names: left by an import or a settlement that did not finish.
    fn garbage(&mut self) -> Result<Vec<PathBuf>, Error> {
        let known = crate::backup::named(&mut self.db)?;
        let known: std::collections::HashSet<&str> = known.iter().map(String::as_str).collect();
        let root = self.lake();
        let mut garbage = Vec::new();
        let mut folders = vec![root.join("events"), root.join("runs"), root.join("appeals")];
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

    /// The clock against the database's, and against the last thing that it recorded.
    fn clock(&mut self, now_us: i64) -> Result<Health, Error> {
        let there_us = self.db.clock_us()?;
        let last_us = self.db.audit_last_us()?.unwrap_or(i64::MIN);
        let drift_us = there_us.map_or(0, |there_us| (there_us - now_us).abs());
        let message = if last_us > now_us + DRIFT_US {
            let last = instant(last_us);
            format!("the audit log ends at {last}, which is not yet: set the machine's clock")
        } else if drift_us > DRIFT_US {
            let seconds = drift_us / 1_000_000;
            format!("the database's clock differs by {seconds} s: have both follow a time server")
        } else {
            return Ok(Health { what: "clock", well: true, message: instant(now_us) });
        };
        Ok(Health { what: "clock", well: false, message })
    }

    /// Space on the disk of the data folder.
    fn disk(&self) -> Result<Health, Error> {
        let stat = rustix::fs::statvfs(&self.data_dir);
        let stat = stat.map_err(|error| Error::file(&self.data_dir)(error.into()))?;
        let free = stat.f_bavail.saturating_mul(stat.f_frsize);
        let megabytes = free >> 20;
        let well = free >= FREE_MIN;
        let message = if well {
            format!("{megabytes} MiB are free")
        } else {
            format!("only {megabytes} MiB are free: make room or move the data folder")
        };
        Ok(Health { what: "disk", well, message })
    }

    /// Whether details of persons can be read, if there are any.
    fn details(&mut self) -> Result<Health, Error> {
        let keys = store::TABLES.iter().find(|table| table.name == "person_key");
        let none = keys.map_or(Ok(true), |table| self.db.is_empty(*table))?;
        let (well, message) = if self.vault.is_open() {
            (true, "names and bank details can be read here".to_owned())
        } else if none {
            (true, "there are none, and no key to seal them with".to_owned())
        } else {
            let path = self.data_dir.join(crate::vault::FILE);
            let text = format!(
                "`{}` is missing, so names and bank details cannot be read: put its copy back that \
                 is kept apart from backups",
                path.display()
            );
            (false, text)
        };
        Ok(Health { what: "details", well, message })
    }

    /// Days that should be settled, and jobs that were given up.
    fn work_left(&mut self, now_us: i64) -> Result<Health, Error> {
        let overdue = jobs::overdue(self, now_us)?;
        let dead: i64 =
            self.db.job_counts()?.iter().filter(|c| c.state == "dead").map(|c| c.count).sum();
        let (waiting, _) = self.db.intake_waiting()?;
        let mut faults = Vec::new();
        if let Some(first) = overdue.first() {
            let (count, program, day) = (overdue.len(), &first.program, first.day);
            faults.push(format!(
                "{count} days are due and not settled, the first {day} of {program}: run `stipend \
                 serve`, a worker, or `stipend settle`"
            ));
        }
        if dead > 0 {
            faults.push(format!("{dead} jobs were given up: GET /v1/jobs?state=dead says why"));
        }
        let message = match faults.is_empty() {
            true => format!("every day that is due is settled; {waiting} events wait for sealing"),
            false => faults.join("; "),
        };
        Ok(Health { what: "work", well: faults.is_empty(), message })
    }

    /// When the ledger was last folded again, and what came of it.
    fn ledger_checked(&mut self, now_us: i64) -> Result<Health, Error> {
        let what = "ledger check";
        let Some(last) = jobs::last_check(&mut self.db)? else {
            let message = "not checked yet: `stipend ledger check`, or leave it to a worker";
            return Ok(Health { what, well: true, message: message.to_owned() });
        };
        let (at, problems) = (instant(last.at_us), last.problems);
        let old = last.at_us + CHECK_AGE_US < now_us;
        let message = match (problems, old) {
            (0, false) => format!("all held at {at}"),
            (0, true) => format!("last at {at}: no worker runs; `stipend ledger check`"),
            _ => format!("{problems} problems at {at}: `stipend ledger check` names them"),
        };
        Ok(Health { what, well: problems == 0 && !old, message })
    }
}
