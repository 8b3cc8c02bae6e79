//! Watches the game on the air and the config file, and reports a change once nothing has changed for a while.
//!
//! The system's events arrive at once, but not from every file system, and they end with the folder they were
//! requested for. So every watched path is also checked by its identity every few seconds: if a folder was recreated,
//! or a link now leads elsewhere, the new one is watched. For a single file the check decides, and events only
//! trigger it. A folder without events is polled.

use std::any::Any;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use notify::event::{EventKind, MetadataKind, ModifyKind};
use notify::{Event, RecursiveMode, Watcher as _};
use rust_i18n::t;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use walkdir::WalkDir;

use webserver::source::Source;

/// The time without changes after which a change is reported: a build tool writes hundreds of files.
const QUIET: Duration = Duration::from_millis(500);

/// The interval of checks and polls.
const CHECK_INTERVAL: Duration = Duration::from_secs(2);

/// The part that has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Changed {
    /// The game's folder or archive.
    Game,
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

/// A folder with everything below it, or a file.
#[derive(Debug)]
struct WatchedPath {
    path: PathBuf,
    is_folder: bool,
    identity: PathIdentity,
    changes: SettlingChanges,
    /// Notified when a check is due: after an event in a watched file's folder, or when the events have failed.
    check: Arc<Notify>,
    /// The error after which events are incomplete.
    lost_events: Arc<OnceLock<String>>,
    /// The source of changes, until it is dropped.
    source: Option<Box<dyn Any + Send>>,
}

/// The reason that a wait ended.
enum WatchStep {
    Check,
    Changed,
}

/// Tells one state of a path from another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct PathIdentity {
    /// The watched folder's device, inode and time of creation: another folder may get the same inode.
    folder: Option<(u64, u64, Option<SystemTime>)>,
    /// The watched file's device, inode, length and time of modification.
    file: Option<(u64, u64, u64, i64, i64)>,
}

/// Changes that count once no other follows for [`QUIET`].
#[derive(Debug, Default)]
struct SettlingChanges {
    changes: Arc<Notify>,
    until: Option<Instant>,
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
        let mut follow = |path: &Path, is_folder: bool| {
            let is_same =
                |watched: &mut WatchedPath| watched.path == path && watched.is_folder == is_folder;
            let kept = before.iter_mut().find_map(|slot| slot.take_if(is_same));
            kept.unwrap_or_else(|| WatchedPath::new(path, is_folder))
        };
        let game = game.and_then(Source::path);
        let next = next
            .and_then(Source::path)
            .filter(|next| Some(*next) != game);
        self.config = config.map(|path| follow(path, false));
        self.game = game.map(|path| follow(path, path.is_dir()));
        self.next = next.map(|path| follow(path, path.is_dir()));
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
                (WatchStep::Changed, changed) => return changed,
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

impl WatchedPath {
    fn new(path: &Path, is_folder: bool) -> Self {
        let mut watched = Self {
            path: path.to_owned(),
            is_folder,
            identity: PathIdentity::default(),
            changes: SettlingChanges::default(),
            check: Arc::default(),
            lost_events: Arc::default(),
            source: None,
        };
        watched.identity = watched.current_identity();
        watched.start();
        watched
    }

    async fn next(&mut self) -> WatchStep {
        tokio::select! {
            () = self.check.notified() => WatchStep::Check,
            () = self.changes.settled() => WatchStep::Changed,
        }
    }

    /// The folder whose events are requested.
    fn folder(&self) -> &Path {
        match self.path.parent() {
            _ if self.is_folder => &self.path,
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        }
    }

    fn current_identity(&self) -> PathIdentity {
        let folder = fs::metadata(self.folder()).ok();
        let file = fs::metadata(&self.path).ok().filter(|_| !self.is_folder);
        PathIdentity {
            folder: folder.map(|folder| (folder.dev(), folder.ino(), folder.created().ok())),
            file: file.map(|file| {
                let (seconds, nanos) = (file.mtime(), file.mtime_nsec());
                (file.dev(), file.ino(), file.len(), seconds, nanos)
            }),
        }
    }

    /// Compares the path with its state before. A path that is gone is not a change yet: it may come back.
    fn check(&mut self) {
        let identity = self.current_identity();
        let before = std::mem::replace(&mut self.identity, identity);
        let is_other_folder = identity.folder != before.folder;
        if is_other_folder {
            self.start();
        } else if let Some(error) = self.lost_events.get().cloned() {
            self.lost_events = Arc::default();
            self.poll(&error);
        }
        let has_changed = match self.is_folder {
            true => is_other_folder && identity.folder.is_some(),
            false => identity.file != before.file && identity.file.is_some(),
        };
        if has_changed {
            self.changes.record();
        }
    }

