//! Facts of creators and works: told with the day from which they hold, read as they stand.
use app::access::Action;
use app::command::Command;
use app::problem::Problem;
use catalog::Word;
use kernel::day::instant;
use lake::intake::InputFormat;
use serde_json::{Value, json};

use crate::call::{Call, JSON, Reply, page};
use crate::route::{Body, Gives, Method, Own, Param, Route};
use crate::schema;
use crate::server::Server;

const ONE_MAX: usize = 64 << 10;
const MANY_MAX: usize = 16 << 20;

const CREATOR: &str = include_str!("../examples/creator.json");
const WORK: &str = include_str!("../examples/work.json");
const ROWS: &str = include_str!("../examples/catalog.ndjson");

const TOLD: &[Gives] =
    &[Gives { status: 200, what: "The facts are durable.", media: JSON, schema: told }];

pub(crate) const ROUTES: &[Route] = &[
    Route {
        method: Method::Put,
        path: "/v1/creators/{creator}",
        action: Some(Action::CatalogWrite),
        own: Own::Nobody,
        id: "tellCreator",
        summary: "Tell facts of a creator",
        detail: "Facts that are not named stay as they were. `effective` is the day from which \
                 they hold; without it, today, or for a new creator always.",
        query: &[],
        body: Some(Body { media: &[(JSON, creator_in, CREATOR)], bytes_max: ONE_MAX }),
        gives: TOLD,
        links: &[],
        problems: &["all_refused", "key_reused"],
        handler: tell_creator,
    },
    Route {
        method: Method::Put,
        path: "/v1/works/{work}",
        action: Some(Action::CatalogWrite),
        own: Own::Nobody,
        id: "tellWork",
        summary: "Tell facts of a work",
        detail: "Facts that are not named stay as they were. A creator who is not known yet is \
                 made known.",
        query: &[],
        body: Some(Body { media: &[(JSON, work_in, WORK)], bytes_max: ONE_MAX }),
        gives: TOLD,
        links: &[],
        problems: &["all_refused", "key_reused"],
        handler: tell_work,
    },
    Route {
        method: Method::Post,
        path: "/v1/catalog",
        action: Some(Action::CatalogWrite),
        own: Own::Nobody,
        id: "tellCatalog",
        summary: "Tell facts of many creators and works",
        detail: "One object a line, as in files that `stipend import catalog` reads: a row with \
                 `work` tells of a work, one without of the `creator`.",
        query: &[],
        body: Some(Body { media: &[("application/x-ndjson", rows, ROWS)], bytes_max: MANY_MAX }),
        gives: TOLD,
        links: &[],
        problems: &["all_refused", "key_reused"],
        handler: tell_many,
    },
    Route {
        method: Method::Get,
        path: "/v1/creators",
        action: Some(Action::CatalogRead),
        own: Own::Nobody,
        id: "listCreators",
        summary: "Creators, by id",
        detail: "",
        query: &[Param::AFTER_TEXT, Param::LIMIT],
        body: None,
        gives: &[Gives { status: 200, what: "A page of ids.", media: JSON, schema: ids }],
        links: &[
            ("readCreator", "creator", "/items/0"),
            ("readEarnings", "creator", "/items/0"),
            ("explainCreator", "creator", "/items/0"),
            ("tellCreator", "creator", "/items/0"),
        ],
        problems: &[],
        handler: list_creators,
    },
    Route {
        method: Method::Get,
        path: "/v1/works",
        action: Some(Action::CatalogRead),
        own: Own::Nobody,
        id: "listWorks",
        summary: "Works, by id",
        detail: "",
        query: &[Param::AFTER_TEXT, Param::LIMIT],
        body: None,
        gives: &[Gives { status: 200, what: "A page of ids.", media: JSON, schema: ids }],
        links: &[
            ("readWork", "work", "/items/0"),
            ("explainWork", "work", "/items/0"),
            ("tellWork", "work", "/items/0"),
        ],
        problems: &[],
        handler: list_works,
    },
    Route {
        method: Method::Get,
        path: "/v1/creators/{creator}",
        action: Some(Action::CatalogRead),
        own: Own::Nobody,
        id: "readCreator",
        summary: "What is known of a creator",
        detail: "Every version of the facts, with the day from which it holds.",
        query: &[],
        body: None,
        gives: &[Gives { status: 200, what: "The versions.", media: JSON, schema: versions }],
        links: &[],
        problems: &["not_found"],
        handler: read_creator,
    },
    Route {
        method: Method::Get,
        path: "/v1/works/{work}",
        action: Some(Action::CatalogRead),
        own: Own::Nobody,
        id: "readWork",
        summary: "What is known of a work",
        detail: "Every version of the facts, with the day from which it holds.",
        query: &[],
        body: None,
        gives: &[Gives { status: 200, what: "The versions.", media: JSON, schema: versions }],
        links: &[],
        problems: &["not_found"],
        handler: read_work,
    },
];

