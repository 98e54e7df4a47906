//! The server: what handlers share, and the way of a request from the socket to its handler.
use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use app::access::{Action, Grant, Principal, Proof, Role};
use app::dispatch::Dispatcher;
use app::problem::Problem;
use app::{Error, Stipend};
use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, Request};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use bus::{Guard, Provider};
use governor::clock::Clock as _;
use governor::{DefaultKeyedRateLimiter, Quota};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use kernel::Clock;
use lake::intake::{Mapping, Target};
use store::{KeyRow, OperatorRow, SessionRow, TokenKeyRow};
use tracing::Instrument;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::budget::{Budget, Held};
use crate::call::{Call, Reply, cookie};
use crate::metrics::Metrics;
use crate::route::{self, Method, Own, Route};

/// How the server behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Requests of one caller in a second.
    pub requests_per_second: NonZeroU32,
    /// Connections at a time.
    pub connections_max: usize,
    /// Time for the headers of a request, and for its body.
    pub read_timeout: Duration,
    /// Where webhooks may go.
    pub guard: Guard,
    /// Bytes that bodies of requests may hold at a time, all together.
    pub bodies_max: usize,
    /// Where people reach the server from outside, without a slash at the end.
    pub public_url: String,
    /// Who knows operators, besides passwords.
    pub oidc: Option<Provider>,
    /// Secrets that Stripe signs its webhooks with; without one they are not taken.
    pub stripe_webhook: Vec<String>,
    /// PayPal, and our webhook's id there: without them its webhooks are not taken.
    pub paypal: Option<(Arc<rail::PayPal>, String)>,
    /// Time for requests in progress when the server is asked to stop.
    pub grace: Duration,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            requests_per_second: NonZeroU32::new(20_000).unwrap_or(NonZeroU32::MIN),
            connections_max: 10_000,
            read_timeout: Duration::from_secs(20),
            guard: Guard { allow_private: false },
            bodies_max: 256 << 20,
            public_url: "http://127.0.0.1:8080".to_owned(),
            oidc: None,
            stripe_webhook: Vec::new(),
            paypal: None,
            grace: Duration::from_secs(20),
        }
    }
}

/// Connections of readers that are kept for the next one.
const IDLE_READERS: usize = 16;
/// Requests that are worked on at a time; more wait.
const WORKING: usize = 256;
/// Readings that are worked on at a time for each core, the first come first: on the embedded
/// database a reading is the core's own work, and more of them at once make each wait for all
/// others; on PostgreSQL it mostly waits for an answer.
const READING: (usize, usize) = (2, 8);
/// How long a key that was looked up is believed.
const KEY_TRUST: Duration = Duration::from_secs(3);
/// People who sign in at a time: each keeps a core busy for a while, and most of them wait.
const SIGNING_IN_MAX: usize = 16;
/// Lists of callers are cleared up this often.
const FORGET_EVERY: Duration = Duration::from_secs(60);
/// Sessions that are believed without a look at the database, at most.
const SESSIONS_KEPT: usize = 10_000;
/// Bytes of a request's headers.
const HEAD_BYTES_MAX: usize = 64 << 10;
/// Routes whose bodies have passwords and codes in them.
const SECRET_BODIES: [&str; 3] = ["beginSession", "changePassword", "confirmSecondFactor"];
/// The cookie of a session.
pub(crate) const SESSION_COOKIE: &str = "stipend_session";
/// A key's last use is noted this often.
const USED_EVERY_US: i64 = 60_000_000;
/// Ids of events that are remembered, twice: for the answer's hint at duplicates.
const REMEMBERED: usize = 1_000_000;

/// What handlers share.
pub struct Server {
    /// Does every change.
    pub dispatcher: Dispatcher,
    /// How rows of the own form are read.
    pub events: Mapping,
    /// How CloudEvents are read.
    pub cloud_events: Mapping,
    /// How facts are read.
    pub facts: Mapping,
    /// Where "now" comes from.
    pub clock: Clock,
    readers: Mutex<Vec<Stipend>>,
    template: Mutex<Stipend>,
    keys: lake::Keys,
    known_keys: Mutex<HashMap<String, (KeyRow, Instant)>>,
    known_token_keys: Mutex<HashMap<String, (TokenKeyRow, Instant)>>,
    known_sessions: Mutex<HashMap<Vec<u8>, (SessionRow, OperatorRow, Instant)>>,
    signing_in: Arc<Budget>,
    at_provider: Arc<Budget>,
    nobody: DefaultKeyedRateLimiter<Vec<u8>>,
    recent: Mutex<Recent>,
    limiter: DefaultKeyedRateLimiter<String>,
    bodies: Arc<Budget>,
    readings: Arc<tokio::sync::Semaphore>,
    salt: [u8; 32],
    metrics: Metrics,
    settings: Settings,
}

