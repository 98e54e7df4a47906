//! What creators and operators are told of wallets and payouts, by requirement: R90 to R96, C4,
//! Q11, N2 to N4, N6, N7, N17, N24 to N28, N35. Each scenario is played on both databases, which
//! must tell the same: the states, what drawing would come to or every reason why not, payouts
//! with their steps, and all messages, in four languages.
use std::fmt::Write;

use app::command::Command;
use app::holds::NewHold;
use app::payouts;
use app::wallet::Change;
use kernel::Asset;
use serde_json::Value;
use wallet::method::Kind;

use crate::desk::{DAY, Desk, HOUR, TERMS};
use crate::world::{ENGINES, POOL};

const LANGUAGES: [&str; 4] = ["en", "zh-CN", "fr", "nl"];

/// Terms without a wait: for scenarios that are about something else.
fn at_once(terms: &str) -> String {
    let terms = terms.replace("cooling_hours = 48", "cooling_hours = 0");
    terms.replace("cancel_minutes = 30", "cancel_minutes = 0")
}

fn purses(desk: &mut Desk, creator: &str, out: &mut String) {
    let shown = |desk: &mut Desk, language: &str| {
        app::wallet::show(&mut desk.stipend.db, creator, language, desk.now_us).expect("a wallet")
    };
    let body = shown(desk, "en");
    writeln!(out, "{creator}: {}, schedule {}", body["state"], body["schedule"]).expect("a string");
    for (place, purse) in body["purses"].as_array().expect("purses").iter().enumerate() {
        let mut states = purse.clone();
        states.as_object_mut().expect("an object").remove("draw");
        writeln!(out, "  {states}").expect("a string");
        let draw = &purse["draw"];
        writeln!(
            out,
            "  schedule {}, next {}, minimum {}, quote {}",
            draw["schedule"], draw["next_pay_day"], draw["minimum"], draw["quote"]
        )
        .expect("a string");
        let count = draw["findings"].as_array().map_or(0, Vec::len);
        for number in 0..count {
            let one = &draw["findings"][number];
            let (observed, required) = (&one["observed"], &one["required"]);
            writeln!(
                out,
                "  not now: {} (there is {observed}, wanted {required}, until {}, {})",
                one["code"], one["until"], one["remedy"]
            )
            .expect("a string");
            for language in LANGUAGES {
                let body = shown(desk, language);
                let text = &body["purses"][place]["draw"]["findings"][number]["text"];
                writeln!(out, "    {language}: {}", text.as_str().expect("a text")).expect("one");
            }
        }
    }
}

fn messages(desk: &mut Desk, recipient: &str, told_of_days: bool, out: &mut String) {
    for message in desk.stipend.db.messages(recipient, 0, 100).expect("messages") {
        // That days are shown is R90's; elsewhere it is always the same.
        if message.kind == "day-published" && !told_of_days {
            continue;
        }
        let facts: Value = serde_json::from_str(&message.facts).expect("JSON");
        writeln!(out, "to {recipient}, {}", message.kind).expect("a string");
        for language in LANGUAGES {
            let text = bus::render(&message.kind, &facts, language);
            writeln!(out, "    {language}: {} | {}", text.subject, text.body).expect("a string");
        }
    }
}

/// Plays a scenario; both databases must tell the same.
fn check(id: &str, terms: &str, creators: &[&str], play: &dyn Fn(&mut Desk, &mut String)) {
    let mut first: Option<String> = None;
    for engine in ENGINES {
        let mut desk = Desk::new(engine, terms);
        desk.stipend_settle();
        let mut out = String::new();
        play(&mut desk, &mut out);
        for creator in creators {
            purses(&mut desk, creator, &mut out);
            messages(&mut desk, &format!("creator:{creator}"), id == "R90", &mut out);
        }
        for row in desk.stipend.db.payouts("", 0, 100).expect("payouts") {
            let mut body = payouts::to_json(&row);
            // On pay days it is random.
            body["key"] = "…".into();
            writeln!(out, "payout {body}").expect("a string");
            for step in desk.stipend.db.payout_steps(row.seq).expect("steps") {
                let (state, reason) = (&step.state, &step.reason);
                let at = kernel::day::instant(step.recorded_us);
                writeln!(out, "  {at} {state} {reason}").expect("a string");
            }
        }
        for role in ["role:finance-maker", "role:finance-approver"] {
            messages(&mut desk, role, false, &mut out);
        }
        desk.check();
        match &first {
            None => first = Some(out),
            Some(first) => assert_eq!(*first, out, "{id}: {engine:?}"),
        }
    }
    insta::assert_snapshot!(format!("wallet_{id}"), first.expect("two databases"));
}

