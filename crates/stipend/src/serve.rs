//! `stipend serve` and `stipend worker`: the processes that stay.
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use app::access::Role;
use app::keys::NewKey;
use app::{Error, Stipend};
use bus::Guard;
use kernel::Clock;
use store::Lane;
use tracing_subscriber::EnvFilter;
use web::{Server, Settings};

use crate::args::{Args, Serve};

/// How often an idle worker looks for jobs.
const PAUSE: Duration = Duration::from_millis(200);
const SANDBOX_KEY: &str = "sandbox.key";
const SANDBOX_POLICY: &str = include_str!("sandbox/policy.toml");
const SANDBOX_CATALOG: &str = include_str!("sandbox/catalog.ndjson");

fn logs(json: bool) {
    let filter = EnvFilter::try_from_env("STIPEND_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let set = if json { logs.json().try_init() } else { logs.compact().try_init() };
    // Only tests set it twice.
    set.unwrap_or_default();
}

/// The clock of a process that stays: it goes on, unless a test stopped it.
fn clock(args: &Args) -> Result<Clock, Error> {
    match &args.now {
        None => Ok(Clock::System),
        Some(text) => {
            let wrong = || Error::Refused(format!("--now `{text}` is not an instant"));
            Ok(Clock::Fixed(kernel::day::parse_instant(text).ok_or_else(wrong)?))
        }
    }
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

/// Opens the data folder, or makes it where there is none.
fn prepare(args: &Args, options: &Serve, clock: Clock) -> Result<Stipend, Error> {
    let database = args.database_url.as_deref();
    if args.data_dir.join("viewer.key").exists() {
        return Stipend::open(&args.data_dir, database);
    }
    let mut stipend = Stipend::init(&args.data_dir, database)?;
    tracing::info!(folder = %args.data_dir.display(), "made a new data folder");
    if options.sandbox {
        sandbox(&mut stipend, &args.data_dir, clock.now_us())?;
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
pub(crate) fn serve(args: &Args, options: &Serve) -> Result<(), Error> {
    logs(args.json);
    raise_file_limit();
    let clock = clock(args)?;
    let stipend = prepare(args, options, clock)?;
    let guard = Guard { allow_private: options.allow_private_webhooks };
    let per_second = NonZeroU32::new(options.rate_limit);
    let settings = Settings {
        requests_per_second: per_second
            .ok_or_else(|| Error::Refused("--rate-limit is at least 1".to_owned()))?,
        guard,
        ..Settings::default()
    };
    let mut workers = Workers::default();
    workers.start(&stipend, clock, Lane::Main, options.workers, guard)?;
    workers.start(&stipend, clock, Lane::Deliveries, options.senders, guard)?;
    let server = Arc::new(Server::new(stipend, clock, settings)?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(Error::file("the runtime"))?;
    // Connections end outside of the runtime: PostgreSQL's would wait for it in vain.
    let kept = Arc::clone(&server);
    let served = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(&options.listen).await;
        let listener = listener.map_err(Error::file(format!("--listen {}", options.listen)))?;
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
pub(crate) fn worker(args: &Args) -> Result<(), Error> {
    logs(args.json);
    let stipend = crate::commands::open(args)?;
    let guard = Guard { allow_private: false };
    let (mut workers, clock) = (Workers::default(), clock(args)?);
    workers.start(&stipend, clock, Lane::Main, 1, guard)?;
    workers.start(&stipend, clock, Lane::Deliveries, 1, guard)?;
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
        guard: Guard,
    ) -> Result<(), Error> {
        for number in 0..count {
            let mut worker = app::jobs::Worker::new(stipend.again()?, clock, lane, guard)?;
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
