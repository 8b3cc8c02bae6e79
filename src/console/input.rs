//! What the operator types: keys on a terminal, else lines of standard input.

use std::io;
use std::io::{BufRead, IsTerminal, Read};
use std::os::unix::fs::FileTypeExt;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use console::Key;
use tokio::sync::mpsc;

use crate::console::terminal::Terminal;

/// Something typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// A key of the terminal.
    Key(Key),
    /// A line of standard input, without its end and the blanks around it.
    Line(String),
}

/// The one thread that reads standard input, and the terminal when there is one. The terminal is given back when this
/// is dropped.
#[derive(Debug)]
pub(crate) struct HostInput {
    /// What is drawn on.
    pub terminal: Option<Terminal>,
    /// Whether standard input can say anything: not the null device of a container without `-i`, or of a service.
    pub is_attended: bool,
    inputs: mpsc::Receiver<Input>,
    /// Asks for one input. Nothing is read before it is wanted: a terminal that is given back is not read from.
    ask: SyncSender<()>,
    is_asked: bool,
}

/// The longest line that is read, in bytes.
const LONGEST_LINE: u64 = 1024;

impl HostInput {
    /// Begins to read.
    pub(crate) fn open() -> Self {
        let terminal = Terminal::borrow();
        let is_attended = terminal.is_some() || !is_null_device();
        let (sender, inputs) = mpsc::channel(1);
        let (ask, asked) = sync_channel(1);
        if is_attended {
            let terminal = terminal.clone();
            std::thread::spawn(move || match terminal {
                Some(terminal) => send(std::iter::from_fn(|| key(&terminal)), &asked, &sender),
                None => send(
                    LineReader(io::stdin().lock()).map(Input::Line),
                    &asked,
                    &sender,
                ),
            });
        }
        Self {
            terminal,
            is_attended,
            inputs,
            ask,
            is_asked: false,
        }
    }

    /// Waits for what is typed next; `None` when nothing more will be. Can be given up and called again.
    pub(crate) async fn next(&mut self) -> Option<Input> {
        if !self.is_asked {
            // A thread that is gone has closed the other channel, too.
            let _ = self.ask.try_send(());
            self.is_asked = true;
        }
        let input = self.inputs.recv().await;
        self.is_asked = false;
        input
    }
}

impl Drop for HostInput {
    fn drop(&mut self) {
        if let Some(terminal) = &self.terminal {
            terminal.give_back();
        }
    }
}

/// Sends one input each time that it is asked for, until they end or nobody listens any more.
fn send(
    mut inputs: impl Iterator<Item = Input>,
    asked: &Receiver<()>,
    sender: &mpsc::Sender<Input>,
) {
    while asked.recv().is_ok() {
        let Some(input) = inputs.next() else { break };
        if sender.blocking_send(input).is_err() {
            break;
        }
    }
}

/// The next key; none when the terminal is gone.
fn key(terminal: &Terminal) -> Option<Input> {
    terminal.key().ok().map(Input::Key)
}

fn is_null_device() -> bool {
    let Ok(input) = std::fs::metadata("/dev/stdin") else {
        return true;
    };
    input.file_type().is_char_device() && !io::stdin().is_terminal()
}

/// LineReader of input, each read to a bounded length.
struct LineReader<R>(R);

impl<R: BufRead> Iterator for LineReader<R> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let mut line = Vec::new();
        let read = self
            .0
            .by_ref()
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut line);
        match read {
            Ok(1..) => Some(String::from_utf8_lossy(&line).trim().to_owned()),
            _ => None,
        }
    }
}
