//! The answer of a slot to one request: the site to ask, its outcome counted, and the response.

use http::{HeaderMap, HeaderValue, Method, Request, Response, header};

use crate::http::body::Body;
use crate::http::outcome::Outcome;
use crate::http::respond::respond;
use crate::http::response::{self, Context};
use crate::http::{live_reload, page_report, route, session};
use crate::publish::on_air::{OnAir, Published};
use crate::site::path::AssetPath;

/// An outcome and the site that it comes from.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) outcome: Outcome<'a>,
    from: Published<'a>,
    /// True if the outcome is the server's own, so that the site's fields do not belong to it.
    is_apart: bool,
    closes: bool,
}

/// Answers a request from one site.
///
/// # Examples
///
/// ```
/// # use webserver::{http::answer::answer, library::game::Game, site::{Site, options::BuildOptions, progress::BuildProgress}};
/// # use webserver::{metrics::site_counters::SiteCounters, publish::on_air::Published};
/// # let folder = tempfile::tempdir()?;
/// # std::fs::write(folder.path().join("index.html"), "hello")?;
/// # let game = Game::from_folder(folder.path())?;
/// let site = Site::build(&game, BuildOptions::default(), None, &BuildProgress::default())?;
/// let published = Published { site: &site, counters: &SiteCounters::new([0]) };
/// let request = http::Request::get("/").header("host", "localhost").body(())?;
/// assert_eq!(answer(published, &request).status(), http::StatusCode::OK);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn answer<B>(from: Published<'_>, request: &Request<B>) -> Response<Body> {
    Answer::new(from, respond(from.site, request)).into_response(request)
}

/// Answers a request from the site that its page load began with, or else from the site on the air.
pub(crate) fn decide<'a, B>(on_air: &'a OnAir, request: &'a Request<B>) -> Answer<'a> {
    let fields = request.headers();
    let from = session::site_for(on_air, fields);
    let outcome = respond(from.site, request);
    let is_events = |path: &AssetPath<'_>| live_reload::is_events(from.site, path);
    match outcome {
        Outcome::NotFound(missing) if is_events(&missing.path) => {
            Answer::new(on_air.current(), Outcome::Events(on_air.ids()))
        }
        Outcome::MethodNotAllowed if page_report::is_report(from.site, request) => {
            Answer::new(from, Outcome::PageReport)
        }
        // A refresh shows the game on the air, whatever the path of the one before.
        Outcome::NotFound(_) if session::is_refresh_of_earlier_site(on_air, fields) => {
            let entry = Outcome::Redirect(route::to_entry(request.uri()));
            Answer::new(on_air.current(), entry)
        }
        outcome if is_script(&outcome) && session::is_stale_worker(on_air, fields) => {
            Answer::new(on_air.current(), Outcome::WorkerTakeOver)
        }
        outcome => Answer::new(from, outcome),
    }
}

/// True for Safari and for all browsers of iOS, which do not know `credentialless`.
fn is_webkit(fields: &HeaderMap) -> bool {
    let agent = fields.get(header::USER_AGENT).map(HeaderValue::as_bytes);
    let has =
        |word: &[u8]| agent.is_some_and(|agent| agent.windows(word.len()).any(|at| at == word));
    has(b"AppleWebKit/") && !has(b"Chrome/")
}

/// True if the outcome may be a service worker's script, or tells the browser that it has the current one.
fn is_script(outcome: &Outcome<'_>) -> bool {
    let is_own = matches!(outcome, Outcome::WorkerTakeOver | Outcome::LiveScript);
    is_own || outcome.selected().is_some()
}

impl<'a> Answer<'a> {
    fn new(from: Published<'a>, outcome: Outcome<'a>) -> Self {
        Self {
            outcome,
            from,
            is_apart: false,
            closes: false,
        }
    }

    /// An outcome of the server itself, whatever the site.
    pub(crate) fn apart(on_air: &'a OnAir, outcome: Outcome<'a>) -> Self {
        Self {
            is_apart: true,
            ..Self::new(on_air.current(), outcome)
        }
    }

    /// The same answer on a connection that is closed after it.
    pub(crate) fn closing(self) -> Self {
        Self {
            closes: true,
            ..self
        }
    }

    /// Counts the outcome and writes it as a response.
    pub(crate) fn into_response<B>(self, request: &Request<B>) -> Response<Body> {
        let nearest = self.count();
        let context = Context {
            site: (!self.is_apart).then_some(self.from.site),
            nearest: nearest.as_deref(),
            is_head: request.method() == Method::HEAD,
            closes: self.closes,
            is_webkit: self.from.site.is_split_by_browser && is_webkit(request.headers()),
        };
        response::response(&self.outcome, &context)
    }

    /// Counts the outcome. Returns the existing name closest to a path that was not found.
    fn count(&self) -> Option<String> {
        let Published { site, counters } = self.from;
        let misnamed = match &self.outcome {
            Outcome::NotFound(missing) => {
                let path = missing.path.as_str();
                return counters.count_not_found(path, || site.nearest(&missing.path));
            }
            Outcome::Redirect(redirection) => &redirection.misnamed,
            outcome => {
                let selected = outcome.selected()?;
                counters.count_asset(selected.asset);
                &selected.misnamed
            }
        };
        if let Some(misnamed) = misnamed {
            let path = misnamed.path.as_str();
            if counters.count_misnamed(path, misnamed.name) {
                tracing::warn!(event = "similar_name", path, name = misnamed.name);
            }
        }
        None
    }
}
