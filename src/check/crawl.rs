//! The crawl: reads all pages, style sheets, manifests and scripts of a game, and follows their references.

use std::collections::HashSet;

use encoding_rs::UTF_8;
use url::Url;

use crate::check::finding::{Finding, Problem, Severity};
use crate::check::graph::Graph;
use crate::check::import_map::ImportMap;
use crate::check::lists::data::{data_files, is_list};
use crate::check::lists::engine::construct_2_files;
use crate::check::lists::rpg_maker::rpg_maker_files;
use crate::check::manifest::manifest;
use crate::check::page::{Page, is_page_name};
use crate::check::reference::{Reference, Role};
use crate::check::resolve::{Destination, FileNames, LookedUp};
use crate::check::style_sheet::style_sheet;
use crate::check::unplayable::{page_problem, unbuilt};
use crate::detect::kind::EngineKind;
use crate::html::page::is_whole_page;
use crate::library::game::Game;
use crate::source::file::File;

/// The longest text that is read, in bytes.
pub(super) const MAX_TEXT: u64 = 16 << 20;

/// The maximum size of all texts that are read, in bytes.
const MAX_ALL_TEXTS: u64 = 96 << 20;

/// The result of a crawl.
#[derive(Debug, Default)]
pub(crate) struct CrawlResult {
    pub findings: Vec<Finding>,
    loaded_first: HashSet<String>,
}

/// A finding about a reference. Its severity is final once it is known whether players reach the file.
pub(super) struct PendingFinding {
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) problem: Problem,
    /// The severity in a file that players reach.
    pub(super) severity: Severity,
}

pub(super) struct Crawler<'a> {
    pub(super) game: &'a Game,
    pub(super) names: &'a FileNames,
    pub(super) graph: Graph,
    pub(super) pending: Vec<PendingFinding>,
    /// Module names that need an import map, and those that import maps define.
    pub(super) bare_imports: Vec<(PendingFinding, String)>,
    pub(super) import_names: Vec<String>,
    import_map: ImportMap,
    pub(super) has_import_map_script: bool,
    /// True if a player of Flash movies is in the export or named by its page.
    has_ruffle: bool,
    pub(super) secure_features: Vec<&'static str>,
    pub(super) findings: Vec<Finding>,
}

/// Reads the texts among the files.
pub(crate) fn crawl(game: &Game, names: &FileNames, files: &[File]) -> CrawlResult {
    let mut crawler = Crawler {
        game,
        names,
        graph: Graph::default(),
        pending: Vec::new(),
        bare_imports: Vec::new(),
        import_names: Vec::new(),
        import_map: import_map_of(game),
        has_import_map_script: false,
        has_ruffle: has_ruffle(game, files),
        secure_features: Vec::new(),
        findings: Vec::new(),
    };
    let mut left = MAX_ALL_TEXTS;
    for file in files {
        if let Some(kind) = FileKind::from_name(&file.path)
            && file.length <= MAX_TEXT.min(left)
        {
            left -= file.length;
            crawler.read(file, kind);
        }
    }
    crawler.finish(files)
}

impl CrawlResult {
    /// True if a file is loaded before the game can be played.
    pub(crate) fn is_loaded_first(&self, name: &str) -> bool {
        self.loaded_first.contains(name)
    }
}

#[derive(Clone, Copy)]
enum FileKind {
    Page,
    StyleSheet,
    Script,
    Manifest,
    List,
    Database,
}

impl FileKind {
    fn from_name(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        let last = lower.rsplit('/').next().unwrap_or_default();
        match last.rsplit_once('.')?.1 {
            "html" | "htm" | "xhtml" => Some(Self::Page),
            "css" => Some(Self::StyleSheet),
            "js" | "mjs" | "cjs" => Some(Self::Script),
            "webmanifest" => Some(Self::Manifest),
            _ if last == "manifest.json" => Some(Self::Manifest),
            _ if is_list(name) => Some(Self::List),
            "json" if format!("/{name}").contains("/data/") => Some(Self::Database),
            _ => None,
        }
    }
}

/// A script file, or a script within a page.
pub(super) struct Script<'a> {
    pub(super) file: &'a str,
    pub(super) base: &'a Url,
    pub(super) first_line: usize,
    pub(super) is_inline: bool,
}

