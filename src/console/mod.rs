//! TODO

pub mod failure;
pub mod format;
pub mod import_progress;
pub mod input;
pub mod layout;
pub mod library_table;
pub mod log;
pub mod menu;
pub mod plural;
pub mod progress;
pub mod signals;
pub mod terminal;
