//! Numbers for people.

use crate::console::message::t;

/// A number of bytes: `512 B`, `12.3 kB`, `4.5 MB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut units = UNITS.iter();
    let mut unit = units.next();
    while value >= 999.95 {
        let Some(larger) = units.next() else { break };
        value /= 1000.0;
        unit = Some(larger);
    }
    format!("{value:.1} {}", unit.unwrap_or(&"B"))
}

/// `0.4`, `12`: a decimal only where it matters.
pub(crate) fn rate(rate: f64) -> String {
    match rate {
        0.05..9.95 => format!("{rate:.1}"),
        _ => format!("{rate:.0}"),
    }
}

/// A number of seconds: `42 s`, `3 min`, `2 h 05 min`.
pub(crate) fn duration(seconds: u64) -> String {
    match (seconds / 3600, seconds / 60 % 60) {
        (0, 0) => t!("time.seconds", n = seconds).into_owned(),
        (0, minutes) => t!("time.minutes", n = minutes).into_owned(),
        (hours, minutes) => t!("time.hours", h = hours, m = format!("{minutes:02}")).into_owned(),
    }
}

/// The first of some names.
pub(crate) fn some_of(names: &[String]) -> String {
    const MOST: usize = 3;
    let more = if names.len() > MOST { ", …" } else { "" };
    let first: Vec<_> = names.iter().take(MOST).map(String::as_str).collect();
    format!("{}{more}", first.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_one_unit_and_at_most_one_digit_behind_the_point() {
        for (bytes, expected) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (12_345, "12.3 kB"),
            (999_949, "999.9 kB"),
            (999_950, "1.0 MB"),
            (u64::MAX, "18446744.1 TB"),
        ] {
            assert_eq!(size(bytes), expected);
        }
    }

    #[test]
    fn rates_and_durations_are_rounded() {
        for (value, expected) in [(0.0, "0"), (0.26, "0.3"), (9.96, "10"), (1234.4, "1234")] {
            assert_eq!(rate(value), expected);
        }
        for (seconds, expected) in [(5, "5 s"), (65, "1 min"), (7500, "2 h 05 min")] {
            assert_eq!(duration(seconds), expected);
        }
    }
}
