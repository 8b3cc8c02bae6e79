//! The failure of something that is tried again and again, told once.

use std::sync::{Arc, Mutex, PoisonError};

/// The failure that the host has read; shared by its clones.
#[derive(Clone, Debug, Default)]
pub(crate) struct SaidFailure(Arc<Mutex<Option<String>>>);

impl SaidFailure {
    /// True if the host has not read this since the last success, or read another one after it.
    pub(crate) fn is_news(&self, message: &str) -> bool {
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        said.replace(message.to_owned()).as_deref() != Some(message)
    }

    /// Notes a success.
    pub(crate) fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_news_once_until_something_else_happens() {
        let said = SaidFailure::default();
        let later = said.clone();
        assert!(said.is_news("damaged"));
        assert!(!later.is_news("damaged"));
        assert!(later.is_news("gone"));
        assert!(said.is_news("damaged"));
        said.clear();
        assert!(later.is_news("damaged"));
    }
}
