//! The name of a download: from `Content-Disposition` (RFC 6266), else from the URL.

use std::path::Path;

use percent_encoding::percent_decode_str;
use reqwest::Url;
use reqwest::header::{CONTENT_DISPOSITION, HeaderMap};

use crate::import::source::game_name;
use webserver::archive::encoding::Encoding;
use webserver::archive::raw_name::RawName;

/// Chooses the name of the file: from `Content-Disposition`, else from the typed URL, else from the final URL.
pub(crate) fn file_name(fields: &HeaderMap, url: &Url, typed: &Url) -> String {
    let named = fields
        .get(CONTENT_DISPOSITION)
        .and_then(|field| disposition_name(&disposition_text(field.as_bytes())));
    let in_address = |url: &Url| {
        let last = url.path_segments()?.next_back()?;
        cleaned(&percent_decode_str(last).decode_utf8_lossy())
    };
    let is_archive = |name: &String| game_name(Path::new(name)) != *name;
    named
        .and_then(|name| cleaned(&name))
        .or_else(|| in_address(typed).filter(is_archive))
        .or_else(|| in_address(url).filter(is_archive))
        .or_else(|| in_address(typed))
        .unwrap_or_else(|| typed.host_str().unwrap_or("game").to_owned())
}

/// Decodes the field as browsers guess: UTF-8, else the encoding of the system's language, else Latin-1.
fn disposition_text(field: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(field) {
        return text.to_owned();
    }
    let name = RawName::new(field, None);
    let locale = sys_locale::get_locale();
    let encoding = Encoding::choose(&[&name], &[], locale.as_deref());
    match encoding {
        // The default of archives, not of HTTP.
        None | Some(Encoding::Cp437) => field.iter().copied().map(char::from).collect(),
        Some(encoding) => encoding.decode(name),
    }
}

/// Reads the file name (RFC 6266): `filename*` before `filename`.
fn disposition_name(field: &str) -> Option<String> {
    let parameter = |wanted: &str| {
        parameters(field)
            .into_iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value)
    };
    let extended = parameter("filename*").and_then(|value| {
        let (charset, rest) = value.split_once('\'')?;
        let (_, encoded) = rest.split_once('\'')?;
        let decoded = percent_decode_str(encoded);
        match charset.eq_ignore_ascii_case("utf-8") {
            true => decoded.decode_utf8().ok().map(|name| name.into_owned()),
            // RFC 8187 allows UTF-8 only, but ISO-8859-1 was allowed once.
            false => Some(decoded.map(char::from).collect()),
        }
    });
    let name = extended.or_else(|| parameter("filename"))?;
    // Browsers undo percent-encoding here, too, although the format has none.
    let decoded = percent_decode_str(&name).decode_utf8().ok();
    Some(decoded.map_or(name.clone(), |decoded| decoded.into_owned()))
}

/// Parses the parameters of a field.
fn parameters(field: &str) -> Vec<(String, String)> {
    let mut parameters = Vec::new();
    let mut rest = field.split_once(';').map_or("", |(_, rest)| rest);
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_matches([' ', '\t', ';']).to_owned();
        let after = after.trim_start();
        let mut value = String::new();
        rest = match after.strip_prefix('"') {
            Some(quoted) => {
                let mut chars = quoted.chars();
                while let Some(c) = chars.next().filter(|c| *c != '"') {
                    value.extend(if c == '\\' { chars.next() } else { Some(c) });
                }
                chars.as_str()
            }
            None => {
                let (token, rest) = after.split_once(';').unwrap_or((after, ""));
                token.trim_end().clone_into(&mut value);
                rest
            }
        };
        parameters.push((name, value));
    }
    parameters
}

/// The last part of a path, without characters that are dangerous to a terminal or file system.
fn cleaned(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).take(120).collect();
    let name = name.trim().trim_start_matches('.').trim();
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn a_name_that_is_not_utf_8_is_guessed() {
        for (field, expected) in [
            (
                &b"attachment; filename=\"\xd3\xce\xcf\xb7.zip\""[..],
                "游戏.zip",
            ),
            (b"attachment; filename=caf\xe9.zip", "café.zip"),
        ] {
            let name = disposition_name(&disposition_text(field));
            assert_eq!(name.as_deref(), Some(expected));
        }
    }

    #[test]
    fn the_url_names_the_file_if_the_server_does_not() {
        let zip = "https://a.example/My%20Game.zip?x=/y.zip";
        let script = "https://a.example/get.php?id=7";
        for (typed, url, expected) in [
            (zip, "https://cdn.example/123.zip", "My Game.zip"),
            (script, "https://cdn.example/game.zip", "game.zip"),
            (script, "https://cdn.example/123", "get.php"),
            ("https://a.example/", "https://a.example/", "a.example"),
        ] {
            let (typed, url) = (typed.parse().unwrap(), url.parse().unwrap());
            assert_eq!(file_name(&HeaderMap::new(), &url, &typed), expected);
        }
    }

    #[test]
    fn content_disposition_names_the_file_before_the_url_does() {
        let url = "https://a.example/My%20Game.zip".parse().unwrap();
        let euro = "filename=\"EURO rates\"; filename*=utf-8''%e2%82%ac%20rates";
        for (parameters, expected) in [
            ("", "My Game.zip"),
            ("filename=a.zip", "a.zip"),
            ("filename=\"a; b=\\\"c\\\".zip\"; x=y", "a; b=\"c\".zip"),
            ("FileName = \"a.zip\"", "a.zip"),
            ("filename=\"游戏.zip\"", "游戏.zip"),
            // The examples of RFC 6266, 5.
            ("FILENAME= \"an example.html\"", "an example.html"),
            ("filename*= UTF-8''%e2%82%ac%20rates", "€ rates"),
            (euro, "€ rates"),
            ("filename*=iso-8859-1'en'%A3%20rates", "£ rates"),
            ("filename=\"/etc/passwd\"", "passwd"),
            ("filename=\"C:\\\\a\\\\b.zip\"", "b.zip"),
            ("filename=\"..\"", "My Game.zip"),
            ("filename*=UTF-8''%1b%5bJ.zip", "[J.zip"),
            ("filename=\"open", "open"),
            ("filename=\"my%20game.zip\"", "my game.zip"),
            ("filename=100%.zip", "100%.zip"),
        ] {
            for kind in ["attachment", "INLINE"] {
                let value = format!("{kind}; {parameters}");
                let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
                let fields = HeaderMap::from_iter([(CONTENT_DISPOSITION, value)]);
                assert_eq!(file_name(&fields, &url, &url), expected, "{parameters}");
            }
        }
    }
}
