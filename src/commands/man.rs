//! `webserver man`: prints a manual page, made from the same grammar as the help.

use std::io;

use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::cli::help::command;
use crate::cli::usage::usage_of;
use crate::console::failure::{Exit, Failure};
use crate::console::message::t;
use crate::console::stdout::print_text;

/// Prints the manual page of the program, or of a command, on standard output.
///
/// # Errors
/// If there is no such command, or the page cannot be written.
pub(super) fn run(name: Option<&str>) -> Result<Exit, Failure> {
    let page = match name {
        None => program_page(),
        Some(name) => command_page(name).ok_or_else(|| {
            usage_of(
                Some("man"),
                t!("usage.command", command = name.escape_debug()),
            )
        })?,
    };
    let page = page.map_err(Failure::failed)?;
    print_text(&with_own_headings(&String::from_utf8_lossy(&page)))
}

/// Puts the headings that the generator has in English only in the host's language.
fn with_own_headings(page: &str) -> String {
    let headings = [
        ("NAME", t!("man.name")),
        ("SYNOPSIS", t!("man.synopsis")),
        ("DESCRIPTION", t!("man.description")),
        ("VERSION", t!("man.version")),
    ];
    headings.iter().fold(page.to_owned(), |page, (name, own)| {
        page.replace(&format!("\n.SH {name}\n"), &format!("\n.SH {own}\n"))
    })
}

fn program_page() -> io::Result<Vec<u8>> {
    let commands = t!("cli.commands").to_uppercase();
    // Its text has a section of its own.
    let program = command()
        .after_help(None::<&str>)
        .subcommand_help_heading(commands);
    let man = Man::new(program);
    let mut page = Vec::new();
    man.render(&mut page)?;
    let mut rest = Roff::new();
    rest.control("SH", [t!("man.environment").as_ref()]);
    rest.text([roman(t!("cli.environment").replace('\n', " "))]);
    rest.control("SH", [t!("man.files").as_ref()]);
    for (path, what) in [
        ("~/.config/webserver/config.toml", t!("man.config")),
        ("games", t!("man.games")),
        ("~/.local/share/webserver", t!("man.data")),
        ("~/.local/state/webserver", t!("man.state")),
        ("~/.cache/webserver", t!("man.cache")),
    ] {
        rest.control("TP", []);
        rest.text([bold(path)]);
        rest.text([roman(what.into_owned())]);
    }
    rest.control("SH", [t!("man.exit").as_ref()]);
    rest.text([roman(t!("man.exit_codes").into_owned())]);
    rest.to_writer(&mut page)?;
    Ok(page)
}

fn command_page(name: &str) -> Option<io::Result<Vec<u8>>> {
    let mut program = command();
    program.build();
    let found = program.find_subcommand(name)?.clone();
    let title = format!("webserver-{name}");
    let man = Man::new(found.display_name(&title).name(title));
    let mut page = Vec::new();
    Some(man.render(&mut page).map(|()| page))
}
