//! Compressed files that cannot be decoded for players, or become too large.

use std::collections::HashSet;
use std::io::{self, sink};

use crate::check::finding::{Finding, Problem, Severity};
use crate::compression::decode::Decoder;
use crate::detect::precompressed::Inflater;
use crate::fs::budget::GameBudget;
use crate::library::profile::Profile;
use crate::source::Source;

/// Larger files are not decoded.
const MAX_LENGTH: u64 = 64 << 20;

/// The files that browsers decode and that are broken, or decode to more than a build accepts. Files beside their
/// decoded content are compared with it elsewhere.
pub(crate) fn find_undecodable(
    source: &Source,
    profile: &Profile,
    names: &[String],
) -> Vec<Finding> {
    let names: HashSet<&str> = names.iter().map(String::as_str).collect();
    let budget = GameBudget::default();
    let mut findings = Vec::new();
    for (name, encoded) in &profile.encoded {
        let has_plain = encoded.inner != *name && names.contains(encoded.inner.as_str());
        if encoded.inflated_by == Inflater::Page || has_plain {
            continue;
        }
        let coded = source.head(name, MAX_LENGTH);
        if coded.len() as u64 == MAX_LENGTH {
            continue;
        }
        let most = budget.most_decoded(coded.len() as u64);
        let decoder = Decoder::new(encoded.coding, &coded[..], most);
        let problem = match decoder.and_then(|mut plain| io::copy(&mut plain, &mut sink())) {
            Ok(length) => {
                budget.decoded(length);
                continue;
            }
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Problem::Bomb { most },
            Err(_) => Problem::Broken {
                coding: encoded.coding.name(),
            },
        };
        findings.push(Finding {
            severity: Severity::Warning,
            file: Some(name.clone()),
            line: None,
            problem,
        });
    }
    findings
}
