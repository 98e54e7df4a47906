//! Four eyes: what needs them, and what waits for a second person.
use app::access::Action;
use app::command::Command;
use app::people::People;
use app::problem::Problem;
use app::proposals::{COMMANDS, Decision, needing, to_json};
use serde_json::{Value, json};

use crate::call::{Call, JSON, Reply, page};
use crate::route::{Body, Gives, Method, Param, Route};
use crate::schema;
use crate::server::Server;

/// What every route about a proposal may say.
const NAMED: &[&str] =
    &["not_found", "not_open", "own_proposal", "not_as_shown", "forbidden", "key_reused"];

/// What a command gives instead of its answer when it needs four eyes.
pub(crate) const PROPOSED: Gives = Gives {
    status: 202,
    what: "It needs four eyes: a proposal was made of it.",
    media: JSON,
    schema: proposal_out,
};

const fn gives(status: u16, what: &'static str, schema: fn() -> Value) -> Gives {
    Gives { status, what, media: JSON, schema }
}

const DIGEST: &str =
    r#"{"digest":"0000000000000000000000000000000000000000000000000000000000000000"}"#;

pub(crate) const ROUTES: &[Route] = &[
    Route {
        path: "/v1/proposals",
        action: Some(Action::ProposalsRead),
        id: "listProposals",
        summary: "Proposals, oldest first",
        query: &[Param::AFTER, Param::LIMIT],
        gives: &[gives(200, "A page.", proposals_out)],
        links: &[
            ("readProposal", "proposal", "/items/0/id"),
            ("editProposal", "proposal", "/items/0/id"),
            ("approveProposal", "proposal", "/items/0/id"),
            ("rejectProposal", "proposal", "/items/0/id"),
            ("withdrawProposal", "proposal", "/items/0/id"),
        ],
        handler: list,
        ..Route::PLAIN
    },
    Route {
        path: "/v1/proposals/{proposal}",
        action: Some(Action::ProposalsRead),
        id: "readProposal",
        summary: "A proposal: what it would do, and its digest",
        gives: &[gives(200, "The proposal.", proposal_out)],
        problems: &["not_found"],
        handler: get,
        ..Route::PLAIN
    },
    Route {
        method: Method::Post,
        path: "/v1/proposals/{proposal}/approve",
        action: Some(Action::ProposalsDecide),
        id: "approveProposal",
        summary: "Have done what a proposal shows",
        detail: "By an operator who is not behind it, with the digest of what he read. Where doing \
                 it now would come to something else, the proposal is void instead.",
        body: Some(Body { media: &[(JSON, digest_in, DIGEST)], bytes_max: 4 << 10 }),
        gives: &[gives(200, "Decided.", decided_out)],
        problems: NAMED,
        handler: approve,
        ..Route::PLAIN
    },
    Route {
        method: Method::Post,
        path: "/v1/proposals/{proposal}/reject",
        action: Some(Action::ProposalsDecide),
        id: "rejectProposal",
        summary: "Have it not done",
        detail: "`X-Reason` says why.",
        gives: &[gives(200, "Decided.", decided_out)],
        problems: NAMED,
        handler: reject,
        ..Route::PLAIN
    },
    Route {
        method: Method::Put,
        path: "/v1/proposals/{proposal}",
        action: Some(Action::Me),
        id: "editProposal",
        summary: "Put another proposal in the place of one's own",
        detail: "The old one is void, whoever approved it meanwhile.",
        body: Some(Body {
            media: &[(JSON, document_in, r#"{"document":{"policy":"…"}}"#)],
            bytes_max: 512 << 10,
        }),
        gives: &[gives(202, "The new one.", proposal_out)],
        problems: &["not_found", "not_open", "policy_invalid", "taken", "last_admin", "key_reused"],
        handler: edit,
        ..Route::PLAIN
    },
    Route {
        method: Method::Delete,
        path: "/v1/proposals/{proposal}",
        action: Some(Action::Me),
        id: "withdrawProposal",
        summary: "Take one's own proposal back",
        gives: &[gives(200, "It is void.", decided_out)],
        problems: &["not_found", "not_open", "key_reused"],
        handler: withdraw,
        ..Route::PLAIN
    },
    Route {
        path: "/v1/four-eyes",
        action: Some(Action::ProposalsRead),
        id: "readFourEyes",
        summary: "Which commands need four eyes",
        gives: &[gives(200, "Their words.", words_out)],
        handler: read_words,
        ..Route::PLAIN
    },
    Route {
        method: Method::Put,
        path: "/v1/four-eyes",
        action: Some(Action::OperatorsWrite),
        id: "setFourEyes",
        summary: "Say which commands need four eyes",
        detail: "As soon as any does, changing the list does too.",
        body: Some(Body {
            media: &[(JSON, words_in, r#"{"commands":["program.publish"]}"#)],
            bytes_max: 4 << 10,
        }),
        gives: &[gives(200, "Their words.", words_out), PROPOSED],
        problems: &["key_reused"],
        handler: set_words,
        ..Route::PLAIN
    },
];

fn command() -> Value {
    schema::word("A command's word.", &COMMANDS.map(|kind| kind.word))
}

fn fields() -> Vec<(&'static str, Value)> {
    vec![
        ("id", schema::int("Its number.")),
        ("command", command()),
        ("subject", schema::text("What it is done to.")),
        ("document", json!({ "description": "What is to be done." })),
        ("would_answer", json!({ "description": "What doing it came to when it was tried." })),
        ("digest", schema::text("SHA-256 of what is shown, in hex: send it to approve.")),
        ("maker", schema::text("Who made it.")),
        ("reason", schema::text("Why.")),
        ("state", schema::word("Its state.", &["open", "approved", "rejected", "void"])),
        ("decided_by", schema::text("Who decided.")),
        ("decided_why", schema::text("Why.")),
        ("created", schema::time()),
        ("decided", schema::maybe(schema::time())),
    ]
}

fn proposal_out() -> Value {
    schema::object(&fields())
}

fn proposals_out() -> Value {
    schema::page(proposal_out())
}

fn decided_out() -> Value {
    let mut fields = fields();
    fields.push(("result", json!({ "description": "What the command answered, if it was done." })));
    schema::object(&fields)
}

fn digest_in() -> Value {
    let digest = json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" });
    schema::input(&["digest"], &[("digest", digest)])
}

fn document_in() -> Value {
    schema::input(&["document"], &[("document", json!({ "type": "object" }))])
}

fn words_in() -> Value {
    schema::input(&["commands"], &[("commands", schema::list(command()))])
}

fn words_out() -> Value {
    schema::object(&[("commands", schema::list(command()))])
}

fn seq(call: &Call) -> Result<i64, Problem> {
    let text = call.part("proposal");
    let missing = || Problem::new("not_found", format!("there is no proposal {text}"));
    text.parse().map_err(|_| missing())
}

fn list(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (limit, after) = (call.limit()?, call.after()?.unwrap_or(0));
    let found = server.read(|stipend| Ok(stipend.db.proposals(after, limit)?))?;
    let items = found.iter().map(to_json).collect();
    Ok(Reply::json(&page(items, limit, |item| item["id"].to_string())))
}

fn get(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let seq = seq(call)?;
    let found = server.read(|stipend| Ok(stipend.db.proposal(seq)?))?;
    let missing = || Problem::new("not_found", format!("there is no proposal {seq}"));
    Ok(Reply::json(&to_json(&found.ok_or_else(missing)?)))
}

fn decide(server: &Server, call: &Call, decision: Decision) -> Result<Reply, Problem> {
    let nobody = || Problem::new("unauthenticated", "nobody was recognised");
    let by = call.principal.clone().ok_or_else(nobody)?;
    let command = People::Decide { seq: seq(call)?, decision, by, why: call.reason().to_owned() };
    let answer = call.send(server, Command::People(command))?;
    server.forget_sessions();
    Ok(answer.into())
}

fn approve(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["digest"])?;
    let digest = body.get("digest").and_then(Value::as_str).and_then(|text| hex::decode(text).ok());
    let wrong = || Problem::new("invalid", "`digest` is the digest that the proposal shows");
    decide(server, call, Decision::Approve(digest.ok_or_else(wrong)?))
}

fn reject(server: &Server, call: &Call) -> Result<Reply, Problem> {
    decide(server, call, Decision::Reject)
}

fn take_back(server: &Server, call: &Call, edited: Option<Value>) -> Result<Reply, Problem> {
    let nobody = || Problem::new("unauthenticated", "nobody was recognised");
    let by = call.principal.clone().ok_or_else(nobody)?;
    let command = People::Withdraw { seq: seq(call)?, by, edited, why: call.reason().to_owned() };
    Ok(call.send(server, Command::People(command))?.into())
}

fn edit(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let mut body = call.object(&["document"])?;
    let wrong = || Problem::new("invalid", "`document` is missing");
    let document = body.remove("document").ok_or_else(wrong)?;
    take_back(server, call, Some(document))
}

fn withdraw(server: &Server, call: &Call) -> Result<Reply, Problem> {
    take_back(server, call, None)
}

fn read_words(server: &Server, _call: &Call) -> Result<Reply, Problem> {
    let words = server.read(|stipend| Ok(needing(&mut stipend.db)?))?;
    Ok(Reply::json(&json!({ "commands": words })))
}

fn set_words(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["commands"])?;
    let word = |word: &Value| word.as_str().map(str::to_owned);
    let words = body.get("commands").and_then(Value::as_array);
    let words: Option<Vec<String>> = words.and_then(|words| words.iter().map(word).collect());
    let wrong = || Problem::new("invalid", "`commands` is a list of words");
    let command = People::SetFourEyes { words: words.ok_or_else(wrong)? };
    Ok(call.send(server, Command::People(command))?.into())
}
