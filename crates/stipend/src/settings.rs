//! Settings: from flags, the environment, a file, or as they are by themselves, in this order; and
//! where each came from.
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use app::Error;
use config::{Config, Environment, File, FileFormat, Value};

/// A setting.
pub(crate) struct Key {
    /// Its name: in the file as it is, in the environment as STIPEND_ and capitals.
    pub(crate) name: &'static str,
    /// Its value if nobody says another.
    default: &'static str,
    /// What it is.
    pub(crate) what: &'static str,
    /// A secret is not shown, and may stand in a file of its own: NAME_file.
    secret: bool,
}

const fn key(name: &'static str, default: &'static str, what: &'static str) -> Key {
    Key { name, default, what, secret: false }
}

const fn secret(name: &'static str, what: &'static str) -> Key {
    Key { name, default: "", what, secret: true }
}

/// Every setting.
pub(crate) const KEYS: [Key; 30] = [
    key("data_dir", "stipend-data", "the data folder"),
    secret("database_url", "a PostgreSQL database instead of the folder's SQLite file"),
    key("listen", "127.0.0.1:8080", "address and port of the server"),
    key("public_url", "", "where people reach the server from outside; http://LISTEN if empty"),
    key("workers", "1", "threads that do jobs; 0 leaves them to `stipend worker`"),
    key("senders", "2", "threads that send webhooks and mail"),
    key("rate_limit", "20000", "requests of one caller in a second"),
    key("connections", "10000", "connections at a time"),
    key("body_memory_mb", "256", "megabytes that requests in progress may hold, all together"),
    key("allow_private_webhooks", "false", "webhooks to private addresses and without encryption"),
    key("log", "info", "what is logged: error, warn, info, debug, or per module"),
    key("log_format", "text", "text or json"),
    key("oidc_issuer", "", "the OpenID Connect provider that knows operators"),
    key("oidc_client_id", "", "our id there"),
    secret("oidc_client_secret", "our secret there"),
    secret("mail_url", "the mail server, like smtps://user:password@mail.example"),
    key("mail_from", "", "from whom mail is, like stipend <stipend@example.com>"),
    secret("stripe_secret", "the secret key of the platform's account at Stripe"),
    secret("stripe_webhook_secret", "secrets of Stripe's webhook, parted by blanks"),
    key("stripe_url", "https://api.stripe.com", "where Stripe is: another for tests"),
    key("paypal_client_id", "", "the id of the platform's account at PayPal"),
    secret("paypal_secret", "its secret"),
    key("paypal_webhook_id", "", "the id of our webhook there"),
    key("paypal_url", "https://api-m.paypal.com", "where PayPal is: another for tests"),
    key("owner_url", "", "where the platform is asked whose an account is"),
    key("screening_url", "", "where the platform is asked what sanctions lists say of a creator"),
    secret("questions_secret", "the secret that those questions are signed with: whsec_..."),
    key("otlp_endpoint", "", "where traces go by OTLP over HTTP, like http://localhost:4318"),
    secret("otlp_authorization", "the header Authorization for it, like Bearer ..."),
    key("trace_share", "0.1", "share of requests that are traced, from 0 to 1"),
];