/// Guesses at an address that is nobody's: five, then one in half a minute, as at an operator's.
fn guesses() -> Quota {
    let times = |count| NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
    Quota::per_minute(times(2)).allow_burst(times(5))
}

/// Ids of events that came lately: the older half is forgotten when the newer one is full.
#[derive(Default)]
struct Recent {
    newer: HashSet<i64>,
    older: HashSet<i64>,
}

impl Server {
    /// Secrets that Stripe signs its webhooks with.
    pub(crate) fn stripe_secrets(&self) -> Vec<&str> {
        self.settings.stripe_webhook.iter().map(String::as_str).collect()
    }

    /// PayPal, and our webhook's id there.
    pub(crate) fn paypal(&self) -> Option<(&rail::PayPal, &str)> {
        let (paypal, webhook) = self.settings.paypal.as_ref()?;
        Some((paypal.as_ref(), webhook))
    }

    /// A server on a data folder.
    ///
    /// # Errors
    /// When the folder cannot be opened once more.
    pub fn new(stipend: Stipend, clock: Clock, settings: Settings) -> Result<Server, Error> {
        let dispatcher = Dispatcher::start(stipend.again()?, clock)?;
        let failed = |error: prometheus::Error| Error::Refused(format!("metrics: {error}"));
        let metrics = Metrics::new().map_err(failed)?;
        let random = app::keys::random_hex(32).map_err(Error::file("/dev/urandom"))?;
        let salt = lake::files::sha256(random.as_bytes());
        let limiter =
            DefaultKeyedRateLimiter::keyed(Quota::per_second(settings.requests_per_second));
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let readings = cores * if stipend.is_embedded() { READING.0 } else { READING.1 };
        Ok(Server {
            dispatcher,
            events: Mapping::own(Target::Events, false),
            cloud_events: Mapping::own(Target::Events, true),
            facts: Mapping::own(Target::Catalog, false),
            clock,
            readers: Mutex::new(Vec::new()),
            keys: stipend.keys.clone(),
            template: Mutex::new(stipend),
            known_keys: Mutex::new(HashMap::new()),
            known_token_keys: Mutex::new(HashMap::new()),
            known_sessions: Mutex::new(HashMap::new()),
            signing_in: Budget::new(SIGNING_IN_MAX),
            at_provider: Budget::new(SIGNING_IN_MAX),
            nobody: DefaultKeyedRateLimiter::keyed(guesses()),
            recent: Mutex::new(Recent::default()),
            limiter,
            bodies: Budget::new(settings.bodies_max),
            readings: Arc::new(tokio::sync::Semaphore::new(readings)),
            salt,
            metrics,
            settings,
        })
    }

    /// The keys with which ids are hashed.
    #[must_use]
    pub fn keys(&self) -> &lake::Keys {
        &self.keys
    }

    /// Reads, on a connection of its own.
    ///
    /// # Errors
    /// What `read` says, as the caller is told it.
    pub fn read<T>(
        &self,
        read: impl FnOnce(&mut Stipend) -> Result<T, Error>,
    ) -> Result<T, Problem> {
        let idle = self.readers.lock().map_or(None, |mut readers| readers.pop());
        let opened = match idle {
            Some(stipend) => Ok(stipend),
            None => match self.template.lock() {
                Ok(template) => template.again(),
                Err(_) => return Err(Problem::new("internal", "a reader panicked")),
            },
        };
        let done = opened.and_then(|mut stipend| {
            let done = read(&mut stipend);
            let broken = matches!(done, Err(Error::Store(_)));
            if !broken
                && let Ok(mut readers) = self.readers.lock()
                && readers.len() < IDLE_READERS
            {
                readers.push(stipend);
            }
            done
        });
        done.map_err(|error| {
            let problem = Problem::from(&error);
            if problem.status >= 500 {
                tracing::error!(error = %error, "a reading failed");
            }
            problem
        })
    }

