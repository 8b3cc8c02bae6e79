//! The description of a game that has none in the configuration: the one for search engines in its page.

use crate::html::page::tags;
use crate::html::tag::Tag;
use crate::library::title::page_head;
use crate::source::Source;

/// The longest description, in characters.
const LONGEST: usize = 300;

/// Descriptions that templates write by themselves begin like these, in lower case.
const GENERIC_BEGINNINGS: &[&str] = &[
    "a new flutter project",
    "a new project",
    "an empty project",
    "description",
    "web site created using create-react-app",
];

/// Finds the description that a game's page states.
pub fn own_description(source: &Source, entry: &str) -> Option<String> {
    let page = page_head(source, entry);
    let tags = tags(page.as_bytes());
    let stated = |name: &str| {
        let is_it = |tag: &&Tag| {
            let is_named = |attribute| tag.has_word(attribute, &[name]);
            tag.name == "meta" && (is_named("name") || is_named("property"))
        };
        tags.iter()
            .find(is_it)?
            .attribute("content")
            .and_then(telling)
    };
    stated("description").or_else(|| stated("og:description"))
}

/// Tidies a description; `None` if it says nothing.
fn telling(text: &str) -> Option<String> {
    let words: Vec<_> = text.split_whitespace().collect();
    let text: String = words
        .join(" ")
        .chars()
        .filter(|c| !c.is_control())
        .collect();
    let lower = text.to_lowercase();
    let is_generic = GENERIC_BEGINNINGS.iter().any(|known| lower.starts_with(known))
        // A placeholder that was not filled in: `$GODOT_DESCRIPTION`, `{{description}}`, `%DESCRIPTION%`.
        || text.starts_with(['$', '{', '%', '<'])
        || !text.contains(char::is_alphanumeric);
    if is_generic {
        return None;
    }
    if text.chars().count() <= LONGEST {
        return Some(text);
    }
    let short: String = text.chars().take(LONGEST - 1).collect();
    Some(short.trim_end().to_owned() + "…")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use crate::library::game::Game;

    #[test]
    fn the_description_is_the_one_for_search_engines_unless_a_template_wrote_it() {
        let of = |page: &str| {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("index.html"), page).unwrap();
            let game = Game::from_folder(folder.path()).unwrap();
            game.description
                .map(|text| text.get(Language::English).to_owned())
        };
        for (page, expected) in [
            (
                "<meta name=description content='Jump &amp; run.'>",
                Some("Jump & run."),
            ),
            (
                "<META NAME=Description CONTENT='  Two\n lines '>",
                Some("Two lines"),
            ),
            (
                "<meta property=og:description content=Other><meta name=description content=First>",
                Some("First"),
            ),
            (
                "<meta property='og:description' content=Other>",
                Some("Other"),
            ),
            (
                "<meta name=description content=''><meta property=og:description content=Other>",
                Some("Other"),
            ),
            (
                "<meta name=description content='A new Flutter project.'>",
                None,
            ),
            ("<meta name=description content='{{ description }}'>", None),
            ("<meta name=description>", None),
            ("<!-- <meta name=description content=No> -->", None),
            ("<meta name=keywords content=No>", None),
        ] {
            assert_eq!(of(page).as_deref(), expected, "{page}");
        }
        let long = of(&format!(
            "<meta name=description content='{}'>",
            "a".repeat(500)
        ))
        .unwrap();
        assert_eq!(long.chars().count(), LONGEST);
        assert!(long.ends_with('…'));
    }
}