fn words<W: Word>() -> Value {
    let words: Vec<&str> = W::WORDS.iter().map(|(_, word)| *word).collect();
    json!({ "type": "string", "enum": words })
}

/// Days with severities, or `none`.
const VIOLATIONS: &str = "^(none|20[0-9]{2}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|\
    (0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31) (minor|serious)\
    (, 20[0-9]{2}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|\
    (0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31) (minor|serious)){0,99})$";

fn creator_in() -> Value {
    schema::input(
        &[],
        &[
            ("account", schema::id()),
            ("account_type", words::<catalog::AccountType>()),
            ("verification", words::<catalog::Verification>()),
            ("standing", words::<catalog::Standing>()),
            ("joined", schema::day()),
            ("last_violation", schema::day()),
            ("country", json!({ "type": "string", "pattern": "^[A-Z]{2}$" })),
            ("age", json!({ "type": "integer", "minimum": 0, "maximum": 150 })),
            ("age_proof", words::<catalog::AgeProof>()),
            (
                "followers",
                json!({ "type": "integer", "minimum": 0, "maximum": 10_000_000_000_i64 }),
            ),
            ("surface", schema::text("The content surface, by the platform's word.")),
            ("account_type_since", schema::day()),
            (
                "violations",
                json!({
                    "type": "string", "pattern": VIOLATIONS, "maxLength": 2_100,
                    "description": "All that count, like `2026-05-20 serious, 2026-06-01 minor`.",
                }),
            ),
            ("category", schema::text("The account's field, by the platform's word.")),
            ("agency", schema::id()),
            ("groups", schema::text("Words of groups, with blanks between.")),
            ("app_client", schema::text("`ios`, `android`, or another client.")),
            (
                "app_version",
                json!({ "type": "string", "pattern": "^[0-9]{1,9}(\\.[0-9]{1,9}){0,3}$" }),
            ),
            ("synced", schema::day()),
            ("founded", schema::day()),
            ("papers", schema::flag("Of an agency: whether its papers were shown.")),
            ("effective", schema::day()),
        ],
    )
}

fn work_in() -> Value {
    schema::input(
        &["creator"],
        &[
            ("creator", schema::id()),
            ("kind", schema::text("A word of the platform: `video`, `ad`, …")),
            (
                "length_ms",
                json!({ "type": "integer", "minimum": 0, "maximum": kernel::limits::WATCH_MS_MAX }),
            ),
            ("published", schema::time()),
            ("visibility", words::<catalog::Visibility>()),
            ("review", words::<catalog::Review>()),
            ("original", schema::flag("Whether it is the creator's own.")),
            ("infringing", schema::flag("Whether it takes what is another's.")),
            ("quality", schema::text("A grade that the policy knows.")),
            ("has_ads", schema::flag("Whether it carries ads.")),
            ("commercial_order", schema::flag("Whether a brand ordered it.")),
            ("selling", schema::flag("Whether it sells goods.")),
            ("paid_content", schema::flag("Whether viewers pay for it.")),
            ("selected", schema::flag("Whether the platform chose it.")),
            ("effective", schema::day()),
        ],
    )
}

fn rows() -> Value {
    let with = |mut schema: Value, name: &str, required: Value| {
        schema["properties"][name] = schema::id();
        schema["required"] = required;
        schema
    };
    let work = with(work_in(), "work", json!(["work", "creator"]));
    let creator = with(creator_in(), "creator", json!(["creator"]));
    let what = "One object a line.";
    json!({
        "type": "array", "minItems": 1, "description": what,
        "items": { "anyOf": [work, creator] },
    })
}

fn told() -> Value {
    schema::object(&[
        ("accepted", schema::int("Rows taken.")),
        ("refused", schema::int("Rows refused.")),
        ("subjects", schema::int("Creators and works that were not known.")),
        ("versions", schema::int("New versions of facts; none when all was known.")),
        ("refusals", schema::refusals()),
    ])
}

fn ids() -> Value {
    schema::page(schema::id())
}

fn versions() -> Value {
    schema::object(&[
        ("id", schema::id()),
        ("versions", schema::list(json!({ "type": "object", "required": ["effective"] }))),
    ])
}

/// Adds the id of the path to the body's object.
fn row(call: &Call, name: &str) -> Result<Vec<u8>, Problem> {
    let schema = if name == "work" { work_in() } else { creator_in() };
    let fields: Vec<&str> = schema["properties"]
        .as_object()
        .map_or(Vec::new(), |fields| fields.keys().map(String::as_str).collect());
    let mut object = call.object(&fields)?;
    if object.values().any(Value::is_null) {
        return Err(Problem::new("invalid", "a fact is not null: leave out what is not to change"));
    }
    object.insert(name.to_owned(), json!(call.part(name)));
    Ok(Value::Object(object).to_string().into_bytes())
}

