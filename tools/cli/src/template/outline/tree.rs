//! Values with their lines, where some are not known.

use serde_json::Value as Json;

use crate::template::intrinsics::Resolver;
use crate::template::yaml::{Node, Value};
use crate::template::{Fault, Template};

/// A part of a template, resolved.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    /// The line of its key, or its own where it has none.
    pub(crate) line: usize,
    pub(crate) shape: Shape,
}

#[derive(Debug, Clone)]
pub(crate) enum Shape {
    Scalar(Json),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
    /// It cannot be known here, for this reason.
    Unknown(String),
}

impl Tree {
    pub(crate) fn empty(line: usize) -> Self {
        let shape = Shape::Map(Vec::new());
        Self { line, shape }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Tree> {
        let (_, tree) = self.entries().iter().find(|(name, _)| name == key)?;
        Some(tree)
    }

    /// What a map holds; nothing for all else.
    pub(crate) fn entries(&self) -> &[(String, Tree)] {
        match &self.shape {
            Shape::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; what is no list is the only one.
    pub(crate) fn items(&self) -> &[Tree] {
        match &self.shape {
            Shape::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.shape {
            Shape::Scalar(Json::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The same, as a stack has it that is in no file.
    #[cfg(feature = "aws")]
    pub(crate) fn without_lines(self) -> Self {
        let shape = match self.shape {
            Shape::List(items) => Shape::List(items.into_iter().map(Tree::without_lines).collect()),
            Shape::Map(entries) => {
                let entries = entries.into_iter();
                Shape::Map(entries.map(|(key, it)| (key, it.without_lines())).collect())
            }
            other => other,
        };
        Self { line: 0, shape }
    }

    /// Why it is not known, if it is not.
    pub(crate) fn unknown(&self) -> Option<&str> {
        match &self.shape {
            Shape::Unknown(why) => Some(why),
            _ => None,
        }
    }

    /// A value all of which is known.
    pub(crate) fn of(line: usize, value: Json) -> Self {
        let shape = match value {
            Json::Array(items) => {
                Shape::List(items.into_iter().map(|it| Self::of(line, it)).collect())
            }
            Json::Object(entries) => {
                let entries = entries.into_iter();
                Shape::Map(entries.map(|(k, v)| (k, Self::of(line, v))).collect())
            }
            Json::String(text) if text.contains("{{resolve:") => {
                Shape::Unknown("it is looked up when the stack is deployed".to_owned())
            }
            scalar => Shape::Scalar(scalar),
        };
        Self { line, shape }
    }
}

impl Template {
    /// Resolves what can be, and leaves holes where it cannot.
    pub(super) fn outline(&self, node: &Node) -> Tree {
        let line = node.key_line;
        // `AWS::NoValue` at the top of a section.
        self.tree(node).unwrap_or_else(|| Tree::empty(line))
    }

    fn tree(&self, node: &Node) -> Option<Tree> {
        let line = node.key_line;
        let unknown = |fault: Fault| {
            let shape = Shape::Unknown(fault.message);
            Some(Tree { line, shape })
        };
        let chosen = match Resolver::new(self).choose(node) {
            Ok(chosen) => chosen?,
            Err(fault) => return unknown(fault),
        };
        let shape = match &chosen.value {
            Value::Sequence(items) => {
                Shape::List(items.iter().filter_map(|it| self.tree(it)).collect())
            }
            Value::Mapping(entries) if !is_call(entries) => {
                let entries = entries.iter();
                let known = entries.filter_map(|(key, it)| Some((key.clone(), self.tree(it)?)));
                Shape::Map(known.collect())
            }
            _ => match Resolver::new(self).resolve(chosen) {
                Ok(value) => Tree::of(line, value?).shape,
                Err(fault) => return unknown(fault),
            },
        };
        // What a condition chose is where it is written.
        let line = match std::ptr::eq(chosen, node) {
            true => line,
            false => chosen.line,
        };
        Some(Tree { line, shape })
    }
}

fn is_call(entries: &[(String, Node)]) -> bool {
    match entries {
        [(name, _)] => name == "Ref" || name.starts_with("Fn::"),
        _ => false,
    }
}
