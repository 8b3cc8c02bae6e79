//! The host's actions in the console: commands for the session.

use std::path::PathBuf;
use std::sync::Arc;

use http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot, watch};

use crate::control::command::Command;
use crate::control::console_link::LibraryView;
use crate::control::socket::ControlRequest;
use crate::web_console::answer::{ConsoleBody, json, refusal};
use crate::web_console::clerk::Clerk;
use crate::web_console::feed::Feed;
use webserver::library::game::Game;

/// The actions, by the last part of their path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConsoleAction {
    Publish,
    Rebuild,
    Check,
    Stop,
}

/// The content of an action's request.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ActionContent {
    /// The slug of a game of the library.
    game: Option<String>,
}

/// Passes actions on.
#[derive(Clone, Debug)]
pub(crate) struct Actor {
    pub requests: mpsc::Sender<ControlRequest>,
    pub library: watch::Receiver<Arc<LibraryView>>,
    pub clerk: Clerk,
    pub feed: Feed,
}

impl ConsoleAction {
    /// The action at a path.
    pub(crate) fn at(path: &str) -> Option<Self> {
        match path.strip_prefix("/do/")? {
            "publish" => Some(Self::Publish),
            "rebuild" => Some(Self::Rebuild),
            "check" => Some(Self::Check),
            "stop" => Some(Self::Stop),
            _ => None,
        }
    }
}

impl Actor {
    /// Does it, and tells how it went.
    pub(crate) async fn act(&self, action: ConsoleAction, content: &[u8]) -> Response<ConsoleBody> {
        let Ok(content) = serde_json::from_slice::<ActionContent>(content) else {
            return refusal(StatusCode::BAD_REQUEST);
        };
        // Only games of the library: the session would publish any folder.
        let game = content.game.and_then(|slug| self.game(&slug));
        let command = match (action, game) {
            (ConsoleAction::Check, Some(game)) => {
                return match self.clerk.check(game).await {
                    Some(report) => json(StatusCode::OK, &report),
                    None => refusal(StatusCode::SERVICE_UNAVAILABLE),
                };
            }
            (ConsoleAction::Publish, Some(game)) => Command::Publish {
                game: game.slug,
                folder: PathBuf::new(),
            },
            (ConsoleAction::Publish | ConsoleAction::Check, None) => {
                return refusal(StatusCode::NOT_FOUND);
            }
            (ConsoleAction::Rebuild, _) => Command::Rebuild,
            (ConsoleAction::Stop, _) => Command::Stop,
        };
        self.execute(command).await
    }

    /// The game of the library with this slug.
    pub(crate) fn game(&self, slug: &str) -> Option<Game> {
        let library = self.library.borrow();
        library.games.iter().find(|game| game.slug == slug).cloned()
    }

    async fn execute(&self, command: Command) -> Response<ConsoleBody> {
        let is_stop = command == Command::Stop;
        let (sender, reply) = oneshot::channel();
        if self.requests.send((command, sender)).await.is_err() {
            return refusal(StatusCode::SERVICE_UNAVAILABLE);
        }
        // The build may begin now.
        self.feed.refresh();
        let reply = reply.await;
        self.feed.refresh();
        match reply {
            Ok(Ok(_)) => json(StatusCode::OK, &json!({})),
            Ok(Err(failure)) => {
                let reason: Value = json!({ "what": failure.what, "hint": failure.hint });
                json(StatusCode::CONFLICT, &reason)
            }
            // A server that stops at once does not reply.
            Err(_) if is_stop => json(StatusCode::OK, &json!({})),
            Err(_) => refusal(StatusCode::SERVICE_UNAVAILABLE),
        }
    }
}
