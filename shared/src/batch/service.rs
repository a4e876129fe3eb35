use std::pin::Pin;
use std::task::{Context, Poll};

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde::de::DeserializeOwned;
use tower::Service;

use super::{BatchProcessor, UnreportableMessage};
use crate::{Deadline, Handler};

/// What Lambda calls: an event in, the partial-batch response out.
impl<M, H> Service<LambdaEvent<SqsEvent>> for BatchProcessor<M, H>
where
    M: DeserializeOwned + Send + 'static,
    H: Handler<M>,
{
    type Response = SqsBatchResponse;
    type Error = UnreportableMessage;
    type Future = Pin<Box<dyn Future<Output = Result<SqsBatchResponse, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, event: LambdaEvent<SqsEvent>) -> Self::Future {
        let processor = self.clone();
        Box::pin(async move {
            let deadline = Deadline::at_epoch_ms(event.context.deadline, processor.clock());
            processor
                .process(event.payload, deadline)
                .await
                .into_response()
        })
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
