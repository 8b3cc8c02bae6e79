//! References from one file to another.

/// A reference in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    /// As written.
    pub target: String,
    /// Its line, counted from 1.
    pub line: usize,
    pub role: Role,
}

/// The time at which the target is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// With the file that has the reference.
    Loaded,
    /// Later, if at all.
    Linked,
    /// With the file, and the game plays without it: an icon, a picture of a style sheet.
    Decoration,
}

/// The loaded or linked targets with their lines, for tests.
#[cfg(test)]
pub(crate) fn summary(references: &[Reference]) -> Vec<(&str, usize, bool)> {
    references
        .iter()
        .map(|one| (one.target.as_str(), one.line, one.role == Role::Loaded))
        .collect()
}
