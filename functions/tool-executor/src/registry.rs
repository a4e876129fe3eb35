//! The tools there are, and how a call of one is run.

mod arguments;

use std::collections::BTreeMap;

use jsonschema::Validator;
use serde_json::Value;

use crate::call::ToolCall;
use crate::{Effect, Status, Tool, ToolError, ToolResult, ToolSpec};
pub use arguments::MAX_ARGUMENTS_BYTES;

/// The tools a model can call, by name.
#[derive(Default)]
pub struct Registry {
    tools: BTreeMap<String, Entry>,
}

struct Entry {
    tool: Box<dyn Tool>,
    schema: Validator,
}

/// A tool whose arguments no value could be checked against.
#[derive(Debug, thiserror::Error)]
#[error("the schema of the tool `{tool}` is no JSON Schema: {reason}")]
pub struct BadSchema {
    tool: String,
    reason: String,
}

impl Registry {
    /// No tools.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a tool; one of the same name is replaced.
    ///
    /// # Errors
    /// Its schema is no JSON Schema.
    pub fn with(mut self, tool: impl Tool) -> Result<Self, BadSchema> {
        let spec = tool.spec();
        let name = spec.name.clone();
        let schema = jsonschema::validator_for(&spec.arguments).map_err(|error| BadSchema {
            tool: name.clone(),
            reason: error.to_string(),
        })?;
        self.tools.insert(
            name,
            Entry {
                tool: Box::new(tool),
                schema,
            },
        );
        Ok(self)
    }

    /// What the model can be told of the tools.
    pub fn specs(&self) -> impl Iterator<Item = &ToolSpec> {
        self.tools.values().map(|entry| entry.tool.spec())
    }

    /// What happens when this tool runs twice; nothing, if there is no such tool.
    pub fn effect(&self, tool: &str) -> Effect {
        let entry = self.tools.get(tool);
        entry.map_or(Effect::ReadOnly, |entry| entry.tool.spec().effect)
    }

    /// Runs a call. Whatever the model did wrong is a result.
    ///
    /// # Errors
    /// What the tool needs is out of order for the moment.
    pub async fn run(&self, call: ToolCall) -> Result<ToolResult, ToolError> {
        let Some(Entry { tool, schema }) = self.tools.get(&call.name) else {
            return Ok(ToolResult::new(
                Status::UnknownTool,
                self.unknown(&call.name),
            ));
        };
        let spec = tool.spec();
        let arguments = match arguments::check(call.arguments, schema, spec) {
            Ok(arguments) => arguments,
            Err(problem) => return Ok(ToolResult::new(Status::InvalidArguments, problem)),
        };
        let called = tokio::time::timeout(spec.timeout, tool.call(arguments));
        match called.await {
            Ok(Ok(content)) => Ok(ToolResult::new(Status::Succeeded, content)),
            Ok(Err(ToolError::Failed(why))) => Ok(ToolResult::new(Status::Failed, why)),
            Ok(Err(unavailable)) => Err(unavailable),
            Err(_) => Ok(ToolResult::new(Status::TimedOut, timed_out(spec))),
        }
    }

    fn unknown(&self, name: &str) -> String {
        let name: String = name.chars().take(100).collect();
        let known: Vec<_> = self.tools.keys().map(String::as_str).collect();
        format!(
            "there is no tool `{name}`. The tools are: {}.",
            known.join(", ")
        )
    }
}

fn timed_out(spec: &ToolSpec) -> String {
    let name = &spec.name;
    let seconds = spec.timeout.as_secs_f32();
    match spec.effect {
        Effect::NotRepeatable => format!(
            "`{name}` did not answer within {seconds} s. It may or may not have taken effect: find \
             out before calling it again."
        ),
        _ => format!("`{name}` did not finish within {seconds} s. Ask for less at a time."),
    }
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
