//! Secure contexts: features that browsers offer only to pages on https or localhost, and whether a game plays without
//! them.

use crate::detect::evidence::Evidence;
use crate::detect::kind::EngineKind;
use crate::detect::scan::Scan;
use crate::detect::script::{ScannedText, is_identifier_part};

/// A feature of secure contexts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SecureFeature {
    /// The words in a script that uses it.
    pub words: &'static str,
    pub name: &'static str,
    /// The property as a script reaches it, perhaps to see whether it is there.
    property: &'static str,
    /// The property's name in a test: `"gpu" in navigator`.
    tests: [&'static str; 4],
    role: FeatureRole,
}

/// The part that a feature plays in games that use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FeatureRole {
    /// A convenience: the game plays as well without it.
    Comfort,
    /// Scripts that test for it play without it.
    Tested,
    /// The same, and a pad announces itself to scripts that listen for it.
    Announced,
    /// A game made without an engine is hardly playable without it, even if its scripts test for it.
    Input,
}

/// The need of a game for a secure context.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecureContext {
    /// True if the game does not play without it.
    pub is_needed: bool,
    /// The features that it needs.
    pub features: Vec<&'static str>,
    /// True if it uses a service worker, for which a certificate must be trusted, not only accepted.
    pub has_worker: bool,
}

macro_rules! features {
    ($(($words:literal, $property:literal, $name:literal, $role:ident),)*) => {
        &[$(SecureFeature {
            words: $words,
            name: $name,
            property: concat!(".", $property),
            tests: [
                concat!("\"", $property, "\" in "),
                concat!("'", $property, "' in "),
                concat!("\"", $property, "\"in "),
                concat!("'", $property, "'in "),
            ],
            role: FeatureRole::$role,
        }),*]
    };
}

/// All features of secure contexts that games use.
pub(crate) const SECURE_FEATURES: &[SecureFeature] = features![
    (
        "audioWorklet.addModule",
        "audioWorklet",
        "AudioWorklet",
        Tested
    ),
    (
        "serviceWorker.register",
        "serviceWorker",
        "service workers",
        Tested
    ),
    ("navigator.gpu", "gpu", "WebGPU", Tested),
    ("getGamepads", "getGamepads", "gamepads", Announced),
    (
        "mediaDevices.getUserMedia",
        "mediaDevices",
        "microphone and camera",
        Input
    ),
    ("crypto.subtle", "subtle", "Web Crypto", Tested),
    ("navigator.clipboard", "clipboard", "the clipboard", Comfort),
    (
        "DeviceOrientationEvent",
        "DeviceOrientationEvent",
        "motion sensors",
        Input
    ),
    (
        "DeviceMotionEvent",
        "DeviceMotionEvent",
        "motion sensors",
        Input
    ),
    ("navigator.wakeLock", "wakeLock", "wake lock", Comfort),
    ("navigator.geolocation", "geolocation", "geolocation", Input),
    ("requestMIDIAccess", "requestMIDIAccess", "MIDI", Input),
    ("navigator.xr", "xr", "WebXR", Tested),
    (
        "navigator.storage",
        "storage",
        "persistent storage",
        Comfort
    ),
];

/// The names of all features of secure contexts.
pub fn feature_names() -> impl Iterator<Item = &'static str> {
    SECURE_FEATURES.iter().map(|feature| feature.name)
}

/// The feature that isolated pages get.
pub(crate) const THREADS: &str = "threads";

/// Godot 4 stops with these words when there is no secure context; it plays its sound through an AudioWorklet.
const GODOT_STOPS: &str = "Secure Context - Check web server configuration";
const SOUND: &str = "AudioWorklet";

const PAD_EVENT: &str = "gamepadconnected";

/// Engines whose runtime has a feature's words in every export, and plays without the feature: Ruffle asks for pads only if
/// its page gives their buttons a meaning, js-dos has another way to its sound, PixiJS and three.js draw with
/// WebGL, and TyranoScript opens the camera for a tag that hardly any scenario has.
const OPTIONAL: &[(EngineKind, &str)] = &[
    (EngineKind::Flash, "gamepads"),
    (EngineKind::JsDos, "AudioWorklet"),
    (EngineKind::Pixi, "WebGPU"),
    (EngineKind::ThreeJs, "WebGPU"),
    (EngineKind::Tyrano, "microphone and camera"),
];

/// Words of libraries (p5.js, p5.sound, q5.js, melonJS, LittleJS, Tone.js, pygbag's runtime), whose scripts have features for
/// the games that ask for them.
const LIBRARIES: &[&str] = &[
    "p5.js says",
    "[p5.sound]",
    "q5js.org",
    "melonJS",
    "LittleJS",
    "Tone.js/wiki",
    "- Pygbag runtime -",
];

