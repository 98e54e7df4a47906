//! Members of programs: how creators come in and go out.
use app::access::{Action, Grant};
use app::command::Command;
use app::membership::{What, Wish, step_json, to_json};
use app::problem::Problem;
use kernel::Reason;
use program::membership::State;
use serde_json::{Value, json};

use super::proposals::PROPOSED;
use crate::call::{Call, JSON, Reply, page};
use crate::route::{Body, Gives, Method, Own, Param, Route};
use crate::schema;
use crate::server::Server;

const fn gives(status: u16, what: &'static str, schema: fn() -> Value) -> Gives {
    Gives { status, what, media: JSON, schema }
}

const STATE: Param =
    Param { name: "state", what: "Only those in this state.", schema: state_schema };

/// What every change of a membership may say.
const CHANGES: &[&str] = &["not_found", "wrong_state", "key_reused"];
const ENTRIES: &[&str] = &[
    "not_found",
    "wrong_state",
    "not_eligible",
    "cooldown_active",
    "cap_reached",
    "already_ended",
    "key_reused",
];

/// A change of a membership, to be filled: path, action, id, summary, handler.
const CHANGE: Route = Route {
    method: Method::Post,
    gives: &[gives(200, "The membership after it.", member_out)],
    problems: CHANGES,
    ..Route::PLAIN
};

/// A change that the creator asks for himself.
const OWN: Route = Route {
    action: Some(Action::MembershipApply),
    own: Own::Creator("creator"),
    problems: ENTRIES,
    ..CHANGE
};

const BY_PROGRAM: Route = Route { action: Some(Action::MembersWrite), ..CHANGE };

