//! The reasons for a detection.

/// Something seen in a game's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// A file that only one engine writes.
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
        /// The version.
        version: String,
    },
    /// A WebAssembly module that uses shared memory.
    SharedMemory(String),
    /// A page that loads a file from another host.
    OtherHost {
        /// The page.
        file: String,
        /// The URL.
        reference: String,
    },
    /// An absolute path in the page that leads to a file once its first folders are removed.
    Absolute {
        /// The page.
        file: String,
        /// The path.
        reference: String,
    },
    /// Unity's marker in a compressed file: the loader expects the browser to decompress it.
    Marked,
    /// The named page has the browser read the file directly, so only a content coding can decompress it.
    ReadByBrowser(String),
    /// No script of the game can decompress the file.
    NoInflater,
    /// Nothing tells who decompresses the file.
    NoSign,
    /// A script of the game decompresses the file.
    Inflater {
        /// The script.
        file: String,
        /// The words in it.
        words: String,
    },
    /// The page has the conventional name, such as `index.html`.
    Index,
    /// The application's `package.json` starts the page.
    Main,
    /// The page lies in a folder, below another page that runs no script.
    Below {
        /// The other page.
        page: String,
    },
    /// It is the only candidate for the entry page.
    OnlyPage,
    /// Set in the configuration.
    Configured,
    /// No engine was recognised.
    NoMarks,
    /// Nothing uses threads.
    NoThreads,
    /// The page's references lead to files without a base path.
    FitsAsItIs,
}
