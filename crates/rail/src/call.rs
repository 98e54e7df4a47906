//! One call of a provider: no redirects, no retries, a time limit.
use std::time::Duration;

use serde_json::Value;

/// How long a provider may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The largest answer that is read.
const ANSWER_BYTES_MAX: u64 = 32 << 20;

/// What came of a call.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// A success.
    Good(Value),
    /// A refusal that is final: the status and the provider's words.
    Bad(u16, Value),
    /// Something that says nothing of whether it was done.
    Lost(String),
}

/// A client of providers.
#[derive(Clone)]
pub struct Agent {
    agent: ureq::Agent,
}

impl Default for Agent {
    fn default() -> Agent {
        Agent::new(TIMEOUT)
    }
}

impl Agent {
    /// A client with a time limit.
    #[must_use]
    pub fn new(timeout: Duration) -> Agent {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(timeout))
            .proxy(None)
            .user_agent("stipend-rails")
            .build();
        Agent { agent: config.into() }
    }

    /// Calls once. `body` is what is posted; without it, it is read.
    pub(crate) fn call(
        &self,
        url: &str,
        headers: &[(&str, String)],
        body: Option<(&str, String)>,
    ) -> Answer {
        let mut request = ureq::http::Request::builder().uri(url);
        request = request.method(if body.is_some() { "POST" } else { "GET" });
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let done = match body {
            Some((media, text)) => {
                let request = request.header("content-type", media).body(text);
                request.map(|request| self.agent.run(request))
            }
            None => request.body(()).map(|request| self.agent.run(request)),
        };
        let mut response = match done {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Answer::Lost(error.to_string()),
            Err(error) => return Answer::Lost(error.to_string()),
        };
        let status = response.status().as_u16();
        let text = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_string();
        let text = match text {
            Ok(text) => text,
            Err(error) => return Answer::Lost(format!("the answer broke off: {error}")),
        };
        let value: Result<Value, _> = serde_json::from_str(&text);
        match (status, value) {
            (200..300, Ok(value)) => Answer::Good(value),
            (200..300, Err(_)) => Answer::Lost(format!("{status} with no JSON")),
            // Too many calls, a clash of keys, and what broke there say nothing of the first try.
            (408 | 409 | 425 | 429, _) | (500.., _) | (300..400, _) => {
                Answer::Lost(format!("the answer was {status}"))
            }
            (_, value) => Answer::Bad(status, value.unwrap_or(Value::Null)),
        }
    }
}
