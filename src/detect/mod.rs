//! TODO

pub mod base_path;
pub mod engine;
pub mod evidence;
pub mod isolation;
pub mod isolation_mode;
pub mod kind;
pub mod precompressed;
pub mod rules;
pub mod scan;
pub mod wasm;
