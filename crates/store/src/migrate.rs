//! Migrations: numbered texts with five tokens where the databases' types differ.
use crate::db::Db;
use crate::error::StoreError;

struct Migration {
    sqlite: &'static str,
    postgres: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        sqlite: include_str!("../migrations/0001_start.sql"),
        postgres: include_str!("../migrations/0001_start.sql"),
    },
    Migration {
        sqlite: include_str!("../migrations/0002_append_only.sqlite.sql"),
        postgres: include_str!("../migrations/0002_append_only.postgres.sql"),
    },
    Migration {
        sqlite: include_str!("../migrations/0003_service.sql"),
        postgres: include_str!("../migrations/0003_service.sql"),
    },
    Migration {
        sqlite: include_str!("../migrations/0004_append_only.sqlite.sql"),
        postgres: include_str!("../migrations/0004_append_only.postgres.sql"),
    },
    Migration {
        sqlite: include_str!("../migrations/0005_bus.sql"),
        postgres: include_str!("../migrations/0005_bus.sql"),
    },
    Migration {
        sqlite: include_str!("../migrations/0006_people.sql"),
        postgres: include_str!("../migrations/0006_people.sql"),
    },
    Migration {
        sqlite: include_str!("../migrations/0007_entry.sql"),
        postgres: include_str!("../migrations/0007_entry.sql"),
    },
    Migration {
        sqlite: include_str!("../migrations/0008_membership.sql"),
        postgres: include_str!("../migrations/0008_membership.sql"),
    },
    Migration {
        sqlite: include_str!("../migrations/0009_append_only.sqlite.sql"),
        postgres: include_str!("../migrations/0009_append_only.postgres.sql"),
    },
    Migration {
        sqlite: include_str!("../migrations/0010_draft.sql"),
        postgres: include_str!("../migrations/0010_draft.sql"),
    },
    Migration {
        sqlite: include_str!("../migrations/0011_wallet.sql"),
        postgres: include_str!("../migrations/0011_wallet.sql"),
    },
    Migration {
        sqlite: include_str!("../migrations/0012_append_only.sqlite.sql"),
        postgres: include_str!("../migrations/0012_append_only.postgres.sql"),
    },
    Migration {
        sqlite: include_str!("../migrations/0013_wallet.sql"),
        postgres: include_str!("../migrations/0013_wallet.sql"),
    },
    Migration {
        sqlite: include_str!("../migrations/0014_appeal.sql"),
        postgres: include_str!("../migrations/0014_appeal.sql"),
    },
    Migration {
        sqlite: include_str!("../migrations/0015_creator_day.sql"),
        postgres: include_str!("../migrations/0015_creator_day.sql"),
    },
    Migration {
        sqlite: include_str!("../migrations/0016_copyright.sql"),
        postgres: include_str!("../migrations/0016_copyright.sql"),
    },
    Migration {
        sqlite: include_str!("../migrations/0017_backpay.sqlite.sql"),
        postgres: include_str!("../migrations/0017_backpay.postgres.sql"),
    },
];

/// The schema that this version has: its migrations are counted.
pub const SCHEMA: i64 = 17;
const _: () = assert!(MIGRATIONS.len() == 17, "SCHEMA counts the migrations");

/// Runs what the database has not seen yet, each in its own transaction.
pub(crate) fn run(db: &mut Db) -> Result<(), StoreError> {
    let int8 = tokens(db)[0].1;
    db.batch(&format!(
        "CREATE TABLE IF NOT EXISTS migration (version {int8} NOT NULL PRIMARY KEY)"
    ))?;
    let found = version(db)?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (number, migration) in (1_i64..).zip(MIGRATIONS) {
        if number <= found {
            continue;
        }
        db.write(|db| {
            // Another process may have come first.
            if version(db)? >= number {
                return Ok::<_, StoreError>(());
            }
            let text = match db {
                Db::Sqlite(_) => migration.sqlite,
                Db::Postgres(_) => migration.postgres,
            };
            let text = tokens(db)
                .iter()
                .fold(text.to_owned(), |text, (token, word)| text.replace(token, word));
            db.batch(&text)?;
            db.batch(&format!("INSERT INTO migration (version) VALUES ({number})"))
        })?;
    }
    Ok(())
}

fn tokens(db: &Db) -> [(&'static str, &'static str); 5] {
    match db {
        Db::Sqlite(_) => [
            ("{{int8}}", "INTEGER"),
            ("{{blob}}", "BLOB"),
            ("{{strict}}", "STRICT"),
            ("{{collate_c}}", ""),
            // Numbers are never given twice, also after rows are deleted.
            ("{{identity}}", "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT"),
        ],
        Db::Postgres(_) => [
            ("{{int8}}", "BIGINT"),
            ("{{blob}}", "BYTEA"),
            ("{{strict}}", ""),
            ("{{collate_c}}", "COLLATE \"C\""),
            ("{{identity}}", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
        ],
    }
}

fn version(db: &mut Db) -> Result<i64, StoreError> {
    let sql = "SELECT CAST(COALESCE(MAX(version), 0) AS BIGINT) FROM migration";
    let statement = crate::statement::Statement { name: "migration", sql };
    let rows = db.query(statement, &[])?;
    rows.first().map_or(Ok(0), |row| row.int(0))
}
