//! The SAM template, as far as running its functions on this machine needs it.
//!
//! Values are resolved when they are read, so that an intrinsic function nobody asks about is
//! not in the way. Names are those CloudFormation would give, without its random endings.

mod alarm;
mod bucket;
mod conditions;
mod declaration;
mod error;
mod event_source;
mod function;
mod function_name;
mod functions;
mod intrinsics;
mod lines;
mod logging;
mod names;
mod outline;
mod parameters;
mod properties;
mod queue;
mod table;
mod versions;
mod yaml;

use std::path::{Path, PathBuf};

pub use alarm::Alarm;
pub use bucket::{Bucket, Notification};
pub(crate) use error::Fault;
pub use error::TemplateError;
pub use event_source::{EventSource, Filter, Pollers};
pub use function::{Function, Qualified, Variable};
pub(crate) use function_name::FunctionName;
pub use functions::LeftOut;
pub use lines::Lines;
pub use logging::Logging;
pub use names::{ACCOUNT, REGION};
pub(crate) use outline::{Outline, OutlinedResource, Shape, Tree};
pub use queue::{Queue, Redrive};
pub use table::Table;
pub use versions::{Alias, LATEST};

use declaration::{Declaration, Resource};
use intrinsics::Resolver;
use yaml::Node;

/// A parsed template.
#[derive(Debug, Clone)]
pub struct Template {
    file: String,
    folder: PathBuf,
    stack: String,
    given: parameters::Given,
    /// Where queues answer, if not at AWS.
    endpoint: Option<String>,
    /// It is only looked at: references lead to any kind of resource, and nothing is known of the
    /// account and Region.
    anywhere: bool,
    root: Node,
    resources: Vec<Resource>,
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
        Self::read(&text, path, stack)
    }

    /// Reads the text of the template that is, or will be, at `path`.
    ///
    /// # Errors
    /// It is not YAML, or has no resources.
    pub(crate) fn read(text: &str, path: &Path, stack: &str) -> Result<Self, TemplateError> {
        let file = path.display().to_string();
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        Self::parse(text, &file, folder, stack).map_err(|fault| fault.in_file(&file))
    }

    /// The keys of what is at a path of keys, as it is written.
    pub(crate) fn names_in(&self, path: &[&str]) -> Vec<&str> {
        let entries = self.at_path(path).map(Node::entries).unwrap_or_default();
        entries.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The whole number at a path of keys, if there is one.
    pub(crate) fn number_at(&self, path: &[&str]) -> Option<u64> {
        match &self.at_path(path)?.value {
            yaml::Value::Scalar(number) => number.as_u64(),
            _ => None,
        }
    }

    fn at_path(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(&self.root, |node, key| node.get(key))
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
            given: parameters::Given::new(),
            endpoint: None,
            anywhere: false,
            root,
            resources,
        })
    }

    /// Gives queues URLs below `endpoint`, such as `http://127.0.0.1:4566`.
    #[must_use]
    pub fn at(mut self, endpoint: &str) -> Self {
        self.endpoint = Some(endpoint.to_owned());
        self
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
        self.each_of(&[names::TABLE, names::SIMPLE_TABLE], Table::read)
    }

    /// The S3 buckets.
    ///
    /// # Errors
    /// A property cannot be resolved.
    pub fn buckets(&self) -> Result<Vec<Bucket>, TemplateError> {
        self.each(names::BUCKET, Bucket::read)
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
            .and_then(|resource| Declaration::new(self, resource).properties.value(property))
            .map_err(|fault| fault.in_file(&self.file))
    }

    /// Whether `logical_id` is a queue.
    #[must_use]
    pub fn is_queue(&self, logical_id: &str) -> bool {
        self.resource(logical_id, 1)
            .is_ok_and(|resource| resource.kind == names::QUEUE)
    }

    /// An error about `line` of the template.
    #[must_use]
    pub fn error_at(&self, line: usize, message: impl Into<String>) -> TemplateError {
        Fault::new(line, message).in_file(&self.file)
    }

    /// The resources of a kind whose conditions let them exist.
    fn each<T>(
        &self,
        kind: &str,
        read: impl Fn(&Declaration<'_>) -> Result<T, Fault>,
    ) -> Result<Vec<T>, TemplateError> {
        self.each_of(&[kind], read)
    }

    /// The resources of some kinds, in the order of the file.
    fn each_of<T>(
        &self,
        kinds: &[&str],
        read: impl Fn(&Declaration<'_>) -> Result<T, Fault>,
    ) -> Result<Vec<T>, TemplateError> {
        let mut found = Vec::new();
        let is_meant = |it: &&Resource| kinds.contains(&it.kind.as_str());
        for resource in self.resources.iter().filter(is_meant) {
            let read = Resolver::new(self).exists(resource).and_then(|exists| {
                let declared = Declaration::new(self, resource);
                exists.then(|| read(&declared)).transpose()
            });
            found.extend(read.map_err(|fault| fault.in_file(&self.file))?);
        }
        Ok(found)
    }

    fn queue_url(&self, name: &str) -> String {
        let aws = || format!("https://sqs.{REGION}.amazonaws.com");
        let endpoint = self.endpoint.clone().unwrap_or_else(aws);
        format!("{endpoint}/{ACCOUNT}/{name}")
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
