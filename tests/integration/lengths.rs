//! Files and functions of `src` are short enough to be read at once. The unit tests, which are tables, are not measured as
//! functions.

use std::fs;
use std::path::Path;

use crate::layers::rust_files;

const LONGEST_FILE: usize = 400;
const LONGEST_FUNCTION: usize = 60;

#[test]
fn no_file_is_longer_than_a_reader_takes_in() {
    let long: Vec<_> = sources()
        .into_iter()
        .map(|(file, text)| (file, text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST_FILE)
        .collect();
    assert!(long.is_empty(), "over {LONGEST_FILE} lines: {long:?}");
}

#[test]
fn no_function_is_longer_than_a_screen() {
    let mut count = 0;
    let mut long = Vec::new();
    for (file, text) in sources() {
        let code = text.split("\n#[cfg(test)]\nmod ").next().unwrap();
        let is_test = file.split('/').any(|part| part == "tests");
        for (name, lines) in functions(code).into_iter().filter(|_| !is_test) {
            count += 1;
            if lines > LONGEST_FUNCTION {
                long.push(format!("{file}: {name} has {lines}"));
            }
        }
    }
    assert!(long.is_empty(), "over {LONGEST_FUNCTION} lines: {long:#?}");
    assert!(count > 2000, "{count} functions");
}

#[test]
fn functions_are_measured_from_their_first_line_to_their_closing_brace() {
    let code = r#"
/// Not this fn either.
pub(crate) async fn one(a: u8) -> u8 {
    // A comment counts.
    fn inner() {
        "fn in_a_text() {"
    }

    {
        a
    }
}

trait Other {
    const fn empty() {}
    fn declared(&self);
    fn declared_in_lines<T>(
        &self,
    ) -> T
    where
        T: Copy;
}

fn last<T>(f: impl Fn(T))
where
    T: Copy,
{
}
"#;
    let expected = [
        ("one", 10),
        ("inner", 3),
        ("empty", 1),
        ("declared", 1),
        ("declared_in_lines", 5),
        ("last", 5),
    ];
    assert_eq!(functions(code), expected);
}

/// The source files by their paths below `src`, and their texts.
fn sources() -> Vec<(String, String)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = rust_files(&source).into_iter();
    files
        .map(|file| {
            let name = file.strip_prefix(&source).unwrap().to_str().unwrap();
            (name.to_owned(), fs::read_to_string(&file).unwrap())
        })
        .collect()
}

/// The functions of formatted code, and their lines. The head ends at a brace or, without a body, at a semicolon; the body
/// ends at the brace that stands below the function's beginning.
fn functions(code: &str) -> Vec<(&str, usize)> {
    let lines: Vec<_> = code.lines().collect();
    let mut functions = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else {
            continue;
        };
        let indent = &line[..line.len() - line.trim_start().len()];
        let is_end = |line: &&str| line.strip_prefix(indent) == Some("}");
        let is_head_end = |line: &&str| line.ends_with(['{', '}', ';']);
        let mut rest = lines[start..].iter();
        let head = rest.position(is_head_end).unwrap() + 1;
        let has_body = lines[start + head - 1].ends_with('{');
        let body = has_body.then(|| rest.position(is_end).unwrap() + 1);
        functions.push((name, head + body.unwrap_or_default()));
    }
    functions
}

/// The name of the function that begins in a line.
fn function_name(line: &str) -> Option<&str> {
    let (before, rest) = line.split_once("fn ")?;
    let is_qualifier = |word: &str| word.starts_with("pub") || ["async", "const"].contains(&word);
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
    before
        .split_whitespace()
        .all(is_qualifier)
        .then_some(&rest[..end])
}
