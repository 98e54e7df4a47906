//! `stipend serve` and `stipend worker`: the processes that stay.
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use app::access::Role;
use app::jobs::Outside;
use app::keys::NewKey;
use app::{Error, Stipend};
use bus::{Guard, Mailer, Provider};
use kernel::Clock;
use store::Lane;
use web::Server;

use crate::args::Serve;
use crate::commands::Call;
use crate::logs;
use crate::settings::Settings;

/// How often an idle worker looks for jobs.
const PAUSE: Duration = Duration::from_millis(200);
/// Threads for each kind of jobs.
const THREADS_MAX: u32 = 64;
const SANDBOX_KEY: &str = "sandbox.key";
const SANDBOX_POLICY: &str = include_str!("sandbox/policy.toml");
const SANDBOX_CATALOG: &str = include_str!("sandbox/catalog.ndjson");

/// The clock of a process that stays: it goes on, unless a test stopped it.
fn clock(call: &Call) -> Result<Clock, Error> {
    match &call.now {
        None => Ok(Clock::System),
        Some(text) => {
            let wrong = || Error::Refused(format!("--now `{text}` is not an instant"));
            Ok(Clock::Fixed(kernel::day::parse_instant(text).ok_or_else(wrong)?))
        }
    }
}

/// What workers reach outside of the process.
fn outside(settings: &Settings) -> Result<Outside, Error> {
    let guard = Guard { allow_private: settings.flag("allow_private_webhooks")? };
    let wrong =
        |error: bus::MailError| Error::Refused(format!("`mail_url` or `mail_from`: {error}"));
    let mailer = match settings.maybe("mail_url") {
        Some(url) => Some(Arc::new(Mailer::new(url, settings.text("mail_from")).map_err(wrong)?)),
        None => None,
    };
    let agent = rail::Agent::default;
    let stripe = settings
        .maybe("stripe_secret")
        .map(|secret| Arc::new(rail::Stripe::new(agent(), settings.text("stripe_url"), secret)));
    let paypal = settings.maybe("paypal_secret").map(|secret| {
        let (url, client) = (settings.text("paypal_url"), settings.text("paypal_client_id"));
        Arc::new(rail::PayPal::new(agent(), url, client, secret))
    });
    let text = |name: &str| settings.text(name).to_owned();
    let asked = app::questions::Asked {
        owner_url: text("owner_url"),
        screening_url: text("screening_url"),
        secret: text("questions_secret"),
    };
    Ok(Outside { guard, mailer, rails: app::rails::Rails { stripe, paypal }, asked })
}

/// Who knows operators, besides passwords.
fn provider(settings: &Settings) -> Result<Option<Provider>, Error> {
    let Some(issuer) = settings.maybe("oidc_issuer") else { return Ok(None) };
    let needed = |name: &str| {
        let missing = || Error::Refused(format!("`oidc_issuer` is set, so `{name}` is needed"));
        settings.maybe(name).map(str::to_owned).ok_or_else(missing)
    };
    Ok(Some(Provider {
        issuer: issuer.to_owned(),
        client_id: needed("oidc_client_id")?,
        client_secret: needed("oidc_client_secret")?,
        redirect: format!("{}/v1/sign-in/oidc/callback", settings.public_url()),
    }))
}

fn web_settings(settings: &Settings, outside: &Outside) -> Result<web::Settings, Error> {
    let megabytes = settings.positive("body_memory_mb", 1 << 20)?.get();
    Ok(web::Settings {
        requests_per_second: settings.positive("rate_limit", u32::MAX)?,
        connections_max: settings.positive("connections", 1 << 20)?.get() as usize,
        bodies_max: (megabytes as usize) << 20,
        guard: outside.guard,
        public_url: settings.public_url(),
        oidc: provider(settings)?,
        stripe_webhook: settings
            .text("stripe_webhook_secret")
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        paypal: match (&outside.rails.paypal, settings.maybe("paypal_webhook_id")) {
            (Some(paypal), Some(webhook)) => Some((Arc::clone(paypal), webhook.to_owned())),
            (None, Some(_)) => {
                let text = "`paypal_webhook_id` is set, so `paypal_secret` is needed";
                return Err(Error::Refused(text.to_owned()));
            }
            (_, None) => None,
        },
        ..web::Settings::default()
    })
}

/// A connection is a file to the system: as many as it lets the process have.
fn raise_file_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(error = %error, "the limit of open files stays as it was");
    }
}

/// Whether a server would start with these settings.
pub(crate) fn check(settings: &Settings) -> Result<(), Error> {
    logs::check(settings)?;
    web_settings(settings, &outside(settings)?)?;
    settings.number("workers", THREADS_MAX)?;
    settings.number("senders", THREADS_MAX)?;
    Ok(())
}

