//! Members: applications and their reviews, invitations, cool-downs, and the daily look (R5, R30,
//! R44 to R54, requirements 1.19).
use serde_json::Value;

use crate::world::{ENGINES, POOL, World, log};

const CREATORS: &str = "\
creator,country,account_type,verification,standing
c1,FR,creator,none,good
c2,FR,creator,professional,good
c3,AE,creator,none,good
c10,FR,creator,none,good
";

const ADMISSION: &str = r#"
[eligibility]
require = [
    { account_type = { deny = ["enterprise", "enterprise_associated"] } },
    { violation_free = { days = 90 } },
]
[accounts]
membership = "members"
[admission]
mode = "both"
invitation_days = 14
cooldown_days = [30, 90]
[admission.review]
working_days = 5
works = 2
rubric = { originality = 3, quality = 3 }
"#;

fn policy(rules: &str) -> String {
    POOL.replace("[reward]", &format!("{rules}\n[reward]"))
}

fn world(engine: crate::world::Engine, rules: &str) -> World {
    let world = World::small(engine, &policy(rules));
    world.file("creators.csv", CREATORS);
    world.ok(&["import", "catalog", &world.at("creators.csv")]);
    world
}

/// Calls at an instant.
fn at(world: &World, now: &str, words: &[&str]) -> std::process::Output {
    world.command().args(["--now", now, "--json"]).args(words).output().expect("the binary")
}

fn ok(world: &World, now: &str, words: &[&str]) -> Value {
    let output = at(world, now, words);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{now} {words:?}: {error}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    serde_json::from_str(text.lines().next().unwrap_or("null")).expect("JSON")
}

