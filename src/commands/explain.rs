//! How a game is recognised and served, and what that was seen from.

use std::path::Path;

use rust_i18n::t;
use serde_json::{Value, json};

use crate::console::describe::Describe;
use crate::console::failure::{Exit, Failure};
use crate::console::layout;
use crate::console::layout::{pad, printable, widest};
use crate::console::library_table::{engine, words};
use crate::control::first_game;
use webserver::compression::detect::Compression;
use webserver::detect::evidence::Evidence;
use webserver::detect::precompressed::Inflater;
use webserver::library::game::Game;
use webserver::library::listing::Library;
use webserver::library::profile::Profile;

/// More names than this are only counted.
const NAMES: usize = 3;

/// Explains a game of the library or in a folder.
///
/// # Errors
/// When there is no such game, its folder cannot be read, or nothing can be written.
pub(crate) fn print(library: &Library, name: &str, json: bool) -> Result<Exit, Failure> {
    let game = first_game::named(library, name, Path::new(""))?;
    let files = game
        .source
        .files()
        .map_err(|error| Failure::failed(error.text()))?;
    let profile = Profile::detect(&game, &files);
    layout::print_text(&match json {
        true => format!("{:#}\n", self::json(&game, &profile)),
        false => text(&game, &profile),
    })
}

/// Something decided: a title, what it is, and why.
type Point = (String, String, Vec<String>);

fn text(game: &Game, profile: &Profile) -> String {
    let points = points(game, profile);
    let width = widest(points.iter().map(|(title, ..)| title.as_str()));
    let mut text = format!("{}  {}\n", game.slug, game.source);
    for (title, what, why) in points {
        text += &format!("{}  {what}\n", pad(&title, width));
        for reason in why {
            text += &format!("{}    {reason}\n", pad("", width));
        }
    }
    let lines: Vec<_> = text.lines().map(printable).collect();
    lines.join("\n") + "\n"
}

fn points(game: &Game, profile: &Profile) -> Vec<Point> {
    let point = |title: std::borrow::Cow<'_, str>, what: String, why: &[Evidence]| {
        (title.into_owned(), what, words(why))
    };
    let isolation = &profile.isolation;
    let mut points = vec![
        point(
            t!("why.engine"),
            profile.engine.to_string(),
            &profile.engine.evidence,
        ),
        point(
            t!("why.entry"),
            profile.entry.is.clone(),
            &profile.entry.evidence,
        ),
        point(
            t!("why.base"),
            format!("/{}", profile.prefix.is),
            &profile.prefix.evidence,
        ),
        point(
            t!("why.isolation"),
            isolation.is.token().to_owned(),
            &isolation.evidence,
        ),
    ];
    for (name, value) in &game.overrides.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        let field = format!("{name}: {value}");
        points.push(point(t!("why.headers"), field, &[Evidence::Configured]));
    }
    let groups = compressed(profile);
    if groups.is_empty() {
        let none = t!("why.none").into_owned();
        points.push(point(t!("why.compressed"), none, &[]));
    }
    for group in groups {
        points.push(point(
            t!("why.compressed"),
            group.to_string(),
            &[group.evidence],
        ));
    }
    points
}

/// Files that are compressed and served alike.
struct Group<'a> {
    files: Vec<&'a str>,
    compression: Compression,
    inflated_by: Inflater,
    evidence: Evidence,
}

fn compressed(profile: &Profile) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (file, encoded) in &profile.encoded {
        let is_alike = |group: &&mut Group<'_>| {
            group.compression == encoded.compression
                && group.inflated_by == encoded.inflated_by
                && group.evidence == encoded.evidence
        };
        match groups.iter_mut().find(is_alike) {
            Some(group) => group.files.push(file),
            None => groups.push(Group {
                files: vec![file],
                compression: encoded.compression,
                inflated_by: encoded.inflated_by,
                evidence: encoded.evidence.clone(),
            }),
        }
    }
    groups
}

impl std::fmt::Display for Group<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut files = self.files[..self.files.len().min(NAMES)].join(", ");
        if self.files.len() > NAMES {
            let count = self.files.len() - NAMES;
            files = t!("why.and_more", files = files, count = count).into_owned();
        }
        let compression = self.compression.name();
        formatter.write_str(&match self.inflated_by {
            Inflater::Browser => t!("why.by_browser", files = files, compression = compression),
            Inflater::Page => t!("why.by_page", files = files, compression = compression),
        })
    }
}

fn json(game: &Game, profile: &Profile) -> Value {
    let headers = game.overrides.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.to_string(), Value::from(value))
    });
    let compressed = profile.encoded.iter().map(|(file, encoded)| {
        json!({
            "file": file,
            "compression": encoded.compression.name(),
            "sent": match encoded.inflated_by {
                Inflater::Browser => "inside",
                Inflater::Page => "as-is",
            },
            "inside": encoded.inner,
            "evidence": encoded.evidence.to_string(),
        })
    });
    json!({
        "slug": game.slug,
        "source": game.source.to_string(),
        "engine": engine(&profile.engine),
        "entry": { "is": profile.entry.is, "evidence": words(&profile.entry.evidence) },
        "base": {
            "is": format!("/{}", profile.prefix.is),
            "evidence": words(&profile.prefix.evidence),
        },
        "isolation": {
            "is": profile.isolation.is.token(),
            "evidence": words(&profile.isolation.evidence),
        },
        "headers": headers.collect::<serde_json::Map<_, _>>(),
        "compressed": compressed.collect::<Vec<_>>(),
    })
}
