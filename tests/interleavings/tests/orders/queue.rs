//! A dead-letter queue whose requests wait at a gate.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::{BehaviorVersion, Config, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

use crate::world::{Act, World};

pub const URL: &str = "https://sqs.eu-west-1.amazonaws.com/123456789012/dead.fifo";

#[derive(Clone)]
struct Connector(World);

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Connector")
    }
}

impl HttpClient for Connector {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let world = self.0.clone();
        HttpConnectorFuture::new(async move {
            let body = request.body().bytes().unwrap_or_default();
            let body: Value = serde_json::from_slice(body).unwrap();
            let entries = body["Entries"].as_array().unwrap();
            let index = |entry: &Value| {
                let body: Value =
                    serde_json::from_str(entry["MessageBody"].as_str().unwrap()).unwrap();
                usize::try_from(body["index"].as_u64().unwrap()).unwrap()
            };
            {
                let mut seen = world.seen();
                assert!(!seen.sending, "two requests under way");
                seen.sending = true;
                for index in entries.iter().map(index) {
                    assert!(seen.unsent.remove(&index), "{index} is no dead letter");
                    assert!(seen.sent.insert(index), "{index} is sent twice");
                }
            }
            world.gates.pass().await;
            let (mut taken, mut refused) = (Vec::new(), Vec::new());
            let mut seen = world.seen();
            seen.sending = false;
            for entry in entries {
                let (id, index) = (&entry["Id"], index(entry));
                if world.act(index) == Act::Stuck {
                    refused.push(
                        json!({"Id": id, "Code": "InvalidMessageContents", "SenderFault": true}),
                    );
                } else {
                    seen.settled.insert(index);
                    taken.push(json!({"Id": id, "MessageId": "new", "MD5OfMessageBody": ""}));
                }
            }
            let answer = json!({"Successful": taken, "Failed": refused}).to_string();
            Ok(HttpResponse::new(
                200.try_into().unwrap(),
                SdkBody::from(answer),
            ))
        })
    }
}

pub fn client(world: &World) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-west-1"))
        .credentials_provider(Credentials::for_tests())
        .http_client(Connector(world.clone()))
        .build();
    Client::from_conf(config)
}
