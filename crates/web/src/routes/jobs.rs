//! Jobs and the audit log.
use app::access::Action;
use app::command::Command;
use app::problem::Problem;
use kernel::day::instant;
use serde_json::{Value, json};
use store::{AuditRow, JobState};

use crate::call::{Call, JSON, Reply, page};
use crate::route::{Gives, Method, Own, Param, Route};
use crate::schema;
use crate::server::Server;

pub(crate) const ROUTES: &[Route] = &[
    Route {
        method: Method::Get,
        path: "/v1/jobs",
        action: Some(Action::JobsRead),
        own: Own::Nobody,
        id: "listJobs",
        summary: "Jobs, newest first",
        detail: "",
        query: &[
            Param::AFTER,
            Param::LIMIT,
            Param { name: "state", what: "Only jobs of this state.", schema: state },
        ],
        body: None,
        gives: &[Gives { status: 200, what: "A page of jobs.", media: JSON, schema: jobs_out }],
        links: &[("readJob", "job", "/items/0/id"), ("replayJob", "job", "/items/0/id")],
        problems: &[],
        handler: list,
    },
    Route {
        method: Method::Get,
        path: "/v1/jobs/{job}",
        action: Some(Action::JobsRead),
        own: Own::Nobody,
        id: "readJob",
        summary: "A job",
        detail: "",
        query: &[],
        body: None,
        gives: &[Gives { status: 200, what: "The job.", media: JSON, schema: job }],
        links: &[],
        problems: &["not_found"],
        handler: read,
    },
    Route {
        method: Method::Post,
        path: "/v1/jobs/{job}/replay",
        action: Some(Action::JobsWrite),
        own: Own::Nobody,
        id: "replayJob",
        summary: "Put a dead job back",
        detail: "",
        query: &[],
        body: None,
        gives: &[Gives { status: 200, what: "It waits again.", media: JSON, schema: job }],
        links: &[],
        problems: &["not_found", "not_dead", "key_reused"],
        handler: replay,
    },
    Route {
        method: Method::Get,
        path: "/v1/audit",
        action: Some(Action::AuditRead),
        own: Own::Nobody,
        id: "listAudit",
        summary: "The audit log: who did what, to what, why, when",
        detail: "Each entry's digest covers the one before: `stipend audit check` follows the \
                 chain.",
        query: &[Param::AFTER, Param::LIMIT],
        body: None,
        gives: &[Gives { status: 200, what: "A page of entries.", media: JSON, schema: audit_out }],
        links: &[],
        problems: &[],
        handler: audit,
    },
];

fn state() -> Value {
    let words = JobState::WORDS.map(|(_, word)| word);
    schema::word("Where a job stands.", &words)
}

pub(crate) fn job() -> Value {
    schema::object(&[
        ("id", schema::int("Its number.")),
        ("kind", schema::text("What is to be done.")),
        ("subject", schema::text("To what.")),
        ("state", state()),
        ("attempts", schema::int("How often it was begun.")),
        ("due", schema::time()),
        ("created", schema::time()),
        ("changed", schema::time()),
        ("result", json!({ "description": "What came of it, or the last error." })),
    ])
}

fn jobs_out() -> Value {
    schema::page(job())
}

fn audit_out() -> Value {
    schema::page(schema::object(&[
        ("seq", schema::int("Its place.")),
        ("time", schema::time()),
        ("actor", schema::text("Who.")),
        ("command", schema::text("What.")),
        ("subject", schema::text("To what.")),
        ("reason", schema::text("Why.")),
        ("outcome", schema::text("`done`, or the code of the refusal.")),
        ("request", schema::text("SHA-256 of what was asked.")),
        ("previous", schema::text("Digest of the entry before.")),
        ("digest", schema::text("Digest of this entry.")),
    ]))
}

fn list(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let limit = call.limit()?;
    let before = call.after()?.unwrap_or(i64::MAX);
    let state = match call.asked("state") {
        None => None,
        Some(word) => {
            let found = JobState::WORDS.iter().find(|(_, known)| *known == word);
            let unknown = || {
                let words = JobState::WORDS.map(|(_, word)| word).join(", ");
                Problem::new("bad_request", format!("`state` is one of: {words}"))
            };
            Some(found.ok_or_else(unknown)?.0)
        }
    };
    let found = server.read(|stipend| Ok(stipend.db.jobs_page(before, state, limit)?))?;
    let items = found.iter().map(app::jobs::to_json).collect();
    Ok(Reply::json(&page(items, limit, |item| item["id"].to_string())))
}

fn number(call: &Call) -> Result<i64, Problem> {
    let text = call.part("job");
    text.parse().map_err(|_| Problem::new("not_found", format!("there is no job `{text}`")))
}

fn read(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let seq = number(call)?;
    let found = server.read(|stipend| Ok(stipend.db.job(seq)?))?;
    let missing = || Problem::new("not_found", format!("there is no job `{seq}`"));
    Ok(Reply::json(&app::jobs::to_json(&found.ok_or_else(missing)?)))
}

fn replay(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let seq = number(call)?;
    Ok(call.send(server, Command::ReplayJob { seq })?.into())
}

fn audit(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let limit = call.limit()?;
    let after = call.after()?.unwrap_or(0);
    let found = server.read(|stipend| Ok(stipend.db.audit_page(after, limit)?))?;
    let item = |row: &AuditRow| {
        json!({
            "seq": row.seq,
            "time": instant(row.recorded_us),
            "actor": row.actor,
            "command": row.command,
            "subject": row.subject,
            "reason": row.reason,
            "outcome": row.outcome,
            "request": hex::encode(&row.request),
            "previous": hex::encode(&row.previous),
            "digest": hex::encode(&row.digest),
        })
    };
    let items = found.iter().map(item).collect();
    Ok(Reply::json(&page(items, limit, |item| item["seq"].to_string())))
}
