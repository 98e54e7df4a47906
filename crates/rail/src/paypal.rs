//! PayPal Payouts: a batch is one call, whose key is the batch's; each item carries its payout's
//! key and has a state of its own. A batch that was sent before is refused with a link to the
//! first.
use std::collections::BTreeMap;
use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kernel::Asset;
use payout::{Batch, Order};
use serde_json::{Value, json};
use wallet::unit::to_paypal;

use crate::call::{Agent, Answer};
use crate::{Outcome, Rail};

/// Items of one page of a batch.
const PAGE: usize = 1_000;
/// Pages that a batch has at most: it has at most 15,000 items.
const PAGES_MAX: usize = 16;

/// A client of PayPal.
pub struct PayPal {
    agent: Agent,
    base: String,
    client: String,
    secret: String,
    token: Mutex<Option<String>>,
}

impl std::fmt::Debug for PayPal {
    // Not derived: secrets must not reach a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PayPal at {}", self.base)
    }
}

impl PayPal {
    /// A client with the platform's id and secret; `base` is the provider's address, or a test's.
    #[must_use]
    pub fn new(agent: Agent, base: &str, client: &str, secret: &str) -> PayPal {
        PayPal {
            agent,
            base: base.trim_end_matches('/').to_owned(),
            client: client.to_owned(),
            secret: secret.to_owned(),
            token: Mutex::new(None),
        }
    }

    /// The token that calls carry; a new one if the last was refused.
    fn token(&self, fresh: bool) -> Result<String, String> {
        let mut kept = self.token.lock().map_err(|_| "the token is lost".to_owned())?;
        if let Some(token) = kept.as_ref().filter(|_| !fresh) {
            return Ok(token.clone());
        }
        let basic = STANDARD.encode(format!("{}:{}", self.client, self.secret));
        let headers = [("authorization", format!("Basic {basic}"))];
        let body =
            ("application/x-www-form-urlencoded", "grant_type=client_credentials".to_owned());
        let url = format!("{}/v1/oauth2/token", self.base);
        match self.agent.call(&url, &headers, Some(body)) {
            Answer::Good(value) => {
                let token = value["access_token"].as_str().ok_or("PayPal gave no token")?;
                *kept = Some(token.to_owned());
                Ok(token.to_owned())
            }
            Answer::Bad(status, _) => Err(format!("PayPal gave no token: {status}")),
            Answer::Lost(why) => Err(format!("PayPal gave no token: {why}")),
        }
    }

    fn call(&self, path: &str, key: Option<&str>, body: Option<&Value>) -> Answer {
        let mut fresh = false;
        loop {
            let token = match self.token(fresh) {
                Ok(token) => token,
                // Without a token nothing was asked for; that is no answer either.
                Err(why) => return Answer::Lost(why),
            };
            let mut headers = vec![("authorization", format!("Bearer {token}"))];
            headers.extend(key.map(|key| ("paypal-request-id", key.to_owned())));
            // Null is a POST without a body.
            let text = |body: &Value| if body.is_null() { String::new() } else { body.to_string() };
            let body = body.map(|body| ("application/json", text(body)));
            match self.agent.call(&format!("{}{path}", self.base), &headers, body) {
                // The token ran out: that call did nothing.
                Answer::Bad(401, _) if !fresh => fresh = true,
                answer => return answer,
            }
        }
    }

    /// Asks PayPal whether a webhook is its own: the headers and the body as they came.
    ///
    /// # Errors
    /// Why it could not be asked.
    pub fn verifies(
        &self,
        webhook: &str,
        headers: &BTreeMap<String, String>,
        body: &Value,
    ) -> Result<bool, String> {
        let header = |name: &str| headers.get(name).cloned().unwrap_or_default();
        let asked = json!({
            "auth_algo": header("paypal-auth-algo"),
            "cert_url": header("paypal-cert-url"),
            "transmission_id": header("paypal-transmission-id"),
            "transmission_sig": header("paypal-transmission-sig"),
            "transmission_time": header("paypal-transmission-time"),
            "webhook_id": webhook,
            "webhook_event": body,
        });
        match self.call("/v1/notifications/verify-webhook-signature", None, Some(&asked)) {
            Answer::Good(value) => Ok(value["verification_status"] == "SUCCESS"),
            Answer::Bad(..) => Ok(false),
            Answer::Lost(why) => Err(why),
        }
    }

