//! Files on a disk that other programs write to: opened below a folder only, read consistently, recognized when
//! unchanged, and replaced atomically.

pub mod budget;
pub mod confined;
mod disk_room;
pub mod fingerprint;
pub mod machine;
pub mod pinned;
pub mod replace;
#[cfg(test)]
pub(crate) mod test_folder;
pub mod unsupported;
