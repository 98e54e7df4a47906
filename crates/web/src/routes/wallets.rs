//! Wallets, as their owners and the platform see them: balances, statements, methods, withdrawals.
use std::collections::BTreeMap;

use ::wallet::draw::Wish;
use ::wallet::method::{FIELDS, Kind, Method as PayoutMethod};
use ::wallet::schedule::Schedule;
use app::access::{Action, check_words};
use app::command::Command;
use app::draw::{Request, fresh_key};
use app::holds::{NewHold, REASONS};
use app::identity::{Identity, SCREENED};
use app::methods::NewMethod;
use app::problem::Problem;
use app::wallet::Change;
use app::{draw, holds, methods, payouts, statement, wallet};
use kernel::day::parse_instant;
use kernel::{Asset, Day};
use serde_json::{Map, Value, json};

use super::copyright::claim_out;
use super::proposals::PROPOSED;
use crate::call::{Call, JSON, Reply, page};
use crate::route::{Body, Gives, Method, Own, Param, Route};
use crate::schema;
use crate::server::Server;

pub(crate) const fn gives(status: u16, what: &'static str, schema: fn() -> Value) -> Gives {
    Gives { status, what, media: JSON, schema }
}

const MONTH: Param = Param { name: "month", what: "Only this month.", schema: month_schema };
const AMOUNT: Param =
    Param { name: "amount", what: "How much; all that is available, without it.", schema: amount };
const METHOD: Param = Param {
    name: "method",
    what: "The method; the first usable one, without it.",
    schema: schema::cursor,
};

const OWN: Own = Own::Creator("creator");
const MISSING: &[&str] = &["not_found"];
const CHANGES: &[&str] = &["not_found", "wrong_state", "key_reused"];

const READ: Route =
    Route { action: Some(Action::WalletsRead), own: OWN, problems: MISSING, ..Route::PLAIN };
/// What its owner does with a wallet.
const DRAW: Route = Route {
    method: Method::Post,
    action: Some(Action::WalletsDraw),
    own: OWN,
    problems: CHANGES,
    ..Route::PLAIN
};
/// What operators do with one.
const KEEP: Route = Route {
    method: Method::Post,
    action: Some(Action::WalletsWrite),
    problems: CHANGES,
    ..Route::PLAIN
};

const IDENTITY: &str = r#"{"country":"NL","name":"Ann de Vries","screened":"clear",
"screened_at":"2026-11-01T00:00:00Z","forms":[{"code":"W-8BEN","through":"2028-12-31"}]}"#;
const BANK: &str =
    r#"{"kind":"bank","details":{"holder":"Ann de Vries","iban":"NL91ABNA0417164300"}}"#;