    /// Every item of a batch by the key of its payout.
    fn items(&self, id: &str) -> Result<BTreeMap<String, Value>, String> {
        let mut items = BTreeMap::new();
        for page in 1..=PAGES_MAX {
            let path = format!("/v1/payments/payouts/{id}?page={page}&page_size={PAGE}");
            let value = match self.call(&path, None, None) {
                Answer::Good(value) => value,
                Answer::Bad(status, _) => {
                    return Err(format!("the batch cannot be read: {status}"));
                }
                Answer::Lost(why) => return Err(why),
            };
            let list = value["items"].as_array().cloned().unwrap_or_default();
            let last = list.len() < PAGE;
            for item in list {
                let key = item["payout_item"]["sender_item_id"].as_str().unwrap_or_default();
                items.insert(key.to_owned(), item.clone());
            }
            if last {
                return Ok(items);
            }
        }
        Ok(items)
    }

    /// Sends the batch, or finds the one that was sent before under its key.
    fn hand_over(&self, batch: &Batch, orders: &[Order]) -> Result<String, Outcome> {
        let mut items = Vec::with_capacity(orders.len());
        for order in orders {
            let Some(value) = to_paypal(&batch.asset, order.net) else {
                return Err(Outcome::Failed("amount_not_carried".to_owned()));
            };
            items.push(json!({
                "recipient_type": "EMAIL",
                "amount": { "currency": batch.asset.code(), "value": value },
                "receiver": order.method.field("receiver"),
                "sender_item_id": order.key,
                "note": format!("Payout {}", order.key),
            }));
        }
        let body = json!({
            "sender_batch_header": { "sender_batch_id": batch.key, "email_subject": "Payout" },
            "items": items,
        });
        match self.call("/v1/payments/payouts", Some(&batch.key), Some(&body)) {
            Answer::Good(value) => {
                let id = value["batch_header"]["payout_batch_id"].as_str();
                let nameless = || Outcome::Unknown("the answer names no batch".to_owned());
                id.map(str::to_owned).ok_or_else(nameless)
            }
            // Who may not call, and what is no answer of PayPal's, says nothing of the payouts.
            Answer::Bad(status @ (401 | 403 | 404), _) => {
                Err(Outcome::Unknown(format!("the answer was {status}")))
            }
            Answer::Bad(status, value) if value["name"].as_str().is_none() => {
                Err(Outcome::Unknown(format!("the answer was {status}")))
            }
            Answer::Bad(_, value) => match first_batch(&value) {
                Some(id) => Ok(id),
                None if duplicate(&value) => {
                    Err(Outcome::Unknown("sent before, and the first is not named".to_owned()))
                }
                None => {
                    let why = value["name"].as_str().unwrap_or("refused");
                    match why {
                        // These refuse the caller, not the payouts.
                        "AUTHORIZATION_ERROR"
                        | "NOT_AUTHORIZED"
                        | "INSUFFICIENT_FUNDS"
                        | "AUTHENTICATION_FAILURE" => Err(Outcome::Unknown(why.to_owned())),
                        _ => Err(Outcome::Failed(why.chars().take(80).collect())),
                    }
                }
            },
            Answer::Lost(why) => Err(Outcome::Unknown(why)),
        }
    }
}

fn duplicate(value: &Value) -> bool {
    let issue = |one: &Value| one["issue"].as_str().unwrap_or_default().to_lowercase();
    let details = value["details"].as_array().into_iter().flatten();
    details.map(issue).any(|issue| issue.contains("already") || issue.contains("duplicate"))
}

/// The batch that a refusal of a repetition links to.
fn first_batch(value: &Value) -> Option<String> {
    let links = |value: &Value| value["links"].as_array().cloned().unwrap_or_default();
    let mut all = links(value);
    all.extend(value["details"].as_array().into_iter().flatten().flat_map(links));
    let of = |link: &Value| {
        let (_, id) = link["href"].as_str()?.split_once("/v1/payments/payouts/")?;
        let id = id.split(['?', '/']).next()?;
        (!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric()))
            .then(|| id.to_owned())
    };
    all.iter().find_map(of)
}

