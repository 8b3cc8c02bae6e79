//! Edits the list of games in a configuration file. Comments, order and everything else stay.

use std::path::{Path, PathBuf};
use std::{fs, io};

use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use crate::import::error::ImportError;
use crate::import::toml_item::{push_entry, put_before, remove_entry, remove_table, set};
use webserver::fs::replace::{Durability, replace};
use webserver::fs::unsupported::Unsupported;

/// The text of a new configuration file. By itself it changes nothing.
const NEW: &str = "# Written by `webserver add`. `webserver list` shows the library.\n\n\
    bundled = true     # add the games that come with the program\n";

/// A configuration file being edited.
#[derive(Debug)]
pub(crate) struct ConfigEdit {
    file: PathBuf,
    document: DocumentMut,
    /// True if the file's lines end as on Windows.
    has_crlf: bool,
}

/// A new or changed entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewEntry<'a> {
    pub slug: &'a str,
    pub title: Option<&'a str>,
    /// The path relative to the file's folder.
    pub path: &'a str,
}

/// Changes of an entry. A field that is `None` stays.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct EntryChanges<'a> {
    /// The new slug, or the old one.
    pub slug: &'a str,
    pub title: Option<&'a str>,
    /// One line about the game; empty for none in the configuration.
    pub description: Option<&'a str>,
    /// The path of a picture in the game; empty for none in the configuration.
    pub cover: Option<&'a str>,
    /// The path of a picture outside the game, relative to the file's folder; empty for none.
    pub cover_file: Option<&'a str>,
}

impl ConfigEdit {
    /// Reads a file. A missing one is created by [`Self::save`].
    ///
    /// # Errors
    /// When the file cannot be read or is not valid TOML.
    pub(crate) fn read(file: &Path) -> Result<Self, ImportError> {
        let text = match fs::read_to_string(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => new_text(file),
            text => text.map_err(|error| ImportError::read(file, error))?,
        };
        let document = text.parse::<DocumentMut>().map_err(|error| {
            let error = io::Error::new(io::ErrorKind::InvalidData, error.to_string());
            ImportError::read(file, error)
        })?;
        Ok(Self {
            file: file.to_owned(),
            document,
            has_crlf: text.contains("\r\n") && !text.replace("\r\n", "").contains('\n'),
        })
    }

    /// True if an entry has this slug.
    pub(crate) fn has(&self, slug: &str) -> bool {
        self.entries().any(|entry| slug_in(entry) == Some(slug))
    }

    /// The slugs of all entries.
    pub(crate) fn slugs(&self) -> impl Iterator<Item = &str> {
        self.entries().filter_map(slug_in)
    }

    /// The path of the entry with this slug.
    pub(crate) fn path(&self, slug: &str) -> Option<PathBuf> {
        let entry = self.entries().find(|entry| slug_in(*entry) == Some(slug))?;
        self.path_in(entry)
    }

    /// The picture outside the game of the entry with this slug, as it is written there.
    pub(crate) fn cover_file(&self, slug: &str) -> Option<&str> {
        let entry = self.entries().find(|entry| slug_in(*entry) == Some(slug))?;
        entry.get("cover_file").and_then(Item::as_str)
    }

    /// The slugs of the entries whose games are in a folder, or are this file.
    pub(crate) fn slugs_in(&self, folder: &Path) -> Vec<String> {
        let Ok(folder) = folder.canonicalize() else {
            return Vec::new();
        };
        let is_in = |entry: &&dyn TableLike| {
            let path = self
                .path_in(*entry)
                .and_then(|path| path.canonicalize().ok());
            path.is_some_and(|path| path.starts_with(&folder))
        };
        let slugs = self.entries().filter(is_in);
        slugs
            .map(|entry| slug_in(entry).unwrap_or_default().to_owned())
            .collect()
    }

    /// Appends an entry, or updates the one with this slug. Its other keys stay unless they name files that the game no
    /// longer has, as told by `has`.
    pub(crate) fn put(&mut self, new: NewEntry<'_>, has: impl Fn(&str) -> bool) {
        let Some(entry) = self.entry_mut(new.slug) else {
            return self.append(new);
        };
        set(entry, "path", new.path);
        if let Some(title) = new.title {
            set(entry, "title", title);
        }
        for key in ["entry", "cover"] {
            let named = entry.get(key).and_then(Item::as_str).map(&has);
            if named == Some(false) {
                entry.remove(key);
            }
        }
    }

    /// Changes an entry, and the default game with it.
    pub(crate) fn change(&mut self, slug: &str, to: &EntryChanges<'_>) {
        if let Some(entry) = self.entry_mut(slug) {
            set(entry, "slug", to.slug);
            if let Some(title) = to.title {
                set(entry, "title", title);
            }
            for (key, value) in [
                ("description", to.description),
                ("cover", to.cover),
                ("cover_file", to.cover_file),
            ] {
                match value {
                    Some("") => drop(entry.remove(key)),
                    Some(value) => set(entry, key, value),
                    None => {}
                }
            }
        }
        if self.is_default(slug) {
            set(self.document.as_table_mut(), "default_game", to.slug);
        }
    }

