//! Sites: games compiled for serving.
//!
//! A site is complete before it is published and does not change afterwards: every slow step happens in
//! [`Site::build`], and a request is a look-up. Nothing here handles requests or depends on the time; the publication
//! date is passed in.

pub(crate) mod asset;
mod asset_rules;
pub mod build;
pub mod cache;
pub(crate) mod charset;
pub(crate) mod compiled;
pub(crate) mod compress;
pub(crate) mod content;
pub(crate) mod content_reader;
pub(crate) mod dictionary;
pub(crate) mod difference;
pub mod drawn_cover;
mod earlier_versions;
pub mod error;
pub(crate) mod etag;
pub(crate) mod id;
pub(crate) mod inflate;
pub(crate) mod join_page;
pub(crate) mod large_head_page;
pub mod last_modified;
pub(crate) mod live_reload;
pub mod lobby;
pub mod lobby_game;
pub(crate) mod lobby_page;
pub(crate) mod media_type;
pub(crate) mod memory_budget;
pub(crate) mod not_found_page;
pub mod options;
pub(crate) mod own_page;
pub(crate) mod page_style;
pub mod path;
pub(crate) mod precompressed;
pub mod progress;
pub(crate) mod read;
pub(crate) mod representation;
pub(crate) mod resource;
pub(crate) mod response_fields;
pub(crate) mod routes;
pub(crate) mod savings;
pub(crate) mod secure_page;
pub(crate) mod siblings;
pub(crate) mod temp_store;
#[cfg(test)]
pub(crate) mod test_site;
pub(crate) mod waiting;
pub(crate) mod waiting_page;
pub(crate) mod warning_drawing;

pub use crate::site::compiled::Site;
