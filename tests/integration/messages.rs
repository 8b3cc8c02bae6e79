//! Every message that the code asks for is there in both languages, and none is left over.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[test]
fn every_message_exists_in_both_languages() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let locales = fs::read_to_string(source.join("locales/app.yml")).unwrap();
    let is_key = |line: &&str| !line.starts_with([' ', '#']);
    let keys = locales
        .lines()
        .filter(is_key)
        .filter_map(|line| line.strip_suffix(':'));
    let written: BTreeSet<_> = keys.map(str::to_owned).collect();
    for key in &written {
        let rest = locales.split(&format!("\n{key}:\n")).nth(1).unwrap();
        let mut lines = rest.lines();
        let (english, chinese) = (lines.next().unwrap(), lines.next().unwrap());
        assert!(
            english.starts_with("  en: ") && chinese.starts_with("  zh-CN: "),
            "{key}"
        );
        assert_eq!(placeholders(english), placeholders(chinese), "{key}");
    }

    let mut asked = asked_for(&source);
    asked.extend(events(&source));
    asked.extend(console_texts(&source));
    // The help of the command line is asked for by the names of its arguments.
    let is_help = |key: &&String| key.starts_with("cli.");
    let unused: Vec<_> = written
        .difference(&asked)
        .filter(|key| !is_help(key))
        .collect();
    let missing: Vec<_> = asked.difference(&written).collect();
    assert!(missing.is_empty(), "asked for but not written: {missing:?}");
    assert!(unused.is_empty(), "written but not asked for: {unused:?}");
}

/// The keys of log events, which are looked up by the name of the event.
fn events(folder: &Path) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            keys.extend(events(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let code = fs::read_to_string(path).unwrap();
            let names = code.split("(event = \"").skip(1);
            let names = names.filter_map(|rest| rest.split('"').next());
            keys.extend(names.map(|name| format!("event.{name}")));
        }
    }
    keys
}

/// The keys of the texts of the console in the browser, which are looked up by their names.
fn console_texts(source: &Path) -> BTreeSet<String> {
    let code = fs::read_to_string(source.join("web_console/texts.rs")).unwrap();
    let lists = code.split("&[&str] = &[").skip(1);
    let lists = lists.filter_map(|list| list.split(']').next());
    let names: Vec<_> = lists
        .flat_map(|list| list.split('"').skip(1).step_by(2))
        .collect();
    assert!(names.len() > 100, "{names:?}");
    let keys = names.iter().map(|name| format!("web_console.{name}"));
    keys.collect()
}

fn placeholders(line: &str) -> BTreeSet<&str> {
    line.split("%{")
        .skip(1)
        .filter_map(|rest| rest.split('}').next())
        .collect()
}

fn asked_for(folder: &Path) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            keys.extend(asked_for(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let code = fs::read_to_string(path).unwrap();
            // Not `concat!(`.
            let starts = code.match_indices("t!(").filter(|(start, _)| {
                let before = code[..*start].chars().next_back();
                !before.is_some_and(char::is_alphanumeric)
            });
            let calls = starts.map(|(start, call)| code[start + call.len()..].trim_start());
            let literals = calls.filter_map(|call| call.strip_prefix('"'));
            let events = code.split("event = \"").skip(1);
            let events = events.filter_map(|rest| rest.split('"').next());
            keys.extend(events.map(|name| format!("event.{name}")));
            keys.extend(
                literals
                    .filter_map(|rest| rest.split('"').next())
                    .map(str::to_owned),
            );
        }
    }
    keys.retain(|key| {
        key.chars()
            .all(|c| c.is_ascii_alphanumeric() || "._".contains(c))
    });
    keys
}