/// What flags said.
pub(crate) type Flags = Vec<(&'static str, Option<String>)>;

/// A setting's value and where it came from.
pub(crate) struct Found {
    /// The setting.
    pub(crate) key: &'static Key,
    value: String,
    /// Where from, in words.
    pub(crate) origin: String,
}

impl Found {
    /// The value, if it may be shown.
    pub(crate) fn shown(&self) -> &str {
        if self.key.secret && !self.value.is_empty() { "(secret)" } else { &self.value }
    }
}

/// All settings.
pub(crate) struct Settings {
    /// One for each of [`KEYS`].
    pub(crate) all: Vec<Found>,
}

fn refused(text: impl Into<String>) -> Error {
    Error::Refused(text.into())
}

impl Settings {
    /// Reads them.
    pub(crate) fn read(file: Option<&Path>, flags: &Flags) -> Result<Settings, Error> {
        let wrong = |error: config::ConfigError| refused(format!("the configuration: {error}"));
        let mut builder = Config::builder();
        if let Some(file) = file {
            let name = file.display().to_string();
            builder = builder.add_source(File::new(&name, FileFormat::Toml));
        }
        let names =
            || KEYS.iter().flat_map(|key| [key.name.to_owned(), format!("{}_file", key.name)]);
        let variables = names().filter_map(|name| {
            let variable = variable(&name);
            let value = std::env::var(&variable).ok().filter(|value| !value.is_empty())?;
            Some((variable, value))
        });
        let variables = Environment::with_prefix("STIPEND").source(Some(variables.collect()));
        builder = builder.add_source(variables);
        let built = builder.build().map_err(wrong)?;
        let mut table = built.cache.into_table().map_err(wrong)?;
        let mut all = Vec::new();
        for key in &KEYS {
            let flag = flags.iter().find(|(name, _)| *name == key.name);
            let flag = flag.and_then(|(_, value)| value.clone());
            let values = (table.remove(key.name), table.remove(&format!("{}_file", key.name)));
            all.push(find(key, flag, values, file)?);
        }
        if let Some(unknown) = table.keys().next() {
            let known = KEYS.iter().map(|key| key.name).collect::<Vec<_>>().join(", ");
            return Err(refused(format!("there is no setting `{unknown}`; there is: {known}")));
        }
        Ok(Settings { all })
    }

    fn found(&self, name: &str) -> Option<&Found> {
        self.all.iter().find(|found| found.key.name == name)
    }

    /// A setting's text; empty if it is not set.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.found(name).map_or("", |found| &found.value)
    }

    /// A setting's text, if it is set.
    pub(crate) fn maybe(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    fn wrong(&self, name: &str, wanted: &str) -> Error {
        let (value, origin) =
            self.found(name).map_or(("", ""), |found| (found.shown(), found.origin.as_str()));
        refused(format!("`{name}` is `{value}` (from {origin}), not {wanted}"))
    }

    /// A setting's number.
    pub(crate) fn number(&self, name: &str, most: u32) -> Result<u32, Error> {
        let number = self.text(name).parse().ok().filter(|number| *number <= most);
        number.ok_or_else(|| self.wrong(name, &format!("a number from 0 to {most}")))
    }

    /// A setting's number that is not nought.
    pub(crate) fn positive(&self, name: &str, most: u32) -> Result<NonZeroU32, Error> {
        let number = NonZeroU32::new(self.number(name, most)?);
        number.ok_or_else(|| self.wrong(name, "1 or more"))
    }

    /// A setting's yes or no.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Error> {
        self.text(name).parse().map_err(|_| self.wrong(name, "true or false"))
    }

    /// A setting that is a share from 0 to 1.
    pub(crate) fn share(&self, name: &str) -> Result<f64, Error> {
        let share = self.text(name).parse().ok().filter(|share| (0.0..=1.0).contains(share));
        share.ok_or_else(|| self.wrong(name, "a number from 0 to 1"))
    }

    /// One of some words.
    pub(crate) fn word(&self, name: &str, words: &[&'static str]) -> Result<&'static str, Error> {
        let found = words.iter().find(|word| **word == self.text(name));
        found.copied().ok_or_else(|| self.wrong(name, &words.join(" or ")))
    }

    /// The data folder.
    pub(crate) fn data_dir(&self) -> PathBuf {
        PathBuf::from(self.text("data_dir"))
    }

    /// Where people reach the server.
    pub(crate) fn public_url(&self) -> String {
        match self.maybe("public_url") {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.text("listen")),
        }
    }
}

/// The environment's name of a setting.
pub(crate) fn variable(name: &str) -> String {
    format!("STIPEND_{}", name.to_uppercase())
}

/// A setting's value: what a flag said, else `values`: its own, or a secret's file.
fn find(
    key: &'static Key,
    flag: Option<String>,
    values: (Option<Value>, Option<Value>),
    settings_file: Option<&Path>,
) -> Result<Found, Error> {
    if let Some(value) = flag {
        let origin = format!("the flag --{}", key.name.replace('_', "-"));
        return Ok(Found { key, value, origin });
    }
    let wrong = |error: config::ConfigError| refused(format!("`{}`: {error}", key.name));
    match values {
        (Some(_), Some(_)) => {
            let name = key.name;
            Err(refused(format!("`{name}` and `{name}_file` are both set: leave one out")))
        }
        (Some(value), None) => {
            let origin = match (value.origin(), settings_file) {
                (Some("the environment"), _) | (_, None) => {
                    format!("the environment: {}", variable(key.name))
                }
                // Not `value.origin()`: that is relative to wherever one stands.
                (_, Some(file)) => format!("the file {}", file.display()),
            };
            Ok(Found { key, value: value.into_string().map_err(wrong)?, origin })
        }
        (None, Some(_)) if !key.secret => {
            Err(refused(format!("`{}` is no secret: there is no `{}_file`", key.name, key.name)))
        }
        (None, Some(file)) => {
            let path = file.into_string().map_err(wrong)?;
            let text = std::fs::read_to_string(&path).map_err(Error::file(&path))?;
            Ok(Found { key, value: text.trim().to_owned(), origin: format!("the file {path}") })
        }
        (None, None) => {
            Ok(Found { key, value: key.default.to_owned(), origin: "the default".to_owned() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;

    #[test]
    fn where_values_come_from() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("stipend.toml");
        let password = folder.path().join("password");
        std::fs::write(&password, "postgres://u:p@h/d\n").expect("a secret");
        let text = format!("workers = 3\nlisten = \"[::1]:1\"\ndatabase_url_file = {password:?}\n");
        std::fs::write(&file, text).expect("a file");
        let flags = vec![("listen", Some("127.0.0.1:2".to_owned())), ("senders", None)];
        let settings = Settings::read(Some(&file), &flags).expect("settings");
        assert_eq!(settings.number("workers", 9).expect("a number"), 3);
        assert_eq!(settings.text("listen"), "127.0.0.1:2");
        assert_eq!(settings.text("database_url"), "postgres://u:p@h/d");
        assert_eq!(settings.public_url(), "http://127.0.0.1:2");
        let shown: Vec<(&str, &str, &str)> = settings
            .all
            .iter()
            .filter(|found| {
                ["workers", "listen", "database_url", "senders"].contains(&found.key.name)
            })
            .map(|found| {
                (found.key.name, found.shown(), found.origin.split(' ').nth(1).unwrap_or(""))
            })
            .collect();
        let expected = [
            ("database_url", "(secret)", "file"),
            ("listen", "127.0.0.1:2", "flag"),
            ("workers", "3", "file"),
            ("senders", "2", "default"),
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("stipend.toml");
        let cases = [
            ("wrkers = 3", "there is no setting `wrkers`"),
            ("workers = ", "stipend.toml"),
            ("log_file = \"x\"", "no secret"),
            ("mail_url = \"a\"\nmail_url_file = \"b\"", "both set"),
        ];
        for (text, expected) in cases {
            std::fs::write(&file, text).expect("a file");
            let error = Settings::read(Some(&file), &Vec::new()).err().expect(text).to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
        std::fs::write(&file, "workers = \"many\"").expect("a file");
        let settings = Settings::read(Some(&file), &Vec::new()).expect("settings");
        let error = settings.number("workers", 9).expect_err("no number").to_string();
        assert!(error.contains("`workers` is `many` (from the file"), "{error}");
        assert!(Settings::read(Some(&folder.path().join("nothing")), &Vec::new()).is_err());
    }
}
