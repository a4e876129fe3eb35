//! The page: what was measured and how, what came of it, what was promised.

use std::fmt::Write;

use super::crossings::crossings;
use super::{ratios, scenarios};
use crate::results::Results;
use crate::targets::Target;

const HEAD: &str = "# Benchmarks

Written by `cargo bench-peers`, which sets up who takes part, measures, and writes this page, its pictures and
[results.json](results.json). Figures compare lines of one run on one machine; on another machine the times differ, and
so may some of the ratios.

";

const PEERS: &str = "## Who takes part

| name | what it is |
|---|---|
| `limit` | Rust by hand: HTTP/1.1 on sockets, borrowed parsing, `BatchExecuteStatement` with 25 statements, signatures by `aws-sigv4`; no SDK, no `lambda_runtime`, and nothing for the case that something goes wrong |
| `limit-single` | the same with two `UpdateItem` a message |
| `toolkit` | lambda-queue as its README has it |
| `toolkit-batched`, `toolkit-single` | the same, always in batches, never in batches |
| `plain` | a handler by hand on `lambda_runtime` and `aws-sdk-dynamodb`: two conditional writes a message, 32 messages at a time |
| `typescript` | Powertools for AWS Lambda (TypeScript) 2.35, `BatchProcessor` (parallel) with `makeIdempotent` |
| `python` | Powertools for AWS Lambda (Python) 3.37, `BatchProcessor` (one after the other) with `idempotent_function` |
| `empty` | `lambda_runtime` and a function that does nothing |

All do the same work: parse the body, hash it (SHA-256), fail if it says so; the key is its field `id`. `limit` and
`toolkit` also keep a hash of the payload with the record, the others do not. Each is a process behind a small Runtime
API, started as Lambda would; Python by AWS's own `awslambdaric`, Node.js by a small loop of the same kind, since
`aws-lambda-ric` is built from source with cmake and autotools. TLS is left out everywhere.

## How

A run is one process: its start until the first poll (*init*), the *first* invocation, some to warm up (30 ms of CPU
time; 1.5 s where code is compiled while it runs), then the ones that count, with the median of their times. CPU is the
kernel's clock of the process (user and system, all threads), from poll to poll. Peak memory is `VmHWM`. The store is a
stub in the benchmark's process that answers DynamoDB's protocol from memory, waits before each answer as long as the
scenario says, and counts requests and bytes, headers included, both ways. Every response is checked, and how many
records are completed; the same is done on [dynoxide](https://crates.io/crates/dynoxide-rs). Peers take turns within a
round; figures are medians over the rounds, in brackets the least and the most. × is the ratio to `limit`.

`5-15ms` is 5 ms for an operation on one item and 15 ms for a batched one: what they take on AWS is not known here. Who
makes no batched calls is as fast as at `5ms`, and not measured again; nor is who takes more than six seconds for a run
without any wait, such as `python` with 1,000 messages.

";

/// The page in Markdown.
pub(crate) fn page(results: &Results) -> String {
    let mut out = HEAD.to_owned();
    machine(&mut out, results);
    pictures(&mut out);
    targets(&mut out, &results.targets);
    ratios::write(&mut out, results);
    out.push_str(PEERS);
    out.push_str(&crossings(&results.crossings));
    sizes(&mut out, results);
    scenarios::write(&mut out, results);
    out
}

fn pictures(out: &mut String) {
    for (file, text) in [
        ("cpu.svg", "CPU time of a message by batch size"),
        ("init.svg", "Init"),
        ("memory.svg", "Peak memory"),
    ] {
        let _ = writeln!(out, "![{text}]({file})\n");
    }
}

fn targets(out: &mut String, targets: &[Target]) {
    out.push_str("## Targets\n\n| target | at most | measured | |\n|---|---|---|---|\n");
    for target in targets {
        let Target {
            what,
            measured,
            at_most,
            at_least,
        } = target;
        let bound = match at_least {
            Some(least) => format!("{least}–{at_most}"),
            None => format!("{}", (at_most * 100.0).round() / 100.0),
        };
        let met = match target.is_met() {
            true => "met",
            false => "**not met**",
        };
        let _ = writeln!(out, "| {what} | {bound} | {measured:.2} | {met} |");
    }
    let met = targets.iter().filter(|it| it.is_met()).count();
    let _ = writeln!(out, "\n{met} of {} are met.\n", targets.len());
}

fn machine(out: &mut String, results: &Results) {
    let it = &results.machine;
    let _ = writeln!(
        out,
        "Measured with `{}` on {} × {}, {} GB, {}; load before it: {:.1}. {}, {}, Node.js {}.\n",
        results.command,
        it.processors,
        it.processor,
        it.memory_gb,
        it.kernel,
        it.load_before,
        it.rust,
        it.python,
        it.node
    );
    if f64::from(it.load_before) > it.processors as f64 / 2.0 {
        out.push_str("**The machine was busy with other work.** Times are longer than they would be, and ratios are rough.\n\n");
    }
    for trouble in &results.troubles {
        let _ = writeln!(
            out,
            "- not measured: {}",
            trouble.lines().next().unwrap_or_default()
        );
    }
    if !results.troubles.is_empty() {
        out.push('\n');
    }
}

fn sizes(out: &mut String, results: &Results) {
    if results.sizes.is_empty() {
        return;
    }
    out.push_str("## Binaries\n\nRelease profile, stripped.\n\n| binary | MB |\n|---|---|\n");
    for size in &results.sizes {
        let _ = writeln!(
            out,
            "| `{}` | {:.1} |",
            size.binary,
            size.bytes as f64 / 1e6
        );
    }
    out.push('\n');
}
