//! The crawl: reads all pages, style sheets, manifests and scripts of a game, and follows their references.

use std::collections::{HashMap, HashSet, VecDeque};

use encoding_rs::UTF_8;
use url::Url;

use crate::check::finding::{Finding, Problem, Severity};
use crate::check::js_strings::{Constant, constants};
use crate::check::manifest::manifest;
use crate::check::page::Page;
use crate::check::reference::{Reference, Role};
use crate::check::resolve::{Destination, FileNames, LookedUp};
use crate::check::script_names::check_script_name;
use crate::check::style_sheet::style_sheet;
use crate::library::game::Game;

/// The longest text that is read, in bytes.
const MAX_TEXT: u64 = 16 << 20;

/// The bytes of all texts that are read, at most.
const MAX_ALL_TEXTS: u64 = 96 << 20;

/// Extensions of the files that engines load before the game can be played.
const PAYLOADS: &[&str] = &["wasm", "pck", "data", "mem", "unityweb", "pak", "love"];

/// Features of secure contexts: their words in scripts, and their names.
const SECURE_FEATURES: &[(&str, &str)] = &[
    ("audioWorklet.addModule", "AudioWorklet"),
    ("serviceWorker.register", "service workers"),
    ("navigator.gpu", "WebGPU"),
    ("getGamepads", "gamepads"),
    ("mediaDevices.getUserMedia", "microphone and camera"),
    ("crypto.subtle", "Web Crypto"),
    ("navigator.clipboard", "the clipboard"),
    ("DeviceOrientationEvent", "motion sensors"),
    ("DeviceMotionEvent", "motion sensors"),
    ("navigator.wakeLock", "wake lock"),
    ("navigator.geolocation", "geolocation"),
    ("requestMIDIAccess", "MIDI"),
    ("navigator.xr", "WebXR"),
];

/// The result of a crawl.
#[derive(Debug, Default)]
pub(crate) struct CrawlResult {
    pub findings: Vec<Finding>,
    loaded_first: HashSet<String>,
}

/// A reference that was resolved to a file.
struct Edge {
    to: String,
    role: Role,
}

/// A finding about a reference. Its severity is final once it is known whether players reach the file.
struct PendingFinding {
    file: String,
    line: usize,
    problem: Problem,
    /// The severity in a file that players reach.
    severity: Severity,
}

struct Crawler<'a> {
    game: &'a Game,
    names: &'a FileNames,
    edges: HashMap<String, Vec<Edge>>,
    pending: Vec<PendingFinding>,
    /// The last path segments of the string constants in each file's scripts.
    words: HashMap<String, HashSet<String>>,
    secure_features: Vec<&'static str>,
    findings: Vec<Finding>,
}

/// Reads the texts among the files, which are given with their lengths.
pub(crate) fn crawl(game: &Game, names: &FileNames, files: &[(String, u64)]) -> CrawlResult {
    let mut crawler = Crawler {
        game,
        names,
        edges: HashMap::new(),
        pending: Vec::new(),
        words: HashMap::new(),
        secure_features: Vec::new(),
        findings: Vec::new(),
    };
    let mut left = MAX_ALL_TEXTS;
    for (name, length) in files {
        if let Some(kind) = FileKind::from_name(name)
            && *length <= MAX_TEXT.min(left)
        {
            left -= length;
            crawler.read(name, kind);
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
            _ => None,
        }
    }
}

/// A script file, or a script within a page.
struct Script<'a> {
    file: &'a str,
    base: &'a Url,
    first_line: usize,
    is_inline: bool,
}

