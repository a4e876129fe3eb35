//! Intrinsic functions, resolved to what they would be on this machine.

mod lists;
mod mappings;
mod substitute;

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::yaml::{Node, Value};
use super::{Fault, Template, names, versions};

/// Deeper nesting than any real template's; what exceeds it refers to itself.
const MAX_DEPTH: usize = 64;

/// Resolves nodes and remembers which resources they referred to.
pub(crate) struct Resolver<'a> {
    pub(super) template: &'a Template,
    depth: usize,
    /// How often something was asked that depends on the account or Region.
    placed: usize,
    pub(crate) references: BTreeSet<String>,
}

impl<'a> Resolver<'a> {
    pub(crate) fn new(template: &'a Template) -> Self {
        Self {
            template,
            depth: 0,
            placed: 0,
            references: BTreeSet::new(),
        }
    }

    pub(super) fn default_name(&self, logical_id: &str) -> String {
        format!("{}-{logical_id}", self.template.stack)
    }

    /// The value of `node`; `None` for `AWS::NoValue`.
    pub(crate) fn resolve(&mut self, node: &Node) -> Result<Option<Json>, Fault> {
        self.deeper(node.line, |resolver| resolver.resolve_inner(node))
    }

    /// The part of the template that `node` stands for once every `Fn::If` around it is decided,
    /// with its own line; `None` for `AWS::NoValue`.
    pub(super) fn choose<'n>(&mut self, node: &'n Node) -> Result<Option<&'n Node>, Fault> {
        let mut node = node;
        loop {
            match node.entries() {
                [(name, argument)] if name == "Fn::If" => node = self.branch(argument)?,
                [(name, argument)] if name == "Ref" && argument.as_str() == Some(NO_VALUE) => {
                    return Ok(None);
                }
                _ => return Ok(Some(node)),
            }
        }
    }

    /// Runs `step` one level deeper, which ends values that refer to themselves.
    pub(super) fn deeper<T>(
        &mut self,
        line: usize,
        step: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        if self.depth == MAX_DEPTH {
            return Err(Fault::new(line, "this value refers to itself"));
        }
        self.depth += 1;
        let done = step(self);
        self.depth -= 1;
        done
    }

    /// What `step` comes to; a fault where that depends on the account or Region and nobody
    /// knows which it is.
    pub(super) fn in_any_place<T>(
        &mut self,
        line: usize,
        step: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let before = self.placed;
        let done = step(self)?;
        if self.template.anywhere && self.placed > before {
            let message = "this depends on the account or Region it is deployed to";
            return Err(Fault::new(line, message));
        }
        Ok(done)
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
                if name == NO_VALUE {
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
            "Fn::Join" => self.join(argument).map(Some),
            "Fn::Split" => self.split(argument).map(Some),
            "Fn::Select" => self.select(argument).map(Some),
            "Fn::FindInMap" => self.find_in_map(argument),
            "Fn::Base64" => self.base64(argument).map(Some),
            "Fn::If" => {
                let branch = self.branch(argument)?;
                self.resolve(branch)
            }
            "Fn::Equals" | "Fn::And" | "Fn::Or" | "Fn::Not" => Err(Fault::new(
                line,
                format!(
                    "{function} belongs in the `Conditions` section; here, name its condition in Fn::If"
                ),
            )),
            other => Err(Fault::new(
                line,
                format!("{other} cannot be resolved locally; {KNOWN} can"),
            )),
        }
    }

    fn reference(&mut self, name: &str, line: usize) -> Result<Json, Fault> {
        if let Some(value) = names::pseudo_parameter(name, &self.template.stack) {
            self.placed += 1;
            return Ok(value);
        }
        if let Some(value) = self.template.parameter(name, line) {
            return value;
        }
        if let Some((function, part)) = name.split_once('.').filter(|it| is_generated(it.1))
            && !self.template.anywhere
        {
            return self.generated(function, part, line);
        }
        let resource = self.created(name, line)?;
        names::reference(self, resource, line).map(Json::String)
    }

    /// What SAM makes beside a function, as `Work.Alias` names it.
    fn generated(&mut self, name: &str, part: &str, line: usize) -> Result<Json, Fault> {
        let resource = self.created(name, line)?;
        // An alias may be a value that refers to itself.
        let arn = self.deeper(line, |resolver| {
            versions::generated(resolver, resource, part, line)
        });
        arn.map(Json::String)
    }

    fn attribute(&mut self, name: &str, attribute: &str, line: usize) -> Result<Json, Fault> {
        let is_sam = |it: &super::Resource| it.kind == names::SAM_FUNCTION;
        let of_sam =
            is_generated(attribute) && self.template.resource(name, line).is_ok_and(is_sam);
        if of_sam && !self.template.anywhere {
            return self.generated(name, attribute, line);
        }
        let resource = self.created(name, line)?;
        names::attribute(self, resource, attribute, line).map(Json::String)
    }

    /// The resource `name`, if its condition lets it exist.
    fn created(&mut self, name: &str, line: usize) -> Result<&'a super::Resource, Fault> {
        let resource = self.template.resource(name, line)?;
        self.references.insert(name.to_owned());
        if let Some(condition) = resource.condition()
            && !self.exists(resource)?
        {
            let condition = condition.as_str().unwrap_or_default();
            let message =
                format!("`{name}` is not created, because its condition {condition} is false");
            return Err(Fault::new(line, message));
        }
        Ok(resource)
    }
}

/// Whether SAM has such a part of a function to refer to.
fn is_generated(part: &str) -> bool {
    ["Alias", "Version", "Version.Version"].contains(&part)
}

pub(super) const NO_VALUE: &str = "AWS::NoValue";
const KNOWN: &str = "Ref, Fn::GetAtt, Fn::Sub, Fn::Join, Fn::Split, Fn::Select, Fn::FindInMap, Fn::Base64 and Fn::If";

pub(super) fn items(node: &Node) -> &[Node] {
    match &node.value {
        Value::Sequence(items) => items,
        _ => &[],
    }
}

pub(super) fn text<'n>(node: &'n Node, what: &str) -> Result<&'n str, Fault> {
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
