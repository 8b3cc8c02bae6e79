//! What is read as a path has nothing in it that leads elsewhere, and is read the same when it is written again.
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

/// Every byte but the slashes, so that nothing depends on which ones must be.
fn encode(name: &str) -> String {
    let encoded = name
        .split('/')
        .map(|part| part.bytes().map(|byte| format!("%{byte:02x}")).collect());
    format!("/{}", encoded.collect::<Vec<String>>().join("/"))
}
