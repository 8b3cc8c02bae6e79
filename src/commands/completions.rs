//! `webserver completions`: prints a shell completion script. It asks the program itself on each Tab, so that the games
//! of the library complete, too.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::{Arg, Command};
use clap_complete::engine::{
    ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter as _,
};
use clap_complete::env::{CompleteEnv, Shells};

use crate::cli::help::command;
use crate::cli::usage::usage_of;
use crate::console::failure::{Exit, Failure};
use crate::console::locale;
use crate::console::message::t;
use crate::console::stdout::print_text;
use webserver::config::Config;
use webserver::language::Language;
use webserver::library::listing::Library;

/// The variable by which a shell asks for candidates.
const VARIABLE: &str = "COMPLETE";

/// Prints the completion script of a shell on standard output.
///
/// # Errors
/// If there are none for this shell, or they cannot be written.
pub(super) fn run(shell: &str) -> Result<Exit, Failure> {
    let shells = Shells::builtins();
    let Some(completer) = shells.completer(shell) else {
        let known = shells.names().collect::<Vec<_>>().join(", ");
        let what = t!("usage.shell", shell = shell.escape_debug(), known = known);
        return Err(usage_of(Some("completions"), what));
    };
    let mut script = Vec::new();
    let name = "webserver";
    completer
        .write_registration(VARIABLE, name, name, name, &mut script)
        .map_err(Failure::failed)?;
    print_text(&String::from_utf8_lossy(&script))
}

/// Answers a shell that asks for candidates. Returns false if none does.
pub(crate) fn answer(arguments: &[OsString]) -> bool {
    let asks = std::env::var_os(VARIABLE).is_some_and(|shell| !shell.is_empty());
    if !asks {
        return false;
    }
    locale::set(Language::from_environment());
    let words: Vec<_> = arguments.to_vec();
    let completion = CompleteEnv::with_factory(move || with_candidates(command(), &words));
    let folder = std::env::current_dir().ok();
    // On any failure the shell gets no candidates: a message would end up in the line being typed.
    completion
        .var(VARIABLE)
        .try_complete(arguments, folder.as_deref())
        .unwrap_or(true)
}

/// The grammar with candidates for each value.
fn with_candidates(command: Command, words: &[OsString]) -> Command {
    let config = option(words, "--config");
    let complete = |arg: Arg| with_values(arg, config.clone());
    command
        .mut_args(complete)
        .mut_subcommands(|subcommand| subcommand.mut_args(complete))
}

/// The values of an argument, by the name of its value.
fn with_values(arg: Arg, config: Option<OsString>) -> Arg {
    let names = arg.get_value_names().unwrap_or_default();
    let name = names.first().map(|name| name.to_string());
    match name.as_deref() {
        Some("GAME") => arg.add(ArgValueCompleter::new(move |typed: &OsStr| {
            let mut found = games(typed, config.as_deref());
            found.extend(PathCompleter::any().complete(typed));
            found
        })),
        Some("SLUG") => arg.add(ArgValueCompleter::new(move |typed: &OsStr| {
            games(typed, config.as_deref())
        })),
        Some("FILE" | "SOURCE") => arg.add(ArgValueCompleter::new(PathCompleter::any())),
        Some(list) if list.contains('|') => {
            let values: Vec<_> = list.split('|').map(str::to_owned).collect();
            arg.add(ArgValueCompleter::new(move |typed: &OsStr| {
                let typed = typed.to_string_lossy();
                let begin = values.iter().filter(|value| value.starts_with(&*typed));
                begin.map(CompletionCandidate::new).collect()
            }))
        }
        _ => arg,
    }
}

/// The games of the library whose slug begins with what is typed, each with its title.
fn games(typed: &OsStr, config: Option<&OsStr>) -> Vec<CompletionCandidate> {
    let Ok(config) = Config::find(config.map(Path::new)) else {
        return Vec::new();
    };
    let typed = typed.to_string_lossy();
    // Not from object storage: a completion must not wait.
    let library = Library::open(&config.library_options());
    let begin = library.games.iter();
    let begin = begin.filter(|game| game.slug.starts_with(&*typed));
    let language = locale::current();
    begin
        .map(|game| {
            let title = game.title.get(language).to_owned();
            CompletionCandidate::new(&game.slug).help(Some(title.into()))
        })
        .collect()
}

/// The value of an option on the line that is being completed.
fn option(words: &[OsString], name: &str) -> Option<OsString> {
    let joined = format!("{name}=");
    words.iter().enumerate().find_map(|(index, word)| {
        if word == name {
            return words.get(index + 1).cloned();
        }
        word.to_str()?.strip_prefix(&joined).map(OsString::from)
    })
}
