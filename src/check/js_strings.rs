//! String constants in scripts, which may be file names.

use crate::check::usage::ConstantUse;
use crate::detect::script::is_identifier_part;

/// A string constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Constant {
    /// Its value, escapes resolved.
    pub text: String,
    /// Its line, counted from 1.
    pub line: usize,
    /// True if it is the target of a static import: `import "x"`, `from "x"`.
    pub(crate) is_import: bool,
    pub(crate) usage: ConstantUse,
}

/// The longest string that may be a file name, in characters.
const MAX_LENGTH: usize = 300;

/// The most constants that are kept of one script: a large one holds memory for that many while it is read.
const MAX_CONSTANTS: usize = 50_000;

/// The string constants of a script, template literals without substitutions included. Comments and regular expressions
/// are skipped as far as that is possible without a parser.
pub(crate) fn constants(script: &str) -> Vec<Constant> {
    Scanner::new(script).scan()
}

/// The characters that are left.
struct Rest<'a>(std::str::Chars<'a>);

impl Rest<'_> {
    fn next(&mut self) -> Option<char> {
        self.0.next()
    }

    fn peek(&self) -> Option<char> {
        self.0.clone().next()
    }

    fn next_if(&mut self, is_next: impl Fn(&char) -> bool) -> Option<char> {
        self.peek().filter(is_next)?;
        self.next()
    }

    fn next_if_eq(&mut self, c: &char) -> Option<char> {
        self.next_if(|next| next == c)
    }
}

struct Scanner<'a> {
    script: &'a str,
    rest: Rest<'a>,
    line: usize,
    /// The preceding token, which decides whether a slash is a division.
    before: Before,
    /// The number of open braces in each open template literal.
    templates: Vec<usize>,
    /// For each open parenthesis, whether a statement follows it.
    conditions: Vec<bool>,
    found: Vec<Constant>,
}

/// The token before a position.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Before {
    /// An operator, or the start: an expression follows.
    Operator,
    /// The end of an expression.
    Value,
    /// A name or a keyword.
    Word(String),
}

/// Keywords that an expression follows.
const KEYWORDS: &[&str] = &[
    "return",
    "typeof",
    "case",
    "in",
    "of",
    "delete",
    "void",
    "throw",
    "new",
    "else",
    "do",
    "await",
    "yield",
    "instanceof",
];

impl<'a> Scanner<'a> {
    fn new(script: &'a str) -> Self {
        Self {
            script,
            rest: Rest(script.chars()),
            line: 1,
            before: Before::Operator,
            templates: Vec::new(),
            conditions: Vec::new(),
            found: Vec::new(),
        }
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.next()?;
        self.line += usize::from(c == '\n');
        Some(c)
    }

    fn scan(mut self) -> Vec<Constant> {
        while self.found.len() < MAX_CONSTANTS
            && let Some(c) = self.next()
        {
            match c {
                c if c.is_whitespace() => {}
                '"' | '\'' => self.string(c),
                '`' => self.template(),
                '/' => self.slash(),
                '{' => self.open(),
                '}' => self.close(),
                '(' => self.open_round(),
                ')' => self.close_round(),
                ']' => self.before = Before::Value,
                c if is_word(c) => self.word(c),
                _ => self.before = Before::Operator,
            }
        }
        self.found
    }

    fn string(&mut self, quote: char) {
        let (line, start) = (self.line, self.position() - 1);
        let mut text = String::new();
        while let Some(c) = self.next() {
            match c {
                c if c == quote => return self.keep(text, line, start),
                '\\' => text.extend(self.escape()),
                // Not a string but, say, a quote in a regular expression.
                '\n' => break,
                c => text.push(c),
            }
        }
        self.before = Before::Value;
    }

    /// The position of the next character, in bytes.
    fn position(&self) -> usize {
        self.script.len() - self.rest.0.as_str().len()
    }

    fn keep(&mut self, text: String, line: usize, start: usize) {
        let is_import =
            matches!(&self.before, Before::Word(word) if word == "from" || word == "import");
        if !text.is_empty() && text.chars().nth(MAX_LENGTH).is_none() {
            let before = self.script.get(..start).unwrap_or_default();
            self.found.push(Constant {
                text,
                line,
                is_import,
                usage: ConstantUse::new(before, self.rest.0.as_str()),
            });
        }
        self.before = Before::Value;
    }

    /// The character of an escape sequence.
    fn escape(&mut self) -> Option<char> {
        match self.next()? {
            'n' | 'r' | 't' | 'b' | 'f' | 'v' | '0' => Some(' '),
            '\n' => None,
            'x' => self.code(2),
            'u' if self.rest.next_if_eq(&'{').is_some() => {
                let mut digits = String::new();
                while let Some(digit) = self.rest.next_if(char::is_ascii_hexdigit) {
                    digits.push(digit);
                }
                self.rest.next_if_eq(&'}');
                u32::from_str_radix(&digits, 16)
                    .ok()
                    .and_then(char::from_u32)
            }
            'u' => self.code(4),
            c => Some(c),
        }
    }

    fn code(&mut self, digits: usize) -> Option<char> {
        let mut code = 0;
        for _ in 0..digits {
            let digit = self.rest.next_if(char::is_ascii_hexdigit)?;
            code = code * 16 + digit.to_digit(16)?;
        }
        char::from_u32(code)
    }

