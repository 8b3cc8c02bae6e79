//! Following the disk: says when the game on the air or the configuration has changed there, and has been quiet since.
//!
//! The system's events come at once, but not on every file system, and they end with the folder that they were asked
//! for. So what is followed is also looked at every now and then, by its identity alone: a folder that was made anew or
//! that a link leads elsewhere from is followed where it is now. For a single file, what counts is that look, and
//! events only say when to take it.

use std::any::Any;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use notify::event::{EventKind, MetadataKind, ModifyKind};
use notify::{Event, RecursiveMode, Watcher as _};
use rust_i18n::t;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use walkdir::WalkDir;

use webserver::source::Source;

/// How long nothing must change before a change counts: a build tool writes hundreds of files.
const QUIET: Duration = Duration::from_millis(500);

/// How often what is followed is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// What has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Changed {
    /// The game's folder or archive.
    Game,
    /// The configuration.
    Config,
}

/// Follows a game and a configuration.
#[derive(Debug, Default)]
pub(crate) struct Watcher {
    game: Option<Followed>,
    /// The game that is to take its place. Nobody waits for its changes yet, but they are noted.
    next: Option<Followed>,
    config: Option<Followed>,
    next_look: Option<Instant>,
}

/// A folder with all that is in it, or a file.
#[derive(Debug)]
struct Followed {
    path: PathBuf,
    is_folder: bool,
    seen: Seen,
    changes: Quiet,
    /// Something happened in the folder of a file that is followed.
    hint: Arc<Notify>,
    /// Tells of changes until it is dropped.
    _watcher: Option<Box<dyn Any + Send>>,
}

/// What is to be done.
enum WatchStep {
    /// Look at what is followed.
    Look,
    /// Say that it has changed.
    Changed,
}

/// What tells one state of a path from another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seen {
    /// The device and inode of the folder that is watched, and when it was made: another may get the same inode.
    folder: Option<(u64, u64, Option<SystemTime>)>,
    /// The same of the file, its length and when it was modified.
    file: Option<(u64, u64, u64, i64, i64)>,
}

/// Changes, until they have come to rest.
#[derive(Debug, Default)]
struct Quiet {
    changes: Arc<Notify>,
    until: Option<Instant>,
}

impl Watcher {
    /// Follows these from now on, and no others. What is already followed goes on to be, and nothing that has happened to
    /// it is lost: a game that is followed before it is built cannot change unseen between its build and its publication.
    pub(crate) fn follow(&mut self, game: &Source, next: Option<&Source>, config: Option<&Path>) {
        let mut before = [self.game.take(), self.next.take(), self.config.take()];
        let mut follow = |path: &Path, is_folder: bool| {
            let is_same =
                |followed: &mut Followed| followed.path == path && followed.is_folder == is_folder;
            let kept = before.iter_mut().find_map(|slot| slot.take_if(is_same));
            kept.unwrap_or_else(|| Followed::new(path, is_folder))
        };
        self.config = config.map(|path| follow(path, false));
        let next = next.filter(|next| next.path() != game.path());
        self.game = game.path().map(|path| follow(path, path.is_dir()));
        self.next = next
            .and_then(Source::path)
            .map(|path| follow(path, path.is_dir()));
    }

    /// Waits for the next change. Can be given up and called again: nothing is lost.
    pub(crate) async fn changed(&mut self) -> Changed {
        loop {
            let next_look = *self.next_look.get_or_insert_with(|| Instant::now() + LOOK);
            let (game, config) = (&mut self.game, &mut self.config);
            let what = tokio::select! {
                step = next(config.as_mut()) => (step, Changed::Config),
                step = next(game.as_mut()) => (step, Changed::Game),
                () = sleep_until(next_look) => (WatchStep::Look, Changed::Game),
            };
            match what {
                (WatchStep::Changed, what) => return what,
                (WatchStep::Look, _) => self.next_look = None,
            }
            for followed in [&mut self.game, &mut self.config].into_iter().flatten() {
                followed.look();
            }
        }
    }
}