impl Crawler<'_> {
    fn read(&mut self, file: &File, kind: FileKind) {
        let name = file.path.as_str();
        let bytes = self.game.source.head(name, MAX_TEXT);
        // It cannot be read, which is a finding of its own.
        if bytes.is_empty() && file.length > 0 {
            return;
        }
        let (text, _, _) = UTF_8.decode(&bytes);
        let Some(base) = FileNames::base_url(name) else {
            return;
        };
        match kind {
            FileKind::Page => self.read_page(name, &base, &text),
            FileKind::StyleSheet => self.follow_all(name, &base, style_sheet(&text, 1)),
            FileKind::Manifest => {
                self.follow_all(name, &base, manifest(&text));
                self.follow_list(name, data_files(name, &text));
            }
            FileKind::List => self.follow_list(name, data_files(name, &text)),
            FileKind::Database if self.is_rpg_maker() => {
                self.follow_list(name, rpg_maker_files(name, &text));
            }
            FileKind::Database => {}
            FileKind::Script => {
                let script = Script {
                    file: name,
                    base: &base,
                    first_line: 1,
                    is_inline: false,
                };
                self.read_script(&script, &text);
                self.follow_list(name, construct_2_files(name, &text));
            }
        }
    }

    fn read_page(&mut self, name: &str, base: &Url, text: &str) {
        let page = Page::parse(text);
        if name == self.game.entry {
            if text.trim().is_empty() {
                self.find(Severity::Error, name, Problem::EmptyPage);
            } else if !page.has_viewport {
                self.find(Severity::Note, name, Problem::NoViewport);
            }
        }
        let base = base_of(&page, base);
        match name == self.game.entry || is_whole_page(text.as_bytes()) {
            true => self.follow_all(name, &base, page.references),
            false => self.follow_part(name, &base, page.references),
        }
        let import_names = page.imports.into_iter().map(|(name, _)| name);
        self.import_names.extend(import_names);
        for (line, text) in page.scripts {
            let script = Script {
                file: name,
                base: &base,
                first_line: line,
                is_inline: true,
            };
            self.read_script(&script, &text);
        }
    }

    fn find(&mut self, severity: Severity, file: &str, problem: Problem) {
        self.findings.push(Finding {
            severity,
            file: Some(file.to_owned()),
            line: None,
            problem,
        });
    }

    fn follow_all(&mut self, file: &str, base: &Url, references: Vec<Reference>) {
        for reference in references {
            self.follow(file, base, reference);
        }
    }

    pub(super) fn follow(&mut self, file: &str, base: &Url, reference: Reference) {
        let Reference { target, line, role } = &reference;
        let destination = FileNames::resolve(base, target);
        if file == self.game.entry
            && let Some(problem) = unbuilt(self.game, self.names, target, &destination)
        {
            return self.find(Severity::Error, file, problem);
        }
        let is_loaded = *role == Role::Loaded;
        if is_loaded && is_flash_film(target) && !self.has_ruffle {
            let reference = target.clone();
            self.pend(file, *line, (Severity::Error, Problem::Flash { reference }));
        }
        if let Some(found) = page_problem(target) {
            return self.pend(file, *line, found);
        }
        match destination {
            Destination::Game(name) => self.follow_name(file, name, reference),
            Destination::Host(host) if is_loaded => {
                let reference = target.clone();
                let problem = Problem::OtherHost { host, reference };
                self.pend(file, *line, (Severity::Warning, problem));
            }
            Destination::Host(_) | Destination::NoFile => {}
        }
    }

    /// Follows a reference to a name in the game.
    fn follow_name(&mut self, file: &str, name: String, reference: Reference) {
        let (found, problem) = match self.names.find(&name) {
            LookedUp::File(found) if reference.target.starts_with('/') => {
                let reference = reference.target;
                let problem = Problem::Absolute { reference };
                (found, Some((Severity::Warning, problem)))
            }
            LookedUp::File(found) => (found, None),
            LookedUp::OtherCase(found) => {
                let problem = Problem::Case {
                    name,
                    found: found.to_owned(),
                };
                (found, Some((Severity::Error, problem)))
            }
            LookedUp::OtherForm(found) => {
                let problem = Problem::Form { name };
                (found, Some((Severity::Error, problem)))
            }
            LookedUp::Nothing => {
                if let Some(found) = self.mapped(&name) {
                    return self.graph.add(file, &found, reference.role);
                }
                let missing = self.missing(name, &reference);
                return self.pend(file, reference.line, missing);
            }
        };
        if let Some(problem) = problem {
            self.pend(file, reference.line, problem);
        }
        self.graph.add(file, found, reference.role);
    }

    /// The file that browsers load in place of a module that the game lacks, by the import map of the entry page.
    pub(super) fn mapped(&self, name: &str) -> Option<String> {
        match self.names.find(&self.import_map.find(name)?) {
            LookedUp::File(found) => Some(found.to_owned()),
            LookedUp::OtherCase(_) | LookedUp::OtherForm(_) | LookedUp::Nothing => None,
        }
    }

    /// The problem of a reference to a name that the game lacks.
    fn missing(&self, name: String, reference: &Reference) -> (Severity, Problem) {
        let has_engine = self.game.engine.kind != EngineKind::Plain;
        let nearest = self.names.nearest(&name).map(str::to_owned);
        let severity = match reference.role {
            Role::Decoration => Severity::Note,
            // Engines' templates name a picture of their own; the export has it in another format.
            _ if is_other_picture(&name, nearest.as_deref()) => Severity::Warning,
            // An engine draws its game by itself.
            Role::Loaded if name.ends_with(".css") && has_engine => Severity::Warning,
            // The game plays until somebody follows the link.
            Role::Linked if is_page_name(&reference.target) => Severity::Warning,
            Role::Loaded | Role::Linked => Severity::Error,
        };
        (severity, Problem::Missing { name, nearest })
    }

    pub(super) fn pend(
        &mut self,
        file: &str,
        line: usize,
        (severity, problem): (Severity, Problem),
    ) {
        self.pending.push(PendingFinding {
            file: file.to_owned(),
            line,
            problem,
            severity,
        });
    }

    fn finish(mut self, files: &[File]) -> CrawlResult {
        let entry = &self.game.entry;
        let reached = self.graph.reachable(entry, |_, _| true);
        let loaded_first = self.graph.loaded_first(entry, files);
        let is_mapped = |name: &str| {
            self.import_names.iter().any(|known| {
                known == name || known.ends_with('/') && name.starts_with(known.as_str())
            })
        };
        if !self.has_import_map_script {
            let bare = std::mem::take(&mut self.bare_imports).into_iter();
            let bare = bare.filter(|(_, name)| !is_mapped(name));
            self.pending.extend(bare.map(|(pending, _)| pending));
        }
        if !self.secure_features.is_empty() {
            let mut features = std::mem::take(&mut self.secure_features);
            features.sort_unstable();
            self.findings.push(Finding {
                severity: Severity::Note,
                file: None,
                line: None,
                problem: Problem::Secure { features },
            });
        }
        let is_reached = |finding: &PendingFinding| reached.contains(&finding.file);
        let pending = self.pending.into_iter();
        // An unused variant of a library would repeat every note.
        let pending =
            pending.filter(|finding| is_reached(finding) || finding.severity != Severity::Note);
        let findings = pending.map(|finding| Finding {
            severity: match is_reached(&finding) {
                true => finding.severity,
                false => Severity::Warning,
            },
            file: Some(finding.file),
            line: Some(finding.line),
            problem: finding.problem,
        });
        self.findings.extend(findings);
        CrawlResult {
            findings: self.findings,
            loaded_first,
        }
    }
}

