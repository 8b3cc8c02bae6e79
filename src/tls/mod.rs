//! Certificates for https: this machine's own authority, which vouches for private networks alone, or a pair that the
//! host brings. Serves no connection.

pub mod authority;
pub(crate) mod certificate_files;
pub mod download;
pub mod error;
pub mod keeper;
pub mod names;
pub mod options;
