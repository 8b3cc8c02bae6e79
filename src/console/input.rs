//! Input from the host: keys on a terminal, else lines of standard input.

use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::os::unix::fs::FileTypeExt;
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::sync::mpsc;

use crate::console::foreground::{Ground, ground};
use crate::console::key::{Key, KeyDecoder};
use crate::console::terminal::{Terminal, TerminalRead};

/// One input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// A key of the terminal.
    Key(Key),
    /// The terminal is ours again after another process used it.
    Resumed,
    /// A line of standard input, without its end and the blanks around it.
    Line(String),
}

/// Standard input, read by a thread of its own. The terminal is given back when this is dropped.
#[derive(Debug)]
pub(crate) struct HostInput {
    /// The terminal, if there is one.
    pub terminal: Option<Terminal>,
    /// True if somebody can answer: standard input is not the null device of a service or of a container without `-i`, and the
    /// program is not in the background.
    pub is_attended: bool,
    inputs: mpsc::Receiver<Input>,
}

/// The longest line that is read, in bytes.
const LONGEST_LINE: u64 = 1024;

/// Keys that wait for the main task.
const WAITING_KEYS: usize = 64;

/// Bytes that arrive within this time belong together.
const BURST: Duration = Duration::from_millis(15);

/// The time in which the rest of a sequence follows its Escape.
const ESCAPE: Duration = Duration::from_millis(60);

/// The longest pause in a paste.
const PASTE: Duration = Duration::from_secs(2);

/// The interval of checks for a background process to be in the foreground again.
const LOOK: Duration = Duration::from_millis(200);

impl HostInput {
    /// Starts to read.
    pub(crate) fn open() -> Self {
        let terminal = Terminal::open();
        let is_attended = match &terminal {
            Some(terminal) => terminal.is_ours(),
            None => !is_null_device() && ground(rustix::stdio::stdin()) != Ground::Background,
        };
        let (sender, inputs) = mpsc::channel(match terminal {
            Some(_) => WAITING_KEYS,
            // A line that nobody takes stays in the pipe.
            None => 1,
        });
        match terminal.clone() {
            Some(terminal) => {
                start("keys", move || read_keys(&terminal, &sender));
            }
            None if !is_null_device() => {
                start("lines", move || read_lines(&sender));
            }
            None => {}
        }
        Self {
            terminal,
            is_attended,
            inputs,
        }
    }

    /// Waits for the next input; `None` at the end of input. Cancel safe.
    pub(crate) async fn next(&mut self) -> Option<Input> {
        self.inputs.recv().await
    }

    /// Waits like [`Self::next`], outside a runtime.
    pub(crate) fn next_blocking(&mut self) -> Option<Input> {
        self.inputs.blocking_recv()
    }

    /// Forgets what was typed up to now.
    pub(crate) fn forget_typed(&mut self) {
        if let Some(terminal) = &self.terminal {
            terminal.forget_typed();
            while self.inputs.try_recv().is_ok() {}
        }
    }
}

impl Drop for HostInput {
    fn drop(&mut self) {
        if let Some(terminal) = &self.terminal {
            terminal.give_back();
        }
    }
}

/// Reads on a thread of its own. If the system refuses one, the input has ended, and the server goes on.
fn start(name: &str, read: impl FnOnce() + Send + 'static) {
    let _ = thread::Builder::new().name(name.to_owned()).spawn(read);
}

/// Sends keys until the terminal or the receiver is gone.
fn read_keys(terminal: &Terminal, sender: &mpsc::Sender<Input>) {
    let mut decoder = KeyDecoder::default();
    let mut buffer = [0; 1024];
    let mut is_burst = false;
    let mut last = Instant::now();
    loop {
        let wait = match is_burst {
            true if decoder.is_undecided() => ESCAPE,
            true => BURST,
            false => PASTE,
        };
        match terminal.read(&mut buffer, wait) {
            TerminalRead::Bytes(length) => {
                decoder.advance(&buffer[..length]);
                (is_burst, last) = (true, Instant::now());
            }
            TerminalRead::Quiet => {
                is_burst = false;
                for key in decoder.finish() {
                    // A key that comes while nobody takes keys is lost; a listener that is gone ends this thread.
                    if let Err(mpsc::error::TrySendError::Closed(_)) =
                        sender.try_send(Input::Key(key))
                    {
                        return;
                    }
                }
                if last.elapsed() > PASTE {
                    decoder.reset();
                }
            }
            TerminalRead::Resumed => {
                decoder.reset();
                let _ = sender.try_send(Input::Resumed);
            }
            TerminalRead::Gone => return,
        }
        if sender.is_closed() {
            return;
        }
    }
}

/// Sends lines until the input ends or the receiver is gone. A terminal is read only in the foreground: reading it elsewhere
/// would stop the program.
fn read_lines(sender: &mpsc::Sender<Input>) {
    let input = rustix::stdio::stdin();
    let mut lines = LineReader(BufReader::new(StandardInput));
    loop {
        let mut has_input = !lines.0.buffer().is_empty();
        while !has_input {
            let mut waiting = [PollFd::new(&input, PollFlags::IN)];
            let timeout = Timespec::try_from(LOOK).ok();
            let is_ready = !matches!(poll(&mut waiting, timeout.as_ref()), Ok(0));
            has_input = is_ready && ground(input) != Ground::Background;
            if is_ready && !has_input {
                thread::sleep(LOOK);
            }
            if sender.is_closed() {
                return;
            }
        }
        let Some(line) = lines.next() else { return };
        if sender.blocking_send(Input::Line(line)).is_err() {
            return;
        }
    }
}

fn is_null_device() -> bool {
    let Ok(input) = std::fs::metadata("/dev/stdin") else {
        return true;
    };
    input.file_type().is_char_device() && !io::stdin().is_terminal()
}

/// Lines of input, each read to a bounded length.
struct LineReader(BufReader<StandardInput>);

/// Without the buffer of [`io::stdin`], so that the amount left to read is known.
struct StandardInput;

impl Read for StandardInput {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::read(rustix::stdio::stdin(), buffer)?)
    }
}

impl Iterator for LineReader {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let mut line = Vec::new();
        let mut bounded = self.0.by_ref().take(LONGEST_LINE);
        match bounded.read_until(b'\n', &mut line) {
            Ok(1..) => Some(String::from_utf8_lossy(&line).trim().to_owned()),
            _ => None,
        }
    }
}
