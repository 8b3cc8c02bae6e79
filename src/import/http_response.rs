//! The head of a response to a download: whether its body is the whole file or the rest of it, and when to try again.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, DATE, ETAG, HeaderMap,
    HeaderName, HeaderValue, LAST_MODIFIED, RETRY_AFTER,
};

use crate::import::error::{DownloadError, ImportError};

/// A failed attempt to download.
#[derive(Debug)]
pub(crate) enum AttemptFailure {
    /// Another attempt can help.
    Temporary(ImportError),
    /// The server says that another attempt can help after this time.
    Busy { error: ImportError, wait: Duration },
    /// Another attempt cannot help.
    Permanent(ImportError),
}

/// A version of the file on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    /// A strong validator (RFC 9110, 8.8.1); without one, a download cannot be continued.
    pub validator: Option<HeaderValue>,
    /// The length in bytes.
    pub total: Option<u64>,
    /// True if the content coding is gzip.
    pub is_gzip: bool,
    /// True if the media type is HTML.
    pub is_html: bool,
}

/// The content of a response.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ResponseBody {
    /// The whole file.
    Whole(Version),
    /// The rest of the requested version.
    Rest(Version),
}

impl ResponseBody {
    /// Reads the head of a response to a request for the whole file or, if `requested` is given, for the bytes of that version
    /// from `length` on.
    ///
    /// # Errors
    /// When the response has neither.
    pub(crate) fn read(
        status: StatusCode,
        fields: &HeaderMap,
        requested: Option<&Version>,
        length: u64,
    ) -> Result<Self, AttemptFailure> {
        match (status, requested) {
            (StatusCode::PARTIAL_CONTENT, Some(version)) => rest(fields, version, length)
                .map(Self::Rest)
                .ok_or(AttemptFailure::Temporary(ImportError::Download(
                    DownloadError::Ranges,
                ))),
            (StatusCode::PARTIAL_CONTENT, None) => Err(AttemptFailure::Permanent(
                ImportError::Download(DownloadError::Ranges),
            )),
            (StatusCode::RANGE_NOT_SATISFIABLE, Some(_)) => Err(AttemptFailure::Temporary(
                ImportError::Download(DownloadError::Ranges),
            )),
            (status, _) if status.is_success() => {
                let version = Version::new(fields);
                let version = version.ok_or(AttemptFailure::Permanent(ImportError::NoArchive))?;
                Ok(Self::Whole(version))
            }
            (status, _) => {
                let error = ImportError::Download(DownloadError::Status { status });
                let is_temporary = status.is_server_error()
                    || [
                        StatusCode::REQUEST_TIMEOUT,
                        StatusCode::TOO_EARLY,
                        StatusCode::TOO_MANY_REQUESTS,
                    ]
                    .contains(&status);
                Err(match (is_temporary, retry_after(fields)) {
                    (true, Some(wait)) => AttemptFailure::Busy { error, wait },
                    (true, None) => AttemptFailure::Temporary(error),
                    (false, _) => AttemptFailure::Permanent(error),
                })
            }
        }
    }
}

impl Version {
    /// Reads the version from a response; `None` for a content coding that was not requested.
    fn new(fields: &HeaderMap) -> Option<Self> {
        let media_type = text(fields, &CONTENT_TYPE).unwrap_or_default();
        let coding = text(fields, &CONTENT_ENCODING).unwrap_or_default().trim();
        let is_gzip = ["gzip", "x-gzip"]
            .iter()
            .any(|gzip| coding.eq_ignore_ascii_case(gzip));
        if !is_gzip && !coding.is_empty() && !coding.eq_ignore_ascii_case("identity") {
            return None;
        }
        Some(Self {
            validator: validator(fields),
            total: text(fields, &CONTENT_LENGTH).and_then(|length| length.parse().ok()),
            is_gzip,
            is_html: media_type.to_ascii_lowercase().starts_with("text/html"),
        })
    }
}

/// Reads a strong validator (RFC 9110, 13.1.5): a strong entity tag, else a date that is strong (8.8.2.2).
fn validator(fields: &HeaderMap) -> Option<HeaderValue> {
    if let Some(tag) = fields.get(ETAG) {
        return (!tag.as_bytes().starts_with(b"W/")).then(|| tag.clone());
    }
    let time = |name| httpdate::parse_http_date(text(fields, name)?).ok();
    let is_strong = time(&LAST_MODIFIED)? < time(&DATE)?;
    fields.get(LAST_MODIFIED).filter(|_| is_strong).cloned()
}

