//! Content codings: encoders, bounded decoders, and the recognition of files that arrive compressed.

pub mod coding;
pub mod decode;
pub(crate) mod difference;
pub(crate) mod encode;
pub mod format;
