//! The completions, in the shells themselves.

use std::path::Path;

use crate::support::{Place, WEBSERVER, not_tested};

/// A script that prints bash's candidates for the last of its words.
const BASH: &str = r#"
source <(webserver completions bash)
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_TYPE=9
_clap_complete_webserver webserver "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
"#;

/// A second zsh behind a pseudo-terminal of its own, in which a line is typed and Tab pressed.
const ZSH: &str = r#"
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1='ready>'; autoload -U compinit; compinit -u -D; source <(webserver completions zsh); print se''t up"
zpty -r shell text '*set up*'
zpty -w -n shell "$*"$'\t'
zpty -r shell text "*$EXPECTED*"
print -r -- "$text"
"#;

const FISH: &str = "webserver completions fish | source; complete -C \"$argv\"";

/// Runs a shell's script in the place, with the program on its path. Returns none if the machine has no such shell.
fn run(shell: &str, arguments: &[&str], expected: &str, place: &Place) -> Option<String> {
    let folder = Path::new(WEBSERVER).parent().unwrap().to_str().unwrap();
    let path = std::env::var("PATH").unwrap();
    let arguments = [&["20", shell], arguments].concat();
    let output = place
        .command("timeout", &arguments)
        .env("PATH", format!("{folder}:{path}"))
        .env("EXPECTED", expected)
        .output()
        .unwrap();
    // As env(1) and timeout(1) say that a program is not there.
    if output.status.code() == Some(127) {
        not_tested(&format!("completions in {shell}, which is not installed"));
        return None;
    }
    assert!(output.status.success(), "{shell} {expected}: {output:?}");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Lines, and one candidate for their last word.
const LINES: [(&[&str], &str); 5] = [
    (&["webserver", "publ"], "publish"),
    (&["webserver", "8080", "be"], "beta"),
    (&["webserver", "check", "gam"], "gamma"),
    (&["webserver", "8080", "--log", "play"], "players"),
    (&["webserver", "status", "--js"], "--json"),
];

#[test]
fn bash_completes_commands_options_values_and_games() {
    let place = Place::with_three_games();
    for (words, expected) in LINES {
        let arguments = [&["--norc", "-c", BASH, "bash"], words].concat();
        let Some(out) = run("bash", &arguments, expected, &place) else {
            return;
        };
        // A folder of the same name may follow.
        let first = out.lines().next().map(str::trim);
        assert_eq!(first, Some(expected), "{words:?}");
    }
}

#[test]
fn fish_completes_commands_options_values_and_games() {
    let place = Place::with_three_games();
    for (words, expected) in LINES {
        let line = words.join(" ");
        let arguments = ["--no-config", "-c", FISH, line.as_str()];
        let Some(out) = run("fish", &arguments, expected, &place) else {
            return;
        };
        let first = out.lines().next().and_then(|line| line.split('\t').next());
        assert_eq!(first, Some(expected), "{words:?}");
    }
}

#[test]
fn zsh_completes_commands_options_values_and_games() {
    let place = Place::with_three_games();
    for (words, expected) in LINES {
        let arguments = [&["-f", "-c", ZSH, "zsh"], words].concat();
        let Some(out) = run("zsh", &arguments, expected, &place) else {
            return;
        };
        assert!(out.contains(expected), "{words:?}: {out}");
    }
}

#[test]
fn every_shell_has_completions_and_an_unknown_one_is_a_mistake() {
    let place = Place::with_three_games();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let printed = place.run(&["completions", shell]);
        assert_eq!(printed.code, Some(0), "{shell}");
        assert!(printed.out.contains("COMPLETE"), "{shell}: {}", printed.out);
    }
    let mistake = place.run(&["completions", "ksh"]);
    assert_eq!(mistake.code, Some(2));
    assert!(
        mistake.err.contains("choose one of bash,"),
        "{}",
        mistake.err
    );
}

#[test]
fn the_manual_names_every_command_and_option_of_the_help() {
    let place = Place::with_three_games();
    let help = place.run(&["--help"]).out;
    let page = place.run(&["man"]).out.replace("\\-", "-");
    let words = help.split(|c: char| c.is_whitespace() || "[=,".contains(c));
    let options: Vec<_> = words.filter(|word| word.starts_with("--")).collect();
    assert!(options.len() > 10, "{help}");
    for option in options {
        assert!(page.contains(option), "{option}: {page}");
    }
    for command in ["list", "add", "publish", "status", "stop", "completions"] {
        assert!(page.contains(&format!("webserver-{command}(1)")), "{page}");
        let own = place.run(&["man", command]).out.replace("\\-", "-");
        assert!(own.starts_with(".ie"), "{own}");
        assert!(own.contains(&format!("webserver-{command}")), "{own}");
    }
    assert!(!page.contains(".SH EXTRA"), "{page}");
    for arguments in [
        &["man", "--lang", "zh-CN"][..],
        &["man", "add", "--lang", "zh-CN"],
    ] {
        let page = place.run(arguments).out;
        let headings = page.lines().filter_map(|line| line.strip_prefix(".SH "));
        let english = headings.filter(|heading| heading.is_ascii());
        assert_eq!(english.collect::<Vec<_>>(), [""; 0], "{arguments:?}");
    }
    assert_eq!(place.run(&["man", "nothing"]).code, Some(2));
}
