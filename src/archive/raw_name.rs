//! The names of members as bytes.

use flate2::Crc;

/// A name as the archive has it.
#[derive(Debug, Default)]
pub struct RawName {
    /// The name's bytes.
    pub bytes: Vec<u8>,
    /// The name in UTF-8, if the archive states it as well.
    pub unicode: Option<String>,
}

impl RawName {
    /// Creates a name from its bytes and the Info-ZIP Unicode Path field (APPNOTE.TXT, 4.6.9). The field is ignored if it
    /// was made for other bytes.
    pub fn new(bytes: &[u8], unicode_path: Option<&[u8]>) -> Self {
        let made_for = |field: &[u8]| {
            let (head, name) = field.split_at_checked(5)?;
            let mut crc = Crc::new();
            crc.update(bytes);
            let is_valid = head.first() == Some(&1) && head.get(1..)? == crc.sum().to_le_bytes();
            is_valid.then(|| String::from_utf8(name.to_vec()).ok())?
        };
        Self {
            unicode: unicode_path.and_then(made_for),
            bytes: bytes.to_vec(),
        }
    }

    pub(super) fn is_known(&self) -> bool {
        self.unicode.is_some() || std::str::from_utf8(&self.bytes).is_ok()
    }
}
