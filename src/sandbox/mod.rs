//! Restricts threads to the files they need. Uses Landlock, which Linux has since 5.13; does nothing elsewhere.
//!
//! Threads that serve players open no files, run no programs and make no connections. A thread that builds a site reads
//! one game, and writes the cache and temporary files. The main thread is not restricted: it reads configs, lists
//! folders and opens the browser.

use std::path::PathBuf;

/// The paths that a thread may open.
#[derive(Clone, Debug, Default)]
pub struct Sandbox {
    reads: Vec<PathBuf>,
    writes: Vec<PathBuf>,
}

impl Sandbox {
    /// The sandbox of threads that serve players. The log has local times, so they may read the time zone.
    pub fn serving() -> Self {
        Self::default().reading(["/etc/localtime", "/etc/timezone", "/usr/share/zoneinfo"])
    }

    /// Allows reading these paths and everything below.
    #[must_use]
    pub fn reading(mut self, paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        self.reads.extend(paths.into_iter().map(Into::into));
        self
    }

    /// Allows reading and writing below these paths, which should exist.
    #[must_use]
    pub fn writing(mut self, paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        self.writes.extend(paths.into_iter().map(Into::into));
        self
    }

    /// Restricts this thread and all that it starts, permanently. Does nothing if the kernel has no Landlock.
    pub fn enter(&self) {
        #[cfg(target_os = "linux")]
        if let Err(error) = landlock::enter(self) {
            tracing::debug!("{error}");
        }
    }
}

/// True if [`Sandbox::enter`] has an effect on this system. Tries it on a thread of its own.
pub fn is_possible() -> bool {
    #[cfg(target_os = "linux")]
    {
        let nothing = Sandbox::default();
        let tried = std::thread::spawn(move || landlock::enter(&nothing).unwrap_or_default());
        tried.join().unwrap_or_default()
    }
    #[cfg(not(target_os = "linux"))]
    false
}

#[cfg(target_os = "linux")]
mod landlock {
    use landlock::{
        ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError,
        RulesetStatus, path_beneath_rules,
    };

    use super::Sandbox;

    /// The version requested; an older kernel does what it can.
    const REQUESTED: ABI = ABI::V5;

    /// Restricts this thread; returns whether the kernel supports it.
    pub(super) fn enter(sandbox: &Sandbox) -> Result<bool, RulesetError> {
        let reading = AccessFs::from_read(REQUESTED) & !AccessFs::Execute;
        let all = AccessFs::from_all(REQUESTED) & !AccessFs::Execute;
        let status = Ruleset::default()
            .handle_access(AccessFs::from_all(REQUESTED))?
            .handle_access(AccessNet::from_all(REQUESTED))?
            .create()?
            // Paths that do not exist are skipped.
            .add_rules(path_beneath_rules(&sandbox.reads, reading))?
            .add_rules(path_beneath_rules(&sandbox.writes, all))?
            // Also sets `no_new_privs`: programs gain no rights from set-user-ID bits.
            .restrict_self()?;
        Ok(status.ruleset != RulesetStatus::NotEnforced)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};
    use std::process::Command;
    use std::{fs, thread};

    #[test]
    fn a_restricted_thread_can_only_read_and_write_its_own_paths() {
        let folder = tempfile::tempdir().unwrap();
        let [game, cache, other] = ["game", "cache", "other"].map(|name| folder.path().join(name));
        for folder in [&game, &cache, &other] {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join("file"), "content").unwrap();
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let sandbox = Sandbox::serving().reading([&game]).writing([&cache]);
        thread::spawn(move || {
            let before = fs::read(other.join("file"));
            assert!(before.is_ok());
            sandbox.enter();
            for (what, is_done, expected) in [
                ("reads", fs::read(game.join("file")).is_ok(), true),
                ("lists", fs::read_dir(&game).is_ok(), true),
                ("writes", fs::write(game.join("new"), "").is_ok(), false),
                ("removes", fs::remove_file(game.join("file")).is_ok(), false),
                ("caches", fs::write(cache.join("new"), "").is_ok(), true),
                (
                    "renames",
                    fs::rename(cache.join("new"), cache.join("old")).is_ok(),
                    true,
                ),
                ("reads others", fs::read(other.join("file")).is_ok(), false),
                ("reads the system", fs::read("/etc/passwd").is_ok(), false),
                (
                    "reads itself",
                    fs::read("/proc/self/environ").is_ok(),
                    false,
                ),
                ("runs", Command::new("/bin/true").status().is_ok(), false),
                ("connects", TcpStream::connect(address).is_ok(), false),
                ("listens", TcpListener::bind("127.0.0.1:0").is_ok(), false),
            ] {
                // A kernel without Landlock takes nothing away.
                assert_eq!(is_done, expected || !is_possible(), "{what}");
            }
            // Threads that it starts are restricted, too.
            let inherited = thread::spawn(move || fs::read(other.join("file")));
            assert_eq!(inherited.join().unwrap().is_err(), is_possible());
        })
        .join()
        .unwrap();
        assert!(
            fs::read("/etc/passwd").is_ok(),
            "this thread is not restricted"
        );
    }
}
