//! What a run came to, for programs: one document, on a line.

use std::time::Duration;

use serde::Serialize;

use crate::local::Call;
use crate::local::summary::{ChaosSummary, FunctionSummary, QueueSummary, Summary};

#[derive(Serialize)]
struct Document<'a> {
    completed: u64,
    dead_lettered: u64,
    took_ms: u64,
    queues: &'a [QueueSummary],
    functions: Vec<Function<'a>>,
    chaos: Option<&'a ChaosSummary>,
}

/// Times are null where nothing took any.
#[derive(Serialize)]
struct Function<'a> {
    name: &'a str,
    invocations: usize,
    errors: usize,
    throttles: usize,
    p50_ms: Option<f64>,
    p99_ms: Option<f64>,
    starts: usize,
    init_ms: Option<f64>,
    /// Only where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    calls: Option<Vec<Called<'a>>>,
}

#[derive(Serialize)]
struct Called<'a> {
    #[serde(flatten)]
    call: &'a Call,
    times: u64,
}

/// The summary as JSON.
pub(crate) fn summary_json(summary: &Summary) -> String {
    let document = Document {
        completed: summary.completed(),
        dead_lettered: summary.dead_lettered(),
        took_ms: u64::try_from(summary.took.as_millis()).unwrap_or(u64::MAX),
        queues: &summary.queues,
        functions: summary.functions.iter().map(function).collect(),
        chaos: summary.chaos.as_ref(),
    };
    // Serialising these types cannot fail: their keys are strings.
    serde_json::to_string(&document).unwrap_or_default() + "\n"
}

fn function(function: &FunctionSummary) -> Function<'_> {
    let tally = &function.tally;
    Function {
        name: &function.name,
        invocations: tally.invocations,
        errors: tally.errors,
        throttles: tally.throttles,
        p50_ms: tally.percentile(50).map(milliseconds),
        p99_ms: tally.percentile(99).map(milliseconds),
        starts: tally.starts,
        init_ms: (tally.starts > 0).then(|| milliseconds(tally.init)),
        calls: function.calls.as_ref().map(|calls| {
            let calls = calls.iter();
            let calls = calls.map(|(call, times)| Called {
                call,
                times: *times,
            });
            calls.collect()
        }),
    }
}

/// To a tenth.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10_000.0).round() / 10.0
}
