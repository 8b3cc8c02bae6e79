//! The fields of every response of a site.

use http::{HeaderName, HeaderValue};

use crate::detect::isolation_mode::Isolation;
use crate::library::entry::Overrides;

/// The fields that isolate the page, its workers and its modules from other origins, those of the export's author, and the
/// configured ones, which win.
pub(crate) fn response_fields(
    isolation: Isolation,
    of_author: &[(HeaderName, HeaderValue)],
    overrides: &Overrides,
) -> Vec<(HeaderName, HeaderValue)> {
    let embedder = match isolation {
        Isolation::Off => None,
        Isolation::RequireCorp | Isolation::Credentialless => Some(isolation.token()),
    };
    let isolation = embedder.into_iter().flat_map(|embedder| {
        [
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-embedder-policy", embedder),
            ("cross-origin-resource-policy", "cross-origin"),
        ]
    });
    let isolation = isolation
        .map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        })
        .chain(of_author.iter().cloned())
        .filter(|(name, _)| overrides.headers.iter().all(|(other, _)| other != name));
    isolation.chain(overrides.headers.iter().cloned()).collect()
}
