//! Sending a webhook: one attempt, no redirects, to addresses that the guard allows.
use std::time::{Duration, Instant};

use serde_json::Value;
use ureq::Agent;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::DefaultConnector;

use crate::guard::{Guard, Guarded};

/// The largest answer to a question that is read.
const ANSWER_BYTES_MAX: u64 = 64 << 10;
const TIMEOUT: Duration = Duration::from_secs(15);

/// Sends webhooks.
pub struct Sender {
    agent: Agent,
    guard: Guard,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The status, if there was an answer.
    pub status: Option<u16>,
    /// Why there was none, or why it is no success.
    pub error: String,
    /// How long it took.
    pub ms: u64,
}

impl Delivery {
    /// Whether it arrived.
    #[must_use]
    pub fn arrived(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

impl Sender {
    /// A sender.
    #[must_use]
    pub fn new(guard: Guard) -> Sender {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(TIMEOUT))
            .proxy(None)
            .user_agent("stipend-webhooks")
            .build();
        let resolver = Guarded { guard, inner: DefaultResolver::default() };
        let agent = Agent::with_parts(config, DefaultConnector::default(), resolver);
        Sender { agent, guard }
    }

    /// Sends a body once. What the other side answers but its status is not read.
    #[must_use]
    pub fn send(&self, url: &str, headers: &[(&str, String)], body: &str) -> Delivery {
        self.post(url, headers, body, false).0
    }

    /// Sends a question once; gives the answer's JSON, if it is a success and has one.
    #[must_use]
    pub fn ask(
        &self,
        url: &str,
        headers: &[(&str, String)],
        body: &str,
    ) -> (Delivery, Option<Value>) {
        self.post(url, headers, body, true)
    }

    fn post(
        &self,
        url: &str,
        headers: &[(&str, String)],
        body: &str,
        reads: bool,
    ) -> (Delivery, Option<Value>) {
        let begun = Instant::now();
        let ms = || u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let uri = match self.guard.check(url) {
            Ok(uri) => uri,
            Err(refused) => {
                let error = refused.to_string();
                return (Delivery { status: None, error, ms: ms() }, None);
            }
        };
        let mut request = self.agent.post(uri).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        match request.send(body) {
            Ok(mut response) => {
                let status = response.status().as_u16();
                let error = match status {
                    200..300 => String::new(),
                    300..400 => format!("{status}: redirects are not followed"),
                    _ => format!("the answer was {status}"),
                };
                let mut answer = None;
                if reads && (200..300).contains(&status) {
                    let read = response.body_mut().with_config().limit(ANSWER_BYTES_MAX);
                    let text = read.read_to_string().unwrap_or_default();
                    answer = serde_json::from_str(&text).ok();
                }
                (Delivery { status: Some(status), error, ms: ms() }, answer)
            }
            Err(error) => (Delivery { status: None, error: error.to_string(), ms: ms() }, None),
        }
    }
}
