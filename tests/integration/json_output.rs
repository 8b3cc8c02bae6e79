//! The JSON that programs read: every field with its type, as a schema that must not change by accident.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{Client, Place};

/// Lists every field of a value as `path: type`. The elements of an array are merged; a field that not every element
/// has, or that has several types, shows all of them.
pub(crate) fn schema(value: &Value) -> String {
    let mut fields = BTreeMap::new();
    describe(value, "", &mut fields);
    fields
        .into_iter()
        .map(|(path, types)| format!("{path}: {}\n", types.join("|")))
        .collect()
}

fn describe(value: &Value, path: &str, fields: &mut BTreeMap<String, Vec<&'static str>>) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(elements) => {
            for element in elements {
                describe(element, &format!("{path}[]"), fields);
            }
            "array"
        }
        Value::Object(members) => {
            for (name, member) in members {
                let path = match path {
                    "" => name.clone(),
                    path => format!("{path}.{name}"),
                };
                describe(member, &path, fields);
            }
            "object"
        }
    };
    let types = fields.entry(path.to_owned()).or_default();
    if !types.contains(&kind) {
        types.push(kind);
        types.sort_unstable();
    }
}

/// Three games, one with a cover and a description, and entries that are rejected with and without a line.
fn place() -> Place {
    let place = Place::with_three_games();
    let config = std::fs::read_to_string(place.path("config.toml")).unwrap();
    let more = "[[games]]\nslug = \"full\"\npath = \"full\"\ndescription = \"A game.\"\ncover = \"a.png\"\n\
        headers = { \"X-Robots-Tag\" = \"noindex\" }\n\
        [[games]]\nslug = \"gone\"\npath = \"gone\"\n";
    place.write("config.toml", format!("library = \"more\"\n{config}{more}"));
    place.write("full/index.html", "<script src=\"gone.js\"></script>");
    place.write("full/a.png", "picture");
    place.write("full/.DS_Store", "");
    place.write(
        "full/data.bin.gz",
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    );
    place.write("more/empty/notes.txt", "no game");
    place
}

fn json(place: &Place, arguments: &[&str]) -> Value {
    serde_json::from_str(&place.run(arguments).out).unwrap()
}

#[test]
fn list_prints_this_schema() {
    let value = json(&place(), &["list", "--json"]);
    assert_eq!(
        schema(&value),
        "\
: object
games: array
games[]: object
games[].cover: null|string
games[].description: null|string
games[].engine: object
games[].engine.evidence: array
games[].engine.evidence[]: string
games[].engine.name: string
games[].engine.traits: array
games[].engine.version: null
games[].entry: string
games[].number: integer
games[].slug: string
games[].source: string
games[].title: string
games[].titles: object
games[].titles.en: string
games[].titles.zh: string
rejected: array
rejected[]: object
rejected[].file: null|string
rejected[].line: integer|null
rejected[].name: string
rejected[].reason: string
"
    );
}

#[test]
fn list_why_prints_this_schema() {
    let value = json(&place(), &["list", "--json", "--why", "full"]);
    assert_eq!(
        schema(&value),
        "\
: object
base: object
base.evidence: array
base.evidence[]: string
base.is: string
compressed: array
compressed[]: object
compressed[].compression: string
compressed[].evidence: string
compressed[].file: string
compressed[].inside: string
compressed[].sent: string
encoding: null
engine: object
engine.evidence: array
engine.evidence[]: string
engine.name: string
engine.traits: array
engine.version: null
entry: object
entry.evidence: array
entry.evidence[]: string
entry.is: string
headers: object
headers.x-robots-tag: string
https: object
https.evidence: array
https.features: array
https.is: boolean
isolation: object
isolation.evidence: array
isolation.evidence[]: string
isolation.is: string
left_out: array
left_out[]: object
left_out[].file: string
left_out[].reason: string
slug: string
source: string
"
    );
}

#[test]
fn check_prints_this_schema() {
    let value = json(&place(), &["check", "--json"]);
    assert_eq!(
        schema(&value),
        "\
: object
games: array
games[]: object
games[].bytes: integer
games[].compressed_bytes: integer
games[].engine: string
games[].entry: string
games[].errors: integer
games[].files: integer
games[].findings: array
games[].findings[]: object
games[].findings[].file: string
games[].findings[].kind: string
games[].findings[].line: integer|null
games[].findings[].mend: string
games[].findings[].severity: string
games[].findings[].what: string
games[].first_load: object
games[].first_load.bytes: integer
games[].first_load.compressed_bytes: integer
games[].first_load.files: integer
games[].first_load.seconds_at_10_mbit: float
games[].first_load.seconds_at_50_mbit: float
games[].largest: array
games[].largest[]: object
games[].largest[].bytes: integer
games[].largest[].file: string
games[].notes: integer
games[].slug: string
games[].source: string
games[].title: object
games[].title.en: string
games[].title.zh: string
games[].warnings: integer
rejected: array
rejected[]: object
rejected[].file: null|string
rejected[].line: integer|null
rejected[].name: string
rejected[].reason: string
"
    );
}

#[test]
fn status_and_the_control_protocol_have_this_schema() {
    use std::io::{BufRead, BufReader, Write};
    use std::os::unix::net::UnixStream;
    let place = Place::with_three_games();
    let (_running, port) = place.serve(&["alpha", "--host", "127.0.0.1"]);
    let mut client = Client::connect(port);
    client.get("/");
    client.get("/indx.html");
    client.get("/nothing-like-it-at-all");
    let mut stranger = Client::connect(port);
    stranger.send("nonsense\r\n\r\n");
    stranger.rest();
    let status = json(&place, &["status", "--json"]);
    let fields = schema(&status);
    assert_eq!(
        fields,
        "\
: object
addresses: array
addresses[]: string
browsers: integer
building: null
bytes: integer
bytes_per_second: float
connections: integer
game: string
loading: array
missing: array
missing[]: object
missing[].nearest: null|string
missing[].path: string
missing[].requests: integer
not_found: integer
on_the_air_seconds: integer
refused: array
refused[]: object
refused[].connections: integer
refused[].reason: string
requests: integer
requests_per_second: float
share: null
title: string
top: array
top[]: object
top[].path: string
top[].requests: integer
uptime_seconds: integer
"
    );
    let ask = |question: &str| -> Value {
        let socket = place.home(&format!("runtime/webserver/{port}.sock"));
        let mut stream = UnixStream::connect(socket).unwrap();
        writeln!(stream, "{question}").unwrap();
        let lines = BufReader::new(stream).lines().map(Result::unwrap);
        let answer = { lines }.find(|line| !line.is_empty()).unwrap();
        serde_json::from_str(&answer).unwrap()
    };
    let ok = ask("{\"do\":\"status\"}");
    assert_eq!(schema(&ok["ok"]), fields);
    let metrics = ask("\"metrics\"");
    assert_eq!(schema(&metrics), ": object\nmetrics: string\n");
    let publish = "{\"do\":{\"publish\":{\"game\":\"nonsense\",\"folder\":\"/\"}}}";
    let error = ask(publish);
    assert_eq!(
        schema(&error),
        ": object\nerror: object\nerror.hint: string\nerror.what: string\n"
    );
}
