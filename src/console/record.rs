//! The records of `--log json`: one JSON object a line, with `time`, `level`, `event` and the event's fields.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::console::printable::escaped_json;

/// The severity of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    Info,
    Warn,
    Error,
}

/// One line of `--log json`.
#[derive(Debug, Serialize)]
struct Record<'a> {
    /// RFC 3339, in UTC.
    time: String,
    level: Level,
    event: &'a str,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

/// Formats a record of an event that happens now, as a line.
pub(crate) fn line(level: Level, event: &str, fields: Map<String, Value>) -> String {
    let record = Record {
        time: format!("{:.6}", Timestamp::now()),
        level,
        event,
        fields,
    };
    let json = serde_json::to_string(&record).unwrap_or_default();
    escaped_json(&json) + "\n"
}

/// The fields of a JSON object.
pub(crate) fn fields(object: Value) -> Map<String, Value> {
    match object {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_record_has_time_level_event_and_fields() {
        let object = json!({ "port": 8080, "title": "a\nb\u{9b}" });
        let line = line(Level::Warn, "published", fields(object));
        assert_eq!(line.matches('\n').count(), 1, "{line:?}");
        let record: Value = serde_json::from_str(&line).unwrap();
        let time: Timestamp = record["time"].as_str().unwrap().parse().unwrap();
        assert!(Timestamp::now().duration_since(time).as_secs() < 60);
        let mut rest = record.clone();
        rest.as_object_mut().unwrap().remove("time");
        let expected = json!({
            "level": "warn", "event": "published", "port": 8080, "title": "a\nb\u{9b}",
        });
        assert_eq!(rest, expected);
    }
}
