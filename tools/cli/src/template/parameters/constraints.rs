//! What a parameter allows.

use fancy_regex::Regex;

use super::super::intrinsics::{items, plain_text};
use super::{Fault, Kind, Node};
use crate::template::yaml::Value;

/// Checks `text`, the value of the parameter `name`, against its declaration.
pub(super) fn check(name: &str, declared: &Node, kind: Kind, text: &str) -> Result<(), Fault> {
    let parameter = Parameter { name, declared };
    for part in kind.parts(text) {
        if kind.number && part.parse::<f64>().is_err() {
            return Err(parameter.refuses(declared.line, part, "is not a number"));
        }
        parameter.check_allowed(part)?;
        parameter.check_pattern(part)?;
        parameter.check_bounds(part, kind)?;
    }
    Ok(())
}

struct Parameter<'a> {
    name: &'a str,
    declared: &'a Node,
}

impl Parameter<'_> {
    fn check_allowed(&self, value: &str) -> Result<(), Fault> {
        let Some(allowed) = self.declared.get("AllowedValues") else {
            return Ok(());
        };
        let known: Vec<String> = items(allowed).iter().filter_map(scalar).collect();
        if known.iter().any(|it| it == value) {
            return Ok(());
        }
        let why = format!("is not allowed; {} are", known.join(", "));
        Err(self.refuses(allowed.line, value, &why))
    }

    fn check_pattern(&self, value: &str) -> Result<(), Fault> {
        let Some(node) = self.declared.get("AllowedPattern") else {
            return Ok(());
        };
        let pattern = scalar(node).unwrap_or_default();
        // CloudFormation matches the whole value.
        let whole = Regex::new(&format!("^(?:{pattern})$")).map_err(|error| {
            let message = format!("the AllowedPattern of {} is not one: {error}", self.name);
            Fault::new(node.line, message)
        })?;
        if whole.is_match(value).unwrap_or(false) {
            return Ok(());
        }
        Err(self.refuses(node.line, value, &format!("does not match {pattern}")))
    }

    fn check_bounds(&self, value: &str, kind: Kind) -> Result<(), Fault> {
        #[allow(clippy::cast_precision_loss, reason = "no value is that long")]
        let length = value.chars().count() as f64;
        let number = value.parse::<f64>().unwrap_or(0.0);
        let bounds = [
            ("MinLength", length, !kind.number, "is shorter than"),
            ("MaxLength", length, !kind.number, "is longer than"),
            ("MinValue", number, kind.number, "is less than"),
            ("MaxValue", number, kind.number, "is more than"),
        ];
        for (property, measured, applies, why) in bounds {
            let Some(node) = self.declared.get(property).filter(|_| applies) else {
                continue;
            };
            let bound = scalar(node).unwrap_or_default();
            let limit: f64 = bound.parse().map_err(|_| {
                let message = format!("the {property} of {} must be a number", self.name);
                Fault::new(node.line, message)
            })?;
            let holds = match property.starts_with("Min") {
                true => measured >= limit,
                false => measured <= limit,
            };
            if !holds {
                return Err(self.refuses(node.line, value, &format!("{why} {bound}")));
            }
        }
        Ok(())
    }

    fn refuses(&self, line: usize, value: &str, why: &str) -> Fault {
        let name = self.name;
        let secret = self.declared.get("NoEcho").and_then(scalar);
        let value = match secret.as_deref() {
            Some("true") => "****".to_owned(),
            _ => format!("`{value}`"),
        };
        let described = self.declared.get("ConstraintDescription").and_then(scalar);
        let described = described.map_or(String::new(), |it| format!(" ({it})"));
        let message = format!(
            "the parameter {name} is {value}, which {why}{described}; pass another with --parameter {name}=…"
        );
        Fault::new(line, message)
    }
}

fn scalar(node: &Node) -> Option<String> {
    match &node.value {
        Value::Scalar(value) => Some(plain_text(value)),
        _ => None,
    }
}
