//! A connection to PostgreSQL that prepares each text once.
use std::collections::HashMap;

use postgres::{Client, NoTls, Statement};

/// Texts that are kept prepared: all statements, and the inserts of bulk tables.
const PREPARED_MAX: usize = 400;

/// The connection. A text that is not prepared beforehand costs a round trip more each time.
pub struct Postgres {
    client: Client,
    prepared: HashMap<String, Statement>,
}

impl Postgres {
    pub(crate) fn connect(url: &str) -> Result<Postgres, postgres::Error> {
        Ok(Postgres { client: Client::connect(url, NoTls)?, prepared: HashMap::new() })
    }

    /// The client, and the statement of a text.
    pub(crate) fn prepared(
        &mut self,
        sql: &str,
    ) -> Result<(&mut Client, &Statement), postgres::Error> {
        if !self.prepared.contains_key(sql) {
            if self.prepared.len() >= PREPARED_MAX {
                self.prepared.clear();
            }
            let statement = self.client.prepare(sql)?;
            self.prepared.insert(sql.to_owned(), statement);
        }
        Ok((&mut self.client, &self.prepared[sql]))
    }

    pub(crate) fn client(&mut self) -> &mut Client {
        &mut self.client
    }
}
