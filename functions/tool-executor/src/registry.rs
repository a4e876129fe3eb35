//! The tools there are, and how a call of one is run.

mod arguments;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jsonschema::Validator;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use crate::call::ToolCall;
use crate::policy::Limits;
use crate::{
    BadPolicy, Effect, MAX_OUTPUT_BYTES, Status, Tool, ToolError, ToolPolicies, ToolResult,
    ToolSpec,
};
pub use arguments::MAX_ARGUMENTS_BYTES;

/// The pause before a call is tried again at once; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The tools a model can call, by name.
#[derive(Default)]
pub struct Registry {
    policies: ToolPolicies,
    tools: BTreeMap<String, Entry>,
    /// What an operator does not allow: no model hears of it.
    denied: Vec<String>,
}

struct Entry {
    tool: Box<dyn Tool>,
    schema: Validator,
    limits: Limits,
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
        let spec = tool.spec();
        let name = spec.name.clone();
        let Some(limits) = self.policies.limits(spec)? else {
            self.denied.push(name);
            return Ok(self);
        };
        let schema =
            jsonschema::validator_for(&spec.arguments).map_err(|error| BadTool::Schema {
                tool: name.clone(),
                reason: error.to_string(),
            })?;
        let entry = Entry {
            tool: Box::new(tool),
            schema,
            limits,
        };
        self.tools.insert(name, entry);
        Ok(self)
    }

    /// All tools are there.
    ///
    /// # Errors
    /// A policy is of none of them: whoever wrote it meant one that is not held back now.
    pub fn complete(self) -> Result<Self, BadTool> {
        let is_known =
            |tool: &str| self.tools.contains_key(tool) || self.denied.iter().any(|it| it == tool);
        let unknown = self.policies.tools().find(|tool| !is_known(tool));
        match unknown.map(str::to_owned) {
            Some(tool) => Err(BadPolicy::UnknownTool(tool).into()),
            None => Ok(self),
        }
    }

    /// What the model can be told of the tools.
    pub fn specs(&self) -> impl Iterator<Item = &ToolSpec> {
        self.tools.values().map(|entry| entry.tool.spec())
    }

    /// What happens when this tool runs twice; nothing, if there is no such tool.
    pub fn effect(&self, tool: &str) -> Effect {
        let entry = self.tools.get(tool);
        entry.map_or(Effect::ReadOnly, |entry| entry.limits.effect)
    }

    /// When a call of this tool is given up; at once, if there is no such tool.
    pub(crate) fn timeout(&self, tool: &str) -> Duration {
        let entry = self.tools.get(tool);
        entry.map_or(Duration::ZERO, |entry| entry.limits.timeout)
    }

    /// What calls of this tool need a permit of, if its policy limits them.
    pub(crate) fn running(&self, tool: &str) -> Option<Arc<Semaphore>> {
        self.tools.get(tool)?.limits.running.clone()
    }

    /// The longest output of this tool that is kept with a result, in bytes.
    pub fn max_output_bytes(&self, tool: &str) -> usize {
        let entry = self.tools.get(tool);
        entry.map_or(MAX_OUTPUT_BYTES, |entry| entry.limits.max_output_bytes)
    }

    /// Runs a call. Whatever the model did wrong is a result.
    ///
    /// # Errors
    /// What the tool needs is out of order for the moment.
    pub async fn run(&self, call: ToolCall) -> Result<ToolResult, ToolError> {
        let Some(entry) = self.tools.get(&call.name) else {
            return Ok(ToolResult::new(
                Status::UnknownTool,
                self.unknown(&call.name),
            ));
        };
        let arguments = match arguments::check(call.arguments, &entry.schema, entry.tool.spec()) {
            Ok(arguments) => arguments,
            Err(problem) => return Ok(ToolResult::new(Status::InvalidArguments, problem)),
        };
        match timeout(entry.limits.timeout, entry.call(&arguments)).await {
            Ok(Ok(content)) => Ok(ToolResult::new(Status::Succeeded, content)),
            Ok(Err(ToolError::Failed(why))) => Ok(ToolResult::new(Status::Failed, why)),
            Ok(Err(unavailable)) => Err(unavailable),
            Err(_) => Ok(ToolResult::new(Status::TimedOut, entry.timed_out())),
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

impl Entry {
    /// Calls the tool, and again at once while it is out of order and its policy says so.
    async fn call(&self, arguments: &Value) -> Result<String, ToolError> {
        let mut pause = FIRST_PAUSE;
        for _ in 0..self.limits.retries {
            match self.tool.call(arguments.clone()).await {
                Err(ToolError::Unavailable(_)) => sleep(pause).await,
                answer => return answer,
            }
            pause *= 2;
        }
        self.tool.call(arguments.clone()).await
    }

    fn timed_out(&self) -> String {
        let name = &self.tool.spec().name;
        let seconds = self.limits.timeout.as_secs_f32();
        match self.limits.effect {
            Effect::NotRepeatable => format!(
                "`{name}` did not answer within {seconds} s. It may or may not have taken effect: \
                 find out before calling it again."
            ),
            _ => format!("`{name}` did not finish within {seconds} s. Ask for less at a time."),
        }
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
