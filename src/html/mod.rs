//! Reading and writing HTML: the tokens of a page, its tags, the files that its styles name, and the escaping of
//! untrusted text.

pub(crate) mod escape;
pub(crate) mod page;
pub(crate) mod style_sheet;
pub(crate) mod tag;
