//! TODO

pub mod tags;
