//! Appeals: filed by creators, answered by officers.
use std::collections::BTreeSet;

use app::access::Action;
use app::appeals::{Change, Decision, What, show, to_json};
use app::command::Command;
use app::problem::Problem;
use app::remedies::{self, Plan, Query};
use app::{draw, evidence};
use appeal::{Matter, State};
use kernel::{Day, Reason};
use serde_json::{Map, Value, json};

use super::earnings::{FROM, THROUGH};
use super::members::reason_schema;
use super::proposals::PROPOSED;
use super::wallets::{CSV, gives, number, signed_amount, text, words};
use crate::call::{Call, JSON, Reply, page};
use crate::route::{Body, Gives, Method, Own, Param, Route};
use crate::schema;
use crate::server::Server;

const ANY: &str = "application/octet-stream";
const OWN: Own = Own::Creator("creator");
const NAME: Param =
    Param { name: "name", what: "What people call the file.", schema: schema::short_text };
const CHANGES: &[&str] = &[
    "not_found",
    "wrong_state",
    "taken",
    "already_ended",
    "window_closed",
    "own_decision",
    "key_reused",
];
const ACCOUNT: &str = r#"{"matter":"account","words":"I broke no rule."}"#;

/// What its creator does with a case.
const FILE: Route = Route {
    method: Method::Post,
    action: Some(Action::AppealsFile),
    own: OWN,
    gives: &[gives(200, "The case after it.", case_out)],
    problems: CHANGES,
    ..Route::PLAIN
};
/// What officers do with one.
const DECIDE: Route = Route {
    method: Method::Post,
    action: Some(Action::AppealsDecide),
    gives: &[gives(200, "The case after it.", case_out)],
    problems: CHANGES,
    ..Route::PLAIN
};
const READ_OWN: Route =
    Route { action: Some(Action::AppealsRead), own: OWN, problems: &["not_found"], ..Route::PLAIN };
const READ: Route =
    Route { action: Some(Action::AppealsDecide), problems: &["not_found"], ..Route::PLAIN };
const BYTES: Gives = Gives {
    media: ANY,
    schema: schema::any_text,
    ..gives(200, "Its bytes, to be kept and not to be shown in a page.", case_out)
};

