//! Calls of the scripts, and second tries.

use std::sync::{Arc, LazyLock};

use redis::aio::ConnectionLike;
use redis::{RedisError, RetryMethod, Script, Value};

use super::keys::Call;
use super::record;
use super::request::Request;
use crate::idempotency::StoreError;
use crate::idempotency::backoff::Backoff;

/// What is asked of Redis, a script each.
#[derive(Clone, Copy, Debug)]
pub(super) enum Action {
    Claim,
    Complete,
    Release,
    Extend,
}

static CLAIM: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("claim.lua")));
static RELEASE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("release.lua")));
static COMPLETE: LazyLock<Script> = LazyLock::new(|| {
    let code = concat!(
        include_str!("live_longer.lua"),
        include_str!("complete.lua")
    );
    Script::new(code)
});
static EXTEND: LazyLock<Script> = LazyLock::new(|| {
    let code = concat!(include_str!("live_longer.lua"), include_str!("extend.lua"));
    Script::new(code)
});

impl Action {
    fn script(self) -> &'static Script {
        match self {
            Self::Claim => &CLAIM,
            Self::Complete => &COMPLETE,
            Self::Release => &RELEASE,
            Self::Extend => &EXTEND,
        }
    }

    fn verb(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Complete => "complete",
            Self::Release => "release",
            Self::Extend => "extend",
        }
    }
}

/// Makes a call's requests, and answers each of them in its place.
pub(super) async fn run<C: ConnectionLike, R: Request>(
    mut connection: C,
    call: &Call<'_, R>,
) -> Vec<Result<R::Outcome, StoreError>> {
    match answers::<C, R>(&mut connection, call).await {
        Ok(answers) => {
            let answers = call.requests.iter().zip(answers);
            answers.map(|((_, one), it)| outcome(*one, &it)).collect()
        }
        Err(error) => {
            let what = format!("cannot {} in Redis: {error}", R::ACTION.verb());
            let error = Arc::new(error);
            let failed = |_| Err(StoreError::caused_by(what.clone(), Arc::clone(&error)));
            call.requests.iter().map(failed).collect()
        }
    }
}

/// A call that may have been carried out is made again, too: by the tokens of its claims it
/// recognises what it wrote.
async fn answers<C: ConnectionLike, R: Request>(
    connection: &mut C,
    call: &Call<'_, R>,
) -> Result<Vec<Value>, RedisError> {
    let mut backoff = Backoff::default();
    loop {
        let mut invocation = R::ACTION.script().prepare_invoke();
        for (key, request) in &call.requests {
            invocation.key(key);
            request.add_to(&mut invocation);
        }
        match invocation.invoke_async(connection).await {
            Ok(answers) => return Ok(answers),
            Err(error) if matches!(error.retry_method(), RetryMethod::NoRetry) => {
                return Err(error);
            }
            Err(error) => {
                if !backoff.pause().await {
                    return Err(error);
                }
            }
        }
    }
}

fn outcome<R: Request>(request: &R, answer: &Value) -> Result<R::Outcome, StoreError> {
    match answer {
        Value::Int(number) => Ok(request.applied(*number)),
        Value::Array(fields) => request.refused(record::read(fields)?.as_ref()),
        Value::Nil => {
            let id = request.id().as_str();
            let what = format!("the key of {id} in Redis is not one of its records");
            Err(StoreError::new(what))
        }
        _ => Err(StoreError::new("Redis gave an answer of no known form")),
    }
}
