//! Drawings of a browser's warning about a certificate: what is tapped first, and what next.

use crate::html::escape::escape;

/// The parts in which browsers differ.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WarningDrawing<'a> {
    /// The words on the first button.
    pub first: &'a str,
    /// The words that are tapped then.
    pub then: &'a str,
    /// True if the first button stands left of the one that goes back.
    pub first_is_left: bool,
    /// True if a button follows, not a link in the text.
    pub then_is_button: bool,
}

/// Two screens, one after the other.
pub(crate) fn warning_drawing(drawing: &WarningDrawing<'_>) -> String {
    let (first, back) = match drawing.first_is_left {
        true => (12, 100),
        false => (68, 12),
    };
    let first_screen = format!(
        "{}{}<rect class=\"b\" x=\"{back}\" y=\"176\" width=\"48\" height=\"20\" rx=\"10\"/>{}",
        phone(0),
        lines(104, 3),
        tapped(first, 172, &Words::new(drawing.first, 80)),
    );
    let then = match drawing.then_is_button {
        true => tapped(12, 172, &Words::new(drawing.then, 136)),
        false => tapped(12, 148, &Words::new(drawing.then, 136)),
    };
    let second_screen = format!("{}{}{then}", phone(0), lines(104, 3));
    format!(
        "<svg viewBox=\"0 0 360 220\" aria-hidden=\"true\" fill=\"none\" stroke=\"currentColor\">\
         <g>{first_screen}</g><path d=\"M170 110h18m-7-7 7 7-7 7\"/>\
         <g transform=\"translate(198)\">{second_screen}</g></svg>"
    )
}

/// A screen with an address bar and a warning sign.
fn phone(x: u16) -> String {
    format!(
        "<rect x=\"{}\" y=\"1\" width=\"158\" height=\"218\" rx=\"14\"/>\
         <rect class=\"l\" x=\"12\" y=\"14\" width=\"136\" height=\"16\" rx=\"8\"/>\
         <path d=\"M80 46 102 84H58Z M80 58v12 m0 5v2\" stroke-width=\"3\" stroke-linejoin=\"round\"/>",
        x + 1
    )
}

/// Lines of text.
fn lines(y: u16, count: u16) -> String {
    let line = |number: u16| {
        let width = 136 - 24 * (number % 3);
        let y = y + 14 * number;
        format!("<rect class=\"l\" x=\"12\" y=\"{y}\" width=\"{width}\" height=\"6\" rx=\"3\"/>")
    };
    (0..count).map(line).collect()
}

/// Words that fit in a width, in a smaller letter if need be.
struct Words<'a> {
    text: &'a str,
    width: u16,
}

impl<'a> Words<'a> {
    fn new(text: &'a str, width: u16) -> Self {
        Self { text, width }
    }
}

/// The target of a tap.
fn tapped(x: u16, y: u16, words: &Words<'_>) -> String {
    let Words { text, width } = *words;
    format!(
        "<rect class=\"t\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"28\" rx=\"8\"/>\
         <text class=\"w\" x=\"{}\" y=\"{}\"{}>{}</text>",
        x + width / 2,
        y + 18,
        match text
            .chars()
            .map(|c| if c.is_ascii() { 6 } else { 11 })
            .sum::<u16>()
            + 8
            > width
        {
            true => format!(
                " textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"",
                width - 8
            ),
            false => String::new(),
        },
        escape(text),
    )
}
