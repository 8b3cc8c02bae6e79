//! A terminal with the program on it.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{fmt, thread};

use portable_pty::{CommandBuilder, MasterPty, PtyPair, PtySize, native_pty_system};
use rustix::fs::OFlags;
use rustix::process::Signal;

use crate::support::{PATIENCE, Place, WEBSERVER, in_time, in_time_of, port_in, send};

/// A terminal of its own, with the program on it. Dropping it ends the program.
pub(crate) struct Screen {
    drawn: Arc<Mutex<vt100::Parser>>,
    /// Nothing is read from the terminal while this is set.
    is_stalled: Arc<AtomicBool>,
    pair: PtyPair,
    keys: Box<dyn Write + Send>,
    child: Box<dyn portable_pty::Child + Send + Sync>,
    /// The terminal's modes before the program was started.
    modes: String,
    /// The thread that reads keys, when the latest was pressed.
    pressed: Option<KeyThread>,
}

/// The program's thread that reads keys, at one moment.
struct KeyThread {
    /// Its folder in `/proc`.
    task: PathBuf,
    is_asleep: bool,
    /// The times that it has gone to sleep.
    sleeps: u64,
}

impl KeyThread {
    /// The thread, if it is the one that reads keys.
    fn of(task: &Path) -> Option<Self> {
        let status = fs::read_to_string(task.join("status")).ok()?;
        let value = |name: &str| {
            let mut lines = status.lines().filter_map(|line| line.split_once(':'));
            lines.find_map(|(field, value)| (field == name).then_some(value.trim()))
        };
        (value("Name")? == "keys").then_some(())?;
        Some(Self {
            task: task.to_owned(),
            is_asleep: value("State")?.starts_with('S'),
            sleeps: value("voluntary_ctxt_switches")?.parse().ok()?,
        })
    }

    fn has_slept_since(&self, before: &Self) -> bool {
        self.task != before.task || self.sleeps > before.sleeps
    }
}

/// The time between two keys of a person.
const BETWEEN_KEYS: Duration = Duration::from_millis(100);

pub(crate) const UP: &str = "\u{1b}[A";
pub(crate) const DOWN: &str = "\u{1b}[B";
pub(crate) const HOME: &str = "\u{1b}[H";
pub(crate) const END: &str = "\u{1b}[F";
pub(crate) const ENTER: &str = "\r";

impl Screen {
    /// Starts the program in a terminal of `rows` and `columns`.
    pub(crate) fn open(place: &Place, size: (u16, u16), arguments: &[&str]) -> Self {
        Self::run(place, size, &[&[WEBSERVER], arguments].concat())
    }

