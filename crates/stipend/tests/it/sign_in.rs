//! Signing in through an OpenID Connect provider that others wrote: npm's `oidc-provider`.
use serde_json::Value;

use crate::people::add;
use crate::served::Served;
use crate::sink::Sink;
use crate::world::{Engine, World, node, python, root};

/// Starts it; `userinfo` keeps the mail address out of the id token.
fn provider(secret: &str, words: &[&str]) -> Sink {
    let redirect = "http://127.0.0.1/v1/sign-in/oidc/callback";
    let mut command = node("oidc_provider.mjs");
    command.args(["stipend", secret, redirect]).args(words);
    Sink::of(command)
}

fn served(world: &World, provider: &Sink, secret: &str, port: u16) -> Served {
    let key = world.ok(&["key", "make", "--name", "test", "--role", "admin"]);
    let mut command = world.command();
    command.args(["serve", "--workers", "0", "--listen", &format!("127.0.0.1:{port}")]);
    command.env("STIPEND_OIDC_ISSUER", provider.begun["issuer"].as_str().expect("an issuer"));
    command.env("STIPEND_OIDC_CLIENT_ID", "stipend");
    command.env("STIPEND_OIDC_CLIENT_SECRET", secret);
    Served::of(command, key.trim())
}

/// A port that was free a moment ago: the address to come back to is settled beforehand.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}

fn sign_in(served: &Served, name: &str, words: &[&str]) -> Value {
    let output = python()
        .arg(root().join("judges/oidc_login.py"))
        .args([&format!("{}/v1/sign-in/oidc", served.base), name])
        .args(words)
        .output()
        .expect("python");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn code(got: &Value) -> (u64, String) {
    let body: Value =
        serde_json::from_str(got["body"].as_str().unwrap_or_default()).unwrap_or_default();
    let code = body["code"].as_str().unwrap_or_default().to_owned();
    (got["status"].as_u64().unwrap_or(0), code)
}

#[test]
fn an_operator_signs_in_through_a_provider() {
    for words in [&[][..], &["userinfo"]] {
        let world = World::new(Engine::Sqlite);
        add(&world, "anna@example.com", "admin");
        add(&world, "unverified@example.com", "admin");
        let provider = provider("a secret", words);
        let served = served(&world, &provider, "a secret", free_port());
        let good = sign_in(&served, "anna", &[]);
        assert_eq!(good["status"], 200, "{good}");
        let begun = good["trace"].to_string();
        assert!(begun.contains("code_challenge_method=S256"), "with PKCE: {begun}");
        let body: Value = serde_json::from_str(good["body"].as_str().expect("text")).expect("JSON");
        assert_eq!(body["operator"]["email"], "anna@example.com");
        assert_eq!(
            (&body["second_factor"], &body["operator"]["oidc"]),
            (&true.into(), &true.into())
        );
        let cookie = good["cookies"]["stipend_session"].as_str().expect("a session");
        let cookie = format!("stipend_session={cookie}");
        let headers = [("Authorization", ""), ("Cookie", cookie.as_str())];
        assert_eq!(served.call("GET", "/v1/operators", &headers, b"").status, 200);
        // The second time he is known by the provider's own name for him.
        assert_eq!(sign_in(&served, "anna", &[])["status"], 200);

        let unknown = (401, "unauthenticated".to_owned());
        assert_eq!(code(&sign_in(&served, "stranger", &[])), unknown);
        assert_eq!(
            code(&sign_in(&served, "unverified", &[])),
            unknown,
            "nobody saw to the address"
        );
        assert_eq!(code(&sign_in(&served, "anna", &["--cancel"])), unknown);
        // What comes back to another browser, or without a beginning, signs nobody in.
        let callback = "/v1/sign-in/oidc/callback";
        for query in ["", "?code=a&state=b", "?error=access_denied"] {
            let got =
                served.call("GET", &format!("{callback}{query}"), &[("Authorization", "")], b"");
            assert_eq!(got.status, 401, "{query}: {got:?}");
        }
        // A sign-in is taken once: the browser's last address opens nothing again.
        let last = good["url"].as_str().expect("an address");
        let path = last.strip_prefix(&served.base).expect("this server");
        let state = last.split("state=").nth(1).and_then(|rest| rest.split('&').next());
        let state = format!("stipend_sign_in={}", state.expect("a state"));
        let headers = [("Authorization", ""), ("Cookie", state.as_str())];
        assert_eq!(served.call("GET", path, &headers, b"").status, 401);
        let log = served.stop();
        assert!(!log.contains("a secret") && !log.contains("code="), "{log}");
        assert!(world.ok(&["audit", "check"]).contains("the chain holds"));
    }
}

#[test]
fn a_provider_that_does_not_answer_is_told_of() {
    let world = World::new(Engine::Sqlite);
    let provider = provider("a secret", &[]);
    let served = served(&world, &provider, "another secret", free_port());
    add(&world, "anna@example.com", "admin");
    let got = sign_in(&served, "anna", &[]);
    assert_eq!(code(&got), (401, "provider_failed".to_owned()), "{got}");
    drop(provider);
    let got = served.call("GET", "/v1/sign-in/oidc", &[("Authorization", "")], b"");
    assert_eq!((got.status, &got.json()["code"]), (401, &"provider_failed".into()), "{got:?}");
    served.stop();
}
