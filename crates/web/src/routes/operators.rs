//! Operators: who runs the installation.
use app::access::{Action, Role};
use app::command::Command;
use app::operators::{Change, NewOperator, to_json};
use app::people::People;
use app::problem::Problem;
use serde_json::{Map, Value, json};

use super::proposals::PROPOSED;
use crate::call::{Call, JSON, Reply};
use crate::route::{Body, Gives, Method, Route};
use crate::schema;
use crate::server::Server;

const NEW: &str = r#"{"email":"anna@example.com","name":"Anna","roles":["finance-approver"]}"#;

const fn gives(status: u16, what: &'static str, schema: fn() -> Value) -> Gives {
    Gives { status, what, media: JSON, schema }
}

pub(crate) const ROUTES: &[Route] = &[
    Route {
        path: "/v1/operators",
        action: Some(Action::OperatorsRead),
        id: "listOperators",
        summary: "Operators",
        gives: &[gives(200, "All of them.", operators_out)],
        links: &[("readOperator", "operator", "/items/0/id")],
        handler: list,
        ..Route::PLAIN
    },
    Route {
        method: Method::Post,
        path: "/v1/operators",
        action: Some(Action::OperatorsWrite),
        id: "addOperator",
        summary: "Add an operator",
        detail: "He has no password yet: he signs in through the OIDC provider, or with one that \
                 `POST /v1/operators/{operator}/password` shows.",
        body: Some(Body { media: &[(JSON, operator_in, NEW)], bytes_max: 16 << 10 }),
        gives: &[gives(201, "The operator.", operator_out), PROPOSED],
        links: &[("readOperator", "operator", "/id"), ("changeOperator", "operator", "/id")],
        problems: &["taken", "key_reused"],
        handler: add,
        ..Route::PLAIN
    },
    Route {
        path: "/v1/operators/{operator}",
        action: Some(Action::OperatorsRead),
        id: "readOperator",
        summary: "An operator",
        gives: &[gives(200, "The operator.", operator_out)],
        problems: &["not_found"],
        handler: get,
        ..Route::PLAIN
    },
    Route {
        method: Method::Put,
        path: "/v1/operators/{operator}",
        action: Some(Action::OperatorsWrite),
        id: "changeOperator",
        summary: "Change an operator's name, language or roles, shut him out or let him in",
        detail: "What is not named stays. Who loses roles or is shut out loses his sessions.",
        body: Some(Body {
            media: &[(JSON, change_in, r#"{"disabled":true}"#)],
            bytes_max: 16 << 10,
        }),
        gives: &[gives(200, "The operator.", operator_out), PROPOSED],
        problems: &["not_found", "last_admin", "key_reused"],
        handler: change,
        ..Route::PLAIN
    },
    Route {
        method: Method::Post,
        path: "/v1/operators/{operator}/password",
        action: Some(Action::OperatorsWrite),
        id: "resetPassword",
        summary: "Give an operator a password that nobody chose",
        detail: "It is shown once; hand it over, and let him choose another. His sessions end.",
        gives: &[gives(200, "The password, once.", super::me::password_out)],
        problems: &["not_found", "key_reused"],
        handler: password,
        ..Route::PLAIN
    },
    Route {
        method: Method::Delete,
        path: "/v1/operators/{operator}/second-factor",
        action: Some(Action::OperatorsWrite),
        id: "resetSecondFactor",
        summary: "Take away a second factor that was lost",
        detail: "His sessions end; he sets up another one.",
        gives: &[gives(200, "The operator.", operator_out)],
        problems: &["not_found", "key_reused"],
        handler: factor,
        ..Route::PLAIN
    },
];

fn roles() -> Value {
    let of_people = |role: &Role| !role.is_of_the_platform() && *role != Role::Integrator;
    let words = Role::WORDS.iter().filter(|(role, _)| of_people(role));
    let words: Vec<&str> = words.map(|(_, word)| *word).collect();
    schema::word("A role.", &words)
}

fn roles_in() -> Value {
    let mut list = schema::list(roles());
    list["minItems"] = json!(1);
    list["maxItems"] = json!(20);
    list
}

fn name_in() -> Value {
    schema::name("His name.")
}

fn language() -> Value {
    schema::word("The language of his messages.", &bus::LANGUAGES)
}

fn operator_in() -> Value {
    let email = json!({ "type": "string", "pattern": "^[a-z0-9.+-]{1,60}@[a-z0-9.-]{1,60}$" });
    let fields =
        [("email", email), ("name", name_in()), ("roles", roles_in()), ("language", language())];
    schema::input(&["email", "name", "roles"], &fields)
}

fn change_in() -> Value {
    let disabled = schema::flag("Whether he is shut out.");
    let fields = [
        ("name", name_in()),
        ("roles", roles_in()),
        ("language", language()),
        ("disabled", disabled),
    ];
    schema::input(&[], &fields)
}

pub(crate) fn operator_out() -> Value {
    schema::object(&[
        ("id", schema::text("His id.")),
        ("email", schema::text("His mail address.")),
        ("name", schema::text("His name.")),
        ("roles", schema::list(roles())),
        ("language", language()),
        ("has_password", schema::flag("Whether he may sign in with a password.")),
        ("second_factor", schema::flag("Whether he has a second factor.")),
        ("oidc", schema::flag("Whether he signed in through the provider.")),
        ("made_by", schema::text("Who added him.")),
        ("created", schema::time()),
        ("disabled", schema::maybe(schema::time())),
    ])
}

fn operators_out() -> Value {
    schema::object(&[("items", schema::list(operator_out()))])
}

fn list(server: &Server, _call: &Call) -> Result<Reply, Problem> {
    let found = server.read(|stipend| Ok(stipend.db.operators()?))?;
    Ok(Reply::json(&json!({ "items": found.iter().map(to_json).collect::<Vec<_>>() })))
}

fn get(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let id = call.part("operator");
    let found = server.read(|stipend| Ok(stipend.db.operator(id)?))?;
    let missing = || Problem::new("not_found", format!("there is no operator `{id}`"));
    Ok(Reply::json(&to_json(&found.ok_or_else(missing)?)))
}

fn invalid(text: &str) -> Problem {
    Problem::new("invalid", text)
}

fn text_of(body: &Map<String, Value>, name: &str) -> Result<Option<String>, Problem> {
    match body.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(invalid(&format!("`{name}` is a text"))),
    }
}

fn roles_of(body: &Map<String, Value>) -> Result<Option<Vec<Role>>, Problem> {
    let Some(list) = body.get("roles") else { return Ok(None) };
    let role = |word: &Value| word.as_str().and_then(Role::from_word);
    let roles = list.as_array().and_then(|words| words.iter().map(role).collect());
    roles.map(Some).ok_or_else(|| invalid("`roles` is a list of roles"))
}

fn add(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["email", "name", "roles", "language"])?;
    let new = NewOperator {
        email: text_of(&body, "email")?.ok_or_else(|| invalid("`email` is missing"))?,
        name: text_of(&body, "name")?.ok_or_else(|| invalid("`name` is missing"))?,
        roles: roles_of(&body)?.ok_or_else(|| invalid("`roles` is missing"))?,
        language: text_of(&body, "language")?.unwrap_or_else(|| bus::LANGUAGES[0].to_owned()),
    };
    new.roles.iter().try_for_each(|role| call.covers(*role, &[]))?;
    let made = app::operators::make(&new, call.actor(), call.now_us);
    let made = made.map_err(|error| Problem::from(&error))?;
    Ok(call.send(server, Command::People(People::AddOperator(made)))?.into())
}

