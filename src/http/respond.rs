//! The answer of one site to one request.

use http::{HeaderMap, Method, Request, header};

use crate::http::conditional::{Precondition, Validators};
use crate::http::header_presence::HeaderPresence;
use crate::http::outcome::{NotFound, Outcome, Selected};
use crate::http::range::Selection;
use crate::http::route::Route;
use crate::http::{
    accept_language, conditional, dictionary, live_reload, negotiate, range, route, session,
    validate,
};
use crate::site::Site;
use crate::site::asset::Asset;
use crate::site::path::AssetPath;
use crate::site::representation::Representation;

/// Answers a request from a site.
///
/// # Examples
///
/// ```
/// # use webserver::{http::respond::respond, http::outcome::Outcome, library::game::Game, site::{Site, options::BuildOptions, progress::BuildProgress}};
/// # let folder = tempfile::tempdir()?;
/// # std::fs::write(folder.path().join("index.html"), "hello")?;
/// let game = Game::from_folder(folder.path())?;
/// let site = Site::build(&game, BuildOptions::default(), None, &BuildProgress::default())?;
/// let request = http::Request::get("/").header("host", "localhost").body(())?;
/// assert!(matches!(respond(&site, &request), Outcome::Content(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn respond<'a, B>(site: &'a Site, request: &'a Request<B>) -> Outcome<'a> {
    let fields = request.headers();
    let presence = HeaderPresence::scan(fields);

    // 1. Validate the request (RFC 9112, 3.2 and 6.3) and its method (RFC 9110, 9.1).
    if let Some(refused) = validate::request(request, &presence) {
        return refused;
    }

    // 2. Route the target.
    let (asset, misnamed) = match route::route(site, request.uri()) {
        Route::Asset { asset, misnamed } => (asset, misnamed),
        Route::Redirect(redirection) => return Outcome::Redirect(redirection),
        Route::BadTarget => return Outcome::BadTarget,
        Route::NotFound(path) => match deep_link(site, &path, fields, &presence) {
            Some(page) => (page, None),
            None => return not_found(site, request, path, &presence),
        },
    };

    // 3. Select a representation (RFC 9110, 12.5.3).
    let Some(representation) = representation(asset, request, &presence) else {
        return Outcome::NotAcceptable;
    };
    let mut selected = Selected {
        asset: asset.index,
        representation,
        purpose: session::purpose(site, asset, fields, &presence),
        misnamed,
        offer: dictionary::offer(asset, fields, &presence),
        known_tag: None,
    };

    // 4. Evaluate preconditions (RFC 9110, 13.2.2).
    let modified = site.published_at().map(|date| date.time());
    let etag = &representation.etag;
    let validators = || Validators { etag, modified };
    if presence.conditions {
        match conditional::evaluate(fields, validators()) {
            Precondition::Holds => selected.known_tag = dictionary::known_difference(asset, fields),
            Precondition::NotModified => return Outcome::NotModified(selected),
            Precondition::Failed => return Outcome::PreconditionFailed,
        }
        if selected.known_tag.is_some() {
            return Outcome::NotModified(selected);
        }
    }

    // 5. Select ranges, which are defined for GET only (RFC 9110, 14.2).
    let length = representation.content.len();
    let is_ranged = presence.range && request.method() == Method::GET;
    let selection = is_ranged.then(|| range::select(fields, validators(), length));
    // 6. State the outcome.
    match selection.unwrap_or(Selection::Whole) {
        Selection::Whole => Outcome::Content(selected),
        Selection::Part(part) => Outcome::Part(selected, part),
        Selection::Parts(parts) => Outcome::Parts(selected, parts),
        Selection::Unsatisfiable => Outcome::Unsatisfiable { length },
    }
}

/// The representation to send; `None` if the client accepts none. Ranges are those of the file itself, and HEAD states its
/// size: loaders that read a file in parts know no other, while Firefox accepts every coding for a range, too. A client that
/// resumes a transfer says so by `If-Range`, and continues what it has.
#[inline]
fn representation<'a, B>(
    asset: &'a Asset,
    request: &Request<B>,
    presence: &HeaderPresence<'_>,
) -> Option<&'a Representation> {
    let fields = request.headers();
    let all = asset.representations.as_slice();
    let difference = presence
        .dictionary
        .then(|| dictionary::difference(asset, fields));
    let difference = difference.flatten();
    let of_file = || match presence.range {
        true => !fields.contains_key(header::IF_RANGE),
        false => request.method() == Method::HEAD,
    };
    match presence.coding {
        true if of_file() => {
            let own = negotiate::choose(&all[..all.len().min(1)], None, fields);
            own.or_else(|| negotiate::choose(all, difference, fields))
        }
        true => negotiate::choose(all, difference, fields),
        false => all.first(),
    }
}

/// The page of a game whose own rules route every path to it, for navigations only.
fn deep_link<'a>(
    site: &'a Site,
    path: &AssetPath<'_>,
    fields: &HeaderMap,
    presence: &HeaderPresence<'_>,
) -> Option<&'a Asset> {
    let wants_page = presence.accept && session::wants_page(fields);
    wants_page.then(|| site.deep_link_page(path)).flatten()
}

/// The outcome for a path without an asset.
fn not_found<'a, B>(
    site: &'a Site,
    request: &'a Request<B>,
    path: AssetPath<'a>,
    presence: &HeaderPresence<'_>,
) -> Outcome<'a> {
    let fields = request.headers();
    if presence.worker && session::is_worker_script(fields) {
        return Outcome::WorkerTakeOver;
    }
    if live_reload::is_script(site, &path) {
        return Outcome::LiveScript;
    }
    let language = accept_language::preferred(fields);
    let wants_page = presence.accept && session::wants_page(fields);
    match site.waiting_pages() {
        Some(pages) if !live_reload::is_events(site, &path) => Outcome::Unavailable {
            pages,
            language,
            wants_page,
        },
        _ => Outcome::NotFound(NotFound {
            path,
            language,
            page_depth: wants_page.then(|| route::depth(request.uri())),
            own_page: wants_page.then(|| site.own_not_found_page()).flatten(),
        }),
    }
}
