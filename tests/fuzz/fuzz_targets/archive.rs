//! Any archive, whatever its bytes, is refused, or its files stay inside, are few and are those that were packed.
#![no_main]

use std::collections::HashSet;
use std::io::{Read, Write};

use libfuzzer_sys::fuzz_target;
use webserver::archive::Archive;
use webserver::archive::member::{Member, Method};
use webserver::fs::budget::{GameBudget, GameLimits};

const LIMITS: GameLimits = GameLimits {
    files: 50,
    bytes: 1 << 20,
    decoded: 1 << 20,
};

fuzz_target!(|bytes: &[u8]| {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    let Ok(archive) = Archive::read(file, &GameBudget::new(LIMITS)) else {
        return;
    };
    assert!(archive.members().len() as u64 <= LIMITS.files);
    let (mut paths, mut total, mut packed) = (HashSet::new(), 0, 0);
    for member in archive.members() {
        let leads_elsewhere = |part: &str| ["", ".", ".."].contains(&part);
        assert!(!member.path.split('/').any(leads_elsewhere), "{member:?}");
        assert!(!member.path.contains(['\\', '\0']), "{member:?}");
        assert!(paths.insert(member.path.clone()), "{member:?}");
        total += member.length;
        packed += member.packed.end - member.packed.start;
        assert!(member.packed.end <= bytes.len() as u64);
        let mut content = Vec::new();
        if archive.content(member).read_to_end(&mut content).is_err() {
            continue;
        }
        assert_eq!(content.len() as u64, member.length);
        if member.method == Method::Deflated {
            check_gzip(&archive, member, &content);
        }
    }
    // Members that share bytes would make this untrue.
    assert!(packed <= bytes.len() as u64);
    assert!(total <= LIMITS.bytes);
});

/// The content for clients that accept gzip equals that for all others.
fn check_gzip(archive: &Archive, member: &Member, content: &[u8]) {
    let (length, mut gzip) = archive.gzip(member).unwrap();
    let mut bytes = Vec::new();
    gzip.read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes.len() as u64, length);
    let mut again = Vec::new();
    flate2::read::MultiGzDecoder::new(&bytes[..])
        .read_to_end(&mut again)
        .unwrap();
    assert_eq!(again, content);
}
