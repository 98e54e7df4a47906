//! A request as a handler sees it, and what it replies.
use std::collections::BTreeMap;

use app::access::{Action, Grant, Principal, Role};
use app::command::Command;
use app::dispatch::{Answer, Envelope};
use app::problem::Problem;
use axum::http::HeaderMap;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::server::Server;

/// Items of a page, when the caller names no limit, and at most.
const PAGE: i64 = 100;
const PAGE_MAX: i64 = 1_000;
/// Bytes of an idempotency key and of a reason.
const KEY_BYTES_MAX: usize = 200;
const REASON_BYTES_MAX: usize = 500;

/// A request, read and let in.
pub struct Call {
    /// Who calls; nobody where a route is open.
    pub principal: Option<Principal>,
    /// How far he may do what the route does.
    pub grant: Grant,
    /// The method and the path, for the digest of the request.
    pub target: String,
    /// Parts of the path, by their names.
    pub path: BTreeMap<String, String>,
    /// The query.
    pub query: BTreeMap<String, String>,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Vec<u8>,
    /// For a body with what people know by heart: what its digest is mixed with.
    pub(crate) salt: Option<[u8; 32]>,
    /// Now.
    pub now_us: i64,
}

/// What a handler replies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The content type.
    pub media: &'static str,
    /// The body.
    pub body: Vec<u8>,
    /// More headers.
    pub headers: Vec<(&'static str, String)>,
}

/// The content type of JSON answers.
pub const JSON: &str = "application/json";

impl Reply {
    /// JSON with status 200.
    #[must_use]
    pub fn json(body: &impl Serialize) -> Reply {
        // What is answered has texts for keys, and so cannot fail.
        let (body, headers) = (serde_json::to_vec(body).unwrap_or_default(), Vec::new());
        Reply { status: 200, media: JSON, body, headers }
    }

    /// Text with status 200.
    #[must_use]
    pub fn text(media: &'static str, body: impl Into<Vec<u8>>) -> Reply {
        Reply { status: 200, media, body: body.into(), headers: Vec::new() }
    }

    /// A file with status 200, to be kept and not to be shown in a page.
    #[must_use]
    pub fn file(media: &'static str, name: &str, body: Vec<u8>) -> Reply {
        let disposition = format!("attachment; filename=\"{name}\"");
        let headers = vec![("content-disposition", disposition)];
        Reply { status: 200, media, body, headers }
    }
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Reply {
        let media = if answer.status >= 400 { "application/problem+json" } else { JSON };
        let mut headers = Vec::new();
        if answer.repeated {
            headers.push(("idempotent-replayed", "true".to_owned()));
        }
        Reply { status: answer.status, media, body: answer.body.into_bytes(), headers }
    }
}

impl Call {
    /// A part of the path.
    #[must_use]
    pub fn part(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }

    /// A value of the query.
    #[must_use]
    pub fn asked(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// A value of the query, parsed.
    ///
    /// # Errors
    /// A problem that names the parameter.
    pub fn parsed<T: std::str::FromStr>(
        &self,
        name: &str,
        wanted: &str,
    ) -> Result<Option<T>, Problem> {
        let wrong = |text: &str| {
            Problem::new("bad_request", format!("the parameter `{name}` is `{text}`, not {wanted}"))
        };
        self.asked(name).map(|text| text.parse().map_err(|_| wrong(text))).transpose()
    }

    /// The numbered place after which a page begins.
    ///
    /// # Errors
    /// A problem when it is no cursor.
    pub fn after(&self) -> Result<Option<i64>, Problem> {
        let after = self.parsed::<i64>("after", "a cursor")?;
        if after.is_some_and(|after| after < 0) {
            return Err(Problem::new("bad_request", "the parameter `after` is no cursor"));
        }
        Ok(after)
    }

    /// How many items of a page the caller wants.
    ///
    /// # Errors
    /// A problem when it is no number from 1 to 1,000.
    pub fn limit(&self) -> Result<i64, Problem> {
        let limit = self.parsed::<i64>("limit", "a number from 1 to 1000")?.unwrap_or(PAGE);
        if (1..=PAGE_MAX).contains(&limit) {
            return Ok(limit);
        }
        Err(Problem::new("bad_request", "the parameter `limit` is not a number from 1 to 1000"))
    }

    /// Whether the caller would rather read text than JSON.
    #[must_use]
    pub fn wants_text(&self) -> bool {
        let accept = self.header("accept").unwrap_or_default();
        accept.contains("text/plain") && !accept.contains("json")
    }

    /// The language that the caller asks for, or that his browser says.
    ///
    /// # Errors
    /// A problem when he asks for one that is not the product's.
    pub fn language(&self) -> Result<&'static str, Problem> {
        let Some(word) = self.asked("language") else {
            return Ok(bus::language(self.header("accept-language").unwrap_or_default()));
        };
        bus::LANGUAGES.into_iter().find(|known| *known == word).ok_or_else(|| {
            let known = bus::LANGUAGES.join(", ");
            Problem::new("bad_request", format!("the parameter `language` is none of: {known}"))
        })
    }

    /// A header's text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as a JSON object.
    ///
    /// # Errors
    /// A problem when it is none, or has a field that is not in `fields`.
    pub fn object(&self, fields: &[&str]) -> Result<serde_json::Map<String, Value>, Problem> {
        let object = self.any_object(fields)?;
        if object.values().any(has_nul) {
            // No text of ours has it, and PostgreSQL keeps none that does.
            return Err(Problem::new("invalid", "a text of the body has the character U+0000"));
        }
        Ok(object)
    }

