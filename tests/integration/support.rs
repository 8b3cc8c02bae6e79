//! The support that all modules share: a place with games and settings of its own, the program started in it, a client that
//! speaks HTTP/1.1 over a socket, and a terminal whose screen can be read.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use std::{fmt, fs};

use portable_pty::{CommandBuilder, MasterPty, PtyPair, PtySize, native_pty_system};
use rustix::fs::OFlags;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use webserver::http::answer::answer;
use webserver::http::body::Body;
use webserver::metrics::site_counters::SiteCounters;
use webserver::publish::on_air::Published;
use webserver::site::Site;

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

    fn variables(&self) -> [(&'static str, String); 9] {
        let home = |name| self.home(name).to_str().unwrap().to_owned();
        [
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

/// One connection.
pub(crate) struct Client(BufReader<TcpStream>);

/// An answer over the wire.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Client {
    pub(crate) fn connect(port: u16) -> Self {
        Self::to((Ipv4Addr::LOCALHOST, port).into()).unwrap()
    }

    pub(crate) fn to(address: SocketAddr) -> io::Result<Self> {
        Self::over(TcpStream::connect_timeout(&address, PATIENCE)?)
    }

    pub(crate) fn over(stream: TcpStream) -> io::Result<Self> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Says that nothing more will be sent.
    pub(crate) fn finish_sending(&self) {
        self.0.get_ref().shutdown(Shutdown::Write).unwrap();
    }

    /// From here on, waits this long for an answer.
    pub(crate) fn patience(&mut self, patience: Duration) {
        self.0.get_ref().set_read_timeout(Some(patience)).unwrap();
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.get_mut().write_all(bytes.as_ref()).unwrap();
    }

    /// The same for a connection that may be closed by now.
    pub(crate) fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.0.get_mut().write_all(bytes.as_ref())
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.request("GET", path, &[])
    }

    pub(crate) fn request(&mut self, method: &str, path: &str, fields: &[&str]) -> Answer {
        self.send(head(method, path, fields));
        self.answer_to(method)
    }

    /// The next answer.
    pub(crate) fn answer(&mut self) -> Answer {
        self.answer_to("GET")
    }

    pub(crate) fn answer_to(&mut self, method: &str) -> Answer {
        let mut answer = self.answer_head().unwrap();
        let length = match (method, answer.status) {
            ("HEAD", _) | (_, 204 | 304) => 0,
            _ => answer.length(),
        };
        answer.body = vec![0; length];
        self.0.read_exact(&mut answer.body).unwrap();
        answer
    }

    /// The next answer without its body.
    pub(crate) fn answer_head(&mut self) -> io::Result<Answer> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if self.0.read_line(&mut head)? == 0 {
                return Err(io::Error::other(format!("closed after {head:?}")));
            }
        }
        let status = head.get(9..12).and_then(|status| status.parse().ok());
        Ok(Answer {
            status: status.unwrap_or_else(|| panic!("no status in {head:?}")),
            head,
            body: Vec::new(),
        })
    }

    /// Reads at most this many bytes; none when the connection is closed.
    pub(crate) fn read(&mut self, most: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; most];
        let length = self.0.read(&mut bytes)?;
        bytes.truncate(length);
        Ok(bytes)
    }

    /// Everything until the other side closes. That it resets the connection is closing, too.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        match self.0.read_to_end(&mut rest) {
            Err(error) if error.kind() != io::ErrorKind::ConnectionReset => {
                panic!("still open after {} bytes: {error}", rest.len())
            }
            _ => rest,
        }
    }
}