/// Opens the data folder, or makes it where there is none.
fn prepare(call: &Call, options: &Serve, clock: Clock) -> Result<Stipend, Error> {
    let (folder, database) = (call.settings.data_dir(), call.settings.maybe("database_url"));
    if folder.join("viewer.key").exists() {
        return Stipend::open(&folder, database);
    }
    let mut stipend = Stipend::init(&folder, database)?;
    tracing::info!(folder = %folder.display(), "made a new data folder");
    if options.sandbox {
        sandbox(&mut stipend, &folder, clock.now_us())?;
    } else {
        tracing::info!("make a key with `stipend key make --name NAME --role ROLE`");
    }
    Ok(stipend)
}

/// Fills an empty folder with what is needed to try things.
fn sandbox(stipend: &mut Stipend, folder: &Path, now_us: i64) -> Result<(), Error> {
    app::programs::publish(stipend, SANDBOX_POLICY, now_us)?;
    app::facts::tell(stipend, SANDBOX_CATALOG, now_us)?;
    let (name, role) = ("sandbox".to_owned(), Role::Admin);
    let new = NewKey { name, role, scopes: Vec::new(), expires_us: None };
    let made = app::keys::add(stipend, &new, now_us)?;
    let path = folder.join(SANDBOX_KEY);
    lake::files::write_secret(&path, made.text.as_bytes()).map_err(Error::file(&path))?;
    tracing::info!(key = %path.display(), "made a sandbox: a program, a few works, an admin's key");
    Ok(())
}

/// Serves until the process is asked to stop.
pub(crate) fn serve(call: &Call, options: &Serve) -> Result<(), Error> {
    let traces = logs::start(&call.settings)?;
    let served = serve_until_stopped(call, options);
    traces.end();
    served
}

fn serve_until_stopped(call: &Call, options: &Serve) -> Result<(), Error> {
    raise_file_limit();
    let (settings, clock) = (&call.settings, clock(call)?);
    let outside = outside(settings)?;
    let server_settings = web_settings(settings, &outside)?;
    let listen = settings.text("listen");
    let stipend = prepare(call, options, clock)?;
    let mut workers = Workers::default();
    let (main, senders) =
        (settings.number("workers", THREADS_MAX)?, settings.number("senders", THREADS_MAX)?);
    workers.start(&stipend, clock, Lane::Main, main, &outside)?;
    workers.start(&stipend, clock, Lane::Deliveries, senders, &outside)?;
    let server = Arc::new(Server::new(stipend, clock, server_settings)?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(Error::file("the runtime"))?;
    // Connections end outside of the runtime: PostgreSQL's would wait for it in vain.
    let kept = Arc::clone(&server);
    let served = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen).await;
        let listener = listener.map_err(Error::file(format!("--listen {listen}")))?;
        let address = listener.local_addr().map_err(Error::file("the socket"))?;
        tracing::info!("listening on http://{address}; the reference is at http://{address}/docs");
        web::serve(server, listener, stopped()).await.map_err(Error::file("the socket"))
    });
    tracing::info!("stopping: what was begun is finished first");
    runtime.shutdown_timeout(Duration::from_secs(10));
    drop(kept);
    workers.stop();
    served
}

/// Does jobs until the process is asked to stop.
pub(crate) fn worker(call: &Call) -> Result<(), Error> {
    let traces = logs::start(&call.settings)?;
    let done = work_until_stopped(call);
    traces.end();
    done
}

fn work_until_stopped(call: &Call) -> Result<(), Error> {
    let (stipend, outside) = (crate::commands::open(call)?, outside(&call.settings)?);
    let (mut workers, clock) = (Workers::default(), clock(call)?);
    let (main, senders) = (
        call.settings.positive("workers", THREADS_MAX)?,
        call.settings.number("senders", THREADS_MAX)?,
    );
    workers.start(&stipend, clock, Lane::Main, main.get(), &outside)?;
    workers.start(&stipend, clock, Lane::Deliveries, senders, &outside)?;
    tracing::info!("working");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(Error::file("the runtime"))?.block_on(stopped());
    workers.stop();
    Ok(())
}

/// Ends when the process is asked to stop.
async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        tracing::warn!("SIGTERM cannot be heard");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        // Not to hear of Ctrl-C leaves SIGTERM.
        _ = tokio::signal::ctrl_c() => {}
    }
}

/// Threads that do jobs.
#[derive(Default)]
struct Workers {
    stop: Arc<AtomicBool>,
    threads: Vec<std::thread::JoinHandle<()>>,
}

impl Workers {
    fn start(
        &mut self,
        stipend: &Stipend,
        clock: Clock,
        lane: Lane,
        count: u32,
        outside: &Outside,
    ) -> Result<(), Error> {
        for number in 0..count {
            let mut worker = app::jobs::Worker::new(stipend.again()?, clock, lane, outside)?;
            let stop = Arc::clone(&self.stop);
            let thread = std::thread::Builder::new().name(format!("worker-{number}"));
            let thread = thread.spawn(move || worker.run(&stop, PAUSE));
            self.threads.push(thread.map_err(Error::file("a thread"))?);
        }
        Ok(())
    }

    /// Lets jobs that run end; those that wait are done by others, or later.
    fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads {
            thread.thread().unpark();
            // A panic was printed where it happened.
            thread.join().ok();
        }
    }
}
