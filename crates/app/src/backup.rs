//! Backup and restore: the database as rows that fit both databases, read at one moment, and the
//! files of the event log that it names. A backup of one database can be restored into the other.
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use kernel::day::instant;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use store::{Db, StoreError, TABLES, Table, Value};

use crate::error::Error;
use crate::workspace::{KEY_FILE, Stipend};

/// The format of a backup.
const FORMAT: i64 = 1;
const INDEX: &str = "backup.json";
const COMPRESSION: i32 = 3;

/// What was written or read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows of all tables.
    pub rows: u64,
    /// Files of the event log.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

fn cell(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Int(number) => json!(number),
        Value::Text(text) => json!(text),
        Value::Blob(bytes) => json!({ "hex": hex::encode(bytes) }),
    }
}

fn value(cell: &Json) -> Option<Value> {
    match cell {
        Json::Null => Some(Value::Null),
        Json::Number(number) => number.as_i64().map(Value::Int),
        Json::String(text) => Some(Value::Text(text.clone())),
        Json::Object(blob) => hex::decode(blob.get("hex")?.as_str()?).ok().map(Value::Blob),
        _ => None,
    }
}

fn digest(path: &Path) -> Result<String, Error> {
    let mut file = File::open(path).map_err(Error::file(path))?;
    let (mut hash, mut piece) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut piece).map_err(Error::file(path))?;
        if read == 0 {
            return Ok(hex::encode(hash.finalize()));
        }
        hash.update(&piece[..read]);
    }
}

fn table_path(folder: &Path, table: Table) -> PathBuf {
    folder.join("database").join(format!("{}.ndjson.zst", table.name))
}

fn write_table(db: &mut Db, folder: &Path, table: Table) -> Result<u64, Error> {
    let path = table_path(folder, table);
    let failed = Error::file(&path);
    let open = File::create(&path).and_then(|file| zstd::Encoder::new(file, COMPRESSION));
    let mut out = open.map_err(failed)?;
    let (mut rows, mut broke) = (0, None);
    db.each_row(table, &mut |row| {
        rows += 1;
        let cells: Vec<Json> = row.iter().map(cell).collect();
        if broke.is_none() {
            broke = writeln!(out, "{}", Json::Array(cells)).err();
        }
        Ok(())
    })?;
    let failed = Error::file(&path);
    let done = match broke {
        Some(error) => Err(error),
        None => out.finish().and_then(|file| file.sync_all()),
    };
    done.map_err(failed)?;
    Ok(rows)
}

/// Files of the event log and of runs that the database names, from the lake's folder on.
pub(crate) fn named(db: &mut Db) -> Result<Vec<String>, StoreError> {
    let mut named: Vec<String> = db.segments()?.into_iter().map(|segment| segment.path).collect();
    let mut programs: Vec<String> = db.policies()?.into_iter().map(|row| row.program).collect();
    programs.sort();
    programs.dedup();
    for program in programs {
        for run in db.runs(&program)? {
            named.extend([run.work_days_path, run.lines_path]);
        }
    }
    named.extend(db.attachment_paths()?);
    Ok(named)
}

fn copy(from: &Path, to: &Path) -> Result<u64, Error> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(Error::file(folder))?;
    }
    let bytes = fs::copy(from, to).map_err(Error::file(from))?;
    File::open(to).and_then(|file| file.sync_all()).map_err(Error::file(to))?;
    Ok(bytes)
}

/// Writes a backup as of one moment, while others go on working.
///
/// # Errors
/// When the folder is there, or something cannot be read or written; then nothing stays of it.
pub fn write(stipend: &mut Stipend, folder: &Path, now_us: i64) -> Result<Report, Error> {
    if folder.exists() {
        return Err(Error::Refused(format!("`{}` is there: name a new folder", folder.display())));
    }
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let partial = folder.with_file_name(format!("{name}.partial"));
    fs::create_dir_all(partial.join("database")).map_err(Error::file(&partial))?;
    // Secrets are in it.
    let own = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    fs::set_permissions(&partial, own).map_err(Error::file(&partial))?;
    let done = fill(stipend, &partial, now_us).and_then(|report| {
        fs::rename(&partial, folder).map_err(Error::file(folder))?;
        Ok(report)
    });
    if done.is_err() {
        fs::remove_dir_all(&partial).ok();
    }
    done
}

