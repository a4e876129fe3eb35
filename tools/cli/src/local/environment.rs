//! The environment variables a function sees: Lambda's, the template's, and nothing that could
//! lead it to a real account.

mod given;
mod process;

use crate::template::{Function, REGION, Template, Variable};

pub(crate) use given::Given;

/// What a function sees, besides the few variables of this machine that it needs to run.
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

const VERSION: &str = "AWS_LAMBDA_FUNCTION_VERSION";
const FILTER: &str = "RUST_LOG";

impl Environment {
    /// What `function` sees when its services are at `endpoint`; what the user has `given` it
    /// takes the place of what the template says.
    pub(crate) fn new(
        template: &Template,
        function: &Function,
        endpoint: &str,
        fed: Fed,
        given: &[Given],
    ) -> Self {
        let is_queue = |id: &String| template.is_queue(id);
        let (about_queues, kept): (Vec<_>, Vec<_>) = function
            .environment
            .iter()
            // A handler told of a queue would call it with receipt handles that no queue has given
            // out, or send to it what nobody looks at before it ends.
            .partition(|it| fed == Fed::ByFile && it.references.iter().any(is_queue));
        let own = kept.iter().map(|it| (it.name.clone(), it.value.clone()));
        let given = given.iter().map(|it| (it.name.clone(), it.value.clone()));
        // Later ones win: Lambda's own over the template's.
        let language = owned(("LANG", "en_US.UTF-8"));
        let mut variables: Vec<_> = [language].into_iter().chain(own).chain(given).collect();
        let chosen = variables.iter().rfind(|(name, _)| name == FILTER);
        let filter = log_filter(chosen.map(|(_, value)| value.as_str()), function);
        variables.push((FILTER.to_owned(), filter));
        variables.extend(lambdas(function));
        variables.extend(led_here(function, endpoint));
        let names = |it: &&Variable| it.name.clone();
        Self {
            variables,
            left_out: about_queues.iter().map(names).collect(),
        }
    }
}

/// What Lambda tells every function, in the words of its developer guide.
fn lambdas(function: &Function) -> Vec<(String, String)> {
    let memory = function.memory.to_string();
    // Where others run it, there is one process for all versions.
    let version = function.as_fed().version;
    let logging = &function.logging;
    let mut variables = vec![
        ("_HANDLER", function.handler.as_str()),
        ("AWS_LAMBDA_FUNCTION_NAME", &function.name),
        (VERSION, &version),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &memory),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_FORMAT", &logging.format),
        ("AWS_LAMBDA_LOG_GROUP_NAME", &logging.group),
        ("AWS_REGION", REGION),
        ("AWS_DEFAULT_REGION", REGION),
        ("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR"),
        ("AWS_XRAY_DAEMON_ADDRESS", NO_DAEMON),
        ("LAMBDA_RUNTIME_DIR", "/var/runtime"),
        ("TZ", ":UTC"),
    ];
    if let Some(level) = &logging.level {
        variables.push(("AWS_LAMBDA_LOG_LEVEL", level));
    }
    variables.into_iter().map(owned).collect()
}

/// Credentials that are none, and everything that leads to this machine.
fn led_here(function: &Function, endpoint: &str) -> Vec<(String, String)> {
    let variables = [
        // By which the endpoint knows whose requests they are.
        ("AWS_ACCESS_KEY_ID", function.logical_id.as_str()),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_SESSION_TOKEN", "local"),
        ("AWS_ENDPOINT_URL", endpoint),
        // Profiles may carry endpoints and credentials too; these have none.
        ("AWS_CONFIG_FILE", NO_FILE),
        ("AWS_SHARED_CREDENTIALS_FILE", NO_FILE),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("NO_PROXY", "127.0.0.1,localhost"),
    ];
    variables.into_iter().map(owned).collect()
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// What was chosen for the function, or the shell's filter, or the level of the template; outcomes
/// are needed in any case.
fn log_filter(chosen: Option<&str>, function: &Function) -> String {
    let shells = std::env::var(FILTER).ok().filter(|it| !it.is_empty());
    let level = function.logging.level.as_deref();
    let chosen = chosen.or(shells.as_deref()).or(level).unwrap_or("info");
    format!("{chosen},lambda_queue::outcome=debug")
}

const NO_FILE: &str = if cfg!(windows) { "NUL" } else { "/dev/null" };
/// The port that discards what is sent to it: a daemon at its own port would tell an account.
const NO_DAEMON: &str = "127.0.0.1:9";
