//! Failures of libraries in object storage.

use crate::console::describe::Describe;
use crate::console::format::size;
use crate::console::message::t;
use webserver::bucket::error::BucketError;
use webserver::language::Language;
use webserver::source::manifest::ManifestError;

impl Describe for BucketError {
    fn describe(&self, language: Language) -> String {
        let locale = language.tag();
        match self {
            Self::Address(error) => {
                t!("bucket.address", locale = locale, typed = error.typed)
            }
            Self::Settings { address, problem } => t!(
                "bucket.settings",
                locale = locale,
                address = address,
                problem = problem
            ),
            Self::Denied { object } => t!("bucket.denied", locale = locale, object = object),
            Self::Service { object, problem } => t!(
                "bucket.service",
                locale = locale,
                object = object,
                problem = problem
            ),
            Self::Unknown { slug } => t!("bucket.unknown", locale = locale, slug = slug),
            Self::Taken { slug } => t!("import.taken", locale = locale, slug = slug),
            Self::Changed { object } => t!("bucket.changed", locale = locale, object = object),
            Self::BeingPublished { slug } => {
                t!("replica.being_published", locale = locale, slug = slug)
            }
            Self::Refused { problem } => {
                t!("replica.refused", locale = locale, problem = problem)
            }
            Self::NotReady { ready, replicas } => t!(
                "replica.not_ready",
                locale = locale,
                ready = ready,
                replicas = replicas
            ),
            Self::Manifest { object, refused } => t!(
                "reject.archive",
                locale = locale,
                path = object,
                refused = refused.describe(language)
            ),
            Self::FileMissing { path } => t!("bucket.file_missing", locale = locale, path = path),
            Self::OtherBytes { path } => t!("bucket.other_bytes", locale = locale, path = path),
            Self::CacheTooSmall { bytes, most } => t!(
                "bucket.cache_too_small",
                locale = locale,
                bytes = size(*bytes),
                most = size(*most)
            ),
            Self::NoCache => t!("bucket.no_cache", locale = locale),
            Self::Cache { path, error } => t!(
                "import.write",
                locale = locale,
                path = path.display(),
                error = error.describe(language)
            ),
            Self::Unreadable(unreadable) => return unreadable.describe(language),
            Self::Cancelled => t!("import.interrupted", locale = locale),
        }
        .into_owned()
    }
}

impl Describe for ManifestError {
    fn describe(&self, language: Language) -> String {
        let locale = language.tag();
        match self {
            Self::TooLong { most } => t!("manifest.too_long", locale = locale, most = size(*most)),
            Self::Malformed { problem } => {
                t!("manifest.malformed", locale = locale, problem = problem)
            }
            Self::Version { version } => {
                t!("manifest.version", locale = locale, version = version)
            }
            Self::Path { path } => {
                t!("manifest.path", locale = locale, path = path.escape_debug())
            }
            Self::Hash { path } => {
                t!("manifest.hash", locale = locale, path = path.escape_debug())
            }
            Self::TooLarge => t!("manifest.too_large", locale = locale),
            Self::Entry { entry } => t!(
                "manifest.entry",
                locale = locale,
                entry = entry.escape_debug()
            ),
        }
        .into_owned()
    }
}
