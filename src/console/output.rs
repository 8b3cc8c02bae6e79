//! Standard error, written by one thread: a terminal or pipe that takes no more output delays nothing else.
//!
//! Other threads add lines to a bounded queue or replace the lines at the bottom. Both only change memory: the lock is
//! never held during a write. Lines that do not fit in the queue are dropped and counted, and the count is
//! printed as soon as output is taken again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::console::frame::{Chunk, Frame, Importance, Screen, Sink};
use crate::console::message::t;
use crate::console::painter::Painter;
use crate::console::printable::Printable;
use crate::console::record::{self, Level};
use crate::console::screen_line::ScreenLine;

/// The most text that waits to be printed, in bytes.
const LONGEST_QUEUE: usize = 1 << 20;

/// The longest time that the end of the program waits for one write: a terminal may take no more output.
const CLOSING: Duration = Duration::from_secs(1);

/// The most times that it waits so long for the thread that writes, which may have no turn on a busy machine.
const MOST_WAITS: u32 = 30;

/// The stack of the thread that writes, in bytes.
const STACK: usize = 256 << 10;

/// The output of this process. Its thread starts with the first line.
static STDERR: LazyLock<Output> = LazyLock::new(|| Output::start(Painter::default()));

/// Standard error.
pub(crate) fn stderr() -> &'static Output {
    &STDERR
}

/// True after [`use_json`].
static IS_JSON: AtomicBool = AtomicBool::new(false);

/// Switches standard error to JSON records.
pub(crate) fn use_json() {
    IS_JSON.store(true, Ordering::Relaxed);
    stderr().set_dropped_notice(|lines| {
        record::line(
            Level::Warn,
            "output_dropped",
            record::fields(json!({ "lines": lines })),
        )
    });
}

/// Returns true if standard error gets JSON records only.
pub(crate) fn is_json() -> bool {
    IS_JSON.load(Ordering::Relaxed)
}

/// Prints lines on standard error, above what is drawn there.
pub(crate) fn say(text: &str) {
    if is_json() {
        return print_record(
            Level::Info,
            "message",
            json!({ "message": text.trim_end() }),
        );
    }
    stderr().print(Printable::text(text), Importance::Notice);
}

/// Prints drawn lines on standard error, above what is drawn there. Programs that read JSON have no use for them.
pub(crate) fn say_drawn(lines: &[ScreenLine]) {
    if !is_json() {
        let text: String = lines
            .iter()
            .map(|line| format!("{}\n", line.as_str()))
            .collect();
        stderr().print(Printable::drawn(text), Importance::Notice);
    }
}

/// Ends the output: writes the last record, if it is JSON, and the rest of the queue.
pub(crate) fn close(exit: u8) {
    if is_json() {
        print_record(Level::Info, "stopped", json!({ "exit": exit }));
    }
    stderr().close();
}

/// Prints a JSON record on standard error.
pub(crate) fn print_record(level: Level, event: &str, fields: Value) {
    let line = record::line(level, event, record::fields(fields));
    stderr().print(Printable::text(&line), Importance::Notice);
}

/// The queue in front of a sink. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Output(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    /// Something is to be written.
    filled: Condvar,
    /// Everything has been written.
    drained: Condvar,
}

#[derive(Debug)]
struct Queue {
    chunks: Vec<Chunk>,
    bytes: usize,
    dropped: u64,
    /// Formats the notice about dropped lines.
    dropped_notice: fn(u64) -> String,
    screen: Screen,
    written: Screen,
    /// Text waits while a menu is open.
    is_held: bool,
    is_writing: bool,
    /// The frames that the thread has taken.
    taken: u64,
    /// There is no thread that writes.
    has_no_writer: bool,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            chunks: Vec::new(),
            bytes: 0,
            dropped: 0,
            dropped_notice: |lines| format!("! {}\n", t!("event.output_dropped", lines = lines)),
            screen: Screen::default(),
            written: Screen::default(),
            is_held: false,
            is_writing: false,
            taken: 0,
            has_no_writer: false,
        }
    }
}

