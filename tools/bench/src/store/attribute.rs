//! DynamoDB's values in DynamoDB's JSON.

use std::cmp::Ordering;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) type Item = FxHashMap<String, Attribute>;

/// A value. Only texts and numbers are ever compared; the rest is kept as it came.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) enum Attribute {
    S(String),
    N(String),
    B(Value),
    #[serde(rename = "BOOL")]
    Bool(bool),
    #[serde(rename = "NULL")]
    Null(bool),
    M(Value),
    L(Value),
    #[serde(rename = "SS")]
    Ss(Value),
    #[serde(rename = "NS")]
    Ns(Value),
    #[serde(rename = "BS")]
    Bs(Value),
}

impl Attribute {
    /// None for values of different types, or without an order.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::S(a), Self::S(b)) => Some(a.cmp(b)),
            (Self::N(a), Self::N(b)) => number(a)?.partial_cmp(&number(b)?),
            (a, b) if a == b => Some(Ordering::Equal),
            _ => None,
        }
    }

    /// Its type, as DynamoDB's `attribute_type` names it.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::S(_) => "S",
            Self::N(_) => "N",
            Self::B(_) => "B",
            Self::Bool(_) => "BOOL",
            Self::Null(_) => "NULL",
            Self::M(_) => "M",
            Self::L(_) => "L",
            Self::Ss(_) => "SS",
            Self::Ns(_) => "NS",
            Self::Bs(_) => "BS",
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::S(text) => Some(text),
            _ => None,
        }
    }

    /// The sum of two numbers.
    pub(super) fn plus(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::N(a), Self::N(b)) => {
                let sum = a.parse::<i64>().ok()? + b.parse::<i64>().ok()?;
                Some(Self::N(sum.to_string()))
            }
            _ => None,
        }
    }
}

/// Times and counters, which doubles hold in full.
fn number(digits: &str) -> Option<f64> {
    digits.parse().ok()
}
