//! The stack at one time: what the overview shows.

use std::collections::HashMap;
use std::sync::Arc;

use lambda_queue_simulator::sqs::api::{ListMessageMoveTasksRequest, MoveTask};
use lambda_queue_simulator::sqs::{Counters, QueueSnapshot, Sqs};
use serde::Serialize;

use super::Watched;
use crate::local::alarms::{AlarmState, states};
use crate::local::functions::Functions;
use crate::local::mapping::MappingState;
use crate::local::summary::ChaosSummary;

/// Everything of the overview but its charts.
#[derive(Debug, Serialize)]
pub(super) struct State {
    pub(super) queues: Vec<Queue>,
    functions: Vec<Function>,
    mappings: Vec<Mapping>,
    alarms: Vec<Alarm>,
    /// What went wrong on purpose; nothing without `--chaos`.
    #[serde(skip_serializing_if = "Option::is_none")]
    chaos: Option<ChaosSummary>,
}

/// A queue in numbers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Queue {
    pub(super) name: Arc<str>,
    fifo: bool,
    /// The name of its dead-letter queue.
    dead_letters_to: Option<String>,
    /// Names of the queues whose dead-letter queue it is.
    dead_letters_from: Vec<Arc<str>>,
    pub(super) visible: usize,
    pub(super) in_flight: usize,
    pub(super) delayed: usize,
    oldest_ms: Option<u64>,
    /// Sent here, or moved here.
    sent: u64,
    /// Deleted after the function was done with them; by anyone where there is no function.
    pub(super) completed: u64,
    filtered: u64,
    retried: u64,
    /// By SQS, or by the function.
    dead_lettered: u64,
    /// Moved out of it by a redrive.
    redriven: u64,
    received: u64,
    expired: u64,
    /// The newest move out of this dead-letter queue.
    redrive: Option<MoveTask>,
}

/// A function in numbers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Function {
    name: String,
    invocations: usize,
    errors: usize,
    throttles: usize,
    starts: usize,
    warm: usize,
    init_ms: f64,
    p50_ms: Option<f64>,
    p99_ms: Option<f64>,
    timeout_ms: f64,
}

/// An event source mapping.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Mapping {
    uuid: String,
    /// The queue's name.
    queue: String,
    function: String,
    enabled: bool,
    batch_size: u32,
    window_seconds: u32,
    filters: usize,
    /// Invocations now, and at most.
    running: u64,
    limit: Option<u32>,
    buffered: u64,
}

/// A CloudWatch alarm.
#[derive(Debug, Serialize)]
struct Alarm {
    name: String,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    state: &'static str,
    reason: String,
}

impl State {
    /// What is there now.
    pub(super) fn of(watched: &Watched) -> Self {
        let running = &watched.running;
        let mappings = running.mappings.states();
        // Before the numbers, so that a move that is over shows in them.
        let mut tasks = running.queues.with(newest_tasks);
        let snapshots = running.queues.summaries();
        let queues = snapshots.iter().map(|it| {
            let task = tasks.remove(&it.arn);
            Queue::of(it, &snapshots, &mappings, task)
        });
        Self {
            queues: queues.collect(),
            functions: functions(&running.functions),
            mappings: mappings.into_iter().map(Mapping::of).collect(),
            alarms: states(&watched.alarms, running)
                .into_iter()
                .map(Alarm::of)
                .collect(),
            chaos: ChaosSummary::of(&running.chaos, &running.functions, &snapshots),
        }
    }
}

/// The newest move out of each dead-letter queue, by its ARN.
fn newest_tasks(sqs: &mut Sqs, now_ms: u64) -> HashMap<Arc<str>, MoveTask> {
    let queues = sqs.summaries(now_ms).into_iter();
    let tasks = queues.filter_map(|queue| {
        let request = ListMessageMoveTasksRequest {
            source_arn: queue.arn.to_string(),
            max_results: Some(1),
        };
        let listed = sqs.list_message_move_tasks(&request, now_ms).ok()?;
        Some((queue.arn, listed.results.into_iter().next()?))
    });
    tasks.collect()
}

impl Queue {
    fn of(
        it: &QueueSnapshot,
        all: &[QueueSnapshot],
        mappings: &[MappingState],
        redrive: Option<MoveTask>,
    ) -> Self {
        let fed = mappings
            .iter()
            .filter(|mapping| *mapping.queue_arn == *it.arn);
        let fed: Vec<_> = fed.map(|mapping| mapping.tally).collect();
        let Counters {
            sent,
            arrived,
            received,
            deleted,
            expired,
            dead_lettered,
            moved,
            ..
        } = it.counters;
        let sources = all.iter().filter(|other| {
            let target = other.dead_letter_arn.as_deref();
            target == Some(&*it.arn)
        });
        Self {
            name: Arc::clone(&it.name),
            fifo: it.fifo,
            dead_letters_to: it.dead_letter_arn.as_deref().map(name_of),
            dead_letters_from: sources.map(|other| Arc::clone(&other.name)).collect(),
            visible: it.visible,
            in_flight: it.in_flight,
            delayed: it.delayed,
            oldest_ms: it.oldest_ms,
            sent: sent + arrived,
            completed: match fed.as_slice() {
                [] => deleted,
                fed => fed.iter().map(|it| it.completed).sum(),
            },
            filtered: fed.iter().map(|it| it.filtered).sum(),
            retried: fed.iter().map(|it| it.retried).sum(),
            dead_lettered: dead_lettered + fed.iter().map(|it| it.dead_lettered).sum::<u64>(),
            redriven: moved,
            received,
            expired,
            redrive,
        }
    }
}

fn functions(functions: &Functions) -> Vec<Function> {
    let pools = functions.all().iter();
    pools
        .map(|pool| {
            let tally = pool.tally();
            let percentile = |percent| tally.percentile(percent).map(|it| ms(it.as_secs_f64()));
            Function {
                name: pool.function().logical_id.clone(),
                invocations: tally.invocations,
                errors: tally.errors,
                throttles: tally.throttles,
                starts: tally.starts,
                warm: pool.warm(),
                init_ms: ms(tally.init.as_secs_f64()),
                p50_ms: percentile(50),
                p99_ms: percentile(99),
                timeout_ms: ms(pool.function().timeout.as_secs_f64()),
            }
        })
        .collect()
}

/// To a hundredth: more would only make every state look different.
fn ms(seconds: f64) -> f64 {
    (seconds * 100_000.0).round() / 100.0
}

impl Mapping {
    fn of(state: MappingState) -> Self {
        Self {
            uuid: state.uuid,
            queue: name_of(&state.queue_arn),
            function: state.function,
            enabled: state.enabled,
            batch_size: state.config.batch_size,
            window_seconds: state.config.window_seconds,
            filters: state.config.filters.len(),
            running: state.counters.concurrency,
            limit: state.config.most_invocations(),
            buffered: state.counters.buffered,
        }
    }
}

/// The last part of an ARN.
fn name_of(arn: &str) -> String {
    arn.rsplit(':').next().unwrap_or_default().to_owned()
}

impl Alarm {
    fn of(state: AlarmState) -> Self {
        Self {
            name: state.alarm.name,
            state: state.value.as_str(),
            reason: state.reason,
        }
    }
}
