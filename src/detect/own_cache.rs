//! Games that keep answers in a cache of their own.

use crate::detect::scan::Scan;

/// Signs that a page or script keeps answers in `CacheStorage`, as service workers do.
pub(crate) const WORDS: &[&str] = &["caches.open", "CacheStorage", "workbox"];

/// True if the page or a script keeps answers in `CacheStorage`, which takes none with `Vary: *`.
pub(crate) fn has_own_cache(scan: &Scan<'_>) -> bool {
    scan.texts()
        .any(|text| WORDS.iter().any(|word| text.contains(word)))
}
