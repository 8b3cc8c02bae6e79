//! `webserver list --why GAME`: explains how a game is recognised and served, with the evidence.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::commands::bucket::fetch_files;
use crate::commands::json::{self, EngineJson, sentences};
use crate::commands::typed_game::typed_game;
use crate::console::describe::Describe;
use crate::console::describe::left_out::left_out_by_cause;
use crate::console::detection::{engine_text, evidence_text, features_text};
use crate::console::failure::{Exit, Failure};
use crate::console::layout::{pad, widest};
use crate::console::locale;
use crate::console::message::t;
use crate::console::printable::printable;
use crate::console::stdout;
use webserver::archive::encoding::Encoding;
use webserver::compression::coding::Coding;
use webserver::detect::evidence::Evidence;
use webserver::detect::precompressed::Inflater;
use webserver::detect::secure_context::SecureContext;
use webserver::library::game::Game;
use webserver::library::listing::Library;
use webserver::library::profile::Profile;
use webserver::names::left_out::LeftOut;
use webserver::source::listing::Listing;

/// The limit of file names in one line; more are only counted.
const MAX_NAMES: usize = 3;

/// Explains a game of the library, at a path or an address.
///
/// # Errors
/// If the game is not found, its folder cannot be read, or the output cannot be written.
pub(super) fn run(library: &Library, name: &str, as_json: bool) -> Result<Exit, Failure> {
    let typed = match typed_game(library, name)? {
        (_, Some(typed)) => typed,
        (exit, None) => return Ok(exit),
    };
    let game = &typed.game;
    fetch_files(game)?;
    let archive = game.source.opened();
    let Listing { files, left_out } = game
        .source
        .listing()
        .map_err(|error| Failure::failed(error.text()))?;
    let profile = Profile::detect(game, &files);
    let encoding = archive.and_then(|archive| archive.encoding());
    let explained = ExplainedGame {
        game,
        profile: &profile,
        left_out: &left_out,
        encoding: encoding.map(Encoding::name),
    };
    match as_json {
        true => stdout::print_json(&json::text(&ExplanationJson::from(&explained))?),
        false => stdout::print_text(&text(&explained)),
    }
}

/// A game, and what is known of it.
struct ExplainedGame<'a> {
    game: &'a Game,
    profile: &'a Profile,
    left_out: &'a [LeftOut],
    /// The encoding of an archive's names, if some are not UTF-8.
    encoding: Option<&'static str>,
}

/// A decision as text: heading, value and evidence.
type Paragraph = (String, String, Vec<String>);

fn text(explained: &ExplainedGame<'_>) -> String {
    let game = explained.game;
    let mut decisions = decisions(game, explained.profile);
    if let Some(encoding) = explained.encoding {
        let heading = t!("explain.encoding").into_owned();
        decisions.push((heading, encoding.to_owned(), Vec::new()));
    }
    for (paths, cause) in left_out_by_cause(explained.left_out, locale::current()) {
        let heading = t!("explain.left_out").into_owned();
        decisions.push((heading, paths, vec![cause.text()]));
    }
    let width = widest(decisions.iter().map(|(heading, ..)| heading.as_str()));
    let mut lines = vec![format!("{}  {}", game.slug, game.source)];
    for (heading, value, evidence) in decisions {
        lines.push(format!("{}  {value}", pad(&heading, width)));
        let sentences = evidence.into_iter();
        lines.extend(sentences.map(|sentence| format!("{}    {sentence}", pad("", width))));
    }
    let lines: Vec<_> = lines.iter().map(|line| printable(line)).collect();
    lines.join("\n") + "\n"
}

fn decisions(game: &Game, profile: &Profile) -> Vec<Paragraph> {
    let decision = |heading: Cow<'_, str>, value: String, evidence: &[Evidence]| {
        (heading.into_owned(), value, sentences(evidence))
    };
    let isolation = &profile.isolation;
    let mut decisions = vec![
        decision(
            t!("explain.engine"),
            engine_text(&profile.engine),
            &profile.engine.evidence,
        ),
        decision(
            t!("explain.entry"),
            profile.entry.is.clone(),
            &profile.entry.evidence,
        ),
        decision(
            t!("explain.base"),
            format!("/{}", profile.prefix.is),
            &profile.prefix.evidence,
        ),
        decision(
            t!("explain.isolation"),
            isolation.is.token().to_owned(),
            &isolation.evidence,
        ),
        decision(
            t!("explain.https"),
            https_text(&profile.secure.is),
            &profile.secure.evidence,
        ),
    ];
    for (name, value) in &game.overrides.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        let field = format!("{name}: {value}");
        decisions.push(decision(
            t!("explain.headers"),
            field,
            &[Evidence::Configured],
        ));
    }
    let groups = compressed(profile);
    if groups.is_empty() {
        let none = t!("explain.none").into_owned();
        decisions.push(decision(t!("explain.compressed"), none, &[]));
    }
    for group in groups {
        decisions.push(decision(
            t!("explain.compressed"),
            group.to_string(),
            &[group.evidence],
        ));
    }
    decisions
}

