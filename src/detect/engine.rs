//! The engine that made an export, and the traits of the export.

use crate::compression::coding::Coding;
use crate::compression::format::detect_coding;
use crate::detect::evidence::Evidence;
use crate::detect::kind::EngineKind;
use crate::detect::scan::Scan;
use crate::detect::script::ScannedText;
use crate::detect::version::find_version;
use crate::detect::{isolation, rules};

/// The engine that made an export, as far as its files tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engine {
    /// The product.
    pub kind: EngineKind,
    /// The version, if the files state it.
    pub version: Option<String>,
    /// The options that the export was made with.
    pub traits: Vec<Trait>,
    /// The files and words that the engine was recognised by.
    pub evidence: Vec<Evidence>,
}

/// An option that an export was made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trait {
    /// Uses threads.
    Threads,
    /// Installs as an app and plays offline, by a service worker.
    Pwa,
    /// Has compressed files.
    Compressed(Coding),
}

/// Signs that a script registers a service worker.
pub(crate) const WORDS: &[&str] = &[
    "serviceWorker.register",
    "\"serviceWorker\":\"",
    "C3_RegisterSW",
];

impl Engine {
    /// Recognises the engine of a scanned export.
    pub(crate) fn from_scan(scan: &Scan<'_>) -> Self {
        let (kind, mut evidence) = rules::recognise(scan);
        let stated = find_version(kind, scan);
        evidence.extend(stated.clone().map(|stated| Evidence::Version {
            file: stated.file,
            version: stated.version,
        }));
        Self {
            kind,
            version: stated.map(|stated| stated.version),
            traits: traits(kind, scan),
            evidence,
        }
    }
}

fn traits(kind: EngineKind, scan: &Scan<'_>) -> Vec<Trait> {
    let mut traits = Vec::new();
    if isolation::find_threads(kind, scan).is_some() {
        traits.push(Trait::Threads);
    }
    let registers_worker = |text: &ScannedText| WORDS.iter().any(|word| text.contains(word));
    // Godot's own script has the words with or without a service worker.
    let is_pwa = match kind {
        EngineKind::Godot => registers_worker(&scan.page),
        _ => scan.texts().any(registers_worker),
    };
    if is_pwa {
        traits.push(Trait::Pwa);
    }
    if kind == EngineKind::Unity {
        let mut names = scan.names.iter();
        let coding = names.find_map(|name| detect_coding(name, &scan.head(name)));
        traits.extend(coding.map(Trait::Compressed));
    }
    traits
}
