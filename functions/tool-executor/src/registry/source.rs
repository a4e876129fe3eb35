//! Tools that somebody else has.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout};
use tracing::{info, warn};

use super::entry::Entry;
use crate::{Tool, ToolError, ToolPolicies};

/// When listing is given up. A cold start has ten seconds for everything.
const TIMEOUT: Duration = Duration::from_secs(6);
/// How long nobody tries again: calls that wait for the same source fail together.
const PAUSE: Duration = Duration::from_secs(5);
/// The longest name that any provider of models takes.
const MAX_NAME: usize = 128;
/// The largest schema, in bytes of JSON.
const MAX_SCHEMA: usize = 64 * 1024;

/// What a source has, some time.
pub type Listing<'s> =
    Pin<Box<dyn Future<Output = Result<Vec<Box<dyn Tool>>, ToolError>> + Send + 's>>;

/// Somebody who has tools, and tells which ones when asked.
pub trait ToolSource: Send + Sync + 'static {
    /// What the names of all its tools start with, and those of no others.
    fn prefix(&self) -> &str;

    /// Its tools.
    fn list(&self) -> Listing<'_>;
}

/// A source, listed once in the life of a sandbox.
pub(super) struct Source {
    source: Box<dyn ToolSource>,
    tools: OnceCell<BTreeMap<String, Entry>>,
    failed: Mutex<Option<Instant>>,
}

impl Source {
    pub(super) fn new(source: impl ToolSource) -> Self {
        Self {
            source: Box::new(source),
            tools: OnceCell::new(),
            failed: Mutex::default(),
        }
    }

    pub(super) fn has(&self, tool: &str) -> bool {
        tool.starts_with(self.source.prefix())
    }

    /// Its tools by name, once it was listed.
    pub(super) fn tools(&self) -> Option<&BTreeMap<String, Entry>> {
        self.tools.get()
    }

    /// Lists the tools, if that was not done yet.
    pub(super) async fn list(&self, policies: &ToolPolicies) -> Result<(), ToolError> {
        let listed = self.tools.get_or_try_init(|| async {
            let failed = *self.failed.lock().unwrap_or_else(PoisonError::into_inner);
            if failed.is_some_and(|at| at.elapsed() < PAUSE) {
                return Err(self.unavailable("it was out of order seconds ago"));
            }
            let listing = timeout(TIMEOUT, self.source.list()).await;
            let listed = listing.unwrap_or_else(|_| Err(self.unavailable("it takes too long")));
            match listed {
                Ok(tools) => Ok(self.entries(tools, policies)),
                Err(error) => {
                    let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
                    *failed = Some(Instant::now());
                    Err(error)
                }
            }
        });
        listed.await.map(|_| ())
    }

    fn entries(
        &self,
        tools: Vec<Box<dyn Tool>>,
        policies: &ToolPolicies,
    ) -> BTreeMap<String, Entry> {
        let mut entries = BTreeMap::new();
        for tool in tools {
            let name: String = tool.spec().name.chars().take(MAX_NAME + 1).collect();
            // A tool that cannot be offered is nobody else's problem.
            let refuse = |reason: &str| warn!(tool = name, reason, "a tool is not offered");
            match self.entry(tool, policies) {
                Ok(Some(_)) if entries.contains_key(&name) => {
                    refuse("another one has the same name");
                }
                Ok(Some(entry)) => drop(entries.insert(name, entry)),
                Ok(None) => {}
                Err(reason) => refuse(&reason),
            }
        }
        for tool in policies.tools().filter(|it| self.has(it)) {
            if policies.is_allowed(tool) && !entries.contains_key(tool) {
                warn!(
                    tool,
                    "TOOL_POLICIES has a policy of a tool that is not there"
                );
            }
        }
        info!(
            source = self.source.prefix(),
            tools = entries.len(),
            "tools listed"
        );
        entries
    }

    fn entry(&self, tool: Box<dyn Tool>, policies: &ToolPolicies) -> Result<Option<Entry>, String> {
        let spec = tool.spec();
        if spec.name.len() > MAX_NAME || spec.name.len() == self.source.prefix().len() {
            return Err("its name is too long, or empty".to_owned());
        }
        if spec.arguments.to_string().len() > MAX_SCHEMA {
            return Err("its schema is too large".to_owned());
        }
        Entry::new(tool, policies).map_err(|error| error.to_string())
    }

    fn unavailable(&self, why: &str) -> ToolError {
        ToolError::unavailable(format!("tools {}…: {why}", self.source.prefix()))
    }
}
