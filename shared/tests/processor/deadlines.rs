//! Time that runs out, under paused time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lambda_queue::{
    BatchProcessor, Deadline, HandlerError, Idempotency, MemoryStore, MessageContext, Outcome,
    blocking,
};
use tokio::time::{Instant, sleep};

use crate::events::{bodies, clock, event, in_group, in_seconds, outcomes};

/// Sleeps for as many milliseconds as its body says.
async fn sleeper(ms: u64, _: MessageContext) -> Result<(), HandlerError> {
    sleep(Duration::from_millis(ms)).await;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_running_handler_is_cut_off_in_time_to_respond() {
    let processor = BatchProcessor::builder(sleeper).build().unwrap();
    let begin = Instant::now();
    let report = processor
        .process(bodies([10, 60_000]), in_seconds(10))
        .await;
    assert_eq!(outcomes(&report), [Outcome::Processed, Outcome::Retry]);
    assert_eq!(begin.elapsed().as_secs(), 9, "one second is kept back");
}

#[tokio::test(start_paused = true)]
async fn no_handler_starts_when_there_is_no_time_to_run_it() {
    let processor = BatchProcessor::builder(sleeper)
        .max_concurrency(1)
        .build()
        .unwrap();
    let report = processor
        .process(bodies([5000, 3500, 10]), in_seconds(10))
        .await;
    assert_eq!(
        outcomes(&report),
        [Outcome::Processed, Outcome::Processed, Outcome::NotStarted]
    );
}

#[tokio::test(start_paused = true)]
async fn a_short_timeout_still_leaves_time_to_work() {
    let processor = BatchProcessor::builder(sleeper).build().unwrap();
    let deadline = Deadline::after(Duration::from_millis(400), &clock());
    let report = processor.process(bodies([10]), deadline).await;
    assert_eq!(outcomes(&report), [Outcome::Processed]);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_in_the_past_is_unknown_and_not_over() {
    let processor = BatchProcessor::builder(sleeper).build().unwrap();
    let report = processor
        .process(bodies([60_000]), Deadline::at_epoch_ms(1000, &clock()))
        .await;
    assert_eq!(outcomes(&report), [Outcome::Processed]);
}

#[tokio::test(start_paused = true)]
async fn no_handler_runs_on_after_the_response() {
    let ended = Arc::new(AtomicUsize::new(0));
    let handler = {
        let ended = ended.clone();
        move |_: u64, _: MessageContext| {
            let ended = ended.clone();
            async move {
                sleep(Duration::from_secs(60)).await;
                ended.fetch_add(1, Ordering::SeqCst);
                Ok(())
            }
        }
    };
    let processor = BatchProcessor::builder(handler).build().unwrap();
    processor.process(bodies(0..5), in_seconds(10)).await;
    sleep(Duration::from_secs(600)).await;
    assert_eq!(ended.load(Ordering::SeqCst), 0);
}

/// Work that a library does in one call cannot be told; it is the function's to keep that short.
#[tokio::test(start_paused = true)]
async fn work_on_a_thread_of_its_own_is_told_that_nobody_waits_for_it() {
    let (tell, told) = std::sync::mpsc::channel();
    let handler = move |_: u64, _: MessageContext| {
        let tell = tell.clone();
        async move {
            let endless = blocking(move |cancellation| {
                while !cancellation.is_requested() {
                    std::thread::yield_now();
                }
                tell.send("ended").unwrap();
            });
            Ok::<_, HandlerError>(endless.await?)
        }
    };
    let processor = BatchProcessor::builder(handler).build().unwrap();
    let processing = processor.process(bodies([1]), in_seconds(10));
    // Paused time does not pass by itself while a thread is at work.
    let (report, ()) = tokio::join!(processing, tokio::time::advance(Duration::from_secs(10)));
    assert_eq!(outcomes(&report), [Outcome::Retry]);
    assert_eq!(told.recv(), Ok("ended"));
}

#[tokio::test(start_paused = true)]
async fn what_was_cut_off_or_not_started_can_be_claimed_at_once() {
    let store = MemoryStore::new();
    let processor = BatchProcessor::builder(sleeper)
        .max_concurrency(1)
        .idempotency(Idempotency::new(store.clone(), |ms: &u64| *ms).namespace("test"))
        .clock(clock())
        .build()
        .unwrap();
    let report = processor
        .process(bodies([60_000, 10]), in_seconds(10))
        .await;
    assert_eq!(outcomes(&report), [Outcome::Retry, Outcome::NotStarted]);
    let report = processor
        .process(bodies([60_000, 10]), in_seconds(100))
        .await;
    assert_eq!(report.count(Outcome::Processed), 2);
}

#[tokio::test(start_paused = true)]
async fn the_rest_of_a_group_is_not_started_after_the_deadline() {
    let processor = BatchProcessor::builder(sleeper).build().unwrap();
    let batch = event([in_group("a", "a1", 60_000), in_group("a", "a2", 10)]);
    let report = processor.process(batch, in_seconds(10)).await;
    assert_eq!(outcomes(&report), [Outcome::Retry, Outcome::Blocked]);
}

#[tokio::test(start_paused = true)]
async fn without_a_deadline_heartbeats_keep_a_claim() {
    let store = MemoryStore::new();
    let build = || {
        BatchProcessor::builder(sleeper)
            .idempotency(
                Idempotency::new(store.clone(), |ms: &u64| *ms)
                    .namespace("test")
                    .lease(Duration::from_secs(30)),
            )
            .clock(clock())
            .build()
            .unwrap()
    };
    let (first, second) = (build(), build());
    let long = bodies([300_000]);
    let (a, b) = tokio::join!(first.process(long.clone(), Deadline::unknown()), async {
        sleep(Duration::from_secs(200)).await;
        second.process(long, Deadline::unknown()).await
    });
    assert_eq!(outcomes(&a), [Outcome::Processed]);
    assert_eq!(outcomes(&b), [Outcome::Deferred]);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_is_past_every_limit_at_once_is_cut_off_and_not_called_unstarted() {
    // As if it had kept the thread: there is no moment between the two limits.
    let handler = |jumps: bool, _: MessageContext| async move {
        if jumps {
            tokio::time::advance(Duration::from_secs(60)).await;
        }
        std::future::pending::<Result<(), HandlerError>>().await
    };
    let processor = BatchProcessor::builder(handler).build().unwrap();
    let report = processor
        .process(bodies([true, false]), in_seconds(10))
        .await;
    assert_eq!(outcomes(&report), [Outcome::Retry, Outcome::Retry]);
}
