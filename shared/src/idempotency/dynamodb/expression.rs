//! DynamoDB's expression language, as far as this store speaks it.
//!
//! Half the attribute names are reserved words, and words get reserved over time, so all of them
//! go by an alias.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::item::Write;

/// Names and values of one request. DynamoDB refuses those that no expression uses, so they are
/// declared where they are used.
#[derive(Debug, Default)]
pub(super) struct Terms {
    pub(super) names: HashMap<String, String>,
    pub(super) values: HashMap<String, AttributeValue>,
}

impl Terms {
    pub(super) fn name(&mut self, name: &str) -> String {
        let alias = format!("#{name}");
        self.names.insert(alias.clone(), name.to_owned());
        alias
    }

    pub(super) fn value(&mut self, label: &str, value: AttributeValue) -> String {
        let alias = format!(":{label}");
        self.values.insert(alias.clone(), value);
        alias
    }

    /// The update expression that makes these writes.
    pub(super) fn update(&mut self, writes: Vec<Write>) -> String {
        let (mut sets, mut removes) = (Vec::new(), Vec::new());
        for (name, value) in writes {
            let path = self.name(name);
            match value {
                // Labelled apart from the values a condition compares with.
                Some(value) => {
                    let value = self.value(&format!("new_{name}"), value);
                    sets.push(format!("{path} = {value}"));
                }
                None => removes.push(path),
            }
        }
        let set = clause("SET", &sets);
        let remove = clause("REMOVE", &removes);
        format!("{set}{remove}")
    }

    /// Holds if each of these attributes is what it was: this value, or absent.
    pub(super) fn unchanged(&mut self, attributes: Vec<Write>) -> String {
        let mut all = Vec::new();
        for (name, value) in attributes {
            let path = self.name(name);
            all.push(match value {
                Some(value) => format!("{path} = {}", self.value(&format!("old_{name}"), value)),
                None => format!("attribute_not_exists({path})"),
            });
        }
        all.join(" AND ")
    }
}

fn clause(keyword: &str, actions: &[String]) -> String {
    if actions.is_empty() {
        return String::new();
    }
    format!("{keyword} {} ", actions.join(", "))
}
