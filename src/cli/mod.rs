//! The command line: its grammar, its help, and messages about mistakes.

pub(crate) mod arguments;
pub(crate) mod help;
pub(crate) mod import_options;
pub(crate) mod parse;
pub(crate) mod port;
pub(crate) mod usage;
