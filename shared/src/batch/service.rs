use std::pin::Pin;
use std::task::{Context, Poll};

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde::Deserialize;
use serde::de::DeserializeOwned;
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
#[derive(Deserialize)]
struct Event {
    #[serde(rename = "Records")]
    messages: Vec<Message>,
}

/// A processor that takes Lambda's event as it comes, and reads it in half the time that a [`SqsEvent`] takes.
#[derive(Clone)]
pub(crate) struct Served<P>(pub(crate) P);

impl<M, H> Service<LambdaEvent<Box<RawValue>>> for Served<BatchProcessor<M, H>>
where
    M: DeserializeOwned + Send + 'static,
    H: Handler<M>,
{
    type Response = SqsBatchResponse;
    type Error = Diagnostic;
    type Future = Pin<Box<dyn Future<Output = Result<SqsBatchResponse, Diagnostic>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, event: LambdaEvent<Box<RawValue>>) -> Self::Future {
        let response = serde_json::from_str(event.payload.get())
            .map(|Event { messages }| self.0.respond(messages, event.context.deadline));
        Box::pin(async move { Ok(response.map_err(not_of_sqs)?.await?) })
    }
}

/// Without `serde_json`'s own words, which may show a body.
fn not_of_sqs(error: serde_json::Error) -> Diagnostic {
    let (line, column) = (error.line(), error.column());
    Diagnostic {
        error_type: "NotAnSqsEvent".to_owned(),
        error_message: format!(
            "the event is not what Lambda makes of SQS's messages (line {line}, column {column}); \
             is this function's event source a queue?"
        ),
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
