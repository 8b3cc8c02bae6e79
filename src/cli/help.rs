//! The help texts of the command line.

use std::env;

use clap::{Arg, Command, CommandFactory};

use crate::cli::arguments::Cli;
use crate::cli::usage::USAGE;
use crate::console::layout::wrap;
use crate::console::message::t;

/// The width of the help, in columns.
const WIDTH: usize = 80;

/// The column at which the texts of the options begin that stand below their options.
const BELOW: usize = 10;

/// The column at which the texts of a sub-command's options begin, behind the longest one, `--library`.
const BEHIND: usize = 34;

/// The grammar with its help texts in the host's language.
pub(crate) fn command() -> Command {
    let others = USAGE.iter().map(|(_, line)| *line);
    let usage: Vec<_> = std::iter::once("webserver <PORT> [GAME] [OPTIONS]")
        .chain(others)
        .chain(["webserver help [COMMAND]"])
        .collect();
    Cli::command()
        .about(t!("cli.about").into_owned())
        .override_usage(usage.join("\n  "))
        .help_template(format!(
            "{{about}}\n\n{}\n  {{usage}}\n\n{{all-args}}{{after-help}}\n",
            t!("cli.usage")
        ))
        .after_help(t!("cli.environment").into_owned())
        .subcommand_help_heading(t!("cli.commands").into_owned())
        .mut_args(|arg| with_help(arg, "cli"))
        .mut_subcommands(|subcommand| {
            let key = format!("cli.{}", subcommand.get_name());
            subcommand
                .about(rust_i18n::t!(&key).into_owned())
                .help_template(format!(
                    "{{about}}\n\n{} {{usage}}\n\n{{all-args}}\n",
                    t!("cli.usage")
                ))
                .disable_help_flag(true)
                .mut_args(|arg| with_help(arg, &key))
        })
}

/// The same with help texts in lines that a terminal of 80 columns does not break.
pub(super) fn in_lines(grammar: Command) -> Command {
    grammar
        // Sub-commands take over the global ones.
        .mut_args(|arg| match arg.is_global_set() || arg.is_positional() {
            true => wrapped(arg, BEHIND),
            // One below its option has all options of the command stand so.
            false => wrapped(arg, BELOW).next_line_help(true),
        })
        .mut_subcommands(|subcommand| subcommand.mut_args(|arg| wrapped(arg, BEHIND)))
}

/// An argument whose help text begins at this column, or behind its name if it has a place and no option.
fn wrapped(arg: Arg, column: usize) -> Arg {
    let name = arg.get_value_names().and_then(|names| names.first());
    let column = match (arg.is_positional(), name) {
        (true, Some(name)) => name.len() + "  <>...  ".len(),
        _ => column,
    };
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    arg.help(wrap(&help, WIDTH.saturating_sub(column)))
}

fn with_help(arg: Arg, key: &str) -> Arg {
    let help = rust_i18n::t!(format!("{key}.{}", arg.get_id())).into_owned();
    let heading = match arg.is_positional() {
        true => t!("cli.arguments"),
        false => t!("cli.options"),
    };
    let takes_values = arg.get_action().takes_values();
    let arg = arg
        .help(help)
        .help_heading(heading.into_owned())
        .hide_env(true)
        .hide_default_value(takes_values)
        .hide_possible_values(takes_values);
    // An empty variable counts as unset.
    match arg.get_env().and_then(env::var_os) {
        Some(value) if value.is_empty() => arg.env(None::<&str>),
        _ => arg,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_has_no_contradictions() {
        command().debug_assert();
    }

    #[test]
    fn every_argument_has_a_help_text() {
        let command = command();
        for one in std::iter::once(&command).chain(command.get_subcommands()) {
            for arg in one.get_arguments() {
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                let is_text = !help.is_empty() && !help.starts_with("cli.");
                assert!(is_text, "{} {}: {help}", one.get_name(), arg.get_id());
            }
        }
    }
}
