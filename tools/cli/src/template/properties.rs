//! Typed access to one resource's properties.

use std::time::Duration;

use serde_json::Value as Json;

use super::intrinsics::plain_text;
use super::yaml::Node;
use super::{Fault, Resolver, Resource, Template, names};

pub(super) struct Properties<'a> {
    pub(super) template: &'a Template,
    pub(super) resource: &'a Resource,
}

impl<'a> Properties<'a> {
    pub(super) fn new(template: &'a Template, resource: &'a Resource) -> Self {
        Self { template, resource }
    }

    /// The resource's own property, or for a function the one in `Globals`.
    pub(super) fn node(&self, name: &str) -> Option<&'a Node> {
        self.resource.property(name).or_else(|| self.global(name))
    }

    pub(super) fn global(&self, name: &str) -> Option<&'a Node> {
        if self.resource.kind != names::SAM_FUNCTION {
            return None;
        }
        self.template
            .root
            .get("Globals")?
            .get("Function")?
            .get(name)
    }

    pub(super) fn logical_id(&self) -> String {
        self.resource.logical_id.clone()
    }

    pub(super) fn physical_name(&self) -> Result<String, Fault> {
        names::name(&mut Resolver::new(self.template), self.resource)
    }

    pub(super) fn resolve(&self, node: &Node) -> Result<Option<Json>, Fault> {
        Resolver::new(self.template).resolve(node)
    }

    pub(super) fn value(&self, name: &str) -> Result<Option<Json>, Fault> {
        match self.node(name) {
            Some(node) => self.resolve(node),
            None => Ok(None),
        }
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Fault> {
        Ok(self.value(name)?.as_ref().map(plain_text))
    }

    pub(super) fn integer(&self, name: &str) -> Result<Option<u64>, Fault> {
        match self.node(name) {
            Some(node) => integer(self, node, name),
            None => Ok(None),
        }
    }

    pub(super) fn seconds(&self, name: &str, default: u64) -> Result<Duration, Fault> {
        let seconds = self.integer(name)?.unwrap_or(default);
        Ok(Duration::from_secs(seconds))
    }
}

/// A whole number, also where the template quotes it.
pub(super) fn integer(
    properties: &Properties<'_>,
    node: &Node,
    name: &str,
) -> Result<Option<u64>, Fault> {
    let Some(value) = properties.resolve(node)? else {
        return Ok(None);
    };
    let number = plain_text(&value).parse().map_err(|_| {
        Fault::new(
            node.line,
            format!("{name} must be a whole number, not {value}"),
        )
    })?;
    Ok(Some(number))
}
