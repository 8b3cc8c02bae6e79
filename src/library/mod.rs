//! What may be played: the library, its games in menu order, and what was rejected with its reason.
//!
//! Nothing here knows HTTP, but for the fields that a configuration adds, which are passed on. A scan never fails: good
//! games and rejected ones come back together.

pub mod entry;
pub mod game;
pub mod listing;
pub mod mistake;
pub mod profile;