fn change(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["name", "roles", "language", "disabled"])?;
    let disabled_us = match body.get("disabled") {
        None => None,
        Some(Value::Bool(true)) => Some(Some(call.now_us)),
        Some(Value::Bool(false)) => Some(None),
        Some(_) => return Err(invalid("`disabled` is true or false")),
    };
    let change = Change {
        name: text_of(&body, "name")?,
        roles: roles_of(&body)?,
        language: text_of(&body, "language")?,
        disabled_us,
    };
    check_covered(server, call)?;
    change.roles.iter().flatten().try_for_each(|role| call.covers(*role, &[]))?;
    let command = People::ChangeOperator { id: call.part("operator").to_owned(), change };
    let answer = call.send(server, Command::People(command))?;
    server.forget_sessions();
    Ok(answer.into())
}

/// Who changes an operator has all that the operator has.
fn check_covered(server: &Server, call: &Call) -> Result<(), Problem> {
    let found = server.read(|stipend| Ok(stipend.db.operator(call.part("operator"))?))?;
    let roles = found.map(|one| one.roles).unwrap_or_default();
    roles
        .iter()
        .filter_map(|word| Role::from_word(word))
        .try_for_each(|role| call.covers(role, &[]))
}

fn password(server: &Server, call: &Call) -> Result<Reply, Problem> {
    check_covered(server, call)?;
    let place = server.sign_in_place()?;
    let made = app::operators::fresh_password();
    drop(place);
    let (text, hash) = made.map_err(|error| Problem::from(&error))?;
    let id = call.part("operator").to_owned();
    let command = People::SetPassword { id, hash, keep: None, shown: Some(text) };
    let answer = call.send(server, Command::People(command))?;
    server.forget_sessions();
    Ok(answer.into())
}

fn factor(server: &Server, call: &Call) -> Result<Reply, Problem> {
    check_covered(server, call)?;
    let id = call.part("operator").to_owned();
    let answer = call.send(server, Command::People(People::ResetSecondFactor { id }))?;
    server.forget_sessions();
    Ok(answer.into())
}
