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

/// The number of looks after which a change is reported even if more follow.
const MAX_UNSETTLED: u32 = 8;

/// A path written to this recently may have been read before the write.
const FRESH: Duration = Duration::from_secs(2);

/// The state of every watched path that exists.
type Stamps = HashMap<PathBuf, Stamp>;

#[derive(Clone, Copy, Debug)]
struct Stamp {
    fingerprint: Fingerprint,
    is_fresh: bool,
}

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
            let outside = game.cover_file.clone();
            Some(std::iter::once(path.to_owned()).chain(below).chain(outside))
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
            let age = metadata
                .modified()
                .ok()
                .and_then(|time| time.elapsed().ok());
            let stamp = Stamp {
                fingerprint: Fingerprint::from_metadata(&metadata),
                is_fresh: age.is_none_or(|age| age < FRESH),
            };
            Some((path, stamp))
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
    /// True if something has changed and is stable now. A path that is new in this look counts as changed if it was
    /// written to a moment ago.
    fn has_changed(&mut self, now: Stamps) -> bool {
        let differs = |(path, stamp): (&PathBuf, &Stamp)| match now.get(path) {
            Some(now) => !now.fingerprint.has_same_content(&stamp.fingerprint),
            None => !path.exists(),
        };
        let is_new =
            |(path, stamp): (&PathBuf, &Stamp)| stamp.is_fresh && !self.before.contains_key(path);
        let is_moving = self.before.iter().any(differs) || now.iter().any(is_new);
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
        // It may have been listed before it was written.
        assert_eq!(
            [(); 4].map(|()| looks(&watched)),
            [false, true, false, false]
        );
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
        write("later", "text");
        let old = std::time::SystemTime::now() - 2 * FRESH;
        let later = fs::File::options()
            .append(true)
            .open(path("later"))
            .unwrap();
        later.set_modified(old).unwrap();
        watched.folder = None;
        watched.paths = vec![path("later")];
        assert!(!looks(&watched) && !looks(&watched), "written long ago");
        for number in 0..=MAX_UNSETTLED {
            write("later", &number.to_string().repeat(number as usize + 1));
            assert!(!looks(&watched), "{number}");
        }
        write("later", "and so on");
        assert!(looks(&watched), "it never stands still");
    }
}
