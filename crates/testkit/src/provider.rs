//! Providers that nobody can run here, as servers on this machine: they keep a journal of what they
//! really did, and misbehave by a seed: an effect and no answer, 500 after the effect or before it,
//! answers that come twice, payouts that come back. What they did is the outside truth that a test
//! compares with the ledger.
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use serde_json::{Value, json};

/// How often a provider misbehaves, each in a thousand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Manners {
    /// It does what it was asked, and the line goes dead.
    pub silent: u64,
    /// It does what it was asked, and says 500.
    pub fails_after: u64,
    /// It does nothing, and says 500.
    pub fails_before: u64,
    /// It refuses, for good.
    pub refuses: u64,
    /// Reading fails.
    pub blind: u64,
    /// What was paid comes back later.
    pub returns: u64,
    /// The payout from the creator's account there to his bank fails.
    pub halts: u64,
}

impl Manners {
    /// A provider of the worst kind that is still one.
    pub const BAD: Manners = Manners {
        silent: 80,
        fails_after: 80,
        fails_before: 80,
        refuses: 60,
        blind: 100,
        returns: 60,
        halts: 60,
    };
}

/// Something that a provider really did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key of the payout.
    pub payout: String,
    /// Its own number.
    pub id: String,
    /// In the provider's units.
    pub amount: String,
    /// `sent`, `returned`, and for what went on to a bank `paid_out`.
    pub what: &'static str,
}

struct Inner {
    random: ChaCha8Rng,
    manners: Manners,
    /// The first answer to each key: status and body.
    answers: BTreeMap<String, (u16, Value)>,
    /// Transfers, items: by id.
    objects: BTreeMap<String, Value>,
    journal: Vec<Entry>,
    faults: BTreeMap<&'static str, u64>,
    calls: u64,
}

impl Inner {
    fn happens(&mut self, fault: &'static str, thousandths: u64) -> bool {
        let happens = self.random.next_u64() % 1_000 < thousandths;
        if happens {
            *self.faults.entry(fault).or_default() += 1;
        }
        happens
    }
}

/// A provider on a port of this machine.
#[derive(Clone)]
pub struct Provider {
    /// Where it is.
    pub url: String,
    inner: Arc<Mutex<Inner>>,
}

/// A request as a provider sees it.
pub struct Request {
    /// Its method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Headers, their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

enum Reply {
    Json(u16, Value),
    /// The line goes dead.
    Silence,
}

type Handler = fn(&mut Inner, &Request) -> Reply;

impl Provider {
    /// Stripe, as far as payouts need it: transfers with their keys, groups and reversals, and the
    /// balance.
    #[must_use]
    pub fn stripe(seed: u64, manners: Manners) -> Provider {
        Provider::start(seed, manners, stripe)
    }

    /// PayPal Payouts: batches with their keys, items with their states.
    #[must_use]
    pub fn paypal(seed: u64, manners: Manners) -> Provider {
        Provider::start(seed, manners, paypal)
    }

    fn start(seed: u64, manners: Manners, handler: Handler) -> Provider {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        let inner = Arc::new(Mutex::new(Inner {
            random: ChaCha8Rng::seed_from_u64(seed),
            manners,
            answers: BTreeMap::new(),
            objects: BTreeMap::new(),
            journal: Vec::new(),
            faults: BTreeMap::new(),
            calls: 0,
        }));
        let shared = Arc::clone(&inner);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || serve(&stream, &shared, handler));
            }
        });
        Provider { url, inner }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("the provider did not panic")
    }

    /// What it really did.
    #[must_use]
    pub fn journal(&self) -> Vec<Entry> {
        self.lock().journal.clone()
    }

    /// How often it misbehaved, and how.
    #[must_use]
    pub fn faults(&self) -> BTreeMap<&'static str, u64> {
        self.lock().faults.clone()
    }

    /// How often it was called.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.lock().calls
    }

    /// From now on it behaves.
    pub fn behave(&self) {
        self.lock().manners = Manners::default();
    }

    /// Sends some of what was paid back, by its seed; gives the keys of those payouts.
    #[must_use]
    pub fn send_back(&self) -> Vec<String> {
        let mut inner = self.lock();
        let sent: Vec<Entry> = inner.journal.clone();
        let mut back = Vec::new();
        let came_back = |entry: &Entry, all: &[Entry]| {
            all.iter().any(|other| other.what == "returned" && other.id == entry.id)
        };
        let fresh = |entry: &&Entry| entry.what == "sent" && !came_back(entry, &sent);
        for entry in sent.iter().filter(fresh).cloned() {
            let thousandths = inner.manners.returns;
            if !inner.happens("returned", thousandths) {
                continue;
            }
            if let Some(object) = inner.objects.get_mut(&entry.id) {
                object["reversed"] = json!(true);
                object["transaction_status"] = json!("RETURNED");
            }
            back.push(entry.payout.clone());
            inner.journal.push(Entry { what: "returned", ..entry });
        }
        back
    }
}

