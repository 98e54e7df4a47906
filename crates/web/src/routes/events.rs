//! Events in: one or many, as JSON lines, JSON, CSV or CloudEvents.
use app::access::Action;
use app::command::Command;
use app::problem::Problem;
use lake::intake::InputFormat;
use serde_json::{Map, Value, json};

use crate::call::{Call, JSON, Reply};
use crate::route::{Body, Gives, Method, Own, Route};
use crate::schema;
use crate::server::Server;

const BYTES_MAX: usize = 16 << 20;

const LINES: &str = include_str!("../examples/events.ndjson");
const ONE: &str = include_str!("../examples/event.json");
const CSV: &str = include_str!("../examples/events.csv");
const CLOUD_EVENT: &str = include_str!("../examples/cloudevent.json");
const CLOUD_EVENTS: &str = include_str!("../examples/cloudevents.json");

pub(crate) const ROUTES: &[Route] = &[Route {
    method: Method::Post,
    path: "/v1/events",
    action: Some(Action::EventsWrite),
    own: Own::Nobody,
    id: "takeEvents",
    summary: "Hand in events",
    detail: "Events that are acknowledged are durable, and counted once however often they are \
             sent: an event is known by its `event_id`. `duplicates` tells how many of the \
             accepted events this server has seen lately; settlement finds all of them. Rows that \
             are refused say why and do not keep the others out. Bodies may be packed \
             (`Content-Encoding: gzip` or `zstd`). CloudEvents come structured, batched, or with \
             their attributes in `ce-` headers.",
    query: &[],
    body: Some(Body {
        media: &[
            ("application/x-ndjson", lines, LINES),
            (JSON, event_or_list, ONE),
            ("text/csv", schema::any_text, CSV),
            ("application/cloudevents+json", cloud_event, CLOUD_EVENT),
            ("application/cloudevents-batch+json", cloud_events, CLOUD_EVENTS),
        ],
        bytes_max: BYTES_MAX,
    }),
    gives: &[Gives { status: 200, what: "The events are durable.", media: JSON, schema: taken }],
    links: &[],
    problems: &["all_refused", "key_reused"],
    handler: take,
}];

fn kind() -> Value {
    let words = ["view", "like", "favorite", "comment", "share", "follow"];
    schema::word("What happened.", &words)
}

fn event() -> Value {
    json!({
        "type": "object",
        "required": ["event_id", "time", "work", "viewer"],
        "properties": {
            "event_id": schema::id(),
            "time": schema::time(),
            "kind": kind(),
            "work": schema::id(),
            "viewer": schema::id(),
            "device": schema::id(),
            "watch_ms": { "type": "integer", "minimum": 0, "maximum": 864_000_000 },
            "source": schema::word("Where the view came from.", &["organic", "paid"]),
            "region": { "type": "string", "pattern": "^[A-Z]{2}$" },
            "like": { "type": "boolean" },
            "favorite": { "type": "boolean" },
            "comment": { "type": "boolean" },
            "share": { "type": "boolean" },
            "follow": { "type": "boolean" },
        },
    })
}

fn event_or_list() -> Value {
    json!({ "anyOf": [event(), { "type": "array", "items": event(), "minItems": 1 }] })
}

fn lines() -> Value {
    let what = "One object a line.";
    json!({ "type": "array", "items": event(), "minItems": 1, "description": what })
}

fn cloud_event() -> Value {
    json!({
        "type": "object",
        "required": ["specversion", "id", "source", "type", "time", "data"],
        "properties": {
            "specversion": { "const": "1.0" },
            "id": schema::id(),
            "source": { "type": "string", "minLength": 1 },
            "type": kind(),
            "time": schema::time(),
            "data": {
                "type": "object",
                "required": ["work", "viewer"],
                "properties": { "work": schema::id(), "viewer": schema::id() },
            },
        },
    })
}

fn cloud_events() -> Value {
    json!({ "type": "array", "items": cloud_event(), "minItems": 1 })
}

fn taken() -> Value {
    schema::object(&[
        ("accepted", schema::int("Events that are durable now.")),
        ("duplicates", schema::int("Of these, events whose ids came lately.")),
        ("refused", schema::int("Rows that were refused.")),
        ("refusals", schema::refusals()),
    ])
}

fn take(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let media = crate::body::media(&call.headers).unwrap_or_default();
    let binary = call.headers.contains_key("ce-specversion");
    let (format, mapping, body) = match media.as_str() {
        _ if binary => (InputFormat::CloudEvents, &server.cloud_events, from_headers(call)?),
        "application/cloudevents+json" | "application/cloudevents-batch+json" => {
            (InputFormat::CloudEvents, &server.cloud_events, call.body.clone())
        }
        "text/csv" => (InputFormat::Csv, &server.events, call.body.clone()),
        JSON => (InputFormat::Json, &server.events, call.body.clone()),
        _ => (InputFormat::Ndjson, &server.events, call.body.clone()),
    };
    let read = app::intake::read(server.keys(), mapping, format, body, call.now_us);
    let batch = read.map_err(|error| Problem::from(&error))?;
    if batch.counts.read == 0 {
        return Err(Problem::new("bad_request", "the body has no event"));
    }
    if batch.counts.accepted == 0 {
        return Err(Problem::from(&app::Error::AllRefused(batch.refused)));
    }
    let known = server.seen(&batch.ids);
    Ok(call.send(server, Command::TakeEvents { batch, known })?.into())
}

/// A CloudEvent whose attributes are headers, as one whose attributes are fields.
fn from_headers(call: &Call) -> Result<Vec<u8>, Problem> {
    let mut event = Map::new();
    for (name, value) in &call.headers {
        let Some(attribute) = name.as_str().strip_prefix("ce-") else { continue };
        let text = value
            .to_str()
            .map_err(|_| Problem::new("bad_request", format!("the header {name} is not ASCII")))?;
        event.insert(attribute.to_owned(), json!(unescape(text)));
    }
    if !call.body.is_empty() {
        let data: Value = serde_json::from_slice(&call.body).map_err(|error| {
            Problem::new("bad_request", format!("the event's data is no JSON: {error}"))
        })?;
        event.insert("data".to_owned(), data);
    }
    Ok(Value::Object(event).to_string().into_bytes())
}

/// Undoes the percent-encoding that CloudEvents ask for in headers.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| *first == b'%');
        match hex.and_then(|hex| hex::decode(hex).ok()) {
            Some(decoded) => {
                bytes.extend(decoded);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
