//! The game on the air survives damage to its folder, a full disk and a killed program.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};

use rustix::process::{Signal, geteuid};

use crate::support::{Client, Place, Running, WEBSERVER, head, in_time};

/// More than the buffers of a connection hold, and more than is kept in memory in these tests.
const BIG: usize = 8 << 20;

fn big() -> Vec<u8> {
    (0..BIG).map(|at| (at % 251 + at / 65_536) as u8).collect()
}

/// A game with a small file in memory and one that stays on disk.
fn place() -> Place {
    let place = Place::with_three_games_and("[site]\nbig_file_mib = 1");
    place.write("alpha/big.bin", big());
    place.write("alpha/small.js", "small");
    place
}

/// Files in memory are sent to a client that was connected before, and to a new one.
fn assert_on_the_air(before: &mut Client, port: u16) {
    for client in [before, &mut Client::connect(port)] {
        assert_eq!(client.get("/").text(), "alpha");
        assert_eq!(client.get("/small.js").text(), "small");
    }
}

#[test]
fn a_game_stays_on_the_air_when_its_folder_is_deleted_replaced_or_locked() {
    type Harm = (&'static str, fn(&Place));
    let harms: [Harm; 3] = [
        ("deleted", |place| {
            fs::remove_dir_all(place.path("alpha")).unwrap();
        }),
        ("replaced", |place| {
            fs::rename(place.path("alpha"), place.path("old")).unwrap();
            for name in ["index.html", "small.js", "big.bin"] {
                place.write(&format!("alpha/{name}"), "another");
            }
        }),
        ("locked", |place| {
            let locked = Permissions::from_mode(0o000);
            fs::set_permissions(place.path("alpha/big.bin"), locked.clone()).unwrap();
            fs::set_permissions(place.path("alpha"), locked).unwrap();
        }),
    ];
    for (what, harm) in harms {
        let place = place();
        // Without the watcher, which rightly warns about a folder that is gone.
        let (running, port) = place.serve(&["alpha", "--no-watch"]);
        let mut client = Client::connect(port);
        assert_on_the_air(&mut client, port);
        let mut downloading = Client::connect(port);
        downloading.send(head("GET", "/big.bin", &[]));
        downloading.answer_head().unwrap();
        harm(&place);
        assert_on_the_air(&mut client, port);
        // The server keeps the file open.
        let mut body = Vec::new();
        while body.len() < BIG {
            body.extend(downloading.read(1 << 20).unwrap());
        }
        assert!(body == big(), "{what}");
        assert!(client.get("/big.bin").body == big(), "{what}");
        assert!(!running.err().contains("! "), "{what}: {}", running.err());
        if what == "locked" {
            let open = Permissions::from_mode(0o700);
            fs::set_permissions(place.path("alpha"), open).unwrap();
        }
    }
}

#[test]
fn a_truncated_file_ends_one_response_early_and_is_logged() {
    let place = place();
    let (running, port) = place.serve(&["alpha"]);
    let mut client = Client::connect(port);
    assert_on_the_air(&mut client, port);
    let file = File::options()
        .write(true)
        .open(place.path("alpha/big.bin"));
    file.unwrap().set_len(1000).unwrap();
    let mut cut = Client::connect(port);
    cut.send(head("GET", "/big.bin", &[]));
    assert_eq!(cut.answer_head().unwrap().length(), BIG);
    assert!(cut.rest().len() < BIG);
    running.until_err("word of it", |err| err.contains("big.bin"));
    assert_on_the_air(&mut client, port);
}

#[test]
fn a_game_whose_folder_is_gone_is_not_published() {
    let place = place();
    let (_running, port) = place.serve(&["alpha"]);
    let mut client = Client::connect(port);
    fs::remove_dir_all(place.path("beta")).unwrap();
    let port_text = port.to_string();
    let publish = |game| place.run(&["publish", game, "--port", &port_text]);
    let finished = publish("beta").with_code(1);
    assert!(finished.err.contains("beta"), "{finished:?}");
    assert_on_the_air(&mut client, port);
    publish("gamma").with_code(0);
    assert_eq!(client.get("/").text(), "gamma");
}

#[test]
fn a_link_that_leads_out_of_a_game_is_left_alone() {
    let place = place();
    let game = place.path("alpha");
    place.write("shared/picture.png", "picture");
    // The last one has no end: below it, each process has a link to the root folder.
    for (link, target) in [
        ("shared", "../shared"),
        ("system", "/etc"),
        ("proc", "/proc"),
    ] {
        symlink(target, game.join(link)).unwrap();
    }
    let (running, port) = place.serve(&["alpha"]);
    place.write("alpha/index.html", "changed");
    let is_changed = || (Client::connect(port).get("/").text() == "changed").then_some(());
    in_time(is_changed).expect("its own files are watched");
    assert_eq!(Client::connect(port).get("/shared/picture.png").status, 404);
    running.signal(Signal::TERM);
    let finished = running.exit().with_code(0);
    assert!(!finished.err.contains("polled"), "{}", finished.err);
}

/// Starts the program with `folders` on a disk of 64 KiB, which is gone when it ends.
fn on_a_small_disk(place: &Place, folders: &[&str], arguments: &[&str]) -> Running {
    on_a_disk_of("64k", place, folders, arguments)
}

/// The same with a disk of this size for each.
pub(crate) fn on_a_disk_of(
    size: &str,
    place: &Place,
    folders: &[&str],
    arguments: &[&str],
) -> Running {
    let mut mounts = String::new();
    for folder in folders {
        let path = place.path(folder);
        fs::create_dir_all(&path).unwrap();
        mounts += &format!(
            "mount -t tmpfs -o size={size} none '{}' && ",
            path.display()
        );
    }
    let script = format!("{mounts}exec \"$0\" \"$@\"");
    let mut all = vec!["--mount"];
    if !geteuid().is_root() {
        all.push("--map-root-user");
    }
    all.extend(["sh", "-c", &script, WEBSERVER]);
    all.extend(arguments);
    let mut command = place.command("unshare", &all);
    command
        .env("TMPDIR", place.path("temporary"))
        .env("XDG_CACHE_HOME", place.path("cache"))
        .env("XDG_STATE_HOME", place.path("state"));
    Running::start(command)
}

#[test]
fn a_game_that_needs_no_disk_is_published_on_a_full_disk() {
    let place = place();
    // Larger than the disk even when compressed.
    let noise: Vec<String> = (0..20_000_u32)
        .map(|n| format!("{:x}\n", n.wrapping_mul(2_654_435_761)))
        .collect();
    place.write("alpha/noise.js", noise.concat());
    let running = on_a_small_disk(&place, &["cache", "state"], &["0", "alpha"]);
    let port = running.port();
    let mut client = Client::connect(port);
    assert_on_the_air(&mut client, port);
    // Each time on a connection of its own, because the requests of one are limited.
    let mut is_coded = || {
        let fields = ["Accept-Encoding: gzip"];
        let answer = Client::connect(port).request("GET", "/noise.js", &fields);
        (answer.field("content-encoding") == Some("gzip")).then_some(())
    };
    // The best coding takes long on a busy machine.
    let coded = (0..4).find_map(|_| in_time(&mut is_coded));
    coded.expect("it is compressed all the same");
    // The first connection may have been idle for too long.
    assert!(Client::connect(port).get("/big.bin").body == big());
}

#[test]
fn a_game_that_needs_disk_fails_on_a_full_disk_with_the_reason() {
    let place = Place::new();
    place.write("config.toml", "[site]\nbig_file_mib = 1\n");
    let mut archive = zip::ZipWriter::new(File::create(place.path("game.zip")).unwrap());
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated);
    for (name, content) in [("index.html", b"page".to_vec()), ("big.bin", big())] {
        archive.start_file(name, options).unwrap();
        std::io::Write::write_all(&mut archive, &content).unwrap();
    }
    archive.finish().unwrap();
    let running = on_a_small_disk(&place, &["temporary"], &["0", "./game.zip"]);
    let finished = running.exit().with_code(1);
    assert!(finished.err.contains("set TMPDIR"), "{finished:?}");
    assert!(finished.err.contains("temporary"), "{finished:?}");
}

#[test]
fn a_killed_server_leaves_nothing_to_repair() {
    let place = place();
    let (first, port) = place.serve(&["alpha"]);
    let mut client = Client::connect(port);
    assert_on_the_air(&mut client, port);
    for _ in 0..3 {
        // During compression and a download.
        let (killed, port) = place.serve(&["alpha"]);
        let mut downloading = Client::connect(port);
        downloading.send(head("GET", "/big.bin", &[]));
        killed.signal(Signal::KILL);
        assert_eq!(killed.exit().code, None);
    }
    first.signal(Signal::KILL);
    assert_eq!(first.exit().code, None);
    let same = Running::start(place.webserver(&[&port.to_string(), "alpha"]));
    assert_eq!(same.port(), port);
    let mut client = Client::connect(port);
    assert_on_the_air(&mut client, port);
    assert!(client.get("/big.bin").body == big());
    place
        .run(&["status", "--port", &port.to_string()])
        .with_code(0);
}
