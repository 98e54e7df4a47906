//! Four eyes: what is done only after a second person saw exactly that.
use serde_json::{Value, json};

use crate::people::Person;
use crate::served::{Got, Served};
use crate::world::{ENGINES, Engine, POOL, World};

fn propose(served: &Served, policy: &str, reason: &str) -> Value {
    let headers = [("Content-Type", "application/toml"), ("X-Reason", reason)];
    let got = served.call("POST", "/v1/programs", &headers, policy.as_bytes());
    assert_eq!(got.status, 202, "{got:?}");
    got.json()
}

fn approve(served: &Served, who: &Person, one: &Value, digest: &Value) -> Got {
    let path = format!("/v1/proposals/{}/approve", one["id"]);
    who.call(served, "POST", &path, Some(json!({ "digest": digest })))
}

fn refused(got: &Got) -> (u16, String) {
    (got.status, got.json()["code"].as_str().unwrap_or_default().to_owned())
}

/// A version with another pool, from a month on.
fn policy(pool: &str, month: u32) -> String {
    POOL.replace("100.00", pool).replace("2026-01-01", &format!("2026-{month:02}-01"))
}

fn versions(world: &World) -> usize {
    world.ok(&["--json", "program", "list"]).lines().count()
}

#[test]
fn what_needs_four_eyes_is_done_as_shown_or_not_at_all() {
    for engine in ENGINES {
        let world = World::small(engine, POOL);
        let served = Served::start(&world, &["--workers", "0", "--senders", "0"]);
        let anna = Person::new(&world, &served, "anna@example.com", "program-manager");
        let ben = Person::new(&world, &served, "ben@example.com", "finance-approver");
        let carl = Person::new(&world, &served, "carl@example.com", "support");
        let set = |words: Value| {
            let body = json!({ "commands": words }).to_string();
            served.call(
                "PUT",
                "/v1/four-eyes",
                &[("Content-Type", "application/json")],
                body.as_bytes(),
            )
        };
        assert_eq!(set(json!(["program.settle"])).status, 422, "that cannot need four eyes");
        let got = set(json!(["program.publish"]));
        // Who could make himself the second person needs one too.
        let all = json!(["program.publish", "operator.add", "operator.change", "four-eyes.set"]);
        assert_eq!((got.status, &got.json()["commands"]), (200, &all));
        // Taking it away needs four eyes too.
        assert_eq!(set(json!([])).status, 202);

        // A wrong document is refused at once: nobody reads it in vain.
        let headers = [("Content-Type", "application/toml")];
        let wrong = served.call("POST", "/v1/programs", &headers, b"format = 1");
        assert_eq!(wrong.status, 422, "{wrong:?}");
        let one = propose(&served, &policy("250.00", 7), "more for everybody");
        assert_eq!((&one["state"], &one["reason"]), (&json!("open"), &json!("more for everybody")));
        assert_eq!(one["would_answer"]["version"], json!(2));
        assert_eq!(versions(&world), 1, "nothing is done yet");

        // Who may not decide: a key, the wrong role, the maker; and nothing else than was shown.
        let path = format!("/v1/proposals/{}/approve", one["id"]);
        let body = json!({ "digest": one["digest"] }).to_string();
        let by_key = served.post(&path, "application/json", &body);
        assert_eq!(refused(&by_key), (403, "forbidden".to_owned()));
        let by_support = approve(&served, &carl, &one, &one["digest"]);
        assert_eq!(refused(&by_support), (403, "forbidden".to_owned()));
        let other = json!("00".repeat(32));
        let got = approve(&served, &ben, &one, &other);
        assert_eq!(refused(&got), (409, "not_as_shown".to_owned()));
        let got = approve(&served, &ben, &one, &one["digest"]);
        assert_eq!((got.status, &got.json()["state"]), (200, &json!("approved")), "{got:?}");
        assert_eq!(got.json()["result"]["version"], json!(2));
        assert_eq!(versions(&world), 2);
        let got = approve(&served, &ben, &one, &one["digest"]);
        assert_eq!(refused(&got), (409, "not_open".to_owned()), "it is done once");

        // Who proposes does not decide, nor does who made the key that proposed.
        let headers = [
            ("Content-Type", "application/toml"),
            ("Authorization", ""),
            ("Cookie", anna.cookie.as_str()),
        ];
        let got = served.call("POST", "/v1/programs", &headers, policy("260.00", 8).as_bytes());
        let own = got.json();
        assert_eq!(got.status, 202, "{got:?}");
        let got = approve(&served, &anna, &own, &own["digest"]);
        assert_eq!(refused(&got), (403, "own_proposal".to_owned()));

        // An edit voids it: what was read is not what would be done.
        let path = format!("/v1/proposals/{}", own["id"]);
        let document = json!({ "document": { "policy": policy("270.00", 8) } });
        let others = carl.call(&served, "PUT", &path, Some(document.clone()));
        let missing = carl.call(&served, "PUT", "/v1/proposals/99", Some(document.clone()));
        let told = missing.text.replace("99", &own["id"].to_string());
        assert_eq!((others.status, &others.text), (404, &told), "another's looks like missing");
        let edited = anna.call(&served, "PUT", &path, Some(document)).json();
        assert_ne!(edited["digest"], own["digest"]);
        let got = approve(&served, &ben, &own, &own["digest"]);
        assert_eq!(refused(&got), (409, "not_open".to_owned()));
        let got = approve(&served, &ben, &edited, &own["digest"]);
        assert_eq!(refused(&got), (409, "not_as_shown".to_owned()));

        // The world went on: it would now come to something else, so it is void.
        let rival = propose(&served, &policy("280.00", 9), "");
        assert_eq!(rival["would_answer"]["version"], json!(3));
        let got = approve(&served, &ben, &rival, &rival["digest"]);
        assert_eq!(got.json()["state"], "approved", "{got:?}");
        let got = approve(&served, &ben, &edited, &edited["digest"]);
        assert_eq!((got.status, &got.json()["state"]), (200, &json!("void")), "{got:?}");
        assert_eq!(versions(&world), 3);

        // Rejected and taken back: nothing happens.
        let no = propose(&served, &policy("1.00", 10), "");
        let got = ben.call(&served, "POST", &format!("/v1/proposals/{}/reject", no["id"]), None);
        assert_eq!(got.json()["state"], "rejected", "{got:?}");
        let back = propose(&served, &policy("2.00", 10), "");
        let got = served.call("DELETE", &format!("/v1/proposals/{}", back["id"]), &[], b"");
        assert_eq!(got.json()["state"], "void", "{got:?}");
        assert_eq!(versions(&world), 3);
        // Those whom it concerned were told.
        let told = ben.call(&served, "GET", "/v1/me/messages?language=nl", None).json();
        assert_eq!(told["items"][0]["kind"], "proposal-made", "{told}");
        served.stop();
        assert!(world.ok(&["audit", "check"]).contains("the chain holds"));
    }
}

