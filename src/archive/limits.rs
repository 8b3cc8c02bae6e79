//! Limits of what an archive may hold.

/// The size of an archive that is accepted. Not a ratio: what may lie in a folder may be in an archive, and a mostly empty
/// disk image packs a thousandfold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// Most members.
    pub members: usize,
    /// Most bytes of all members together, unpacked.
    pub bytes: u64,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self {
            members: 200_000,
            bytes: 64_000_000_000,
        }
    }
}

/// The largest dictionary of LZMA, in bytes: the one of `xz -9`, and of the strongest presets of 7-Zip.
pub const LARGEST_DICTIONARY: u64 = 64 << 20;

/// The most memory of a decoder of LZMA, in KiB: the dictionary, and what surrounds it.
pub const DECODER_KIB: u32 = (LARGEST_DICTIONARY >> 10) as u32 + 1024;
