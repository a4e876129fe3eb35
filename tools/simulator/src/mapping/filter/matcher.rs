//! Match expressions: what may stand in the arrays of an event pattern.
//!
//! Source: EventBridge User Guide, "Comparison operators for use in event patterns". Lambda's own table
//! lists null, empty, equals (also ignoring case), and, or (also `$or`), not, numeric, exists, prefix
//! and suffix, and says that it follows EventBridge's syntax. `cidr`, `wildcard` and the nested forms of
//! `anything-but` are in EventBridge's table alone; they are accepted here.

use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::Value;

use super::pattern::PatternError;
use super::text::Text;

/// The names of all operators: an object with such a key is an expression, not an alternative of `$or`.
pub(super) const OPERATORS: [&str; 8] = [
    "prefix",
    "suffix",
    "equals-ignore-case",
    "wildcard",
    "anything-but",
    "numeric",
    "exists",
    "cidr",
];

/// One match expression.
#[derive(Debug, Clone)]
pub(super) enum Matcher {
    Equals(Value),
    Exists(bool),
    Text(Text),
    Numeric(Vec<(Comparison, f64)>),
    Cidr(IpNet),
    AnythingBut(Vec<Matcher>),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Matcher {
    pub(super) fn parse(value: &Value) -> Result<Self, PatternError> {
        match value {
            Value::Array(_) => None,
            Value::Object(expression) => match expression.iter().next() {
                Some((operator, operand)) if expression.len() == 1 => {
                    parse_operator(operator, operand)
                }
                _ => None,
            },
            scalar => Some(Self::Equals(scalar.clone())),
        }
        .ok_or_else(|| PatternError::Expression(value.clone()))
    }

    /// Whether the leaves at a path satisfy the expression; no leaves means that the path is absent.
    pub(super) fn accepts(&self, leaves: &[&Value]) -> bool {
        match self {
            Self::Exists(present) => leaves.is_empty() != *present,
            _ => leaves.iter().any(|leaf| self.accepts_one(leaf)),
        }
    }

    fn accepts_one(&self, leaf: &Value) -> bool {
        match self {
            // Numbers are equal by their text, as AWS documents: 300 is not 300.0. (300.0 and 3.0e2
            // are the same number here, because parsing does not keep the text.)
            Self::Equals(value) => value == leaf,
            Self::Exists(present) => *present,
            Self::Text(text) => leaf.as_str().is_some_and(|leaf| text.accepts(leaf)),
            Self::Numeric(bounds) => leaf
                .as_f64()
                .is_some_and(|leaf| bounds.iter().all(|(op, bound)| op.holds(leaf, *bound))),
            Self::Cidr(net) => leaf
                .as_str()
                .and_then(|leaf| leaf.parse::<IpAddr>().ok())
                .is_some_and(|ip| net.contains(&ip)),
            Self::AnythingBut(excluded) => !excluded.iter().any(|inner| inner.accepts_one(leaf)),
        }
    }
}

fn parse_operator(operator: &str, operand: &Value) -> Option<Matcher> {
    match (operator, operand) {
        ("exists", Value::Bool(present)) => Some(Matcher::Exists(*present)),
        ("numeric", Value::Array(bounds)) => parse_numeric(bounds),
        ("cidr", Value::String(net)) => parse_cidr(net).map(Matcher::Cidr),
        ("anything-but", operand) => parse_anything_but(operand).map(Matcher::AnythingBut),
        (operator, operand) => Text::parse(operator, operand).map(Matcher::Text),
    }
}

/// Pairs of an operator and a number; all of them must hold.
fn parse_numeric(bounds: &[Value]) -> Option<Matcher> {
    let pairs = bounds.chunks(2).map(|pair| match pair {
        [Value::String(operator), Value::Number(bound)] => {
            Some((Comparison::parse(operator)?, bound.as_f64()?))
        }
        _ => None,
    });
    let pairs: Vec<_> = pairs.collect::<Option<_>>()?;
    (!pairs.is_empty() && pairs.len() <= 2).then_some(Matcher::Numeric(pairs))
}

/// A network, or a single address.
fn parse_cidr(text: &str) -> Option<IpNet> {
    text.parse()
        .ok()
        .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// A string or a number, a list of only strings or only numbers, or one nested expression on strings.
fn parse_anything_but(operand: &Value) -> Option<Vec<Matcher>> {
    let scalars = |list: &[Value]| list.iter().cloned().map(Matcher::Equals).collect();
    match operand {
        Value::String(_) | Value::Number(_) => Some(scalars(std::slice::from_ref(operand))),
        Value::Array(list) if is_uniform(list) => Some(scalars(list)),
        Value::Object(nested) if nested.len() == 1 => {
            let (operator, operand) = nested.iter().next()?;
            let operands = match operand {
                Value::Array(list) if !list.is_empty() => list.as_slice(),
                other => std::slice::from_ref(other),
            };
            operands
                .iter()
                .map(|operand| Text::parse(operator, operand).map(Matcher::Text))
                .collect()
        }
        _ => None,
    }
}

fn is_uniform(list: &[Value]) -> bool {
    !list.is_empty() && (list.iter().all(Value::is_string) || list.iter().all(Value::is_number))
}

impl Comparison {
    fn parse(operator: &str) -> Option<Self> {
        match operator {
            "=" => Some(Self::Equal),
            "<" => Some(Self::Less),
            "<=" => Some(Self::LessOrEqual),
            ">" => Some(Self::Greater),
            ">=" => Some(Self::GreaterOrEqual),
            _ => None,
        }
    }

    fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Self::Equal => value == bound,
            Self::Less => value < bound,
            Self::LessOrEqual => value <= bound,
            Self::Greater => value > bound,
            Self::GreaterOrEqual => value >= bound,
        }
    }
}