    /// Reads a template literal, from its start or from the end of a substitution.
    fn template(&mut self) {
        let (line, start) = (self.line, self.position() - 1);
        let mut text = String::new();
        while let Some(c) = self.next() {
            match c {
                '`' => return self.keep(text, line, start),
                '\\' => text.extend(self.escape()),
                '$' if self.rest.next_if_eq(&'{').is_some() => {
                    self.templates.push(0);
                    self.before = Before::Operator;
                    return;
                }
                c => text.push(c),
            }
        }
    }

    fn open_round(&mut self) {
        let is_condition = match &self.before {
            Before::Word(word) => ["if", "while", "for", "with"].contains(&word.as_str()),
            _ => false,
        };
        self.conditions.push(is_condition);
        self.before = Before::Operator;
    }

    fn close_round(&mut self) {
        self.before = match self.conditions.pop() {
            Some(true) => Before::Operator,
            _ => Before::Value,
        };
    }

    fn open(&mut self) {
        if let Some(braces) = self.templates.last_mut() {
            *braces += 1;
        }
        self.before = Before::Operator;
    }

    fn close(&mut self) {
        match self.templates.last_mut() {
            Some(0) => {
                self.templates.pop();
                self.rest_of_template();
            }
            Some(braces) => {
                *braces -= 1;
                self.before = Before::Value;
            }
            // Usually the end of a block, after which a slash starts an expression.
            None => self.before = Before::Operator,
        }
    }

    /// Skips the text after a substitution, which is only part of a string.
    fn rest_of_template(&mut self) {
        let found = self.found.len();
        self.template();
        self.found.truncate(found);
        if self.before != Before::Operator {
            self.before = Before::Value;
        }
    }

    fn slash(&mut self) {
        match self.rest.peek() {
            Some('/') => while self.next().is_some_and(|c| c != '\n') {},
            Some('*') => {
                let mut before = ' ';
                self.next();
                while let Some(c) = self.next() {
                    if before == '*' && c == '/' {
                        break;
                    }
                    before = c;
                }
            }
            _ if self.is_expression_next() => self.regular_expression(),
            _ => self.before = Before::Operator,
        }
    }

    fn is_expression_next(&self) -> bool {
        match &self.before {
            Before::Operator => true,
            Before::Value => false,
            Before::Word(word) => KEYWORDS.contains(&word.as_str()),
        }
    }

    fn regular_expression(&mut self) {
        let mut is_class = false;
        while let Some(c) = self.next() {
            match c {
                '\\' => {
                    self.next();
                }
                '[' => is_class = true,
                ']' => is_class = false,
                '/' if !is_class => break,
                '\n' => break,
                _ => {}
            }
        }
        self.before = Before::Value;
    }

    fn word(&mut self, first: char) {
        let mut word = String::from(first);
        while let Some(c) = self.rest.next_if(|c| is_word(*c)) {
            // Longer than any keyword.
            if word.len() < 16 {
                word.push(c);
            }
        }
        self.before = match first.is_ascii_digit() {
            true => Before::Value,
            false => Before::Word(word),
        };
    }
}

fn is_word(c: char) -> bool {
    is_identifier_part(c) || c == '#'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(script: &str) -> Vec<String> {
        let constants = constants(script).into_iter();
        constants.map(|constant| constant.text).collect()
    }

    #[test]
    fn string_constants_are_told_from_comments_and_expressions() {
        for (script, expected) in [
            (
                "load('a.png', \"b.png\", `c.png`)",
                &["a.png", "b.png", "c.png"][..],
            ),
            ("// 'no.png'\n/* 'no.png' */ 'a.png'", &["a.png"]),
            ("x = 1 / 2; y = 'a.png' / 3", &["a.png"]),
            ("x = /'no.png'/.test('a.png')", &["a.png"]),
            ("x = /[/']/.test('a.png')", &["a.png"]),
            ("return /'/g, 'a.png'", &["a.png"]),
            ("f(a) / 2; g('a.png') / 3", &["a.png"]),
            ("`level${n}.json` + 'a.png'", &["a.png"]),
            (
                "`${'a.png'}b.png${`c.png`}` + 'd.png'",
                &["a.png", "c.png", "d.png"],
            ),
            ("`${ {a: 'a.png'}.a }` + 'b.png'", &["a.png", "b.png"]),
            (
                r"'it\'s.png' + 'a\x2epng' + '\u4e2d.png' + '\u{4e2d}.png'",
                &["it's.png", "a.png", "中.png", "中.png"],
            ),
            ("'a\\\nb.png'", &["ab.png"]),
            ("'not closed\n'a.png'", &["a.png"]),
            ("if (x) /'/.test(y); 'a.png'", &["a.png"]),
            ("''", &[]),
            ("'", &[]),
            ("`", &[]),
            ("`${", &[]),
            ("/", &[]),
            ("'\\", &[]),
            ("'\\u{", &[]),
            ("}", &[]),
        ] {
            assert_eq!(texts(script), expected, "{script}");
        }
    }

    #[test]
    fn lines_and_static_imports_are_known() {
        let script = "import a from './a.js';\nimport './b.js'; export * from \"./c.js\"\n\nimport('./d.js')";
        let found: Vec<_> = constants(script)
            .into_iter()
            .map(|constant| (constant.text, constant.line, constant.is_import))
            .collect();
        let expected = [
            ("./a.js".to_owned(), 1, true),
            ("./b.js".to_owned(), 2, true),
            ("./c.js".to_owned(), 2, true),
            ("./d.js".to_owned(), 4, false),
        ];
        assert_eq!(found, expected);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_to_its_end(text in "(['\"`{}()/*$\\\\ \n\\[\\];,]|import|from|u|x|a|é){0,60}") {
            constants(&text);
        }
    }
}
