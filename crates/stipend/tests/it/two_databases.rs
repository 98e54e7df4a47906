//! One SQL text on two databases: statements, schema and rules.
use store::{Db, Row, Value, statement};

use crate::world::{ENGINES, Engine, POOL, World, log};

fn database(world: &World) -> String {
    world
        .database
        .url
        .clone()
        .unwrap_or_else(|| world.data().join("stipend.db").display().to_string())
}

#[test]
fn every_statement_prepares_on_both() {
    for engine in ENGINES {
        let world = World::new(engine);
        let mut db = Db::open(&database(&world)).expect("the database opens");
        for statement in statement::ALL {
            let name = statement.name;
            let found = db.prepare(*statement).unwrap_or_else(|e| panic!("{engine:?} {name}: {e}"));
            assert_eq!(found, statement.parameters(), "{engine:?} {name}");
        }
    }
}

/// Tables and columns with their types in one vocabulary.
fn schema(engine: Engine) -> Vec<String> {
    let world = World::new(engine);
    let mut db = Db::open(&database(&world)).expect("the database opens");
    let sql = match engine {
        Engine::Sqlite => {
            "SELECT m.name || '.' || c.name || ' ' || lower(c.type) || ' ' || c.\"notnull\" \
             || ' ' || (c.pk > 0) FROM sqlite_master m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' \
             AND m.name NOT LIKE 'sqlite%' ORDER BY 1"
        }
        Engine::Postgres => {
            "SELECT CAST(c.table_name || '.' || c.column_name || ' ' || c.data_type || ' ' || \
             CASE c.is_nullable WHEN 'NO' THEN 1 ELSE 0 END || ' ' || CASE WHEN EXISTS (SELECT 1 \
             FROM information_schema.key_column_usage k \
             JOIN information_schema.table_constraints t USING (constraint_name, table_name) \
             WHERE t.constraint_type = 'PRIMARY KEY' AND \
             k.table_name = c.table_name AND k.column_name = c.column_name) THEN 1 ELSE 0 END AS \
             TEXT) FROM information_schema.columns c WHERE c.table_schema = 'public' ORDER BY 1"
        }
    };
    let rows = db.query(statement::Statement { name: "schema", sql }, &[]).expect("schema");
    let mut rows: Vec<String> = rows
        .iter()
        .map(|row| {
            let text = row.text(0).expect("a text");
            text.replace("bigint", "integer").replace("bytea", "blob")
        })
        .collect();
    rows.sort();
    rows
}

#[test]
fn the_schemas_are_the_same() {
    let sqlite = schema(Engine::Sqlite);
    assert!(sqlite.len() > 80, "{sqlite:?}");
    assert_eq!(sqlite, schema(Engine::Postgres));
}

/// Rules that the database holds by itself, whoever writes.
#[test]
fn raw_attacks_are_refused() {
    for engine in ENGINES {
        let world = World::small(engine, POOL);
        world.file("1.ndjson", log(41, 200, 1).join("\n"));
        world.import("1.ndjson");
        world.settle();
        let mut db = Db::open(&database(&world)).expect("the database opens");
        let attacks = [
            "UPDATE transfer SET amount = amount + 1",
            "DELETE FROM transfer",
            "UPDATE batch SET posting_key = 'x'",
            "DELETE FROM batch",
            "UPDATE run SET paid = 0",
            "DELETE FROM run",
            "UPDATE audit SET actor = 'somebody'",
            "DELETE FROM audit",
            "INSERT INTO transfer SELECT seq + 100000, batch, transfer_id, debit, credit, asset, \
             amount, program, day, run FROM transfer",
            "INSERT INTO transfer SELECT seq + 100000, batch, transfer_id || 'x', debit, credit, \
             asset, 0 - amount, program, day, run FROM transfer",
            "INSERT INTO transfer SELECT seq + 100000, batch, transfer_id || 'y', debit, debit, \
             asset, amount, program, day, run FROM transfer",
            "UPDATE account SET debits = credits + 1 WHERE account LIKE 'earned:%'",
            "INSERT INTO import SELECT seq + 1, kind, digest, source, 1, 0, 0, 0 FROM import",
        ];
        for attack in attacks {
            let statement = statement::Statement { name: "attack", sql: attack };
            assert!(db.execute(statement, &[]).is_err(), "{engine:?} let through: {attack}");
        }
        world.check();
    }
}

#[test]
fn missing_values_are_refused_before_the_database_sees_them() {
    let world = World::new(Engine::Sqlite);
    let mut db = Db::open(&database(&world)).expect("the database opens");
    let error = db.execute(statement::SETTING_PUT, &[Value::from("x")]);
    assert_eq!(error.expect_err("an error").to_string(), "`setting/put` takes 2 values, not 1");
    let rows: Vec<Row> = db.query(statement::RUN_LIST, &["none".into()]).expect("a query");
    assert!(rows.is_empty());
}
