//! Reads files and changes the library for the console. The threads that talk to browsers cannot open any file.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::console::describe::Describe;
use crate::console::failure::Failure;
use crate::console::findings::{problem_text, remedy_text};
use crate::console::import_progress::PrintNotes;
use crate::console::message::t;
use crate::control::command::Command;
use crate::control::sandbox;
use crate::control::socket::ControlRequest;
use crate::import::config_edit::EntryChanges;
use crate::import::error::ImportError;
use crate::import::job::Job;
use crate::import::store::Store;
use crate::web_console::import_list::{ImportStage, ListedImport};
use crate::web_console::importing::{ImportFrom, import};
use crate::web_console::removals::Removals;
use webserver::bucket::error::BucketError;
use webserver::bucket::fetch::fetch;
use webserver::check::finding::{Finding, Severity};
use webserver::check::report::check;
use webserver::language::Language;
use webserver::library::cover::Cover;
use webserver::library::game::Game;
use webserver::site::drawn_cover::drawn_cover;
use webserver::source::Source;

/// The tasks that may wait.
const WAITING: usize = 64;

/// The most findings that are shown.
const MOST_FINDINGS: usize = 100;

/// The media types of covers.
const PICTURES: [(&str, &str); 6] = [
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("webp", "image/webp"),
    ("gif", "image/gif"),
    ("avif", "image/avif"),
    ("svg", "image/svg+xml"),
];

/// A picture with its media type.
pub(crate) type Picture = (&'static str, Bytes);

/// The way to the thread that reads.
#[derive(Clone, Debug)]
pub(crate) struct Clerk(SyncSender<ClerkTask>);

#[derive(Debug)]
enum ClerkTask {
    Cover(Game, CoverChoice, oneshot::Sender<Option<Picture>>),
    Choices(Game, oneshot::Sender<Vec<String>>),
    Check(Game, oneshot::Sender<Value>),
    Import(Arc<ListedImport>, ImportFrom),
    Edit(Edit, oneshot::Sender<Result<(), Failure>>),
}

/// The picture of a game that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CoverChoice {
    /// The one that the lobby shows.
    Current,
    /// The one that the lobby would show if the configuration named none.
    Own,
    /// The one at a path in the game.
    At(String),
}

/// A change of one game in the library.
#[derive(Clone, Debug)]
pub(crate) enum Edit {
    Change(Box<Game>, GameChanges),
    /// A picture from the host's browser, which becomes the game's cover.
    Cover {
        game: String,
        cover: Cover,
    },
    /// Changes nothing: fails if the game cannot be removed.
    CheckRemoval {
        game: String,
    },
    Remove {
        game: String,
    },
}

/// Changes of a game; see [`EntryChanges`].
#[derive(Clone, Debug)]
pub(crate) struct GameChanges {
    pub slug: String,
    pub title: Option<String>,
    pub description: Option<String>,
    pub cover: Option<String>,
}

/// The place of the library, and the session that must know of a change.
#[derive(Clone, Debug)]
pub(crate) struct EditedLibrary {
    /// The configuration file that was named on the command line.
    pub config: Option<PathBuf>,
    pub requests: mpsc::Sender<ControlRequest>,
    pub removals: Removals,
}

impl Clerk {
    /// Starts the thread. Must be called on one that may open files.
    pub(crate) fn start(library: EditedLibrary) -> Self {
        let (sender, tasks) = sync_channel(WAITING);
        thread::spawn(move || work(&tasks, &library));
        Self(sender)
    }

    /// Begins an import; false if too much is under way.
    pub(crate) fn import(&self, listed: Arc<ListedImport>, from: ImportFrom) -> bool {
        self.0.try_send(ClerkTask::Import(listed, from)).is_ok()
    }

    /// Changes a game of the library; `None` if too much is under way.
    pub(crate) async fn edit(&self, edit: Edit) -> Option<Result<(), Failure>> {
        let (sender, done) = oneshot::channel();
        self.0.try_send(ClerkTask::Edit(edit, sender)).ok()?;
        done.await.ok()
    }

