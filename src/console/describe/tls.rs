//! Certificates that cannot be made or used.

use crate::console::describe::Describe;
use crate::console::message::t;
use webserver::language::Language;
use webserver::tls::error::TlsError;

impl Describe for TlsError {
    fn describe(&self, language: Language) -> String {
        let locale = language.tag();
        match self {
            Self::File { file, error } => t!(
                "tls.file",
                locale = locale,
                file = file.display(),
                error = error
            ),
            Self::NotPem { file } => t!("tls.not_pem", locale = locale, file = file.display()),
            Self::Encrypted { file } => {
                t!("tls.encrypted", locale = locale, file = file.display())
            }
            Self::Unusable(error) => t!("tls.unusable", locale = locale, error = error),
            Self::NotMade(error) => t!("tls.not_made", locale = locale, error = error),
            Self::NoFolder => t!("tls.no_folder", locale = locale),
        }
        .into_owned()
    }
}
