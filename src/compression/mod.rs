//! TODO

pub(crate) mod coding;
pub mod detect;
