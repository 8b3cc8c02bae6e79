//! What a thread may do to the system besides its work: nothing, where the kernel can see to it.
//!
//! Threads that speak with players open no file, run no program and connect to nobody; a thread that builds a site
//! reads that game alone and writes where results are kept. Confined are threads, not the process: the operator's own
//! thread reads configurations, lists folders and opens the browser. Linux alone has the means (Landlock), since 5.13.

use std::path::PathBuf;

/// What a thread may still open.
#[derive(Clone, Debug, Default)]
pub struct Sandbox {
    reads: Vec<PathBuf>,
    writes: Vec<PathBuf>,
}

impl Sandbox {
    /// For threads that speak with players. The log tells the time, so they may look up the time zone.
    pub fn serving() -> Self {
        Self::default().reading(["/etc/localtime", "/etc/timezone", "/usr/share/zoneinfo"])
    }

    /// May read these and what is below them.
    #[must_use]
    pub fn reading(mut self, paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        self.reads.extend(paths.into_iter().map(Into::into));
        self
    }

    /// May read and write below these, which should exist.
    #[must_use]
    pub fn writing(mut self, paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        self.writes.extend(paths.into_iter().map(Into::into));
        self
    }

    /// Confines this thread, and those that it will start, for good. Where the kernel lacks the means, nothing happens.
    pub fn enter(&self) {
        #[cfg(target_os = "linux")]
        if let Err(error) = landlock::enter(self) {
            tracing::debug!("{error}");
        }
    }
}

/// Whether [`Sandbox::enter`] has an effect on this system. Tried out on a thread of its own.
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

    /// What is asked for; of that, an older kernel does what it can.
    const ASKED: ABI = ABI::V5;

    /// Confines this thread; says whether the kernel has anything to do it with.
    pub(super) fn enter(confinement: &Sandbox) -> Result<bool, RulesetError> {
        let reading = AccessFs::from_read(ASKED) & !AccessFs::Execute;
        let all = AccessFs::from_all(ASKED) & !AccessFs::Execute;
        let status = Ruleset::default()
            .handle_access(AccessFs::from_all(ASKED))?
            .handle_access(AccessNet::from_all(ASKED))?
            .create()?
            // What is not there need not be opened.
            .add_rules(path_beneath_rules(&confinement.reads, reading))?
            .add_rules(path_beneath_rules(&confinement.writes, all))?
            // This also gives up, for good, what a program that is run could gain (`no_new_privs`).
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
    fn a_confined_thread_does_its_work_and_nothing_else() {
        if !is_possible() {
            eprintln!("not tested: this kernel has no Landlock");
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let [game, cache, other] = ["game", "cache", "other"].map(|name| folder.path().join(name));
        for place in [&game, &cache, &other] {
            fs::create_dir(place).unwrap();
            fs::write(place.join("file"), "content").unwrap();
        }
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let confinement = Sandbox::serving().reading([&game]).writing([&cache]);
        thread::spawn(move || {
            let before = fs::read(other.join("file"));
            assert!(before.is_ok());
            confinement.enter();
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
                assert_eq!(is_done, expected, "{what}");
            }
            // Whoever is started by it is confined, too.
            let inherited = thread::spawn(move || fs::read(other.join("file")));
            assert!(inherited.join().unwrap().is_err());
        })
        .join()
        .unwrap();
        assert!(
            fs::read("/etc/passwd").is_ok(),
            "this thread is not confined"
        );
    }
}
