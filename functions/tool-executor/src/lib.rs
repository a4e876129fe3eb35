//! LLM tool calls in, tool results out.
//!
//! A message brings one call as the model made it, in the dialect of its provider. The result is
//! stored in the same dialect, ready to be put into the conversation. Whatever the model did wrong
//! is an error *result*, which it can learn from; only infrastructure failures are retried.

mod call;
mod config;
mod execute;
mod gate;
mod long_output;
#[cfg(feature = "mcp")]
mod mcp;
mod output;
mod policy;
mod registry;
mod results;
mod results_queue;
mod tls;
mod tool;
mod tools;

pub use call::{Arguments, Call, Dialect, ToolCall, ToolRequest};
pub use config::{Clients, Config, ConfigError};
pub use execute::ToolExecutor;
pub use long_output::{LongOutput, NotStored, StoredOutput};
#[cfg(feature = "mcp")]
pub use mcp::{McpServer, McpTools};
pub use output::{MAX_OUTPUT_BYTES, Status, ToolResult};
pub use policy::{BadPolicy, ToolPolicies, ToolPolicy};
pub use registry::{BadTool, Listing, MAX_ARGUMENTS_BYTES, Registry, ToolSource};
pub use results::{CallResult, ResultsError, ToolResultsTable};
pub use results_queue::ResultsQueue;
pub use tool::{Effect, Tool, ToolError, ToolFuture, ToolSpec};
pub use tools::{
    BadSite, Calculator, HttpFetch, MAX_PAGE_BYTES, Network, NetworkFuture, SearchDocuments, Sites,
    SystemNetwork,
};
