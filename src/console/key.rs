//! Keys, read from the bytes that a terminal sends.
//!
//! vte reads escape sequences whole: an unknown one is dropped, and its last letters are not taken for keys.
//! crossterm's reader is not used: it takes the rest of an unknown sequence for keys, blocks in a read after one, and
//! blocks for ever on a terminal that went away.

use vte::{Params, Parser, Perform};

/// A key that has a meaning in the menu, in a question or as a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Char(char),
    /// A character that arrived together with others, as from an input method: text for a search, never a command.
    Text(char),
    Enter,
    Escape,
    Backspace,
    Tab,
    BackTab,
    Up,
    Down,
    Home,
    End,
    PageUp,
    PageDown,
    CtrlC,
    CtrlD,
    CtrlZ,
}

impl Key {
    /// The same character as a part of a text; `None` for a key that is no character.
    fn as_text(self) -> Option<Self> {
        match self {
            Self::Char(c) => Some(Self::Text(c)),
            _ => None,
        }
    }

    /// True for keys that only move a selection.
    fn is_move(self) -> bool {
        matches!(
            self,
            Self::Up | Self::Down | Self::Home | Self::End | Self::PageUp | Self::PageDown
        )
    }
}

/// Decodes keys from bytes. Bytes that arrive together are one burst, which is interpreted at its end.
#[derive(Default)]
pub(crate) struct KeyDecoder {
    parser: Parser,
    burst: Burst,
}

/// The keys and sequences since the terminal was quiet.
#[derive(Debug, Default)]
struct Burst {
    keys: Vec<Key>,
    /// True if the keys included an unknown sequence, or a paste.
    has_other: bool,
    is_pasting: bool,
    /// The next character ends a sequence of the application keypad (`ESC O`).
    is_keypad: bool,
    /// Characters that belong to a sequence before them.
    skipped: usize,
    ends_with_escape: bool,
}

impl KeyDecoder {
    /// Takes bytes of a burst.
    pub(crate) fn advance(&mut self, bytes: &[u8]) {
        self.parser.advance(&mut self.burst, bytes);
        self.burst.ends_with_escape = bytes.last() == Some(&b'\x1b');
    }

    /// True if the last byte is an Escape: the key, or the start of a sequence that is still to come.
    pub(crate) fn is_undecided(&self) -> bool {
        self.burst.ends_with_escape
    }

    /// Ends a burst and returns its keys. A person presses one key at a time, holds one, or presses arrows; characters that
    /// come together are text. Any other burst is a paste or a reply of the terminal, and has no keys.
    pub(crate) fn finish(&mut self) -> Vec<Key> {
        let mut burst = std::mem::take(&mut self.burst);
        if burst.ends_with_escape {
            burst.keys.push(Key::Escape);
        }
        // A sequence that has not ended by now never will.
        self.parser = Parser::new();
        self.burst.is_pasting = burst.is_pasting;
        let is_same = burst.keys.windows(2).all(|pair| pair[0] == pair[1]);
        let is_move = burst.keys.iter().all(|key| key.is_move());
        match burst.has_other {
            true => Vec::new(),
            false if is_same || is_move => burst.keys,
            false => {
                let text: Option<_> = burst.keys.into_iter().map(Key::as_text).collect();
                text.unwrap_or_default()
            }
        }
    }

    /// Forgets a paste whose end has not come.
    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }
}

impl Burst {
    fn key(&mut self, key: Key) {
        match self.is_pasting {
            true => self.has_other = true,
            false => self.keys.push(key),
        }
    }

    fn character(&mut self, c: char) {
        if self.skipped > 0 {
            self.skipped -= 1;
        } else if std::mem::take(&mut self.is_keypad) {
            self.arrow(c);
        } else {
            self.key(match c {
                '\u{7f}' => Key::Backspace,
                c => Key::Char(c),
            });
        }
    }

