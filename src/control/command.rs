//! The commands of a running server, given by a key, by a line of input, or through the control socket.

use std::path::PathBuf;

use crate::console::key::Key;
use serde::{Deserialize, Serialize};

use crate::console::failure::Failure;
use crate::console::message::t;

/// A command.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Command {
    /// Publish another game.
    Publish {
        /// A slug, title, number or path.
        game: String,
        /// The folder that a path is relative to.
        folder: PathBuf,
    },
    /// Open the menu.
    Menu,
    /// Build the game on the air again.
    Rebuild,
    /// Read the configuration and the library again.
    Reload,
    /// Read the library again if games may have come to its folder.
    LookForGames,
    /// Have all open pages of live games reload.
    ReloadPages,
    /// Open the game in the host's browser.
    Open,
    /// Print the addresses.
    Addresses,
    /// Show a QR code of the address, as large as the terminal.
    Code,
    /// Open the console in the host's browser.
    Console,
    /// Sign every browser out of the console, and make a new address.
    EndConsoles,
    /// Serve every game at an origin of its own with a lobby, or the game on the air alone.
    Arcade,
    /// Pause or resume the request log.
    Log,
    /// Pause or resume the errors of players' pages.
    Errors,
    /// Print the status.
    Status,
    /// Print the keys or commands.
    Help,
    /// Stop the server.
    Stop,
}

/// The commands without arguments: word, key, command.
const WORDS: [(&str, char, Command); 12] = [
    ("arcade", 'a', Command::Arcade),
    ("rebuild", 'r', Command::Rebuild),
    ("open", 'o', Command::Open),
    ("addresses", 'u', Command::Addresses),
    ("code", 'c', Command::Code),
    ("console", 'w', Command::Console),
    ("lock", 'k', Command::EndConsoles),
    ("log", 'l', Command::Log),
    ("errors", 'e', Command::Errors),
    ("status", 's', Command::Status),
    ("help", 'h', Command::Help),
    ("quit", 'q', Command::Stop),
];

impl Command {
    /// Maps a key to its command.
    pub(crate) fn from_key(key: Key) -> Option<Self> {
        let Key::Char(letter) = key else {
            return (key == Key::CtrlC).then_some(Self::Stop);
        };
        match letter.to_ascii_lowercase() {
            'g' => Some(Self::Menu),
            '?' => Some(Self::Help),
            letter => WORDS
                .into_iter()
                .find_map(|(_, key, command)| (key == letter).then_some(command)),
        }
    }

    /// Parses a line of input; `None` if it is empty.
    ///
    /// # Errors
    /// If its first word is not a command.
    pub(crate) fn parse(line: &str) -> Result<Option<Self>, Failure> {
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        let known = WORDS.into_iter().find(|(known, _, _)| *known == word);
        match (word, rest, known) {
            ("", ..) => Ok(None),
            ("publish", "", _) => Err(Failure::usage(t!("command.no_game"))),
            ("publish", game, _) => Ok(Some(Self::Publish {
                game: game.to_owned(),
                folder: PathBuf::new(),
            })),
            ("stop", "", _) => Ok(Some(Self::Stop)),
            (_, "", Some((_, _, command))) => Ok(Some(command)),
            _ => {
                let words = WORDS.map(|(word, _, _)| word).join(", ");
                let unknown = t!("command.unknown", line = line.escape_debug());
                Err(Failure::usage(unknown).hint(t!("command.words", words = words)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_parses_to_its_command_or_fails() {
        let publish = |game: &str| {
            Some(Command::Publish {
                game: game.into(),
                folder: PathBuf::new(),
            })
        };
        for (line, expected) in [
            ("publish 2048", Ok(publish("2048"))),
            ("publish  Carrot Tower ", Ok(publish("Carrot Tower"))),
            ("publish", Err(())),
            ("status", Ok(Some(Command::Status))),
            ("quit", Ok(Some(Command::Stop))),
            ("stop", Ok(Some(Command::Stop))),
            ("rebuild", Ok(Some(Command::Rebuild))),
            ("arcade", Ok(Some(Command::Arcade))),
            ("quit now", Err(())),
            ("Publish 2048", Err(())),
            ("nonsense", Err(())),
            ("", Ok(None)),
        ] {
            assert_eq!(Command::parse(line).map_err(drop), expected, "{line}");
        }
    }

    #[test]
    fn a_key_maps_to_its_command_in_either_case() {
        for (key, expected) in [
            (Key::Char('g'), Some(Command::Menu)),
            (Key::Char('G'), Some(Command::Menu)),
            (Key::Char('a'), Some(Command::Arcade)),
            (Key::Char('r'), Some(Command::Rebuild)),
            (Key::Char('o'), Some(Command::Open)),
            (Key::Char('u'), Some(Command::Addresses)),
            (Key::Char('c'), Some(Command::Code)),
            (Key::Char('w'), Some(Command::Console)),
            (Key::Char('k'), Some(Command::EndConsoles)),
            (Key::Char('l'), Some(Command::Log)),
            (Key::Char('e'), Some(Command::Errors)),
            (Key::Char('s'), Some(Command::Status)),
            (Key::Char('h'), Some(Command::Help)),
            (Key::Char('q'), Some(Command::Stop)),
            (Key::CtrlC, Some(Command::Stop)),
            (Key::Char('x'), None),
            (Key::Enter, None),
        ] {
            assert_eq!(Command::from_key(key), expected, "{key:?}");
        }
    }
}
