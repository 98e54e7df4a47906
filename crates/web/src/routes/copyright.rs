//! Copyright claims: filed by the platform, answered by the work's creator, decided by officers.
use ::appeal::copyright::State;
use app::access::Action;
use app::command::Command;
use app::copyright::{Change, show, to_json};
use app::problem::Problem;
use kernel::{Day, Ppm};
use serde_json::{Map, Value, json};

use super::proposals::PROPOSED;
use super::wallets::{gives, number, text, words};
use crate::call::{Call, JSON, Reply, page};
use crate::route::{Body, Method, Own, Param, Route};
use crate::schema;
use crate::server::Server;

const OWN: Own = Own::Creator("creator");
const CHANGES: &[&str] = &["not_found", "wrong_state", "own_decision", "key_reused"];
const CLAIM: &str = r#"{"work":"w1","claimant":"c2","share_ppm":500000,
"words":"The music of it is mine."}"#;
const ANSWER: &str = r#"{"upheld":true,"text":"We compared both recordings."}"#;

/// What officers do with a claim.
const DECIDE: Route = Route {
    method: Method::Post,
    action: Some(Action::AppealsDecide),
    gives: &[gives(200, "The claim after it.", claim_out)],
    problems: CHANGES,
    ..Route::PLAIN
};
/// What the platform tells for a claimant.
const TELL: Route = Route { action: Some(Action::CatalogWrite), ..DECIDE };
/// What the work's creator says to it.
const ANSWERS: Route = Route { action: Some(Action::AppealsFile), own: OWN, ..DECIDE };
const READ: Route = Route {
    method: Method::Get,
    action: Some(Action::AppealsDecide),
    problems: &["not_found"],
    ..Route::PLAIN
};

