//! What looks like the name of a file in a script. Most strings are none, so that only those are doubted that come close
//! to a file there is.

use url::Url;

use crate::check::finding::{Problem, Severity};
use crate::check::resolve::{Found, Names, Target};

/// What games load by name.
const EXTENSIONS: &[&str] = &[
    "png", "jpg", "jpeg", "webp", "gif", "avif", "svg", "ktx2", "basis", "mp3", "ogg", "wav",
    "m4a", "opus", "webm", "mp4", "json", "xml", "atlas", "fnt", "tmx", "tmj", "tsx", "ldtk",
    "glb", "gltf", "obj", "mtl", "fbx", "drc", "hdr", "woff", "woff2", "ttf", "otf", "wasm", "pck",
    "data", "js", "mjs", "css", "glsl", "frag", "vert", "wgsl", "csv", "txt", "bin", "html",
];

/// What runs from another host although the rest is here.
const CODE: &[&str] = &["js", "mjs", "css", "wasm"];

/// What is doubtful about a string constant that is no file's name from any of these places.
pub(crate) fn script_names(
    names: &Names,
    bases: &[Url],
    text: &str,
) -> Option<(Severity, Problem)> {
    if !looks_like_a_name(text) {
        return None;
    }
    for base in bases {
        match Names::target(base, text) {
            Target::Here(name) => match names.find(&name) {
                Found::OtherCase(found) => {
                    let found = found.to_owned();
                    return Some((Severity::Warning, Problem::Case { name, found }));
                }
                Found::OtherForm(_) => return Some((Severity::Warning, Problem::Form { name })),
                Found::File(_) => return None,
                Found::Nothing => {}
            },
            Target::Host(host) => {
                let reference = text.to_owned();
                let is_code = CODE.contains(&extension(&reference).as_str());
                return is_code
                    .then_some((Severity::Note, Problem::NamesOtherHost { host, reference }));
            }
            Target::Nowhere => return None,
        }
    }
    missing(names, bases, text).map(|problem| (Severity::Warning, problem))
}

fn missing(names: &Names, bases: &[Url], text: &str) -> Option<Problem> {
    // The rest of the name is put before it.
    if names.has_last_part(text) {
        return None;
    }
    let nearest = names.nearest(text).map(str::to_owned);
    // Of one picture or sound in several formats, the page takes what it can.
    let is_alternative = |nearest: &String| extension(nearest) != extension(text);
    if nearest.as_ref().is_some_and(is_alternative) {
        return None;
    }
    let (folder, _) = text.rsplit_once('/').unwrap_or_default();
    let in_folder = bases
        .iter()
        .find_map(|base| match Names::target(base, text) {
            Target::Here(name) => {
                let (inner, _) = name.rsplit_once('/')?;
                (!folder.is_empty() && names.has_folder(inner)).then_some(name)
            }
            _ => None,
        });
    match (in_folder, nearest) {
        (None, None) => None,
        (name, nearest) => Some(Problem::Missing {
            name: name.unwrap_or_else(|| text.to_owned()),
            nearest,
        }),
    }
}

fn looks_like_a_name(text: &str) -> bool {
    let last = text.rsplit('/').next().unwrap_or_default();
    let stem = last.rsplit_once('.').map_or("", |(stem, _)| stem);
    let is_odd = |c: char| c.is_control() || "<>\"|*(){}[]$,;=".contains(c);
    !stem.is_empty()
        && EXTENSIONS.contains(&extension(text).as_str())
        && !text.contains(is_odd)
        && !text.starts_with([' ', '.', '-', '%'])
        && !text.contains(". ")
        || is_relative(text)
}

fn is_relative(text: &str) -> bool {
    ["./", "../"].iter().any(|start| {
        let rest = text.strip_prefix(start);
        rest.is_some_and(looks_like_a_name)
    })
}

/// Of a name or URL, in lower case.
fn extension(text: &str) -> String {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    last.rsplit_once('.')
        .map_or_else(String::new, |(_, extension)| extension.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_comes_close_to_a_file_is_doubted() {
        let files = [
            "index.html",
            "assets/img/Hero.png",
            "assets/img/boss-1.png",
            "assets/sound/jump.ogg",
            "js/main.js",
        ];
        let names = Names::new(files.into_iter(), [].into_iter(), "");
        let bases = ["js/main.js", "index.html"].map(|name| Names::base_of(name).unwrap());
        for (text, expected) in [
            ("assets/img/hero.png", Some("case")),
            ("../assets/img/hero.png", Some("case")),
            ("assets/img/gone.png", Some("missing")),
            ("./assets/img/gone.png", Some("missing")),
            ("boss1.png", Some("missing")),
            ("https://cdn.example/three.js", Some("names-other-host")),
            ("https://example.com/about", None),
            ("https://example.com/hero.png", None),
            ("Hero.png", None), // below a folder that is put before it
            ("jump.mp3", None), // for browsers that have no ogg
            ("assets/sound/jump.mp3", None),
            ("elsewhere/gone.png", None),
            ("gone.png", None),
            (".png", None),
            ("Error in file a.js: sorry", None),
            ("Cannot read boss1.png", None),
            ("application/json", None),
            ("a.b.c", None),
            ("${name}.png", None),
        ] {
            let found = script_names(&names, &bases, text).map(|(_, problem)| problem.token());
            assert_eq!(found, expected, "{text}");
        }
    }
}
