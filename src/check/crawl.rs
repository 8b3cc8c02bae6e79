//! Reads all pages, style sheets, manifests and scripts of a game, and follows what they refer to.

use std::collections::{HashMap, HashSet, VecDeque};

use encoding_rs::UTF_8;
use url::Url;

use crate::check::finding::{Finding, Problem, Severity};
use crate::check::js_strings::{Constant, constants};
use crate::check::references::{Reference, Role, manifest, page, style_sheet};
use crate::check::resolve::{Found, Names, Target};
use crate::check::script_names::script_names;
use crate::library::game::Game;

/// How much of one text is read, in bytes.
const MOST_EACH: u64 = 16 << 20;

/// How much of all texts together, in bytes.
const MOST: u64 = 96 << 20;

/// What engines load before anything is played.
const PAYLOADS: &[&str] = &["wasm", "pck", "data", "mem", "unityweb", "pak", "love"];

/// What browsers have in secure contexts only: the words for it in scripts, and its name.
const SECURE: &[(&str, &str)] = &[
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

/// What reading a game's texts has shown.
#[derive(Debug, Default)]
pub(crate) struct CrawlResult {
    /// What is wrong with them.
    pub findings: Vec<Finding>,
    loaded_first: HashSet<String>,
}

/// What leads from one file to another.
struct Edge {
    to: String,
    role: Role,
}

/// Something said about a reference; how bad it is depends on whether anybody gets to the file that has it.
struct Doubt {
    file: String,
    line: usize,
    problem: Problem,
    /// How bad it is in a file that players get to.
    severity: Severity,
}

struct Crawler<'a> {
    game: &'a Game,
    names: &'a Names,
    edges: HashMap<String, Vec<Edge>>,
    doubts: Vec<Doubt>,
    /// The last parts of the constants of each file's scripts.
    words: HashMap<String, HashSet<String>>,
    secure: Vec<&'static str>,
    findings: Vec<Finding>,
}

impl CrawlResult {
    /// Reads the texts among these files.
    pub(crate) fn of(game: &Game, names: &Names, files: &[(String, u64)]) -> Self {
        let mut reader = Crawler {
            game,
            names,
            edges: HashMap::new(),
            doubts: Vec::new(),
            words: HashMap::new(),
            secure: Vec::new(),
            findings: Vec::new(),
        };
        let mut left = MOST;
        for (name, length) in files {
            if FileKind::of(name).is_some() && *length <= MOST_EACH.min(left) {
                left -= length;
                reader.read(name);
            }
        }
        reader.conclude(files)
    }