fn https_text(secure: &SecureContext) -> String {
    match (secure.is_needed, features_text(&secure.features)) {
        (false, _) => t!("explain.https_not_needed"),
        (true, features) if features.is_empty() => t!("explain.https_needed"),
        (true, features) => t!("explain.https_needed_for", features = features),
    }
    .into_owned()
}

/// Compressed files that are served in the same way.
struct CompressedGroup<'a> {
    files: Vec<&'a str>,
    coding: Coding,
    inflated_by: Inflater,
    evidence: Evidence,
}

fn compressed(profile: &Profile) -> Vec<CompressedGroup<'_>> {
    let mut groups: Vec<CompressedGroup<'_>> = Vec::new();
    for (file, encoded) in &profile.encoded {
        let is_same = |group: &&mut CompressedGroup<'_>| {
            group.coding == encoded.coding
                && group.inflated_by == encoded.inflated_by
                && group.evidence == encoded.evidence
        };
        match groups.iter_mut().find(is_same) {
            Some(group) => group.files.push(file),
            None => groups.push(CompressedGroup {
                files: vec![file],
                coding: encoded.coding,
                inflated_by: encoded.inflated_by,
                evidence: encoded.evidence.clone(),
            }),
        }
    }
    groups
}

impl std::fmt::Display for CompressedGroup<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut files = self.files[..self.files.len().min(MAX_NAMES)].join(", ");
        if self.files.len() > MAX_NAMES {
            let count = self.files.len() - MAX_NAMES;
            files = t!("explain.and_more", files = files, count = count).into_owned();
        }
        let compression = self.coding.name();
        formatter.write_str(&match self.inflated_by {
            Inflater::Browser => t!(
                "explain.by_browser",
                files = files,
                compression = compression
            ),
            Inflater::Page => t!("explain.by_page", files = files, compression = compression),
        })
    }
}

/// The output of `list --json --why GAME`.
#[derive(Serialize)]
struct ExplanationJson<'a> {
    slug: &'a str,
    source: String,
    engine: EngineJson,
    entry: DecisionJson,
    base: DecisionJson,
    isolation: DecisionJson,
    https: HttpsJson,
    headers: BTreeMap<String, String>,
    compressed: Vec<CompressedJson<'a>>,
    /// The encoding of an archive's names, if some are not UTF-8.
    encoding: Option<&'static str>,
    left_out: Vec<LeftOutJson<'a>>,
}

#[derive(Serialize)]
struct LeftOutJson<'a> {
    file: &'a str,
    reason: &'static str,
}

/// A setting, and the evidence for it.
#[derive(Serialize)]
struct DecisionJson {
    is: String,
    evidence: Vec<String>,
}

/// The need of a game for https.
#[derive(Serialize)]
struct HttpsJson {
    is: bool,
    features: Vec<&'static str>,
    evidence: Vec<String>,
}

#[derive(Serialize)]
struct CompressedJson<'a> {
    file: &'a str,
    compression: &'static str,
    /// `inside`: as the decoded file; `as-is`: undecoded.
    sent: &'static str,
    /// The name of the decoded file.
    inside: &'a str,
    evidence: String,
}

impl<'a> From<&ExplainedGame<'a>> for ExplanationJson<'a> {
    fn from(explained: &ExplainedGame<'a>) -> Self {
        let ExplainedGame {
            game,
            profile,
            left_out,
            encoding,
        } = *explained;
        let decision = |is: String, evidence: &[Evidence]| DecisionJson {
            is,
            evidence: sentences(evidence),
        };
        let headers = game.overrides.headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.to_string(), value)
        });
        let compressed = profile.encoded.iter();
        Self {
            slug: &game.slug,
            source: game.source.to_string(),
            engine: EngineJson::from(&profile.engine),
            entry: decision(profile.entry.is.clone(), &profile.entry.evidence),
            base: decision(format!("/{}", profile.prefix.is), &profile.prefix.evidence),
            isolation: decision(
                profile.isolation.is.token().to_owned(),
                &profile.isolation.evidence,
            ),
            https: HttpsJson {
                is: profile.secure.is.is_needed,
                features: profile.secure.is.features.clone(),
                evidence: sentences(&profile.secure.evidence),
            },
            headers: headers.collect(),
            compressed: compressed
                .map(|(file, encoded)| CompressedJson {
                    file,
                    compression: encoded.coding.name(),
                    sent: match encoded.inflated_by {
                        Inflater::Browser => "inside",
                        Inflater::Page => "as-is",
                    },
                    inside: &encoded.inner,
                    evidence: evidence_text(&encoded.evidence),
                })
                .collect(),
            encoding,
            left_out: left_out
                .iter()
                .map(|left_out| LeftOutJson {
                    file: &left_out.path,
                    reason: left_out.cause.token(),
                })
                .collect(),
        }
    }
}
