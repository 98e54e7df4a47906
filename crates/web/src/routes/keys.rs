//! API keys: made, rotated with an overlap, ended.
use app::access::{Action, Role};
use app::command::{Command, key_json};
use app::keys::{NewKey, make};
use app::problem::Problem;
use serde_json::{Value, json};

use crate::call::{Call, JSON, Reply};
use crate::route::{Body, Gives, Method, Own, Route};
use crate::schema;
use crate::server::Server;

/// The longest overlap of two keys: thirty days.
const OVERLAP_MAX_S: i64 = 30 * 86_400;
/// The shortest overlap for the key that calls.
const OWN_OVERLAP_MIN_S: i64 = 300;
const SECOND_US: i64 = 1_000_000;

pub(crate) const ROUTES: &[Route] = &[
    Route {
        method: Method::Get,
        path: "/v1/keys",
        action: Some(Action::KeysRead),
        own: Own::Nobody,
        id: "listKeys",
        summary: "API keys, without their secrets",
        detail: "",
        query: &[],
        body: None,
        gives: &[Gives { status: 200, what: "All keys.", media: JSON, schema: keys_out }],
        links: &[],
        problems: &[],
        handler: list,
    },
    Route {
        method: Method::Post,
        path: "/v1/keys",
        action: Some(Action::KeysWrite),
        own: Own::Nobody,
        id: "makeKey",
        summary: "Make an API key",
        detail: "The key is shown in this answer only; repeated under its idempotency key, the \
                 answer comes without it.",
        query: &[],
        body: Some(Body {
            media: &[(
                JSON,
                key_in,
                r#"{"name":"player","role":"integrator","scopes":["events.write"]}"#,
            )],
            bytes_max: 16 << 10,
        }),
        gives: &[Gives { status: 201, what: "The key.", media: JSON, schema: made_out }],
        links: &[("rotateKey", "key", "/id"), ("endKey", "key", "/id")],
        problems: &["invalid", "key_reused"],
        handler: add,
    },
    Route {
        method: Method::Post,
        path: "/v1/keys/{key}/rotate",
        action: Some(Action::KeysWrite),
        own: Own::Nobody,
        id: "rotateKey",
        summary: "Make a key in the place of another",
        detail: "The old key ends after `overlap_seconds`, so that callers can change over.",
        query: &[],
        body: Some(Body {
            media: &[(JSON, rotate_in, r#"{"overlap_seconds":3600}"#)],
            bytes_max: 4 << 10,
        }),
        gives: &[Gives { status: 201, what: "The new key.", media: JSON, schema: made_out }],
        links: &[("endKey", "key", "/id")],
        problems: &["not_found", "invalid", "own_key", "already_ended", "key_reused"],
        handler: rotate,
    },
    Route {
        method: Method::Delete,
        path: "/v1/keys/{key}",
        action: Some(Action::KeysWrite),
        own: Own::Nobody,
        id: "endKey",
        summary: "End a key at once",
        detail: "",
        query: &[],
        body: None,
        gives: &[Gives { status: 200, what: "The key as it was.", media: JSON, schema: key_out }],
        links: &[],
        problems: &["not_found", "own_key", "already_ended", "key_reused"],
        handler: end,
    },
];

fn roles() -> Value {
    let of_keys = Role::WORDS.iter().filter(|(role, _)| !role.is_of_the_platform());
    let words: Vec<&str> = of_keys.map(|(_, word)| *word).collect();
    schema::word("What the caller is.", &words)
}

fn scopes() -> Value {
    let words: Vec<&str> = Action::WORDS.iter().map(|(_, word)| *word).collect();
    schema::list(schema::word("An action.", &words))
}

fn key_in() -> Value {
    schema::input(
        &["name", "role"],
        &[
            ("name", schema::name("What it is for.")),
            ("role", roles()),
            ("scopes", scopes()),
            ("expires", schema::time()),
        ],
    )
}

fn rotate_in() -> Value {
    let overlap = json!({ "type": "integer", "minimum": 0, "maximum": OVERLAP_MAX_S });
    schema::input(&["overlap_seconds"], &[("overlap_seconds", overlap)])
}

fn fields() -> Vec<(&'static str, Value)> {
    vec![
        ("id", schema::text("The open part of the key.")),
        ("name", schema::text("What it is for.")),
        ("role", roles()),
        ("scopes", scopes()),
        ("made_by", schema::text("Who made it.")),
        ("created", schema::time()),
        ("expires", schema::maybe(schema::time())),
        ("revoked", schema::maybe(schema::time())),
        ("last_used", schema::maybe(schema::time())),
    ]
}

fn key_out() -> Value {
    schema::object(&fields())
}

fn made_out() -> Value {
    let mut fields = fields();
    fields.push(("key", schema::maybe(schema::text("The whole key, shown once."))));
    schema::object(&fields)
}

fn keys_out() -> Value {
    schema::object(&[("items", schema::list(key_out()))])
}

fn list(server: &Server, _call: &Call) -> Result<Reply, Problem> {
    let keys = server.read(|stipend| Ok(stipend.db.keys()?))?;
    Ok(Reply::json(&json!({ "items": keys.iter().map(key_json).collect::<Vec<_>>() })))
}

fn actor(call: &Call) -> &str {
    call.principal.as_ref().map_or("", |principal| &principal.actor)
}

/// Whether the key in question is the one that calls: a lost answer must not shut everybody out.
fn is_own(call: &Call) -> bool {
    actor(call).strip_prefix("key:") == Some(call.part("key"))
}

fn add(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["name", "role", "scopes", "expires"])?;
    let wrong = |text: &str| Problem::new("invalid", text);
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let name = text("name").ok_or_else(|| wrong("`name` is a text"))?.to_owned();
    let role = text("role").and_then(Role::from_word).ok_or_else(|| wrong("`role` is no role"))?;
    let scopes = match body.get("scopes") {
        None => Vec::new(),
        Some(list) => {
            let words = list.as_array().ok_or_else(|| wrong("`scopes` is a list of actions"))?;
            let action = |word: &Value| word.as_str().and_then(Action::from_word);
            let actions: Option<Vec<Action>> = words.iter().map(action).collect();
            actions.ok_or_else(|| wrong("`scopes` names an action that there is not"))?
        }
    };
    let expires_us = match body.get("expires") {
        None => None,
        Some(value) => {
            let at = value.as_str().and_then(kernel::day::parse_instant);
            Some(at.ok_or_else(|| wrong("`expires` is an instant like 2027-01-01T00:00:00Z"))?)
        }
    };
    call.covers(role, &scopes)?;
    let new = NewKey { name, role, scopes, expires_us };
    let made = make(&new, actor(call), call.now_us).map_err(|error| Problem::from(&error))?;
    Ok(call.send(server, Command::AddKey(made))?.into())
}

fn rotate(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let overlap = call.seconds("overlap_seconds", OVERLAP_MAX_S)?;
    let id = call.part("key").to_owned();
    if is_own(call) && overlap < OWN_OVERLAP_MIN_S {
        let text = "the key that calls is rotated with an overlap of 300 seconds or more";
        return Err(Problem::new("own_key", text));
    }
    let old = server.read(|stipend| Ok(stipend.db.key(&id)?))?;
    let missing = || Problem::new("not_found", format!("there is no key `{id}`"));
    let old = old.ok_or_else(missing)?;
    let new = NewKey {
        name: old.name,
        role: Role::from_word(&old.role).ok_or_else(missing)?,
        scopes: old.scopes.iter().filter_map(|word| Action::from_word(word)).collect(),
        expires_us: old.expires_us,
    };
    call.covers(new.role, &new.scopes)?;
    let made = make(&new, actor(call), call.now_us).map_err(|error| Problem::from(&error))?;
    let ends_us = call.now_us + overlap * SECOND_US;
    let answer = call.send(server, Command::RotateKey { id, ends_us, made })?;
    server.forget_keys();
    Ok(answer.into())
}

fn end(server: &Server, call: &Call) -> Result<Reply, Problem> {
    if is_own(call) {
        let text = "a key does not end itself: end it with another, or rotate it";
        return Err(Problem::new("own_key", text));
    }
    let answer = call.send(server, Command::RevokeKey { id: call.part("key").to_owned() })?;
    server.forget_keys();
    Ok(answer.into())
}