    /// The same where nothing of the body is kept: its texts may be any.
    ///
    /// # Errors
    /// As [`Call::object`].
    pub fn any_object(&self, fields: &[&str]) -> Result<serde_json::Map<String, Value>, Problem> {
        let value: Value = serde_json::from_slice(&self.body).map_err(|error| {
            Problem::new("bad_request", format!("the body is no JSON: {error}"))
        })?;
        let Value::Object(object) = value else {
            return Err(Problem::new("bad_request", "the body is no JSON object"));
        };
        if let Some(unknown) = object.keys().find(|name| !fields.contains(&name.as_str())) {
            let unknown: String = unknown.chars().take(40).collect();
            let text =
                format!("the field `{unknown}` is not known; there is: {}", fields.join(", "));
            return Err(Problem::new("invalid", text));
        }
        Ok(object)
    }

    /// The one field of the body, a whole number from nought to `most`.
    ///
    /// # Errors
    /// A problem when it is something else.
    pub fn seconds(&self, name: &str, most: i64) -> Result<i64, Problem> {
        let body = self.object(&[name])?;
        // JSON knows one kind of number: 60.0 is 60.
        let whole = |value: &Value| {
            let text = value.to_string();
            let text = text.strip_suffix(".0").unwrap_or(&text);
            if value.is_number() { text.parse::<i64>().ok() } else { None }
        };
        let found = body.get(name).and_then(whole).filter(|found| (0..=most).contains(found));
        found.ok_or_else(|| {
            Problem::new("invalid", format!("`{name}` is a whole number from 0 to {most}"))
        })
    }

    /// Has a command done, under the caller's idempotency key if he gave one.
    ///
    /// # Errors
    /// What the dispatcher says.
    pub fn send(&self, server: &Server, command: Command) -> Result<Answer, Problem> {
        let Some(principal) = &self.principal else {
            return Err(Problem::new("unauthenticated", "nobody may change anything unknown"));
        };
        let bounded = |name: &str, most: usize| match self.header(name) {
            None if self.headers.contains_key(name) => {
                Err(Problem::new("bad_request", format!("the header {name} is not ASCII")))
            }
            Some(text) if !(1..=most).contains(&text.len()) || !text.bytes().all(is_plain) => {
                let text = format!("the header {name} has 1 to {most} characters, none hidden");
                Err(Problem::new("bad_request", text))
            }
            text => Ok(text.map(str::to_owned)),
        };
        let envelope = Envelope {
            actor: principal.actor.clone(),
            key: bounded("idempotency-key", KEY_BYTES_MAX)?,
            request: self.digest(),
            reason: bounded("x-reason", REASON_BYTES_MAX)?.unwrap_or_default(),
            command,
        };
        server.dispatcher.send(envelope)
    }

    /// Has a command done for somebody who is only about to be known. It is done each time.
    ///
    /// # Errors
    /// What the dispatcher says.
    pub fn send_as(
        &self,
        server: &Server,
        actor: &str,
        command: Command,
    ) -> Result<Answer, Problem> {
        let (actor, request, reason) = (actor.to_owned(), self.digest(), String::new());
        server.dispatcher.send(Envelope { actor, key: None, request, reason, command })
    }

    /// The operator who calls.
    ///
    /// # Errors
    /// A problem when it is no operator.
    pub fn operator(&self) -> Result<&str, Problem> {
        let operator = self.principal.as_ref().and_then(Principal::operator);
        let wrong = || Problem::new("forbidden", "only operators who signed in have this");
        operator.ok_or_else(wrong)
    }

    /// Checks that the caller has all that he gives to another.
    ///
    /// # Errors
    /// A problem when he has not.
    pub fn covers(&self, role: Role, scopes: &[Action]) -> Result<(), Problem> {
        if self.principal.as_ref().is_some_and(|principal| principal.covers(role, scopes)) {
            return Ok(());
        }
        let text = format!("nobody gives more than he has: not all of {} here", role.word());
        Err(Problem::new("forbidden", text))
    }

    /// Who calls, for the audit log.
    #[must_use]
    pub fn actor(&self) -> &str {
        self.principal.as_ref().map_or("", |principal| &principal.actor)
    }

    /// A cookie.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        cookie(&self.headers, name)
    }

    /// The reason that the caller gives, if he gives one.
    #[must_use]
    pub fn reason(&self) -> &str {
        self.header("x-reason").unwrap_or_default()
    }

    /// SHA-256 of what is asked: the method and path with its query, and the body. A password must
    /// not be guessed from what the audit log and kept answers have of it: there it is mixed with
    /// what only this process knows.
    fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        if let Some(salt) = &self.salt {
            hash.update(salt);
        }
        hash.update(self.target.as_bytes());
        hash.update(b"\n");
        hash.update(&self.body);
        hash.finalize().into()
    }
}

fn is_plain(byte: u8) -> bool {
    (b' '..=b'~').contains(&byte)
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(fields) => fields.iter().any(|(name, v)| name.contains('\0') || has_nul(v)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A cookie of a request.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let texts = headers.get_all("cookie").iter().filter_map(|value| value.to_str().ok());
    let mut cookies = texts.flat_map(cookie::Cookie::split_parse).filter_map(Result::ok);
    cookies.find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
}

/// A page of items, with the cursor of the next one if there may be more.
#[must_use]
pub fn page(items: Vec<Value>, limit: i64, cursor: impl Fn(&Value) -> String) -> Value {
    let full = i64::try_from(items.len()).unwrap_or(i64::MAX) >= limit;
    let next = if full { items.last().map(cursor) } else { None };
    serde_json::json!({ "items": items, "next": next })
}
