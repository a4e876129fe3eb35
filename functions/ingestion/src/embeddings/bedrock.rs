//! Models of Amazon Bedrock.

mod cohere;
mod titan;

use std::sync::Arc;

use aws_config::SdkConfig;
use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::config::retry::RetryConfig;
use aws_sdk_bedrockruntime::operation::invoke_model::InvokeModelError;
use aws_sdk_bedrockruntime::primitives::Blob;
use futures_util::future::try_join_all;
use serde_json::Value;
use tokio::sync::Semaphore;

use super::model::Family;
use super::{EmbedError, Model, Purpose, Vector};

/// Requests under way at a time, of all documents of a batch together.
const CONCURRENT: usize = 16;
/// Requests in all before one is given up, unless the environment says more. Quotas of models are
/// counted by the minute and shared by all sandboxes: throttling is usual.
const ATTEMPTS: u32 = 5;
const JSON: &str = "application/json";

/// A model of Bedrock.
#[derive(Clone)]
pub(super) struct Bedrock {
    client: Client,
    permits: Arc<Semaphore>,
    family: Family,
    id: String,
    name: String,
    dimensions: usize,
}

impl Bedrock {
    /// Asks for vectors of this family and id.
    pub(super) fn new(model: &Model, (family, id): (Family, &str), aws: &SdkConfig) -> Self {
        let retry = aws.retry_config().cloned();
        let retry = retry.unwrap_or_else(RetryConfig::standard);
        let attempts = retry.max_attempts().max(ATTEMPTS);
        let config = aws_sdk_bedrockruntime::config::Builder::from(aws)
            .retry_config(retry.with_max_attempts(attempts));
        Self {
            client: Client::from_conf(config.build()),
            permits: Arc::new(Semaphore::new(CONCURRENT)),
            family,
            id: id.to_owned(),
            name: model.name(),
            dimensions: model.dimensions(),
        }
    }

    /// The vectors of texts, in the order of the texts: many requests, of which several are under
    /// way.
    pub(super) async fn embed(
        &self,
        texts: &[&str],
        purpose: Purpose,
    ) -> Result<Vec<Vector>, EmbedError> {
        let size = match self.family {
            Family::TitanV2 => 1,
            Family::CohereV3 | Family::CohereV4 => cohere::MAX_TEXTS,
        };
        let mut requests = Vec::new();
        for texts in texts.chunks(size) {
            requests.push(self.request(texts, purpose));
        }
        let answers = try_join_all(requests).await?;
        Ok(answers.into_iter().flatten().collect())
    }

    async fn request(&self, texts: &[&str], purpose: Purpose) -> Result<Vec<Vector>, EmbedError> {
        // Never closed, so that there is always one, some time.
        let _permit = self.permits.acquire().await;
        let body = match self.family {
            Family::TitanV2 => titan::request(texts, self.dimensions),
            Family::CohereV3 => cohere::request(texts, purpose, None),
            Family::CohereV4 => cohere::request(texts, purpose, Some(self.dimensions)),
        };
        let answer = self.invoke(texts, &body).await?;
        let vectors = match self.family {
            Family::TitanV2 => titan::vectors(&answer),
            Family::CohereV3 | Family::CohereV4 => cohere::vectors(&answer),
        };
        let vectors = vectors.map_err(|_| EmbedError::Answer(self.name.clone()))?;
        self.checked(vectors, texts.len())
    }

    async fn invoke(&self, texts: &[&str], body: &Value) -> Result<Vec<u8>, EmbedError> {
        let request = self
            .client
            .invoke_model()
            .model_id(&self.id)
            .content_type(JSON)
            .accept(JSON)
            .body(Blob::new(body.to_string()));
        match request.send().await {
            Ok(answer) => Ok(answer.body.into_inner()),
            Err(error) => Err(match error.as_service_error() {
                // Its message may quote the text.
                Some(InvokeModelError::ValidationException(_)) => EmbedError::Refused {
                    model: self.name.clone(),
                    characters: longest(texts),
                },
                _ => EmbedError::Request {
                    model: self.name.clone(),
                    source: Box::new(aws_sdk_bedrockruntime::Error::from(error)),
                },
            }),
        }
    }

    /// One vector for each text, all of the dimensions that were asked for.
    fn checked(&self, vectors: Vec<Vec<f32>>, asked: usize) -> Result<Vec<Vector>, EmbedError> {
        let model = || self.name.clone();
        if vectors.len() != asked {
            return Err(EmbedError::Count {
                model: model(),
                got: vectors.len(),
                asked,
            });
        }
        let checked = vectors.into_iter().map(|numbers| {
            if numbers.len() != self.dimensions {
                return Err(EmbedError::Dimensions {
                    model: model(),
                    got: numbers.len(),
                    asked: self.dimensions,
                });
            }
            Vector::normalised(numbers).ok_or(EmbedError::NotAVector)
        });
        checked.collect()
    }
}

fn longest(texts: &[&str]) -> usize {
    let characters = texts.iter().map(|text| text.chars().count());
    characters.max().unwrap_or_default()
}
