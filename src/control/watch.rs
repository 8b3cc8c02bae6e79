//! Watches the game on the air and the config file, and reports a change once nothing has changed for a while.
//!
//! The system's events arrive at once, but not from every file system, and they end with the folder they were
//! requested for. So every watched path is also checked by its identity every few seconds: if a folder was recreated,
//! or a link now leads elsewhere, the new one is watched. For a single file the check decides, and events only
//! trigger it. A folder without events is polled.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::control::watched_path::{WatchStep, WatchedPath};
use webserver::source::Source;

/// The interval of checks.
const CHECK_INTERVAL: Duration = Duration::from_secs(2);

/// The part that has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Changed {
    /// The game's folder or archive, which has settled.
    Game,
    /// The game's folder, which is still changing after the longest wait.
    UnsettledGame,
    /// The config file.
    Config,
}

/// Watches a game and a config file.
#[derive(Debug, Default)]
pub(crate) struct Watcher {
    game: Option<WatchedPath>,
    /// The game that is being built. Its changes are recorded but not reported yet.
    next: Option<WatchedPath>,
    config: Option<WatchedPath>,
    next_check: Option<Instant>,
}

impl Watcher {
    /// Watches these paths and no others. Paths that are already watched keep their recorded changes, so a game that
    /// is watched before its build cannot change unnoticed between build and publication.
    pub(crate) fn follow(
        &mut self,
        game: Option<&Source>,
        next: Option<&Source>,
        config: Option<&Path>,
    ) {
        let mut before = [self.game.take(), self.next.take(), self.config.take()];
        // A path that is gone stays what it was: its recorded changes include that it went.
        let mut follow = |path: &Path, is_folder: Option<bool>| {
            let is_same = |watched: &mut WatchedPath| {
                watched.path == path && is_folder.is_none_or(|is| is == watched.is_folder)
            };
            let kept = before.iter_mut().find_map(|slot| slot.take_if(is_same));
            kept.unwrap_or_else(|| WatchedPath::new(path, is_folder.unwrap_or(false)))
        };
        let is_folder = |path: &Path| Some(path.metadata().ok()?.is_dir());
        let game = game.and_then(Source::path);
        let next = next
            .and_then(Source::path)
            .filter(|next| Some(*next) != game);
        self.config = config.map(|path| follow(path, Some(false)));
        self.game = game.map(|path| follow(path, is_folder(path)));
        self.next = next.map(|path| follow(path, is_folder(path)));
    }

    /// Has a change of permissions in the game's folder count, or not: it changes no content, but may let a build read it.
    pub(crate) fn mind_permissions(&self, minds: bool) {
        if let Some(game) = &self.game {
            game.minds_permissions.store(minds, Ordering::Relaxed);
        }
    }

    /// Waits for the next change. Cancel safe.
    pub(crate) async fn changed(&mut self) -> Changed {
        loop {
            let next_check = *self
                .next_check
                .get_or_insert_with(|| Instant::now() + CHECK_INTERVAL);
            let (game, config) = (&mut self.game, &mut self.config);
            let step = tokio::select! {
                step = next(config.as_mut()) => (step, Changed::Config),
                step = next(game.as_mut()) => (step, Changed::Game),
                () = sleep_until(next_check) => (WatchStep::Check, Changed::Game),
            };
            match step {
                (WatchStep::Changed { is_settled: false }, Changed::Game) => {
                    return Changed::UnsettledGame;
                }
                (WatchStep::Changed { .. }, changed) => return changed,
                (WatchStep::Check, _) => self.next_check = None,
            }
            for watched in [&mut self.game, &mut self.config].into_iter().flatten() {
                watched.check();
            }
        }
    }
}

