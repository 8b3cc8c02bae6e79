//! What is written to the terminal at once, and what writes it.

use crate::console::printable::Printable;
use crate::console::screen_line::ScreenLine;

/// Which text is printed while the program is in the background.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Importance {
    /// Announcements, warnings and failures: printed.
    Notice,
    /// The request log: left out.
    Log,
}

/// Text that waits to be printed.
#[derive(Clone, Debug)]
pub(crate) struct Chunk {
    pub text: Printable,
    pub importance: Importance,
}

/// What is written at once: text, then the lines at the bottom.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    pub chunks: Vec<Chunk>,
    /// The lines at the bottom; `None` where they are as they were.
    pub screen: Option<Screen>,
}

/// The lines at the bottom of the terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Screen {
    pub lines: Vec<ScreenLine>,
    /// Changes when the same lines have to be drawn again.
    pub generation: u64,
    /// Whether the terminal is ours to draw on.
    pub is_shown: bool,
}

/// What writes frames: standard error, or a test.
pub(crate) trait Sink: Send + 'static {
    /// Writes; may block for as long as the terminal likes.
    fn write(&mut self, frame: &Frame);
}
