//! A compiled event pattern: the shape of the body, with matchers at its leaves.
//!
//! Source: EventBridge User Guide, "Creating Amazon EventBridge event patterns". Own code, because the
//! one maintained crate for such patterns (`quamina`) is an automaton of 27,000 lines for thousands of
//! patterns at once, and has no `$or`.

use serde_json::{Map, Value};

use super::matcher::{Matcher, OPERATORS};

/// A node of an event pattern.
#[derive(Debug, Clone)]
pub(super) enum Pattern {
    /// Every field matches, and of each `$or` at least one alternative.
    Fields {
        fields: Vec<(String, Pattern)>,
        any_of: Vec<Vec<Pattern>>,
    },
    /// At least one matcher accepts the value, or one element of it if it is an array.
    Leaf(Vec<Matcher>),
}

/// Why a filter's pattern is refused; Lambda answers "Invalid filter pattern definition." to all.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternError {
    /// The pattern is not JSON.
    #[error("the pattern is not valid JSON")]
    NotJson,
    /// The pattern is JSON, but not an object.
    #[error("the pattern is not a JSON object")]
    NotAnObject,
    /// A key other than `body`.
    #[error("SQS mappings filter on `body` alone, not on `{0}`")]
    NotOnBody(String),
    /// An object or an array without content.
    #[error("objects and arrays in a pattern must not be empty")]
    Empty,
    /// A value that is neither an object nor an array.
    #[error("a field's pattern must be an object or an array, not `{0}`")]
    NotAnArray(Value),
    /// An operator that does not exist, or one with an operand it does not take.
    #[error("`{0}` is not a match expression")]
    Expression(Value),
}

impl Pattern {
    pub(super) fn parse(value: &Value) -> Result<Self, PatternError> {
        match value {
            Value::Object(fields) => Self::parse_fields(fields),
            Value::Array(matchers) if matchers.is_empty() => Err(PatternError::Empty),
            Value::Array(matchers) => matchers
                .iter()
                .map(Matcher::parse)
                .collect::<Result<_, _>>()
                .map(Self::Leaf),
            other => Err(PatternError::NotAnArray(other.clone())),
        }
    }

    fn parse_fields(object: &Map<String, Value>) -> Result<Self, PatternError> {
        if object.is_empty() {
            return Err(PatternError::Empty);
        }
        let mut fields = Vec::new();
        let mut any_of = Vec::new();
        for (key, value) in object {
            match alternatives(key, value) {
                Some(list) => any_of.push(list.iter().map(Self::parse).collect::<Result<_, _>>()?),
                None => fields.push((key.clone(), Self::parse(value)?)),
            }
        }
        Ok(Self::Fields { fields, any_of })
    }

    /// Whether the pattern expects the body to be JSON rather than a plain string.
    pub(super) fn is_json(&self) -> bool {
        matches!(self, Self::Fields { .. })
    }

    /// Whether the value, or its absence, satisfies the pattern.
    pub(super) fn matches(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Self::Leaf(matchers), value) => {
                let mut leaves = Vec::new();
                collect_leaves(value, &mut leaves);
                matchers.iter().any(|matcher| matcher.accepts(&leaves))
            }
            (Self::Fields { .. }, Some(Value::Array(elements))) => {
                elements.iter().any(|element| self.matches(Some(element)))
            }
            (Self::Fields { fields, any_of }, value) => {
                let field = |key: &str| value.and_then(|value| value.get(key));
                fields.iter().all(|(key, node)| node.matches(field(key)))
                    && any_of
                        .iter()
                        .all(|or| or.iter().any(|node| node.matches(value)))
            }
        }
    }
}

/// The alternatives of a `$or`, or nothing where `$or` is a field of the event like any other.
///
/// The rule that tells them apart is the one of EventBridge's open-source matcher, event-ruler: an
/// array of at least two objects, none of them a match expression.
fn alternatives<'a>(key: &str, value: &'a Value) -> Option<&'a Vec<Value>> {
    let list = value
        .as_array()
        .filter(|list| key == "$or" && list.len() >= 2)?;
    let fields_only = |item: &Value| {
        item.as_object()
            .is_some_and(|item| !item.keys().any(|key| OPERATORS.contains(&key.as_str())))
    };
    list.iter().all(fields_only).then_some(list)
}

/// The scalars at a path. Objects are no leaves: `exists` does not see intermediate nodes.
fn collect_leaves<'a>(value: Option<&'a Value>, leaves: &mut Vec<&'a Value>) {
    match value {
        None | Some(Value::Object(_)) => {}
        Some(Value::Array(elements)) => {
            for element in elements {
                collect_leaves(Some(element), leaves);
            }
        }
        Some(scalar) => leaves.push(scalar),
    }
}
