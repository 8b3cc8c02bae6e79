//! Files as they lie on a disk that others write to: opened below a folder and nowhere else, held, and known again.

pub(crate) mod confined;
pub(crate) mod fingerprint;
pub mod pinned;
