//! Why days brought what they brought: what they were made of, why one time brought more than
//! another, and every reason why a day brought nothing.
use app::access::{Action, Grant};
use app::problem::Problem;
use kernel::Day;
use serde_json::{Value, json};

use super::earnings::{DAY, FROM, THROUGH};
use crate::call::{Call, JSON, Reply};
use crate::route::{Gives, Own, Param, Route};
use crate::schema;
use crate::server::Server;

const BEFORE_FROM: Param =
    Param { name: "before_from", what: "The first day of the time before.", schema: schema::day };
const BEFORE_THROUGH: Param = Param {
    name: "before_through",
    what: "The last day of the time before; the same number of days right before if left out.",
    schema: schema::day,
};
const WORK: Param = Param { name: "work", what: "One work alone.", schema: schema::id };

const OF_CREATOR: Route = Route {
    action: Some(Action::EarningsRead),
    own: Own::Creator("creator"),
    problems: &["not_found", "name_the_program"],
    ..Route::PLAIN
};

pub(crate) const ROUTES: &[Route] = &[
    Route {
        path: "/v1/creators/{creator}/trends",
        id: "readTrends",
        summary: "What a creator's days were made of, beside their estimates",
        detail: "Qualified views, effective interactions, value of the viewers, quality, share and \
                 rate by day, at most 400 days; of a day that was estimated before its end also \
                 what moved the estimate to the final.",
        query: &[Param::PROGRAM, FROM, THROUGH],
        gives: &[Gives { status: 200, what: "The days.", media: JSON, schema: trends_out }],
        handler: trends,
        ..OF_CREATOR
    },
    Route {
        path: "/v1/creators/{creator}/change",
        id: "explainChange",
        summary: "Why one time brought more or less than another",
        detail: "The difference of earnings, split over what it came from. The parts add up to it \
                 exactly, in no order (Shapley's value).",
        query: &[Param::PROGRAM, FROM, THROUGH, BEFORE_FROM, BEFORE_THROUGH, Param::LANGUAGE],
        gives: &[Gives { status: 200, what: "The parts.", media: JSON, schema: change_out }],
        handler: change,
        ..OF_CREATOR
    },
    Route {
        path: "/v1/creators/{creator}/works",
        id: "rankWorks",
        summary: "A creator's works by what they brought, and why each brought more or less",
        detail: "Over at most 31 days; those that brought most first. What was paid for a day is \
                 split over its works by their scores. Each work stands beside the average of all \
                 of them, the difference split over what it came from; the parts add up to it.",
        query: &[Param::PROGRAM, FROM, THROUGH, Param::LIMIT, Param::LANGUAGE],
        gives: &[Gives { status: 200, what: "The works.", media: JSON, schema: works_out }],
        handler: works,
        ..OF_CREATOR
    },
    Route {
        path: "/v1/creators/{creator}/diagnosis",
        id: "diagnoseEarnings",
        summary: "Why a creator, or a work of his, earned nothing on a day, or little",
        detail: "Every reason that applies: the account's, the works', the events', the money's; \
                 each with since when, who can change it, how, and from when on it would count \
                 again. What rests on a fact that the platform told can be appealed.",
        query: &[Param::PROGRAM, DAY, WORK, Param::LANGUAGE],
        gives: &[Gives { status: 200, what: "The reasons.", media: JSON, schema: diagnosis_out }],
        handler: diagnosis,
        ..OF_CREATOR
    },
];

fn any_object(what: &str) -> Value {
    json!({ "type": "object", "description": what })
}

fn trends_out() -> Value {
    let indicators = || schema::maybe(any_object("Indicators; ratios in millionths."));
    let part = schema::object(&[
        ("factor", schema::text("What it came from.")),
        ("amount", schema::text("How much.")),
    ]);
    let day = schema::object(&[
        ("day", schema::day()),
        ("final", indicators()),
        ("corrected", schema::text("What corrections changed.")),
        ("backpay", schema::text("What was paid back for it.")),
        ("estimate", indicators()),
        ("from_estimate", schema::maybe(schema::list(part))),
    ]);
    schema::object(&[
        ("creator", schema::id()),
        ("program", schema::text("The program.")),
        ("currency", schema::text("ISO 4217.")),
        ("from", schema::day()),
        ("through", schema::day()),
        ("days", schema::list(day)),
        ("total", schema::text("All of it, corrections and back-pay included.")),
        ("qualified_views", schema::int("All of them.")),
    ])
}

