//! Bulk appends: the one place where the two databases are spoken to differently (a prepared insert
//! on SQLite, COPY on PostgreSQL).
use std::io::Write;

use crate::db::{Db, bind_at, params};
use crate::error::StoreError;
use crate::value::Value;

/// Fewer rows than this go in one by one.
const FEW: usize = 4;

/// A table that takes many rows at once, with its columns.
#[derive(Debug, Clone, Copy)]
pub struct Bulk {
    pub(crate) table: &'static str,
    pub(crate) columns: &'static [&'static str],
}

impl Bulk {
    pub(crate) const SEGMENTS: Bulk = Bulk {
        table: "segment",
        columns: &[
            "seq",
            "import_seq",
            "path",
            "first_us",
            "last_us",
            "event_count",
            "bytes",
            "digest",
        ],
    };
    pub(crate) const MESSAGES: Bulk =
        Bulk { table: "message", columns: &["recipient", "kind", "facts", "created_us"] };
    pub(crate) const WORKS: Bulk = Bulk { table: "work", columns: &["work", "hash"] };
    pub(crate) const CREATORS: Bulk = Bulk { table: "creator", columns: &["creator", "hash"] };
    pub(crate) const WORK_VERSIONS: Bulk = Bulk {
        table: "work_version",
        columns: &[
            "work",
            "effective",
            "seq",
            "creator",
            "kind",
            "published_us",
            "length_ms",
            "visibility",
            "review",
            "original",
            "infringing",
            "quality",
            "has_ads",
            "commercial_order",
            "selling",
            "paid_content",
            "selected",
        ],
    };
    pub(crate) const CREATOR_VERSIONS: Bulk = Bulk {
        table: "creator_version",
        columns: &[
            "creator",
            "effective",
            "seq",
            "account",
            "account_type",
            "verification",
            "standing",
            "joined",
            "last_violation",
            "country",
            "age",
            "age_proof",
            "followers",
            "surface",
            "account_type_since",
            "violations",
            "category",
            "agency",
            "account_groups",
            "app_client",
            "app_version",
            "synced",
            "founded",
            "papers",
        ],
    };
    pub(crate) const TRANSFERS: Bulk = Bulk {
        table: "transfer",
        columns: &[
            "seq",
            "batch",
            "transfer_id",
            "debit",
            "credit",
            "asset",
            "amount",
            "program",
            "day",
            "run",
        ],
    };
}

impl Db {
    /// Appends rows to a table.
    pub(crate) fn append(
        &mut self,
        bulk: Bulk,
        rows: impl Iterator<Item = Vec<Value>>,
    ) -> Result<(), StoreError> {
        let (table, columns) = (bulk.table, bulk.columns.join(", "));
        let places: Vec<String> = (1..=bulk.columns.len()).map(|n| format!("${n}")).collect();
        // What is filled in from a backup has the numbers that it had, as in a COPY.
        let own = if matches!(self, Db::Postgres(_)) { "OVERRIDING SYSTEM VALUE " } else { "" };
        let places = places.join(", ");
        let sql = format!("INSERT INTO {table} ({columns}) {own}VALUES ({places})");
        match self {
            Db::Sqlite(connection) => {
                let mut prepared = connection.prepare_cached(&sql)?;
                for row in rows {
                    for (place, value) in row.iter().enumerate() {
                        bind_at(&mut prepared, place + 1, value)?;
                    }
                    prepared.raw_execute()?;
                }
                Ok(())
            }
            Db::Postgres(postgres) => {
                // A COPY has three round trips, however few its rows.
                let mut rows = rows;
                let first: Vec<Vec<Value>> = rows.by_ref().take(FEW).collect();
                if first.len() < FEW {
                    let (client, prepared) = postgres.prepared(&sql)?;
                    for row in first {
                        client.execute(prepared, &params(&row))?;
                    }
                    return Ok(());
                }
                let sql = format!("COPY {table} ({columns}) FROM STDIN");
                let mut writer = postgres.client().copy_in(sql.as_str())?;
                let mut line = Vec::new();
                for row in first.into_iter().chain(rows) {
                    line.clear();
                    for (place, value) in row.iter().enumerate() {
                        if place > 0 {
                            line.push(b'\t');
                        }
                        push(&mut line, value);
                    }
                    line.push(b'\n');
                    let written = writer.write_all(&line);
                    written.map_err(|error| StoreError::Other { message: error.to_string() })?;
                }
                writer.finish()?;
                Ok(())
            }
        }
    }
}

/// A value in COPY's text format.
fn push(line: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => line.extend_from_slice(b"\\N"),
        Value::Int(value) => line.extend_from_slice(value.to_string().as_bytes()),
        Value::Text(text) => {
            for byte in text.bytes() {
                match byte {
                    b'\\' => line.extend_from_slice(b"\\\\"),
                    b'\t' => line.extend_from_slice(b"\\t"),
                    b'\n' => line.extend_from_slice(b"\\n"),
                    b'\r' => line.extend_from_slice(b"\\r"),
                    _ => line.push(byte),
                }
            }
        }
        Value::Blob(bytes) => {
            line.extend_from_slice(b"\\\\x");
            for byte in bytes {
                line.extend_from_slice(format!("{byte:02x}").as_bytes());
            }
        }
    }
}
