//! Compressed files left behind by an earlier export.

use std::collections::HashSet;

use bytes::Bytes;

use crate::check::finding::{Finding, Problem, Severity};
use crate::compression::coding::Coding;
use crate::library::profile::Profile;
use crate::source::Source;

/// Larger files are not compared.
const MAX_LENGTH: u64 = 64 << 20;

/// The compressed files that do not decompress to the file beside them.
pub(crate) fn find_stale_siblings(
    source: &Source,
    profile: &Profile,
    names: &[String],
) -> Vec<Finding> {
    let names: HashSet<&str> = names.iter().map(String::as_str).collect();
    let mut findings = Vec::new();
    for (sibling, encoded) in &profile.encoded {
        let name = &encoded.inner;
        if names.contains(name.as_str()) && is_stale(source, sibling, name, encoded.coding) {
            findings.push(Finding {
                severity: Severity::Error,
                file: Some(sibling.clone()),
                line: None,
                problem: Problem::Stale { name: name.clone() },
            });
        }
    }
    findings
}

fn is_stale(source: &Source, sibling: &str, name: &str, coding: Coding) -> bool {
    let (coded, plain) = (
        source.head(sibling, MAX_LENGTH),
        source.head(name, MAX_LENGTH),
    );
    let is_cut_off = |content: &Bytes| content.len() as u64 == MAX_LENGTH;
    !is_cut_off(&coded) && !is_cut_off(&plain) && !coding.decodes_to(&coded, &plain)
}
