//! Wallets, withdrawals and payouts: from a settled day to a bank account and back (R90 to R96, C4,
//! Q11, N3, N6, N7, N17, N24 to N28, N35).
use std::collections::BTreeMap;

use app::access::{Principal, Proof, Role};
use app::command::Command;
use app::dispatch::at_the_machine;
use app::draw::Request;
use app::identity::Identity;
use app::jobs::{Outside, Worker};
use app::methods::NewMethod;
use app::people::People;
use app::proposals::Decision;
use app::reports::Incoming;
use app::wallet::Change;
use app::{Stipend, cash, liabilities, payouts, statement};
use kernel::{Asset, Clock};
use serde_json::{Value, json};
use store::Lane;
use wallet::draw::Wish;
use wallet::method::{Kind, Method};

use crate::world::{ENGINES, Engine, POOL, World, log, python, root};

/// Terms of a platform in the euro area that also pays others.
pub(crate) const TERMS: &str = r#"
format = 1
title = "Terms"
zone = "Europe/Amsterdam"
pay_at = "10:00"
[wallet]
cooling_hours = 48
cancel_minutes = 30
hold_alarm_days = 30
[exchange]
source = "ecb"
stale_days = 5
[[payee]]
countries = ["CN"]
schedules = ["on-demand"]
minimum = "0.01 EUR"
[[payee]]
schedules = ["on-demand", "weekly", "monthly"]
weekday = "Fri"
month_day = 31
minimum = "5.00 USD"
maximum = "10000.00 EUR"
[[account]]
name = "bank-eur"
rail = "sepa"
asset = "EUR"
holder = "Platform BV"
iban = "NL91 ABNA 0417 1643 00"
[[account]]
name = "desk"
rail = "sheet"
asset = "USD"
[[account]]
name = "cards"
rail = "sheet"
asset = "EUR"
[[corridor]]
countries = ["NL", "DE", "FR"]
assets = ["EUR"]
method = "bank"
rail = "sepa"
account = "bank-eur"
fee = "0.35 EUR"
days = 1
calendar = "FIN:ECB"
[[corridor]]
countries = ["CN"]
assets = ["EUR"]
method = "card"
rail = "sheet"
account = "cards"
fee_by = "platform"
fee = "1.00 EUR"
[[corridor]]
countries = ["US"]
assets = ["USD"]
method = "bank"
rail = "sheet"
account = "desk"
fee = "1.00 USD"
fee_share = "0.01"
fee_max = "5.00 USD"
minimum = "10.00 USD"
days = 3
[review]
above = "5000.00 EUR"
[[tax]]
countries = ["US"]
to = "US"
forms = ["W-9"]
without_form = "0.24"
[[tax]]
countries = ["FR"]
to = "FR"
forms = ["FR-1"]
"#;

const RATES: &str = "Date,USD,HRK,\n2026-06-30,1.2500,N/A,\n2022-12-30,1.0666,7.5365,\n";

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

fn at(text: &str) -> i64 {
    kernel::day::parse_instant(text).expect("an instant")
}

/// A platform with some settled days, and hands to do things on it at any time.
struct Desk {
    world: World,
    stipend: Stipend,
    now_us: i64,
    keys: u64,
    rails: app::rails::Rails,
}

impl Desk {
    fn new(engine: Engine, terms: &str) -> Desk {
        let world = World::small(engine, POOL);
        world.file("log.ndjson", log(7, 3_000, 3).join("\n"));
        world.import("log.ndjson");
        Desk::open(world, terms)
    }

    fn open(world: World, terms: &str) -> Desk {
        let stipend = Stipend::open(&world.data(), world.url()).expect("a folder");
        let mut desk = Desk {
            world,
            stipend,
            now_us: at("2026-07-01T12:00:00Z"),
            keys: 0,
            rails: app::rails::Rails::default(),
        };
        desk.ok(Command::PublishTerms { document: terms.to_owned() });
        desk.ok(Command::ImportRates { file: RATES.to_owned() });
        desk
    }

    fn send(&mut self, command: Command) -> Result<Value, String> {
        let answer = at_the_machine(&mut self.stipend, command, "", self.now_us);
        match answer {
            Ok(answer) => Ok(serde_json::from_str(&answer.body).expect("JSON")),
            Err(problem) => Err(format!("{}: {}", problem.code, problem.detail)),
        }
    }

    fn ok(&mut self, command: Command) -> Value {
        let word = command.word();
        self.send(command).unwrap_or_else(|error| panic!("{word}: {error}"))
    }

    fn worker(&self) -> Worker {
        let guard = bus::Guard { allow_private: false };
        let outside = Outside { guard, mailer: None, rails: self.rails.clone() };
        let clock = Clock::Fixed(self.now_us);
        let stipend = self.stipend.again().expect("the folder");
        Worker::new(stipend, clock, Lane::Main, &outside).expect("a worker")
    }