    /// Requests the system's events, or polls if there are none.
    fn start(&mut self) {
        self.source = None;
        if self.identity.folder.is_none() {
            return;
        }
        if is_on_network(self.folder()) {
            self.poll(&t!("watch.network"));
        } else if let Err(error) = self.request_events() {
            self.poll(&error.to_string());
        }
    }

    fn request_events(&mut self) -> notify::Result<()> {
        let (changed, mode) = match self.is_folder {
            true => (&self.changes.changes, RecursiveMode::Recursive),
            false => (&self.check, RecursiveMode::NonRecursive),
        };
        self.lost_events = Arc::default();
        let (changed, check) = (Arc::clone(changed), Arc::clone(&self.check));
        let lost_events = Arc::clone(&self.lost_events);
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            match event {
                Ok(event) if !changes_content(&event.kind) => return,
                Ok(_) => {}
                // A folder that was created later is over the system's limit, or events were lost.
                Err(error) => {
                    let _ = lost_events.set(error.to_string());
                    check.notify_one();
                }
            }
            changed.notify_one();
        })?;
        watcher.watch(self.folder(), mode)?;
        self.source = Some(Box::new(watcher));
        Ok(())
    }

    /// Polls the folder on a thread of its own, because that may take a while over a network. A single file is checked
    /// anyway.
    ///
    /// The poller of `notify` compares times in seconds, and so misses changes within one.
    fn poll(&mut self, reason: &str) {
        if !self.is_folder {
            return;
        }
        let (folder, seconds) = (self.path.display(), CHECK_INTERVAL.as_secs());
        let line = t!(
            "watch.polling",
            folder = folder,
            seconds = seconds,
            reason = reason
        );
        tracing::warn!("{line}");
        let wanted = Arc::new(());
        let is_wanted = Arc::downgrade(&wanted);
        let (folder, changes) = (self.path.clone(), Arc::clone(&self.changes.changes));
        let mut before = metadata_hash(&folder);
        std::thread::spawn(move || {
            while is_wanted.strong_count() > 0 {
                std::thread::sleep(CHECK_INTERVAL);
                let now = metadata_hash(&folder);
                if now != before {
                    changes.notify_one();
                }
                before = now;
            }
        });
        self.source = Some(Box::new(wanted));
    }
}

/// A hash of the metadata of all files in a folder.
fn metadata_hash(folder: &Path) -> u64 {
    let mut state = DefaultHasher::new();
    let files = WalkDir::new(folder).follow_links(true).sort_by_file_name();
    for entry in files.into_iter().flatten() {
        entry.path().hash(&mut state);
        if let Ok(file) = entry.metadata()
            && file.is_file()
        {
            let times = (
                file.mtime(),
                file.mtime_nsec(),
                file.ctime(),
                file.ctime_nsec(),
            );
            (file.ino(), file.len(), times).hash(&mut state);
        }
    }
    state.finish()
}

impl SettlingChanges {
    fn record(&self) {
        self.changes.notify_one();
    }

    /// Waits for a change that no other has followed for [`QUIET`]. Cancel safe.
    async fn settled(&mut self) {
        loop {
            match self.until {
                None => self.changes.notified().await,
                Some(until) => tokio::select! {
                    biased;
                    () = self.changes.notified() => {}
                    () = sleep_until(until) => {
                        self.until = None;
                        return;
                    }
                },
            }
            self.until = Some(Instant::now() + QUIET);
        }
    }
}

/// Whether an event changes content: not access, and not owners or permissions.
fn changes_content(kind: &EventKind) -> bool {
    match kind {
        EventKind::Access(_) => false,
        EventKind::Modify(ModifyKind::Metadata(kind)) => *kind == MetadataKind::WriteTime,
        _ => true,
    }
}

