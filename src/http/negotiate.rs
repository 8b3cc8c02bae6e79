//! Content negotiation by `Accept-Encoding` (RFC 9110, 12.5.3).

use http::{HeaderMap, HeaderValue, header};

use crate::compression::coding::Coding;
use crate::site::representation::Representation;

/// A weight in thousandths (RFC 9110, 12.4.2).
type QualityValue = u16;

/// The representation of the highest weight, the shortest among equals; `None` when all are refused. A difference from
/// the version that the client has competes, if the client decodes differences.
pub(crate) fn choose<'a>(
    representations: &'a [Representation],
    difference: Option<&'a Representation>,
    fields: &HeaderMap,
) -> Option<&'a Representation> {
    let mut accepted = fields.get_all(header::ACCEPT_ENCODING).iter().peekable();
    if accepted.peek().is_none() {
        return representations.first();
    }
    let accepted = AcceptedCodings::parse(accepted);
    let difference = difference.map(|difference| (accepted.difference.unwrap_or(0), difference));
    representations
        .iter()
        .map(|representation| (accepted.weight(representation.coding), representation))
        .chain(difference)
        .filter(|(weight, _)| *weight > 0)
        .max_by_key(|(weight, representation)| {
            (*weight, std::cmp::Reverse(representation.content.len()))
        })
        .map(|(_, representation)| representation)
}

/// The weights of a request's codings.
#[derive(Debug, Default)]
struct AcceptedCodings {
    identity: Option<QualityValue>,
    gzip: Option<QualityValue>,
    brotli: Option<QualityValue>,
    zstd: Option<QualityValue>,
    /// `dcz` (RFC 9842, 5). `*` does not stand for it.
    difference: Option<QualityValue>,
    /// `*`.
    any: Option<QualityValue>,
}

impl AcceptedCodings {
    fn parse<'a>(values: impl Iterator<Item = &'a HeaderValue>) -> Self {
        let mut accepted = Self::default();
        for item in values.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')) {
            let mut parts = item.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
            let coding = parts.next().unwrap_or_default();
            let weight = parts.next().map_or(Some(1000), weight);
            let slot = match coding {
                name if name.eq_ignore_ascii_case(b"identity") => &mut accepted.identity,
                name if name.eq_ignore_ascii_case(b"gzip") => &mut accepted.gzip,
                name if name.eq_ignore_ascii_case(b"x-gzip") => &mut accepted.gzip,
                name if name.eq_ignore_ascii_case(b"br") => &mut accepted.brotli,
                name if name.eq_ignore_ascii_case(b"zstd") => &mut accepted.zstd,
                name if name.eq_ignore_ascii_case(b"dcz") => &mut accepted.difference,
                b"*" => &mut accepted.any,
                _ => continue,
            };
            // A malformed weight is ignored.
            if weight.is_some() {
                *slot = weight;
            }
        }
        accepted
    }

    fn weight(&self, coding: Coding) -> QualityValue {
        let weight = match coding {
            Coding::Identity => self.identity,
            Coding::Gzip => self.gzip,
            Coding::Brotli => self.brotli,
            Coding::Zstd => self.zstd,
        };
        match (weight.or(self.any), coding) {
            (Some(weight), _) => weight,
            // Identity is acceptable unless refused, but any requested coding comes first.
            (None, Coding::Identity) => 1,
            (None, _) => 0,
        }
    }
}