impl Crawler<'_> {
    fn read(&mut self, name: &str, kind: FileKind) {
        let bytes = self.game.source.head(name, MAX_TEXT);
        let (text, _, _) = UTF_8.decode(&bytes);
        let Some(base) = FileNames::base_url(name) else {
            return;
        };
        match kind {
            FileKind::Page => self.read_page(name, &base, &text),
            FileKind::StyleSheet => self.follow_all(name, &base, style_sheet(&text, 1)),
            FileKind::Manifest => self.follow_all(name, &base, manifest(&text)),
            FileKind::Script => {
                let script = Script {
                    file: name,
                    base: &base,
                    first_line: 1,
                    is_inline: false,
                };
                self.read_script(&script, &text);
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
        let base = page
            .base
            .and_then(|href| base.join(&href).ok())
            .unwrap_or(base.clone());
        self.follow_all(name, &base, page.references);
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

    fn follow(&mut self, file: &str, base: &Url, reference: Reference) {
        let line = reference.line;
        let mut find = |problem, severity| {
            self.pending.push(PendingFinding {
                file: file.to_owned(),
                line,
                problem,
                severity,
            });
        };
        let name = match FileNames::resolve(base, &reference.target) {
            Destination::Game(name) => name,
            Destination::Host(host) => {
                if reference.role == Role::Loaded {
                    let reference = reference.target;
                    find(Problem::OtherHost { host, reference }, Severity::Warning);
                }
                return;
            }
            Destination::NoFile => return,
        };
        let found = match self.names.find(&name) {
            LookedUp::File(found) => {
                if reference.target.starts_with('/') {
                    let reference = reference.target;
                    find(Problem::Absolute { reference }, Severity::Warning);
                }
                found
            }
            LookedUp::OtherCase(found) => {
                let problem = Problem::Case {
                    name,
                    found: found.to_owned(),
                };
                find(problem, Severity::Error);
                found
            }
            LookedUp::OtherForm(found) => {
                find(Problem::Form { name }, Severity::Error);
                found
            }
            LookedUp::Nothing => {
                let nearest = self.names.nearest(&name).map(str::to_owned);
                find(Problem::Missing { name, nearest }, Severity::Error);
                return;
            }
        };
        let edge = Edge {
            to: found.to_owned(),
            role: reference.role,
        };
        self.edges.entry(file.to_owned()).or_default().push(edge);
    }

    fn read_script(&mut self, script: &Script<'_>, text: &str) {
        for (words, feature) in SECURE_FEATURES {
            if !self.secure_features.contains(feature) && text.contains(words) {
                self.secure_features.push(feature);
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
        let mut seen = HashSet::new();
        for constant in constants(text) {
            let line = script.first_line + constant.line - 1;
            let last = constant.text.rsplit('/').next().unwrap_or_default();
            let words = self.words.entry(script.file.to_owned()).or_default();
            words.insert(last.to_owned());
            if is_relative_import(&constant) {
                let reference = Reference {
                    target: constant.text,
                    line,
                    role: Role::Loaded,
                };
                self.follow(script.file, script.base, reference);
            } else if seen.insert(constant.text.clone()) {
                let reference = Reference {
                    target: constant.text,
                    line,
                    role: match script.is_inline {
                        true => Role::Loaded,
                        false => Role::Linked,
                    },
                };
                self.follow_constant(script.file, &bases, reference);
            }
        }
    }

    /// Follows a string constant, which may be a file name, a part of one, or neither.
    fn follow_constant(&mut self, file: &str, bases: &[Url], reference: Reference) {
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
            let role = reference.role;
            let edge = Edge { to, role };
            self.edges.entry(file.to_owned()).or_default().push(edge);
            return;
        }
        if let Some((severity, problem)) = check_script_name(self.names, bases, &reference.target) {
            self.pending.push(PendingFinding {
                file: file.to_owned(),
                line: reference.line,
                problem,
                severity,
            });
        }
    }

    fn finish(mut self, files: &[(String, u64)]) -> CrawlResult {
        let entry = &self.game.entry;
        let reached = self.reachable(entry, |_| true);
        let loaded_first = self.loaded_first(files);
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

    /// The files that are loaded before the game can be played.
    fn loaded_first(&self, files: &[(String, u64)]) -> HashSet<String> {
        let mut loaded_first = self.reachable(&self.game.entry, |role| role == Role::Loaded);
        let words: HashSet<&str> = loaded_first
            .iter()
            .filter_map(|file| self.words.get(file))
            .flatten()
            .map(String::as_str)
            .collect();
        let payloads = files.iter().filter(|(name, _)| is_payload(name, &words));
        let payloads: Vec<_> = payloads.map(|(name, _)| name.clone()).collect();
        loaded_first.extend(payloads);
        loaded_first
    }

    /// The files that a file leads to, itself included.
    fn reachable(&self, from: &str, follows: impl Fn(Role) -> bool) -> HashSet<String> {
        let mut reached = HashSet::from([from.to_owned()]);
        let mut queue = VecDeque::from([from.to_owned()]);
        while let Some(file) = queue.pop_front() {
            let edges = self.edges.get(&file).into_iter().flatten();
            for edge in edges.filter(|edge| follows(edge.role)) {
                if reached.insert(edge.to.clone()) {
                    queue.push_back(edge.to.clone());
                }
            }
        }
        reached
    }
}

fn is_relative_import(constant: &Constant) -> bool {
    let starts = ["./", "../", "/"];
    constant.is_import && starts.iter().any(|start| constant.text.starts_with(start))
}

/// True if a file is loaded by an engine, which joins its name from words of its script: `index` and `.pck`, say.
fn is_payload(name: &str, words: &HashSet<&str>) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    let endings = [".gz", ".br", ".zst", ".unityweb"];
    let inner = endings.iter().find_map(|ending| last.strip_suffix(ending));
    let inner = inner.unwrap_or(last);
    let has_payload_extension = |name: &str| {
        let extension = name.rsplit('.').next().unwrap_or_default();
        PAYLOADS.contains(&extension)
    };
    let stem = inner.split('.').next().unwrap_or(inner);
    (has_payload_extension(inner) || has_payload_extension(last))
        && [last, inner, stem].iter().any(|word| words.contains(word))
}
