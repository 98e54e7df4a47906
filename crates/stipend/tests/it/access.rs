//! Every route x role x {own, another's, missing}.
use std::collections::BTreeMap;
use std::process::Command;

use app::access::{Action, Grant, Role, grant};
use serde_json::json;
use web::route::{self, Method, Own};

use crate::desk::TERMS;
use crate::served::{Got, Served};
use crate::world::{Engine, POOL, World, log};

/// Routes that are open to everybody, and no other.
const OPEN: [&str; 9] = [
    "/docs",
    "/healthz",
    "/openapi.json",
    "/readyz",
    "/v1/rails/paypal/webhook",
    "/v1/rails/stripe/webhook",
    "/v1/sessions",
    "/v1/sign-in/oidc",
    "/v1/sign-in/oidc/callback",
];

/// Signs tokens as a platform would.
pub(crate) struct Platform {
    key: jsonwebtoken::EncodingKey,
    id: String,
}

impl Platform {
    pub(crate) fn new(served: &Served) -> Platform {
        let openssl = |words: &[&str], input: &[u8]| {
            let mut child = Command::new("openssl")
                .args(words)
                .stdin(std::process::Stdio::piped())
                .stdout(std::process::Stdio::piped())
                .spawn()
                .expect("openssl");
            std::io::Write::write_all(&mut child.stdin.take().expect("its input"), input)
                .expect("written");
            child.wait_with_output().expect("its output").stdout
        };
        let private = openssl(&["genpkey", "-algorithm", "ed25519"], b"");
        let public = openssl(&["pkey", "-pubout"], &private);
        let public = String::from_utf8(public).expect("PEM");
        let body = json!({ "name": "platform", "public_key": public }).to_string();
        let got = served.post("/v1/token-keys", "application/json", &body);
        assert_eq!(got.status, 201, "{got:?}");
        let id = got.json()["id"].as_str().expect("an id").to_owned();
        let key = jsonwebtoken::EncodingKey::from_ed_pem(&private).expect("a key");
        Platform { key, id }
    }

    fn token(&self, claims: &serde_json::Value) -> String {
        let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::EdDSA);
        header.kid = Some(self.id.clone());
        jsonwebtoken::encode(&header, claims, &self.key).expect("a token")
    }

    pub(crate) fn user(&self, role: Role, sub: &str) -> String {
        let now = now_s();
        self.token(&json!({
            "aud": "stipend", "sub": sub, "role": role.word(), "iat": now, "exp": now + 600,
        }))
    }
}

fn now_s() -> i64 {
    kernel::Clock::System.now_us() / 1_000_000
}

/// A settled platform, with a bearer's secret for each role.
fn platform() -> (World, Served, Platform) {
    let world = World::small(Engine::Sqlite, POOL);
    world.file("1.ndjson", log(3, 400, 1).join("\n"));
    world.import("1.ndjson");
    world.settle();
    let served = Served::start(&world, &["--workers", "0", "--senders", "0"]);
    let terms = served.post("/v1/terms", "application/toml", TERMS);
    assert_eq!(terms.status, 201, "{terms:?}");
    let platform = Platform::new(&served);
    (world, served, platform)
}

fn bearer(world: &World, platform: &Platform, role: Role) -> String {
    if role.is_of_the_platform() {
        return platform.user(role, "c1");
    }
    let key = world.ok(&["key", "make", "--name", "walk", "--role", role.word()]);
    key.trim().to_owned()
}

/// The path of a route about a creator's own thing, another's, or one that is not there.
fn path(route: &route::Route, creator: &str, work: &str) -> String {
    let mut path = route.path.to_owned();
    for part in route.parts() {
        let value = match part {
            "creator" => creator,
            "work" => work,
            "program" => "pool",
            "country" => "NL",
            "currency" => "EUR",
            "year" => "2026",
            "version" => "1",
            "day" => "2026-06-01",
            "number" | "job" => "0",
            _ => "missing",
        };
        path = path.replace(&format!("{{{part}}}"), value);
    }
    path
}

fn ask(served: &Served, route: &route::Route, path: &str, token: &str) -> Got {
    let bearer = format!("Bearer {token}");
    let mut headers = vec![("Authorization", bearer.as_str())];
    let mut body = "";
    if let Some((media, _, example)) = route.body.and_then(|body| body.media.first()) {
        headers.push(("Content-Type", media));
        body = example;
    }
    served.call(route.method.name(), path, &headers, body.as_bytes())
}

/// An answer without what differs from request to request, and without the id that was asked for.
fn shape(got: &Got, creator: &str, work: &str) -> (u16, String) {
    let text =
        got.text.replace(&format!("`{creator}`"), "`?`").replace(&format!("`{work}`"), "`?`");
    (got.status, text)
}

