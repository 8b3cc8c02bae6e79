//! The choice of the first game: the one named, else the answer of the host, else the default.

use std::path::Path;

use crate::cli::arguments::NamedGame;
use crate::cli::usage::start_mistake;
use crate::console::describe::Describe;
use crate::console::failure::Failure;
use crate::console::format::some_of;
use crate::console::input::HostInput;
use crate::console::message::t;
use crate::console::output::say;
use crate::console::{layout, library_table};
use webserver::config::Config;
use webserver::library::entry::Overrides;
use webserver::library::game::Game;
use webserver::library::listing::Library;
use webserver::library::reason::Reason;

/// The limit of wrong answers: more than a person would type.
const MAX_ANSWERS: usize = 10;

/// The limit of lines about what cannot be played, where there is no game.
const MAX_REJECTED: usize = 10;

/// The way to the first game.
pub(crate) enum FirstGame {
    /// The first of these that can be published.
    Chosen(Vec<Game>),
    /// The host picks it in the menu.
    Menu,
    /// The host names it in a line of standard input.
    Prompt(LinePrompt),
    /// It is chosen later, by a command from elsewhere.
    Awaited,
}

impl FirstGame {
    /// A replica takes the game that is chosen in the library; at a terminal the host may choose one.
    pub(crate) fn of_replica(input: &HostInput) -> Self {
        match input.terminal.is_some() && input.is_attended {
            true => Self::Menu,
            false => Self::Awaited,
        }
    }

    /// Decides how the first game is chosen.
    ///
    /// # Errors
    /// If the game named is not found, or nobody can be asked and there is no default.
    pub(crate) fn decide(
        named: Option<&NamedGame>,
        library: &Library,
        config: &Config,
        (input, port): (&HostInput, u16),
    ) -> Result<Self, Failure> {
        if let Some(named) = named {
            return find_named(library, named).map(|game| Self::Chosen(vec![game]));
        }
        if config.arcade && !library.games.is_empty() {
            return Self::featured(library, config);
        }
        if input.terminal.is_some() && input.is_attended {
            return Ok(Self::Menu);
        }
        if input.is_attended {
            return Ok(Self::Prompt(LinePrompt::new(port)));
        }
        match default_game(library, config) {
            Some(game) => game.map(|game| Self::Chosen(vec![game])),
            None if config.unattended => Ok(Self::unattended(library)),
            None => {
                let list = library_table::short(library);
                let command = example(library, port);
                Err(Failure::usage(t!("menu.nobody")).hint(format!("{list}{command}")))
            }
        }
    }
}

impl FirstGame {
    /// The game at the top of the lobby, which shows all others as well: the default, else the first of the library that
    /// can be published.
    fn featured(library: &Library, config: &Config) -> Result<Self, Failure> {
        let default = default_game(library, config).transpose()?;
        let is_other = |game: &&Game| default.as_ref() != Some(*game);
        let others = library.games.iter().filter(is_other).cloned();
        Ok(Self::Chosen(
            default.iter().cloned().chain(others).collect(),
        ))
    }

    /// Takes the first game of the library, and says how to choose another.
    fn unattended(library: &Library) -> Self {
        match library.games.first() {
            Some(game) => {
                tracing::warn!(event = "first_game_taken", slug = game.slug);
                Self::Chosen(vec![game.clone()])
            }
            None => {
                // A folder that is not there looks like an empty one.
                for rejected in library.rejected.iter().take(MAX_REJECTED) {
                    let entry = library_table::rejection(rejected);
                    tracing::warn!(event = "not_playable", entry);
                }
                tracing::warn!(event = "first_game_awaited");
                Self::Awaited
            }
        }
    }
}

/// A question on standard error, answered by a line of standard input.
#[derive(Debug)]
pub(crate) struct LinePrompt {
    /// The port in the command that needs no prompt.
    port: u16,
    wrong_answers: usize,
}