    /// Whether the page loads this file before anybody plays.
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
    fn of(name: &str) -> Option<Self> {
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

impl Crawler<'_> {
    fn read(&mut self, name: &str) {
        let bytes = self.game.source.head(name, MOST_EACH);
        let (text, _, _) = UTF_8.decode(&bytes);
        let Some(base) = Names::base_of(name) else {
            return;
        };
        match FileKind::of(name) {
            Some(FileKind::Page) => self.read_page(name, &base, &text),
            Some(FileKind::StyleSheet) => self.follow(name, &base, style_sheet(&text, 1)),
            Some(FileKind::Manifest) => self.follow(name, &base, manifest(&text)),
            Some(FileKind::Script) => self.read_script(name, &base, 1, &text),
            None => {}
        }
    }

    fn read_page(&mut self, name: &str, base: &Url, text: &str) {
        let page = page(text);
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
        self.follow(name, &base, page.references);
        for (line, script) in page.scripts {
            self.read_script(name, &base, line, &script);
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

    fn follow(&mut self, file: &str, base: &Url, references: Vec<Reference>) {
        for reference in references {
            let mut doubt = |problem, severity| {
                self.doubts.push(Doubt {
                    file: file.to_owned(),
                    line: reference.line,
                    problem,
                    severity,
                });
            };
            let name = match Names::target(base, &reference.target) {
                Target::Here(name) => name,
                Target::Host(host) if reference.role == Role::Loaded => {
                    let reference = reference.target;
                    doubt(Problem::OtherHost { host, reference }, Severity::Warning);
                    continue;
                }
                Target::Host(_) | Target::Nowhere => continue,
            };
            let found = match self.names.find(&name) {
                Found::File(found) => {
                    if reference.target.starts_with('/') {
                        let reference = reference.target;
                        doubt(Problem::Absolute { reference }, Severity::Warning);
                    }
                    found
                }
                Found::OtherCase(found) => {
                    let problem = Problem::Case {
                        name,
                        found: found.to_owned(),
                    };
                    doubt(problem, Severity::Error);
                    found
                }
                Found::OtherForm(found) => {
                    doubt(Problem::Form { name }, Severity::Error);
                    found
                }
                Found::Nothing => {
                    let nearest = self.names.nearest(&name).map(str::to_owned);
                    doubt(Problem::Missing { name, nearest }, Severity::Error);
                    continue;
                }
            };
            let edge = Edge {
                to: found.to_owned(),
                role: reference.role,
            };
            self.edges.entry(file.to_owned()).or_default().push(edge);
        }
    }

    /// A script in a page is of the page: what it names is where the page says.
    fn read_script(&mut self, file: &str, base: &Url, first_line: usize, text: &str) {
        for (words, feature) in SECURE {
            if !self.secure.contains(feature) && text.contains(words) {
                self.secure.push(feature);
            }
        }
        let is_in_page = matches!(FileKind::of(file), Some(FileKind::Page));
        let page = match is_in_page {
            true => Some(base.clone()),
            false => Names::base_of(&self.game.entry),
        };
        let mut bases = vec![base.clone()];
        bases.extend(page);
        bases.extend(Names::base_of("index.html"));
        bases.dedup();
        let mut seen = HashSet::new();
        for constant in constants(text) {
            let line = first_line + constant.line - 1;
            let last = constant.text.rsplit('/').next().unwrap_or_default();
            let words = self.words.entry(file.to_owned()).or_default();
            words.insert(last.to_owned());
            if is_relative_import(&constant) {
                let target = constant.text;
                let role = Role::Loaded;
                self.follow(file, base, vec![Reference { target, line, role }]);
            } else if seen.insert(constant.text.clone()) {
                let role = match is_in_page {
                    true => Role::Loaded,
                    false => Role::Linked,
                };
                self.mentioned(
                    file,
                    &bases,
                    Reference {
                        target: constant.text,
                        line,
                        role,
                    },
                );
            }
        }
    }

    /// What stands in a script may be a name, a part of one, or something else.
    fn mentioned(&mut self, file: &str, bases: &[Url], reference: Reference) {
        let found = bases
            .iter()
            .find_map(|base| match Names::target(base, &reference.target) {
                Target::Here(name) => match self.names.find(&name) {
                    Found::File(found) if !name.is_empty() => Some(found.to_owned()),
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
        if let Some((severity, problem)) = script_names(self.names, bases, &reference.target) {
            self.doubts.push(Doubt {
                file: file.to_owned(),
                line: reference.line,
                problem,
                severity,
            });
        }
    }

    fn conclude(mut self, files: &[(String, u64)]) -> CrawlResult {
        let entry = &self.game.entry;
        let reached = self.reached(entry, |_| true);
        let mut loaded_first = self.reached(entry, |role| role == Role::Loaded);
        let words: HashSet<&str> = loaded_first
            .iter()
            .filter_map(|file| self.words.get(file))
            .flatten()
            .map(String::as_str)
            .collect();
        let payloads = files.iter().filter(|(name, _)| is_payload(name, &words));
        let payloads: Vec<_> = payloads.map(|(name, _)| name.clone()).collect();
        loaded_first.extend(payloads);
        if !self.secure.is_empty() {
            let mut features = std::mem::take(&mut self.secure);
            features.sort_unstable();
            self.findings.push(Finding {
                severity: Severity::Note,
                file: None,
                line: None,
                problem: Problem::Secure { features },
            });
        }
        let is_reached = |doubt: &Doubt| reached.contains(&doubt.file);
        // A library that comes in two forms names all things twice.
        let doubts = self.doubts.into_iter();
        let doubts = doubts.filter(|doubt| is_reached(doubt) || doubt.severity != Severity::Note);
        let doubts = doubts.map(|doubt| Finding {
            severity: match is_reached(&doubt) {
                true => doubt.severity,
                false => Severity::Warning,
            },
            file: Some(doubt.file),
            line: Some(doubt.line),
            problem: doubt.problem,
        });
        self.findings.extend(doubts);
        CrawlResult {
            findings: self.findings,
            loaded_first,
        }
    }

    /// The files that are got to from one.
    fn reached(&self, from: &str, follows: impl Fn(Role) -> bool) -> HashSet<String> {
        let mut reached = HashSet::from([from.to_owned()]);
        let mut next = VecDeque::from([from.to_owned()]);
        while let Some(file) = next.pop_front() {
            let edges = self.edges.get(&file).into_iter().flatten();
            for edge in edges.filter(|edge| follows(edge.role)) {
                if reached.insert(edge.to.clone()) {
                    next.push_back(edge.to.clone());
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

/// An engine's own files are put together from words of its script: `index` and `.pck`, say.
fn is_payload(name: &str, words: &HashSet<&str>) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    let endings = [".gz", ".br", ".zst", ".unityweb"];
    let inner = endings.iter().find_map(|ending| last.strip_suffix(ending));
    let inner = inner.unwrap_or(last);
    let is_one = |name: &str| {
        let extension = name.rsplit('.').next().unwrap_or_default();
        PAYLOADS.contains(&extension)
    };
    let stem = inner.split('.').next().unwrap_or(inner);
    (is_one(inner) || is_one(last)) && [last, inner, stem].iter().any(|word| words.contains(word))
}
