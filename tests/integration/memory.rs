//! The most memory that slow readers and large games cost.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use crate::content::noise;
use crate::load::raise_descriptor_limit;
use crate::support::{
    Client, PATIENCE, Place, Running, WEBSERVER, head, in_time, in_time_of, not_tested,
};

/// The readers of files on disk who take nothing, and the most memory that they may cost, in MiB: pieces of files for all
/// together, and what an open connection has.
const READERS: usize = 2000;
const MOST_MIB: u64 = 80;

/// The connections that come together, and how often others come when those are idle.
const TOGETHER: usize = 500;
const WAVES: usize = 6;

/// The most memory that each may cost on average, in KiB: half of what it has while it is answered.
const MOST_KIB_IDLE: u64 = 6;

/// The most memory that a game of 58 MB may cost with `memory_mib = 16`, in MiB: it has to live in 64 MiB.
const MOST_MIB_OF_GAME: u64 = 64;

#[test]
fn readers_of_files_on_disk_who_take_nothing_cost_little_memory() {
    raise_descriptor_limit(READERS as u64 + 512);
    let place =
        Place::with_three_games_and("[limits]\ntrusted_proxies = []\n[site]\nmemory_mib = 0");
    place.write("alpha/big.bin", noise(1, 8 << 20));
    let (running, port) = place.serve(&["alpha", "--log", "off"]);
    let before = peak_memory(running.pid());
    let readers: Vec<_> = (0..READERS).map(|_| slow_reader(port)).collect();
    readers.iter().for_each(wait_for_answer);
    // Until the server waits for all of them.
    let mib = settled_peak(running.pid()) - before;
    assert!(mib <= MOST_MIB, "{mib} MiB");
    // Others still get files whole.
    let mut player = Client::connect(port);
    assert_eq!(player.get("/big.bin").body, noise(1, 8 << 20));
    drop((readers, running));
}

#[test]
fn idle_connections_leave_their_buffers_to_others() {
    raise_descriptor_limit((TOGETHER * WAVES + 512) as u64);
    let place = Place::with_three_games();
    let (running, port) = place.serve(&["alpha", "--log", "off"]);
    let index = Client::connect(port).get("/").body;
    let before = memory_kib(running.pid());
    let mut clients = Vec::new();
    for _ in 0..WAVES {
        let mut wave: Vec<_> = (0..TOGETHER).map(|_| Client::connect(port)).collect();
        for client in &mut wave {
            assert_eq!(client.get("/").body, index);
        }
        clients.extend(wave);
        // Longer than the server keeps buffers for a request that does not come.
        std::thread::sleep(Duration::from_millis(1500));
    }
    let each = (memory_kib(running.pid()) - before) / clients.len() as u64;
    assert!(each <= MOST_KIB_IDLE, "{each} KiB each");
    for client in &mut clients {
        assert_eq!(client.get("/").body, index);
    }
}

#[test]
fn a_large_game_is_built_and_served_in_little_memory() {
    let peak = |scripts: usize, data: usize| {
        let (place, script) = place_of_game(scripts, data);
        let (running, port) = place.serve(&["alpha", "--log", "off"]);
        assert_eq!(Client::connect(port).get("/a.js").body, script.as_bytes());
        settled_peak(running.pid())
    };
    let grown = peak(SCRIPTS, DATA) - peak(1, 1);
    assert!(grown <= MOST_MIB_OF_GAME, "{grown} MiB");
}

/// The lines of each script, and the bytes of the other file, of a game of 58 MB.
const SCRIPTS: usize = 450_000;
const DATA: usize = 9 << 20;

/// A place with `memory_mib = 16` and a game of three scripts of so many lines, which are returned, and a file of so many bytes.
fn place_of_game(scripts: usize, data: usize) -> (Place, String) {
    let place = Place::with_three_games_and("[site]\nmemory_mib = 16");
    let words = |number| format!("function w{number}(){{return \"{number}.png\"}}\n");
    let script: String = (0..).map(words).take(scripts).collect();
    for name in ["a", "b", "c"] {
        place.write(&format!("alpha/{name}.js"), &script);
    }
    place.write("alpha/data.bin", noise(1, data));
    (place, script)
}

/// A control group of its own, whose processes may use so many bytes of memory together. It goes with the test.
struct ControlGroup(PathBuf);