/// Nobody makes himself the second person: by another's password, by a new operator, by a document
/// that names another, by a chain of keys.
#[test]
fn nobody_is_two_people() {
    let world = World::small(Engine::Sqlite, POOL);
    let served = Served::start(&world, &["--workers", "0", "--senders", "0"]);
    let anna = Person::new(&world, &served, "anna@example.com", "admin");
    let ben = Person::new(&world, &served, "ben@example.com", "admin");
    let body = json!({ "commands": ["program.publish"] });
    assert_eq!(anna.call(&served, "PUT", "/v1/four-eyes", Some(body)).status, 200);
    let id = |who: &Person| {
        let me = who.call(&served, "GET", "/v1/me", None).json();
        me["actor"].as_str().and_then(|actor| actor.split(':').nth(1)).expect("an id").to_owned()
    };
    let path = format!("/v1/operators/{}", id(&ben));
    for (method, part) in [("POST", "password"), ("DELETE", "second-factor")] {
        let got = anna.call(&served, method, &format!("{path}/{part}"), None);
        assert_eq!(refused(&got), (403, "forbidden".to_owned()), "{part}");
        assert!(got.text.contains("stipend operator reset"), "{got:?}");
    }
    let body = json!({ "email": "puppet@example.com", "name": "Puppet", "roles": ["admin"] });
    let got = anna.call(&served, "POST", "/v1/operators", Some(body));
    assert_eq!((got.status, &got.json()["state"]), (202, &json!("open")), "{got:?}");
    // What the server gave stays, whatever an edit says.
    let puppet = got.json();
    let mut document = puppet["document"].clone();
    document["made_by"] = json!("operator:nobody");
    document["name"] = json!("Somebody");
    let edit = format!("/v1/proposals/{}", puppet["id"]);
    let got = anna.call(&served, "PUT", &edit, Some(json!({ "document": document })));
    assert_eq!(got.json()["document"]["made_by"], puppet["document"]["made_by"], "{got:?}");
    assert_eq!(got.json()["document"]["name"], "Somebody");
    // A chain of keys leads to who made the first.
    let mut bearer = String::new();
    for _ in 0..20 {
        let mut headers = vec![("Content-Type", "application/json")];
        if bearer.is_empty() {
            headers.extend([("Authorization", ""), ("Cookie", anna.cookie.as_str())]);
        } else {
            headers.push(("Authorization", bearer.as_str()));
        }
        let body = br#"{"name":"next","role":"admin"}"#;
        let made = served.call("POST", "/v1/keys", &headers, body).json();
        bearer = format!("Bearer {}", made["key"].as_str().expect("a key"));
    }
    let headers = [("Content-Type", "application/toml"), ("Authorization", bearer.as_str())];
    let one = served.call("POST", "/v1/programs", &headers, policy("5.00", 7).as_bytes()).json();
    let got = approve(&served, &anna, &one, &one["digest"]);
    assert_eq!(refused(&got), (403, "own_proposal".to_owned()));
    // The audit log says what was only proposed, and what was done of it.
    let got = approve(&served, &ben, &one, &one["digest"]);
    assert_eq!(got.status, 200, "{got:?}");
    let audit = served.get("/v1/audit?limit=1000").json();
    let told: Vec<(String, String)> = audit["items"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|one| {
            ["program.publish", "proposal.decide"].contains(&one["command"].as_str().unwrap_or(""))
        })
        .map(|one| (one["command"].to_string(), one["outcome"].to_string()))
        .collect();
    for expected in [
        ("\"program.publish\"", "\"proposed\""),
        ("\"proposal.decide\"", "\"approved\""),
        ("\"program.publish\"", "\"done\""),
    ] {
        let expected = (expected.0.to_owned(), expected.1.to_owned());
        assert!(told.contains(&expected), "{expected:?} is not in {told:?}");
    }
    served.stop();
}

