//! What an operator says about tools.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::Semaphore;

use crate::{Effect, MAX_OUTPUT_BYTES, ToolSpec};

/// The most output that may be kept with a result. Written as JSON it can become six times as
/// long, and an item has 400 KB.
const LARGEST_OUTPUT: usize = 60 * 1024;
/// Lambda's own limit; the function's timeout is what counts.
const LONGEST_TIMEOUT: u64 = 900;

/// What is to be done otherwise than a tool says of itself; what is left out stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ToolPolicy {
    /// Whether it is offered at all.
    pub allow: bool,
    /// When a call is given up, in seconds, retries included.
    pub timeout_seconds: Option<u64>,
    /// The longest output kept with a result, in bytes.
    pub max_output_bytes: Option<usize>,
    /// How often a call is tried again at once when the tool is out of order.
    pub retries: u32,
    /// What happens when it runs twice.
    pub effect: Option<Effect>,
    /// How many of its calls run at a time in one sandbox.
    pub max_concurrency: Option<usize>,
}

/// Policies by the names of tools.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ToolPolicies(BTreeMap<String, ToolPolicy>);

/// A policy that cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPolicy {
    /// Not JSON, or not of policies.
    #[error("it is no JSON object of policies by tool: {0}")]
    Unreadable(String),
    /// A number makes no sense.
    #[error("{field} of the tool `{tool}` must be from {from} to {to}")]
    OutOfRange {
        /// The tool's name.
        tool: String,
        /// The setting.
        field: &'static str,
        /// The least.
        from: u64,
        /// The most.
        to: u64,
    },
    /// Once may be too often already.
    #[error("the tool `{0}` is not repeatable, so its calls cannot be retried")]
    Unrepeatable(String),
    /// There is no such tool.
    #[error("there is no tool `{0}`")]
    UnknownTool(String),
}

/// What holds for a tool, its own word and the operator's taken together.
#[derive(Debug)]
pub(crate) struct Limits {
    pub(crate) effect: Effect,
    pub(crate) timeout: Duration,
    pub(crate) max_output_bytes: usize,
    pub(crate) retries: u32,
    /// As many permits as calls may run at a time.
    pub(crate) running: Option<Arc<Semaphore>>,
}

impl Default for ToolPolicy {
    fn default() -> Self {
        Self {
            allow: true,
            timeout_seconds: None,
            max_output_bytes: None,
            retries: 0,
            effect: None,
            max_concurrency: None,
        }
    }
}

impl FromStr for ToolPolicies {
    type Err = BadPolicy;

    fn from_str(json: &str) -> Result<Self, BadPolicy> {
        let policies: BTreeMap<String, ToolPolicy> =
            serde_json::from_str(json).map_err(|it| BadPolicy::Unreadable(it.to_string()))?;
        for (tool, policy) in &policies {
            let number = |number: Option<usize>| number.map(|it| it as u64);
            for (field, value, from, to) in [
                (
                    "timeout_seconds",
                    policy.timeout_seconds,
                    1,
                    LONGEST_TIMEOUT,
                ),
                (
                    "max_output_bytes",
                    number(policy.max_output_bytes),
                    1,
                    LARGEST_OUTPUT as u64,
                ),
                ("retries", Some(policy.retries.into()), 0, 10),
                ("max_concurrency", number(policy.max_concurrency), 1, 1000),
            ] {
                if value.is_some_and(|value| value < from || value > to) {
                    let tool = tool.clone();
                    return Err(BadPolicy::OutOfRange {
                        tool,
                        field,
                        from,
                        to,
                    });
                }
            }
        }
        Ok(Self(policies))
    }
}

impl ToolPolicies {
    /// What holds for a tool; none if it is not allowed.
    pub(crate) fn limits(&self, spec: &ToolSpec) -> Result<Option<Limits>, BadPolicy> {
        let policy = self.0.get(&spec.name).cloned().unwrap_or_default();
        if !policy.allow {
            return Ok(None);
        }
        let effect = policy.effect.unwrap_or(spec.effect);
        if effect == Effect::NotRepeatable && policy.retries > 0 {
            return Err(BadPolicy::Unrepeatable(spec.name.clone()));
        }
        let permits = policy.max_concurrency.map(Semaphore::new);
        Ok(Some(Limits {
            effect,
            timeout: policy
                .timeout_seconds
                .map_or(spec.timeout, Duration::from_secs),
            max_output_bytes: policy.max_output_bytes.unwrap_or(MAX_OUTPUT_BYTES),
            retries: policy.retries,
            running: permits.map(Arc::new),
        }))
    }

    /// What is said about a tool's effect.
    #[cfg(feature = "mcp")]
    pub(crate) fn effect(&self, tool: &str) -> Option<Effect> {
        self.0.get(tool)?.effect
    }

    /// Whether a tool may be offered.
    pub(crate) fn is_allowed(&self, tool: &str) -> bool {
        self.0.get(tool).is_none_or(|policy| policy.allow)
    }

    /// The tools that are spoken of.
    pub(crate) fn tools(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}
