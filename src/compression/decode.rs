//! Decoders with a limit on their output.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use crate::compression::coding::Coding;

/// A decoder that fails when it yields more than its limit, so that a small file cannot fill the memory or the disk.
pub struct Decoder<'a> {
    plain: Box<dyn Read + 'a>,
    left: u64,
}

impl<'a> Decoder<'a> {
    /// Decodes `coded` to at most `limit` bytes.
    ///
    /// # Errors
    /// When the decoder cannot be set up.
    pub fn new(coding: Coding, coded: impl Read + 'a, limit: u64) -> io::Result<Self> {
        let plain: Box<dyn Read + 'a> = match coding {
            Coding::Identity => Box::new(coded),
            Coding::Gzip => Box::new(MultiGzDecoder::new(BufReader::new(coded))),
            Coding::Brotli => Box::new(BrotliFile(brotli::Decompressor::new(coded, 1 << 16))),
            Coding::Zstd => Box::new(zstd::Decoder::new(coded)?),
        };
        Ok(Self { plain, left: limit })
    }
}

/// A brotli stream that is a whole file. Brotli has no signature: eight of the 256 bytes are a valid stream without content
/// (RFC 7932, 9.1 and 9.2), so a file of any other kind may begin with one.
struct BrotliFile<R: Read>(brotli::Decompressor<R>);

impl<R: Read> Read for BrotliFile<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buffer)?;
        if read == 0 && !buffer.is_empty() {
            // The decoder reports what it has read past the end of the stream only when it is asked once more.
            self.0.read(buffer)?;
            if self.0.get_mut().read(&mut [0])? > 0 {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
        Ok(read)
    }
}

impl Read for Decoder<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.plain.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => return Err(io::ErrorKind::FileTooLarge.into()),
        }
        Ok(read)
    }
}

impl Coding {
    /// Decodes the beginning of a file of which only the beginning is at hand: at most `limit` bytes, and fewer where
    /// the input is cut off or broken.
    pub fn decode_prefix(self, coded: &[u8], limit: u64) -> Vec<u8> {
        let mut plain = Vec::new();
        if let Ok(decoder) = Decoder::new(self, coded, u64::MAX) {
            // The input ends early by design.
            let _ = decoder.take(limit).read_to_end(&mut plain);
        }
        plain
    }

    /// True if `coded` decodes to exactly `plain`. Stops at the first difference.
    pub(crate) fn decodes_to(self, coded: &[u8], plain: &[u8]) -> bool {
        Decoder::new(self, coded, plain.len() as u64).is_ok_and(|decoder| yields(decoder, plain))
    }
}

fn yields(mut decoder: Decoder<'_>, mut plain: &[u8]) -> bool {
    let mut buffer = [0; 1 << 14];
    loop {
        match decoder.read(&mut buffer) {
            Ok(0) => return plain.is_empty(),
            Ok(length) => match plain.strip_prefix(&buffer[..length]) {
                Some(rest) => plain = rest,
                None => return false,
            },
            Err(_) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `printf hello` through gzip 1.12, brotli 1.0.9 and zstd 1.5.4.
    const HELLO: [(Coding, &[u8]); 3] = [
        (
            Coding::Gzip,
            b"\x1f\x8b\x08\0\0\0\0\0\x02\x03\xcbH\xcd\xc9\xc9\x07\0\x86\xa6\x106\x05\0\0\0",
        ),
        (Coding::Brotli, b"\x0f\x02\x80hello\x03"),
        (
            Coding::Zstd,
            b"\x28\xb5\x2f\xfd\x04\x68\x29\0\0hello\xa3\x6d\x9f\x88",
        ),
    ];

    #[test]
    fn output_of_other_encoders_is_decoded() {
        for (coding, coded) in HELLO {
            assert!(coding.decodes_to(coded, b"hello"), "{coding:?}");
            assert!(!coding.decodes_to(coded, b"hellO"), "{coding:?}");
            assert_eq!(coding.decode_prefix(coded, 3), b"hel", "{coding:?}");
        }
    }

    #[test]
    fn a_file_that_goes_on_after_its_end_is_in_no_coding() {
        for (coding, coded) in HELLO {
            for more in [1, 100, 1 << 16, 1 << 18] {
                let longer = [coded, &vec![b'x'; more]].concat();
                assert!(!coding.decodes_to(&longer, b"hello"), "{coding:?} {more}");
            }
        }
        // An empty stream (RFC 7932, 9.1 and 9.2: a window of 16 bits, the last block, which is empty), and more.
        for (coded, expected) in [
            (&b"\x06"[..], true),
            (b"\x06\0", false),
            (b"\x06 noise", false),
        ] {
            assert_eq!(Coding::Brotli.decodes_to(coded, b""), expected, "{coded:?}");
        }
    }

    #[test]
    fn a_decoder_fails_one_byte_past_its_limit() {
        for (coding, coded) in HELLO {
            let decode = |limit| {
                let mut plain = Vec::new();
                let mut decoder = Decoder::new(coding, coded, limit).unwrap();
                decoder.read_to_end(&mut plain).map(|_| plain)
            };
            assert_eq!(decode(5).unwrap(), b"hello", "{coding:?}");
            let error = decode(4).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::FileTooLarge, "{coding:?}");
        }
    }

    #[test]
    fn a_truncated_file_is_decoded_as_far_as_it_goes() {
        let plain = b"0123456789".repeat(10_000);
        for coding in Coding::PREPARED {
            let coded = coding.encode(&plain, &|| true).unwrap();
            let prefix = coding.decode_prefix(&coded[..coded.len() - 4], 1 << 20);
            assert!(plain.starts_with(&prefix), "{coding:?}");
            assert_eq!(coding.decode_prefix(b"plain", 1 << 20), b"", "{coding:?}");
        }
    }
}
