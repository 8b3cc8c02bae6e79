//! Full disks, mounts, signals, kills and other commands at the same time.

use std::fs::{self, File};
use std::time::Duration;

use rustix::process::Signal;
use tar::EntryType;

use super::{PAGE, config, games, kept, tar, wait_for_handler, zip};
use crate::support::{Finished, Place, Running, not_tested};

#[test]
fn a_full_disk_leaves_the_library_as_it_was() {
    let place = Place::new();
    place.game("first");
    place.run(&["add", "first"]).with_code(0);
    let before = config(&place);
    place.game("export");
    place.write("export/big.bin", vec![7; 3 << 20]);
    zip(
        &place,
        "export.zip",
        &[("index.html", "page"), ("big.bin", &"x".repeat(3 << 20))],
    );
    for source in ["export", "export.zip"] {
        // A file larger than 1 MB fails to be written, as on a full disk.
        let script = "ulimit -f 1024; trap '' XFSZ; exec \"$@\"";
        let program = env!("CARGO_BIN_EXE_webserver");
        let command = place.command("bash", &["-c", script, "bash", program, "add", source]);
        let done = Running::start(command).exit().with_code(1);
        assert!(
            done.out.contains("cannot write") && done.out.contains("big.bin"),
            "{done:?}"
        );
        assert_eq!(config(&place), before);
        assert_eq!(kept(&place), ["first"]);
    }
}

/// Runs a shell script where mounts can be made; `None` where only the administrator may.
fn with_mounts(place: &Place, script: &str) -> Option<Finished> {
    let program = env!("CARGO_BIN_EXE_webserver");
    let arguments = [
        "--mount",
        "--user",
        "--map-root-user",
        "bash",
        "-ec",
        script,
        "bash",
        program,
    ];
    let done = Running::start(place.command("unshare", &arguments)).exit();
    if done.err.contains("unshare: ") {
        not_tested(&format!("mounts: {}", done.err));
        return None;
    }
    Some(done)
}

#[test]
fn a_game_that_would_leave_little_of_the_disk_is_refused() {
    let place = Place::new();
    place.game("export");
    let big = vec![7; 40 << 20];
    let members = tar(&[PAGE, (b"big.bin", EntryType::Regular, &big)]);
    place.write("export.tar", members);
    place.write("export/big.bin", big);
    for source in ["export", "export.tar"] {
        // It would fit, but 64 MiB are left to others.
        let script = format!(
            "mkdir -p disk && mount -t tmpfs -o size=90m none disk && cd disk && \
             code=0; \"$1\" add ../{source} || code=$?; ls -A games >&2 || true; exit $code"
        );
        let Some(done) = with_mounts(&place, &script) else {
            return;
        };
        let done = done.with_code(1);
        assert!(
            done.out.contains("cannot write") && done.out.contains("big.bin"),
            "{done:?}"
        );
    }
}