#[test]
fn every_route_gives_each_role_what_the_table_says() {
    let (world, served, platform) = platform();
    let open: Vec<&str> =
        route::all().filter(|route| route.action.is_none()).map(|route| route.path).collect();
    let mut sorted = open.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, OPEN, "routes that are open to everybody");
    let mut walked = 0;
    for (role, word) in Role::WORDS {
        let token = bearer(&world, &platform, role);
        for route in route::all() {
            let Some(action) = route.action else { continue };
            let own = path(route, "c1", "w1");
            let others = path(route, "c2", "w3");
            let missing = path(route, "nobody", "nothing");
            let name = format!("{word} {} {}", route.method.name(), route.path);
            let expected = match grant(role, action) {
                Grant::Own if route.own == Own::Nobody => Grant::No,
                grant => grant,
            };
            // What the caller may do would be done: one case is enough there.
            let cases = match (expected, route.method) {
                (Grant::All, Method::Get) => vec![&own, &missing],
                (Grant::All, _) => continue,
                _ => vec![&own, &others, &missing],
            };
            let got: Vec<Got> =
                cases.iter().map(|path| ask(&served, route, path, &token)).collect();
            walked += got.len();
            match expected {
                Grant::No => {
                    let refused = got
                        .iter()
                        .all(|got| got.status == 403 && got.json()["code"] == "forbidden");
                    assert!(refused, "{name}: {got:?}");
                    assert_eq!(got[0].text, got[1].text, "{name}");
                    assert_eq!(got[0].text, got[2].text, "{name}");
                }
                Grant::Own => {
                    // Let in, whatever comes of it: a program without members takes nobody.
                    // A query may be missing, and so may the payout or method of the path.
                    let parts = route.parts().count();
                    let mut fine = vec![200, 201, 409];
                    fine.extend((!route.query.is_empty()).then_some(400));
                    fine.extend((parts > 1).then_some(404));
                    assert!(fine.contains(&got[0].status), "{name}: {got:?}");
                    let (others, missing) =
                        (shape(&got[1], "c2", "w3"), shape(&got[2], "nobody", "nothing"));
                    assert_eq!(others, missing, "{name}: another's looks like missing");
                    assert_eq!(others.0, 404, "{name}");
                }
                Grant::All => {
                    assert!(
                        got.iter().all(|got| ![401, 403].contains(&got.status)),
                        "{name}: {got:?}"
                    );
                    assert!(got.iter().all(|got| got.status < 500), "{name}: {got:?}");
                }
            }
        }
    }
    assert!(walked > 500, "{walked} requests");
    println!("{walked} requests");
    // Without a caller, nothing but what is open.
    for route in route::all() {
        let got = served.call(
            route.method.name(),
            &path(route, "c1", "w1"),
            &[("Authorization", "")],
            b"",
        );
        let expected = match (route.action, route.path) {
            (Some(_), _) => 401,
            (None, "/v1/sessions" | "/v1/rails/stripe/webhook" | "/v1/rails/paypal/webhook") => 415,
            // No provider is set up here.
            (None, path) if path.starts_with("/v1/sign-in") => 404,
            (None, _) => 200,
        };
        assert_eq!(got.status, expected, "{} {}", route.method.name(), route.path);
    }
    served.stop();
}

/// The table of permissions as a picture: a change of it is seen in review.
#[test]
fn the_table_of_permissions() {
    let mut table: BTreeMap<&str, String> = BTreeMap::new();
    for (action, word) in Action::WORDS {
        let granted = |wanted: Grant| {
            let roles = Role::WORDS.iter().filter(|(role, _)| grant(*role, action) == wanted);
            roles.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
        };
        let own = granted(Grant::Own);
        let own = if own.is_empty() { own } else { format!("; own: {own}") };
        table.insert(word, format!("{}{own}", granted(Grant::All)));
    }
    insta::assert_debug_snapshot!(table);
}

#[test]
fn tokens_that_are_wrong_are_not_believed() {
    let (_world, served, platform) = platform();
    let now = now_s();
    let good = json!({
        "aud": "stipend", "sub": "c1", "role": "creator", "iat": now, "exp": now + 600,
    });
    let changed = |name: &str, value: serde_json::Value| {
        let mut claims = good.clone();
        claims[name] = value;
        platform.token(&claims)
    };
    let stranger = Platform { id: platform.id.clone(), ..Platform::new(&served) };
    let token = platform.token(&good);
    let hmac = jsonwebtoken::encode(
        &jsonwebtoken::Header {
            kid: Some(platform.id.clone()),
            ..jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256)
        },
        &good,
        &jsonwebtoken::EncodingKey::from_secret(b"public"),
    );
    let unsigned = {
        let mut parts: Vec<&str> = token.split('.').collect();
        parts[2] = "";
        parts.join(".")
    };
    let cases = [
        ("good", token.clone(), 200),
        ("over", changed("exp", json!(now - 100)), 401),
        ("of the future", changed("iat", json!(now + 400)), 401),
        ("too long", changed("exp", json!(now + 90_000)), 401),
        ("for others", changed("aud", json!("elsewhere")), 401),
        ("an operator", changed("role", json!("admin")), 401),
        ("nobody", changed("sub", json!("")), 401),
        ("signed by another", stranger.token(&good), 401),
        ("another algorithm", hmac.expect("a token"), 401),
        ("unsigned", unsigned, 401),
        ("cut", token[..token.len() - 4].to_owned(), 401),
        ("nonsense", "eyJ".to_owned(), 401),
        ("a key that there is not", "stipend_0123456789abcdef_00".to_owned(), 401),
    ];
    for (name, token, expected) in cases {
        let bearer = format!("Bearer {token}");
        let got = served.call(
            "GET",
            "/v1/creators/c1/explanation?day=2026-06-01",
            &[("Authorization", &bearer)],
            b"",
        );
        assert_eq!(got.status, expected, "{name}: {got:?}");
    }
    // Once the platform's key is ended, none of its tokens is good.
    let path = format!("/v1/token-keys/{}", platform.id);
    assert_eq!(served.call("DELETE", &path, &[], b"").status, 200);
    let bearer = format!("Bearer {token}");
    let got = served.call("GET", "/v1/programs", &[("Authorization", &bearer)], b"");
    assert_eq!(got.status, 401, "{got:?}");
    served.stop();
}
