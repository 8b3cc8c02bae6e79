//! The library: the games that can be published, in menu order, and those rejected, each with its reason.
//!
//! Reading the library never fails: it returns good games and rejected ones together.

pub mod cover;
pub mod description;
pub mod entry;
pub mod foreign;
pub mod game;
pub mod listing;
pub mod locate;
pub mod mistake;
pub mod origin;
pub mod profile;
pub mod reason;
pub mod title;
