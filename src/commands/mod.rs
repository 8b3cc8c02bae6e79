//! TODO

pub mod add;
pub mod check;
pub mod explain;
pub mod list;
pub mod remove;
pub mod rename;
