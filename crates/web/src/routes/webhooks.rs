//! Webhooks: where the platform is told what happened, and what arrived there.
use app::access::Action;
use app::command::Command;
use app::outbox::{KINDS, webhook_json};
use app::problem::Problem;
use serde_json::{Value, json};
use store::WebhookRow;

use crate::call::{Call, JSON, Reply, page};
use crate::route::{Body, Gives, Method, Own, Param, Route};
use crate::schema;
use crate::server::Server;

/// The longest overlap of two secrets: seven days.
const OVERLAP_MAX_S: i64 = 7 * 86_400;
const SECOND_US: i64 = 1_000_000;
const URL_BYTES_MAX: usize = 2_000;

const HOOK: &str = include_str!("../examples/webhook.json");

/// What every route about a webhook may say.
const NAMED: &[&str] = &["not_found", "key_reused"];

const fn gives(status: u16, what: &'static str, schema: fn() -> Value) -> Gives {
    Gives { status, what, media: JSON, schema }
}

pub(crate) const ROUTES: &[Route] = &[
    Route {
        method: Method::Get,
        path: "/v1/webhooks",
        action: Some(Action::WebhooksRead),
        own: Own::Nobody,
        id: "listWebhooks",
        summary: "Webhooks, without their secrets",
        detail: "",
        query: &[],
        body: None,
        gives: &[gives(200, "All webhooks.", hooks_out)],
        links: &[("listDeliveries", "webhook", "/items/0/id")],
        problems: &[],
        handler: list,
    },
    Route {
        method: Method::Post,
        path: "/v1/webhooks",
        action: Some(Action::WebhooksWrite),
        own: Own::Nobody,
        id: "addWebhook",
        summary: "Have events sent to a URL",
        detail: "Deliveries are signed by the Standard Webhooks specification \
                 (`webhook-id`, `webhook-timestamp`, `webhook-signature`) with the secret that \
                 this answer shows, once. What does not arrive is sent again with growing pauses, \
                 over three days; then the webhook is disabled. Events may come twice and out of \
                 order. Private addresses and redirects are refused.",
        query: &[],
        body: Some(Body { media: &[(JSON, hook_in, HOOK)], bytes_max: 16 << 10 }),
        gives: &[gives(201, "The webhook.", shown_out)],
        links: &[
            ("testWebhook", "webhook", "/id"),
            ("rotateWebhook", "webhook", "/id"),
            ("enableWebhook", "webhook", "/id"),
            ("removeWebhook", "webhook", "/id"),
        ],
        problems: &["invalid", "key_reused"],
        handler: add,
    },
    Route {
        method: Method::Delete,
        path: "/v1/webhooks/{webhook}",
        action: Some(Action::WebhooksWrite),
        own: Own::Nobody,
        id: "removeWebhook",
        summary: "Send a URL no more events",
        detail: "",
        query: &[],
        body: None,
        gives: &[gives(200, "The webhook as it was.", hook_out)],
        links: &[],
        problems: NAMED,
        handler: remove,
    },
    Route {
        method: Method::Post,
        path: "/v1/webhooks/{webhook}/rotate",
        action: Some(Action::WebhooksWrite),
        own: Own::Nobody,
        id: "rotateWebhook",
        summary: "Give a webhook a new secret",
        detail: "The old secret signs beside the new one for `overlap_seconds`.",
        query: &[],
        body: Some(Body {
            media: &[(JSON, rotate_in, r#"{"overlap_seconds":86400}"#)],
            bytes_max: 4 << 10,
        }),
        gives: &[gives(200, "The webhook with its new secret.", shown_out)],
        links: &[],
        problems: &["not_found", "invalid", "key_reused"],
        handler: rotate,
    },
    Route {
        method: Method::Post,
        path: "/v1/webhooks/{webhook}/enable",
        action: Some(Action::WebhooksWrite),
        own: Own::Nobody,
        id: "enableWebhook",
        summary: "Call a webhook again that was disabled",
        detail: "What it missed is sent again with `replay`.",
        query: &[],
        body: None,
        gives: &[gives(200, "The webhook.", hook_out)],
        links: &[],
        problems: NAMED,
        handler: enable,
    },
    Route {
        method: Method::Post,
        path: "/v1/webhooks/{webhook}/test",
        action: Some(Action::WebhooksWrite),
        own: Own::Nobody,
        id: "testWebhook",
        summary: "Send a webhook an event to try it out",
        detail: "",
        query: &[],
        body: None,
        gives: &[gives(202, "It is being sent.", test_out)],
        links: &[],
        problems: NAMED,
        handler: test,
    },
    Route {
        method: Method::Post,
        path: "/v1/webhooks/{webhook}/replay",
        action: Some(Action::WebhooksWrite),
        own: Own::Nobody,
        id: "replayEvents",
        summary: "Send events to a webhook again",
        detail: "Events after the number `after`, at most 1,000; `last` is where to go on.",
        query: &[],
        body: Some(Body { media: &[(JSON, replay_in, r#"{"after":0}"#)], bytes_max: 4 << 10 }),
        gives: &[gives(202, "They are being sent.", replay_out)],
        links: &[],
        problems: &["not_found", "invalid", "key_reused"],
        handler: replay,
    },
    Route {
        method: Method::Get,
        path: "/v1/webhooks/{webhook}/deliveries",
        action: Some(Action::WebhooksRead),
        own: Own::Nobody,
        id: "listDeliveries",
        summary: "What was sent to a webhook and what came of it, newest first",
        detail: "A dead delivery is put back like any dead job.",
        query: &[Param::AFTER, Param::LIMIT],
        body: None,
        gives: &[gives(200, "A page of deliveries.", deliveries_out)],
        links: &[],
        problems: &["not_found"],
        handler: deliveries,
    },
    Route {
        method: Method::Get,
        path: "/v1/outbox",
        action: Some(Action::WebhooksRead),
        own: Own::Nobody,
        id: "listEvents",
        summary: "Events that were told, oldest first",
        detail: "For platforms that would rather ask than be called.",
        query: &[Param::AFTER, Param::LIMIT],
        body: None,
        gives: &[gives(200, "A page of events.", events_out)],
        links: &[],
        problems: &[],
        handler: events,
    },
];

fn kinds() -> Value {
    schema::word("What happened.", &KINDS.map(|(kind, _)| kind))
}

fn hook_in() -> Value {
    let url = json!({ "type": "string", "format": "uri", "maxLength": URL_BYTES_MAX });
    schema::input(&["url"], &[("url", url), ("kinds", schema::list(kinds()))])
}

fn rotate_in() -> Value {
    let overlap = json!({ "type": "integer", "minimum": 0, "maximum": OVERLAP_MAX_S });
    schema::input(&["overlap_seconds"], &[("overlap_seconds", overlap)])
}

fn replay_in() -> Value {
    schema::input(&["after"], &[("after", schema::cursor())])
}

fn fields() -> Vec<(&'static str, Value)> {
    vec![
        ("id", schema::text("Its id.")),
        ("url", schema::text("Where events are sent.")),
        ("kinds", schema::list(kinds())),
        ("made_by", schema::text("Who added it.")),
        ("created", schema::time()),
        ("failing_since", schema::maybe(schema::time())),
        ("disabled", schema::maybe(schema::time())),
        ("disabled_why", schema::text("Why it is not called any more.")),
    ]
}

fn hook_out() -> Value {
    schema::object(&fields())
}

fn shown_out() -> Value {
    let mut fields = fields();
    fields.push(("secret", schema::maybe(schema::text("The secret, shown once."))));
    schema::object(&fields)
}

fn hooks_out() -> Value {
    schema::object(&[("items", schema::list(hook_out()))])
}

fn test_out() -> Value {
    schema::object(&[("event", schema::int("The event's number."))])
}

fn replay_out() -> Value {
    schema::object(&[
        ("deliveries", schema::int("Deliveries that were added.")),
        ("last", schema::int("The last event that was looked at.")),
    ])
}

fn deliveries_out() -> Value {
    schema::page(super::jobs::job())
}

fn events_out() -> Value {
    schema::page(schema::object(&[
        ("seq", schema::int("Its number; its id in deliveries is `evt_` and this.")),
        ("type", kinds()),
        ("timestamp", schema::time()),
        ("data", json!({ "type": "object" })),
    ]))
}

fn list(server: &Server, _call: &Call) -> Result<Reply, Problem> {
    let hooks = server.read(|stipend| Ok(stipend.db.webhooks()?))?;
    Ok(Reply::json(&json!({ "items": hooks.iter().map(webhook_json).collect::<Vec<_>>() })))
}

fn random(bytes: usize) -> Result<String, Problem> {
    let random = app::keys::random_hex(bytes);
    random.map_err(|_| Problem::new("internal", "the server's log says more"))
}

fn secret() -> Result<String, Problem> {
    let wrong = || Problem::new("internal", "the server's log says more");
    let bytes = hex::decode(random(32)?).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    Ok(bus::fresh_secret(&bytes.ok_or_else(wrong)?))
}

fn add(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["url", "kinds"])?;
    let url = body.get("url").and_then(Value::as_str).unwrap_or_default();
    if url.len() > URL_BYTES_MAX {
        return Err(Problem::new("invalid", "`url` is longer than 2000 bytes"));
    }
    let checked = server.guard().check(url);
    checked.map_err(|refused| Problem::new("invalid", refused.to_string()))?;
    let known = |word: &Value| {
        KINDS.iter().find(|(kind, _)| Some(*kind) == word.as_str()).map(|(kind, _)| *kind)
    };
    let wanted = match body.get("kinds") {
        None => Some(Vec::new()),
        Some(Value::Array(list)) => list.iter().map(known).collect(),
        Some(_) => None,
    };
    let wanted = wanted.ok_or_else(|| {
        let words = KINDS.map(|(kind, _)| kind).join(", ");
        Problem::new("invalid", format!("`kinds` is a list of these: {words}"))
    })?;
    let hook = WebhookRow {
        id: format!("wh_{}", random(8)?),
        url: url.to_owned(),
        kinds: wanted.into_iter().map(str::to_owned).collect(),
        secret: secret()?,
        old_secret: String::new(),
        old_until_us: 0,
        made_by: call.principal.as_ref().map_or_else(String::new, |one| one.actor.clone()),
        created_us: call.now_us,
        failing_us: None,
        disabled_us: None,
        disabled_why: String::new(),
    };
    Ok(call.send(server, Command::AddWebhook(hook))?.into())
}

fn id(call: &Call) -> String {
    call.part("webhook").to_owned()
}

fn remove(server: &Server, call: &Call) -> Result<Reply, Problem> {
    Ok(call.send(server, Command::RemoveWebhook { id: id(call) })?.into())
}

fn rotate(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let overlap = call.seconds("overlap_seconds", OVERLAP_MAX_S)?;
    let old_until_us = call.now_us + overlap * SECOND_US;
    let command = Command::RotateWebhook { id: id(call), secret: secret()?, old_until_us };
    Ok(call.send(server, command)?.into())
}

fn enable(server: &Server, call: &Call) -> Result<Reply, Problem> {
    Ok(call.send(server, Command::EnableWebhook { id: id(call) })?.into())
}

fn test(server: &Server, call: &Call) -> Result<Reply, Problem> {
    Ok(call.send(server, Command::TestWebhook { id: id(call) })?.into())
}

fn replay(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let after = call.seconds("after", i64::MAX)?;
    Ok(call.send(server, Command::ReplayEvents { id: id(call), after })?.into())
}

fn deliveries(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (limit, id) = (call.limit()?, id(call));
    let before = call.after()?.unwrap_or(i64::MAX);
    let found = server.read(|stipend| {
        let hook = stipend.db.webhook(&id)?;
        let missing = || app::Error::Missing(format!("there is no webhook `{id}`"));
        hook.ok_or_else(missing)?;
        Ok(stipend.db.jobs_of("deliver", &id, before, limit)?)
    })?;
    let items = found.iter().map(app::jobs::to_json).collect();
    Ok(Reply::json(&page(items, limit, |item| item["id"].to_string())))
}

fn events(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let limit = call.limit()?;
    let after = call.after()?.unwrap_or(0);
    let found = server.read(|stipend| Ok(stipend.db.events_page(after, limit)?))?;
    let item = |event: &store::EventRow| {
        let mut item: Value = serde_json::from_str(&event.body).unwrap_or_default();
        item["seq"] = json!(event.seq);
        item
    };
    let items = found.iter().map(item).collect();
    Ok(Reply::json(&page(items, limit, |item| item["seq"].to_string())))
}