fn refused(world: &World, now: &str, words: &[&str]) -> String {
    let output = at(world, now, words);
    assert_eq!(output.status.code(), Some(2), "{now} {words:?}: {output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn decide(world: &World, now: &str, review: &str, who: &str, grade: u8) -> Value {
    let works = ok(world, now, &["review", "show", review])["works"].clone();
    let mut words: Vec<String> = Vec::new();
    for work in works.as_array().expect("works") {
        for criterion in ["originality", "quality"] {
            words.push("--grade".to_owned());
            words.push(format!("{}:{criterion}={grade}", work.as_str().expect("an id")));
        }
    }
    let verdict = if grade >= 3 { "approve" } else { "reject" };
    let mut call = vec!["review", verdict, review, "--as", who, "--remark", "seen"];
    call.extend(words.iter().map(String::as_str));
    ok(world, now, &["review", "claim", review, "--as", who]);
    ok(world, now, &call)
}

/// R45 to R49: apply, an answer within five working days, rejected with reasons, again after the
/// cool-down from the last review, longer the second time; approved; who is paid is who is in.
#[test]
fn an_application_from_end_to_end() {
    for engine in ENGINES {
        let world = world(engine, ADMISSION);
        let holidays = "calendar,date,name\nFR,2026-05-14,Ascension\nFR,2026-05-25,Whit Monday\n";
        let file = world.file("fr.csv", holidays);
        world.ok(&["calendar", "import", &file]);
        // A Wednesday; Thursday is a holiday: Fri, Mon, Tue, Wed, Thu.
        let now = "2026-05-13T10:00:00Z";
        let applied = ok(&world, now, &["member", "apply", "c1"]);
        assert_eq!(applied["state"], "applied");
        assert_eq!(applied["facts"]["due"], "2026-05-21", "five working days: {applied}");
        let again = refused(&world, now, &["member", "apply", "c1"]);
        assert!(again.contains("while the membership is: applied"), "{again}");
        // Another creator's country has other working days; a certified one comes first (R22).
        ok(&world, now, &["member", "apply", "c3"]);
        ok(&world, now, &["member", "apply", "c2"]);
        let queue = String::from_utf8(at(&world, now, &["review", "queue"]).stdout).expect("UTF-8");
        let first: Value =
            serde_json::from_str(queue.lines().next().expect("a case")).expect("JSON");
        assert_eq!((&first["creator"], &first["priority"]), (&"c2".into(), &10.into()), "{queue}");

        // A case is one reviewer's; grades are wanted for each work and criterion of the rubric.
        ok(&world, now, &["review", "claim", "1", "--as", "anna"]);
        let other = refused(&world, now, &["review", "claim", "1", "--as", "ben"]);
        assert!(other.contains("another reviewer has this case"), "{other}");
        let bare = refused(&world, now, &["review", "approve", "1", "--as", "anna"]);
        assert!(bare.contains("needs a grade for originality, from 1 to 5"), "{bare}");
        let decided = decide(&world, now, "1", "anna", 2);
        assert_eq!(decided["state"], "decided", "{decided}");
        let row = ok(&world, now, &["member", "show", "c1"])["membership"].clone();
        assert_eq!(row["state"], "rejected");
        let codes = &row["facts"]["reasons"];
        assert_eq!(*codes, serde_json::json!(["recent_work_quality", "not_original_enough"]));
        assert_eq!(row["facts"]["again"], "2026-06-12", "30 days after the review: {row}");

        // One second before, and at the first instant of the day (in the program's own zone).
        let early = refused(&world, "2026-06-11T21:59:59Z", &["member", "apply", "c1"]);
        assert!(early.contains("from 2026-06-12 on"), "{early}");
        let day = "2026-06-11T22:00:00Z";
        ok(&world, day, &["member", "apply", "c1"]);
        decide(&world, day, "4", "ben", 1);
        let row = ok(&world, day, &["member", "show", "c1"])["membership"].clone();
        assert_eq!(
            (&row["facts"]["count"], &row["facts"]["again"]),
            (&2.into(), &"2026-09-10".into())
        );
        let why = ok(&world, day, &["explain", "entry", "c1"]);
        let check = &why["steps"][0]["checks"][0];
        assert_eq!(
            (&check["code"], &check["earliest"]),
            (&"cooldown_active".into(), &"2026-09-10".into()),
            "Q5: {why}"
        );
        let later = "2026-09-10T08:00:00Z";
        ok(&world, later, &["member", "apply", "c1"]);
        decide(&world, later, "5", "anna", 4);
        let steps = ok(&world, later, &["member", "show", "c1"])["steps"].clone();
        let states: Vec<&str> =
            steps.as_array().expect("steps").iter().filter_map(|s| s["state"].as_str()).collect();
        assert_eq!(
            states,
            [
                "applied",
                "in_review",
                "in_review",
                "rejected",
                "applied",
                "in_review",
                "rejected",
                "applied",
                "in_review",
                "approved"
            ]
        );
    }
}

/// R5, C10, R30: members are paid while they are; who breaks a rule is suspended that day and
/// restored when the rule holds again; who leaves earns nothing from that day on.
#[test]
fn members_are_paid_while_they_are() {
    for engine in ENGINES {
        let rules = ADMISSION.replace(
            "[admission.review]\nworking_days = 5\nworks = 2\nrubric \
            = { originality = 3, quality = 3 }\n",
            "",
        );
        let world = world(engine, &rules);
        world.file("1.ndjson", log(7, 900, 4).join("\n"));
        world.import("1.ndjson");
        ok(&world, "2026-06-01T08:00:00Z", &["member", "apply", "c1"]);
        ok(&world, "2026-06-02T08:00:00Z", &["member", "apply", "c2"]);
        ok(&world, "2026-06-03T08:00:00Z", &["member", "leave", "c2"]);
        let told = "creator,last_violation,effective\nc1,2026-06-03,2026-06-03\n";
        let file = world.file("v.csv", told);
        world.ok(&["import", "catalog", &file]);
        let done = ok(&world, "2026-06-03T09:00:00Z", &["member", "evaluate"]);
        assert_eq!((&done["members"], &done["suspended"]), (&1.into(), &1.into()), "{done}");
        let row =
            ok(&world, "2026-06-03T09:00:00Z", &["member", "show", "c1"])["membership"].clone();
        assert_eq!(row["facts"]["reasons"], serde_json::json!(["violation_in_window"]), "{row}");
        world.ok(&["settle", "--day", "2026-06-04"]);
        let lines = world.standing();
        let paid: Vec<&str> = lines
            .lines()
            .skip(1)
            .filter(|line| line.split(',').nth(5) != Some("0"))
            .map(|line| &line[..line.find(',').map_or(0, |at| at + 3)])
            .collect();
        assert_eq!(paid, ["2026-06-01,c1", "2026-06-02,c1", "2026-06-02,c2"], "{lines}");
        let why = world.ok(&["explain", "work", "w1", "--day", "2026-06-03"]);
        assert!(why.contains("not_a_member"), "{why}");
        // The violation is 90 days old: on that day, and not before.
        for (now, restored) in [("2026-08-31T21:59:59Z", 0), ("2026-08-31T22:00:00Z", 1)] {
            let done = ok(&world, now, &["member", "evaluate"]);
            assert_eq!(done["restored"], restored, "{now}: {done}");
        }
        world.check();
        world.recount();
    }
}

/// R44, R41: an invitation; R54: an override is two people's decision.
#[test]
fn invitations_and_overrides() {
    for engine in ENGINES {
        let rules = ADMISSION.replace("mode = \"both\"", "mode = \"invitation\"");
        let world = world(engine, &rules);
        let now = "2026-05-13T10:00:00Z";
        let uninvited = refused(&world, now, &["member", "apply", "c1"]);
        assert!(uninvited.contains("by invitation"), "{uninvited}");
        let invited = ok(&world, now, &["member", "invite", "c1"]);
        assert_eq!(invited["facts"]["through"], "2026-05-27", "{invited}");
        let late = refused(&world, "2026-05-28T10:00:00Z", &["member", "accept", "c1"]);
        assert!(late.contains("2026-05-27"), "{late}");
        assert_eq!(
            ok(&world, "2026-05-27T10:00:00Z", &["member", "accept", "c1"])["state"],
            "approved"
        );
        let bare = refused(&world, now, &["member", "override", "c3"]);
        assert!(bare.contains("--why"), "{bare}");
        let made = ok(&world, now, &["member", "override", "c3", "--why", "like no other"]);
        assert_eq!((&made["command"], &made["state"]), (&"member.override".into(), &"open".into()));
        let row = ok(&world, now, &["member", "show", "c3"])["membership"].clone();
        assert!(row.is_null(), "nothing is done yet: {row}");
    }
}

/// R8: a cap; N29, R2: succession and sunset.
#[test]
fn caps_succession_and_sunset() {
    for engine in ENGINES {
        let open = "[accounts]\nmembership = \"members\"\n[admission]\nmode = \"application\"\n";
        let world = world(engine, &format!("[catalogue]\nmembers_max = 2\n{open}"));
        let now = "2026-05-13T10:00:00Z";
        ok(&world, now, &["member", "apply", "c1"]);
        ok(&world, now, &["member", "apply", "c2"]);
        let full = refused(&world, now, &["member", "apply", "c3"]);
        assert!(full.contains("cap_reached") || full.contains("2 members"), "{full}");
        let why = ok(&world, now, &["explain", "entry", "c3"]);
        assert_eq!(why["codes"], serde_json::json!(["cap_reached"]), "{why}");
        // Another program takes its place on a day; nobody has to do anything.
        let next = policy(&format!(
            "[catalogue]\nreplaces = {{ program = \"pool\", from = \"2026-06-01\" }}\n\
             notice_days = 10\n{open}"
        ))
        .replace("program = \"pool\"\ntitle = \"A pool\"", "program = \"next\"\ntitle = \"Next\"");
        let file = world.file("next.toml", next);
        world.ok(&["program", "publish", &file]);
        let served = crate::served::Served::start(&world, &["--workers", "1", "--senders", "0"]);
        let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
        let taken_over = || {
            let list = world.ok(&["member", "list", "--program", "next", "--state", "approved"]);
            list.lines().count() == 2
        };
        while !taken_over() {
            assert!(std::time::Instant::now() < end, "members are not taken over");
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        let old = world.ok(&["member", "list", "--program", "pool", "--state", "superseded"]);
        assert_eq!(old.lines().count(), 2, "{old}");
        served.stop();
    }
}

const OPEN: &str = "[accounts]\nmembership = \"members\"\n[admission]\nmode = \"application\"\n";

/// A suspension by a person is not escaped by leaving, nor is an answer that is on its way; a
/// decision goes over what a rule did.
#[test]
fn decisions_are_not_escaped() {
    for engine in ENGINES {
        let world = world(engine, OPEN);
        let now = "2026-05-13T10:00:00Z";
        ok(&world, now, &["member", "apply", "c1"]);
        ok(&world, now, &["member", "suspend", "c1", "--reasons", "not_in_good_standing"]);
        let done = ok(&world, now, &["member", "evaluate"]);
        assert_eq!(
            done["restored"].as_i64().unwrap_or(0),
            0,
            "who was suspended by a person: {done}"
        );
        ok(&world, now, &["member", "leave", "c1"]);
        let back = refused(&world, now, &["member", "apply", "c1"]);
        assert!(back.contains("it takes an invitation"), "{back}");
        // An application that one reviewer has seen is not taken back.
        let review = format!("{OPEN}review = {{ working_days = 5, second_permille = 1000 }}\n");
        let text = policy(&review).replace("\"pool\"", "\"seen\"").replace("A pool", "Seen");
        let file = world.file("seen.toml", text);
        world.ok(&["program", "publish", &file]);
        let of = |words: &[&str]| {
            let mut all = words.to_vec();
            all.extend(["--program", "seen"]);
            all.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>()
        };
        let words = of(&["member", "apply", "c2"]);
        ok(&world, now, &words.iter().map(String::as_str).collect::<Vec<_>>());
        ok(&world, now, &["review", "claim", "1", "--as", "anna"]);
        let reject = ["review", "reject", "1", "--as", "anna", "--reasons", "presentation"];
        let first = ok(&world, now, &reject);
        assert_eq!((&first["state"], &first["seen"]), (&"waiting".into(), &1.into()), "{first}");
        assert_eq!(first["opinions"], serde_json::json!([]), "the second looks for himself");
        let again = refused(&world, now, &["review", "claim", "1", "--as", "anna"]);
        assert!(again.contains("another is wanted now"), "{again}");
        let words = of(&["member", "leave", "c2"]);
        let gone = refused(&world, now, &words.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(gone.contains("wait for the answer"), "{gone}");
        ok(&world, now, &["review", "claim", "1", "--as", "ben"]);
        let second =
            ok(&world, now, &["review", "reject", "1", "--as", "ben", "--reasons", "presentation"]);
        assert_eq!(second["state"], "decided", "{second}");
        let agreement = ok(&world, now, &["review", "agreement", "--program", "seen"]);
        assert_eq!(
            (&agreement["cases"], &agreement["agreement_ppm"]),
            (&1.into(), &1_000_000.into())
        );
    }
}

/// The cap holds for reviews too; an invitation that is over lets nobody in by applying.
#[test]
fn caps_and_invitations_hold() {
    for engine in ENGINES {
        let review = "review = { working_days = 5 }\n";
        let world = world(engine, &format!("[catalogue]\nmembers_max = 1\n{OPEN}{review}"));
        let now = "2026-05-13T10:00:00Z";
        for (creator, number) in [("c1", "1"), ("c2", "2")] {
            ok(&world, now, &["member", "apply", creator]);
            ok(&world, now, &["review", "claim", number, "--as", "anna"]);
        }
        ok(&world, now, &["review", "approve", "1", "--as", "anna"]);
        let full = refused(&world, now, &["review", "approve", "2", "--as", "anna"]);
        assert!(full.contains("as many as it takes"), "{full}");
    }
    for engine in ENGINES {
        let rules = OPEN.replace("\"application\"", "\"invitation\"\ninvitation_days = 14");
        let world = world(engine, &rules);
        ok(&world, "2026-05-13T10:00:00Z", &["member", "invite", "c1"]);
        let late = refused(&world, "2026-05-28T10:00:00Z", &["member", "apply", "c1"]);
        assert!(late.contains("by invitation"), "{late}");
    }
}

/// Who is paid on a day follows from that day's policy and steps: a later version with an umbrella
/// takes nothing back; who leaves and comes back joins anew; who is paid has no finding.
#[test]
fn members_of_a_day_are_those_of_its_policy() {
    for engine in ENGINES {
        let rules = format!("[works]\npublished = \"after_joining\"\n{OPEN}");
        let base = POOL.replace("[works]\n", "").replace("exclude = [\"deleted\"]\n", "");
        let base = base.replace("exclude_kinds = [\"ad\"]\n", "");
        let text = base.replace("[reward]", &format!("{rules}\n[reward]"));
        let world = World::small(engine, &text);
        world.file("1.ndjson", log(7, 900, 4).join("\n"));
        world.import("1.ndjson");
        // In before w1 and w2 were published; out and in again after that.
        ok(&world, "2026-04-20T08:00:00Z", &["member", "apply", "c1"]);
        ok(&world, "2026-04-20T08:00:00Z", &["member", "apply", "c2"]);
        ok(&world, "2026-05-10T08:00:00Z", &["member", "leave", "c2"]);
        ok(&world, "2026-05-20T08:00:00Z", &["member", "apply", "c2"]);
        world.ok(&["settle", "--day", "2026-06-02"]);
        let lines = world.standing();
        let paid = |creator: &str| {
            let of = lines.lines().filter(|line| line.split(',').nth(1) == Some(creator));
            of.filter_map(|line| line.split(',').nth(5)?.parse::<i64>().ok()).sum::<i64>()
        };
        assert_eq!((paid("c1"), paid("c2")), (200_000_000, 0), "{lines}");
        let why = world.ok(&["explain", "work", "w1", "--day", "2026-06-02"]);
        assert!(!why.contains("not_a_member") && !why.contains("before_joining"), "{why}");
        // A version that takes effect later has an umbrella: settled days stay as they are.
        let portal = "format = 1\nprogram = \"portal\"\ntitle = \"Portal\"\n\
                      effective = \"2026-01-01\"\nasset = \"EUR\"\n\
                      [day]\nzone = \"America/Los_Angeles\"\n\
                      [catalogue]\npurpose = \"tools\"\n[admission]\nmode = \"application\"\n";
        let file = world.file("portal.toml", portal);
        world.ok(&["program", "publish", &file]);
        let later = text
            .replace(
                "[admission]\nmode = \"application\"\n",
                "[catalogue]\numbrella = \"portal\"\n",
            )
            .replace("2026-01-01", "2026-12-01");
        let file = world.file("later.toml", later);
        world.ok(&["program", "publish", &file]);
        world.ok(&["settle", "--program", "pool", "--day", "2026-06-03"]);
        let after = world.standing_of("pool");
        for line in lines.lines() {
            assert!(after.contains(line), "{line}: {after}");
        }
        world.check();
    }
}

/// N29: after its last day a program settles nothing, and what was carried is paid with that day.
#[test]
fn a_sunset_pays_what_was_carried() {
    for engine in ENGINES {
        let rules = "[catalogue]\nends = \"2026-06-02\"\n[limits]\n\
                     floor_per_creator_day = \"60.00\"\nbelow_floor = \"carry\"\n\
                     cap_per_creator_day = \"70.00\"\nabove_cap = \"carry\"\n";
        let world = World::small(engine, &policy(rules));
        world.file("1.ndjson", log(7, 900, 4).join("\n"));
        world.import("1.ndjson");
        world.settle();
        let lines = world.standing();
        let days: std::collections::BTreeSet<&str> =
            lines.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
        assert_eq!(days.into_iter().collect::<Vec<_>>(), ["2026-06-01", "2026-06-02"], "{lines}");
        let column = |day: &str, place: usize| -> i64 {
            let of = lines.lines().filter(|line| line.starts_with(day));
            of.filter_map(|line| line.split(',').nth(place)?.parse::<i64>().ok()).sum()
        };
        assert!(column("2026-06-01", 6) > 0, "something is carried: {lines}");
        assert_eq!(column("2026-06-02", 6), 0, "nothing is carried on: {lines}");
        let paid = column("2026-06-01", 5) + column("2026-06-02", 5);
        assert_eq!(paid, 200_000_000, "both pools are paid whole: {lines}");
        let why = ok(&world, "2026-06-05T00:00:00Z", &["explain", "entry", "c1"]);
        assert_eq!(why["codes"], serde_json::json!(["program_ended"]), "{why}");
        world.check();
        world.recount();
    }
}

/// R46: a case that nobody decides is moved to the front before it is due, and told when it is
/// overdue; each once.
#[test]
fn a_case_that_waits_is_told() {
    for engine in ENGINES {
        let review = "review = { working_days = 5, escalate_days = 2 }\n";
        let world = world(engine, &format!("{OPEN}{review}"));
        let applied = ok(&world, "2026-05-13T10:00:00Z", &["member", "apply", "c1"]);
        // Five working days without any calendar: Thursday to Wednesday.
        assert_eq!(applied["facts"]["due"], "2026-05-20", "{applied}");
        // The third of them, when the operator's clock strikes the day in the program's zone.
        let queue = |now: &str| {
            let mut child = world
                .command()
                .args(["--now", now, "serve", "--listen", "127.0.0.1:0", "--senders", "0"])
                .stderr(std::process::Stdio::null())
                .spawn()
                .expect("a server");
            std::thread::sleep(std::time::Duration::from_millis(1_500));
            child.kill().expect("it runs");
            child.wait().expect("it ends");
            ok(&world, now, &["review", "queue"])
        };
        let early = queue("2026-05-17T21:59:59Z");
        assert_eq!(
            (&early["escalated"], &early["priority"]),
            (&false.into(), &0.into()),
            "{early}"
        );
        let moved = queue("2026-05-17T22:00:00Z");
        assert_eq!((&moved["escalated"], &moved["priority"]), (&true.into(), &100.into()));
        let told = |kind: &str| {
            let key = world.ok(&["key", "make", "--name", "k", "--role", "admin"]);
            let mut command = world.command();
            command.args(["serve", "--listen", "127.0.0.1:0", "--workers", "0", "--senders", "0"]);
            let served = crate::served::Served::of(command, key.trim());
            let jobs = served.get("/v1/jobs?limit=1000").json();
            served.stop();
            let items = jobs["items"].as_array().cloned().unwrap_or_default();
            items.iter().filter(|job| job["result"][kind] == 1).count()
        };
        assert_eq!(told("moved"), 1);
        queue("2026-05-20T21:59:59Z");
        assert_eq!(told("overdue"), 0, "the day is not over");
        queue("2026-05-20T22:00:00Z");
        assert_eq!(told("overdue"), 1);
        queue("2026-05-21T10:00:00Z");
        assert_eq!(told("overdue"), 1, "once");
    }
}

/// R2, C11: whom a decision put out of the new program does not come in by the old one; a program
/// that requires the old one keeps its members.
#[test]
fn a_succession_undoes_no_decision() {
    for engine in ENGINES {
        let world = world(engine, OPEN);
        let now = "2026-05-13T10:00:00Z";
        let of = |name: &str, catalogue: &str| {
            let text = policy(&format!("[catalogue]\n{catalogue}\n{OPEN}"));
            let own = "program = \"pool\"\ntitle";
            text.replace(own, &format!("program = \"{name}\"\ntitle"))
        };
        let next = "replaces = { program = \"pool\", from = \"2026-06-01\" }";
        for (name, catalogue) in [("next", next), ("portal", "requires = [\"pool\"]")] {
            let file = world.file(&format!("{name}.toml"), of(name, catalogue));
            world.ok(&["program", "publish", &file]);
        }
        for (creator, program) in [("c1", "pool"), ("c2", "pool"), ("c1", "portal"), ("c2", "next")]
        {
            ok(&world, now, &["member", "apply", creator, "--program", program]);
        }
        ok(&world, now, &["member", "remove", "c2", "--program", "next", "--why", "copied"]);
        let day = "2026-05-31T22:00:00Z"; // the first instant of June in Amsterdam
        let mut child = world
            .command()
            .args(["--now", day, "serve", "--listen", "127.0.0.1:0", "--senders", "0"])
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("a server");
        let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
        let list = |program: &str, state: &str| {
            world.ok(&["member", "list", "--program", program, "--state", state])
        };
        while list("pool", "superseded").lines().count() < 2 {
            assert!(std::time::Instant::now() < end, "nobody is taken over");
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        child.kill().expect("it runs");
        child.wait().expect("it ends");
        assert_eq!(list("next", "approved"), "c1  approved  since 2026-06-01\n");
        assert!(list("next", "removed").starts_with("c2  removed"), "a decision stands");
        let looked = ok(&world, day, &["member", "evaluate", "--program", "portal"]);
        assert_eq!((&looked["members"], &looked["suspended"]), (&1.into(), &0.into()), "{looked}");
        let entry = ok(&world, day, &["explain", "entry", "c1", "--program", "portal"]);
        assert_eq!(entry["answer"], "yes", "{entry}");
    }
}
