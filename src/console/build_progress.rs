//! The line about a build.

use crate::console::format::size;
use crate::console::locale;
use crate::console::message::t;
use crate::console::printable::printable;
use crate::console::progress::Progress;
use webserver::library::game::Game;
use webserver::site::progress::BuildProgress;

/// Draws the progress of a build in this many columns.
pub(crate) fn line(game: &Game, progress: &BuildProgress, columns: usize) -> String {
    let (files, all_files) = progress.files();
    let (done, all) = progress.bytes();
    let title = printable(game.title.get(locale::current()));
    let detail = t!(
        "build.detail",
        files = files,
        all_files = all_files,
        bytes = size(done),
        all_bytes = size(all),
    );
    Progress {
        title: t!("build.building", title = title).into_owned(),
        detail: detail.into_owned(),
        done,
        all: Some(all),
    }
    .line(columns)
}
