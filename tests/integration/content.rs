//! Content of files that tests serve, download and unpack.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

/// Bytes without a pattern (xorshift), others for each seed.
pub(crate) fn noise(seed: u32, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9).max(1);
    let next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state
    };
    let words = std::iter::repeat_with(next);
    words.flat_map(u32::to_le_bytes).take(length).collect()
}

/// The bytes in a gzip file.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

/// A tar archive of an `index.html` with the content `page`.
pub(crate) fn tar_of_page() -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(4);
    header.set_mode(0o644);
    tar.append_data(&mut header, "index.html", &b"page"[..])
        .unwrap();
    tar.into_inner().unwrap()
}
