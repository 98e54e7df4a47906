//! Payouts as the operator sees them: terms, rates, reviews, batches, reports, differences,
//! liabilities.
use std::collections::BTreeMap;

use app::access::Action;
use app::cash::{Move, What};
use app::command::Command;
use app::payouts::{Change, End, step_json, to_json};
use app::problem::Problem;
use app::reports::{Incoming, difference_json};
use app::{batches, draw, liabilities, rails, rates, reports, terms};
use kernel::Asset;
use payout::State;
use serde_json::{Value, json};

use super::proposals::PROPOSED;
use super::wallets::{
    CSV, asset, gives, number, payout_out, payouts_out, signed_amount, text, words,
};
use crate::call::{Call, JSON, Reply, page};
use crate::route::{Body, Gives, Method, Param, Route};
use crate::schema;
use crate::server::Server;

const TOML: &str = "application/toml";
const ANY: &str = "application/octet-stream";

const STATE: Param = Param { name: "state", what: "Only those in this state.", schema: state };
const ASSET: Param = Param { name: "currency", what: "Only this currency.", schema: asset };
const OPEN: Param = Param { name: "open", what: "Only those that are open.", schema: flag };

const CORRECT: Param = Param {
    name: "correct",
    what: "Put these rates in the place of those that are known of their days.",
    schema: no_flag,
};

const READ: Route = Route { action: Some(Action::PayoutsRead), ..Route::PLAIN };
const WRITE: Route = Route {
    method: Method::Post,
    action: Some(Action::PayoutsWrite),
    problems: &["not_found", "wrong_state", "key_reused"],
    ..Route::PLAIN
};