fn tell(server: &Server, call: &Call, body: Vec<u8>) -> Result<Reply, Problem> {
    let read = app::facts::read(&server.facts, InputFormat::Ndjson, body);
    let told = read.map_err(|error| Problem::from(&error))?;
    if told.counts.read == 0 {
        return Err(Problem::new("bad_request", "the body has no row"));
    }
    if told.counts.accepted == 0 {
        return Err(Problem::from(&app::Error::AllRefused(told.refused)));
    }
    Ok(call.send(server, Command::TellFacts(told))?.into())
}

fn tell_creator(server: &Server, call: &Call) -> Result<Reply, Problem> {
    tell(server, call, row(call, "creator")?)
}

fn tell_work(server: &Server, call: &Call) -> Result<Reply, Problem> {
    tell(server, call, row(call, "work")?)
}

fn tell_many(server: &Server, call: &Call) -> Result<Reply, Problem> {
    tell(server, call, call.body.clone())
}

fn list_creators(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (after, limit) = (call.asked("after").unwrap_or_default(), call.limit()?);
    let found = server.read(|stipend| Ok(stipend.db.creators_page(after, limit)?))?;
    Ok(Reply::json(&id_page(found, limit)))
}

fn list_works(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (after, limit) = (call.asked("after").unwrap_or_default(), call.limit()?);
    let found = server.read(|stipend| Ok(stipend.db.works_page(after, limit)?))?;
    Ok(Reply::json(&id_page(found, limit)))
}

fn id_page(found: Vec<String>, limit: i64) -> Value {
    let items = found.into_iter().map(Value::String).collect();
    page(items, limit, |id| id.as_str().unwrap_or_default().to_owned())
}

fn read_creator(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let id = call.part("creator");
    let found = server.read(|stipend| {
        let known = stipend.db.find_creator(id)?.is_some();
        Ok((known, stipend.db.creator_versions(id)?))
    })?;
    let (true, versions) = found else {
        return Err(Problem::new("not_found", format!("no creator `{id}` is known")));
    };
    let version = |version: &catalog::Version<catalog::CreatorFacts>| {
        let facts = &version.facts;
        json!({
            "effective": version.effective.to_string(),
            "account": facts.account,
            "account_type": facts.account_type.map(Word::word),
            "verification": facts.verification.map(Word::word),
            "standing": facts.standing.map(Word::word),
            "joined": facts.joined.map(|day| day.to_string()),
            "last_violation": facts.last_violation.map(|day| day.to_string()),
            "country": facts.country,
            "age": facts.age,
            "age_proof": facts.age_proof.map(Word::word),
            "followers": facts.followers,
            "surface": facts.surface,
            "account_type_since": facts.account_type_since.map(|day| day.to_string()),
            "violations": facts.violations.as_ref().map(ToString::to_string),
            "category": facts.category,
            "agency": facts.agency,
            "groups": facts.groups,
            "app_client": facts.app_client,
            "app_version": facts.app_version,
            "synced": facts.synced.map(|day| day.to_string()),
            "founded": facts.founded.map(|day| day.to_string()),
            "papers": facts.papers,
        })
    };
    let versions: Vec<Value> = versions.iter().map(version).collect();
    Ok(Reply::json(&json!({ "id": id, "versions": versions })))
}

fn read_work(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let id = call.part("work");
    let found = server.read(|stipend| {
        let known = stipend.db.find_work(id)?.is_some();
        Ok((known, stipend.db.work_versions(id)?))
    })?;
    let (true, versions) = found else {
        return Err(Problem::new("not_found", format!("no work `{id}` is known")));
    };
    let version = |version: &catalog::Version<catalog::WorkFacts>| {
        let facts = &version.facts;
        json!({
            "effective": version.effective.to_string(),
            "creator": facts.creator,
            "kind": facts.kind,
            "published": facts.published_us.map(instant),
            "length_ms": facts.length_ms,
            "visibility": facts.visibility.map(Word::word),
            "review": facts.review.map(Word::word),
            "original": facts.original,
            "infringing": facts.infringing,
            "quality": facts.quality,
            "has_ads": facts.has_ads,
            "commercial_order": facts.commercial_order,
            "selling": facts.selling,
            "paid_content": facts.paid_content,
            "selected": facts.selected,
        })
    };
    let versions: Vec<Value> = versions.iter().map(version).collect();
    Ok(Reply::json(&json!({ "id": id, "versions": versions })))
}
