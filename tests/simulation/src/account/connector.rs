//! The SDK's connection to the simulated SQS.

use std::sync::Weak;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use serde::Deserialize;
use tokio::time::sleep;

use crate::fault::Fault;
use crate::order::number_in;
use crate::shared::{Shared, lock};

const UNAVAILABLE: &str = r#"{"__type":"com.amazonaws.sqs#ServiceUnavailable"}"#;
const HIDE: &str = "AmazonSQS.ChangeMessageVisibilityBatch";

/// Whose connection it is; the world owns the client, so that it must not own the world.
#[derive(Clone)]
pub(super) struct Connector(pub(super) Weak<Shared>);

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
        let shared = self.0.upgrade();
        HttpConnectorFuture::new(async move {
            let target = request.headers().get("x-amz-target").unwrap_or_default();
            let body = request.body().bytes().unwrap_or_default();
            sleep(Duration::from_millis(3)).await;
            let answer = shared.and_then(|it| it.answer(target, body));
            sleep(Duration::from_millis(3)).await;
            Ok(match answer {
                Some(body) => HttpResponse::new(status(200)?, SdkBody::from(body)),
                None => HttpResponse::new(status(503)?, SdkBody::from(UNAVAILABLE)),
            })
        })
    }
}

fn status(code: u16) -> Result<StatusCode, ConnectorError> {
    StatusCode::try_from(code).map_err(|error| ConnectorError::other(error.into(), None))
}

/// What is looked at in a request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Batch {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    #[serde(default)]
    message_body: String,
    #[serde(default)]
    receipt_handle: String,
}

impl Shared {
    /// Carries a request out; nothing if there is no answer to it.
    fn answer(&self, target: &str, body: &[u8]) -> Option<String> {
        let batch: Batch = serde_json::from_slice(body).ok()?;
        let hides = target == HIDE;
        let (fault, often) = match hides {
            true => (Fault::HideFailed, 700),
            false => (Fault::DeadLetterFailed, 3_500),
        };
        let concerned: Vec<u32> = match hides {
            true => {
                let receipts = lock(&self.receipts);
                let entries = batch.entries.iter();
                entries
                    .filter_map(|it| receipts.get(&it.receipt_handle).copied())
                    .collect()
            }
            false => {
                let entries = batch.entries.iter();
                entries
                    .filter_map(|it| number_in(&it.message_body))
                    .collect()
            }
        };
        let at = self.elapsed_ms();
        let dice = self.scenario.dice().of(7).of(at);
        let dice = dice.of(concerned.first().copied().unwrap_or_default().into());
        let fails = self.may(fault) && dice.happens(often);
        let is_lost = fails && (hides || dice.of(1).happens(5_000));
        if fails {
            let mut ledger = self.ledger();
            concerned.iter().for_each(|n| ledger.strike(*n, fault));
        }
        if is_lost {
            return None;
        }
        let answer = lock(&self.sqs).handle(target, body, self.now_ms());
        if !hides && answer.is_ok() {
            let mut ledger = self.ledger();
            concerned.iter().for_each(|n| ledger.dead_lettered(*n));
        }
        match answer {
            Ok(value) if !fails => Some(value.to_string()),
            _ => None,
        }
    }
}
