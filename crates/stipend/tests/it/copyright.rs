//! Copyright claims: what a claimed work earns is held, and goes where it belongs; a claim moves
//! money between two wallets and makes none (N19).
use std::fmt::Write;

use app::command::Command;
use app::copyright::Change;
use kernel::{Day, Ppm};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use serde_json::Value;

use crate::appeals::{on_both, platform};
use crate::desk::{DAY, Desk};
use crate::world::{ENGINES, Engine, POOL};

const CREATORS: [&str; 4] = ["c1", "c2", "c3", "c10"];
const LANGUAGES: [&str; 4] = ["en", "zh-CN", "fr", "nl"];

fn day(number: u32) -> Day {
    format!("2026-06-{number:02}").parse().expect("a day")
}

impl Desk {
    fn claim(&mut self, change: Change) -> Result<Value, String> {
        self.send(Command::Copyright(change))
    }

    fn file_claim(&mut self, work: &str, claimant: &str, share: u32, from: u32) -> i64 {
        let (work, claimant) = (work.to_owned(), claimant.to_owned());
        let (share, from) = (Ppm::of(share), Some(day(from)));
        let words = "the music of it is mine".to_owned();
        let filed = self.claim(Change::File { work, claimant, share, from, words });
        let id = filed.expect("filed")["id"].as_i64().expect("a number");
        self.work();
        id
    }

    fn decide_claim(&mut self, id: i64, upheld: bool) -> Result<Value, String> {
        let (by, text) = ("operator:ann".to_owned(), "We compared both.".to_owned());
        self.claim(Change::Decide { id, by, upheld, text })
    }

    /// What a claim took of each day, and what its share of the work's amount is by the ranking of
    /// works, which is computed apart.
    fn taken(&mut self, id: i64) -> Vec<(Day, i64, i64)> {
        let row = self.stipend.db.copyright(id).expect("a row").expect("the claim");
        let mut days: Vec<(Day, i64, i64)> = Vec::new();
        for part in self.stipend.db.copyright_parts(id).expect("parts") {
            match days.iter_mut().find(|(day, ..)| *day == part.day) {
                Some((_, taken, _)) => *taken += part.amount,
                None => days.push((part.day, part.amount, 0)),
            }
        }
        for (day, _, due) in &mut days {
            let question = app::works::Question {
                program: None,
                creator: &row.creator,
                between: (*day, *day),
                language: "en",
                shown_us: None,
                limit: 100,
            };
            let ranked = app::works::ranking(&mut self.stipend, &question).expect("works");
            let items = ranked["items"].as_array().expect("works");
            let work = items.iter().find(|item| item["work"] == row.work.as_str());
            let amount = work.and_then(|work| work["amount"].as_str()).unwrap_or("0.00");
            let units = kernel::Asset::of("EUR").expect("one").parse(amount).expect("an amount");
            *due = appeal::copyright::part(units, row.share);
        }
        days
    }

    /// What is disputed, by the ledger, and by what open claims took.
    fn disputed(&mut self) -> (i64, i64) {
        let (mut there, mut open) = (0, 0);
        for creator in CREATORS {
            let account = ledger::Account::Disputed { creator: creator.to_owned() };
            there += self.stipend.db.balance(&account, "EUR").expect("a balance");
            for claim in self.stipend.db.standing_copyrights_of(creator).expect("claims") {
                let parts = self.stipend.db.copyright_parts(claim.seq).expect("parts");
                let taken: i64 = parts.iter().map(|part| part.amount).sum();
                open += if claim.state == "open" { taken } else { 0 };
            }
        }
        (there, open)
    }

    fn totals(&mut self) -> Vec<i64> {
        CREATORS.iter().map(|creator| self.purse_of(creator, "EUR")).collect()
    }
}

