//! TODO

use rust_i18n::t;
use tokio::sync::watch;

use crate::cli::library::RenameOptions;
use crate::console::describe::Describe;
use crate::console::failure::{Exit, Failure};
use crate::console::layout;
use crate::import::job::Job;
use crate::import::store::Store;

/// Gives a game another slug, another title or both.
///
/// # Errors
/// When there is no such game, or the slug is taken.
pub(crate) fn rename(shelf: &Store, renaming: &RenameOptions) -> Result<Exit, Failure> {
    let slug = renaming.new_slug()?;
    let (_stop, stopped) = watch::channel(false);
    let job = Job::new(0, &(), stopped);
    let renamed = shelf.rename(&renaming.slug, slug, renaming.title.as_deref(), &job);
    renamed.map_err(|error| Failure::failed(error.text()))?;
    layout::print_text(&format!("{}\n", t!("rename.done", slug = slug)))
}
