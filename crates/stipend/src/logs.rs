//! Logs and traces of the processes that stay: logs to standard error, traces by OTLP over HTTP.
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use app::Error;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::settings::Settings;

const TIMEOUT: Duration = Duration::from_secs(10);
/// Answers of a collector say little.
const ANSWER_MAX: u64 = 1 << 20;

/// What of the traces is to be sent before the process ends.
pub(crate) struct Traces(Option<SdkTracerProvider>);

impl Traces {
    /// Sends what waits.
    pub(crate) fn end(self) {
        if let Some(provider) = self.0
            && let Err(error) = provider.shutdown_with_timeout(TIMEOUT)
        {
            tracing::warn!(error = %error, "the last traces could not be sent");
        }
    }
}

/// What is logged, and whether as JSON.
fn form(settings: &Settings) -> Result<(EnvFilter, bool), Error> {
    let log = settings.text("log");
    let wrong = |_| {
        Error::Refused(format!("`log` is `{log}`, not like `info` or `warn,stipend_web=debug`"))
    };
    let filter = EnvFilter::try_new(log).map_err(wrong)?;
    Ok((filter, settings.word("log_format", &["text", "json"])? == "json"))
}

/// Whether logs and traces could begin so.
pub(crate) fn check(settings: &Settings) -> Result<(), Error> {
    form(settings)?;
    provider(settings).map(|_| ())
}

/// Begins logs and traces as the settings say.
pub(crate) fn start(settings: &Settings) -> Result<Traces, Error> {
    let (filter, json) = form(settings)?;
    // Spans go to the collector; each line of the log has the request's id itself.
    let lines = filter_fn(|metadata| !metadata.is_span());
    let plain = fmt::layer().with_writer(std::io::stderr);
    let logs = if json {
        plain.json().with_filter(filter).with_filter(lines).boxed()
    } else {
        plain.compact().with_filter(filter).with_filter(lines).boxed()
    };
    let provider = provider(settings)?;
    let spans = provider.as_ref().map(|provider| {
        opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
        let ours = |target: &str| ["app", "web"].iter().any(|name| of_crate(target, name));
        let ours = filter_fn(move |metadata| metadata.is_span() && ours(metadata.target()));
        tracing_opentelemetry::layer().with_tracer(provider.tracer("stipend")).with_filter(ours)
    });
    // Only tests set it twice.
    tracing_subscriber::registry().with(logs).with(spans).try_init().unwrap_or_default();
    Ok(Traces(provider))
}

fn of_crate(target: &str, name: &str) -> bool {
    target.strip_prefix("stipend_").unwrap_or(target).split("::").next() == Some(name)
}

fn provider(settings: &Settings) -> Result<Option<SdkTracerProvider>, Error> {
    let Some(endpoint) = settings.maybe("otlp_endpoint") else { return Ok(None) };
    let share = settings.share("trace_share")?;
    let wrong = |error: &dyn std::fmt::Display| Error::Refused(format!("`otlp_endpoint`: {error}"));
    let url = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
    url.parse::<ureq::http::Uri>().map_err(|error| wrong(&error))?;
    let mut headers = HashMap::new();
    if let Some(value) = settings.maybe("otlp_authorization") {
        headers.insert("authorization".to_owned(), value.to_owned());
    }
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Client(agent()))
        .with_endpoint(url)
        .with_headers(headers)
        .with_timeout(TIMEOUT)
        .build()
        .map_err(|error| wrong(&error))?;
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(share)));
    let resource = Resource::builder()
        .with_service_name("stipend")
        .with_attribute(opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_sampler(sampler)
        .with_resource(resource.build());
    Ok(Some(provider.build()))
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(TIMEOUT))
        .build()
        .into()
}

/// Sends spans from the exporter's own thread, which may wait.
#[derive(Debug)]
struct Client(ureq::Agent);

impl Client {
    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let mut answer = self.0.run(request.map(|body| body.to_vec()))?;
        let body = answer.body_mut().with_config().limit(ANSWER_MAX).read_to_vec()?;
        Ok(Response::builder().status(answer.status()).body(body.into())?)
    }
}

type Sending<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

impl HttpClient for Client {
    fn send_bytes<'a, 'b>(&'a self, request: Request<Bytes>) -> Sending<'b>
    where
        'a: 'b,
        Self: 'b,
    {
        Box::pin(std::future::ready(self.send(request)))
    }
}