/// The import map of the entry page.
fn import_map_of(game: &Game) -> ImportMap {
    let Some(base) = FileNames::base_url(&game.entry) else {
        return ImportMap::default();
    };
    let bytes = game.source.head(&game.entry, MAX_TEXT);
    let (text, _, _) = UTF_8.decode(&bytes);
    let page = Page::parse(&text);
    ImportMap::of_page(&page, &base_of(&page, &base))
}

/// The base URL of a page's references.
fn base_of(page: &Page, url: &Url) -> Url {
    let href = page.base.as_deref();
    let base = href.and_then(|href| url.join(href).ok());
    base.unwrap_or_else(|| url.clone())
}

/// True if Ruffle, or another player of Flash movies, is in the export or is named by its page.
fn has_ruffle(game: &Game, files: &[File]) -> bool {
    let players = ["ruffle", "swf2js", "awayfl", "lightspark"];
    let page = game.source.head(&game.entry, 1 << 20).to_ascii_lowercase();
    let page = String::from_utf8_lossy(&page);
    let mut names = files.iter().map(|file| file.path.to_ascii_lowercase());
    players.iter().any(|player| page.contains(player))
        || names.any(|name| players.iter().any(|player| name.contains(player)))
}

/// True if the nearest name is the same picture in another format.
fn is_other_picture(name: &str, nearest: Option<&str>) -> bool {
    const PICTURES: &[&str] = &["png", "jpg", "jpeg", "webp", "gif", "svg", "avif"];
    let stem = |name: &str| {
        let (stem, extension) = name.rsplit_once('.')?;
        PICTURES.contains(&extension).then(|| stem.to_owned())
    };
    stem(name).is_some() && stem(name) == nearest.and_then(stem)
}

fn is_flash_film(reference: &str) -> bool {
    let path = reference.split(['?', '#']).next().unwrap_or_default();
    path.to_ascii_lowercase().ends_with(".swf")
}