impl ControlGroup {
    /// `None` where the test may make none.
    fn new(limit: u64) -> Option<Self> {
        let name = format!("webserver-test-{}", std::process::id());
        [
            ("/sys/fs/cgroup", "memory.max"),
            ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
        ]
        .into_iter()
        .find_map(|(hierarchy, file)| {
            let folder = Path::new(hierarchy).join(&name);
            fs::create_dir(&folder).ok()?;
            let group = Self(folder);
            // The kernel makes the file, if the hierarchy has such limits.
            let file = group.0.join(file);
            (file.exists() && fs::write(file, limit.to_string()).is_ok()).then_some(group)
        })
    }
}

impl Drop for ControlGroup {
    fn drop(&mut self) {
        // Its last process may not be gone completely.
        in_time(|| fs::remove_dir(&self.0).ok());
    }
}

#[test]
fn a_large_game_lives_in_a_control_group_of_64_mib() {
    let Some(group) = ControlGroup::new(64 << 20) else {
        not_tested("control groups with a limit of memory");
        return;
    };
    let (place, script) = place_of_game(SCRIPTS, DATA);
    let procs = group.0.join("cgroup.procs");
    let script_of_shell = format!("echo $$ > '{}'; exec \"$0\" \"$@\"", procs.display());
    let arguments = [
        "-ec",
        &script_of_shell,
        WEBSERVER,
        "0",
        "alpha",
        "--log",
        "off",
    ];
    let mut running = Running::start(place.command("sh", &arguments));
    let port = running.port();
    // Until it is compressed, or ended by the system.
    settled_peak(running.pid());
    let mut player = Client::connect(port);
    assert_eq!(player.get("/b.js").body, script.as_bytes());
    assert_eq!(player.get("/data.bin").body, noise(1, DATA));
    assert!(running.is_alive());
    drop(running);
}

#[test]
fn the_oldest_answers_are_cut_when_earlier_versions_take_more_memory_than_they_may() {
    let place = Place::with_three_games_and(
        "watch = false
[site]
memory_mib = 8",
    );
    let length = 6 << 20;
    place.write("alpha/big.bin", noise(1, length));
    let (running, port) = place.serve(&["alpha", "--log", "off"]);
    let mut readers = Vec::new();
    for version in 2..=4 {
        let reader = slow_reader(port);
        wait_for_answer(&reader);
        readers.push(reader);
        place.write("alpha/big.bin", noise(version, length));
        place.run(&["publish", "alpha"]).with_code(0);
        // One earlier version is kept in any case, in the memory that those have.
        if version > 2 {
            running.until_err("a cut", |err| {
                err.matches("cut 1 slow download").count() == version as usize - 2
            });
        }
    }
    let read_rest = |mut reader: TcpStream| {
        let mut all = Vec::new();
        // An answer that is cut ends with an end or an error.
        let _ = reader.read_to_end(&mut all);
        all
    };
    let answers: Vec<_> = readers.into_iter().map(read_rest).collect();
    assert!(answers[0].len() < length && answers[1].len() < length);
    assert!(
        answers[2].ends_with(&noise(3, length)),
        "{}",
        answers[2].len()
    );
    assert_eq!(Client::connect(port).get("/big.bin").body, noise(4, length));
}

/// A client that asks for a large file and takes next to nothing of it.
fn slow_reader(port: u16) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let server = SocketAddr::from(([127, 0, 0, 1], port));
    socket.connect(&server.into()).unwrap();
    let mut stream = TcpStream::from(socket);
    let request = head("GET", "/big.bin", &["Connection: close"]);
    stream.write_all(request.as_bytes()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

fn wait_for_answer(reader: &TcpStream) {
    assert_eq!(reader.peek(&mut [0]).unwrap(), 1);
}

/// The most memory that a process has had, in MiB, when it has stayed the same for two seconds.
fn settled_peak(process: u32) -> u64 {
    let (mut peak, mut same) = (0, 0);
    let settled = in_time_of(PATIENCE * 5, || {
        std::thread::sleep(Duration::from_millis(100));
        let now = peak_memory(process);
        same = if now == peak { same + 1 } else { 0 };
        peak = now;
        (same == 20).then_some(now)
    });
    settled.unwrap_or(peak)
}

/// The most memory that a process has had, in MiB.
fn peak_memory(process: u32) -> u64 {
    status_kib(process, "VmHWM:") >> 10
}

/// The memory that a process has, in KiB.
fn memory_kib(process: u32) -> u64 {
    status_kib(process, "VmRSS:")
}

/// An amount in the status of a process (proc(5)).
fn status_kib(process: u32, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|line| line.split_whitespace().next());
    // None once it has ended.
    kib.map_or(0, |kib| kib.parse().unwrap())
}