impl Answer {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields(name).next()
    }

    /// The values of a field that may be there several times.
    pub(crate) fn fields(&self, name: &str) -> impl Iterator<Item = &str> {
        self.head.lines().skip(1).filter_map(move |line| {
            let (field, value) = line.split_once(':')?;
            field.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    pub(crate) fn length(&self) -> usize {
        let length = self.field("content-length");
        length.map_or(0, |length| length.parse().unwrap())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The head of a request.
pub(crate) fn head(method: &str, path: &str, fields: &[&str]) -> String {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n");
    for field in fields {
        head += &format!("{field}\r\n");
    }
    head + "\r\n"
}

/// A terminal of its own, with the program on it. Dropping it ends the program.
pub(crate) struct Screen {
    drawn: Arc<Mutex<vt100::Parser>>,
    /// Nothing is read from the terminal while this is set.
    is_stalled: Arc<AtomicBool>,
    pair: PtyPair,
    keys: Box<dyn Write + Send>,
    child: Box<dyn portable_pty::Child + Send + Sync>,
    /// The terminal's modes before the program was started.
    modes: String,
    /// The thread that reads keys, when the latest was pressed.
    pressed: Option<KeyThread>,
}

/// The program's thread that reads keys, at one moment.
struct KeyThread {
    /// Its folder in `/proc`.
    task: PathBuf,
    is_asleep: bool,
    /// The times that it has gone to sleep.
    sleeps: u64,
}

impl KeyThread {
    /// The thread, if it is the one that reads keys.
    fn of(task: &Path) -> Option<Self> {
        let status = fs::read_to_string(task.join("status")).ok()?;
        let value = |name: &str| {
            let mut lines = status.lines().filter_map(|line| line.split_once(':'));
            lines.find_map(|(field, value)| (field == name).then_some(value.trim()))
        };
        (value("Name")? == "keys").then_some(())?;
        Some(Self {
            task: task.to_owned(),
            is_asleep: value("State")?.starts_with('S'),
            sleeps: value("voluntary_ctxt_switches")?.parse().ok()?,
        })
    }

    fn has_slept_since(&self, before: &Self) -> bool {
        self.task != before.task || self.sleeps > before.sleeps
    }
}

/// The time between two keys of a person.
const BETWEEN_KEYS: Duration = Duration::from_millis(100);

pub(crate) const UP: &str = "\u{1b}[A";
pub(crate) const DOWN: &str = "\u{1b}[B";
pub(crate) const HOME: &str = "\u{1b}[H";
pub(crate) const END: &str = "\u{1b}[F";
pub(crate) const ENTER: &str = "\r";

impl Screen {
    /// Starts the program in a terminal of `rows` and `columns`.
    pub(crate) fn open(place: &Place, size: (u16, u16), arguments: &[&str]) -> Self {
        Self::run(place, size, &[&[WEBSERVER], arguments].concat())
    }

    /// Starts another program that starts ours.
    pub(crate) fn run(place: &Place, (rows, columns): (u16, u16), words: &[&str]) -> Self {
        let mut command = CommandBuilder::new(words[0]);
        command.env_clear();
        command.args(&words[1..]);
        command.cwd(place.path(""));
        for (name, value) in place.variables() {
            command.env(name, value);
        }
        let pair = native_pty_system().openpty(size(rows, columns)).unwrap();
        let modes = modes(&*pair.master);
        // The parser cannot draw on fewer than a few; the program is told the true size.
        let parser = vt100::Parser::new(rows.max(4), columns.max(8), 0);
        let drawn = Arc::new(Mutex::new(parser));
        let shared = Arc::clone(&drawn);
        let is_stalled = Arc::new(AtomicBool::new(false));
        let stalled = Arc::clone(&is_stalled);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(length @ 1..) = reader.read(&mut buffer) {
                shared.lock().unwrap().process(&buffer[..length]);
                while stalled.load(Ordering::Relaxed) {
                    thread::sleep(Duration::from_millis(5));
                }
            }
        });
        Self {
            drawn,
            is_stalled,
            keys: pair.master.take_writer().unwrap(),
            pair,
            child,
            modes,
            pressed: None,
        }
    }

    pub(crate) fn press_each(&mut self, keys: &[&str]) {
        for key in keys {
            self.press(key);
        }
    }

    /// Presses a key as a person does: keys that come at once are a paste. The key before is for itself once the program's thread
    /// has slept since it was pressed and sleeps again when the time is over in which more would belong to it.
    pub(crate) fn press(&mut self, keys: &str) {
        let is_through = |screen: &Self| {
            screen.unread() == Some(0)
                && screen.key_thread().is_none_or(|thread| {
                    thread.is_asleep
                        && screen
                            .pressed
                            .as_ref()
                            .is_none_or(|before| thread.has_slept_since(before))
                })
        };
        in_time_of(PATIENCE / 6, || {
            is_through(self).then(|| thread::sleep(BETWEEN_KEYS))?;
            is_through(self).then_some(())
        });
        self.pressed = self.key_thread();
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// The thread of the program that reads keys, in the program or in the one that has the terminal.
    fn key_thread(&self) -> Option<KeyThread> {
        let started = self.child.process_id()?;
        let leader = self.pair.master.process_group_leader();
        let leader = leader.and_then(|leader| u32::try_from(leader).ok());
        let tasks = [leader, Some(started)].into_iter().flatten();
        let mut tasks = tasks.filter_map(|pid| fs::read_dir(format!("/proc/{pid}/task")).ok());
        tasks.find_map(|tasks| tasks.flatten().find_map(|task| KeyThread::of(&task.path())))
    }

    /// The bytes that were typed and that nobody has read yet.
    fn unread(&self) -> Option<u64> {
        let terminal = File::options()
            .read(true)
            .custom_flags(OFlags::NOCTTY.bits() as i32)
            .open(self.pair.master.tty_name()?)
            .ok()?;
        rustix::io::ioctl_fionread(terminal).ok()
    }

    /// Stops the program by its key, and answers its question once it is asked.
    pub(crate) fn stop(&mut self) {
        self.press("q");
        self.until_shows("Stop for everybody?");
        self.press("y");
    }

    /// Takes no more output, like a laptop asleep, or takes it again.
    pub(crate) fn stall(&self, is_stalled: bool) {
        self.is_stalled.store(is_stalled, Ordering::Relaxed);
    }

    pub(crate) fn resize(&self, rows: u16, columns: u16) {
        let mut drawn = self.drawn();
        drawn.screen_mut().set_size(rows, columns);
        self.pair.master.resize(size(rows, columns)).unwrap();
    }

    /// Tells the program alone of another size: what it draws then cannot be read.
    pub(crate) fn shrink(&self, rows: u16, columns: u16) {
        self.pair.master.resize(size(rows, columns)).unwrap();
    }

    fn drawn(&self) -> MutexGuard<'_, vt100::Parser> {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rows on the screen, without the blanks at their ends.
    pub(crate) fn rows(&self) -> Vec<String> {
        let drawn = self.drawn();
        let (_, columns) = drawn.screen().size();
        let rows = drawn.screen().rows(0, columns);
        rows.map(|row| row.trim_end().to_owned()).collect()
    }

    pub(crate) fn text(&self) -> String {
        self.rows().join("\n")
    }

    /// The brightness of the screen's upper and lower half cells, on a terminal whose background is dark or light.
    pub(crate) fn picture(&self, is_dark: bool) -> Vec<Vec<u8>> {
        let (front, back) = if is_dark { (220, 20) } else { (20, 235) };
        let brightness = |color, usual| match color {
            vt100::Color::Default => usual,
            vt100::Color::Idx(16) => 0,
            vt100::Color::Idx(231) => 255,
            other => panic!("{other:?}"),
        };
        let drawn = self.drawn();
        let (rows, columns) = drawn.screen().size();
        let mut picture = vec![Vec::new(); usize::from(rows) * 2];
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)))
        {
            let cell = drawn.screen().cell(row, column).unwrap();
            let mut ink = brightness(cell.fgcolor(), front);
            let mut paper = brightness(cell.bgcolor(), back);
            if cell.inverse() {
                std::mem::swap(&mut ink, &mut paper);
            }
            let (upper, lower) = match cell.contents() {
                "█" => (ink, ink),
                "▀" => (ink, paper),
                "▄" => (paper, ink),
                _ => (paper, paper),
            };
            picture[usize::from(row) * 2].push(upper);
            picture[usize::from(row) * 2 + 1].push(lower);
        }
        picture
    }

    /// Waits until the screen is as it should be.
    pub(crate) fn until(&self, what: &str, is_there: impl Fn(&[String]) -> bool) {
        in_time(|| is_there(&self.rows()).then_some(()))
            .unwrap_or_else(|| panic!("{what} is not on the screen:\n{self}"));
    }

    pub(crate) fn until_shows(&self, text: &str) {
        self.until(text, |rows| rows.iter().any(|row| row.contains(text)));
    }

    /// Waits until the row of this game is the one selected.
    pub(crate) fn until_selected(&self, title: &str) {
        let is_it = |row: &String| is_selected(row) && row.contains(title);
        let what = format!("{title}, selected,");
        self.until(&what, |rows| rows.iter().any(is_it));
    }

    /// Waits until the program waits for a key.
    pub(crate) fn until_asked(&self) {
        in_time(|| self.is_asked().then_some(()))
            .unwrap_or_else(|| panic!("nothing is asked:\n{self}"));
    }

    /// True if the terminal gives keys to the program one by one.
    pub(crate) fn is_asked(&self) -> bool {
        modes(&*self.pair.master) != self.modes
    }

    /// The port in the address on the screen.
    pub(crate) fn port(&self) -> u16 {
        in_time(|| port_in(&self.text())).unwrap_or_else(|| panic!("no address:\n{self}"))
    }

    pub(crate) fn signal(&self, signal: Signal) {
        send(self.child.process_id().unwrap(), signal);
    }

    /// Waits for the program's end.
    pub(crate) fn exit(&mut self) -> u32 {
        in_time(|| self.child.try_wait().unwrap())
            .unwrap_or_else(|| panic!("it does not end:\n{self}"))
            .exit_code()
    }

    /// Fails unless the terminal is as it was before the program was started.
    pub(crate) fn assert_given_back(&self) {
        self.assert_given_back_below(&[]);
    }

    /// The same for a screen on which these rows stood above the menu.
    pub(crate) fn assert_given_back_below(&self, above: &[&str]) {
        self.until("a clean screen", |rows| {
            let filled = rows.iter().filter(|row| !row.is_empty());
            filled.eq(above)
        });
        let hides_cursor = || self.drawn().screen().hide_cursor();
        in_time(|| (!hides_cursor()).then_some(())).expect("the cursor stays hidden");
        assert_eq!(modes(&*self.pair.master), self.modes);
    }
}

impl fmt::Display for Screen {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.rows();
        rows.iter()
            .try_for_each(|row| writeln!(formatter, "|{row}"))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// True if a row of the menu bears the mark of the selected one.
pub(crate) fn is_selected(row: &str) -> bool {
    row.starts_with(['❯', '>'])
}

/// The numbers of the games on the screen, from top to bottom.
pub(crate) fn numbers(rows: &[String]) -> Vec<usize> {
    let number = |row: &String| {
        let row = row.trim_start_matches(['❯', '>', '↑', '↓', ' ']);
        row.split_once("  ")?.0.parse().ok()
    };
    rows.iter().filter_map(number).collect()
}

fn size(rows: u16, cols: u16) -> PtySize {
    PtySize {
        rows,
        cols,
        ..PtySize::default()
    }
}

fn modes(terminal: &dyn MasterPty) -> String {
    format!("{:?}", terminal.get_termios().unwrap())
}
