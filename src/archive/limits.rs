//! Limits of what an archive may hold.

use crate::archive::error::ArchiveError;

/// The size of an archive that is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// Most members.
    pub members: usize,
    /// Most bytes of all members together, unpacked.
    pub bytes: u64,
    /// Largest ratio of unpacked to packed size, of a member and of all together.
    pub ratio: u64,
    /// The unpacked size in bytes from which the ratio is checked.
    pub ratio_from: u64,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self {
            members: 20_000,
            bytes: 4_000_000_000,
            ratio: 200,
            ratio_from: 10_000_000,
        }
    }
}

impl ArchiveLimits {
    /// Checks the ratio of unpacked to packed size, of one member or, with an empty name, of all of them.
    ///
    /// # Errors
    /// When it is so large that the archive must be malicious.
    pub fn check_ratio(&self, name: &str, length: u64, packed: u64) -> Result<(), ArchiveError> {
        if length > self.ratio_from && length > packed.saturating_mul(self.ratio) {
            return Err(ArchiveError::Ratio {
                name: name.to_owned(),
                most: self.ratio,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_above_the_limit_is_refused() {
        let megabyte = 1_000_000;
        for (length, packed, is_refused) in [
            (10 * megabyte, 1, false),
            (11 * megabyte, 55_000, false),
            (11 * megabyte, 54_999, true),
            (11 * megabyte, 0, true),
        ] {
            let checked = ArchiveLimits::default().check_ratio("a", length, packed);
            let was_refused = matches!(checked, Err(ArchiveError::Ratio { .. }));
            assert_eq!(was_refused, is_refused, "{length} out of {packed}");
        }
    }
}