fn weight(parameter: &[u8]) -> Option<QualityValue> {
    let (name, value) = parameter.split_at_checked(2)?;
    if !name.eq_ignore_ascii_case(b"q=") {
        return None;
    }
    let (whole, fraction) = value.split_first()?;
    let fraction = match fraction {
        [] => &[],
        [b'.', digits @ ..] if digits.len() <= 3 => digits,
        _ => return None,
    };
    let thousandths = fraction.iter().try_fold((0, 100), |(sum, unit), digit| {
        digit
            .is_ascii_digit()
            .then(|| (sum + QualityValue::from(digit - b'0') * unit, unit / 10))
    })?;
    match (whole, thousandths.0) {
        (b'0', thousandths) => Some(thousandths),
        (b'1', 0) => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::content::Content;
    use crate::site::etag::EntityTag;

    fn representations() -> Vec<Representation> {
        // Typical lengths: br is shortest, then zstd, then gzip.
        [
            (Coding::Identity, 9),
            (Coding::Gzip, 5),
            (Coding::Brotli, 3),
            (Coding::Zstd, 4),
        ]
        .map(|(coding, length)| {
            let media_type = HeaderValue::from_static("text/plain");
            let content = Content::Memory(vec![b'x'; length].into());
            Representation::new(coding, media_type, EntityTag::from_content(b""), content)
        })
        .into()
    }

    #[test]
    fn choose_takes_the_highest_weight_and_the_shortest_among_equals() {
        for (accepted, expected) in [
            (None, Some(Coding::Identity)),
            (Some(""), Some(Coding::Identity)),
            (Some("gzip, deflate"), Some(Coding::Gzip)),
            (Some("gzip, deflate, br, zstd"), Some(Coding::Brotli)),
            (Some("gzip;q=1.0, br;q=0.5"), Some(Coding::Gzip)),
            (Some("br;q=0, gzip"), Some(Coding::Gzip)),
            (Some("GZIP"), Some(Coding::Gzip)),
            (Some("x-gzip"), Some(Coding::Gzip)),
            (Some("*"), Some(Coding::Brotli)),
            (Some("*;q=0"), None),
            (Some("*;q=0, identity"), Some(Coding::Identity)),
            (Some("identity;q=0"), None),
            (Some("identity;q=0, zstd;q=0.001"), Some(Coding::Zstd)),
            (Some("identity, gzip;q=0.5"), Some(Coding::Identity)),
            (Some("deflate"), Some(Coding::Identity)),
            (Some("br;q=0.5;x=1 , zstd ; q=0.6"), Some(Coding::Zstd)),
            (Some("gzip;q=2, br;q=x"), Some(Coding::Identity)),
            (Some(",,gzip,"), Some(Coding::Gzip)),
        ] {
            let mut fields = HeaderMap::new();
            if let Some(accepted) = accepted {
                fields.insert(header::ACCEPT_ENCODING, accepted.parse().unwrap());
            }
            let representations = representations();
            let chosen = choose(&representations, None, &fields).map(|chosen| chosen.coding);
            assert_eq!(chosen, expected, "{accepted:?}");
        }
    }

    #[test]
    fn a_difference_is_chosen_where_dcz_is_accepted_and_nothing_shorter_or_liked_better() {
        for (accepted, length, expected) in [
            (Some("gzip, deflate, br, zstd, dcb, dcz"), 1, true),
            (Some("gzip, deflate, br, zstd, dcb, DCZ;q=1.0"), 1, true),
            (Some("gzip, deflate, br, zstd, dcb, dcz"), 4, false),
            (Some("gzip, deflate, br, zstd, dcb"), 1, false),
            (Some("br, dcz;q=0.9"), 1, false),
            (Some("br, dcz;q=0"), 1, false),
            (Some("dcz"), 1, true),
            (Some("*"), 1, false),
            (Some("identity;q=0, dcz"), 1, true),
            (None, 1, false),
        ] {
            let mut fields = HeaderMap::new();
            if let Some(accepted) = accepted {
                fields.insert(header::ACCEPT_ENCODING, accepted.parse().unwrap());
            }
            let representations = representations();
            let content = Content::Memory(vec![b'x'; length].into());
            let tag = EntityTag::from_content(b"difference");
            let media_type = HeaderValue::from_static("text/plain");
            let difference = Representation::new(Coding::Zstd, media_type, tag, content);
            let chosen = choose(&representations, Some(&difference), &fields);
            let is_difference = chosen.is_some_and(|chosen| std::ptr::eq(chosen, &difference));
            assert_eq!(is_difference, expected, "{accepted:?} {length}");
        }
    }

    #[test]
    fn a_weight_has_at_most_three_decimals_and_is_at_most_one() {
        for (parameter, expected) in [
            ("q=1", Some(1000)),
            ("Q=0.5", Some(500)),
            ("q=0.001", Some(1)),
            ("q=0.", Some(0)),
            ("q=1.000", Some(1000)),
            ("q=1.001", None),
            ("q=0.0001", None),
            ("q=", None),
            ("q", None),
            ("v=1", None),
            ("q=-1", None),
        ] {
            assert_eq!(weight(parameter.as_bytes()), expected, "{parameter}");
        }
    }
}