    /// How many of these ids came lately, or twice; they are remembered.
    pub fn seen(&self, ids: &[i64]) -> u64 {
        let Ok(mut recent) = self.recent.lock() else { return 0 };
        let mut known = 0;
        for id in ids {
            if recent.older.contains(id) || !recent.newer.insert(*id) {
                known += 1;
            }
            if recent.newer.len() >= REMEMBERED {
                recent.older = std::mem::take(&mut recent.newer);
            }
        }
        known
    }

    /// Who calls, by the header `Authorization`. [`Called::Unsure`] without `look_up`, when the
    /// database must be asked.
    fn recognise(
        &self,
        headers: &HeaderMap,
        look_up: bool,
        now_us: i64,
    ) -> Result<Called, Problem> {
        let Some(value) = headers.get(header::AUTHORIZATION) else {
            return match cookie(headers, SESSION_COOKIE) {
                Some(secret) => self.recognise_session(&secret, look_up, now_us),
                None => Ok(Called::Nobody),
            };
        };
        let unknown = || {
            Problem::new(
                "unauthenticated",
                "the header Authorization names no key that is good now",
            )
        };
        let token = value.to_str().ok().and_then(|text| {
            let (scheme, token) = text.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
        });
        let token = token.ok_or_else(unknown)?;
        if token.starts_with("ey") {
            return self.recognise_user(token, look_up, now_us);
        }
        let id = app::keys::id_of(token).ok_or_else(unknown)?;
        let trusted = self.known_keys.lock().ok().and_then(|keys| {
            let (row, since) = keys.get(id)?;
            (since.elapsed() < KEY_TRUST).then(|| row.clone())
        });
        let row = match trusted {
            Some(row) => row,
            None if !look_up => return Ok(Called::Unsure),
            None => {
                let row = self.read(|stipend| Ok(stipend.db.key(id)?))?.ok_or_else(unknown)?;
                let mut row = row;
                if app::keys::recognise(&row, token, now_us).is_some()
                    && row.used_us.is_none_or(|used| used + USED_EVERY_US <= now_us)
                {
                    row.used_us = Some(now_us);
                    let noted = self.read(|stipend| {
                        stipend.db.write(|db| Ok::<_, Error>(db.use_key(id, now_us)?))
                    });
                    if noted.is_err() {
                        tracing::warn!(key = id, "the use of a key could not be noted");
                    }
                }
                if let Ok(mut keys) = self.known_keys.lock() {
                    keys.insert(id.to_owned(), (row.clone(), Instant::now()));
                }
                row
            }
        };
        let principal = app::keys::recognise(&row, token, now_us).ok_or_else(unknown)?;
        Ok(Called::By(principal))
    }

    /// Forgets what is believed of keys: one was changed.
    pub fn forget_keys(&self) {
        if let Ok(mut keys) = self.known_keys.lock() {
            keys.clear();
        }
        if let Ok(mut keys) = self.known_token_keys.lock() {
            keys.clear();
        }
    }

    /// Whose session a secret is.
    fn recognise_session(
        &self,
        secret: &str,
        look_up: bool,
        now_us: i64,
    ) -> Result<Called, Problem> {
        let over = || Problem::new("unauthenticated", "the session is over: sign in again");
        let digest = app::sessions::digest(secret);
        let trusted = self.known_sessions.lock().ok().and_then(|known| {
            let (session, operator, since) = known.get(&digest)?;
            (since.elapsed() < KEY_TRUST).then(|| (session.clone(), operator.clone()))
        });
        let (session, operator) = match trusted {
            Some(found) => found,
            None if !look_up => return Ok(Called::Unsure),
            None => {
                let found = self.read(|stipend| {
                    let Some(session) = stipend.db.session(&digest)? else { return Ok(None) };
                    let operator = stipend.db.operator(&session.operator)?;
                    Ok(operator.map(|operator| (session, operator)))
                })?;
                let (mut session, operator) = found.ok_or_else(over)?;
                if app::sessions::recognise(&session, &operator, now_us).is_some()
                    && session.seen_us + app::sessions::SEEN_EVERY_US <= now_us
                {
                    session.seen_us = now_us;
                    let noted = self.read(|stipend| {
                        stipend.db.write(|db| Ok::<_, Error>(db.see_session(&digest, now_us)?))
                    });
                    if noted.is_err() {
                        tracing::warn!("the use of a session could not be noted");
                    }
                }
                if let Ok(mut known) = self.known_sessions.lock() {
                    if known.len() >= SESSIONS_KEPT {
                        known.clear();
                    }
                    known.insert(digest, (session.clone(), operator.clone(), Instant::now()));
                }
                (session, operator)
            }
        };
        let principal = app::sessions::recognise(&session, &operator, now_us).ok_or_else(over)?;
        Ok(Called::By(principal))
    }

