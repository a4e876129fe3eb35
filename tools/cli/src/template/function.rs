//! `AWS::Serverless::Function` and its SQS events.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use super::intrinsics::plain_text;
use super::properties::{Properties, integer};
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
    /// The environment variables the template gives it.
    pub environment: Vec<Variable>,
    /// The queues it is fed from.
    pub event_sources: Vec<EventSource>,
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

/// An SQS event source mapping of a function.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct EventSource {
    /// Its key under `Events`.
    pub name: String,
    /// ARN of the queue.
    pub queue_arn: String,
    /// Messages in one invocation, at most.
    pub batch_size: u64,
    /// How long a batch is gathered.
    pub window: Duration,
    /// Whether the function's `batchItemFailures` are listened to.
    pub reports_item_failures: bool,
    /// Invocations side by side, at most.
    pub max_concurrency: Option<u64>,
}

impl Function {
    pub(super) fn read(properties: &Properties<'_>) -> Result<Self, Fault> {
        let name = properties.physical_name()?;
        let code = properties.text("CodeUri")?.unwrap_or_default();
        Ok(Self {
            logical_id: properties.logical_id(),
            arn: names::function_arn(&name),
            binary: binary(properties),
            code: properties.template.folder.join(code),
            timeout: properties.seconds("Timeout", 3)?,
            memory: properties.integer("MemorySize")?.unwrap_or(128),
            environment: environment(properties)?,
            event_sources: event_sources(properties)?,
            name,
        })
    }

    /// Whether `name` is the function's logical id or its binary.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.logical_id == name || self.binary.as_deref() == Some(name)
    }
}

fn binary(properties: &Properties<'_>) -> Option<String> {
    let build = properties.resource.node.get("Metadata")?;
    let binary = build.get("BuildProperties")?.get("Binary")?;
    binary.as_str().map(str::to_owned)
}

/// The function's variables, after those of `Globals` that it does not set itself.
fn environment(properties: &Properties<'_>) -> Result<Vec<Variable>, Fault> {
    fn variables(environment: Option<&Node>) -> &[(String, Node)] {
        environment
            .and_then(|node| node.get("Variables"))
            .map_or(&[], Node::entries)
    }
    let own = variables(properties.resource.property("Environment"));
    let globals = variables(properties.global("Environment"));
    let inherited = globals
        .iter()
        .filter(|(name, _)| own.iter().all(|(known, _)| known != name));
    let mut environment = Vec::new();
    for (name, node) in inherited.chain(own) {
        let mut resolver = Resolver::new(properties.template);
        if let Some(value) = resolver.resolve(node)? {
            environment.push(Variable {
                name: name.clone(),
                value: plain_text(&value),
                references: resolver.references,
            });
        }
    }
    Ok(environment)
}

fn event_sources(properties: &Properties<'_>) -> Result<Vec<EventSource>, Fault> {
    let events = properties.resource.property("Events");
    let mut sources = Vec::new();
    for (name, event) in events.map_or(&[][..], Node::entries) {
        if event.get("Type").and_then(Node::as_str) == Some("SQS") {
            sources.push(event_source(properties, name, event)?);
        }
    }
    Ok(sources)
}

fn event_source(
    properties: &Properties<'_>,
    name: &str,
    event: &Node,
) -> Result<EventSource, Fault> {
    let get = |key: &str| event.get("Properties").and_then(|node| node.get(key));
    let number = |node: Option<&Node>, key: &str| match node {
        Some(node) => integer(properties, node, key),
        None => Ok(None),
    };
    let Some(queue) = get("Queue") else {
        let message = format!("the SQS event {name} names no `Queue`");
        return Err(Fault::new(event.line, message));
    };
    let reports = match get("FunctionResponseTypes") {
        Some(node) => properties.resolve(node)?.unwrap_or_default(),
        None => serde_json::Value::Null,
    };
    let scaling = get("ScalingConfig").and_then(|node| node.get("MaximumConcurrency"));
    let window = "MaximumBatchingWindowInSeconds";
    Ok(EventSource {
        name: name.to_owned(),
        queue_arn: plain_text(&properties.resolve(queue)?.unwrap_or_default()),
        batch_size: number(get("BatchSize"), "BatchSize")?.unwrap_or(10),
        window: Duration::from_secs(number(get(window), window)?.unwrap_or(0)),
        reports_item_failures: reports
            .as_array()
            .is_some_and(|types| types.iter().any(|it| it == "ReportBatchItemFailures")),
        max_concurrency: number(scaling, "MaximumConcurrency")?,
    })
}
