use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{MethodRouter, post};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc};

use super::*;
use crate::local::elsewhere::Elsewhere;
use crate::template::Template;

/// A function with these properties, at `url`.
fn pool(properties: &str, url: String) -> Arc<Pool> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("template.yaml");
    let template = format!(
        "Resources: {{Work: {{Type: AWS::Serverless::Function, Properties: {{{properties}}}}}}}"
    );
    std::fs::write(&path, template).unwrap();
    let template = Template::load(&path, "app").unwrap();
    let function = template.functions().unwrap().remove(0);
    let at = Elsewhere {
        function: "Work".to_owned(),
        url,
    };
    let voice = Voice::default();
    let remote = Remote::new(&at, &function, PathBuf::new(), voice.clone());
    Arc::new(Pool::new(function, Workers::Elsewhere(remote), voice))
}

/// The address of somebody who runs the function.
async fn served(function: MethodRouter) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().route("/2015-03-31/functions/Work/invocations", function);
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

async fn invoke(pool: &Pool) -> Invoked {
    pool.invoke("{}", &pool.function().as_fed()).await
}

#[tokio::test]
async fn an_invocation_beyond_the_reserved_concurrency_is_throttled() {
    let (begun, mut begins) = mpsc::unbounded_channel();
    let gate = Arc::new(Semaphore::new(0));
    let held = Arc::clone(&gate);
    let function = post(async move || {
        begun.send(()).unwrap();
        held.acquire().await.unwrap().forget();
        "{}"
    });
    let pool = pool("ReservedConcurrentExecutions: 2", served(function).await);
    let begin = || {
        let pool = Arc::clone(&pool);
        tokio::spawn(async move { invoke(&pool).await.result })
    };
    let running = [begin(), begin()];
    begins.recv().await.unwrap();
    begins.recv().await.unwrap();
    assert_eq!(begin().await.unwrap(), InvocationResult::Throttled);
    gate.add_permits(3);
    let answer = InvocationResult::Response(b"{}".to_vec());
    for it in running {
        assert_eq!(it.await.unwrap(), answer);
    }
    assert_eq!(begin().await.unwrap(), answer);
    let tally = pool.tally();
    assert_eq!((tally.invocations, tally.throttles), (3, 1));
}

#[tokio::test]
async fn nobody_there_is_a_throttle_and_not_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let pool = pool("Timeout: 3", url);
    assert_eq!(invoke(&pool).await.result, InvocationResult::Throttled);
    let tally = pool.tally();
    assert_eq!((tally.errors, tally.throttles), (0, 1));
}

#[tokio::test]
async fn errors_of_the_function_and_of_whoever_runs_it_are_told_apart() {
    let report = r#"{"errorType":"Oops","errorMessage":"no"}"#;
    let header = [("X-Amz-Function-Error", "Unhandled")];
    let missing = (StatusCode::NOT_FOUND, "no such function");
    let mut failures = Vec::new();
    for function in [
        post(async move || (header, report)),
        post(async move || (StatusCode::INTERNAL_SERVER_ERROR, report)),
        post(async move || missing),
    ] {
        let url = served(function).await;
        let invoked = invoke(&pool("Timeout: 3", url.clone())).await;
        assert_eq!(invoked.result, InvocationResult::FunctionError);
        let failure = invoked.failure.unwrap().to_string();
        failures.push(failure.replace(&url, "URL"));
    }
    insta::assert_snapshot!(failures.join("\n"), @r"
    the function returned an error: no (Oops)
    the function returned an error: no (Oops)
    URL answers with status 404: no such function
    ");
}