pub(crate) const ROUTES: &[Route] = &[
    Route {
        path: "/v1/copyright-claims",
        id: "listCopyrightClaims",
        summary: "Copyright claims, oldest first",
        query: &[Param::AFTER, Param::LIMIT],
        gives: &[gives(200, "A page.", claims_out)],
        problems: &[],
        handler: list,
        ..READ
    },
    Route {
        path: "/v1/copyright-claims",
        id: "fileCopyrightClaim",
        summary: "File a copyright claim on a work, or on a share of it",
        detail: "From `from` on (today without it, at most 31 days ago) the share of what the work \
                 earns is held. The work's creator is told. The claimant is a creator whom the \
                 platform told of; shares of one work's claims are at most all of it.",
        body: Some(Body { media: &[(JSON, claim_in, CLAIM)], bytes_max: 16 << 10 }),
        gives: &[gives(201, "The claim.", claim_out)],
        problems: &["not_found", "taken", "key_reused"],
        handler: file,
        ..TELL
    },
    Route {
        path: "/v1/copyright-claims/{claim}",
        id: "readCopyrightClaim",
        summary: "A claim with what it took of each day",
        gives: &[gives(200, "The claim.", shown_out)],
        handler: read,
        ..READ
    },
    Route {
        path: "/v1/copyright-claims/{claim}/decide",
        id: "decideCopyrightClaim",
        summary: "Answer a claim",
        detail: "Where it is right, what was held and the share of what the work earns from now on \
                 are the claimant's; where not, what was held is the creator's again. Who filed a \
                 claim does not decide it. Can be made to need a second person \
                 (`copyright.decide`).",
        body: Some(Body { media: &[(JSON, answer_in, ANSWER)], bytes_max: 16 << 10 }),
        gives: &[gives(200, "The claim after it.", claim_out), PROPOSED],
        handler: decide,
        ..DECIDE
    },
    Route {
        path: "/v1/copyright-claims/{claim}/withdraw",
        id: "withdrawCopyrightClaim",
        summary: "Take a claim back, for its claimant",
        detail: "Of an open claim what was held is the creator's again. Of an upheld one what \
                 became the claimant's stays his, and no more follows.",
        handler: withdraw,
        ..TELL
    },
    Route {
        path: "/v1/creators/{creator}/copyright-claims",
        action: Some(Action::AppealsRead),
        own: OWN,
        id: "listCreatorCopyrightClaims",
        summary: "Claims on a creator's works, and by him",
        query: &[Param::AFTER, Param::LIMIT],
        gives: &[gives(200, "A page.", claims_out)],
        handler: list_own,
        ..READ
    },
    Route {
        path: "/v1/creators/{creator}/copyright-claims/{claim}/accept",
        id: "acceptCopyrightClaim",
        summary: "Say that a claim on one's own work is right",
        handler: accept,
        ..ANSWERS
    },
    Route {
        path: "/v1/creators/{creator}/copyright-claims/{claim}/object",
        id: "objectToCopyrightClaim",
        summary: "Say why a claim on one's own work is wrong",
        body: Some(Body {
            media: &[(JSON, words_in, r#"{"words":"I have a licence for it."}"#)],
            bytes_max: 16 << 10,
        }),
        handler: object,
        ..ANSWERS
    },
];

fn sentence(what: &str) -> Value {
    let mut words = schema::name(what);
    words["maxLength"] = json!(500);
    words
}

fn claim_in() -> Value {
    let share = json!({ "type": "integer", "minimum": 1, "maximum": 1_000_000,
                        "description": "How much of the work, in millionths; all without it." });
    schema::input(
        &["work", "claimant", "words"],
        &[
            ("work", schema::id()),
            ("claimant", schema::id()),
            ("share_ppm", share),
            ("from", schema::day()),
            ("words", sentence("What the claimant says.")),
        ],
    )
}

fn answer_in() -> Value {
    schema::input(
        &["upheld", "text"],
        &[
            ("upheld", schema::flag("Whether the claim is right.")),
            ("text", sentence("The answer, for both.")),
        ],
    )
}

fn words_in() -> Value {
    schema::input(&["words"], &[("words", sentence("What one says."))])
}

fn fields() -> Vec<(&'static str, Value)> {
    vec![
        ("id", schema::int("Its number.")),
        ("work", schema::text("The work.")),
        ("creator", schema::id()),
        ("claimant", schema::id()),
        ("share_ppm", schema::int("How much of the work, in millionths.")),
        ("from", schema::day()),
        ("state", schema::word("Where it is.", &State::WORDS.map(|(_, word)| word))),
        ("words", schema::text("What the claimant says.")),
        ("objection", schema::maybe(schema::text("What the work's creator says against it."))),
        ("answer", schema::maybe(schema::text("The officer's answer."))),
        ("filed", schema::time()),
        ("decided", schema::maybe(schema::time())),
    ]
}

pub(crate) fn claim_out() -> Value {
    schema::object(&fields())
}

fn claims_out() -> Value {
    schema::page(claim_out())
}

fn shown_out() -> Value {
    let part = schema::object(&[
        ("program", schema::text("The program that pays.")),
        ("day", schema::day()),
        ("run", schema::int("The run of that day through which it was computed.")),
        ("currency", schema::text("The currency.")),
        ("amount", schema::text("What was taken of the day more than before; less below nought.")),
    ]);
    let mut fields = fields();
    fields.push(("parts", schema::list(part)));
    schema::object(&fields)
}

fn wrong(text: impl Into<String>) -> Problem {
    Problem::new("invalid", text)
}

fn send(server: &Server, call: &Call, change: Change) -> Result<Reply, Problem> {
    Ok(call.send(server, Command::Copyright(change))?.into())
}

fn list(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (after, limit) = (call.after()?.unwrap_or(0), call.limit()?);
    let rows = server.read(|stipend| Ok(stipend.db.copyrights(after, limit)?))?;
    let items = rows.iter().map(to_json).collect();
    Ok(Reply::json(&page(items, limit, |item| item["id"].to_string())))
}

fn list_own(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (after, limit) = (call.after()?.unwrap_or(0), call.limit()?);
    let creator = call.part("creator");
    let rows = server.read(|stipend| Ok(stipend.db.copyrights_of(creator, after, limit)?))?;
    let items = rows.iter().map(to_json).collect();
    Ok(Reply::json(&page(items, limit, |item| item["id"].to_string())))
}

fn read(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let id = number(call, "claim")?;
    Ok(Reply::json(&server.read(|stipend| show(&mut stipend.db, id))?))
}

fn share(body: &Map<String, Value>) -> Result<Ppm, Problem> {
    let Some(value) = body.get("share_ppm") else { return Ok(Ppm::ONE) };
    // JSON knows one kind of number: 7.0 is 7.
    let text = value.to_string();
    let whole = text.strip_suffix(".0").unwrap_or(&text);
    let parts = if value.is_number() { whole.parse::<u32>().ok() } else { None };
    let parts = parts.filter(|parts| (1..=1_000_000).contains(parts));
    parts.map(Ppm::of).ok_or_else(|| wrong("`share_ppm` is a whole number from 1 to 1000000"))
}

fn file(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["work", "claimant", "share_ppm", "from", "words"])?;
    let need = |name: &str| {
        let found = text(&body, name)?.filter(|text| !text.is_empty());
        found.map(str::to_owned).ok_or_else(|| wrong(format!("the field `{name}` is missing")))
    };
    let parse = |text: &str| text.parse::<Day>().map_err(|error| wrong(error.to_string()));
    let from = text(&body, "from")?.map(parse).transpose()?;
    let (work, claimant, words) = (need("work")?, need("claimant")?, words(&body, "words")?);
    let share = share(&body)?;
    send(server, call, Change::File { work, claimant, share, from, words })
}

fn decide(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["upheld", "text"])?;
    let upheld = body.get("upheld").and_then(Value::as_bool);
    let upheld = upheld.ok_or_else(|| wrong("`upheld` is true or false"))?;
    let (id, text, by) = (number(call, "claim")?, words(&body, "text")?, call.actor().to_owned());
    send(server, call, Change::Decide { id, by, upheld, text })
}

fn withdraw(server: &Server, call: &Call) -> Result<Reply, Problem> {
    send(server, call, Change::Withdraw { id: number(call, "claim")? })
}

fn accept(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (creator, id) = (call.part("creator").to_owned(), number(call, "claim")?);
    send(server, call, Change::Accept { creator, id })
}

fn object(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let words = words(&call.object(&["words"])?, "words")?;
    let (creator, id) = (call.part("creator").to_owned(), number(call, "claim")?);
    send(server, call, Change::Object { creator, id, words })
}
