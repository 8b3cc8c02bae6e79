//! Fields of a head that frame its content.

pub(crate) const LENGTH: &str = "content-length";
pub(crate) const CODING: &str = "transfer-encoding";

/// The bytes of a line that are read: a name and a length.
pub(crate) const FIELD_BYTES: usize = 80;

/// The meaning of a line of a head for the framing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FramingField {
    Other,
    /// The empty line that ends a head.
    End,
    /// `Content-Length`. hyper refuses a value that is not a number.
    Length(u64),
    /// `Transfer-Encoding`. hyper refuses one that does not end in `chunked`.
    Coding,
    /// A framing field longer than any that is well-formed.
    Malformed,
}

impl FramingField {
    /// Reads a line without its line feed, or as many bytes of it as are read.
    pub(crate) fn read(line: &[u8]) -> Self {
        let is_length = has_name(line, LENGTH);
        match line {
            [] | [b'\r'] => Self::End,
            _ if !is_length && !has_name(line, CODING) => Self::Other,
            _ if line.len() >= FIELD_BYTES => Self::Malformed,
            _ if !is_length => Self::Coding,
            _ => {
                let value = std::str::from_utf8(&line[LENGTH.len() + 1..]).unwrap_or_default();
                Self::Length(value.trim().parse().unwrap_or_default())
            }
        }
    }
}

/// True if a line begins with a field's name, given in lower case.
pub(crate) fn has_name(line: &[u8], name: &str) -> bool {
    line.get(name.len()) == Some(&b':') && line[..name.len()].eq_ignore_ascii_case(name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_fields_frame_content() {
        let long = format!("Content-Length: {}", "0".repeat(FIELD_BYTES));
        for (line, meaning) in [
            ("", FramingField::End),
            ("\r", FramingField::End),
            ("Host: x\r", FramingField::Other),
            ("Content-Type: text/plain\r", FramingField::Other),
            ("Content-Length : 1\r", FramingField::Other),
            (" Content-Length: 1\r", FramingField::Other),
            ("Content-Length: 12\r", FramingField::Length(12)),
            ("cONTENT-lENGTH:\t7 \r", FramingField::Length(7)),
            ("Content-Length: 0", FramingField::Length(0)),
            ("Transfer-Encoding: chunked\r", FramingField::Coding),
            ("tRANSFER-eNCODING:\r", FramingField::Coding),
            ("Transfer-Encodings: chunked\r", FramingField::Other),
            (&long, FramingField::Malformed),
        ] {
            assert_eq!(FramingField::read(line.as_bytes()), meaning, "{line:?}");
        }
    }
}
