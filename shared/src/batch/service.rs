use std::pin::Pin;
use std::task::{Context, Poll};

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde::Deserialize;
use serde::de::DeserializeOwned;
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

/// Lambda's event, of which only that is read that is used: half of what reading a [`SqsEvent`] takes.
#[derive(Deserialize)]
pub(crate) struct Event {
    #[serde(rename = "Records")]
    messages: Vec<Message>,
}

/// A processor that takes Lambda's event as it comes.
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
