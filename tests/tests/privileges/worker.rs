//! The example worker, given everything that it does something about, and what it called.

use std::path::PathBuf;

use lambda_queue_cli::Call;
use lambda_queue_cli::template::{ACCOUNT, REGION, Template};

use super::root;
use super::running_worker::{Reports, WORKER, terminated, until};

/// Longer than this takes.
const LONG_S: u64 = 600;

/// What workers called.
pub(super) async fn calls() -> Vec<Call> {
    let reports = Reports::start().await;
    reports.send("short", 0).await;
    reports.send("long", LONG_S).await;
    let (mut killed, _) = reports.worker();
    // One is done, the other runs.
    reports.until_counts_are((0, 1)).await;
    killed.kill().unwrap();
    killed.wait().unwrap();

    // What was begun is received again, and hidden until its lease has run out.
    let (worker, _) = reports.worker();
    until(async || {
        reports
            .stage
            .calls(WORKER)
            .iter()
            .any(|it| it.action == "sqs:ChangeMessageVisibility")
    })
    .await;
    reports.send("short", 0).await;
    reports.until_counts_are((0, 1)).await;
    terminated(worker).await;
    reports.stage.calls(WORKER)
}

pub(super) fn template_file() -> PathBuf {
    root().join("shared/examples/worker/service.yaml")
}

/// The service's template, for the queue and the table that the worker has had.
pub(super) fn template() -> Template {
    let arn = format!("arn:aws:sqs:{REGION}:{ACCOUNT}:reports");
    let parameters = [
        ("Image", "image"),
        ("Cluster", "cluster"),
        ("Subnets", "subnet"),
        ("SecurityGroups", "group"),
        ("QueueUrl", "url"),
        ("QueueArn", &arn),
        ("IdempotencyTable", "records"),
    ];
    let template = Template::load(&template_file(), "lambda-queue").unwrap();
    template.with_parameters(parameters).unwrap()
}