#[test]
fn a_configuration_that_is_a_mount_is_overwritten_with_a_note() {
    let place = Place::new();
    for game in ["one", "two"] {
        place.game(game);
    }
    place.write("outside.toml", "lang = \"en\" # a comment\n");
    place.write("config.toml", "");
    let script =
        "mount --bind outside.toml config.toml; \"$1\" add one two; \"$1\" rename two second";
    let Some(done) = with_mounts(&place, script) else {
        return;
    };
    let done = done.with_code(0);
    assert!(done.err.contains("overwritten"), "{done:?}");
    let text = fs::read_to_string(place.path("outside.toml")).unwrap();
    assert!(text.contains("# a comment"), "{text}");
    assert!(text.contains("one") && text.contains("second"), "{text}");
    assert_eq!(config(&place), "", "the file below the mount");
    let names = fs::read_dir(place.path("")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<_> = names.filter(|name| name.ends_with(".new")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_configuration_in_a_read_only_folder_is_not_changed_and_nothing_is_lost() {
    let place = Place::new();
    place.game("export");
    place.write("config.toml", "lang = \"en\"\n");
    let script = "mount --bind . .; mount -o remount,ro,bind . .; cd \"$PWD\"; ! \"$1\" add export";
    let Some(done) = with_mounts(&place, script) else {
        return;
    };
    let done = done.with_code(0);
    assert!(done.out.contains("cannot write"), "{done:?}");
    assert_eq!(config(&place), "lang = \"en\"\n");
    assert!(kept(&place).is_empty());
}

#[test]
fn a_lost_and_found_folder_is_no_game_and_stays_behind() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.write("config.toml", "library = \"volume\"\n");
    for folder in ["volume", "volume/game"] {
        place.write(&format!("{folder}/lost+found/fragment"), "x");
    }
    place.game("volume/game");
    let locked = place.path("volume/game/lost+found");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    assert_eq!(games(&place).keys().collect::<Vec<_>>(), ["game"]);
    place
        .run(&["add", "volume/game", "--as", "copy"])
        .with_code(0);
    assert!(!place.path("games/copy/lost+found").exists());
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn ctrl_c_leaves_the_library_as_it_was() {
    let place = Place::new();
    place.game("export");
    // A locked library keeps the command waiting.
    let lock = File::open(place.path("")).unwrap();
    lock.lock().unwrap();
    let running = Running::start(place.webserver(&["add", "export"]));
    wait_for_handler(running.pid());
    running.signal(Signal::INT);
    let done = running.exit().with_code(130);
    assert!(done.out.contains("interrupted"), "{done:?}");
    assert!(!place.path("config.toml").exists());
    assert!(kept(&place).is_empty());
}

#[test]
fn concurrent_commands_on_one_library_lose_nothing() {
    let place = Place::new();
    let names: Vec<_> = (0..6).map(|number| format!("game-{number}")).collect();
    for name in &names {
        place.game(name);
    }
    let running: Vec<_> = names
        .iter()
        .map(|name| Running::start(place.webserver(&["add", name])))
        .collect();
    for running in running {
        running.exit().with_code(0);
    }
    assert_eq!(games(&place).keys().cloned().collect::<Vec<_>>(), names);
    assert_eq!(kept(&place), names);
}

/// The next pseudo-random number.
fn next(seed: &mut u64) -> u64 {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

#[test]
fn a_kill_at_any_moment_leaves_complete_games() {
    const FILES: usize = 40;
    let place = Place::new();
    let write = |edition: &str| {
        for number in 0..FILES {
            place.write(
                &format!("{edition}/game/{number}.js"),
                edition.repeat(100 + number),
            );
        }
        place.write(&format!("{edition}/game/index.html"), edition);
    };
    ["old", "new"].into_iter().for_each(write);
    place.game("other");
    place.run(&["add", "other"]).with_code(0);
    // Sometimes longer than the command takes.
    let begun = std::time::Instant::now();
    place.run(&["add", "old/game"]).with_code(0);
    let whole = begun.elapsed().as_micros() as u64;
    let mut seed = 1;
    let mut was_there = [0; 3];
    for round in 0..400 {
        // On a busy machine it takes more kills to have met every state.
        if round >= 100 && was_there.iter().all(|count| *count > 0) {
            break;
        }
        let arguments: &[&str] = match round % 4 {
            0 => &["add", "new/game", "--force"],
            1 => &["add", "old/game", "--force"],
            2 => &["remove", "game", "--yes"],
            _ => &["add", "old/game"],
        };
        let running = Running::start(place.webserver(arguments));
        std::thread::sleep(Duration::from_micros(next(&mut seed) % (2 * whole)));
        running.signal(Signal::KILL);
        running.exit();

        let games = games(&place);
        assert_eq!(games["other"].len(), 1);
        let edition = match games.get("game") {
            Some(files) => {
                assert_eq!(files.len(), FILES + 1, "round {round}");
                let edition = String::from_utf8(files["index.html"].clone()).unwrap();
                for number in 0..FILES {
                    let expected = edition.repeat(100 + number);
                    assert_eq!(
                        files[&format!("{number}.js")],
                        expected.as_bytes(),
                        "round {round}"
                    );
                }
                1 + usize::from(edition == "new")
            }
            None => 0,
        };
        was_there[edition] += 1;
    }
    // The next complete run cleans up.
    place.run(&["add", "old/game", "--force"]).with_code(0);
    let kept = kept(&place);
    assert_eq!(kept.len(), 2, "{kept:?}, after {was_there:?}");
    assert_eq!(games(&place)["game"]["index.html"], b"old");
    assert!(!place.path(".config.toml.new").exists());
    assert!(was_there.iter().all(|count| *count > 0), "{was_there:?}");
}