pub(crate) const ROUTES: &[Route] = &[
    Route {
        path: "/v1/creators/{creator}/wallet",
        id: "readWallet",
        summary: "A creator's wallet: what he has in which state, and whether he may draw it",
        detail: "Money is pending, available, held, disputed, in reserve, on its way out, or \
                 owed; these never mix. For each currency the answer says what a withdrawal of \
                 all would come to now, or every reason why not.",
        query: &[Param::LANGUAGE],
        gives: &[gives(200, "The wallet.", wallet_out)],
        handler: read,
        ..READ
    },
    Route {
        path: "/v1/creators/{creator}/wallet/statement",
        id: "readStatement",
        summary: "Every movement of a wallet, with what it is for",
        detail: "As JSON, as CSV (`Accept: text/csv`), or as a page that prints well (`Accept: \
                 text/html`). A settlement's line leads on to the creator's earnings of that day.",
        query: &[MONTH],
        gives: &[
            gives(200, "The statement.", statement_out),
            Gives { media: CSV, schema: schema::any_text, ..gives(200, "As CSV.", statement_out) },
            Gives { media: HTML, schema: schema::any_text, ..gives(200, "A page.", statement_out) },
        ],
        handler: read_statement,
        ..READ
    },
    Route {
        path: "/v1/creators/{creator}/wallet/{currency}/quote",
        id: "quoteWithdrawal",
        summary: "What a withdrawal would come to, or every reason why not",
        query: &[AMOUNT, METHOD, Param::LANGUAGE],
        gives: &[gives(200, "The quote.", quote_out)],
        handler: quote,
        ..READ
    },
    Route {
        path: "/v1/creators/{creator}/payouts",
        id: "listCreatorPayouts",
        summary: "A creator's payouts",
        query: &[Param::AFTER, Param::LIMIT],
        gives: &[gives(200, "A page.", payouts_out)],
        handler: list_payouts,
        ..READ
    },
    Route {
        path: "/v1/creators/{creator}/payouts",
        id: "requestPayout",
        summary: "Draw money",
        detail: "The money is reserved at once. Send an idempotency key: a second call with it \
                 draws nothing. Until the terms' time to cancel is over it is in no batch.",
        body: Some(Body {
            media: &[(JSON, request_in, r#"{"currency":"EUR","amount":"25.00"}"#)],
            bytes_max: 4 << 10,
        }),
        gives: &[gives(201, "The payout.", payout_out)],
        problems: &["not_found", "not_drawable", "key_reused"],
        handler: request,
        ..DRAW
    },
    Route {
        path: "/v1/creators/{creator}/payouts/{payout}/cancel",
        id: "cancelPayout",
        summary: "Take a withdrawal back that is in no batch yet",
        gives: &[gives(200, "The payout.", payout_out)],
        handler: cancel,
        ..DRAW
    },
    Route {
        method: Method::Put,
        path: "/v1/creators/{creator}/wallet/schedule",
        id: "chooseSchedule",
        summary: "Choose when to be paid",
        body: Some(Body {
            media: &[(JSON, schedule_in, r#"{"schedule":"monthly"}"#)],
            bytes_max: 4 << 10,
        }),
        gives: &[gives(200, "What is kept of the wallet.", kept_out)],
        handler: choose,
        ..DRAW
    },
    Route {
        path: "/v1/creators/{creator}/methods",
        id: "listMethods",
        summary: "A creator's payout methods, without their details",
        gives: &[gives(200, "All of them.", methods_out)],
        handler: list_methods,
        ..READ
    },
    Route {
        path: "/v1/creators/{creator}/methods",
        id: "addMethod",
        summary: "Add a payout method",
        detail: "Details are sealed with a key of the person's own and never shown again, but for \
                 the last digits. The holder's name is compared with the proved one; money goes \
                 there after the terms' time of cooling off.",
        body: Some(Body { media: &[(JSON, method_in, BANK)], bytes_max: 16 << 10 }),
        gives: &[gives(201, "The method.", method_out)],
        problems: &["not_found", "taken", "details_locked", "key_reused"],
        handler: add_method,
        ..DRAW
    },
    Route {
        method: Method::Delete,
        path: "/v1/creators/{creator}/methods/{method}",
        id: "removeMethod",
        summary: "Remove a payout method",
        gives: &[gives(200, "The method as it was.", method_out)],
        handler: remove_method,
        ..DRAW
    },
    Route {
        path: "/v1/creators/{creator}/methods/{method}/confirm",
        id: "confirmMethod",
        summary: "Say that a method's holder is the creator, whatever the names look like",
        gives: &[gives(200, "The method.", method_out)],
        handler: confirm_method,
        ..KEEP
    },
    Route {
        path: "/v1/creators/{creator}/methods/{method}/refuse",
        id: "refuseMethod",
        summary: "Say that a method's holder is not the creator",
        gives: &[gives(200, "The method.", method_out)],
        handler: refuse_method,
        ..KEEP
    },
    Route {
        method: Method::Put,
        path: "/v1/creators/{creator}/identity",
        action: Some(Action::IdentitiesWrite),
        id: "tellIdentity",
        summary: "Say who a creator is by law, as the platform proved it",
        detail: "The name is sealed. `screened` is what sanctions lists say. Names of the \
                 creator's methods are compared again.",
        body: Some(Body { media: &[(JSON, identity_in, IDENTITY)], bytes_max: 16 << 10 }),
        gives: &[gives(200, "What is kept, without the name.", identity_out)],
        problems: &["not_found", "details_locked", "key_reused"],
        handler: tell,
        ..Route::PLAIN
    },
    Route {
        method: Method::Delete,
        path: "/v1/creators/{creator}/identity",
        action: Some(Action::IdentitiesWrite),
        id: "forgetIdentity",
        summary: "Destroy the key of a creator's details",
        detail: "His name and bank details can be read by nobody from then on. The ledger keeps \
                 amounts and his id.",
        gives: &[gives(200, "Whether there was one.", forgotten_out)],
        problems: CHANGES,
        handler: forget,
        ..Route::PLAIN
    },
    Route {
        path: "/v1/creators/{creator}/wallet/holds",
        id: "holdMoney",
        summary: "Hold money of a wallet, or a whole wallet",
        detail: "The creator is told, with the note. It ends at `until` by itself.",
        body: Some(Body {
            media: &[(JSON, hold_in, r#"{"reason":"dispute","note":"a claim is looked at"}"#)],
            bytes_max: 4 << 10,
        }),
        gives: &[gives(201, "The hold.", hold_out)],
        problems: &["not_found", "not_enough", "key_reused"],
        handler: hold,
        ..KEEP
    },
    Route {
        path: "/v1/creators/{creator}/wallet/claim",
        id: "claimWallet",
        summary: "Claim what became unclaimed while the wallet slept",
        gives: &[gives(200, "What is available again.", claimed_out)],
        problems: &["not_found", "key_reused"],
        handler: claim,
        ..DRAW
    },
    Route {
        path: "/v1/creators/{creator}/wallet/close",
        id: "closeWallet",
        summary: "Close a wallet that is empty",
        gives: &[gives(200, "What is kept of the wallet.", kept_out)],
        handler: close,
        ..KEEP
    },
    Route {
        path: "/v1/creators/{creator}/wallet/open",
        id: "openWallet",
        summary: "Open a wallet again",
        gives: &[gives(200, "What is kept of the wallet.", kept_out)],
        handler: open,
        ..KEEP
    },
    Route {
        path: "/v1/creators/{creator}/wallet/adjust",
        action: Some(Action::PayoutsWrite),
        id: "adjustWallet",
        summary: "Credit or debit a wallet by hand",
        detail: "Two people's decision, always: a proposal is made of it. The creator reads why.",
        body: Some(Body {
            media: &[(JSON, adjust_in, r#"{"currency":"EUR","amount":"5.00","why":"a gift"}"#)],
            bytes_max: 4 << 10,
        }),
        gives: &[PROPOSED],
        problems: &["not_found", "key_reused"],
        handler: adjust,
        ..KEEP
    },
    Route {
        path: "/v1/holds",
        action: Some(Action::WalletsRead),
        id: "listHolds",
        summary: "Money that is held",
        query: &[Param::AFTER, Param::LIMIT],
        gives: &[gives(200, "A page of open holds.", holds_out)],
        handler: list_holds,
        ..Route::PLAIN
    },
    Route {
        path: "/v1/holds/{hold}/release",
        id: "releaseHold",
        summary: "Release a hold",
        gives: &[gives(200, "The hold.", hold_out)],
        problems: &["not_found", "already_ended", "key_reused"],
        handler: release,
        ..KEEP
    },
];

pub(crate) const CSV: &str = "text/csv";
pub(crate) const HTML: &str = "text/html";
const AMOUNT_PATTERN: &str = "^(0|[1-9][0-9]{0,9})(\\.[0-9]{1,4})?$";

fn month_schema() -> Value {
    json!({ "type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$" })
}

pub(crate) fn asset() -> Value {
    schema::word("A currency's code.", &kernel::money::codes())
}

pub(crate) fn amount() -> Value {
    json!({ "type": "string", "pattern": AMOUNT_PATTERN, "description": "An amount." })
}

pub(crate) fn signed_amount() -> Value {
    let pattern = AMOUNT_PATTERN.replace("^(", "^-?(");
    json!({ "type": "string", "pattern": pattern, "description": "An amount; may be negative." })
}

fn shown(what: &str) -> Value {
    schema::text(what)
}

pub(crate) fn findings_out() -> Value {
    schema::list(schema::object(&[
        ("code", schema::text("Why: a stable code.")),
        ("text", schema::text("In the language.")),
        ("observed", schema::text("What is there.")),
        ("required", schema::text("What is wanted.")),
        ("remedy", schema::word("Who can mend it.", &["act", "wait", "none"])),
        ("until", schema::maybe(schema::time())),
    ]))
}

fn any(what: &str) -> Value {
    json!({ "type": "object", "description": what })
}

fn draw_fields() -> Vec<(&'static str, Value)> {
    vec![
        ("allowed", schema::flag("Whether it can be drawn now.")),
        ("findings", findings_out()),
        ("schedule", schema::maybe(schema::text("When is paid."))),
        ("next_pay_day", schema::maybe(schema::time())),
        ("minimum", schema::maybe(shown("The least."))),
        ("quote", schema::maybe(any("Amount, rate, tax, fee, what arrives and when."))),
    ]
}

fn quote_out() -> Value {
    let mut fields = draw_fields();
    fields.extend([("creator", schema::id()), ("currency", schema::text("The currency."))]);
    schema::object(&fields)
}

fn wallet_out() -> Value {
    let states = ::wallet::purse::Purse::default().states();
    let mut fields: Vec<(&str, Value)> = vec![("currency", schema::text("The currency."))];
    fields.extend(states.map(|(state, _)| (state, shown("An amount."))));
    fields.push(("total", shown("All of it, debts taken off.")));
    schema::object(&[
        ("creator", schema::id()),
        ("state", schema::word("Whether it is open.", &["open", "closed"])),
        ("schedule", schema::text("The schedule that the creator chose; empty for none.")),
        ("purses", schema::list(schema::object(&fields))),
        ("holds", schema::list(hold_out())),
        ("claims", schema::list(claim_out())),
        ("terms", schema::maybe(schema::int("The version of the terms."))),
    ])
}

fn claimed_out() -> Value {
    let part = schema::object(&[
        ("currency", schema::text("The currency.")),
        ("amount", shown("How much.")),
    ]);
    schema::object(&[("creator", schema::id()), ("claimed", schema::list(part))])
}

fn statement_out() -> Value {
    let line = schema::object(&[
        ("number", schema::int("The transfer's number.")),
        ("posted", schema::time()),
        ("what", schema::text("What it is for.")),
        ("program", schema::text("The program that paid.")),
        ("day", schema::text("The day that was paid for.")),
        ("run", schema::int("The run of that day.")),
        ("currency", schema::text("The currency.")),
        ("from", schema::text("The state that the money left.")),
        ("to", schema::text("The state that it came to.")),
        ("amount", shown("How much.")),
        ("total", shown("What the wallet had after it.")),
    ]);
    schema::object(&[
        ("creator", schema::id()),
        ("from", schema::maybe(schema::time())),
        ("to", schema::maybe(schema::time())),
        ("opening", any("Amounts by currency.")),
        ("closing", any("Amounts by currency.")),
        ("lines", schema::list(line)),
    ])
}

pub(crate) fn payout_out() -> Value {
    let states = payout::State::WORDS.map(|(_, word)| word);
    schema::object(&[
        ("id", schema::int("Its number.")),
        ("key", schema::text("Its key at the rail.")),
        ("creator", schema::id()),
        ("state", schema::word("Where it is.", &states)),
        ("amount", shown("What left the wallet.")),
        ("currency", schema::text("In which currency.")),
        ("method", schema::int("The method.")),
        ("rail", schema::text("The rail.")),
        ("paid_currency", schema::text("The currency that is paid out.")),
        ("gross", shown("The amount in it.")),
        ("tax", shown("What is withheld.")),
        ("tax_country", schema::text("For which country.")),
        ("fee", shown("The fee.")),
        ("net", shown("What arrives.")),
        ("rate", schema::maybe(any("The rate of exchange, with source and day."))),
        ("arrives", schema::maybe(schema::day())),
        ("batch", schema::maybe(schema::int("Its batch."))),
        ("reference", schema::text("The provider's number.")),
        ("reason", schema::text("Why it is where it is.")),
        ("created", schema::time()),
        ("ready", schema::time()),
        ("changed", schema::time()),
    ])
}

pub(crate) fn payouts_out() -> Value {
    schema::page(payout_out())
}

fn method_out() -> Value {
    schema::object(&[
        ("id", schema::int("Its number.")),
        ("creator", schema::id()),
        ("kind", kind()),
        ("country", schema::text("Where it is.")),
        ("label", schema::text("Its last digits.")),
        (
            "name",
            schema::word(
                "How the holder's name stands to the creator's.",
                &["same", "close", "different", "unknown"],
            ),
        ),
        (
            "owner",
            schema::word(
                "What the platform answered of whose it is; empty until it did.",
                &["", "same", "close", "different", "unknown"],
            ),
        ),
        ("confirmed", schema::flag("Whether a person said that it is his.")),
        ("created", schema::time()),
        ("usable", schema::time()),
    ])
}

fn methods_out() -> Value {
    schema::object(&[("items", schema::list(method_out()))])
}

fn kind() -> Value {
    schema::word("A kind of method.", &Kind::WORDS.map(|(_, word)| word))
}

fn method_in() -> Value {
    let one = |_| json!({ "type": "string", "minLength": 1, "maxLength": 140 });
    let fields: Vec<(&str, Value)> = FIELDS.iter().map(|name| (*name, one(name))).collect();
    schema::input(
        &["kind", "details"],
        &[("kind", kind()), ("details", schema::input(&[], &fields))],
    )
}

fn country() -> Value {
    schema::word("A country by its two letters.", &kernel::country::all().collect::<Vec<_>>())
}

fn code() -> Value {
    json!({ "type": "string", "pattern": "^[A-Za-z0-9-]{1,40}$", "description": "A form's code." })
}

fn identity_in() -> Value {
    let form = schema::input(&["code"], &[("code", code()), ("through", schema::day())]);
    let mut forms = schema::list(form);
    forms["maxItems"] = json!(20);
    schema::input(
        &["country", "name"],
        &[
            ("country", country()),
            ("name", schema::name("The proved name.")),
            ("forms", forms),
            ("screened", schema::word("What sanctions lists say.", &SCREENED)),
            ("screened_at", schema::time()),
        ],
    )
}

fn identity_out() -> Value {
    schema::object(&[
        ("creator", schema::id()),
        ("country", schema::text("The country.")),
        ("forms", schema::list(any("A form."))),
        ("screened", schema::text("What sanctions lists say.")),
        ("screened_at", schema::maybe(schema::time())),
        ("changed", schema::time()),
    ])
}

fn forgotten_out() -> Value {
    schema::object(&[("creator", schema::id()), ("destroyed", schema::flag("There was one."))])
}

fn hold_in() -> Value {
    let mut note = schema::name("What the creator reads.");
    note["maxLength"] = json!(500);
    schema::input(
        &["reason", "note"],
        &[
            ("currency", asset()),
            ("amount", amount()),
            ("reason", schema::word("Why.", &REASONS)),
            ("note", note),
            ("until", schema::time()),
        ],
    )
}

fn hold_out() -> Value {
    schema::object(&[
        ("id", schema::int("Its number.")),
        ("creator", schema::id()),
        ("currency", schema::maybe(schema::text("The currency; null for a whole wallet."))),
        ("amount", schema::maybe(shown("How much; null for a whole wallet."))),
        ("reason", schema::text("Why: a word.")),
        ("note", schema::text("Why: what the creator reads.")),
        ("made_by", schema::text("Who.")),
        ("created", schema::time()),
        ("until", schema::maybe(schema::time())),
        ("released", schema::maybe(schema::time())),
        ("released_by", schema::text("Who ended it.")),
    ])
}

fn holds_out() -> Value {
    schema::page(hold_out())
}

fn schedule_in() -> Value {
    schema::input(&["schedule"], &[("schedule", schema::word("When.", &Schedule::WORDS))])
}

fn kept_out() -> Value {
    schema::object(&[
        ("creator", schema::id()),
        ("state", schema::word("Whether it is open.", &["open", "closed"])),
        ("schedule", schema::text("The schedule; empty for none.")),
    ])
}

fn request_in() -> Value {
    schema::input(
        &["currency"],
        &[
            ("currency", asset()),
            ("amount", amount()),
            ("method", json!({ "type": "integer", "minimum": 1, "maximum": 1_000_000_000 })),
        ],
    )
}

fn adjust_in() -> Value {
    let mut why = schema::name("What the creator reads.");
    why["maxLength"] = json!(500);
    schema::input(
        &["currency", "amount", "why"],
        &[("currency", asset()), ("amount", signed_amount()), ("why", why)],
    )
}

fn wrong(text: impl Into<String>) -> Problem {
    Problem::new("invalid", text)
}

/// Whether a text is an amount as the API writes it.
fn is_amount(text: &str) -> bool {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let lengths = (1..=10).contains(&whole.len()) && (1..=4).contains(&part.len());
    lengths && digits(whole) && digits(part) && (whole == "0" || !whole.starts_with('0'))
}

/// A field that is a text.
pub(crate) fn text<'a>(
    body: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<&'a str>, Problem> {
    match body.get(name) {
        None => Ok(None),
        Some(value) => {
            value.as_str().map(Some).ok_or_else(|| wrong(format!("`{name}` is no text")))
        }
    }
}

/// A text that people read: 1 to 500 characters.
pub(crate) fn words(body: &Map<String, Value>, name: &str) -> Result<String, Problem> {
    let text = text(body, name)?.unwrap_or_default();
    check_words(name, text).map_err(|error| Problem::from(&error))?;
    Ok(text.to_owned())
}

fn asset_of(text: Option<&str>) -> Result<Asset, Problem> {
    let text = text.ok_or_else(|| wrong("`currency` is missing"))?;
    Asset::of(text).map_err(|error| wrong(error.to_string()))
}

fn units(asset: &Asset, name: &str, text: Option<&str>) -> Result<Option<i64>, Problem> {
    let Some(text) = text else { return Ok(None) };
    if !is_amount(text) {
        return Err(wrong(format!("`{name}` is an amount like 25.00")));
    }
    asset.parse(text).map(Some).map_err(|error| wrong(error.to_string()))
}

/// A number in the path.
pub(crate) fn number(call: &Call, name: &str) -> Result<i64, Problem> {
    let missing = || Problem::new("not_found", format!("there is no {name} of that number"));
    call.part(name).parse().ok().filter(|number| *number > 0).ok_or_else(missing)
}

fn send(server: &Server, call: &Call, change: Change) -> Result<Reply, Problem> {
    Ok(call.send(server, Command::Wallet(change))?.into())
}

fn creator(call: &Call) -> String {
    call.part("creator").to_owned()
}

fn read(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let language = call.language()?;
    let creator = call.part("creator");
    let body =
        server.read(|stipend| wallet::show(&mut stipend.db, creator, language, call.now_us))?;
    Ok(Reply::json(&body))
}

fn read_statement(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let month = call.asked("month");
    let between = month.map(|month| server.read(|stipend| statement::month(stipend, month)));
    let between = between.transpose();
    let between = between.map_err(|problem| Problem::new("bad_request", problem.detail))?;
    let found = server.read(|stipend| statement::of(stipend, call.part("creator"), between))?;
    let accept = call.header("accept").unwrap_or_default();
    if accept.contains(CSV) {
        return Ok(Reply::text(
            "text/csv; charset=utf-8",
            found.to_csv().map_err(|e| Problem::from(&e))?,
        ));
    }
    if accept.contains(HTML) {
        let page = crate::statement::page(&found);
        return Ok(Reply::text("text/html; charset=utf-8", page));
    }
    Ok(Reply::json(&found.to_json()))
}

fn wish(asset: &str, amount: Option<&str>, method: Option<i64>) -> Result<Wish, Problem> {
    let asset = asset_of(Some(asset))?;
    let amount = units(&asset, "amount", amount)?;
    Ok(Wish { asset, amount, method, scheduled: false })
}

fn quote(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let bad = |problem: Problem| Problem::new("bad_request", problem.detail);
    let asset = call.part("currency");
    if Asset::of(asset).is_err() {
        return Err(Problem::new("not_found", format!("no currency `{asset}` is known")));
    }
    let method = call.parsed::<i64>("method", "a method's number")?;
    if method.is_some_and(|method| method < 0) {
        return Err(Problem::new("bad_request", "the parameter `method` is no number of a method"));
    }
    let wish = wish(asset, call.asked("amount"), method).map_err(bad)?;
    let (creator, language) = (call.part("creator"), call.language()?);
    let body =
        server.read(|stipend| draw::quote(stipend, creator, &wish, language, call.now_us))?;
    Ok(Reply::json(&body))
}

fn list_payouts(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (creator, limit) = (call.part("creator"), call.limit()?);
    let after = call.after()?.unwrap_or(0);
    let rows = server.read(|stipend| {
        if stipend.db.find_creator(creator)?.is_none() {
            let text = format!("no creator `{creator}` is known");
            return Err(app::Error::Missing(text));
        }
        Ok(stipend.db.payouts_of(creator, after, limit)?)
    })?;
    let items = rows.iter().map(payouts::to_json).collect();
    Ok(Reply::json(&page(items, limit, |item| item["id"].to_string())))
}

fn request(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["currency", "amount", "method"])?;
    let method = match body.get("method") {
        None => None,
        Some(value) => {
            let text = value.to_string();
            let number = text.strip_suffix(".0").unwrap_or(&text).parse::<i64>().ok();
            let inside = number.filter(|number| (1..=1_000_000_000).contains(number));
            Some(inside.ok_or_else(|| wrong("`method` is the number of a method"))?)
        }
    };
    let asset = text(&body, "currency")?.unwrap_or_default();
    let wish = wish(asset, text(&body, "amount")?, method)?;
    let key = fresh_key().map_err(|error| Problem::from(&error))?;
    let request = Request { creator: creator(call), wish, key };
    Ok(call.send(server, Command::Payout(payouts::Change::Request(request)))?.into())
}

fn cancel(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let id = number(call, "payout")?;
    let change = payouts::Change::Cancel { creator: creator(call), id };
    Ok(call.send(server, Command::Payout(change))?.into())
}

fn choose(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["schedule"])?;
    let schedule = text(&body, "schedule")?.unwrap_or_default();
    if !Schedule::WORDS.contains(&schedule) {
        return Err(wrong(format!("`schedule` is one of: {}", Schedule::WORDS.join(", "))));
    }
    let schedule = schedule.to_owned();
    send(server, call, Change::Schedule { creator: creator(call), schedule })
}

fn list_methods(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let creator = call.part("creator");
    let rows = server.read(|stipend| {
        if stipend.db.find_creator(creator)?.is_none() {
            let text = format!("no creator `{creator}` is known");
            return Err(app::Error::Missing(text));
        }
        Ok(stipend.db.methods(creator)?)
    })?;
    let items: Vec<Value> = rows.iter().map(methods::to_json).collect();
    Ok(Reply::json(&json!({ "items": items })))
}

fn add_method(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["kind", "details"])?;
    let kind = text(&body, "kind")?.and_then(Kind::from_word);
    let kind = kind.ok_or_else(|| {
        wrong(format!("`kind` is one of: {}", Kind::WORDS.map(|(_, word)| word).join(", ")))
    })?;
    let details = body.get("details").and_then(Value::as_object);
    let details = details.ok_or_else(|| wrong("`details` is an object of texts"))?;
    let mut given = BTreeMap::new();
    for name in details.keys() {
        given.insert(name.clone(), text(details, name)?.unwrap_or_default().to_owned());
    }
    let method = PayoutMethod::new(kind, &given).map_err(|error| wrong(error.to_string()))?;
    send(server, call, Change::AddMethod(NewMethod { creator: creator(call), method }))
}

fn remove_method(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let id = number(call, "method")?;
    send(server, call, Change::RemoveMethod { creator: creator(call), id })
}

fn confirm_method(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let id = number(call, "method")?;
    send(server, call, Change::ConfirmMethod { creator: creator(call), id, his: true })
}

fn refuse_method(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let id = number(call, "method")?;
    send(server, call, Change::ConfirmMethod { creator: creator(call), id, his: false })
}

fn tell(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["country", "name", "forms", "screened", "screened_at"])?;
    let country = text(&body, "country")?.unwrap_or_default();
    if !kernel::country::is_country(country) {
        return Err(wrong("`country` is the two capital letters of a country"));
    }
    let name = text(&body, "name")?.unwrap_or_default();
    app::access::check_name(name).map_err(|error| Problem::from(&error))?;
    let screened = text(&body, "screened")?.unwrap_or_default();
    if !SCREENED.contains(&screened) {
        return Err(wrong("`screened` is empty, `clear` or `listed`"));
    }
    let at = text(&body, "screened_at")?;
    let screened_us =
        at.map(|at| parse_instant(at).ok_or_else(|| wrong("`screened_at` is no instant")));
    let mut forms = Vec::new();
    let list = match body.get("forms") {
        None => &Vec::new(),
        Some(list) => list.as_array().ok_or_else(|| wrong("`forms` is a list"))?,
    };
    if list.len() > 20 {
        return Err(wrong("`forms` has at most 20 items"));
    }
    for form in list {
        forms.push(form_of(form)?);
    }
    let identity = Identity {
        creator: creator(call),
        country: country.to_owned(),
        name: name.to_owned(),
        forms,
        screened: screened.to_owned(),
        screened_us: screened_us.transpose()?,
    };
    send(server, call, Change::Identify(identity))
}

fn form_of(form: &Value) -> Result<(String, Option<Day>), Problem> {
    let form = form.as_object().ok_or_else(|| wrong("a form is an object"))?;
    if form.keys().any(|name| name != "code" && name != "through") {
        return Err(wrong("a form has a `code` and perhaps `through`"));
    }
    let code = text(form, "code")?.unwrap_or_default();
    let plain = code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !(1..=40).contains(&code.len()) || !plain {
        return Err(wrong("a form's `code` has 1 to 40 letters, digits and hyphens"));
    }
    let through = text(form, "through")?.map(|day| {
        let day = day.parse::<Day>().ok().filter(|day| day.to_string().starts_with("20"));
        day.ok_or_else(|| wrong("a form's `through` is a day"))
    });
    Ok((code.to_owned(), through.transpose()?))
}

fn forget(server: &Server, call: &Call) -> Result<Reply, Problem> {
    send(server, call, Change::Forget { creator: creator(call) })
}

fn hold(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["currency", "amount", "reason", "note", "until"])?;
    let amount = match (text(&body, "currency")?, text(&body, "amount")?) {
        (Some(code), Some(amount)) => {
            let asset = asset_of(Some(code))?;
            let units = units(&asset, "amount", Some(amount))?.unwrap_or(0);
            Some((asset, units))
        }
        (_, None) => None,
        (None, Some(_)) => return Err(Problem::new("not_enough", "say the `currency` as well")),
    };
    let reason = text(&body, "reason")?.unwrap_or_default();
    if !REASONS.contains(&reason) {
        return Err(wrong(format!("`reason` is one of: {}", REASONS.join(", "))));
    }
    let until = text(&body, "until")?;
    let until_us = until.map(|at| parse_instant(at).ok_or_else(|| wrong("`until` is no instant")));
    let hold = NewHold {
        creator: creator(call),
        amount,
        reason: reason.to_owned(),
        note: words(&body, "note")?,
        until_us: until_us.transpose()?,
    };
    send(server, call, Change::Hold(hold))
}

fn claim(server: &Server, call: &Call) -> Result<Reply, Problem> {
    send(server, call, Change::Claim { creator: creator(call) })
}

fn close(server: &Server, call: &Call) -> Result<Reply, Problem> {
    send(server, call, Change::SetOpen { creator: creator(call), open: false })
}

fn open(server: &Server, call: &Call) -> Result<Reply, Problem> {
    send(server, call, Change::SetOpen { creator: creator(call), open: true })
}

fn adjust(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["currency", "amount", "why"])?;
    let asset = asset_of(text(&body, "currency")?)?;
    let given = text(&body, "amount")?.unwrap_or_default();
    let plain = units(&asset, "amount", Some(given.strip_prefix('-').unwrap_or(given)))?;
    let amount = plain.unwrap_or(0) * if given.starts_with('-') { -1 } else { 1 };
    let change = Change::Adjust {
        creator: creator(call),
        asset: asset.code().to_owned(),
        amount,
        why: words(&body, "why")?,
        key: fresh_key().map_err(|error| Problem::from(&error))?,
    };
    send(server, call, change)
}

fn list_holds(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (after, limit) = (call.after()?.unwrap_or(0), call.limit()?);
    let rows = server.read(|stipend| Ok(stipend.db.holds(after, limit)?))?;
    let items = rows.iter().map(holds::to_json).collect();
    Ok(Reply::json(&page(items, limit, |item| item["id"].to_string())))
}

fn release(server: &Server, call: &Call) -> Result<Reply, Problem> {
    send(server, call, Change::Release { id: number(call, "hold")? })
}
