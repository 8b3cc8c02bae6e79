//! TODO

pub(crate) mod describe;
pub(crate) mod detection;
pub(crate) mod failure;
pub(crate) mod findings;
pub(crate) mod format;
pub(crate) mod import_progress;
pub(crate) mod input;
pub(crate) mod layout;
pub(crate) mod library_table;
pub(crate) mod locale;
pub(crate) mod log;
pub(crate) mod menu;
pub(crate) mod plural;
pub(crate) mod progress;
pub(crate) mod signals;
pub(crate) mod terminal;