/// What is told of a claim: to both, in four languages, and in the work's diagnosis.
fn told(desk: &mut Desk, id: i64, out: &mut String) {
    let shown = app::copyright::show(&mut desk.stipend.db, id).expect("the claim");
    writeln!(out, "{}", serde_json::to_string_pretty(&shown).expect("JSON")).expect("a string");
    for recipient in ["creator:c1", "creator:c2", "role:appeal-officer"] {
        for one in desk.stipend.db.messages(recipient, 0, 100).expect("messages") {
            if !one.kind.starts_with("copyright") {
                continue;
            }
            let facts: Value = serde_json::from_str(&one.facts).expect("JSON");
            writeln!(out, "to {recipient}, {}", one.kind).expect("a string");
            for language in LANGUAGES {
                let text = bus::render(&one.kind, &facts, language);
                writeln!(out, "    {language}: {} | {}", text.subject, text.body).expect("one");
            }
        }
    }
}

fn diagnosed(desk: &mut Desk, of: u32, out: &mut String) {
    for language in LANGUAGES {
        let question = app::diagnosis::Question {
            program: None,
            creator: "c1",
            day: Some(day(of)),
            work: Some("w1"),
            language,
            shown_us: None,
        };
        let body = app::diagnosis::diagnose(&mut desk.stipend, &question).expect("one");
        for claim in body["works"][0]["claims"].as_array().expect("claims") {
            writeln!(out, "{of} {language}: {}", claim["text"]).expect("a string");
        }
        let text = app::diagnosis::to_text(&body, language);
        let said = body["works"][0]["claims"][0]["text"].as_str().unwrap_or("-");
        assert!(said == "-" || text.contains(said), "{text}");
    }
}

fn scenario(id: &str, play: &dyn Fn(&mut Desk, &mut String)) {
    insta::assert_snapshot!(format!("copyright_{id}"), on_both(POOL, play));
}

/// A claim over half a work: held of days before and after, upheld, paid on from then.
#[test]
fn a_claim_that_is_right() {
    scenario("upheld", &|desk, out| {
        (2..=5).for_each(|number| desk.noon(number));
        let states = |desk: &mut Desk, when: &str, out: &mut String| {
            for creator in ["c1", "c2"] {
                let states = desk.states(creator);
                writeln!(out, "{when}, {creator}: {states}").expect("a string");
            }
        };
        states(desk, "before", out);
        let id = desk.file_claim("w1", "c2", 500_000, 3);
        states(desk, "filed", out);
        desk.noon(6);
        states(desk, "a day later", out);
        let taken = desk.taken(id);
        assert_eq!(taken.len(), 2, "{taken:?}");
        assert!(taken.iter().all(|(_, taken, due)| taken == due && *due > 0), "{taken:?}");
        diagnosed(desk, 5, out);
        let words = "I have a licence for it.".to_owned();
        let other = Change::Object { creator: "c3".to_owned(), id, words: words.clone() };
        let other = desk.claim(other).expect_err("not his");
        writeln!(out, "another's: {other}").expect("a string");
        desk.claim(Change::Object { creator: "c1".to_owned(), id, words }).expect("his words");
        let filer =
            Change::Decide { id, by: "cli".to_owned(), upheld: true, text: "It is so.".to_owned() };
        let filer = desk.claim(filer).expect_err("who filed it");
        writeln!(out, "who filed it: {filer}").expect("a string");
        desk.decide_claim(id, true).expect("decided");
        states(desk, "upheld", out);
        let twice = desk.decide_claim(id, false).expect_err("decided before");
        writeln!(out, "twice: {twice}").expect("a string");
        desk.noon(7);
        states(desk, "the next day", out);
        diagnosed(desk, 6, out);
        told(desk, id, out);
        desk.claim(Change::Withdraw { id }).expect("withdrawn");
        let before = desk.purse_of("c2", "EUR");
        desk.noon(8);
        let parts = desk.stipend.db.copyright_parts(id).expect("parts").len();
        assert_eq!(parts, 3, "nothing follows");
        assert!(desk.purse_of("c2", "EUR") > before, "his own works earn on");
    });
}

