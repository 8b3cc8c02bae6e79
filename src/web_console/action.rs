//! The host's actions in the console: commands for the session, and changes of the library.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::sleep;

use crate::console::failure::Failure;
use crate::console::message::t;
use crate::control::command::Command;
use crate::control::console_link::LibraryView;
use crate::control::protocol::Reply;
use crate::control::socket::ControlRequest;
use crate::web_console::answer::{ConsoleBody, json, refusal};
use crate::web_console::clerk::{Clerk, Edit, GameChanges};
use crate::web_console::feed::Feed;
use crate::web_console::removals::GRACE;
use crate::web_console::uploads::Uploads;
use webserver::library::cover::Cover;
use webserver::library::game::Game;
use webserver::names::slug::slug_of;

/// The time to send the answer before the server stops.
const STOP_DELAY: Duration = Duration::from_millis(300);

/// The actions, by the last part of their path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConsoleAction {
    Publish,
    Rebuild,
    ReloadPages,
    Check,
    Edit,
    Remove,
    Keep,
    Add,
    Upload,
    Cancel,
    Stop,
}

/// The content of an action's request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ActionContent {
    /// The slug of a game of the library.
    game: Option<String>,
    /// A new slug.
    slug: Option<String>,
    title: Option<String>,
    description: Option<String>,
    /// The path of a picture in the game.
    cover: Option<String>,
    /// The address of an archive.
    url: Option<String>,
    /// The name and the size of a file.
    name: Option<String>,
    bytes: Option<u64>,
    /// True if a game of the same slug is to be replaced.
    replace: bool,
    /// The number of an import.
    import: Option<u64>,
}

/// Passes actions on.
#[derive(Clone, Debug)]
pub(crate) struct Actor {
    pub requests: mpsc::Sender<ControlRequest>,
    pub library: watch::Receiver<Arc<LibraryView>>,
    pub clerk: Clerk,
    pub uploads: Uploads,
    pub feed: Feed,
}

impl ConsoleAction {
    /// The action at a path.
    pub(crate) fn at(path: &str) -> Option<Self> {
        match path.strip_prefix("/do/")? {
            "publish" => Some(Self::Publish),
            "rebuild" => Some(Self::Rebuild),
            "reload" => Some(Self::ReloadPages),
            "check" => Some(Self::Check),
            "edit" => Some(Self::Edit),
            "remove" => Some(Self::Remove),
            "keep" => Some(Self::Keep),
            "add" => Some(Self::Add),
            "upload" => Some(Self::Upload),
            "cancel" => Some(Self::Cancel),
            "stop" => Some(Self::Stop),
            _ => None,
        }
    }
}

impl Actor {
    /// Performs the action and returns its result.
    pub(crate) async fn act(&self, action: ConsoleAction, content: &[u8]) -> Response<ConsoleBody> {
        let Ok(content) = serde_json::from_slice::<ActionContent>(content) else {
            return refusal(StatusCode::BAD_REQUEST);
        };
        let answer = match action {
            ConsoleAction::Add
            | ConsoleAction::Upload
            | ConsoleAction::Edit
            | ConsoleAction::Remove
                if !self.library.borrow().is_changeable =>
            {
                other_library()
            }
            ConsoleAction::Rebuild => self.execute(Command::Rebuild).await,
            ConsoleAction::ReloadPages => self.execute(Command::ReloadPages).await,
            ConsoleAction::Stop => self.stop(),
            ConsoleAction::Add | ConsoleAction::Upload | ConsoleAction::Cancel => {
                self.import(action, &content)
            }
            _ => match content.game.as_deref().and_then(|slug| self.game(slug)) {
                // Only games of the library: the session would publish any folder.
                None => refusal(StatusCode::NOT_FOUND),
                Some(game) => self.act_on(action, game, content).await,
            },
        };
        self.feed.refresh();
        answer
    }

    async fn act_on(
        &self,
        action: ConsoleAction,
        game: Game,
        content: ActionContent,
    ) -> Response<ConsoleBody> {
        match action {
            ConsoleAction::Check => match self.clerk.check(game).await {
                Some(report) => json(StatusCode::OK, &report),
                None => refusal(StatusCode::SERVICE_UNAVAILABLE),
            },
            ConsoleAction::Edit => self.edit(game, content).await,
            ConsoleAction::Remove => self.remove(game.slug).await,
            ConsoleAction::Keep => match self.feed.removals.cancel(&game.slug) {
                true => done(),
                false => refusal(StatusCode::NOT_FOUND),
            },
            _ => {
                let folder = PathBuf::new();
                let game = game.slug;
                self.execute(Command::Publish { game, folder }).await
            }
        }
    }

    /// The game of the library with this slug.
    pub(crate) fn game(&self, slug: &str) -> Option<Game> {
        let library = self.library.borrow();
        library.games.iter().find(|game| game.slug == slug).cloned()
    }

