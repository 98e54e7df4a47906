//! A platform with some settled days, and hands to do things on it at any time: for tests of
//! wallets and payouts.
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
use app::{Stipend, cash, payouts};
use kernel::{Asset, Clock};
use serde_json::Value;
use store::Lane;
use wallet::draw::Wish;
use wallet::method::{Kind, Method};

use crate::world::{Engine, POOL, World, log, python};

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

pub(crate) const RATES: &str = "Date,USD,HRK,\n2026-06-30,1.2500,N/A,\n2022-12-30,1.0666,7.5365,\n";

pub(crate) const HOUR: i64 = 3_600_000_000;
pub(crate) const DAY: i64 = 24 * HOUR;

pub(crate) fn at(text: &str) -> i64 {
    kernel::day::parse_instant(text).expect("an instant")
}

/// A platform with some settled days, and hands to do things on it at any time.
pub(crate) struct Desk {
    pub(crate) world: World,
    pub(crate) stipend: Stipend,
    pub(crate) now_us: i64,
    keys: u64,
    pub(crate) rails: app::rails::Rails,
    pub(crate) asked: app::questions::Asked,
}

impl Desk {
    pub(crate) fn new(engine: Engine, terms: &str) -> Desk {
        let world = World::small(engine, POOL);
        world.file("log.ndjson", log(7, 3_000, 3).join("\n"));
        world.import("log.ndjson");
        Desk::open(world, terms)
    }

    pub(crate) fn open(world: World, terms: &str) -> Desk {
        let stipend = Stipend::open(&world.data(), world.url()).expect("a folder");
        let mut desk = Desk {
            world,
            stipend,
            now_us: at("2026-07-01T12:00:00Z"),
            keys: 0,
            rails: app::rails::Rails::default(),
            asked: app::questions::Asked::default(),
        };
        desk.ok(Command::PublishTerms { document: terms.to_owned() });
        desk.ok(Command::ImportRates { file: RATES.to_owned(), correct: false });
        desk
    }

    pub(crate) fn send(&mut self, command: Command) -> Result<Value, String> {
        let answer = at_the_machine(&mut self.stipend, command, "", self.now_us);
        match answer {
            Ok(answer) => Ok(serde_json::from_str(&answer.body).expect("JSON")),
            Err(problem) => Err(format!("{}: {}", problem.code, problem.detail)),
        }
    }

    pub(crate) fn ok(&mut self, command: Command) -> Value {
        let word = command.word();
        self.send(command).unwrap_or_else(|error| panic!("{word}: {error}"))
    }

    pub(crate) fn worker(&self) -> Worker {
        self.worker_of(Lane::Main)
    }

    fn worker_of(&self, lane: Lane) -> Worker {
        let guard = bus::Guard { allow_private: true };
        let outside =
            Outside { guard, mailer: None, rails: self.rails.clone(), asked: self.asked.clone() };
        let clock = Clock::Fixed(self.now_us);
        let stipend = self.stipend.again().expect("the folder");
        Worker::new(stipend, clock, lane, &outside).expect("a worker")
    }

    /// Does all jobs that are due.
    pub(crate) fn work(&mut self) {
        let mut worker = self.worker();
        while worker.turn().expect("a turn") {}
        self.all_lives();
    }

    /// Has the platform asked what is to be asked.
    pub(crate) fn ask(&mut self) {
        let mut worker = self.worker_of(Lane::Deliveries);
        while worker.turn().expect("a turn") {}
        self.all_lives();
    }

