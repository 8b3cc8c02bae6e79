//! Which game goes on the air first: the one named, else the one picked.

use std::path::Path;

use rust_i18n::t;
use tokio::signal::unix::{SignalKind, signal};

use crate::console::describe::Describe;
use crate::console::failure::{Exit, Failure, say};
use crate::console::input::{HostInput, Input};
use crate::console::menu::{Choice, Menu};
use crate::console::terminal::Terminal;
use crate::console::{layout, library_table};
use crate::control::state;
use webserver::config::Config;
use webserver::library::game::{Game, Reason};
use webserver::library::listing::Library;

/// More wrong lines than a person would type.
const TRIES: usize = 10;

/// The game that a name stands for: a slug, a title, a number in the menu, or a path relative to a folder.
///
/// # Errors
/// When it fits nothing, with the nearest names; when the path leads to no game, with the reason.
pub(crate) fn named(library: &Library, name: &str, folder: &Path) -> Result<Game, Failure> {
    if let Some(game) = library.find(name) {
        return Ok(game.clone());
    }
    let path = folder.join(name);
    if path.exists() || name.contains('/') {
        return Game::from_path(&path).map_err(|reason| match reason {
            Reason::Archive { .. } => Failure::failed(reason.text()),
            _ => Failure::usage(reason.text()),
        });
    }
    let unknown = Failure::usage(t!("game.unknown", name = name.escape_debug()));
    Err(match library.nearest(name).as_slice() {
        [] => unknown.hint(t!("hint.path")),
        nearest => unknown.hint(t!("hint.nearest", names = nearest.join(", "))),
    })
}

/// Asks the operator; where there is nobody, takes the configured game.
///
/// # Errors
/// When no game comes of it.
pub(crate) async fn asked(
    library: &Library,
    config: &Config,
    port: u16,
    console: &mut HostInput,
) -> Result<Result<Game, Exit>, Failure> {
    let default = || {
        let name = config.default_game.as_deref()?;
        Some(named(library, name, Path::new("")))
    };
    if let Some(terminal) = console.terminal.clone() {
        return Ok(on_terminal(library, config, console, &terminal).await);
    }
    let example = library
        .games
        .first()
        .map_or("GAME", |game| game.slug.as_str());
    let command = t!(
        "hint.command",
        command = format!("webserver {port} {example}")
    );
    let list = library_table::short(library);
    let line = match console.is_attended {
        true => by_line(library, &list, console).await,
        false => NumberedAnswer::Nobody,
    };
    match line {
        NumberedAnswer::Game(game) => Ok(Ok(*game)),
        NumberedAnswer::NoAnswer => Err(Failure::usage(t!("menu.no_answer")).hint(command)),
        NumberedAnswer::Nobody => match default() {
            Some(game) => game.map(Ok),
            None if console.is_attended => Err(Failure::usage(t!("menu.nobody")).hint(command)),
            None => Err(Failure::usage(t!("menu.nobody")).hint(format!("{list}{command}"))),
        },
    }
}

async fn on_terminal(
    library: &Library,
    config: &Config,
    console: &mut HostInput,
    terminal: &Terminal,
) -> Result<Game, Exit> {
    let first = state::last_game().into_iter();
    let mut menu = Menu::open(library, first.chain(config.default_game.clone()));
    let mut resized = signal(SignalKind::window_change()).ok();
    terminal.hold();
    loop {
        let lines = menu.lines(library, terminal.size());
        // A terminal that is gone can neither be drawn on nor read.
        if terminal.draw_again(lines).is_err() {
            return Err(Exit::Done);
        }
        let input = tokio::select! {
            input = console.next() => input,
            () = next_signal(&mut resized) => continue,
        };
        let Some(Input::Key(key)) = input else {
            return Err(Exit::Done);
        };
        if key == Terminal::SUSPEND {
            terminal.suspend();
        }
        let choice = menu.press(&key, library);
        if choice.is_some() {
            // A terminal that is gone needs nothing.
            let _ = terminal.draw(Vec::new()).and_then(|()| terminal.release());
        }
        match choice {
            None => {}
            Some(Choice::Game(game)) => return Ok(*game),
            Some(Choice::Left) => return Err(Exit::Done),
            Some(Choice::Interrupted) => return Err(Exit::Interrupted),
        }
    }
}

/// What came of asking for a line.
enum NumberedAnswer {
    Game(Box<Game>),
    /// The input was empty.
    Nobody,
    /// The input ended, or went on and on, without an answer.
    NoAnswer,
}

/// Prints the list once and reads lines until one names a game.
async fn by_line(library: &Library, list: &str, console: &mut HostInput) -> NumberedAnswer {
    // When nobody reads what is printed, what they typed counts all the same.
    say(&format!("{list}{}\n", t!("menu.line")));
    for count in 0..TRIES {
        let Some(Input::Line(line)) = console.next().await else {
            return match count {
                0 => NumberedAnswer::Nobody,
                _ => NumberedAnswer::NoAnswer,
            };
        };
        match library.find(&line) {
            Some(game) => return NumberedAnswer::Game(Box::new(game.clone())),
            None => {
                let line = layout::fit(&line.escape_debug().to_string(), 40);
                say(&format!("{}\n", t!("menu.wrong", answer = line)));
            }
        }
    }
    NumberedAnswer::NoAnswer
}

/// Waits for a signal; for ever where it cannot be listened for.
pub(crate) async fn next_signal(signal: &mut Option<tokio::signal::unix::Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}