/// Returns the version if the response is its rest from `length` on.
fn rest(fields: &HeaderMap, version: &Version, length: u64) -> Option<Version> {
    let (start, total) = content_range(text(fields, &CONTENT_RANGE)?)?;
    let is_same = fields.get(ETAG).is_none_or(|tag| match &version.validator {
        Some(validator) if validator.as_bytes().starts_with(b"\"") => tag == validator,
        _ => true,
    });
    let fits = match (total, version.total) {
        (Some(total), Some(before)) => total == before,
        _ => true,
    };
    (start == length && is_same && fits).then(|| Version {
        total: version.total.or(total),
        ..version.clone()
    })
}

/// Parses `Content-Range` (RFC 9110, 14.4): the first byte, and the length of the whole.
fn content_range(field: &str) -> Option<(u64, Option<u64>)> {
    let (range, total) = field.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
    let total = match total {
        "*" => None,
        total => Some(total.parse().ok()?),
    };
    // Anything but the rest leaves a hole.
    let is_rest = total.is_none_or(|total: u64| last.checked_add(1) == Some(total));
    (first <= last && is_rest).then_some((first, total))
}

/// Reads `Retry-After` (RFC 9110, 10.2.3): seconds, or a date, which is compared with the server's own clock.
pub(crate) fn retry_after(fields: &HeaderMap) -> Option<Duration> {
    let field = fields.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = field.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let time = httpdate::parse_http_date(field).ok()?;
    let now = fields.get(DATE).and_then(|date| date.to_str().ok());
    let now = now.and_then(|date| httpdate::parse_http_date(date).ok());
    let now = now.unwrap_or_else(std::time::SystemTime::now);
    Some(time.duration_since(now).unwrap_or_default())
}

fn text<'a>(fields: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    fields.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let field = |(name, value): &(&'static str, &'static str)| {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            (HeaderName::from_static(name), value)
        };
        lines.iter().map(field).collect()
    }

    #[test]
    fn the_time_to_wait_is_read() {
        let noon = "Fri, 20 Nov 2026 12:00:00 GMT";
        let later = "Fri, 20 Nov 2026 12:01:30 GMT";
        for (lines, expected) in [
            (&[("retry-after", "120")][..], Some(120)),
            (&[("retry-after", " 6 ")], Some(6)),
            (&[("retry-after", later), ("date", noon)], Some(90)),
            (&[("retry-after", noon), ("date", later)], Some(0)),
            (&[("retry-after", "soon")], None),
            (&[("retry-after", "-1")], None),
            (&[], None),
        ] {
            let expected = expected.map(Duration::from_secs);
            assert_eq!(retry_after(&fields(lines)), expected, "{lines:?}");
        }
    }

    #[test]
    fn only_strong_validators_are_used() {
        let later = "Fri, 20 Nov 2026 12:00:01 GMT";
        let noon = "Fri, 20 Nov 2026 12:00:00 GMT";
        for (lines, expected) in [
            (&[("etag", "\"a\"")][..], Some("\"a\"")),
            (&[("etag", "W/\"a\"")], None),
            (
                &[
                    ("etag", "W/\"a\""),
                    ("last-modified", noon),
                    ("date", later),
                ],
                None,
            ),
            (&[("last-modified", noon), ("date", later)], Some(noon)),
            (&[("last-modified", noon), ("date", noon)], None),
            (&[("last-modified", noon)], None),
            (&[("last-modified", "yesterday"), ("date", later)], None),
            (&[], None),
        ] {
            let found = validator(&fields(lines));
            let found = found.as_ref().map(|value| value.to_str().unwrap());
            assert_eq!(found, expected, "{lines:?}");
        }
    }

    #[test]
    fn a_part_must_be_the_rest_of_the_same_version() {
        let version = Version {
            validator: Some(HeaderValue::from_static("\"a\"")),
            total: Some(100),
            is_gzip: false,
            is_html: false,
        };
        for (range, tag, fits) in [
            ("bytes 40-99/100", "\"a\"", true),
            ("bytes 40-99/*", "\"a\"", true),
            ("bytes 40-98/100", "\"a\"", false),
            ("bytes 39-99/100", "\"a\"", false),
            ("bytes 40-109/110", "\"a\"", false),
            ("bytes 40-99/100", "\"b\"", false),
            ("bytes 40-39/100", "\"a\"", false),
            ("bytes */100", "\"a\"", false),
            ("lines 40-99/100", "\"a\"", false),
            (
                "bytes 40-18446744073709551615/18446744073709551615",
                "\"a\"",
                false,
            ),
            ("", "\"a\"", false),
        ] {
            let fields = fields(&[("content-range", range), ("etag", tag)]);
            let body = ResponseBody::read(StatusCode::PARTIAL_CONTENT, &fields, Some(&version), 40);
            assert_eq!(body.is_ok(), fits, "{range} {tag}");
        }
    }
}