    /// Removes an entry, and the default game if it is this one.
    pub(crate) fn remove(&mut self, slug: &str) {
        if self.is_default(slug) {
            self.remove_default();
        }
        let games = self.document.get_mut("games");
        match games {
            Some(Item::ArrayOfTables(games)) => {
                let index = games.iter().position(|game| slug_in(game) == Some(slug));
                let comments = index.and_then(|index| remove_table(games, index));
                if games.is_empty() {
                    self.document.remove("games");
                }
                if let Some(comments) = comments {
                    let trailing = self.document.trailing().as_str().unwrap_or_default();
                    self.document.set_trailing(format!("{comments}{trailing}"));
                }
            }
            Some(Item::Value(Value::Array(games))) => {
                let is_removed = |game: &Value| {
                    let game = game.as_inline_table();
                    game.is_some_and(|game| slug_in(game) == Some(slug))
                };
                loop {
                    let index = games.iter().position(is_removed);
                    let Some(index) = index else { break };
                    remove_entry(games, index);
                }
            }
            _ => {}
        }
    }

    /// Removes the default game, and leaves the comments above it to the item that follows.
    fn remove_default(&mut self) {
        let key = self.document.key("default_game");
        let comments = key.and_then(|key| key.leaf_decor().prefix()?.as_str());
        let comments = comments.unwrap_or_default().to_owned();
        let is_default = |key: &str| key == "default_game";
        let keys: Vec<_> = self
            .document
            .iter()
            .map(|(key, _)| key.to_owned())
            .collect();
        let mut following = keys.into_iter().skip_while(|key| !is_default(key)).skip(1);
        let next = following.next();
        self.document.remove("default_game");
        if comments.trim().is_empty() {
            return;
        }
        let is_put =
            next.and_then(|next| put_before(self.document.as_table_mut(), &next, &comments));
        if is_put.is_none() {
            let trailing = self.document.trailing().as_str().unwrap_or_default();
            self.document.set_trailing(format!("{comments}{trailing}"));
        }
    }

    /// True if this is the default game.
    pub(crate) fn is_default(&self, slug: &str) -> bool {
        let default = self.document.get("default_game").and_then(Item::as_str);
        default == Some(slug)
    }

    /// Replaces the file on disk, and returns what the file system refused.
    ///
    /// # Errors
    /// When it cannot be written. The old content stays.
    pub(crate) fn save(&self) -> Result<Vec<Unsupported>, ImportError> {
        let mut text = self.document.to_string();
        if self.has_crlf {
            text = text.replace("\r\n", "\n").replace('\n', "\r\n");
        }
        replace(&self.file, text.as_bytes(), Durability::Synced)
            .map_err(|error| ImportError::write(&self.file, error))
    }

    fn entries(&self) -> impl Iterator<Item = &dyn TableLike> {
        let games = self.document.get("games");
        let tables = games.and_then(Item::as_array_of_tables).into_iter();
        let inline = games.and_then(Item::as_array).into_iter();
        let tables = tables.flat_map(|games| games.iter().map(|game| game as &dyn TableLike));
        let inline = inline.flat_map(|games| games.iter().filter_map(Value::as_inline_table));
        tables.chain(inline.map(|game| game as &dyn TableLike))
    }

    fn entry_mut(&mut self, slug: &str) -> Option<&mut dyn TableLike> {
        match self.document.get_mut("games")? {
            Item::ArrayOfTables(games) => games
                .iter_mut()
                .find(|game| slug_in(*game) == Some(slug))
                .map(|game| game as &mut dyn TableLike),
            Item::Value(Value::Array(games)) => games
                .iter_mut()
                .filter_map(Value::as_inline_table_mut)
                .find(|game| slug_in(*game) == Some(slug))
                .map(|game| game as &mut dyn TableLike),
            _ => None,
        }
    }

    fn append(&mut self, new: NewEntry<'_>) {
        let fill = |entry: &mut dyn TableLike| {
            set(entry, "slug", new.slug);
            if let Some(title) = new.title {
                set(entry, "title", title);
            }
            set(entry, "path", new.path);
        };
        if !self.document.contains_key("games") {
            let mut game = Table::new();
            fill(&mut game);
            return self.append_first(game);
        }
        match &mut self.document["games"] {
            Item::Value(Value::Array(games)) => {
                let mut game = InlineTable::new();
                fill(&mut game);
                push_entry(games, game);
            }
            Item::ArrayOfTables(games) => {
                let mut game = Table::new();
                game.decor_mut().set_prefix("\n");
                fill(&mut game);
                games.push(game);
            }
            // The library reads nothing else.
            _ => {}
        }
    }