impl Output {
    pub(crate) fn start(mut sink: impl Sink) -> Self {
        let output = Self(Arc::default());
        let shared = Arc::clone(&output.0);
        let thread = std::thread::Builder::new()
            .name("output".to_owned())
            .stack_size(STACK);
        let writer = thread.spawn(move || {
            loop {
                let frame = shared.next_frame();
                sink.write(&frame);
                shared.queue().is_writing = false;
                shared.drained.notify_all();
            }
        });
        // Without a thread, nothing is printed.
        output.0.queue().has_no_writer = writer.is_err();
        output
    }

    /// Prints whole lines.
    pub(crate) fn print(&self, text: Printable, importance: Importance) {
        let mut queue = self.0.queue();
        let length = text.as_str().len();
        if queue.bytes + length > LONGEST_QUEUE {
            queue.dropped += text.as_str().lines().count() as u64;
            return;
        }
        queue.bytes += length;
        queue.chunks.push(Chunk { text, importance });
        self.0.filled.notify_one();
    }

    /// Sets the format of the notice about dropped lines.
    pub(crate) fn set_dropped_notice(&self, notice: fn(u64) -> String) {
        self.0.queue().dropped_notice = notice;
    }

    /// Draws lines in place of those drawn before.
    pub(crate) fn draw(&self, lines: Vec<ScreenLine>) {
        self.change_screen(|screen| screen.lines = lines);
    }

    /// Draws lines once more, for example because the terminal has another size now.
    pub(crate) fn redraw(&self, lines: Vec<ScreenLine>) {
        self.change_screen(|screen| {
            screen.lines = lines;
            screen.generation += 1;
        });
    }

    /// Draws the lines at the bottom, or wipes them and gives the cursor back.
    pub(crate) fn show_screen(&self, is_shown: bool) {
        self.change_screen(|screen| {
            screen.is_shown = is_shown;
            screen.generation += 1;
        });
    }

    /// Has text wait from here on.
    pub(crate) fn hold(&self) {
        self.0.queue().is_held = true;
    }

    /// Prints the text that has waited.
    pub(crate) fn release(&self) {
        self.0.queue().is_held = false;
        self.0.filled.notify_one();
    }

