//! The memory that a site may hold.

/// A limit on the bytes that a site holds in memory, and the rest of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MemoryBudget {
    max_file: u64,
    limit: u64,
    left: u64,
}

impl MemoryBudget {
    /// A budget for files of at most `max_file` bytes each and `limit` bytes together.
    pub(crate) fn new(max_file: u64, limit: u64) -> Self {
        Self {
            max_file,
            limit,
            left: limit,
        }
    }

    /// The bytes that the next file may take.
    pub(crate) fn max_next(&self) -> u64 {
        self.max_file.min(self.left)
    }

    /// Takes bytes that are in memory in any case.
    pub(crate) fn take(&mut self, bytes: u64) {
        self.left = self.left.saturating_sub(bytes);
    }

    /// Takes bytes if there are enough left.
    pub(crate) fn try_take(&mut self, bytes: u64) -> bool {
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }

    /// Gives `old` bytes back and takes `new` ones if there are enough left.
    pub(crate) fn try_replace(&mut self, old: u64, new: u64) -> bool {
        match (self.left + old).checked_sub(new) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }

    pub(crate) fn limit(&self) -> u64 {
        self.limit
    }

    pub(crate) fn used(&self) -> u64 {
        self.limit - self.left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_taken_only_while_they_last() {
        let mut budget = MemoryBudget::new(10, 15);
        assert_eq!(budget.max_next(), 10);
        assert!(budget.try_take(10));
        assert_eq!((budget.max_next(), budget.used()), (5, 10));
        assert!(!budget.try_take(6));
        assert!(budget.try_replace(10, 15));
        assert!(!budget.try_replace(1, 2));
        assert_eq!(budget.used(), 15);
        budget.take(1);
        assert_eq!((budget.used(), budget.limit()), (15, 15));
    }
}
