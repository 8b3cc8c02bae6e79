//! The paths of live sites' reload script and of its events.

use crate::site::Site;
use crate::site::path::AssetPath;

/// The path of the events. No game has a file there, because dotfiles are never published.
const EVENTS: &str = ".webserver/events";

/// The path of the script.
const SCRIPT: &str = ".webserver/live.js";

/// Whether a path is the reload script of a live site.
pub(crate) fn is_script(site: &Site, path: &AssetPath<'_>) -> bool {
    site.is_live && path.as_str() == SCRIPT
}

/// Whether a path is the event stream of a live site.
pub(crate) fn is_events(site: &Site, path: &AssetPath<'_>) -> bool {
    site.is_live && path.as_str() == EVENTS
}
