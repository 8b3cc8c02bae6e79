//! One watched path: the system's events about it, or a poll.

use std::any::Any;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use notify::event::{EventKind, MetadataKind, ModifyKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::Notify;

use crate::console::message::t;
use crate::control::settling_changes::{MAX_WAIT, QUIET, SettlingChanges};
use webserver::fs::fingerprint::Fingerprint;
use webserver::source::Source;

/// The interval of polls; short in tests, which wait for a poll in real time.
const POLL_INTERVAL: Duration = match cfg!(test) {
    true => Duration::from_millis(20),
    false => Duration::from_secs(2),
};

/// A folder with everything below it, or a file.
#[derive(Debug)]
pub(super) struct WatchedPath {
    pub(super) path: PathBuf,
    pub(super) is_folder: bool,
    identity: PathIdentity,
    pub(super) changes: SettlingChanges,
    /// Notified when a check is due: after an event in a watched file's folder, or when the events have failed.
    pub(super) check: Arc<Notify>,
    /// The error after which events are incomplete.
    pub(super) lost_events: Arc<OnceLock<String>>,
    /// True while changed permissions count, too: without them the folder could not be read.
    pub(super) minds_permissions: Arc<AtomicBool>,
    /// The source of changes, until it is dropped.
    pub(super) source: Option<Box<dyn Any + Send>>,
}

/// The reason that a wait ended.
pub(super) enum WatchStep {
    Check,
    Changed { is_settled: bool },
}

/// Tells one state of a path from another.
#[derive(Clone, Copy, Debug, Default)]
struct PathIdentity {
    /// The watched folder's device, inode and time of creation: another folder may get the same inode.
    folder: Option<(u64, u64, Option<SystemTime>)>,
    /// The watched file's fingerprint.
    file: Option<Fingerprint>,
}

impl WatchedPath {
    pub(super) fn new(path: &Path, is_folder: bool) -> Self {
        let mut watched = Self {
            path: path.to_owned(),
            is_folder,
            identity: PathIdentity::default(),
            changes: SettlingChanges::default(),
            check: Arc::default(),
            lost_events: Arc::default(),
            minds_permissions: Arc::default(),
            source: None,
        };
        watched.identity = watched.current_identity();
        watched.start();
        watched
    }

    pub(super) async fn next(&mut self) -> WatchStep {
        tokio::select! {
            () = self.check.notified() => WatchStep::Check,
            is_settled = self.changes.settled() => WatchStep::Changed { is_settled },
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
            file: file.map(|file| Fingerprint::from_metadata(&file)),
        }
    }

    /// Compares the path with its state before. A path that is gone is not a change yet: it may come back.
    pub(super) fn check(&mut self) {
        let identity = self.current_identity();
        let before = std::mem::replace(&mut self.identity, identity);
        let is_other_folder = identity.folder != before.folder;
        if is_other_folder {
            self.start();
        } else if identity.folder.is_some()
            && let Some(error) = self.lost_events.get().cloned()
        {
            self.lost_events = Arc::default();
            self.poll(&error);
        }
        let has_changed = match self.is_folder {
            true => is_other_folder && identity.folder.is_some(),
            false => identity.file.is_some_and(|now| {
                before
                    .file
                    .is_none_or(|before| !now.has_same_content(&before))
            }),
        };
        if has_changed {
            self.changes.record();
        }
    }

    /// Requests the system's events, or polls if there are none. For a folder that is gone the earlier source stays: the
    /// events of its end may be still to come.
    fn start(&mut self) {
        if self.identity.folder.is_none() {
            return;
        }
        self.source = None;
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
        let minds_permissions = Arc::clone(&self.minds_permissions);
        let noticed = move |event: notify::Result<Event>| {
            match event {
                Ok(Event { kind, .. }) => {
                    let minds = minds_permissions.load(Ordering::Relaxed);
                    if !(changes_content(&kind) || minds && kind.is_modify()) {
                        return;
                    }
                }
                // A folder that was created later is over the system's limit, or events were lost.
                Err(error) => {
                    let _ = lost_events.set(error.to_string());
                    check.notify_one();
                }
            }
            changed.notify_one();
        };
        // `notify` needs a thread and panics where the system refuses one, which is seen here.
        let tried = thread::Builder::new().spawn(|| {});
        let _ = tried.map_err(notify::Error::io)?.join();
        // What a link leads to is watched where it is, if it is part of the game.
        let links = notify::Config::default().with_follow_symlinks(false);
        let mut watcher = RecommendedWatcher::new(noticed, links)?;
        let folder = self.folder().canonicalize();
        watcher.watch(&folder.map_err(notify::Error::io)?, mode)?;
        self.source = Some(Box::new(watcher));
        Ok(())
    }

    /// Polls the folder on a thread of its own, because that may take a while over a network. A single file is checked
    /// anyway.
    ///
    /// The poller of `notify` compares times in seconds, and so misses changes within one.
    pub(super) fn poll(&mut self, reason: &str) {
        if !self.is_folder {
            return;
        }
        let wanted = Arc::new(());
        let is_wanted = Arc::downgrade(&wanted);
        let folder = Source::Folder(self.path.clone());
        let changes = Arc::clone(&self.changes.changes);
        let started = thread::Builder::new().spawn(move || {
            let mut before = folder.state();
            while is_wanted.strong_count() > 0 {
                thread::sleep(POLL_INTERVAL);
                let now = folder.state();
                if now != before {
                    before = state_once_still(|| folder.state(), now);
                    changes.notify_one();
                }
            }
        });
        if started.is_err() {
            // The next check tries again.
            let _ = self.lost_events.set(reason.to_owned());
            return;
        }
        let (folder, seconds) = (self.path.display(), POLL_INTERVAL.as_secs());
        tracing::warn!(event = "folder_polled", %folder, seconds, reason);
        self.source = Some(Box::new(wanted));
    }
}

/// The state of a changed folder once two looks at it are the same, or after [`MAX_WAIT`]. An export may be written for
/// longer than [`SettlingChanges`] waits, and polls are too rare to tell it of each change.
fn state_once_still(look: impl Fn() -> Option<u64>, mut state: Option<u64>) -> Option<u64> {
    let since = Instant::now();
    loop {
        thread::sleep(POLL_INTERVAL.min(QUIET));
        let before = std::mem::replace(&mut state, look());
        if state == before || since.elapsed() >= MAX_WAIT {
            return state;
        }
    }
}

/// True if an event changes content: not access, and not owners or permissions.
fn changes_content(kind: &EventKind) -> bool {
    match kind {
        EventKind::Access(_) => false,
        EventKind::Modify(ModifyKind::Metadata(kind)) => *kind == MetadataKind::WriteTime,
        _ => true,
    }
}

/// True if other machines may change a folder without an event here.
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
    use std::cell::Cell;

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

    #[test]
    fn a_polled_folder_has_changed_once_it_is_still() {
        let looks = [2, 3, 4, 4, 5];
        let next = Cell::new(0);
        let look = || {
            next.set(next.get() + 1);
            looks.get(next.get() - 1).copied()
        };
        assert_eq!(state_once_still(look, Some(1)), Some(4));
        assert_eq!(next.get(), 4, "and no longer");
    }
}
