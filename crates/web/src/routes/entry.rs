//! May a creator enter a program, and why not (Q1, Q13, Q15, R74).
use app::access::Action;
use app::problem::Problem;
use kernel::Day;
use program::entry::Step;
use serde_json::{Value, json};

use crate::call::{Call, JSON, Reply};
use crate::route::{Gives, Own, Param, Route};
use crate::schema;
use crate::server::Server;

const DAY: Param = Param { name: "day", what: "The day; today if left out.", schema: schema::day };

pub(crate) const ROUTES: &[Route] = &[
    Route {
        path: "/v1/creators/{creator}/programs",
        action: Some(Action::EarningsRead),
        own: Own::Creator("creator"),
        id: "listOffers",
        summary: "All programs that a creator can see, and whether he may enter each",
        detail: "What each is for, whose money it pays, where it is found in the app, how the \
                 creator stands to it, and the codes of what keeps him out. Tools for advertisers \
                 are shown to advertisers alone.",
        gives: &[Gives { status: 200, what: "The programs.", media: JSON, schema: offers_out }],
        problems: &["not_found"],
        handler: offers,
        ..Route::PLAIN
    },
    Route {
        path: "/v1/creators/{creator}/entry",
        action: Some(Action::EarningsRead),
        own: Own::Creator("creator"),
        id: "diagnoseEntry",
        summary: "Whether a creator may enter a program, and why not",
        detail: "Every rule of the policy, in the order of the self-check: program, conditions, \
             region, technical, content. Each with what was seen and what is wanted; what does \
             not hold \
             has a stable code, a text in the caller's language, what can be done (`act`, `wait`, \
             `none`), and the first day on which waiting alone mends it. What is not known is \
             `indeterminate`, never yes.",
        query: &[Param::PROGRAM, DAY, Param::LANGUAGE],
        gives: &[
            Gives { status: 200, what: "The decision.", media: JSON, schema: out },
            Gives {
                status: 200,
                what: "The same for people to read.",
                media: "text/plain",
                schema: schema::any_text,
            },
        ],
        problems: &["not_found", "name_the_program", "invalid"],
        handler: diagnose,
        ..Route::PLAIN
    },
];

fn answer() -> Value {
    schema::word("Whether it holds.", &["yes", "no", "indeterminate"])
}

fn out() -> Value {
    let check = schema::object(&[
        ("rule", schema::text("The line of the policy.")),
        ("what", schema::text("What it is about, in words.")),
        ("answer", answer()),
        ("decisive", schema::flag("Whether the decision depends on it.")),
        ("code", schema::maybe(schema::text("Why not: a stable code."))),
        ("text", schema::maybe(schema::text("The same in words."))),
        ("observed", schema::text("What was seen.")),
        ("required", schema::text("What is wanted.")),
        ("remedy", schema::word("What can be done.", &["act", "wait", "none"])),
        ("how", schema::list(schema::text("A step of the way through the app."))),
        ("earliest", schema::maybe(schema::day())),
    ]);
    let steps: Vec<&str> = Step::ALL.iter().map(|step| step.word()).collect();
    let step = schema::object(&[
        ("step", schema::word("A step of the self-check.", &steps)),
        ("answer", answer()),
        ("checks", schema::list(check)),
    ]);
    let mut fields = summary_fields();
    let other = schema::object(&[
        ("program", schema::text("Its id.")),
        ("title", schema::text("Its title.")),
        ("kind", kind()),
        ("answer", answer()),
    ]);
    fields.extend([
        ("policy_digest", schema::text("SHA-256 of that document.")),
        ("counted_through", schema::maybe(schema::day())),
        ("language", schema::language()),
        ("steps", schema::list(step)),
        ("others", schema::list(other)),
    ]);
    schema::object(&fields)
}

fn kind() -> Value {
    schema::word("Whose money it pays.", &["views", "brand", "fan", "advertiser"])
}

fn summary_fields() -> Vec<(&'static str, Value)> {
    let point = schema::object(&[
        ("kind", schema::word("How it is found.", &["invitation", "search", "menu"])),
        ("path", schema::list(schema::text("A step, or the words to search for."))),
    ]);
    vec![
        ("program", schema::text("The program.")),
        ("title", schema::text("Its title.")),
        ("purpose", schema::text("What it is for.")),
        ("kind", kind()),
        ("entry_points", schema::list(point)),
        ("requires", schema::list(schema::text("A program to be a member of first."))),
        ("admission", schema::maybe(admission())),
        ("version", schema::int("The version of its policy.")),
        ("creator", schema::id()),
        ("day", schema::day()),
        ("membership", schema::maybe(super::members::member_out())),
        ("answer", answer()),
        ("earliest", schema::maybe(schema::day())),
        ("codes", schema::list(super::members::reason_schema())),
    ]
}

fn admission() -> Value {
    schema::object(&[
        ("mode", schema::word("How one comes in.", &["application", "invitation", "both"])),
        ("working_days", schema::maybe(schema::int("Within so many it is reviewed."))),
        ("rubric", schema::maybe(json!({ "type": "object", "description": "Least averages." }))),
        ("cooldown_days", schema::list(schema::int("Days after a rejection."))),
    ])
}

fn offers_out() -> Value {
    schema::object(&[("items", schema::list(schema::object(&summary_fields())))])
}

fn offers(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let creator = call.part("creator");
    let found = server.read(|stipend| app::entry::offers(stipend, creator, call.now_us))?;
    let items: Vec<Value> = found.iter().map(app::entry::Diagnosis::summary).collect();
    Ok(Reply::json(&json!({ "items": items })))
}

fn diagnose(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let day = call.parsed::<Day>("day", "a day like 2026-06-01")?;
    let (program, id, language) = (call.asked("program"), call.part("creator"), call.language()?);
    let found =
        server.read(|stipend| app::entry::diagnose(stipend, program, id, day, call.now_us))?;
    if call.wants_text() {
        return Ok(Reply::text("text/plain; charset=utf-8", found.to_text(language)));
    }
    Ok(Reply::json(&found.to_json(language)))
}