/// A claim that is wrong: all is as if it had never been; the old one is told of once.
#[test]
fn a_claim_that_is_wrong() {
    scenario("rejected", &|desk, out| {
        (2..=4).for_each(|number| desk.noon(number));
        let id = desk.file_claim("w1", "c2", 1_000_000, 4);
        desk.noon(5);
        desk.noon(6);
        let held = desk.states("c1");
        writeln!(out, "held: {held}").expect("a string");
        let wallet = app::wallet::show(&mut desk.stipend.db, "c1", "en", desk.now_us);
        let claims = wallet.expect("a wallet")["claims"].clone();
        assert_eq!(claims[0]["id"], id);
        // The terms tell of holds that are older than 30 days.
        desk.now_us += 31 * DAY;
        desk.work();
        desk.now_us += DAY;
        desk.work();
        let before = desk.totals();
        desk.decide_claim(id, false).expect("decided");
        assert_eq!(desk.totals(), before);
        let free = desk.states("c1");
        writeln!(out, "rejected: {free}").expect("a string");
        told(desk, id, out);
    });
}

/// What cannot be claimed.
#[test]
fn claims_that_make_no_sense_are_refused() {
    scenario("refused", &|desk, out| {
        (2..=4).for_each(|number| desk.noon(number));
        let mut tried = |desk: &mut Desk, work: &str, claimant: &str, share: u32, from: &str| {
            let change = Change::File {
                work: work.to_owned(),
                claimant: claimant.to_owned(),
                share: Ppm::of(share),
                from: Some(from.parse().expect("a day")),
                words: "it is mine".to_owned(),
            };
            let answer = desk.claim(change);
            let answer = answer.map_or_else(|error| error, |body| body["state"].to_string());
            writeln!(out, "{work} {claimant} {share} {from}: {answer}").expect("a string");
        };
        for (work, claimant, share, from) in [
            ("w99", "c2", 1, "2026-06-04"),
            ("w1", "nobody", 1, "2026-06-04"),
            ("w1", "c1", 1, "2026-06-04"),
            ("w1", "c2", 0, "2026-06-04"),
            ("w1", "c2", 1_000_001, "2026-06-04"),
            ("w1", "c2", 1, "2026-06-05"),
            ("w1", "c2", 1, "2026-05-03"),
            ("w1", "c2", 600_000, "2026-06-04"),
            ("w1", "c3", 500_000, "2026-06-04"),
            ("w1", "c3", 400_000, "2026-06-04"),
        ] {
            tried(desk, work, claimant, share, from);
        }
        let accepted = Change::Accept { creator: "c1".to_owned(), id: 1 };
        assert_eq!(desk.claim(accepted).expect("accepted")["state"], "upheld");
        desk.claim(Change::Withdraw { id: 2 }).expect("withdrawn");
        tried(desk, "w1", "c3", 500_000, "2026-06-04");
    });
}

