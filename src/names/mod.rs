//! Names of files, games and settings: taken apart, compared, and looked up when they are not quite right.

pub mod left_out;
pub mod leftover;
pub mod natural;
pub(crate) mod parts;
pub(crate) mod similar;
pub mod slug;
pub mod stem;
pub(crate) mod suggest;
pub mod typo;