    async fn edit(&self, game: Game, content: ActionContent) -> Response<ConsoleBody> {
        let slug = content.slug.unwrap_or_else(|| game.slug.clone());
        let is_valid = slug == slug_of(&slug) && slug.len() <= 100;
        // Lines, whatever a browser sends.
        let line = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !is_valid {
            let instead = slug_of(&slug);
            return failed(&Failure::usage(t!(
                "web_console.bad_slug",
                slug = slug,
                instead = instead
            )));
        }
        let changes = GameChanges {
            slug,
            title: content.title.map(line).filter(|title| !title.is_empty()),
            description: content.description.map(line),
            cover: content.cover,
        };
        edited(self.clerk.edit(Edit::Change(Box::new(game), changes)).await)
    }

    /// Gives a game a cover that is not in it.
    pub(crate) async fn add_cover(&self, slug: &str, picture: Bytes) -> Response<ConsoleBody> {
        if self.game(slug).is_none() {
            return refusal(StatusCode::NOT_FOUND);
        }
        if !self.library.borrow().is_changeable {
            return other_library();
        }
        let answer = match Cover::from_bytes(picture) {
            Some(cover) => {
                let game = slug.to_owned();
                edited(self.clerk.edit(Edit::Cover { game, cover }).await)
            }
            None => failed(&Failure::usage(t!("web_console.bad_picture"))),
        };
        self.feed.refresh();
        answer
    }

    /// Removes a game in a minute, if it is not on the air then.
    async fn remove(&self, slug: String) -> Response<ConsoleBody> {
        if self.is_on_air(&slug).await {
            return failed(&Failure::failed(t!("web_console.remove_on_air")));
        }
        let game = slug.clone();
        let checked = self.clerk.edit(Edit::CheckRemoval { game }).await;
        if !matches!(checked, Some(Ok(()))) {
            return edited(checked);
        }
        if let Some(at) = self.feed.removals.begin(&slug) {
            let actor = self.clone();
            tokio::spawn(async move {
                sleep(GRACE).await;
                let is_wanted = actor.feed.removals.claim(&slug, at);
                if is_wanted && !actor.is_on_air(&slug).await {
                    let edit = Edit::Remove { game: slug };
                    if let Some(Err(failure)) = actor.clerk.edit(edit).await {
                        tracing::warn!(event = "console_not_removed", message = failure.what);
                    }
                }
                actor.feed.refresh();
            });
        }
        done()
    }

    fn import(&self, action: ConsoleAction, content: &ActionContent) -> Response<ConsoleBody> {
        let begun = match (action, content) {
            (
                ConsoleAction::Cancel,
                ActionContent {
                    import: Some(number),
                    ..
                },
            ) => {
                return match self.uploads.cancel(*number) {
                    true => done(),
                    false => refusal(StatusCode::NOT_FOUND),
                };
            }
            (
                ConsoleAction::Add,
                ActionContent {
                    url: Some(url),
                    replace,
                    ..
                },
            ) => self.uploads.add(url, *replace),
            (
                ConsoleAction::Upload,
                ActionContent {
                    name: Some(name),
                    bytes: Some(bytes),
                    replace,
                    ..
                },
            ) => self.uploads.begin(name, *bytes, *replace),
            _ => return refusal(StatusCode::BAD_REQUEST),
        };
        match begun {
            Ok(number) => json(StatusCode::OK, &json!({ "import": number })),
            Err(failure) => failed(&failure),
        }
    }

    async fn is_on_air(&self, slug: &str) -> bool {
        let status = self.ask(Command::Status).await;
        matches!(status, Some(Ok(status)) if status.game.as_deref() == Some(slug))
    }

    /// The session's reply; `None` if it has ended.
    async fn ask(&self, command: Command) -> Option<Reply> {
        let (sender, reply) = oneshot::channel();
        self.requests.send((command, sender)).await.ok()?;
        // A build may begin now.
        self.feed.refresh();
        reply.await.ok()
    }

    /// Stops the server a moment later: a server without downloads ends at once, and the answer with it.
    fn stop(&self) -> Response<ConsoleBody> {
        let actor = self.clone();
        tokio::spawn(async move {
            sleep(STOP_DELAY).await;
            actor.ask(Command::Stop).await;
        });
        done()
    }

    async fn execute(&self, command: Command) -> Response<ConsoleBody> {
        match self.ask(command).await {
            Some(Ok(_)) => done(),
            Some(Err(failure)) => failed(&failure),
            None => refusal(StatusCode::SERVICE_UNAVAILABLE),
        }
    }
}

fn done() -> Response<ConsoleBody> {
    json(StatusCode::OK, &json!({}))
}

fn failed(failure: &Failure) -> Response<ConsoleBody> {
    let reason = json!({ "what": failure.what, "hint": failure.hint });
    json(StatusCode::CONFLICT, &reason)
}

/// The refusal of a change of the library where that is not the one of `config.toml`, which would be changed instead.
fn other_library() -> Response<ConsoleBody> {
    failed(&Failure::usage(t!("web_console.other_library")))
}

fn edited(result: Option<Result<(), Failure>>) -> Response<ConsoleBody> {
    match result {
        Some(Ok(())) => done(),
        Some(Err(failure)) => failed(&failure),
        None => refusal(StatusCode::SERVICE_UNAVAILABLE),
    }
}
