//! `Ref`, `Fn::GetAtt`, `Fn::Sub` and `Fn::Join`, resolved to what they would be on this machine.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::yaml::{Node, Value};
use super::{Fault, Template, names};

/// Deeper nesting than any real template's; what exceeds it refers to itself.
const MAX_DEPTH: usize = 64;

/// Resolves nodes and remembers which resources they referred to.
pub(crate) struct Resolver<'a> {
    template: &'a Template,
    depth: usize,
    pub(crate) references: BTreeSet<String>,
}

impl<'a> Resolver<'a> {
    pub(crate) fn new(template: &'a Template) -> Self {
        Self {
            template,
            depth: 0,
            references: BTreeSet::new(),
        }
    }

    pub(super) fn default_name(&self, logical_id: &str) -> String {
        format!("{}-{logical_id}", self.template.stack)
    }

    /// The value of `node`; `None` for `AWS::NoValue`.
    pub(crate) fn resolve(&mut self, node: &Node) -> Result<Option<Json>, Fault> {
        if self.depth == MAX_DEPTH {
            return Err(Fault::new(node.line, "this value refers to itself"));
        }
        self.depth += 1;
        let resolved = self.resolve_inner(node);
        self.depth -= 1;
        resolved
    }

    fn resolve_inner(&mut self, node: &Node) -> Result<Option<Json>, Fault> {
        Ok(Some(match &node.value {
            Value::Scalar(value) => value.clone(),
            Value::Sequence(items) => {
                let mut values = Vec::with_capacity(items.len());
                for item in items {
                    values.extend(self.resolve(item)?);
                }
                Json::Array(values)
            }
            Value::Mapping(entries) => {
                if let [(name, argument)] = entries.as_slice()
                    && (name == "Ref" || name.starts_with("Fn::"))
                {
                    return self.call(name, argument);
                }
                let mut object = serde_json::Map::new();
                for (name, value) in entries {
                    if let Some(value) = self.resolve(value)? {
                        object.insert(name.clone(), value);
                    }
                }
                Json::Object(object)
            }
        }))
    }

    fn call(&mut self, function: &str, argument: &Node) -> Result<Option<Json>, Fault> {
        let line = argument.line;
        match function {
            "Ref" => {
                let name = text(argument, "the name of a parameter or resource")?;
                if name == "AWS::NoValue" {
                    return Ok(None);
                }
                self.reference(name, line).map(Some)
            }
            "Fn::GetAtt" => {
                let [resource, attribute] = items(argument) else {
                    let message = "Fn::GetAtt takes a resource and an attribute";
                    return Err(Fault::new(line, message));
                };
                let resource = text(resource, "the logical id of a resource")?;
                let attribute = text(attribute, "an attribute's name")?;
                self.attribute(resource, attribute, line).map(Some)
            }
            "Fn::Sub" => self.substitute(argument).map(Some),
            "Fn::Join" => {
                let [separator, parts] = items(argument) else {
                    let message = "Fn::Join takes a separator and a list";
                    return Err(Fault::new(line, message));
                };
                let separator = text(separator, "a separator")?;
                let parts = self.resolve(parts)?.unwrap_or_default();
                let parts = parts.as_array().ok_or_else(|| {
                    Fault::new(line, "the second argument of Fn::Join must be a list")
                })?;
                let parts: Vec<String> = parts.iter().map(plain_text).collect();
                Ok(Some(parts.join(separator).into()))
            }
            other => Err(Fault::new(
                line,
                format!(
                    "{other} cannot be resolved locally yet; Ref, Fn::GetAtt, Fn::Sub and Fn::Join can"
                ),
            )),
        }
    }

    fn reference(&mut self, name: &str, line: usize) -> Result<Json, Fault> {
        if let Some(value) = names::pseudo_parameter(name, &self.template.stack) {
            return Ok(value.into());
        }
        if let Some(parameter) = self.template.parameter(name) {
            return match parameter.get("Default") {
                Some(default) => Ok(self.resolve(default)?.unwrap_or_default()),
                None => Err(Fault::new(
                    line,
                    format!(
                        "the parameter {name} has no Default; give it one in line {}",
                        parameter.line
                    ),
                )),
            };
        }
        let resource = self.template.resource(name, line)?;
        self.references.insert(name.to_owned());
        names::reference(self, resource, line).map(Json::String)
    }

    fn attribute(&mut self, name: &str, attribute: &str, line: usize) -> Result<Json, Fault> {
        let resource = self.template.resource(name, line)?;
        self.references.insert(name.to_owned());
        names::attribute(self, resource, attribute, line).map(Json::String)
    }

    fn substitute(&mut self, argument: &Node) -> Result<Json, Fault> {
        let (pattern, variables) = match items(argument) {
            [pattern, variables] => (pattern, Some(variables)),
            _ => (argument, None),
        };
        let line = pattern.line;
        let mut rest = text(pattern, "text with ${…} in it")?;
        let mut result = String::new();
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| Fault::new(line, "`${` has no closing `}`"))?;
            result.push_str(before);
            rest = after;
            let name = name.trim();
            if let Some(literal) = name.strip_prefix('!') {
                result.push_str(&format!("${{{literal}}}"));
                continue;
            }
            let value = match (
                variables.and_then(|node| node.get(name)),
                name.split_once('.'),
            ) {
                (Some(node), _) => self.resolve(node)?.unwrap_or_default(),
                (None, Some((resource, attribute))) => self.attribute(resource, attribute, line)?,
                (None, None) => self.reference(name, line)?,
            };
            result.push_str(&plain_text(&value));
        }
        result.push_str(rest);
        Ok(result.into())
    }
}

fn items(node: &Node) -> &[Node] {
    match &node.value {
        Value::Sequence(items) => items,
        _ => &[],
    }
}

fn text<'n>(node: &'n Node, what: &str) -> Result<&'n str, Fault> {
    node.as_str()
        .ok_or_else(|| Fault::new(node.line, format!("expected {what}")))
}

/// A scalar as CloudFormation would put it into a string.
pub(crate) fn plain_text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}
