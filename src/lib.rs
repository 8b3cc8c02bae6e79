//! Puts one web game at a time on the air, and answers players' requests for it.
//!
//! # The one idea: a game is compiled, then published
//!
//! A [`game::Game`] (on disk, changing, not trusted) becomes a [`site::Site`] (in memory, immutable, complete), which
//! is put into [`publish::Slot`] (one slot, swapped whole). Everything hard happens before the swap; after it,
//! a request is a look-up.
//!
//! *games* decides what may be played; *site* decides what will be sent; *handler* decides which of it answers a
//! request; *server* decides when and to whom bytes move; *operator*, in the binary, decides which game.
//!
//! ```text
//!  binary    main ─► cli, report, operator { desk, terminal, menu, log, control, watch }, import
//!              │ wires
//!  library     ▼
//!    config ───┬──────────────┬───────────────┐         config composes the parts' option structs; nobody imports config
//!              ▼              ▼               ▼
//!            server         site ─────────► games       observe wraps any service
//!    (any hyper service)    ▲   ▲
//!                           │   └─ published (ArcSwap<OnAir>)
//!                           └───── handler ──► published
//!  server knows no games · handler knows no sockets, files or settings · site knows no requests · games knows no HTTP
//!  below games: archive (what is in a zip) and disk (files that others write to) · beside site: check (what would fail
//!  when others play) · language (English and Simplified Chinese) lies below them all · counters are what server and
//!  observe count into, metrics shows them · confinement is what a thread may reach of the system
//! ```
//!
//! # A switch of game
//!
//! [`publish::Slot::publish`] swaps the whole slot. Answers under way end with the bytes they began with, and a
//! page load stays whole: its answer sets a cookie that names the site, and what the page asks for afterwards is
//! answered from that site for [`publish::GRACE`], while every page load sees the site on the air. A page left open
//! in one tab while another game is opened in a second one, a browser that refuses cookies, and a page that asks for
//! more after the grace get what is on the air, as all would without it. A service worker of a game that is not on the
//! air is told to leave when its browser looks for updates.
//!
//! # Invariants
//!
//! 1. Imports point down only; the `layers` test reads them.
//! 2. [`http::respond`] is synchronous: no I/O, no clock, no setting; it cannot fail, it can only answer.
//! 3. One request sees one site: [`publish::Slot::load`] is called once for each request, and no guard crosses
//!    an await. A page load sees one site, too, as far as its cookie carries.
//! 4. A site is complete before it is published. A failed build leaves the old game on the air and tells the operator
//!    why.
//! 5. [`path::AssetPath`] is the only way from a URL to an asset, and no path is joined at request time: traversal
//!    cannot be expressed.
//! 6. Only `operator` and `report` write to the terminal; only `main` picks an exit code.
//! 7. Every wait that a client can cause has a limit in [`limits::ArchiveLimits`].
//! 8. No validator ever says "not modified" across two different bodies: tags are hashes of content, and no two sites
//!    share a date.

pub mod archive;
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
pub mod publish;
pub mod sandbox;
pub mod server;
pub mod site;
pub mod source;

rust_i18n::i18n!("src/locales", fallback = "en");