const ONE: &[&str] = &["c1"];

fn card(desk: &mut Desk, holder: &str, token: &str) -> i64 {
    let details = [("holder", holder), ("country", "CN"), ("token", token), ("last4", "1234")];
    desk.method("c1", Kind::Card, &details)
}

fn line(out: &mut String, what: &str, states: &str) {
    writeln!(out, "{what}: {states}").expect("a string");
}

#[test]
fn earnings_reach_the_wallet_each_day() {
    check("R90", TERMS, ONE, &|desk, out| {
        let states = desk.states("c1");
        line(out, "settled, not shown yet", &states);
        desk.work();
        let states = desk.states("c1");
        line(out, "shown", &states);
    });
}

#[test]
fn all_income_is_on_one_account() {
    check("R91", TERMS, ONE, &|desk, out| {
        let other = POOL.replace("\"pool\"", "\"other\"").replace("\"A pool\"", "\"Another\"");
        desk.world.file("other.toml", other);
        desk.world.ok(&["program", "publish", &desk.world.at("other.toml")]);
        let through = app::settle::Through::Latest;
        let other = Some("other");
        app::settle::settle(&mut desk.stipend, other, through, desk.now_us, &mut |_, _, _| {})
            .expect("settled");
        desk.work();
        desk.credit("c1", "5.00");
        let all = app::statement::of(&mut desk.stipend, "c1", None).expect("a statement");
        let mut kinds: Vec<String> =
            all.lines.iter().map(|one| format!("{} {}", one.what, one.program)).collect();
        kinds.sort();
        kinds.dedup();
        line(out, "what came", &kinds.join(", "));
    });
}

#[test]
fn a_withdrawal_needs_a_real_name_method() {
    check("R92", &at_once(TERMS), ONE, &|desk, out| {
        desk.work();
        purses(desk, "c1", out);
        desk.identify("c1", "CN", "张伟", &[]);
        let wrong = card(desk, "李娜", "tok_1");
        purses(desk, "c1", out);
        let remove = Change::RemoveMethod { creator: "c1".to_owned(), id: wrong };
        desk.ok(Command::Wallet(remove));
        card(desk, "张 伟", "tok_2");
        desk.request("c1", "EUR", Some("1.00")).expect("a payout");
    });
}

/// The threshold of S4, in dollars, on a wallet of euros.
fn hundred_dollars() -> String {
    at_once(&TERMS.replace("minimum = \"5.00 USD\"", "minimum = \"100.00 USD\""))
}

#[test]
fn a_threshold_in_dollars_holds_in_euros() {
    check("R93", &hundred_dollars(), ONE, &|desk, out| {
        desk.work();
        desk.identify("c1", "NL", "Ann Bee", &[]);
        desk.bank("c1", "Ann Bee");
        let states = desk.states("c1");
        line(out, "has", &states);
        let less = desk.request("c1", "EUR", Some("79.99")).expect_err("too little");
        line(out, "asked for 79.99", &less);
        desk.credit("c1", "100.00");
        desk.request("c1", "EUR", Some("80.00")).expect("a payout");
    });
}

