//! Zip archives for tests: correct ones made by another packer, malicious ones written field by field (APPNOTE.TXT, 4.3).

use std::io::{Cursor, Write};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Packs files with the `zip` crate: deflated, except for `.png` and `.ogg`.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        let is_stored = name.ends_with(".png") || name.ends_with(".ogg");
        let method = match is_stored {
            true => CompressionMethod::Stored,
            false => CompressionMethod::Deflated,
        };
        let options = SimpleFileOptions::default().compression_method(method);
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A member, field by field.
#[derive(Clone)]
pub(crate) struct Entry {
    pub name: Vec<u8>,
    pub flags: u16,
    pub method: u16,
    pub crc: u32,
    pub length: u32,
    pub packed: Vec<u8>,
    /// The upper half is the Unix mode.
    pub attributes: u32,
    pub extra: Vec<u8>,
    /// True if it shares the local header of the member before it.
    pub is_shadow: bool,
}

impl Entry {
    pub(crate) fn stored(name: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> Self {
        let content = content.as_ref();
        let mut crc = Crc::new();
        crc.update(content);
        Self {
            name: name.as_ref().to_vec(),
            flags: 0,
            method: 0,
            crc: crc.sum(),
            length: content.len() as u32,
            packed: content.to_vec(),
            attributes: 0,
            extra: Vec::new(),
            is_shadow: false,
        }
    }

    pub(crate) fn deflated(name: impl AsRef<[u8]>, content: impl AsRef<[u8]>) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content.as_ref()).unwrap();
        Self {
            method: 8,
            packed: encoder.finish().unwrap(),
            ..Self::stored(name, content)
        }
    }

    fn fields(&self) -> Vec<u8> {
        let mut fields = Vec::new();
        for field in [20, self.flags, self.method, 0, 0x21] {
            fields.extend(field.to_le_bytes());
        }
        for field in [self.crc, self.packed.len() as u32, self.length] {
            fields.extend(field.to_le_bytes());
        }
        fields.extend((self.name.len() as u16).to_le_bytes());
        fields.extend((self.extra.len() as u16).to_le_bytes());
        fields
    }
}

/// Writes an archive of these members.
pub(crate) fn archive(entries: &[Entry]) -> Vec<u8> {
    let mut archive = Vec::new();
    let mut directory = Vec::new();
    let mut offset = 0;
    for entry in entries {
        if !entry.is_shadow {
            offset = archive.len() as u32;
            archive.extend(b"PK\x03\x04");
            archive.extend(entry.fields());
            archive.extend(&entry.name);
            archive.extend(&entry.extra);
            archive.extend(&entry.packed);
        }
        directory.extend(b"PK\x01\x02");
        directory.extend((3_u16 << 8 | 20).to_le_bytes()); // made on Unix
        directory.extend(entry.fields());
        directory.extend([0; 6]); // comment, disk, internal attributes
        directory.extend(entry.attributes.to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(&entry.name);
        directory.extend(&entry.extra);
    }
    let start = archive.len() as u32;
    archive.extend(&directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    for _ in 0..2 {
        archive.extend((entries.len() as u16).to_le_bytes());
    }
    archive.extend((directory.len() as u32).to_le_bytes());
    archive.extend(start.to_le_bytes());
    archive.extend([0; 2]);
    archive
}
