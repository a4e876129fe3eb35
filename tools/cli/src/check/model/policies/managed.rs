//! Amazon's managed policies, of which a template has the names only.

use super::{Permissions, Unknown, name_in};

/// Those that give a function nothing on queues, tables or keys beyond reading its queue.
const HARMLESS: [&str; 8] = [
    "AWSLambdaBasicExecutionRole",
    "AWSLambdaSQSQueueExecutionRole",
    "AWSLambdaVPCAccessExecutionRole",
    "AWSLambdaExecute",
    "AWSXRayDaemonWriteAccess",
    "AWSXrayWriteOnlyAccess",
    "CloudWatchLambdaInsightsExecutionRolePolicy",
    "CloudWatchLambdaApplicationSignalsExecutionRolePolicy",
];

/// Adds the policy of that name or ARN.
pub(super) fn add(arn: &str, line: usize, permissions: &mut Permissions) {
    let name = name_in(arn);
    permissions.managed.push((name.to_owned(), line));
    if !HARMLESS.contains(&name) {
        let why = format!("what the managed policy {name} allows is not known here");
        permissions.holes.push(Unknown { line, why });
    }
}
