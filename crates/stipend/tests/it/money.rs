//! Wallets, withdrawals and payouts: from a settled day to a bank account and back (R90 to R96, C4,
//! Q11, N3, N6, N7, N17, N24 to N28, N35).
use std::collections::BTreeMap;

use app::command::Command;
use app::dispatch::at_the_machine;
use app::draw::Request;
use app::identity::Identity;
use app::wallet::Change;
use app::{Stipend, cash, liabilities, payouts, statement};
use kernel::Asset;
use serde_json::{Value, json};
use wallet::draw::Wish;
use wallet::method::Kind;

use crate::desk::{DAY, Desk, HOUR, TERMS, at};
use crate::world::{ENGINES, Engine, python, root};

/// A wallet from settlement to the bank and back: each state, each step, each cent.
#[test]
fn from_a_settled_day_to_the_bank_and_back() {
    for engine in ENGINES {
        let mut desk = Desk::new(engine, TERMS);
        let settled = desk.stipend_settle();
        assert_eq!(settled, 4);
        // R90: the day's money is on the wallet when it is shown, and pending before.
        let before = desk.states("c1");
        assert!(before.starts_with("pending"), "{before}");
        desk.work();
        let earned = desk.purse("c1", "EUR")["available"].as_str().expect("an amount").to_owned();
        assert_eq!(desk.states("c1"), before.replace("pending", "available"));
        // R92, N3, N25: no identity, no method, another's name, too new.
        assert_eq!(desk.codes("c1", "EUR"), "identity_missing no_real_name_method");
        desk.identify("c1", "NL", "Ann de Vries", &[]);
        let wrong = desk.bank("c1", "Somebody Else");
        assert_eq!(desk.codes("c1", "EUR"), "name_mismatch method_cooling_off");
        desk.ok(Command::Wallet(Change::RemoveMethod { creator: "c1".to_owned(), id: wrong }));
        desk.bank("c1", "VRIES, ANN DE");
        assert_eq!(desk.codes("c1", "EUR"), "method_cooling_off");
        let early = desk.request("c1", "EUR", None).expect_err("too new");
        assert!(early.starts_with("not_drawable"), "{early}");
        desk.now_us += 2 * DAY;
        assert_eq!(desk.codes("c1", "EUR"), "");
        // Twice with one key is one payout; more than is there is refused.
        let much = desk.request("c1", "EUR", Some("99999")).expect_err("too much");
        assert!(much.contains("not_enough_available"), "{much}");
        let one = desk.request("c1", "EUR", Some("25.00")).expect("a payout");
        assert_eq!((&one["net"], &one["fee"]), (&json!("24.65"), &json!("0.35")));
        // The terms' time to cancel: it is in no batch before it is over.
        assert_eq!(desk.pay().len(), 0);
        let other = desk.request("c1", "EUR", Some("10.00")).expect("a payout");
        let id = other["id"].as_i64().expect("a number");
        let cancel = payouts::Change::Cancel { creator: "c2".to_owned(), id };
        assert!(desk.send(Command::Payout(cancel)).is_err(), "another's looks like missing");
        let cancel = payouts::Change::Cancel { creator: "c1".to_owned(), id };
        assert_eq!(desk.ok(Command::Payout(cancel))["state"], "cancelled");
        assert!(desk.states("c1").contains("paying 25.00"), "{}", desk.states("c1"));
        desk.now_us += HOUR;
        // N27: an account without money does not start.
        let made = desk.ok(Command::Payout(payouts::Change::Batch));
        let batch = &made["batches"][0];
        let number = batch["id"].as_i64().expect("a number");
        let digest = batch["digest"].as_str().expect("a digest").to_owned();
        let approve = payouts::Change::Approve { batch: number, digest: digest.clone() };
        let short = desk.send(Command::Payout(approve.clone())).expect_err("no money");
        assert!(short.starts_with("float_short"), "{short}");
        desk.fund("bank-eur", "1000.00");
        // N17: nobody alone, and exactly what was shown.
        let other = payouts::Change::Approve { batch: number, digest: "00".repeat(32) };
        let other = desk.send(Command::Payout(other)).expect_err("not what was shown");
        assert!(other.starts_with("not_as_shown"), "{other}");
        let proposal = desk.ok(Command::Payout(approve));
        assert_eq!(proposal["command"], "payout.approve");
        assert_eq!(desk.approve(&proposal).expect("approved")["state"], "approved");
        desk.work();
        let (name, file) = app::batches::file(&mut desk.stipend, number).expect("a file");
        assert!(name.ends_with(".xml") && file.contains("<CtrlSum>24.65</CtrlSum>"), "{file}");
        let key = one["key"].as_str().expect("a key").to_owned();
        bank(&mut desk, &file, &[(&key, "AC04")]);
        // N26: it came back once, less the fee, whatever the bank repeats.
        let row = desk.stipend.db.payout(1).expect("a row").expect("the payout");
        assert_eq!((row.state.as_str(), row.reason.as_str()), ("returned", "AC04"));
        let asset = Asset::of("EUR").expect("an asset");
        let left = asset.parse(&earned).expect("an amount") - asset.parse("0.35").expect("one");
        assert_eq!(desk.states("c1"), format!("available {}", asset.format(left)));
        let owed = liabilities::statement(&mut desk.stipend, desk.now_us).expect("a statement");
        let eur = &owed["assets"][0];
        assert_eq!((&eur["cash_total"], &eur["balanced"]), (&json!("1000.00"), &json!(true)));
        // Every line leads to what it is for, and the statement ends where the wallet is.
        let all = statement::of(&mut desk.stipend, "c1", None).expect("a statement");
        assert_eq!(all.closing["EUR"], left, "{:?}", all.lines);
        let what: Vec<&str> = all.lines.iter().map(|line| line.what.as_str()).collect();
        assert!(
            what.starts_with(&["settlement"]) && what.contains(&"payout/1/returned"),
            "{what:?}"
        );
        desk.check();
        desk.journals(&["EUR"]);
    }
}

