//! A library in object storage: S3 and compatible services, Google, Azure, or a local folder with the same layout.
//!
//! ```text
//! files/HASH         the content of a file, named by its BLAKE3 hash; never changed
//! games/SLUG.json    the manifest of a game, written after all files that it names
//! on-air.json        the game on the air on all replicas, and its moment
//! replicas/NAME.json what a replica holds
//! ```
//!
//! Adding and replacing a game is atomic: it becomes visible with its manifest, which is written last and in a single
//! write. What is read is not trusted: manifests are checked like archives, and every file by its hash.
//!
//! Every function here blocks, on a thread of its own with an event loop of its own: threads that serve players may not
//! connect to anything.

pub mod address;
mod attendance;
pub(crate) mod cache;
pub mod client;
pub mod error;
pub mod fetch;
pub mod games;
mod object_version;
pub mod pointer;
pub mod publish;
pub mod replica;
mod services;
mod settled_write;
pub mod sweep;
pub mod upload;
