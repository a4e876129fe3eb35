//! One batch on one path.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use lambda_queue::{
    BatchProcessor, Clock, Deadline, Handler, HandlerError, Idempotency, MemoryStore,
    MessageContext, Outcome,
};
use lambda_queue_interleavings::explorer::Path;
use serde_json::Value;
use tokio::task::{unconstrained, yield_now};
use tokio::time::advance;

use crate::queue;
use crate::store::GatedStore;
use crate::world::{Act, Script, World};

const DEADLINE: Duration = Duration::from_secs(3);
/// Handlers are cut off before this, and writes may still be answered; no request gives up so soon.
const OVER: Duration = Duration::from_millis(2_300);

/// What is explored.
#[derive(Clone)]
pub struct Batch {
    pub messages: Vec<Script>,
    pub max_concurrency: usize,
    /// Whether its time may be over at any moment.
    pub may_end: bool,
}

impl Batch {
    pub fn of(messages: &[Script], max_concurrency: usize) -> Self {
        Self {
            messages: messages.to_vec(),
            max_concurrency,
            may_end: false,
        }
    }

    /// Runs it on this path; what became of each message, and what was seen of it.
    pub fn run(&self, path: &mut Path) -> (Vec<Outcome>, World) {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let world = World::new(self.messages.clone());
        let outcomes = runtime.block_on(self.process(&world, path));
        (outcomes, world)
    }

    async fn process(&self, world: &World, path: &mut Path) -> Vec<Outcome> {
        let processor = processor(world, self.max_concurrency);
        let clock = Clock::starting_at(1_800_000_000_000);
        let deadline = Deadline::after(DEADLINE, &clock);
        let mut processing = pin!(unconstrained(processor.process(self.event(), deadline)));
        let mut idle = 0;
        loop {
            let polled = poll_fn(|cx| Poll::Ready(processing.as_mut().poll(cx))).await;
            if let Poll::Ready(report) = polled {
                return report.messages.iter().map(|it| it.outcome).collect();
            }
            if world.gates.waiting() == 0 {
                idle += 1;
                assert!(idle < 10, "the batch waits for nothing");
                yield_now().await;
                continue;
            }
            idle = 0;
            world.check_pending();
            self.go_on(world, path).await;
        }
    }

    /// Lets something end, or several things at once: any of those that wait.
    async fn go_on(&self, world: &World, path: &mut Path) {
        let waiting = world.gates.waiting();
        let may_end = self.may_end && !world.seen().is_over;
        let way = path.choose(waiting + usize::from(may_end));
        if way == waiting {
            world.seen().is_over = true;
            return advance(OVER).await;
        }
        world.gates.open(way);
        // What was begun before is let through before, or not now.
        let mut next = way;
        while next < world.gates.waiting() {
            let further = path.choose(world.gates.waiting() - next + 1);
            if further == 0 {
                break;
            }
            next += further - 1;
            world.gates.open(next);
        }
    }

    fn event(&self) -> SqsEvent {
        let mut event = SqsEvent::default();
        for (index, (group, _)) in self.messages.iter().enumerate() {
            let mut message = SqsMessage::default();
            message.message_id = Some(index.to_string());
            message.body = Some(World::body(index));
            let fifo = if group.is_some() { ".fifo" } else { "" };
            message.event_source_arn = Some(format!("arn:aws:sqs:eu-west-1:1:orders{fifo}"));
            if let Some(group) = group {
                let name = "MessageGroupId".to_owned();
                message.attributes.insert(name, (*group).to_owned());
            }
            event.records.push(message);
        }
        event
    }
}

fn processor(
    world: &World,
    max_concurrency: usize,
) -> BatchProcessor<Value, impl Handler<Value, Output = ()> + use<>> {
    let store = GatedStore {
        world: world.clone(),
        records: MemoryStore::new(),
    };
    let idempotency = Idempotency::new(store, |body: &Value| body["index"].clone());
    let client = queue::client(world);
    let world = world.clone();
    let handler = move |body: Value, _: MessageContext| {
        let world = world.clone();
        async move {
            let index = usize::try_from(body["index"].as_u64().unwrap()).unwrap();
            world.starts(index, max_concurrency);
            world.gates.pass().await;
            let mut seen = world.seen();
            seen.running.remove(&index);
            match world.act(index) {
                Act::Fail => return Err(HandlerError::retryable("as told")),
                Act::Refuse | Act::Stuck => {
                    seen.unsent.insert(index);
                    return Err(HandlerError::permanent("as told"));
                }
                Act::Succeed | Act::Unanswered | Act::Robbed => seen.unwritten.insert(index),
            };
            Ok(())
        }
    };
    BatchProcessor::builder(handler)
        .max_concurrency(max_concurrency)
        .idempotency(idempotency.namespace("orders"))
        .dead_letter_queue(client, queue::URL)
        .clock(Clock::starting_at(1_800_000_000_000))
        .build()
        .unwrap()
}
