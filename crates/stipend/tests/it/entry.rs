//! May a creator enter, and why not: the contradictions and questions of the sources, as policies
//! side by side (requirements 1.21, 1.17).
use app::access::Role;
use serde_json::Value;

use crate::access::Platform;
use crate::served::Served;
use crate::world::{ENGINES, Engine, POOL, World, log};

/// Creators as the platform tells of them.
const CREATORS: &str = "\
creator,country,age,age_proof,followers,surface,account_type,standing,last_violation
anna,US,30,verified,120000,video,creator,good,
bo,US,30,declared,9999,video,personal,good,2026-05-20
carla,CA,17,verified,60000,news,business,good,
dai,CN,40,verified,150000,video,creator,sensitive_field,
eve,,,,,,,,
";

fn policy(program: &str, rules: &str) -> String {
    POOL.replace("\"pool\"", &format!("\"{program}\""))
        .replace("A pool", program)
        .replace("[views]\n", &format!("{rules}\n[views]\n"))
}

fn world(engine: Engine, programs: &[(&str, &str)]) -> World {
    let world = World::new(engine);
    world.file("creators.csv", CREATORS);
    world.ok(&["import", "catalog", &world.at("creators.csv")]);
    for (name, rules) in programs {
        let file = world.file(&format!("{name}.toml"), policy(name, rules));
        world.ok(&["program", "publish", &file]);
    }
    world
}

fn entry(world: &World, program: &str, creator: &str, day: &str) -> Value {
    let words = ["--json", "explain", "entry", creator, "--program", program, "--day", day];
    serde_json::from_str(&world.ok(&words)).expect("JSON")
}

/// The answer, and the codes of what does not hold, in their order.
fn told(world: &World, program: &str, creator: &str, day: &str) -> (String, Vec<String>) {
    let found = entry(world, program, creator, day);
    let steps = found["steps"].as_array().expect("steps");
    let checks = steps.iter().flat_map(|step| step["checks"].as_array().expect("checks"));
    let codes = checks.filter_map(|check| check["code"].as_str().map(str::to_owned));
    (found["answer"].as_str().expect("an answer").to_owned(), codes.collect())
}

const FUND: &str = r#"
[availability]
countries = ["US", "GB", "DE", "FR", "IT", "ES"]
announced = [{ countries = ["CA", "AU"], from = "2027-01-15" }]
[eligibility]
require = [
    { age = { years = 18, proof = "verified" } },
    { followers = { minimum = 10000 } },
    { account_type = { allow = ["creator", "business"] } },
]
"#;

const MARKET: &str = r#"
[eligibility]
require = [
    { followers = { by_surface = { video = 100000, news = 50000 } } },
    { any = [{ age = { years = 18, proof = "declared" } }, { violation_free = { days = 90 } }] },
]
"#;

#[test]
fn programs_contradict_each_other_side_by_side() {
    for engine in ENGINES {
        let market = format!("{MARKET}\n[accounts]\nexclude = [\"sensitive_field\"]\n");
        let world = world(engine, &[("fund", FUND), ("market", &market)]);
        let day = "2026-06-01";
        let cases: &[(&str, &str, &str, &str, &[&str])] = &[
            ("R12 R13 R19", "fund", "anna", "yes", &[]),
            (
                "C3 R13 R12 R19",
                "fund",
                "bo",
                "no",
                &["age_unverified", "followers_below_minimum", "account_type_not_allowed"],
            ),
            ("Q13 R32 R12", "fund", "carla", "no", &["age_below_minimum", "region_announced"]),
            ("R33 C15", "fund", "dai", "no", &["region_not_open"]),
            (
                "R39: nothing said is never yes",
                "fund",
                "eve",
                "indeterminate",
                &["data_not_synced", "data_not_synced", "data_not_synced", "data_not_synced"],
            ),
            ("C3 R15 C15", "market", "anna", "yes", &[]),
            ("R15: 50,000 on this surface", "market", "carla", "yes", &["age_below_minimum"]),
            (
                "Q15 R26 R79: enough followers, and still",
                "market",
                "dai",
                "no",
                &["sensitive_field"],
            ),
            ("R15 C2", "market", "bo", "no", &["followers_below_minimum", "violation_in_window"]),
        ];
        for (name, program, creator, answer, codes) in cases {
            let (found, reasons) = told(&world, program, creator, day);
            let reasons: Vec<&str> = reasons.iter().map(String::as_str).collect();
            assert_eq!(
                (found.as_str(), reasons.as_slice()),
                (*answer, *codes),
                "{name}: {creator}"
            );
        }
        // Q13: when my country opens, and not a day before.
        for (day, expected) in [("2027-01-14", "region_announced"), ("2027-01-15", "")] {
            let (_, codes) = told(&world, "fund", "carla", day);
            assert_eq!(
                codes.contains(&"region_announced".to_owned()),
                !expected.is_empty(),
                "{day}"
            );
        }
        let found = entry(&world, "fund", "carla", day);
        assert_eq!(found["steps"][2]["checks"][0]["earliest"], "2027-01-15", "{found}");
        // C1 to C3 in words, for people, in each language.
        if engine == Engine::Sqlite {
            let mut all = String::new();
            for language in ["en", "zh-CN", "fr", "nl"] {
                let words = [
                    "explain",
                    "entry",
                    "bo",
                    "--program",
                    "fund",
                    "--day",
                    day,
                    "--language",
                    language,
                ];
                all.push_str(&world.ok(&words));
                all.push('\n');
            }
            insta::assert_snapshot!("entry_q1", all);
        }
    }
}

