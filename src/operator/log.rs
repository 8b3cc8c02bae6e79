//! The log on standard error: requests for people or programs, and what the server has to say besides.
//!
//! Lines are written by a thread of their own; when the terminal does not take them (Ctrl-S, a full pipe), lines are
//! dropped and players are not kept waiting.

use std::fmt;
use std::io;

use jiff::Zoned;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Subscriber};
use tracing_appender::non_blocking::{NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry, fmt as lines};
use webserver::config::Log;
use webserver::observe::ACCESS;

use super::size;

/// Lines that may wait for the terminal.
const WAITING_LINES: usize = 4096;

/// Writes what is left when it is dropped.
#[must_use = "the log ends when this is dropped"]
pub struct LogGuard {
    _writer: WorkerGuard,
}

/// Starts the log.
pub fn start(log: Log, quiet: bool) -> LogGuard {
    let (writer, guard) = NonBlockingBuilder::default()
        .buffered_lines_limit(WAITING_LINES)
        .lossy(true)
        .thread_name("log")
        .finish(io::stderr());
    let access = match log {
        Log::Off => LevelFilter::OFF,
        Log::Text | Log::Json if quiet => LevelFilter::OFF,
        Log::Text | Log::Json => LevelFilter::INFO,
    };
    let targets = Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target("webserver", LevelFilter::INFO)
        .with_target(ACCESS, access);
    let subscriber = Registry::default().with(layer(log, writer).with_filter(targets));
    // Only a second log in one process could make this fail.
    let _ = tracing::subscriber::set_global_default(subscriber);
    LogGuard { _writer: guard }
}

fn layer(log: Log, writer: NonBlocking) -> Box<dyn Layer<Registry> + Send + Sync> {
    match log {
        Log::Json => lines::layer()
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .with_writer(writer)
            .boxed(),
        Log::Text | Log::Off => lines::layer()
            .event_format(People)
            .with_writer(writer)
            .boxed(),
    }
}

/// Lines for people.
struct People;

impl<S, N> FormatEvent<S, N> for People
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = Line::default();
        event.record(&mut line);
        let time = Zoned::now().strftime("%H:%M:%S").to_string();
        if event.metadata().target() == ACCESS {
            return writeln!(writer, "{time}  {line}");
        }
        let mark = match *event.metadata().level() {
            Level::ERROR | Level::WARN => "! ",
            _ => "",
        };
        writeln!(writer, "{time}  {mark}{}", line.message)
    }
}

/// The fields of an event, as `observe` names them.
#[derive(Debug, Default)]
struct Line {
    message: String,
    client: String,
    method: String,
    path: String,
    status: u64,
    bytes: u64,
    micros: u64,
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "client" => self.client = format!("{value:?}"),
            "message" => self.message = format!("{value:?}"),
            _ => {}
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "method" => self.method = value.to_owned(),
            "path" => self.path = value.to_owned(),
            "message" => self.message = value.to_owned(),
            _ => {}
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "status" => self.status = value,
            "bytes" => self.bytes = value,
            "micros" => self.micros = value,
            _ => {}
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{client:<15}  {method:<4}  {path:<28}  {status}  {size:>8}  {millis:>5}.{tenths} ms",
            client = self.client,
            method = self.method,
            path = self.path,
            status = self.status,
            size = size(self.bytes),
            millis = self.micros / 1000,
            tenths = self.micros % 1000 / 100,
        )
    }
}
