//! Follows the lists of files that exports carry.

use std::collections::HashSet;

use url::Url;

use crate::check::crawl::{Crawler, MAX_TEXT, Script};
use crate::check::finding::{Problem, Severity};
use crate::check::js_strings::{Constant, constants};
use crate::check::lists::data::{dotnet_script_files, unity_files};
use crate::check::lists::engine::engine_files;
use crate::check::lists::gdevelop::gdevelop_files;
use crate::check::lists::godot::{godot_files, godot_worklets};
use crate::check::lists::rpg_maker::{rpg_maker_scripts, rpg_maker_tables};
use crate::check::lists::script::script_files;
use crate::check::lists::{ListBase, Listed};
use crate::check::reference::Role;
use crate::check::resolve::{Destination, FileNames, LookedUp};
use crate::detect::kind::EngineKind;

/// The core scripts of RPG Maker MV and MZ.
const RPG_MAKER: &[&str] = &["js/rpg_core.js", "js/rmmz_core.js"];

/// Endings that exporters add to the files of a list.
const ADDED: &[&str] = &[".gz", ".br", ".unityweb", "gz"];

impl Crawler<'_> {
    /// True if the game has RPG Maker's core script.
    pub(super) fn is_rpg_maker(&self) -> bool {
        RPG_MAKER.iter().any(|name| self.names.has_file_name(name))
    }

    /// Follows the list in a file of its own, which the engine loads.
    pub(super) fn follow_list(&mut self, file: &str, listed: Vec<Listed>) {
        if !listed.is_empty() {
            self.graph.add(&self.game.entry, file, Role::Loaded);
        }
        self.follow_listed(file, &[], listed);
    }

    /// The files that a script lists.
    pub(super) fn script_lists(
        &self,
        script: &Script<'_>,
        text: &str,
        constants: &[Constant],
    ) -> Vec<Listed> {
        let mut listed = script_files(script.file, text, constants);
        for one in &mut listed {
            one.line += script.first_line - 1;
        }
        listed.extend(engine_files(script.file, text, constants, self.names));
        if script.is_inline {
            listed.extend(godot_files(text));
        }
        let last = script.file.rsplit('/').next().unwrap_or_default();
        listed.extend(godot_worklets(
            text,
            last.strip_suffix(".js").unwrap_or(last),
        ));
        listed.extend(gdevelop_files(text, || self.gdevelop_code(script.file)));
        listed.extend(rpg_maker_scripts(last, text, constants));
        if last.starts_with("dotnet") {
            listed.extend(dotnet_script_files(text));
        }
        if RPG_MAKER.iter().any(|name| script.file.ends_with(name)) {
            listed.extend(rpg_maker_tables());
        }
        listed
    }

    /// The names in the scripts of GDevelop's events, which lie beside the project.
    fn gdevelop_code(&self, project: &str) -> HashSet<String> {
        let folder = project.rsplit_once('/').map_or("", |(folder, _)| folder);
        let file = |number: usize| match folder {
            "" => format!("code{number}.js"),
            folder => format!("{folder}/code{number}.js"),
        };
        let files = (0..).map(file).take_while(|file| self.names.has(file));
        let texts = files.map(|file| self.game.source.head(&file, MAX_TEXT));
        let names = texts.flat_map(|text| constants(&String::from_utf8_lossy(&text)));
        names.map(|constant| constant.text).collect()
    }

    /// Follows the files of a list; a missing one stops the game. `bases` are those of the script that has the list.
    pub(super) fn follow_listed(&mut self, file: &str, bases: &[Url], listed: Vec<Listed>) {
        let own = FileNames::base_url(file);
        let page = FileNames::base_url(&self.game.entry);
        for one in listed {
            let bases = match one.base {
                ListBase::List => own.as_slice(),
                ListBase::Page => page.as_slice(),
                ListBase::Any => bases,
            };
            self.follow_one(file, bases, &one);
        }
    }

    fn follow_one(&mut self, file: &str, bases: &[Url], one: &Listed) {
        let mut missing = None;
        for base in bases {
            let Destination::Game(name) = FileNames::resolve(base, &one.target) else {
                return;
            };
            if !self.names.has(&name)
                && let Some(found) = self.instead(&name, one.is_stem)
            {
                return self.graph.add(file, &found, one.role);
            }
            if one.is_stem && self.names.has_folder(&name) {
                return;
            }
            match self.names.find(&name) {
                LookedUp::File(found) => {
                    self.graph.add(file, found, one.role);
                    // Lists name no lists: files that name each other would be followed without end.
                    if one.base == ListBase::Any && one.target.ends_with(".json") {
                        self.follow_unity(found);
                    }
                    return;
                }
                LookedUp::OtherCase(found) => {
                    let found = found.to_owned();
                    let problem = Problem::Case { name, found };
                    return self.pend_listed(file, one, (one.spelling_severity(), problem));
                }
                LookedUp::OtherForm(_) => {
                    let problem = Problem::Form { name };
                    return self.pend_listed(file, one, (one.spelling_severity(), problem));
                }
                LookedUp::Nothing => missing = missing.or(Some(name)),
            }
        }
        if let Some(name) = missing {
            self.pend_missing(file, one, name);
        }
    }

    /// Notes that no base of a listed file has it.
    fn pend_missing(&mut self, file: &str, one: &Listed, name: String) {
        if self.is_in_atlas(&one.target) {
            return;
        }
        if one.base != ListBase::Any || !self.names.has_file_name(&name) {
            let nearest = self.names.nearest(&name).map(str::to_owned);
            let problem = Problem::Missing { name, nearest };
            return self.pend_listed(file, one, (one.severity, problem));
        }
        // The script adds the folder; a path would have to lack its beginning only.
        let below = self.names.below(&name).map(str::to_owned);
        if name.contains('/') && below.is_some() {
            let nearest = below;
            let problem = Problem::Missing { name, nearest };
            self.pend_listed(file, one, (one.spelling_severity(), problem));
        }
    }

    /// True for a picture of LayaAir that is a part of a larger one: the atlas of a folder is named after it.
    fn is_in_atlas(&self, target: &str) -> bool {
        let Some((folder, _)) = target.rsplit_once('/') else {
            return false;
        };
        let is_there = |ending| {
            let atlas = format!("{folder}.{ending}");
            self.names.has(&atlas) || self.names.below(&atlas).is_some()
        };
        self.game.engine.kind == EngineKind::LayaAir && ["atlas", "json"].into_iter().any(is_there)
    }

    fn pend_listed(
        &mut self,
        file: &str,
        one: &Listed,
        (severity, problem): (Option<Severity>, Problem),
    ) {
        if let Some(severity) = severity {
            self.pend(file, one.line, (severity, problem));
        }
    }

    /// The file that the engine takes in place of the listed one: in one of several formats, compressed, out of love.js'
    /// package, below, as .NET before 5 did, or where the import map leads.
    fn instead(&self, name: &str, is_stem: bool) -> Option<String> {
        if is_stem {
            return self.names.with_stem(name).map(str::to_owned);
        }
        let compressed = ADDED.iter().map(|ending| format!("{name}{ending}"));
        let package = name
            .strip_suffix(".love")
            .map(|stem| format!("{stem}.data"));
        let below = name.strip_prefix("_framework/").into_iter();
        let below = below
            .flat_map(|last| ["_bin", "wasm"].map(|folder| format!("_framework/{folder}/{last}")));
        let mut names = compressed.chain(package).chain(below);
        names
            .find(|name| self.names.has(name))
            .or_else(|| self.mapped(name))
    }

    /// Unity's older list lies in a file that its page names.
    fn follow_unity(&mut self, file: &str) {
        if self.game.engine.kind != EngineKind::Unity {
            return;
        }
        let text = self.game.source.head(file, 1 << 20);
        let listed = unity_files(&String::from_utf8_lossy(&text));
        self.follow_listed(file, &[], listed);
    }
}
