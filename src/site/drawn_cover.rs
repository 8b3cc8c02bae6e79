//! Covers for games without a picture: a drawing that is the same for a game at every start.

use crate::html::escape::escape;

/// The number of background colors, which the lobby's style sheet has, too.
const HUES: u8 = 10;

/// Pairs of colors, dark enough for white letters (WCAG, 1.4.11).
const COLORS: [(&str, &str); HUES as usize] = [
    ("#c8553d", "#8f2f3f"),
    ("#b5762a", "#83431f"),
    ("#7d8b2f", "#3f5d2c"),
    ("#3f8f55", "#1f5a50"),
    ("#2f8f86", "#1d5470"),
    ("#2f7fae", "#284a86"),
    ("#4a66b8", "#3c3a86"),
    ("#6b55b5", "#4a2f7f"),
    ("#9050a8", "#5f2b6f"),
    ("#b04a86", "#6f2b52"),
];

/// The color of a game, by its slug: 0 to 9.
pub(crate) fn hue(slug: &str) -> u8 {
    digits(slug)[0] % HUES
}

/// Draws a cover as SVG: the first letters of the title on a pattern.
pub fn drawn_cover(slug: &str, title: &str) -> String {
    let digits = digits(slug);
    let (from, to) = COLORS[usize::from(hue(slug))];
    let shapes: String = digits[1..13].chunks_exact(3).map(shape).collect();
    let letters = escape(&initials(title));
    let size = if letters.chars().count() > 1 {
        150
    } else {
        190
    };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 400 225\">\
        <linearGradient id=\"g\" x2=\"1\" y2=\"1\"><stop stop-color=\"{from}\"/>\
        <stop offset=\"1\" stop-color=\"{to}\"/></linearGradient>\
        <rect width=\"400\" height=\"225\" fill=\"url(#g)\"/>\
        <g fill=\"#fff\" fill-opacity=\".12\">{shapes}</g>\
        <text x=\"200\" y=\"112\" dy=\".36em\" text-anchor=\"middle\" font-family=\"system-ui,sans-serif\" \
        font-weight=\"700\" font-size=\"{size}\" fill=\"#fff\">{letters}</text></svg>\n"
    )
}

/// A shape at a position and of a size that three numbers give.
fn shape(numbers: &[u8]) -> String {
    let [x, y, size] = [0, 1, 2].map(|index| u32::from(numbers.get(index).copied().unwrap_or(0)));
    let (x, y, size) = (x * 400 / 255, y * 225 / 255, 40 + size / 3);
    match size % 3 {
        0 => format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{size}\"/>"),
        1 => format!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{size}\" height=\"{size}\" rx=\"12\" \
            transform=\"rotate({size} {x} {y})\"/>"
        ),
        _ => format!("<path d=\"M{x} {y}l{size} {size}h-{0}z\"/>", 2 * size),
    }
}

/// The first letters of the first two words, or the first character of a title without spaces.
fn initials(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric());
    let letters = words.filter_map(|word| word.chars().next());
    letters.take(2).flat_map(char::to_uppercase).collect()
}

fn digits(slug: &str) -> [u8; 32] {
    blake3::hash(slug.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::page::tags;

    #[test]
    fn a_drawing_has_the_first_letters_of_the_title_and_no_tag_of_it() {
        for (title, expected) in [
            ("Carrot Tower", "CT"),
            ("2048", "2"),
            ("花园保卫战", "花"),
            ("<b>Tom</b> & Jerry", "BT"),
            ("éclair", "É"),
            ("!?", ""),
            ("", ""),
        ] {
            let svg = drawn_cover("slug", title);
            assert!(svg.contains(&format!(">{expected}</text>")), "{svg}");
            let tags = tags(svg.as_bytes());
            assert!(tags.iter().all(|tag| tag.name != "b"), "{svg}");
        }
        assert_eq!(drawn_cover("a", "A"), drawn_cover("a", "A"));
        assert_ne!(drawn_cover("a", "A"), drawn_cover("b", "A"));
    }
}
