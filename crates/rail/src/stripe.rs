//! Stripe Connect: a transfer to the creator's account there, and, if the terms say so, a payout
//! from it to its bank. Keys are made of the payout's key, so that any repetition is the same call;
//! the transfer is found again by its group.
use kernel::Asset;
use payout::{Batch, Order};
use serde_json::Value;
use wallet::unit::{of_stripe, to_stripe};

use crate::call::{Agent, Answer};
use crate::{Outcome, Rail};

/// The version of the API that this client speaks.
pub const VERSION: &str = "2020-08-27";
const FORM: &str = "application/x-www-form-urlencoded";

/// A client of Stripe.
pub struct Stripe {
    agent: Agent,
    base: String,
    secret: String,
}

impl Stripe {
    /// A client with the platform's secret key; `base` is the provider's address, or a test's.
    #[must_use]
    pub fn new(agent: Agent, base: &str, secret: &str) -> Stripe {
        let base = base.trim_end_matches('/').to_owned();
        Stripe { agent, base, secret: secret.to_owned() }
    }

    fn headers(&self, key: Option<&str>, account: Option<&str>) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("authorization", format!("Bearer {}", self.secret)),
            ("stripe-version", VERSION.to_owned()),
        ];
        headers.extend(key.map(|key| ("idempotency-key", key.to_owned())));
        headers.extend(account.map(|account| ("stripe-account", account.to_owned())));
        headers
    }

    fn post(
        &self,
        path: &str,
        key: &str,
        account: Option<&str>,
        fields: &[(&str, String)],
    ) -> Answer {
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, value) in fields {
            form.append_pair(name, value);
        }
        let url = format!("{}{path}", self.base);
        self.agent.call(&url, &self.headers(Some(key), account), Some((FORM, form.finish())))
    }

    fn get(&self, path: &str, account: Option<&str>) -> Answer {
        self.agent.call(&format!("{}{path}", self.base), &self.headers(None, account), None)
    }

    /// Reads a payout or transfer of a webhook again: what an event carries is not believed.
    ///
    /// # Errors
    /// Why it could not be read.
    pub fn read(&self, kind: &str, id: &str, account: Option<&str>) -> Result<Value, String> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if !id.bytes().all(plain) {
            return Err("the event names no object".to_owned());
        }
        match self.get(&format!("/v1/{kind}/{id}"), account) {
            Answer::Good(value) => Ok(value),
            Answer::Bad(status, value) => Err(format!("{status}: {}", said(&value))),
            Answer::Lost(why) => Err(why),
        }
    }

    fn transfer(&self, batch: &Batch, order: &Order) -> Result<String, Outcome> {
        let Some(count) = to_stripe(&batch.asset, order.net) else {
            return Err(Outcome::Failed("amount_not_carried".to_owned()));
        };
        let fields = [
            ("amount", count.to_string()),
            ("currency", batch.asset.code().to_lowercase()),
            ("destination", order.method.field("receiver").to_owned()),
            ("transfer_group", order.key.clone()),
            ("metadata[payout]", order.key.clone()),
        ];
        let key = format!("{}-transfer", order.key);
        id_of(self.post("/v1/transfers", &key, None, &fields))
    }

    /// Pays out of the creator's account there to its bank.
    ///
    /// # Errors
    /// The outcome, when there is no payout to name.
    pub fn pay_out(&self, batch: &Batch, order: &Order) -> Result<String, Outcome> {
        let count = to_stripe(&batch.asset, order.net).unwrap_or(0);
        let fields = [
            ("amount", count.to_string()),
            ("currency", batch.asset.code().to_lowercase()),
            ("metadata[payout]", order.key.clone()),
        ];
        let key = format!("{}-payout", order.key);
        let account = order.method.field("receiver");
        // The transfer is there already: a refusal here is no failure of the whole.
        id_of(self.post("/v1/payouts", &key, Some(account), &fields)).map_err(|outcome| {
            match outcome {
                Outcome::Failed(why) => Outcome::Halted(why),
                other => other,
            }
        })
    }

    fn one(&self, batch: &Batch, order: &Order) -> Outcome {
        let transfer = match self.transfer(batch, order) {
            Ok(transfer) => transfer,
            Err(outcome) => return outcome,
        };
        if !order.pay_out {
            // Money on the creator's own account there is his.
            return Outcome::Paid(transfer);
        }
        match self.pay_out(batch, order) {
            Ok(payout) => Outcome::Sent(payout),
            Err(outcome) => outcome,
        }
    }

    /// The transfer of an order, found by its group.
    fn transfer_of(&self, order: &Order) -> Result<Option<Value>, String> {
        let path = format!("/v1/transfers?transfer_group={}&limit=2", order.key);
        let found = match self.get(&path, None) {
            Answer::Good(value) => value,
            Answer::Bad(status, value) => return Err(format!("{status}: {}", said(&value))),
            Answer::Lost(why) => return Err(why),
        };
        let list = found["data"].as_array().ok_or("the list of transfers is none")?;
        let group = |one: &&Value| one["transfer_group"] == order.key.as_str();
        Ok(list.iter().find(group).cloned())
    }

    fn find(&self, batch: &Batch, order: &Order) -> Outcome {
        let mut halted = None;
        if order.pay_out && order.reference.starts_with("po_") {
            let account = Some(order.method.field("receiver"));
            match self.read("payouts", &order.reference, account).map(|one| payout_outcome(&one)) {
                // Its transfer may have been taken back meanwhile.
                Ok(Outcome::Halted(why)) => halted = Some(why),
                Ok(outcome) => return outcome,
                Err(why) => return Outcome::Unknown(why),
            }
        }
        let found = match self.transfer_of(order) {
            Ok(found) => found,
            Err(why) => return halted.map_or(Outcome::Unknown(why), Outcome::Halted),
        };
        match (found, halted) {
            (Some(one), _) if one["reversed"] == true => {
                Outcome::Returned(text(&one["id"]), "reversed".to_owned())
            }
            (_, Some(why)) => Outcome::Halted(why),
            (None, _) => Outcome::Missing,
            (Some(_), _) if order.pay_out => {
                // It is known to be there: only its payout is asked for again, by its own key.
                match self.pay_out(batch, order) {
                    Ok(payout) => Outcome::Sent(payout),
                    Err(outcome) => outcome,
                }
            }
            (Some(one), _) => Outcome::Paid(text(&one["id"])),
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn said(value: &Value) -> String {
    let error = &value["error"];
    let code = error["code"].as_str().or(error["type"].as_str()).unwrap_or("refused");
    code.chars().take(80).collect()
}

fn id_of(answer: Answer) -> Result<String, Outcome> {
    match answer {
        Answer::Good(value) => match value["id"].as_str() {
            Some(id) => Ok(id.to_owned()),
            None => Err(Outcome::Unknown("the answer names nothing".to_owned())),
        },
        // A key that came with another request says nothing of what that one did.
        Answer::Bad(_, value) if value["error"]["type"] == "idempotency_error" => {
            Err(Outcome::Unknown(said(&value)))
        }
        // Who may not call has done nothing; but nobody should lose his payout for that.
        Answer::Bad(status @ (401 | 403), value) => {
            Err(Outcome::Unknown(format!("{status}: {}", said(&value))))
        }
        // The platform's account is short: its alarm, not the creator's error (N27).
        Answer::Bad(_, value) if said(&value).starts_with("balance_insufficient") => {
            Err(Outcome::Unknown(said(&value)))
        }
        Answer::Bad(_, value) => Err(Outcome::Failed(said(&value))),
        Answer::Lost(why) => Err(Outcome::Unknown(why)),
    }
}

/// What a payout object of Stripe's says.
fn payout_outcome(value: &Value) -> Outcome {
    let id = text(&value["id"]);
    match value["status"].as_str() {
        Some("paid") => Outcome::Paid(id),
        // It went back to the creator's account there: nothing came back to the platform.
        Some("failed") => Outcome::Halted(text(&value["failure_code"])),
        Some("canceled") => Outcome::Halted("canceled".to_owned()),
        Some("pending" | "in_transit") => Outcome::Sent(id),
        _ => Outcome::Unknown("the payout has no status that is known".to_owned()),
    }
}

impl Rail for Stripe {
    fn at_once(&self) -> usize {
        1
    }

    fn send(&self, batch: &Batch, orders: &[Order], tell: &mut dyn FnMut(&Order, Outcome)) {
        for order in orders {
            tell(order, self.one(batch, order));
        }
    }

    fn look(&self, batch: &Batch, orders: &[Order], tell: &mut dyn FnMut(&Order, Outcome)) {
        for order in orders {
            tell(order, self.find(batch, order));
        }
    }

    fn recall(&self, _: &Batch, order: &Order) -> Outcome {
        let id = match self.transfer_of(order) {
            Ok(Some(one)) => text(&one["id"]),
            Ok(None) => return Outcome::Failed("there is no transfer".to_owned()),
            Err(why) => return Outcome::Unknown(why),
        };
        // Without an amount all of it is reversed.
        let key = format!("{}-recall", order.key);
        let fields = [("metadata[payout]", order.key.clone())];
        match id_of(self.post(&format!("/v1/transfers/{id}/reversals"), &key, None, &fields)) {
            Ok(_) => Outcome::Returned(id, "recalled".to_owned()),
            Err(outcome) => outcome,
        }
    }

    fn float(&self, asset: &Asset) -> Result<Option<i64>, String> {
        match self.get("/v1/balance", None) {
            Answer::Good(value) => {
                let code = asset.code().to_lowercase();
                let all = value["available"].as_array().into_iter().flatten();
                let of = all.filter(|one| one["currency"] == code.as_str());
                let sum = of.filter_map(|one| one["amount"].as_i64()).sum::<i64>();
                Ok(of_stripe(asset, sum))
            }
            Answer::Bad(status, value) => Err(format!("{status}: {}", said(&value))),
            Answer::Lost(why) => Err(why),
        }
    }
}
