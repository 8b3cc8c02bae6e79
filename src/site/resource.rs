//! The results of looking up a path.

use http::StatusCode;

use crate::site::asset::Asset;

/// The result of looking up a path.
#[derive(Clone, Copy, Debug)]
pub enum Resource<'a> {
    /// A file to send.
    Asset(&'a Asset),
    /// Another path to request.
    Redirect(&'a Redirect),
}

/// A redirect to another path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// 308 for a folder without its slash, 307 where another game may differ.
    pub status: StatusCode,
    /// The other path, percent-encoded.
    pub location: String,
}

/// A resource as the routes store it; several paths may lead to one asset.
#[derive(Clone, Debug)]
pub(crate) enum RouteTarget {
    /// The asset with this index.
    Asset(usize),
    Redirect(Redirect),
}
