//! `webserver rename`: gives a game another slug or title.

use rust_i18n::t;
use tokio_util::sync::CancellationToken;

use crate::cli::import_options::RenameOptions;
use crate::console::describe::Describe;
use crate::console::failure::{Exit, Failure};
use crate::console::import_progress::PrintNotes;
use crate::console::stdout;
use crate::import::job::Job;
use crate::import::store::Store;

/// Renames a game.
///
/// # Errors
/// If the game is not found, or the slug is taken.
pub(super) fn run(store: &Store, options: &RenameOptions) -> Result<Exit, Failure> {
    let slug = options.new_slug()?;
    let job = Job::new(0, &PrintNotes, CancellationToken::new());
    let renamed = store.rename(&options.slug, slug, options.title.as_deref(), &job);
    renamed.map_err(|error| Failure::failed(error.text()))?;
    stdout::print_text(&format!("{}\n", t!("rename.done", slug = slug)))
}
