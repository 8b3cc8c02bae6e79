//! The commands in the documents do what the documents say.

use std::fs;
use std::path::Path;

use crate::support::{Finished, Place, Running};

const DOCUMENTS: &[&str] = &[
    "CONTRIBUTING.md",
    "README.md",
    "SECURITY.md",
    "docs/exports.md",
    "docs/hosting.md",
];

/// The commands in the shell blocks of a document, without their comments.
fn commands(document: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(document);
    let text = fs::read_to_string(path).unwrap();
    let blocks = text.split("\n```sh\n").skip(1);
    let lines = blocks.flat_map(|block| block.split("\n```").next().unwrap().lines());
    let commands = lines.map(|line| line.split(" #").next().unwrap().trim().to_owned());
    commands.filter(|command| !command.is_empty()).collect()
}

/// The part of a command that starts with this program, also in a container.
fn own_part(command: &str) -> Option<&str> {
    let inside = [
        "exec CONTAINER webserver ",
        "exec webserver webserver ",
        "-- webserver ",
    ];
    let inside = inside.iter().find_map(|before| command.split_once(before));
    match inside {
        Some((_, own)) => Some(own),
        None => command.strip_prefix("webserver "),
    }
}

/// Each form of a command: with all of its options, and with each of those that exclude each other.
fn forms(own: &str) -> Vec<String> {
    let all = |text: &str| text.replace(['[', ']'], "");
    let Some((before, after)) = own.split_once(" | ") else {
        return vec![all(own)];
    };
    let (common, first) = before.rsplit_once('[').unwrap();
    [first, after]
        .map(|one| all(&format!("{common}{one}")))
        .into()
}

/// Runs a command in a shell whose `webserver` is the one under test.
fn run_in_shell(place: &Place, command: &str) -> Finished {
    let program = Path::new(env!("CARGO_BIN_EXE_webserver")).parent().unwrap();
    let mut shell = place.command("sh", &["-ec", command]);
    let path = std::env::var("PATH").unwrap_or_default();
    shell.env("PATH", format!("{}:{path}", program.display()));
    Running::start(shell).exit()
}

#[test]
fn every_command_of_the_documents_is_understood() {
    let place = Place::new();
    let mut known = 0;
    for document in DOCUMENTS {
        for command in commands(document) {
            let forms = own_part(&command).map_or_else(Vec::new, forms);
            for form in forms {
                // The help comes after all words before it were understood.
                let help = run_in_shell(&place, &format!("webserver {form} --help"));
                assert_eq!(help.code, Some(0), "{document}: {command}: {help:?}");
                known += 1;
            }
            for word in command.split_whitespace() {
                let is_ours = ["dist/", "tests/", ".ci/"]
                    .iter()
                    .any(|ours| word.starts_with(ours));
                let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(word);
                assert!(!is_ours || path.exists(), "{document}: {command}: {word}");
            }
        }
    }
    assert!(known >= 15, "{known} commands");
}

#[test]
fn the_commands_of_the_readme_run_in_their_order() {
    let place = Place::new();
    fs::create_dir_all(place.home("exports/my-game")).unwrap();
    fs::write(place.home("exports/my-game/index.html"), "<p>My game</p>").unwrap();
    place.write("a.zip", zip_of("a"));
    let (_running, _) = place.serve(&["2048"]);
    let mut run = 0;
    for command in commands("README.md") {
        let Some(own) = own_part(&command).filter(|_| command.starts_with("webserver ")) else {
            continue;
        };
        if own.starts_with(|first: char| first.is_ascii_digit()) {
            // It would bind the port of the document; the game is served on a free one.
            let (_other, _) = place.serve(&[place.home("exports/my-game").to_str().unwrap()]);
            continue;
        }
        // What is on the web, and the questions that a terminal answers.
        let own = own.replace("b.tar.gz https://example.com/c.zip#sha256=...", "");
        let own = own.replace("remove my-best-game", "remove --yes my-best-game");
        for form in forms(&own) {
            let done = run_in_shell(&place, &format!("webserver {form}"));
            assert_eq!(done.code, Some(0), "{form}: {done:?}");
            run += 1;
        }
    }
    assert!(run > 10, "{run} commands");
    assert!(place.path("games/a/index.html").is_file());
    assert!(place.path("games.crt").is_file());
    assert!(!place.path("games/my-best-game").exists());
}

fn zip_of(content: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("index.html", options).unwrap();
    std::io::Write::write_all(&mut zip, content.as_bytes()).unwrap();
    zip.finish().unwrap().into_inner()
}
