//! A game's files and what the crawl found in them: the common ground of all checks.

use crate::check::crawl::{CrawlResult, crawl};
use crate::check::resolve::FileNames;
use crate::library::game::Game;
use crate::library::profile::Profile;
use crate::names::left_out::LeftOut;
use crate::source::file::File;
use crate::source::listing::Listing;
use crate::source::unreadable::Unreadable;

/// A game whose texts were read.
pub(super) struct CrawledGame {
    pub(super) profile: Profile,
    pub(super) files: Vec<File>,
    pub(super) left_out: Vec<LeftOut>,
    pub(super) names: FileNames,
    pub(super) crawl: CrawlResult,
}

impl CrawledGame {
    /// Reads the pages, style sheets, manifests and scripts of a game.
    ///
    /// # Errors
    /// If the game's folder or archive cannot be read.
    pub(super) fn read(game: &Game) -> Result<Self, Unreadable> {
        let Listing { files, left_out } = game.source.listing()?;
        let profile = Profile::detect(game, &files);
        let names = FileNames::of_profile(&profile, files.iter().map(|file| file.path.as_str()));
        let crawl = crawl(game, &names, &files);
        Ok(Self {
            profile,
            files,
            left_out,
            names,
            crawl,
        })
    }
}
