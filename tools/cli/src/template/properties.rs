//! Typed access to properties: a resource's own, and what `Globals` adds.

use std::time::Duration;

use serde_json::Value as Json;

use super::intrinsics::{items, plain_text};
use super::lines::Lines;
use super::yaml::{Node, Value};
use super::{Fault, Resolver, Template};

/// The properties of a resource, or of a part of one.
pub(super) struct Properties<'a> {
    template: &'a Template,
    line: usize,
    /// What is asked first: its own, then those of `Globals`.
    layers: Vec<&'a Node>,
}

impl<'a> Properties<'a> {
    pub(super) fn new(template: &'a Template, line: usize, layers: Vec<&'a Node>) -> Self {
        Self {
            template,
            line,
            layers,
        }
    }

    /// A property with its conditions decided; `None` where it is not set.
    pub(super) fn node(&self, name: &str) -> Result<Option<&'a Node>, Fault> {
        match self.layers.iter().find_map(|layer| layer.get(name)) {
            Some(node) => Resolver::new(self.template).choose(node),
            None => Ok(None),
        }
    }

    /// A property that holds properties; `Globals` fills in those it leaves out.
    pub(super) fn section(&self, name: &str) -> Result<Option<Properties<'a>>, Fault> {
        let mut layers = Vec::new();
        for node in self.layers.iter().filter_map(|layer| layer.get(name)) {
            let Some(node) = Resolver::new(self.template).choose(node)? else {
                continue;
            };
            if !matches!(node.value, Value::Mapping(_)) {
                let message = format!("{name} must hold properties");
                return Err(Fault::new(node.line, message));
            }
            layers.push(node);
        }
        let line = layers.first().map(|node| node.line);
        Ok(line.map(|line| Self::new(self.template, line, layers)))
    }

    /// The items of a list, each with its conditions decided.
    pub(super) fn list(&self, name: &str) -> Result<Vec<&'a Node>, Fault> {
        let Some(node) = self.node(name)? else {
            return Ok(Vec::new());
        };
        if !matches!(node.value, Value::Sequence(_)) {
            return Err(Fault::new(node.line, format!("{name} must be a list")));
        }
        let mut resolver = Resolver::new(self.template);
        let mut chosen = Vec::new();
        for item in items(node) {
            chosen.extend(resolver.choose(item)?);
        }
        Ok(chosen)
    }

    /// The properties that an item of a list holds.
    pub(super) fn part(&self, item: &'a Node) -> Self {
        Self::new(self.template, item.line, vec![item])
    }

    /// All names with what they hold: those of `Globals` first, as far as they are not set again.
    pub(super) fn entries(&self) -> Vec<(&'a str, &'a Node)> {
        let mut entries: Vec<(&str, &Node)> = Vec::new();
        for (depth, layer) in self.layers.iter().enumerate().rev() {
            let nearer = &self.layers[..depth];
            let own = layer.entries().iter();
            let own = own.filter(|(name, _)| nearer.iter().all(|it| it.get(name).is_none()));
            entries.extend(own.map(|(name, node)| (name.as_str(), node)));
        }
        entries
    }

    pub(super) fn lines(&self) -> Lines {
        let entries = self.entries().into_iter();
        Lines {
            own: self.line,
            properties: entries
                .map(|(name, it)| (name.to_owned(), it.line))
                .collect(),
        }
    }

    pub(super) fn missing(&self, name: &str) -> Fault {
        Fault::new(self.line, format!("there is no `{name}`"))
    }

    pub(super) fn value(&self, name: &str) -> Result<Option<Json>, Fault> {
        match self.node(name)? {
            Some(node) => Resolver::new(self.template).resolve(node),
            None => Ok(None),
        }
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Fault> {
        Ok(self.value(name)?.as_ref().map(plain_text))
    }

    /// A whole number, also where the template quotes it.
    pub(super) fn integer(&self, name: &str) -> Result<Option<u64>, Fault> {
        self.parsed(name, "a whole number")
    }

    /// True or false, also where the template quotes it.
    pub(super) fn boolean(&self, name: &str) -> Result<Option<bool>, Fault> {
        self.parsed(name, "true or false")
    }

    pub(super) fn seconds(&self, name: &str, default: u64) -> Result<Duration, Fault> {
        let seconds = self.integer(name)?.unwrap_or(default);
        Ok(Duration::from_secs(seconds))
    }

    pub(super) fn parsed<T: std::str::FromStr>(
        &self,
        name: &str,
        what: &str,
    ) -> Result<Option<T>, Fault> {
        let Some(value) = self.value(name)? else {
            return Ok(None);
        };
        let parsed = plain_text(&value).parse().map_err(|_| {
            let message = format!("{name} must be {what}, not {value}");
            Fault::new(self.lines().of(name), message)
        })?;
        Ok(Some(parsed))
    }
}
