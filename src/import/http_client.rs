//! The HTTP client of downloads, and its errors.

use std::io;
use std::time::Duration;

use reqwest::Client;

use crate::import::error::{DownloadError, ImportError};
use crate::import::http_response::AttemptFailure;

/// The silence after which TCP checks that the server's machine is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// Creates a client. Its caller limits the time in which nothing arrives.
///
/// # Errors
/// When the system's certificates cannot be read.
pub(crate) fn new(connect: Duration) -> Result<Client, String> {
    // An error means that a provider is already installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .user_agent(concat!("webserver/", env!("CARGO_PKG_VERSION")))
        .referer(false)
        .connect_timeout(connect)
        // A server may pack for minutes before it answers; one that vanished is noticed.
        .tcp_keepalive(KEEP_ALIVE)
        .tcp_keepalive_interval(KEEP_ALIVE)
        .build()
        .map_err(|error| root_cause(&error))
}

/// Converts an error of the client: another attempt can help unless the request or the certificate is wrong.
pub(crate) fn failure(error: reqwest::Error) -> AttemptFailure {
    let problem = root_cause(&error);
    let is_permanent = error.is_redirect() || error.is_builder() || is_mistrusted(&error);
    let error = ImportError::Download(DownloadError::Connection { problem });
    match is_permanent {
        true => AttemptFailure::Permanent(error),
        false => AttemptFailure::Temporary(error),
    }
}

/// True if the server's certificate is wrong.
fn is_mistrusted(error: &(dyn std::error::Error + 'static)) -> bool {
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return matches!(error, rustls::Error::InvalidCertificate(_));
    }
    // The content of an `io::Error` is not among its sources.
    let inside = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref);
    inside.is_some_and(|inside| is_mistrusted(inside)) || error.source().is_some_and(is_mistrusted)
}

/// The last cause, which is the most specific one.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
