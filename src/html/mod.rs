//! TODO

pub(crate) mod tags;
