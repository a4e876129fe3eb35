//! What is logged of texts and vectors on their way to a model and back: nothing.

use std::process::Command;

use lambda_queue::{Outcome, telemetry};

use crate::function::Function;

const TEXT: &str = "Open sesame, said the text that nobody may read in a log.";
/// All that the function and its clients say; not the words of the services that a test runs in its own
/// process.
const LEVELS: &str = "info,ingestion=trace,lambda_queue=trace,aws_config=trace,aws_runtime=trace,\
    aws_sdk_bedrockruntime=trace,aws_sdk_s3vectors=trace,aws_smithy_http_client=trace,\
    aws_smithy_runtime=trace,aws_smithy_runtime_api=trace,hyper=trace,hyper_util=trace";

#[test]
fn texts_and_vectors_are_not_logged() {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let child = [
        "logs::embeds_in_a_process_of_its_own",
        "--exact",
        "--ignored",
        "--nocapture",
    ];
    let output = command
        .args(child)
        .env("RUST_LOG", LEVELS)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let log = String::from_utf8_lossy(&output.stdout).into_owned();
    for said in [
        "document ingested",
        "could not embed texts",
        "lambda_queue::outcome",
    ] {
        assert!(log.contains(said), "{said}: {log:.3000}");
    }
    for secret in [
        "sesame",
        "nobody may read",
        "inputText",
        "\"texts\"",
        "0.01,0.01",
    ] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None);
    }
}

/// Logging is set up once a process.
#[tokio::test]
#[ignore = "texts_and_vectors_are_not_logged runs it"]
async fn embeds_in_a_process_of_its_own() {
    telemetry::init();
    let index = ("VECTORS", "s3vectors:vectors/chunks");
    for model in [
        "amazon.titan-embed-text-v2:0",
        "cohere.embed-multilingual-v3",
    ] {
        let settings: &'static str = format!("bedrock:{model}").leak();
        let function = Function::start(&[("EMBEDDINGS", settings), index]).await;
        let (outcome, error) = function.ingest(TEXT).await;
        assert_eq!(outcome, Outcome::Processed, "{error}");
        // Refused, and out of order.
        for (status, code) in [
            (400, "ValidationException"),
            (503, "ServiceUnavailableException"),
        ] {
            function.models.fail(model, usize::MAX, status, code);
            let (outcome, _) = function.ingest(&format!("{TEXT} {status}")).await;
            assert_ne!(outcome, Outcome::Processed);
            function.models.world().faults.clear();
        }
    }
}
