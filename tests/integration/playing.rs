//! `webserver check --play`: the game in a real browser, and what remains of the browser afterwards.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use crate::json_output::schema;
use crate::support::{Finished, Place, Running, in_time, not_tested};

/// The longest time of two visits on a busy machine.
const VISITS: Duration = Duration::from_secs(240);

/// The browser of this machine; `None`, with a note, if there is none.
fn browser() -> Option<&'static str> {
    let known = ["/usr/bin/chromium", "/usr/bin/google-chrome"];
    let found = known.into_iter().find(|file| Path::new(file).exists());
    if found.is_none() {
        not_tested("check --play: no Chromium");
    }
    found
}

/// A place whose temporary files are its own.
fn place() -> Place {
    let place = Place::new();
    fs::create_dir(place.path("temporary")).unwrap();
    place
}

fn start(place: &Place, arguments: &[&str]) -> Running {
    let mut command = place.webserver(arguments);
    command.env("TMPDIR", place.path("temporary"));
    Running::start(command)
}

fn play(place: &Place, arguments: &[&str]) -> Finished {
    let all = [&["check", "--play"], arguments].concat();
    let finished = start(place, &all).exit_within(VISITS);
    assert_eq!(leftovers(place), (Vec::new(), Vec::new()));
    finished
}

/// The processes of a browser with a profile in this place, and the files there.
fn leftovers(place: &Place) -> (Vec<String>, Vec<String>) {
    let temporary = place.path("temporary");
    let profile = temporary.to_str().unwrap().as_bytes();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let commands = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    let ours = commands.filter(|command| {
        let has_profile = command.windows(profile.len()).any(|at| at == profile);
        has_profile && !command.starts_with(b"ps")
    });
    let files = fs::read_dir(&temporary).unwrap().flatten();
    let names = files.map(|file| file.file_name().to_string_lossy().into_owned());
    (
        ours.map(|command| String::from_utf8_lossy(&command).into_owned())
            .collect(),
        names.collect(),
    )
}

fn findings(report: &Value) -> Vec<String> {
    let findings = report["games"][0]["findings"].as_array().unwrap().iter();
    let played = findings.filter(|one| one["kind"].as_str().unwrap().starts_with("play-"));
    let mut found: Vec<_> = played
        .map(|one| {
            for key in ["what", "mend"] {
                let text = one[key].as_str().unwrap();
                assert!(!text.is_empty() && !text.contains("%{"), "{one}");
            }
            let word = |key: &str| one[key].as_str().unwrap_or("-").to_owned();
            let line = one["line"].as_u64().unwrap_or(0);
            format!(
                "{} {} {}:{line} {}",
                word("severity"),
                word("kind"),
                word("file"),
                word("what")
            )
        })
        .collect();
    found.sort();
    found
}

