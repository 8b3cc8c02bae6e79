//! The paths of live sites' reload script and of its events.

use crate::site::Site;
use crate::site::path::AssetPath;

/// The path of the events. No game has a file there, because dotfiles are never published.
const EVENTS: &str = ".webserver/events";

/// The path that pages report their errors to.
const CONSOLE: &str = ".webserver/console";

/// The path of the script.
const SCRIPT: &str = ".webserver/live.js";

/// True if a path is the reload script of a live site.
pub(crate) fn is_script(site: &Site, path: &AssetPath<'_>) -> bool {
    site.is_live && is_below_any_folder(path, SCRIPT)
}

/// True if a path is the event stream of a live site.
pub(crate) fn is_events(site: &Site, path: &AssetPath<'_>) -> bool {
    site.is_live && is_below_any_folder(path, EVENTS)
}

/// True if a path takes the reports of a live site's pages.
pub(crate) fn is_console(site: &Site, path: &AssetPath<'_>) -> bool {
    site.is_live && is_below_any_folder(path, CONSOLE)
}

/// True if a path is this name in any folder: pages refer to it relatively, so that it holds below a proxy's prefix.
fn is_below_any_folder(path: &AssetPath<'_>, name: &str) -> bool {
    let folder = path.as_str().strip_suffix(name);
    folder.is_some_and(|folder| folder.is_empty() || folder.ends_with('/'))
}
