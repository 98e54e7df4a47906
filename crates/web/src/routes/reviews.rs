//! Reviews of applications.
use app::access::Action;
use app::command::Command;
use app::problem::Problem;
use app::reviews::{Case, Grades, Opinion, What, to_json};
use program::admission::{Criterion, GRADE_MAX};
use serde_json::{Value, json};

use super::members::{reason_schema, reasons};
use crate::call::{Call, JSON, Reply, page};
use crate::route::{Body, Gives, Method, Param, Route};
use crate::schema;
use crate::server::Server;

const fn gives(status: u16, what: &'static str, schema: fn() -> Value) -> Gives {
    Gives { status, what, media: JSON, schema }
}

const EXAMPLE: &str = r#"{
    "approve": false, "reasons": ["recent_work_quality"], "grades": {},
    "remark": "The picture is blurred."
}"#;
const CHANGES: &[&str] =
    &["not_found", "wrong_state", "taken", "already_ended", "forbidden", "key_reused"];

const CHANGE: Route = Route {
    method: Method::Post,
    action: Some(Action::ReviewsWrite),
    gives: &[gives(200, "The review after it.", review_out)],
    problems: CHANGES,
    ..Route::PLAIN
};

pub(crate) const ROUTES: &[Route] = &[
    Route {
        path: "/v1/reviews",
        action: Some(Action::ReviewsRead),
        id: "listReviews",
        summary: "Reviews, oldest first",
        query: &[Param::AFTER, Param::LIMIT],
        gives: &[gives(200, "A page.", reviews_out)],
        links: &[("readReview", "review", "/items/0/id"), ("claimReview", "review", "/items/0/id")],
        handler: list,
        ..Route::PLAIN
    },
    Route {
        path: "/v1/review-queue",
        action: Some(Action::ReviewsRead),
        id: "readReviewQueue",
        summary: "Open reviews, the most pressing first",
        query: &[Param::LIMIT],
        gives: &[gives(200, "The first of them.", queue_out)],
        handler: queue,
        ..Route::PLAIN
    },
    Route {
        path: "/v1/reviews/{review}",
        action: Some(Action::ReviewsRead),
        id: "readReview",
        summary: "A review: the works to be graded, by what, and what reviewers found",
        gives: &[gives(200, "The review.", review_with_rubric)],
        problems: &["not_found"],
        handler: read,
        ..Route::PLAIN
    },
    Route {
        path: "/v1/reviews/{review}/claim",
        id: "claimReview",
        summary: "Take a case",
        detail: "Nobody else can for a day. Who has said what he found of a case does not see it \
                 again.",
        handler: claim,
        ..CHANGE
    },
    Route {
        path: "/v1/reviews/{review}/release",
        id: "releaseReview",
        summary: "Give a case back",
        handler: release,
        ..CHANGE
    },
    Route {
        path: "/v1/reviews/{review}/decide",
        id: "decideReview",
        summary: "Say what one found of a case",
        detail: "A grade from 1 to 5 for each work and criterion of the rubric. With averages \
                 below the rubric nobody is let in. A rejection has concrete reasons: codes, and \
                 a remark that the creator reads. Where two people are wanted, the second \
                 decides; where they differ, a third does.",
        body: Some(Body { media: &[(JSON, opinion_in, EXAMPLE)], bytes_max: 64 << 10 }),
        handler: decide,
        ..CHANGE
    },
    Route {
        path: "/v1/programs/{program}/review-agreement",
        action: Some(Action::ReviewsRead),
        id: "readReviewAgreement",
        summary: "How often two reviewers of a case agree",
        gives: &[gives(200, "The share, and Cohen's kappa.", agreement_out)],
        problems: &["not_found"],
        handler: agreement,
        ..Route::PLAIN
    },
];

fn fields() -> Vec<(&'static str, Value)> {
    let opinion = schema::object(&[
        ("reviewer", schema::text("Who.")),
        ("verdict", schema::word("What he found.", &["approve", "reject"])),
        ("reasons", schema::list(reason_schema())),
        ("grades", json!({ "type": "object", "description": "By work and criterion." })),
        ("remark", schema::text("In his words.")),
        ("recorded", schema::time()),
    ]);
    vec![
        ("id", schema::int("Its number.")),
        ("program", schema::text("The program.")),
        ("creator", schema::id()),
        ("state", schema::word("Its state.", &["waiting", "claimed", "decided"])),
        ("priority", schema::int("More presses more.")),
        ("due", schema::time()),
        ("escalated", schema::flag("Whether it was moved to the front.")),
        ("second", schema::flag("Whether two people are wanted.")),
        ("claimed_by", schema::maybe(schema::text("Who has it."))),
        ("works", schema::list(schema::id())),
        ("opinions", schema::list(opinion)),
        ("seen", schema::int("How many have said what they found; shown when it is decided.")),
        ("created", schema::time()),
        ("decided", schema::maybe(schema::time())),
    ]
}

fn review_out() -> Value {
    schema::object(&fields())
}

fn review_with_rubric() -> Value {
    let mut fields = fields();
    fields.push(("rubric", json!({ "type": "object", "description": "Least averages." })));
    schema::object(&fields)
}

fn reviews_out() -> Value {
    schema::page(review_out())
}

fn queue_out() -> Value {
    schema::object(&[("items", schema::list(review_out()))])
}

