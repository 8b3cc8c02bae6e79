//! TODO

pub mod coding;
pub mod detect;
