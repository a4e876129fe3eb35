//! The tokens that DynamoDB's expressions and PartiQL are made of.

use super::Fault;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A keyword, a name, `#name` or `:value`.
    Word(String),
    /// A name or text in quotes.
    Quoted(String),
    Symbol(&'static str),
}

const SYMBOLS: [&str; 13] = [
    "<>", "<=", ">=", "<", ">", "=", "(", ")", ",", "{", "}", "?", ":",
];

pub(super) struct Tokens {
    tokens: Vec<Token>,
    at: usize,
}

impl Tokens {
    pub(super) fn of(text: &str) -> Result<Self, Fault> {
        let mut tokens = Vec::new();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (token, length) = first(rest).ok_or_else(|| not_understood(text))?;
            tokens.push(token);
            rest = rest[length..].trim_start();
        }
        Ok(Self { tokens, at: 0 })
    }

    pub(super) fn next(&mut self) -> Option<Token> {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned()
    }

    pub(super) fn is_done(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// Takes this keyword, if it is next.
    pub(super) fn take(&mut self, keyword: &str) -> bool {
        let found = match self.tokens.get(self.at) {
            Some(Token::Word(word)) => word.eq_ignore_ascii_case(keyword),
            Some(Token::Symbol(symbol)) => *symbol == keyword,
            _ => false,
        };
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, keyword: &str) -> Result<(), Fault> {
        match self.take(keyword) {
            true => Ok(()),
            false => Err(Fault::validation(format!("expected {keyword}"))),
        }
    }

    /// A name, with quotes or without.
    pub(super) fn name(&mut self) -> Result<String, Fault> {
        match self.next() {
            Some(Token::Word(name) | Token::Quoted(name)) => Ok(name),
            other => Err(Fault::validation(format!("expected a name, not {other:?}"))),
        }
    }
}

fn not_understood(text: &str) -> Fault {
    Fault::validation(format!("not understood: {text}"))
}

/// The first token, and its length.
fn first(text: &str) -> Option<(Token, usize)> {
    let start = text.chars().next()?;
    if matches!(start, '\'' | '"') {
        let length = text[1..].find(start)?;
        let inside = text[1..=length].to_owned();
        return Some((Token::Quoted(inside), length + 2));
    }
    let word = |text: &str| {
        let end = text.find(|it: char| !(it.is_alphanumeric() || "_.-[]".contains(it)));
        end.unwrap_or(text.len())
    };
    let prefix = usize::from(matches!(start, '#' | ':'));
    let length = word(&text[prefix..]);
    if length > 0 {
        let end = prefix + length;
        return Some((Token::Word(text[..end].to_owned()), end));
    }
    let symbol = SYMBOLS.iter().find(|it| text.starts_with(**it))?;
    Some((Token::Symbol(symbol), symbol.len()))
}
