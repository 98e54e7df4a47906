//! Payouts by providers that misbehave, workers that die, and what ends in no other way (I9, R94,
//! N26, N35).
use std::collections::BTreeMap;

use app::command::Command;
use app::jobs::Worker;
use app::payouts;
use kernel::Clock;
use serde_json::json;
use wallet::method::Kind;

use crate::desk::{Desk, HOUR, TERMS, at};
use crate::world::{ENGINES, Engine};

/// Terms that pay by a provider.
pub(crate) fn provider_terms(rail: &str, pay_out: bool) -> String {
    let terms = TERMS.replace("cooling_hours = 48", "cooling_hours = 0");
    let terms = terms.replace("cancel_minutes = 30", "cancel_minutes = 0");
    format!(
        "{terms}\n[[account]]\nname = \"api\"\nrail = \"{rail}\"\nasset = \"EUR\"\n[[corridor]]\n\
         assets = [\"EUR\"]\nmethod = \"{rail}\"\nrail = \"{rail}\"\naccount = \"api\"\n\
         pay_out = {pay_out}\n"
    )
}

/// A creator with a method at a provider, and so many payouts of his that are ready.
pub(crate) fn many(desk: &mut Desk, rail: &str, count: usize) {
    desk.identify("c1", "CN", "Ann Bee", &[]);
    let (kind, receiver) = match rail {
        "stripe" => (Kind::Stripe, "acct_1A2b"),
        _ => (Kind::PayPal, "ann@mail.example"),
    };
    desk.method("c1", kind, &[("receiver", receiver), ("country", "CN")]);
    desk.credit("c1", "1000000.00");
    for number in 0..count {
        let amount = format!("{}.{:02}", 1 + number / 100, number % 100);
        desk.request("c1", "EUR", Some(&amount)).expect("a payout");
    }
}

/// What a provider did, by the key of its payout: how often it paid, how often it came back.
fn done(journal: &[testkit::provider::Entry]) -> BTreeMap<String, (u64, u64)> {
    let mut done: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for entry in journal {
        let counts = done.entry(entry.payout.clone()).or_default();
        match entry.what {
            "sent" => counts.0 += 1,
            "returned" => counts.1 += 1,
            _ => {}
        }
    }
    done
}

/// Every payout is where the provider's own journal says it is (I9).
fn compare(desk: &mut Desk, provider: &testkit::provider::Provider, seed: u64) -> Vec<String> {
    compare_with(desk, &done(&provider.journal()), ("api", "EUR"), seed)
}

/// The same of whoever did it: by key, how often it paid and how often that came back.
fn compare_with(
    desk: &mut Desk,
    done: &BTreeMap<String, (u64, u64)>,
    (account, asset): (&str, &str),
    seed: u64,
) -> Vec<String> {
    let rows = desk.stipend.db.payouts("", 0, 100_000).expect("payouts");
    let mut states = Vec::new();
    for row in &rows {
        let counts = done.get(&row.key).copied().unwrap_or_default();
        let expected = match row.state.as_str() {
            "paid" => (1, 0),
            "returned" => (1, 1),
            "failed" => (0, 0),
            other => panic!("seed {seed}: payout {} is still {other}: {}", row.seq, row.reason),
        };
        assert_eq!(counts, expected, "seed {seed}: payout {} is {}", row.seq, row.state);
        states.push(row.state.clone());
    }
    assert_eq!(done.keys().filter(|key| !rows.iter().any(|row| row.key == **key)).count(), 0);
    let paid: i64 = rows.iter().filter(|row| row.state == "paid").map(|row| row.net).sum();
    let cash = -desk
        .stipend
        .db
        .balance(&ledger::Account::Cash { name: account.to_owned() }, asset)
        .expect("a balance");
    assert_eq!(cash, 1_000_000_000_000 - paid, "seed {seed}: what left is what was paid");
    states
}

