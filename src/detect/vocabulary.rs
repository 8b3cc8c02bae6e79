//! The words that detection looks for, collected from the files that give them their meaning.

use std::sync::LazyLock;

use crate::detect::word_list::WordList;
use crate::detect::{
    engine, isolation, measured, own_cache, precompressed, rules, scan, secure_context,
    shared_buffer, version,
};

/// All words of all rules.
pub(crate) static VOCABULARY: LazyLock<WordList> = LazyLock::new(|| {
    let words = rules::words()
        .chain(precompressed::words())
        .chain(engine::WORDS.iter().copied())
        .chain(isolation::WORDS.iter().copied())
        .chain(measured::words())
        .chain(own_cache::WORDS.iter().copied())
        .chain(scan::WORDS.iter().copied())
        .chain(secure_context::words())
        .chain(shared_buffer::WORDS.iter().copied())
        .chain(version::WORDS.iter().copied());
    WordList::new(words)
});
