//! Tools of other servers, by the Model Context Protocol over streamable HTTP.
//!
//! The SDK `rmcp` has the protocol; [`exchange`] has the connections. Each request has one of its
//! own, which ends with its answer: what a sandbox kept open while it was frozen would be dead
//! when it thaws, and nobody could tell whether a call that was sent over it arrived. A session
//! outlives its connections, and is made anew when the server has forgotten it.
//!
//! A server is whom the operator named, but what it says is not trusted: sizes and times are
//! bounded, redirects are not followed, and policies overrule what it says of its tools' effects.

mod content;
mod exchange;
mod failure;
mod http;
mod servers;
mod session;
mod tool;

pub use servers::McpServer;

use std::sync::Arc;

use crate::{Listing, Tool, ToolPolicies, ToolSource};
use session::Sessions;
use tool::McpTool;

/// The tools of a server, by names that start with the server's.
pub struct McpTools {
    prefix: String,
    sessions: Arc<Sessions>,
    policies: ToolPolicies,
}

impl McpTools {
    /// Of this server, under these policies.
    pub fn new(server: &McpServer, policies: ToolPolicies) -> Self {
        Self {
            prefix: format!("{}{SEPARATOR}", server.name),
            sessions: Arc::new(Sessions::new(server)),
            policies,
        }
    }
}

/// Between the names of server and tool. Neither names of servers nor those of this function's own
/// tools have it.
const SEPARATOR: &str = "__";

impl ToolSource for McpTools {
    fn prefix(&self) -> &str {
        &self.prefix
    }

    fn list(&self) -> Listing<'_> {
        Box::pin(async move {
            let listed = self.sessions.list().await?;
            let tools = listed.into_iter().map(|tool| {
                let tool = McpTool::new(tool, &self.prefix, &self.sessions, &self.policies);
                Box::new(tool) as Box<dyn Tool>
            });
            Ok(tools.collect())
        })
    }
}
