//! Condition expressions: parsed once, judged for each request.

use std::cmp::Ordering;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::Fault;
use super::attribute::{Attribute, Item};
use super::lexer::{Token, Tokens};

/// The names and values that a request's expressions refer to.
#[derive(Default, Deserialize)]
pub(super) struct Terms {
    #[serde(default, rename = "ExpressionAttributeNames")]
    names: FxHashMap<String, String>,
    #[serde(default, rename = "ExpressionAttributeValues")]
    values: FxHashMap<String, Attribute>,
}

impl Terms {
    pub(super) fn name<'a>(&'a self, name: &'a str) -> &'a str {
        self.names.get(name).map_or(name, String::as_str)
    }

    pub(super) fn value(&self, name: &str) -> Result<&Attribute, Fault> {
        let missing = || Fault::validation(format!("no value {name}"));
        self.values.get(name).ok_or_else(missing)
    }
}

pub(super) enum Condition {
    Any(Vec<Condition>),
    All(Vec<Condition>),
    Not(Box<Condition>),
    Exists(String),
    Type(String, String),
    Compare(String, &'static str, String),
    Between(String, String, String),
    In(String, Vec<String>),
}

impl Condition {
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let mut tokens = Tokens::of(text)?;
        let condition = any(&mut tokens)?;
        match tokens.is_done() {
            true => Ok(condition),
            false => Err(Fault::validation(format!("not understood: {text}"))),
        }
    }

    pub(super) fn holds(&self, item: Option<&Item>, terms: &Terms) -> Result<bool, Fault> {
        let operand = |name: &str| -> Result<Option<Attribute>, Fault> {
            match name.starts_with(':') {
                true => terms.value(name).map(|it| Some(it.clone())),
                false => Ok(attribute(item, terms, name).cloned()),
            }
        };
        let order = |a: &str, b: &str| -> Result<Option<Ordering>, Fault> {
            let (Some(a), Some(b)) = (operand(a)?, operand(b)?) else {
                return Ok(None);
            };
            Ok(a.compare(&b))
        };
        Ok(match self {
            Self::Any(parts) => {
                for part in parts {
                    if part.holds(item, terms)? {
                        return Ok(true);
                    }
                }
                false
            }
            Self::All(parts) => {
                for part in parts {
                    if !part.holds(item, terms)? {
                        return Ok(false);
                    }
                }
                true
            }
            Self::Not(part) => !part.holds(item, terms)?,
            Self::Exists(name) => attribute(item, terms, name).is_some(),
            Self::Type(name, wanted) => {
                let wanted = terms.value(wanted)?.text();
                let found = attribute(item, terms, name).map(Attribute::type_name);
                found.is_some() && found == wanted
            }
            Self::Compare(a, operator, b) => match (order(a, b)?, *operator) {
                (Some(order), "=") => order.is_eq(),
                (order, "<>") => order.is_none_or(Ordering::is_ne),
                (Some(order), "<") => order.is_lt(),
                (Some(order), "<=") => order.is_le(),
                (Some(order), ">") => order.is_gt(),
                (Some(order), ">=") => order.is_ge(),
                _ => false,
            },
            Self::Between(it, from, to) => {
                order(it, from)?.is_some_and(Ordering::is_ge)
                    && order(it, to)?.is_some_and(Ordering::is_le)
            }
            Self::In(it, all) => {
                for other in all {
                    if order(it, other)?.is_some_and(Ordering::is_eq) {
                        return Ok(true);
                    }
                }
                false
            }
        })
    }
}

fn attribute<'a>(item: Option<&'a Item>, terms: &Terms, name: &str) -> Option<&'a Attribute> {
    item?.get(terms.name(name))
}

fn any(tokens: &mut Tokens) -> Result<Condition, Fault> {
    let mut parts = vec![all(tokens)?];
    while tokens.take("OR") {
        parts.push(all(tokens)?);
    }
    Ok(Condition::Any(parts))
}

fn all(tokens: &mut Tokens) -> Result<Condition, Fault> {
    let mut parts = vec![one(tokens)?];
    while tokens.take("AND") {
        parts.push(one(tokens)?);
    }
    Ok(Condition::All(parts))
}

fn one(tokens: &mut Tokens) -> Result<Condition, Fault> {
    if tokens.take("NOT") {
        return Ok(Condition::Not(Box::new(one(tokens)?)));
    }
    if tokens.take("(") {
        let inside = any(tokens)?;
        tokens.expect(")")?;
        return Ok(inside);
    }
    let first = tokens.name()?;
    match first.as_str() {
        "attribute_exists" => Ok(Condition::Exists(arguments(tokens, 1)?.remove(0))),
        "attribute_not_exists" => {
            let exists = Condition::Exists(arguments(tokens, 1)?.remove(0));
            Ok(Condition::Not(Box::new(exists)))
        }
        "attribute_type" => {
            let mut arguments = arguments(tokens, 2)?;
            let wanted = arguments.remove(1);
            Ok(Condition::Type(arguments.remove(0), wanted))
        }
        _ => comparison(tokens, first),
    }
}

fn comparison(tokens: &mut Tokens, first: String) -> Result<Condition, Fault> {
    if tokens.take("BETWEEN") {
        let from = tokens.name()?;
        tokens.expect("AND")?;
        return Ok(Condition::Between(first, from, tokens.name()?));
    }
    if tokens.take("IN") {
        return Ok(Condition::In(first, list(tokens)?));
    }
    match tokens.next() {
        Some(Token::Symbol(operator)) => Ok(Condition::Compare(first, operator, tokens.name()?)),
        other => Err(Fault::validation(format!("no comparison: {other:?}"))),
    }
}

fn arguments(tokens: &mut Tokens, count: usize) -> Result<Vec<String>, Fault> {
    let arguments = list(tokens)?;
    match arguments.len() == count {
        true => Ok(arguments),
        false => Err(Fault::validation("a wrong number of arguments".to_owned())),
    }
}

fn list(tokens: &mut Tokens) -> Result<Vec<String>, Fault> {
    tokens.expect("(")?;
    let mut names = vec![tokens.name()?];
    while tokens.take(",") {
        names.push(tokens.name()?);
    }
    tokens.expect(")")?;
    Ok(names)
}
