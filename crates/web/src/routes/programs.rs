//! Programs: policies and their versions, runs, and having days settled.
use std::time::{Duration, Instant};

use app::access::Action;
use app::command::{Command, Until};
use app::problem::Problem;
use app::programs::{self, Published};
use kernel::Day;
use kernel::day::instant;
use serde_json::{Value, json};
use store::RunRow;

use crate::call::{Call, JSON, Reply, page};
use crate::route::{Body, Gives, Method, Own, Param, Route};
use crate::schema;
use crate::server::Server;

const DOCUMENT_MAX: usize = 256 << 10;
/// The longest wait for a job, in seconds.
const WAIT_MAX_S: u64 = 120;
const TOML: &str = "application/toml";
const POLICY: &str = include_str!("../examples/policy.toml");

pub(crate) const ROUTES: &[Route] = &[
    Route {
        method: Method::Get,
        path: "/v1/programs",
        action: Some(Action::ProgramsRead),
        own: Own::Nobody,
        id: "listPrograms",
        summary: "Programs and their versions",
        detail: "",
        query: &[],
        body: None,
        gives: &[Gives { status: 200, what: "All versions.", media: JSON, schema: programs_out }],
        links: &[],
        problems: &[],
        handler: list,
    },
    Route {
        method: Method::Post,
        path: "/v1/programs",
        action: Some(Action::ProgramsWrite),
        own: Own::Nobody,
        id: "publishProgram",
        summary: "Publish a policy as the next version of its program",
        detail: "The text is frozen with its digest. The same text as the last version changes \
                 nothing.",
        query: &[],
        body: Some(Body { media: &[(TOML, schema::any_text, POLICY)], bytes_max: DOCUMENT_MAX }),
        gives: &[
            Gives { status: 201, what: "A new version.", media: JSON, schema: publication },
            Gives {
                status: 200,
                what: "It was the last version already.",
                media: JSON,
                schema: publication,
            },
            super::proposals::PROPOSED,
        ],
        links: &[("listRuns", "program", "/program"), ("settleProgram", "program", "/program")],
        problems: &["policy_invalid", "invalid", "key_reused"],
        handler: publish,
    },
    Route {
        method: Method::Get,
        path: "/v1/programs/{program}/versions/{version}",
        action: Some(Action::ProgramsRead),
        own: Own::Nobody,
        id: "readPolicy",
        summary: "The document of a version",
        detail: "`latest` is the newest version. The ETag is the document's SHA-256: with \
                 `If-None-Match` an unchanged document is not sent again.",
        query: &[],
        body: None,
        gives: &[
            Gives {
                status: 200,
                what: "The text as it was published.",
                media: TOML,
                schema: schema::any_text,
            },
            Gives {
                status: 304,
                what: "The caller has it already.",
                media: "",
                schema: schema::any_text,
            },
        ],
        links: &[],
        problems: &["not_found"],
        handler: document,
    },
    Route {
        method: Method::Post,
        path: "/v1/programs/{program}/settlements",
        action: Some(Action::RunsWrite),
        own: Own::Nobody,
        id: "settleProgram",
        summary: "Have a program's days settled",
        detail: "Adds a job and answers with it; with `Prefer: wait=60` the answer comes when the \
                 job is done, or after that many seconds. Days are settled by themselves too, \
                 before the hour at which the policy shows them.",
        query: &[],
        body: Some(Body {
            media: &[(JSON, settle_in, r#"{"through":"latest"}"#)],
            bytes_max: 4 << 10,
        }),
        gives: &[
            Gives {
                status: 202,
                what: "The job waits or runs.",
                media: JSON,
                schema: super::jobs::job,
            },
            Gives { status: 200, what: "The job is over.", media: JSON, schema: super::jobs::job },
        ],
        links: &[("readJob", "job", "/id")],
        problems: &["not_found", "invalid", "key_reused"],
        handler: settle,
    },
    Route {
        method: Method::Get,
        path: "/v1/programs/{program}/runs",
        action: Some(Action::RunsRead),
        own: Own::Nobody,
        id: "listRuns",
        summary: "Posted runs, by day and number",
        detail: "Number 0 is the settlement of a day; 1, 2, … are its corrections.",
        query: &[Param::AFTER_TEXT, Param::LIMIT],
        body: None,
        gives: &[Gives { status: 200, what: "A page of runs.", media: JSON, schema: runs_out }],
        links: &[],
        problems: &["not_found"],
        handler: runs,
    },
    Route {
        method: Method::Get,
        path: "/v1/programs/{program}/runs/{day}/{number}/lines",
        action: Some(Action::RunsRead),
        own: Own::Nobody,
        id: "listLines",
        summary: "The lines of a run, by creator",
        detail: "Amounts are in ledger units: ten-thousandths of the currency's minor unit.",
        query: &[Param::AFTER_TEXT, Param::LIMIT],
        body: None,
        gives: &[Gives { status: 200, what: "A page of lines.", media: JSON, schema: lines_out }],
        links: &[],
        problems: &["not_found"],
        handler: lines,
    },
    Route {
        method: Method::Get,
        path: "/v1/programs/{program}/runs/{day}/explanation",
        action: Some(Action::RunsRead),
        own: Own::Nobody,
        id: "explainRun",
        summary: "How a day came to its sums",
        detail: "",
        query: &[],
        body: None,
        gives: &[Gives {
            status: 200,
            what: "The explanation.",
            media: JSON,
            schema: super::earnings::explained,
        }],
        links: &[],
        problems: &["not_found"],
        handler: explain,
    },
];

fn publication() -> Value {
    schema::object(&[
        ("program", schema::text("The program.")),
        ("version", schema::int("The version.")),
        ("digest", schema::text("SHA-256 of the document, in hex.")),
        ("unchanged", schema::flag("Whether this text was the last version already.")),
    ])
}

fn programs_out() -> Value {
    schema::object(&[(
        "items",
        schema::list(schema::object(&[
            ("program", schema::text("The program.")),
            ("version", schema::int("The version.")),
            ("title", schema::text("Its title.")),
            ("asset", schema::text("The currency.")),
            ("zone", schema::text("The time zone of its day.")),
            ("effective", schema::day()),
            ("published", schema::time()),
            ("digest", schema::text("SHA-256 of the document, in hex.")),
        ])),
    )])
}

fn settle_in() -> Value {
    let through = json!({ "anyOf": [schema::day(), { "const": "latest" }] });
    schema::input(&["through"], &[("through", through)])
}

fn runs_out() -> Value {
    schema::page(schema::object(&[
        ("day", schema::day()),
        ("number", schema::int("0 for the settlement, then counting corrections.")),
        ("policy_version", schema::int("The policy's version.")),
        ("lines", schema::int("Number of lines.")),
        ("paid", schema::int("Ledger units that it paid; a correction may take back.")),
        ("accepted", schema::int("Events accepted for the day as of this run.")),
        ("inputs_digest", schema::text("SHA-256 over the day's segments and the policy.")),
        ("lines_digest", schema::text("SHA-256 of the lines as canonical CSV.")),
        ("work_days_digest", schema::text("SHA-256 of the work-days as canonical CSV.")),
        ("created", schema::time()),
        ("publish", schema::time()),
    ]))
}

fn lines_out() -> Value {
    schema::page(schema::object(&[
        ("creator", schema::id()),
        ("qualified_views", schema::int("Qualified views.")),
        ("score", schema::int("Score, in millionths of a view.")),
        ("earned", schema::int("What the score earned.")),
        ("carried_in", schema::int("What came from days before.")),
        ("paid", schema::int("What is paid for the day as of this run.")),
        ("carried_out", schema::int("What goes to days after.")),
        ("forfeited", schema::int("What a cap kept back.")),
        ("reason", schema::text("Why not more, if for a reason.")),
        ("before", schema::int("What was paid for the day before this run.")),
        ("amount", schema::int("What this run pays.")),
    ]))
}

fn versions(server: &Server, program: &str) -> Result<Vec<Published>, Problem> {
    server.read(|stipend| programs::versions(stipend, Some(program)))
}

fn list(server: &Server, _call: &Call) -> Result<Reply, Problem> {
    let item = |version: &Published| {
        json!({
            "program": version.row.program,
            "version": version.row.version,
            "title": version.policy.title,
            "asset": version.policy.asset.code(),
            "zone": version.policy.zone.name(),
            "effective": version.row.effective.to_string(),
            "published": instant(version.row.published_us),
            "digest": programs::digest_hex(&version.row),
        })
    };
    let all = server.read(programs::all)?;
    Ok(Reply::json(&json!({ "items": all.iter().map(item).collect::<Vec<_>>() })))
}

fn publish(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let document = String::from_utf8(call.body.clone())
        .map_err(|_| Problem::new("bad_request", "the document is no UTF-8"))?;
    Ok(call.send(server, Command::PublishProgram { document })?.into())
}

fn document(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let wanted = call.part("version");
    let all = versions(server, call.part("program"))?;
    let found = match wanted {
        "latest" => all.last(),
        text => all.iter().find(|version| version.row.version.to_string() == text),
    };
    let missing = || Problem::new("not_found", format!("there is no version `{wanted}`"));
    let row = &found.ok_or_else(missing)?.row;
    let tag = format!("\"{}\"", programs::digest_hex(row));
    let headers = vec![("etag", tag.clone())];
    if call.header("if-none-match").is_some_and(|tags| tags == "*" || tags.contains(&tag)) {
        return Ok(Reply { status: 304, media: TOML, body: Vec::new(), headers });
    }
    Ok(Reply { headers, ..Reply::text(TOML, row.document.as_str()) })
}

/// Seconds that the caller would wait: `Prefer: wait=N` (RFC 7240).
fn wait(call: &Call) -> Duration {
    let prefer = call.header("prefer").unwrap_or_default();
    let wanted = prefer.split([',', ';']).find_map(|part| part.trim().strip_prefix("wait="));
    let seconds = wanted.and_then(|text| text.trim().parse::<u64>().ok()).unwrap_or(0);
    Duration::from_secs(seconds.min(WAIT_MAX_S))
}

fn settle(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["through"])?;
    let wrong = || Problem::new("invalid", "`through` is a day like 2026-06-01, or `latest`");
    let until = match body.get("through").and_then(Value::as_str).ok_or_else(wrong)? {
        "latest" => Until::Latest,
        text => Until::Day(text.parse::<Day>().map_err(|_| wrong())?),
    };
    let program = call.part("program").to_owned();
    let answer = call.send(server, Command::Settle { program, until })?;
    let job: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let (Some(seq), true) = (job["id"].as_i64(), answer.status == 202) else {
        return Ok(answer.into());
    };
    let until = Instant::now() + wait(call);
    let over =
        |state: store::JobState| matches!(state, store::JobState::Done | store::JobState::Dead);
    while Instant::now() < until {
        let job = server.read(|stipend| Ok(stipend.db.job(seq)?))?;
        match job {
            Some(job) if over(job.state) => return Ok(Reply::json(&app::jobs::to_json(&job))),
            Some(_) => std::thread::sleep(Duration::from_millis(50)),
            None => break,
        }
    }
    Ok(answer.into())
}

fn runs(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let program = call.part("program");
    versions(server, program)?;
    let limit = call.limit()?;
    let after = call.asked("after").unwrap_or_default();
    let key = |run: &RunRow| format!("{}/{:06}", run.day, run.number);
    let found = server.read(|stipend| Ok(stipend.db.runs(program)?))?;
    let wanted = found.iter().filter(|run| key(run).as_str() > after);
    let item = |run: &RunRow| {
        json!({
            "day": run.day.to_string(),
            "number": run.number,
            "policy_version": run.policy_version,
            "lines": run.line_count,
            "paid": run.paid,
            "accepted": run.accepted,
            "inputs_digest": hex::encode(&run.inputs_digest),
            "lines_digest": hex::encode(&run.lines_digest),
            "work_days_digest": hex::encode(&run.work_days_digest),
            "created": instant(run.created_us),
            "publish": instant(run.publish_us),
        })
    };
    let items: Vec<Value> = wanted.take(usize::try_from(limit).unwrap_or(1)).map(item).collect();
    let cursor = |item: &Value| {
        let number = item["number"].as_i64().unwrap_or(0);
        format!("{}/{number:06}", item["day"].as_str().unwrap_or_default())
    };
    Ok(Reply::json(&page(items, limit, cursor)))
}

fn lines(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (program, limit) = (call.part("program"), call.limit()?);
    let after = call.asked("after").unwrap_or_default();
    let (day, number) = (call.part("day"), call.part("number"));
    let missing = || Problem::new("not_found", format!("{program} has no run {day}/{number}"));
    let parsed: Option<(Day, i64)> = day.parse().ok().zip(number.parse().ok());
    let (day, number) = parsed.ok_or_else(missing)?;
    let table = server.read(|stipend| app::export::run_lines(stipend, program, day, number))?;
    let Some(table) = table else { return Err(missing()) };
    let read = || -> Result<Vec<Value>, lake::TableError> {
        let (creators, reasons) = (table.texts("creator")?, table.texts("reason")?);
        let names = [
            "qualified_views",
            "score",
            "earned",
            "carried_in",
            "paid",
            "carried_out",
            "forfeited",
            "before",
            "amount",
        ];
        let columns = names.iter().map(|name| table.ints(name));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let mut rows: Vec<usize> =
            (0..table.rows()).filter(|row| creators[*row].as_str() > after).collect();
        rows.sort_by(|a, b| creators[*a].cmp(&creators[*b]));
        rows.truncate(usize::try_from(limit).unwrap_or(1));
        let item = |row: usize| {
            let mut item = json!({ "creator": creators[row], "reason": reasons[row] });
            for (name, column) in names.iter().zip(&columns) {
                item[*name] = json!(column[row]);
            }
            item
        };
        Ok(rows.into_iter().map(item).collect())
    };
    let items = read().map_err(|error| Problem::from(&app::Error::Table(error)))?;
    let cursor = |item: &Value| item["creator"].as_str().unwrap_or_default().to_owned();
    Ok(Reply::json(&page(items, limit, cursor)))
}

fn explain(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let day = call.part("day").parse::<Day>();
    let day = day.map_err(|_| Problem::new("not_found", "there is no such day"))?;
    let explained =
        server.read(|stipend| app::explain::run(stipend, Some(call.part("program")), Some(day)))?;
    Ok(super::earnings::reply(call, &explained))
}
