//! The log on standard error. Turns the library's events into text in the host's language, or into JSON.
//!
//! An event's text is the locale's `event.<name>`, with the event's fields for its placeholders.

use std::borrow::Cow;
use std::ffi::OsString;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Zoned;
use serde_json::{Map, Value, json};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::{Layer, Registry, reload};

use crate::console::format::size;
use crate::console::frame::Importance;
use crate::console::log_tail::{LineKind, tail};
use crate::console::output::{self, stderr};
use crate::console::players::{PlayerLog, PlayerRequest};
use crate::console::plural;
use crate::console::printable::Printable;
use crate::console::record::{self, Level};
use webserver::config::values::Log;
use webserver::metrics::access_log::ACCESS;

/// The interval of checks for page loads that have ended.
const LOOK: Duration = Duration::from_millis(500);

/// The log of requests, which the host can pause.
pub(crate) struct RequestLog {
    targets: reload::Handle<Targets, Registry>,
    log: Log,
    verbosity: Verbosity,
    has_requests: bool,
    players: Option<Arc<Mutex<Players>>>,
}

/// The amount of text for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verbosity {
    Usual,
    /// Warnings and errors only.
    Quiet,
}

/// The page loads in progress, and the game that they load.
#[derive(Debug, Default)]
struct Players {
    log: PlayerLog,
    title: String,
}

/// Starts the log.
pub(crate) fn start(log: Option<Log>, verbosity: Verbosity) -> RequestLog {
    let is_terminal = || rustix::termios::isatty(rustix::stdio::stderr());
    let log = log.unwrap_or_else(|| match is_terminal() {
        true => Log::Players,
        false => Log::Text,
    });
    if log == Log::Json {
        output::use_json();
    }
    let players = (log == Log::Players).then(Arc::<Mutex<Players>>::default);
    if let Some(players) = players.clone() {
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(LOOK);
                print_players(&mut lock(&players), PlayerLog::ended);
            }
        });
    }
    let has_requests = log != Log::Off;
    let (targets, handle) = reload::Layer::new(targets(verbosity, has_requests));
    let layer = ConsoleLayer {
        log,
        players: players.clone(),
    };
    let subscriber = Registry::default().with(layer.with_filter(targets));
    // Only a second log in one process could make this fail.
    let _ = tracing::subscriber::set_global_default(subscriber);
    RequestLog {
        targets: handle,
        log,
        verbosity,
        has_requests,
        players,
    }
}

/// Checks for `--log json` before the command line is parsed, so that errors in it are JSON, too.
pub(crate) fn wants_json(arguments: &[OsString]) -> bool {
    let words: Vec<_> = arguments.iter().filter_map(|word| word.to_str()).collect();
    let after = words.windows(2).find(|pair| pair[0] == "--log");
    let joined = words.iter().find_map(|word| word.strip_prefix("--log="));
    let typed = after.map(|pair| pair[1].to_owned());
    let typed = typed.or_else(|| joined.map(str::to_owned));
    let log = typed.or_else(|| std::env::var("WEBSERVER_LOG").ok());
    log.is_some_and(|log| log == "json")
}

impl RequestLog {
    /// Pauses the log of requests, or resumes it; returns whether requests are logged now, `None` where they never are.
    pub(crate) fn pause_or_resume(&mut self) -> Option<bool> {
        if self.log == Log::Off {
            return None;
        }
        self.has_requests = !self.has_requests;
        self.targets
            .reload(targets(self.verbosity, self.has_requests))
            .ok()?;
        Some(self.has_requests)
    }

    /// Names the game that players load from now on.
    pub(crate) fn set_title(&self, title: &str) {
        if let Some(players) = &self.players {
            title.clone_into(&mut lock(players).title);
        }
    }
}

impl Drop for RequestLog {
    fn drop(&mut self) {
        if let Some(players) = &self.players {
            print_players(&mut lock(players), |log, title, _| log.all(title));
        }
    }
}

fn lock(players: &Mutex<Players>) -> MutexGuard<'_, Players> {
    players.lock().unwrap_or_else(PoisonError::into_inner)
}

fn print_players(
    players: &mut Players,
    take: impl FnOnce(&mut PlayerLog, &str, Instant) -> Vec<String>,
) {
    for line in take(&mut players.log, &players.title, Instant::now()) {
        print_line(&line, LineKind::Request);
    }
}

/// A line for people, with the time.
fn print_line(text: &str, kind: LineKind) {
    tail().add(kind, text);
    let importance = match kind {
        LineKind::Request => Importance::Log,
        _ => Importance::Notice,
    };
    let mark = match kind {
        LineKind::Request | LineKind::Info => "",
        LineKind::Warning | LineKind::Error => "! ",
    };
    let time = Zoned::now().strftime("%H:%M:%S");
    let line = Printable::line(text);
    let line = Printable::text(&format!("{time}  {mark}{line}\n"));
    stderr().print(line, importance);
}

fn targets(verbosity: Verbosity, has_requests: bool) -> Targets {
    let requests = match has_requests {
        true => LevelFilter::INFO,
        false => LevelFilter::OFF,
    };
    let events = match verbosity {
        Verbosity::Quiet => LevelFilter::WARN,
        Verbosity::Usual => LevelFilter::INFO,
    };
    Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target("webserver", events)
        .with_target(ACCESS, requests)
}

/// Prints each event.
struct ConsoleLayer {
    log: Log,
    players: Option<Arc<Mutex<Players>>>,
}

