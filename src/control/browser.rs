//! The host's browser.

use std::process::Stdio;

/// Opens an address in the browser, on a thread of its own: a launcher may run as long as the browser.
pub(crate) fn open_in_background(address: String) {
    let starting = address.clone();
    let started = std::thread::Builder::new().spawn(move || {
        if !start(&starting) {
            tracing::warn!(event = "no_browser", address = starting);
        }
    });
    if started.is_err() {
        tracing::warn!(event = "no_browser", address);
    }
}

/// Runs the system's launchers until one succeeds.
fn start(address: &str) -> bool {
    open::commands(address).into_iter().any(|mut launcher| {
        launcher
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    })
}
