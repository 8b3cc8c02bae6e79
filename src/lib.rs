//! A static server for web games: it compiles a game into a site, publishes the site in a slot, and answers requests
//! from it.
//!
//! # The one idea: a game is compiled, then published
//!
//! A [`Game`](library::game::Game) (on disk, changing, untrusted) becomes a [`Site`](site::Site) (in memory, complete),
//! which is put into a [`Slot`](publish::slot::Slot) (swapped whole). Everything hard happens before the swap; after it, a
//! request is a look-up.
//!
//! # Rooms
//!
//! Imports point down, between files too; the `layers` test reads them.
//!
//! ```text
//!  binary    main ─► commands ─► control ─► cli, console, import
//!  library   config                       every setting, composed from the options of the rooms below
//!            server                       bytes and time: accept, limits, drain; serves any service
//!            metrics                      counters, access log, exposition
//!            http                         decides which bytes answer a request
//!            publish                      the slot with the site on the air
//!            site                         compiles a game: routes, representations, validators
//!            check                        problems that players or other hosts would run into
//!            bucket                       libraries in object storage: manifests, uploads, fetching, cache
//!            library                      the games that can be published, and those rejected
//!            detect                       the engine and its needs, read from the files
//!            tls                          certificates for https
//!            source, archive, fs          where a game's files come from
//!            html, compression, names, language, qr, parallel, sandbox
//! ```
//!
//! A request passes `server → metrics::access_log → http → publish → site`. A publication passes
//! `commands | console | socket → control::session → publisher → build_job → site::build → publish`.
//!
//! # Publishing another game
//!
//! [`Slot::publish`](publish::slot::Slot::publish) swaps the site. In-flight downloads finish with the old game. Page loads
//! stay on it for up to [`GRACE`](publish::slot::GRACE), tracked by a cookie; a browser without cookies gets the new game. A
//! service worker of a game that is no longer on the air is replaced by one that unregisters itself.
//!
//! # Invariants
//!
//! 1. Imports point down; there are no circles.
//! 2. [`respond`](http::respond::respond) is synchronous: no I/O, no clock, no setting. It cannot fail, it can only answer.
//! 3. One request sees one site: the slot is loaded once a request, and no guard crosses an await.
//! 4. A site is complete before it is published. A failed build leaves the old game on the air.
//! 5. [`AssetPath`](site::path::AssetPath) is the only way from a URL to an asset: traversal cannot be expressed.
//! 6. Only the binary's `console` writes to the terminal; only `main` picks an exit code.
//! 7. Every wait that a client can cause has a limit in [`Limits`](server::limits::Limits).
//! 8. No validator ever says "not modified" across two different bodies.
//! 9. What is part of a game is decided in one place; serving, check, add, library and watch agree.
//! 10. No game that plays from a plain file server plays worse here.

pub mod archive;
pub mod bucket;
pub mod check;
pub mod compression;
pub mod config;
pub mod detect;
pub mod fs;
pub(crate) mod html;
pub mod http;
pub mod language;
pub mod library;
pub mod metrics;
pub mod names;
pub mod parallel;
pub mod publish;
pub mod qr;
pub mod sandbox;
pub mod server;
pub mod site;
pub mod source;
pub mod tls;

rust_i18n::i18n!("src/locales", fallback = "en");