fn opinion_in() -> Value {
    let mut grade = schema::int("From 1, the worst, to 5.");
    grade["minimum"] = json!(1);
    grade["maximum"] = json!(GRADE_MAX);
    let words: Vec<&str> = Criterion::WORDS.iter().map(|(_, word)| *word).collect();
    let of_work = json!({
        "type": "object", "additionalProperties": grade, "propertyNames": { "enum": words },
    });
    let grades = json!({
        "type": "object", "additionalProperties": of_work, "maxProperties": 100,
    });
    let mut reasons = schema::list(reason_schema());
    reasons["maxItems"] = json!(10);
    let remark = json!({
        "type": "string", "maxLength": 2_000, "description": "What the creator reads.",
    });
    schema::input(
        &["approve"],
        &[
            ("approve", schema::flag("Whether the creator is let in.")),
            ("reasons", reasons),
            ("grades", grades),
            ("remark", remark),
        ],
    )
}

fn agreement_out() -> Value {
    schema::object(&[
        ("program", schema::text("The program.")),
        ("cases", schema::int("Cases that two people saw.")),
        ("agreed", schema::int("Of them, with the same verdict.")),
        ("agreement_ppm", schema::maybe(schema::int("That share, in millionths."))),
        ("kappa_ppm", schema::maybe(schema::int("Cohen's kappa, in millionths."))),
    ])
}

fn seq(call: &Call) -> Result<i64, Problem> {
    let text = call.part("review");
    text.parse().map_err(|_| Problem::new("not_found", format!("there is no review {text}")))
}

fn list(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (limit, after) = (call.limit()?, call.after()?.unwrap_or(0));
    let items = server.read(|stipend| {
        let rows = stipend.db.reviews(after, limit)?;
        let shown = rows.iter().map(|row| Ok(to_json(row, &stipend.db.opinions(row.seq)?)));
        shown.collect::<Result<Vec<Value>, app::Error>>()
    })?;
    Ok(Reply::json(&page(items, limit, |item| item["id"].to_string())))
}

fn queue(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let limit = call.limit()?;
    let items = server.read(|stipend| {
        let rows = stipend.db.review_queue(limit)?;
        let shown = rows.iter().map(|row| Ok(to_json(row, &stipend.db.opinions(row.seq)?)));
        shown.collect::<Result<Vec<Value>, app::Error>>()
    })?;
    Ok(Reply::json(&json!({ "items": items })))
}

fn read(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let seq = seq(call)?;
    let found = server.read(|stipend| {
        let Some(row) = stipend.db.review(seq)? else { return Ok(None) };
        let mut body = to_json(&row, &stipend.db.opinions(seq)?);
        body["rubric"] = app::reviews::rubric(&mut stipend.db, &row.program, call.now_us)?;
        Ok(Some(body))
    })?;
    let missing = || Problem::new("not_found", format!("there is no review {seq}"));
    Ok(Reply::json(&found.ok_or_else(missing)?))
}

fn case(server: &Server, call: &Call, what: What) -> Result<Reply, Problem> {
    // Who has a case is a person, or a key that a person made for his own tool.
    let case = Case { seq: seq(call)?, by: call.actor().to_owned(), what };
    Ok(call.send(server, Command::Review(case))?.into())
}

fn claim(server: &Server, call: &Call) -> Result<Reply, Problem> {
    case(server, call, What::Claim)
}

fn release(server: &Server, call: &Call) -> Result<Reply, Problem> {
    case(server, call, What::Release)
}

fn grades(value: Option<&Value>) -> Result<Grades, Problem> {
    let Some(value) = value else { return Ok(Grades::new()) };
    let wrong = || {
        let words: Vec<&str> = Criterion::WORDS.iter().map(|(_, word)| *word).collect();
        let text = format!("`grades` are 1 to 5, by work, by: {}", words.join(", "));
        Problem::new("invalid", text)
    };
    let mut found = Grades::new();
    for (work, of_work) in value.as_object().ok_or_else(wrong)? {
        let held = found.entry(work.clone()).or_default();
        for (word, grade) in of_work.as_object().ok_or_else(wrong)? {
            let criterion = Criterion::from_word(word).ok_or_else(wrong)?;
            // JSON knows one kind of number: 4.0 is 4.
            let text = grade.to_string();
            let text = text.strip_suffix(".0").unwrap_or(&text);
            let grade = if grade.is_number() { text.parse::<u8>().ok() } else { None };
            let grade = grade.filter(|grade| (1..=GRADE_MAX).contains(grade));
            held.insert(criterion, grade.ok_or_else(wrong)?);
        }
    }
    Ok(found)
}

fn decide(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["approve", "reasons", "grades", "remark"])?;
    let wrong = || Problem::new("invalid", "`approve` is true or false");
    let approve = body.get("approve").and_then(Value::as_bool).ok_or_else(wrong)?;
    let reasons = match body.get("reasons") {
        None => Vec::new(),
        Some(Value::Array(codes)) if codes.is_empty() => Vec::new(),
        some => reasons(some)?,
    };
    let remark = match body.get("remark") {
        None => String::new(),
        Some(Value::String(text)) if text.chars().count() <= 2_000 => text.clone(),
        Some(_) => {
            return Err(Problem::new("invalid", "`remark` is a text of at most 2000 characters"));
        }
    };
    let grades = grades(body.get("grades"))?;
    case(server, call, What::Decide(Opinion { approve, reasons, grades, remark }))
}

fn agreement(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let program = call.part("program");
    let found = server.read(|stipend| {
        app::programs::versions(stipend, Some(program))?;
        app::reviews::agreement(&mut stipend.db, program)
    })?;
    Ok(Reply::json(&found))
}
