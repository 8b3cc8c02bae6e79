//! File names that break on other systems.

use std::collections::HashMap;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::check::finding::{Finding, NameProblem, Problem, Severity};

/// The longest file name that every file system supports, in bytes.
const LONGEST_PART: usize = 255;

/// The longest path that can be unpacked on Windows below an ordinary folder, in bytes.
const LONGEST_NAME: usize = 200;

/// Names that Windows reserves for devices, with any extension.
const RESERVED: &[&str] = &[
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
    "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// Findings about names that break on other systems.
pub(crate) fn check_portability(names: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut by_form: HashMap<String, &str> = HashMap::new();
    for name in names {
        let mut add = |problem| {
            findings.push(Finding {
                severity: Severity::Warning,
                file: Some(name.clone()),
                line: None,
                problem: Problem::Name(problem),
            });
        };
        check_name(name).into_iter().for_each(&mut add);
        if let Some(other) = by_form.insert(common_form(name), name) {
            let other = other.to_owned();
            add(NameProblem::Collision { other });
        }
    }
    findings
}

fn check_name(name: &str) -> Option<NameProblem> {
    let parts = || name.split('/');
    let is_reserved = |part: &str| {
        let stem = part.split('.').next().unwrap_or(part).trim_end();
        RESERVED
            .iter()
            .any(|known| stem.eq_ignore_ascii_case(known))
    };
    let is_forbidden = |c: &char| c.is_control() || "<>:\"|?*\\".contains(*c);
    if let Some(character) = name.chars().find(is_forbidden) {
        return Some(NameProblem::Character { character });
    }
    if parts().any(is_reserved) {
        return Some(NameProblem::Reserved);
    }
    if parts().any(|part| part.ends_with(['.', ' '])) {
        return Some(NameProblem::TrailingDot);
    }
    if parts().any(|part| part.len() > LONGEST_PART) {
        return Some(NameProblem::Long { most: LONGEST_PART });
    }
    if name.len() > LONGEST_NAME {
        return Some(NameProblem::Long { most: LONGEST_NAME });
    }
    (!is_nfc(name)).then_some(NameProblem::NotNfc)
}

/// A form that is equal for names that Windows or macOS cannot tell apart.
pub(crate) fn common_form(name: &str) -> String {
    let lower = name.nfc().collect::<String>().to_lowercase();
    lower.nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_break_on_other_systems_are_found() {
        let long = "x".repeat(256);
        let deep = "long-folder/".repeat(20);
        for (name, expected) in [
            ("a/b.png", None),
            ("中文.png", None),
            ("aux.js", Some("reserved-name")),
            ("a/CON/b.js", Some("reserved-name")),
            ("lpt1.tar.gz", Some("reserved-name")),
            ("console.js", None),
            ("a./b", Some("trailing-dot")),
            ("a /b", Some("trailing-dot")),
            ("what?.png", Some("character")),
            ("a\\b.png", Some("character")),
            ("a\nb.png", Some("character")),
            ("cafe\u{301}.png", Some("not-nfc")),
            (&long, Some("long-name")),
            (&deep, Some("long-name")),
        ] {
            let found = check_name(name).map(|problem| problem.token());
            assert_eq!(found, expected, "{name}");
        }
        let names = ["a/Hero.png", "a/hero.png", "caf\u{e9}", "cafe\u{301}"];
        let findings = check_portability(&names.map(str::to_owned));
        let tokens: Vec<_> = findings.iter().map(|one| one.problem.token()).collect();
        assert_eq!(tokens, ["collision", "not-nfc", "collision"]);
    }
}
