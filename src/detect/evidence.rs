//! Why something is taken to be so: what was seen in a game's files, in words.

use std::fmt;

use rust_i18n::t;

/// One thing that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// A file that only one thing makes.
    File(String),
    /// Words in a file.
    Says {
        /// The file.
        file: String,
        /// The words.
        words: String,
    },
    /// A version in the head of a file.
    Version {
        /// The file.
        file: String,
        /// What it says.
        version: String,
    },
    /// A WebAssembly module that takes shared memory.
    SharedMemory(String),
    /// A page that loads something of another host.
    OtherHost {
        /// The page.
        file: String,
        /// What it loads.
        reference: String,
    },
    /// An absolute path in the page that fits a file once its beginning is taken away.
    Absolute {
        /// The page.
        file: String,
        /// The path.
        reference: String,
    },
    /// Unity's comment in a compressed file: its loader wants to be sent what is inside.
    Marked,
    /// The page has the browser itself read the file, which can only be told what is inside.
    ReadByBrowser(String),
    /// Nothing in the page's scripts could inflate it.
    NoInflater,
    /// The page's own script inflates it.
    Inflater {
        /// The script.
        file: String,
        /// The words that give it away.
        words: String,
    },
    /// A page of the name that servers start with.
    Index,
    /// A page without another that could be meant.
    OnlyPage,
    /// The configuration says so.
    Configured,
    /// No engine left its marks.
    NoMarks,
    /// Nothing takes several threads.
    NoThreads,
    /// The page's references fit the files as they are.
    FitsAsItIs,
}

/// In the language spoken now.
impl fmt::Display for Evidence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::File(file) => t!("evidence.file", file = file),
            Self::Says { file, words } => t!("evidence.says", file = file, words = words),
            Self::Version { file, version } => {
                t!("evidence.version", file = file, version = version)
            }
            Self::SharedMemory(file) => t!("evidence.shared_memory", file = file),
            Self::OtherHost { file, reference } => {
                t!("evidence.other_host", file = file, reference = reference)
            }
            Self::Absolute { file, reference } => {
                t!("evidence.absolute", file = file, reference = reference)
            }
            Self::Marked => t!("evidence.marked"),
            Self::ReadByBrowser(file) => t!("evidence.read_by_browser", file = file),
            Self::NoInflater => t!("evidence.no_inflater"),
            Self::Inflater { file, words } => t!("evidence.inflater", file = file, words = words),
            Self::Index => t!("evidence.index"),
            Self::OnlyPage => t!("evidence.only_page"),
            Self::Configured => t!("evidence.configured"),
            Self::NoMarks => t!("evidence.no_marks"),
            Self::NoThreads => t!("evidence.no_threads"),
            Self::FitsAsItIs => t!("evidence.fits_as_it_is"),
        };
        formatter.write_str(&words)
    }
}