impl<S: Subscriber> Layer<S> for ConsoleLayer {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let level = level(event);
        let is_request = event.metadata().target() == ACCESS;
        let mut fields = Fields::default();
        event.record(&mut fields);
        if self.log == Log::Json {
            let (importance, name) = match is_request {
                true => (Importance::Log, "request".to_owned()),
                false => (Importance::Notice, fields.name()),
            };
            let line = record::line(level, &name, fields.0);
            if !is_request {
                tail().add(level.into(), line.trim_end());
            }
            return stderr().print(Printable::text(&line), importance);
        }
        match (&self.players, is_request) {
            (Some(players), true) => lock(players)
                .log
                .note(fields.player_request(), Instant::now()),
            (None, true) => print_line(&fields.request_line(), LineKind::Request),
            (_, false) => print_line(&fields.text(), level.into()),
        }
    }
}

fn level(event: &Event<'_>) -> Level {
    match *event.metadata().level() {
        tracing::Level::ERROR => Level::Error,
        tracing::Level::WARN => Level::Warn,
        _ => Level::Info,
    }
}

/// The fields of an event.
#[derive(Debug, Default)]
struct Fields(Map<String, Value>);

impl Fields {
    /// Takes the name of the event out of its fields.
    fn name(&mut self) -> String {
        match self.0.remove("event") {
            Some(Value::String(name)) => name,
            _ => "message".to_owned(),
        }
    }

    /// The text of the event for the host.
    fn text(mut self) -> String {
        let name = self.name();
        if name == "message" {
            return self.string("message").to_owned();
        }
        let key = format!("event.{name}");
        let pattern = rust_i18n::t!(&key);
        if pattern == key {
            return format!("{name} {}", Value::Object(self.0));
        }
        let (names, values): (Vec<_>, Vec<_>) = self
            .0
            .iter()
            .map(|(name, value)| (name.as_str(), for_people(name, value)))
            .unzip();
        rust_i18n::replace_patterns(&pattern, &names, &values)
    }

    /// `192.168.1.7  GET  /index.html  200  1.2 kB  0.3 ms`
    fn request_line(&self) -> String {
        let micros = self.number("micros");
        format!(
            "{client:<15}  {method:<4}  {path:<19}  {status}  {size:>8}  {millis:>5}.{tenths} ms",
            client = self.string("client"),
            method = self.string("method"),
            path = self.string("path"),
            status = self.number("status"),
            size = size(self.number("bytes")),
            millis = micros / 1000,
            tenths = micros % 1000 / 100,
        )
    }

    fn player_request(&self) -> PlayerRequest {
        PlayerRequest {
            client: self.string("client").to_owned(),
            user_agent: self.string("user_agent").to_owned(),
            browser: self.string("browser").to_owned(),
            path: self.string("path").to_owned(),
            is_page: self.0.get("page") == Some(&Value::Bool(true)),
            status: self.number("status"),
            bytes: self.number("bytes"),
            took: Duration::from_micros(self.number("micros")),
        }
    }

    fn string(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn number(&self, name: &str) -> u64 {
        self.0.get(name).and_then(Value::as_u64).unwrap_or_default()
    }
}

/// The most bytes of a field's text: a request's target may be many times longer, and lines wait in memory.
const MOST_TEXT: usize = 1000;

/// The beginning of a long text, with its length.
fn cut(text: &str) -> Cow<'_, str> {
    if text.len() <= MOST_TEXT {
        return text.into();
    }
    let start = (0..=MOST_TEXT).rev().find_map(|end| text.get(..end));
    format!("{}... ({} bytes)", start.unwrap_or_default(), text.len()).into()
}

/// A field in the words of messages: counts of known things with their noun, bytes with a unit.
fn for_people(name: &str, value: &Value) -> String {
    match (name, value.as_u64(), value) {
        ("bytes", Some(bytes), _) => size(bytes),
        ("files", Some(files), _) => plural::files(files),
        ("games", Some(games), _) => plural::games(games),
        (_, _, Value::String(text)) => text.clone(),
        (_, _, value) => value.to_string(),
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.insert(field, json!(cut(&format!("{value:?}"))));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field, json!(cut(value)));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, json!(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, json!(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.insert(field, json!(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, json!(value));
    }
}

impl Fields {
    fn insert(&mut self, field: &Field, value: Value) {
        self.0.insert(field.name().to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(fields: Value) -> String {
        Fields(record::fields(fields)).text()
    }

    #[test]
    fn an_event_becomes_the_text_of_its_name() {
        let event = json!({ "event": "output_dropped", "lines": 12 });
        assert_eq!(
            text(event),
            "12 lines of output were dropped while the terminal accepted none"
        );
        assert_eq!(text(json!({ "message": "as it is" })), "as it is");
    }

    #[test]
    fn an_event_without_a_text_is_shown_with_its_fields() {
        let event = json!({ "event": "unheard_of", "path": "/x" });
        assert_eq!(text(event), "unheard_of {\"path\":\"/x\"}");
    }

    #[test]
    fn a_long_text_is_cut() {
        let target = format!("/{}", "é".repeat(15_000));
        let logged = cut(&target);
        assert!(logged.len() < 1024, "{logged}");
        assert!(logged.ends_with("é... (30001 bytes)"), "{logged}");
        assert_eq!(cut("/index.html"), "/index.html");
    }

    #[test]
    fn numbers_have_units_in_texts() {
        assert_eq!(for_people("bytes", &json!(12_345)), "12.3 kB");
        assert_eq!(for_people("files", &json!(1)), "1 file");
        assert_eq!(for_people("limit", &json!(4096)), "4096");
        assert_eq!(for_people("address", &json!("::1")), "::1");
    }
}