    /// Does all jobs that are due.
    fn work(&mut self) {
        let mut worker = self.worker();
        while worker.turn().expect("a turn") {}
        self.all_lives();
    }

    /// No job was given up.
    fn all_lives(&mut self) {
        let dead: Vec<String> = self
            .stipend
            .db
            .job_counts()
            .expect("jobs")
            .iter()
            .filter(|count| count.state == "dead")
            .map(|count| format!("{count:?}"))
            .collect();
        assert!(dead.is_empty(), "{dead:?}");
    }

    fn key(&mut self) -> String {
        self.keys += 1;
        format!("p{:014x}", self.keys)
    }

    fn identify(&mut self, creator: &str, country: &str, name: &str, forms: &[&str]) {
        let forms = forms.iter().map(|code| ((*code).to_owned(), None)).collect();
        let (creator, country, name) = (creator.into(), country.into(), name.into());
        let screened = String::new();
        let identity = Identity { creator, country, name, forms, screened, screened_us: None };
        self.ok(Command::Wallet(Change::Identify(identity)));
    }

    fn method(&mut self, creator: &str, kind: Kind, details: &[(&str, &str)]) -> i64 {
        let given: BTreeMap<String, String> =
            details.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let method = Method::new(kind, &given).expect("a method");
        let new = NewMethod { creator: creator.to_owned(), method };
        self.ok(Command::Wallet(Change::AddMethod(new)))["id"].as_i64().expect("a number")
    }

    fn bank(&mut self, creator: &str, name: &str) -> i64 {
        self.method(creator, Kind::Bank, &[("holder", name), ("iban", "NL91ABNA0417164300")])
    }

    fn request(
        &mut self,
        creator: &str,
        code: &str,
        amount: Option<&str>,
    ) -> Result<Value, String> {
        let asset = Asset::of(code).expect("an asset");
        let amount = amount.map(|text| asset.parse(text).expect("an amount"));
        let wish = Wish { asset, amount, method: None, scheduled: false };
        let request = Request { creator: creator.to_owned(), wish, key: self.key() };
        self.send(Command::Payout(payouts::Change::Request(request)))
    }

    fn purse(&mut self, creator: &str, code: &str) -> Value {
        let shown = app::wallet::show(&mut self.stipend.db, creator, "en", self.now_us);
        let shown = shown.expect("a wallet");
        let purses = shown["purses"].as_array().expect("purses");
        purses.iter().find(|purse| purse["currency"] == code).cloned().unwrap_or_default()
    }

    /// The states of a purse that are not nought, in words.
    fn states(&mut self, creator: &str) -> String {
        let purse = self.purse(creator, "EUR");
        let states = ["pending", "available", "held", "reserve", "paying", "owed"];
        let some = states.iter().filter(|state| purse[**state] != "0.00");
        let some = some.map(|state| format!("{state} {}", purse[*state].as_str().unwrap_or("?")));
        some.collect::<Vec<_>>().join(", ")
    }