#[test]
fn approved_methods_and_others() {
    let terms = at_once(TERMS)
        + "[[account]]\nname = \"paypal-eur\"\nrail = \"paypal\"\nasset = \"EUR\"\n\
           [[corridor]]\nassets = [\"EUR\"]\nmethod = \"paypal\"\nrail = \"paypal\"\n\
           account = \"paypal-eur\"\nfee_share = \"0.02\"\nfee_max = \"20.00 EUR\"\n\
           [[account]]\nname = \"stripe-eur\"\nrail = \"stripe\"\nasset = \"EUR\"\n\
           [[corridor]]\nassets = [\"EUR\"]\nmethod = \"stripe\"\nrail = \"stripe\"\n\
           account = \"stripe-eur\"\nfee_by = \"platform\"\nfee = \"0.25 EUR\"\n";
    check("R94", &terms, &[], &|desk, out| {
        desk.work();
        desk.identify("c1", "NL", "Ann Bee", &[]);
        let ways: [(Kind, &[(&str, &str)]); 4] = [
            (Kind::PayPal, &[("receiver", "ann@mail.example"), ("country", "NL")]),
            (Kind::Stripe, &[("receiver", "acct_1A2b"), ("country", "NL")]),
            (Kind::Bank, &[("holder", "Ann Bee"), ("iban", "NL91ABNA0417164300")]),
            (Kind::Manual, &[("receiver", "by courier"), ("country", "NL")]),
        ];
        for (kind, details) in ways {
            let id = desk.method("c1", kind, details);
            line(out, "method", kind.word());
            purses(desk, "c1", out);
            desk.ok(Command::Wallet(Change::RemoveMethod { creator: "c1".to_owned(), id }));
        }
        let ways = app::draw::corridors(&mut desk.stipend, "NL", None, desk.now_us);
        line(out, "before earning", &ways.expect("ways").to_string());
    });
}

#[test]
fn who_is_paid_when() {
    check("R95", &at_once(TERMS), &["c1", "c2"], &|desk, out| {
        desk.work();
        let choose = |desk: &mut Desk, creator: &str, schedule: &str| {
            let (creator, schedule) = (creator.to_owned(), schedule.to_owned());
            desk.send(Command::Wallet(Change::Schedule { creator, schedule }))
        };
        for (creator, country) in [("c1", "NL"), ("c2", "CN")] {
            desk.identify(creator, country, "Ann Bee", &[]);
            desk.bank(creator, "Ann Bee");
            for schedule in ["daily", "weekly", "monthly"] {
                let said = choose(desk, creator, schedule).err().unwrap_or_default();
                line(out, &format!("{creator} chooses {schedule}"), &said);
            }
        }
        choose(desk, "c1", "weekly").expect("it is offered");
        desk.now_us = crate::desk::at("2026-07-03T08:00:00Z");
        desk.work();
    });
}

#[test]
fn thresholds_in_other_currencies() {
    check("R96", &hundred_dollars(), ONE, &|desk, out| {
        desk.work();
        desk.identify("c1", "NL", "Ann Bee", &[]);
        desk.bank("c1", "Ann Bee");
        let rate = |desk: &mut Desk, day: &str, rate: &str| {
            let file = format!("Date,USD,\n{day},{rate},\n");
            desk.ok(Command::ImportRates { file, correct: false });
        };
        purses(desk, "c1", out);
        rate(desk, "2026-07-01", "0.9");
        line(out, "dollar", "dearer than the euro");
        purses(desk, "c1", out);
        desk.now_us += 8 * DAY;
        line(out, "rates", "eight days old");
        purses(desk, "c1", out);
        desk.now_us += DAY;
        rate(desk, "2026-07-10", "N/A");
        line(out, "dollar", "ended");
    });
}

/// One floor of a cent and any day, and one of a hundred dollars on pay days, side by side.
#[test]
fn two_payout_policies_side_by_side() {
    let terms = hundred_dollars().replace(
        "schedules = [\"on-demand\", \"weekly\", \"monthly\"]\nweekday",
        "schedules = [\"monthly\", \"weekly\"]\nweekday",
    );
    check("C4_money", &terms, &["c1", "c2"], &|desk, _| {
        desk.work();
        for (creator, country) in [("c1", "CN"), ("c2", "NL")] {
            desk.identify(creator, country, "Ann Bee", &[]);
        }
        card(desk, "Ann Bee", "tok_1");
        desk.bank("c2", "Ann Bee");
    });
}