/// What is decided before a worker comes to it moves nothing; a key that files does not accept;
/// holds and take-backs leave what is disputed alone.
#[test]
fn what_is_disputed_pays_for_nothing_else() {
    for engine in ENGINES {
        let mut desk = platform(engine, POOL, 6);
        (2..=5).for_each(|number| desk.noon(number));
        let before = desk.totals();
        let file = |work: &str| Change::File {
            work: work.to_owned(),
            claimant: "c2".to_owned(),
            share: Ppm::ONE,
            from: Some(day(3)),
            words: "it is mine".to_owned(),
        };
        desk.claim(file("w1")).expect("filed");
        desk.claim(Change::Withdraw { id: 1 }).expect("withdrawn");
        desk.work();
        assert_eq!((desk.totals(), desk.disputed()), (before, (0, 0)), "{engine:?}");
        // One key files, and answers for the creator: that is nobody's decision.
        let served =
            crate::served::Served::start(&desk.world, &["--workers", "0", "--senders", "0"]);
        let post = |path: &str, body: &str| {
            let headers = [("Content-Type", "application/json")];
            served.call("POST", path, &headers, body.as_bytes())
        };
        let filed =
            post("/v1/copyright-claims", r#"{"work":"w1","claimant":"c2","words":"it is mine"}"#);
        assert_eq!(filed.status, 201, "{filed:?}");
        let accepted = post("/v1/creators/c1/copyright-claims/2/accept", "");
        assert_eq!((accepted.status, &accepted.json()["code"]), (409, &"own_decision".into()));
        let other = post("/v1/creators/c3/copyright-claims/2/accept", "");
        assert_eq!(other.status, 404, "{other:?}");
        assert_eq!(post("/v1/copyright-claims/2/withdraw", "").status, 200);
        served.stop();
        desk.claim(file("w1")).expect("filed");
        desk.work();
        let (there, _) = desk.disputed();
        assert!(there > 0);
        // All else that he has is taken, and more: what is disputed is not.
        desk.credit("c1", "-1000.00");
        assert_eq!(desk.disputed().0, there, "{engine:?}");
        let owed = desk.states("c1");
        assert!(owed.contains("disputed") && owed.contains("owed"), "{owed}");
        let claimant = desk.purse_of("c2", "EUR");
        desk.decide_claim(3, true).expect("decided");
        assert_eq!(desk.purse_of("c2", "EUR"), claimant + there, "{engine:?}: all of it");
        desk.check();
    }
}

/// For random claims, corrections and take-backs: a claim moves money between creator and claimant
/// and nowhere else; each day's part is the share of what the work was paid, whatever corrections
/// did; and when all are over without having been right, wallets are what they would have been.
fn a_claim_only_moves(engine: Engine, seed: u64) -> (bool, bool) {
    let run = |claims: bool| {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut below = |most: u64| random.next_u64() % most;
        let mut desk = platform(engine, POOL, seed);
        let right = below(2) == 0;
        let (share, from) = (u32::try_from(1 + below(1_000_000)).expect("a share"), 3 + below(3));
        let from = u32::try_from(from).expect("a day");
        let decided = 8 + u32::try_from(below(3)).expect("a day");
        let mut id = 0;
        for number in 2..=13 {
            // Facts that hold since days before make corrections, down and up.
            if number > 4 && below(2) == 0 {
                let since = number - 1 - u32::try_from(below(3)).expect("few");
                let seen = if below(2) == 0 { "deleted" } else { "public" };
                let work = ["w1", "w1", "w2", "w3"][usize::try_from(below(4)).expect("few")];
                let rows = format!("work,visibility,effective\n{work},{seen},2026-06-{since:02}\n");
                desk.tell(&format!("told-{number}.csv"), &rows);
            }
            let taken = below(4) == 0;
            desk.noon(number);
            if claims && number == 6 {
                id = desk.file_claim("w1", "c2", share, from);
            }
            if taken && number > 6 {
                desk.credit("c1", "-15.00");
                desk.credit("c2", "-9.00");
            }
            let (there, open) = desk.disputed();
            assert_eq!(there, open, "seed {seed}: what is disputed is what open claims took");
            if claims && number == decided {
                desk.decide_claim(id, right).expect("decided");
            }
        }
        desk.check();
        if claims {
            let taken = desk.taken(id);
            let due = |(_, taken, due): &(Day, i64, i64)| taken <= due;
            // After a rejection nothing follows the days any more.
            assert!(!right || taken.iter().all(due), "seed {seed}: {taken:?}");
        }
        assert_eq!(desk.disputed(), (0, 0), "seed {seed}: something stays disputed");
        let parts =
            if claims { desk.stipend.db.copyright_parts(id).expect("parts") } else { vec![] };
        let moved = if right { parts.iter().map(|part| part.amount).sum::<i64>() } else { 0 };
        (desk.totals(), moved, parts.iter().any(|part| part.amount < 0))
    };
    let ((never, ..), (claimed, moved, less)) = (run(false), run(true));
    assert_eq!(claimed[2..], never[2..], "seed {seed}: others");
    assert_eq!(claimed[0] + moved, never[0], "seed {seed}: the creator");
    assert_eq!(claimed[1] - moved, never[1], "seed {seed}: the claimant");
    (moved > 0, less)
}

#[test]
fn a_claim_moves_money_between_two_and_makes_none() {
    let mut done: Vec<(bool, bool)> =
        (0..8).map(|seed| a_claim_only_moves(Engine::Sqlite, seed)).collect();
    done.extend((100..102).map(|seed| a_claim_only_moves(Engine::Postgres, seed)));
    // Claims that moved nothing, and days that never shrank, prove nothing.
    assert!(done.iter().any(|(moved, _)| *moved), "{done:?}");
    assert!(done.iter().any(|(moved, less)| *moved && *less), "{done:?}");
    assert!(done.iter().any(|(moved, less)| !*moved && *less), "{done:?}");
}
