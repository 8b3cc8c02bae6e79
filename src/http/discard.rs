//! The content of requests: it is refused, or read and dropped; only the reports of pages are kept.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use http::{HeaderMap, header};
use http_body::Body;

use crate::http::outcome::Outcome;
use crate::http::page_report::{MAX_REPORT, ReportContent};

/// The treatment of a request's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Treatment {
    /// Read and drop it, then answer, so that the connection can be used again.
    Discard,
    /// Answer at once and close the connection: the client awaits `100 Continue` and gets an error instead (RFC 9110,
    /// 10.1.1), or nothing on the connection can be trusted.
    LeaveUnread,
    /// Read a page's report, and log it.
    Report,
    /// Answer 413 and close the connection.
    TooLarge,
}

/// Chooses the treatment of content by the request's fields and its outcome.
pub(crate) fn treatment(fields: &HeaderMap, outcome: &Outcome<'_>, limit: u64) -> Treatment {
    let length = fields.get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let is_report = matches!(outcome, Outcome::PageReport);
    let limit = match is_report {
        true => limit.min(MAX_REPORT),
        false => limit,
    };
    if outcome.closes() {
        Treatment::LeaveUnread
    } else if length.is_some_and(|length| length > limit) {
        Treatment::TooLarge
    } else if outcome.is_error() && fields.contains_key(header::EXPECT) {
        Treatment::LeaveUnread
    } else if is_report {
        Treatment::Report
    } else {
        Treatment::Discard
    }
}

/// The content of a request while it is read and dropped.
#[derive(Debug)]
pub(crate) struct Discarding<B> {
    content: B,
    dropped: u64,
    limit: u64,
    report: Option<ReportContent>,
}

/// The end of discarding content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Discarded {
    Whole,
    /// The content is larger than the limit.
    TooLarge,
    /// The content broke off, its chunks are malformed (RFC 9112, 7.1), or it is not a report.
    Malformed,
}

impl<B: Body + Unpin> Discarding<B> {
    pub(crate) fn new(content: B, limit: u64) -> Self {
        Self {
            content,
            dropped: 0,
            limit,
            report: None,
        }
    }

    /// Content that is a page's report.
    pub(crate) fn reporting(content: B, limit: u64, report: ReportContent) -> Self {
        Self {
            report: Some(report),
            ..Self::new(content, limit.min(MAX_REPORT))
        }
    }

    /// Drops the content that has arrived; ready at its end or beyond the limit.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Discarded> {
        while let Some(frame) = ready!(Pin::new(&mut self.content).poll_frame(context)) {
            let Ok(frame) = frame else {
                return Poll::Ready(Discarded::Malformed);
            };
            let data = frame.data_ref();
            self.dropped += data.map_or(0, |data| data.remaining() as u64);
            if self.dropped > self.limit {
                return Poll::Ready(Discarded::TooLarge);
            }
            if let (Some(report), Some(data)) = (&mut self.report, data) {
                report.add(data);
            }
        }
        Poll::Ready(match &self.report {
            Some(report) if !report.log() => Discarded::Malformed,
            _ => Discarded::Whole,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::StatusCode;
    use http_body_util::Full;

    fn fields(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        lines
            .iter()
            .map(|(name, value)| {
                let name = header::HeaderName::from_static(name);
                (name, header::HeaderValue::from_static(value))
            })
            .collect()
    }

    #[test]
    fn content_is_refused_when_too_large_or_when_an_error_answers_an_expectation() {
        let expect = ("expect", "100-continue");
        let refused = || Outcome::Refused(StatusCode::BAD_REQUEST);
        for (lines, outcome, expected) in [
            (&[][..], Outcome::Options, Treatment::Discard),
            (
                &[("content-length", "10")],
                Outcome::Options,
                Treatment::Discard,
            ),
            (
                &[("content-length", "11")],
                Outcome::Options,
                Treatment::TooLarge,
            ),
            (
                &[("content-length", "x")],
                Outcome::Options,
                Treatment::Discard,
            ),
            (&[expect], Outcome::Options, Treatment::Discard),
            (&[expect], Outcome::MethodNotAllowed, Treatment::LeaveUnread),
            (&[], Outcome::MethodNotAllowed, Treatment::Discard),
            (
                &[("content-length", "11")],
                refused(),
                Treatment::LeaveUnread,
            ),
        ] {
            assert_eq!(
                treatment(&fields(lines), &outcome, 10),
                expected,
                "{lines:?}"
            );
        }
    }

    #[test]
    fn discarding_ends_at_the_end_of_the_content_or_beyond_the_limit() {
        for (length, expected) in [(10, Discarded::Whole), (11, Discarded::TooLarge)] {
            let content = Full::new(Bytes::from(vec![0; length]));
            let mut context = Context::from_waker(std::task::Waker::noop());
            let polled = Discarding::new(content, 10).poll(&mut context);
            assert_eq!(polled, Poll::Ready(expected));
        }
    }
}
