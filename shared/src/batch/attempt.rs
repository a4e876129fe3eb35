use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_util::FutureExt;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::settings::Settings;
use crate::envelope::Content;
use crate::hops::{self, HOPS};
use crate::{Handler, HandlerError, Message, MessageContext, Reconciliation};

/// What came of a message that somebody looked at.
pub(super) enum Attempted<T> {
    /// The handler's output.
    Handled(T),
    /// What became of an earlier run.
    Reconciled(Reconciliation),
}

/// Runs the handler, or, if an earlier run is `in_doubt`, asks what became of it; a panic fails this
/// message alone.
pub(super) async fn attempt<M, H: Handler<M>>(
    settings: &Settings<M, H>,
    message: M,
    context: MessageContext,
    in_doubt: bool,
) -> Result<Attempted<H::Output>, HandlerError> {
    let hook = settings.idempotency.as_ref();
    let hook = hook.and_then(|it| it.reconcile.as_ref());
    // The call itself can panic, before there is a future.
    let attempting = async move {
        match hook {
            Some(hook) if in_doubt => {
                let found = hook.ask(message, context).await;
                found.map(Attempted::Reconciled)
            }
            _ => {
                let output = settings.handler.handle(message, context).await;
                output.map(Attempted::Handled)
            }
        }
    };
    AssertUnwindSafe(attempting)
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Err(panicked(if in_doubt { "hook" } else { "handler" })))
}

/// Decodes a message's body, and says which JSON was decoded; `None` if there is nothing in it to
/// handle.
pub(super) fn decode<'b, M: DeserializeOwned, H: Handler<M>>(
    settings: &Settings<M, H>,
    message: &'b Message,
) -> Result<Option<(M, Cow<'b, str>)>, HandlerError> {
    let hops = hops::of(message);
    if hops > settings.max_hops {
        return Err(too_many_hops(hops));
    }
    let content = match settings.envelope.open(message.content()?)? {
        Content::Json(content) => content,
        Content::Nothing => return Ok(None),
    };
    let decoded = guarded("decoding of the body", || serde_json::from_str(&content))?;
    Ok(Some((decoded.map_err(bad_body)?, content)))
}

/// Runs the user's synchronous code; a panic fails this message alone.
pub(super) fn guarded<T>(what: &str, code: impl FnOnce() -> T) -> Result<T, HandlerError> {
    catch_unwind(AssertUnwindSafe(code)).map_err(|_| panicked(what))
}

/// The panic's own text went to the log with its place; it may show data, so it is not kept.
fn panicked(what: &str) -> HandlerError {
    HandlerError::indeterminate(format!(
        "the {what} panicked; the panic is in the function's log"
    ))
    .named("panic")
}

/// `serde_json`'s own message shows pieces of the body, which must not reach a log.
fn bad_body(error: serde_json::Error) -> HandlerError {
    let what = match error.classify() {
        Category::Data => "is not what this handler takes",
        Category::Eof => "ends in the middle of its JSON",
        Category::Syntax | Category::Io => "is not JSON",
    };
    let (line, column) = (error.line(), error.column());
    HandlerError::permanent(format!("the body {what} (line {line}, column {column})"))
        .named("BadBody")
}

fn too_many_hops(hops: u32) -> HandlerError {
    let reason = match hops {
        u32::MAX => format!("the attribute {HOPS} is no count of functions; leave it out"),
        _ => format!(
            "the message has come through {hops} functions, which looks like a loop; see max_hops"
        ),
    };
    HandlerError::permanent(reason).named("LoopDetected")
}

/// Why a handler did not come to its end.
pub(super) fn cut_off() -> HandlerError {
    HandlerError::indeterminate("cut off: the invocation's time was over").named("CutOff")
}
