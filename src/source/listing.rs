//! The files of a game, and what is left out.

use crate::names::left_out::LeftOut;
use crate::source::file::File;

/// The files of a game, and the rest of its folder.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The files that players may load.
    pub files: Vec<File>,
    /// The files, folders and links that are left out, without those below such a folder.
    pub left_out: Vec<LeftOut>,
}
