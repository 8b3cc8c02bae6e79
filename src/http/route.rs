//! From a request's target to what stands there.

use http::{StatusCode, Uri};
use rust_i18n::t;

use crate::site::asset::Asset;
use crate::site::path::AssetPath;
use crate::site::resource::Redirect;
use crate::site::{Resource, Site};

/// What a target leads to.
#[derive(Debug)]
pub(crate) enum Route<'a> {
    /// Something to send.
    Asset(&'a Asset),
    /// Another target to ask for, the query kept.
    Redirect {
        /// 307 or 308.
        status: StatusCode,
        /// An absolute path and query.
        location: String,
    },
    /// Nothing stands at this path.
    NotFound(AssetPath<'a>),
    /// It is not the path of anything.
    Bad,
}

/// Looks a target up. The query says nothing about which file it is.
pub(crate) fn route<'a>(site: &'a Site, target: &'a Uri) -> Route<'a> {
    let Ok(path) = AssetPath::parse(target.path()) else {
        return Route::Bad;
    };
    match site.resource(&path).or_else(|| like(site, &path)) {
        Some(Resource::Asset(asset)) => Route::Asset(asset),
        Some(Resource::Redirect(redirect)) => with_query(redirect, target.query()),
        None => Route::NotFound(path),
    }
}

/// What would have been found on the machine where the game was made; its maker hears of it once.
fn like<'a>(site: &'a Site, path: &AssetPath<'_>) -> Option<Resource<'a>> {
    let (resource, fallback) = site.resource_like(path)?;
    site.mistaken(path, &fallback.name);
    if fallback.is_first_use() {
        let (asked, name) = (path.as_str(), &fallback.name);
        tracing::warn!("{}", t!("fallback.used", asked = asked, name = name));
    }
    Some(resource)
}

fn with_query(redirect: &Redirect, query: Option<&str>) -> Route<'static> {
    let location = match query {
        Some(query) => format!("{}?{query}", redirect.location),
        None => redirect.location.clone(),
    };
    Route::Redirect {
        status: redirect.status,
        location,
    }
}
