//! Asking the operator which game goes on the air: with the arrow keys on a terminal, else by a line of input.
//!
//! The rows look as dialoguer draws them, but its `Select` is not used: it hides Ctrl-D, digits, Home and End, counts
//! the width of Chinese titles in bytes, and cannot be ended from outside while it waits for a key.

use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::ops::Range;
use std::os::unix::fs::FileTypeExt;

use console::Key;
use dialoguer::theme::{ColorfulTheme, Theme};
use rust_i18n::t;
use tokio::sync::oneshot;
use webserver::games::{Game, Library};

use super::list::{self, Slugs};
use super::memory;
use super::terminal::Terminal;

/// What the operator decided.
#[derive(Debug, PartialEq, Eq)]
pub enum Choice {
    /// This game.
    Game(Box<Game>),
    /// Nothing: they left the menu.
    Left,
    /// Nothing: they pressed Ctrl-C.
    Interrupted,
    /// There was nobody to ask: the input was empty.
    Nobody {
        /// Whether the list was printed nevertheless.
        shown: bool,
    },
    /// The input ended, or went on and on, without an answer.
    NoAnswer,
}

/// A question that is being asked, on a thread of its own.
#[derive(Debug)]
pub struct Menu {
    answer: oneshot::Receiver<Choice>,
    terminal: Option<Terminal>,
}

/// More wrong lines than a person would type.
const TRIES: usize = 10;

/// The longest list that is printed, in bytes; `webserver list` has no such bound.
const LONGEST_LIST: usize = 3000;

/// The longest line that is read, in bytes.
const LONGEST_LINE: u64 = 1024;

impl Menu {
    /// Asks. `preselected` is where the menu begins when no game was published before.
    pub fn open(library: Library, preselected: Option<String>) -> Self {
        let terminal = Terminal::borrow();
        let (answer, receiver) = oneshot::channel();
        let screen = terminal.clone();
        std::thread::spawn(move || {
            let choice = match screen {
                Some(screen) => on_terminal(&library, preselected.as_deref(), &screen),
                None if is_nobody_there() => Choice::Nobody { shown: false },
                None => by_line(&library, io::stdin().lock(), io::stderr()),
            };
            // Whoever asked has stopped waiting when the process ends.
            let _ = answer.send(choice);
        });
        Self {
            answer: receiver,
            terminal,
        }
    }

    /// Waits for the answer. Can be given up at any time: the terminal is given back in any case.
    pub async fn choice(mut self) -> Choice {
        (&mut self.answer).await.unwrap_or(Choice::NoAnswer)
    }
}

impl Drop for Menu {
    fn drop(&mut self) {
        if let Some(terminal) = &self.terminal {
            terminal.give_back();
        }
    }
}

fn on_terminal(library: &Library, preselected: Option<&str>, terminal: &Terminal) -> Choice {
    let start = memory::last_game()
        .and_then(|slug| position(library, &slug))
        .or_else(|| position(library, preselected?))
        .unwrap_or(0);
    let mut selection = Selection {
        at: start,
        of: library.games.len(),
        typed: 0,
    };
    loop {
        let lines = draw(library, selection.at, terminal.size());
        // A terminal that is gone can neither be drawn on nor read.
        let Ok(key) = terminal.draw(lines).and_then(|()| terminal.key()) else {
            return Choice::Left;
        };
        match selection.press(&key) {
            Press::Moved => {}
            Press::Chosen => match library.games.get(selection.at) {
                Some(game) => return Choice::Game(Box::new(game.clone())),
                None => return Choice::Left,
            },
            Press::Left => return Choice::Left,
            Press::Interrupted => return Choice::Interrupted,
        }
    }
}

fn position(library: &Library, name: &str) -> Option<usize> {
    let found = library.find(name)?;
    library.games.iter().position(|game| game == found)
}

/// What a key did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Press {
    Moved,
    Chosen,
    Left,
    Interrupted,
}

/// The row that is selected, and the number being typed.
#[derive(Clone, Copy, Debug)]
struct Selection {
    at: usize,
    of: usize,
    typed: usize,
}

