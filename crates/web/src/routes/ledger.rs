//! The ledger, read only: accounts and transfers.
use app::access::Action;
use app::problem::Problem;
use serde_json::{Value, json};

use crate::call::{Call, JSON, Reply, page};
use crate::route::{Gives, Method, Own, Param, Route};
use crate::schema;
use crate::server::Server;

pub(crate) const ROUTES: &[Route] = &[
    Route {
        method: Method::Get,
        path: "/v1/ledger/accounts",
        action: Some(Action::LedgerRead),
        own: Own::Nobody,
        id: "listAccounts",
        summary: "Accounts with their debits and credits",
        detail: "In ledger units: ten-thousandths of the currency's minor unit.",
        query: &[Param::AFTER_TEXT, Param::LIMIT],
        body: None,
        gives: &[Gives {
            status: 200,
            what: "A page of accounts.",
            media: JSON,
            schema: accounts_out,
        }],
        links: &[],
        problems: &[],
        handler: accounts,
    },
    Route {
        method: Method::Get,
        path: "/v1/ledger/transfers",
        action: Some(Action::LedgerRead),
        own: Own::Nobody,
        id: "listTransfers",
        summary: "Transfers, in the order in which they were posted",
        detail: "",
        query: &[
            Param { name: "after", what: "The cursor of the page before.", schema: schema::cursor },
            Param::LIMIT,
            Param {
                name: "account",
                what: "Only transfers from or to it.",
                schema: schema::short_text,
            },
        ],
        body: None,
        gives: &[Gives {
            status: 200,
            what: "A page of transfers.",
            media: JSON,
            schema: transfers_out,
        }],
        links: &[],
        problems: &[],
        handler: transfers,
    },
];

fn accounts_out() -> Value {
    schema::page(schema::object(&[
        ("account", schema::text("The account.")),
        ("asset", schema::text("The currency.")),
        ("debits", schema::int("The sum of what left it.")),
        ("credits", schema::int("The sum of what came.")),
    ]))
}

fn transfers_out() -> Value {
    schema::page(schema::object(&[
        ("seq", schema::int("Its place.")),
        ("id", schema::text("Its id, made of what it is for.")),
        ("debit", schema::text("The account that it leaves.")),
        ("credit", schema::text("The account that it comes to.")),
        ("asset", schema::text("The currency.")),
        ("amount", schema::int("Ledger units, above nought.")),
        ("program", schema::text("The program.")),
        ("day", schema::day()),
        ("run", schema::int("The run of the day.")),
        ("batch", schema::int("The batch of the hash chain.")),
    ]))
}

fn accounts(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let limit = call.limit()?;
    let after = call.asked("after").unwrap_or_default();
    let (asset, account) = after.split_once(' ').unwrap_or(("", after));
    let found = server.read(|stipend| Ok(stipend.db.balances_page(account, asset, limit)?))?;
    let item = |balance: &ledger::Balance| {
        json!({
            "account": balance.account,
            "asset": balance.asset,
            "debits": balance.debits,
            "credits": balance.credits,
        })
    };
    let cursor = |item: &Value| {
        let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
        format!("{} {}", text("asset"), text("account"))
    };
    Ok(Reply::json(&page(found.iter().map(item).collect(), limit, cursor)))
}

fn transfers(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let limit = call.limit()?;
    let after = call.after()?.unwrap_or(0);
    let account = call.asked("account").unwrap_or_default();
    let found = server.read(|stipend| Ok(stipend.db.transfers_page(after, account, limit)?))?;
    let item = |(seq, batch, transfer): &(i64, i64, ledger::Transfer)| {
        json!({
            "seq": seq,
            "id": transfer.id,
            "debit": transfer.debit.to_string(),
            "credit": transfer.credit.to_string(),
            "asset": transfer.asset,
            "amount": transfer.amount,
            "program": transfer.program,
            "day": transfer.day.to_string(),
            "run": transfer.run,
            "batch": batch,
        })
    };
    let cursor = |item: &Value| item["seq"].to_string();
    Ok(Reply::json(&page(found.iter().map(item).collect(), limit, cursor)))
}
