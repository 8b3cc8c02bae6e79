//! Ports that cannot be listened on.

use crate::console::describe::Describe;
use crate::console::message::t;
use webserver::language::Language;
use webserver::server::listener::BindError;

impl Describe for BindError {
    fn describe(&self, language: Language) -> String {
        let locale = language.tag();
        match self {
            Self::InUse { port, .. } => t!("bind.in_use", locale = locale, port = port),
            Self::Denied { port } => t!("bind.denied", locale = locale, port = port),
            Self::Other { address, error } => t!(
                "bind.other",
                locale = locale,
                address = address,
                error = error
            ),
        }
        .into_owned()
    }
}