pub(crate) const ROUTES: &[Route] = &[
    Route {
        path: "/v1/programs/{program}/members",
        action: Some(Action::MembersRead),
        id: "listMembers",
        summary: "Creators and how they stand to a program",
        query: &[STATE, Param::AFTER_TEXT, Param::LIMIT],
        gives: &[gives(200, "A page.", members_out)],
        problems: &["not_found"],
        handler: list,
        ..Route::PLAIN
    },
    Route {
        path: "/v1/programs/{program}/members/{creator}",
        action: Some(Action::MembersRead),
        own: Own::Creator("creator"),
        id: "readMember",
        summary: "How a creator stands to a program, and each step that led there",
        gives: &[gives(200, "The steps, oldest first.", history_out)],
        problems: &["not_found"],
        handler: read,
        ..Route::PLAIN
    },
    Route {
        path: "/v1/programs/{program}/members/{creator}/apply",
        id: "applyForProgram",
        summary: "Apply for a program",
        detail: "Taken where all conditions hold and the time after the last review is over. With \
                 a review the answer is promised for a working day of the creator's country; \
                 without one he is in.",
        handler: apply,
        ..OWN
    },
    Route {
        path: "/v1/programs/{program}/members/{creator}/accept",
        id: "acceptInvitation",
        summary: "Accept an invitation",
        handler: accept,
        ..OWN
    },
    Route {
        path: "/v1/programs/{program}/members/{creator}/leave",
        id: "leaveProgram",
        summary: "Leave a program, or take an application back",
        detail: "What was earned stays; the creator may come back.",
        handler: leave,
        ..OWN
    },
    Route {
        path: "/v1/programs/{program}/members/{creator}/invite",
        id: "inviteCreator",
        summary: "Invite a creator",
        handler: invite,
        ..BY_PROGRAM
    },
    Route {
        path: "/v1/programs/{program}/members/{creator}/suspend",
        id: "suspendMember",
        summary: "Let a member earn nothing until he is restored",
        body: Some(Body {
            media: &[(JSON, reasons_in, r#"{"reasons":["not_in_good_standing"]}"#)],
            bytes_max: 4 << 10,
        }),
        handler: suspend,
        ..BY_PROGRAM
    },
    Route {
        path: "/v1/programs/{program}/members/{creator}/restore",
        id: "restoreMember",
        summary: "Let a suspended member earn again",
        handler: restore,
        ..BY_PROGRAM
    },
    Route {
        path: "/v1/programs/{program}/members/{creator}/remove",
        id: "removeMember",
        summary: "End a membership",
        detail: "`why` is what the creator reads.",
        body: Some(Body {
            media: &[(JSON, why_in, r#"{"why":"copied works, after two warnings"}"#)],
            bytes_max: 4 << 10,
        }),
        handler: remove,
        ..BY_PROGRAM
    },
    Route {
        path: "/v1/programs/{program}/members/{creator}/override",
        id: "overrideAdmission",
        summary: "Make a creator a member against the rules",
        detail: "Two people's decision, always: a proposal is made of it.",
        body: Some(Body {
            media: &[(JSON, why_in, r#"{"why":"young, with works like no other"}"#)],
            bytes_max: 4 << 10,
        }),
        gives: &[PROPOSED],
        problems: &["not_found", "wrong_state", "key_reused"],
        handler: force,
        ..BY_PROGRAM
    },
];

fn state_schema() -> Value {
    schema::word("A state of membership.", &State::WORDS)
}

fn fields() -> Vec<(&'static str, Value)> {
    vec![
        ("program", schema::text("The program.")),
        ("creator", schema::id()),
        ("state", state_schema()),
        ("since", schema::day()),
        ("facts", json!({ "type": "object", "description": "What belongs to the state." })),
    ]
}

pub(crate) fn member_out() -> Value {
    schema::object(&fields())
}

fn members_out() -> Value {
    schema::page(member_out())
}

fn history_out() -> Value {
    let mut step = fields();
    step.extend([
        ("id", schema::int("Its number.")),
        ("actor", schema::text("Who did it.")),
        ("reason", schema::text("Why.")),
        ("recorded", schema::time()),
    ]);
    schema::object(&[
        ("membership", schema::maybe(member_out())),
        ("steps", schema::list(schema::object(&step))),
    ])
}

fn codes() -> Vec<&'static str> {
    Reason::ALL.iter().map(|reason| reason.code()).collect()
}

pub(crate) fn reason_schema() -> Value {
    schema::word("A reason code.", &codes())
}

fn reasons_in() -> Value {
    let mut reasons = schema::list(reason_schema());
    reasons["minItems"] = json!(1);
    reasons["maxItems"] = json!(10);
    schema::input(&["reasons"], &[("reasons", reasons)])
}

fn why_in() -> Value {
    let mut why = schema::name("Why.");
    why["maxLength"] = json!(500);
    schema::input(&["why"], &[("why", why)])
}

fn known(server: &Server, program: &str) -> Result<(), Problem> {
    server.read(|stipend| app::programs::versions(stipend, Some(program))).map(|_| ())
}

fn list(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (program, limit) = (call.part("program"), call.limit()?);
    known(server, program)?;
    let state = call.asked("state").unwrap_or_default();
    if !state.is_empty() && !State::WORDS.contains(&state) {
        let text = format!("the parameter `state` is none of: {}", State::WORDS.join(", "));
        return Err(Problem::new("bad_request", text));
    }
    let after = call.asked("after").unwrap_or_default();
    let rows =
        server.read(|stipend| Ok(stipend.db.memberships_page(program, state, after, limit)?))?;
    let items = rows.iter().map(to_json).collect();
    let cursor = |item: &Value| item["creator"].as_str().unwrap_or_default().to_owned();
    Ok(Reply::json(&page(items, limit, cursor)))
}

fn read(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (program, creator) = (call.part("program"), call.part("creator"));
    known(server, program)?;
    let (found, row, steps) = server.read(|stipend| {
        let found = stipend.db.find_creator(creator)?;
        let row = stipend.db.membership(program, creator)?;
        Ok((found, row, stipend.db.steps(program, creator)?))
    })?;
    if found.is_none() {
        return Err(Problem::new("not_found", format!("no creator `{creator}` is known")));
    }
    let shown = |step| {
        let mut shown = step_json(step);
        // Creators read what was decided and why, not by whom.
        if call.grant != Grant::All {
            shown["actor"] = json!("");
        }
        shown
    };
    let steps: Vec<Value> = steps.iter().map(shown).collect();
    Ok(Reply::json(&json!({ "membership": row.as_ref().map(to_json), "steps": steps })))
}

fn wish(server: &Server, call: &Call, what: What) -> Result<Reply, Problem> {
    because(server, call, what, call.reason().to_owned())
}

fn because(server: &Server, call: &Call, what: What, why: String) -> Result<Reply, Problem> {
    let (program, creator) = (call.part("program").to_owned(), call.part("creator").to_owned());
    let wish = Wish { program, creator, what, why };
    Ok(call.send(server, Command::Member(wish))?.into())
}

fn eligible(server: &Server, call: &Call) -> Result<app::membership::Eligible, Problem> {
    let (program, creator) = (call.part("program"), call.part("creator"));
    server.read(|stipend| app::entry::eligible(stipend, program, creator, call.now_us))
}

fn apply(server: &Server, call: &Call) -> Result<Reply, Problem> {
    wish(server, call, What::Apply(eligible(server, call)?))
}

fn accept(server: &Server, call: &Call) -> Result<Reply, Problem> {
    wish(server, call, What::Accept(eligible(server, call)?))
}

fn leave(server: &Server, call: &Call) -> Result<Reply, Problem> {
    wish(server, call, What::Leave)
}

fn invite(server: &Server, call: &Call) -> Result<Reply, Problem> {
    wish(server, call, What::Invite)
}

/// Codes of a body's field.
pub(crate) fn reasons(value: Option<&Value>) -> Result<Vec<Reason>, Problem> {
    let wrong = || Problem::new("invalid", "`reasons` is a list of 1 to 10 reason codes");
    let codes = value.and_then(Value::as_array).ok_or_else(wrong)?;
    let found: Option<Vec<Reason>> =
        codes.iter().map(|code| Reason::from_code(code.as_str()?)).collect();
    found.filter(|found| (1..=10).contains(&found.len())).ok_or_else(wrong)
}

fn suspend(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["reasons"])?;
    wish(server, call, What::Suspend(reasons(body.get("reasons"))?))
}

fn restore(server: &Server, call: &Call) -> Result<Reply, Problem> {
    wish(server, call, What::Restore)
}

/// Why, from the body.
fn why(call: &Call) -> Result<String, Problem> {
    let body = call.object(&["why"])?;
    let wrong = || Problem::new("invalid", "`why` has 1 to 500 characters, not only blanks");
    let why = body.get("why").and_then(Value::as_str).ok_or_else(wrong)?;
    let length = why.chars().count();
    if why.trim().is_empty() || length > 500 || why.chars().any(kernel::id::is_hidden) {
        return Err(wrong());
    }
    Ok(why.to_owned())
}

fn remove(server: &Server, call: &Call) -> Result<Reply, Problem> {
    because(server, call, What::Remove, why(call)?)
}

fn force(server: &Server, call: &Call) -> Result<Reply, Problem> {
    because(server, call, What::Override, why(call)?)
}
