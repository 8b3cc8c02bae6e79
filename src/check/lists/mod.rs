//! The lists of files that exports carry: a game stops when a file of its engine's list is missing.

pub(crate) mod cocos;
pub(crate) mod data;
pub(crate) mod engine;
pub(crate) mod gdevelop;
pub(crate) mod godot;
pub(crate) mod rpg_maker;
pub(crate) mod script;

use crate::check::finding::Severity;
use crate::check::reference::Role;

/// A file that a list names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    /// Its name as a reference from the list's base.
    pub target: String,
    /// The line of the list.
    pub line: usize,
    /// The folder that the name is relative to.
    pub base: ListBase,
    /// True if the name has no extension: the engine adds one of several.
    pub is_stem: bool,
    /// The severity of its absence; `None` if the export can do without it.
    pub severity: Option<Severity>,
    /// The time at which the engine loads it.
    pub role: Role,
}

/// The folders that the names of a list may be relative to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListBase {
    /// The file that has the list.
    List,
    /// The entry page.
    Page,
    /// Either: a script's own folder or the page's.
    Any,
}

impl Listed {
    pub(crate) fn new(target: impl Into<String>, base: ListBase) -> Self {
        Self {
            target: target.into(),
            line: 1,
            base,
            is_stem: false,
            severity: Some(Severity::Error),
            role: Role::Loaded,
        }
    }

    /// The severity of a name that is spelt otherwise than the file's. A script may build the name from the constant.
    pub(super) fn spelling_severity(&self) -> Option<Severity> {
        match self.base {
            ListBase::Any => self.severity.max(Some(Severity::Warning)),
            ListBase::List | ListBase::Page => self.severity,
        }
    }

    /// A file that the engine loads later, if at all.
    pub(crate) fn later(self, severity: Severity) -> Self {
        Self {
            severity: Some(severity),
            role: Role::Linked,
            ..self
        }
    }

    /// A file that is loaded if it is there.
    pub(crate) fn if_there(self) -> Self {
        Self {
            severity: None,
            ..self
        }
    }

    /// A file with one of several extensions.
    pub(crate) fn stem(target: impl Into<String>, base: ListBase) -> Self {
        Self {
            is_stem: true,
            ..Self::new(target, base)
        }
    }
}
