//! AWS's quotas, and how much of each a load takes.

use serde::Serialize;

use super::samples::{Run, Sample};
use super::world::Setup;
use crate::cost::record_bytes;

/// Batches of a standard mapping without a limit of its own (Lambda Developer Guide, "Configuring
/// scaling behavior for SQS event source mappings").
pub(crate) const MAPPING_CONCURRENCY: u32 = 1_250;
/// By how many batches a mapping grows in a minute (the same).
const MAPPING_GROWTH: f64 = 300.0;
/// By how much a function's concurrency may grow in 10 seconds (Lambda Developer Guide, "Lambda
/// scaling behavior").
const FUNCTION_GROWTH: f64 = 1_000.0;
/// Messages in flight of a queue (SQS Developer Guide, "Amazon SQS message quotas").
const IN_FLIGHT: f64 = 120_000.0;
/// Requests a second for each operation of a FIFO queue (the same), and in its mode of high
/// throughput (unsure: it differs by region, and this is us-east-1's).
const FIFO_REQUESTS: f64 = 300.0;
const FIFO_REQUESTS_HIGH: f64 = 70_000.0;
/// Write units a second that a new on-demand table has (DynamoDB Developer Guide, "On-demand
/// capacity mode"); it doubles within 30 minutes of a higher peak.
const NEW_TABLE_WRITES: f64 = 4_000.0;
/// Write units a second of a table, unless more were asked for (DynamoDB, "Service quotas").
const TABLE_WRITES: f64 = 40_000.0;
/// Bytes of an invocation's payload (Lambda, "Quotas").
const PAYLOAD: f64 = 6_291_456.0;

/// A quota and how much of it is taken.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Quota {
    pub(crate) name: String,
    pub(crate) used: f64,
    pub(crate) limit: f64,
    /// When most of it was taken first, if that is a matter of time.
    pub(crate) at_ms: Option<u64>,
    /// What happens beyond it.
    pub(crate) beyond: &'static str,
    /// Whether that happened in the simulation, too.
    pub(crate) simulated: bool,
}

impl Quota {
    pub(crate) fn share(&self) -> f64 {
        self.used / self.limit
    }
}

/// Every quota that the load comes near, the nearest first.
pub(crate) fn quotas(setup: &Setup<'_>, run: &Run) -> Vec<Quota> {
    let mut quotas = lambda(setup, run);
    quotas.extend(sqs(setup, run));
    if setup.feed.has_store {
        quotas.extend(store(run));
    }
    quotas.sort_by(|a, b| b.share().total_cmp(&a.share()));
    quotas
}

fn lambda(setup: &Setup<'_>, run: &Run) -> Vec<Quota> {
    let (concurrency, at) = run.peak(|it| it.concurrency);
    let quota = |name: &str, used: f64, limit: f64, beyond| Quota {
        name: name.to_owned(),
        used,
        limit,
        at_ms: Some(at),
        beyond,
        simulated: true,
    };
    let own = setup.feed.mapping.maximum_concurrency;
    let name = match own {
        Some(_) => "MaximumConcurrency of the mapping",
        None => "concurrency of a mapping",
    };
    let limit = f64::from(own.unwrap_or(MAPPING_CONCURRENCY));
    let function = match setup.feed.reserved_concurrency {
        Some(_) => "reserved concurrency of the function",
        None => "Lambda concurrency of the account",
    };
    let account = f64::from(setup.concurrency);
    let mut quotas = vec![
        quota(name, concurrency as f64, limit, "messages wait"),
        quota(
            function,
            concurrency as f64,
            account,
            "invocations are throttled",
        ),
    ];
    let growth = |ms| growth(run, ms);
    if !setup.feed.fifo && own.is_none_or(|it| it > 5) {
        let (used, at) = growth(60_000);
        quotas.push(Quota {
            at_ms: Some(at),
            ..quota(
                "growth of a mapping in a minute",
                used,
                MAPPING_GROWTH,
                "messages wait",
            )
        });
    }
    let (used, at) = growth(10_000);
    quotas.push(Quota {
        at_ms: Some(at),
        simulated: false,
        ..quota(
            "growth of a function in 10 s",
            used,
            FUNCTION_GROWTH,
            "invocations are throttled",
        )
    });
    let batch = f64::from(setup.feed.mapping.batch_size) * record_bytes(setup.size) as f64;
    quotas.push(Quota {
        at_ms: None,
        ..quota(
            "payload of a full batch, in bytes",
            batch,
            PAYLOAD,
            "batches are closed before they are full",
        )
    });
    quotas
}

