//! Sending a webhook: one attempt, no redirects, to addresses that the guard allows.
use std::time::{Duration, Instant};

use ureq::Agent;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::DefaultConnector;

use crate::guard::{Guard, Guarded};

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
        let begun = Instant::now();
        let ms = || u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let uri = match self.guard.check(url) {
            Ok(uri) => uri,
            Err(refused) => {
                return Delivery { status: None, error: refused.to_string(), ms: ms() };
            }
        };
        let mut request = self.agent.post(uri).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        match request.send(body) {
            Ok(response) => {
                let status = response.status().as_u16();
                let error = match status {
                    200..300 => String::new(),
                    300..400 => format!("{status}: redirects are not followed"),
                    _ => format!("the answer was {status}"),
                };
                Delivery { status: Some(status), error, ms: ms() }
            }
            Err(error) => Delivery { status: None, error: error.to_string(), ms: ms() },
        }
    }
}
