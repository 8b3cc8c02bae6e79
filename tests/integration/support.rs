//! The support that all modules share: a place with games and settings of its own, the program started in it, a client that
//! speaks HTTP/1.1 over a socket, and a terminal whose screen can be read.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use webserver::http::answer::answer;
use webserver::http::body::Body;
use webserver::metrics::site_counters::SiteCounters;
use webserver::publish::on_air::Published;
use webserver::site::Site;

pub(crate) use client::{Answer, Client, head};
pub(crate) use screen::{DOWN, END, ENTER, HOME, Screen, UP, is_selected, numbers};

mod client;
mod screen;

/// The longest wait for an event that must happen. Nothing takes nearly as long, even on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The program.
pub(crate) const WEBSERVER: &str = env!("CARGO_BIN_EXE_webserver");

/// Notes that this machine cannot run a part of a test. `tests/run` lists what was noted.
pub(crate) fn not_tested(what: &str) {
    let notes = Path::new(env!("CARGO_TARGET_TMPDIR")).join("not-tested");
    let mut notes = fs::File::options()
        .append(true)
        .create(true)
        .open(notes)
        .unwrap();
    writeln!(notes, "{}", what.trim()).unwrap();
}

/// Looks again and again until something is found or [`PATIENCE`] is over.
pub(crate) fn in_time<T>(look: impl FnMut() -> Option<T>) -> Option<T> {
    in_time_of(PATIENCE, look)
}