impl Selection {
    fn press(&mut self, key: &Key) -> Press {
        let last = self.of.saturating_sub(1);
        let typed = std::mem::take(&mut self.typed);
        self.at = match key {
            Key::ArrowDown | Key::Tab | Key::Char('j') if self.at == last => 0,
            Key::ArrowDown | Key::Tab | Key::Char('j') => self.at + 1,
            Key::ArrowUp | Key::BackTab | Key::Char('k') if self.at == 0 => last,
            Key::ArrowUp | Key::BackTab | Key::Char('k') => self.at - 1,
            Key::PageDown => (self.at + 10).min(last),
            Key::PageUp => self.at.saturating_sub(10),
            Key::Home => 0,
            Key::End => last,
            Key::Char(digit) if digit.is_ascii_digit() => self.number(typed, *digit),
            Key::Enter | Key::Char(' ') => return Press::Chosen,
            Key::Escape | Key::Char('q' | '\u{4}') => return Press::Left,
            Key::CtrlC => return Press::Interrupted,
            _ => self.at,
        };
        Press::Moved
    }

    /// Digits typed one after the other are one number, as long as there is a game with it.
    fn number(&mut self, typed: usize, digit: char) -> usize {
        let digit = digit.to_digit(10).unwrap_or_default() as usize;
        let games = 1..=self.of;
        let number = [typed.saturating_mul(10).saturating_add(digit), digit]
            .into_iter()
            .find(|number| games.contains(number));
        match number {
            Some(number) => {
                self.typed = number;
                number - 1
            }
            None => self.at,
        }
    }
}

fn draw(library: &Library, selected: usize, (rows, columns): (usize, usize)) -> Vec<String> {
    let theme = ColorfulTheme::default();
    let games = list::rows(library, Slugs::Hidden);
    let mut below = Vec::new();
    if !library.rejected.is_empty() {
        below.extend([String::new(), format!("  {}", t!("list.rejected"))]);
        below.extend(
            library
                .rejected
                .iter()
                .map(|rejected| format!("    {}", list::rejection(rejected))),
        );
    }
    // The question, the keys, and the line that the cursor is on.
    let room = rows.saturating_sub(4).max(1);
    let shown = window(selected, games.len(), room);
    below.truncate(room.saturating_sub(shown.len()));
    let mut lines = vec![themed(|out| {
        theme.format_select_prompt(
            out,
            &list::fit(&t!("menu.question"), columns.saturating_sub(4)),
        )
    })];
    for index in shown {
        let row = list::fit(&games[index], columns.saturating_sub(3));
        lines.push(themed(|out| {
            theme.format_select_prompt_item(out, &row, index == selected)
        }));
    }
    lines.extend(below.iter().map(|line| list::fit(line, columns)));
    lines.push(String::new());
    lines.push(list::fit(&format!("  {}", t!("menu.keys")), columns));
    lines
}

/// The rows to show of `of`, `room` at most, the selected one among them.
fn window(selected: usize, of: usize, room: usize) -> Range<usize> {
    let start = selected
        .saturating_sub(room / 2)
        .min(of.saturating_sub(room));
    start..(start + room).min(of)
}

fn themed(format: impl FnOnce(&mut String) -> std::fmt::Result) -> String {
    let mut line = String::new();
    // Writing to a string does not fail.
    let _ = format(&mut line);
    line
}

/// Prints the list once and reads lines until one names a game.
fn by_line(library: &Library, input: impl BufRead, mut output: impl Write) -> Choice {
    // When nobody reads what is printed, what they typed counts all the same.
    let _ = writeln!(output, "{}{}", short_list(library), t!("menu.line"));
    let mut lines = Lines(input).take(TRIES).peekable();
    if lines.peek().is_none() {
        return Choice::Nobody { shown: true };
    }
    for line in lines {
        match library.find(&line) {
            Some(game) => return Choice::Game(Box::new(game.clone())),
            None => {
                let line = list::fit(&line.escape_debug().to_string(), 40);
                let _ = writeln!(output, "{}", t!("menu.wrong", answer = line));
            }
        }
    }
    Choice::NoAnswer
}

/// Whether standard input is the null device: a container without `-i`, a service.
fn is_nobody_there() -> bool {
    let Ok(input) = std::fs::metadata("/dev/stdin") else {
        return true;
    };
    input.file_type().is_char_device() && !io::stdin().is_terminal()
}

/// The list as it stands in messages: bounded, whatever the library.
pub fn short_list(library: &Library) -> String {
    let text = list::text(library, 79);
    if text.len() <= LONGEST_LIST {
        return text;
    }
    let mut short = String::new();
    for line in text.lines().take_while(|line| line.len() < LONGEST_LIST) {
        if short.len() + line.len() > LONGEST_LIST {
            break;
        }
        short.push_str(line);
        short.push('\n');
    }
    format!("{short}{}\n", t!("menu.more"))
}

/// Lines of input, each read to a bounded length.
struct Lines<R>(R);

impl<R: BufRead> Iterator for Lines<R> {
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
