//! Limits of what an archive may ask of its decoder.

/// The largest dictionary of LZMA, in bytes: the one of `xz -9`, and of the strongest presets of 7-Zip.
pub const LARGEST_DICTIONARY: u64 = 64 << 20;

/// The most memory of a decoder of LZMA, in KiB: the dictionary, and what surrounds it.
pub const DECODER_KIB: u32 = (LARGEST_DICTIONARY >> 10) as u32 + 1024;
