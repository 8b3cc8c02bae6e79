//! TODO

use http::StatusCode;

/// A resource as the site keeps it; several paths may lead to one asset.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    Asset(usize),
    Redirect(Redirect),
}

/// A path that stands for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// 308 for a folder named without its slash, 307 where the next game may want something else.
    pub status: StatusCode,
    /// The path to go to, percent-encoded.
    pub location: String,
}