#[test]
fn when_is_it_paid_and_how_do_i_withdraw() {
    check("Q11", TERMS, ONE, &|desk, out| {
        line(out, "asked", "before the day is shown");
        purses(desk, "c1", out);
        desk.work();
        desk.identify("c1", "NL", "Ann Bee", &[]);
        desk.bank("c1", "Ann Bee");
        line(out, "asked", "with a new bank account");
        purses(desk, "c1", out);
        // Two days later is Friday; what is executed then arrives on Monday.
        desk.now_us += 2 * DAY;
    });
}

#[test]
fn lists_and_names() {
    let terms = at_once(TERMS).replace("[review]", "[review]\nscreening_days = 30");
    check("N2_N3", &terms, ONE, &|desk, out| {
        desk.work();
        desk.identify("c1", "NL", "Ann Mary de Vries", &[]);
        for holder in ["Drs. A.M. de Vries", "VRIES, ANN MARY DE", "Bob de Vries"] {
            let id = desk.bank("c1", holder);
            line(out, "the name on the account", holder);
            purses(desk, "c1", out);
            desk.ok(Command::Wallet(Change::RemoveMethod { creator: "c1".to_owned(), id }));
        }
        let id = desk.bank("c1", "A.M. de Vries");
        let creator = || "c1".to_owned();
        desk.ok(Command::Wallet(Change::ConfirmMethod { creator: creator(), id, his: true }));
        desk.request("c1", "EUR", Some("5.00")).expect("a payout");
    });
}

#[test]
fn forms_and_withholding() {
    check("N4", &at_once(TERMS), &["c1", "c2"], &|desk, out| {
        desk.work();
        desk.identify("c1", "FR", "Ann Bee", &[]);
        desk.bank("c1", "Ann Bee");
        desk.identify("c2", "US", "Ann Bee", &[]);
        let details = [("country", "US"), ("bank_code", "091000019"), ("account", "12345678")];
        desk.method("c2", Kind::Bank, &[&[("holder", "Ann Bee")], &details[..]].concat());
        desk.request("c2", "EUR", Some("20.00")).expect("a payout");
        desk.fund("desk", "1000.00");
        desk.pay();
        let key = desk.stipend.db.payout(1).expect("a row").expect("one").key;
        desk.report(format!("key,state\n{key},paid\n").as_bytes());
        for row in app::liabilities::taxed(&mut desk.stipend, 2026).expect("taxes") {
            line(out, "the year", &app::liabilities::taxed_json(&row).to_string());
        }
    });
}

#[test]
fn yen_have_no_cents() {
    let terms = at_once(TERMS)
        + "[[account]]\nname = \"yen\"\nrail = \"sheet\"\nasset = \"JPY\"\n[[corridor]]\n\
           countries = [\"JP\"]\nassets = [\"JPY\"]\nmethod = \"bank\"\nrail = \"sheet\"\n\
           account = \"yen\"\nfee = \"100 JPY\"\n";
    check("N6", &terms, ONE, &|desk, _| {
        let file = "Date,USD,JPY,\n2026-07-01,1.25,171.33,\n".to_owned();
        desk.ok(Command::ImportRates { file, correct: false });
        desk.work();
        desk.identify("c1", "JP", "Ann Bee", &[]);
        let details = [
            ("holder", "Ann Bee"),
            ("country", "JP"),
            ("bank_code", "0001"),
            ("account", "1234567"),
        ];
        desk.method("c1", Kind::Bank, &details);
        // 10.01 EUR are 1715.0133 JPY.
        desk.request("c1", "EUR", Some("10.01")).expect("a payout");
    });
}

