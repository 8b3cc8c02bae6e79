//! The result of a request, before it is written as a response.

use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, StatusCode};

use crate::language::Language;
use crate::metrics::replica_state::ReplicaCounts;
use crate::publish::on_air::SiteIds;
use crate::site::join_page::JoinView;
use crate::site::path::AssetPath;
use crate::site::representation::Representation;
use crate::site::secure_page::SecureVisit;
use crate::site::waiting_page::WaitingPages;

/// The result of a request.
#[derive(Debug)]
pub enum Outcome<'a> {
    /// 200: a whole representation.
    Content(Selected<'a>),
    /// 206: one part of a representation.
    Part(Selected<'a>, Range<u64>),
    /// 206: several parts of a representation.
    Parts(Selected<'a>, Vec<Range<u64>>),
    /// 304: the client has the current representation.
    NotModified(Selected<'a>),
    /// 307 or 308.
    Redirect(Redirection<'a>),
    /// 404.
    NotFound(NotFound<'a>),
    /// 503: no game is published yet.
    Unavailable {
        /// The page in each language.
        pages: &'a WaitingPages,
        /// The client's language.
        language: Language,
        /// True if the client accepts HTML.
        wants_page: bool,
    },
    /// 406: every representation is refused by `Accept-Encoding`.
    NotAcceptable,
    /// 412: `If-Match` or `If-Unmodified-Since` does not hold.
    PreconditionFailed,
    /// 416: no requested range lies within the representation.
    Unsatisfiable {
        /// The representation's length.
        length: u64,
    },
    /// 204: the answer to `OPTIONS`.
    Options,
    /// 405: a known method that no resource supports.
    MethodNotAllowed,
    /// 501: an unknown method.
    NotImplemented,
    /// 400: a target that cannot name a resource.
    BadTarget,
    /// An error after which nothing on the connection can be trusted, so it is closed.
    Refused(StatusCode),
    /// 431: the fields are too large.
    LargeHead {
        /// The client's language.
        language: Language,
        /// True if the client accepts HTML.
        wants_page: bool,
    },
    /// 200: a service worker that replaces one of an earlier game and removes itself.
    WorkerTakeOver,
    /// 200: the script that reloads pages of a live site.
    LiveScript,
    /// 204: the page of a live site reports an error of its own.
    PageReport,
    /// 200: a stream of the ids of published sites.
    Events(SiteIds),
    /// 200: the health of the server.
    Health(Health<'a>),
    /// 200, or 403 where plain http is refused: the page that leads to https.
    SecureInvitation(Box<SecureInvitation<'a>>),
    /// 200: the page for the projector.
    Join(Box<JoinAnswer<'a>>),
    /// 200: a certificate to trust, or 503 until there is one.
    Download(CertificateDownload),
}

/// The page that leads to https.
#[derive(Debug)]
pub struct SecureInvitation<'a> {
    pub(crate) status: StatusCode,
    pub(crate) visit: SecureVisit<'a>,
}

/// The page for the projector.
#[derive(Debug)]
pub struct JoinAnswer<'a> {
    pub(crate) view: JoinView<'a>,
    /// True for the part that changes alone.
    pub(crate) is_part: bool,
}

/// A certificate to trust.
#[derive(Debug)]
pub enum CertificateDownload {
    /// It is there.
    File {
        /// The file.
        content: Bytes,
        /// Its type.
        media_type: HeaderValue,
    },
    /// It is being made.
    NotYet,
}

/// An asset's representation that answers a request.
#[derive(Debug)]
pub struct Selected<'a> {
    /// The asset's position in its site.
    pub(crate) asset: usize,
    pub(crate) representation: &'a Representation,
    pub(crate) purpose: Purpose,
    pub(crate) misnamed: Option<Box<Misnamed<'a>>>,
    /// The field that has the client keep the file as a dictionary.
    pub(crate) offer: Option<&'a HeaderValue>,
    /// The tag by which the client knows the file, if it is not the representation's.
    pub(crate) known_tag: Option<Box<HeaderValue>>,
}

/// The part a request plays in a page session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A request that changes no session.
    Ordinary,
    /// A page load that begins a session with the site.
    PageLoad,
    /// A page load within a session with the site.
    Reload,
    /// Another request with cookies, perhaps of a page load.
    WithCookie,
    /// A browser's fetch of a service worker script.
    Worker,
}

/// A path that was found only under a name of other case or Unicode form.
#[derive(Debug)]
pub(crate) struct Misnamed<'a> {
    pub(crate) path: AssetPath<'a>,
    pub(crate) name: &'a str,
}

/// Another target that the client should request.
#[derive(Debug)]
pub struct Redirection<'a> {
    pub(crate) status: StatusCode,
    /// The target's path and query.
    pub(crate) location: String,
    pub(crate) misnamed: Option<Box<Misnamed<'a>>>,
}

/// A path without an asset, and the form of answer that the client accepts.
#[derive(Debug)]
pub struct NotFound<'a> {
    pub(crate) path: AssetPath<'a>,
    pub(crate) language: Language,
    /// The number of folders in the request's path, if the client accepts HTML.
    pub(crate) page_depth: Option<usize>,
    /// The game's own page for missing files, for clients that accept HTML.
    pub(crate) own_page: Option<&'a Representation>,
}

/// The health of the server.
#[derive(Clone, Copy, Debug)]
pub struct Health<'a> {
    /// True once there is something to answer with: a game, or a lobby.
    pub(crate) is_ready: bool,
    /// The slug of the published game; `None` before there is one, and for a lobby.
    pub(crate) game: Option<&'a str>,
    /// The state as a replica.
    pub(crate) replica: Option<ReplicaCounts>,
    pub(crate) uptime: Duration,
}

impl<'a> Outcome<'a> {
    /// The asset that answers the request, if one does.
    pub(crate) fn selected(&self) -> Option<&Selected<'a>> {
        match self {
            Self::Content(selected)
            | Self::Part(selected, _)
            | Self::Parts(selected, _)
            | Self::NotModified(selected) => Some(selected),
            _ => None,
        }
    }

    /// The step of a page session that the response takes.
    pub(crate) fn session_step(&self) -> Purpose {
        match self {
            Self::WorkerTakeOver => Purpose::PageLoad,
            _ => self
                .selected()
                .map_or(Purpose::Ordinary, |selected| selected.purpose),
        }
    }

    /// True if the connection must be closed after the response.
    pub(crate) fn closes(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::LargeHead { .. })
    }

    /// True if the response is an error (RFC 9110, 15.5 and 15.6).
    pub(crate) fn is_error(&self) -> bool {
        match self {
            Self::Content(_)
            | Self::Part(..)
            | Self::Parts(..)
            | Self::NotModified(_)
            | Self::Redirect(_)
            | Self::Options
            | Self::WorkerTakeOver
            | Self::LiveScript
            | Self::PageReport
            | Self::Events(_)
            | Self::Health(_)
            | Self::Join(_)
            | Self::Download(CertificateDownload::File { .. }) => false,
            Self::SecureInvitation(invitation) => invitation.status.is_client_error(),
            Self::NotFound(_)
            | Self::Unavailable { .. }
            | Self::NotAcceptable
            | Self::PreconditionFailed
            | Self::Unsatisfiable { .. }
            | Self::MethodNotAllowed
            | Self::NotImplemented
            | Self::BadTarget
            | Self::Refused(_)
            | Self::LargeHead { .. }
            | Self::Download(CertificateDownload::NotYet) => true,
        }
    }
}
