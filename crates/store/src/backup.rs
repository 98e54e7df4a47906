//! All tables of the database as rows that fit both databases: for backups, and to move from one to
//! the other.
use crate::bulk::Bulk;
use crate::db::Db;
use crate::error::StoreError;
use crate::value::Value;

/// A table with its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns.
    pub columns: &'static [&'static str],
    /// Whether the database counts its rows in `seq`.
    identity: bool,
}

impl Table {
    const fn of(bulk: Bulk) -> Table {
        Table { name: bulk.table, columns: bulk.columns, identity: false }
    }
}

/// Every table, each after those that it refers to.
pub const TABLES: [Table; 56] = [
    Table { name: "setting", columns: &["name", "value"], identity: false },
    Table {
        name: "import",
        columns: &[
            "seq",
            "kind",
            "digest",
            "source",
            "rows_read",
            "rows_accepted",
            "rows_refused",
            "recorded_us",
        ],
        identity: false,
    },
    Table::of(Bulk::SEGMENTS),
    Table::of(Bulk::WORKS),
    Table::of(Bulk::WORK_VERSIONS),
    Table::of(Bulk::CREATORS),
    Table::of(Bulk::CREATOR_VERSIONS),
    Table {
        name: "policy",
        columns: &["program", "version", "effective", "digest", "document", "published_us"],
        identity: false,
    },
    Table {
        name: "run",
        columns: &[
            "program",
            "day",
            "number",
            "policy_version",
            "manifest_seq",
            "catalog_seq",
            "inputs_digest",
            "facts_digest",
            "work_days_path",
            "work_days_digest",
            "lines_path",
            "lines_digest",
            "line_count",
            "paid",
            "spent",
            "accepted",
            "created_us",
            "publish_us",
        ],
        identity: false,
    },
    Table {
        name: "confirmation",
        columns: &["program", "day", "number", "manifest_seq", "catalog_seq", "inputs_digest"],
        identity: false,
    },
    Table {
        name: "account",
        columns: &["account", "asset", "overdraft", "debits", "credits"],
        identity: false,
    },
    Table {
        name: "batch",
        columns: &["seq", "posting_key", "previous", "digest", "transfer_count", "recorded_us"],
        identity: false,
    },
    Table::of(Bulk::TRANSFERS),
    Table {
        name: "answer",
        columns: &["actor", "command_key", "kind", "request", "status", "body", "recorded_us"],
        identity: false,
    },
    Table {
        name: "audit",
        columns: &[
            "seq",
            "recorded_us",
            "actor",
            "command",
            "subject",
            "reason",
            "outcome",
            "request",
            "previous",
            "digest",
        ],
        identity: false,
    },
    Table {
        name: "intake",
        columns: &["seq", "actor", "event_count", "events", "creators", "recorded_us"],
        identity: true,
    },
    Table {
        name: "job",
        columns: &[
            "seq",
            "kind",
            "subject",
            "once",
            "payload",
            "state",
            "attempts",
            "due_us",
            "lease_us",
            "worker",
            "result",
            "created_us",
            "changed_us",
        ],
        identity: true,
    },
    Table {
        name: "api_key",
        columns: &[
            "id",
            "name",
            "role",
            "scopes",
            "secret",
            "made_by",
            "created_us",
            "expires_us",
            "revoked_us",
            "used_us",
        ],
        identity: false,
    },
    Table {
        name: "token_key",
        columns: &["id", "name", "public_key", "made_by", "created_us", "revoked_us"],
        identity: false,
    },
    Table {
        name: "event_out",
        columns: &["seq", "kind", "subject", "body", "recorded_us"],
        identity: true,
    },
    Table {
        name: "webhook",
        columns: &[
            "id",
            "url",
            "kinds",
            "secret",
            "old_secret",
            "old_until_us",
            "made_by",
            "created_us",
            "failing_us",
            "disabled_us",
            "disabled_why",
        ],
        identity: false,
    },
    Table {
        name: "operator",
        columns: &[
            "id",
            "email",
            "name",
            "roles",
            "language",
            "password",
            "totp",
            "totp_new",
            "totp_step",
            "oidc_subject",
            "failures",
            "locked_us",
            "made_by",
            "created_us",
            "disabled_us",
        ],
        identity: false,
    },
    Table {
        name: "session",
        columns: &["digest", "operator", "second_factor", "created_us", "seen_us", "expires_us"],
        identity: false,
    },
    Table {
        name: "sign_in",
        columns: &["state", "nonce", "verifier", "created_us"],
        identity: false,
    },
    Table {
        name: "proposal",
        columns: &[
            "seq",
            "command",
            "subject",
            "document",
            "basis",
            "digest",
            "maker",
            "person",
            "reason",
            "state",
            "decided_by",
            "decided_why",
            "created_us",
            "decided_us",
        ],
        identity: true,
    },
    Table {
        name: "message",
        columns: &["seq", "recipient", "kind", "facts", "created_us", "read_us"],
        identity: true,
    },
    Table {
        name: "membership_event",
        columns: &[
            "seq",
            "program",
            "creator",
            "state",
            "day",
            "facts",
            "actor",
            "reason",
            "recorded_us",
        ],
        identity: true,
    },
    Table {
        name: "membership",
        columns: &["program", "creator", "state", "day", "facts", "seq"],
        identity: false,
    },
    Table {
        name: "review",
        columns: &[
            "seq",
            "program",
            "creator",
            "state",
            "priority",
            "due_us",
            "escalate_us",
            "escalated",
            "second",
            "claimed_by",
            "claimed_us",
            "works",
            "created_us",
            "decided_us",
        ],
        identity: true,
    },
    Table {
        name: "opinion",
        columns: &[
            "seq",
            "review",
            "reviewer",
            "verdict",
            "reasons",
            "grades",
            "remark",
            "recorded_us",
        ],
        identity: true,
    },
    Table { name: "calendar_day", columns: &["calendar", "day", "mark", "name"], identity: false },
    Table {
        name: "draft",
        columns: &["program", "document", "digest", "made_by", "created_us", "shadow_us"],
        identity: false,
    },
    Table {
        name: "shadow_day",
        columns: &["program", "digest", "day", "live", "shadow", "creators", "recorded_us"],
        identity: false,
    },
    Table {
        name: "terms",
        columns: &["version", "digest", "document", "published_us"],
        identity: false,
    },
    Table {
        name: "release",
        columns: &["program", "day", "number", "recorded_us"],
        identity: false,
    },
    Table { name: "person_key", columns: &["person", "sealed", "created_us"], identity: false },
    Table {
        name: "identity",
        columns: &["creator", "country", "name", "forms", "screened", "screened_us", "changed_us"],
        identity: false,
    },
    Table {
        name: "wallet",
        columns: &["creator", "state", "schedule", "changed_us"],
        identity: false,
    },
    Table {
        name: "method",
        columns: &[
            "seq",
            "creator",
            "kind",
            "country",
            "label",
            "sealed",
            "fingerprint",
            "name",
            "confirmed_by",
            "created_us",
            "usable_us",
            "removed_us",
            "owner",
        ],
        identity: true,
    },
    Table {
        name: "hold",
        columns: &[
            "seq",
            "creator",
            "asset",
            "amount",
            "reason",
            "note",
            "made_by",
            "created_us",
            "until_us",
            "released_us",
            "released_by",
            "told",
        ],
        identity: true,
    },
    Table {
        name: "reserve",
        columns: &["seq", "creator", "asset", "amount", "occasion", "due_us", "released_us"],
        identity: true,
    },
    Table {
        name: "appeal",
        columns: &[
            "seq",
            "matter_key",
            "creator",
            "matter",
            "program",
            "day",
            "work",
            "about",
            "state",
            "instance",
            "receipt",
            "receipt_digest",
            "words",
            "filed_by",
            "priority",
            "escalated",
            "due_us",
            "claimed_by",
            "claimed_us",
            "decided_by",
            "decided_us",
            "codes",
            "answer",
            "remedy",
            "created_us",
            "changed_us",
        ],
        identity: true,
    },
    Table {
        name: "appeal_message",
        columns: &["seq", "appeal", "author", "body", "recorded_us"],
        identity: true,
    },
    Table {
        name: "attachment",
        columns: &[
            "seq",
            "appeal",
            "name",
            "media",
            "bytes",
            "digest",
            "path",
            "added_by",
            "recorded_us",
        ],
        identity: true,
    },
    Table {
        name: "backpay",
        columns: &[
            "seq",
            "appeal",
            "program",
            "creator",
            "day",
            "number",
            "asset",
            "due",
            "amount",
            "state",
            "recorded_us",
            "paid_us",
        ],
        identity: true,
    },
    Table {
        name: "copyright",
        columns: &[
            "seq",
            "work",
            "creator",
            "claimant",
            "share_ppm",
            "from_day",
            "state",
            "words",
            "objection",
            "filed_by",
            "decided_by",
            "decided_us",
            "answer",
            "told",
            "created_us",
            "changed_us",
        ],
        identity: true,
    },
    Table {
        name: "copyright_part",
        columns: &["claim", "program", "day", "number", "asset", "amount", "recorded_us"],
        identity: false,
    },
    Table::of(Bulk::CREATOR_DAYS),
    Table {
        name: "dormant",
        columns: &["creator", "told_us", "due_us", "swept_us"],
        identity: false,
    },
    Table { name: "rate", columns: &["source", "day", "rates", "recorded_us"], identity: false },
    Table {
        name: "payout_batch",
        columns: &[
            "seq",
            "state",
            "rail",
            "account",
            "asset",
            "payouts",
            "net",
            "executed",
            "terms",
            "digest",
            "file",
            "file_digest",
            "made_by",
            "created_us",
            "changed_us",
        ],
        identity: true,
    },
    Table {
        name: "payout",
        columns: &[
            "seq",
            "payout_key",
            "origin",
            "creator",
            "state",
            "asset",
            "amount",
            "rail",
            "account",
            "method",
            "paid_asset",
            "gross",
            "tax",
            "tax_country",
            "fee",
            "net",
            "quote",
            "batch",
            "reference",
            "reason",
            "created_us",
            "ready_us",
            "changed_us",
        ],
        identity: true,
    },
    Table {
        name: "payout_step",
        columns: &["seq", "payout", "state", "actor", "reason", "reference", "recorded_us"],
        identity: true,
    },
    Table {
        name: "rail_report",
        columns: &[
            "seq",
            "digest",
            "kind",
            "account",
            "source",
            "entries",
            "changed",
            "differences",
            "recorded_us",
            "recorded_by",
        ],
        identity: true,
    },
    Table {
        name: "rail_event",
        columns: &["rail", "event", "kind", "recorded_us"],
        identity: false,
    },
    Table {
        name: "difference",
        columns: &[
            "seq",
            "once",
            "kind",
            "subject",
            "facts",
            "created_us",
            "resolved_us",
            "resolved_by",
            "resolution",
        ],
        identity: true,
    },
];

