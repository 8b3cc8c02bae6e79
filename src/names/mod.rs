//! TODO

pub(crate) mod parts;
pub(crate) mod similar;
pub mod slug;
pub(crate) mod suggest;