/// C2: the same measure with other thresholds; counted from the settled days, not from claims.
#[test]
fn windows_are_counted_from_the_log() {
    for engine in ENGINES {
        let world = World::small(engine, POOL);
        world.file("1.ndjson", log(5, 600, 3).join("\n"));
        world.import("1.ndjson");
        let rules = |views: u32| {
            format!(
                "[eligibility]\nrequire = [{{ views = {{ minimum = {views}, days = 2 }} }}, \
                 {{ posts = {{ minimum = 2, days = 40 }} }}]\n"
            )
        };
        let nothing = world.file(
            "p.toml",
            POOL.replace("2026-01-01", "2026-05-31")
                .replace("[views]\n", &format!("{}\n[views]\n", rules(1))),
        );
        world.ok(&["program", "publish", &nothing]);
        // Nothing is settled: nobody knows.
        let (answer, codes) = told(&world, "pool", "c1", "2026-06-03");
        assert_eq!((answer.as_str(), codes.len()), ("indeterminate", 1), "{codes:?}");
        world.ok(&["settle", "--day", "2026-06-02"]);
        let views: i64 = world
            .ok(&[
                "export",
                "work-days",
                "--from",
                "2026-06-01",
                "--through",
                "2026-06-02",
                "--columns",
                "creator,qualified_views",
                "--no-header",
            ])
            .lines()
            .filter_map(|line| line.strip_prefix("c1,")?.parse::<i64>().ok())
            .sum();
        let found = entry(&world, "pool", "c1", "2026-06-03");
        let checks = &found["steps"][1]["checks"];
        assert_eq!(checks[0]["observed"], format!("{views} in 2 days"), "{found}");
        // w1 and w2 were published in May.
        assert_eq!(checks[1]["observed"], "2 in 40 days", "{found}");
        assert_eq!(
            (&found["answer"], &found["counted_through"]),
            (&"yes".into(), &"2026-06-02".into())
        );
    }
}

/// Watch time of qualified views, where the program keeps it: the same by hand from the log.
#[test]
fn watch_time_is_that_of_qualified_views() {
    for engine in ENGINES {
        let rules = "[eligibility]\nrequire = [{ watch_minutes = { minimum = 1, days = 2 } }]\n";
        let text = POOL
            .replace("[views]\n", "[views]\nkeep_watch_time = true\n")
            .replace("[works]\n", &format!("{rules}[works]\n"));
        let world = World::small(engine, &text);
        let rows = log(5, 900, 3);
        world.file("1.ndjson", rows.join("\n"));
        world.import("1.ndjson");
        world.ok(&["settle", "--day", "2026-06-03"]);
        // By hand for one creator: the first long view of each viewer, work and day.
        let mut seen = std::collections::BTreeMap::new();
        let mut copies = std::collections::BTreeSet::new();
        for row in &rows {
            let row: Value = serde_json::from_str(row).expect("JSON");
            let text = |name: &str| row[name].as_str().expect("a text").to_owned();
            let (work, viewer, time) = (text("work"), text("viewer"), text("time"));
            let length = match work.as_str() {
                "w1" => 20_000,
                "w2" => 8_000,
                _ => continue,
            };
            let watch = row["watch_ms"].as_i64().expect("milliseconds");
            let long = watch >= 5_000 || watch * 2 >= length;
            if text("kind") != "view" || text("source") == "paid" || !long {
                continue;
            }
            if !copies.insert((viewer.clone(), text("event_id"))) {
                continue;
            }
            // Amsterdam is two hours ahead in June.
            let at: i64 = kernel::day::parse_instant(&time).expect("an instant");
            let day = kernel::Zone::utc().day_of(at + 2 * kernel::day::HOUR_US).to_string();
            let first = seen.entry((day, work, viewer)).or_insert((at, watch));
            if at < first.0 {
                *first = (at, watch);
            }
        }
        let of_days = seen
            .iter()
            .filter(|((day, ..), _)| day.as_str() == "2026-06-02" || day.as_str() == "2026-06-03");
        let minutes: i64 = of_days.map(|(_, (_, watch))| watch).sum::<i64>() / 60_000;
        let found = entry(&world, "pool", "c1", "2026-06-04");
        let check = &found["steps"][1]["checks"][0];
        assert_eq!(check["observed"], format!("{minutes} in 2 days"), "{found}");
        assert_eq!(check["what"], "valid watch time");
    }
}

