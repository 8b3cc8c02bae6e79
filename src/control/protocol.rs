//! TODO

use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use etcetera::BaseStrategy;
use serde::{Deserialize, Serialize};
use tokio::net::UnixStream;

use crate::console::failure::Failure;
use crate::control::client::silent;
use crate::control::command::Command;
use crate::control::socket::Reply;
use crate::control::status::Status;

/// How long each address has for connecting, and again for answering.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

/// The longest line that is read, in bytes.
pub(crate) const LONGEST_LINE: u64 = 64 * 1024;

/// A question as it is sent.
#[derive(Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Question {
    Do(Command),
    Metrics,
}

/// An answer as it is sent.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Answer {
    Ok(Box<Status>),
    Metrics(String),
    Error { what: String, hint: Option<String> },
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        match reply {
            Ok(status) => Self::Ok(Box::new(status)),
            Err(Failure { what, hint, .. }) => Self::Error { what, hint },
        }
    }
}

impl Answer {
    pub(crate) fn into_reply(self) -> Reply {
        match self {
            Self::Ok(status) => Ok(*status),
            Self::Error { what, hint } => {
                let failure = Failure::failed(what);
                Err(hint.into_iter().fold(failure, Failure::hint))
            }
            Self::Metrics(_) => Err(silent()),
        }
    }
}

/// Whether the other side is this user, or root.
pub(crate) fn is_trusted(stream: &UnixStream) -> bool {
    let user = rustix::process::geteuid().as_raw();
    stream
        .peer_cred()
        .is_ok_and(|peer| [0, user].contains(&peer.uid()))
}

/// The user's runtime folder; where there is none, one below the folder for temporary files.
pub(crate) fn folder() -> PathBuf {
    let runtime = etcetera::choose_base_strategy()
        .ok()
        .and_then(|folders| folders.runtime_dir());
    match runtime {
        Some(folder) => folder.join("webserver"),
        None => {
            let user = rustix::process::geteuid().as_raw();
            std::env::temp_dir().join(format!("webserver-{user}"))
        }
    }
}

/// Makes a folder that only this user may enter, or checks that it is one.
pub(crate) fn make_private(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let metadata = fs::symlink_metadata(folder)?;
    let is_ours = metadata.is_dir() && metadata.uid() == rustix::process::geteuid().as_raw();
    if !is_ours {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    match metadata.mode() & 0o077 {
        0 => Ok(()),
        _ => fs::set_permissions(folder, fs::Permissions::from_mode(0o700)),
    }
}
