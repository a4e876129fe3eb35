//! YAML with line numbers, and CloudFormation's short tags written out.

mod surrogates;

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use super::Fault;

/// A YAML value and the line it starts on.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) line: usize,
    /// The line of its key; the same as `line` where it has none.
    pub(crate) key_line: usize,
    pub(crate) value: Value,
}

#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// A number, boolean, null or string: what JSON calls a scalar.
    Scalar(serde_json::Value),
    Sequence(Vec<Node>),
    /// In the order of the file; keys are distinct.
    Mapping(Vec<(String, Node)>),
}

impl Node {
    fn new(line: usize, value: Value) -> Self {
        Self {
            line,
            key_line: line,
            value,
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        let (_, node) = self.entries().iter().find(|(name, _)| name == key)?;
        Some(node)
    }

    pub(crate) fn entries(&self) -> &[(String, Node)] {
        match &self.value {
            Value::Mapping(entries) => entries,
            _ => &[],
        }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(serde_json::Value::String(text)) => Some(text),
            _ => None,
        }
    }

    fn mapping(line: usize, key: &str, node: Node) -> Node {
        Node::new(line, Value::Mapping(vec![(key.to_owned(), node)]))
    }
}

/// Reads the first document of `text`.
pub(crate) fn parse(text: &str) -> Result<Node, Fault> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(&surrogates::joined(text)) {
        let (event, span) = event.map_err(|error| {
            let message = format!("the template is not YAML: {}", error.info());
            Fault::new(error.marker().line(), message)
        })?;
        let done = builder.take(event, span.start.line())?;
        if done {
            break;
        }
    }
    builder
        .root
        .ok_or_else(|| Fault::new(1, "the file is empty"))
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    root: Option<Node>,
}

/// A sequence or mapping whose end has not been seen yet.
struct Open {
    line: usize,
    anchor: usize,
    tag: Option<String>,
    items: Vec<Node>,
    is_mapping: bool,
}

impl Builder {
    /// Takes one parser event; true when the document is complete.
    fn take(&mut self, event: Event<'_>, line: usize) -> Result<bool, Fault> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let tag = local_tag(tag.as_deref());
                // A tagged scalar is text: `!Sub 1` names nothing but the string "1".
                let value = if style == ScalarStyle::Plain && tag.is_none() {
                    plain_scalar(&text)
                } else {
                    text.into_owned().into()
                };
                self.close(Node::new(line, Value::Scalar(value)), tag, anchor)?;
            }
            Event::SequenceStart(anchor, tag) => self.open(line, anchor, tag.as_deref(), false),
            Event::MappingStart(anchor, tag) => self.open(line, anchor, tag.as_deref(), true),
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    let value = if open.is_mapping {
                        Value::Mapping(pair_up(open.items)?)
                    } else {
                        Value::Sequence(open.items)
                    };
                    self.close(Node::new(open.line, value), open.tag, open.anchor)?;
                }
            }
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).cloned();
                let node = node.ok_or_else(|| Fault::new(line, "the alias names no anchor"))?;
                self.close(node, None, 0)?;
            }
            Event::DocumentEnd => return Ok(true),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) => {}
        }
        Ok(false)
    }

    fn open(&mut self, line: usize, anchor: usize, tag: Option<&Tag>, is_mapping: bool) {
        self.open.push(Open {
            line,
            anchor,
            tag: local_tag(tag),
            items: Vec::new(),
            is_mapping,
        });
    }

    fn close(&mut self, node: Node, tag: Option<String>, anchor: usize) -> Result<(), Fault> {
        let node = match tag {
            Some(tag) => write_out(&tag, node)?,
            None => node,
        };
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut() {
            Some(open) => open.items.push(node),
            None => self.root = Some(node),
        }
        Ok(())
    }
}

fn local_tag(tag: Option<&Tag>) -> Option<String> {
    let tag = tag?;
    (tag.handle == "!").then(|| tag.suffix.clone())
}

/// `!Ref x` becomes `{Ref: x}` and `!GetAtt a.b` becomes `{Fn::GetAtt: [a, b]}`, so that the rest
/// of the code knows one spelling.
fn write_out(tag: &str, node: Node) -> Result<Node, Fault> {
    let line = node.line;
    Ok(match (tag, node.as_str()) {
        ("Ref" | "Condition", _) => Node::mapping(line, tag, node),
        ("GetAtt", Some(path)) => {
            let (resource, attribute) = path.split_once('.').ok_or_else(|| {
                Fault::new(line, format!("`!GetAtt {path}` names no attribute; write `!GetAtt {path}.Arn` or another attribute"))
            })?;
            let value = [resource, attribute]
                .map(|part| Node::new(line, Value::Scalar(part.into())))
                .to_vec();
            Node::mapping(line, "Fn::GetAtt", Node::new(line, Value::Sequence(value)))
        }
        _ => Node::mapping(line, &format!("Fn::{tag}"), node),
    })
}

fn pair_up(items: Vec<Node>) -> Result<Vec<(String, Node)>, Fault> {
    let mut entries: Vec<(String, Node)> = Vec::with_capacity(items.len() / 2);
    let mut items = items.into_iter();
    while let (Some(key), Some(mut node)) = (items.next(), items.next()) {
        let line = key.line;
        node.key_line = line;
        let name = match key.value {
            Value::Scalar(serde_json::Value::String(name)) => name,
            Value::Scalar(other) => other.to_string(),
            _ => return Err(Fault::new(line, "a key must be a plain name")),
        };
        if entries.iter().any(|(known, _)| *known == name) {
            return Err(Fault::new(line, format!("the key `{name}` appears twice")));
        }
        entries.push((name, node));
    }
    Ok(entries)
}

/// YAML 1.2's core schema, as far as templates use it.
fn plain_scalar(text: &str) -> serde_json::Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return serde_json::Value::Null,
        "true" | "True" | "TRUE" => return true.into(),
        "false" | "False" | "FALSE" => return false.into(),
        _ => {}
    }
    // `007` is an identifier, not seven.
    let digits = text.trim_start_matches(['-', '+']);
    if digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.") {
        return text.into();
    }
    if let Ok(number) = text.parse::<i64>() {
        return number.into();
    }
    match text.parse::<f64>() {
        Ok(number) if digits.starts_with(|c: char| c.is_ascii_digit()) => number.into(),
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests;
