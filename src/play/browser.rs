//! The process of a browser, with a profile of its own. Dropping it removes both.

use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, io};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::json;
use tempfile::TempDir;

use crate::play::devtools::{Devtools, DevtoolsError};

/// A name for this machine that is not a secure context, like an address on the network.
pub(crate) const PHONE_HOST: &str = "webserver-phone.test";

/// The browser expects its pipes as descriptors 3 and 4, which safe Rust cannot pass. The arguments are not parsed as
/// shell code.
const WITH_PIPES: &str = "exec \"$0\" \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null";

/// The time limit for the browser to exit after it was told to, and for its processes to disappear.
const ENDING: Duration = Duration::from_secs(3);

/// A running browser.
#[derive(Debug)]
pub(crate) struct BrowserProcess {
    pub devtools: Devtools,
    /// The name and version, such as `Chrome/148.0.7778.167`.
    pub product: String,
    _process: OwnedProcess,
}

/// The process and its folder; the process ends first.
#[derive(Debug)]
struct OwnedProcess {
    child: Child,
    /// The profile and temporary files.
    folder: Option<TempDir>,
}

/// The reason that a browser does not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// The process or its folder cannot be created.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It does not answer.
    #[error("{0}")]
    Devtools(#[from] DevtoolsError),
}

impl BrowserProcess {
    /// Starts a browser without a window.
    ///
    /// # Errors
    /// If it does not start or does not answer.
    pub(crate) async fn start(program: &Path) -> Result<Self, StartError> {
        let folder = tempfile::Builder::new()
            .prefix("webserver-")
            .tempdir_in(folder_parent(program))?;
        let mut child = Command::new("/bin/sh")
            .args(["-c", WITH_PIPES])
            .arg(program)
            .args(flags(&folder.path().join("profile")))
            .env("no_proxy", direct_hosts())
            // A killed browser leaves its own temporary files.
            .env("TMPDIR", folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // Ctrl-C is for this program, which ends the browser.
            .process_group(0)
            .spawn()?;
        let pipes = (child.stdin.take(), child.stdout.take());
        let process = OwnedProcess {
            child,
            folder: Some(folder),
        };
        let (Some(to), Some(from)) = pipes else {
            return Err(io::Error::from(io::ErrorKind::BrokenPipe).into());
        };
        let mut devtools = Devtools::new(OwnedFd::from(to), OwnedFd::from(from))?;
        let version = devtools.call("", "Browser.getVersion", json!({})).await?;
        Ok(Self {
            devtools,
            product: version["product"].as_str().unwrap_or_default().to_owned(),
            _process: process,
        })
    }

    /// Asks the browser to end, and waits for it. A dropped one is killed.
    pub(crate) async fn close(mut self) {
        let closed = async {
            self.devtools
                .send("", "Browser.close", json!({}))
                .await
                .is_ok()
                .then_some(())?;
            while self.devtools.next().await.is_ok() {}
            Some(())
        };
        // It did not exit: it is killed.
        let _ = tokio::time::timeout(ENDING, closed).await;
    }
}

impl Drop for OwnedProcess {
    fn drop(&mut self) {
        if let Some(group) = Pid::from_raw(self.child.id().cast_signed()) {
            // It may have ended by itself.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let deadline = Instant::now() + ENDING;
        // Its helpers may write there until they notice.
        while let Some(folder) = &self.folder {
            let has_ended = !matches!(self.child.try_wait(), Ok(None));
            let is_gone = has_ended && std::fs::remove_dir_all(folder.path()).is_ok();
            if is_gone || Instant::now() > deadline {
                self.folder = None;
            } else {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }
}

/// The place for the folder: a snap sees neither `/tmp` nor hidden folders of the home.
fn folder_parent(program: &Path) -> PathBuf {
    let real = program.canonicalize().unwrap_or_default();
    let is_snap = real.ends_with("snap") || real.starts_with("/snap");
    let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let folder = home.join("snap/chromium/common");
    match is_snap && folder.is_dir() {
        true => folder,
        false => env::temp_dir(),
    }
}

/// The hosts that bypass any proxy.
fn direct_hosts() -> OsString {
    let mut hosts = env::var_os("no_proxy")
        .or_else(|| env::var_os("NO_PROXY"))
        .unwrap_or_default();
    hosts.push(format!(",localhost,127.0.0.1,{PHONE_HOST}"));
    hosts
}

fn flags(profile: &Path) -> Vec<OsString> {
    let mut folder = OsString::from("--user-data-dir=");
    folder.push(profile);
    let mut flags = vec![folder];
    let map = format!("--host-resolver-rules=MAP {PHONE_HOST} 127.0.0.1");
    flags.extend(
        [
            "--headless=new",
            "--remote-debugging-pipe",
            &map,
            "--no-first-run",
            "--no-default-browser-check",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-breakpad",
            "--disable-extensions",
            "--disable-dev-shm-usage",
            "--disable-background-timer-throttling",
            "--disable-renderer-backgrounding",
            "--disable-backgrounding-occluded-windows",
            "--disable-features=HttpsUpgrades,HttpsFirstBalancedMode,Translate,OptimizationHints,MediaRouter",
            "--enable-unsafe-swiftshader",
            "--password-store=basic",
            "--use-mock-keychain",
            "--mute-audio",
            "--hide-scrollbars",
            "about:blank",
        ]
        .map(OsString::from),
    );
    // Otherwise it refuses to run as root, as in containers.
    if rustix::process::geteuid().is_root() {
        flags.push("--no-sandbox".into());
    }
    flags
}
