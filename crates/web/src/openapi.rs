//! The description of the API, made of the table of routes: OpenAPI 3.1, and a page for people.
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use app::problem::CODES;
use serde_json::{Map, Value, json};

use crate::call::JSON;
use crate::route::{self, Gives, Route};
use crate::routes::proposals::PROPOSED;
use crate::schema;

/// Codes that every route which needs a caller may give.
const EVERYWHERE: [&str; 6] =
    ["bad_request", "unauthenticated", "forbidden", "too_many_requests", "internal", "unavailable"];
/// Codes of routes that take a body.
const WITH_BODY: [&str; 4] = ["timeout", "too_large", "unsupported_media_type", "invalid"];

/// Visible ASCII and blanks; HTTP itself cuts blanks off at both ends.
const PLAIN: &str = "^[!-~]([ -~]*[!-~])?$";

const ABOUT: &str = "stipend takes in what happened on a content platform and what the platform \
knows, and says what counts, what each creator earned, and why.\n\nEvery change may carry an \
`Idempotency-Key`: the same key and request give the first answer again, byte for byte; another \
request under the key is a conflict. `X-Reason` says why, for the audit log. Problems are RFC 9457 \
with a stable `code`. Amounts named \"ledger units\" are ten-thousandths of the currency's minor \
unit.";

fn problem() -> Value {
    let mut schema = schema::object(&[
        ("type", schema::text("Where the code is explained.")),
        ("title", schema::text("What the code means.")),
        ("status", json!({ "type": "integer" })),
        ("detail", schema::text("What was wrong this time, and what to do.")),
        ("code", schema::text("A stable word.")),
    ]);
    schema["properties"]["refusals"] = schema::refusals();
    schema
}

fn codes(route: &Route) -> BTreeMap<u16, Vec<&'static str>> {
    let mut names: BTreeSet<&'static str> = route.problems.iter().copied().collect();
    if route.action.is_some() {
        names.extend(EVERYWHERE);
    } else {
        names.extend(["bad_request", "internal"]);
    }
    if route.body.is_some() {
        names.extend(WITH_BODY);
    }
    let mut by_status: BTreeMap<u16, Vec<&'static str>> = BTreeMap::new();
    for (code, status, _) in CODES.iter().filter(|(code, ..)| names.contains(code)) {
        by_status.entry(*status).or_default().push(code);
    }
    by_status
}

fn parameters(route: &Route) -> Vec<Value> {
    let mut all: Vec<Value> = route
        .parts()
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": schema::id() }))
        .collect();
    all.extend(route.query.iter().map(|param| {
        json!({
            "name": param.name,
            "in": "query",
            "required": false,
            "description": param.what,
            "schema": (param.schema)(),
        })
    }));
    if !route.reads() {
        let header = |name: &str, what: &str, most: u32| {
            let schema = json!({
                "type": "string", "minLength": 1, "maxLength": most, "pattern": PLAIN,
            });
            json!({ "name": name, "in": "header", "required": false, "description": what,
                    "schema": schema })
        };
        all.push(header("Idempotency-Key", "The same key and request are done once.", 200));
        all.push(header("X-Reason", "Why, for the audit log.", 500));
    }
    all
}

fn operation(route: &Route) -> Value {
    let mut responses = Map::new();
    for gives in route.gives {
        let key = gives.status.to_string();
        let response = responses.entry(key).or_insert_with(|| json!({ "description": gives.what }));
        if !gives.media.is_empty() {
            response["content"][gives.media] = json!({ "schema": (gives.schema)() });
        }
    }
    for (name, part, place) in route.links {
        let link = json!({
            "operationId": name,
            "parameters": { *part: format!("$response.body#{place}") },
        });
        // What was only proposed is not there yet.
        let done = |gives: &&Gives| gives.status < 300 && gives.what != PROPOSED.what;
        for gives in route.gives.iter().filter(done) {
            responses[&gives.status.to_string()]["links"][*name] = link.clone();
        }
    }
    if route.gives.iter().any(|gives| gives.what == PROPOSED.what) {
        let status = PROPOSED.status.to_string();
        responses[&status]["links"]["readProposal"] = json!({
            "operationId": "readProposal",
            "parameters": { "proposal": "$response.body#/id" },
        });
    }
    for (status, codes) in codes(route) {
        let what = codes.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", ");
        // A route may have answers of its own with that status.
        let response =
            responses.entry(status.to_string()).or_insert_with(|| json!({ "description": what }));
        response["content"]["application/problem+json"] =
            json!({ "schema": { "$ref": "#/components/schemas/Problem" } });
    }
    let mut operation = json!({
        "operationId": route.id,
        "summary": route.summary,
        "parameters": parameters(route),
        "responses": responses,
    });
    if !route.detail.is_empty() {
        operation["description"] = json!(route.detail);
    }
    if let Some(body) = route.body {
        let mut content = Map::new();
        for (media, schema, example) in body.media {
            let example = if media.ends_with("json") && *media != "application/x-ndjson" {
                serde_json::from_str(example).unwrap_or_default()
            } else {
                json!(example)
            };
            let entry = json!({ "schema": schema(), "example": example });
            content.insert((*media).to_owned(), entry);
        }
        operation["requestBody"] = json!({ "required": true, "content": content });
    }
    match route.action {
        Some(action) => {
            operation["security"] = json!([{ "key": [] }]);
            operation["x-permission"] = json!(action.word());
        }
        None => operation["security"] = json!([]),
    }
    operation
}