/// The beginnings of the names of some of them on other hosts: `p5.min.js`, `p5@1.11.1`.
const REMOTE_LIBRARIES: &[&str] = &["p5", "q5"];

/// The calls and fields by which a game asks a library for a feature. No library has those that begin with a dot: in its
/// file they are of the game, which a bundler put there.
const LIBRARY_CALLS: &[(&str, &str)] = &[
    ("createCapture(", "microphone and camera"),
    (".createCapture(", "microphone and camera"),
    ("p5.AudioIn", "microphone and camera"),
    ("UserMedia(", "microphone and camera"),
    ("accelerationX", "motion sensors"),
    ("deviceMoved", "motion sensors"),
    ("deviceShaken", "motion sensors"),
    ("deviceTurned", "motion sensors"),
    ("watchDeviceOrientation", "motion sensors"),
    ("watchAccelerometer", "motion sensors"),
];

/// Classes that are there if the property of audio worklets is.
const AUDIO_CLASSES: &[&str] = &["AudioWorkletNode", "AudioWorklet"];

/// A script with this word copes without a secure context, as far as it can.
const ASKS: &str = "isSecureContext";

/// The bytes around a mention that are read to tell a test from a use.
const CONTEXT: usize = 12;

/// The words that this file adds to the vocabulary.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    let of_feature = |feature: &SecureFeature| {
        let [a, b, c, d] = feature.tests;
        [feature.words, feature.property, a, b, c, d]
    };
    let features = SECURE_FEATURES.iter().flat_map(of_feature);
    features
        .chain([GODOT_STOPS, ASKS, PAD_EVENT])
        .chain(LIBRARIES.iter().copied())
        .chain(LIBRARY_CALLS.iter().map(|(words, _)| *words))
        .chain(AUDIO_CLASSES.iter().copied())
}

/// The need of a game that does not use threads, with the evidence. A feature is needed if a script uses it without
/// testing for it: a script that tests works without it.
pub(crate) fn find_secure_context(
    kind: EngineKind,
    scan: &Scan<'_>,
) -> (SecureContext, Vec<Evidence>) {
    let says = |text: &ScannedText, words: &str| Evidence::Says {
        file: text.name.clone(),
        words: words.to_owned(),
    };
    if kind == EngineKind::Godot
        && let Some(text) = scan.texts().find(|text| text.contains(GODOT_STOPS))
    {
        let secure = SecureContext {
            is_needed: true,
            features: vec![SOUND],
            has_worker: false,
        };
        return (secure, vec![says(text, GODOT_STOPS)]);
    }
    let mut secure = SecureContext::default();
    let mut evidence = Vec::new();
    for feature in SECURE_FEATURES {
        let Some((text, words)) = find_use(kind, scan, feature) else {
            continue;
        };
        let found = says(text, words);
        if !evidence.contains(&found) {
            evidence.push(found);
        }
        if !secure.features.contains(&feature.name) {
            secure.features.push(feature.name);
        }
    }
    secure.is_needed = !secure.features.is_empty();
    (secure, evidence)
}

/// The first text of the game that needs a feature, with the words that tell it.
fn find_use<'t>(
    kind: EngineKind,
    scan: &'t Scan<'_>,
    feature: &SecureFeature,
) -> Option<(&'t ScannedText, &'static str)> {
    if OPTIONAL.contains(&(kind, feature.name)) {
        return None;
    }
    let is_needed = |text: &&ScannedText| {
        let is_needed = || match feature.role {
            FeatureRole::Comfort => false,
            FeatureRole::Input if kind == EngineKind::Plain => true,
            FeatureRole::Announced if text.contains(PAD_EVENT) => false,
            _ => !is_tested(text, feature),
        };
        uses(text, feature.words) && is_needed()
    };
    if let Some(text) = own_texts(scan).find(is_needed) {
        return Some((text, feature.words));
    }
    let has_library = scan.scripts.iter().any(is_library)
        || scan.scripts_of_other_hosts().any(is_library_elsewhere);
    let calls = { LIBRARY_CALLS.iter() }.filter(|(_, name)| *name == feature.name);
    let mut calls = calls.filter(|_| has_library);
    calls.find_map(|(words, _)| {
        let text = match words.starts_with('.') {
            true => scan.texts().find(|text| text.contains(words)),
            false => own_texts(scan).find(|text| uses(text, words)),
        };
        Some((text?, *words))
    })
}

/// The page and the scripts that are no libraries.
fn own_texts<'s>(scan: &'s Scan<'_>) -> impl Iterator<Item = &'s ScannedText> {
    let scripts = scan.scripts.iter().filter(|text| !is_library(text));
    std::iter::once(&scan.page).chain(scripts)
}

fn is_library(text: &ScannedText) -> bool {
    LIBRARIES.iter().any(|word| text.contains(word))
}