async fn next(followed: Option<&mut Followed>) -> WatchStep {
    match followed {
        Some(followed) => followed.next().await,
        None => std::future::pending().await,
    }
}

impl Followed {
    fn new(path: &Path, is_folder: bool) -> Self {
        let mut followed = Self {
            path: path.to_owned(),
            is_folder,
            seen: Seen::default(),
            changes: Quiet::default(),
            hint: Arc::default(),
            _watcher: None,
        };
        followed.seen = followed.see();
        followed.watch();
        followed
    }

    /// Waits for something to do.
    async fn next(&mut self) -> WatchStep {
        tokio::select! {
            () = self.hint.notified() => WatchStep::Look,
            () = self.changes.settled() => WatchStep::Changed,
        }
    }

    /// The folder whose events are of interest.
    fn folder(&self) -> &Path {
        match self.path.parent() {
            _ if self.is_folder => &self.path,
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        }
    }

    fn see(&self) -> Seen {
        let folder = fs::metadata(self.folder()).ok();
        let file = fs::metadata(&self.path).ok().filter(|_| !self.is_folder);
        Seen {
            folder: folder.map(|folder| (folder.dev(), folder.ino(), folder.created().ok())),
            file: file.map(|file| {
                let (seconds, nanos) = (file.mtime(), file.mtime_nsec());
                (file.dev(), file.ino(), file.len(), seconds, nanos)
            }),
        }
    }

    /// Compares what is there with what was there. What has gone is no change yet: it may come back.
    fn look(&mut self) {
        let seen = self.see();
        let before = std::mem::replace(&mut self.seen, seen);
        let has_moved = seen.folder != before.folder;
        if has_moved {
            self.watch();
        }
        let has_changed = match self.is_folder {
            true => has_moved && seen.folder.is_some(),
            false => seen.file != before.file && seen.file.is_some(),
        };
        if has_changed {
            self.changes.note();
        }
    }

    /// Asks the system for events, or looks for them where it has none.
    fn watch(&mut self) {
        self._watcher = None;
        if self.seen.folder.is_none() {
            return;
        }
        if is_on_network(self.folder()) {
            self.look_through(&t!("watch.network"));
        } else if let Err(error) = self.hear() {
            self.look_through(&error.to_string());
        }
    }

    /// Has the system tell of changes.
    fn hear(&mut self) -> notify::Result<()> {
        let (told, mode) = match self.is_folder {
            true => (&self.changes.changes, RecursiveMode::Recursive),
            false => (&self.hint, RecursiveMode::NonRecursive),
        };
        let told = Arc::clone(told);
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            // An error may mean that events were lost.
            if event.is_ok_and(|event| !changes_content(&event.kind)) {
                return;
            }
            told.notify_one();
        })?;
        watcher.watch(self.folder(), mode)?;
        self._watcher = Some(Box::new(watcher));
        Ok(())
    }

    /// Has a thread look through the folder every now and then, which may take a while over a network. A single file is
    /// looked at anyhow.
    ///
    /// notify's own poller compares times by the second, and so misses what a build writes within one.
    fn look_through(&mut self, reason: &str) {
        if !self.is_folder {
            return;
        }
        let (folder, seconds) = (self.path.display(), LOOK.as_secs());
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
        let mut before = state_of(&folder);
        std::thread::spawn(move || {
            while is_wanted.strong_count() > 0 {
                std::thread::sleep(LOOK);
                let now = state_of(&folder);
                if now != before {
                    changes.notify_one();
                }
                before = now;
            }
        });
        self._watcher = Some(Box::new(wanted));
    }
}

