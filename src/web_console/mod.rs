//! The host's console in a browser, on a listener of its own.
//!
//! [`serve`] binds it. [`service`] answers: [`guard`] refuses what another page could have sent, [`sign_in`] exchanges
//! the token for a cookie, [`pages`] are the page and its scripts, [`action`] passes commands to the session, and
//! [`stream`] sends events. One task ([`feed`]) asks the session for its status, for all consoles together. The threads
//! that talk to browsers open no files: [`clerk`] reads covers and changes the library for them ([`importing`],
//! [`removals`]).

pub(crate) mod action;
pub(crate) mod answer;
pub(crate) mod clerk;
pub(crate) mod feed;
pub(crate) mod guard;
pub(crate) mod history;
pub(crate) mod import_list;
pub(crate) mod importing;
pub(crate) mod pages;
pub(crate) mod removals;
pub(crate) mod serve;
pub(crate) mod service;
pub(crate) mod sign_in;
pub(crate) mod stream;
pub(crate) mod texts;
pub(crate) mod uploads;
