//! The slot that holds the site on the air, and the sites before it that page loads still use.

pub mod on_air;
pub mod slot;
