//! Items of a TOML document, changed with their comments kept.

use toml_edit::{ArrayOfTables, Decor, Item, RawString, Table, TableLike, Value};

/// Sets a value. The formatting around it stays.
pub(super) fn set(table: &mut dyn TableLike, key: &str, value: &str) {
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

/// Removes a table. Comments before it may be about its neighbours: they move to the next table, or are returned.
pub(super) fn remove_table(games: &mut ArrayOfTables, index: usize) -> Option<String> {
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

/// Puts comments before an item; `None` where it has no line of its own.
pub(super) fn put_before(table: &mut Table, key: &str, comments: &str) -> Option<()> {
    let put = |decor: &mut Decor| {
        let own = decor
            .prefix()
            .and_then(RawString::as_str)
            .unwrap_or_default();
        decor.set_prefix(format!("{comments}{own}"));
    };
    if table.get(key)?.is_value() {
        put(table.key_mut(key)?.leaf_decor_mut());
        return Some(());
    }
    match table.get_mut(key)? {
        // `[site.x]` and `site.x = 1` make a table without a line of its own.
        Item::Table(table) if !table.is_implicit() && !table.is_dotted() => put(table.decor_mut()),
        Item::ArrayOfTables(tables) => put(tables.get_mut(0)?.decor_mut()),
        _ => return None,
    }
    Some(())
}
