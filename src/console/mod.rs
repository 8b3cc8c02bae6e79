//! The host's terminal: everything that is printed and typed.
//!
//! Text reaches standard error through one queue ([`output`]) and one thread ([`painter`]), so that a terminal that
//! takes no output delays nothing else. Keys are read by a thread of their own ([`input`]).

pub(crate) mod build_progress;
pub(crate) mod describe;
pub(crate) mod detection;
mod device;
pub(crate) mod failure;
pub(crate) mod findings;
pub(crate) mod foreground;
pub(crate) mod format;
mod frame;
pub(crate) mod import_progress;
pub(crate) mod input;
pub(crate) mod key;
pub(crate) mod layout;
pub(crate) mod library_table;
pub(crate) mod locale;
pub(crate) mod log;
pub(crate) mod log_tail;
pub(crate) mod menu;
pub(crate) mod message;
pub(crate) mod output;
mod painter;
pub(crate) mod panics;
mod players;
pub(crate) mod plural;
pub(crate) mod printable;
mod progress;
pub(crate) mod qr;
pub(crate) mod question;
pub(crate) mod record;
pub(crate) mod screen_line;
pub(crate) mod signals;
pub(crate) mod status_line;
pub(crate) mod stdout;
pub(crate) mod terminal;
