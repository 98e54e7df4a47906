//! Signing in and out: by a password and a code, or through an OIDC provider.
use app::access::Action;
use app::command::Command;
use app::people::People;
use app::problem::Problem;
use app::sessions::{Attempt, Begin, LONGEST_S, Seen};
use cookie::{Cookie, SameSite};
use serde_json::{Value, json};
use store::SignInRow;

use super::operators::operator_out;
use crate::call::{Call, JSON, Reply};
use crate::route::{Body, Gives, Method, Param, Route};
use crate::schema;
use crate::server::{SESSION_COOKIE, Server};

/// The cookie that binds a sign-in to the browser that began it.
const STATE_COOKIE: &str = "stipend_sign_in";
/// How long a sign-in with a provider may take.
const SIGN_IN_S: i64 = 600;

const fn text_param(name: &'static str, what: &'static str) -> Param {
    Param { name, what, schema: provider_text }
}

fn provider_text() -> Value {
    json!({ "type": "string", "maxLength": 2000, "pattern": "^[^\\u0000]*$" })
}

pub(crate) const ROUTES: &[Route] = &[
    Route {
        method: Method::Post,
        path: "/v1/sessions",
        id: "beginSession",
        summary: "Sign in as an operator",
        detail: "By mail address and password, and the code of the second factor if one is set up. \
                 The session comes as the cookie `stipend_session`; it ends after 30 minutes \
                 without use, and after 12 hours. After five failures in a row the next attempt \
                 has to wait.",
        body: Some(Body {
            media: &[(
                JSON,
                session_in,
                r#"{"email":"anna@example.com","password":"correct horse battery"}"#,
            )],
            bytes_max: 8 << 10,
        }),
        gives: &[Gives { status: 201, what: "Signed in.", media: JSON, schema: session_out }],
        problems: &["unauthenticated", "code_wanted", "too_many_requests", "unavailable"],
        handler: begin,
        ..Route::PLAIN
    },
    Route {
        method: Method::Delete,
        path: "/v1/sessions/current",
        action: Some(Action::Me),
        id: "endSession",
        summary: "Sign out",
        gives: &[Gives { status: 200, what: "Signed out.", media: JSON, schema: ended_out }],
        problems: &["forbidden"],
        handler: end,
        ..Route::PLAIN
    },
    Route {
        path: "/v1/sign-in/oidc",
        id: "beginOidc",
        summary: "Sign in through the OIDC provider: open it in a browser",
        gives: &[Gives {
            status: 303,
            what: "To the provider.",
            media: "",
            schema: schema::any_text,
        }],
        problems: &["not_found", "provider_failed", "unavailable"],
        handler: begin_oidc,
        ..Route::PLAIN
    },
    Route {
        path: "/v1/sign-in/oidc/callback",
        id: "endOidc",
        summary: "Where the OIDC provider sends the browser back to",
        detail: "An operator is found by what the provider knows him as, or, the first time, by \
                 the mail address that the provider verified. The provider sees to the second \
                 factor.",
        query: &[
            text_param("code", "The authorization code."),
            text_param("state", "What the sign-in began with."),
            text_param("iss", "The issuer."),
            text_param("session_state", "The provider's."),
            text_param("scope", "The provider's."),
            text_param("error", "Why the provider did not sign in."),
            text_param("error_description", "The same in words."),
        ],
        gives: &[Gives { status: 200, what: "Signed in.", media: JSON, schema: session_out }],
        problems: &["not_found", "provider_failed", "unauthenticated", "unavailable"],
        handler: end_oidc,
        ..Route::PLAIN
    },
];

fn session_in() -> Value {
    let text = |most: u32| json!({ "type": "string", "minLength": 1, "maxLength": most });
    schema::input(
        &["email", "password"],
        &[("email", text(200)), ("password", text(200)), ("code", text(20))],
    )
}

fn session_out() -> Value {
    schema::object(&[
        ("operator", operator_out()),
        ("second_factor", schema::flag("Whether two factors were shown: changes need them.")),
        ("expires", schema::time()),
    ])
}

fn ended_out() -> Value {
    schema::object(&[("status", schema::text("`ended`."))])
}