#[test]
fn what_was_drawn_is_owed_and_recovered() {
    check("N7", &at_once(TERMS), ONE, &|desk, out| {
        desk.work();
        desk.identify("c1", "CN", "Ann Bee", &[]);
        card(desk, "Ann Bee", "tok_1");
        let draw = desk.request("c1", "EUR", None).expect("a payout");
        line(out, "drew", &draw["amount"].to_string());
        desk.fund("cards", "1000.00");
        desk.pay();
        let key = desk.stipend.db.payout(1).expect("a row").expect("one").key;
        desk.report(format!("key,state\n{key},paid\n").as_bytes());
        let debit = |desk: &mut Desk, amount: &str| {
            let units = Asset::of("EUR").expect("one").parse(amount).expect("an amount");
            let (creator, asset) = ("c1".to_owned(), "EUR".to_owned());
            let (why, key) = ("a tip was charged back".to_owned(), "p1".to_owned());
            let change = Change::Adjust { creator, asset, amount: -units, why, key };
            let proposal = desk.ok(Command::Wallet(change));
            desk.approve(&proposal).expect("approved");
        };
        debit(desk, "30.00");
        purses(desk, "c1", out);
        desk.credit("c1", "12.50");
        purses(desk, "c1", out);
        desk.credit("c1", "40.00");
    });
}

#[test]
fn nobody_pays_alone() {
    check("N17", &at_once(TERMS), ONE, &|desk, out| {
        desk.work();
        desk.identify("c1", "NL", "Ann Bee", &[]);
        desk.bank("c1", "Ann Bee");
        desk.request("c1", "EUR", Some("25.00")).expect("a payout");
        desk.fund("bank-eur", "1000.00");
        let made = desk.ok(Command::Payout(payouts::Change::Batch));
        let digest = made["batches"][0]["digest"].as_str().expect("a digest").to_owned();
        let proposal = desk.ok(Command::Payout(payouts::Change::Approve { batch: 1, digest }));
        line(out, "the batch waits", &proposal["command"].to_string());
        let adjust = Change::Adjust {
            creator: "c1".to_owned(),
            asset: "EUR".to_owned(),
            amount: 10_000,
            why: "a gift".to_owned(),
            key: "p2".to_owned(),
        };
        let credit = desk.ok(Command::Wallet(adjust));
        line(out, "the credit waits", &credit["command"].to_string());
        let states = desk.states("c1");
        line(out, "meanwhile", &states);
        desk.approve(&credit).expect("approved");
        desk.approve(&proposal).expect("approved");
    });
}

/// A pay day is a day of the terms' zone, over a change of the clock too.
#[test]
fn a_pay_day_is_a_day_of_the_zone() {
    let terms = at_once(TERMS).replace("stale_days = 5", "stale_days = 200");
    check("N24", &terms, ONE, &|desk, out| {
        desk.work();
        desk.identify("c1", "NL", "Ann Bee", &[]);
        desk.bank("c1", "Ann Bee");
        let (creator, schedule) = ("c1".to_owned(), "weekly".to_owned());
        desk.ok(Command::Wallet(Change::Schedule { creator, schedule }));
        // Clocks go back on 25 October 2026, between two Fridays.
        for now in ["2026-10-22T22:00:00Z", "2026-10-23T08:00:01Z", "2026-10-30T08:59:59Z"] {
            desk.now_us = crate::desk::at(now);
            let purse = desk.purse("c1", "EUR");
            line(out, now, &purse["draw"]["next_pay_day"].to_string());
        }
    });
}

#[test]
fn a_new_account_cools_off_and_the_old_contact_hears_of_it() {
    check("N25", TERMS, ONE, &|desk, _| {
        desk.work();
        desk.identify("c1", "NL", "Ann Bee", &[]);
        let first = desk.bank("c1", "Ann Bee");
        desk.now_us += 3 * DAY;
        desk.method("c1", Kind::Bank, &[("holder", "Ann Bee"), ("iban", "DE89370400440532013000")]);
        desk.ok(Command::Wallet(Change::RemoveMethod { creator: "c1".to_owned(), id: first }));
        let hold = NewHold {
            creator: "c1".to_owned(),
            amount: None,
            reason: "account_takeover".to_owned(),
            note: "somebody else signed in".to_owned(),
            until_us: Some(desk.now_us + DAY),
        };
        desk.ok(Command::Wallet(Change::Hold(hold)));
        desk.now_us += HOUR;
    });
}

