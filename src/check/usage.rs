//! The use of a string constant in a script: the argument of a call, the value of a name, or neither.

use crate::detect::script::is_identifier_part;

/// The longest text before a constant that is read, in bytes.
const MAX_BEFORE: usize = 200;

/// The use of a string constant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ConstantUse {
    /// The function that it is an argument of, with the objects before it: `loader.load`.
    pub callee: String,
    /// The first argument, if the constant is the second one.
    pub first: String,
    /// The name that it is assigned to, in an object or by a statement.
    pub key: String,
    /// The name that stands before it in a sum: `buildUrl`.
    pub prefix: String,
    /// True if it is part of a longer expression.
    pub is_part: bool,
    /// True if a bundler has looked the module up: it is an argument of `require`, or browserify numbers it.
    pub is_bundled: bool,
    /// True if a failure of the call is caught.
    pub is_caught: bool,
    /// True if the script looks at its host, or for a debugger, shortly before.
    pub is_guarded: bool,
}

/// Words of scripts that behave differently on the developer's machine.
const GUARDS: &[&str] = &[
    "hostname",
    "location.host",
    "debug",
    "development",
    "node_env",
    "isdev",
    "is_dev",
    "__dev__",
    "islocal",
    "is_local",
];

impl ConstantUse {
    /// Reads the text before and after a constant.
    pub(crate) fn new(before: &str, after: &str) -> Self {
        let mut usage = Self::default();
        let start = before.len().saturating_sub(MAX_BEFORE);
        let start = (start..=before.len()).find(|at| before.is_char_boundary(*at));
        let mut before = start.map_or("", |start| &before[start..]).trim_end();
        let lower = before.to_ascii_lowercase();
        usage.is_guarded = GUARDS.iter().any(|guard| lower.contains(guard));
        if let Some(sum) = before.strip_suffix('+') {
            let sum = sum.trim_end();
            usage.prefix = last_name(sum).to_owned();
            before = sum[..sum.len() - usage.prefix.len()].trim_end();
            usage.is_part = true;
        }
        if let Some(rest) = before.strip_suffix(',')
            && let Some((rest, first)) = last_string(rest.trim_end())
        {
            usage.first = first.to_owned();
            before = rest.trim_end();
        }
        // RequireJS loads the modules of a list.
        let is_listed = before.ends_with('[');
        before = before.strip_suffix('[').map_or(before, str::trim_end);
        if let Some(call) = before.strip_suffix('(') {
            usage.callee = last_name(call.trim_end()).to_owned();
        } else if let Some(name) = before.strip_suffix([':', '=']) {
            let name = name.trim_end();
            usage.key = match last_string(name) {
                Some((_, key)) => key.to_owned(),
                None => last_name(name).to_owned(),
            };
        }
        let after = after.trim_start();
        let number = after.strip_prefix(':').unwrap_or_default().trim_start();
        usage.is_bundled = usage.callee == "require" && !is_listed
            || number.starts_with(|c: char| c.is_ascii_digit());
        usage.is_part |= after.starts_with(['+', '.', ':', '?', '[']);
        let near: String = after.chars().take(80).collect();
        usage.is_caught = near.contains("catch");
        usage
    }

    /// The last part of the callee: `load` of `loader.load`.
    pub(crate) fn function(&self) -> &str {
        last_part(&self.callee)
    }

    /// The last part of the key: `src` of `image.src`.
    pub(crate) fn name(&self) -> &str {
        last_part(&self.key)
    }
}

fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// The name, with the objects before it, that a text ends with.
fn last_name(text: &str) -> &str {
    let is_other = |c: char| !(is_identifier_part(c) || c == '.');
    let start = text.rfind(is_other);
    start.map_or(text, |at| text[at..].trim_start_matches(is_other))
}

/// The string that a text ends with, and the text before it.
fn last_string(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next_back().filter(|c| "\"'`".contains(*c))?;
    text.strip_suffix(quote)?.rsplit_once(quote)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_read_from_the_text_around_a_constant() {
        for (before, after, callee, key, prefix, is_part) in [
            ("fetch(", ")", "fetch", "", "", false),
            (
                "this.load.image('hero', ",
                ")",
                "this.load.image",
                "",
                "",
                false,
            ),
            ("x.open(\"GET\",", ")", "x.open", "", "", false),
            (
                "{dataUrl: buildUrl + ",
                "}",
                "",
                "dataUrl",
                "buildUrl",
                true,
            ),
            ("{\"executable\":", ",", "", "executable", "", false),
            ("EJS_gameUrl = ", ";", "", "EJS_gameUrl", "", false),
            ("arguments: [", "]", "", "arguments", "", false),
            ("fetch(", "+ name)", "fetch", "", "", true),
            ("", "", "", "", "", false),
        ] {
            let usage = ConstantUse::new(before, after);
            assert_eq!(
                (&*usage.callee, &*usage.key, &*usage.prefix, usage.is_part),
                (callee, key, prefix, is_part),
                "{before}"
            );
        }
    }

    #[test]
    fn the_names_of_bundled_modules_are_told() {
        for (before, after, expected) in [
            ("require(", ")", true),
            ("{", ":12}", true),
            ("{", ": 12}", true),
            ("{", ": a}", false),
            ("require([", "])", false),
            ("loader.require(", ")", false),
            ("load(", ")", false),
        ] {
            let usage = ConstantUse::new(before, after);
            assert_eq!(usage.is_bundled, expected, "{before}|{after}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(before in "([('\",+:=.]|é|中|a| ){0,80}", after in "[+.:é]{0,3}") {
            ConstantUse::new(&before, &after);
        }
    }
}