    /// Forgets what is believed of sessions: one was ended, or an operator changed.
    pub fn forget_sessions(&self) {
        if let Ok(mut known) = self.known_sessions.lock() {
            known.clear();
        }
    }

    /// Counts a guess at somebody who is not there; gives how many seconds the next has to wait.
    pub(crate) fn guess_at_nobody(&self, email: &str) -> Result<(), i64> {
        let digest = app::sessions::digest(&email.trim().to_lowercase());
        self.nobody.check_key(&digest).map_err(|until| {
            let wait = until.wait_time_from(governor::clock::DefaultClock::default().now());
            i64::try_from(wait.as_secs()).unwrap_or(0) + 1
        })
    }

    /// Forgets callers who asked for nothing lately: else their list grows with everybody.
    fn forget_callers(&self) {
        self.limiter.retain_recent();
        self.nobody.retain_recent();
    }

    /// A place among those who wait for the OIDC provider, who may take long.
    pub(crate) fn provider_place(&self) -> Result<Held, Problem> {
        let mut held = self.at_provider.hold();
        held.grow(1)?;
        Ok(held)
    }

    /// A place among those who sign in.
    pub(crate) fn sign_in_place(&self) -> Result<Held, Problem> {
        let mut held = self.signing_in.hold();
        held.grow(1)?;
        Ok(held)
    }

    /// Metrics as text.
    pub(crate) fn metrics(&self, now_us: i64) -> Result<String, Problem> {
        let state = self.read(|stipend| app::metrics::read(stipend, now_us))?;
        let text = self.metrics.text(&state, self.bodies.used(), now_us);
        text.map_err(|error| {
            tracing::error!(error = %error, "metrics could not be written");
            Problem::new("internal", "the server's log says more")
        })
    }

    /// Who knows operators, besides passwords.
    #[must_use]
    pub fn oidc(&self) -> Option<&Provider> {
        self.settings.oidc.as_ref()
    }

    /// Whether people reach the server by HTTPS only.
    pub(crate) fn is_secure(&self) -> bool {
        self.settings.public_url.starts_with("https://")
    }

    /// Where webhooks may go.
    #[must_use]
    pub fn guard(&self) -> Guard {
        self.settings.guard
    }

    /// Whom a platform's token names.
    fn recognise_user(&self, token: &str, look_up: bool, now_us: i64) -> Result<Called, Problem> {
        let wrong = |error: bus::TokenError| Problem::new("unauthenticated", error.to_string());
        let unknown = || Problem::new("unauthenticated", "the token names no key that is good now");
        let id = bus::key_id(token).map_err(wrong)?;
        let trusted = self.known_token_keys.lock().ok().and_then(|keys| {
            let (row, since) = keys.get(&id)?;
            (since.elapsed() < KEY_TRUST).then(|| row.clone())
        });
        let row = match trusted {
            Some(row) => row,
            None if !look_up => return Ok(Called::Unsure),
            None => {
                let row = self.read(|stipend| Ok(stipend.db.token_key(&id)?))?;
                let row = row.ok_or_else(unknown)?;
                if let Ok(mut keys) = self.known_token_keys.lock() {
                    keys.insert(id, (row.clone(), Instant::now()));
                }
                row
            }
        };
        if row.revoked_us.is_some_and(|at| at <= now_us) {
            return Err(unknown());
        }
        let claims = bus::verify(token, &row.public_key, now_us / 1_000_000).map_err(wrong)?;
        let role = Role::from_word(&claims.role).filter(|role| role.is_of_the_platform());
        let role = role.ok_or_else(|| {
            Problem::new("unauthenticated", "the token's role is none of the platform's users")
        })?;
        if claims.sub.is_empty() || claims.sub.len() > 200 {
            return Err(Problem::new("unauthenticated", "the token's `sub` is no id"));
        }
        Ok(Called::By(Principal {
            actor: format!("user:{}:{}:{}", row.id, role.word(), claims.sub),
            roles: vec![role],
            scopes: Vec::new(),
            subject: Some(claims.sub),
            proof: Proof::Token,
        }))
    }
}

