//! The processor as the `tower::Service` that Lambda's runtime calls.

use lambda_queue::{BatchProcessor, HandlerError, MessageContext, UnreportableMessage};
use lambda_runtime::{Context, LambdaEvent};
use tower::{Service, ServiceExt};

use crate::events::{bodies, event, message};

async fn odd(number: u32, _: MessageContext) -> Result<(), HandlerError> {
    if number % 2 == 1 {
        Ok(())
    } else {
        Err(HandlerError::retryable("even"))
    }
}

#[tokio::test]
async fn the_response_lists_what_comes_back_and_nothing_else() {
    let mut service = BatchProcessor::builder(odd).build().unwrap();
    let event = LambdaEvent::new(bodies([1, 2, 3, 4]), Context::default());
    let response = service.ready().await.unwrap().call(event).await.unwrap();
    insta::assert_json_snapshot!(response);
}

#[tokio::test]
async fn a_batch_that_cannot_be_reported_is_an_error_of_the_invocation() {
    let mut nameless = message("", 2);
    nameless.message_id = None;
    let service = BatchProcessor::builder(odd).build().unwrap();
    let event = LambdaEvent::new(event([nameless]), Context::default());
    let error = service.oneshot(event).await.unwrap_err();
    assert_eq!(error, UnreportableMessage { index: 0 });
    insta::assert_snapshot!(error);
}
