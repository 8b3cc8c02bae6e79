//! `webserver ca`: this machine's certificate authority.

use std::path::Path;

use jiff::Timestamp;

use crate::commands::qr::write;
use crate::console::describe::Describe;
use crate::console::failure::{Exit, Failure};
use crate::console::message::t;
use crate::console::stdout;
use webserver::tls::authority::{Authority, folder};
use webserver::tls::error::TlsError;

/// Shows, exports or removes the authority. Only exporting creates one.
///
/// # Errors
/// If there is none, or a file cannot be read or written.
pub(super) fn run(export: Option<&Path>, remove: bool) -> Result<Exit, Failure> {
    let failed = |error: TlsError| Failure::failed(error.text());
    let folder = folder().map_err(failed)?;
    if remove {
        return match Authority::remove(&folder).map_err(failed)? {
            true => stdout::print_text(&format!("{}\n", t!("ca.removed"))),
            false => Err(Failure::failed(t!("ca.none"))),
        };
    }
    if let Some(file) = export {
        let authority = Authority::find_or_make(&folder).map_err(failed)?;
        write(file, authority.certificate.as_bytes())?;
        let exported = t!("ca.exported", file = file.display());
        return stdout::print_text(&format!("{exported}\n"));
    }
    let Some(authority) = Authority::find(&folder).map_err(failed)? else {
        return Err(Failure::failed(t!("ca.none")));
    };
    let until = Timestamp::from_second(authority.expires).unwrap_or_default();
    let shown = t!(
        "ca.shown",
        name = authority.name,
        until = until.strftime("%Y-%m-%d"),
        fingerprint = authority.fingerprint(),
        folder = folder.display()
    );
    stdout::print_text(&format!("{shown}\n"))
}
