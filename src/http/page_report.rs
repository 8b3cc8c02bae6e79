//! Errors of players' pages, which the script of a live site reports for the host's log.

use std::net::IpAddr;

use bytes::{Buf, BufMut};
use http::{HeaderMap, Method, Request, header};
use serde::Deserialize;

use crate::http::live_reload;
use crate::metrics::page_reports::{PageReports, ReportAdmission};
use crate::site::Site;
use crate::site::path::AssetPath;

/// The largest report, in bytes.
pub(crate) const MAX_REPORT: u64 = 8 * 1024;

/// The content of a report that arrives.
#[derive(Debug)]
pub(crate) struct ReportContent {
    client: IpAddr,
    reports: &'static PageReports,
    bytes: Vec<u8>,
}

/// The report of a page, as JSON.
#[derive(Debug, Deserialize)]
struct ReportedError {
    kind: ReportedKind,
    message: String,
    #[serde(default)]
    file: String,
    #[serde(default)]
    line: u64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ReportedKind {
    /// An exception that nothing caught.
    Exception,
    /// A promise whose rejection nothing handled.
    Rejection,
    /// `console.error`.
    Console,
}

impl ReportedKind {
    fn token(self) -> &'static str {
        match self {
            Self::Exception => "exception",
            Self::Rejection => "rejection",
            Self::Console => "console.error",
        }
    }
}

/// True if a request is a report to a live site. Only a page of this origin can send JSON: browsers ask before they let
/// another site's page do that (Fetch, CORS-preflight), and get no permission.
pub(crate) fn is_report<B>(site: &Site, request: &Request<B>) -> bool {
    let path = AssetPath::parse(request.uri().path());
    request.method() == Method::POST
        && path.is_ok_and(|path| live_reload::is_console(site, &path))
        && is_json(request.headers())
}

fn is_json(fields: &HeaderMap) -> bool {
    let content_type = fields.get(header::CONTENT_TYPE);
    content_type.is_some_and(|content_type| content_type == "application/json")
}

impl ReportContent {
    /// An empty report of this client, to be counted in `reports`.
    pub(crate) fn new(client: IpAddr, reports: &'static PageReports) -> Self {
        Self {
            client,
            reports,
            bytes: Vec::new(),
        }
    }

    /// Takes a part of the content; the caller limits it.
    pub(crate) fn add(&mut self, data: &impl Buf) {
        self.bytes.put(data.chunk());
    }

    /// Logs the report, within the limits of the client and of all. Returns false if it is malformed.
    pub(crate) fn log(&self) -> bool {
        let Ok(error) = serde_json::from_slice::<ReportedError>(&self.bytes) else {
            return false;
        };
        if let ReportAdmission::Admitted { dropped } = self.reports.admit(self.client) {
            if dropped > 0 {
                tracing::warn!(event = "page_errors_dropped", dropped);
            }
            let place = match error.line {
                0 => error.file.clone(),
                line => format!("{}:{line}", error.file),
            };
            tracing::warn!(
                event = "page_error",
                client = %self.client,
                kind = error.kind.token(),
                file = error.file,
                line = error.line,
                place,
                message = error.message
            );
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::counters::Counters;

    #[test]
    fn reports_are_well_formed_or_refused() {
        for (content, expected) in [
            (
                r#"{"kind":"exception","message":"m","file":"a.js","line":3}"#,
                true,
            ),
            (r#"{"kind":"console","message":"m"}"#, true),
            (r#"{"kind":"rejection","message":""}"#, true),
            (r#"{"kind":"other","message":"m"}"#, false),
            (r#"{"kind":"exception","message":1}"#, false),
            (r#"{"kind":"exception","message":"m","line":-1}"#, false),
            ("", false),
            ("\u{0}", false),
        ] {
            let client = IpAddr::from([127, 0, 0, 1]);
            let mut report = ReportContent::new(client, &Counters::start().page_reports);
            report.add(&content.as_bytes());
            assert_eq!(report.log(), expected, "{content}");
        }
    }

    #[test]
    fn each_kind_of_report_has_its_name_in_the_log() {
        for (kind, expected) in [
            ("exception", "exception"),
            ("rejection", "rejection"),
            ("console", "console.error"),
        ] {
            let content = format!(r#"{{"kind":"{kind}","message":"m"}}"#);
            let error: ReportedError = serde_json::from_str(&content).unwrap();
            assert_eq!(error.kind.token(), expected);
        }
    }
}
