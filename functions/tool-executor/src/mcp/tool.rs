//! A tool of a server.

use std::sync::Arc;
use std::time::Duration;

use rmcp::model::{CallToolRequestParams, CallToolResponse, ToolAnnotations};
use serde_json::Value;

use super::content;
use super::exchange::MAX_ANSWER;
use super::failure::Failure;
use super::session::{Care, Sessions};
use crate::{Effect, Tool, ToolError, ToolFuture, ToolPolicies, ToolSpec};

const TIMEOUT: Duration = Duration::from_secs(30);
/// What a model is told of a tool, in bytes.
const MAX_DESCRIPTION: usize = 4096;

/// Calls a tool of a server.
pub(super) struct McpTool {
    spec: ToolSpec,
    /// Its name on the server.
    name: String,
    sessions: Arc<Sessions>,
}

impl McpTool {
    pub(super) fn new(
        tool: rmcp::model::Tool,
        prefix: &str,
        sessions: &Arc<Sessions>,
        policies: &ToolPolicies,
    ) -> Self {
        let name = format!("{prefix}{}", callable(&tool.name));
        let mut description = tool.description.unwrap_or_default().into_owned();
        description.truncate(description.floor_char_boundary(MAX_DESCRIPTION));
        let mut arguments = Value::Object(Arc::unwrap_or_clone(tool.input_schema));
        arguments.sort_all_objects();
        let effect = policies
            .effect(&name)
            .unwrap_or_else(|| effect(tool.annotations.as_ref()));
        Self {
            spec: ToolSpec {
                name,
                description,
                arguments,
                effect,
                timeout: TIMEOUT,
            },
            name: tool.name.into_owned(),
            sessions: Arc::clone(sessions),
        }
    }

    async fn run(&self, arguments: Value) -> Result<String, ToolError> {
        let Value::Object(arguments) = arguments else {
            let why = "the arguments must be a JSON object".to_owned();
            return Err(ToolError::Failed(why));
        };
        let params = CallToolRequestParams::new(self.name.clone()).with_arguments(arguments);
        let care = match self.spec.effect {
            Effect::ReadOnly | Effect::Idempotent => Care::Repeatable,
            Effect::NotRepeatable => Care::Once,
        };
        match self.sessions.call(params, care).await {
            Ok(CallToolResponse::Complete(result)) => content::text(result),
            // It asks for what nobody here can give, and has not done anything so far.
            Ok(_) => Err(ToolError::Failed(format!(
                "`{}` needs more than a call of it: a user's answers, or somebody who waits",
                self.spec.name
            ))),
            Err(failure) => Err(self.failed(failure)),
        }
    }

    fn failed(&self, failure: Failure) -> ToolError {
        let (tool, server) = (&self.spec.name, &self.sessions.server);
        let is_once = self.spec.effect == Effect::NotRepeatable;
        match failure {
            Failure::Refused(why) => ToolError::Failed(format!(
                "the MCP server {server} refuses the call of `{tool}`: {why}"
            )),
            Failure::TooLarge if is_once => ToolError::Failed(format!(
                "`{tool}` answered more than {MAX_ANSWER} bytes, which cannot be taken. It may or \
                 may not have taken effect: find out before calling it again."
            )),
            Failure::TooLarge => ToolError::Failed(format!(
                "`{tool}` answered more than {MAX_ANSWER} bytes, which cannot be taken. Ask for \
                 less at a time."
            )),
            // A run that is tried again would be one too many if this one had started; it is
            // known that it did not, so it can end with a result.
            Failure::NotStarted(why) if is_once => ToolError::Failed(format!(
                "`{tool}` was not called, and nothing was done. About the MCP server {server}: \
                 {why}. Try it again later."
            )),
            Failure::NotStarted(why) | Failure::Unknown(why) => {
                ToolError::unavailable(format!("the MCP server {server}: {why}"))
            }
            Failure::SessionLost => {
                ToolError::unavailable(format!("the MCP server {server} lost the session"))
            }
        }
    }
}

impl Tool for McpTool {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn call(&self, arguments: Value) -> ToolFuture<'_> {
        Box::pin(self.run(arguments))
    }
}

/// A name that providers' APIs take; MCP allows dots and slashes as well.
fn callable(name: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    name.chars()
        .map(|c| if allowed(c) { c } else { '_' })
        .collect()
}

/// What a tool says of itself. It may say nothing, and then the protocol has it do harm.
fn effect(annotations: Option<&ToolAnnotations>) -> Effect {
    let says =
        |hint: fn(&ToolAnnotations) -> Option<bool>| annotations.and_then(hint) == Some(true);
    if says(|it| it.read_only_hint) {
        Effect::ReadOnly
    } else if says(|it| it.idempotent_hint) {
        Effect::Idempotent
    } else {
        Effect::NotRepeatable
    }
}