/// A hash of what the system says of all files in a folder.
fn state_of(folder: &Path) -> u64 {
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

impl Quiet {
    fn note(&self) {
        self.changes.notify_one();
    }

    /// Waits for a change that no other has followed for a while.
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

/// Reading is no change, and neither are owners, permissions and the like.
fn changes_content(kind: &EventKind) -> bool {
    match kind {
        EventKind::Access(_) => false,
        EventKind::Modify(ModifyKind::Metadata(what)) => *what == MetadataKind::WriteTime,
        _ => true,
    }
}

/// Whether what others do to a folder may happen without an event here.
#[cfg(target_os = "linux")]
fn is_on_network(folder: &Path) -> bool {
    /// The types of statfs(2), and of the file systems that virtual machines share.
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
    // The type is a signed word of 32 or 64 bits, by architecture.
    rustix::fs::statfs(folder).is_ok_and(|system| NETWORK.contains(&(system.f_type as u32)))
}

/// The system's own events cover what it mounts.
#[cfg(not(target_os = "linux"))]
fn is_on_network(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use tokio::time::{sleep, timeout};

    /// How long a change may take to be noticed, even on a busy machine.
    const PATIENCE: Duration = Duration::from_secs(20);

    #[tokio::test(start_paused = true)]
    async fn a_change_counts_when_nothing_has_changed_for_half_a_second() {
        let mut quiet = Quiet::default();
        let start = Instant::now();
        let changes = Arc::clone(&quiet.changes);
        tokio::spawn(async move {
            for _ in 0..100 {
                changes.notify_one();
                sleep(Duration::from_millis(30)).await;
            }
        });
        // Given up again and again, as by a loop that has other things to do.
        let mut given_up = 0;
        while timeout(Duration::from_millis(7), quiet.settled())
            .await
            .is_err()
        {
            given_up += 1;
        }
        assert!(given_up > 100);
        let last_change = Duration::from_millis(99 * 30);
        let late = start.elapsed() - last_change - QUIET;
        assert!(late < Duration::from_millis(10), "{late:?}");
        assert!(timeout(PATIENCE, quiet.settled()).await.is_err(), "once");
    }

    #[test]
    fn only_what_changes_content_counts() {
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

    struct Disk(tempfile::TempDir);

    impl Disk {
        fn new() -> Self {
            let disk = Self(tempfile::tempdir().unwrap());
            disk.write("game/index.html", "one");
            disk.write("config/config.toml", "one");
            disk
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn write(&self, name: &str, content: &str) {
            fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
            fs::write(self.path(name), content).unwrap();
        }

        fn watch(&self, game: &str) -> Watcher {
            let mut watch = Watcher::default();
            watch.follow(
                &Source::from_path(self.path(game)),
                None,
                Some(&self.path("config/config.toml")),
            );
            watch
        }
    }

    async fn next(watch: &mut Watcher) -> Changed {
        timeout(PATIENCE, watch.changed()).await.expect("a change")
    }

    fn is_at_rest(watch: &Watcher) -> bool {
        let followed = [&watch.game, &watch.config].into_iter().flatten();
        { followed }.all(|followed| followed.changes.until.is_none())
    }

    #[tokio::test]
    async fn many_files_written_are_one_change_and_reading_is_none() {
        let disk = Disk::new();
        let mut watch = disk.watch("game");
        for number in 0..300 {
            disk.write(&format!("game/{}/{number}.js", number % 7), "content");
        }
        assert_eq!(next(&mut watch).await, Changed::Game);
        // Folders made meanwhile are followed, too.
        disk.write("game/3/new.js", "content");
        assert_eq!(next(&mut watch).await, Changed::Game);
        fs::read(disk.path("game/index.html")).unwrap();
        fs::read_dir(disk.path("game")).unwrap().for_each(drop);
        disk.write("config/config.toml", "two");
        assert_eq!(next(&mut watch).await, Changed::Config);
        assert!(is_at_rest(&watch));
    }

    #[tokio::test]
    async fn an_archive_and_a_configuration_are_followed_however_they_are_replaced() {
        let disk = Disk::new();
        disk.write("game.zip", "one");
        let mut watch = disk.watch("game.zip");
        disk.write("other.zip", "other");
        disk.write("config/other", "other");
        disk.write("new.zip", "another");
        fs::rename(disk.path("new.zip"), disk.path("game.zip")).unwrap();
        assert_eq!(next(&mut watch).await, Changed::Game);
        assert!(is_at_rest(&watch), "nothing happened to the configuration");
        disk.write("config/config.toml", "written");
        assert_eq!(next(&mut watch).await, Changed::Config);
        fs::remove_file(disk.path("config/config.toml")).unwrap();
        disk.write("elsewhere/config.toml", "behind a link");
        symlink("../elsewhere/config.toml", disk.path("config/config.toml")).unwrap();
        assert_eq!(next(&mut watch).await, Changed::Config);
        // No event in the folder that is watched.
        disk.write("elsewhere/config.toml", "changed behind a link");
        assert_eq!(next(&mut watch).await, Changed::Config);
    }

    #[tokio::test]
    async fn a_folder_that_comes_back_is_followed_again() {
        let disk = Disk::new();
        disk.write("old/index.html", "old");
        disk.write("dist/web/index.html", "one");
        let mut watch = disk.watch("dist/web");
        fs::remove_dir_all(disk.path("dist")).unwrap();
        assert_eq!(next(&mut watch).await, Changed::Game, "it went");
        disk.write("dist/web/index.html", "two");
        assert_eq!(next(&mut watch).await, Changed::Game, "it came back");
        disk.write("dist/web/index.html", "three");
        assert_eq!(next(&mut watch).await, Changed::Game, "it is followed");
        // Another folder under the same name.
        fs::rename(disk.path("dist"), disk.path("away")).unwrap();
        disk.write("dist/web/index.html", "four");
        assert_eq!(next(&mut watch).await, Changed::Game, "it is another");
        disk.write("dist/web/index.html", "five");
        assert_eq!(
            next(&mut watch).await,
            Changed::Game,
            "that one is followed"
        );
    }

    #[tokio::test]
    async fn a_folder_that_is_made_anew_at_once_is_followed_again() {
        let disk = Disk::new();
        let mut watch = disk.watch("game");
        // Many file systems give it the inode of the one before.
        fs::remove_dir_all(disk.path("game")).unwrap();
        disk.write("game/index.html", "two");
        assert_eq!(next(&mut watch).await, Changed::Game, "it went");
        while timeout(LOOK + 2 * QUIET, watch.changed()).await.is_ok() {}
        disk.write("game/index.html", "three");
        assert_eq!(next(&mut watch).await, Changed::Game, "it is followed");
    }

    #[tokio::test]
    async fn following_another_game_ends_following_the_first() {
        let disk = Disk::new();
        disk.write("second/index.html", "one");
        let mut watch = disk.watch("game");
        watch.follow(&Source::from_path(disk.path("second")), None, None);
        disk.write("game/index.html", "two");
        disk.write("config/config.toml", "two");
        disk.write("second/index.html", "two");
        assert_eq!(next(&mut watch).await, Changed::Game);
        watch.follow(&Source::Embedded("2048".into()), None, None);
        assert!(watch.game.is_none() && watch.config.is_none());
    }

    #[tokio::test]
    async fn what_happens_to_a_game_that_is_built_counts_once_it_is_on_the_air() {
        let disk = Disk::new();
        disk.write("second/index.html", "one");
        let [first, second] = ["game", "second"].map(|name| Source::from_path(disk.path(name)));
        let mut watch = disk.watch("game");
        watch.follow(&first, Some(&second), None);
        disk.write("second/index.html", "two");
        watch.follow(&second, None, None);
        assert_eq!(next(&mut watch).await, Changed::Game);
        // It was not built in the end.
        watch.follow(&second, Some(&first), None);
        disk.write("game/index.html", "two");
        disk.write("second/index.html", "three");
        watch.follow(&second, None, None);
        assert_eq!(next(&mut watch).await, Changed::Game);
        assert!(watch.next.is_none() && is_at_rest(&watch));
    }

    #[tokio::test]
    async fn where_there_are_no_events_it_is_looked_at() {
        let disk = Disk::new();
        let mut watch = disk.watch("game");
        let game = watch.game.as_mut().unwrap();
        game._watcher = None;
        game.look_through("for the test");
        disk.write("game/index.html", "two");
        assert_eq!(next(&mut watch).await, Changed::Game);
    }
}
