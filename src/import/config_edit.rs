//! The configuration file as a list of games that is edited: comments, order and everything else in it stay.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};

use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use crate::import::error::ImportError;

/// What is written where there was no configuration. It changes nothing by itself.
const NEW: &str = "# Written by `webserver add`. `webserver list` shows what comes of it.\n\n\
    bundled = true     # offer the games that come with the program, too\n";

/// A configuration file, read to be changed.
#[derive(Debug)]
pub(crate) struct ConfigEdit {
    file: PathBuf,
    document: DocumentMut,
}

/// An entry to be written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewEntry<'a> {
    pub slug: &'a str,
    pub title: Option<&'a str>,
    /// Relative to the file's folder.
    pub path: &'a str,
}

impl ConfigEdit {
    /// Reads a file; one that is not there yet comes into being when it is saved.
    ///
    /// # Errors
    /// When it cannot be read or is not written right.
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
        })
    }

    /// Whether an entry has this slug.
    pub(crate) fn has(&self, slug: &str) -> bool {
        self.entries().any(|entry| slug_in(entry) == Some(slug))
    }

    /// What the path of the entry with this slug means.
    pub(crate) fn path(&self, slug: &str) -> Option<PathBuf> {
        let entry = self.entries().find(|entry| slug_in(*entry) == Some(slug))?;
        self.path_in(entry)
    }

    /// The slugs of the entries whose games are in a folder (or are this file).
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

    /// Writes an entry at the end, or into the one that has this slug, whose other keys stay while they have a meaning:
    /// `has` tells whether the game has a file of this name.
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

    /// Renames an entry, and the default game with it.
    pub(crate) fn rename(&mut self, slug: &str, to: &str, title: Option<&str>) {
        if let Some(entry) = self.entry_mut(slug) {
            set(entry, "slug", to);
            if let Some(title) = title {
                set(entry, "title", title);
            }
        }
        if self.is_default(slug) {
            set(self.document.as_table_mut(), "default_game", to);
        }
    }

    /// Takes an entry out, and the setting that makes it the default game.
    pub(crate) fn remove(&mut self, slug: &str) {
        if self.is_default(slug) {
            self.document.remove("default_game");
        }
        let games = self.document.get_mut("games");
        match games {
            Some(Item::ArrayOfTables(games)) => {
                let comments = remove_table(games, slug);
                if games.is_empty() {
                    self.document.remove("games");
                }
                if let Some(comments) = comments {
                    let trailing = self.document.trailing().as_str().unwrap_or_default();
                    self.document.set_trailing(format!("{comments}{trailing}"));
                }
            }
            Some(Item::Value(Value::Array(games))) => games.retain(|game| {
                let game = game.as_inline_table();
                game.is_none_or(|game| slug_in(game) != Some(slug))
            }),
            _ => {}
        }
    }

    /// Whether this is the default game.
    pub(crate) fn is_default(&self, slug: &str) -> bool {
        let default = self.document.get("default_game").and_then(Item::as_str);
        default == Some(slug)
    }

    /// Puts the file in the place of the one on disk, whole: whoever reads it meanwhile, or after a crash, finds the old
    /// one or the new one.
    ///
    /// # Errors
    /// When it cannot be written; the old one stays.
    pub(crate) fn save(&self) -> Result<(), ImportError> {
        // A link stays one.
        let file = self
            .file
            .canonicalize()
            .unwrap_or_else(|_| self.file.clone());
        let mut name = std::ffi::OsString::from(".");
        name.push(file.file_name().unwrap_or_default());
        name.push(".new");
        let new = file.with_file_name(name);
        let write = || {
            let mut written = File::create(&new)?;
            if let Ok(metadata) = file.metadata() {
                written.set_permissions(metadata.permissions())?;
            }
            written.write_all(self.document.to_string().as_bytes())?;
            written.sync_all()?;
            fs::rename(&new, &file)
        };
        write().map_err(|error| {
            // Nothing is lost when it stays: the next one is written over it.
            let _ = fs::remove_file(&new);
            ImportError::write(&file, error)
        })
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
        let games = self.document.entry("games");
        match games.or_insert(Item::ArrayOfTables(ArrayOfTables::new())) {
            Item::Value(Value::Array(games)) => {
                let mut game = InlineTable::new();
                fill(&mut game);
                games.push(game);
            }
            Item::ArrayOfTables(games) => {
                let mut game = Table::new();
                game.decor_mut().set_prefix("\n");
                fill(&mut game);
                games.push(game);
            }
            // The library reads no other.
            _ => {}
        }
    }

    fn path_in(&self, entry: &dyn TableLike) -> Option<PathBuf> {
        let path = entry.get("path").and_then(Item::as_str)?;
        Some(self.file.parent().unwrap_or(Path::new("")).join(path))
    }
}

/// The folder `games` was offered while there was no configuration; it still is.
fn new_text(file: &Path) -> String {
    let children = fs::read_dir(file.with_file_name("games"))
        .into_iter()
        .flatten();
    let mut names = children.flatten().map(|child| child.file_name());
    match names.any(|name| !name.as_encoded_bytes().starts_with(b".")) {
        true => format!("{NEW}library = \"games\"  # and whatever is in this folder\n"),
        false => NEW.to_owned(),
    }
}

fn slug_in(entry: &dyn TableLike) -> Option<&str> {
    entry.get("slug").and_then(Item::as_str)
}

/// Sets a value; what stands around the old one stays.
fn set(table: &mut dyn TableLike, key: &str, value: &str) {
    let mut value = Value::from(value);
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => {
            table.insert(key, Item::Value(value));
        }
    }
}

/// Takes a table out; the comments before it, which may be about those around it, go to the next one, or are returned.
fn remove_table(games: &mut ArrayOfTables, slug: &str) -> Option<String> {
    let index = games.iter().position(|game| slug_in(game) == Some(slug))?;
    let prefix = |game: Option<&Table>| {
        let prefix = game.and_then(|game| game.decor().prefix()?.as_str());
        prefix.unwrap_or_default().to_owned()
    };
    let comments = prefix(games.get(index));
    let next = prefix(games.get(index + 1));
    games.remove(index);
    if !comments.contains('#') {
        return None;
    }
    let Some(game) = games.get_mut(index) else {
        return Some(comments);
    };
    game.decor_mut().set_prefix(format!(
        "{}{next}",
        comments.trim_end_matches('\n').to_owned() + "\n"
    ));
    None
}