    /// A picture of a game; `None` if there is none, or too much is under way.
    pub(crate) async fn cover(&self, game: Game, choice: CoverChoice) -> Option<Picture> {
        let (sender, picture) = oneshot::channel();
        let task = ClerkTask::Cover(game, choice, sender);
        self.0.try_send(task).ok()?;
        picture.await.ok()?
    }

    /// The paths of pictures in a game that may be its cover; `None` if too much is under way.
    pub(crate) async fn choices(&self, game: Game) -> Option<Vec<String>> {
        let (sender, choices) = oneshot::channel();
        self.0.try_send(ClerkTask::Choices(game, sender)).ok()?;
        choices.await.ok()
    }

    /// The findings of a check, in the host's language; `None` if too much is under way.
    pub(crate) async fn check(&self, game: Game) -> Option<Value> {
        let (sender, report) = oneshot::channel();
        self.0.try_send(ClerkTask::Check(game, sender)).ok()?;
        report.await.ok()
    }
}

/// Does one task after the other: a check may take seconds, and two at once would slow down the players.
fn work(tasks: &Receiver<ClerkTask>, library: &EditedLibrary) {
    while let Ok(task) = tasks.recv() {
        // One bad file must not end the console: whoever asked learns that there is no answer.
        let _ = catch_unwind(AssertUnwindSafe(|| work_on(task, library)));
    }
}

fn work_on(task: ClerkTask, library: &EditedLibrary) {
    // The requester may be gone.
    match task {
        ClerkTask::Cover(game, choice, reply) => drop(reply.send(cover(game, choice))),
        ClerkTask::Choices(game, reply) => drop(reply.send(Cover::choices(&game))),
        ClerkTask::Check(game, reply) => {
            let sandbox = sandbox::for_building(&game);
            let checking = thread::Builder::new().spawn(move || {
                // Before the sandbox, which has no network.
                if let Err(error) = fetch_files(&game) {
                    return json!({ "error": error.text() });
                }
                sandbox.enter();
                report(&game)
            });
            match checking.map(thread::JoinHandle::join) {
                Ok(Ok(report)) => drop(reply.send(report)),
                Ok(Err(_)) => {}
                Err(_) => drop(reply.send(json!({ "error": t!("serve.no_thread") }))),
            }
        }
        ClerkTask::Import(listed, from) => {
            let (begun, library) = (Arc::clone(&listed), library.clone());
            let started = thread::Builder::new().spawn(move || {
                library.import(&begun, from);
                library.reload();
            });
            if started.is_err() {
                listed.end(
                    ImportStage::Failed,
                    Some(t!("serve.no_thread").into_owned()),
                );
            }
        }
        ClerkTask::Edit(edit, reply) => {
            let is_change = !matches!(edit, Edit::CheckRemoval { .. });
            let result = library.edit(edit);
            if is_change {
                library.reload();
            }
            drop(reply.send(result));
        }
    }
}

impl EditedLibrary {
    fn store(&self) -> Result<Store, ImportError> {
        Store::find(self.config.as_deref())
    }

    fn import(&self, listed: &Arc<ListedImport>, from: ImportFrom) {
        match catch_unwind(AssertUnwindSafe(|| import(listed, from, self.store()))) {
            Ok(Some(slug)) => {
                // The game that was to be removed is another one now.
                self.removals.cancel(&slug);
            }
            Ok(None) => {}
            // Else it would count as under way for ever.
            Err(_) => listed.end(ImportStage::Failed, Some(t!("build.panicked").into_owned())),
        }
    }

