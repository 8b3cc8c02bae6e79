//! The quick detection that a library of hundreds of games can afford.

use crate::detect::engine::Engine;
use crate::detect::scan::{Export, GLANCE, Scan};
use crate::detect::vocabulary::VOCABULARY;
use crate::source::Source;

/// Detects the engine of a game from a bounded number of names and bytes.
pub(crate) fn glance(source: &Source, entry: &str) -> Engine {
    let _archive = source.opened();
    let export = Export {
        source,
        names: source.glance(),
        entry,
    };
    Engine::from_scan(&Scan::new(export, GLANCE, &VOCABULARY))
}
