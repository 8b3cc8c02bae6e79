//! Slugs, the names that the host types.

/// Derives a slug from a name: lower-case letters and digits, separated by `-`.
pub fn slug_of(name: &str) -> String {
    let slug: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let parts: Vec<_> = slug.split('-').filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        "game".to_owned()
    } else {
        parts.join("-")
    }
}
