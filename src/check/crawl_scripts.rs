//! Reads scripts: their string constants may be names of files, of modules and of what fails elsewhere.

use std::collections::HashSet;

use url::Url;

use crate::check::crawl::{Crawler, PendingFinding, Script};
use crate::check::finding::{Problem, Severity};
use crate::check::js_strings::{Constant, constants};
use crate::check::reference::{Reference, Role};
use crate::check::resolve::{Destination, FileNames, LookedUp};
use crate::check::script_names::check_script_name;
use crate::check::unplayable::{is_bare, script_problem};
use crate::detect::secure_context::SECURE_FEATURES;

impl Crawler<'_> {
    pub(super) fn read_script(&mut self, script: &Script<'_>, text: &str) {
        for feature in SECURE_FEATURES {
            if !self.secure_features.contains(&feature.name) && text.contains(feature.words) {
                self.secure_features.push(feature.name);
            }
        }
        // Scripts name files relative to themselves, to their page, or to the root.
        let page = match script.is_inline {
            true => Some(script.base.clone()),
            false => FileNames::base_url(&self.game.entry),
        };
        let mut bases = vec![script.base.clone()];
        bases.extend(page);
        bases.extend(FileNames::base_url("index.html"));
        bases.dedup();
        let constants = constants(text);
        let bundled = bundled_modules(&constants);
        let listed = self.script_lists(script, text, &constants);
        // The list says it.
        let mut seen: HashSet<String> = listed.iter().map(|one| one.target.clone()).collect();
        self.follow_listed(script.file, &bases, listed);
        for constant in constants {
            let line = script.first_line + constant.line - 1;
            self.graph.add_word(script.file, &constant.text);
            self.has_import_map_script |= constant.text == "importmap";
            let role = match script.is_inline || constant.is_import {
                true => Role::Loaded,
                false => Role::Linked,
            };
            let problem = match is_bare(&constant) {
                true => None,
                false => script_problem(&constant),
            };
            if let Some(problem) = problem {
                self.pend(script.file, line, problem);
            } else if is_bare(&constant) {
                let name = constant.text;
                let pending = PendingFinding {
                    file: script.file.to_owned(),
                    line,
                    problem: Problem::BareImport { name: name.clone() },
                    severity: Severity::Error,
                };
                self.bare_imports.push((pending, name));
            } else if is_relative_import(&constant) {
                let target = constant.text;
                let reference = Reference { target, line, role };
                self.follow(script.file, script.base, reference);
            } else if seen.insert(constant.text.clone()) {
                let target = constant.text;
                let is_bundled = bundled.contains(&target);
                let reference = Reference { target, line, role };
                self.follow_constant(script.file, &bases, reference, is_bundled);
            }
        }
    }

    /// Follows a string constant, which may be a file name, a part of one, or neither. A bundle has its modules in itself.
    fn follow_constant(
        &mut self,
        file: &str,
        bases: &[Url],
        reference: Reference,
        is_bundled: bool,
    ) {
        let found =
            bases
                .iter()
                .find_map(|base| match FileNames::resolve(base, &reference.target) {
                    Destination::Game(name) => match self.names.find(&name) {
                        LookedUp::File(found) if !name.is_empty() => Some(found.to_owned()),
                        _ => None,
                    },
                    _ => None,
                });
        if let Some(to) = found {
            self.graph.add(file, &to, reference.role);
            return;
        }
        if let Some(problem) = check_script_name(self.names, bases, &reference.target)
            && !(is_bundled && matches!(problem.1, Problem::Missing { .. }))
        {
            self.pend(file, reference.line, problem);
        }
    }
}

/// The modules that a script names although browsers load them from nowhere: a bundler has put them into a script, or only
/// another host of the engine has a `require`. Cocos Creator's lie in a folder that does not exist.
fn bundled_modules(constants: &[Constant]) -> HashSet<String> {
    let is_virtual = constants
        .iter()
        .any(|constant| constant.text.starts_with("chunks:///"));
    let is_relative = |text: &str| text.starts_with("./") || text.starts_with("../");
    let is_bundled = |constant: &&Constant| {
        constant.usage.is_bundled || is_virtual && is_relative(&constant.text)
    };
    let bundled = constants.iter().filter(is_bundled);
    bundled.map(|constant| constant.text.clone()).collect()
}

fn is_relative_import(constant: &Constant) -> bool {
    let starts = ["./", "../", "/"];
    constant.is_import && starts.iter().any(|start| constant.text.starts_with(start))
}
