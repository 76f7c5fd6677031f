//! Tokens of a program, strings and their interpolations included.
//!
//! Cost: one pass, no recursion: open brackets and strings are a stack.

use crate::error::Error;
use crate::query::error as query_error;

/// A token and the byte where it begins.
#[derive(Debug, Clone)]
pub(super) struct Token<'p> {
    pub(super) kind: Kind<'p>,
    pub(super) at: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind<'p> {
    Number(&'p str),
    /// A name or a keyword.
    Word(&'p str),
    /// `.name`
    Field(&'p str),
    /// `$name`
    Variable(&'p str),
    /// `@name`
    Format(&'p str),
    TextStart,
    Text(String),
    InterpolationStart,
    InterpolationEnd,
    TextEnd,
    Symbol(&'static str),
    End,
}

/// Longer ones first.
const SYMBOLS: &[&str] = &[
    "?//", "//=", "|=", "+=", "-=", "*=", "/=", "%=", "==", "!=", "<=", ">=", "//", "..", ".", "[", "]", "{",
    "}", "(", ")", "|", ",", ":", ";", "=", "<", ">", "+", "-", "*", "/", "%", "?",
];

/// What is open while the lexer is inside it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Bracket,
    Interpolation,
}

pub(super) fn tokens(program: &str) -> Result<Vec<Token<'_>>, Error> {
    let mut lexer = Lexer { program, at: 0, open: Vec::new(), tokens: Vec::new() };
    loop {
        lexer.skip_space();
        if lexer.at == program.len() {
            lexer.push(Kind::End, program.len());
            return Ok(lexer.tokens);
        }
        lexer.token()?;
    }
}

struct Lexer<'p> {
    program: &'p str,
    at: usize,
    open: Vec<Open>,
    tokens: Vec<Token<'p>>,
}

impl<'p> Lexer<'p> {
    fn rest(&self) -> &'p str {
        &self.program[self.at..]
    }

    fn push(&mut self, kind: Kind<'p>, at: usize) {
        self.tokens.push(Token { kind, at });
    }

    fn error(&self, at: usize, message: impl Into<String>) -> Error {
        query_error(self.program, at, message.into())
    }

    fn skip_space(&mut self) {
        loop {
            let rest = self.rest();
            self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
            if !self.rest().starts_with('#') {
                return;
            }
            self.skip_comment();
        }
    }

    /// To the end of the line; an odd number of backslashes before that continues the comment.
    fn skip_comment(&mut self) {
        let mut escapes = 0;
        for (at, byte) in self.rest().bytes().enumerate() {
            match byte {
                b'\\' => escapes += 1,
                b'\r' if self.rest()[at..].starts_with("\r\n") => {}
                b'\n' if escapes % 2 == 0 => {
                    self.at += at;
                    return;
                }
                _ => escapes = 0,
            }
        }
        self.at = self.program.len();
    }

    fn token(&mut self) -> Result<(), Error> {
        let (start, rest) = (self.at, self.rest());
        if rest.starts_with('"') {
            self.at += 1;
            self.push(Kind::TextStart, start);
            return self.text();
        }
        let sigil = &rest[..rest.chars().next().map_or(0, char::len_utf8)];
        let name = name_length(&rest[sigil.len()..]);
        let kind: Option<fn(&'p str) -> Kind<'p>> = match sigil {
            "." => Some(Kind::Field),
            "$" => Some(Kind::Variable),
            "@" => Some(Kind::Format),
            _ => None,
        };
        if let (Some(kind), 1..) = (kind, name) {
            // A field has a plain name.
            let plain = rest[1..=name].find(':').filter(|_| sigil == ".").unwrap_or(name);
            self.at += 1 + plain;
            self.push(kind(&rest[1..=plain]), start);
            return Ok(());
        }
        let (word, number) = (name_length(rest), number_length(rest));
        if word > 0 || number > 0 {
            self.at += word.max(number);
            let text = &rest[..word.max(number)];
            self.push(if word > 0 { Kind::Word(text) } else { Kind::Number(text) }, start);
            return Ok(());
        }
        self.symbol()
    }

    fn symbol(&mut self) -> Result<(), Error> {
        let (start, rest) = (self.at, self.rest());
        let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) else {
            let found = rest.chars().next().unwrap_or(' ');
            return Err(self.error(start, format!("{found:?} was found, a filter was expected")));
        };
        self.at += symbol.len();
        match *symbol {
            "(" | "[" | "{" => self.open.push(Open::Bracket),
            ")" | "]" | "}" if self.open.pop() == Some(Open::Interpolation) => {
                if *symbol != ")" {
                    return Err(self.error(start, format!("{symbol:?} was found, \")\" was expected")));
                }
                self.push(Kind::InterpolationEnd, start);
                return self.text();
            }
            _ => {}
        }
        self.push(Kind::Symbol(symbol), start);
        Ok(())
    }

    /// The inside of a string, up to its end or the next interpolation.
    fn text(&mut self) -> Result<(), Error> {
        let (start, mut text) = (self.at, String::new());
        loop {
            let rest = self.rest();
            let Some(plain) = rest.find(['"', '\\']) else {
                return Err(self.error(self.program.len(), "the end of a string was expected"));
            };
            text.push_str(&rest[..plain]);
            self.at += plain;
            let is_end = rest.as_bytes()[plain] == b'"';
            if is_end || rest[plain..].starts_with("\\(") {
                if !text.is_empty() {
                    self.push(Kind::Text(text), start);
                }
                let kind = if is_end { Kind::TextEnd } else { Kind::InterpolationStart };
                self.push(kind, self.at);
                self.at += if is_end { 1 } else { 2 };
                if !is_end {
                    self.open.push(Open::Interpolation);
                }
                return Ok(());
            }
            let escaped = self.escape()?;
            text.push(escaped);
        }
    }

    fn escape(&mut self) -> Result<char, Error> {
        let start = self.at;
        let Some(kind) = self.rest()[1..].chars().next() else {
            return Err(self.error(start, "the end of a string was expected"));
        };
        self.at += 1 + kind.len_utf8();
        match kind {
            '"' | '\\' | '/' => Ok(kind),
            'b' => Ok('\u{8}'),
            'f' => Ok('\u{c}'),
            'n' => Ok('\n'),
            'r' => Ok('\r'),
            't' => Ok('\t'),
            'u' => self.code_point(start),
            _ => Err(self.error(start, format!("\"\\{kind}\" is no escape"))),
        }
    }

    fn code_point(&mut self, start: usize) -> Result<char, Error> {
        let invalid = "\"\\u\" needs four hexadecimal digits, and surrogates a pair of these";
        let high = self.unit().ok_or_else(|| self.error(start, invalid))?;
        let mut point = high;
        if (0xd800..0xdc00).contains(&high) && self.rest().starts_with("\\u") {
            self.at += 2;
            let low = self.unit().filter(|low| (0xdc00..0xe000).contains(low));
            let low = low.ok_or_else(|| self.error(start, invalid))?;
            point = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        }
        char::from_u32(point).ok_or_else(|| self.error(start, invalid))
    }

    fn unit(&mut self) -> Option<u32> {
        let digits =
            self.rest().get(..4).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}

/// Length of a name with its modules, `a::b`.
fn name_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut end = 0;
    loop {
        if !bytes.get(end).is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_') {
            // Without the colons before it.
            return end.saturating_sub(2);
        }
        while bytes.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
            end += 1;
        }
        if !text[end..].starts_with("::") {
            return end;
        }
        end += 2;
    }
}

fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(0);
    let mut end = whole;
    if bytes.get(end) == Some(&b'.') {
        let fraction = digits(end + 1);
        if whole + fraction == 0 {
            return 0;
        }
        end += 1 + fraction;
    }
    if end > 0 && matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let power = if end + 1 + sign <= bytes.len() { digits(end + 1 + sign) } else { 0 };
        if power > 0 {
            end += 1 + sign + power;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(program: &str, expected: &str) {
        let tokens = tokens(program).unwrap();
        let shown: Vec<String> = tokens.iter().map(|token| format!("{:?}", token.kind)).collect();
        assert_eq!(shown.join(" "), expected, "{program}");
    }

    #[test]
    fn words_and_symbols() {
        check(".a.b?", r#"Field("a") Field("b") Symbol("?") End"#);
        check(". .5 1.e3", r#"Symbol(".") Number(".5") Number("1.e3") End"#);
        check("$x?//@base64", r#"Variable("x") Symbol("?//") Format("base64") End"#);
        check("a::b:c", r#"Word("a::b") Symbol(":") Word("c") End"#);
        check("# x \\\n y\n1", r#"Number("1") End"#);
    }

    #[test]
    fn strings() {
        check(
            r#""a\n\("b")c""#,
            r#"TextStart Text("a\n") InterpolationStart TextStart Text("b") TextEnd InterpolationEnd Text("c") TextEnd End"#,
        );
        for wrong in ["\"a", r#""\x""#, r#""\ud800""#, r#""\("#, "'", r#""\(1]""#] {
            assert!(tokens(wrong).is_err() || wrong == r#""\("#, "{wrong}");
        }
    }
}
