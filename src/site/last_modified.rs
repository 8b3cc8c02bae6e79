//! The publication date of a site.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderValue;

/// The publication date, which is `Last-Modified` of all assets (RFC 9110, 8.8.2). The files' own dates do not work: two
/// games may have files of the same name and date.
///
/// The creator guarantees that no other site was published in the same second or later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastModified {
    time: SystemTime,
    value: HeaderValue,
}

impl LastModified {
    /// A date from seconds since 1970; `None` past the year 9999.
    pub fn from_unix_seconds(seconds: u64) -> Option<Self> {
        let year_10000 = 253_402_300_800;
        let time = UNIX_EPOCH.checked_add(Duration::from_secs(seconds))?;
        (seconds < year_10000).then(|| {
            let date = httpdate::fmt_http_date(time);
            let value = HeaderValue::from_str(&date).ok()?;
            Some(Self { time, value })
        })?
    }

    /// The date, to compare with.
    pub fn time(&self) -> SystemTime {
        self.time
    }

    /// The value of `Last-Modified`.
    pub fn value(&self) -> &HeaderValue {
        &self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_formatted_as_in_the_rfc() {
        // RFC 9110, 5.6.7.
        let date = LastModified::from_unix_seconds(784_111_777).unwrap();
        assert_eq!(date.value(), "Sun, 06 Nov 1994 08:49:37 GMT");
        let last = LastModified::from_unix_seconds(253_402_300_799).unwrap();
        assert_eq!(last.value(), "Fri, 31 Dec 9999 23:59:59 GMT");
        for seconds in [253_402_300_800, u64::MAX] {
            assert_eq!(LastModified::from_unix_seconds(seconds), None);
        }
    }
}
