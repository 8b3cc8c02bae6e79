//! Files as they lie on a disk that others write to: opened below a folder and nowhere else, held, and known again.

mod beneath;
mod held;
mod stamp;

pub use beneath::{is_leftover, metadata, open};
pub use held::Held;
pub use stamp::Stamp;
