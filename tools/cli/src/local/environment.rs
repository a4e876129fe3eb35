//! The environment variables a function sees: Lambda's, the template's, and nothing that could
//! lead it to a real account.

use std::net::SocketAddr;

use crate::template::{Function, REGION, Template};

/// What a function sees, besides what this command was started with.
#[derive(Debug)]
pub(crate) struct Environment {
    pub(crate) variables: Vec<(String, String)>,
    /// Variables of the template that are left out, because they are about a queue.
    pub(crate) left_out: Vec<String>,
}

/// Where a function's events come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fed {
    /// An event file: there is no queue behind it.
    ByFile,
    /// The template's queues.
    ByQueues,
}

/// What reaches the function of the environment this command was started in.
fn inherited() -> impl Iterator<Item = (String, String)> {
    // A profile, a session token or an endpoint override of the user's must not reach a local run.
    let is_aws = |name: &str| name.starts_with("AWS_") || name == "_X_AMZN_TRACE_ID";
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    variables.filter(move |(name, _)| !is_aws(name))
}

impl Environment {
    /// What `function` sees when its services are at `endpoint`.
    pub(crate) fn new(template: &Template, function: &Function, endpoint: &str, fed: Fed) -> Self {
        let is_queue = |id: &String| template.is_queue(id);
        let (about_queues, kept): (Vec<_>, Vec<_>) = function
            .environment
            .iter()
            // A handler told of a queue would call it with receipt handles that no queue has given
            // out, or send to it what nobody looks at before it ends.
            .partition(|it| fed == Fed::ByFile && it.references.iter().any(is_queue));
        let memory = function.memory.to_string();
        let log_group = format!("/aws/lambda/{}", function.name);
        let lambda = [
            ("AWS_LAMBDA_FUNCTION_NAME", function.name.as_str()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &memory),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
            ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", &log_group),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "local"),
            ("AWS_REGION", REGION),
            ("AWS_DEFAULT_REGION", REGION),
            // By which the endpoint knows whose requests they are.
            ("AWS_ACCESS_KEY_ID", function.logical_id.as_str()),
            ("AWS_SECRET_ACCESS_KEY", "local"),
            ("AWS_ENDPOINT_URL", endpoint),
            // Profiles may carry endpoints and credentials too; these have none.
            ("AWS_CONFIG_FILE", NO_FILE),
            ("AWS_SHARED_CREDENTIALS_FILE", NO_FILE),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("NO_PROXY", "127.0.0.1,localhost"),
        ];
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        // Later ones win: Lambda's own over the template's.
        let variables = [("RUST_LOG".to_owned(), log_filter())]
            .into_iter()
            .chain(
                kept.into_iter()
                    .map(|it| (it.name.clone(), it.value.clone())),
            )
            .chain(lambda.map(owned))
            .collect();
        Self {
            variables,
            left_out: about_queues.into_iter().map(|it| it.name.clone()).collect(),
        }
    }

    /// Everything a process here sees, with where it finds its Runtime API.
    pub(crate) fn with_runtime_api(
        &self,
        address: SocketAddr,
    ) -> impl Iterator<Item = (String, String)> {
        let api = ("AWS_LAMBDA_RUNTIME_API".to_owned(), address.to_string());
        // Later ones win.
        inherited()
            .chain(self.variables.iter().cloned())
            .chain([api])
    }
}

/// The shell's filter where there is one; outcomes are needed in any case.
fn log_filter() -> String {
    let chosen = std::env::var("RUST_LOG").ok().filter(|it| !it.is_empty());
    let chosen = chosen.as_deref().unwrap_or("info");
    format!("{chosen},lambda_queue::outcome=debug")
}

const NO_FILE: &str = if cfg!(windows) { "NUL" } else { "/dev/null" };
