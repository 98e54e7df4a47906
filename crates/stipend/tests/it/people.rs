//! Operators: signing in, the second factor, sessions, four eyes, messages.
use serde_json::{Value, json};

use crate::served::{Got, Served};
use crate::world::{ENGINES, Engine, POOL, World};

const JSON: &str = "application/json";

/// An operator who signed in.
pub(crate) struct Person {
    pub cookie: String,
    pub email: String,
    pub password: String,
    secret: Vec<u8>,
    now_s: i64,
}

fn now_s() -> i64 {
    kernel::Clock::System.now_us() / 1_000_000
}

/// Adds an operator at the command line; gives his password.
pub(crate) fn add(world: &World, email: &str, roles: &str) -> String {
    let words = ["operator", "add", "--email", email, "--name", "Somebody", "--roles", roles];
    world.ok(&words).trim().to_owned()
}

fn sign_in(served: &Served, email: &str, password: &str, code: Option<&str>) -> Got {
    let mut body = json!({ "email": email, "password": password });
    if let Some(code) = code {
        body["code"] = json!(code);
    }
    let headers = [("Authorization", ""), ("Content-Type", JSON)];
    served.call("POST", "/v1/sessions", &headers, body.to_string().as_bytes())
}

fn cookie(got: &Got) -> String {
    let set = got.header("set-cookie").expect("a cookie");
    set.split(';').next().expect("its value").to_owned()
}

impl Person {
    /// Adds an operator, signs him in and sets up his second factor.
    pub(crate) fn new(world: &World, served: &Served, email: &str, roles: &str) -> Person {
        let password = add(world, email, roles);
        let got = sign_in(served, email, &password, None);
        assert_eq!(got.status, 201, "{got:?}");
        let (email, cookie, now_s) = (email.to_owned(), cookie(&got), now_s());
        let mut person = Person { cookie, email, password, secret: Vec::new(), now_s };
        person.second_factor(served);
        person
    }

    fn second_factor(&mut self, served: &Served) {
        let got = self.call(served, "POST", "/v1/me/second-factor", None);
        let url = got.json()["url"].as_str().expect("a URL").to_owned();
        assert!(url.starts_with("otpauth://totp/stipend:"), "{url}");
        let text = got.json()["secret"].as_str().expect("a secret").to_owned();
        self.secret = base32(&text);
        // The code of the step before: the next ones are still to be used.
        let code = app::totp::code(&self.secret, self.now_s - 30);
        let got = self.call(
            served,
            "POST",
            "/v1/me/second-factor/confirm",
            Some(json!({ "code": code })),
        );
        assert_eq!((got.status, &got.json()["second_factor"]), (200, &json!(true)), "{got:?}");
    }

    fn code(&self, steps: i64) -> String {
        app::totp::code(&self.secret, self.now_s + 30 * steps)
    }

    pub(crate) fn call(
        &self,
        served: &Served,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Got {
        let mut headers = vec![("Authorization", ""), ("Cookie", self.cookie.as_str())];
        let text = body.map_or(String::new(), |body| body.to_string());
        if !text.is_empty() {
            headers.push(("Content-Type", JSON));
        }
        served.call(method, path, &headers, text.as_bytes())
    }
}

/// RFC 4648, written again: what an authenticator reads.
fn base32(text: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for c in text.trim_end_matches('=').bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'2'..=b'7' => c - b'2' + 26,
            _ => panic!("no base32: {text}"),
        };
        bits = bits << 5 | u32::from(value);
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    bytes
}