fn fill(stipend: &mut Stipend, folder: &Path, now_us: i64) -> Result<Report, Error> {
    let lake = stipend.lake();
    let mut report = Report::default();
    let mut tables = BTreeMap::new();
    // Files never change, and are there before the database names them: what it names at this
    // moment can be copied at any later one.
    let named = stipend.db.at_one_moment(|db| {
        for table in TABLES {
            let rows = write_table(db, folder, table)?;
            report.rows += rows;
            tables.insert(table.name, rows);
        }
        Ok::<_, Error>(named(db)?)
    })?;
    let mut files = BTreeMap::new();
    for table in TABLES {
        let path = table_path(folder, table);
        files.insert(format!("database/{}.ndjson.zst", table.name), digest(&path)?);
    }
    for name in named {
        let to = folder.join("lake").join(&name);
        report.bytes += copy(&lake.join(&name), &to)?;
        report.files += 1;
        files.insert(format!("lake/{name}"), digest(&to)?);
    }
    let key = fs::read(stipend.data_dir.join(KEY_FILE)).map_err(Error::file(KEY_FILE))?;
    let to = folder.join(KEY_FILE);
    lake::files::write_secret(&to, &key).map_err(Error::file(&to))?;
    files.insert(KEY_FILE.to_owned(), digest(&to)?);
    let index = json!({
        "format": FORMAT,
        "schema": store::SCHEMA,
        "stipend": env!("CARGO_PKG_VERSION"),
        "database": stipend.db.name(),
        "taken": instant(now_us),
        "rows": tables,
        "sha256": files,
    });
    let path = folder.join(INDEX);
    let text = serde_json::to_string_pretty(&index).unwrap_or_default();
    lake::files::write_durably(&path, text.as_bytes()).map_err(Error::file(&path))?;
    Ok(report)
}

/// Compares every file of a backup with its digest.
fn check(folder: &Path) -> Result<Json, Error> {
    let path = folder.join(INDEX);
    let text = fs::read_to_string(&path).map_err(Error::file(&path))?;
    let index: Json = serde_json::from_str(&text).unwrap_or_default();
    if index["format"].as_i64() != Some(FORMAT) {
        let path = path.display();
        return Err(Error::Refused(format!(
            "`{path}` is not the index of a backup of this format"
        )));
    }
    let (schema, ours) = (index["schema"].as_i64().unwrap_or(0), store::SCHEMA);
    if schema != ours {
        return Err(Error::Refused(format!(
            "the backup is of schema {schema}, this stipend's is {ours}: restore it with the \
             stipend that wrote it ({}), then open it with this one",
            index["stipend"].as_str().unwrap_or_default()
        )));
    }
    let files = index["sha256"].as_object().into_iter().flatten();
    for (name, expected) in files {
        let mut parts = name.split('/');
        if parts.any(|part| part.is_empty() || part == "." || part == ".." || part.contains('\\')) {
            return Err(Error::Refused(format!("the backup names a file outside of it: `{name}`")));
        }
        if digest(&folder.join(name))? != expected.as_str().unwrap_or_default() {
            return Err(Error::Refused(format!("`{name}` is not what the backup wrote")));
        }
    }
    Ok(index)
}

fn read_table(db: &mut Db, folder: &Path, table: Table) -> Result<u64, Error> {
    let path = table_path(folder, table);
    let file = File::open(&path).map_err(Error::file(&path))?;
    let reader = zstd::Decoder::new(file).map_err(Error::file(&path))?;
    let (mut rows, mut wrong) = (0, None);
    let lines = BufReader::new(reader).lines().map_while(|line| {
        let row = line.ok().and_then(|line| serde_json::from_str::<Vec<Json>>(&line).ok());
        let row: Option<Vec<Value>> = row.and_then(|row| row.iter().map(value).collect());
        match row.filter(|row| row.len() == table.columns.len()) {
            Some(row) => {
                rows += 1;
                Some(row)
            }
            None => {
                wrong = Some(rows + 1);
                None
            }
        }
    });
    db.fill(table, lines)?;
    match wrong {
        Some(row) => Err(Error::Refused(format!("row {row} of `{}` cannot be read", table.name))),
        None => Ok(rows),
    }
}

/// Makes a data folder of a backup, on the folder's own database or on an empty PostgreSQL.
///
/// # Errors
/// [`Error::Initialised`] when there is a data folder; when the backup is not whole, or the
/// database not empty.
pub fn restore(
    folder: &Path,
    data_dir: &Path,
    database: Option<&str>,
) -> Result<(Stipend, Report), Error> {
    if data_dir.join(KEY_FILE).exists() {
        return Err(Error::Initialised { path: data_dir.to_owned() });
    }
    let index = check(folder)?;
    fs::create_dir_all(data_dir).map_err(Error::file(data_dir))?;
    let mut db = Stipend::open_database(data_dir, database)?;
    let mut report = Report::default();
    db.write(|db| {
        for table in TABLES {
            if !db.is_empty(table)? {
                let message = format!("the database is not empty: `{}` has rows", table.name);
                return Err(Error::Refused(message));
            }
        }
        for table in TABLES {
            report.rows += read_table(db, folder, table)?;
        }
        Ok(())
    })?;
    for name in index["sha256"].as_object().into_iter().flatten().map(|(name, _)| name) {
        if let Some(inside) = name.strip_prefix("lake/") {
            let to = data_dir.join("lake").join(inside);
            report.bytes += copy(&folder.join(name), &to)?;
            report.files += 1;
        }
    }
    let key = fs::read(folder.join(KEY_FILE)).map_err(Error::file(KEY_FILE))?;
    // The key comes last: a folder without it is no data folder, and can be restored again.
    let to = data_dir.join(KEY_FILE);
    lake::files::write_secret(&to, &key).map_err(Error::file(&to))?;
    Ok((Stipend::open(data_dir, database)?, report))
}
