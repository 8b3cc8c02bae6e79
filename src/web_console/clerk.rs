//! Reads files and changes the library for the console. The threads that talk to browsers cannot open any file.

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
use crate::control::command::Command;
use crate::control::sandbox;
use crate::control::socket::ControlRequest;
use crate::import::error::ImportError;
use crate::import::job::Job;
use crate::import::store::Store;
use crate::web_console::import_list::ListedImport;
use crate::web_console::importing::{ImportFrom, import};
use webserver::check::finding::{Finding, Severity};
use webserver::check::report::check;
use webserver::library::game::Game;

/// The tasks that may wait.
const WAITING: usize = 64;

/// The most bytes of a cover.
const MOST_COVER: u64 = 8 << 20;

/// The most findings that are shown.
const MOST_FINDINGS: usize = 100;

/// The media types of covers by the ends of their names.
const PICTURES: [(&str, &str); 7] = [
    (".png", "image/png"),
    (".jpg", "image/jpeg"),
    (".jpeg", "image/jpeg"),
    (".webp", "image/webp"),
    (".gif", "image/gif"),
    (".avif", "image/avif"),
    (".svg", "image/svg+xml"),
];

/// A picture with its media type.
pub(crate) type Picture = (&'static str, Bytes);

/// The way to the thread that reads.
#[derive(Clone, Debug)]
pub(crate) struct Clerk(SyncSender<ClerkTask>);

#[derive(Debug)]
enum ClerkTask {
    Cover(Game, oneshot::Sender<Option<Picture>>),
    Check(Game, oneshot::Sender<Value>),
    Import(Arc<ListedImport>, ImportFrom),
    Edit(Edit, oneshot::Sender<Result<(), Failure>>),
}

/// A change of one game in the library.
#[derive(Clone, Debug)]
pub(crate) enum Edit {
    Rename {
        game: String,
        slug: String,
        title: Option<String>,
    },
    Remove {
        game: String,
    },
}

/// The place of the library, and the session that must know of a change.
#[derive(Clone, Debug)]
pub(crate) struct EditedLibrary {
    /// The configuration file that was named on the command line.
    pub config: Option<PathBuf>,
    pub requests: mpsc::Sender<ControlRequest>,
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

    /// The cover of a game, if it has one that browsers show.
    pub(crate) async fn cover(&self, game: Game) -> Option<Picture> {
        let (sender, picture) = oneshot::channel();
        self.0.try_send(ClerkTask::Cover(game, sender)).ok()?;
        picture.await.ok()?
    }

    /// The findings of a check, in the host's language; `None` if too much is under way.
    pub(crate) async fn check(&self, game: Game) -> Option<Value> {
        let (sender, report) = oneshot::channel();
        self.0.try_send(ClerkTask::Check(game, sender)).ok()?;
        report.await.ok()
    }
}

/// Does one task after the other: a check may take seconds, and two of them would take from the players.
fn work(tasks: &Receiver<ClerkTask>, library: &EditedLibrary) {
    while let Ok(task) = tasks.recv() {
        // Whoever asked may have gone away.
        match task {
            ClerkTask::Cover(game, reply) => drop(reply.send(cover(&game))),
            ClerkTask::Check(game, reply) => {
                let sandbox = sandbox::for_building(&game);
                let checking = thread::spawn(move || {
                    sandbox.enter();
                    report(&game)
                });
                if let Ok(report) = checking.join() {
                    let _ = reply.send(report);
                }
            }
            ClerkTask::Import(listed, from) => {
                let library = library.clone();
                thread::spawn(move || {
                    import(&listed, from, library.store());
                    library.reload();
                });
            }
            ClerkTask::Edit(edit, reply) => {
                let result = library.edit(edit);
                library.reload();
                drop(reply.send(result.map_err(|error| Failure::failed(error.text()))));
            }
        }
    }
}

impl EditedLibrary {
    fn store(&self) -> Result<Store, ImportError> {
        Store::find(self.config.as_deref())
    }

    fn edit(&self, edit: Edit) -> Result<(), ImportError> {
        let store = self.store()?;
        let job = Job::new(0, &PrintNotes, CancellationToken::new());
        match edit {
            Edit::Rename { game, slug, title } => {
                store.rename(&game, &slug, title.as_deref(), &job)
            }
            Edit::Remove { game } => store.remove(&game, &job).map(drop),
        }
    }

    /// Has the session read the library again: it may not watch the file.
    fn reload(&self) {
        let (reply, _) = oneshot::channel();
        // The session may have ended.
        let _ = self.requests.blocking_send((Command::Reload, reply));
    }
}

fn cover(game: &Game) -> Option<Picture> {
    let path = game.cover.as_deref()?;
    let name = path.to_ascii_lowercase();
    let (_, media_type) = PICTURES.into_iter().find(|(end, _)| name.ends_with(end))?;
    // One byte more than is shown tells a picture that is too large.
    let content = game.source.head(path, MOST_COVER + 1);
    let is_shown = !content.is_empty() && content.len() as u64 <= MOST_COVER;
    is_shown.then_some((media_type, content))
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

    #[test]
    fn a_cover_is_a_picture_of_the_game_and_not_too_large() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, content: &[u8]| fs::write(folder.path().join(name), content);
        write("index.html", b"<title>x</title>").unwrap();
        write("cover.PNG", b"picture").unwrap();
        write("large.png", &vec![0; MOST_COVER as usize + 1]).unwrap();
        let mut game = Game::from_folder(folder.path()).unwrap();
        for (name, expected) in [
            (
                "cover.PNG",
                Some(("image/png", Bytes::from_static(b"picture"))),
            ),
            ("large.png", None),
            ("index.html", None),
            ("missing.png", None),
            ("../cover.PNG", None),
        ] {
            game.cover = Some(name.to_owned());
            assert_eq!(cover(&game), expected, "{name}");
        }
        game.cover = None;
        assert_eq!(cover(&game), None);
    }
}
