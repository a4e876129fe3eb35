//! `AWS::Serverless::Function`.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use super::declaration::Declaration;
use super::event_source::{EventSource, event_sources};
use super::intrinsics::plain_text;
use super::lines::Lines;
use super::yaml::Node;
use super::{Fault, Resolver, names};

/// A function of the template.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Function {
    /// Its key under `Resources`.
    pub logical_id: String,
    /// Its name in the stack.
    pub name: String,
    /// Its ARN in the stack.
    pub arn: String,
    /// The cargo binary that `sam build` makes it from.
    pub binary: Option<String>,
    /// The folder cargo builds in.
    pub code: PathBuf,
    /// How long an invocation may take.
    pub timeout: Duration,
    /// Its memory in MB.
    pub memory: u64,
    /// Invocations side by side, at most: `ReservedConcurrentExecutions`.
    pub reserved_concurrency: Option<u32>,
    /// The environment variables the template gives it.
    pub environment: Vec<Variable>,
    /// The queues it is fed from.
    pub event_sources: Vec<EventSource>,
    /// Where it is in the file.
    pub lines: Lines,
}

/// An environment variable of a function.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value on this machine.
    pub value: String,
    /// The logical ids its value was made from.
    pub references: BTreeSet<String>,
}

impl Function {
    pub(super) fn read(declared: &Declaration<'_>) -> Result<Self, Fault> {
        let properties = &declared.properties;
        let name = declared.physical_name()?;
        let code = properties.text("CodeUri")?.unwrap_or_default();
        Ok(Self {
            logical_id: declared.logical_id(),
            arn: names::function_arn(&name),
            binary: binary(declared),
            code: declared.template.folder.join(code),
            timeout: properties.seconds("Timeout", 3)?,
            memory: properties.integer("MemorySize")?.unwrap_or(128),
            reserved_concurrency: properties
                .parsed("ReservedConcurrentExecutions", "a whole number")?,
            environment: environment(declared)?,
            event_sources: event_sources(properties)?,
            lines: properties.lines(),
            name,
        })
    }

    /// Its binary's name, or else its logical id: what people call it.
    #[must_use]
    pub fn short_name(&self) -> &str {
        self.binary.as_deref().unwrap_or(&self.logical_id)
    }

    /// Whether `name` is the function's logical id or its binary.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.logical_id == name || self.binary.as_deref() == Some(name)
    }
}

fn binary(declared: &Declaration<'_>) -> Option<String> {
    let build = declared.resource.node.get("Metadata")?;
    let binary = build.get("BuildProperties")?.get("Binary")?;
    Node::as_str(binary).map(str::to_owned)
}

/// The function's variables, after those of `Globals` that it does not set itself.
fn environment(declared: &Declaration<'_>) -> Result<Vec<Variable>, Fault> {
    let Some(section) = declared.properties.section("Environment")? else {
        return Ok(Vec::new());
    };
    let Some(variables) = section.section("Variables")? else {
        return Ok(Vec::new());
    };
    let mut environment = Vec::new();
    for (name, node) in variables.entries() {
        let mut resolver = Resolver::new(declared.template);
        if let Some(value) = resolver.resolve(node)? {
            environment.push(Variable {
                name: name.to_owned(),
                value: plain_text(&value),
                references: resolver.references,
            });
        }
    }
    Ok(environment)
}
