//! OFREP, the OpenFeature Remote Evaluation Protocol 0.2: a program is a boolean flag, so that any
//! OpenFeature client of the platform can ask whether to show it to a creator.
use app::access::Action;
use app::entry::Diagnosis;
use app::problem::Problem;
use program::entry::Answer;
use serde_json::{Map, Value, json};

use crate::call::{Call, JSON, Reply};
use crate::route::{Body, Gives, Method, Route};
use crate::schema;
use crate::server::Server;

const EXAMPLE: &str = r#"{"context":{"targetingKey":"c1"}}"#;

const fn gives(status: u16, what: &'static str, schema: fn() -> Value) -> Gives {
    Gives { status, what, media: JSON, schema }
}

const BODY: Option<Body> =
    Some(Body { media: &[(JSON, context_in, EXAMPLE)], bytes_max: 64 << 10 });

pub(crate) const ROUTES: &[Route] = &[
    Route {
        method: Method::Post,
        path: "/ofrep/v1/evaluate/flags/{key}",
        action: Some(Action::MembersRead),
        id: "evaluateFlag",
        summary: "Whether a creator may enter a program, as an OpenFeature flag",
        detail: "The key is the program's id, `targetingKey` the creator's. True for who may enter \
                 or is in; false for who may not, and where it is not known. `reason` is \
                 `TARGETING_MATCH` or `DEFAULT`; the codes are in `metadata`.",
        body: BODY,
        gives: &[
            gives(200, "The flag.", flag_out),
            gives(400, "The context names no creator.", failure_out),
            gives(404, "There is no such program.", failure_out),
        ],
        handler: one,
        ..Route::PLAIN
    },
    Route {
        method: Method::Post,
        path: "/ofrep/v1/evaluate/flags",
        action: Some(Action::MembersRead),
        id: "evaluateFlags",
        summary: "All programs that a creator can see, as OpenFeature flags",
        body: BODY,
        gives: &[
            gives(200, "The flags.", flags_out),
            gives(400, "The context names no creator.", failure_out),
        ],
        handler: all,
        ..Route::PLAIN
    },
];

fn context_in() -> Value {
    let mut context = schema::object(&[("targetingKey", schema::id())]);
    context["description"] = json!("What the client knows; only `targetingKey` is looked at.");
    schema::input(&["context"], &[("context", context)])
}

fn flag_out() -> Value {
    schema::object(&[
        ("key", schema::text("The program.")),
        ("value", schema::flag("Whether to show it.")),
        ("variant", schema::word("The answer.", &["yes", "no", "indeterminate"])),
        ("reason", schema::word("Why.", &["TARGETING_MATCH", "DEFAULT"])),
        ("metadata", json!({ "type": "object", "description": "Codes, version of the policy." })),
    ])
}

fn flags_out() -> Value {
    schema::object(&[("flags", schema::list(flag_out()))])
}

fn failure_out() -> Value {
    json!({
        "type": "object", "required": ["errorCode"],
        "properties": {
            "key": schema::text("The program."),
            "errorCode": schema::word("By OFREP.", &[
                "PARSE_ERROR", "TARGETING_KEY_MISSING", "INVALID_CONTEXT", "FLAG_NOT_FOUND",
                "GENERAL",
            ]),
            "errorDetails": schema::text("In words."),
        },
    })
}

/// A failure in OFREP's form.
fn failure(status: u16, key: Option<&str>, code: &str, details: &str) -> Reply {
    let mut body = Map::new();
    if let Some(key) = key {
        body.insert("key".to_owned(), json!(key));
    }
    body.insert("errorCode".to_owned(), json!(code));
    body.insert("errorDetails".to_owned(), json!(details));
    Reply { status, ..Reply::json(&Value::Object(body)) }
}

/// The creator that the context names; else what to answer.
fn creator(call: &Call, key: Option<&str>) -> Result<Result<String, Reply>, Problem> {
    let body = call.any_object(&["context"])?;
    let Some(context) = body.get("context").and_then(Value::as_object) else {
        return Err(Problem::new("invalid", "`context` is an object with a `targetingKey`"));
    };
    let found = context.get("targetingKey").and_then(Value::as_str);
    let found = found.filter(|id| kernel::id::check(id).is_ok());
    let missing = || failure(400, key, "TARGETING_KEY_MISSING", "`targetingKey` is the creator");
    Ok(found.map(str::to_owned).ok_or_else(missing))
}

fn flag(found: &Diagnosis) -> Value {
    let yes = found.answer == Answer::Yes;
    json!({
        "key": found.program,
        "value": yes,
        "variant": found.answer.word(),
        "reason": if yes { "TARGETING_MATCH" } else { "DEFAULT" },
        // Values of metadata are texts, numbers and flags.
        "metadata": {
            "codes": found.codes().join(" "),
            "policyVersion": found.version,
            "earliest": found.earliest.map(|day| day.to_string()).unwrap_or_default(),
        },
    })
}

fn one(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let key = call.part("key");
    let creator = match creator(call, Some(key))? {
        Ok(creator) => creator,
        Err(reply) => return Ok(reply),
    };
    let known = server.read(|stipend| app::programs::versions(stipend, Some(key)));
    match known {
        Err(problem) if problem.code == "not_found" => {
            return Ok(failure(404, Some(key), "FLAG_NOT_FOUND", &problem.detail));
        }
        known => drop(known?),
    }
    let found = server
        .read(|stipend| app::entry::diagnose(stipend, Some(key), &creator, None, call.now_us));
    match found {
        Ok(found) => Ok(Reply::json(&flag(&found))),
        // A creator of whom the platform has told nothing yet.
        Err(problem) if problem.code == "not_found" => Ok(Reply::json(&json!({
            "key": key,
            "value": false,
            "variant": Answer::Indeterminate.word(),
            "reason": "DEFAULT",
            "metadata": { "codes": kernel::Reason::DataNotSynced.code() },
        }))),
        Err(problem) => Err(problem),
    }
}

fn all(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let creator = match creator(call, None)? {
        Ok(creator) => creator,
        Err(reply) => return Ok(reply),
    };
    let found = server.read(|stipend| app::entry::offers(stipend, &creator, call.now_us));
    match found {
        Ok(found) => {
            Ok(Reply::json(&json!({ "flags": found.iter().map(flag).collect::<Vec<_>>() })))
        }
        // Nobody is known by that id: no program is shown.
        Err(problem) if problem.code == "not_found" => Ok(Reply::json(&json!({ "flags": [] }))),
        Err(problem) => Err(problem),
    }
}