fn change_out() -> Value {
    let time = || {
        schema::object(&[
            ("from", schema::day()),
            ("through", schema::day()),
            ("total", schema::text("What it brought.")),
            ("qualified_views", schema::int("Qualified views.")),
        ])
    };
    let part = schema::object(&[
        ("factor", schema::text("What it came from.")),
        ("text", schema::text("That in words.")),
        ("amount", schema::text("How much.")),
    ]);
    schema::object(&[
        ("creator", schema::id()),
        ("program", schema::text("The program.")),
        ("currency", schema::text("ISO 4217.")),
        ("before", time()),
        ("after", time()),
        ("difference", schema::text("After less before: the sum of the parts.")),
        ("parts", schema::list(part)),
    ])
}

fn works_out() -> Value {
    schema::object(&[
        ("creator", schema::id()),
        ("program", schema::text("The program.")),
        ("currency", schema::text("ISO 4217.")),
        ("from", schema::day()),
        ("through", schema::day()),
        ("works", schema::int("How many of his works had events.")),
        ("average", schema::text("What a work brought on average, rounded down.")),
        ("total", schema::text("What was paid for these days.")),
        ("of_no_work", schema::text("What of it came of no work: carried from days before.")),
        (
            "items",
            schema::list(any_object(
                "A work: its rank, indicators, verdicts of its events, amount, and the parts of \
                 its difference to the average.",
            )),
        ),
    ])
}

fn diagnosis_out() -> Value {
    let verdicts = ["earning", "not_earning", "restored", "not_settled"];
    let list = |what: &str| schema::list(any_object(what));
    schema::object(&[
        ("creator", schema::id()),
        ("program", schema::text("The program.")),
        ("day", schema::day()),
        ("verdict", schema::word("What the day was.", &verdicts)),
        ("currency", schema::text("ISO 4217.")),
        ("paid", schema::text("Paid for it.")),
        ("restored", schema::text("Paid back for it.")),
        ("account", list("A reason of the account.")),
        ("works", list("A work with its reasons and its events by verdict.")),
        ("money", list("Why less was paid than earned.")),
    ])
}

/// From when on a day is shown to whoever asks: to its creator when it is published.
fn shown_us(call: &Call) -> Option<i64> {
    (call.grant != Grant::All).then_some(call.now_us)
}

fn time(call: &Call, from: &str, through: &str, other: (Day, Day)) -> Result<(Day, Day), Problem> {
    let from = call.parsed::<Day>(from, "a day like 2026-06-01")?;
    let through = call.parsed::<Day>(through, "a day like 2026-06-01")?;
    let through = through.unwrap_or(other.1);
    // A time that is too long is shown from its end, one that ends before it begins is its last
    // day.
    let first = through.plus(1 - app::trends::DAYS_MAX);
    Ok((from.unwrap_or(other.0).min(through).max(first).max(schema::first_day()), through))
}

/// The last month.
fn lately(call: &Call) -> (Day, Day) {
    let today = kernel::Zone::utc().day_of(call.now_us);
    (today.plus(-29), today)
}

fn trends(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let between = time(call, "from", "through", lately(call))?;
    let (program, creator) = (call.asked("program"), call.part("creator"));
    let shown = shown_us(call);
    let body =
        server.read(|stipend| app::trends::trends(stipend, program, creator, between, shown))?;
    Ok(Reply::json(&body))
}

fn change(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let after = time(call, "from", "through", lately(call))?;
    let span = after.1.epoch_days() - after.0.epoch_days() + 1;
    let before = after.0.plus(-1).max(schema::first_day());
    let other = (after.0.plus(-span), before);
    let before = time(call, "before_from", "before_through", other)?;
    let (program, creator) = (call.asked("program"), call.part("creator"));
    let (language, shown, times) = (call.language()?, shown_us(call), (before, after));
    let body = server
        .read(|stipend| app::trends::change(stipend, program, creator, times, language, shown))?;
    Ok(Reply::json(&body))
}

fn works(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let between = time(call, "from", "through", lately(call))?;
    let first = between.1.plus(1 - app::works::DAYS_MAX);
    let question = app::works::Question {
        program: call.asked("program"),
        creator: call.part("creator"),
        between: (between.0.max(first), between.1),
        language: call.language()?,
        shown_us: shown_us(call),
        limit: usize::try_from(call.limit()?).unwrap_or(0),
    };
    Ok(Reply::json(&server.read(|stipend| app::works::ranking(stipend, &question))?))
}

fn diagnosis(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let question = app::diagnosis::Question {
        program: call.asked("program"),
        creator: call.part("creator"),
        day: call.parsed::<Day>("day", "a day like 2026-06-01")?,
        work: call.asked("work"),
        language: call.language()?,
        shown_us: shown_us(call),
    };
    Ok(Reply::json(&server.read(|stipend| app::diagnosis::diagnose(stipend, &question))?))
}
