//! TODO

/// A number of bytes for people: `512 B`, `12.3 kB`, `4.5 MB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut units = UNITS.iter();
    let mut unit = units.next();
    while value >= 999.95 {
        let Some(larger) = units.next() else { break };
        value /= 1000.0;
        unit = Some(larger);
    }
    format!("{value:.1} {}", unit.unwrap_or(&"B"))
}
