//! Missing folders: all their missing files are one finding.

use std::collections::BTreeMap;

use crate::check::finding::{Finding, Problem, Severity};
use crate::check::resolve::FileNames;

/// The number of missing files from which on a folder is one finding.
const FEWEST: usize = 3;

/// Replaces the errors about the files of a folder that does not exist with one error.
pub(crate) fn join_missing_folders(findings: &mut Vec<Finding>, names: &FileNames) {
    let mut counts: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for finding in findings.iter() {
        if let Some((folder, name)) = missing_folder(finding, names) {
            let files = counts.entry(folder.to_owned()).or_default();
            *files.entry(name.to_owned()).or_default() += 1;
        }
    }
    counts.retain(|_, files| files.len() >= FEWEST);
    let mut joined: Vec<String> = Vec::new();
    findings.retain_mut(|finding| {
        let Some((folder, _)) = missing_folder(finding, names) else {
            return true;
        };
        let folder = folder.to_owned();
        let Some(files) = counts.get(&folder) else {
            return true;
        };
        if joined.contains(&folder) {
            return false;
        }
        joined.push(folder.clone());
        finding.problem = Problem::MissingFolder {
            folder,
            files: files.len(),
            example: files.keys().next().cloned().unwrap_or_default(),
        };
        true
    });
}

/// The outermost missing folder of a missing file, and the file.
fn missing_folder<'a>(finding: &'a Finding, names: &FileNames) -> Option<(&'a str, &'a str)> {
    match &finding.problem {
        Problem::Missing { name, .. } if finding.severity == Severity::Error => {
            let folders = name.match_indices('/').filter_map(|(at, _)| name.get(..at));
            let missing = |folder: &&str| !folder.is_empty() && !names.has_folder(folder);
            folders
                .into_iter()
                .find(missing)
                .map(|folder| (folder, name.as_str()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_a_folder_that_is_not_there_are_one_finding() {
        let files = ["index.html", "img/a.png"];
        let names = FileNames::new(files.into_iter(), [].into_iter(), "");
        let joined = |missing: &[&str]| {
            let finding = |name: &&str| Finding {
                severity: Severity::Error,
                file: Some("index.html".to_owned()),
                line: Some(1),
                problem: Problem::Missing {
                    name: (*name).to_owned(),
                    nearest: None,
                },
            };
            let mut findings: Vec<_> = missing.iter().map(finding).collect();
            join_missing_folders(&mut findings, &names);
            let token = |finding: &Finding| match &finding.problem {
                Problem::MissingFolder { folder, files, .. } => format!("{folder}/ {files}"),
                Problem::Missing { name, .. } => name.clone(),
                other => other.token().to_owned(),
            };
            findings.iter().map(token).collect::<Vec<_>>()
        };
        let all = ["js/a.js", "js/lib/b.js", "js/c.js", "js/c.js", "x.js"];
        assert_eq!(joined(&all), ["js/ 3", "x.js"]);
        // Too few, and a folder that is there.
        for few in [&["js/a.js", "js/b.js"][..], &["img/b", "img/c", "img/d"]] {
            assert_eq!(joined(few), few);
        }
    }
}