    fn edit(&self, edit: Edit) -> Result<(), Failure> {
        if let Edit::Change(game, changes) = &edit
            && let Some(cover) = changes.cover.as_deref().filter(|cover| !cover.is_empty())
            && Cover::at(game, cover).is_none()
        {
            return Err(Failure::usage(t!("web_console.bad_cover", file = cover)));
        }
        let job = Job::new(0, &PrintNotes, CancellationToken::new());
        let edited = self.store().and_then(|store| match &edit {
            Edit::Change(game, changes) => {
                let changes = EntryChanges {
                    slug: &changes.slug,
                    title: changes.title.as_deref(),
                    description: changes.description.as_deref(),
                    cover: changes.cover.as_deref(),
                    // The host chose another one.
                    cover_file: changes.cover.as_ref().map(|_| ""),
                };
                store.change(&game.slug, &changes, &job)
            }
            Edit::Cover { game, cover } => store.add_cover(game, cover, &job),
            Edit::CheckRemoval { game } => store.removal(game).map(drop),
            Edit::Remove { game } => store.remove(game, &job).map(drop),
        });
        edited.map_err(|error| Failure::failed(error.text()))
    }

    /// Has the session reload the library, because it may not watch the file.
    fn reload(&self) {
        let (reply, _) = oneshot::channel();
        // The session may have ended.
        let _ = self.requests.blocking_send((Command::Reload, reply));
    }
}

/// A picture of a game, or the drawing that the lobby has for a game without one.
fn cover(mut game: Game, choice: CoverChoice) -> Option<Picture> {
    let found = match choice {
        CoverChoice::At(name) => Some(Cover::at(&game, &name)?),
        CoverChoice::Current => Cover::find(&game),
        CoverChoice::Own => {
            game.cover = None;
            Cover::find(&game)
        }
    };
    let Some(found) = found else {
        let drawn = drawn_cover(&game.slug, game.title.get(Language::English));
        return Some(("image/svg+xml", drawn.into()));
    };
    let mut types = PICTURES.into_iter();
    let (_, media_type) = types.find(|(extension, _)| *extension == found.extension)?;
    Some((media_type, found.content))
}

/// Fetches the files of a game in object storage.
fn fetch_files(game: &Game) -> Result<(), BucketError> {
    match &game.source {
        Source::Bucket(files) => fetch(files, &CancellationToken::new(), &|_, _| {}),
        _ => Ok(()),
    }
}

fn report(game: &Game) -> Value {
    match check(game) {
        Ok(report) => json!({
            "findings": report.findings.iter().take(MOST_FINDINGS).map(finding).collect::<Vec<_>>(),
            "more": report.findings.len().saturating_sub(MOST_FINDINGS),
        }),
        Err(error) => json!({ "error": error.text() }),
    }
}

fn finding(finding: &Finding) -> Value {
    json!({
        "severity": match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        },
        "file": finding.file,
        "line": finding.line,
        "problem": problem_text(&finding.problem),
        "remedy": remedy_text(&finding.problem),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

    #[test]
    fn a_cover_is_a_picture_of_the_game_or_drawn() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, content: &[u8]| fs::write(folder.path().join(name), content);
        write("index.html", b"<title>x</title>").unwrap();
        write("chosen.PNG", PNG).unwrap();
        write("large.png", &[PNG, &vec![0; 2 << 20]].concat()).unwrap();
        write("text.png", b"no picture").unwrap();
        let mut game = Game::from_folder(folder.path()).unwrap();
        let at = |name: &str| cover(game.clone(), CoverChoice::At(name.to_owned()));
        let png = Some(("image/png", Bytes::from_static(PNG)));
        assert_eq!(at("chosen.PNG"), png);
        for name in [
            "large.png",
            "text.png",
            "index.html",
            "missing.png",
            "../chosen.PNG",
            "",
        ] {
            assert_eq!(at(name), None, "{name}");
        }
        assert_eq!(Cover::choices(&game), ["chosen.PNG", "text.png"]);
        let is_drawn = |game: &Game, choice| {
            let (media_type, _) = cover(game.clone(), choice).unwrap();
            media_type == "image/svg+xml"
        };
        assert!(is_drawn(&game, CoverChoice::Current));
        game.cover = Some("chosen.PNG".to_owned());
        assert_eq!(cover(game.clone(), CoverChoice::Current), png);
        assert!(is_drawn(&game, CoverChoice::Own));
    }
}
