//! The clients of Stripe and PayPal against the providers' own descriptions (prism), Stripe's
//! payouts against localstripe, and its webhooks as its own SDK signs them.
use std::collections::BTreeMap;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kernel::Asset;
use payout::{Batch, Order};
use rail::{Agent, Outcome, PayPal, Rail, Stripe};
use serde_json::json;
use wallet::Terms;
use wallet::method::{Kind, Method};

use crate::desk::Desk;
use crate::served::{Served, request};
use crate::world::{Engine, POOL, World, python, root};

/// A server that is ended with the test.
struct Server {
    child: Child,
    url: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn free_port() -> u16 {
    let probe = TcpListener::bind("127.0.0.1:0").expect("a free port");
    probe.local_addr().expect("its address").port()
}

impl Server {
    fn start(mut command: Command, port: u16) -> Server {
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a server");
        let server = Server { child, url: format!("http://127.0.0.1:{port}") };
        let until = Instant::now() + Duration::from_secs(60);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < until, "the server did not come up");
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }

    /// prism on a description that is in a file.
    fn prism(description: &Path) -> Server {
        let missing = "no Node for the tests: run them with `cargo xtask test`";
        let program = std::env::var("STIPEND_TEST_NODE_PROGRAM").expect(missing);
        let modules = std::env::var("STIPEND_TEST_NODE").expect(missing);
        let prism = Path::new(&modules).join("node_modules/@stoplight/prism-cli/dist/index.js");
        let port = free_port();
        let mut command = Command::new(program);
        command.arg(prism).args(["mock", "-h", "127.0.0.1", "-p", &port.to_string()]);
        command.arg(description);
        Server::start(command, port)
    }
}

/// A description made by one of the judges of what lies beside the checkout, if it does.
fn description(judge: &str, words: &[&str], out: &Path) -> Option<()> {
    let data = root().join("../shared/data");
    if !data.join("stripe").exists() || !data.join("paypal").exists() {
        println!("SKIPPED: no descriptions of providers beside the checkout (../shared/data)");
        return None;
    }
    let mut command = python();
    command.arg(root().join("judges").join(judge)).current_dir(&data).args(words);
    let output = command.output().expect("python");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(out.exists());
    Some(())
}

fn batch(rail: &str, code: &str, cents: i64, receiver: &str, pay_out: bool) -> Batch {
    let terms = format!(
        "format = 1\ntitle = \"T\"\nzone = \"UTC\"\n[[account]]\nname = \"api\"\n\
         rail = \"{rail}\"\nasset = \"{code}\"\n"
    );
    let terms = Terms::parse(&terms).expect("terms");
    let kind = if rail == "stripe" { Kind::Stripe } else { Kind::PayPal };
    let given: BTreeMap<String, String> = BTreeMap::from([
        ("receiver".to_owned(), receiver.to_owned()),
        ("country".to_owned(), "US".to_owned()),
    ]);
    let order = Order {
        payout: 1,
        key: "p0123456789abcd".to_owned(),
        creator: "c1".to_owned(),
        net: cents * 10_000,
        method_id: 1,
        method: Method::new(kind, &given).expect("a method"),
        reference: String::new(),
        pay_out,
    };
    Batch {
        number: 1,
        key: "b0123456789abcd".to_owned(),
        created_us: 0,
        executed: "2026-11-25".parse().expect("a day"),
        asset: Asset::of(code).expect("an asset"),
        account: terms.account("api").expect("an account").clone(),
        orders: vec![order],
    }
}

fn sent(rail: &dyn Rail, batch: &Batch) -> Outcome {
    let mut told = Vec::new();
    rail.send(batch, &batch.orders, &mut |_, outcome| told.push(outcome));
    told.pop().expect("an outcome")
}

fn looked(rail: &dyn Rail, batch: &Batch) -> Outcome {
    let mut told = Vec::new();
    rail.look(batch, &batch.orders, &mut |_, outcome| told.push(outcome));
    told.pop().expect("an outcome")
}

