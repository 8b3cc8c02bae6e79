//! A yes-or-no question, drawn as dialoguer draws it.
//!
//! dialoguer's own `Confirm` is not used: Ctrl-C leaves the cursor hidden, and it waits on when a signal handler is
//! installed. Only a deliberate answer counts: all other keys are ignored.

use dialoguer::theme::{ColorfulTheme, Theme};

use crate::console::key::Key;
use crate::console::layout::fit;
use crate::console::screen_line::ScreenLine;

/// A question on the terminal.
#[derive(Debug)]
pub(crate) struct Question {
    text: String,
    confirmation: Confirmation,
    is_yes_typed: bool,
}

/// The keys that mean yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Confirmation {
    /// The key `y`.
    Key,
    /// The key `y`, then Enter, for what cannot be undone.
    KeyAndEnter,
}

/// The decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum YesNo {
    Yes,
    No,
    /// Ctrl-C.
    Interrupted,
}

impl Question {
    pub(crate) fn new(text: String, confirmation: Confirmation) -> Self {
        Self {
            text,
            confirmation,
            is_yes_typed: false,
        }
    }

    /// Takes a key; returns the answer when it completes one.
    pub(crate) fn press(&mut self, key: Key) -> Option<YesNo> {
        let was_yes_typed = std::mem::take(&mut self.is_yes_typed);
        match key {
            Key::Char('y' | 'Y') if self.confirmation == Confirmation::Key => Some(YesNo::Yes),
            Key::Char('y' | 'Y') => {
                self.is_yes_typed = true;
                None
            }
            Key::Enter if was_yes_typed => Some(YesNo::Yes),
            Key::Char('n' | 'N') | Key::Escape => Some(YesNo::No),
            Key::CtrlC => Some(YesNo::Interrupted),
            _ => None,
        }
    }

    /// The lines to draw.
    pub(crate) fn lines(&self, columns: usize) -> Vec<ScreenLine> {
        // The theme adds marks around the text.
        const AROUND: usize = 15;
        let theme = ColorfulTheme::default();
        let text = fit(&self.text, columns.saturating_sub(AROUND));
        let typed = if self.is_yes_typed { "y" } else { "" };
        let line = ScreenLine::themed(&text, |mut out, text| {
            theme.format_confirm_prompt(&mut out, text, None)?;
            write!(out, " {typed}")
        });
        match line.width() <= columns {
            true => vec![line],
            false => vec![ScreenLine::plain(&fit(&self.text, columns))],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_deliberate_answer_counts() {
        use Key::{Char, CtrlC, CtrlD, Enter, Escape, Up};
        use YesNo::{Interrupted, No, Yes};
        for (confirmation, keys, expected) in [
            (Confirmation::Key, &[Char('y')][..], Some(Yes)),
            (Confirmation::Key, &[Char('Y')], Some(Yes)),
            (Confirmation::Key, &[Char('n')], Some(No)),
            (Confirmation::Key, &[Escape], Some(No)),
            (Confirmation::Key, &[CtrlC], Some(Interrupted)),
            (
                Confirmation::Key,
                &[Enter, Char('q'), Up, CtrlD, Char(' ')],
                None,
            ),
            (Confirmation::KeyAndEnter, &[Char('y')], None),
            (Confirmation::KeyAndEnter, &[Char('y'), Enter], Some(Yes)),
            (
                Confirmation::KeyAndEnter,
                &[Char('y'), Char('x'), Enter],
                None,
            ),
            (Confirmation::KeyAndEnter, &[Enter], None),
            (Confirmation::KeyAndEnter, &[Char('y'), Char('n')], Some(No)),
        ] {
            let mut question = Question::new(String::new(), confirmation);
            let answer = keys.iter().find_map(|key| question.press(*key));
            assert_eq!(answer, expected, "{keys:?}");
        }
    }

    #[test]
    fn a_question_fits_its_terminal() {
        let question = Question::new("Stop for everybody? 读心术".repeat(5), Confirmation::Key);
        for columns in [0, 1, 10, 20, 80] {
            let lines = question.lines(columns);
            assert!(
                lines.iter().all(|line| line.width() <= columns),
                "{lines:?}"
            );
        }
    }
}
