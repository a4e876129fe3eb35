//! The SAM template, as far as running its functions on this machine needs it.
//!
//! Values are resolved when they are read, so that an intrinsic function nobody asks about is
//! not in the way. Names are those CloudFormation would give, without its random endings.

mod alarm;
mod error;
mod function;
mod intrinsics;
mod names;
mod properties;
mod queue;
mod table;
mod yaml;

use std::path::{Path, PathBuf};

pub use alarm::Alarm;
pub(crate) use error::Fault;
pub use error::TemplateError;
pub use function::{EventSource, Function, Variable};
pub use names::{ACCOUNT, REGION};
pub use queue::{Queue, Redrive};
pub use table::Table;

use intrinsics::Resolver;
use properties::Properties;
use yaml::Node;

/// A parsed template.
#[derive(Debug)]
pub struct Template {
    file: String,
    folder: PathBuf,
    stack: String,
    root: Node,
    resources: Vec<Resource>,
}

#[derive(Debug)]
pub(crate) struct Resource {
    logical_id: String,
    kind: String,
    node: Node,
}

impl Resource {
    fn property(&self, name: &str) -> Option<&Node> {
        self.node.get("Properties")?.get(name)
    }
}

impl Template {
    /// Reads the template at `path`, as the stack `stack` would see it.
    ///
    /// # Errors
    /// The file cannot be read, is not YAML, or has no resources.
    pub fn load(path: &Path, stack: &str) -> Result<Self, TemplateError> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|source| TemplateError::Read {
            file: file.clone(),
            source,
        })?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        Self::parse(&text, &file, folder, stack).map_err(|fault| fault.in_file(&file))
    }

    fn parse(text: &str, file: &str, folder: PathBuf, stack: &str) -> Result<Self, Fault> {
        let root = yaml::parse(text)?;
        let Some(section) = root.get("Resources") else {
            let message = "there is no `Resources` section; is this a SAM template?";
            return Err(Fault::new(1, message));
        };
        let mut resources = Vec::new();
        for (logical_id, node) in section.entries() {
            let kind = node.get("Type").and_then(Node::as_str).ok_or_else(|| {
                Fault::new(
                    node.line,
                    format!("the resource {logical_id} has no `Type`"),
                )
            })?;
            resources.push(Resource {
                logical_id: logical_id.clone(),
                kind: kind.to_owned(),
                node: node.clone(),
            });
        }
        Ok(Self {
            file: file.to_owned(),
            folder,
            stack: stack.to_owned(),
            root,
            resources,
        })
    }

    /// The folder the template is in; empty for the current one.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The template's path, as given.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The functions, in the order of the file.
    ///
    /// # Errors
    /// A property cannot be resolved.
    pub fn functions(&self) -> Result<Vec<Function>, TemplateError> {
        self.each(names::SAM_FUNCTION, Function::read)
    }

    /// The queues, dead-letter queues included.
    ///
    /// # Errors
    /// A property cannot be resolved.
    pub fn queues(&self) -> Result<Vec<Queue>, TemplateError> {
        self.each(names::QUEUE, Queue::read)
    }

    /// The DynamoDB tables.
    ///
    /// # Errors
    /// A property cannot be resolved.
    pub fn tables(&self) -> Result<Vec<Table>, TemplateError> {
        self.each(names::TABLE, Table::read)
    }

    /// The CloudWatch alarms.
    ///
    /// # Errors
    /// A property cannot be resolved.
    pub fn alarms(&self) -> Result<Vec<Alarm>, TemplateError> {
        self.each(names::ALARM, Alarm::read)
    }

    /// A property of a resource, resolved; `None` where it is not set.
    ///
    /// # Errors
    /// There is no such resource, or the property cannot be resolved.
    pub fn property(
        &self,
        logical_id: &str,
        property: &str,
    ) -> Result<Option<serde_json::Value>, TemplateError> {
        self.resource(logical_id, 1)
            .and_then(|resource| Properties::new(self, resource).value(property))
            .map_err(|fault| fault.in_file(&self.file))
    }

    /// Whether `logical_id` is a queue.
    #[must_use]
    pub fn is_queue(&self, logical_id: &str) -> bool {
        self.resource(logical_id, 1)
            .is_ok_and(|resource| resource.kind == names::QUEUE)
    }

    fn each<T>(
        &self,
        kind: &str,
        read: impl Fn(&Properties<'_>) -> Result<T, Fault>,
    ) -> Result<Vec<T>, TemplateError> {
        self.resources
            .iter()
            .filter(|resource| resource.kind == kind)
            .map(|resource| read(&Properties::new(self, resource)))
            .collect::<Result<_, _>>()
            .map_err(|fault| fault.in_file(&self.file))
    }

    fn parameter(&self, name: &str) -> Option<&Node> {
        self.root.get("Parameters")?.get(name)
    }

    fn resource(&self, logical_id: &str, line: usize) -> Result<&Resource, Fault> {
        let found = self.resources.iter().find(|it| it.logical_id == logical_id);
        found.ok_or_else(|| {
            let message =
                format!("`{logical_id}` is neither a parameter nor a resource of this template");
            Fault::new(line, message)
        })
    }
}

#[cfg(test)]
mod tests;