/// A provider that loses answers, fails after it has paid, refuses and sends back; two workers and
/// its webhooks race for each answer. Nobody is paid twice, nothing is lost.
fn misbehaves(engine: Engine, (rail, pay_out): (&'static str, bool), seed: u64, count: usize) {
    use testkit::provider::{Manners, Provider};
    let mut desk = Desk::new(engine, &provider_terms(rail, pay_out));
    desk.stipend_settle();
    let provider = match rail {
        "stripe" => Provider::stripe(seed, Manners::BAD),
        _ => Provider::paypal(seed, Manners::BAD),
    };
    let agent = rail::Agent::default();
    desk.rails = match rail {
        "stripe" => app::rails::Rails {
            stripe: Some(std::sync::Arc::new(rail::Stripe::new(agent, &provider.url, "sk_test"))),
            paypal: None,
        },
        _ => app::rails::Rails {
            stripe: None,
            paypal: Some(std::sync::Arc::new(rail::PayPal::new(agent, &provider.url, "a", "b"))),
        },
    };
    many(&mut desk, rail, count);
    desk.fund("api", "1000000.00");
    desk.now_us += HOUR;
    let made = desk.ok(Command::Payout(payouts::Change::Batch));
    let (batch, digest) = (made["batches"][0]["id"].clone(), made["batches"][0]["digest"].clone());
    let batch = batch.as_i64().expect("a number");
    let digest = digest.as_str().expect("a digest").to_owned();
    let proposal = desk.ok(Command::Payout(payouts::Change::Approve { batch, digest }));
    desk.approve(&proposal).expect("approved");
    let keys: Vec<String> = desk
        .stipend
        .db
        .payouts("", 0, 100_000)
        .expect("payouts")
        .into_iter()
        .map(|row| row.key)
        .collect();
    let mut events = 0;
    let mut call = |desk: &mut Desk, key: &str, twice: bool| {
        events += 1;
        for _ in 0..1 + usize::from(twice) {
            let one = app::rails::Call {
                rail,
                event: format!("evt_{events}"),
                kind: "transfer.updated".to_owned(),
                key: key.to_owned(),
                reference: String::new(),
            };
            desk.ok(Command::Payout(payouts::Change::Called(one)));
        }
    };
    let open = ["batched", "submitting", "unknown", "submitted", "halted"];
    for round in 0..60 {
        for key in keys.iter().skip(round).step_by(97) {
            call(&mut desk, key, round % 2 == 0);
        }
        let workers: Vec<Worker> = (0..2).map(|_| desk.worker()).collect();
        std::thread::scope(|scope| {
            for mut worker in workers {
                scope.spawn(move || while worker.turn().expect("a turn") {});
            }
        });
        desk.now_us += HOUR / 10;
        let left: usize = open
            .iter()
            .map(|state| desk.stipend.db.payouts(state, 0, 100_000).expect("payouts").len())
            .sum();
        if left == 0 {
            break;
        }
        if round == 40 {
            provider.behave();
        }
    }
    // What hangs at the provider is asked back: nobody claimed it, or it never went on to a bank.
    let mut recalled = 0;
    for state in open {
        for row in desk.stipend.db.payouts(state, 0, 100_000).expect("payouts") {
            desk.ok(Command::Payout(payouts::Change::Recall { id: row.seq }));
            recalled += 1;
        }
    }
    for _ in 0..10 {
        desk.now_us += HOUR;
        desk.work();
    }
    let back = provider.send_back();
    for key in &back {
        call(&mut desk, key, true);
    }
    provider.behave();
    desk.work();
    let states = compare(&mut desk, &provider, seed);
    let faults = provider.faults();
    println!("{engine:?} {rail} seed {seed}: {count} payouts, {recalled} recalled, {faults:?}");
    assert!(recalled > 0 || (rail == "stripe" && !pay_out), "seed {seed}: nothing hung");
    // A fault that was never injected proves nothing.
    for fault in ["silent after", "500 after", "blind"] {
        assert!(rail == "paypal" || faults.contains_key(fault), "{fault} never happened");
    }
    for state in ["paid", "failed", "returned"] {
        assert!(states.iter().any(|known| known == state), "seed {seed}: none is {state}");
    }
    desk.check();
}

fn payouts_of_a_test() -> usize {
    std::env::var("STIPEND_TEST_PAYOUTS").ok().and_then(|text| text.parse().ok()).unwrap_or(300)
}

#[test]
fn a_provider_that_misbehaves_pays_each_once() {
    misbehaves(Engine::Sqlite, ("stripe", false), 11, payouts_of_a_test());
}

#[test]
fn a_provider_that_misbehaves_pays_each_once_on_postgres() {
    misbehaves(Engine::Postgres, ("stripe", false), 12, payouts_of_a_test() / 3);
}

/// From the creator's account there on to his bank: what does not arrive is told to people, and
/// comes back when they ask for it.
#[test]
fn a_provider_that_pays_on_to_banks_pays_each_once() {
    misbehaves(Engine::Sqlite, ("stripe", true), 16, payouts_of_a_test() / 3);
    misbehaves(Engine::Postgres, ("stripe", true), 17, payouts_of_a_test() / 3);
}

#[test]
fn a_provider_of_batches_that_misbehaves_pays_each_once() {
    for (engine, seed) in [(Engine::Sqlite, 13), (Engine::Postgres, 14), (Engine::Sqlite, 15)] {
        misbehaves(engine, ("paypal", false), seed, payouts_of_a_test() / 3);
    }
}

/// A worker that dies at each step of a payout by an API, and another that goes on.
#[test]
fn a_kill_at_each_step_pays_once() {
    use testkit::provider::{Manners, Provider};
    for point in app::failpoint::PAYING {
        for time in [1, 3] {
            let mut desk = Desk::new(Engine::Sqlite, &provider_terms("stripe", false));
            desk.stipend_settle();
            let provider = Provider::stripe(21, Manners::default());
            desk.now_us = Clock::System.now_us() - 2 * HOUR;
            many(&mut desk, "stripe", 4);
            desk.fund("api", "1000000.00");
            let made = desk.ok(Command::Payout(payouts::Change::Batch));
            let digest = made["batches"][0]["digest"].as_str().expect("a digest").to_owned();
            let proposal = desk.ok(Command::Payout(payouts::Change::Approve { batch: 1, digest }));
            desk.approve(&proposal).expect("approved");
            let worker = |failpoint: Option<String>| {
                let mut command = desk.world.command();
                command.arg("worker").env("STIPEND_STRIPE_SECRET", "sk_test");
                command.env("STIPEND_STRIPE_URL", &provider.url);
                if let Some(point) = failpoint {
                    command.env("STIPEND_FAILPOINT", point);
                }
                command.stderr(std::process::Stdio::null()).spawn().expect("a worker")
            };
            let mut dies = worker(Some(format!("{point}@{time}")));
            let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
            while dies.try_wait().expect("its state").is_none() {
                assert!(std::time::Instant::now() < until, "{point}@{time} was never reached");
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            // Another takes its job over when its lease is over; a test does not wait for that.
            desk.rails.stripe = Some(std::sync::Arc::new(rail::Stripe::new(
                rail::Agent::default(),
                &provider.url,
                "sk_test",
            )));
            desk.now_us = Clock::System.now_us() + HOUR;
            desk.work();
            desk.now_us += HOUR;
            desk.work();
            let states = compare(&mut desk, &provider, 21);
            assert_eq!(states, ["paid"; 4], "{point}@{time}");
            desk.check();
        }
    }
}

/// What two people say of the end of a payout that its provider halted.
#[test]
fn a_halted_payout_is_ended_by_two_people() {
    use testkit::provider::{Manners, Provider};
    for engine in ENGINES {
        let mut desk = Desk::new(engine, &provider_terms("stripe", true));
        desk.stipend_settle();
        let provider = Provider::stripe(31, Manners { halts: 1_000, ..Manners::default() });
        let agent = rail::Agent::default();
        let stripe = rail::Stripe::new(agent, &provider.url, "sk_test");
        desk.rails.stripe = Some(std::sync::Arc::new(stripe));
        many(&mut desk, "stripe", 2);
        desk.fund("api", "1000000.00");
        desk.now_us += HOUR;
        assert_eq!(desk.pay().len(), 1);
        desk.now_us += HOUR;
        desk.work();
        let open = desk.stipend.db.differences(true, 0, 10).expect("differences");
        let kinds: Vec<&str> = open.iter().map(|one| one.kind.as_str()).collect();
        assert_eq!(kinds, ["transferred_not_paid_out"; 2]);
        let end = |id: i64, end: payouts::End| {
            let why = "Stripe's page of the account says so".to_owned();
            Command::Payout(payouts::Change::Conclude { id, end, why })
        };
        // The creator left it on his account there: that is his, and it is paid.
        let proposal = desk.ok(end(1, payouts::End::Paid));
        assert_eq!(proposal["command"], "payout.conclude");
        assert_eq!(desk.stipend.db.payout(1).expect("a row").expect("one").state, "halted");
        desk.approve(&proposal).expect("approved");
        desk.ok(Command::Payout(payouts::Change::Recall { id: 2 }));
        desk.work();
        let states = compare(&mut desk, &provider, 31);
        assert_eq!(states, ["paid", "returned"]);
        // What is over is not asked back, and not ended in another way.
        let over = desk.send(Command::Payout(payouts::Change::Recall { id: 1 }));
        assert!(over.expect_err("over").starts_with("wrong_state"));
        let other = desk.ok(end(2, payouts::End::Failed));
        let other = desk.approve(&other).expect("an answer");
        assert_eq!(other["state"], "approved", "told twice: nothing happens, {other}");
        assert_eq!(desk.stipend.db.payout(2).expect("a row").expect("one").state, "returned");
        desk.check();
    }
}

/// A bank that takes files, by a rail: terms, a creator with a method, and the account that pays.
fn at_a_bank(engine: Engine, rail: &str) -> (Desk, &'static str, &'static str) {
    let terms = TERMS.replace("cooling_hours = 48", "cooling_hours = 0");
    let terms = terms.replace("cancel_minutes = 30", "cancel_minutes = 0");
    let nacha = terms
        .replace(
            "rail = \"sheet\"\nasset = \"USD\"",
            "rail = \"nacha\"\nasset = \"USD\"\nholder = \"Platform Inc\"\n\
             routing = \"021000021\"\ncompany = \"1234567890\"\nbank = \"First Bank\"",
        )
        .replace(
            "method = \"bank\"\nrail = \"sheet\"\naccount = \"desk\"",
            "method = \"bank\"\nrail = \"nacha\"\naccount = \"desk\"",
        );
    let mut desk = Desk::new(engine, if rail == "nacha" { &nacha } else { &terms });
    desk.stipend_settle();
    let (account, asset) = match rail {
        "sepa" => {
            desk.identify("c1", "NL", "Ann Bee", &[]);
            desk.bank("c1", "Ann Bee");
            ("bank-eur", "EUR")
        }
        "nacha" => {
            desk.identify("c1", "US", "Ann Bee", &["W-9"]);
            let details = [
                ("holder", "Ann Bee"),
                ("country", "US"),
                ("bank_code", "091000019"),
                ("account", "12345678"),
                ("account_type", "checking"),
            ];
            desk.method("c1", Kind::Bank, &details);
            ("desk", "USD")
        }
        _ => {
            desk.identify("c1", "CN", "Ann Bee", &[]);
            let details =
                [("holder", "Ann Bee"), ("country", "CN"), ("token", "tok_1"), ("last4", "4242")];
            desk.method("c1", Kind::Card, &details);
            ("cards", "EUR")
        }
    };
    desk.credit("c1", "1000000.00");
    desk.fund(account, "1000000.00");
    (desk, account, asset)
}

/// A bank whose answers come late, twice, in other words and in any order, and to which files are
/// sent twice: nobody is paid twice, nothing is lost, and the ledger is what the bank really did.
fn answers_badly(engine: Engine, rail: &str, seed: u64, count: usize) {
    use testkit::bank::{Bank, Habits};
    let (mut desk, account, asset) = at_a_bank(engine, rail);
    let mut bank = Bank::new(seed, Habits::BAD);
    for batch in 0..3 {
        for number in 0..count / 3 {
            let amount = format!("{}.{:02}", 20 + batch + number / 100, number % 100);
            desk.request("c1", "EUR", Some(&amount)).expect("a payout");
        }
        desk.now_us += HOUR;
        for made in desk.pay() {
            let seq = made["id"].as_i64().expect("a number");
            let (_, file) = app::batches::file(&mut desk.stipend, seq).expect("a file");
            // Whoever sends it is not sure, and sends it again.
            (0..=batch).for_each(|_| bank.take(&file));
        }
        for _ in 0..3 {
            hear(&mut desk, &mut bank);
        }
    }
    while !bank.is_silent() {
        hear(&mut desk, &mut bank);
    }
    let done = done(bank.journal());
    let states = compare_with(&mut desk, &done, (account, asset), seed);
    let differences = desk.stipend.db.differences(true, 0, 100).expect("differences");
    assert!(differences.is_empty(), "seed {seed}: {differences:?}");
    println!("{engine:?} {rail} seed {seed}: {count} payouts, {:?}", bank.faults());
    for fault in ["the same file", "late", "in other words", "returned"] {
        assert!(bank.faults().contains_key(fault), "{fault} never happened");
    }
    let ends: &[&str] =
        if rail == "nacha" { &["paid", "returned"] } else { &["paid", "failed", "returned"] };
    for end in ends {
        assert!(states.iter().any(|state| state == end), "seed {seed}: none is {end}");
    }
    desk.check();
}

/// What the bank says next; every third of it is told twice.
fn hear(desk: &mut Desk, bank: &mut testkit::bank::Bank) {
    for (place, answer) in bank.answers().into_iter().enumerate() {
        desk.report(answer.as_bytes());
        if place % 3 == 0 {
            assert_eq!(desk.report(answer.as_bytes())["repeated"], true);
        }
    }
    desk.now_us += HOUR;
    desk.work();
}

#[test]
fn a_bank_that_answers_badly_pays_each_once() {
    for (place, rail) in (0..).zip(["sepa", "nacha", "sheet"]) {
        answers_badly(Engine::Sqlite, rail, 41 + place, payouts_of_a_test());
        answers_badly(Engine::Postgres, rail, 51 + place, payouts_of_a_test() / 3);
    }
}

/// A worker that dies while it makes days drawable or hands a file over, and a report that dies
/// half-way: what goes on after it does each once.
#[test]
fn a_kill_at_each_step_of_releases_and_files_moves_money_once() {
    let terms = TERMS.replace("cooling_hours = 48", "cooling_hours = 0");
    let terms = terms.replace("cancel_minutes = 30", "cancel_minutes = 0");
    let dies = |mut command: std::process::Command, point: &str| {
        command.env("STIPEND_FAILPOINT", point).stderr(std::process::Stdio::null());
        let mut child = command.stdout(std::process::Stdio::null()).spawn().expect("a process");
        let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while child.try_wait().expect("its state").is_none() {
            if std::time::Instant::now() > until {
                child.kill().ok();
                panic!("{point} was never reached");
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    };
    // What it comes to where nobody dies.
    let mut untouched: Option<String> = None;
    let points =
        [vec!["none"], app::failpoint::RELEASING.to_vec(), app::failpoint::FILING.to_vec()];
    for point in points.concat() {
        let mut desk = Desk::new(Engine::Sqlite, &terms);
        desk.stipend_settle();
        desk.now_us = Clock::System.now_us() - 2 * HOUR;
        let worker = |desk: &Desk, point: &str| {
            let mut command = desk.world.command();
            command.arg("worker");
            dies(command, point);
        };
        if app::failpoint::RELEASING.contains(&point) {
            worker(&desk, point);
            // Another takes its job over when its lease is over; a test does not wait for that.
            desk.now_us = Clock::System.now_us() + HOUR;
        }
        desk.work();
        desk.ok(Command::ImportRates {
            file: format!("Date,USD,\n{},1.25,\n", today(&desk)),
            correct: false,
        });
        desk.identify("c1", "NL", "Ann Bee", &[]);
        desk.bank("c1", "Ann Bee");
        for amount in ["10.00", "20.00", "30.00"] {
            desk.request("c1", "EUR", Some(amount)).expect("a payout");
        }
        desk.fund("bank-eur", "1000.00");
        let made = desk.ok(Command::Payout(payouts::Change::Batch));
        let digest = made["batches"][0]["digest"].as_str().expect("a digest").to_owned();
        let proposal = desk.ok(Command::Payout(payouts::Change::Approve { batch: 1, digest }));
        desk.approve(&proposal).expect("approved");
        if point.starts_with("file:") {
            worker(&desk, point);
            desk.now_us = Clock::System.now_us() + HOUR;
        }
        desk.work();
        let rows = desk.stipend.db.payouts_of_batch(1).expect("payouts");
        let file = app::batches::file(&mut desk.stipend, 1).expect("a file").1;
        let report = pain002(&file, &rows[1].key, "AC04");
        let path = desk.world.file("answer.xml", &report);
        if point.starts_with("report:") || point.starts_with("command:") {
            let mut command = desk.world.command();
            command.args(["payout", "report", &path]);
            dies(command, point);
        }
        let again = desk.report(report.as_bytes());
        assert_eq!(again["repeated"], json!(point == "command:after-commit"), "{point}: {again}");
        let states: Vec<String> = desk
            .stipend
            .db
            .payouts_of_batch(1)
            .expect("payouts")
            .into_iter()
            .map(|row| row.state)
            .collect();
        assert_eq!(states, ["submitted", "failed", "submitted"], "{point}");
        let found = desk.states("c1");
        assert_eq!(*untouched.get_or_insert(found.clone()), found, "{point}");
        desk.check();
    }
}

/// The bank's refusal of one payout of a file.
fn pain002(file: &str, key: &str, code: &str) -> String {
    let part = |name: &str| {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let begin = file.find(&open).map(|at| at + open.len()).expect(name);
        file[begin..].split(&close).next().expect(name).to_owned()
    };
    let (message, payment) = (part("MsgId"), part("PmtInfId"));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt>\
         <GrpHdr><MsgId>B1</MsgId><CreDtTm>2026-11-26T00:00:00</CreDtTm></GrpHdr>\
         <OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId>\
         <OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>\
         <OrgnlPmtInfAndSts><OrgnlPmtInfId>{payment}</OrgnlPmtInfId><TxInfAndSts>\
         <OrgnlEndToEndId>{key}</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn>\
         <Cd>{code}</Cd></Rsn></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts>\
         </CstmrPmtStsRpt></Document>"
    )
}

fn today(desk: &Desk) -> kernel::Day {
    kernel::Zone::utc().day_of(desk.now_us)
}

/// A rail that tells only of what fails: what nobody answered is paid after the terms' days, and
/// what comes back after that comes back (N26).
#[test]
fn silence_is_paid_after_the_days_of_the_terms() {
    for engine in ENGINES {
        let terms = TERMS.replace("cooling_hours = 48", "cooling_hours = 0");
        let terms = terms.replace("cancel_minutes = 30", "cancel_minutes = 0");
        let terms = terms.replace(
            "name = \"desk\"\nrail = \"sheet\"",
            "name = \"desk\"\nrail = \"sheet\"\nsilence_days = 2",
        );
        let mut desk = Desk::new(engine, &terms);
        desk.stipend_settle();
        desk.work();
        desk.identify("c1", "US", "Ann Bee", &["W-9"]);
        let details = [("country", "US"), ("bank_code", "091000019"), ("account", "12345678")];
        desk.method("c1", Kind::Bank, &[&[("holder", "Ann Bee")], &details[..]].concat());
        desk.request("c1", "EUR", Some("40.00")).expect("a payout");
        desk.fund("desk", "1000.00");
        assert_eq!(desk.pay().len(), 1);
        let state = |desk: &mut Desk| desk.stipend.db.payout(1).expect("a row").expect("one").state;
        // It went on Wednesday, 1 July; Friday the 3rd is the second working day after it.
        for (now, expected) in
            [("2026-07-03T21:59:59Z", "submitted"), ("2026-07-04T12:00:00Z", "paid")]
        {
            desk.now_us = at(now);
            desk.work();
            assert_eq!(state(&mut desk), expected, "{now}");
        }
        let key = desk.stipend.db.payout(1).expect("a row").expect("one").key;
        let back = format!("key,state,reference,reason\n{key},returned,,R03\n");
        assert_eq!(desk.report(back.as_bytes())["changed"], 1);
        assert_eq!(state(&mut desk), "returned");
        desk.check();
    }
}
