//! A parsed path cannot lead elsewhere, and parses the same after encoding.
#![no_main]

use libfuzzer_sys::fuzz_target;
use webserver::site::path::AssetPath;

fuzz_target!(|path: &str| {
    let Ok(parsed) = AssetPath::parse(path) else {
        return;
    };
    let name = parsed.as_str();
    assert!(!name.bytes().any(|byte| byte.is_ascii_control()));
    let parts = name.strip_suffix('/').unwrap_or(name);
    let leads_elsewhere = |part: &str| ["", ".", ".."].contains(&part);
    assert!(
        name.is_empty() || !parts.split('/').any(leads_elsewhere),
        "{name:?}"
    );
    let again = encode(name);
    assert_eq!(AssetPath::parse(&again), Ok(parsed.clone()), "{again}");
});

/// Encodes every byte except slashes.
fn encode(name: &str) -> String {
    let encoded = name
        .split('/')
        .map(|part| part.bytes().map(|byte| format!("%{byte:02x}")).collect());
    format!("/{}", encoded.collect::<Vec<String>>().join("/"))
}