/// Reads a request; nothing when it is none.
#[must_use]
pub fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { method, path, headers, body: String::from_utf8(body).ok()? })
}

fn serve(stream: &TcpStream, inner: &Mutex<Inner>, handler: Handler) {
    let Some(request) = read(stream) else { return };
    let reply = {
        let mut inner = inner.lock().expect("the provider did not panic");
        inner.calls += 1;
        handler(&mut inner, &request)
    };
    let Reply::Json(status, body) = reply else { return };
    reply_with(stream, status, &body.to_string());
}

/// Answers a request.
pub fn reply_with(mut stream: &TcpStream, status: u16, body: &str) {
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok();
}

fn broken() -> Reply {
    Reply::Json(500, json!({ "error": { "type": "api_error" } }))
}

/// Does `act` once for a key, and tells of it as the manners are.
fn once(inner: &mut Inner, key: &str, act: &dyn Fn(&mut Inner) -> (u16, Value)) -> Reply {
    let manners = inner.manners;
    if inner.happens("500 before", manners.fails_before) {
        return broken();
    }
    let answer = match inner.answers.get(key) {
        Some(first) => first.clone(),
        None => {
            let answer = act(inner);
            inner.answers.insert(key.to_owned(), answer.clone());
            answer
        }
    };
    if inner.happens("silent after", manners.silent) {
        return Reply::Silence;
    }
    if inner.happens("500 after", manners.fails_after) {
        return broken();
    }
    Reply::Json(answer.0, answer.1)
}

fn stripe(inner: &mut Inner, request: &Request) -> Reply {
    let manners = inner.manners;
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    match (request.method.as_str(), path) {
        ("POST", "/v1/transfers") => {
            let form: BTreeMap<String, String> =
                form_urlencoded::parse(request.body.as_bytes()).into_owned().collect();
            let Some(key) = request.headers.get("idempotency-key").cloned() else {
                return Reply::Json(400, json!({ "error": { "type": "no_key" } }));
            };
            once(inner, &key, &|inner| {
                if inner.happens("refused", manners.refuses) {
                    return (400, json!({ "error": { "code": "account_closed" } }));
                }
                let id = format!("tr_{}", inner.objects.len() + 1);
                let payout = form.get("transfer_group").cloned().unwrap_or_default();
                let amount = form.get("amount").cloned().unwrap_or_default();
                let object = json!({ "id": id, "object": "transfer", "amount": amount,
                                     "currency": form.get("currency"), "reversed": false,
                                     "destination": form.get("destination"),
                                     "transfer_group": payout });
                inner.objects.insert(id.clone(), object.clone());
                inner.journal.push(Entry { payout, id, amount, what: "sent" });
                (200, object)
            })
        }
        ("GET", "/v1/transfers") => {
            if inner.happens("blind", manners.blind) {
                return broken();
            }
            let group = form_urlencoded::parse(query.as_bytes())
                .find(|(name, _)| name == "transfer_group")
                .map(|(_, value)| value.into_owned())
                .unwrap_or_default();
            let of = |object: &&Value| object["transfer_group"] == group.as_str();
            let data: Vec<Value> = inner.objects.values().filter(of).cloned().collect();
            Reply::Json(200, json!({ "object": "list", "data": data, "has_more": false }))
        }
        ("POST", "/v1/payouts") => {
            let form: BTreeMap<String, String> =
                form_urlencoded::parse(request.body.as_bytes()).into_owned().collect();
            let key = request.headers.get("idempotency-key").cloned().unwrap_or_default();
            let account = request.headers.get("stripe-account").cloned().unwrap_or_default();
            if key.is_empty() || account.is_empty() {
                return Reply::Json(400, json!({ "error": { "type": "no_key_or_account" } }));
            }
            once(inner, &key, &|inner| {
                let halts = inner.happens("halted", manners.halts);
                let id = format!("po_{}", inner.objects.len() + 1);
                let payout = form.get("metadata[payout]").cloned().unwrap_or_default();
                let amount = form.get("amount").cloned().unwrap_or_default();
                let object = json!({ "id": id, "object": "payout", "amount": amount,
                                     "status": if halts { "failed" } else { "paid" },
                                     "failure_code": halts.then_some("account_closed"),
                                     "account": account });
                inner.objects.insert(id.clone(), object.clone());
                if !halts {
                    inner.journal.push(Entry { payout, id, amount, what: "paid_out" });
                }
                // What it came to is only found out by reading it again.
                let mut pending = object;
                pending["status"] = json!("pending");
                (200, pending)
            })
        }
        ("GET", path) if path.starts_with("/v1/payouts/") => {
            if inner.happens("blind", manners.blind) {
                return broken();
            }
            let id = path.trim_start_matches("/v1/payouts/");
            let account = request.headers.get("stripe-account").map(String::as_str);
            match inner.objects.get(id).filter(|one| one["account"].as_str() == account) {
                Some(object) => Reply::Json(200, object.clone()),
                None => Reply::Json(404, json!({ "error": { "code": "resource_missing" } })),
            }
        }
        ("POST", path) if path.ends_with("/reversals") => reverse(inner, request, path),
        ("GET", "/v1/balance") => {
            let one = json!({ "amount": 1_000_000_000_i64, "currency": "eur" });
            Reply::Json(200, json!({ "object": "balance", "available": [one] }))
        }
        _ => Reply::Json(404, json!({ "error": { "type": "invalid_request_error" } })),
    }
}