impl Db {
    /// Reads at one moment: whatever others commit meanwhile is not seen.
    ///
    /// # Errors
    /// What `read` gives; or [`StoreError`].
    pub fn at_one_moment<T, E: From<StoreError>>(
        &mut self,
        read: impl FnOnce(&mut Db) -> Result<T, E>,
    ) -> Result<T, E> {
        self.batch(match self {
            Db::Sqlite(_) => "BEGIN",
            Db::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        })?;
        let done = read(self);
        self.batch("ROLLBACK")?;
        done
    }

    /// Tells every row of a table.
    ///
    /// # Errors
    /// [`StoreError`], or the first error of `each`.
    pub fn each_row(
        &mut self,
        table: Table,
        each: &mut dyn FnMut(&[Value]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let columns = table.columns.join(", ");
        let sql = format!("SELECT {columns} FROM {} ORDER BY {}", table.name, table.columns[0]);
        self.each_of(table.name, &sql, &[], &mut |row| each(&row.values))
    }

    /// Whether a table has no row.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn is_empty(&mut self, table: Table) -> Result<bool, StoreError> {
        let sql = format!("SELECT COUNT(*) FROM {}", table.name);
        let mut count = 0;
        self.each_of(table.name, &sql, &[], &mut |row| {
            count = row.int(0)?;
            Ok(())
        })?;
        Ok(count == 0)
    }

