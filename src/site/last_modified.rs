//! When a site was put on the air.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderValue;

/// The date that all of a site's resources were last modified: that of its publication (RFC 9110, 8.8.2).
///
/// A file's own date would not do: two games may have a file of the same name and date. Whoever makes one of these
/// vouches that no other site had the same second or a later one; who cannot, makes none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastModified {
    time: SystemTime,
    value: HeaderValue,
}

impl LastModified {
    /// The date of a number of seconds since 1970; `None` past the year 9999.
    pub fn from_unix_seconds(seconds: u64) -> Option<Self> {
        let year_10000 = 253_402_300_800;
        let time = UNIX_EPOCH.checked_add(Duration::from_secs(seconds))?;
        (seconds < year_10000).then(|| {
            let date = httpdate::fmt_http_date(time);
            let value = HeaderValue::from_str(&date).ok()?;
            Some(Self { time, value })
        })?
    }

    /// To compare with.
    pub fn time(&self) -> SystemTime {
        self.time
    }

    /// `Last-Modified`.
    pub fn value(&self) -> &HeaderValue {
        &self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_as_the_rfc_writes_it() {
        // RFC 9110, 5.6.7.
        let date = LastModified::from_unix_seconds(784_111_777).unwrap();
        assert_eq!(date.value(), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(LastModified::from_unix_seconds(u64::MAX), None);
    }
}