#[test]
fn a_game_is_played_on_this_machine_and_on_a_phone() {
    let Some(browser) = browser() else { return };
    let place = place();
    place.write(
        "game/index.html",
        "<!doctype html><meta name=viewport content='width=device-width'><title>t</title><h1>Play</h1>\n\
         <script src=gone.js></script><script src=js/main.js></script>",
    );
    place.write(
        "game/js/main.js",
        "fetch('level.json');\nconsole.error('no sound', 7);\nPromise.reject(new Error('unlucky'));\n\
         if (!isSecureContext) alert('no https, ' + innerWidth + ' wide, ' + navigator.maxTouchPoints);\n\
         new Worker('js/worker.js');\nnull.play();",
    );
    place.write("game/js/worker.js", "fetch('../map.bin');\nthrow 'tired';");
    let arguments = ["./game", "--json", "--out", "shots", "--browser", browser];
    let finished = play(&place, &arguments).with_code(1);
    let report: Value = serde_json::from_str(&finished.out).unwrap();
    let both = "(on this machine and on a phone)";
    assert_eq!(
        findings(&report),
        [
            format!(
                "error play-exception js/main.js:6 exception: TypeError: Cannot read properties of null (reading 'play') {both}"
            ),
            format!("error play-exception js/worker.js:2 exception: tired {both}"),
            format!("error play-missing -:0 requests gone.js, and the response is 404 {both}"),
            format!(
                "warning play-console-error js/main.js:2 error in the console: no sound 7 {both}"
            ),
            "warning play-dialog -:0 opens a dialog: no https, 390 wide, 5 (on a phone at http://)"
                .to_owned(),
            format!("warning play-missing -:0 requests level.json, and the response is 404 {both}"),
            format!("warning play-missing -:0 requests map.bin, and the response is 404 {both}"),
            format!(
                "warning play-rejection js/main.js:3 unhandled rejection: Error: unlucky {both}"
            ),
        ],
        "{:#}",
        report["games"][0]["findings"]
    );
    let play = &report["games"][0]["play"];
    assert_eq!(
        schema(play),
        "\
: object
browser: string
visits: array
visits[]: object
visits[].bytes: integer
visits[].files: integer
visits[].first_picture: object
visits[].first_picture.bytes: integer
visits[].first_picture.seconds: float
visits[].isolated: boolean
visits[].screenshot: string
visits[].seconds: float
visits[].secure: boolean
visits[].settled: boolean
visits[].visitor: string
"
    );
    for (visit, visitor, is_secure, size) in [
        (0, "this-machine", true, [1280, 800]),
        (1, "phone", false, [780, 1688]),
    ] {
        let visit = &play["visits"][visit];
        assert_eq!(visit["visitor"], visitor);
        assert_eq!(visit["secure"], is_secure);
        assert_eq!(visit["settled"], true, "{visit}");
        assert!(visit["bytes"].as_u64() > visit["first_picture"]["bytes"].as_u64());
        let file = place.path(&format!("shots/game-{visitor}.png"));
        let png = fs::read(&file).unwrap();
        let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
        assert_eq!([number(16), number(20)], size, "PNG, 11.2.2: width, height");
    }
}

#[test]
fn a_game_that_plays_has_no_faults_and_an_empty_one_shows_nothing() {
    let Some(browser) = browser() else { return };
    let place = place();
    place.write(
        "game/index.html",
        "<!doctype html><title>t</title><body bgcolor=navy><script>history.pushState(0, '', 'deep/');\n\
         document.body.append('Ready'); console.log('fine'); navigator.getBattery?.();</script>",
    );
    let finished = play(&place, &["./game", "--browser", browser, "--lang", "zh-CN"]).with_code(0);
    assert!(finished.out.contains("首个画面"), "{}", finished.out);
    place.write(
        "empty/index.html",
        "<!doctype html><title>t</title><body bgcolor=navy>",
    );
    let finished = play(&place, &["./empty", "--browser", browser]).with_code(1);
    let text = finished
        .out
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let blank = "shows nothing but a single colour (on this machine and on a phone)";
    assert!(text.contains(blank), "{text}");
}

#[test]
fn an_interrupted_visit_leaves_no_process_and_no_profile() {
    let Some(browser) = browser() else { return };
    for signal in [Signal::INT, Signal::TERM] {
        let place = place();
        // It waits for a picture that never comes.
        place.write("game/index.html", "<!doctype html><title>t</title>");
        let running = start(&place, &["check", "--play", "./game", "--browser", browser]);
        in_time(|| (leftovers(&place).0.len() > 2).then_some(())).unwrap();
        running.signal(signal);
        let code = if signal == Signal::INT { 130 } else { 1 };
        let finished = running.exit().with_code(code);
        assert!(finished.err.contains("interrupted"), "{}", finished.err);
        // Helpers of the browser go by themselves once it is gone.
        let are_gone = in_time(|| (leftovers(&place) == (vec![], vec![])).then_some(()));
        assert!(are_gone.is_some(), "{:?}", leftovers(&place));
    }
}

#[test]
fn a_browser_that_is_none_is_named_with_what_to_do() {
    let place = place();
    place.game("game");
    for (name, script) in [("ends", "#!/bin/sh\nexit 3\n"), ("missing", "")] {
        let program = place.path(name);
        if !script.is_empty() {
            fs::write(&program, script).unwrap();
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let program = program.to_str().unwrap();
        let finished = play(&place, &["./game", "--browser", program]).with_code(1);
        for word in [program, "--browser FILE"] {
            assert!(finished.err.contains(word), "{}", finished.err);
        }
        assert_eq!(finished.out, "");
    }
    // Without --play there are no pictures to save.
    place
        .run(&["check", "./game", "--out", "shots"])
        .with_code(2);
}
