//! Errors as a caller over the network sees them: RFC 9457, with a stable code.
use serde_json::{Map, Value, json};
use store::StoreError;

use crate::error::Error;

/// What went wrong, for a program and for a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// A stable word.
    pub code: &'static str,
    /// What the code means, always the same.
    pub title: &'static str,
    /// What was wrong this time, and what to do.
    pub detail: String,
    /// More, by the code.
    pub more: Map<String, Value>,
}

/// Every code with its status and its title.
pub const CODES: [(&str, u16, &str); 44] = [
    ("bad_request", 400, "The request cannot be read"),
    ("unauthenticated", 401, "Nobody was recognised"),
    ("wrong_password", 403, "The password is wrong"),
    ("provider_failed", 401, "The OIDC provider did not sign in"),
    ("code_wanted", 401, "A code of the second factor is wanted"),
    ("second_factor_wanted", 403, "Changes need a second factor"),
    ("own_proposal", 403, "Who proposes does not decide"),
    ("other_site", 403, "The request comes from another site"),
    ("forbidden", 403, "The caller may not do this"),
    ("not_found", 404, "There is no such thing"),
    ("method_not_allowed", 405, "The method is not known here"),
    ("not_acceptable", 406, "The answer is not available in that form"),
    ("timeout", 408, "The request came too slowly"),
    ("key_reused", 409, "The idempotency key was used for another request"),
    ("name_the_program", 409, "There are several programs"),
    ("not_dead", 409, "The job is not dead"),
    ("own_key", 409, "A key does not shut itself out"),
    ("already_ended", 409, "It was ended before"),
    ("taken", 409, "Somebody else has it"),
    ("last_admin", 409, "It is the last admin"),
    ("not_open", 409, "The proposal is decided"),
    ("not_as_shown", 409, "It is not what was shown"),
    ("wrong_state", 409, "The membership is in another state"),
    ("not_eligible", 409, "The program's conditions do not hold"),
    ("window_closed", 409, "The time for it is over"),
    ("own_decision", 409, "Who decided does not look at it again"),
    ("cooldown_active", 409, "The time after the last review is not over"),
    ("cap_reached", 409, "The program is full"),
    ("not_drawable", 409, "Money cannot be drawn now"),
    ("not_enough", 409, "There is not so much"),
    ("float_short", 409, "The platform's account cannot pay it"),
    ("details_locked", 503, "The details of persons are locked"),
    ("precondition_failed", 412, "The document is not what the caller thinks"),
    ("too_large", 413, "The request is larger than what is taken"),
    ("unsupported_media_type", 415, "The content type is not known here"),
    ("all_refused", 422, "No row of the request could be taken"),
    ("invalid", 422, "The request makes no sense"),
    ("policy_invalid", 422, "The policy document is wrong"),
    ("too_many_requests", 429, "The caller asks too often"),
    ("headers_too_large", 431, "The headers are larger than what is taken"),
    ("internal", 500, "The server failed"),
    ("not_available", 501, "This server does not do that"),
    ("unavailable", 503, "The server cannot do this now"),
    ("outcome_unknown", 503, "Whether it was done is not known"),
];

/// Refused rows that are told.
const REFUSALS_SHOWN: usize = 100;

impl Problem {
    /// A problem of a code of [`CODES`].
    #[must_use]
    pub fn new(code: &'static str, detail: impl Into<String>) -> Problem {
        let found = CODES.iter().find(|(known, ..)| *known == code);
        let (_, status, title) = *found.unwrap_or(&("internal", 500, "The server failed"));
        Problem { status, code, title, detail: detail.into(), more: Map::new() }
    }

    /// As the body of an answer.
    #[must_use]
    pub fn body(&self) -> String {
        let mut body = json!({
            "type": format!("/docs#problem-{}", self.code),
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        });
        if let Some(body) = body.as_object_mut() {
            body.extend(self.more.clone());
        }
        body.to_string()
    }

    /// Whether the same request may do better later: then its answer is not kept.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.status >= 500 || self.status == 429
    }
}

/// Refused rows as JSON: line, code, field, message.
#[must_use]
pub fn refusals(refused: &[lake::intake::Refused]) -> Value {
    let row = |row: &lake::intake::Refused| {
        json!({
            "line": row.line,
            "code": row.refusal.code.code(),
            "field": row.refusal.field,
            "message": row.refusal.message,
        })
    };
    refused.iter().take(REFUSALS_SHOWN).map(row).collect()
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Problem {
        match error {
            Error::Store(store) if store.passes() => {
                Problem::new("unavailable", "the database is busy: try again in a second")
            }
            // What a database or a file system says is for the log, not for a stranger.
            Error::Store(_) | Error::Scan(_) | Error::Table(_) | Error::File { .. } => {
                Problem::new("internal", "the server's log says more, under the request's id")
            }
            Error::NotInitialised { .. } | Error::Initialised { .. } | Error::WrongKey => {
                Problem::new("internal", "the server's data folder is not in order")
            }
            Error::Source(error) => Problem::new("bad_request", error.to_string()),
            Error::Read(error) => Problem::new("bad_request", kernel::with_causes(error)),
            Error::Mapping(error) => Problem::new("invalid", error.to_string()),
            Error::Policy(error) => Problem::new("policy_invalid", error.to_string()),
            Error::Settle(error) => Problem::new("invalid", error.to_string()),
            Error::Refused(text) => Problem::new("invalid", text.clone()),
            Error::Missing(text) => Problem::new("not_found", text.clone()),
            Error::Conflict { code, message } => Problem::new(code, message.clone()),
            Error::AllRefused(refused) => {
                let mut problem = Problem::new("all_refused", error.to_string());
                problem.more.insert("refusals".to_owned(), refusals(refused));
                problem
            }
            Error::Locked { .. } | Error::WrongDetailsKey { .. } => {
                let text = "the key of the details of persons is not there, or another one: the \
                            operator knows";
                Problem::new("details_locked", text)
            }
            Error::NotDrawable(findings) => {
                let mut problem = Problem::new("not_drawable", error.to_string());
                let all = findings.iter().map(|one| crate::wallet::finding_json(one, "en"));
                problem.more.insert("findings".to_owned(), all.collect());
                problem
            }
            Error::Overloaded => Problem::new("unavailable", error.to_string()),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        Problem::from(&Error::Store(error))
    }
}
