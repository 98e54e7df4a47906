//! Pieces of JSON Schema, for the description of the API.
use serde_json::{Map, Value, json};

/// An object: every field is there; more may come with a later version.
pub(crate) fn object(fields: &[(&str, Value)]) -> Value {
    let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    let properties: Map<String, Value> =
        fields.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({ "type": "object", "required": names, "properties": properties })
}

/// An object that takes only some of its fields, and no other.
pub(crate) fn input(required: &[&str], fields: &[(&str, Value)]) -> Value {
    let mut schema = object(fields);
    schema["required"] = json!(required);
    schema["additionalProperties"] = json!(false);
    schema
}

/// A list.
pub(crate) fn list(of: Value) -> Value {
    json!({ "type": "array", "items": of })
}

/// A page: items, and the cursor of the next page or null.
pub(crate) fn page(of: Value) -> Value {
    object(&[("items", list(of)), ("next", maybe(text("Cursor for `after`.")))])
}

/// A text with what it is.
pub(crate) fn text(what: &str) -> Value {
    json!({ "type": "string", "description": what })
}

/// A whole number that fits 64 bits.
pub(crate) fn int(what: &str) -> Value {
    json!({ "type": "integer", "format": "int64", "description": what })
}

/// Yes or no.
pub(crate) fn flag(what: &str) -> Value {
    json!({ "type": "boolean", "description": what })
}

/// Anything of a schema, or null.
pub(crate) fn maybe(of: Value) -> Value {
    json!({ "anyOf": [of, { "type": "null" }] })
}

/// One of some words.
pub(crate) fn word(what: &str, words: &[&str]) -> Value {
    json!({ "type": "string", "description": what, "enum": words })
}

/// A day, `2026-06-01`.
pub(crate) fn day() -> Value {
    let what = "A day, like `2026-06-01`.";
    json!({ "type": "string", "format": "date", "pattern": "^20[0-9]{2}-", "description": what })
}

/// The first day that [`day`] takes; what would come out before it is that day.
pub(crate) fn first_day() -> kernel::Day {
    kernel::Zone::utc().day_of(FIRST_DAY_US)
}

/// 2000-01-01.
const FIRST_DAY_US: i64 = 946_684_800_000_000;

/// A language of the product.
pub(crate) fn language() -> Value {
    word("A language of the product.", &bus::LANGUAGES)
}

/// An instant.
pub(crate) fn time() -> Value {
    json!({ "type": "string", "format": "date-time", "description": "An instant, in UTC." })
}

/// What an id may not have: control, zero-width and direction characters, noncharacters.
const ID: &str = "^[^\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f\
    \\u2028-\\u202e\\u2060-\\u2069\\ufeff\\ufff9-\\ufffb]*$";
const ID_MAX: u32 = 200;

/// What people call something: as an id, but not blank.
pub(crate) fn name(what: &str) -> Value {
    let allowed = ID.trim_start_matches('^').trim_end_matches("*$");
    let visible = allowed.replacen("[^", "[^\\s", 1);
    let pattern = format!("^{allowed}*{visible}{allowed}*$");
    json!({
        "type": "string", "minLength": 1, "maxLength": 200, "pattern": pattern, "description": what,
    })
}

/// An id of a creator or a work.
pub(crate) fn id() -> Value {
    let what = "The platform's id.";
    json!({
        "type": "string", "minLength": 1, "maxLength": ID_MAX, "pattern": ID, "description": what,
    })
}

/// The number of items of a page.
pub(crate) fn limit() -> Value {
    json!({ "type": "integer", "minimum": 1, "maximum": 1000, "default": 100 })
}

/// Any text of a body.
pub(crate) fn any_text() -> Value {
    json!({ "type": "string" })
}

/// Any text of a query.
pub(crate) fn short_text() -> Value {
    json!({ "type": "string", "maxLength": 200, "pattern": "^[^\\u0000]*$" })
}

/// A number of a page's place.
pub(crate) fn cursor() -> Value {
    json!({ "type": "integer", "format": "int64", "minimum": 0 })
}

/// Refused rows.
pub(crate) fn refusals() -> Value {
    list(object(&[
        ("line", int("The row, from 1.")),
        ("code", text("A stable code: docs/reference/mapping.md lists them.")),
        ("field", text("The field that is at fault.")),
        ("message", text("What is wrong with it.")),
    ]))
}
