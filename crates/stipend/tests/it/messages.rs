//! Messages: what creators and operators read, in their languages, and by mail.
use std::time::Duration;

use app::access::Role;
use serde_json::{Value, json};

use crate::access::Platform;
use crate::people::{Person, add};
use crate::served::Served;
use crate::sink::Sink;
use crate::world::{ENGINES, Engine, POOL, World, log};

#[test]
fn creators_read_of_their_days_in_their_language() {
    for engine in ENGINES {
        let world = World::small(engine, POOL);
        let served = Served::start(&world, &[]);
        let platform = Platform::new(&served);
        served.post("/v1/events", "application/x-ndjson", &log(3, 300, 1).join("\n"));
        served.settle("pool", "2026-06-01");
        let inbox = |creator: &str, accept: &str| {
            let bearer = format!("Bearer {}", platform.user(Role::Creator, creator));
            let headers = [("Authorization", bearer.as_str()), ("Accept-Language", accept)];
            served.call("GET", "/v1/me/messages", &headers, b"").json()
        };
        // The publication is a job of its own, due at once: the day is long over.
        let until = std::time::Instant::now() + Duration::from_secs(20);
        while inbox("c1", "")["items"] == json!([]) {
            assert!(std::time::Instant::now() < until, "no message");
            std::thread::sleep(Duration::from_millis(50));
        }
        let paid = |creator: &str| {
            let path =
                format!("/v1/creators/{creator}/earnings?from=2026-06-01&through=2026-06-01");
            served.get(&path).json()["days"][0]["paid"].as_str().expect("a sum").to_owned()
        };
        let cases = [
            ("en", "you earned"),
            ("fr-FR", "vous avez gagné"),
            ("nl", "verdiend"),
            ("zh-CN,en;q=0.5", "2026-06-01"),
        ];
        for (accept, expected) in cases {
            let one = inbox("c1", accept)["items"][0].clone();
            let body = one["body"].as_str().expect("a text");
            assert!(body.contains(expected) && body.contains(&paid("c1")), "{accept}: {body}");
            assert_eq!(
                one["language"].as_str(),
                accept.get(..2).map(|two| if two == "zh" { "zh-CN" } else { two })
            );
        }
        // Each reads his own, and can note only that.
        let (mine, theirs) = (inbox("c1", ""), inbox("c2", ""));
        let ids = |inbox: &Value| inbox["items"][0]["id"].clone();
        assert_ne!(ids(&mine), ids(&theirs));
        let read = |creator: &str, id: &Value| {
            let bearer = format!("Bearer {}", platform.user(Role::Creator, creator));
            let path = format!("/v1/me/messages/{id}/read");
            served.call("POST", &path, &[("Authorization", &bearer)], b"")
        };
        let (others, missing) = (read("c1", &ids(&theirs)), read("c1", &json!(9999)));
        let told = missing.text.replace("9999", &ids(&theirs).to_string());
        assert_eq!((others.status, &others.text), (404, &told));
        assert_eq!(read("c1", &ids(&mine)).status, 200);
        assert!(inbox("c1", "")["items"][0]["read"].is_string());
        assert!(inbox("c2", "")["items"][0]["read"].is_null());
        served.stop();
        world.check();
    }
}

#[test]
fn operators_get_mail_in_their_language() {
    let world = World::small(Engine::Sqlite, POOL);
    let mut sink = Sink::judge(
        "smtp_sink.py",
        &["--auth", "stipend:pass word", "--fail-first", "1", "--refuse", "gone@example.com"],
    );
    let key = world.ok(&["key", "make", "--name", "test", "--role", "admin"]);
    let words = ["operator", "add", "--email", "fleur@example.com", "--name", "Fleur Été"];
    world.ok(&[&words[..], &["--roles", "admin", "--language", "fr"]].concat());
    add(&world, "gone@example.com", "admin");
    add(&world, "support@example.com", "support");
    let mut command = world.command();
    command.args(["serve", "--listen", "127.0.0.1:0", "--workers", "0", "--senders", "1"]);
    let url = format!("smtp://stipend:pass%20word@127.0.0.1:{}", sink.port());
    let file = world.file("mail_url", format!("{url}\n"));
    command.env("STIPEND_MAIL_URL_FILE", file);
    command.env("STIPEND_MAIL_FROM", "stipend <stipend@pay.example>");
    let served = Served::of(command, key.trim());
    let anna = Person::new(&world, &served, "anna@example.com", "program-manager");
    let body = json!({ "commands": ["operator.add"] });
    let headers = [("Content-Type", "application/json")];
    let got = served.call("PUT", "/v1/four-eyes", &headers, body.to_string().as_bytes());
    assert_eq!(got.status, 200, "{got:?}");
    let body = json!({ "email": "new@example.com", "name": "New", "roles": ["support"] });
    let got = served.post("/v1/operators", "application/json", &body.to_string());
    assert_eq!(got.status, 202, "{got:?}");
    // Both admins are told; the first attempt was put off, one address is refused for good.
    let letter = sink.next().expect("a letter");
    assert_eq!(
        (&letter["from"], &letter["user"]),
        (&json!("stipend@pay.example"), &json!("stipend"))
    );
    assert_eq!(letter["to"], json!(["fleur@example.com"]));
    assert!(letter["subject"].as_str().is_some_and(|text| text.contains("attend")), "{letter}");
    assert!(letter["body"].as_str().is_some_and(|text| text.contains("operator.add")), "{letter}");
    assert!(letter["headers"]["message-id"].as_str().is_some_and(|id| id.contains("pay.example")));
    assert!(sink.within(Duration::from_millis(500)).is_none(), "nobody else gets mail");
    let jobs = served.get("/v1/jobs?limit=100").json();
    let mails: Vec<&Value> = jobs["items"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|job| job["kind"] == "mail")
        .collect();
    let states: Vec<String> = mails.iter().map(|job| job["state"].to_string()).collect();
    assert!(states.contains(&"\"dead\"".to_owned()), "{mails:?}");
    assert_eq!(anna.call(&served, "GET", "/v1/me/messages", None).json()["items"], json!([]));
    let log = served.stop();
    assert!(!log.contains("pass word") && !log.contains("fleur@example.com"), "{log}");
}