#[test]
fn operators_sign_in_with_two_factors() {
    for engine in ENGINES {
        let world = World::new(engine);
        let served = Served::start(&world, &["--workers", "0"]);
        let mut anna = Person::new(&world, &served, "anna@example.com", "admin");
        let (email, password) = (anna.email.as_str(), anna.password.as_str());
        // What is wrong looks the same, whatever it is; what is missing is said.
        let wrong = sign_in(&served, email, "not the password", None);
        let nobody = sign_in(&served, "nobody@example.com", password, None);
        assert_eq!((wrong.status, &wrong.text), (401, &nobody.text));
        let no_code = sign_in(&served, email, password, None);
        assert_eq!((no_code.status, &no_code.json()["code"]), (401, &json!("code_wanted")));
        let bad = sign_in(&served, email, password, Some("000000"));
        assert_eq!((bad.status, &bad.text), (401, &wrong.text));
        let code = anna.code(0);
        let good = sign_in(&served, &email.to_uppercase(), password, Some(&code));
        assert_eq!(good.status, 201, "{good:?}");
        let set = good.header("set-cookie").expect("a cookie");
        for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"] {
            assert!(set.contains(part), "{set}");
        }
        assert!(!set.contains("Secure"), "the test's server is reached without TLS");
        let again = sign_in(&served, email, password, Some(&code));
        assert_eq!(again.status, 401, "a code counts once: {again:?}");
        // Two sessions; a new password ends the other one.
        let other = cookie(&good);
        let me = |cookie: &str| {
            served.call("GET", "/v1/me", &[("Authorization", ""), ("Cookie", cookie)], b"").status
        };
        assert_eq!((me(&anna.cookie), me(&other)), (200, 200));
        let change = |old: &str, new: &str| {
            let body = json!({ "old": old, "new": new });
            anna.call(&served, "PUT", "/v1/me/password", Some(body))
        };
        assert_eq!(change("wrong", "quite another one").status, 403);
        assert_eq!(change(password, "short").status, 422);
        assert_eq!(change(password, "a word of anna's").status, 422, "with the mail address");
        assert_eq!(change(password, "quite another one").status, 200);
        assert_eq!((me(&anna.cookie), me(&other)), (200, 401));
        anna.password = "quite another one".to_owned();
        let signed_out = anna.call(&served, "DELETE", "/v1/sessions/current", None);
        assert_eq!(signed_out.status, 200);
        assert!(signed_out.header("set-cookie").is_some_and(|set| set.contains("Max-Age=0")));
        assert_eq!(me(&anna.cookie), 401);
        // The way back in for whoever has the machine.
        let fresh = world.ok(&["operator", "reset", "anna@example.com"]);
        assert_eq!(sign_in(&served, "anna@example.com", fresh.trim(), None).status, 201);
        served.stop();
        let audit = world.ok(&["audit", "check"]);
        assert!(audit.contains("the chain holds"), "{audit}");
        let listed = world.ok(&["operator", "list"]);
        assert!(listed.contains("anna@example.com") && !listed.contains("argon2"), "{listed}");
    }
}

#[test]
fn guesses_have_to_wait() {
    let world = World::new(Engine::Sqlite);
    let password = add(&world, "anna@example.com", "admin");
    let served = Served::start(&world, &["--workers", "0"]);
    for _ in 0..5 {
        assert_eq!(sign_in(&served, "anna@example.com", "a guess at it", None).status, 401);
    }
    // The right one has to wait too: else a guess would be told from the right one.
    let waits = sign_in(&served, "anna@example.com", &password, None);
    assert_eq!((waits.status, &waits.json()["code"]), (429, &json!("too_many_requests")));
    let seconds: i64 = waits.header("retry-after").expect("how long").parse().expect("a number");
    assert!((20..=31).contains(&seconds), "{seconds}");
    // Whether somebody is there is not to be found out so.
    for attempt in 1..=6 {
        let got = sign_in(&served, "nobody@example.com", "a guess at it", None);
        assert_eq!(got.status, if attempt <= 5 { 401 } else { 429 }, "{got:?}");
    }
    let seconds: i64 = {
        let got = sign_in(&served, "nobody@example.com", "a guess at it", None);
        got.header("retry-after").expect("how long").parse().expect("a number")
    };
    assert!((20..=31).contains(&seconds), "{seconds}");
    served.stop();
}

/// What the audit log and kept answers have of a password is worth nothing to who guesses.
#[test]
fn no_password_is_in_the_audit_log() {
    let world = World::new(Engine::Sqlite);
    let served = Served::start(&world, &["--workers", "0"]);
    let anna = Person::new(&world, &served, "anna@example.com", "admin");
    let body = json!({ "old": anna.password, "new": "quite another one" });
    assert_eq!(anna.call(&served, "PUT", "/v1/me/password", Some(body.clone())).status, 200);
    let guess = {
        use sha2::Digest;
        let mut hash = sha2::Sha256::new();
        hash.update(b"PUT /v1/me/password\n");
        hash.update(body.to_string().as_bytes());
        hex::encode(hash.finalize())
    };
    let audit = served.get("/v1/audit?limit=1000").text;
    assert!(audit.contains("operator.password") && !audit.contains(&guess), "{audit}");
    served.stop();
}

