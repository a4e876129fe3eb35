//! Parsing, on a thread of its own and for a limited time.

use std::time::Duration;

use lambda_queue::{Cancellation, Classify, HandlerError, Panicked, blocking};
use tokio::time::timeout;

use crate::text::ExtractError;

/// The longest a document is parsed and cut. The largest honest ones take seconds.
const MAX_PARSING: Duration = Duration::from_secs(30);

/// Why a document could not be parsed, apart from what is wrong with it.
#[derive(Debug, thiserror::Error)]
enum ParseError {
    #[error("the parser gave up on the document: it is damaged in a way that it does not expect")]
    Panicked,
    #[error("the document takes more than {} s to parse; split it", MAX_PARSING.as_secs())]
    TooSlow,
}

/// Parsing keeps a core busy, and the handlers of a batch share one task. What fails here fails for
/// good: the same document would do it again.
pub(super) async fn parse<T: Send + 'static>(
    work: impl FnOnce(&Cancellation) -> Result<T, ExtractError> + Send + 'static,
) -> Result<T, HandlerError> {
    match timeout(MAX_PARSING, blocking(work)).await {
        Ok(Ok(parsed)) => parsed.permanent(),
        Ok(Err(Panicked)) => Err(ParseError::Panicked).permanent(),
        Err(_) => Err(ParseError::TooSlow).permanent(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambda_queue::ErrorClass;

    fn refused(outcome: Result<(), HandlerError>) -> String {
        let error = outcome.unwrap_err();
        assert_eq!(error.class(), Some(ErrorClass::Permanent));
        error.to_string()
    }

    #[tokio::test]
    async fn a_document_that_brings_its_parser_down_is_refused() {
        let outcome = parse(|_| panic!("at a secret word")).await;
        assert_eq!(
            refused(outcome),
            "the parser gave up on the document: it is damaged in a way that it does not expect"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_document_without_an_end_is_refused_and_its_parser_ended() {
        let (tell, told) = std::sync::mpsc::channel();
        let endless = move |cancellation: &Cancellation| {
            while !cancellation.is_requested() {
                std::thread::yield_now();
            }
            tell.send("ended").map_err(|_| ExtractError::Cancelled)
        };
        // Paused time does not pass by itself while a thread is at work.
        let passing = tokio::time::advance(MAX_PARSING + Duration::from_secs(1));
        let (outcome, ()) = tokio::join!(parse(endless), passing);
        assert_eq!(
            refused(outcome),
            "the document takes more than 30 s to parse; split it"
        );
        assert_eq!(told.recv(), Ok("ended"));
    }
}
