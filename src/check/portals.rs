//! Limits of game portals.

use crate::check::finding::{Finding, Measure, Problem, Severity};
use crate::check::size::Size;

/// The portals' limits, from their pages for developers. A megabyte is 1,000,000 bytes.
const PORTALS: &[(&str, Measure, u64)] = &[
    ("itch.io", Measure::Files, 1000),
    ("CrazyGames", Measure::Files, 1500),
    ("CrazyGames", Measure::Bytes, 250_000_000),
    ("CrazyGames", Measure::FirstLoad, 50_000_000),
    ("YouTube Playables", Measure::FirstLoad, 30 << 20),
    ("YouTube Playables", Measure::File, 30 << 20),
];

/// Compares an export with the limits of each portal.
pub(crate) fn check_portals(
    all: Size,
    first_load: Size,
    largest: Option<&(String, u64)>,
) -> Vec<Finding> {
    let finding = |(portal, measure, most): &(&'static str, Measure, u64)| {
        let (is, file) = match measure {
            Measure::Files => (all.files, None),
            Measure::Bytes => (all.bytes, None),
            Measure::FirstLoad => (first_load.bytes, None),
            Measure::File => (largest.map_or(0, |(_, length)| *length), largest),
        };
        (is > *most).then(|| Finding {
            severity: Severity::Warning,
            file: file.map(|(name, _)| name.clone()),
            line: None,
            problem: Problem::Portal {
                portal,
                measure: *measure,
                is,
                most: *most,
            },
        })
    };
    PORTALS.iter().filter_map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_at_a_portals_limit_passes_and_one_above_is_found() {
        let mut size = Size::default();
        size.add(30 << 20, 1);
        let largest = ("a".to_owned(), 30 << 20);
        assert_eq!(check_portals(size, size, Some(&largest)), []);
        size.files = 1500;
        size.bytes = 250_000_000;
        let found = |all, first, largest: &(String, u64)| -> Vec<_> {
            check_portals(all, first, Some(largest))
                .into_iter()
                .map(|finding| match finding.problem {
                    Problem::Portal {
                        portal, measure, ..
                    } => (portal, measure),
                    other => panic!("{other:?}"),
                })
                .collect()
        };
        assert_eq!(
            found(size, Size::default(), &largest),
            [("itch.io", Measure::Files)]
        );
        size.files += 1;
        size.bytes += 1;
        let largest = ("a".to_owned(), (30 << 20) + 1);
        assert_eq!(found(size, size, &largest).len(), PORTALS.len());
    }
}
