//! Panics, on standard error.

use std::panic::PanicHookInfo;

use crate::console::message::t;
use crate::console::output::{say, stderr};

/// Prints panics through the queue: the default hook would block on a terminal that takes no output.
pub(crate) fn report_panics() {
    // Its thread starts now: where memory is scarce, there may be none for it later.
    let output = stderr();
    std::panic::set_hook(Box::new(move |panic| {
        say(&format!("webserver: {}\n", reason(panic)));
        // The end of the main thread is that of the program.
        if std::thread::current().name() == Some("main") {
            output.close();
        }
    }));
}

/// The reason for a panic. A thread refused by the system is not a bug.
fn reason(panic: &PanicHookInfo<'_>) -> String {
    let is_refused = |text: &str| {
        text.starts_with("failed to spawn thread") || text.starts_with("OS can't spawn worker")
    };
    match panic.payload_as_str().is_some_and(is_refused) {
        true => t!("serve.no_thread").into_owned(),
        false => panic.to_string(),
    }
}