/// What comes to be known between a batch and its approval stops it, and nothing moves what is on
/// its way.
#[test]
fn a_batch_is_looked_at_again_when_it_is_approved() {
    let mut desk = Desk::new(Engine::Sqlite, TERMS);
    desk.stipend_settle();
    desk.work();
    desk.identify("c1", "NL", "Ann Bee", &[]);
    desk.bank("c1", "Ann Bee");
    desk.now_us += 2 * DAY;
    desk.request("c1", "EUR", Some("25.00")).expect("a payout");
    desk.now_us += HOUR;
    desk.fund("bank-eur", "1000.00");
    let made = desk.ok(Command::Payout(payouts::Change::Batch));
    let digest = made["batches"][0]["digest"].as_str().expect("a digest").to_owned();
    let hold = app::holds::NewHold {
        creator: "c1".to_owned(),
        amount: None,
        reason: "account_takeover".to_owned(),
        note: "somebody else signed in".to_owned(),
        until_us: None,
    };
    let hold = desk.ok(Command::Wallet(Change::Hold(hold)))["id"].as_i64().expect("a number");
    let approve = payouts::Change::Approve { batch: 1, digest };
    let held = desk.send(Command::Payout(approve)).expect_err("held");
    assert!(held.starts_with("wrong_state: payout 1: its wallet is held"), "{held}");
    // Terms that would pay it in another currency, and forgetting whom it is for, have to wait.
    let other =
        TERMS.replace("rail = \"sepa\"\nasset = \"EUR\"", "rail = \"sheet\"\nasset = \"EUR\"");
    let other =
        other.replace("method = \"bank\"\nrail = \"sepa\"", "method = \"bank\"\nrail = \"sheet\"");
    let refused = desk.send(Command::PublishTerms { document: other }).expect_err("on its way");
    assert!(refused.contains("keep it"), "{refused}");
    let forget = Command::Wallet(Change::Forget { creator: "c1".to_owned() });
    assert!(desk.send(forget).is_err(), "his payout is on its way");
    // The batch is given up; the payout waits, and goes when the hold is over.
    desk.ok(Command::Payout(payouts::Change::Discard { batch: 1 }));
    assert_eq!(desk.pay().len(), 0);
    desk.ok(Command::Wallet(Change::Release { id: hold }));
    assert_eq!(desk.pay().len(), 1);
    // A sheet does not move what a bank has.
    let key = desk.stipend.db.payout(1).expect("a row").expect("one").key;
    let done = desk.report(format!("key,state\n{key},failed\n").as_bytes());
    assert_eq!((&done["changed"], &done["differences"]), (&json!(0), &json!(1)));
    assert!(desk.states("c1").contains("paying 25.00"));
    desk.check();
}

/// Ten thousand payouts in one file: the schema and a bank take it, the bank refuses it twice, and
/// what comes back comes back once (N26, N35).
#[test]
fn ten_thousand_payouts_in_one_file() {
    let terms = TERMS.replace("cooling_hours = 48", "cooling_hours = 0");
    let terms = terms.replace("cancel_minutes = 30", "cancel_minutes = 0");
    let mut desk = Desk::new(Engine::Sqlite, &terms);
    desk.stipend_settle();
    desk.identify("c1", "NL", "Ann Bee", &[]);
    desk.bank("c1", "Ann Bee");
    desk.credit("c1", "200000.00");
    let count = 10_000;
    for number in 0..count {
        let amount = format!("10.{:02}", number % 100);
        desk.request("c1", "EUR", Some(&amount)).expect("a payout");
    }
    desk.fund("bank-eur", "1000000.00");
    let batches = desk.pay();
    assert_eq!((batches.len(), &batches[0]["payouts"]), (1, &json!(count)));
    let (_, file) = app::batches::file(&mut desk.stipend, 1).expect("a file");
    // 10.00 to 10.99 a hundred times each, less the fee of 0.35 each.
    assert!(file.contains("<NbOfTxs>10000</NbOfTxs>"));
    assert!(file.contains("<CtrlSum>101450.00</CtrlSum>"), "the sum is another");
    let rows = desk.stipend.db.payouts_of_batch(1).expect("payouts");
    let back: Vec<(&str, &str)> =
        rows.iter().step_by(500).map(|row| (row.key.as_str(), "AC04")).collect();
    let before = desk.stipend.db.payout_sums().expect("sums");
    assert!(before.iter().all(|sum| sum.state == "submitted"), "{before:?}");
    bank(&mut desk, &file, &back);
    let sums: BTreeMap<String, i64> = desk
        .stipend
        .db
        .payout_sums()
        .expect("sums")
        .into_iter()
        .map(|sum| (sum.state, sum.count))
        .collect();
    let expected = [("paid".to_owned(), 9_980), ("returned".to_owned(), 20)];
    assert_eq!(sums, BTreeMap::from(expected));
    desk.check();
}

