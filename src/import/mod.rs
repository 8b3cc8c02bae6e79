//! Importing games into the library, from folders, archives and URLs, several at once; removing and renaming them.
//!
//! Nothing here writes to the terminal; progress goes to a [`job::ProgressSink`].
//!
//! A game is prepared in a hidden folder beside the others ([`staging`]), checked by the rules of the library, and moved
//! into place ([`store`]). A failed import leaves nothing behind and does not affect others.

pub(crate) mod batch;
pub(crate) mod bucket;
pub(crate) mod config_edit;
pub(crate) mod copy;
mod covers;
pub(crate) mod disposition;
pub(crate) mod download;
pub(crate) mod error;
pub(crate) mod format;
pub(crate) mod http_client;
pub(crate) mod http_response;
pub(crate) mod intake;
pub(crate) mod job;
pub(crate) mod partial;
pub(crate) mod prepare;
pub(crate) mod request;
pub(crate) mod seven_zip;
pub(crate) mod several;
pub(crate) mod source;
pub(crate) mod sparse;
pub(crate) mod staging;
pub(crate) mod store;
pub(crate) mod tar;
pub(crate) mod temporary;
pub(crate) mod toml_item;
pub(crate) mod tries;
pub(crate) mod turns;
pub(crate) mod unfinished;
pub(crate) mod unpack;
