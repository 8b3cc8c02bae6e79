//! What an export asks of a server.

use std::collections::BTreeMap;

use crate::detect::base_path::{find_base_path, normalize_base_path};
use crate::detect::engine::Engine;
use crate::detect::evidence::Evidence;
use crate::detect::isolation::find_isolation;
use crate::detect::isolation_mode::Isolation;
use crate::detect::precompressed::PrecompressedFile;
use crate::detect::precompressed::find_precompressed;
use crate::detect::scan::{Export, Scan, THOROUGH};
use crate::detect::vocabulary::VOCABULARY;
use crate::library::entry::Overrides;
use crate::library::game::Game;
use crate::source::file::File;

/// How a game wants to be served, each point with what it was seen from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// What made it.
    pub engine: Engine,
    /// The page to start with.
    pub entry: Decision<String>,
    /// Whether its page is kept apart from other origins.
    pub isolation: Decision<Isolation>,
    /// Below which path it expects to be: nothing, or `repo/`.
    pub prefix: Decision<String>,
    /// The files that are compressed already, by name.
    pub encoded: BTreeMap<String, PrecompressedFile>,
}

/// Something decided, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision<T> {
    /// What.
    pub is: T,
    /// What it was seen from.
    pub evidence: Vec<Evidence>,
}

impl Profile {
    /// Looks at all of a game's scripts, and at the beginnings of its other files. `files` are all of the game's.
    pub fn detect(game: &Game, files: &[File]) -> Self {
        let export = Export {
            source: &game.source,
            names: files.iter().map(|file| file.path.clone()).collect(),
            entry: &game.entry,
        };
        let look = Scan::new(export, THOROUGH, &VOCABULARY);
        let engine = Engine::from_scan(&look);
        let Overrides {
            isolation,
            base,
            entry,
            ..
        } = &game.overrides;
        let is_index = || {
            let page = game.entry.rsplit('/').next().unwrap_or_default();
            page.to_ascii_lowercase().starts_with("index.htm")
        };
        let seen = match entry {
            Some(_) => Evidence::Configured,
            None if is_index() => Evidence::Index,
            None => Evidence::OnlyPage,
        };
        let isolation = match isolation {
            Some(isolation) => Decision::configured(*isolation),
            None => Decision::new(find_isolation(engine.kind, &look)),
        };
        let prefix = match base {
            Some(base) => Decision::configured(normalize_base_path(base)),
            None => Decision::new(find_base_path(&look)),
        };
        Self {
            engine,
            entry: Decision::new((game.entry.clone(), vec![seen])),
            isolation,
            prefix,
            encoded: find_precompressed(&look).into_iter().collect(),
        }
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