/// A NACHA file that two programs of others' take, and its returns.
#[test]
fn a_nacha_file_is_taken_and_comes_back() {
    let terms = TERMS.replace(
        "rail = \"sheet\"\nasset = \"USD\"",
        "rail = \"nacha\"\n\
        asset = \"USD\"\nholder = \"Platform Inc\"\nrouting = \"021000021\"\n\
        company = \"1234567890\"\nbank = \"First Bank\"",
    );
    let terms = terms.replace(
        "method = \"bank\"\nrail = \"sheet\"\naccount = \"desk\"",
        "method = \"bank\"\nrail = \"nacha\"\naccount = \"desk\"",
    );
    let terms = terms.replace("cooling_hours = 48", "cooling_hours = 0");
    let terms = terms.replace("cancel_minutes = 30", "cancel_minutes = 0");
    let mut desk = Desk::new(Engine::Sqlite, &terms);
    desk.stipend_settle();
    desk.identify("c1", "US", "Zoë O'Neil", &["W-9"]);
    for (account, kind) in [("12345678", "checking"), ("777", "savings")] {
        desk.method(
            "c1",
            Kind::Bank,
            &[
                ("holder", "Zoe ONeil"),
                ("country", "US"),
                ("bank_code", "091000019"),
                ("account", account),
                ("account_type", kind),
            ],
        );
    }
    desk.credit("c1", "10000.00");
    for number in 0..25 {
        let amount = format!("{}.40", 20 + number);
        desk.request("c1", "EUR", Some(&amount)).expect("a payout");
    }
    desk.fund("desk", "100000.00");
    assert_eq!(desk.pay().len(), 1);
    let (name, file) = app::batches::file(&mut desk.stipend, 1).expect("a file");
    assert!(name.ends_with(".ach"), "{name}");
    let path = desk.world.file("run.ach", &file);
    let run = |words: &[&str]| {
        let mut judge = python();
        judge.arg(root().join("judges/nacha.py")).args(words);
        let output = judge.output().expect("the judge");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let key = desk.stipend.db.payout(3).expect("a row").expect("one").key;
    let back = desk.world.at("back.ach");
    run(&[&path, &back, &key]);
    let report = std::fs::read(&back).expect("the returns");
    let done = desk.report(&report);
    assert_eq!((&done["changed"], &done["differences"]), (&json!(1), &json!(0)), "{done}");
    let row = desk.stipend.db.payout(3).expect("a row").expect("one");
    assert_eq!((row.state.as_str(), row.reason.as_str()), ("returned", "R03"));
    desk.check();
}

/// The bank works a file off; what it answers is told twice, and its statements too.
fn bank(desk: &mut Desk, file: &str, returned: &[(&str, &str)]) {
    let path = desk.world.file("run.xml", file);
    let schema = root().join("../shared/data/iso20022/xsd/pain.001.001.09.xsd");
    if schema.exists() {
        let mut lint = std::process::Command::new("xmllint");
        lint.args(["--noout", "--schema"]).arg(&schema).arg(&path);
        let output = lint.output().expect("xmllint");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let folder = desk.world.path("bank");
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut judge = python();
    judge.arg(root().join("judges/bank.py")).arg(&path).arg(&folder);
    if !returned.is_empty() {
        judge.arg("--return").args(returned.iter().map(|(key, why)| format!("{key}={why}")));
    }
    let output = judge.output().expect("the bank");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("answers")
        .map(|entry| entry.expect("one").path())
        .collect();
    files.sort();
    let read = |path: &std::path::PathBuf| std::fs::read(path).expect("an answer");
    let known = |path: &&std::path::PathBuf| !path.to_string_lossy().contains("pacs");
    let answers: Vec<Vec<u8>> = files.iter().filter(known).map(read).collect();
    assert!(answers.len() >= 3, "{files:?}");
    for bytes in &answers {
        assert_eq!(desk.report(bytes)["repeated"], false);
    }
    for bytes in answers.iter().rev() {
        assert_eq!(desk.report(bytes)["repeated"], true, "a report counts once");
    }
}

/// Why nothing can be drawn: the setting, and the codes.
#[test]
fn every_reason_why_not() {
    let mut desk = Desk::new(Engine::Sqlite, TERMS);
    desk.stipend_settle();
    desk.work();
    let creators = ["c1", "c2", "c10"];
    for creator in creators {
        desk.identify(creator, "NL", "Ann Bee", &[]);
        desk.bank(creator, "Ann Bee");
    }
    desk.now_us += 3 * DAY;
    let hold = |creator: &str, amount: Option<i64>| {
        let amount = amount.map(|units| (Asset::of("EUR").expect("one"), units));
        Command::Wallet(Change::Hold(app::holds::NewHold {
            creator: creator.to_owned(),
            amount,
            reason: "dispute".to_owned(),
            note: "a claim".to_owned(),
            until_us: Some(at("2026-08-01T00:00:00Z")),
        }))
    };
    // A whole wallet, until the first of August.
    desk.ok(hold("c1", None));
    assert_eq!(desk.codes("c1", "EUR"), "wallet_held");
    assert!(desk.request("c1", "EUR", None).is_err());
    // A part of one.
    let purse = desk.purse("c2", "EUR")["available"].clone();
    desk.ok(hold("c2", Some(10_000_000)));
    assert_eq!(desk.purse("c2", "EUR")["held"], "10.00");
    assert!(desk.send(hold("c2", Some(i64::MAX / 2))).is_err(), "more than is there");
    // R95: who chose a schedule is paid on its days.
    let weekly = Change::Schedule { creator: "c10".to_owned(), schedule: "weekly".to_owned() };
    desk.ok(Command::Wallet(weekly));
    assert_eq!(desk.codes("c10", "EUR"), "not_a_pay_day");
    let next = desk.purse("c10", "EUR")["draw"]["next_pay_day"].clone();
    assert_eq!(next, "2026-07-10T08:00:00Z", "Friday at ten in Amsterdam");
    // N6, R96: the least is 5 USD; the rates are from 30 June, and five days are the most.
    desk.now_us = at("2026-07-06T12:00:00Z");
    assert_eq!(desk.codes("c2", "EUR"), "rate_stale");
    let rates = "Date,USD,\n2026-07-06,1.2500,\n";
    desk.ok(Command::ImportRates { file: rates.to_owned(), correct: false });
    assert_eq!(desk.codes("c2", "EUR"), "");
    assert_eq!(desk.purse("c2", "EUR")["draw"]["minimum"], "4.00");
    let least = desk.request("c2", "EUR", Some("3.99")).expect_err("too little");
    assert!(least.contains("below_withdrawal_minimum"), "{least}");
    let changed = "Date,USD,\n2026-07-06,1.3,\n".to_owned();
    assert!(
        desk.send(Command::ImportRates { file: changed, correct: false }).is_err(),
        "rates are not changed"
    );
    // N4: a form that is missing.
    desk.identify("c2", "FR", "Ann Bee", &[]);
    assert_eq!(desk.codes("c2", "EUR"), "tax_form_missing");
    desk.identify("c2", "FR", "Ann Bee", &["FR-1"]);
    assert_eq!(desk.codes("c2", "EUR"), "");
    // C4: daily to the wallet and any amount for some, a minimum and pay days for others.
    desk.identify("c2", "CN", "Ann Bee", &[]);
    assert_eq!(desk.purse("c2", "EUR")["draw"]["minimum"], "0.01");
    // N28: a wallet with money is not closed.
    let close = Change::SetOpen { creator: "c2".to_owned(), open: false };
    assert!(desk.send(Command::Wallet(close)).is_err());
    // Holds end by themselves.
    desk.now_us = at("2026-08-02T12:00:00Z");
    desk.work();
    assert_eq!(desk.purse("c2", "EUR")["available"], purse);
    assert!(!desk.codes("c1", "EUR").contains("wallet_held"));
    desk.check();
}

/// Pay days pay all that is available, once, also when nobody was there on the day.
#[test]
fn pay_days_pay_once() {
    for engine in ENGINES {
        let terms = TERMS.replace("stale_days = 5", "stale_days = 90");
        let terms = terms.replace("cooling_hours = 48", "cooling_hours = 24");
        let mut desk = Desk::new(engine, &terms);
        desk.stipend_settle();
        desk.work();
        for creator in ["c1", "c2", "c10"] {
            desk.identify(creator, "NL", "Ann Bee", &[]);
            desk.bank(creator, "Ann Bee");
        }
        for (creator, schedule) in [("c1", "weekly"), ("c2", "monthly")] {
            let (creator, schedule) = (creator.to_owned(), schedule.to_owned());
            desk.ok(Command::Wallet(Change::Schedule { creator, schedule }));
        }
        let paid = |desk: &mut Desk| {
            let rows = desk.stipend.db.payouts("", 0, 100).expect("payouts");
            rows.iter().map(|row| row.origin.clone()).collect::<Vec<_>>()
        };
        desk.now_us = at("2026-07-03T07:59:59Z");
        desk.work();
        assert_eq!(paid(&mut desk), Vec::<String>::new(), "one second before ten in Amsterdam");
        // Nobody was there on Friday; Sunday does it.
        desk.now_us = at("2026-07-05T03:00:00Z");
        desk.work();
        desk.work();
        assert_eq!(paid(&mut desk), ["payday/2026-07-03/c1/EUR"]);
        desk.now_us = at("2026-08-01T09:00:00Z");
        desk.work();
        assert_eq!(paid(&mut desk).len(), 2, "{:?}", paid(&mut desk));
        assert_eq!(paid(&mut desk)[1], "payday/2026-07-31/c2/EUR");
        desk.check();
    }
}

/// N6, N4: another currency, with the rate's source and day, tax and fee; and all of it back.
#[test]
fn money_is_exchanged_and_comes_back_whole() {
    for engine in ENGINES {
        let mut desk = Desk::new(engine, TERMS);
        desk.stipend_settle();
        desk.work();
        desk.identify("c1", "US", "Ann Bee", &[]);
        let details = [
            ("holder", "Ann Bee"),
            ("country", "US"),
            ("bank_code", "021000021"),
            ("account", "12345678"),
        ];
        desk.method("c1", Kind::Bank, &details);
        desk.now_us += 3 * DAY;
        let before = desk.states("c1");
        let one = desk.request("c1", "EUR", Some("40.00")).expect("a payout");
        // 40.00 EUR at 1.25 are 50.00 USD: 24 % tax, 1.00 and 1 % fee.
        let got: Vec<&Value> =
            ["gross", "tax", "fee", "net"].iter().map(|name| &one[*name]).collect();
        assert_eq!(got, [&json!("50.00"), &json!("12.00"), &json!("1.50"), &json!("36.50")]);
        assert_eq!(one["rate"]["source"], "ecb");
        assert_eq!(one["rate"]["day"], "2026-06-30");
        desk.now_us += HOUR;
        desk.fund("desk", "500.00");
        let batches = desk.pay();
        assert_eq!(batches[0]["net"], "36.50");
        let key = one["key"].as_str().expect("a key");
        // Two answers in the wrong order, and a payout that nobody knows.
        let sheet =
            format!("key,state,reference,reason\n{key},paid,77,\npffffffffffffff,paid,1,\n");
        let done = desk.report(sheet.as_bytes());
        assert_eq!((&done["changed"], &done["differences"]), (&json!(1), &json!(1)));
        let owed = liabilities::statement(&mut desk.stipend, desk.now_us).expect("a statement");
        let usd =
            owed["assets"].as_array().expect("assets").iter().find(|a| a["currency"] == "USD");
        let usd = usd.expect("dollars");
        assert_eq!((&usd["others"], &usd["cash_total"]), (&json!("12.00"), &json!("463.50")));
        // Taxes of the year: what was withheld, for whom.
        let taxed = liabilities::taxed(&mut desk.stipend, 2026).expect("taxes");
        assert_eq!((taxed[0].creator.as_str(), taxed[0].country.as_str()), ("c1", "US"));
        assert_eq!(taxed[0].tax, 12_000_000);
        // The tax is paid to the country; what comes back afterwards is a claim on it.
        let once = desk.key();
        desk.ok(Command::Payout(payouts::Change::MoveCash(cash::Move {
            account: "desk".to_owned(),
            what: cash::What::Tax,
            country: "US".to_owned(),
            amount: "-12.00".to_owned(),
            why: "the quarter's".to_owned(),
            key: once,
        })));
        let sheet = format!("key,state,reference,reason\n{key},returned,78,closed\n");
        assert_eq!(desk.report(sheet.as_bytes())["changed"], 1);
        let taxed = liabilities::taxed(&mut desk.stipend, 2026).expect("taxes");
        assert_eq!(taxed[0].tax, 0, "what came back is not of the year's");
        // The fee is not refunded by these terms: 48.50 of 50.00 USD are 38.80 of 40.00 EUR.
        let asset = Asset::of("EUR").expect("one");
        let left = asset.parse(before.strip_prefix("available ").expect("states")).expect("one");
        assert_eq!(desk.states("c1"), format!("available {}", asset.format(left - 1_200_000)));
        desk.check();
        desk.journals(&["EUR", "USD"]);
    }
}

/// N7: what is taken back after it was drawn is a debt that later income pays.
#[test]
fn what_was_drawn_is_owed_and_paid_by_later_income() {
    for engine in ENGINES {
        let terms = TERMS.replace(
            "[[payee]]\ncountries = [\"CN\"]",
            "[[income]]\nreserve = \"0.10\"\nreserve_days = 20\n[[payee]]\ncountries = [\"CN\"]",
        );
        let mut desk = Desk::new(engine, &terms);
        desk.now_us = at("2026-06-05T12:00:00Z");
        desk.stipend_settle();
        desk.now_us = at("2026-06-20T12:00:00Z");
        let file = "Date,USD,\n2026-06-19,1.25,\n".to_owned();
        desk.ok(Command::ImportRates { file, correct: false });
        desk.work();
        let states = desk.states("c1");
        assert!(states.contains("reserve"), "{states}");
        // R92: a bank card that was bound under his real name, by its token.
        desk.identify("c1", "CN", "张伟", &[]);
        let card = [("holder", "张 伟"), ("country", "CN"), ("token", "tok_1"), ("last4", "1234")];
        desk.method("c1", Kind::Card, &card);
        desk.now_us += 2 * DAY;
        desk.request("c1", "EUR", None).expect("a payout");
        desk.now_us += HOUR;
        desk.fund("cards", "1000.00");
        desk.pay();
        let key = desk.stipend.db.payout(1).expect("a row").expect("one").key;
        let paid = format!("key,state\n{key},paid\n");
        desk.report(paid.as_bytes());
        let before = desk.states("c1");
        assert!(before.starts_with("reserve"), "{before}");
        // All of his works turn out to be removed: three days are counted again.
        let removed = "work,creator,visibility,effective\nw1,c1,deleted,2026-06-01\nw2,c1,deleted,\
                       2026-06-01\n";
        desk.world.file("removed.csv", removed);
        desk.world.ok(&["import", "catalog", &desk.world.at("removed.csv")]);
        desk.stipend_settle();
        let after = desk.states("c1");
        assert!(after.starts_with("owed"), "{after}");
        let owes = desk.codes("c1", "EUR");
        assert!(owes.contains("owes_platform"), "{owes}");
        desk.check();
        desk.journals(&["EUR"]);
        // They were removed by mistake: the money comes again, and pays the debt first.
        let back = removed.replace("deleted", "public");
        desk.world.file("back.csv", back);
        desk.world.ok(&["import", "catalog", &desk.world.at("back.csv")]);
        desk.stipend_settle();
        desk.now_us += 3 * DAY;
        desk.work();
        let again = desk.states("c1");
        assert!(!again.contains("owed"), "{again}");
        let total = desk.purse("c1", "EUR")["total"].clone();
        let first = before.strip_prefix("reserve ").expect("a reserve");
        assert_eq!(total, first, "as if nothing had been");
        desk.check();
        // The reserve ends by time.
        desk.now_us += 40 * DAY;
        desk.work();
        assert!(!desk.states("c1").contains("reserve"), "{}", desk.states("c1"));
        desk.check();
    }
}

/// Many withdrawals of one wallet at a time never overdraw it.
#[test]
fn concurrent_withdrawals_never_overdraw() {
    for engine in ENGINES {
        let mut desk = Desk::new(engine, TERMS);
        desk.stipend_settle();
        desk.work();
        desk.identify("c1", "NL", "Ann Bee", &[]);
        desk.bank("c1", "Ann Bee");
        desk.now_us += 2 * DAY;
        let available = desk.purse("c1", "EUR")["available"].as_str().expect("one").to_owned();
        let asset = Asset::of("EUR").expect("one");
        let available = asset.parse(&available).expect("one");
        let each = available / 10 / 10_000 * 10_000;
        let (data, url, now_us) = (desk.world.data(), desk.world.url(), desk.now_us);
        let taken = std::sync::atomic::AtomicU64::new(0);
        for clients in [2_u64, 4, 8, 16, 32, 64] {
            std::thread::scope(|scope| {
                for client in 0..clients {
                    let (data, taken) = (&data, &taken);
                    scope.spawn(move || {
                        let mut stipend = Stipend::open(data, url).expect("the folder");
                        let asset = Asset::of("EUR").expect("one");
                        let wish =
                            Wish { asset, amount: Some(each), method: None, scheduled: false };
                        let key = format!("p{clients:07x}{client:07x}");
                        let request = Request { creator: "c1".to_owned(), wish, key };
                        let change = payouts::Change::Request(request);
                        let done =
                            at_the_machine(&mut stipend, Command::Payout(change), "", now_us);
                        match done {
                            Ok(_) => {
                                taken.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                            }
                            Err(problem) => assert_eq!(problem.code, "not_drawable"),
                        }
                    });
                }
            });
        }
        let taken = taken.into_inner();
        assert_eq!(taken, 10, "ten times a tenth and no more");
        let left = asset.format(available - each * 10);
        let rest = desk.purse("c1", "EUR")["available"].clone();
        assert_eq!(rest, left);
        desk.check();
    }
}

/// Details of persons are in no file, and in nothing that anybody reads; a forgotten person's in
/// nothing at all.
#[test]
fn details_are_sealed_and_can_be_forgotten() {
    let mut desk = Desk::new(Engine::Sqlite, TERMS);
    let canaries = ["Zebulon Canary", "NL91ABNA0417164300", "Canary, Zebulon"];
    desk.identify("c1", "NL", canaries[0], &[]);
    desk.bank("c1", canaries[2]);
    let reads = |desk: &Desk| -> usize {
        let mut found: Vec<&str> = Vec::new();
        for name in ["stipend.db", "stipend.db-wal"] {
            let bytes = std::fs::read(desk.world.data().join(name)).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            found.extend(canaries.iter().filter(|canary| text.contains(**canary)).copied());
        }
        found.len()
    };
    assert_eq!(reads(&desk), 0);
    let shown = desk.stipend.db.methods("c1").expect("methods");
    assert_eq!(app::methods::to_json(&shown[0])["label"], "NL…4300");
    let forgotten = desk.ok(Command::Wallet(Change::Forget { creator: "c1".to_owned() }));
    assert_eq!(forgotten["destroyed"], true);
    assert!(desk.stipend.db.person_key("c1").expect("a row").is_none());
    assert!(desk.stipend.db.methods("c1").expect("methods").is_empty());
    // Without the folder's key all else works.
    std::fs::remove_file(desk.world.data().join("details.key")).expect("the key");
    desk.stipend = Stipend::open(&desk.world.data(), desk.world.url()).expect("a folder");
    let identity = Identity {
        creator: "c2".to_owned(),
        country: "NL".to_owned(),
        name: "Ann".to_owned(),
        forms: Vec::new(),
        screened: String::new(),
        screened_us: None,
    };
    let locked = desk.send(Command::Wallet(Change::Identify(identity))).expect_err("locked");
    assert!(locked.starts_with("details_locked"), "{locked}");
    let shown = app::wallet::show(&mut desk.stipend.db, "c1", "en", desk.now_us);
    assert_eq!(shown.expect("a wallet")["state"], "open");
}

/// `details.key` is changed: all details stay readable and places recognised, who was forgotten
/// stays so, the old key opens nothing, and a change that was cut off is finished.
#[test]
fn the_key_of_details_is_changed() {
    for engine in ENGINES {
        let mut desk = Desk::new(engine, TERMS);
        desk.stipend_settle();
        desk.work();
        desk.fund("bank-eur", "1000.00");
        for (creator, name) in [("c1", "Ann Bee"), ("c2", "Bob Cee"), ("c3", "Cid Dee")] {
            desk.identify(creator, "NL", name, &[]);
            desk.bank(creator, name);
        }
        desk.ok(Command::Wallet(Change::Forget { creator: "c3".to_owned() }));
        desk.now_us += 3 * DAY;
        let prints = |desk: &mut Desk| {
            let mut of = |creator| desk.stipend.db.methods(creator).expect("methods").remove(0);
            (of("c1").fingerprint, of("c2").fingerprint)
        };
        let before = prints(&mut desk);
        assert_eq!(before.0, before.1, "one place");
        // What is approved is bound to places as they are told apart now.
        desk.request("c1", "EUR", Some("20.00")).expect("a payout");
        desk.now_us += HOUR;
        desk.work();
        // Two creators with one account are somebody's to look at.
        desk.ok(Command::Payout(payouts::Change::Clear { id: 1 }));
        let made = desk.ok(Command::Payout(payouts::Change::Batch));
        assert_eq!(made["batches"].as_array().map(Vec::len), Some(1), "{made}");
        let refused = desk.world.fails(&["wallet", "rekey"], 2);
        assert!(refused.contains("1 batches are not handed over"), "{refused}");
        desk.ok(Command::Payout(payouts::Change::Discard { batch: 1 }));
        let data = desk.world.data();
        let file = |name: &str| data.join(name);
        let old = std::fs::read(file("details.key")).expect("a key");
        // The attempt that was refused left the key that is to come.
        let next = std::fs::read(file("details.key.next")).expect("a key");
        let done = desk.world.ok(&["wallet", "rekey"]);
        assert!(done.contains("persons 2") && done.contains("methods 2"), "{done}");
        assert_eq!(std::fs::read(file("details.key")).expect("a key"), next);
        assert_eq!(std::fs::read(file("details.key.old")).expect("a key"), old);
        assert!(!file("details.key.next").exists());
        // A process with the old key writes nothing that nobody could read.
        let identity = |creator: &str| Identity {
            creator: creator.to_owned(),
            country: "NL".to_owned(),
            name: "Eve Eff".to_owned(),
            forms: Vec::new(),
            screened: String::new(),
            screened_us: None,
        };
        let stale = desk.send(Command::Wallet(Change::Identify(identity("c10"))));
        assert!(stale.expect_err("stale").starts_with("details_locked"));
        let old_key = std::fs::read(file("details.key.old")).expect("a key");
        std::fs::write(file("details.key"), &old_key).expect("put back");
        assert!(Stipend::open(&desk.world.data(), desk.world.url()).is_err(), "the old one");
        // Cut off after the database had it: opening the folder finishes that.
        std::fs::rename(file("details.key"), file("details.key.old")).expect("as before");
        std::fs::write(file("details.key.next"), &next).expect("as before");
        desk.stipend = Stipend::open(&desk.world.data(), desk.world.url()).expect("a folder");
        assert_eq!(std::fs::read(file("details.key")).expect("a key"), next);
        let after = prints(&mut desk);
        assert_eq!(after.0, after.1, "still one place");
        assert_ne!(after.0, before.0);
        desk.ok(Command::Wallet(Change::Identify(identity("c10"))));
        assert!(desk.stipend.db.person_key("c3").expect("a row").is_none());
        // The details leave in a file as they were told.
        let batches = desk.pay();
        let seq = batches[0]["id"].as_i64().expect("a number");
        let (_, sent) = app::batches::file(&mut desk.stipend, seq).expect("a file");
        assert!(sent.contains("NL91ABNA0417164300"), "{sent}");
        desk.check();
    }
}

/// N28: a wallet that nobody touches falls asleep, its owner is told, and what is available is set
/// aside for him; whoever stirs in time keeps it drawable.
#[test]
fn a_wallet_that_sleeps_is_told_set_aside_and_claimed() {
    for engine in ENGINES {
        let rules = "hold_alarm_days = 30\ndormant_days = 365\ndormant_notice_days = 30";
        let mut desk = Desk::new(engine, &TERMS.replace("hold_alarm_days = 30", rules));
        desk.stipend_settle();
        desk.work();
        for creator in ["c1", "c2", "c10"] {
            desk.identify(creator, "NL", "Ann Bee", &[]);
        }
        let first: Vec<String> = ["c1", "c2", "c10"].map(|one| desk.states(one)).to_vec();
        let row = |desk: &mut Desk, creator: &str| desk.stipend.db.dormant(creator).expect("a row");
        desk.now_us += 364 * DAY;
        desk.work();
        assert!(row(&mut desk, "c1").is_none(), "a day too early");
        desk.now_us += 2 * DAY;
        desk.work();
        let told = row(&mut desk, "c1").expect("he was told");
        assert_eq!((told.due_us, told.swept_us), (desk.now_us + 30 * DAY, None));
        // One chooses something, one is somebody's case.
        let schedule = "weekly".to_owned();
        desk.ok(Command::Wallet(Change::Schedule { creator: "c2".to_owned(), schedule }));
        let hold = app::holds::NewHold {
            creator: "c10".to_owned(),
            amount: None,
            reason: "court_order".to_owned(),
            note: "an estate".to_owned(),
            until_us: None,
        };
        desk.ok(Command::Wallet(Change::Hold(hold)));
        desk.now_us += 31 * DAY;
        desk.work();
        let aside = first[0].replace("available", "unclaimed");
        assert_eq!(desk.states("c1"), aside);
        assert_eq!(desk.states("c2"), first[1], "he stirred");
        assert!(row(&mut desk, "c2").is_none());
        assert_eq!(desk.states("c10"), first[2], "it is held");
        let messages = desk.stipend.db.messages("creator:c1", 0, 100).expect("messages");
        let kinds: Vec<String> = messages.into_iter().map(|one| one.kind).collect();
        assert!(kinds.iter().any(|kind| kind == "wallet-dormant"), "{kinds:?}");
        assert!(kinds.iter().any(|kind| kind == "wallet-unclaimed"), "{kinds:?}");
        let owed = liabilities::statement(&mut desk.stipend, desk.now_us).expect("a statement");
        assert!(owed["assets"][0]["owed"]["unclaimed"].is_string(), "it stays owed: {owed}");
        let close = Change::SetOpen { creator: "c1".to_owned(), open: false };
        assert!(desk.send(Command::Wallet(close)).is_err(), "it is not empty");
        // It is his whenever he comes back, once.
        let claim = || Command::Wallet(Change::Claim { creator: "c1".to_owned() });
        let claimed = desk.ok(claim());
        assert_eq!(claimed["claimed"].as_array().map(Vec::len), Some(1), "{claimed}");
        assert_eq!(desk.states("c1"), first[0]);
        assert_eq!(desk.ok(claim())["claimed"], json!([]));
        desk.work();
        assert_eq!(desk.states("c1"), first[0], "a claim is a deed of his");
        desk.check();
        desk.journals(&["EUR"]);
    }
}

/// N2, N3: the platform is asked whose an account is and what lists say; until it answers, nothing
/// goes there, and what waited for its answer alone goes on by itself.
#[test]
fn the_platform_is_asked_for_owners_and_lists() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", port.local_addr().expect("its address"));
    let heard = std::sync::Arc::new(std::sync::Mutex::new(Vec::<(String, Value)>::new()));
    let answers = std::sync::Arc::new(std::sync::Mutex::new(BTreeMap::<String, String>::new()));
    let (kept, given) = (std::sync::Arc::clone(&heard), std::sync::Arc::clone(&answers));
    std::thread::spawn(move || {
        for stream in port.incoming().flatten() {
            let Some(request) = testkit::provider::read(&stream) else { continue };
            let body: Value = serde_json::from_str(&request.body).expect("JSON");
            let question = body["question"].as_str().expect("a question").to_owned();
            let answer = given.lock().expect("answers").get(&question).cloned().unwrap_or_default();
            let signed = request.headers.get("webhook-signature").cloned().unwrap_or_default();
            kept.lock().expect("the list").push((signed, body));
            testkit::provider::reply_with(&stream, 200, &answer);
        }
    });
    for engine in ENGINES {
        let rules = "[review]\nask_owner = true\nask_screening = true\nscreening_days = 30";
        let mut desk = Desk::new(engine, &TERMS.replace("[review]", rules));
        desk.asked = app::questions::Asked {
            owner_url: format!("{url}/owner"),
            screening_url: format!("{url}/screening"),
            secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned(),
        };
        desk.stipend_settle();
        desk.work();
        let say = |question: &str, answer: &str| {
            let (question, answer) = (question.to_owned(), answer.to_owned());
            answers.lock().expect("answers").insert(question, answer);
        };
        say("owner", "no JSON");
        say("screening", r#"{"screened":"perhaps"}"#);
        desk.identify("c1", "NL", "Ann de Vries", &[]);
        desk.bank("c1", "VRIES, ANN DE");
        desk.now_us += 2 * DAY;
        desk.ask();
        assert_eq!(desk.codes("c1", "EUR"), "name_under_review", "no answer is no yes");
        // It answers at last: the account is another's, then it is his after all.
        say("owner", r#"{"owner":"different"}"#);
        desk.now_us += HOUR;
        desk.ask();
        assert_eq!(desk.codes("c1", "EUR"), "name_mismatch");
        let first = desk.stipend.db.methods("c1").expect("methods")[0].seq;
        desk.ok(Command::Wallet(Change::RemoveMethod { creator: "c1".to_owned(), id: first }));
        say("owner", r#"{"owner":"same"}"#);
        desk.bank("c1", "VRIES, ANN DE");
        desk.now_us += 2 * DAY;
        desk.ask();
        assert_eq!(desk.codes("c1", "EUR"), "");
        // A payout waits for what lists say, and goes on when they say nothing.
        let one = desk.request("c1", "EUR", Some("25.00")).expect("a payout");
        assert_eq!((&one["state"], &one["reason"]), (&json!("review"), &json!("")));
        say("screening", r#"{"screened":"clear"}"#);
        desk.now_us += HOUR;
        desk.ask();
        let row = desk.stipend.db.payout(1).expect("a row").expect("one");
        assert_eq!((row.state.as_str(), row.reason.as_str()), ("ready", "screened_clear"));
        say("screening", r#"{"screened":"listed"}"#);
        desk.identify("c1", "NL", "Ann de Vries", &[]);
        desk.now_us += HOUR;
        desk.ask();
        assert_eq!(desk.pay().len(), 0, "nobody pays whom lists name");
        let row = desk.stipend.db.payout(1).expect("a row").expect("one");
        assert_eq!((row.state.as_str(), row.reason.as_str()), ("review", "sanctions_listed"));
        let mut heard = heard.lock().expect("the list");
        assert!(heard.iter().all(|(signed, _)| signed.starts_with("v1,")), "{heard:?}");
        let owner = heard.iter().find(|(_, body)| body["question"] == "owner").expect("one");
        assert_eq!(owner.1["name"], "Ann de Vries");
        assert_eq!(owner.1["details"]["iban"], "NL91ABNA0417164300");
        heard.clear();
        desk.check();
    }
}

/// N6: rates that were wrong are put right by saying so; what was quoted keeps its rate.
#[test]
fn rates_are_corrected_and_quotes_stay() {
    let mut desk = Desk::new(Engine::Sqlite, TERMS);
    desk.stipend_settle();
    desk.work();
    desk.identify("c1", "US", "Ann Bee", &["W-9"]);
    let details = [
        ("holder", "Ann Bee"),
        ("country", "US"),
        ("bank_code", "091000019"),
        ("account", "12345678"),
    ];
    desk.method("c1", Kind::Bank, &details);
    desk.now_us += 2 * DAY;
    let one = desk.request("c1", "EUR", Some("40.00")).expect("a payout");
    assert_eq!(one["gross"], "50.00");
    let right = "Date,USD,\n2026-06-30,1.3,\n".to_owned();
    let refused = desk.send(Command::ImportRates { file: right.clone(), correct: false });
    assert!(refused.expect_err("known").contains("say that they are corrected"));
    let done = desk.ok(Command::ImportRates { file: right, correct: true });
    assert_eq!((&done["corrected"], &done["added"]), (&json!(1), &json!(0)));
    let other = desk.request("c1", "EUR", Some("40.00")).expect("a payout");
    assert_eq!(other["gross"], "52.00");
    let kept = desk.stipend.db.payout(1).expect("a row").expect("one");
    assert_eq!(payouts::to_json(&kept)["rate"]["rate"], "1.25");
    desk.check();
}
