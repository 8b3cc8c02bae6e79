//! Requirements of an export on its server.

use std::collections::{BTreeMap, BTreeSet};

use http::{HeaderName, HeaderValue};

use crate::detect::base_path::{find_base_path, normalize_base_path};
use crate::detect::engine::{Engine, Trait};
use crate::detect::evidence::Evidence;
use crate::detect::host_files::{FileWishes, read_host_files};
use crate::detect::isolation::find_isolation;
use crate::detect::isolation_mode::Isolation;
use crate::detect::loaded::{LoadedAs, find_loaded};
use crate::detect::measured::find_measured;
use crate::detect::own_cache::has_own_cache;
use crate::detect::path_pattern::PathPattern;
use crate::detect::precompressed::PrecompressedFile;
use crate::detect::precompressed::find_precompressed;
use crate::detect::scan::{Export, Scan, THOROUGH};
use crate::detect::secure_context::{SecureContext, THREADS, find_secure_context};
use crate::detect::vocabulary::VOCABULARY;
use crate::library::entry::Overrides;
use crate::library::game::Game;
use crate::source::application::application_page;
use crate::source::entry_page::is_index;
use crate::source::file::File;
use crate::source::game_page::HEAD;

/// The requirements of a game on its server, each with its evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The engine.
    pub engine: Engine,
    /// The entry page.
    pub entry: Decision<String>,
    /// The isolation of its pages from other origins.
    pub isolation: Decision<Isolation>,
    /// The need for a secure context.
    pub secure: Decision<SecureContext>,
    /// The path that the game expects to be served at: empty, or `repo/`.
    pub prefix: Decision<String>,
    /// The files that are already compressed, by path.
    pub encoded: BTreeMap<String, PrecompressedFile>,
    /// The files that the game loads as scripts and styles, by path.
    pub loaded: BTreeMap<String, LoadedAs>,
    /// The paths of files that are sent without a coding, because a script takes their size from the server.
    pub measured: BTreeSet<String>,
    /// True if the game keeps answers in a cache of its own.
    pub has_own_cache: bool,
    /// Fields of every answer that the export's author configured for another host.
    pub fields: Vec<(HeaderName, HeaderValue)>,
    /// Wishes for single files that the author configured for another host, by path.
    pub wishes: BTreeMap<String, FileWishes>,
    /// The pages for navigations to paths without a file, if the author configured some for another host.
    pub deep_links: Vec<(PathPattern, String)>,
    /// The author's rules for other hosts that have no effect here, by file.
    pub ignored: BTreeMap<String, BTreeSet<String>>,
}

/// A decision and its evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision<T> {
    /// The decision.
    pub is: T,
    /// The evidence.
    pub evidence: Vec<Evidence>,
}

impl Profile {
    /// Detects the requirements from all of a game's scripts and the beginnings of its other files. `files` are all files
    /// of the game.
    pub fn detect(game: &Game, files: &[File]) -> Self {
        let export = Export {
            source: &game.source,
            names: files.iter().map(|file| file.path.clone()).collect(),
            entry: &game.entry,
        };
        let scan = Scan::new(export, THOROUGH, &VOCABULARY);
        let engine = Engine::from_scan(&scan);
        let Overrides {
            isolation,
            https,
            base,
            entry,
            ..
        } = &game.overrides;
        let seen = match entry {
            Some(_) => Evidence::Configured,
            None => entry_evidence(game, files),
        };
        let wishes = read_host_files(&scan);
        let isolation = match (isolation, wishes.isolation) {
            (Some(isolation), _) => Decision::configured(*isolation),
            (None, Some((isolation, stated))) => Decision::new((isolation, vec![stated])),
            (None, None) => Decision::new(find_isolation(engine.kind, &scan)),
        };
        let mut found = match isolation.is {
            Isolation::Off => find_secure_context(engine.kind, &scan),
            _ => threads(&isolation),
        };
        found.0.has_worker = engine.traits.contains(&Trait::Pwa);
        let secure = match https {
            Some(is_needed) => Decision::configured(SecureContext {
                is_needed: *is_needed,
                ..found.0
            }),
            None => Decision::new(found),
        };
        let prefix = match base {
            Some(base) => Decision::configured(normalize_base_path(base)),
            None => Decision::new(find_base_path(&scan)),
        };
        let kind = engine.kind;
        Self {
            engine,
            entry: Decision::new((game.entry.clone(), vec![seen])),
            isolation,
            secure,
            prefix,
            encoded: find_precompressed(kind, &scan, &wishes.files)
                .into_iter()
                .collect(),
            loaded: find_loaded(&scan),
            measured: find_measured(&scan),
            has_own_cache: has_own_cache(&scan),
            fields: wishes.fields,
            wishes: wishes.files,
            deep_links: wishes.deep_links,
            ignored: wishes.ignored,
        }
    }
}

/// The need of a game with threads, which browsers give to isolated pages of secure contexts.
fn threads(isolation: &Decision<Isolation>) -> (SecureContext, Vec<Evidence>) {
    let secure = SecureContext {
        is_needed: true,
        features: vec![THREADS],
        has_worker: false,
    };
    (secure, isolation.evidence.clone())
}

/// The reason that a page was found to be the entry page.
fn entry_evidence(game: &Game, files: &[File]) -> Evidence {
    let opened = || application_page(&|name| game.source.head(name, HEAD).to_vec());
    if game.entry.contains('/') {
        if opened().as_deref() == Some(&*game.entry) {
            return Evidence::Main;
        }
        let mut above = files.iter().map(|file| file.path.as_str());
        let is_page = |name: &&str| !name.contains('/') && name.ends_with(".html");
        if let Some(page) = above.find(is_page) {
            let page = page.to_owned();
            return Evidence::Below { page };
        }
    }
    match is_index(&game.entry) {
        true => Evidence::Index,
        false => Evidence::OnlyPage,
    }
}

impl<T> Decision<T> {
    fn new((is, evidence): (T, Vec<Evidence>)) -> Self {
        Self { is, evidence }
    }

    fn configured(is: T) -> Self {
        Self::new((is, vec![Evidence::Configured]))
    }
}
