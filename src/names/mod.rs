//! TODO

pub mod parts;
pub mod similar;
pub mod slug;
pub mod suggest;