/// Looks again and again until something is found or the time is over.
pub(crate) fn in_time_of<T>(patience: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + patience;
    loop {
        let found = look();
        if found.is_some() || Instant::now() > deadline {
            return found;
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// The response of a site by itself, without a slot.
pub(crate) fn respond<B>(site: &Site, request: &http::Request<B>) -> http::Response<Body> {
    let published = Published {
        site,
        counters: &SiteCounters::new([]),
    };
    answer(published, request)
}

/// The path and query that a relative reference leads to from a target, as a browser resolves it (RFC 3986, 5.2).
pub(crate) fn resolve(target: &str, reference: &str) -> String {
    let base = url::Url::parse(&format!("http://localhost{target}")).unwrap();
    base.join(reference).unwrap()[url::Position::BeforePath..].to_owned()
}

/// A working folder and a home that nobody else has; both are gone when it is dropped.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::create_dir(place.path("")).unwrap();
        fs::create_dir(place.home("")).unwrap();
        fs::create_dir(place.0.path().join("temporary")).unwrap();
        place
    }

    /// With a configuration that lists three games: alpha (第一关), beta (第二关) and gamma (第三关).
    pub(crate) fn with_three_games() -> Self {
        Self::with_three_games_and("")
    }

    /// The same with `settings` at the beginning of the configuration.
    pub(crate) fn with_three_games_and(settings: &str) -> Self {
        let place = Self::new();
        let mut config = format!("{settings}\n");
        for (slug, english, chinese) in [
            ("alpha", "Alpha Quest", "第一关"),
            ("beta", "Beta Quest", "第二关"),
            ("gamma", "Gamma Quest", "第三关"),
        ] {
            place.game(slug);
            config += &format!(
                "[[games]]\nslug = \"{slug}\"\ntitle = {{ en = \"{english}\", zh = \"{chinese}\" }}\npath = \"{slug}\"\n"
            );
        }
        place.write("config.toml", config);
        place
    }

    /// Something in the working folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join("work").join(name)
    }

    /// Something in the home.
    pub(crate) fn home(&self, name: &str) -> PathBuf {
        self.0.path().join("home").join(name)
    }

    /// Writes a file below the working folder, with the folders that it needs.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let file = self.path(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }

    /// A game in the working folder, whose page says the folder's name.
    pub(crate) fn game(&self, folder: &str) {
        self.write(&format!("{folder}/index.html"), folder);
    }

    /// The program, with nobody to ask, with nothing set but what a login sets.
    pub(crate) fn webserver(&self, arguments: &[&str]) -> Command {
        self.command(WEBSERVER, arguments)
    }

    /// Another program that starts ours.
    pub(crate) fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .envs(self.variables())
            .current_dir(self.path(""))
            .stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Finished {
        Running::start(self.webserver(arguments)).exit()
    }

    /// Starts the program on a port of the system's choice, and waits until it serves.
    pub(crate) fn serve(&self, arguments: &[&str]) -> (Running, u16) {
        let mut all = vec!["0"];
        all.extend(arguments);
        let running = Running::start(self.webserver(&all));
        let port = running.port();
        (running, port)
    }

    fn variables(&self) -> [(&'static str, String); 10] {
        let text = |path: PathBuf| path.to_str().unwrap().to_owned();
        let home = |name| text(self.home(name));
        [
            // The games are not below it: threads that build one may use temporary files.
            ("TMPDIR", text(self.0.path().join("temporary"))),
            ("PATH", std::env::var("PATH").unwrap_or_default()),
            ("HOME", home("")),
            ("XDG_CONFIG_HOME", home("config")),
            ("XDG_STATE_HOME", home("state")),
            ("XDG_RUNTIME_DIR", home("runtime")),
            // Servers of other tests are not found.
            ("WEBSERVER_CONTROL_DIR", home("runtime/webserver")),
            // Nothing leaves this machine.
            ("WEBSERVER_NO_MDNS", "true".to_owned()),
            ("LC_ALL", "C.UTF-8".to_owned()),
            ("TERM", "xterm-256color".to_owned()),
        ]
    }
}

/// The program under way. Dropping it ends the program.
pub(crate) struct Running {
    child: Child,
    out: Stream,
    err: Stream,
}

/// The exit code and output of the program.
#[derive(Debug)]
pub(crate) struct Finished {
    /// `None` when a signal ended it.
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Running {
    pub(crate) fn start(command: Command) -> Self {
        Self::start_unread_after(command, None)
    }

    /// Starts it with a standard error that nobody reads any more after these words, although it stays open.
    pub(crate) fn start_unread_after(mut command: Command, words: Option<&'static str>) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        Self {
            out: Stream::collect(child.stdout.take().unwrap(), None),
            err: Stream::collect(child.stderr.take().unwrap(), words),
            child,
        }
    }

    /// Starts it with `input` on its standard input, which ends after it.
    pub(crate) fn start_with_input(mut command: Command, input: impl AsRef<[u8]>) -> Self {
        let mut running = Self::start({
            command.stdin(Stdio::piped());
            command
        });
        // It need not read all of it.
        let _ = running.stdin().write_all(input.as_ref());
        running
    }

    /// Its standard input, when that is a pipe.
    pub(crate) fn stdin(&mut self) -> ChildStdin {
        self.child.stdin.take().unwrap()
    }

    /// Closes the reading end of its standard error.
    pub(crate) fn hang_up(&mut self) {
        in_time(|| self.err.reader.is_finished().then_some(())).expect("it is still read");
        self.err = Stream::collect(io::empty(), None);
    }

    /// Its standard error up to now.
    pub(crate) fn err(&self) -> String {
        self.err.text()
    }

    /// The port in the address that it printed.
    pub(crate) fn port(&self) -> u16 {
        let err = self.until_err("address", |err| port_in(err).is_some());
        port_in(&err).unwrap()
    }

    /// True once it serves at this port, false if another program has the port.
    pub(crate) fn serves_at(&self, port: u16) -> bool {
        let refusal = format!("webserver: port {port} ");
        let is_said = |err: &str| port_in(err).is_some() || err.contains(&refusal);
        port_in(&self.until_err("address or refusal", is_said)) == Some(port)
    }

    /// Waits until standard error is as it should be.
    pub(crate) fn until_err(&self, what: &str, is_there: impl Fn(&str) -> bool) -> String {
        let err = in_time(|| {
            let is_all = self.err.reader.is_finished();
            Some(self.err()).filter(|err| is_there(err) || is_all)
        });
        err.filter(|err| is_there(err))
            .unwrap_or_else(|| panic!("no {what} in: {}", self.err()))
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        send(self.pid(), signal);
    }

    pub(crate) fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits for its end.
    pub(crate) fn exit(self) -> Finished {
        self.exit_within(PATIENCE)
    }

    /// Waits for its end, which may take this long.
    pub(crate) fn exit_within(mut self, patience: Duration) -> Finished {
        let status = in_time_of(patience, || self.child.try_wait().unwrap())
            .unwrap_or_else(|| panic!("it does not end; it said: {}", self.err()));
        Finished {
            code: status.code(),
            out: self.out.whole(),
            err: self.err.whole(),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Finished {
    /// Fails unless the program ended with `code`.
    pub(crate) fn with_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }
}

/// Sends a signal to a process that this test started.
pub(crate) fn send(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(pid.try_into().unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

/// The port of the first local address in a text.
pub(crate) fn port_in(text: &str) -> Option<u16> {
    let (_, rest) = text.split_once("http://localhost:")?;
    rest.split_once('/')?.0.parse().ok()
}

/// The output of a pipe, collected while the program runs.
struct Stream {
    collected: Arc<Mutex<Vec<u8>>>,
    /// Keeps the pipe open when it does not read on.
    reader: JoinHandle<Box<dyn Read + Send>>,
}

impl Stream {
    fn collect(mut pipe: impl Read + Send + 'static, last_words: Option<&str>) -> Self {
        let last_words = last_words.map(str::to_owned);
        let collected = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&collected);
        let reader = thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(length @ 1..) = pipe.read(&mut buffer) {
                let mut collected = shared.lock().unwrap();
                collected.extend(&buffer[..length]);
                let text = String::from_utf8_lossy(&collected);
                if last_words
                    .as_ref()
                    .is_some_and(|words| text.contains(words))
                {
                    break;
                }
            }
            Box::new(pipe) as Box<dyn Read + Send>
        });
        Self { collected, reader }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.collected.lock().unwrap()).into_owned()
    }

    fn whole(&self) -> String {
        in_time(|| self.reader.is_finished().then_some(())).expect("the pipe stays open");
        self.text()
    }
}
