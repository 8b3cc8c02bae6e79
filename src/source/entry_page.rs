//! TODO

/// The page to start with, of the files of one folder: the index, else the only page, else the only one whose name an
/// engine gave to the rest of the export too (`Game.html`, `Game.pck`).
pub(crate) fn page_among<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    let names: Vec<_> = names.collect();
    let stem = |name: &str| {
        let lower = name.to_ascii_lowercase();
        let stem = lower.strip_suffix(".html").or(lower.strip_suffix(".htm"));
        stem.map(str::to_owned)
    };
    // Godot's page for a player without a network, and what hosts answer with for what is missing.
    let is_other = |stem: &str| stem.ends_with(".offline") || ["404", "200"].contains(&stem);
    let mut pages: Vec<(String, &str)> = names
        .iter()
        .filter_map(|name| Some((stem(name)?, *name)))
        .filter(|(stem, _)| !is_other(stem))
        .collect();
    // The exact name before another case, `.html` before `.htm`.
    pages.sort_by_key(|(_, name)| {
        (
            *name != "index.html",
            name.to_ascii_lowercase().ends_with("htm"),
        )
    });
    if let Some((_, index)) = pages.iter().find(|(stem, _)| stem == "index") {
        return Some((*index).to_owned());
    }
    let has_export = |stem: &str| {
        ["pck", "wasm", "swf", "data", "js"]
            .iter()
            .any(|extension| {
                let other = format!("{stem}.{extension}");
                names.iter().any(|name| name.eq_ignore_ascii_case(&other))
            })
    };
    if pages.len() > 1 {
        pages.retain(|(stem, _)| has_export(stem));
    }
    match pages.as_slice() {
        [(_, only)] => Some((*only).to_owned()),
        _ => None,
    }
}