/// Who calls.
enum Called {
    By(Principal),
    Nobody,
    /// The database must be asked.
    Unsure,
}

/// A request that was let in: who calls and how far he may go.
struct Admitted {
    principal: Option<Principal>,
    grant: Grant,
    limits: Vec<(&'static str, String)>,
}

/// Lets a request in, or nothing without `look_up` when the database must be asked for that.
fn admit(
    server: &Server,
    route: &Route,
    headers: &HeaderMap,
    look_up: bool,
) -> Result<Option<Admitted>, Problem> {
    let now_us = server.clock.now_us();
    let Some(action) = route.action else {
        return Ok(Some(Admitted { principal: None, grant: Grant::All, limits: Vec::new() }));
    };
    let principal = match server.recognise(headers, look_up, now_us)? {
        Called::By(principal) => principal,
        Called::Unsure => return Ok(None),
        Called::Nobody => {
            let text = "send your key in the header `Authorization: Bearer …`";
            return Err(Problem::new("unauthenticated", text));
        }
    };
    if let Proof::Session { second_factor } = principal.proof
        && route.method != Method::Get
    {
        check_site(headers)?;
        if !second_factor && action != Action::Me {
            let text = "set up a second factor (POST /v1/me/second-factor), then sign in with it";
            return Err(Problem::new("second_factor_wanted", text));
        }
    }
    let quota = server.settings.requests_per_second;
    if let Err(until) = server.limiter.check_key(&principal.actor) {
        let wait = until.wait_time_from(governor::clock::DefaultClock::default().now());
        let seconds = wait.as_secs() + 1;
        let text = format!("at most {quota} requests a second: wait {seconds} s");
        let mut problem = Problem::new("too_many_requests", text);
        problem.more.insert("retry_after".to_owned(), seconds.into());
        return Err(problem);
    }
    let limits = vec![("ratelimit-policy", format!("\"caller\";q={quota};w=1"))];
    let grant = principal.grant(action);
    let own = route.own != Own::Nobody;
    if grant == Grant::No || (grant == Grant::Own && !own) {
        let text = format!("this needs the permission `{}`", action.word());
        return Err(Problem::new("forbidden", text));
    }
    Ok(Some(Admitted { principal: Some(principal), grant, limits }))
}

/// Browsers send cookies with what other sites make them send: such requests change nothing. By
/// `Sec-Fetch-Site`, and `Origin` where that is not sent; who sends neither is no browser.
fn check_site(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let same = match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let host = text("host").unwrap_or_default();
            origin.split_once("://").is_some_and(|(_, name)| name == host)
        }
        (None, None) => true,
    };
    if same {
        return Ok(());
    }
    Err(Problem::new("other_site", "changes with a session are asked for from this site only"))
}

/// Whether a thing is the caller's own, if he may only see what is his own. Another's looks
/// exactly like missing.
fn check_own(server: &Server, route: &Route, call: &Call) -> Result<(), Problem> {
    if call.grant == Grant::All {
        return Ok(());
    }
    let subject = call.principal.as_ref().and_then(|principal| principal.subject.as_deref());
    let (what, id, owner) = match route.own {
        Own::Nobody => ("thing", "", None),
        Own::Creator(part) => ("creator", call.part(part), Some(call.part(part).to_owned())),
        Own::Work(part) => {
            let id = call.part(part);
            let versions = server.read(|stipend| Ok(stipend.db.work_versions(id)?))?;
            let owner = versions.iter().rev().find_map(|version| version.facts.creator.clone());
            ("work", id, owner)
        }
    };
    if subject.is_some() && owner.as_deref() == subject {
        return Ok(());
    }
    Err(Problem::new("not_found", format!("no {what} `{id}` is known")))
}

fn respond(reply: Reply, request: &str, more: Vec<(&'static str, String)>) -> Response<Body> {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or_default();
    let headers = response.headers_mut();
    if !reply.media.is_empty() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(reply.media));
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let request = [("x-request-id", request.to_owned())];
    for (name, value) in reply.headers.into_iter().chain(more).chain(request) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.append(name, value);
        }
    }
    response
}

