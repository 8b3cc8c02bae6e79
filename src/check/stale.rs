//! Compressed files that have been left behind by an earlier export.

use std::collections::HashSet;
use std::io::Read;

use flate2::read::MultiGzDecoder;

use crate::check::finding::{Finding, Problem, Severity};
use crate::compression::detect::Compression;
use crate::library::profile::Profile;
use crate::source::Source;

/// Larger files are not compared, in bytes.
const MOST: u64 = 64 << 20;

/// The files among these that stand beside what they should be in another form, and are not.
pub(crate) fn siblings(source: &Source, profile: &Profile, names: &[String]) -> Vec<Finding> {
    let names: HashSet<&str> = names.iter().map(String::as_str).collect();
    let mut findings = Vec::new();
    for (sibling, encoded) in &profile.encoded {
        let name = &encoded.inner;
        if names.contains(name.as_str()) && is_stale(source, sibling, name, encoded.compression) {
            findings.push(Finding {
                severity: Severity::Error,
                file: Some(sibling.clone()),
                line: None,
                problem: Problem::Stale { name: name.clone() },
            });
        }
    }
    findings
}

fn is_stale(source: &Source, sibling: &str, name: &str, compression: Compression) -> bool {
    let (coded, plain) = (source.head(sibling, MOST), source.head(name, MOST));
    if coded.len() as u64 == MOST || plain.len() as u64 == MOST {
        return false;
    }
    let decoder: Box<dyn Read + '_> = match compression {
        Compression::Gzip => Box::new(MultiGzDecoder::new(&coded[..])),
        Compression::Brotli => Box::new(brotli::Decompressor::new(&coded[..], 1 << 16)),
        Compression::Zstd => match zstd::Decoder::new(&coded[..]) {
            Ok(decoder) => Box::new(decoder),
            Err(_) => return true,
        },
    };
    let mut decoded = Vec::with_capacity(plain.len() + 1);
    let read = decoder
        .take(plain.len() as u64 + 1)
        .read_to_end(&mut decoded);
    read.is_err() || decoded != plain
}