async fn next(watched: Option<&mut WatchedPath>) -> WatchStep {
    match watched {
        Some(watched) => watched.next().await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::PathBuf;
    use std::sync::Arc;
    use tokio::time::timeout;

    /// The limit for the system to deliver an event, even on a busy machine.
    const TIME_LIMIT: Duration = Duration::from_secs(20);

    struct Folder(tempfile::TempDir);

    impl Folder {
        fn new() -> Self {
            let folder = Self(tempfile::tempdir().unwrap());
            folder.write("game/index.html", "one");
            folder.write("config/config.toml", "one");
            folder
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn write(&self, name: &str, content: &str) {
            fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
            fs::write(self.path(name), content).unwrap();
        }

        fn watch(&self, game: &str) -> Watcher {
            let mut watcher = Watcher::default();
            watcher.follow(
                Some(&Source::from_path(self.path(game))),
                None,
                Some(&self.path("config/config.toml")),
            );
            watcher
        }
    }

    /// Waits for the next change. Time is paused, so only the system's events take real time.
    async fn next(watcher: &mut Watcher) -> Changed {
        let start = std::time::Instant::now();
        loop {
            if let Ok(changed) = timeout(CHECK_INTERVAL, watcher.changed()).await {
                settle(watcher).await;
                return changed;
            }
            assert!(start.elapsed() < TIME_LIMIT, "no change");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Waits until no more changes arrive: late events of one write may count as another change in paused time.
    async fn settle(watcher: &mut Watcher) {
        let mut quiet = 0;
        while quiet < 20 {
            match timeout(CHECK_INTERVAL, watcher.changed()).await {
                Ok(_) => quiet = 0,
                Err(_) => quiet += 1,
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// For a poll, whose first look may come after a write. It takes note of a write once the folder is still.
    async fn write_until_noticed(folder: &Folder, watcher: &mut Watcher) {
        let start = std::time::Instant::now();
        for number in 0.. {
            folder.write(&format!("game/{number}.js"), "content");
            for _ in 0..500 {
                if timeout(CHECK_INTERVAL, watcher.changed()).await.is_ok() {
                    return;
                }
                std::thread::sleep(Duration::from_millis(1));
            }
            assert!(start.elapsed() < TIME_LIMIT, "no change");
        }
    }

    fn has_no_changes(watcher: &Watcher) -> bool {
        let watched = [&watcher.game, &watcher.config].into_iter().flatten();
        { watched }.all(|watched| watched.changes.until.is_none())
    }

    #[tokio::test(start_paused = true)]
    async fn many_written_files_are_one_change_and_reading_is_none() {
        let folder = Folder::new();
        let mut watcher = folder.watch("game");
        for number in 0..300 {
            folder.write(&format!("game/{}/{number}.js", number % 7), "content");
        }
        assert_eq!(next(&mut watcher).await, Changed::Game);
        // Folders created meanwhile are watched, too.
        folder.write("game/3/new.js", "content");
        assert_eq!(next(&mut watcher).await, Changed::Game);
        fs::read(folder.path("game/index.html")).unwrap();
        fs::read_dir(folder.path("game")).unwrap().for_each(drop);
        folder.write("config/config.toml", "two");
        assert_eq!(next(&mut watcher).await, Changed::Config);
        assert!(has_no_changes(&watcher));
    }

    #[tokio::test(start_paused = true)]
    async fn an_archive_or_config_that_is_replaced_in_any_way_is_a_change() {
        let folder = Folder::new();
        folder.write("game.zip", "one");
        let mut watcher = folder.watch("game.zip");
        folder.write("other.zip", "other");
        folder.write("config/other", "other");
        folder.write("new.zip", "another");
        fs::rename(folder.path("new.zip"), folder.path("game.zip")).unwrap();
        assert_eq!(next(&mut watcher).await, Changed::Game);
        assert!(has_no_changes(&watcher), "the config has not changed");
        folder.write("config/config.toml", "written");
        assert_eq!(next(&mut watcher).await, Changed::Config);
        fs::remove_file(folder.path("config/config.toml")).unwrap();
        folder.write("elsewhere/config.toml", "behind a link");
        symlink(
            "../elsewhere/config.toml",
            folder.path("config/config.toml"),
        )
        .unwrap();
        assert_eq!(next(&mut watcher).await, Changed::Config);
        // There is no event in the watched folder.
        folder.write("elsewhere/config.toml", "changed behind a link");
        assert_eq!(next(&mut watcher).await, Changed::Config);
    }

    #[tokio::test(start_paused = true)]
    async fn a_folder_that_was_deleted_and_created_again_is_watched_again() {
        let folder = Folder::new();
        folder.write("old/index.html", "old");
        folder.write("dist/web/index.html", "one");
        let mut watcher = folder.watch("dist/web");
        fs::remove_dir_all(folder.path("dist")).unwrap();
        assert_eq!(next(&mut watcher).await, Changed::Game, "deleted");
        folder.write("dist/web/index.html", "two");
        assert_eq!(next(&mut watcher).await, Changed::Game, "created again");
        folder.write("dist/web/index.html", "three");
        assert_eq!(next(&mut watcher).await, Changed::Game, "watched again");
        // Another folder under the same name.
        fs::rename(folder.path("dist"), folder.path("away")).unwrap();
        folder.write("dist/web/index.html", "four");
        assert_eq!(next(&mut watcher).await, Changed::Game, "another folder");
        folder.write("dist/web/index.html", "five");
        assert_eq!(
            next(&mut watcher).await,
            Changed::Game,
            "the other folder is watched"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_folder_that_is_deleted_as_its_build_ends_is_a_change() {
        let folder = Folder::new();
        let mut watcher = folder.watch("game");
        let game = Source::from_path(folder.path("game"));
        fs::remove_dir_all(folder.path("game")).unwrap();
        watcher.follow(Some(&game), None, None);
        assert_eq!(next(&mut watcher).await, Changed::Game, "deleted");
        folder.write("game/index.html", "two");
        assert_eq!(next(&mut watcher).await, Changed::Game, "created again");
    }

    #[tokio::test(start_paused = true)]
    async fn a_folder_that_is_recreated_with_the_same_inode_is_watched_again() {
        let folder = Folder::new();
        let mut watcher = folder.watch("game");
        // Many file systems reuse the inode.
        fs::remove_dir_all(folder.path("game")).unwrap();
        folder.write("game/index.html", "two");
        assert_eq!(next(&mut watcher).await, Changed::Game, "deleted");
        folder.write("game/index.html", "three");
        assert_eq!(next(&mut watcher).await, Changed::Game, "watched again");
    }

    #[tokio::test(start_paused = true)]
    async fn watching_another_game_ends_watching_the_first() {
        let folder = Folder::new();
        folder.write("second/index.html", "one");
        let mut watcher = folder.watch("game");
        let second = Source::from_path(folder.path("second"));
        watcher.follow(Some(&second), None, None);
        folder.write("game/index.html", "two");
        folder.write("config/config.toml", "two");
        folder.write("second/index.html", "two");
        assert_eq!(next(&mut watcher).await, Changed::Game);
        watcher.follow(Some(&Source::Embedded("2048".into())), None, None);
        assert!(watcher.game.is_none() && watcher.config.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn changes_during_a_build_are_reported_after_it() {
        let folder = Folder::new();
        folder.write("second/index.html", "one");
        let [first, second] = ["game", "second"].map(|name| Source::from_path(folder.path(name)));
        let mut watcher = folder.watch("game");
        watcher.follow(Some(&first), Some(&second), None);
        folder.write("second/index.html", "two");
        watcher.follow(Some(&second), None, None);
        assert_eq!(next(&mut watcher).await, Changed::Game);
        // A build that failed.
        watcher.follow(Some(&second), Some(&first), None);
        folder.write("game/index.html", "two");
        folder.write("second/index.html", "three");
        watcher.follow(Some(&second), None, None);
        assert_eq!(next(&mut watcher).await, Changed::Game);
        assert!(watcher.next.is_none() && has_no_changes(&watcher));
    }

    #[tokio::test(start_paused = true)]
    async fn permissions_count_only_while_a_build_may_need_them() {
        let folder = Folder::new();
        let mut watcher = folder.watch("game");
        let page = folder.path("game/index.html");
        let change = |mode| fs::set_permissions(&page, Permissions::from_mode(mode)).unwrap();
        change(0o600);
        for _ in 0..20 {
            assert!(timeout(CHECK_INTERVAL, watcher.changed()).await.is_err());
            std::thread::sleep(Duration::from_millis(1));
        }
        watcher.mind_permissions(true);
        change(0o644);
        assert_eq!(next(&mut watcher).await, Changed::Game);
    }

    #[tokio::test(start_paused = true)]
    async fn a_folder_without_events_is_polled() {
        let folder = Folder::new();
        let mut watcher = folder.watch("game");
        let game = watcher.game.as_mut().unwrap();
        game.source = None;
        game.poll("for the test");
        write_until_noticed(&folder, &mut watcher).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_folder_that_is_gone_is_not_polled() {
        let folder = Folder::new();
        let mut watcher = folder.watch("game");
        let game = watcher.game.as_mut().unwrap();
        fs::remove_dir_all(folder.path("game")).unwrap();
        game.check();
        game.lost_events.set("events were lost".into()).unwrap();
        game.check();
        assert!(!game.source.as_ref().unwrap().is::<Arc<()>>());
    }

    #[tokio::test(start_paused = true)]
    async fn a_folder_is_polled_once_its_events_have_failed() {
        let folder = Folder::new();
        let mut watcher = folder.watch("game");
        let game = watcher.game.as_ref().unwrap();
        game.lost_events.set("too many watches".into()).unwrap();
        game.check.notify_one();
        // The check replaces the events by polling.
        let waiting = timeout(CHECK_INTERVAL / 4, watcher.changed());
        assert!(waiting.await.is_err(), "nothing has changed yet");
        let source = watcher.game.as_ref().unwrap().source.as_ref().unwrap();
        assert!(source.is::<Arc<()>>(), "polled");
        write_until_noticed(&folder, &mut watcher).await;
    }
}
