//! A request to import games.

use std::ffi::OsString;

use crate::import::download::DownloadLimits;

/// The sources to import, and options.
#[derive(Clone, Debug)]
pub(crate) struct ImportRequest {
    /// Folders, archives, pages and URLs, as typed.
    pub sources: Vec<OsString>,
    /// The slug of each source, or none: they come from the sources' names.
    pub slugs: Vec<String>,
    /// The title of each source, or none.
    pub titles: Vec<String>,
    /// The number of sources imported at once.
    pub jobs: usize,
    /// True if earlier games are replaced by new ones with the same slug.
    pub replace: bool,
    /// True if the sources are only checked.
    pub is_dry_run: bool,
    /// Limits of each download.
    pub limits: DownloadLimits,
}

impl ImportRequest {
    /// True if the host names the games, one for each source.
    pub(crate) fn has_names(&self) -> bool {
        !self.slugs.is_empty() || !self.titles.is_empty()
    }
}