#[test]
fn stripes_own_description_takes_every_request() {
    let world = World::bare(Engine::Sqlite);
    let out = world.path("stripe.json");
    let text = out.display().to_string();
    let words =
        ["stripe/openapi-spec3.json", &text, "--fixtures", "stripe/fixtures3.json", "--strict"];
    if description("stripe_spec.py", &words, &out).is_none() {
        return;
    }
    let prism = Server::prism(&out);
    let stripe = Stripe::new(Agent::default(), &prism.url, "sk_test_1");
    let plain = batch("stripe", "USD", 1_100, "acct_1A2b", false);
    assert!(matches!(sent(&stripe, &plain), Outcome::Paid(id) if id.starts_with("tr_")));
    let both = batch("stripe", "USD", 1_100, "acct_1A2b", true);
    assert!(matches!(sent(&stripe, &both), Outcome::Sent(id) if id.starts_with("po_")));
    // The description's example is of another group.
    assert_eq!(looked(&stripe, &plain), Outcome::Missing);
    let mut known = both.clone();
    known.orders[0].reference = "po_1".to_owned();
    assert!(matches!(looked(&stripe, &known), Outcome::Sent(_) | Outcome::Paid(_)));
    // The description's example of a list is of another group: there is nothing to reverse.
    assert!(matches!(stripe.recall(&plain, &plain.orders[0]), Outcome::Failed(_)));
    let usd = Asset::of("USD").expect("one");
    assert!(stripe.float(&usd).expect("a balance").is_some());
    // The judge refuses: without a key, and what the description does not know.
    let nobody = Stripe::new(Agent::default(), &prism.url, "");
    assert!(matches!(sent(&nobody, &plain), Outcome::Unknown(_)));
    let form = [
        ("Authorization", "Bearer sk_test_1"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    let url = format!("{}/v1/transfers", prism.url);
    let wrong = request("POST", &url, &form, b"amount=1&currency=usd&destination=a&color=red");
    assert_eq!(wrong.expect("an answer").status, 422);
}

#[test]
fn paypals_own_description_takes_every_request() {
    let world = World::bare(Engine::Sqlite);
    let out = world.path("paypal.json");
    let text = out.display().to_string();
    if description("paypal_spec.py", &["paypal", &text, "--strict"], &out).is_none() {
        return;
    }
    let prism = Server::prism(&out);
    let paypal = PayPal::new(Agent::default(), &prism.url, "id", "secret");
    for (code, cents) in [("USD", 1_000), ("JPY", 1_200), ("HUF", 100_000)] {
        let one = batch("paypal", code, cents, "a@mail.example", false);
        let got = sent(&paypal, &one);
        assert_eq!(got, Outcome::Sent("Q8KVJG9TZTNN4".to_owned()), "{code}");
    }
    let mut one = batch("paypal", "USD", 1_000, "a@mail.example", false);
    one.orders[0].reference = "Q8KVJG9TZTNN4".to_owned();
    one.orders[0].key = "pay_1".to_owned();
    assert_eq!(looked(&paypal, &one), Outcome::Paid("Q8KVJG9TZTNN4".to_owned()));
    // Everything in the description's example was claimed; what its cancelling answers is returned.
    let back = paypal.recall(&one, &one.orders[0]);
    assert_eq!(back, Outcome::Returned("Q8KVJG9TZTNN4".to_owned(), "RETURNED".to_owned()));
    let headers = [
        "paypal-auth-algo",
        "paypal-cert-url",
        "paypal-transmission-id",
        "paypal-transmission-sig",
        "paypal-transmission-time",
    ];
    let values = [
        "SHA256withRSA",
        "https://api.paypal.com/c.pem",
        "69cd13f0-d67a-11e5-baa3-778b53f4ae55",
        "abc=",
        "2016-02-18T20:01:35Z",
    ];
    let headers: BTreeMap<String, String> =
        headers.iter().zip(values).map(|(name, value)| ((*name).into(), value.into())).collect();
    let event = json!({ "id": "WH-1", "event_type": "PAYMENT.PAYOUTS-ITEM.SUCCEEDED" });
    assert_eq!(paypal.verifies("1JE4291016473214C", &headers, &event), Ok(true));
}

/// Payouts of Stripe as a whole server of another's making does them.
#[test]
fn localstripe_pays_out() {
    let world = World::bare(Engine::Sqlite);
    let port = free_port();
    let program = python().get_program().to_owned();
    let localstripe = Path::new(&program).with_file_name("localstripe");
    let mut command = Command::new(localstripe);
    command.args(["--port", &port.to_string(), "--from-scratch"]).current_dir(world.folder());
    let server = Server::start(command, port);
    let stripe = Stripe::new(Agent::default(), &server.url, "sk_test_12345");
    let one = batch("stripe", "EUR", 1_000, "acct_1A2b", true);
    let Ok(id) = stripe.pay_out(&one, &one.orders[0]) else { panic!("no payout") };
    assert!(id.starts_with("po_"), "{id}");
    let mut known = one.clone();
    known.orders[0].reference.clone_from(&id);
    assert_eq!(looked(&stripe, &known), Outcome::Sent(id.clone()));
    let form = [
        ("Authorization", "Bearer sk_test_12345"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    for (status, expected) in
        [("paid", Outcome::Paid(id.clone())), ("failed", Outcome::Halted(String::new()))]
    {
        let url = format!("{}/v1/payouts/{id}", server.url);
        let body = format!("status={status}");
        let got = request("POST", &url, &form, body.as_bytes()).expect("an answer");
        assert_eq!(got.status, 200, "{got:?}");
        let looked = looked(&stripe, &known);
        assert!(
            matches!((&looked, &expected), (Outcome::Halted(..), Outcome::Halted(..)))
                || looked == expected,
            "{looked:?}"
        );
    }
}

/// What Stripe's own SDK signs is taken; what is forged, old or repeated has no effect.
#[test]
fn webhooks_of_stripe_are_believed_as_its_sdk_signs_them() {
    let world = World::small(Engine::Sqlite, POOL);
    let key = world.ok(&["key", "make", "--name", "test", "--role", "admin"]);
    let mut command = world.command();
    command.args(["serve", "--listen", "127.0.0.1:0", "--workers", "0", "--senders", "0"]);
    command.env("STIPEND_STRIPE_WEBHOOK_SECRET", "whsec_new whsec_test");
    let served = Served::of(command, key.trim());
    let now_s = kernel::Clock::System.now_us() / 1_000_000;
    let sign = |secret: &str, time_s: i64, body: &str| {
        let mut judge = python();
        judge.arg(root().join("judges/stripe_sign.py")).args([secret, &time_s.to_string()]);
        let mut child = judge.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python");
        child.stdin.take().expect("its input").write_all(body.as_bytes()).expect("a body");
        let output = child.wait_with_output().expect("a signature");
        String::from_utf8(output.stdout).expect("text").trim().to_owned()
    };
    let post = |body: &str, signature: &str| {
        let headers = [
            ("Authorization", ""),
            ("Content-Type", "application/json"),
            ("Stripe-Signature", signature),
        ];
        served.call("POST", "/v1/rails/stripe/webhook", &headers, body.as_bytes()).status
    };
    let event = |id: &str| {
        json!({ "id": id, "type": "payout.paid", "data": { "object": { "id": "po_1" } } })
            .to_string()
    };
    let seen = || {
        let mut stipend = app::Stipend::open(&world.data(), world.url()).expect("the data folder");
        ["evt_1", "evt_2", "evt_3"]
            .iter()
            .filter(|id| {
                // Tried and taken back: a number that is taken is known already.
                let mut known = false;
                let tried = stipend.db.write(|db| {
                    known = !db.add_rail_event(("stripe", id), "probe", 0)?;
                    Err::<(), _>(store::StoreError::Other { message: "taken back".to_owned() })
                });
                tried.is_err() && known
            })
            .count()
    };
    let one = event("evt_1");
    let good = sign("whsec_test", now_s, &one);
    assert_eq!(post(&one, &good), 200);
    assert_eq!(post(&one, &good), 200, "a repetition is taken and does nothing");
    assert_eq!(post(&one, &sign("whsec_new", now_s, &one)), 200, "two secrets while one changes");
    assert_eq!(seen(), 1);
    let two = event("evt_2");
    assert_eq!(post(&two, &good), 401, "another body");
    assert_eq!(post(&two, &sign("whsec_other", now_s, &two)), 401, "another secret");
    assert_eq!(post(&two, &sign("whsec_test", now_s - 400, &two)), 401, "too old");
    assert_eq!(post(&two, &sign("whsec_test", now_s + 400, &two)), 401, "of the future");
    assert_eq!(post(&two, ""), 401);
    assert_eq!(seen(), 1, "what is not believed has no effect");
    served.stop();
}

/// What PayPal says is its own is taken, if it is about a payout of ours; strangers cannot make the
/// server call PayPal.
#[test]
fn webhooks_of_paypal_are_believed_if_paypal_believes_them() {
    use testkit::provider::{Manners, Provider};
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let mut desk = Desk::new(engine, &crate::rails::provider_terms("paypal", false));
        desk.stipend_settle();
        crate::rails::many(&mut desk, "paypal", 1);
        desk.fund("api", "1000.00");
        let provider = Provider::paypal(41, Manners::default());
        let agent = Agent::default();
        let paypal = PayPal::new(agent, &provider.url, "id", "secret");
        desk.rails.paypal = Some(std::sync::Arc::new(paypal));
        desk.now_us += crate::desk::HOUR;
        assert_eq!(desk.pay().len(), 1);
        let row = desk.stipend.db.payout(1).expect("a row").expect("one");
        let key = desk.world.ok(&["key", "make", "--name", "test", "--role", "admin"]);
        let mut command = desk.world.command();
        command.args(["serve", "--listen", "127.0.0.1:0", "--workers", "0", "--senders", "0"]);
        command.env("STIPEND_PAYPAL_URL", &provider.url).env("STIPEND_PAYPAL_CLIENT_ID", "id");
        command.env("STIPEND_PAYPAL_SECRET", "secret").env("STIPEND_PAYPAL_WEBHOOK_ID", "WH-1");
        let served = Served::of(command, key.trim());
        let event = |id: &str, key: &str| {
            json!({ "id": id, "event_type": "PAYMENT.PAYOUTS-ITEM.SUCCEEDED",
                    "resource": { "payout_batch_id": row.reference,
                                  "payout_item": { "sender_item_id": key } } })
            .to_string()
        };
        let post = |body: &str, signature: Option<&str>| {
            let mut headers = vec![
                ("Authorization", ""),
                ("Content-Type", "application/json"),
                ("Paypal-Auth-Algo", "SHA256withRSA"),
                ("Paypal-Cert-Url", "https://api.paypal.com/c.pem"),
                ("Paypal-Transmission-Id", "69cd13f0"),
                ("Paypal-Transmission-Time", "2016-02-18T20:01:35Z"),
            ];
            headers.extend(signature.map(|signature| ("Paypal-Transmission-Sig", signature)));
            served.call("POST", "/v1/rails/paypal/webhook", &headers, body.as_bytes()).status
        };
        let known = |desk: &mut Desk| {
            let once = "look/1/event/WH-A";
            usize::from(desk.stipend.db.find_job(once).expect("jobs").is_some())
        };
        let calls = provider.calls();
        let own = Some("signed-by-paypal");
        assert_eq!(post(&event("WH-A", &row.key), None), 401, "not signed");
        assert_eq!(post(&event("WH-A", "p00000000000000"), Some("forged")), 200);
        assert_eq!(provider.calls(), calls, "a stranger makes nobody call PayPal");
        assert_eq!(post(&event("WH-A", &row.key), Some("forged")), 401);
        assert_eq!(known(&mut desk), 0);
        assert_eq!(post(&event("WH-A", &row.key), own), 200);
        assert_eq!(post(&event("WH-A", &row.key), own), 200, "told twice");
        assert_eq!(known(&mut desk), 1);
        served.stop();
    }
}
