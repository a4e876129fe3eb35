//! DynamoDB's expression language, as far as this store speaks it.
//!
//! Half the attribute names are reserved words, and words get reserved over time, so all of them
//! go by an alias.

use std::fmt::{self, Write as _};

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Serialize, Serializer};

use super::item::Write;

/// Names and values of one request. DynamoDB refuses those that no expression uses, so they are
/// declared where they are used.
#[derive(Debug, Default)]
pub(super) struct Terms {
    /// What each alias stands for.
    pub(super) names: Vec<(Name, &'static str)>,
    pub(super) values: Vec<(Label, AttributeValue)>,
}

/// The alias of an attribute's name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Name(&'static str);

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// The alias of a value: what it is, of which attribute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Label(&'static str, &'static str);

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, ":{}{}", self.0, self.1)
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl Serialize for Label {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl Terms {
    pub(super) fn name(&mut self, name: &'static str) -> Name {
        let alias = Name(name);
        if self.names.iter().all(|(known, _)| *known != alias) {
            self.names.push((alias, name));
        }
        alias
    }

    /// Names a value; the same label stands for the same value wherever it is used.
    pub(super) fn value(&mut self, label: &'static str, value: AttributeValue) -> Label {
        self.labelled(Label("", label), value)
    }

    fn labelled(&mut self, label: Label, value: AttributeValue) -> Label {
        if self.values.iter().all(|(known, _)| *known != label) {
            self.values.push((label, value));
        }
        label
    }

    /// The update expression that makes these writes.
    pub(super) fn update(&mut self, writes: impl IntoIterator<Item = Write>) -> String {
        let (mut set, mut remove) = (String::with_capacity(256), String::new());
        for (name, value) in writes {
            let path = self.name(name);
            // Writing into a string does not fail.
            let _ = match value {
                // Labelled apart from the values a condition compares with.
                Some(value) => {
                    let value = self.labelled(Label("new_", name), value);
                    write!(set, "{}{path} = {value}", keyword("SET ", &set))
                }
                None => write!(remove, "{}{path}", keyword("REMOVE ", &remove)),
            };
        }
        for clause in [&mut set, &mut remove] {
            if !clause.is_empty() {
                clause.push(' ');
            }
        }
        set + &remove
    }

    /// Holds if each of these attributes is what it was: this value, or absent.
    pub(super) fn unchanged(&mut self, attributes: impl IntoIterator<Item = Write>) -> String {
        let mut all = String::with_capacity(128);
        for (name, value) in attributes {
            let path = self.name(name);
            let and = if all.is_empty() { "" } else { " AND " };
            let _ = match value {
                Some(value) => {
                    let value = self.labelled(Label("old_", name), value);
                    write!(all, "{and}{path} = {value}")
                }
                None => write!(all, "{and}attribute_not_exists({path})"),
            };
        }
        all
    }
}

/// What stands before the next action of a clause.
fn keyword(keyword: &'static str, clause: &str) -> &'static str {
    match clause.is_empty() {
        true => keyword,
        false => ", ",
    }
}
