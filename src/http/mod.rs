//! Turns a request into the bytes that answer it.
//!
//! [`respond`](crate::http::respond::respond) decides: it looks a request up in one site and returns an
//! [`Outcome`](crate::http::outcome::Outcome). It does no I/O, reads no clock and no setting, and cannot fail.
//! [`answer`] picks the site for the request, counts the outcome, and has
//! `response` write it. [`service`] and [`body`] connect this to hyper and to files.

pub mod accept_language;
pub mod answer;
pub mod body;
pub(crate) mod client_limit;
pub(crate) mod conditional;
pub(crate) mod dictionary;
pub(crate) mod discard;
pub(crate) mod event_stream;
pub(crate) mod header_presence;
pub(crate) mod health;
pub(crate) mod join;
pub(crate) mod live_reload;
pub(crate) mod lobby;
pub(crate) mod negotiate;
pub mod outcome;
pub(crate) mod page_load;
pub(crate) mod page_report;
pub(crate) mod range;
pub mod respond;
pub(crate) mod response;
pub(crate) mod route;
pub mod secure_entry;
pub mod service;
pub(crate) mod session;
pub(crate) mod unsent;
pub(crate) mod validate;
pub(crate) mod watch;

#[cfg(test)]
mod tests;
