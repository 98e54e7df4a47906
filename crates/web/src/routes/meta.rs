//! What the server says of itself: whether it lives, whether it is ready, its description.
use app::access::Action;
use app::problem::Problem;
use serde_json::{Value, json};

use crate::call::{Call, JSON, Reply};
use crate::route::{Gives, Method, Own, Route};
use crate::schema;
use crate::server::Server;

const HTML: &str = "text/html; charset=utf-8";

pub(crate) const ROUTES: &[Route] = &[
    Route {
        method: Method::Get,
        path: "/healthz",
        action: None,
        own: Own::Nobody,
        id: "health",
        summary: "Whether the process lives",
        detail: "",
        query: &[],
        body: None,
        gives: &[Gives { status: 200, what: "It does.", media: JSON, schema: state }],
        links: &[],
        problems: &[],
        handler: health,
    },
    Route {
        method: Method::Get,
        path: "/readyz",
        action: None,
        own: Own::Nobody,
        id: "ready",
        summary: "Whether the server can work: its database answers",
        detail: "",
        query: &[],
        body: None,
        gives: &[Gives { status: 200, what: "It can.", media: JSON, schema: state }],
        links: &[],
        problems: &["unavailable"],
        handler: ready,
    },
    Route {
        path: "/metrics",
        action: Some(Action::MetricsRead),
        id: "metrics",
        summary: "Metrics in Prometheus' text format",
        detail: "Requests by route; intake lag, sealed and unsettled events, ages of runs, jobs, \
                 the outbox and the ledger's check. Give the monitoring system a key of its own: \
                 `stipend key make --name prometheus --role admin --scopes metrics.read`.",
        gives: &[Gives {
            status: 200,
            what: "All metrics.",
            media: "text/plain",
            schema: schema::any_text,
        }],
        handler: metrics,
        ..Route::PLAIN
    },
    Route {
        method: Method::Get,
        path: "/openapi.json",
        action: None,
        own: Own::Nobody,
        id: "describe",
        summary: "This description",
        detail: "",
        query: &[],
        body: None,
        gives: &[Gives { status: 200, what: "OpenAPI 3.1.", media: JSON, schema: anything }],
        links: &[],
        problems: &[],
        handler: describe,
    },
    Route {
        method: Method::Get,
        path: "/docs",
        action: None,
        own: Own::Nobody,
        id: "docs",
        summary: "The reference, for people",
        detail: "",
        query: &[],
        body: None,
        gives: &[Gives {
            status: 200,
            what: "A page.",
            media: "text/html",
            schema: schema::any_text,
        }],
        links: &[],
        problems: &[],
        handler: docs,
    },
];

fn state() -> Value {
    schema::object(&[("status", schema::text("`ok`.")), ("version", schema::text("The server's."))])
}

fn anything() -> Value {
    json!({ "type": "object" })
}

fn well() -> Value {
    json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") })
}

fn health(_server: &Server, _call: &Call) -> Result<Reply, Problem> {
    Ok(Reply::json(&well()))
}

fn ready(server: &Server, _call: &Call) -> Result<Reply, Problem> {
    let answers = server.read(|stipend| Ok(stipend.db.answers()));
    if answers == Ok(true) {
        return Ok(Reply::json(&well()));
    }
    Err(Problem::new("unavailable", "the database does not answer"))
}

fn metrics(server: &Server, call: &Call) -> Result<Reply, Problem> {
    Ok(Reply::text("text/plain; version=0.0.4; charset=utf-8", server.metrics(call.now_us)?))
}

fn describe(_server: &Server, _call: &Call) -> Result<Reply, Problem> {
    Ok(Reply::text(JSON, crate::openapi::document().to_string()))
}

fn docs(_server: &Server, _call: &Call) -> Result<Reply, Problem> {
    Ok(Reply::text(HTML, crate::openapi::page()))
}
