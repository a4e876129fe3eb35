//! Stands in for commits where the feature `dynamodb` is off: nothing can be written.

use std::convert::Infallible;
use std::future::pending;
use std::marker::PhantomData;

use crate::idempotency::{CompleteOutcome, Completion, StoreError};
use crate::{HandlerError, IdempotencyStore, MessageContext};

pub(super) type Writes = Infallible;

pub(super) type Committed = (
    usize,
    Result<Result<CompleteOutcome, StoreError>, HandlerError>,
);

pub(super) struct Commits<'a>(PhantomData<&'a ()>);

impl<'a> Commits<'a> {
    pub(super) fn new(_store: Option<&'a dyn IdempotencyStore>) -> Self {
        Self(PhantomData)
    }

    pub(super) fn open(&mut self, _index: usize, context: MessageContext) -> MessageContext {
        context
    }

    pub(super) fn close(&mut self, _index: usize) -> Result<Option<Writes>, HandlerError> {
        Ok(None)
    }

    pub(super) fn push(&mut self, _index: usize, _completion: Completion, writes: Writes) {
        match writes {}
    }

    pub(super) fn flush(&mut self) {}

    pub(super) fn is_full(&self) -> bool {
        false
    }

    pub(super) fn is_idle(&self) -> bool {
        true
    }

    pub(super) async fn answer(&mut self) -> Committed {
        pending().await
    }
}
