//! TODO

pub(crate) mod add;
pub(crate) mod check;
pub(crate) mod explain;
pub(crate) mod list;
pub(crate) mod remove;
pub(crate) mod rename;
