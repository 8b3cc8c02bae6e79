//! From a request's target to what stands there.

use http::{StatusCode, Uri};

use crate::site::{Asset, AssetPath, Redirect, Resource, Site};

/// What a target leads to.
#[derive(Debug)]
pub enum Route<'a> {
    /// Something to send.
    Asset(&'a Asset),
    /// Another target to ask for, the query kept.
    Redirect {
        /// 307 or 308.
        status: StatusCode,
        /// An absolute path and query.
        location: String,
    },
    /// Nothing.
    NotFound,
    /// It is not the path of anything.
    Bad,
}

/// Looks a target up. The query says nothing about which file it is.
pub fn route<'a>(site: &'a Site, target: &Uri) -> Route<'a> {
    let Ok(path) = AssetPath::parse(target.path()) else {
        return Route::Bad;
    };
    match site.resource(&path) {
        Some(Resource::Asset(asset)) => Route::Asset(asset),
        Some(Resource::Redirect(redirect)) => with_query(redirect, target.query()),
        None => Route::NotFound,
    }
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
