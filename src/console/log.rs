//! The log on standard error: requests for people or programs, and what the server has to say besides.
//!
//! Lines are written by a thread of their own; when the terminal does not take them (Ctrl-S, a full pipe), lines are
//! dropped and players are not kept waiting.

use std::{fmt, io};

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
use tracing_subscriber::{Layer, Registry, fmt as lines, reload};

use crate::console::format::size;
use crate::console::terminal::Terminal;
use webserver::config::Log;
use webserver::metrics::access_log::ACCESS;

/// Lines that may wait for the terminal.
const WAITING_LINES: usize = 4096;

/// Writes what is left when it is dropped.
#[must_use = "the log ends when this is dropped"]
pub(crate) struct LogGuard(#[expect(dead_code, reason = "it is there to be dropped")] WorkerGuard);

/// Which requests are logged: all or none.
pub(crate) struct RequestLog {
    targets: reload::Handle<Targets, Registry>,
    log: Log,
    quiet: bool,
    has_requests: bool,
}

/// Starts the log; on a terminal, its lines scroll above what is drawn there.
pub(crate) fn start(log: Log, quiet: bool, terminal: Option<Terminal>) -> (LogGuard, RequestLog) {
    let output = Output {
        terminal,
        lines: Vec::new(),
    };
    let (writer, guard) = NonBlockingBuilder::default()
        .buffered_lines_limit(WAITING_LINES)
        .lossy(true)
        .thread_name("log")
        .finish(output);
    let has_requests = log != Log::Off && !quiet;
    let (targets, handle) = reload::Layer::new(targets(quiet, has_requests));
    let subscriber = Registry::default().with(layer(log, writer).with_filter(targets));
    // Only a second log in one process could make this fail.
    let _ = tracing::subscriber::set_global_default(subscriber);
    let requests = RequestLog {
        targets: handle,
        log,
        quiet,
        has_requests,
    };
    (LogGuard(guard), requests)
}

impl RequestLog {
    /// Pauses the request log, or resumes it. Says whether requests are logged now; `None` where they never are.
    pub(crate) fn pause_or_resume(&mut self) -> Option<bool> {
        if self.log == Log::Off {
            return None;
        }
        self.has_requests = !self.has_requests;
        self.targets
            .reload(targets(self.quiet, self.has_requests))
            .ok()?;
        Some(self.has_requests)
    }
}

fn targets(quiet: bool, has_requests: bool) -> Targets {
    let requests = match has_requests {
        true => LevelFilter::INFO,
        false => LevelFilter::OFF,
    };
    let events = match quiet {
        true => LevelFilter::WARN,
        false => LevelFilter::INFO,
    };
    Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target("webserver", events)
        .with_target(ACCESS, requests)
}

/// Where lines go. On a terminal, as many as there are at once, so that what is drawn below them is drawn once.
struct Output {
    terminal: Option<Terminal>,
    lines: Vec<u8>,
}

impl io::Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.terminal {
            Some(_) => {
                self.lines.extend_from_slice(bytes);
                Ok(bytes.len())
            }
            None => io::stderr().write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        let lines = std::mem::take(&mut self.lines);
        match &self.terminal {
            Some(terminal) if !lines.is_empty() => terminal.print(&lines),
            _ => Ok(()),
        }
    }
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
        let mut line = LogLine::default();
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
struct LogLine {
    message: String,
    client: String,
    method: String,
    path: String,
    status: u64,
    bytes: u64,
    micros: u64,
}

impl Visit for LogLine {
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

impl fmt::Display for LogLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{client:<15}  {method:<4}  {path:<19}  {status}  {size:>8}  {millis:>5}.{tenths} ms",
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