/// A transfer is taken back, once.
fn reverse(inner: &mut Inner, request: &Request, path: &str) -> Reply {
    let id = path.trim_start_matches("/v1/transfers/").trim_end_matches("/reversals");
    let (id, key) = (id.to_owned(), request.headers.get("idempotency-key").cloned());
    once(inner, &key.unwrap_or_default(), &|inner| {
        let sent = inner.journal.iter().find(|entry| entry.id == id).cloned();
        let (Some(object), Some(sent)) = (inner.objects.get_mut(&id), sent) else {
            return (404, json!({ "error": { "code": "resource_missing" } }));
        };
        if object["reversed"] == true {
            return (400, json!({ "error": { "code": "transfer_already_reversed" } }));
        }
        object["reversed"] = json!(true);
        inner.journal.push(Entry { what: "returned", ..sent });
        (200, json!({ "id": format!("trr_{id}"), "object": "transfer_reversal" }))
    })
}

fn paypal(inner: &mut Inner, request: &Request) -> Reply {
    let manners = inner.manners;
    let (path, _) = request.path.split_once('?').unwrap_or((&request.path, ""));
    if path == "/v1/oauth2/token" {
        return Reply::Json(200, json!({ "access_token": "A21", "expires_in": 32_400 }));
    }
    if request.method == "POST" && path == "/v1/payments/payouts" {
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        let key = body["sender_batch_header"]["sender_batch_id"].as_str().unwrap_or_default();
        let first = inner.answers.get(key).cloned();
        if let Some((201, first)) = first {
            // A batch that was sent before is refused, with a link to it.
            let id = first["batch_header"]["payout_batch_id"].as_str().unwrap_or_default();
            let href = format!("https://api-m.paypal.com/v1/payments/payouts/{id}");
            let body = json!({ "name": "USER_BUSINESS_ERROR", "details": [
                { "issue": "DUPLICATE_BATCH", "links": [{ "href": href }] }] });
            return Reply::Json(400, body);
        }
        return once(inner, key, &|inner| {
            let batch = format!("B{}", inner.answers.len() + 1);
            for item in body["items"].as_array().into_iter().flatten() {
                let refused = inner.happens("refused", manners.refuses);
                let nobody = inner.happens("unclaimed", manners.halts);
                let id = format!("I{}", inner.objects.len() + 1);
                let payout = item["sender_item_id"].as_str().unwrap_or_default().to_owned();
                let amount = item["amount"]["value"].as_str().unwrap_or_default().to_owned();
                let status = match (refused, nobody) {
                    (true, _) => "FAILED",
                    (_, true) => "UNCLAIMED",
                    _ => "SUCCESS",
                };
                let object = json!({ "payout_item_id": id, "batch": batch,
                                     "transaction_status": status, "payout_item": item });
                inner.objects.insert(id.clone(), object);
                if !refused {
                    inner.journal.push(Entry { payout, id, amount, what: "sent" });
                }
            }
            (
                201,
                json!({ "batch_header": { "payout_batch_id": batch, "batch_status": "PENDING" } }),
            )
        });
    }
    if let Some(id) = path.strip_prefix("/v1/payments/payouts-item/") {
        let id = id.trim_end_matches("/cancel");
        let Some(object) = inner.objects.get_mut(id) else {
            return Reply::Json(404, json!({ "name": "RESOURCE_NOT_FOUND" }));
        };
        if object["transaction_status"] != "UNCLAIMED" {
            return Reply::Json(400, json!({ "name": "ITEM_ALREADY_COMPLETED" }));
        }
        object["transaction_status"] = json!("RETURNED");
        let answer = object.clone();
        let sent = inner.journal.iter().find(|entry| entry.id == id).cloned();
        inner.journal.extend(sent.map(|sent| Entry { what: "returned", ..sent }));
        return Reply::Json(200, answer);
    }
    if path == "/v1/notifications/verify-webhook-signature" {
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        let own = body["transmission_sig"] == "signed-by-paypal";
        let status = if own { "SUCCESS" } else { "FAILURE" };
        return Reply::Json(200, json!({ "verification_status": status }));
    }
    if let Some(batch) = path.strip_prefix("/v1/payments/payouts/") {
        if inner.happens("blind", manners.blind) {
            return broken();
        }
        let items: Vec<Value> =
            inner.objects.values().filter(|object| object["batch"] == batch).cloned().collect();
        return Reply::Json(200, json!({ "batch_header": {}, "items": items }));
    }
    Reply::Json(404, json!({ "name": "RESOURCE_NOT_FOUND" }))
}
