//! Files that are left out of a game.

use crate::console::describe::Describe;
use crate::console::message::t;
use webserver::language::Language;
use webserver::names::left_out::{LeftOut, LeftOutCause};

/// The most paths that are named for one reason; more are only counted.
const MAX_NAMES: usize = 3;

impl Describe for LeftOutCause {
    fn describe(&self, language: Language) -> String {
        let locale = language.tag();
        match self {
            Self::Leftover => t!("left_out.leftover", locale = locale),
            Self::DeadLink => t!("left_out.dead_link", locale = locale),
            Self::LinkOut => t!("left_out.link_out", locale = locale),
            Self::Special => t!("left_out.special", locale = locale),
            Self::Name => t!("left_out.name", locale = locale),
        }
        .into_owned()
    }
}

/// The paths for each reason, and the reason.
pub(crate) fn left_out_by_cause(
    left_out: &[LeftOut],
    language: Language,
) -> Vec<(String, LeftOutCause)> {
    let mut causes: Vec<_> = left_out.iter().map(|one| one.cause).collect();
    causes.sort_unstable();
    causes.dedup();
    let group = |cause| {
        let of_cause = left_out.iter().filter(|one| one.cause == cause);
        let paths: Vec<_> = of_cause.map(|one| one.path.as_str()).collect();
        let named = paths.get(..MAX_NAMES).unwrap_or(&paths).join(", ");
        let text = match paths.len().saturating_sub(MAX_NAMES) {
            0 => named,
            count => t!(
                "explain.and_more",
                locale = language.tag(),
                files = named,
                count = count
            )
            .into_owned(),
        };
        (text, cause)
    };
    causes.into_iter().map(group).collect()
}

/// All paths with their reasons, on one line.
pub(crate) fn left_out_text(left_out: &[LeftOut], language: Language) -> String {
    let groups = left_out_by_cause(left_out, language).into_iter();
    let group = |(paths, cause): (String, LeftOutCause)| {
        let reason = cause.describe(language);
        t!(
            "left_out.group",
            locale = language.tag(),
            paths = paths,
            reason = reason
        )
        .into_owned()
    };
    let groups: Vec<_> = groups.map(group).collect();
    groups.join(&t!("text.semicolon", locale = language.tag()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_files_are_counted() {
        let left_out = |path: &str, cause| LeftOut {
            path: path.to_owned(),
            cause,
        };
        let all = [
            left_out("a", LeftOutCause::Special),
            left_out("b", LeftOutCause::DeadLink),
            left_out("c", LeftOutCause::Special),
            left_out("d", LeftOutCause::Special),
            left_out("e", LeftOutCause::Special),
        ];
        let text = left_out_text(&all, Language::English);
        assert_eq!(
            text,
            "b (a broken or circular link); a, c, d and 1 more (neither a file nor a folder)"
        );
    }
}
