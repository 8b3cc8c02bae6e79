//! Shared memory in WebAssembly modules (core specification, 5.5, and the threads proposal).

/// True if the module imports or declares shared memory. Takes the beginning of a module and ignores sections that are
/// cut off.
pub(crate) fn has_shared_memory(module: &[u8]) -> bool {
    let Some(sections) = module.strip_prefix(b"\0asm\x01\0\0\0") else {
        return false;
    };
    let mut reader = WasmReader(sections);
    std::iter::from_fn(|| reader.section()).any(|(id, body)| {
        let mut body = WasmReader(body);
        match id {
            IMPORTS => body.imports_shared_memory(),
            MEMORIES => body.declares_shared_memory(),
            _ => None,
        }
        .unwrap_or(false)
    })
}

const IMPORTS: u8 = 2;
const MEMORIES: u8 = 5;

struct WasmReader<'a>(&'a [u8]);

impl<'a> WasmReader<'a> {
    fn section(&mut self) -> Option<(u8, &'a [u8])> {
        let id = self.byte()?;
        let length = self.number()? as usize;
        let body = &self.0[..length.min(self.0.len())];
        self.0 = &self.0[body.len()..];
        Some((id, body))
    }

    fn imports_shared_memory(&mut self) -> Option<bool> {
        for _ in 0..self.number()? {
            self.name()?;
            self.name()?;
            match self.byte()? {
                0 => {
                    self.number()?;
                }
                1 => {
                    self.byte()?;
                    self.limits()?;
                }
                2 => {
                    if self.limits()? {
                        return Some(true);
                    }
                }
                3 | 4 => {
                    self.byte()?;
                    self.byte()?;
                }
                _ => return None,
            }
        }
        Some(false)
    }

    fn declares_shared_memory(&mut self) -> Option<bool> {
        for _ in 0..self.number()? {
            if self.limits()? {
                return Some(true);
            }
        }
        Some(false)
    }

    /// Reads the limits of a table or memory; true when it is shared.
    fn limits(&mut self) -> Option<bool> {
        let flags = self.byte()?;
        self.number()?;
        if flags & 1 != 0 {
            self.number()?;
        }
        Some(flags & 2 != 0)
    }

    fn name(&mut self) -> Option<()> {
        let length = self.number()? as usize;
        self.0 = self.0.get(length..)?;
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// LEB128 (5.2.2).
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &[u8] = b"\0asm\x01\0\0\0";
    /// `(import "env" "f" (func (type 0)))` and then `(import "env" "memory" (memory 1 2 shared))` or the same
    /// without `shared`, as `wat2wasm --enable-threads` writes them.
    const SHARED: &[u8] =
        b"\x01\x04\x01\x60\0\0\x02\x18\x02\x03env\x01f\0\0\x03env\x06memory\x02\x03\x01\x02";
    const OWN: &[u8] = b"\x05\x04\x01\x03\x01\x02";

    #[test]
    fn imported_and_declared_shared_memory_is_found() {
        let not_shared = {
            let mut module = SHARED.to_vec();
            let flags = module.len() - 3;
            module[flags] = 1;
            module
        };
        for (sections, expected) in [
            (SHARED, true),
            (OWN, true),
            (&not_shared, false),
            (b"\x05\x03\x01\0\x01", false),
            (b"", false),
        ] {
            assert_eq!(has_shared_memory(&[HEAD, sections].concat()), expected);
        }
    }

    #[test]
    fn a_broken_module_has_no_shared_memory() {
        let whole = [HEAD, SHARED].concat();
        for length in 0..whole.len() - 2 {
            assert!(!has_shared_memory(&whole[..length]), "{length}");
        }
        assert!(!has_shared_memory(
            &[HEAD, &[2, 0xff, 0xff, 0xff, 0xff, 0xff]].concat()
        ));
        assert!(!has_shared_memory(&[HEAD, &[0xff; 40]].concat()));
    }
}