    /// Appends the first entry at the very end: settings in comments below it would be the entry's.
    fn append_first(&mut self, mut game: Table) {
        let trailing = self.document.trailing().as_str().unwrap_or_default();
        let comments = trailing.trim_end();
        let end = if comments.is_empty() { "" } else { "\n" };
        game.decor_mut().set_prefix(format!("{comments}{end}\n"));
        game.set_position(Some(isize::MAX));
        self.document.set_trailing("");
        let games = ArrayOfTables::from_iter([game]);
        self.document.insert("games", Item::ArrayOfTables(games));
    }

    fn path_in(&self, entry: &dyn TableLike) -> Option<PathBuf> {
        let path = entry.get("path").and_then(Item::as_str)?;
        Some(self.file.parent().unwrap_or(Path::new("")).join(path))
    }
}

/// The text of a new configuration file. The folder `games`, which is in the library without a configuration, stays in it.
fn new_text(file: &Path) -> String {
    let children = fs::read_dir(file.with_file_name("games"))
        .into_iter()
        .flatten();
    let mut names = children.flatten().map(|child| child.file_name());
    match names.any(|name| !name.as_encoded_bytes().starts_with(b".")) {
        true => format!("{NEW}library = \"games\"  # add the games in this folder\n"),
        false => NEW.to_owned(),
    }
}

fn slug_in(entry: &dyn TableLike) -> Option<&str> {
    entry.get("slug").and_then(Item::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The lines of which configurations are made, valid or not.
    const LINES: [&str; 17] = [
        "# about the next line",
        "bundled = true # at its end",
        "default_game = \"a\"",
        "games = [{ slug = \"a\", path = \"x\" }, { path = \"y\" }]",
        "games = 3",
        "[[games]]",
        "slug = \"a\"",
        "slug = 'b' # a slug",
        "\"path\" = \"x\"",
        "title = { en = \"A\", zh-CN = \"\u{4e2d}\" }",
        "entry = \"gone.html\"",
        "[games.nested]",
        "[site]",
        "memory_mib = 1",
        "site.live = true",
        "",
        "  # indented",
    ];

    fn edit(text: &str) -> Option<(tempfile::TempDir, ConfigEdit)> {
        let folder = tempfile::tempdir().ok()?;
        let file = folder.path().join("config.toml");
        fs::write(&file, text).ok()?;
        Some((folder, ConfigEdit::read(&file).ok()?))
    }

    proptest! {
        #![proptest_config(ProptestConfig { max_global_rejects: 1 << 20, ..ProptestConfig::default() })]

        /// More tries: `PROPTEST_CASES=100000 cargo test edited_configuration`.
        #[test]
        fn an_edited_configuration_is_one_and_keeps_its_comments(
            lines in prop::collection::vec(0..LINES.len(), 0..9),
            edits in prop::collection::vec((0..3_u8, "[ab]|\\PC{1,4}", "\\PC{0,6}"), 1..4),
        ) {
            let lines: Vec<_> = lines.into_iter().map(|line| LINES[line]).collect();
            let text = lines.join("\n");
            let edited = edit(&text);
            prop_assume!(edited.is_some());
            let (folder, mut config) = edited.unwrap();
            let comments = |text: &str| text.matches("# about the next line").count();
            let mut kept = comments(&text);
            for (step, slug, other) in &edits {
                // Comments inside an entry go with it, or with the lines of one that is replaced, whose files are gone.
                let takes_comments = *step != 1 && config.has(slug);
                match step {
                    0 => {
                        let new = NewEntry { slug, title: Some(other), path: other };
                        let games = config.document.get("games");
                        let is_list = games.is_none_or(|games| games.is_array_of_tables() || games.is_array());
                        config.put(new, |name| name != "gone.html");
                        prop_assert_eq!(config.has(slug), is_list);
                    }
                    1 => {
                        let changes = EntryChanges { slug: other, description: Some(other), ..EntryChanges::default() };
                        config.change(slug, &changes);
                        prop_assert!(other == slug || !config.is_default(slug));
                    }
                    _ => config.remove(slug),
                }
                config.save().unwrap();
                let saved = fs::read_to_string(folder.path().join("config.toml")).unwrap();
                let again = ConfigEdit::read(&folder.path().join("config.toml"));
                prop_assert!(again.is_ok(), "{}", saved);
                let slugs: Vec<_> = config.slugs().map(str::to_owned).collect();
                let again: Vec<_> = again.unwrap().slugs().map(str::to_owned).collect();
                prop_assert_eq!(slugs, again);
                let are = comments(&saved);
                prop_assert!(are == kept || (takes_comments && are < kept), "{}", saved);
                kept = are;
            }
        }
    }
}
