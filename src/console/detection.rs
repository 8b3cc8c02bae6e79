//! Detected engines and the evidence for them, in the language of this process unless another is given.

use crate::console::locale;
use crate::console::message::t;
use webserver::detect::engine::{Engine, Trait};
use webserver::detect::evidence::Evidence;
use webserver::language::Language;

/// An engine on one line: `Godot 4.3, threads`.
pub(crate) fn engine_text(engine: &Engine) -> String {
    engine_text_in(engine, locale::current())
}

/// The same line in another language.
pub(crate) fn engine_text_in(engine: &Engine, language: Language) -> String {
    let threads = t!("engine.threads", locale = language.tag());
    let mut text = engine.kind.name().to_owned();
    if let Some(version) = &engine.version {
        text += &format!(" {version}");
    }
    for one in &engine.traits {
        text += &format!(", {}", trait_text(*one, &threads));
    }
    text
}

/// Evidence as a clause.
pub(crate) fn evidence_text(evidence: &Evidence) -> String {
    match evidence {
        Evidence::File(file) => t!("evidence.file", file = file),
        Evidence::Says { file, words } => t!("evidence.says", file = file, words = words),
        Evidence::Version { file, version } => {
            t!("evidence.version", file = file, version = version)
        }
        Evidence::SharedMemory(file) => t!("evidence.shared_memory", file = file),
        Evidence::OtherHost { file, reference } => {
            t!("evidence.other_host", file = file, reference = reference)
        }
        Evidence::Absolute { file, reference } => {
            t!("evidence.absolute", file = file, reference = reference)
        }
        Evidence::Marked => t!("evidence.marked"),
        Evidence::ReadByBrowser(file) => t!("evidence.read_by_browser", file = file),
        Evidence::NoInflater => t!("evidence.no_inflater"),
        Evidence::NoSign => t!("evidence.no_sign"),
        Evidence::Inflater { file, words } => t!("evidence.inflater", file = file, words = words),
        Evidence::Index => t!("evidence.index"),
        Evidence::Main => t!("evidence.main"),
        Evidence::Below { page } => t!("evidence.below", page = page),
        Evidence::OnlyPage => t!("evidence.only_page"),
        Evidence::Configured => t!("evidence.configured"),
        Evidence::NoMarks => t!("evidence.no_marks"),
        Evidence::NoThreads => t!("evidence.no_threads"),
        Evidence::FitsAsItIs => t!("evidence.fits_as_it_is"),
    }
    .into_owned()
}

/// The names of features of secure contexts.
pub(crate) fn features_text(features: &[&str]) -> String {
    let names: Vec<_> = features.iter().map(|name| feature_text(name)).collect();
    names.join(&t!("secure.comma"))
}

fn feature_text(name: &str) -> String {
    match name {
        "threads" => t!("secure.feature.threads").into_owned(),
        "service workers" => t!("secure.feature.workers").into_owned(),
        "gamepads" => t!("secure.feature.gamepads").into_owned(),
        "microphone and camera" => t!("secure.feature.camera").into_owned(),
        "motion sensors" => t!("secure.feature.motion").into_owned(),
        "geolocation" => t!("secure.feature.location").into_owned(),
        name => name.to_owned(),
    }
}

fn trait_text(one: Trait, threads: &str) -> &str {
    match one {
        Trait::Threads => threads,
        Trait::Pwa => "PWA",
        Trait::Compressed(coding) => coding.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use webserver::compression::coding::Coding;
    use webserver::detect::kind::EngineKind;

    #[test]
    fn threads_are_named_in_the_language_of_the_reader() {
        let engine = Engine {
            kind: EngineKind::Godot,
            version: None,
            traits: vec![Trait::Threads],
            evidence: Vec::new(),
        };
        for (language, expected) in [
            (Language::English, "Godot, threads"),
            (Language::Chinese, "Godot, 多线程"),
        ] {
            assert_eq!(engine_text_in(&engine, language), expected);
        }
    }

    #[test]
    fn an_engine_is_one_line_with_its_version_and_traits() {
        let engine = Engine {
            kind: EngineKind::Godot,
            version: Some("4.3".to_owned()),
            traits: vec![Trait::Pwa, Trait::Compressed(Coding::Brotli)],
            evidence: Vec::new(),
        };
        assert_eq!(engine_text(&engine), "Godot 4.3, PWA, brotli");
    }
}