/// The table: method, path, body, and what an operator without a second factor gets.
#[test]
fn changes_need_a_second_factor_and_come_from_this_site() {
    let world = World::small(Engine::Sqlite, POOL);
    let served = Served::start(&world, &["--workers", "0"]);
    let password = add(&world, "ben@example.com", "admin");
    let cookie = cookie(&sign_in(&served, "ben@example.com", &password, None));
    let call = |method: &str, path: &str, more: &[(&str, &str)], body: &str| {
        let mut headers = vec![("Authorization", ""), ("Cookie", cookie.as_str())];
        headers.extend(more);
        if !body.is_empty() {
            headers.push(("Content-Type", JSON));
        }
        let got = served.call(method, path, &headers, body.as_bytes());
        let code = if got.status < 300 { String::new() } else { got.json()["code"].to_string() };
        (got.status, code.trim_matches('"').to_owned())
    };
    let key = r#"{"name":"n","role":"support"}"#;
    let none = (200, String::new());
    let refused = |code: &str| (403, code.to_owned());
    assert_eq!(call("GET", "/v1/keys", &[], ""), none);
    assert_eq!(call("POST", "/v1/keys", &[], key), refused("second_factor_wanted"));
    for (headers, expected) in [
        (vec![("Sec-Fetch-Site", "cross-site")], refused("other_site")),
        (vec![("Sec-Fetch-Site", "same-site")], refused("other_site")),
        (vec![("Origin", "https://elsewhere.example")], refused("other_site")),
        (vec![("Origin", "null")], refused("other_site")),
        (vec![("Sec-Fetch-Site", "same-origin")], none.clone()),
        (vec![("Origin", served.base.as_str())], none.clone()),
    ] {
        assert_eq!(call("POST", "/v1/me/second-factor", &headers, ""), expected, "{headers:?}");
    }
    // A code that does not fit confirms nothing.
    let confirm = "/v1/me/second-factor/confirm";
    assert_eq!(call("POST", confirm, &[], r#"{"code":"12345"}"#).0, 422);
    served.stop();
}

#[test]
fn sessions_end_and_operators_are_shut_out() {
    let world = World::new(Engine::Sqlite);
    let served = Served::start(&world, &["--workers", "0"]);
    let anna = Person::new(&world, &served, "anna@example.com", "admin");
    let ben = Person::new(&world, &served, "ben@example.com", "support,reviewer");
    let me = ben.call(&served, "GET", "/v1/me", None).json();
    assert_eq!(me["roles"], json!(["reviewer", "support"]));
    let id = me["actor"].as_str().and_then(|actor| actor.strip_prefix("operator:"));
    let path = format!("/v1/operators/{}", id.expect("an id"));
    // The last admin stays one.
    let own = anna.call(&served, "GET", "/v1/me", None).json()["actor"].clone();
    let own = format!("/v1/operators/{}", &own.as_str().expect("an actor")[9..]);
    for change in [json!({ "roles": ["support"] }), json!({ "disabled": true })] {
        let got = anna.call(&served, "PUT", &own, Some(change));
        assert_eq!((got.status, &got.json()["code"]), (409, &json!("last_admin")), "{got:?}");
    }
    let got = anna.call(&served, "PUT", &path, Some(json!({ "disabled": true })));
    assert_eq!(got.status, 200, "{got:?}");
    assert_eq!(ben.call(&served, "GET", "/v1/me", None).status, 401);
    let code = ben.code(0);
    assert_eq!(sign_in(&served, &ben.email, &ben.password, Some(&code)).status, 401);
    // A lost second factor is taken away by another admin, with all sessions.
    let got = anna.call(&served, "PUT", &path, Some(json!({ "disabled": false })));
    assert_eq!(got.status, 200, "{got:?}");
    let got = anna.call(&served, "DELETE", &format!("{path}/second-factor"), None);
    assert_eq!(got.status, 200, "{got:?}");
    assert_eq!(sign_in(&served, &ben.email, &ben.password, None).status, 201);
    served.stop();
    // Half an hour without use, and it is over.
    let later = |minutes: i64| {
        let at = kernel::day::instant((now_s() + 60 * minutes) * 1_000_000);
        let mut command = world.command();
        command.args(["serve", "--listen", "127.0.0.1:0", "--workers", "0"]);
        command.env("STIPEND_NOW", at);
        let served = Served::of(command, "");
        let got = anna.call(&served, "GET", "/v1/me", None).status;
        served.stop();
        got
    };
    assert_eq!((later(25), later(25 + 29), later(25 + 29 + 31)), (200, 200, 401));
}