/// A key that is narrowed gives nobody more than it has.
#[test]
fn a_narrowed_key_makes_no_stronger_one() {
    let world = World::small(Engine::Sqlite, POOL);
    let served = Served::start(&world, &["--workers", "0", "--senders", "0"]);
    let narrow = world.ok(&[
        "key",
        "make",
        "--name",
        "narrow",
        "--role",
        "admin",
        "--scopes",
        "keys.write,events.write,operators.write",
    ]);
    let bearer = format!("Bearer {}", narrow.trim());
    let call = |method: &str, path: &str, body: Value| {
        let headers = [("Content-Type", "application/json"), ("Authorization", bearer.as_str())];
        refused(&served.call(method, path, &headers, body.to_string().as_bytes()))
    };
    let none = (403, "forbidden".to_owned());
    let key = |role: &str, scopes: Value| json!({ "name": "n", "role": role, "scopes": scopes });
    assert_eq!(call("POST", "/v1/keys", key("admin", json!([]))), none);
    assert_eq!(call("POST", "/v1/keys", key("support", json!([]))), none);
    assert_eq!(call("POST", "/v1/keys", key("integrator", json!(["events.write"]))).0, 201);
    let strong = served.key.split('_').nth(1).expect("an id").to_owned();
    let rotate = json!({ "overlap_seconds": 600 });
    assert_eq!(call("POST", &format!("/v1/keys/{strong}/rotate"), rotate), none);
    let body = json!({ "email": "a@example.com", "name": "A", "roles": ["admin"] });
    assert_eq!(call("POST", "/v1/operators", body), none);
    crate::people::add(&world, "ben@example.com", "admin");
    let ben = served.get("/v1/operators").json()["items"][0]["id"].clone();
    let path = format!("/v1/operators/{}", ben.as_str().expect("an id"));
    assert_eq!(call("POST", &format!("{path}/password"), json!({})), none);
    assert_eq!(call("PUT", &path, json!({ "roles": ["support"] })), none);
    served.stop();
}

/// Somebody who makes a key for himself is not two people.
#[test]
fn a_key_is_its_maker() {
    let world = World::small(Engine::Sqlite, POOL);
    let served = Served::start(&world, &["--workers", "0", "--senders", "0"]);
    let anna = Person::new(&world, &served, "anna@example.com", "admin");
    let body = json!({ "name": "mine", "role": "program-manager" });
    let key = anna.call(&served, "POST", "/v1/keys", Some(body)).json();
    let body = json!({ "commands": ["program.publish"] });
    assert_eq!(anna.call(&served, "PUT", "/v1/four-eyes", Some(body)).status, 200);
    let bearer = format!("Bearer {}", key["key"].as_str().expect("a key"));
    let headers = [("Content-Type", "application/toml"), ("Authorization", bearer.as_str())];
    let got = served.call("POST", "/v1/programs", &headers, policy("5.00", 7).as_bytes());
    let one = got.json();
    assert_eq!(got.status, 202, "{got:?}");
    let got = approve(&served, &anna, &one, &one["digest"]);
    assert_eq!(refused(&got), (403, "own_proposal".to_owned()));
    served.stop();
}
