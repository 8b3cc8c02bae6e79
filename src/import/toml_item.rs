//! Items of a TOML document, changed with their comments kept.

use toml_edit::{
    Array, ArrayOfTables, Decor, InlineTable, Item, RawString, Table, TableLike, Value,
};

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

/// Appends an entry to a list, on a line of its own if the end of the list is one. A comment behind the last entry stays
/// with that one.
pub(super) fn push_entry(games: &mut Array, entry: InlineTable) {
    let mut entry = Value::from(entry);
    let last = games.len().checked_sub(1).and_then(|last| games.get(last));
    let decor = last.map(Value::decor);
    let suffix = text(decor.and_then(Decor::suffix));
    let end = format!("{suffix}{}", text(Some(games.trailing())));
    let Some((behind, rest)) = end.split_once('\n') else {
        return games.push(entry);
    };
    let before = text(decor.and_then(Decor::prefix));
    let indent = before.rsplit_once('\n').map_or("", |(_, indent)| indent);
    entry.decor_mut().set_prefix(format!("{behind}\n{indent}"));
    if let Some(last) = games.iter_mut().last() {
        last.decor_mut().set_suffix("");
    }
    games.push_formatted(entry);
    games.set_trailing(format!("\n{rest}"));
}

/// Removes an entry of a list. A comment behind the entry before it, which is on that one's line, stays.
pub(super) fn remove_entry(games: &mut Array, index: usize) {
    let removed = games.remove(index);
    let before = text(removed.decor().prefix());
    let line = before.split('\n').next().unwrap_or_default().to_owned();
    if !line.contains('#') {
        return;
    }
    let behind = |next: String| match next.split_once('\n') {
        Some((_, rest)) => format!("{line}\n{rest}"),
        None => format!("{line}\n"),
    };
    match games.get_mut(index) {
        Some(next) => {
            let prefix = behind(text(next.decor().prefix()));
            next.decor_mut().set_prefix(prefix);
        }
        None => games.set_trailing(behind(text(Some(games.trailing())))),
    }
}

fn text(raw: Option<&RawString>) -> String {
    let text = raw.and_then(RawString::as_str);
    text.unwrap_or_default().to_owned()
}
