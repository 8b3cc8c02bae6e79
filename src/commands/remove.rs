//! `webserver remove SLUG`: removes a game from the library.

use std::io;
use std::io::IsTerminal;

use tokio_util::sync::CancellationToken;

use crate::commands::bucket::ChangedLibrary;
use crate::console::describe::Describe;
use crate::console::failure::{Exit, Failure};
use crate::console::import_progress::PrintNotes;
use crate::console::input::{HostInput, Input};
use crate::console::message::t;
use crate::console::question::{Confirmation, Question, YesNo};
use crate::console::stdout;
use crate::import::job::Job;
use crate::import::store::{Removal, Store};
use webserver::bucket::sweep::sweep;
use webserver::bucket::{error::BucketError, games};
use webserver::source::bucket::BucketPlace;

/// Removes a game, after asking for confirmation unless `is_confirmed`.
///
/// # Errors
/// If the game is not found, nobody can be asked, or it cannot be removed.
pub(super) fn run(
    library: &ChangedLibrary,
    slug: &str,
    is_confirmed: bool,
) -> Result<Exit, Failure> {
    match library {
        ChangedLibrary::Config(store) => remove(store, slug, is_confirmed),
        ChangedLibrary::Bucket(place) => remove_from_bucket(place, slug, is_confirmed),
    }
}

/// Removes a game from object storage, and the files that no game has used for a week.
fn remove_from_bucket(
    place: &BucketPlace,
    slug: &str,
    is_confirmed: bool,
) -> Result<Exit, Failure> {
    let failed = |error: BucketError| Failure::failed(error.text());
    let address = &place.address;
    if !is_confirmed {
        if !games::has(place, slug).map_err(failed)? {
            let slug = slug.to_owned();
            return Err(failed(BucketError::Unknown { slug }));
        }
        let question = t!("remove.ask_delete", slug = slug, folder = address);
        let command = format!("webserver remove {slug} --library {address} --yes");
        match confirm(&command, question.into_owned())? {
            Some(true) => {}
            Some(false) => return Ok(Exit::Done),
            None => return Ok(Exit::Interrupted),
        }
    }
    games::remove(place, slug).map_err(failed)?;
    sweep(place).map_err(failed)?;
    stdout::print_text(&format!("{}\n", t!("remove.done", slug = slug)))
}

fn remove(store: &Store, slug: &str, is_confirmed: bool) -> Result<Exit, Failure> {
    let removal = store
        .removal(slug)
        .map_err(|error| Failure::failed(error.text()))?;
    if !is_confirmed {
        let command = format!("webserver remove {slug} --yes");
        match confirm(&command, question(slug, &removal))? {
            Some(true) => {}
            Some(false) => return Ok(Exit::Done),
            None => return Ok(Exit::Interrupted),
        }
    }
    let job = Job::new(0, &PrintNotes, CancellationToken::new());
    let removal = store
        .remove(slug, &job)
        .map_err(|error| Failure::failed(error.text()))?;
    let mut text = t!("remove.done", slug = slug).into_owned() + "\n";
    if let Some(kept) = &removal.kept {
        let folder = kept.display();
        let note = match store.slug_of_kept(kept) {
            Some(slug) => t!("remove.still_there", slug = slug, folder = folder),
            None => t!("remove.kept", folder = folder),
        };
        text += &(note.into_owned() + "\n");
    }
    if removal.is_default {
        text += &(t!("remove.was_default").into_owned() + "\n");
    }
    stdout::print_text(&text)
}

fn question(slug: &str, removal: &Removal) -> String {
    match &removal.deleted {
        Some(folder) => t!("remove.ask_delete", slug = slug, folder = folder.display()),
        None => t!("remove.ask", slug = slug),
    }
    .into_owned()
}

/// Asks the host; `None` after Ctrl-C. The hint names `command`, which does not ask.
fn confirm(command: &str, text: String) -> Result<Option<bool>, Failure> {
    let nobody = || Failure::usage(t!("remove.nobody")).hint(t!("hint.command", command = command));
    if !io::stdout().is_terminal() {
        return Err(nobody());
    }
    let mut input = HostInput::open();
    let terminal = input.terminal.clone().filter(|_| input.is_attended);
    let terminal = terminal.ok_or_else(nobody)?;
    let mut question = Question::new(text, Confirmation::KeyAndEnter);
    input.forget_typed();
    let answer = loop {
        terminal.draw(question.lines(terminal.size().columns));
        match input.next_blocking() {
            Some(Input::Key(key)) => {
                if let Some(answer) = question.press(key) {
                    break answer;
                }
            }
            Some(_) => {}
            None => return Err(nobody()),
        }
    };
    Ok(match answer {
        YesNo::Yes => Some(true),
        YesNo::No => Some(false),
        YesNo::Interrupted => None,
    })
}