    /// Waits at most this long for everything to be written; returns false on timeout.
    pub(crate) fn flush(&self, most: Duration) -> bool {
        let deadline = Instant::now() + most;
        let mut queue = self.0.queue();
        while queue.is_writing || queue.has_work() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let waited = self.0.drained.wait_timeout(queue, left);
            queue = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// Writes the rest of the queue at the end of the program, unless a write takes too long.
    pub(crate) fn close(&self) {
        self.release();
        let mut before = None;
        for _ in 0..MOST_WAITS {
            if self.flush(CLOSING) {
                return;
            }
            let queue = self.0.queue();
            let writing = queue.is_writing.then_some(queue.taken);
            if queue.has_no_writer || (writing.is_some() && writing == before) {
                return;
            }
            before = writing;
        }
    }

    fn change_screen(&self, change: impl FnOnce(&mut Screen)) {
        change(&mut self.0.queue().screen);
        self.0.filled.notify_one();
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_frame(&self) -> Frame {
        let mut queue = self.queue();
        while !queue.has_work() {
            let waited = self.filled.wait(queue);
            queue = waited.unwrap_or_else(PoisonError::into_inner);
        }
        queue.is_writing = true;
        queue.taken += 1;
        queue.take_frame()
    }
}

impl Queue {
    fn has_work(&self) -> bool {
        let has_text = !self.is_held && (!self.chunks.is_empty() || self.dropped > 0);
        has_text || self.screen != self.written
    }

    fn take_frame(&mut self) -> Frame {
        let mut frame = Frame::default();
        if !self.is_held {
            self.bytes = 0;
            frame.chunks = std::mem::take(&mut self.chunks);
            if self.dropped > 0 {
                let notice = (self.dropped_notice)(std::mem::take(&mut self.dropped));
                frame.chunks.push(Chunk {
                    text: Printable::text(&notice),
                    importance: Importance::Notice,
                });
            }
        }
        if self.screen != self.written {
            self.written = self.screen.clone();
            frame.screen = Some(self.screen.clone());
        }
        frame
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(20);

    /// Reports what it writes, and stalls at each frame until it is released.
    struct Stalling {
        written: mpsc::Sender<Vec<String>>,
        go_on: mpsc::Receiver<()>,
    }

    impl Sink for Stalling {
        fn write(&mut self, frame: &Frame) {
            let texts = frame.chunks.iter().map(|chunk| chunk.text.to_string());
            let lines = frame.screen.iter().flat_map(|screen| &screen.lines);
            let lines = lines.map(|line| format!("[{}]", line.as_str()));
            let _ = self.written.send(texts.chain(lines).collect());
            let _ = self.go_on.recv();
        }
    }

    fn stalling() -> (Output, mpsc::Receiver<Vec<String>>, mpsc::Sender<()>) {
        let (written, frames) = mpsc::channel();
        let (let_go, go_on) = mpsc::channel();
        (Output::start(Stalling { written, go_on }), frames, let_go)
    }

    fn log(output: &Output, text: &str) {
        output.print(Printable::text(text), Importance::Log);
    }

    #[test]
    fn a_stalled_sink_delays_nobody_and_dropped_lines_are_counted() {
        let (output, frames, let_go) = stalling();
        output.set_dropped_notice(|lines| format!("{lines} dropped\n"));
        log(&output, "first\n");
        assert_eq!(frames.recv_timeout(PATIENCE).unwrap(), ["first\n"]);
        let line = "x".repeat(999) + "\n";
        for _ in 0..5000 {
            log(&output, &line);
        }
        assert!(!output.flush(Duration::ZERO));
        for title in ["one", "two"] {
            output.draw(vec![ScreenLine::plain(title)]);
        }
        let_go.send(()).unwrap();
        let texts = frames.recv_timeout(PATIENCE).unwrap();
        let kept = texts.iter().filter(|text| **text == line).count();
        assert!((1000..=LONGEST_QUEUE / 1000).contains(&kept), "{kept}");
        // Only the newest screen is drawn.
        let rest = [format!("{} dropped\n", 5000 - kept), "[two]".to_owned()];
        assert_eq!(texts[kept..], rest);
        let_go.send(()).unwrap();
        assert!(output.flush(PATIENCE));
    }

    #[test]
    fn the_end_waits_for_a_thread_without_a_turn_and_not_for_a_terminal_that_takes_nothing() {
        let (output, frames, let_go) = stalling();
        log(&output, "first\n");
        frames.recv_timeout(PATIENCE).unwrap();
        let start = Instant::now();
        output.close();
        assert!(start.elapsed() < 10 * CLOSING, "a write that does not end");
        drop((frames, let_go));

        // Its thread has its first turn later than one wait.
        let late = Output(Arc::default());
        log(&late, "an error\n");
        let writer = Arc::clone(&late.0);
        std::thread::scope(|threads| {
            threads.spawn(move || {
                std::thread::sleep(CLOSING * 3 / 2);
                assert_eq!(writer.next_frame().chunks.len(), 1);
                writer.queue().is_writing = false;
                writer.drained.notify_all();
            });
            late.close();
            assert!(!late.0.queue().has_work());
        });
    }

    #[test]
    fn text_waits_while_it_is_held() {
        let (output, frames, let_go) = stalling();
        output.hold();
        log(&output, "log\n");
        output.draw(vec![ScreenLine::plain("menu")]);
        assert_eq!(frames.recv_timeout(PATIENCE).unwrap(), ["[menu]"]);
        let_go.send(()).unwrap();
        output.draw(Vec::new());
        output.release();
        let_go.send(()).unwrap();
        let_go.send(()).unwrap();
        let mut texts = frames.recv_timeout(PATIENCE).unwrap();
        if texts.is_empty() {
            texts = frames.recv_timeout(PATIENCE).unwrap();
        }
        assert_eq!(texts, ["log\n"]);
    }
}
