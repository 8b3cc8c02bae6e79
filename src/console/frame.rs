//! One write to the terminal, and the trait that performs it.

use crate::console::printable::Printable;
use crate::console::screen_line::ScreenLine;

/// The importance of text: while the program is in the background, only notices are printed.
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

/// One write: text, then the lines at the bottom.
#[derive(Debug, Default)]
pub(crate) struct Frame {
    pub chunks: Vec<Chunk>,
    /// The lines at the bottom; `None` if they have not changed.
    pub screen: Option<Screen>,
}

/// The lines at the bottom of the terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Screen {
    pub lines: Vec<ScreenLine>,
    /// Changes when the same lines have to be drawn again.
    pub generation: u64,
    /// False while another process uses the terminal.
    pub is_shown: bool,
}

/// Writes frames: to standard error, or for a test.
pub(crate) trait Sink: Send + 'static {
    /// Writes a frame; may block for as long as the terminal takes no output.
    fn write(&mut self, frame: &Frame);
}