    /// The codes of what stands in the way of drawing everything.
    fn codes(&mut self, creator: &str, code: &str) -> String {
        let purse = self.purse(creator, code);
        let findings = purse["draw"]["findings"].as_array().cloned().unwrap_or_default();
        findings
            .iter()
            .map(|one| one["code"].as_str().expect("a code"))
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// A second person approves a proposal.
    fn approve(&mut self, proposal: &Value) -> Result<Value, String> {
        let digest = hex::decode(proposal["digest"].as_str().expect("a digest")).expect("hex");
        let by = Principal {
            actor: "operator:ben".to_owned(),
            roles: vec![Role::FinanceApprover],
            scopes: Vec::new(),
            subject: None,
            proof: Proof::Session { second_factor: true },
        };
        let seq = proposal["id"].as_i64().expect("a number");
        let decision = Decision::Approve(digest);
        let why = String::new();
        self.send(Command::People(People::Decide { seq, decision, by, why }))
    }

    fn fund(&mut self, account: &str, amount: &str) {
        let key = self.key();
        self.ok(Command::Payout(payouts::Change::MoveCash(cash::Move {
            account: account.to_owned(),
            what: cash::What::Capital,
            country: String::new(),
            amount: amount.to_owned(),
            why: "float".to_owned(),
            key,
        })));
    }

    /// Puts what may go into batches, approves them and hands them over.
    fn pay(&mut self) -> Vec<Value> {
        let made = self.ok(Command::Payout(payouts::Change::Batch));
        let batches = made["batches"].as_array().cloned().unwrap_or_default();
        for batch in &batches {
            let id = batch["id"].as_i64().expect("a number");
            let digest = batch["digest"].as_str().expect("a digest").to_owned();
            let change = payouts::Change::Approve { batch: id, digest };
            let proposal = self.ok(Command::Payout(change));
            let done = self.approve(&proposal).expect("approved");
            assert_eq!(done["state"], "approved", "{done}");
        }
        self.work();
        batches
    }

    fn report(&mut self, bytes: &[u8]) -> Value {
        let incoming = Incoming { bytes: bytes.to_vec(), source: "test".to_owned() };
        self.ok(Command::Payout(payouts::Change::Report(incoming)))
    }

    /// Money for a creator by hand, as two people decide it.
    fn credit(&mut self, creator: &str, amount: &str) {
        let units = Asset::of("EUR").expect("one").parse(amount).expect("an amount");
        let key = self.key();
        let (creator, asset) = (creator.to_owned(), "EUR".to_owned());
        let why = "for a test".to_owned();
        let change = Change::Adjust { creator, asset, amount: units, why, key };
        let proposal = self.ok(Command::Wallet(change));
        assert_eq!(self.approve(&proposal).expect("approved")["state"], "approved");
    }

    fn check(&self) {
        self.world.check();
    }
}

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

impl Desk {
    /// Settles all days that are over; gives how many.
    fn stipend_settle(&mut self) -> usize {
        let through = app::settle::Through::Latest;
        let done =
            app::settle::settle(&mut self.stipend, None, through, self.now_us, &mut |_, _, _| {});
        done.expect("settled").posted.len()
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
    desk.ok(Command::ImportRates { file: rates.to_owned() });
    assert_eq!(desk.codes("c2", "EUR"), "");
    assert_eq!(desk.purse("c2", "EUR")["draw"]["minimum"], "4.00");
    let least = desk.request("c2", "EUR", Some("3.99")).expect_err("too little");
    assert!(least.contains("below_withdrawal_minimum"), "{least}");
    let changed = "Date,USD,\n2026-07-06,1.3,\n".to_owned();
    assert!(desk.send(Command::ImportRates { file: changed }).is_err(), "rates are not changed");
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
        desk.ok(Command::ImportRates { file });
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
        for clients in [2_u64, 8, 32] {
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

/// Terms that pay by a provider.
fn provider_terms(rail: &str) -> String {
    let terms = TERMS.replace("cooling_hours = 48", "cooling_hours = 0");
    let terms = terms.replace("cancel_minutes = 30", "cancel_minutes = 0");
    format!(
        "{terms}\n[[account]]\nname = \"api\"\nrail = \"{rail}\"\nasset = \"EUR\"\n[[corridor]]\n\
         assets = [\"EUR\"]\nmethod = \"{rail}\"\nrail = \"{rail}\"\naccount = \"api\"\n"
    )
}

/// A creator with a method at a provider, and so many payouts of his that are ready.
fn many(desk: &mut Desk, rail: &str, count: usize) {
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
fn done(provider: &testkit::provider::Provider) -> BTreeMap<String, (u64, u64)> {
    let mut done: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for entry in provider.journal() {
        let counts = done.entry(entry.payout).or_default();
        if entry.what == "sent" {
            counts.0 += 1;
        } else {
            counts.1 += 1;
        }
    }
    done
}

/// Every payout is where the provider's own journal says it is (I9).
fn compare(desk: &mut Desk, provider: &testkit::provider::Provider, seed: u64) -> Vec<String> {
    let done = done(provider);
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
        .balance(&ledger::Account::Cash { name: "api".to_owned() }, "EUR")
        .expect("a balance");
    assert_eq!(cash, 1_000_000_000_000 - paid, "seed {seed}: what left is what was paid");
    states
}

/// A provider that loses answers, fails after it has paid, refuses and sends back; two workers and
/// its webhooks race for each answer. Nobody is paid twice, nothing is lost.
fn misbehaves(engine: Engine, rail: &'static str, seed: u64, count: usize) {
    use testkit::provider::{Manners, Provider};
    let mut desk = Desk::new(engine, &provider_terms(rail));
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
        let open = ["batched", "submitting", "unknown", "submitted"];
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
    let back = provider.send_back();
    for key in &back {
        call(&mut desk, key, true);
    }
    provider.behave();
    desk.work();
    let states = compare(&mut desk, &provider, seed);
    let faults = provider.faults();
    println!("{engine:?} {rail} seed {seed}: {count} payouts, {faults:?}");
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
    misbehaves(Engine::Sqlite, "stripe", 11, payouts_of_a_test());
}

#[test]
fn a_provider_that_misbehaves_pays_each_once_on_postgres() {
    misbehaves(Engine::Postgres, "stripe", 12, payouts_of_a_test() / 3);
}

#[test]
fn a_provider_of_batches_that_misbehaves_pays_each_once() {
    for (engine, seed) in [(Engine::Sqlite, 13), (Engine::Postgres, 14), (Engine::Sqlite, 15)] {
        misbehaves(engine, "paypal", seed, payouts_of_a_test() / 3);
    }
}

/// A worker that dies at each step of a payout by an API, and another that goes on.
#[test]
fn a_kill_at_each_step_pays_once() {
    use testkit::provider::{Manners, Provider};
    for point in app::failpoint::PAYING {
        for time in [1, 3] {
            let mut desk = Desk::new(Engine::Sqlite, &provider_terms("stripe"));
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
