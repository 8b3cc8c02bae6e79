//! A check of an export before others play it. It only reads, and reports what it finds.

pub(crate) mod crawl;
mod crawl_lists;
mod crawl_scripts;
mod crawled_game;
pub(crate) mod decodable;
pub mod finding;
pub(crate) mod folders;
pub(crate) mod graph;
pub(crate) mod js_strings;
pub(crate) mod lists;
pub(crate) mod manifest;
pub mod missing;
pub(crate) mod page;
pub mod play_fault;
pub mod played;
pub(crate) mod portability;
pub(crate) mod portals;
mod readable;
mod reference;
pub mod report;
pub(crate) mod resolve;
pub(crate) mod script_names;
pub mod size;
pub(crate) mod stale;
pub(crate) mod style_sheet;
pub(crate) mod unplayable;
pub(crate) mod usage;
