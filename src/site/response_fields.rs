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

#[cfg(test)]
mod tests {
    use super::*;

    type Fields<'a> = &'a [(&'static str, &'static str)];

    #[test]
    fn a_configured_field_wins_over_the_authors_and_those_that_isolate() {
        let fields = |fields: Fields| -> Vec<_> {
            let fields = fields.iter().map(|&(name, value)| {
                let value = HeaderValue::from_static(value);
                (HeaderName::from_static(name), value)
            });
            fields.collect()
        };
        const OPENER: &str = "cross-origin-opener-policy";
        const EMBEDDER: &str = "cross-origin-embedder-policy";
        const RESOURCE: &str = "cross-origin-resource-policy";
        for (isolation, of_author, configured, expected) in [
            (Isolation::Off, &[][..], &[][..], &[][..]),
            (
                Isolation::RequireCorp,
                &[],
                &[],
                &[
                    (OPENER, "same-origin"),
                    (EMBEDDER, "require-corp"),
                    (RESOURCE, "cross-origin"),
                ],
            ),
            (
                Isolation::Credentialless,
                &[("x-a", "author"), ("x-b", "author")],
                &[(EMBEDDER, "unsafe-none"), ("x-b", "host")],
                &[
                    (OPENER, "same-origin"),
                    (RESOURCE, "cross-origin"),
                    ("x-a", "author"),
                    (EMBEDDER, "unsafe-none"),
                    ("x-b", "host"),
                ],
            ),
        ] {
            let overrides = Overrides {
                headers: fields(configured),
                ..Overrides::default()
            };
            let found = response_fields(isolation, &fields(of_author), &overrides);
            assert_eq!(found, fields(expected), "{isolation:?}");
        }
    }
}