impl LinePrompt {
    fn new(port: u16) -> Self {
        Self {
            port,
            wrong_answers: 0,
        }
    }

    /// Prints the library and the question.
    pub(crate) fn ask(&self, library: &Library) {
        let list = library_table::short(library);
        say(&format!("{list}{}\n", t!("menu.line")));
    }

    /// Finds the game that a line names, or asks again.
    ///
    /// # Errors
    /// After too many wrong answers.
    pub(crate) fn answer(
        &mut self,
        line: &str,
        library: &Library,
    ) -> Result<Option<Game>, Failure> {
        if let Some(game) = library.find(line) {
            return Ok(Some(game.clone()));
        }
        let line = layout::fit(&line.escape_debug().to_string(), 40);
        say(&format!("{}\n", t!("menu.wrong", answer = line)));
        self.wrong_answers += 1;
        match self.wrong_answers {
            MAX_ANSWERS.. => Err(unanswered(library, self.port)),
            _ => Ok(None),
        }
    }

    /// Decides again at the end of an input without any answer, now that nobody can be asked.
    ///
    /// # Errors
    /// If there was a wrong answer, or there is no default.
    pub(crate) fn end(&self, library: &Library, config: &Config) -> Result<FirstGame, Failure> {
        if self.wrong_answers > 0 {
            return Err(unanswered(library, self.port));
        }
        match default_game(library, config) {
            Some(game) => game.map(|game| FirstGame::Chosen(vec![game])),
            None if config.unattended => Ok(FirstGame::unattended(library)),
            None => Err(Failure::usage(t!("menu.nobody")).hint(example(library, self.port))),
        }
    }
}

fn unanswered(library: &Library, port: u16) -> Failure {
    Failure::usage(t!("menu.no_answer")).hint(example(library, port))
}

/// The command that names a game.
fn example(library: &Library, port: u16) -> String {
    let game = library.games.first();
    let game = game.map_or("GAME", |game| game.slug.as_str());
    t!("hint.command", command = format!("webserver {port} {game}")).into_owned()
}

fn default_game(library: &Library, config: &Config) -> Option<Result<Game, Failure>> {
    let name = config.default_game.as_deref()?;
    let found = find_game(library, name, Path::new(""));
    Some(found.map_err(|failure| match config.file() {
        Some(file) => failure.at(&format!("{}: default_game", file.display())),
        None => failure.at("default_game"),
    }))
}

/// The sources at a path or URL that can be played without being added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlayableSource {
    /// A folder or a zip archive, which is read in its place.
    InPlace,
    /// Other archives, single pages and URLs too, which are downloaded or unpacked before.
    Any,
    /// The same, with options for a game given by its path.
    WithOptions,
}

/// Finds a game by slug, title, number in the menu, or path relative to a folder.
///
/// # Errors
/// If there is none, with similar names, or if the path leads to no game, with the reason.
pub(crate) fn find_game(library: &Library, name: &str, folder: &Path) -> Result<Game, Failure> {
    if let Some(game) = library.find(name) {
        return Ok(game.clone());
    }
    let path = folder.join(name);
    game_at(
        library,
        name,
        &path,
        Overrides::default(),
        PlayableSource::InPlace,
    )
}

/// Finds a game that a command line names, to be served with these overrides if it is one at a path.
///
/// # Errors
/// As [`find_game`]; and if a game of the library is to have overrides, which stand in config.toml.
pub(crate) fn find_typed_game(
    library: &Library,
    name: &str,
    overrides: Overrides,
    playable: PlayableSource,
) -> Result<Game, Failure> {
    match library.find(name) {
        Some(game) if overrides == Overrides::default() => Ok(game.clone()),
        Some(game) => {
            let hint = t!("hint.overrides", slug = game.slug);
            Err(start_mistake(t!("usage.overrides")).hint(hint))
        }
        None => game_at(library, name, Path::new(name), overrides, playable),
    }
}

