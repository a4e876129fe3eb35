//! The tools there are, and how a call of one is run.

mod arguments;
mod entry;
mod source;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::Value;
use tokio::sync::Semaphore;
use tracing::warn;

use crate::call::ToolCall;
use crate::{
    BadPolicy, Effect, MAX_OUTPUT_BYTES, Status, Tool, ToolError, ToolPolicies, ToolResult,
    ToolSpec,
};
pub use arguments::MAX_ARGUMENTS_BYTES;
use entry::Entry;
use source::Source;
pub use source::{Listing, ToolSource};

/// The tools a model can call, by name.
#[derive(Default)]
pub struct Registry {
    policies: ToolPolicies,
    tools: BTreeMap<String, Entry>,
    sources: Vec<Source>,
    /// What an operator does not allow: no model hears of it.
    denied: Vec<String>,
}

/// A tool that cannot be offered.
#[derive(Debug, thiserror::Error)]
pub enum BadTool {
    /// Its arguments cannot be checked.
    #[error("the schema of the tool `{tool}` is no JSON Schema: {reason}")]
    Schema {
        /// The tool's name.
        tool: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Its policy cannot be followed.
    #[error("TOOL_POLICIES: {0}")]
    Policy(#[from] BadPolicy),
}

impl Registry {
    /// No tools.
    pub fn new() -> Self {
        Self::default()
    }

    /// No tools, and what holds for them once there are some.
    pub fn under(policies: ToolPolicies) -> Self {
        Self {
            policies,
            ..Self::default()
        }
    }

    /// Adds a tool, if its policy allows it; one of the same name is replaced.
    ///
    /// # Errors
    /// Its schema is no JSON Schema, or its policy cannot be followed.
    pub fn with(mut self, tool: impl Tool) -> Result<Self, BadTool> {
        let name = tool.spec().name.clone();
        match Entry::new(Box::new(tool), &self.policies)? {
            Some(entry) => drop(self.tools.insert(name, entry)),
            None => self.denied.push(name),
        }
        Ok(self)
    }

    /// Adds the tools of a source, which are listed by [`Registry::list`] or when one is called.
    #[must_use]
    pub fn with_source(mut self, source: impl ToolSource) -> Self {
        self.sources.push(Source::new(source));
        self
    }

    /// All tools and sources are there.
    ///
    /// # Errors
    /// A policy is of none of them: whoever wrote it meant one that is not held back now.
    pub fn complete(self) -> Result<Self, BadTool> {
        let is_known = |tool: &str| {
            self.tools.contains_key(tool)
                || self.denied.iter().any(|it| it == tool)
                || self.source(tool).is_some()
        };
        let unknown = self.policies.tools().find(|tool| !is_known(tool));
        match unknown.map(str::to_owned) {
            Some(tool) => Err(BadPolicy::UnknownTool(tool).into()),
            None => Ok(self),
        }
    }

    /// Lists the tools of all sources. Where that fails, it is logged, and tried again when one
    /// of the tools is called: the other tools do not wait for it.
    pub async fn list(&self) {
        let listings = self.sources.iter().map(|it| it.list(&self.policies));
        for error in join_all(listings).await.into_iter().filter_map(Result::err) {
            warn!(error = %chain(&error), "tools cannot be listed; they are when one is called");
        }
    }

    /// It is known whether there is such a tool.
    ///
    /// # Errors
    /// It would be of a source that cannot be listed for the moment.
    pub async fn ready(&self, tool: &str) -> Result<(), ToolError> {
        match self.source(tool) {
            Some(source) => source.list(&self.policies).await,
            None => Ok(()),
        }
    }

    /// What the model can be told of the tools that are known.
    pub fn specs(&self) -> impl Iterator<Item = &ToolSpec> {
        self.entries().map(|(_, entry)| entry.tool.spec())
    }

    /// What happens when this tool runs twice; nothing, if there is no such tool, and harm, if
    /// nobody knows yet.
    pub fn effect(&self, tool: &str) -> Effect {
        match self.entry(tool) {
            Some(entry) => entry.limits.effect,
            None if self.source(tool).is_some_and(|it| it.tools().is_none()) => {
                Effect::NotRepeatable
            }
            None => Effect::ReadOnly,
        }
    }

    /// When a call of this tool is given up; at once, if there is no such tool.
    pub(crate) fn timeout(&self, tool: &str) -> Duration {
        let entry = self.entry(tool);
        entry.map_or(Duration::ZERO, |entry| entry.limits.timeout)
    }

    /// What calls of this tool need a permit of, if its policy limits them.
    pub(crate) fn running(&self, tool: &str) -> Option<Arc<Semaphore>> {
        self.entry(tool)?.limits.running.clone()
    }

    /// The longest output of this tool that is kept with a result, in bytes.
    pub fn max_output_bytes(&self, tool: &str) -> usize {
        let entry = self.entry(tool);
        entry.map_or(MAX_OUTPUT_BYTES, |entry| entry.limits.max_output_bytes)
    }

    /// Runs a call. Whatever the model did wrong is a result.
    ///
    /// # Errors
    /// What the tool needs is out of order for the moment.
    pub async fn run(&self, call: ToolCall) -> Result<ToolResult, ToolError> {
        self.ready(&call.name).await?;
        match self.entry(&call.name) {
            Some(entry) => entry.run(call.arguments).await,
            None => Ok(ToolResult::new(
                Status::UnknownTool,
                self.unknown(&call.name),
            )),
        }
    }

    fn source(&self, tool: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.has(tool))
    }

    fn entry(&self, tool: &str) -> Option<&Entry> {
        let of_source = || self.source(tool)?.tools()?.get(tool);
        self.tools.get(tool).or_else(of_source)
    }

    fn entries(&self) -> impl Iterator<Item = (&String, &Entry)> {
        let of_sources = self.sources.iter().filter_map(Source::tools);
        self.tools.iter().chain(of_sources.flatten())
    }

    fn unknown(&self, name: &str) -> String {
        let name: String = name.chars().take(100).collect();
        let known: Vec<_> = self.entries().map(|(name, _)| name.as_str()).collect();
        format!(
            "there is no tool `{name}`. The tools are: {}.",
            known.join(", ")
        )
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let sources = std::iter::successors(Some(error), |it| it.source());
    let sources: Vec<_> = sources.map(ToString::to_string).collect();
    sources.join(": ")
}

impl From<&ToolSpec> for Value {
    /// The tool as providers list it: name, description and schema.
    fn from(spec: &ToolSpec) -> Self {
        serde_json::json!({
            "name": spec.name,
            "description": spec.description,
            "input_schema": spec.arguments,
        })
    }
}
