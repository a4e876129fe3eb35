//! A tool that is offered, and what holds for it.

use std::time::Duration;

use jsonschema::Validator;
use serde_json::Value;
use tokio::time::{sleep, timeout};

use super::{BadTool, arguments};
use crate::call::Arguments;
use crate::policy::Limits;
use crate::{Effect, Status, Tool, ToolError, ToolPolicies, ToolResult};

/// The pause before a call is tried again at once; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

pub(super) struct Entry {
    pub(super) tool: Box<dyn Tool>,
    schema: Validator,
    pub(super) limits: Limits,
}

impl Entry {
    /// A tool under these policies; none if they do not allow it.
    pub(super) fn new(
        tool: Box<dyn Tool>,
        policies: &ToolPolicies,
    ) -> Result<Option<Self>, BadTool> {
        let spec = tool.spec();
        let Some(limits) = policies.limits(spec)? else {
            return Ok(None);
        };
        let schema =
            jsonschema::validator_for(&spec.arguments).map_err(|error| BadTool::Schema {
                tool: spec.name.clone(),
                reason: error.to_string(),
            })?;
        Ok(Some(Self {
            tool,
            schema,
            limits,
        }))
    }

    /// Runs a call. Whatever the model did wrong is a result.
    pub(super) async fn run(&self, arguments: Arguments) -> Result<ToolResult, ToolError> {
        let arguments = match arguments::check(arguments, &self.schema, self.tool.spec()) {
            Ok(arguments) => arguments,
            Err(problem) => return Ok(ToolResult::new(Status::InvalidArguments, problem)),
        };
        match timeout(self.limits.timeout, self.call(&arguments)).await {
            Ok(Ok(content)) => Ok(ToolResult::new(Status::Succeeded, content)),
            Ok(Err(ToolError::Failed(why))) => Ok(ToolResult::new(Status::Failed, why)),
            Ok(Err(unavailable)) => Err(unavailable),
            Err(_) => Ok(ToolResult::new(Status::TimedOut, self.timed_out())),
        }
    }

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