fn refuse(problem: &Problem, request: &str) -> Response<Body> {
    let body = problem.body().into_bytes();
    let mut headers = Vec::new();
    match problem.status {
        401 => headers.push(("www-authenticate", "Bearer".to_owned())),
        429 | 503 => {
            let seconds =
                problem.more.get("retry_after").map_or("1".to_owned(), ToString::to_string);
            headers.push(("retry-after", seconds));
        }
        _ => {}
    }
    let media = "application/problem+json";
    respond(Reply { status: problem.status, media, body, headers }, request, Vec::new())
}

/// The id of a request: the caller's, if it is short and plain, or a fresh one.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get("x-request-id").and_then(|value| value.to_str().ok());
    let plain = |text: &&str| {
        let good = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
        (1..=64).contains(&text.len()) && text.chars().all(good)
    };
    given.filter(plain).map_or_else(|| lake::files::fresh_name().unwrap_or_default(), str::to_owned)
}

async fn handle(
    server: Arc<Server>,
    route: &'static Route,
    params: RawPathParams,
    request: Request,
) -> Response<Body> {
    let id = request_id(request.headers());
    let begun = Instant::now();
    let path: BTreeMap<String, String> =
        params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let span = span(route, &id, request.headers());
    let done = work(&server, route, path, request).instrument(span.clone()).await;
    let response = match done {
        Ok((reply, limits)) => respond(reply, &id, limits),
        Err(problem) => refuse(&problem, &id),
    };
    let status = response.status().as_u16();
    // As a signed number: the others become texts on the way.
    span.record("http.response.status_code", i64::from(status));
    if status >= 500 {
        span.record("otel.status_code", "ERROR");
    }
    let took = begun.elapsed();
    server.metrics.count(route.method.name(), route.path, status, took);
    let ms = took.as_millis();
    tracing::info!(request = id, method = route.method.name(), path = route.path, status, ms);
    response
}

/// The request as a trace has it, by OpenTelemetry's names; below the caller's own span, if he
/// sends one (W3C Trace Context). No id of anybody is in it.
fn span(route: &Route, id: &str, headers: &HeaderMap) -> tracing::Span {
    let span = tracing::info_span!(
        "request",
        otel.name = format!("{} {}", route.method.name(), route.path),
        otel.kind = "server",
        otel.status_code = tracing::field::Empty,
        http.request.method = route.method.name(),
        http.route = route.path,
        http.response.status_code = tracing::field::Empty,
        request = id,
    );
    if !span.is_disabled() {
        let parent = opentelemetry::global::get_text_map_propagator(|propagator| {
            propagator.extract(&opentelemetry_http::HeaderExtractor(headers))
        });
        // Only a span that began already cannot have a parent.
        span.set_parent(parent).ok();
    }
    span
}

