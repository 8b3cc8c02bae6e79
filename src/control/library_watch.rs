//! Watches the library of an arcade: its folder, and of every game the folder or archive, the page and the cover. Looks at
//! their metadata, because a library may be on a network and have more folders than the system reports events for.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc::Sender;

use webserver::fs::fingerprint::Fingerprint;
use webserver::library::game::Game;
use webserver::publish::arcade::Arcade;

/// The interval of looks while the lobby is open in a browser: a change shows there within a second.
const BUSY: Duration = Duration::from_millis(250);

/// The interval of looks otherwise.
const IDLE: Duration = Duration::from_secs(1);

/// The looks after which a change is reported although more follow.
const MAX_UNSETTLED: u32 = 8;

/// The state of every watched path that exists.
type Stamps = HashMap<PathBuf, Fingerprint>;

/// The paths that are watched, by a thread that ends when this is dropped.
#[derive(Debug)]
pub(crate) struct LibraryWatch(Arc<Mutex<WatchedLibrary>>);

#[derive(Clone, Debug, Default)]
struct WatchedLibrary {
    folder: Option<PathBuf>,
    paths: Vec<PathBuf>,
}

impl LibraryWatch {
    /// Starts to watch nothing.
    pub(crate) fn start(arcade: &'static Arcade, changed: Sender<()>) -> Self {
        let watch = Self(Arc::default());
        let watched = Arc::downgrade(&watch.0);
        thread::spawn(move || {
            let mut look = Look::default();
            while let Some(watched) = watched.upgrade() {
                let paths = {
                    let watched = watched.lock().unwrap_or_else(PoisonError::into_inner);
                    watched.clone()
                };
                drop(watched);
                let now = paths.stamps();
                // A report that waits already is enough.
                if look.has_changed(now) {
                    let _ = changed.try_send(());
                }
                thread::sleep(match arcade.is_open() && arcade.is_lobby_watched() {
                    true => BUSY,
                    false => IDLE,
                });
            }
        });
        watch
    }

    /// Watches these games, and the folder that others may come to.
    pub(crate) fn follow(&self, folder: Option<PathBuf>, games: &[Game]) {
        let paths = games.iter().filter_map(|game| {
            let path = game.source.path()?;
            let below = [Some(&game.entry), game.cover.as_ref()];
            let below = below.into_iter().flatten().map(|name| path.join(name));
            Some(std::iter::once(path.to_owned()).chain(below))
        });
        let paths = paths.flatten().collect();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = WatchedLibrary { folder, paths };
    }
}

impl WatchedLibrary {
    fn stamps(&self) -> Stamps {
        // What is in the folder is watched too: it may become a game.
        let entries = self
            .folder
            .as_ref()
            .and_then(|folder| fs::read_dir(folder).ok());
        let entries = entries
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path());
        let paths = self
            .paths
            .iter()
            .chain(&self.folder)
            .cloned()
            .chain(entries);
        let stamp = |path: PathBuf| {
            let metadata = fs::metadata(&path).ok()?;
            Some((path, Fingerprint::from_metadata(&metadata)))
        };
        paths.filter_map(stamp).collect()
    }
}

/// The latest look at the paths.
#[derive(Debug, Default)]
struct Look {
    before: Stamps,
    /// The number of looks since something changed that was not reported yet.
    unsettled: Option<u32>,
}

impl Look {
    /// True if something has changed and stands still now. A path that is watched since this look has not changed, one
    /// that is gone has.
    fn has_changed(&mut self, now: Stamps) -> bool {
        let differs = |(path, stamp): (&PathBuf, &Fingerprint)| match now.get(path) {
            Some(now) => !now.has_same_content(stamp),
            None => !path.exists(),
        };
        let is_moving = self.before.iter().any(differs);
        self.before = now;
        self.unsettled = match (self.unsettled, is_moving) {
            (None, false) => return false,
            (None, true) => Some(0),
            (Some(looks), true) if looks < MAX_UNSETTLED => Some(looks + 1),
            (Some(_), _) => None,
        };
        self.unsettled.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_reported_once_when_it_stands_still() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let write = |name: &str, text: &str| fs::write(path(name), text).unwrap();
        fs::create_dir(path("game")).unwrap();
        write("game/index.html", "one");
        let mut watched = WatchedLibrary {
            folder: Some(folder.path().to_owned()),
            paths: vec![path("game/index.html")],
        };
        let mut look = Look::default();
        let mut looks = |watched: &WatchedLibrary| look.has_changed(watched.stamps());
        assert!(!looks(&watched) && !looks(&watched));
        for change in [
            (&|| write("game/index.html", "changed")) as &dyn Fn(),
            &|| write("game/cover.png", "new"),
            &|| write("other.zip", "new"),
            &|| fs::remove_file(path("other.zip")).unwrap(),
            &|| fs::remove_dir_all(path("game")).unwrap(),
        ] {
            change();
            let reports: Vec<_> = (0..4).map(|_| looks(&watched)).collect();
            assert_eq!(reports, [false, true, false, false]);
        }
        // A path that is watched from now on has not changed.
        write("later", "text");
        watched.folder = None;
        watched.paths = vec![path("later")];
        assert!(!looks(&watched) && !looks(&watched));
        for number in 0..=MAX_UNSETTLED {
            write("later", &number.to_string().repeat(number as usize + 1));
            assert!(!looks(&watched), "{number}");
        }
        write("later", "and so on");
        assert!(looks(&watched), "it never stands still");
    }
}
