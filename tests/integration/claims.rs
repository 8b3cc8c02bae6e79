//! Module documentation states what a part never does; its code names nothing that would.

use std::collections::BTreeSet;

use crate::layers::{Graph, files, rooms, source_files};

/// Names of clocks, which give the time that it is.
const CLOCKS: &[&str] = &[
    "Instant::now",
    "SystemTime::now",
    "coarse_clock",
    "tokio::time",
];

/// Names of input and output, and of what surrounds the program.
const SURROUNDINGS: &[&str] = &[
    "std::fs",
    "fs::",
    "std::net::Tcp",
    "std::env",
    "std::process",
    "std::path",
    "std::thread",
    "tokio",
    "crate::config",
    "Mutex",
    "RwLock",
];

#[test]
fn respond_has_no_clock_no_surroundings_and_no_setting() {
    // With all that it imports of its room: the rest is the site, which is complete.
    let part = imported(&files(), "http/respond", |file| file.starts_with("http/"));
    assert!(part.len() > 8, "{part:?}");
    assert_no_names(|file| part.contains(file), &[CLOCKS, SURROUNDINGS].concat());
}

#[test]
fn http_joins_no_path_and_opens_no_file() {
    let is_http = |file: &str| file.starts_with("http/");
    assert_no_names(
        is_http,
        &["std::fs", "std::path", "crate::fs", "File::open"],
    );
}

#[test]
fn only_the_event_stream_of_http_depends_on_the_time() {
    let is_other = |file: &str| file.starts_with("http/") && file != "http/event_stream";
    assert_no_names(is_other, CLOCKS);
}

#[test]
fn sites_handle_no_requests_and_depend_on_no_time() {
    // The cache records the time when an entry was used.
    let is_site = |file: &str| file.starts_with("site/") && file != "site/cache";
    let requests = [
        "http::Request",
        "http::Response",
        "Method",
        "Uri",
        "crate::http",
    ];
    assert_no_names(is_site, &[CLOCKS, &requests].concat());
}

#[test]
fn rooms_at_the_bottom_import_nothing_but_their_tools() {
    let rooms = rooms(&files());
    for (room, known) in [
        ("server", &["metrics", "tls"][..]),
        ("tls", &["fs"]),
        ("qr", &[]),
        ("metrics", &[]),
        ("fs", &[]),
        ("html", &[]),
        ("compression", &[]),
        ("names", &[]),
        ("language", &[]),
        ("sandbox", &[]),
    ] {
        let imported: Vec<_> = rooms[room].iter().map(String::as_str).collect();
        assert_eq!(imported, known, "imports of {room}");
    }
}

#[test]
fn no_part_of_the_library_imports_the_configuration() {
    let rooms = rooms(&files());
    let composed = [
        "main",
        "commands",
        "control",
        "console",
        "cli",
        "import",
        "web_console",
    ];
    for (room, imported) in rooms
        .iter()
        .filter(|(room, _)| !composed.contains(&room.as_str()))
    {
        assert!(!imported.contains("config"), "{room} imports config");
    }
}

#[test]
fn checking_detecting_and_listing_games_write_nothing() {
    let reads = |file: &str| {
        ["check/", "detect/", "library/"]
            .iter()
            .any(|room| file.starts_with(room))
    };
    let writes = [
        "fs::write",
        "create_dir",
        "File::create",
        "fs::rename",
        "fs::remove",
        "OpenOptions",
        "replace::",
    ];
    assert_no_names(reads, &writes);
}

#[test]
fn only_the_console_writes_to_the_terminal() {
    let is_other = |file: &str| !file.starts_with("console/");
    assert_no_names(
        is_other,
        &["println!", "eprint!", "print!(", "io::stderr", "dbg!"],
    );
}

#[test]
fn text_reaches_the_terminal_only_through_the_type_that_escapes_it() {
    // The painter takes `Printable` and `ScreenLine`, whose texts are private; standard output escapes what it prints.
    let writes = |file: &str| ["console/painter", "console/stdout"].contains(&file);
    assert_no_names(
        |file| !writes(file),
        &[
            "rustix::io::write",
            "io::stdout().write",
            "stdout().lock",
            "/dev/tty\"",
        ],
    );
    // Values of messages lose line ends too, so that none begins a line of its own.
    let has_values = |file: &str| {
        // Keys that are put together have no values; a log event is printed as one line.
        let others = [
            "console/message",
            "console/log",
            "cli/help",
            "web_console/texts",
        ];
        !file.starts_with("site/") && !others.contains(&file)
    };
    assert_no_names(has_values, &["rust_i18n::t", "replace_patterns"]);
    assert_no_names(|file| file != "console/output", &["Printable::drawn"]);
    // Its text is private.
    let code = &source_files()["console/printable"];
    assert!(code.contains("pub(crate) struct Printable(String);"));
}

#[test]
fn only_main_picks_an_exit_code() {
    let is_other = |file: &str| file != "main";
    assert_no_names(is_other, &["process::exit", "ExitCode", "process::abort"]);
}

#[test]
fn the_library_has_no_messages() {
    let binary = [
        "main",
        "commands/",
        "control/",
        "console/",
        "cli/",
        "import/",
        "web_console/",
    ];
    // The pages of a site exist in both languages.
    let is_library = |file: &str| {
        !binary.iter().any(|part| file.starts_with(part)) && !file.starts_with("site/")
    };
    assert_no_names(
        is_library,
        &["rust_i18n::t", "set_locale", "rust_i18n::locale"],
    );
}

/// A file and the files that it imports, directly or not, as far as they belong to a part.
fn imported(files: &Graph, first: &str, belongs: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut left = vec![first.to_owned()];
    while let Some(file) = left.pop() {
        left.extend(
            files[&file]
                .iter()
                .filter(|file| belongs(file) && !found.contains(*file))
                .cloned(),
        );
        found.insert(file);
    }
    found
}

fn assert_no_names(belongs: impl Fn(&str) -> bool, names: &[&str]) {
    let files = source_files();
    let part: Vec<_> = files.iter().filter(|(file, _)| belongs(file)).collect();
    assert!(!part.is_empty(), "no file");
    for (file, code) in part {
        for name in names {
            let line = code.lines().find(|line| has_name(line, name));
            assert_eq!(line, None, "{file} names {name}");
        }
    }
}

/// True if a line has a name that does not continue another word.
fn has_name(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

#[test]
fn a_name_is_found_at_its_beginning_only() {
    assert!(has_name("use std::fs::read;", "std::fs"));
    assert!(has_name("let now = Instant::now();", "Instant::now"));
    assert!(has_name("x.print!(", "print!("));
    assert!(!has_name("eprint!(", "print!("));
    assert!(!has_name("cap_std::fs", "std::fs"));
}
