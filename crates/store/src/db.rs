//! The executor: one connection to SQLite or PostgreSQL.
use std::path::Path;

use postgres::fallible_iterator::FallibleIterator;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::error::StoreError;
use crate::postgres::Postgres;
use crate::statement::Statement;
use crate::value::{Row, Value};

/// A connection. Changes happen inside [`Db::write`].
pub enum Db {
    /// The embedded default.
    Sqlite(rusqlite::Connection),
    /// The database that grows.
    Postgres(Box<Postgres>),
}

impl Db {
    /// Opens `postgres://…`, or else a SQLite file, and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError::Open`] when it cannot be reached, [`StoreError::Newer`] when it was made by a
    /// newer stipend.
    pub fn open(url: &str) -> Result<Db, StoreError> {
        let mut db = if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let client = Postgres::connect(url).map_err(|error| {
                let url = url.rsplit('@').next().unwrap_or("postgres");
                let url = url.split('?').next().unwrap_or("postgres").to_owned();
                StoreError::Open { url, reason: kernel::with_causes(&error) }
            })?;
            Db::Postgres(Box::new(client))
        } else {
            let connection = open_sqlite(Path::new(url)).map_err(|error| StoreError::Open {
                url: url.to_owned(),
                reason: error.to_string(),
            })?;
            Db::Sqlite(connection)
        };
        crate::migrate::run(&mut db)?;
        Ok(db)
    }

    /// The database's name, for people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Db::Sqlite(_) => "SQLite",
            Db::Postgres(_) => "PostgreSQL",
        }
    }

    /// Runs `change` in one transaction: all of it or nothing happens.
    ///
    /// # Errors
    /// What `change` gives, after rolling back; or why the transaction cannot begin or commit.
    pub fn write<T, E: From<StoreError>>(
        &mut self,
        change: impl FnOnce(&mut Db) -> Result<T, E>,
    ) -> Result<T, E> {
        // SQLite takes the write lock at once, so that no read-then-write fails half-way.
        let begin = match self {
            Db::Sqlite(_) => "BEGIN IMMEDIATE",
            // One writer at a time there too, whichever process it is: numbers and hash chains grow
            // without gaps and forks, and nobody is told to try again (docs/adr/0012).
            Db::Postgres(_) => "BEGIN; SELECT pg_advisory_xact_lock(8315161540)",
        };
        if let Err(error) = self.batch(begin) {
            // PostgreSQL may have begun, and refused the lock: the next one must not begin in that.
            self.batch("ROLLBACK").ok();
            return Err(error.into());
        }
        match change(self) {
            Ok(done) => {
                if let Err(error) = self.batch("COMMIT") {
                    self.batch("ROLLBACK").ok();
                    return Err(error.into());
                }
                Ok(done)
            }
            Err(error) => {
                // The first error is the one to tell; a failed rollback ends with the connection.
                self.batch("ROLLBACK").ok();
                Err(error)
            }
        }
    }

    /// Runs `change` as a part of a transaction: if it fails, only its own changes are undone.
    ///
    /// # Errors
    /// What `change` gives; [`StoreError::Broken`] when the transaction cannot go on.
    pub fn part<T, E: From<StoreError>>(
        &mut self,
        change: impl FnOnce(&mut Db) -> Result<T, E>,
    ) -> Result<T, E> {
        let broken = |error: StoreError| E::from(StoreError::Broken(Box::new(error)));
        self.step("SAVEPOINT part").map_err(broken)?;
        match change(self) {
            Ok(done) => {
                self.step("RELEASE SAVEPOINT part").map_err(broken)?;
                Ok(done)
            }
            Err(error) => {
                self.batch("ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part").map_err(broken)?;
                Err(error)
            }
        }
    }

    /// A statement of a transaction that comes often: prepared once.
    fn step(&mut self, sql: &'static str) -> Result<(), StoreError> {
        match self {
            Db::Sqlite(connection) => {
                connection.prepare_cached(sql)?.execute([])?;
                Ok(())
            }
            Db::Postgres(postgres) => Ok(postgres.client().batch_execute(sql)?),
        }
    }

    /// Whether the connection answers.
    pub fn answers(&mut self) -> bool {
        self.batch("SELECT 1").is_ok()
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        match self {
            Db::Sqlite(connection) => connection.execute_batch(sql)?,
            Db::Postgres(postgres) => postgres.client().batch_execute(sql)?,
        }
        Ok(())
    }

    /// Runs a statement that changes rows; gives their number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn execute(&mut self, statement: Statement, values: &[Value]) -> Result<u64, StoreError> {
        check_count(statement, values)?;
        match self {
            Db::Sqlite(connection) => {
                let mut prepared = connection.prepare_cached(statement.sql)?;
                bind(&mut prepared, values)?;
                Ok(prepared.raw_execute()? as u64)
            }
            Db::Postgres(postgres) => {
                let (client, prepared) = postgres.prepared(statement.sql)?;
                Ok(client.execute(prepared, &params(values))?)
            }
        }
    }

    /// Runs a query and gives all rows.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn query(
        &mut self,
        statement: Statement,
        values: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        let mut found = Vec::new();
        self.each(statement, values, &mut |row| {
            let values = std::mem::take(&mut row.values);
            found.push(Row { statement: row.statement, values });
            Ok(())
        })?;
        Ok(found)
    }

    /// Runs a query and tells each row as it comes: for results that should not stand in memory as
    /// rows.
    ///
    /// # Errors
    /// [`StoreError`], or the first error of `each`.
    pub fn each(
        &mut self,
        statement: Statement,
        values: &[Value],
        each: &mut dyn FnMut(&mut Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        check_count(statement, values)?;
        self.each_of(statement.name, statement.sql, values, each)
    }

    pub(crate) fn each_of(
        &mut self,
        name: &'static str,
        sql: &str,
        values: &[Value],
        each: &mut dyn FnMut(&mut Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut told = Row { statement: name, values: Vec::new() };
        match self {
            Db::Sqlite(connection) => {
                let mut prepared = connection.prepare_cached(sql)?;
                bind(&mut prepared, values)?;
                let width = prepared.column_count();
                let mut rows = prepared.raw_query();
                while let Some(row) = rows.next()? {
                    told.values.clear();
                    for column in 0..width {
                        told.values.push(sqlite_value(row.get_ref(column)?)?);
                    }
                    each(&mut told)?;
                }
            }
            Db::Postgres(postgres) => {
                let (client, prepared) = postgres.prepared(sql)?;
                let mut rows = client.query_raw(prepared, params(values))?;
                while let Some(row) = rows.next()? {
                    told.values.clear();
                    for column in 0..row.len() {
                        told.values.push(postgres_value(&row, column)?);
                    }
                    each(&mut told)?;
                }
            }
        }
        Ok(())
    }

    /// Prepares a statement and gives the number of its values: for the test over all statements.
    ///
    /// # Errors
    /// What the database says of the text.
    pub fn prepare(&mut self, statement: Statement) -> Result<usize, StoreError> {
        match self {
            Db::Sqlite(connection) => Ok(connection.prepare(statement.sql)?.parameter_count()),
            Db::Postgres(postgres) => {
                let (_, prepared) = postgres.prepared(statement.sql)?;
                // A number that PostgreSQL takes for a shorter one would fail when it is bound.
                match prepared.params().iter().find(|kind| !Value::accepts(kind)) {
                    None => Ok(prepared.params().len()),
                    Some(kind) => {
                        let message = format!("`{}` wants a {kind}", statement.name);
                        Err(StoreError::Other { message })
                    }
                }
            }
        }
    }
}

fn open_sqlite(path: &Path) -> Result<rusqlite::Connection, rusqlite::Error> {
    let connection = rusqlite::Connection::open(path)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    // A ledger, not a cache: a commit is on disk before it is told (I19).
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF; PRAGMA cache_size = -32000;",
    )?;
    // Plans depend on the schema alone: else some statements are planned anew for each value.
    let stable = rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG;
    connection.set_db_config(stable, true)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

fn check_count(statement: Statement, values: &[Value]) -> Result<(), StoreError> {
    let (wanted, given) = (statement.parameters(), values.len());
    if wanted == given {
        return Ok(());
    }
    Err(StoreError::Count { statement: statement.name, wanted, given })
}

/// Binds by the number in `$1`: SQLite itself counts placeholders by their first appearance.
fn bind(prepared: &mut rusqlite::Statement<'_>, values: &[Value]) -> Result<(), StoreError> {
    for (place, value) in values.iter().enumerate() {
        let name = format!("${}", place + 1);
        let Some(index) = prepared.parameter_index(&name)? else {
            continue;
        };
        bind_at(prepared, index, value)?;
    }
    Ok(())
}

pub(crate) fn bind_at(
    prepared: &mut rusqlite::Statement<'_>,
    index: usize,
    value: &Value,
) -> Result<(), rusqlite::Error> {
    match value {
        Value::Null => prepared.raw_bind_parameter(index, rusqlite::types::Null),
        Value::Int(value) => prepared.raw_bind_parameter(index, value),
        Value::Text(value) => prepared.raw_bind_parameter(index, value),
        Value::Blob(value) => prepared.raw_bind_parameter(index, value),
    }
}

fn sqlite_value(value: rusqlite::types::ValueRef<'_>) -> Result<Value, StoreError> {
    use rusqlite::types::ValueRef;
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Int(value),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
        ValueRef::Real(_) => {
            return Err(StoreError::Other { message: "a number is not whole".to_owned() });
        }
    })
}

fn postgres_value(row: &postgres::Row, column: usize) -> Result<Value, StoreError> {
    let kind = row.columns()[column].type_();
    Ok(match *kind {
        Type::INT8 => row.try_get::<_, Option<i64>>(column)?.into(),
        Type::TEXT => row.try_get::<_, Option<String>>(column)?.into(),
        Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(column)?.as_deref().into(),
        _ => {
            let message = format!("a column has the type {kind}, which no statement may give");
            return Err(StoreError::Other { message });
        }
    })
}

pub(crate) fn params(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut postgres::types::private::BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(value) => value.to_sql(kind, out),
            Value::Text(value) => value.to_sql(kind, out),
            Value::Blob(value) => value.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::INT8 | Type::TEXT | Type::BYTEA)
    }

    to_sql_checked!();
}
