//! The command line: its grammar, its help, and messages about mistakes.

pub(crate) mod arguments;
mod help;
pub(crate) mod import_options;
pub(crate) mod parse;
pub(crate) mod port;
mod usage;
