//! What is the caller's own: who he is, his messages, his password and second factor.
use app::access::{Action, Role};
use app::command::Command;
use app::people::People;
use app::problem::Problem;
use serde_json::{Value, json};

use super::operators::operator_out;
use crate::call::{Call, JSON, Reply, page};
use crate::route::{Body, Gives, Method, Param, Route};
use crate::schema;
use crate::server::{SESSION_COOKIE, Server};

pub(crate) const ROUTES: &[Route] = &[
    Route {
        path: "/v1/me",
        action: Some(Action::Me),
        id: "readMe",
        summary: "Who the caller is, and what he may do",
        gives: &[Gives { status: 200, what: "Who.", media: JSON, schema: me_out }],
        handler: me,
        ..Route::PLAIN
    },
    Route {
        path: "/v1/me/messages",
        action: Some(Action::Me),
        id: "listMessages",
        summary: "The caller's messages",
        detail: "A creator's own; an operator's own, and those to his roles.",
        query: &[Param::AFTER, Param::LIMIT, Param::LANGUAGE],
        gives: &[Gives { status: 200, what: "A page.", media: JSON, schema: messages_out }],
        links: &[("readMessage", "message", "/items/0/id")],
        handler: messages,
        ..Route::PLAIN
    },
    Route {
        method: Method::Post,
        path: "/v1/me/messages/{message}/read",
        action: Some(Action::Me),
        id: "readMessage",
        summary: "Note that a message was read",
        gives: &[Gives { status: 200, what: "Noted.", media: JSON, schema: read_out }],
        problems: &["not_found", "key_reused"],
        handler: read,
        ..Route::PLAIN
    },
    Route {
        method: Method::Put,
        path: "/v1/me/password",
        action: Some(Action::Me),
        id: "changePassword",
        summary: "Choose another password",
        detail: "All other sessions end.",
        body: Some(Body {
            media: &[(
                JSON,
                password_in,
                r#"{"old":"correct horse battery","new":"battery staple correct"}"#,
            )],
            bytes_max: 8 << 10,
        }),
        gives: &[Gives { status: 200, what: "Changed.", media: JSON, schema: password_out }],
        problems: &["wrong_password"],
        handler: password,
        ..Route::PLAIN
    },
    Route {
        method: Method::Post,
        path: "/v1/me/second-factor",
        action: Some(Action::Me),
        id: "beginSecondFactor",
        summary: "Make a second factor",
        detail: "Give the secret or the URL to an authenticator, then confirm with a code of it. \
                 The old second factor, if any, counts until then.",
        gives: &[Gives { status: 200, what: "Its secret, once.", media: JSON, schema: factor_out }],
        problems: &["key_reused"],
        handler: begin_factor,
        ..Route::PLAIN
    },
    Route {
        method: Method::Post,
        path: "/v1/me/second-factor/confirm",
        action: Some(Action::Me),
        id: "confirmSecondFactor",
        summary: "Confirm the second factor by a code of it",
        detail: "All other sessions end.",
        body: Some(Body { media: &[(JSON, code_in, r#"{"code":"123456"}"#)], bytes_max: 4 << 10 }),
        gives: &[Gives { status: 200, what: "It counts.", media: JSON, schema: operator_out }],
        problems: &["key_reused"],
        handler: confirm_factor,
        ..Route::PLAIN
    },
];

fn me_out() -> Value {
    let roles: Vec<&str> = Role::WORDS.iter().map(|(_, word)| *word).collect();
    let actions: Vec<&str> = Action::WORDS.iter().map(|(_, word)| *word).collect();
    schema::object(&[
        ("actor", schema::text("As the audit log names him.")),
        ("roles", schema::list(schema::word("A role.", &roles))),
        ("subject", schema::maybe(schema::text("The id of one of the platform's users."))),
        ("permissions", schema::list(schema::word("With everything.", &actions))),
        ("own", schema::list(schema::word("With what is his own.", &actions))),
    ])
}

fn messages_out() -> Value {
    schema::page(schema::object(&[
        ("id", schema::int("Its number.")),
        ("kind", schema::text("Which message.")),
        ("facts", json!({ "type": "object" })),
        ("language", schema::language()),
        ("subject", schema::text("Its subject.")),
        ("body", schema::text("Its text.")),
        ("created", schema::time()),
        ("read", schema::maybe(schema::time())),
    ]))
}

fn read_out() -> Value {
    schema::object(&[("id", schema::int("Its number.")), ("read", schema::maybe(schema::time()))])
}

fn password_in() -> Value {
    let old = json!({ "type": "string", "minLength": 1, "maxLength": 200 });
    let new = json!({ "type": "string", "minLength": 12, "maxLength": 200 });
    schema::input(&["old", "new"], &[("old", old), ("new", new)])
}

pub(crate) fn password_out() -> Value {
    schema::object(&[
        ("operator", operator_out()),
        ("password", schema::maybe(schema::text("One that nobody chose, shown once."))),
    ])
}

fn factor_out() -> Value {
    schema::object(&[
        ("secret", schema::maybe(schema::text("In base32, to type."))),
        ("url", schema::maybe(schema::text("otpauth://…, for a QR code."))),
    ])
}

fn code_in() -> Value {
    let code = json!({ "type": "string", "pattern": "^[0-9]{6}$" });
    schema::input(&["code"], &[("code", code)])
}

fn me(_server: &Server, call: &Call) -> Result<Reply, Problem> {
    use app::access::Grant;
    let nobody = || Problem::new("unauthenticated", "nobody was recognised");
    let principal = call.principal.as_ref().ok_or_else(nobody)?;
    let granted = |wanted: Grant| {
        let actions = Action::WORDS.iter().filter(|(action, _)| principal.grant(*action) == wanted);
        actions.map(|(_, word)| *word).collect::<Vec<_>>()
    };
    Ok(Reply::json(&json!({
        "actor": principal.actor,
        "roles": principal.roles.iter().map(|role| role.word()).collect::<Vec<_>>(),
        "subject": principal.subject,
        "permissions": granted(Grant::All),
        "own": granted(Grant::Own),
    })))
}

fn inboxes(call: &Call) -> Vec<String> {
    call.principal.as_ref().map(app::access::Principal::inboxes).unwrap_or_default()
}

fn messages(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (limit, after) = (call.limit()?, call.after()?.unwrap_or(0));
    let language = call.language()?;
    let found = server.read(|stipend| {
        let mut found = Vec::new();
        for inbox in inboxes(call) {
            found.extend(stipend.db.messages(&inbox, after, limit)?);
        }
        found.sort_by_key(|message: &store::MessageRow| message.seq);
        found.truncate(usize::try_from(limit).unwrap_or(0));
        Ok(found)
    })?;
    let items = found.iter().map(|one| app::messages::to_json(one, language)).collect();
    Ok(Reply::json(&page(items, limit, |item| item["id"].to_string())))
}

fn read(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let missing = || Problem::new("not_found", "there is no such message");
    let seq = call.part("message").parse().map_err(|_| missing())?;
    let command = People::ReadMessage { seq, inboxes: inboxes(call) };
    Ok(call.send(server, Command::People(command))?.into())
}

fn password(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let id = call.operator()?.to_owned();
    let body = call.object(&["old", "new"])?;
    let text = |name: &str| {
        let wrong = || Problem::new("invalid", format!("`{name}` is a text"));
        body.get(name).and_then(Value::as_str).ok_or_else(wrong)
    };
    let (old, new) = (text("old")?, text("new")?);
    let operator = server.read(|stipend| Ok(stipend.db.operator(&id)?))?;
    let gone = || Problem::new("unauthenticated", "the operator is not there any more");
    let operator = operator.ok_or_else(gone)?;
    app::password::check(new, &operator.email).map_err(|error| Problem::from(&error))?;
    if operator.locked_us > call.now_us {
        return Err(super::sessions::wait((operator.locked_us - call.now_us) / 1_000_000 + 1));
    }
    let place = server.sign_in_place()?;
    if !app::password::verify(old, &operator.password) {
        call.send_as(server, "nobody", Command::People(People::FailSignIn { operator: Some(id) }))?;
        return Err(Problem::new("wrong_password", "`old` is not the password"));
    }
    let hash = app::password::hash(new).map_err(|error| Problem::from(&error))?;
    drop(place);
    let keep = call.cookie(SESSION_COOKIE).map(|secret| app::sessions::digest(&secret));
    let command = People::SetPassword { id, hash, keep, shown: None };
    let answer = call.send(server, Command::People(command))?;
    server.forget_sessions();
    Ok(answer.into())
}

fn begin_factor(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let id = call.operator()?.to_owned();
    let secret = app::totp::fresh().map_err(|error| Problem::from(&error))?;
    let command = Command::People(People::BeginSecondFactor { id, secret });
    Ok(call.send(server, command)?.into())
}

fn confirm_factor(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let id = call.operator()?.to_owned();
    let body = call.object(&["code"])?;
    let code = body.get("code").and_then(Value::as_str).unwrap_or_default().to_owned();
    let session = app::sessions::digest(&call.cookie(SESSION_COOKIE).unwrap_or_default());
    let command = People::ConfirmSecondFactor { id, code, session };
    let answer = call.send(server, Command::People(command))?;
    server.forget_sessions();
    Ok(answer.into())
}