/// The description as OpenAPI 3.1.
#[must_use]
pub fn document() -> Value {
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for route in route::all() {
        let method = route.method.name().to_ascii_lowercase();
        paths.entry(route.path).or_default().insert(method, operation(route));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "stipend",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": { "Problem": problem() },
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key: `stipend key make` makes the first one.",
                }
            },
        },
    })
}

/// Text as it stands in a page.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Text with `code` marked.
fn prose(text: &str) -> String {
    let mut out = String::new();
    for (place, part) in escape(text).split('`').enumerate() {
        if place % 2 == 0 {
            out.push_str(part);
        } else {
            // Writing to a string cannot fail.
            write!(out, "<code>{part}</code>").unwrap_or_default();
        }
    }
    out
}

const STYLE: &str = include_str!("page.css");

fn example(route: &Route) -> String {
    let mut text = format!(
        "curl -H \"Authorization: Bearer $STIPEND_KEY\" \\\n  http://localhost:8080{}",
        route.path
    );
    if route.action.is_none() {
        text = format!("curl http://localhost:8080{}", route.path);
    }
    if route.method != route::Method::Get {
        write!(text, " \\\n  -X {}", route.method.name()).unwrap_or_default();
    }
    if let Some((media, _, body)) = route.body.and_then(|body| body.media.first()) {
        let body = body.trim_end();
        write!(text, " \\\n  -H 'Content-Type: {media}' \\\n  --data-binary '{body}'")
            .unwrap_or_default();
    }
    text
}

/// The beginning of a table.
fn head(columns: &[&str]) -> String {
    let cell = |name: &&str| format!("<th scope=\"col\">{name}</th>");
    let cells: String = columns.iter().map(cell).collect();
    format!("<table><thead><tr>{cells}</tr></thead><tbody>")
}

fn section(route: &Route, out: &mut String) {
    let (method, path) = (route.method.name(), route.path);
    let permission = route.action.map_or("open to everybody".to_owned(), |action| {
        format!("needs <code>{}</code>", action.word())
    });
    let mut html = format!(
        "<section id=\"{id}\"><h2>{summary}</h2><p><code><span class=\"verb\">{method}</span> \
         {path}</code> &middot; {permission}</p>",
        id = route.id,
        summary = escape(route.summary),
    );
    if !route.detail.is_empty() {
        html += &format!("<p>{}</p>", prose(route.detail));
    }
    if !route.query.is_empty() {
        html += &format!("<h3>Query</h3>{}", head(&["Name", "Meaning"]));
        for param in route.query {
            html += &format!(
                "<tr><td><code>{}</code></td><td>{}</td></tr>",
                param.name,
                prose(param.what)
            );
        }
        html += "</tbody></table>";
    }
    html += &format!("<h3>Example</h3><pre>{}</pre>", escape(&example(route)));
    html += &format!("<h3>Answers</h3>{}", head(&["Status", "Meaning"]));
    for gives in route.gives {
        let media = if gives.media.is_empty() || gives.media == JSON {
            String::new()
        } else {
            format!(" (<code>{}</code>)", gives.media)
        };
        html += &format!("<tr><td>{}</td><td>{}{media}</td></tr>", gives.status, prose(gives.what));
    }
    for (status, codes) in codes(route) {
        let codes: Vec<String> = codes
            .iter()
            .map(|code| format!("<a href=\"#problem-{code}\"><code>{code}</code></a>"))
            .collect();
        html += &format!("<tr><td>{status}</td><td>{}</td></tr>", codes.join(", "));
    }
    html += "</tbody></table></section>";
    out.push_str(&html);
}

/// The description as a page.
#[must_use]
pub fn page() -> String {
    let mut index = String::new();
    let mut sections = String::new();
    for route in route::all() {
        index += &format!("<li><a href=\"#{}\">{}</a></li>", route.id, escape(route.summary));
        section(route, &mut sections);
    }
    let about: String = ABOUT.split("\n\n").map(|part| format!("<p>{}</p>", prose(part))).collect();
    let mut problems = String::new();
    for (code, status, title) in CODES {
        let cells = format!("<td><code>{code}</code></td><td>{status}</td><td>{title}</td>");
        problems += &format!("<tr id=\"problem-{code}\">{cells}</tr>");
    }
    let head = head(&["Code", "Status", "Meaning"]);
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>stipend: the \
         API</title><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <style>{STYLE}</style></head><body><header><h1>stipend: the API</h1>{about}<p>The same as \
         <a href=\"/openapi.json\">OpenAPI 3.1</a>.</p></header><nav aria-label=\"Contents\"><ul>\
         {index}</ul></nav><main>{sections}<section id=\"problems\"><h2>Problems</h2>{head}\
         {problems}</tbody></table></section></main></body></html>"
    )
}
