//! The slot that holds the site on the air, the sites before it that page loads still use, and the slots of an arcade.

pub mod arcade;
pub mod arcade_game;
pub mod join_board;
pub mod on_air;
pub(crate) mod retired;
pub mod slot;