/// Whether other machines may change a folder without an event here.
#[cfg(target_os = "linux")]
fn is_on_network(folder: &Path) -> bool {
    /// File system types from statfs(2), with those that virtual machines share.
    const NETWORK: [u32; 14] = [
        0x6969,      // NFS
        0x517b,      // SMB
        0xff53_4d42, // CIFS
        0xfe53_4d42, // SMB 2
        0x0102_1997, // 9p
        0x6573_5546, // FUSE: sshfs, virtiofs, and what Docker Desktop shares
        0x786f_4256, // VirtualBox
        0xbacb_acbc, // VMware
        0x7c7c_6673, // Parallels
        0x5346_414f, // AFS
        0x6b41_4653, // AFS in the kernel
        0x00c3_6400, // Ceph
        0x7375_7245, // Coda
        0x0bd0_0bd0, // Lustre
    ];
    // The type is a signed word of 32 or 64 bits, depending on the architecture.
    rustix::fs::statfs(folder).is_ok_and(|system| NETWORK.contains(&(system.f_type as u32)))
}

/// The events of other systems cover their network mounts.
#[cfg(not(target_os = "linux"))]
fn is_on_network(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use tokio::time::{sleep, timeout};

    /// The limit for a change to be reported, even on a busy machine.
    const TIME_LIMIT: Duration = Duration::from_secs(20);

    #[tokio::test(start_paused = true)]
    async fn changes_in_a_row_are_reported_once_half_a_second_after_the_last() {
        let mut settling = SettlingChanges::default();
        let start = Instant::now();
        let changes = Arc::clone(&settling.changes);
        tokio::spawn(async move {
            for _ in 0..100 {
                changes.notify_one();
                sleep(Duration::from_millis(30)).await;
            }
        });
        // Cancelled again and again, as by an event loop.
        let mut cancelled = 0;
        while timeout(Duration::from_millis(7), settling.settled())
            .await
            .is_err()
        {
            cancelled += 1;
        }
        assert!(cancelled > 100);
        let last_change = Duration::from_millis(99 * 30);
        let late = start.elapsed() - last_change - QUIET;
        assert!(late < Duration::from_millis(10), "{late:?}");
        assert!(
            timeout(TIME_LIMIT, settling.settled()).await.is_err(),
            "once"
        );
    }

    #[test]
    fn events_count_if_they_change_content() {
        use notify::event::{AccessKind, AccessMode, CreateKind, DataChange, RemoveKind};
        for (kind, expected) in [
            (EventKind::Access(AccessKind::Open(AccessMode::Any)), false),
            (
                EventKind::Access(AccessKind::Close(AccessMode::Write)),
                false,
            ),
            (
                EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any)),
                false,
            ),
            (
                EventKind::Modify(ModifyKind::Metadata(MetadataKind::WriteTime)),
                true,
            ),
            (EventKind::Modify(ModifyKind::Data(DataChange::Any)), true),
            (EventKind::Create(CreateKind::File), true),
            (EventKind::Remove(RemoveKind::Folder), true),
            (EventKind::Other, true),
        ] {
            assert_eq!(changes_content(&kind), expected, "{kind:?}");
        }
    }

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

    async fn next(watcher: &mut Watcher) -> Changed {
        timeout(TIME_LIMIT, watcher.changed())
            .await
            .expect("a change")
    }

    fn has_no_changes(watcher: &Watcher) -> bool {
        let watched = [&watcher.game, &watcher.config].into_iter().flatten();
        { watched }.all(|watched| watched.changes.until.is_none())
    }

    #[tokio::test]
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

    #[tokio::test]
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

    #[tokio::test]
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

    #[tokio::test]
    async fn a_folder_that_is_recreated_with_the_same_inode_is_watched_again() {
        let folder = Folder::new();
        let mut watcher = folder.watch("game");
        // Many file systems reuse the inode.
        fs::remove_dir_all(folder.path("game")).unwrap();
        folder.write("game/index.html", "two");
        assert_eq!(next(&mut watcher).await, Changed::Game, "deleted");
        while timeout(CHECK_INTERVAL + 2 * QUIET, watcher.changed())
            .await
            .is_ok()
        {}
        folder.write("game/index.html", "three");
        assert_eq!(next(&mut watcher).await, Changed::Game, "watched again");
    }

    #[tokio::test]
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

    #[tokio::test]
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

    #[tokio::test]
    async fn a_folder_without_events_is_polled() {
        let folder = Folder::new();
        let mut watcher = folder.watch("game");
        let game = watcher.game.as_mut().unwrap();
        game.source = None;
        game.poll("for the test");
        folder.write("game/index.html", "two");
        assert_eq!(next(&mut watcher).await, Changed::Game);
    }

    #[tokio::test]
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
        folder.write("game/index.html", "two");
        assert_eq!(next(&mut watcher).await, Changed::Game);
    }
}
