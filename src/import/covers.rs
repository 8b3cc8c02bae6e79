//! Covers that the host adds: pictures beside the configuration file, outside the games.

use std::fs;
use std::path::Path;

use crate::import::config_edit::{ConfigEdit, EntryChanges};
use crate::import::error::ImportError;
use crate::import::job::Job;
use crate::import::store::Store;
use webserver::fs::replace::{Durability, replace};
use webserver::library::cover::Cover;

/// The folder of added covers, beside the configuration file. Hidden: no game of the folder around it.
const COVERS: &str = ".covers";

/// The digits of a picture's hash in the name of its file.
const DIGITS: usize = 12;

impl Store {
    /// Gives a game this cover, in place of one that was added before.
    ///
    /// # Errors
    /// If there is no such game, or something cannot be written. The game keeps its cover then.
    pub(crate) fn add_cover(
        &self,
        slug: &str,
        cover: &Cover,
        job: &Job<'_>,
    ) -> Result<(), ImportError> {
        let folder = self.file().with_file_name(COVERS);
        if let Err(error) = fs::create_dir(&folder)
            && !folder.is_dir()
        {
            return Err(ImportError::write(&folder, error));
        }
        // Another name for other bytes: browsers keep pictures by their addresses.
        let digits = &blake3::hash(&cover.content).to_hex()[..DIGITS];
        let name = format!("{slug}-{digits}.{}", cover.extension);
        let file = folder.join(&name);
        let is_new = !file.exists();
        let unsupported = replace(&file, &cover.content, Durability::Synced)
            .map_err(|error| ImportError::write(&file, error))?;
        job.note_unsupported(unsupported);
        let written = format!("{COVERS}/{name}");
        let changes = EntryChanges {
            slug,
            cover_file: Some(&written),
            ..EntryChanges::default()
        };
        let changed = self.change(slug, &changes, job);
        if changed.is_err() && is_new {
            let _ = fs::remove_file(&file);
            let _ = fs::remove_dir(&folder);
        }
        changed
    }

    /// Deletes a cover that was added, unless an entry still names it.
    pub(super) fn remove_cover(&self, cover: Option<&str>, listing: &ConfigEdit) {
        let Some(cover) = cover else { return };
        let is_named = listing
            .slugs()
            .any(|slug| listing.cover_file(slug) == Some(cover));
        // Only what this program wrote: the host may name any other file.
        let is_own = Path::new(cover).parent() == Some(Path::new(COVERS));
        if is_own && !is_named {
            let _ = fs::remove_file(self.file().with_file_name(cover));
            // If it was the last one.
            let _ = fs::remove_dir(self.file().with_file_name(COVERS));
        }
    }
}