pub(crate) const ROUTES: &[Route] = &[
    Route {
        path: "/v1/terms",
        action: Some(Action::PayoutsRead),
        id: "readTerms",
        summary: "The terms of wallets that hold",
        gives: &[gives(200, "The terms.", terms_out)],
        problems: &["not_found"],
        handler: read_terms,
        ..Route::PLAIN
    },
    Route {
        path: "/v1/terms",
        method: Method::Post,
        action: Some(Action::TermsWrite),
        id: "publishTerms",
        summary: "Publish terms of wallets",
        detail: "A TOML document, described in docs/reference/terms.md. Withdrawals that were made \
                 keep the terms that they were made by.",
        body: Some(Body { media: &[(TOML, schema::any_text, TERMS)], bytes_max: 1 << 20 }),
        gives: &[
            gives(201, "The terms.", terms_out),
            gives(200, "They were the last ones already.", terms_out),
            PROPOSED,
        ],
        problems: &["policy_invalid", "key_reused"],
        handler: publish,
        ..Route::PLAIN
    },
    Route {
        path: "/v1/corridors/{country}",
        action: Some(Action::ProgramsRead),
        id: "listCorridors",
        summary: "Ways out for a country: methods, minimums, fees, days",
        detail: "To be asked before anything is earned.",
        query: &[ASSET],
        gives: &[gives(200, "Ways and terms.", corridors_out)],
        problems: &["not_found"],
        handler: corridors,
        ..Route::PLAIN
    },
    Route {
        path: "/v1/rates",
        id: "listRates",
        summary: "Rates of exchange by day",
        query: &[Param::AFTER_TEXT, Param::LIMIT],
        gives: &[gives(200, "A page.", rates_out)],
        handler: list_rates,
        ..READ
    },
    Route {
        path: "/v1/rates",
        method: Method::Post,
        action: Some(Action::TermsWrite),
        id: "importRates",
        query: &[CORRECT],
        summary: "Take in rates of exchange: the file of the European Central Bank",
        detail: "`eurofxref-hist.csv` or a part of it. Days that are known stay as they are, \
                 unless they are to be corrected; what was quoted keeps the rate of its quote.",
        body: Some(Body {
            media: &[(CSV, schema::any_text, "Date,USD,\n2024-12-31,1.0389,\n")],
            bytes_max: 16 << 20,
        }),
        gives: &[gives(200, "What came.", imported_out)],
        problems: &["key_reused"],
        handler: import_rates,
        ..Route::PLAIN
    },
    Route {
        path: "/v1/payouts",
        id: "listPayouts",
        summary: "Payouts, of a state or all",
        query: &[STATE, Param::AFTER, Param::LIMIT],
        gives: &[gives(200, "A page.", payouts_out)],
        handler: list,
        ..READ
    },
    Route {
        path: "/v1/payouts/{payout}",
        id: "readPayout",
        summary: "A payout, and each step that led there",
        gives: &[gives(200, "The payout.", payout_steps_out)],
        problems: &["not_found"],
        handler: read,
        ..READ
    },
    Route {
        path: "/v1/payouts/{payout}/clear",
        id: "clearPayout",
        summary: "Let a payout go that a person had to look at",
        gives: &[gives(200, "The payout.", payout_out)],
        handler: clear,
        ..WRITE
    },
    Route {
        path: "/v1/payouts/{payout}/refuse",
        id: "refusePayout",
        summary: "Refuse a payout; the money goes back to the wallet",
        body: Some(Body {
            media: &[(JSON, why_in, r#"{"why":"the account is another person's"}"#)],
            bytes_max: 4 << 10,
        }),
        gives: &[gives(200, "The payout.", payout_out)],
        handler: refuse,
        ..WRITE
    },
    Route {
        path: "/v1/payouts/{payout}/conclude",
        id: "concludePayout",
        summary: "Say how a payout ended whose rail does not tell",
        detail: "Two people's decision, always. `end` is paid, failed or returned: a payout that a \
                 provider halted, or a file of a bank that answers nothing.",
        body: Some(Body {
            media: &[(JSON, end_in, r#"{"end":"paid","why":"it is on the bank's statement"}"#)],
            bytes_max: 4 << 10,
        }),
        gives: &[PROPOSED],
        handler: conclude,
        ..WRITE
    },
    Route {
        path: "/v1/payouts/{payout}/recall",
        id: "recallPayout",
        summary: "Ask the provider for money back that did not go on from there",
        detail: "Stripe reverses the transfer, PayPal cancels an item that nobody claimed. A \
                 worker asks; what came of it is a step of the payout, a refusal is a difference.",
        gives: &[gives(200, "The payout, as it was.", payout_out)],
        handler: recall,
        ..WRITE
    },
    Route {
        path: "/v1/payout-batches",
        id: "listBatches",
        summary: "Batches of payouts",
        query: &[Param::AFTER, Param::LIMIT],
        gives: &[gives(200, "A page.", batches_out)],
        handler: list_batches,
        ..READ
    },
    Route {
        path: "/v1/payout-batches",
        id: "makeBatches",
        summary: "Put all payouts that may go into batches, one for each account",
        gives: &[gives(200, "The batches.", made_out)],
        problems: &["not_found", "details_locked", "key_reused"],
        handler: make,
        ..WRITE
    },
    Route {
        path: "/v1/payout-batches/{batch}",
        id: "readBatch",
        summary: "A batch with its payouts",
        gives: &[gives(200, "The batch.", batch_payouts_out)],
        problems: &["not_found"],
        handler: read_batch,
        ..READ
    },
    Route {
        path: "/v1/payout-batches/{batch}/approve",
        id: "approveBatch",
        summary: "Let a batch go, exactly as it was shown",
        detail: "Two people's decision, always: a proposal is made of it, bound to the digest. A \
                 batch that its account cannot pay does not start.",
        body: Some(Body { media: &[(JSON, digest_in, DIGEST)], bytes_max: 4 << 10 }),
        gives: &[PROPOSED],
        problems: &["not_found", "wrong_state", "not_as_shown", "float_short", "key_reused"],
        handler: approve,
        ..WRITE
    },
    Route {
        path: "/v1/payout-batches/{batch}/discard",
        id: "discardBatch",
        summary: "Give an open batch up; its payouts wait for another",
        gives: &[gives(200, "The batch.", batch_out)],
        handler: discard,
        ..WRITE
    },
    Route {
        path: "/v1/payout-batches/{batch}/file",
        action: Some(Action::FilesRead),
        id: "readBatchFile",
        summary: "The file for the bank, of a batch that was handed over",
        gives: &[Gives {
            media: ANY,
            schema: schema::any_text,
            ..gives(200, "The file.", batch_out)
        }],
        problems: &["not_found", "wrong_state", "details_locked"],
        handler: file,
        ..READ
    },
    Route {
        path: "/v1/rail-reports",
        id: "listReports",
        summary: "Reports of banks and providers",
        query: &[Param::AFTER, Param::LIMIT],
        gives: &[gives(200, "A page.", reports_out)],
        handler: list_reports,
        ..READ
    },
    Route {
        path: "/v1/rail-reports",
        id: "takeReport",
        summary: "Take in a report: pain.002, camt.053, camt.054, NACHA returns, or a sheet",
        detail: "What fits moves payouts on; what does not is a difference. The same report again \
                 does nothing.",
        body: Some(Body {
            media: &[(ANY, schema::any_text, "key,state,reference,reason\n")],
            bytes_max: 64 << 20,
        }),
        gives: &[gives(200, "What it did.", report_out)],
        problems: &["key_reused"],
        handler: take,
        ..WRITE
    },
    Route {
        path: "/v1/differences",
        id: "listDifferences",
        summary: "What reports say and the ledger does not, or the other way round",
        query: &[OPEN, Param::AFTER, Param::LIMIT],
        gives: &[gives(200, "A page.", differences_out)],
        handler: list_differences,
        ..READ
    },
    Route {
        path: "/v1/differences/{difference}/resolve",
        id: "resolveDifference",
        summary: "Say how a difference was resolved",
        body: Some(Body {
            media: &[(JSON, how_in, r#"{"how":"the bank's fee, booked"}"#)],
            bytes_max: 4 << 10,
        }),
        gives: &[gives(200, "The difference.", difference_out)],
        problems: &["not_found", "already_ended", "key_reused"],
        handler: resolve,
        ..WRITE
    },
    Route {
        path: "/v1/cash",
        id: "moveCash",
        summary: "Say that money came onto an account of the platform, or left it",
        body: Some(Body { media: &[(JSON, cash_in, CASH)], bytes_max: 4 << 10 }),
        gives: &[gives(200, "What the account has.", cash_out), PROPOSED],
        problems: &["not_found", "not_enough", "key_reused"],
        handler: cash,
        ..WRITE
    },
    Route {
        method: Method::Post,
        path: "/v1/rails/stripe/webhook",
        id: "takeStripeEvent",
        summary: "Where Stripe calls",
        detail: "Open to everybody who signs with the webhook's secret (`Stripe-Signature`). An \
                 event is a hint: its object is read again from Stripe before anything is done.",
        body: Some(Body {
            media: &[(JSON, schema::any_text, r#"{"id":"evt_1","type":"payout.paid"}"#)],
            bytes_max: 256 << 10,
        }),
        gives: &[gives(200, "It was taken, now or before.", received_out)],
        problems: &["unauthenticated"],
        handler: stripe_event,
        ..Route::PLAIN
    },
    Route {
        method: Method::Post,
        path: "/v1/rails/paypal/webhook",
        id: "takePayPalEvent",
        summary: "Where PayPal calls",
        detail: "Open to everybody: PayPal itself is asked whether the event is its own, if it is \
                 about a payout that is known. An event is a hint: its batch is read again from \
                 PayPal before anything is done.",
        body: Some(Body {
            media: &[(
                JSON,
                schema::any_text,
                r#"{"id":"WH-1","event_type":"PAYMENT.PAYOUTS-ITEM.SUCCEEDED"}"#,
            )],
            bytes_max: 256 << 10,
        }),
        gives: &[gives(200, "It was taken, now or before.", received_out)],
        problems: &["unauthenticated"],
        handler: paypal_event,
        ..Route::PLAIN
    },
    Route {
        path: "/v1/liabilities",
        id: "readLiabilities",
        summary: "What the platform owes and what it has, per currency",
        gives: &[gives(200, "The statement.", liabilities_out)],
        handler: owed,
        ..READ
    },
    Route {
        path: "/v1/tax-reports/{year}",
        id: "readTaxReport",
        summary: "What each creator was paid and what was withheld in a year",
        gives: &[gives(200, "By creator, country and currency.", taxed_out)],
        problems: &["not_found"],
        handler: taxed,
        ..READ
    },
];

const TERMS: &str = "format = 1\ntitle = \"Terms\"\nzone = \"Europe/Amsterdam\"\n";
const DIGEST: &str =
    r#"{"digest":"0000000000000000000000000000000000000000000000000000000000000000"}"#;
const CASH: &str =
    r#"{"account":"bank-eur","what":"capital","amount":"1000.00","why":"the week's float"}"#;

fn state() -> Value {
    schema::word("A state of payouts.", &State::WORDS.map(|(_, word)| word))
}

fn country() -> Value {
    schema::word("A country by its two letters.", &kernel::country::all().collect::<Vec<_>>())
}

fn no_flag() -> Value {
    json!({ "type": "boolean", "default": false })
}

fn flag() -> Value {
    json!({ "type": "boolean", "default": true })
}

fn object(what: &str) -> Value {
    json!({ "type": "object", "description": what })
}

fn terms_out() -> Value {
    schema::object(&[
        ("version", schema::int("Its number.")),
        ("digest", schema::text("SHA-256 of the document.")),
        ("document", schema::text("The document.")),
        ("published", schema::time()),
    ])
}

fn corridors_out() -> Value {
    schema::object(&[
        ("country", schema::text("The country.")),
        ("terms", schema::int("The version of the terms.")),
        ("as_of", schema::time()),
        ("corridors", schema::list(object("A way out."))),
        ("payees", schema::list(object("Minimum and schedules."))),
    ])
}

fn rates_out() -> Value {
    schema::page(schema::object(&[
        ("source", schema::text("Whose.")),
        ("day", schema::text("Of which day.")),
        ("base", schema::text("What one is.")),
        ("rates", object("How much of each currency one is.")),
    ]))
}

fn imported_out() -> Value {
    schema::object(&[
        ("source", schema::text("Whose.")),
        ("added", schema::int("Days that are new.")),
        ("known", schema::int("Days that were known.")),
        ("corrected", schema::int("Days whose rates were replaced.")),
        ("first", schema::maybe(schema::text("The first day."))),
        ("last", schema::maybe(schema::text("The last day."))),
    ])
}

fn payout_steps_out() -> Value {
    let mut payout = payout_out();
    let steps = schema::list(schema::object(&[
        ("state", state()),
        ("actor", schema::text("Who.")),
        ("reason", schema::text("Why.")),
        ("reference", schema::text("The provider's number.")),
        ("recorded", schema::time()),
    ]));
    payout["properties"]["steps"] = steps;
    payout
}

fn why_in() -> Value {
    let mut why = schema::name("What the creator reads.");
    why["maxLength"] = json!(500);
    schema::input(&["why"], &[("why", why)])
}

fn how_in() -> Value {
    let mut how = schema::name("How.");
    how["maxLength"] = json!(500);
    schema::input(&["how"], &[("how", how)])
}

fn end_in() -> Value {
    let mut why = schema::name("Why that is known.");
    why["maxLength"] = json!(500);
    let end = schema::word("How it ended.", &End::WORDS.map(|(_, word)| word));
    schema::input(&["end", "why"], &[("end", end), ("why", why)])
}

fn digest_in() -> Value {
    let digest = json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" });
    schema::input(&["digest"], &[("digest", digest)])
}

fn batch_out() -> Value {
    schema::object(&[
        ("id", schema::int("Its number.")),
        ("state", schema::word("Where it is.", &["open", "approved", "handed-over", "discarded"])),
        ("rail", schema::text("The rail.")),
        ("account", schema::text("The account that pays.")),
        ("currency", schema::text("The currency.")),
        ("payouts", schema::int("How many.")),
        ("net", schema::text("What arrives, all together.")),
        ("executed", schema::text("The day on which the bank is to do it.")),
        ("terms", schema::int("The version of the terms.")),
        ("digest", schema::text("SHA-256 of what is in it.")),
        ("file", schema::text("The file's name; empty for none.")),
        ("file_digest", schema::maybe(schema::text("SHA-256 of the file."))),
        ("made_by", schema::text("Who made it.")),
        ("created", schema::time()),
        ("changed", schema::time()),
    ])
}

fn batches_out() -> Value {
    schema::page(batch_out())
}

fn made_out() -> Value {
    schema::object(&[
        ("batches", schema::list(batch_out())),
        ("flagged", schema::int("Payouts that a person has to look at.")),
    ])
}

fn batch_payouts_out() -> Value {
    let mut batch = batch_out();
    batch["properties"]["items"] = schema::list(payout_out());
    batch
}

fn report_out() -> Value {
    schema::object(&[
        ("id", schema::int("Its number.")),
        ("kind", schema::text("Its kind.")),
        ("account", schema::text("The account that it is about.")),
        ("source", schema::text("Where it came from.")),
        ("entries", schema::int("What it says.")),
        ("changed", schema::int("Payouts that moved on.")),
        ("differences", schema::int("What did not fit.")),
        ("digest", schema::text("SHA-256 of it.")),
        ("recorded", schema::time()),
        ("recorded_by", schema::text("By whom.")),
    ])
}

fn reports_out() -> Value {
    schema::page(report_out())
}

fn difference_out() -> Value {
    schema::object(&[
        ("id", schema::int("Its number.")),
        ("kind", schema::text("Its kind.")),
        ("subject", schema::text("What it is about.")),
        ("facts", object("What was seen.")),
        ("created", schema::time()),
        ("resolved", schema::maybe(schema::time())),
        ("resolved_by", schema::text("By whom.")),
        ("resolution", schema::text("How.")),
    ])
}

fn differences_out() -> Value {
    schema::page(difference_out())
}

fn cash_in() -> Value {
    let account = json!({ "type": "string", "pattern": "^[a-z0-9-]{1,40}$" });
    let mut why = schema::name("Why.");
    why["maxLength"] = json!(500);
    schema::input(
        &["account", "what", "amount", "why"],
        &[
            ("account", account),
            ("what", schema::word("What it is.", &What::WORDS.map(|(_, word)| word))),
            ("country", country()),
            ("amount", signed_amount()),
            ("why", why),
        ],
    )
}

fn cash_out() -> Value {
    schema::object(&[
        ("account", schema::text("The account.")),
        ("what", schema::text("What it was.")),
        ("currency", schema::text("The currency.")),
        ("amount", schema::text("How much.")),
        ("has", schema::text("What the account has now.")),
        ("why", schema::text("Why.")),
    ])
}

fn received_out() -> Value {
    schema::object(&[("received", schema::flag("Yes."))])
}

fn liabilities_out() -> Value {
    schema::object(&[
        ("as_of", schema::time()),
        ("assets", schema::list(object("Sums of one currency."))),
        ("open_differences", schema::int("Differences that nobody resolved.")),
    ])
}

fn taxed_out() -> Value {
    schema::object(&[("items", schema::list(object("A creator's sums.")))])
}

fn wrong(text: impl Into<String>) -> Problem {
    Problem::new("invalid", text)
}

fn send(server: &Server, call: &Call, change: Change) -> Result<Reply, Problem> {
    Ok(call.send(server, Command::Payout(change))?.into())
}

fn utf8(call: &Call) -> Result<String, Problem> {
    let wrong = |_| Problem::new("bad_request", "the body is no UTF-8 text");
    String::from_utf8(call.body.clone()).map_err(wrong)
}

fn read_terms(server: &Server, _: &Call) -> Result<Reply, Problem> {
    let row = server.read(|stipend| {
        let missing = || app::Error::Missing("no terms of wallets are published".to_owned());
        stipend.db.last_terms()?.ok_or_else(missing)
    })?;
    Ok(Reply::json(&terms::to_json(&row)))
}

fn publish(server: &Server, call: &Call) -> Result<Reply, Problem> {
    Ok(call.send(server, Command::PublishTerms { document: utf8(call)? })?.into())
}

fn corridors(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let bad = |text: &str| Problem::new("bad_request", text.to_owned());
    let country = call.part("country");
    if !kernel::country::is_country(country) {
        return Err(Problem::new("not_found", format!("there is no country `{country}`")));
    }
    let asset = call.asked("currency").map(Asset::of).transpose();
    let asset = asset.map_err(|error| bad(&error.to_string()))?;
    let body =
        server.read(|stipend| draw::corridors(stipend, country, asset.as_ref(), call.now_us))?;
    Ok(Reply::json(&body))
}

fn list_rates(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (after, limit) = (call.asked("after").unwrap_or_default(), call.limit()?);
    let rows = server.read(|stipend| Ok(stipend.db.rates_page(rates::ECB, after, limit)?))?;
    let items = rows.iter().map(|row| rates::to_json(rates::ECB, row)).collect();
    let day = |item: &Value| item["day"].as_str().unwrap_or_default().to_owned();
    Ok(Reply::json(&page(items, limit, day)))
}

fn import_rates(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let correct = call.parsed::<bool>("correct", "true or false")?.unwrap_or(false);
    Ok(call.send(server, Command::ImportRates { file: utf8(call)?, correct })?.into())
}

fn list(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (after, limit) = (call.after()?.unwrap_or(0), call.limit()?);
    let state = call.asked("state").unwrap_or_default();
    if !state.is_empty() && State::from_word(state).is_none() {
        let words = State::WORDS.map(|(_, word)| word).join(", ");
        let text = format!("the parameter `state` is none of: {words}");
        return Err(Problem::new("bad_request", text));
    }
    let rows = server.read(|stipend| Ok(stipend.db.payouts(state, after, limit)?))?;
    let items = rows.iter().map(to_json).collect();
    Ok(Reply::json(&page(items, limit, |item| item["id"].to_string())))
}

fn read(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let id = number(call, "payout")?;
    let (row, steps) = server.read(|stipend| {
        let missing = || app::Error::Missing(format!("there is no payout {id}"));
        let row = stipend.db.payout(id)?.ok_or_else(missing)?;
        Ok((row, stipend.db.payout_steps(id)?))
    })?;
    let mut body = to_json(&row);
    body["steps"] = steps.iter().map(step_json).collect();
    Ok(Reply::json(&body))
}

fn clear(server: &Server, call: &Call) -> Result<Reply, Problem> {
    send(server, call, Change::Clear { id: number(call, "payout")? })
}

fn refuse(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let why = words(&call.object(&["why"])?, "why")?;
    send(server, call, Change::Refuse { id: number(call, "payout")?, why })
}

fn conclude(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["end", "why"])?;
    let end = text(&body, "end")?.and_then(End::from_word);
    let end = end.ok_or_else(|| {
        wrong(format!("`end` is one of: {}", End::WORDS.map(|(_, word)| word).join(", ")))
    })?;
    let change = Change::Conclude { id: number(call, "payout")?, end, why: words(&body, "why")? };
    send(server, call, change)
}

fn recall(server: &Server, call: &Call) -> Result<Reply, Problem> {
    send(server, call, Change::Recall { id: number(call, "payout")? })
}

fn list_batches(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (after, limit) = (call.after()?.unwrap_or(0), call.limit()?);
    let rows = server.read(|stipend| Ok(stipend.db.payout_batches(after, limit)?))?;
    let items = rows.iter().map(batches::to_json).collect();
    Ok(Reply::json(&page(items, limit, |item| item["id"].to_string())))
}

fn make(server: &Server, call: &Call) -> Result<Reply, Problem> {
    send(server, call, Change::Batch)
}

fn read_batch(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let id = number(call, "batch")?;
    let (row, payouts) = server.read(|stipend| {
        let missing = || app::Error::Missing(format!("there is no batch {id}"));
        let row = stipend.db.payout_batch(id)?.ok_or_else(missing)?;
        Ok((row, stipend.db.payouts_of_batch(id)?))
    })?;
    let mut body = batches::to_json(&row);
    body["items"] = payouts.iter().map(to_json).collect();
    Ok(Reply::json(&body))
}

fn approve(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["digest"])?;
    let digest = text(&body, "digest")?.unwrap_or_default().to_owned();
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if digest.len() != 64 || !digest.bytes().all(hex) {
        return Err(wrong("`digest` is what reading the batch gives: 64 hex digits"));
    }
    send(server, call, Change::Approve { batch: number(call, "batch")?, digest })
}

fn discard(server: &Server, call: &Call) -> Result<Reply, Problem> {
    send(server, call, Change::Discard { batch: number(call, "batch")? })
}

fn file(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let id = number(call, "batch")?;
    let (name, text) = server.read(|stipend| batches::file(stipend, id))?;
    let headers = vec![("content-disposition", format!("attachment; filename=\"{name}\""))];
    Ok(Reply { headers, ..Reply::text(ANY, text) })
}

fn list_reports(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (after, limit) = (call.after()?.unwrap_or(0), call.limit()?);
    let rows = server.read(|stipend| Ok(stipend.db.rail_reports(after, limit)?))?;
    let items = rows.iter().map(reports::to_json).collect();
    Ok(Reply::json(&page(items, limit, |item| item["id"].to_string())))
}

fn take(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let incoming = Incoming { bytes: call.body.clone(), source: "api".to_owned() };
    send(server, call, Change::Report(incoming))
}

fn list_differences(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let (after, limit) = (call.after()?.unwrap_or(0), call.limit()?);
    let open = call.parsed::<bool>("open", "true or false")?.unwrap_or(true);
    let rows = server.read(|stipend| Ok(stipend.db.differences(open, after, limit)?))?;
    let items = rows.iter().map(difference_json).collect();
    Ok(Reply::json(&page(items, limit, |item| item["id"].to_string())))
}

fn resolve(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let how = words(&call.object(&["how"])?, "how")?;
    send(server, call, Change::Resolve { id: number(call, "difference")?, how })
}

fn cash(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["account", "what", "country", "amount", "why"])?;
    let said = |name: &str| Ok::<_, Problem>(text(&body, name)?.unwrap_or_default().to_owned());
    let what = What::from_word(&said("what")?);
    let what = what.ok_or_else(|| {
        wrong(format!("`what` is one of: {}", What::WORDS.map(|(_, word)| word).join(", ")))
    })?;
    let country = said("country")?;
    if !country.is_empty() && !kernel::country::is_country(&country) {
        return Err(wrong("`country` is the two capital letters of a country"));
    }
    let one = Move {
        account: said("account")?,
        what,
        country,
        amount: said("amount")?,
        why: words(&body, "why")?,
        key: draw::fresh_key().map_err(|error| Problem::from(&error))?,
    };
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !(1..=40).contains(&one.account.len()) || !one.account.bytes().all(plain) {
        return Err(wrong("`account` is the name of an account in the terms"));
    }
    send(server, call, Change::MoveCash(one))
}

fn stripe_event(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let secrets = server.stripe_secrets();
    if secrets.is_empty() {
        let text = "this server believes no webhook of Stripe: stripe_webhook_secret is not set";
        return Err(Problem::new("unauthenticated", text));
    }
    let signature = call.header("stripe-signature").unwrap_or_default();
    rail::webhook::stripe(signature, &call.body, &secrets, call.now_us / 1_000_000)
        .map_err(|error| Problem::new("unauthenticated", error.to_string()))?;
    let event: Value = serde_json::from_slice(&call.body)
        .map_err(|error| Problem::new("bad_request", format!("the body is no JSON: {error}")))?;
    let object = &event["data"]["object"];
    let one = rails::Call {
        rail: "stripe",
        event: said(&event["id"]),
        kind: said(&event["type"]),
        key: said(&object["metadata"]["payout"]),
        reference: said(&object["id"]),
    };
    if one.event.is_empty() {
        return Err(Problem::new("bad_request", "the event has no id"));
    }
    let change = Command::Payout(Change::Called(one));
    Ok(call.send_as(server, "rail:stripe", change)?.into())
}

/// A text of an event, cut to what is kept of it.
fn said(value: &Value) -> String {
    let text = value.as_str().unwrap_or_default();
    text.chars().filter(|c| !kernel::id::is_hidden(*c)).take(100).collect()
}

/// Headers that PayPal signs an event with.
const PAYPAL_HEADERS: [&str; 5] = [
    "paypal-auth-algo",
    "paypal-cert-url",
    "paypal-transmission-id",
    "paypal-transmission-sig",
    "paypal-transmission-time",
];

fn paypal_event(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let unknown = |text: &str| Problem::new("unauthenticated", text);
    let Some((paypal, webhook)) = server.paypal() else {
        let text = "this server believes no webhook of PayPal: paypal_webhook_id is not set";
        return Err(unknown(text));
    };
    let header = |name: &str| Some((name.to_owned(), call.header(name)?.to_owned()));
    let headers: Option<BTreeMap<String, String>> =
        PAYPAL_HEADERS.into_iter().map(header).collect();
    let headers = headers.ok_or_else(|| unknown("the event is not signed as PayPal signs"))?;
    let event: Value = serde_json::from_slice(&call.body)
        .map_err(|error| Problem::new("bad_request", format!("the body is no JSON: {error}")))?;
    let object = &event["resource"];
    let one = rails::Call {
        rail: "paypal",
        event: said(&event["id"]),
        kind: said(&event["event_type"]),
        key: said(&object["payout_item"]["sender_item_id"]),
        reference: said(&object["payout_batch_id"]),
    };
    if one.event.is_empty() {
        return Err(Problem::new("bad_request", "the event has no id"));
    }
    // A stranger must not make this server call PayPal: first it has to name a payout, whose key
    // only PayPal and we know.
    if !server.read(|stipend| rails::is_about_a_payout(stipend, &one))? {
        return Ok(Reply::json(&json!({ "received": true })));
    }
    match paypal.verifies(webhook, &headers, &event) {
        Ok(true) => {}
        Ok(false) => return Err(unknown("PayPal says that the event is not its own")),
        // PayPal calls again.
        Err(_) => return Err(Problem::new("overloaded", "PayPal could not be asked; call again")),
    }
    let change = Command::Payout(Change::Called(one));
    Ok(call.send_as(server, "rail:paypal", change)?.into())
}

fn owed(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = server.read(|stipend| liabilities::statement(stipend, call.now_us))?;
    Ok(Reply::json(&body))
}

fn taxed(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let year = call.part("year").parse().ok().filter(|year| (2000..=2099).contains(year));
    let year =
        year.ok_or_else(|| Problem::new("not_found", "years are those from 2000 to 2099"))?;
    let rows = server.read(|stipend| liabilities::taxed(stipend, year))?;
    let items: Vec<Value> = rows.iter().map(liabilities::taxed_json).collect();
    Ok(Reply::json(&json!({ "items": items })))
}
