//! `webserver rename`: gives a game another slug or title.

use tokio_util::sync::CancellationToken;

use crate::cli::import_options::RenameOptions;
use crate::commands::bucket::ChangedLibrary;
use crate::console::describe::Describe;
use crate::console::failure::{Exit, Failure};
use crate::console::import_progress::PrintNotes;
use crate::console::message::t;
use crate::console::printable::printable;
use crate::console::stdout;
use crate::import::config_edit::EntryChanges;
use crate::import::job::Job;
use webserver::bucket::games;

/// Renames a game.
///
/// # Errors
/// If the game is not found, or the slug is taken.
pub(super) fn run(library: &ChangedLibrary, options: &RenameOptions) -> Result<Exit, Failure> {
    let slug = options.new_slug()?;
    let title = options.title.as_deref();
    let renamed = match library {
        ChangedLibrary::Config(store) => {
            let job = Job::new(0, &PrintNotes, CancellationToken::new());
            let changes = EntryChanges {
                slug,
                title,
                ..EntryChanges::default()
            };
            store.change(&options.slug, &changes, &job)
        }
        ChangedLibrary::Bucket(place) => {
            games::rename(place, &options.slug, slug, title).map_err(Into::into)
        }
    };
    renamed.map_err(|error| Failure::failed(error.text()))?;
    let mut lines = Vec::new();
    if slug != options.slug || title.is_none() {
        lines.push(t!("rename.done", slug = slug));
    }
    if let Some(title) = title {
        lines.push(t!("rename.title", slug = slug, title = printable(title)));
    }
    stdout::print_text(&format!("{}\n", lines.join("\n")))
}