    fn arrow(&mut self, last: char) {
        match last {
            'A' => self.key(Key::Up),
            'B' => self.key(Key::Down),
            'H' => self.key(Key::Home),
            'F' => self.key(Key::End),
            _ => self.has_other = true,
        }
    }

    /// A sequence `CSI number ~`.
    fn numbered(&mut self, number: u16) {
        match number {
            1 | 7 => self.key(Key::Home),
            4 | 8 => self.key(Key::End),
            5 => self.key(Key::PageUp),
            6 => self.key(Key::PageDown),
            200 => (self.is_pasting, self.has_other) = (true, true),
            201 => (self.is_pasting, self.has_other) = (false, true),
            _ => self.has_other = true,
        }
    }
}

impl Perform for Burst {
    fn print(&mut self, c: char) {
        self.character(c);
    }

    fn execute(&mut self, byte: u8) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        match byte {
            0x03 => self.key(Key::CtrlC),
            0x04 => self.key(Key::CtrlD),
            0x08 => self.key(Key::Backspace),
            b'\t' => self.key(Key::Tab),
            b'\r' | b'\n' => self.key(Key::Enter),
            0x1a => self.key(Key::CtrlZ),
            _ => self.has_other = true,
        }
    }

    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], _: bool, last: char) {
        let mut numbers = params.iter().filter_map(|numbers| numbers.first().copied());
        let (first, second) = (numbers.next().unwrap_or(0), numbers.next());
        match (intermediates, last, first, second) {
            // A click as old terminals report it: three more characters.
            ([], 'M', 0, None) => (self.skipped, self.has_other) = (3, true),
            // A function key of the Linux console: one more character.
            ([], '[', 0, None) => (self.skipped, self.has_other) = (1, true),
            ([], 'Z', ..) => self.key(Key::BackTab),
            ([], '~', number, None) => self.numbered(number),
            ([], last, 0 | 1, None) => self.arrow(last),
            _ => self.has_other = true,
        }
    }

    fn esc_dispatch(&mut self, intermediates: &[u8], _: bool, byte: u8) {
        match (intermediates, byte) {
            ([], b'O') => self.is_keypad = true,
            _ => self.has_other = true,
        }
    }

    fn osc_dispatch(&mut self, _: &[&[u8]], _: bool) {
        self.has_other = true;
    }

    fn hook(&mut self, _: &Params, _: &[u8], _: bool, _: char) {
        self.has_other = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(bursts: &[&str]) -> Vec<Key> {
        let mut decoder = KeyDecoder::default();
        let mut keys = Vec::new();
        for burst in bursts {
            decoder.advance(burst.as_bytes());
            keys.extend(decoder.finish());
        }
        keys
    }

    #[test]
    fn each_key_is_read_in_all_its_forms() {
        for (bytes, key) in [
            ("q", Key::Char('q')),
            ("中", Key::Char('中')),
            ("\r", Key::Enter),
            ("\n", Key::Enter),
            ("\u{1b}", Key::Escape),
            ("\u{7f}", Key::Backspace),
            ("\u{8}", Key::Backspace),
            ("\t", Key::Tab),
            ("\u{1b}[Z", Key::BackTab),
            ("\u{1b}[A", Key::Up),
            ("\u{1b}OA", Key::Up),
            ("\u{1b}[B", Key::Down),
            ("\u{1b}[H", Key::Home),
            ("\u{1b}[1~", Key::Home),
            ("\u{1b}[7~", Key::Home),
            ("\u{1b}OF", Key::End),
            ("\u{1b}[4~", Key::End),
            ("\u{1b}[5~", Key::PageUp),
            ("\u{1b}[6~", Key::PageDown),
            ("\u{3}", Key::CtrlC),
            ("\u{4}", Key::CtrlD),
            ("\u{1a}", Key::CtrlZ),
        ] {
            assert_eq!(keys(&[bytes]), [key], "{bytes:?}");
        }
    }

    #[test]
    fn a_sequence_that_means_nothing_is_no_key() {
        for bytes in [
            "\u{1b}OQ",                             // F2
            "\u{1b}[1;2Q",                          // Shift-F2
            "\u{1b}[1;5Q",                          // Ctrl-F2
            "\u{1b}[24;5~",                         // Ctrl-F12
            "\u{1b}[[B",                            // F2 of the Linux console
            "\u{1b}[25$",                           // Shift-F3 of rxvt
            "\u{1b}Oq",                             // keypad 1
            "\u{1b}Oy",                             // keypad 9
            "\u{1b}[M qq",                          // a click
            "\u{1b}[<0;12;3M",                      // a click
            "\u{1b}[<35;12;3m",                     // the mouse moves
            "\u{1b}[I",                             // the window has the focus
            "\u{1b}[O",                             // and has not
            "\u{1b}]11;rgb:ffff/gggg/qqqq\u{1b}\\", // the background colour
            "\u{1b}]52;c;cXE=\u{7}",                // the clipboard
            "\u{1b}P>|xterm(370)q\u{1b}\\",         // the terminal's version
            "\u{1b}[>0;10;1c",                      // the terminal's kind
            "\u{1b}[?62;22c",                       // its abilities
            "\u{1b}[24;80R",                        // where the cursor is
            "\u{1b}[113u",                          // q as kitty reports it
            "\u{1b}[1;3A",                          // Alt-Up
            "\u{1b}q",                              // Alt-q
            "\u{1b}\u{1b}OQ",                       // Alt-F2
            "\u{1b}[200~q\ny\u{1b}[201~",           // a paste
            "\u{1}",                                // Ctrl-A
        ] {
            assert_eq!(keys(&[bytes]), [], "{bytes:?}");
            // The next key is a key again.
            assert_eq!(keys(&[bytes, "q"]), [Key::Char('q')], "{bytes:?}");
            // One that comes at once may belong to it.
            assert_eq!(keys(&[&format!("{bytes}q")]), [], "{bytes:?}");
        }
    }

    #[test]
    fn a_burst_of_different_keys_is_a_paste() {
        for bytes in ["quit\r", "q\r", "y\n", "2\r", "\u{1b}q\u{1b}", "\u{1b}[Bq"] {
            assert_eq!(keys(&[bytes]), [], "{bytes:?}");
        }
        assert_eq!(keys(&["jjj"]), [Key::Char('j'); 3]);
        let moves = [Key::Down, Key::Down, Key::Up];
        assert_eq!(keys(&["\u{1b}[B\u{1b}[B\u{1b}[A"]), moves);
        assert_eq!(keys(&["q", "\r"]), [Key::Char('q'), Key::Enter]);
    }

    #[test]
    fn characters_that_come_together_are_text_and_no_keys() {
        for text in ["萝卜", "quit", "2 q"] {
            let expected: Vec<_> = text.chars().map(Key::Text).collect();
            assert_eq!(keys(&[text]), expected, "{text:?}");
        }
    }

    #[test]
    fn a_paste_lasts_until_its_end_however_slow_it_comes() {
        let bursts = ["\u{1b}[200~", "q", "y", "\u{3}", "\u{1b}[201~", "s"];
        assert_eq!(keys(&bursts), [Key::Char('s')]);
    }

    #[test]
    fn a_sequence_in_two_pieces_is_one() {
        let mut decoder = KeyDecoder::default();
        decoder.advance(b"\x1b");
        assert!(decoder.is_undecided());
        decoder.advance(b"OQ");
        assert!(!decoder.is_undecided());
        assert_eq!(decoder.finish(), []);
    }

    #[test]
    fn a_sequence_that_never_ends_swallows_no_later_key() {
        assert_eq!(keys(&["\u{1b}]0;title", "\u{3}"]), [Key::CtrlC]);
        assert_eq!(keys(&["\u{1b}[", "q"]), [Key::Char('q')]);
        assert_eq!(keys(&["\u{1b}[M", "q"]), [Key::Char('q')]);
    }
}
