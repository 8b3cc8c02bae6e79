//! The decision whether a coding is worth keeping.

/// True if a coding saves at least 5 %. No coded content is empty; an empty entry of the cache marks content that does
/// not compress.
pub(crate) fn saves_bytes(coded: u64, plain: u64) -> bool {
    coded > 0 && coded.saturating_mul(100) < plain.saturating_mul(95)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coding_must_save_five_per_cent() {
        assert!(saves_bytes(94, 100));
        assert!(!saves_bytes(95, 100));
        assert!(!saves_bytes(0, 100), "marks content that does not compress");
    }
}
