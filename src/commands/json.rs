//! The parts of JSON output that several commands share.

use serde::Serialize;

use crate::console::describe::Describe;
use crate::console::detection::evidence_text;
use crate::console::failure::Failure;
use webserver::detect::engine::{Engine, Trait};
use webserver::detect::evidence::Evidence;
use webserver::library::listing::Rejected;

/// Formats a value as indented JSON with a line break at the end.
///
/// # Errors
/// If the value has no form in JSON, which is a bug.
pub(super) fn text(value: &impl Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value).map_err(Failure::failed)?;
    Ok(text + "\n")
}

/// The engine that a game was made with.
#[derive(Serialize)]
pub(super) struct EngineJson {
    name: &'static str,
    version: Option<String>,
    traits: Vec<&'static str>,
    evidence: Vec<String>,
}

impl From<&Engine> for EngineJson {
    fn from(engine: &Engine) -> Self {
        let traits = engine.traits.iter().map(|one| match one {
            Trait::Threads => "threads",
            Trait::Pwa => "pwa",
            Trait::Compressed(coding) => coding.name(),
        });
        Self {
            name: engine.kind.name(),
            version: engine.version.clone(),
            traits: traits.collect(),
            evidence: sentences(&engine.evidence),
        }
    }
}

/// An entry of the library that cannot be published.
#[derive(Serialize)]
pub(super) struct RejectedJson {
    name: String,
    reason: String,
    /// The config file and line to correct, if it is listed in one.
    file: Option<String>,
    line: Option<usize>,
}

impl From<&Rejected> for RejectedJson {
    fn from(rejected: &Rejected) -> Self {
        let location = rejected.location.as_ref();
        Self {
            name: rejected.name.text(),
            reason: rejected.reason.text(),
            file: location.map(|location| location.file.display().to_string()),
            line: location.map(|location| location.line),
        }
    }
}

/// Evidence, one sentence each.
pub(super) fn sentences(evidence: &[Evidence]) -> Vec<String> {
    evidence.iter().map(evidence_text).collect()
}
