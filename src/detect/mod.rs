//! TODO

pub(crate) mod base_path;
pub mod engine;
pub mod evidence;
pub(crate) mod isolation;
pub mod isolation_mode;
pub mod kind;
pub mod precompressed;
pub(crate) mod rules;
pub(crate) mod scan;
pub(crate) mod wasm;
