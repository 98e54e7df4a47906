//! Webhooks, received and verified by the SDKs of the Standard Webhooks specification.
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::served::Served;
use crate::world::{ENGINES, POOL, World, log, node, python, root};

struct Receiver {
    child: Child,
    port: u16,
    seen: PathBuf,
    secrets: PathBuf,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Receiver {
    fn start(world: &World, fail_first: u32) -> Receiver {
        let (seen, secrets) = (world.path("seen.jsonl"), world.path("secrets"));
        std::fs::write(&secrets, "").expect("a file");
        let mut child = python()
            .arg(root().join("judges/receive_webhooks.py"))
            .args([&seen, &secrets])
            .arg(fail_first.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("its port");
        Receiver { child, port: line.trim().parse().expect("a port"), seen, secrets }
    }

    fn seen(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.seen).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    /// Waits until what was seen is as wanted.
    fn until(&self, wanted: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let until = Instant::now() + Duration::from_secs(40);
        loop {
            let seen = self.seen();
            if wanted(&seen) {
                return seen;
            }
            assert!(Instant::now() < until, "{seen:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn add(served: &Served, body: &Value) -> Value {
    let got = served.post("/v1/webhooks", "application/json", &body.to_string());
    assert_eq!(got.status, 201, "{got:?}");
    got.json()
}

/// The JavaScript SDK, which `cargo xtask test` installs.
fn verified_by_javascript(receiver: &Receiver, secret: &str) -> usize {
    let output =
        node("verify_webhooks.mjs").arg(&receiver.seen).arg(secret).output().expect("node");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number")
}

#[test]
fn deliveries_are_verified_by_the_sdks() {
    for engine in ENGINES {
        let world = World::small(engine, POOL);
        let receiver = Receiver::start(&world, 1);
        let served = Served::start(&world, &["--allow-private-webhooks"]);
        let url = format!("http://127.0.0.1:{}/hook", receiver.port);
        let hook = add(&served, &json!({ "url": url, "kinds": ["day.settled", "webhook.tested"] }));
        let (id, secret) =
            (hook["id"].as_str().expect("id"), hook["secret"].as_str().expect("one"));
        std::fs::write(&receiver.secrets, secret).expect("written");
        served.post("/v1/events", "application/x-ndjson", &log(3, 200, 1).join("\n"));
        served.settle("pool", "2026-06-01");
        // The first attempt is answered with 500 and made again, under the same id.
        let first = receiver.until(|seen| !seen.is_empty())[0]["headers"]["webhook-id"].clone();
        let seen = receiver.until(|seen| {
            seen.iter().any(|one| one["status"] == 204 && one["headers"]["webhook-id"] == first)
        });
        assert!(seen.iter().all(|seen| seen["verified"] == json!([true])), "{seen:?}");
        let body: Value =
            serde_json::from_str(seen[0]["body"].as_str().expect("a body")).expect("JSON");
        assert_eq!(body["type"], "day.settled");
        assert_eq!(body["data"]["day"], "2026-06-01");
        // More may have come since.
        assert!(verified_by_javascript(&receiver, secret) >= seen.len());
        // A new secret signs beside the old one.
        let path = format!("/v1/webhooks/{id}");
        let rotated = served.post(
            &format!("{path}/rotate"),
            "application/json",
            r#"{"overlap_seconds":600}"#,
        );
        let new = rotated.json()["secret"].as_str().expect("a secret").to_owned();
        std::fs::write(&receiver.secrets, format!("{secret}\n{new}\n")).expect("written");
        assert_eq!(served.call("POST", &format!("{path}/test"), &[], b"").status, 202);
        let tested = |one: &&Value| one["body"].to_string().contains("webhook.tested");
        let seen = receiver.until(|seen| seen.iter().any(|one| tested(&one)));
        let last = seen.iter().find(tested).expect("a webhook");
        assert_eq!(last["verified"], json!([true, true]), "{last}");
        // What was sent once is sent again when asked for, and the log tells of all attempts.
        let replayed = served.post(&format!("{path}/replay"), "application/json", r#"{"after":0}"#);
        let count = replayed.json()["deliveries"].as_u64().expect("a number");
        assert!(count >= 2, "{replayed:?}");
        let before = seen.len();
        receiver.until(|seen| seen.len() >= before + count as usize);
        let deliveries = served.get(&format!("{path}/deliveries?limit=1000")).json();
        let items = deliveries["items"].as_array().expect("a list");
        assert!(items.iter().any(|item| item["attempts"] == 2), "{deliveries}");
        assert!(served.get("/v1/webhooks").text.find("whsec_").is_none(), "a secret is shown");
        served.stop();
        world.check();
    }
}

#[test]
fn webhooks_do_not_reach_into_the_server_s_own_network() {
    let world = World::small(crate::world::Engine::Sqlite, POOL);
    let receiver = Receiver::start(&world, 0);
    let served = Served::start(&world, &[]);
    let port = receiver.port;
    for url in [
        format!("http://127.0.0.1:{port}/hook"),
        format!("http://localhost:{port}/hook"),
        "https://user:secret@example.com/".to_owned(),
        "https://example.com:22/".to_owned(),
        "file:///etc/passwd".to_owned(),
    ] {
        let body = json!({ "url": url }).to_string();
        let got = served.post("/v1/webhooks", "application/json", &body);
        assert_eq!(got.status, 422, "{url}: {got:?}");
    }
    // Names and odd forms are found out when they are looked up.
    for host in [
        "localhost",
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
    ] {
        let hook = add(&served, &json!({ "url": format!("https://{host}:{port}/hook") }));
        let path = format!("/v1/webhooks/{}", hook["id"].as_str().expect("id"));
        served.call("POST", &format!("{path}/test"), &[], b"");
        let until = Instant::now() + Duration::from_secs(20);
        let error = loop {
            let deliveries = served.get(&format!("{path}/deliveries")).json();
            let error = deliveries["items"][0]["result"]["error"].as_str().map(str::to_owned);
            if let Some(error) = error {
                break error;
            }
            assert!(Instant::now() < until, "{host}: {deliveries}");
            std::thread::sleep(Duration::from_millis(50));
        };
        assert!(error.contains("private network"), "{host}: {error}");
    }
    assert!(receiver.seen().is_empty(), "{:?}", receiver.seen());
    served.stop();
}