/// The most by which concurrency grew in so much time, and when.
fn growth(run: &Run, ms: u64) -> (f64, u64) {
    let steps = (ms / run.step_ms).max(1) as usize;
    // Samples may be further apart than that.
    let part = (ms as f64 / (run.step_ms * steps as u64) as f64).min(1.0);
    let grown = run.samples.iter().zip(run.samples.iter().skip(steps));
    let grown = grown.map(|(before, after)| {
        let more = after.concurrency.saturating_sub(before.concurrency);
        (more as f64 * part, after.at_ms)
    });
    let first = run.samples.first().map_or((0.0, 0), |it| (0.0, it.at_ms));
    grown.fold(first, |most, it| if it.0 > most.0 { it } else { most })
}

fn sqs(setup: &Setup<'_>, run: &Run) -> Vec<Quota> {
    let (in_flight, at) = run.peak(|it| it.in_flight);
    let (oldest, old_at) = run.peak(|it| it.oldest_ms);
    let mut quotas = vec![
        Quota {
            name: "messages in flight of a queue".into(),
            used: in_flight as f64,
            limit: IN_FLIGHT,
            at_ms: Some(at),
            beyond: "receives are refused",
            simulated: true,
        },
        Quota {
            name: "retention of the queue, in seconds".into(),
            used: oldest as f64 / 1_000.0,
            limit: setup.feed.retention_s.max(1) as f64,
            at_ms: Some(old_at),
            beyond: "messages are lost",
            simulated: true,
        },
    ];
    if setup.feed.fifo {
        quotas.extend(fifo(setup, run));
    }
    quotas
}

/// Each operation has its quota; a request counts once, however many messages it is for.
fn fifo(setup: &Setup<'_>, run: &Run) -> Vec<Quota> {
    let limit = match setup.feed.high_throughput {
        true => FIFO_REQUESTS_HIGH,
        false => FIFO_REQUESTS,
    };
    let quota = |name: &str, of: fn(&Sample) -> u64, beyond| {
        let (count, at) = run.peak(of);
        Quota {
            name: name.to_owned(),
            used: run.per_second(count),
            limit,
            at_ms: Some(at),
            beyond,
            simulated: false,
        }
    };
    vec![
        quota(
            "sends a second to a FIFO queue, one by one",
            |it| it.sent,
            "sends are throttled; batches of ten take a tenth",
        ),
        quota(
            "receives a second from a FIFO queue",
            |it| it.receives,
            "receives are throttled, messages wait",
        ),
        quota(
            "deletes a second from a FIFO queue",
            |it| it.deletes,
            "deletes are throttled, groups wait",
        ),
    ]
}

fn store(run: &Run) -> Vec<Quota> {
    let (writes, at) = run.peak(|it: &Sample| it.writes);
    let quota = |name: &str, limit, beyond| Quota {
        name: name.to_owned(),
        used: run.per_second(writes),
        limit,
        at_ms: Some(at),
        beyond,
        simulated: false,
    };
    vec![
        quota(
            "writes a second of a new on-demand table",
            NEW_TABLE_WRITES,
            "writes are throttled until the table has grown, or was warmed up",
        ),
        quota(
            "writes a second of a table",
            TABLE_WRITES,
            "writes are throttled",
        ),
    ]
}
