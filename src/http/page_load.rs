//! The browsers that load the game: a page load gets a cookie that tells its browser from others behind the same address,
//! and the requests that follow with it count towards the load.
//!
//! A client without cookies counts as a new browser with each page load; one that does not accept HTML, such as curl,
//! does not count.

use http::header::{self, HeaderValue};
use http::{Method, Request, Response};

use crate::http::body::Body;
use crate::http::outcome::{Outcome, Purpose};
use crate::metrics::browser_id::BrowserId;
use crate::metrics::browsers::Browsers;
use crate::metrics::client::Client;
use crate::metrics::page_load::{BrowserVisit, PageLoad};

/// The page load that a response belongs to.
#[derive(Debug)]
pub(crate) struct LoadStep {
    load: &'static PageLoad,
    /// The cookie for a browser that has none.
    cookie: Option<HeaderValue>,
    /// True if the browser had not begun this build of the game before.
    is_first: bool,
}

impl LoadStep {
    /// The page load that an outcome begins or continues, if its browser can be identified.
    pub(crate) fn of<B>(
        outcome: &Outcome<'_>,
        request: &Request<B>,
        (browsers, visit): (&'static Browsers, impl FnOnce() -> BrowserVisit),
        client: &Client,
    ) -> Option<Self> {
        let purpose = outcome.selected()?.purpose;
        if purpose == Purpose::Ordinary || *request.method() != Method::GET {
            return None;
        }
        let fields = request.headers();
        let known = BrowserId::from_request(fields);
        if !matches!(purpose, Purpose::PageLoad | Purpose::Reload) {
            let load = browsers.under_way(known?)?;
            return Some(Self {
                load,
                cookie: None,
                is_first: false,
            });
        }
        let id = known.unwrap_or_else(|| browsers.new_id());
        let load = browsers.begin(id, visit(), client.address(fields))?;
        let cookie = match known {
            Some(_) => None,
            None => HeaderValue::try_from(id.set_cookie()).ok(),
        };
        Some(Self {
            load,
            cookie,
            is_first: purpose == Purpose::PageLoad,
        })
    }

    /// True for a page load of a browser that had not begun this build of the game before.
    pub(crate) fn is_first(&self) -> bool {
        self.is_first
    }

    /// Counts the response, and its bytes as the client takes them.
    pub(crate) fn count(self, response: &mut Response<Body>) {
        if let Some(cookie) = self.cookie {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        let body = response.body_mut();
        let transfer = self.load.transfer(body.length().unwrap_or_default());
        body.watch(|watch| watch.transfer = Some(transfer));
    }
}