/// What an item says.
fn item_outcome(item: &Value) -> Outcome {
    let id = item["payout_item_id"].as_str().unwrap_or_default().to_owned();
    let why = |status: &str| {
        item["errors"]["name"].as_str().unwrap_or(status).chars().take(80).collect::<String>()
    };
    match item["transaction_status"].as_str() {
        Some("SUCCESS") => Outcome::Paid(id),
        Some(status @ ("FAILED" | "BLOCKED" | "DENIED")) => Outcome::Failed(why(status)),
        Some(status @ ("RETURNED" | "REFUNDED" | "REVERSED")) => Outcome::Returned(id, why(status)),
        Some("PENDING" | "UNCLAIMED" | "ONHOLD" | "ON_HOLD") => Outcome::Sent(id),
        _ => Outcome::Unknown("the item has no status that is known".to_owned()),
    }
}

impl Rail for PayPal {
    fn at_once(&self) -> usize {
        15_000
    }

    fn send(&self, batch: &Batch, orders: &[Order], tell: &mut dyn FnMut(&Order, Outcome)) {
        match self.hand_over(batch, orders) {
            // What each item came to is found out later.
            Ok(id) => orders.iter().for_each(|order| tell(order, Outcome::Sent(id.clone()))),
            Err(outcome) => orders.iter().for_each(|order| tell(order, outcome.clone())),
        }
    }

    fn look(&self, batch: &Batch, orders: &[Order], tell: &mut dyn FnMut(&Order, Outcome)) {
        // The reference is the batch's number until the item's own is known; without one the batch
        // is sent again under its key, which sends nothing twice.
        let known = orders.iter().map(|order| order.reference.as_str()).find(|id| !id.is_empty());
        let id = match known {
            Some(id) => Ok(id.to_owned()),
            None => self.hand_over(batch, &batch.orders),
        };
        let id = match id {
            Ok(id) => id,
            // The first try may have arrived: a refusal now proves nothing.
            Err(outcome) => {
                let outcome = match outcome {
                    Outcome::Failed(why) => Outcome::Unknown(why),
                    other => other,
                };
                return orders.iter().for_each(|order| tell(order, outcome.clone()));
            }
        };
        match self.items(&id) {
            Ok(items) => {
                for order in orders {
                    let outcome = items.get(&order.key).map(item_outcome);
                    // An item that is not listed yet may still come.
                    let outcome = outcome.map(|outcome| keep(outcome, &id));
                    tell(order, outcome.unwrap_or(Outcome::Sent(id.clone())));
                }
            }
            Err(why) => {
                orders.iter().for_each(|order| tell(order, Outcome::Unknown(why.clone())));
            }
        }
    }

    fn recall(&self, _: &Batch, order: &Order) -> Outcome {
        let item = match self.items(&order.reference) {
            Ok(mut items) => items.remove(&order.key),
            Err(why) => return Outcome::Unknown(why),
        };
        let id = item.as_ref().and_then(|item| item["payout_item_id"].as_str());
        let Some(id) = id.filter(|id| id.bytes().all(|byte| byte.is_ascii_alphanumeric())) else {
            return Outcome::Failed("the batch has no such item".to_owned());
        };
        // Only what nobody claimed is given back.
        let path = format!("/v1/payments/payouts-item/{id}/cancel");
        match self.call(&path, None, Some(&Value::Null)) {
            Answer::Good(item) => keep(item_outcome(&item), &order.reference),
            Answer::Bad(_, value) => {
                Outcome::Failed(value["name"].as_str().unwrap_or("refused").to_owned())
            }
            Answer::Lost(why) => Outcome::Unknown(why),
        }
    }

    fn float(&self, _: &Asset) -> Result<Option<i64>, String> {
        Ok(None)
    }
}

/// The batch's number stays the reference: by it the items are read again.
fn keep(outcome: Outcome, id: &str) -> Outcome {
    match outcome {
        Outcome::Sent(_) => Outcome::Sent(id.to_owned()),
        Outcome::Paid(_) => Outcome::Paid(id.to_owned()),
        Outcome::Returned(_, why) => Outcome::Returned(id.to_owned(), why),
        other => other,
    }
}
