//! Reading and writing HTML: the tokens of a page, its tags, and the escaping of untrusted text.

pub(crate) mod escape;
pub(crate) mod page;
pub(crate) mod tag;
