//! Files as they lie on a disk that others write to: opened below a folder and nowhere else, held, and known again.

pub mod confined;
pub mod fingerprint;
pub mod pinned;
