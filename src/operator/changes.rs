//! Changes to the library that the command line asks for: games added, taken out and renamed.

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::time::Duration;

use console::Key;
use rust_i18n::t;
use tokio::runtime::{self, Handle};
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, interval_at};

use super::bars::Bars;
use super::list::{self, pad, printable, widest};
use super::signals::Signals;
use super::terminal::Terminal;
use super::{control, size};
use crate::cli::library::{Adding, Renaming};
use crate::import::{self, Job, Outcome, Removal, Request, Shelf, shown};
use crate::report::{Exit, Failure, say};

/// How often there is a line about each source where there is no terminal.
const LINES: Duration = Duration::from_secs(3);

/// Brings games in and prints what came of each source; then puts the last one on the air when it should be.
///
/// # Errors
/// When the server cannot publish it.
pub fn add(adding: &Adding, shelf: Shelf) -> Result<Exit, Failure> {
    let request = adding.request()?;
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(Failure::failed)?;
    let added = runtime.block_on(bring(request, shelf));
    // Whoever interrupted twice does not wait for the jobs.
    runtime.shutdown_background();
    match added? {
        (exit, Some(slug)) if adding.publish => {
            control::publish(adding.port.as_deref(), &slug).map(|_| exit)
        }
        (exit, _) => Ok(exit),
    }
}

/// Brings games in; the last of them, unless that was interrupted or a rehearsal.
async fn bring(request: Request, shelf: Shelf) -> Result<(Exit, Option<String>), Failure> {
    let mut signals = Signals::listen()?;
    let names: Vec<_> = request.sources.iter().map(|typed| shown(typed)).collect();
    let is_rehearsal = request.is_rehearsal;
    let bars = Arc::new(Bars::new(names.iter().cloned()));
    let (stop, stopped) = watch::channel(false);
    let (watching, runtime) = (Arc::clone(&bars), Handle::current());
    let work = move || import::add(&request, &shelf, &*watching, (stopped, runtime));
    let mut work = spawn_blocking(work);
    let mut lines = interval_at(Instant::now() + LINES, LINES);
    let mut exit = Exit::Done;
    let outcomes = loop {
        tokio::select! {
            outcomes = &mut work => break outcomes.map_err(Failure::failed)?,
            _ = lines.tick() => say(&bars.lines()),
            _ = signals.next() => {
                // Each job clears its own away; whoever cannot wait for that interrupts again.
                if stop.send_replace(true) {
                    bars.clear();
                    return Ok((Exit::Interrupted, None));
                }
                exit = Exit::Interrupted;
            }
        }
    };
    bars.clear();
    list::print_text(&table(&names, &outcomes, is_rehearsal))?;
    if exit == Exit::Done && outcomes.iter().any(Outcome::is_err) {
        exit = Exit::Failed;
    }
    let last = outcomes
        .iter()
        .rev()
        .find_map(|outcome| outcome.as_ref().ok());
    let last = last.filter(|_| !is_rehearsal && exit != Exit::Interrupted);
    Ok((exit, last.map(|added| added.slug.clone())))
}

/// One row a source: what was added, what failed and why.
fn table(names: &[String], outcomes: &[Outcome], is_rehearsal: bool) -> String {
    let row = |(name, outcome): (&String, &Outcome)| match outcome {
        Ok(added) => {
            let word = match is_rehearsal {
                true => t!("add.would_be_added"),
                false => t!("add.added"),
            };
            let bytes = added.bytes.map_or_else(String::new, size);
            let folder = added.folder.display().to_string();
            [word.into_owned(), added.slug.clone(), bytes, folder]
        }
        Err(error) => {
            let word = t!("add.failed").into_owned();
            [word, name.clone(), String::new(), error.to_string()]
        }
    };
    let rows: Vec<_> = names.iter().zip(outcomes).map(row).collect();
    let rows: Vec<_> = rows
        .iter()
        .map(|row| row.each_ref().map(|cell| printable(cell)))
        .collect();
    let width = |column: usize| widest(rows.iter().map(|row| row[column].as_str()));
    let widths = [width(0), width(1), width(2)];
    let line = |[word, name, bytes, rest]: &[String; 4]| {
        let (word, name) = (pad(word, widths[0]), pad(name, widths[1]));
        format!("{word}  {name}  {}  {rest}\n", pad(bytes, widths[2]))
    };
    rows.iter().map(line).collect()
}

/// Takes a game out of the library, after asking unless it `is_agreed`.
///
/// # Errors
/// When there is no such game, nobody can be asked, or it cannot be taken out.
pub fn remove(shelf: &Shelf, slug: &str, is_agreed: bool) -> Result<Exit, Failure> {
    let removal = shelf.removal(slug).map_err(Failure::failed)?;
    if !is_agreed {
        match agreed(slug, &removal)? {
            Some(true) => {}
            Some(false) => return Ok(Exit::Done),
            None => return Ok(Exit::Interrupted),
        }
    }
    let (_stop, stopped) = watch::channel(false);
    let job = Job::new(0, &(), stopped);
    let removal = shelf.remove(slug, &job).map_err(Failure::failed)?;
    let mut text = t!("remove.done", slug = slug).into_owned() + "\n";
    if let Some(kept) = &removal.kept {
        text += &(t!("remove.kept", folder = kept.display()).into_owned() + "\n");
    }
    if removal.is_default {
        text += &(t!("remove.was_default").into_owned() + "\n");
    }
    list::print_text(&text)
}

/// Asks; `None` when the question was interrupted.
fn agreed(slug: &str, removal: &Removal) -> Result<Option<bool>, Failure> {
    let command = format!("webserver remove {slug} --yes");
    let nobody = || Failure::usage(t!("remove.nobody")).hint(t!("hint.command", command = command));
    if !io::stdout().is_terminal() {
        return Err(nobody());
    }
    let terminal = Terminal::borrow().ok_or_else(nobody)?;
    let what = match &removal.deleted {
        Some(folder) => t!("remove.ask_delete", slug = slug, folder = folder.display()),
        None => t!("remove.ask", slug = slug),
    };
    let question = list::fit(&printable(&format!("{what} [y/N] ")), terminal.size().1);
    let answer = terminal.draw(vec![question]).and_then(|()| {
        loop {
            match terminal.key()? {
                Key::Char('y' | 'Y') => return Ok(Some(true)),
                Key::Char('n' | 'N' | 'q' | '\u{4}') | Key::Enter | Key::Escape => {
                    return Ok(Some(false));
                }
                Key::CtrlC => return Ok(None),
                _ => {}
            }
        }
    });
    terminal.give_back();
    answer.map_err(Failure::failed)
}

/// Gives a game another slug, another title or both.
///
/// # Errors
/// When there is no such game, or the slug is taken.
pub fn rename(shelf: &Shelf, renaming: &Renaming) -> Result<Exit, Failure> {
    let slug = renaming.new_slug()?;
    let (_stop, stopped) = watch::channel(false);
    let job = Job::new(0, &(), stopped);
    let renamed = shelf.rename(&renaming.slug, slug, renaming.title.as_deref(), &job);
    renamed.map_err(Failure::failed)?;
    list::print_text(&format!("{}\n", t!("rename.done", slug = slug)))
}