pub(crate) const ROUTES: &[Route] = &[
    Route {
        path: "/v1/creators/{creator}/appeals",
        id: "listCreatorAppeals",
        summary: "A creator's appeals",
        query: &[Param::AFTER, Param::LIMIT],
        gives: &[gives(200, "A page.", cases_out)],
        handler: list_own,
        ..READ_OWN
    },
    Route {
        path: "/v1/creators/{creator}/appeals",
        id: "fileAppeal",
        summary: "File an appeal",
        detail: "Against what is said of the account or of a work, that a work earned nothing on a \
                 day, a rejection, or a hold. The case carries what it contests, as it was shown. \
                 One case is open per matter.",
        body: Some(Body { media: &[(JSON, matter_in, ACCOUNT)], bytes_max: 16 << 10 }),
        gives: &[gives(201, "The case.", case_out)],
        handler: file,
        ..FILE
    },
    Route {
        path: "/v1/creators/{creator}/appeals/{appeal}",
        id: "readCreatorAppeal",
        summary: "A case with what was said, its evidence, and what it brings",
        query: &[Param::LANGUAGE],
        gives: &[gives(200, "The case.", shown_out)],
        handler: read_own,
        ..READ_OWN
    },
    Route {
        path: "/v1/creators/{creator}/appeals/{appeal}/withdraw",
        id: "withdrawAppeal",
        summary: "Take an appeal back",
        handler: withdraw,
        ..FILE
    },
    Route {
        path: "/v1/creators/{creator}/appeals/{appeal}/reopen",
        id: "reopenAppeal",
        summary: "Ask another officer to look again, where the rules have a second instance",
        body: Some(Body {
            media: &[(JSON, words_in, r#"{"words":"Look at the raw file."}"#)],
            bytes_max: 16 << 10,
        }),
        handler: reopen,
        ..FILE
    },
    Route {
        path: "/v1/creators/{creator}/appeals/{appeal}/messages",
        id: "sayInAppeal",
        summary: "Say something in a case of one's own",
        body: Some(Body {
            media: &[(JSON, words_in, r#"{"words":"Here is the raw file."}"#)],
            bytes_max: 16 << 10,
        }),
        gives: &[gives(201, "What was said.", message_out)],
        handler: say_own,
        ..FILE
    },
    Route {
        path: "/v1/creators/{creator}/appeals/{appeal}/attachments",
        id: "attachToAppeal",
        summary: "Add evidence: PNG, JPEG, GIF, WebP, PDF or plain text, at most 5 MiB, ten files",
        detail: "The type is what the bytes say. Files are never opened here.",
        query: &[NAME],
        body: Some(Body {
            media: &[(ANY, schema::any_text, "a note")],
            bytes_max: evidence::BYTES_MAX,
        }),
        gives: &[gives(201, "The file.", attachment_out)],
        handler: attach,
        ..FILE
    },
    Route {
        path: "/v1/creators/{creator}/appeals/{appeal}/attachments/{attachment}",
        id: "readOwnAttachment",
        summary: "A file of a case of one's own",
        gives: &[BYTES],
        handler: own_attachment,
        ..READ_OWN
    },
    Route {
        path: "/v1/appeals",
        id: "listAppeals",
        summary: "Appeals, oldest first",
        query: &[Param::AFTER, Param::LIMIT],
        gives: &[gives(200, "A page.", cases_out)],
        problems: &[],
        handler: list,
        ..READ
    },
    Route {
        path: "/v1/appeal-queue",
        id: "readAppealQueue",
        summary: "Open appeals, the most pressing first",
        query: &[Param::LIMIT],
        gives: &[gives(200, "The first of them.", queue_out)],
        problems: &[],
        handler: queue,
        ..READ
    },
    Route {
        path: "/v1/appeals/{appeal}",
        id: "readAppeal",
        summary: "A case with what was said, its evidence, and what it brings",
        query: &[Param::LANGUAGE],
        gives: &[gives(200, "The case.", shown_out)],
        handler: read,
        ..READ
    },
    Route {
        path: "/v1/appeals/{appeal}/claim",
        id: "claimAppeal",
        summary: "Take a case",
        detail: "Nobody else can for a day. Who had a part in what is contested does not look at \
                 it.",
        handler: claim,
        ..DECIDE
    },
    Route {
        path: "/v1/appeals/{appeal}/release",
        id: "releaseAppeal",
        summary: "Give a case back",
        handler: release,
        ..DECIDE
    },
    Route {
        path: "/v1/appeals/{appeal}/messages",
        id: "writeInAppeal",
        summary: "Write to the creator of a case",
        body: Some(Body {
            media: &[(JSON, words_in, r#"{"words":"Do you have the raw file?"}"#)],
            bytes_max: 16 << 10,
        }),
        gives: &[gives(201, "What was said.", message_out)],
        handler: say,
        ..DECIDE
    },
    Route {
        path: "/v1/appeals/{appeal}/decide",
        id: "decideAppeal",
        summary: "Answer a case",
        detail: "With reason codes and words that the creator reads. An overturned decision is \
                 lifted at once; what it took on the days before is computed under the policy of \
                 each day and paid from the program's reserve by itself.",
        body: Some(Body { media: &[(JSON, decision_in, DECISION)], bytes_max: 16 << 10 }),
        handler: decide,
        ..DECIDE
    },
    Route {
        path: "/v1/appeals/{appeal}/attachments/{attachment}",
        id: "readAttachment",
        summary: "A file of a case",
        gives: &[BYTES],
        handler: attachment,
        ..READ
    },
    Route {
        path: "/v1/transparency-report",
        id: "readTransparencyReport",
        summary: "What was decided in a time, appealed, overturned, and paid back",
        detail: "By matter and reason: cases filed, answered, overturned, late, the median time to \
                 an answer; decisions about memberships by state; money restored by currency. \
                 `Accept: text/csv` gives a sheet.",
        query: &[FROM, THROUGH],
        gives: &[
            gives(200, "The report.", report_out),
            Gives { media: CSV, schema: schema::any_text, ..gives(200, "As a sheet.", report_out) },
        ],
        problems: &[],
        handler: report,
        ..READ
    },
    Route {
        method: Method::Post,
        path: "/v1/programs/{program}/backpay-reserve",
        action: Some(Action::PayoutsWrite),
        id: "fundBackpay",
        summary: "Put money into a program's reserve for back-pay, or take it out",
        detail: "Back-pay that the reserve was too small for is paid as soon as it is not.",
        body: Some(Body {
            media: &[(JSON, fund_in, r#"{"amount":"1000.00","why":"the quarter's reserve"}"#)],
            bytes_max: 4 << 10,
        }),
        gives: &[gives(200, "What the reserve has.", fund_out), PROPOSED],
        problems: &["not_found", "not_enough", "key_reused"],
        handler: fund,
        ..Route::PLAIN
    },
    Route {
        method: Method::Post,
        path: "/v1/remedy-estimates",
        action: Some(Action::AppealsDecide),
        id: "estimateRemedy",
        summary: "What it would cost to make a wrong rule or classifier good",
        detail: "Finds the works or accounts against which a reason is held since some days, and \
                 counts what that took from their creators, by program, beside the reserve. \
                 Nothing is changed.",
        body: Some(Body { media: &[(JSON, remedy_in, REMEDY)], bytes_max: 1 << 20 }),
        gives: &[gives(200, "What it means, what it costs, and its digest.", plan_out)],
        handler: estimate_remedy,
        ..Route::PLAIN
    },
    Route {
        method: Method::Post,
        path: "/v1/remedies",
        action: Some(Action::AppealsDecide),
        id: "proposeRemedy",
        summary: "Make a wrong rule or classifier good",
        detail: "Of exactly what was estimated: the digest is that of the estimate. It always \
                 waits for a second person; then the facts are right, a case holds what they took, \
                 and the reserve pays.",
        body: Some(Body {
            media: &[(JSON, remedy_proposed_in, REMEDY_PROPOSED)],
            bytes_max: 1 << 20,
        }),
        gives: &[gives(200, "What was decided.", object_out), PROPOSED],
        problems: &["not_as_shown", "already_ended", "key_reused"],
        handler: propose_remedy,
        ..Route::PLAIN
    },
];

const REMEDY: &str = "{\"code\":\"not_original\",\"since_from\":\"2026-04-27\",\
    \"since_through\":\"2026-04-27\",\"why\":\"The classifier was wrong that day.\"}";
const REMEDY_PROPOSED: &str = "{\"code\":\"not_original\",\"since_from\":\"2026-04-27\",\
    \"since_through\":\"2026-04-27\",\"why\":\"The classifier was wrong that day.\",\
    \"digest\":\"00\"}";

fn remedy_fields() -> Vec<(&'static str, Value)> {
    vec![
        ("code", reason_schema()),
        ("since_from", schema::day()),
        ("since_through", schema::day()),
        ("ids", schema::list(schema::id())),
        ("why", sentence("The answer in words, for their creators.")),
    ]
}

fn remedy_in() -> Value {
    schema::input(&["code", "since_from", "since_through", "why"], &remedy_fields())
}

fn remedy_proposed_in() -> Value {
    let mut fields = remedy_fields();
    fields.push(("digest", schema::name("The digest of the estimate.")));
    schema::input(&["code", "since_from", "since_through", "why", "digest"], &fields)
}

fn plan_out() -> Value {
    schema::object(&[
        ("code", reason_schema()),
        ("subjects", schema::int("How many works or accounts.")),
        ("first", schema::list(object("A work or account, with what is unsaid of it."))),
        ("cost", schema::list(object("A program: creators, days, amount, reserve, short."))),
        ("digest", schema::text("What an approval is bound to.")),
    ])
}

fn object_out() -> Value {
    object("What was decided: reason, digest, subjects, creators, cost.")
}

fn plan(
    server: &Server,
    call: &Call,
    more: &[&str],
) -> Result<(Plan, Map<String, Value>), Problem> {
    let mut known = vec!["code", "since_from", "since_through", "ids", "why"];
    known.extend(more);
    let body = call.object(&known)?;
    let needed = |name: &str| Problem::new("bad_request", format!("the field `{name}` is missing"));
    let code = text(&body, "code")?.and_then(Reason::from_code).ok_or_else(|| needed("code"))?;
    let from = day_of(&body, "since_from")?.ok_or_else(|| needed("since_from"))?;
    let through = day_of(&body, "since_through")?.ok_or_else(|| needed("since_through"))?;
    let listed = || Problem::new("bad_request", "`ids` is a list of ids");
    let mut ids = BTreeSet::new();
    if let Some(list) = body.get("ids") {
        for id in list.as_array().ok_or_else(listed)? {
            ids.insert(id.as_str().ok_or_else(listed)?.to_owned());
        }
    }
    let (why, query) = (words(&body, "why")?, Query { code, since: (from, through), ids });
    let plan = server.read(|stipend| remedies::plan(stipend, &query, &why, call.now_us))?;
    Ok((plan, body))
}

fn estimate_remedy(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (plan, _) = plan(server, call, &[])?;
    Ok(Reply::json(&plan.to_json()))
}

fn propose_remedy(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (plan, body) = plan(server, call, &["digest"])?;
    let digest = text(&body, "digest")?.unwrap_or_default();
    plan.is(digest).map_err(|error| Problem::from(&error))?;
    send(server, call, Change::Remedy(plan))
}

const DECISION: &str = r#"{"overturn":true,"text":"We looked again: it is your own work."}"#;
/// What a creator can contest.
const CONTESTED: [&str; 5] = ["account", "work", "verdict", "rejection", "hold"];
const MATTERS: [&str; 6] = ["account", "work", "verdict", "rejection", "hold", "remedy"];

fn object(what: &str) -> Value {
    json!({ "type": "object", "description": what })
}

fn fields() -> Vec<(&'static str, Value)> {
    vec![
        ("id", schema::int("Its number.")),
        ("creator", schema::maybe(schema::id())),
        ("matter", schema::word("What it is about.", &MATTERS)),
        ("program", schema::maybe(schema::text("The program that it is about."))),
        ("day", schema::maybe(schema::text("The day that it is about."))),
        ("work", schema::maybe(schema::text("The work that it is about."))),
        ("about", schema::maybe(schema::int("The review or hold that it is about."))),
        ("state", schema::word("Where it is.", &State::WORDS.map(|(_, word)| word))),
        ("instance", schema::int("Which officer in a row looks at it.")),
        ("receipt", object("What is contested, as it was shown.")),
        ("receipt_digest", schema::text("SHA-256 of it.")),
        ("words", schema::text("The creator's words.")),
        ("priority", schema::int("More presses more.")),
        ("escalated", schema::int("1 when it is due soon, 2 when it is overdue.")),
        ("due", schema::time()),
        ("claimed", schema::flag("Whether an officer has it.")),
        ("codes", schema::list(reason_schema())),
        ("answer", schema::maybe(schema::text("The answer."))),
        ("remedy", schema::list(object("Facts that were wrong, and when."))),
        ("filed", schema::time()),
        ("decided", schema::maybe(schema::time())),
        ("changed", schema::time()),
    ]
}

fn case_out() -> Value {
    schema::object(&fields())
}

fn cases_out() -> Value {
    schema::page(case_out())
}

fn queue_out() -> Value {
    schema::object(&[("items", schema::list(case_out()))])
}

fn message_out() -> Value {
    schema::object(&[
        ("author", schema::word("Who.", &["creator", "officer"])),
        ("body", schema::text("What.")),
        ("at", schema::time()),
    ])
}

fn attachment_out() -> Value {
    schema::object(&[
        ("id", schema::int("Its number.")),
        ("name", schema::text("Its name.")),
        ("media", schema::text("Its type, as its bytes say.")),
        ("bytes", schema::int("Its length.")),
        ("digest", schema::text("SHA-256 of it.")),
        ("by", schema::word("Who added it.", &["creator", "officer"])),
        ("added", schema::time()),
    ])
}

fn shown_out() -> Value {
    let backpay = schema::object(&[
        ("appeal", schema::int("The case.")),
        ("program", schema::text("The program that pays.")),
        ("creator", schema::id()),
        ("day", schema::text("The day.")),
        ("number", schema::int("Nought for what was computed first, higher after corrections.")),
        ("currency", schema::text("The currency.")),
        ("taken", schema::text("What would have been paid more; below nought where less.")),
        ("amount", schema::text("What is paid of it; below nought what is taken back.")),
        ("state", schema::word("Whether it was paid.", &["held", "paid"])),
        ("computed", schema::time()),
        ("paid", schema::maybe(schema::time())),
    ]);
    let text = schema::text("The reason in words.");
    let reason = schema::object(&[("code", reason_schema()), ("text", text)]);
    let mut fields = fields();
    fields.extend([
        ("messages", schema::list(message_out())),
        ("attachments", schema::list(attachment_out())),
        ("backpay", schema::list(backpay)),
        ("reasons", schema::list(reason)),
    ]);
    schema::object(&fields)
}

fn sentence(what: &str) -> Value {
    let mut words = schema::name(what);
    words["maxLength"] = json!(500);
    words
}

fn words_in() -> Value {
    schema::input(&["words"], &[("words", sentence("What one says."))])
}

fn matter_in() -> Value {
    let number = json!({ "type": "integer", "minimum": 1, "maximum": 1_000_000_000 });
    let one = |word: &str, more: &[(&str, Value)]| {
        let words = sentence("Why, in the creator's words.");
        let mut fields = vec![("matter", json!({ "const": word })), ("words", words)];
        fields.extend(more.iter().cloned());
        let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
        schema::input(&names, &fields)
    };
    let mut program = schema::short_text();
    program["minLength"] = json!(1);
    let of_day = [("program", program), ("day", schema::day()), ("work", schema::id())];
    json!({ "oneOf": [
        one("account", &[]),
        one("work", &[("work", schema::id())]),
        one("verdict", &of_day),
        one("rejection", &[("about", number.clone())]),
        one("hold", &[("about", number)]),
    ] })
}

fn decision_in() -> Value {
    let mut codes = schema::list(reason_schema());
    codes["maxItems"] = json!(20);
    schema::input(
        &["overturn", "text"],
        &[
            ("overturn", schema::flag("Whether the decision was wrong.")),
            ("codes", codes),
            ("text", sentence("The answer, for the creator.")),
            ("since", schema::day()),
        ],
    )
}

fn report_out() -> Value {
    let line = schema::object(&[
        ("matter", schema::text("What cases were about; empty for all.")),
        ("reason", schema::text("The reason's code; empty for all.")),
        ("filed", schema::int("Cases that were filed.")),
        ("answered", schema::int("Cases that were answered.")),
        ("overturned", schema::int("Of them those that were right.")),
        ("overturned_ppm", schema::maybe(schema::int("That share, in millionths."))),
        ("late", schema::int("Answered late.")),
        ("median_minutes", schema::maybe(schema::int("Median time to an answer, in minutes."))),
    ]);
    let restored = schema::object(&[
        ("currency", schema::text("The currency.")),
        ("amount", schema::text("Paid back in it.")),
    ]);
    schema::object(&[
        ("from", schema::day()),
        ("through", schema::day()),
        ("appeals", schema::list(line)),
        ("decisions", object("Steps of memberships, by state.")),
        ("claims", object("Copyright claims that were filed, and that ended, by state.")),
        ("restored", schema::list(restored)),
    ])
}

fn fund_in() -> Value {
    schema::input(&["amount", "why"], &[("amount", signed_amount()), ("why", sentence("Why."))])
}

fn fund_out() -> Value {
    schema::object(&[
        ("program", schema::text("The program.")),
        ("currency", schema::text("The currency.")),
        ("amount", schema::text("What came or went.")),
        ("has", schema::text("What the reserve has.")),
    ])
}

fn wrong(text: impl Into<String>) -> Problem {
    Problem::new("invalid", text)
}

fn send(server: &Server, call: &Call, change: Change) -> Result<Reply, Problem> {
    Ok(call.send(server, Command::Appeal(change))?.into())
}

fn creator(call: &Call) -> String {
    call.part("creator").to_owned()
}

fn list_own(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (after, limit) = (call.after()?.unwrap_or(0), call.limit()?);
    let creator = call.part("creator");
    let rows = server.read(|stipend| Ok(stipend.db.appeals_of(creator, after, limit)?))?;
    let items = rows.iter().map(to_json).collect();
    Ok(Reply::json(&page(items, limit, |item| item["id"].to_string())))
}

fn day_of(body: &Map<String, Value>, name: &str) -> Result<Option<Day>, Problem> {
    let parse = |text: &str| text.parse::<Day>().map_err(|error| wrong(error.to_string()));
    text(body, name)?.map(parse).transpose()
}

fn matter(body: &Map<String, Value>) -> Result<Matter, Problem> {
    let need = |name: &str| {
        let found = text(body, name)?.filter(|text| !text.is_empty());
        let missing = || wrong(format!("`{name}` is wanted for this matter"));
        found.map(str::to_owned).ok_or_else(missing)
    };
    let about = || {
        // JSON knows one kind of number: 7.0 is 7.
        let whole = |value: &Value| {
            let text = value.to_string();
            let text = text.strip_suffix(".0").unwrap_or(&text);
            if value.is_number() { text.parse::<i64>().ok() } else { None }
        };
        let number = body.get("about").and_then(whole).filter(|number| *number > 0);
        number.ok_or_else(|| wrong("`about` is the number of what is contested"))
    };
    match text(body, "matter")?.unwrap_or_default() {
        "account" => Ok(Matter::Account),
        "work" => Ok(Matter::Work(need("work")?)),
        "verdict" => {
            let day = day_of(body, "day")?;
            let day = day.ok_or_else(|| wrong("`day` is wanted for this matter"))?;
            Ok(Matter::Verdict { program: need("program")?, day, work: need("work")? })
        }
        "rejection" => Ok(Matter::Rejection { review: about()? }),
        "hold" => Ok(Matter::Hold { hold: about()? }),
        _ => Err(wrong(format!("`matter` is one of: {}", CONTESTED.join(", ")))),
    }
}

fn file(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["matter", "program", "day", "work", "about", "words"])?;
    let (matter, words) = (matter(&body)?, words(&body, "words")?);
    send(server, call, Change::File { creator: creator(call), matter, words })
}

fn read_own(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (id, language) = (number(call, "appeal")?, call.language()?);
    let body = server.read(|stipend| show(&mut stipend.db, id, language))?;
    if body["creator"] != call.part("creator") {
        return Err(Problem::new("not_found", format!("there is no appeal {id}")));
    }
    Ok(Reply::json(&body))
}

fn withdraw(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let id = number(call, "appeal")?;
    send(server, call, Change::Withdraw { creator: creator(call), id })
}

fn reopen(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let words = words(&call.object(&["words"])?, "words")?;
    let id = number(call, "appeal")?;
    send(server, call, Change::Reopen { creator: creator(call), id, words })
}

fn say_own(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = words(&call.object(&["words"])?, "words")?;
    let id = number(call, "appeal")?;
    send(server, call, Change::Say { creator: creator(call), id, body })
}

fn attach(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (id, name) = (number(call, "appeal")?, call.asked("name").unwrap_or_default());
    let (owner, body) = (Some(call.part("creator")), call.body.as_ref());
    let row = server.read(|stipend| evidence::keep(stipend, (id, owner), name, body, call.now_us));
    send(server, call, Change::Attach(row?))
}

fn bytes(row: &store::AttachmentRow, bytes: Vec<u8>) -> Reply {
    let plain = |c: &char| c.is_ascii_alphanumeric() || "._-".contains(*c);
    let name: String = row.name.chars().filter(plain).collect();
    Reply::file(ANY, &name, bytes)
}

fn own_attachment(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (id, file) = (number(call, "appeal")?, number(call, "attachment")?);
    let owner = Some(call.part("creator"));
    let (row, found) = server.read(|stipend| evidence::read(stipend, (id, owner), file))?;
    Ok(bytes(&row, found))
}

fn attachment(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (id, file) = (number(call, "appeal")?, number(call, "attachment")?);
    let (row, found) = server.read(|stipend| evidence::read(stipend, (id, None), file))?;
    Ok(bytes(&row, found))
}

fn list(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (after, limit) = (call.after()?.unwrap_or(0), call.limit()?);
    let rows = server.read(|stipend| Ok(stipend.db.appeals(after, limit)?))?;
    let items = rows.iter().map(to_json).collect();
    Ok(Reply::json(&page(items, limit, |item| item["id"].to_string())))
}

fn queue(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let limit = call.limit()?;
    let rows = server.read(|stipend| Ok(stipend.db.appeal_queue(limit)?))?;
    Ok(Reply::json(&json!({ "items": rows.iter().map(to_json).collect::<Vec<Value>>() })))
}

fn read(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (id, language) = (number(call, "appeal")?, call.language()?);
    Ok(Reply::json(&server.read(|stipend| show(&mut stipend.db, id, language))?))
}

fn report(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let today = kernel::Zone::utc().day_of(call.now_us);
    let day = |name: &str| call.parsed::<Day>(name, "a day like 2026-06-01");
    let through = day("through")?.unwrap_or(today);
    let from = day("from")?.unwrap_or(through.plus(-29)).min(through).max(schema::first_day());
    let found = server.read(|stipend| app::transparency::report(stipend, from, through))?;
    if call.header("accept").unwrap_or_default().contains(CSV) {
        let sheet = found.to_csv().map_err(|error| Problem::from(&error))?;
        return Ok(Reply::text("text/csv; charset=utf-8", sheet));
    }
    Ok(Reply::json(&found.to_json()))
}

fn case(server: &Server, call: &Call, what: What) -> Result<Reply, Problem> {
    let (id, by) = (number(call, "appeal")?, call.actor().to_owned());
    send(server, call, Change::Case { id, by, what })
}

fn claim(server: &Server, call: &Call) -> Result<Reply, Problem> {
    case(server, call, What::Claim)
}

fn release(server: &Server, call: &Call) -> Result<Reply, Problem> {
    case(server, call, What::Release)
}

fn say(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = words(&call.object(&["words"])?, "words")?;
    case(server, call, What::Say(body))
}

fn decide(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["overturn", "codes", "text", "since"])?;
    let overturn = body.get("overturn").and_then(Value::as_bool);
    let overturn = overturn.ok_or_else(|| wrong("`overturn` is true or false"))?;
    let bad = || wrong("`codes` is a list of at most 20 reason codes");
    let codes: Vec<Reason> = match body.get("codes") {
        None => Vec::new(),
        Some(Value::Array(codes)) if codes.len() <= 20 => {
            let code = |code: &Value| Reason::from_code(code.as_str()?);
            codes.iter().map(code).collect::<Option<_>>().ok_or_else(bad)?
        }
        Some(_) => return Err(bad()),
    };
    let (text, since) = (words(&body, "text")?, day_of(&body, "since")?);
    case(server, call, What::Decide(Decision { overturn, codes, text, since }))
}

fn fund(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["amount", "why"])?;
    let change = Change::Fund {
        program: call.part("program").to_owned(),
        amount: text(&body, "amount")?.unwrap_or_default().to_owned(),
        why: words(&body, "why")?,
        key: draw::fresh_key().map_err(|error| Problem::from(&error))?,
    };
    send(server, call, change)
}
