//! Engines and needs, detected from a game's files.

pub(crate) mod base_path;
pub mod engine;
pub mod evidence;
pub(crate) mod glance;
pub mod host_files;
mod host_rules;
pub(crate) mod isolation;
pub mod isolation_mode;
pub mod kind;
pub mod loaded;
pub(crate) mod marks;
pub(crate) mod measured;
pub(crate) mod own_cache;
pub mod path_pattern;
pub mod precompressed;
pub(crate) mod rules;
pub(crate) mod scan;
pub(crate) mod script;
pub mod secure_context;
pub(crate) mod shared_buffer;
pub(crate) mod usage;
pub(crate) mod version;
pub(crate) mod vocabulary;
pub(crate) mod wasm;
pub(crate) mod word_list;