fn set_cookie(server: &Server, name: &str, value: &str, age_s: i64) -> (&'static str, String) {
    let cookie = Cookie::build((name.to_owned(), value.to_owned()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(server.is_secure());
    // The crate writes the age only with another dependency.
    ("set-cookie", format!("{cookie}; Max-Age={age_s}"))
}

fn begin(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["email", "password", "code"])?;
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let bounded = |name: &str| {
        let wrong = || Problem::new("invalid", format!("`{name}` is a text"));
        text(name).filter(|text| text.chars().count() <= 200).ok_or_else(wrong)
    };
    let attempt =
        Attempt { email: bounded("email")?, password: bounded("password")?, code: text("code") };
    let place = server.sign_in_place()?;
    let seen =
        server.read(|stipend| app::sessions::look(&mut stipend.db, &attempt, call.now_us))?;
    drop(place);
    let wrong = "the mail address, the password or the code is wrong";
    let (operator, step) = match seen {
        Seen::Known(operator, step) => (operator, step),
        Seen::CodeWanted => {
            return Err(Problem::new(
                "code_wanted",
                "send the code of your second factor as `code`",
            ));
        }
        Seen::Locked(until_us) => return Err(wait((until_us - call.now_us) / 1_000_000 + 1)),
        Seen::Wrong(operator) => {
            // Who is not there looks like who is, and has to wait alike.
            if operator.is_none() {
                server.guess_at_nobody(attempt.email).map_err(wait)?;
            }
            let command = Command::People(People::FailSignIn { operator });
            call.send_as(server, "nobody", command)?;
            return Err(Problem::new("unauthenticated", wrong));
        }
    };
    let begin = Begin {
        second_factor: step.is_some(),
        step,
        password: Some(operator.password.clone()),
        ..Begin::of(&operator.id)
    };
    begin_session(server, call, begin)
}

/// Too many attempts failed.
pub(super) fn wait(seconds: i64) -> Problem {
    let text = format!("too many attempts failed: wait {seconds} s");
    let mut problem = Problem::new("too_many_requests", text);
    problem.more.insert("retry_after".to_owned(), seconds.into());
    problem
}

fn begin_session(server: &Server, call: &Call, begin: Begin) -> Result<Reply, Problem> {
    let failed = |_| Problem::new("internal", "the server's log says more");
    let (secret, digest) = app::sessions::fresh().map_err(failed)?;
    let actor = format!("operator:{}", begin.operator);
    let begin = Begin { digest, ..begin };
    let answer = call.send_as(server, &actor, Command::People(People::BeginSession(begin)))?;
    let mut reply = Reply::from(answer);
    if reply.status < 300 {
        reply.headers.push(set_cookie(server, SESSION_COOKIE, &secret, LONGEST_S));
    }
    Ok(reply)
}

fn end(server: &Server, call: &Call) -> Result<Reply, Problem> {
    call.operator()?;
    let digest = app::sessions::digest(&call.cookie(SESSION_COOKIE).unwrap_or_default());
    let answer = call.send(server, Command::People(People::EndSession { digest }))?;
    server.forget_sessions();
    let mut reply = Reply::from(answer);
    reply.headers.push(set_cookie(server, SESSION_COOKIE, "", 0));
    Ok(reply)
}

fn provider(server: &Server) -> Result<&bus::Provider, Problem> {
    let missing = || Problem::new("not_found", "no OIDC provider is set up here");
    server.oidc().ok_or_else(missing)
}

fn provider_failed(error: bus::OidcError) -> Problem {
    tracing::warn!(error = %error, "a sign-in through the OIDC provider failed");
    Problem::new("provider_failed", "the provider did not sign in: the server's log says more")
}

fn begin_oidc(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let provider = provider(server)?;
    let place = server.provider_place()?;
    let begun = provider.begin().map_err(provider_failed)?;
    drop(place);
    let digest = app::sessions::digest(&begun.state);
    let row = SignInRow { nonce: begun.nonce, verifier: begun.verifier, created_us: call.now_us };
    server.read(|stipend| {
        stipend.db.write(|db| {
            // What nobody ended must not grow without end.
            db.forget_sessions(call.now_us, call.now_us - SIGN_IN_S * 1_000_000)?;
            Ok::<_, app::Error>(db.add_sign_in(&digest, &row)?)
        })
    })?;
    let mut headers = vec![("location", begun.url)];
    headers.push(set_cookie(server, STATE_COOKIE, &begun.state, SIGN_IN_S));
    Ok(Reply { status: 303, media: "", body: Vec::new(), headers })
}

fn end_oidc(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let provider = provider(server)?;
    let refuse = |text: &str| Problem::new("unauthenticated", text);
    let said = |name: &str| call.asked(name).filter(|text| !text.is_empty());
    if let Some(error) = said("error") {
        let error: String = error.chars().filter(|c| c.is_ascii_graphic()).take(60).collect();
        return Err(refuse(&format!("the provider says: {error}")));
    }
    let (Some(code), Some(state)) = (said("code"), said("state")) else {
        return Err(refuse("the provider's `code` or `state` is missing"));
    };
    if call.cookie(STATE_COOKIE).as_deref() != Some(state) {
        return Err(refuse("the sign-in was begun in another browser: begin again"));
    }
    let digest = app::sessions::digest(state);
    let begun = server
        .read(|stipend| stipend.db.write(|db| Ok::<_, app::Error>(db.take_sign_in(&digest)?)))?;
    let oldest_us = call.now_us - SIGN_IN_S * 1_000_000;
    let begun = begun.filter(|begun| begun.created_us >= oldest_us);
    let begun = begun.ok_or_else(|| refuse("the sign-in took too long: begin again"))?;
    let place = server.provider_place()?;
    let known = provider.end(code, &begun.nonce, &begun.verifier).map_err(provider_failed)?;
    drop(place);
    let found = server.read(|stipend| {
        if let Some(operator) = stipend.db.operator_of_oidc(&known.subject)? {
            return Ok(Some(operator));
        }
        let Some(email) = &known.email else { return Ok(None) };
        Ok(stipend.db.operator_of_email(email)?)
    })?;
    let nobody = "the provider knows you, but no operator has the mail address that it verified";
    let operator = found.ok_or_else(|| refuse(nobody))?;
    let oidc_subject = Some(known.subject);
    let begin = Begin { second_factor: true, oidc_subject, ..Begin::of(&operator.id) };
    let mut reply = begin_session(server, call, begin)?;
    reply.status = if reply.status == 201 { 200 } else { reply.status };
    reply.headers.push(set_cookie(server, STATE_COOKIE, "", 0));
    Ok(reply)
}