/// A creator sees his own diagnosis, in his language; another's looks like missing.
#[test]
fn a_creator_asks_for_himself() {
    let world = world(Engine::Sqlite, &[("fund", FUND)]);
    let served = Served::start(&world, &["--workers", "0", "--senders", "0"]);
    let platform = Platform::new(&served);
    let bearer = format!("Bearer {}", platform.user(Role::Creator, "bo"));
    let ask = |creator: &str, accept: &str| {
        let headers = [("Authorization", bearer.as_str()), ("Accept-Language", accept)];
        served.call("GET", &format!("/v1/creators/{creator}/entry"), &headers, b"")
    };
    let own = ask("bo", "nl").json();
    let check = &own["steps"][1]["checks"][1];
    assert_eq!(check["text"], "Er zijn te weinig echte volgers.", "{own}");
    assert_eq!((&check["observed"], &check["remedy"]), (&"9999".into(), &"act".into()));
    let (others, missing) = (ask("anna", "nl"), ask("nobody", "nl"));
    assert_eq!((others.status, others.text.replace("anna", "nobody")), (404, missing.text));
    served.stop();
}

/// The platform's OpenFeature client asks whether to show a program (OFREP).
#[test]
fn programs_are_flags() {
    let world = world(Engine::Sqlite, &[("fund", FUND), ("market", MARKET)]);
    let served = Served::start(&world, &["--workers", "0", "--senders", "0"]);
    let output = crate::world::python()
        .arg(crate::world::root().join("judges/ofrep_client.py"))
        .args([served.base.as_str(), served.key.as_str()])
        .args(["fund", "anna", "fund", "bo", "fund", "eve", "market", "anna", "none", "anna"])
        .args(["fund", "nobody"])
        .output()
        .expect("python");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let expected = "fund anna True yes TARGETING_MATCH None\n\
                    fund bo False no DEFAULT None\n\
                    fund eve False indeterminate DEFAULT None\n\
                    market anna True yes TARGETING_MATCH None\n\
                    none anna False None ERROR FLAG_NOT_FOUND\n\
                    fund nobody False indeterminate DEFAULT None\n";
    assert_eq!(text.replace("Reason.", "").replace("ErrorCode.", ""), expected);
    let body = r#"{"context":{"targetingKey":"anna"}}"#;
    let all = served.post("/ofrep/v1/evaluate/flags", "application/json", body).json();
    assert_eq!(all["flags"].as_array().map(Vec::len), Some(2), "{all}");
    let bare = served.post(
        "/ofrep/v1/evaluate/flags/fund",
        "application/json",
        r#"{"context":{"targetingKey":""}}"#,
    );
    assert_eq!(
        (bare.status, bare.json()["errorCode"].as_str()),
        (400, Some("TARGETING_KEY_MISSING"))
    );
    served.stop();
}

#[test]
fn rules_that_make_no_sense_are_refused() {
    let world = World::new(Engine::Sqlite);
    let deep = format!(
        "{}{{ age = {{ years = 1, proof = \"declared\" }} }}{}",
        "{ not = ".repeat(9),
        " }".repeat(9)
    );
    let cases = [
        (
            "[availability]\nrollout = { salt = \"a\", permille = 1001 }\n".to_owned(),
            "more than all",
        ),
        ("[availability]\ncountries = [\"usa\"]\n".to_owned(), "did you mean `US`?"),
        (
            "[availability]\ncountries = [\"US\"]\nannounced = [{ countries = [\"US\"] }]\n"
                .to_owned(),
            "open and announced",
        ),
        ("[eligibility]\nrequire = [{ followers = {} }]\n".to_owned(), "names no number"),
        ("[eligibility]\nrequire = [{ views = { minimum = 1, days = 0 } }]\n".to_owned(), "0 days"),
        (
            "[eligibility]\nrequire = [{ account_type = { allow = [\"x\"] } }]\n".to_owned(),
            "there is no account type",
        ),
        (format!("[eligibility]\nrequire = [{deep}]\n"), "8 deep"),
        ("[eligibility]\nrequire = [{ charm = 3 }]\n".to_owned(), "unknown variant"),
    ];
    for (rules, expected) in cases {
        let file = world.file("bad.toml", policy("bad", &rules));
        let error = world.fails(&["program", "check", &file], 2);
        assert!(error.contains(expected), "{rules}: {error}");
    }
}
