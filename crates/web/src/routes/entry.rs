//! May a creator enter a program, and why not (Q1, Q13, Q15, R74).
use app::access::Action;
use app::problem::Problem;
use kernel::Day;
use program::entry::Step;
use serde_json::Value;

use crate::call::{Call, JSON, Reply};
use crate::route::{Gives, Own, Param, Route};
use crate::schema;
use crate::server::Server;

const DAY: Param = Param { name: "day", what: "The day; today if left out.", schema: schema::day };

pub(crate) const ROUTES: &[Route] = &[Route {
    path: "/v1/creators/{creator}/entry",
    action: Some(Action::EarningsRead),
    own: Own::Creator("creator"),
    id: "diagnoseEntry",
    summary: "Whether a creator may enter a program, and why not",
    detail: "Every rule of the policy, in the order of the self-check: program, conditions, \
             region, technical. Each with what was seen and what is wanted; what does not hold \
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
}];

fn answer() -> Value {
    schema::word("Whether it holds.", &["yes", "no", "indeterminate"])
}

fn out() -> Value {
    let check = schema::object(&[
        ("rule", schema::text("The line of the policy.")),
        ("answer", answer()),
        ("code", schema::maybe(schema::text("Why not: a stable code."))),
        ("text", schema::maybe(schema::text("The same in words."))),
        ("observed", schema::text("What was seen.")),
        ("required", schema::text("What is wanted.")),
        ("remedy", schema::word("What can be done.", &["act", "wait", "none"])),
        ("earliest", schema::maybe(schema::day())),
    ]);
    let steps: Vec<&str> = Step::ALL.iter().map(|step| step.word()).collect();
    let step = schema::object(&[
        ("step", schema::word("A step of the self-check.", &steps)),
        ("answer", answer()),
        ("checks", schema::list(check)),
    ]);
    schema::object(&[
        ("program", schema::text("The program.")),
        ("title", schema::text("Its title.")),
        ("version", schema::int("The version of its policy.")),
        ("policy_digest", schema::text("SHA-256 of that document.")),
        ("creator", schema::id()),
        ("day", schema::day()),
        ("counted_through", schema::maybe(schema::day())),
        ("answer", answer()),
        ("earliest", schema::maybe(schema::day())),
        ("language", schema::language()),
        ("steps", schema::list(step)),
    ])
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