    /// No job was given up.
    pub(crate) fn all_lives(&mut self) {
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

    pub(crate) fn key(&mut self) -> String {
        self.keys += 1;
        format!("p{:014x}", self.keys)
    }

    pub(crate) fn identify(&mut self, creator: &str, country: &str, name: &str, forms: &[&str]) {
        let forms = forms.iter().map(|code| ((*code).to_owned(), None)).collect();
        let (creator, country, name) = (creator.into(), country.into(), name.into());
        let screened = String::new();
        let identity = Identity { creator, country, name, forms, screened, screened_us: None };
        self.ok(Command::Wallet(Change::Identify(identity)));
    }

    pub(crate) fn method(&mut self, creator: &str, kind: Kind, details: &[(&str, &str)]) -> i64 {
        let given: BTreeMap<String, String> =
            details.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let method = Method::new(kind, &given).expect("a method");
        let new = NewMethod { creator: creator.to_owned(), method };
        self.ok(Command::Wallet(Change::AddMethod(new)))["id"].as_i64().expect("a number")
    }

    pub(crate) fn bank(&mut self, creator: &str, name: &str) -> i64 {
        self.method(creator, Kind::Bank, &[("holder", name), ("iban", "NL91ABNA0417164300")])
    }

    pub(crate) fn request(
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

    pub(crate) fn purse(&mut self, creator: &str, code: &str) -> Value {
        let shown = app::wallet::show(&mut self.stipend.db, creator, "en", self.now_us);
        let shown = shown.expect("a wallet");
        let purses = shown["purses"].as_array().expect("purses");
        purses.iter().find(|purse| purse["currency"] == code).cloned().unwrap_or_default()
    }

    /// The states of a purse that are not nought, in words.
    pub(crate) fn states(&mut self, creator: &str) -> String {
        let purse = self.purse(creator, "EUR");
        let states = wallet::purse::Purse::default().states();
        let some = states.iter().map(|(state, _)| *state).filter(|state| purse[*state] != "0.00");
        let some = some.map(|state| format!("{state} {}", purse[state].as_str().unwrap_or("?")));
        some.collect::<Vec<_>>().join(", ")
    }

    /// The codes of what stands in the way of drawing everything.
    pub(crate) fn codes(&mut self, creator: &str, code: &str) -> String {
        let purse = self.purse(creator, code);
        let findings = purse["draw"]["findings"].as_array().cloned().unwrap_or_default();
        findings
            .iter()
            .map(|one| one["code"].as_str().expect("a code"))
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// A second person approves a proposal.
    pub(crate) fn approve(&mut self, proposal: &Value) -> Result<Value, String> {
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

    pub(crate) fn fund(&mut self, account: &str, amount: &str) {
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
    pub(crate) fn pay(&mut self) -> Vec<Value> {
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

    pub(crate) fn report(&mut self, bytes: &[u8]) -> Value {
        let incoming = Incoming { bytes: bytes.to_vec(), source: "test".to_owned() };
        self.ok(Command::Payout(payouts::Change::Report(incoming)))
    }

    /// Money for a creator by hand, as two people decide it.
    pub(crate) fn credit(&mut self, creator: &str, amount: &str) {
        let units = Asset::of("EUR").expect("one").parse(amount).expect("an amount");
        let key = self.key();
        let (creator, asset) = (creator.to_owned(), "EUR".to_owned());
        let why = "for a test".to_owned();
        let change = Change::Adjust { creator, asset, amount: units, why, key };
        let proposal = self.ok(Command::Wallet(change));
        assert_eq!(self.approve(&proposal).expect("approved")["state"], "approved");
    }

    pub(crate) fn check(&self) {
        self.world.check();
    }

    /// Two bookkeeping programs take the journal, each in its own way, and refuse one in which an
    /// amount was changed.
    pub(crate) fn journals(&self, assets: &[&str]) {
        let bean_check = python().get_program().to_owned();
        let bean_check = std::path::Path::new(&bean_check).with_file_name("bean-check");
        let all = assets.iter().flat_map(|asset| ["hledger", "beancount"].map(|one| (*asset, one)));
        for (asset, format) in all {
            let path = self.world.at(&format!("{asset}.{format}"));
            let words = ["export", "journal", "--format", format, "--asset", asset];
            self.world.ok(&[&words[..], &["--output", &path]].concat());
            let accepts = |path: &str| {
                let mut judge = match format {
                    "hledger" => std::process::Command::new("hledger"),
                    _ => std::process::Command::new(&bean_check),
                };
                match format {
                    "hledger" => judge.args(["-f", path, "check", "--strict"]),
                    _ => judge.arg(path),
                };
                let output = judge.output().expect(format);
                (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
            };
            let (good, error) = accepts(&path);
            assert!(good, "{format}: {error}");
            let text = std::fs::read_to_string(&path).expect("a journal");
            let line = text.lines().rfind(|line| line.starts_with("  ")).expect("an entry");
            let broken = text.replacen(line, &line.replacen("  -", "  -1", 1), 1);
            assert_ne!(broken, text, "the last line is a credit: {line}");
            let broken = self.world.file(&format!("broken.{format}"), broken);
            assert!(!accepts(&broken).0, "{format} takes a broken journal");
        }
    }
}

impl Desk {
    /// Settles all days that are over; gives how many.
    pub(crate) fn stipend_settle(&mut self) -> usize {
        let through = app::settle::Through::Latest;
        let done =
            app::settle::settle(&mut self.stipend, None, through, self.now_us, &mut |_, _, _| {});
        done.expect("settled").posted.len()
    }
}
