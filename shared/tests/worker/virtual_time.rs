//! Half a day in a moment: the SDK's client over a connection without a network, in paused time.

use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::{BehaviorVersion, Config, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::{Response, StatusCode};
use aws_smithy_types::body::SdkBody;
use lambda_queue::worker::Worker;
use lambda_queue::{Clock, Idempotency, MemoryStore, MessageContext};
use serde_json::json;
use tokio::time::sleep;

use crate::endpoint::Queues;
use crate::running::{Running, Seen, builder};

#[derive(Clone)]
struct Direct(Queues);

impl std::fmt::Debug for Direct {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Direct")
    }
}

impl HttpClient for Direct {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Direct {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let queues = self.0.clone();
        HttpConnectorFuture::new(async move {
            let target = request.headers().get("x-amz-target").unwrap().to_owned();
            let body = request.body().bytes().unwrap().to_vec();
            let answer = queues.answer(&target, &body).await.unwrap();
            let ok = StatusCode::try_from(200).unwrap();
            Ok(Response::new(ok, SdkBody::from(answer.to_string())))
        })
    }
}

fn client(queues: &Queues) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-west-1"))
        .credentials_provider(Credentials::for_tests())
        .http_client(Direct(queues.clone()));
    Client::from_conf(config.build())
}

#[tokio::test(start_paused = true)]
async fn a_job_may_take_hours_and_is_cut_off_before_sqs_shows_its_message() {
    let clock = Clock::starting_at(1_800_000_000_000);
    let queues = Queues::new(clock).looking_every(Duration::from_secs(5));
    let url = queues.create("jobs", 360);
    queues.send(&url, &json!("eleven hours"));
    queues.send(&url, &json!("endless"));
    let seen = Seen::default();
    let handler = {
        let seen = seen.clone();
        move |body: String, context: MessageContext| {
            let (seen, receive) = (seen.clone(), context.receive_count());
            async move {
                match (body.as_str(), receive) {
                    ("endless", 1) => {
                        let left = context.remaining_time().unwrap();
                        assert!(left > Duration::from_secs(43_000), "{left:?}");
                        std::future::pending().await
                    }
                    ("endless", _) => {}
                    _ => sleep(Duration::from_secs(11 * 3600)).await,
                }
                seen.note(format!("{body} {receive}"));
                Ok(())
            }
        }
    };
    let idempotency = Idempotency::new(MemoryStore::new(), String::clone).namespace("jobs");
    // With both under way there is no room for more, and no poll.
    let processor = builder(handler)
        .max_concurrency(2)
        .idempotency(idempotency)
        .clock(clock)
        .build()
        .unwrap();
    let worker = Running::start(Worker::new(processor, client(&queues), &url));
    while queues.depth(&url) != (0, 0) {
        sleep(Duration::from_secs(10)).await;
    }
    worker.stop().await;
    assert_eq!(seen.all(), ["eleven hours 1", "endless 2"]);
}