#[test]
fn what_failed_or_came_back_is_back_with_its_reason() {
    check("N26", &at_once(TERMS), ONE, &|desk, out| {
        desk.work();
        desk.identify("c1", "CN", "Ann Bee", &[]);
        card(desk, "Ann Bee", "tok_1");
        for amount in ["10.00", "11.00", "12.00"] {
            desk.request("c1", "EUR", Some(amount)).expect("a payout");
        }
        desk.fund("cards", "1000.00");
        desk.pay();
        let key =
            |desk: &mut Desk, id| desk.stipend.db.payout(id).expect("a row").expect("one").key;
        let (one, two, three) = (key(desk, 1), key(desk, 2), key(desk, 3));
        let sheet = format!(
            "key,state,reference,reason\n{one},paid,r1,\n{two},failed,,account_closed\n\
             {three},paid,r3,\n"
        );
        desk.report(sheet.as_bytes());
        let states = desk.states("c1");
        line(out, "one failed", &states);
        let back = format!("key,state,reference,reason\n{three},returned,r3,AC04\n");
        desk.report(back.as_bytes());
    });
}

#[test]
fn an_account_without_money_is_the_operators_alarm() {
    check("N27", &at_once(TERMS), ONE, &|desk, out| {
        desk.work();
        desk.identify("c1", "NL", "Ann Bee", &[]);
        desk.bank("c1", "Ann Bee");
        desk.request("c1", "EUR", Some("25.00")).expect("a payout");
        desk.fund("bank-eur", "20.00");
        let made = desk.ok(Command::Payout(payouts::Change::Batch));
        let digest = made["batches"][0]["digest"].as_str().expect("a digest").to_owned();
        let approve = payouts::Change::Approve { batch: 1, digest };
        let short = desk.send(Command::Payout(approve)).expect_err("too little");
        line(out, "to approve it", &short);
    });
}

#[test]
fn wallets_are_closed_and_fall_asleep() {
    let rules = "hold_alarm_days = 30\ndormant_days = 365\ndormant_notice_days = 30";
    let terms = at_once(&TERMS.replace("hold_alarm_days = 30", rules));
    check("N28", &terms, ONE, &|desk, out| {
        desk.work();
        let close = || Change::SetOpen { creator: "c1".to_owned(), open: false };
        let full = desk.send(Command::Wallet(close())).expect_err("it has money");
        line(out, "to close it", &full);
        for days in [366, 31] {
            desk.now_us += days * DAY;
            desk.work();
        }
    });
}

#[test]
fn a_report_that_differs_is_a_queue_for_people() {
    check("N35", &at_once(TERMS), ONE, &|desk, out| {
        desk.work();
        desk.identify("c1", "CN", "Ann Bee", &[]);
        card(desk, "Ann Bee", "tok_1");
        desk.request("c1", "EUR", Some("10.00")).expect("a payout");
        desk.fund("cards", "1000.00");
        desk.pay();
        let key = desk.stipend.db.payout(1).expect("a row").expect("one").key;
        let sheet = format!(
            "key,state,reference,reason\n{key},paid,r1,\np00000000000000,paid,r2,\n\
             {key},failed,,account_closed\n"
        );
        let done = desk.report(sheet.as_bytes());
        line(out, "the report", &format!("{} {}", done["changed"], done["differences"]));
        for row in desk.stipend.db.differences(true, 0, 10).expect("differences") {
            let body = app::reports::difference_json(&row);
            line(
                out,
                "differs",
                &format!("{} {} {}", body["kind"], body["subject"], body["facts"]),
            );
        }
        let how = "asked the bank: it is paid".to_owned();
        desk.ok(Command::Payout(payouts::Change::Resolve { id: 1, how }));
        let open = desk.stipend.db.differences(true, 0, 10).expect("differences").len();
        line(out, "still open", &open.to_string());
    });
}
