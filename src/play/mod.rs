//! Plays a game in an installed browser, over the DevTools protocol, and records what goes wrong.

pub(crate) mod browser;
pub(crate) mod devtools;
pub(crate) mod fault_list;
pub(crate) mod installed;
pub(crate) mod page_error;
pub(crate) mod picture;
pub(crate) mod recording;
pub(crate) mod visit;
pub(crate) mod visit_requests;