    /// Starts another program that starts ours.
    pub(crate) fn run(place: &Place, (rows, columns): (u16, u16), words: &[&str]) -> Self {
        let mut command = CommandBuilder::new(words[0]);
        command.env_clear();
        command.args(&words[1..]);
        command.cwd(place.path(""));
        for (name, value) in place.variables() {
            command.env(name, value);
        }
        let pair = native_pty_system().openpty(size(rows, columns)).unwrap();
        let modes = modes(&*pair.master);
        // The parser cannot draw on fewer than a few; the program is told the true size.
        let parser = vt100::Parser::new(rows.max(4), columns.max(8), 0);
        let drawn = Arc::new(Mutex::new(parser));
        let shared = Arc::clone(&drawn);
        let is_stalled = Arc::new(AtomicBool::new(false));
        let stalled = Arc::clone(&is_stalled);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(length @ 1..) = reader.read(&mut buffer) {
                shared.lock().unwrap().process(&buffer[..length]);
                while stalled.load(Ordering::Relaxed) {
                    thread::sleep(Duration::from_millis(5));
                }
            }
        });
        Self {
            drawn,
            is_stalled,
            keys: pair.master.take_writer().unwrap(),
            pair,
            child,
            modes,
            pressed: None,
        }
    }

    pub(crate) fn press_each(&mut self, keys: &[&str]) {
        for key in keys {
            self.press(key);
        }
    }

    /// Presses a key as a person does, once the program is through with the key before: what it reads within a moment is a paste.
    pub(crate) fn press(&mut self, keys: &str) {
        in_time_of(PATIENCE / 6, || {
            self.awaits_keys().then(|| thread::sleep(BETWEEN_KEYS))?;
            self.awaits_keys().then_some(())
        });
        self.pressed = self.key_thread();
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// True if all keys have been read, and the thread that reads them has gone to sleep since the latest. It wakes by itself at
    /// the end of the moment in which more would belong to them, so it must be asleep once more after that.
    fn awaits_keys(&self) -> bool {
        let is_idle = |thread: KeyThread| {
            let before = self.pressed.as_ref();
            thread.is_asleep && before.is_none_or(|before| thread.has_slept_since(before))
        };
        self.unread() == Some(0) && self.key_thread().is_none_or(is_idle)
    }

    /// The thread of the program that reads keys, in the program or in the one that has the terminal.
    fn key_thread(&self) -> Option<KeyThread> {
        let started = self.child.process_id()?;
        let leader = self.pair.master.process_group_leader();
        let leader = leader.and_then(|leader| u32::try_from(leader).ok());
        let tasks = [leader, Some(started)].into_iter().flatten();
        let mut tasks = tasks.filter_map(|pid| fs::read_dir(format!("/proc/{pid}/task")).ok());
        tasks.find_map(|tasks| tasks.flatten().find_map(|task| KeyThread::of(&task.path())))
    }

    /// The bytes that were typed and that nobody has read yet.
    fn unread(&self) -> Option<u64> {
        let terminal = File::options()
            .read(true)
            .custom_flags(OFlags::NOCTTY.bits() as i32)
            .open(self.pair.master.tty_name()?)
            .ok()?;
        rustix::io::ioctl_fionread(terminal).ok()
    }

    /// Stops the program by its key, and answers its question once it is asked.
    pub(crate) fn stop(&mut self) {
        self.press("q");
        self.until_shows("Stop for everybody?");
        self.press("y");
    }

    /// Takes no more output, like a laptop asleep, or takes it again.
    pub(crate) fn stall(&self, is_stalled: bool) {
        self.is_stalled.store(is_stalled, Ordering::Relaxed);
    }

    pub(crate) fn resize(&self, rows: u16, columns: u16) {
        let mut drawn = self.drawn();
        drawn.screen_mut().set_size(rows, columns);
        self.pair.master.resize(size(rows, columns)).unwrap();
    }

    /// Tells the program alone of another size: what it draws then cannot be read.
    pub(crate) fn shrink(&self, rows: u16, columns: u16) {
        self.pair.master.resize(size(rows, columns)).unwrap();
    }

    fn drawn(&self) -> MutexGuard<'_, vt100::Parser> {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rows on the screen, without the blanks at their ends.
    pub(crate) fn rows(&self) -> Vec<String> {
        let drawn = self.drawn();
        let (_, columns) = drawn.screen().size();
        let rows = drawn.screen().rows(0, columns);
        rows.map(|row| row.trim_end().to_owned()).collect()
    }

    pub(crate) fn text(&self) -> String {
        self.rows().join("\n")
    }

    /// The brightness of the screen's upper and lower half cells, on a terminal whose background is dark or light.
    pub(crate) fn picture(&self, is_dark: bool) -> Vec<Vec<u8>> {
        let (front, back) = if is_dark { (220, 20) } else { (20, 235) };
        let brightness = |color, usual| match color {
            vt100::Color::Default => usual,
            vt100::Color::Idx(16) => 0,
            vt100::Color::Idx(231) => 255,
            other => panic!("{other:?}"),
        };
        let drawn = self.drawn();
        let (rows, columns) = drawn.screen().size();
        let mut picture = vec![Vec::new(); usize::from(rows) * 2];
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)))
        {
            let cell = drawn.screen().cell(row, column).unwrap();
            let mut ink = brightness(cell.fgcolor(), front);
            let mut paper = brightness(cell.bgcolor(), back);
            if cell.inverse() {
                std::mem::swap(&mut ink, &mut paper);
            }
            let (upper, lower) = match cell.contents() {
                "█" => (ink, ink),
                "▀" => (ink, paper),
                "▄" => (paper, ink),
                _ => (paper, paper),
            };
            picture[usize::from(row) * 2].push(upper);
            picture[usize::from(row) * 2 + 1].push(lower);
        }
        picture
    }

    /// Waits until the screen is as it should be.
    pub(crate) fn until(&self, what: &str, is_there: impl Fn(&[String]) -> bool) {
        in_time(|| is_there(&self.rows()).then_some(()))
            .unwrap_or_else(|| panic!("{what} is not on the screen:\n{self}"));
    }

    pub(crate) fn until_shows(&self, text: &str) {
        self.until(text, |rows| rows.iter().any(|row| row.contains(text)));
    }

    /// Waits until the row of this game is the one selected.
    pub(crate) fn until_selected(&self, title: &str) {
        let is_it = |row: &String| is_selected(row) && row.contains(title);
        let what = format!("{title}, selected,");
        self.until(&what, |rows| rows.iter().any(is_it));
    }

    /// Waits until the program waits for a key.
    pub(crate) fn until_asked(&self) {
        in_time(|| self.is_asked().then_some(()))
            .unwrap_or_else(|| panic!("nothing is asked:\n{self}"));
    }

    /// True if the terminal gives keys to the program one by one.
    pub(crate) fn is_asked(&self) -> bool {
        modes(&*self.pair.master) != self.modes
    }

    /// The port in the address on the screen.
    pub(crate) fn port(&self) -> u16 {
        in_time(|| port_in(&self.text())).unwrap_or_else(|| panic!("no address:\n{self}"))
    }

    pub(crate) fn signal(&self, signal: Signal) {
        send(self.child.process_id().unwrap(), signal);
    }

    /// True if the program ends within this time.
    pub(crate) fn ends_within(&mut self, patience: Duration) -> bool {
        in_time_of(patience, || self.child.try_wait().unwrap()).is_some()
    }

    /// Waits for the program's end.
    pub(crate) fn exit(&mut self) -> u32 {
        in_time(|| self.child.try_wait().unwrap())
            .unwrap_or_else(|| panic!("it does not end:\n{self}"))
            .exit_code()
    }

    /// Fails unless the terminal is as it was before the program was started.
    pub(crate) fn assert_given_back(&self) {
        self.assert_given_back_below(&[]);
    }

    /// The same for a screen on which these rows stood above the menu.
    pub(crate) fn assert_given_back_below(&self, above: &[&str]) {
        self.until("a clean screen", |rows| {
            let filled = rows.iter().filter(|row| !row.is_empty());
            filled.eq(above)
        });
        let hides_cursor = || self.drawn().screen().hide_cursor();
        in_time(|| (!hides_cursor()).then_some(())).expect("the cursor stays hidden");
        assert_eq!(modes(&*self.pair.master), self.modes);
    }
}

impl fmt::Display for Screen {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.rows();
        rows.iter()
            .try_for_each(|row| writeln!(formatter, "|{row}"))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// True if a row of the menu bears the mark of the selected one.
pub(crate) fn is_selected(row: &str) -> bool {
    row.starts_with(['❯', '>'])
}

/// The numbers of the games on the screen, from top to bottom.
pub(crate) fn numbers(rows: &[String]) -> Vec<usize> {
    let number = |row: &String| {
        let row = row.trim_start_matches(['❯', '>', '↑', '↓', ' ']);
        row.split_once("  ")?.0.parse().ok()
    };
    rows.iter().filter_map(number).collect()
}

fn size(rows: u16, cols: u16) -> PtySize {
    PtySize {
        rows,
        cols,
        ..PtySize::default()
    }
}

fn modes(terminal: &dyn MasterPty) -> String {
    format!("{:?}", terminal.get_termios().unwrap())
}