type Done = (Reply, Vec<(&'static str, String)>);

async fn work(
    server: &Arc<Server>,
    route: &'static Route,
    path: BTreeMap<String, String>,
    request: Request,
) -> Result<Done, Problem> {
    let (head, body) = request.into_parts();
    // The connection's own limit is for heads that do not come whole.
    let bytes: usize =
        head.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if bytes > HEAD_BYTES_MAX {
        let text = format!("the headers have {bytes} bytes: at most {HEAD_BYTES_MAX} are taken");
        return Err(Problem::new("headers_too_large", text));
    }
    // Who calls is known before a byte of the body is read.
    let admitted = match admit(server, route, &head.headers, false)? {
        Some(admitted) => Some(admitted),
        None => {
            let (server, headers) = (Arc::clone(server), head.headers.clone());
            blocking(move || admit(&server, route, &headers, true)).await?
        }
    };
    let unsure = || Problem::new("unavailable", "who calls could not be found out");
    let admitted = admitted.ok_or_else(unsure)?;
    let query = crate::body::query(route, head.uri.query().unwrap_or_default())?;
    for (name, value) in &path {
        if value.is_empty() || value.chars().count() > 200 || value.contains('\0') {
            return Err(Problem::new("bad_request", format!("the path's `{name}` is no id")));
        }
    }
    let mut held = server.bodies.hold();
    let timeout = server.settings.read_timeout;
    let body = crate::body::read(route, &head.headers, body, &mut held, timeout).await?;
    let target = format!("{} {}", route.method.name(), head.uri);
    // What asks whether and how the server lives does not wait behind readings.
    let reads = route.reads() && route.action.is_some_and(|of| of != Action::MetricsRead);
    let turn = match reads {
        true => Arc::clone(&server.readings).acquire_owned().await.ok(),
        false => None,
    };
    let server = Arc::clone(server);
    blocking(move || {
        // Kept until the reading is done, also when the client has left.
        let _turn = turn;
        let now_us = server.clock.now_us();
        let Admitted { principal, grant, limits } = admitted;
        let headers = head.headers;
        let body = crate::body::unpack(route, &headers, body, &mut held)?;
        let salt = SECRET_BODIES.contains(&route.id).then_some(server.salt);
        let call = Call { principal, grant, target, path, query, headers, body, salt, now_us };
        check_own(&server, route, &call)?;
        Ok(((route.handler)(&server, &call)?, limits))
    })
    .await
}

/// Runs synchronous work on a thread of its own. It goes on when the client has left.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    static PLACES: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(WORKING);
    let place = PLACES.acquire().await;
    let span = tracing::Span::current();
    let done = tokio::task::spawn_blocking(move || span.in_scope(work)).await;
    drop(place);
    done.unwrap_or_else(|_| Err(Problem::new("internal", "the server's log says more")))
}

/// The routes as an axum router.
fn router(server: &Arc<Server>) -> Router {
    let mut router = Router::new();
    for route in route::all() {
        let server = Arc::clone(server);
        let handler = move |params: RawPathParams, request: Request| {
            handle(Arc::clone(&server), route, params, request)
        };
        let method = match route.method {
            Method::Get => axum::routing::get(handler),
            Method::Post => axum::routing::post(handler),
            Method::Put => axum::routing::put(handler),
            Method::Delete => axum::routing::delete(handler),
        };
        router = router.route(route.path, method);
    }
    let missing = |request: Request| async move {
        let problem = Problem::new("not_found", "there is no such path: see /docs");
        refuse(&problem, &request_id(request.headers()))
    };
    let wrong_method = |request: Request| async move {
        let problem = Problem::new("method_not_allowed", "see the header Allow, or /docs");
        refuse(&problem, &request_id(request.headers()))
    };
    router.fallback(missing).method_not_allowed_fallback(wrong_method)
}

/// Serves until `stop` is done, then lets requests in progress end.
///
/// # Errors
/// When connections cannot be taken at all.
pub async fn serve(
    server: Arc<Server>,
    listener: tokio::net::TcpListener,
    stop: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let router = router(&server);
    let settings = server.settings.clone();
    let places = Arc::new(tokio::sync::Semaphore::new(settings.connections_max));
    let graceful = hyper_util::server::graceful::GracefulShutdown::new();
    // HTTP/1.1 alone, which is what proxies speak to those behind them: telling the versions apart
    // would wait for a connection's first bytes without end.
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(settings.read_timeout);
    builder.max_buf_size(HEAD_BYTES_MAX);
    let clearing = Arc::clone(&server);
    let clearing = tokio::spawn(async move {
        loop {
            tokio::time::sleep(FORGET_EVERY).await;
            clearing.forget_callers();
        }
    });
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = &mut stop => break,
        };
        let (stream, place) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of descriptors, most likely: those in use will be given back.
                tracing::warn!(error = %error, "a connection could not be taken");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        stream.set_nodelay(true).ok();
        let service = TowerToHyperService::new(router.clone());
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A client that breaks off is no fault of the server's.
            connection.await.ok();
            drop(place);
        });
    }
    clearing.abort();
    drop(listener);
    tokio::time::timeout(settings.grace, graceful.shutdown()).await.ok();
    Ok(())
}

type Accepted = (tokio::net::TcpStream, tokio::sync::OwnedSemaphorePermit);

async fn accept(
    listener: &tokio::net::TcpListener,
    places: &Arc<tokio::sync::Semaphore>,
) -> std::io::Result<Accepted> {
    let place = Arc::clone(places).acquire_owned().await;
    let place = place.map_err(|_| std::io::Error::other("the server is stopping"))?;
    let (stream, _) = listener.accept().await?;
    Ok((stream, place))
}

/// The address that a listener has.
///
/// # Errors
/// What the system says.
pub fn address(listener: &tokio::net::TcpListener) -> std::io::Result<SocketAddr> {
    listener.local_addr()
}
