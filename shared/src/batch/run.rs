use std::pin::pin;
use std::sync::Arc;

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use serde::de::DeserializeOwned;
use tracing::Instrument;

use super::attempt::attempt;
use super::budget::TimeBudget;
use super::heartbeat::{Beat, Heartbeat};
use super::host::Host;
use super::plan::Plan;
use super::progress::{Progress, Start};
use super::settings::Settings;
use super::settled::Settled;
use crate::{Handler, Message};

/// Runs a planned batch to the end: every message is settled when this returns.
///
/// All handlers live in this one future. Dropping it, or returning from it, stops them at once:
/// nothing is left to run on in a sandbox that is frozen and thawed.
pub(super) async fn run<M, H>(
    settings: &Settings<M, H>,
    messages: &Arc<Vec<Message>>,
    plan: Plan<M>,
    budget: &TimeBudget<'_>,
    host: Option<&dyn Host>,
) -> Vec<Settled>
where
    M: DeserializeOwned,
    H: Handler<M>,
{
    let mut heartbeat = Heartbeat::new(settings.idempotency.as_ref(), budget, host, messages.len());
    let mut batch = Progress::new(settings, messages, plan, host);
    let mut handlers = FuturesUnordered::new();
    let mut cut_off = pin!(budget.run_over().fuse());
    let mut give_up = pin!(budget.write_over());

    let start = |batch: &mut Progress<'_, M, H>, handlers: &mut FuturesUnordered<_>| {
        while handlers.len() < settings.max_concurrency
            && budget.may_start()
            && !batch.commits.is_full()
        {
            let Some(index) = batch.next() else { break };
            if let Some(Start {
                message,
                context,
                span,
                in_doubt,
            }) = batch.begin(index, budget)
            {
                let handling = attempt(settings, message, context, in_doubt).instrument(span);
                let (handling, abort) = futures_util::future::abortable(handling);
                batch.started(index, abort);
                handlers.push(handling.map(move |result| (index, result)));
            }
        }
    };

    loop {
        start(&mut batch, &mut handlers);
        // Whatever is finished by now shares one write.
        while !batch.writer.is_full()
            && let Some(Some((index, result))) = handlers.next().now_or_never()
        {
            batch.handled(index, result);
            start(&mut batch, &mut handlers);
        }
        if handlers.is_empty() && !(budget.may_start() && batch.has_ready()) {
            batch.close_if_settled();
        }
        batch.flush();
        if handlers.is_empty() && batch.is_done() {
            break;
        }
        tokio::select! {
            biased;
            () = &mut give_up => break,
            () = &mut cut_off => {
                handlers.clear();
                batch.cut_off();
            }
            answers = batch.writer.answer() => batch.written(answers),
            answer = batch.commits.answer() => batch.committed(answer),
            answers = batch.dead_letters.answer() => batch.dead_lettered(answers),
            beat = heartbeat.next() => match beat {
                Beat::Due => heartbeat.extend(batch.claims_to_renew(), settings.clock.now_ms()),
                Beat::Answered(answers) => {
                    batch.renewed(answers);
                    heartbeat.keep(batch.in_hand());
                }
                Beat::Kept => {}
            },
            Some((index, result)) = handlers.next() => batch.handled(index, result),
        }
    }
    batch.finish()
}
