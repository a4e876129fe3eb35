//! Least privilege, checked by what the functions do: their real binaries run on the stack of
//! `template.yaml`, and every call that the endpoint sees is held against their policies. So do the
//! example worker and the role of its service.
//!
//! SAM adds AWS's policies for logs, traces and the mapping's polling to each role; those are for
//! Lambda itself, so no call of a function counts on them here.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[path = "privileges/policy.rs"]
mod policy;
mod running_worker;
#[path = "privileges/worker.rs"]
mod worker;
#[path = "privileges/workload.rs"]
mod workload;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lambda_queue_cli::Call;
use lambda_queue_cli::template::Template;
use policy::Policy;

/// What is allowed and no call of these tests uses: function or role, action, and why it stays.
const UNSEEN: [(&str, &str, &str); 7] = [
    (
        "IngestionFunction",
        "s3:ListBucket",
        "never called: S3 tells by it whether an object is missing or forbidden",
    ),
    ("IngestionFunction", "bedrock:InvokeModel", EMBEDDINGS),
    ("IngestionFunction", "s3vectors:", EMBEDDINGS),
    ("ToolExecutorFunction", "bedrock:InvokeModel", EMBEDDINGS),
    ("ToolExecutorFunction", "s3vectors:", EMBEDDINGS),
    ("ConversationFunction", "dynamodb:BatchGetItem", READ_BACK),
    ("TaskRole", "dynamodb:BatchGetItem", READ_BACK),
];
const READ_BACK: &str =
    "where a refused write comes without the record that refused it, it is read";
const EMBEDDINGS: &str = "only where functions are built with embeddings and parameters say so; tests of those functions \
     (embeddings.rs, search.rs) see the calls";

fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap().to_owned()
}

/// The lines of `template.yaml` that declare a resource.
fn declaration(template: &str, resource: &str) -> String {
    let lines = template.lines();
    let mut lines = lines.skip_while(|it| *it != format!("  {resource}:"));
    let head = lines.next().map(str::to_owned);
    let rest = lines.take_while(|it| it.is_empty() || it.starts_with("   "));
    head.into_iter()
        .chain(rest.map(str::to_owned))
        .fold(String::new(), |text, it| text + &it + "\n")
}

fn is_explained(function: &str, action: &str) -> bool {
    let mut unseen = UNSEEN.iter();
    unseen.any(|(of, explained, _)| *of == function && action.starts_with(explained))
}

#[tokio::test]
async fn functions_may_do_what_they_do_and_nothing_else() {
    let calls = workload::calls().await;
    let template = Template::load(&root().join("template.yaml"), "lambda-queue").unwrap();
    let policies: BTreeMap<_, _> = calls
        .keys()
        .map(|function| (function.clone(), Policy::of(&template, function)))
        .collect();
    assert_eq!(policies.len(), template.functions().unwrap().len());

    let policies = policies.iter();
    let wrong = policies.flat_map(|(function, policy)| wrong(function, policy, &calls[function]));
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
#[ignore = "builds the worker; .ci/run runs it"]
async fn the_service_may_do_what_the_worker_does_and_nothing_else() {
    let policy = Policy::of(&worker::template(), "TaskRole");
    let wrong = wrong("TaskRole", &policy, &worker::calls().await);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is called and not allowed, and what is allowed for no reason.
fn wrong(who: &str, policy: &Policy, calls: &[Call]) -> Vec<String> {
    assert!(calls.len() > 4, "{who}: {calls:?}");
    let forbidden = calls.iter().filter(|it| !policy.allows(it));
    let forbidden = forbidden.map(|it| {
        let Call { action, resource } = it;
        format!("{who} may not {action} on {resource}, and does")
    });
    let unused = policy.unused(calls);
    let unused = unused.filter(|it| !is_explained(who, &it.action));
    let unused = unused.map(|it| {
        let Call { action, resource } = it;
        format!("{who} may {action} on {resource}, and never does")
    });
    forbidden.chain(unused).collect()
}

#[test]
fn what_is_allowed_by_parameters_only_has_a_reason() {
    let path = root().join("template.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let template = Template::load(&path, "lambda-queue").unwrap();
    for function in template.functions().unwrap() {
        let function = function.logical_id;
        let declared = declaration(&text, &function);
        let actions = declared.split(|it: char| !(it.is_alphanumeric() || it == ':'));
        let services = ["bedrock:", "dynamodb:", "kms:", "s3:", "s3vectors:", "sqs:"];
        let actions = actions.filter(|it| services.iter().any(|service| it.starts_with(service)));
        let unconditional = Policy::of(&template, &function);
        for action in actions.filter(|it| !it.ends_with(':')) {
            let known = unconditional.names(action) || is_explained(&function, action);
            assert!(
                known,
                "{function} may {action} by a parameter, and nothing says why"
            );
        }
    }
}

#[test]
fn every_reason_is_about_something_that_is_allowed() {
    let files = [root().join("template.yaml"), worker::template_file()];
    let text = files
        .map(|it| std::fs::read_to_string(it).unwrap())
        .concat();
    for (function, action, _) in UNSEEN {
        let declared = declaration(&text, function);
        assert!(declared.contains(action), "{function}: {action}");
    }
}
