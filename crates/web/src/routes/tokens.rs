//! Platforms' keys for their users' tokens.
use app::access::Action;
use app::command::{Command, token_key_json};
use app::problem::Problem;
use serde_json::{Value, json};
use store::TokenKeyRow;

use crate::call::{Call, JSON, Reply};
use crate::route::{Body, Gives, Method, Own, Route};
use crate::schema;
use crate::server::Server;

const KEY: &str = include_str!("../examples/token-key.json");

pub(crate) const ROUTES: &[Route] = &[
    Route {
        method: Method::Get,
        path: "/v1/token-keys",
        action: Some(Action::KeysRead),
        own: Own::Nobody,
        id: "listTokenKeys",
        summary: "Platforms' keys for their users' tokens",
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
        path: "/v1/token-keys",
        action: Some(Action::KeysWrite),
        own: Own::Nobody,
        id: "addTokenKey",
        summary: "Believe tokens that a platform signs for its users",
        detail: "The public half of an Ed25519 key, as PEM or base64. A token is a JWT with the \
                 algorithm `EdDSA`, the header `kid` (the id of this answer), and the claims `aud` \
                 (`stipend`), `sub` (the user's id), `role` (`creator`, `agency-member`, \
                 `brand-member` or `fan`), `iat` and `exp`, at most an hour apart. It is sent like \
                 an API key.",
        query: &[],
        body: Some(Body { media: &[(JSON, key_in, KEY)], bytes_max: 16 << 10 }),
        gives: &[
            Gives { status: 201, what: "The key.", media: JSON, schema: key_out },
            super::proposals::PROPOSED,
        ],
        links: &[("endTokenKey", "key", "/id")],
        problems: &["invalid", "key_reused"],
        handler: add,
    },
    Route {
        method: Method::Delete,
        path: "/v1/token-keys/{key}",
        action: Some(Action::KeysWrite),
        own: Own::Nobody,
        id: "endTokenKey",
        summary: "Believe a platform's key no more",
        detail: "",
        query: &[],
        body: None,
        gives: &[Gives { status: 200, what: "The key.", media: JSON, schema: key_out }],
        links: &[],
        problems: &["not_found", "already_ended", "key_reused"],
        handler: end,
    },
];

fn key_in() -> Value {
    let name = schema::name("Whose it is.");
    // 32 bytes in base64 leave two bits of the last sign unused; PEM has the same after its head.
    let bytes = "[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=";
    let key = json!({ "type": "string", "pattern": format!("^{bytes}$") });
    let pem = format!(
        "^-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA{bytes}\n-----END PUBLIC KEY-----\n?$"
    );
    let pem = json!({ "type": "string", "pattern": pem });
    let key = json!({ "anyOf": [key, pem] });
    schema::input(&["name", "public_key"], &[("name", name), ("public_key", key)])
}

fn key_out() -> Value {
    schema::object(&[
        ("id", schema::text("Its id: the `kid` of tokens.")),
        ("name", schema::text("Whose it is.")),
        ("public_key", schema::text("The public key, in hex.")),
        ("made_by", schema::text("Who added it.")),
        ("created", schema::time()),
        ("revoked", schema::maybe(schema::time())),
    ])
}

fn keys_out() -> Value {
    schema::object(&[("items", schema::list(key_out()))])
}

fn list(server: &Server, _call: &Call) -> Result<Reply, Problem> {
    let keys = server.read(|stipend| Ok(stipend.db.token_keys()?))?;
    Ok(Reply::json(&json!({ "items": keys.iter().map(token_key_json).collect::<Vec<_>>() })))
}

fn add(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["name", "public_key"])?;
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let name = text("name").ok_or_else(|| Problem::new("invalid", "`name` is a text"))?;
    app::access::check_name(name).map_err(|error| Problem::from(&error))?;
    let wrong = || Problem::new("invalid", "`public_key` is no Ed25519 key in PEM or base64");
    let public_key = text("public_key").and_then(bus::parse_public_key).ok_or_else(wrong)?;
    let random = app::keys::random_hex(8);
    let random = random.map_err(|_| Problem::new("internal", "the server's log says more"))?;
    let key = TokenKeyRow {
        id: format!("tk_{random}"),
        name: name.to_owned(),
        public_key,
        made_by: call.principal.as_ref().map_or_else(String::new, |one| one.actor.clone()),
        created_us: call.now_us,
        revoked_us: None,
    };
    Ok(call.send(server, Command::AddTokenKey(key))?.into())
}

fn end(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let id = call.part("key").to_owned();
    let answer = call.send(server, Command::RevokeTokenKey { id })?;
    server.forget_keys();
    Ok(answer.into())
}