    /// Fills an empty table. Call it within [`Db::write`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn fill(
        &mut self,
        table: Table,
        rows: impl Iterator<Item = Vec<Value>>,
    ) -> Result<(), StoreError> {
        self.append(Bulk { table: table.name, columns: table.columns }, rows)?;
        if table.identity && matches!(self, Db::Postgres(_)) {
            // The database goes on counting after what was filled in.
            let name = table.name;
            self.batch(&format!(
                "SELECT setval(pg_get_serial_sequence('{name}', 'seq'), \
                 (SELECT COALESCE(MAX(seq), 0) + 1 FROM {name}), false)"
            ))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::TABLES;
    use crate::Db;

    /// A table that a migration makes and a backup forgets fails here.
    #[test]
    fn every_table_with_all_its_columns_is_in_a_backup() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.db");
        let mut db = Db::open(&path.display().to_string()).expect("a database");
        let Db::Sqlite(connection) = &mut db else { panic!("SQLite") };
        let sql = "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c \
                   WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> 'migration'";
        let mut prepared = connection.prepare(sql).expect("the query");
        let found = prepared.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
        let found: BTreeSet<(String, String)> = found.map(|row| row.expect("a row")).collect();
        let mut known = BTreeSet::new();
        for table in TABLES {
            for column in table.columns {
                known.insert((table.name.to_owned(), (*column).to_owned()));
            }
            assert_eq!(
                table.identity,
                table.columns[0] == "seq"
                    && !["import", "batch", "transfer", "segment", "audit",].contains(&table.name),
                "{}",
                table.name
            );
        }
        assert_eq!(found, known);
    }
}