/// The game at the path of a name that no game of the library has.
fn game_at(
    library: &Library,
    name: &str,
    path: &Path,
    overrides: Overrides,
    playable: PlayableSource,
) -> Result<Game, Failure> {
    if playable == PlayableSource::InPlace && is_url(name) {
        let command = format!("webserver add '{}' --publish", name.escape_debug());
        let hint = t!("hint.command", command = command);
        return Err(Failure::usage(t!("game.url")).hint(hint));
    }
    if path.exists() || name.contains('/') {
        let game = Game::from_path_with(path, overrides);
        return game.map_err(|reason| not_a_game(reason, playable));
    }
    let unknown = Failure::usage(t!("game.unknown", name = name.escape_debug()));
    Err(match library.nearest(name).as_slice() {
        [] if library.games.is_empty() && library.rejected.is_empty() => {
            unknown.hint(t!("hint.path"))
        }
        [] if library.games.is_empty() => unknown.hint(library_table::short(library).trim_end()),
        [] => unknown.hint(playable.hint()),
        nearest => {
            let names = nearest.join(", ");
            unknown.hint(t!("hint.nearest", names = names, others = playable.hint()))
        }
    })
}

fn is_url(name: &str) -> bool {
    let scheme = name.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| ["http", "https"].contains(&scheme))
}

impl PlayableSource {
    /// The hint for a name that leads to no game.
    fn hint(self) -> String {
        match self {
            Self::InPlace => t!("hint.list"),
            Self::Any | Self::WithOptions => t!("hint.list_or_source"),
        }
        .into_owned()
    }

    /// The hint for a game without an entry page.
    fn entry_hint(self) -> String {
        match self {
            Self::WithOptions => t!("hint.entry"),
            Self::InPlace | Self::Any => t!("hint.index"),
        }
        .into_owned()
    }
}

/// Finds the game named at the start. Several words may be one title.
fn find_named(library: &Library, named: &NamedGame) -> Result<Game, Failure> {
    let (name, overrides) = (named.name(), named.overrides.clone());
    let found = find_typed_game(library, &name, overrides, PlayableSource::WithOptions);
    found.map_err(|failure| match named.words.as_slice() {
        [first, second, ..] if library.find(first).is_some() => {
            start_mistake(t!("usage.too_many", argument = second.escape_debug()))
                .hint(t!("hint.usage"))
        }
        _ if named.is_variable => failure.at("WEBSERVER_GAME"),
        _ => failure,
    })
}

/// The message about a path on the command line that leads to no game.
fn not_a_game(reason: Reason, playable: PlayableSource) -> Failure {
    match &reason {
        Reason::Missing { path } => {
            let path = path.display();
            Failure::usage(t!("game.missing", path = path)).hint(playable.hint())
        }
        Reason::NotAFolder { path } if playable != PlayableSource::InPlace => {
            Failure::usage(t!("game.not_a_source", path = path.display()))
        }
        Reason::NoEntry { path } => {
            let path = path.display();
            Failure::usage(t!("game.no_entry", path = path)).hint(playable.entry_hint())
        }
        Reason::SeveralGames { path, games } => several_games(path, games),
        Reason::EntryMissing { path, entry } => {
            let path = path.display();
            let what = t!("game.entry_missing", path = path, entry = entry);
            Failure::usage(what).hint(playable.entry_hint())
        }
        Reason::NotAPage { .. } => Failure::usage(reason.text()).hint(playable.entry_hint()),
        Reason::Archive { .. } => Failure::failed(reason.text()),
        _ => Failure::usage(reason.text()),
    }
}

/// The message about a path that leads to several games.
fn several_games(path: &Path, games: &[String]) -> Failure {
    let what = t!(
        "game.several",
        path = path.display(),
        games = some_of(games)
    );
    let first = games.first().map_or("", String::as_str);
    Failure::usage(what).hint(match path.is_dir() {
        true => t!("hint.one_of", path = path.join(first).display()),
        false => t!(
            "hint.command",
            command = format!("webserver add {}", path.display())
        ),
    })
}
