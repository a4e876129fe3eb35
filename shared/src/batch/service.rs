use std::pin::Pin;
use std::task::{Context, Poll};

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _};
use serde_json::value::RawValue;
use tower::Service;

use super::{BatchProcessor, UnreportableMessage};
use crate::{Deadline, Handler, Message};

type Response = Pin<Box<dyn Future<Output = Result<SqsBatchResponse, UnreportableMessage>> + Send>>;

/// What Lambda calls: an event in, the partial-batch response out.
impl<M, H> Service<LambdaEvent<SqsEvent>> for BatchProcessor<M, H>
where
    M: DeserializeOwned + Send + 'static,
    H: Handler<M>,
{
    type Response = SqsBatchResponse;
    type Error = UnreportableMessage;
    type Future = Response;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, event: LambdaEvent<SqsEvent>) -> Self::Future {
        let messages = event.payload.records.into_iter().map(Message::from);
        self.respond(messages.collect(), event.context.deadline)
    }
}

impl<M, H> BatchProcessor<M, H>
where
    M: DeserializeOwned + Send + 'static,
    H: Handler<M>,
{
    /// The response to a batch; the invocation ends at `deadline`, epoch milliseconds.
    fn respond(&self, messages: Vec<Message>, deadline: u64) -> Response {
        let processor = self.clone();
        Box::pin(async move {
            let deadline = Deadline::at_epoch_ms(deadline, processor.clock());
            processor
                .process_for(messages, deadline, None)
                .await
                .into_response()
        })
    }
}

/// Lambda's event, of which only that is read that is used.
///
/// Behind the back of `lambda_runtime`, which traces where in an event an error is: that takes as long as reading it.
pub(crate) struct Event {
    messages: Vec<Message>,
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Records {
            #[serde(rename = "Records")]
            messages: Vec<Message>,
        }
        let json: &RawValue = Deserialize::deserialize(from)?;
        // Without `serde_json`'s own words, which may show a body.
        let Records { messages } = serde_json::from_str(json.get()).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            D::Error::custom(format!(
                "the event is not what Lambda makes of SQS's messages (line {line}, column {column}); \
                 is this function's event source a queue?"
            ))
        })?;
        Ok(Self { messages })
    }
}

/// A processor that takes Lambda's event in the way that is cheapest to read.
#[derive(Clone)]
pub(crate) struct Served<P>(pub(crate) P);

impl<M, H> Service<LambdaEvent<Event>> for Served<BatchProcessor<M, H>>
where
    M: DeserializeOwned + Send + 'static,
    H: Handler<M>,
{
    type Response = SqsBatchResponse;
    type Error = UnreportableMessage;
    type Future = Response;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, event: LambdaEvent<Event>) -> Self::Future {
        let messages = event.payload.messages;
        self.0.respond(messages, event.context.deadline)
    }
}

impl From<UnreportableMessage> for Diagnostic {
    fn from(error: UnreportableMessage) -> Self {
        Self {
            error_type: "UnreportableMessage".to_owned(),
            error_message: error.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_an_event_of_sqs_is_refused_without_showing_it() {
        for json in [
            r#"{"Records": [{"body": 5551234}]}"#,
            r#"{"detail": 5551234}"#,
        ] {
            let error = serde_json::from_str::<Event>(json)
                .err()
                .unwrap()
                .to_string();
            assert!(error.contains("event source"), "{error}");
            assert!(!error.contains("5551234"), "{error}");
        }
    }
}
