//! What a tool is.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use lambda_queue::Policy;
use schemars::{JsonSchema, schema_for};
use serde::Deserialize;
use serde_json::Value;

/// What a tool's call comes to, some time.
pub type ToolFuture<'t> = Pin<Box<dyn Future<Output = Result<String, ToolError>> + Send + 't>>;

/// Something a model can call.
pub trait Tool: Send + Sync + 'static {
    /// What the model and the executor need to know of it.
    fn spec(&self) -> &ToolSpec;

    /// Runs it. The arguments are valid by the schema; the future may be dropped at any await.
    fn call(&self, arguments: Value) -> ToolFuture<'_>;
}

/// What the model and the executor need to know of a tool.
#[derive(Debug, Clone)]
pub struct ToolSpec {
    /// The name it is called by.
    pub name: String,
    /// What the model is told of it.
    pub description: String,
    /// JSON Schema of the arguments.
    pub arguments: Value,
    /// What happens when it runs twice.
    pub effect: Effect,
    /// When it is given up.
    pub timeout: Duration,
}

/// What happens when a tool runs twice for one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Nothing: it only looks.
    ReadOnly,
    /// The second run changes nothing more.
    Idempotent,
    /// Harm: it must not be repeated when it is unknown whether it ran.
    NotRepeatable,
}

/// Why a tool gave no result.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// The call cannot succeed as it is; the model is told this.
    #[error("the tool cannot do this")]
    Failed(String),
    /// Something the tool needs is out of order for the moment: try the same call later.
    #[error("the tool is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ToolSpec {
    /// A specification whose schema is that of the type the arguments are decoded into.
    pub fn of<A: JsonSchema>(
        name: &str,
        description: &str,
        effect: Effect,
        timeout: Duration,
    ) -> Self {
        let mut arguments = schema_for!(A).to_value();
        arguments.sort_all_objects();
        Self {
            name: name.to_owned(),
            description: description.to_owned(),
            arguments,
            effect,
            timeout,
        }
    }
}

impl Effect {
    /// What becomes of a call that was cut off.
    pub fn policy(self) -> Policy {
        match self {
            Self::ReadOnly | Self::Idempotent => Policy::Rerun,
            Self::NotRepeatable => Policy::Quarantine,
        }
    }
}

impl ToolError {
    /// What the tool needs is out of order, for this reason.
    pub fn unavailable(reason: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(reason.into())
    }
}
