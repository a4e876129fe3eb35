//! The template's parameters: what was given for them, or their defaults, checked.

mod constraints;

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::intrinsics::plain_text;
use super::yaml::Node;
use super::{Fault, Template};

/// What was given on the command line.
pub(super) type Given = BTreeMap<String, String>;

impl Template {
    /// Takes `Key=Value` pairs as CloudFormation's `ParameterOverrides`.
    ///
    /// # Errors
    /// The template has no such parameter, or does not allow the value.
    pub fn with_parameters<K, V>(
        mut self,
        given: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, super::TemplateError>
    where
        K: Into<String>,
        V: Into<String>,
    {
        let given = given.into_iter().map(|(k, v)| (k.into(), v.into()));
        self.given = given.collect();
        self.check_given().map_err(|it| it.in_file(&self.file))?;
        Ok(self)
    }

    fn check_given(&self) -> Result<(), Fault> {
        let section = self.root.get("Parameters");
        let line = section.map_or(1, |it| it.line);
        for name in self.given.keys() {
            let Some(value) = self.parameter(name, line) else {
                let known = section.map_or(&[][..], Node::entries);
                let known: Vec<_> = known.iter().map(|(name, _)| name.as_str()).collect();
                let known = match known.as_slice() {
                    [] => "none at all".to_owned(),
                    known => known.join(", "),
                };
                let message = format!("there is no parameter `{name}`; the template has {known}");
                return Err(Fault::new(line, message));
            };
            value?;
        }
        Ok(())
    }

    /// The value of the parameter `name`; `None` where the template declares no such parameter.
    ///
    /// `line` is where somebody asks for it.
    pub(super) fn parameter(&self, name: &str, line: usize) -> Option<Result<Json, Fault>> {
        let declared = self.root.get("Parameters")?.get(name)?;
        Some(self.value_of(name, declared, line))
    }

    fn value_of(&self, name: &str, declared: &Node, line: usize) -> Result<Json, Fault> {
        let kind = Kind::of(declared);
        let given = self.given.get(name);
        let default = declared.get("Default").map(|node| match &node.value {
            super::yaml::Value::Scalar(value) => Ok(plain_text(value)),
            _ => Err(Fault::new(
                node.line,
                format!("the Default of {name} must be a text"),
            )),
        });
        let text = match (given, default) {
            (Some(given), _) => given.clone(),
            (None, Some(default)) if !kind.stored => default?,
            (None, Some(_)) => {
                let message = format!(
                    "the parameter {name} is kept in the Systems Manager, which is not here; give its value with --parameter {name}=…"
                );
                return Err(Fault::new(line, message));
            }
            (None, None) => {
                let declared = declared.line;
                let message = format!(
                    "the parameter {name} has no value: give it one with --parameter {name}=…, or a Default in line {declared}"
                );
                return Err(Fault::new(line, message));
            }
        };
        constraints::check(name, declared, kind, &text)?;
        Ok(kind.read(&text))
    }
}

/// What a parameter's `Type` means for its value.
#[derive(Debug, Clone, Copy)]
struct Kind {
    number: bool,
    list: bool,
    /// The value in the template is the name of one in the Systems Manager.
    stored: bool,
}

impl Kind {
    fn of(declared: &Node) -> Self {
        let name = declared.get("Type").and_then(Node::as_str);
        let name = name.unwrap_or("String");
        let stored = name.strip_prefix("AWS::SSM::Parameter::Value<");
        let name = stored.and_then(|it| it.strip_suffix('>')).unwrap_or(name);
        Self {
            number: matches!(name, "Number" | "List<Number>"),
            list: name == "CommaDelimitedList" || name.starts_with("List<"),
            stored: stored.is_some(),
        }
    }

    /// The values in `text`: one, or those between its commas.
    fn parts(self, text: &str) -> Vec<&str> {
        match self.list {
            true if text.is_empty() => Vec::new(),
            true => text.split(',').map(str::trim).collect(),
            false => vec![text],
        }
    }

    fn read(self, text: &str) -> Json {
        // Numbers stay text, as they do in CloudFormation: `1.0` must not become `1`.
        match self.list {
            true => self.parts(text).into_iter().collect(),
            false => text.into(),
        }
    }
}
