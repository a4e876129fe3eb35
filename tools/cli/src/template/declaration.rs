//! A resource as the template declares it.

use super::properties::Properties;
use super::yaml::Node;
use super::{Fault, Resolver, Template, names};

/// An entry of the `Resources` section.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    pub(super) logical_id: String,
    pub(super) kind: String,
    pub(super) node: Node,
}

impl Resource {
    pub(super) fn property(&self, name: &str) -> Option<&Node> {
        self.node.get("Properties")?.get(name)
    }

    pub(super) fn condition(&self) -> Option<&Node> {
        self.node.get("Condition")
    }
}

/// A resource with the template around it.
pub(super) struct Declaration<'a> {
    pub(super) template: &'a Template,
    pub(super) resource: &'a Resource,
    pub(super) properties: Properties<'a>,
}

impl<'a> Declaration<'a> {
    pub(super) fn new(template: &'a Template, resource: &'a Resource) -> Self {
        let own = resource.node.get("Properties");
        let globals = template
            .root
            .get("Globals")
            .filter(|_| resource.kind == names::SAM_FUNCTION);
        let globals = globals.and_then(|globals| globals.get("Function"));
        let layers = own.into_iter().chain(globals).collect();
        Self {
            template,
            resource,
            properties: Properties::new(template, own.unwrap_or(&resource.node).line, layers),
        }
    }

    pub(super) fn logical_id(&self) -> String {
        self.resource.logical_id.clone()
    }

    pub(super) fn physical_name(&self) -> Result<String, Fault> {
        names::name(&mut Resolver::new(self.template), self.resource)
    }

    pub(super) fn attribute(&self, name: &str) -> Result<String, Fault> {
        let line = self.resource.node.line;
        names::attribute(&mut Resolver::new(self.template), self.resource, name, line)
    }
}