fn is_library_elsewhere(reference: &str) -> bool {
    let name = reference.rsplit('/').next().unwrap_or_default();
    REMOTE_LIBRARIES.iter().any(|start| name.starts_with(start))
}

/// True if a text has such words, and not only within longer ones: `fillDeviceMotionEventData` of Emscripten, which every
/// program has that links all of its library, uses nothing. Nor does an obfuscator's list of all names: `'a','getGamepads',`,
/// or Dart's table of all classes, which exports of Flutter have: `{CustomEvent:A.a,DeviceMotionEvent:A.a`.
fn uses(text: &ScannedText, words: &str) -> bool {
    text.positions(words).iter().any(|start| {
        let before = text.excerpt(start.saturating_sub(1), usize::from(*start > 0));
        let after = text.excerpt(start + words.len(), 2);
        let goes_on = words.ends_with(is_identifier_part) && after.starts_with(is_identifier_part);
        let is_item = before == "'" && after == "'," || before == "\"" && after == "\",";
        let is_key = [",", "{"].contains(&&*before) && after.starts_with(':');
        !before.ends_with(is_identifier_part) && !goes_on && !is_item && !is_key
    })
}

/// True if a script tests for such a feature before it uses it.
fn is_tested(text: &ScannedText, feature: &SecureFeature) -> bool {
    if text.contains(ASKS) || feature.tests.iter().any(|test| text.contains(test)) {
        return true;
    }
    let is_tested_as = |name: &str, is_test: fn(&str, &str) -> bool| {
        text.positions(name).iter().any(|start| {
            let after = text.excerpt(start + name.len(), CONTEXT);
            let before = text.excerpt(start.saturating_sub(CONTEXT), CONTEXT.min(*start));
            is_test(&before, &after)
        })
    };
    // `navigator.xr` and a bare `DeviceMotionEvent` are the property, too; `audioWorklet.addModule` is one of what is missing.
    let is_property = feature.words.ends_with(&feature.property[1..]);
    let has_class = feature.name == SOUND;
    let mut classes = AUDIO_CLASSES.iter().filter(|_| has_class);
    is_tested_as(feature.property, is_test)
        || is_property && is_tested_as(feature.words, is_test)
        || classes.any(|name| is_tested_as(name, is_class_test))
}

/// True if the text around a class tests whether it exists: `window.AudioWorklet ? …`, `"AudioWorkletNode" in window`.
fn is_class_test(before: &str, after: &str) -> bool {
    let is_reached = before.ends_with('.') || before.trim_end().ends_with("typeof");
    is_member_test(after) || is_reached && is_test(before, after)
}

/// True if the text after a quoted name asks for a member: `"name" in window`.
pub(crate) fn is_member_test(after: &str) -> bool {
    let quoted = after.strip_prefix(['"', '\'']);
    quoted.is_some_and(|after| after.trim_start().starts_with("in "))
}

/// True if the text around a property tests whether it exists.
pub(crate) fn is_test(before: &str, after: &str) -> bool {
    let is_whole = !after.starts_with(is_identifier_part);
    let after = after.trim_start();
    let asks = ["?", "&&", "||", ")", "=", "!="];
    let is_negated = || {
        let object = before.trim_end_matches(|c| is_identifier_part(c) || c == '.');
        object.ends_with('!') || object.trim_end().ends_with("typeof")
    };
    is_whole && (asks.iter().any(|ask| after.starts_with(ask)) || is_negated())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_for_a_class_is_told_from_its_use_and_from_prose() {
        for (before, after, expected) in [
            ("b=window.", "?kb:lb", true),
            ("if (!window.", ") {", true),
            ("if (typeof ", " === 'undefined')", true),
            ("if ('", "' in window)", true),
            ("if(\"", "\"in window)", true),
            ("n = new ", "(context, 'a')", false),
            ("n = new window.", "(context, 'a')", false),
            ("// sound (", ")", false),
            ("name = '", "'; x in y", false),
        ] {
            assert_eq!(is_class_test(before, after), expected, "{before}|{after}");
        }
    }

    #[test]
    fn a_test_for_a_property_is_told_from_its_use() {
        for (before, after, expected) in [
            ("navigator", "()", false),
            ("navigator", "?.()", true),
            ("if (navigator", ") {", true),
            ("navigator", " && navigator", true),
            ("navigator", " ? 1 : 2", true),
            ("navigator", " === undefined", true),
            ("navigator", "!==void 0", true),
            ("!navigator", ";", true),
            ("typeof navigator", ";", true),
            ("await navigator", ".writeText(", false),
            ("window.navigator", "Manager)", false),
            ("", "", false),
        ] {
            assert_eq!(is_test(before, after), expected, "{before}|{after}");
        }
    }
}
