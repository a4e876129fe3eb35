//! What a change of the template, or of how it is used, would save.

use serde::Serialize;

use super::bill::{Stack, bill};
use super::feed::{Architecture, Encryption, Feed};
use super::prices::Tariffs;
use super::workload::Workload;

/// A change and what it is worth.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct WhatIf {
    /// The queue or function that would change.
    pub(crate) resource: String,
    /// What would be different.
    pub(crate) change: &'static str,
    /// Dollars a month; negative if it costs more.
    pub(crate) saving: f64,
    /// What it costs otherwise.
    pub(crate) but: &'static str,
}

/// A change that can be tried on any feed; `None` where it changes nothing.
struct Change {
    name: &'static str,
    but: &'static str,
    function: bool,
    apply: fn(&mut Feed, &mut Workload) -> Option<()>,
}

const CHANGES: [Change; 8] = [
    Change {
        name: "a window of 1 s",
        but: "up to 1 s more until a message is handled",
        function: false,
        apply: |feed, workload| window(feed, workload, 1, 10),
    },
    Change {
        name: "a window of 5 s, batches of up to 100",
        but: "up to 5 s more until a message is handled",
        function: false,
        apply: |feed, workload| window(feed, workload, 5, 100),
    },
    Change {
        name: "batches of up to 10",
        but: "handlers see several messages at a time",
        function: false,
        apply: |feed, _| {
            (feed.mapping.batch_size < 10).then_some(())?;
            feed.mapping.batch_size = 10;
            Some(())
        },
    },
    Change {
        name: "sends in tens",
        but: "senders wait until they have ten messages",
        function: false,
        apply: |_, workload| {
            (workload.send_batch < 10).then_some(())?;
            workload.send_batch = 10;
            Some(())
        },
    },
    Change {
        name: "long polling of 20 s",
        but: "nothing; Lambda polls so always",
        function: false,
        apply: |feed, workload| {
            (workload.workers.is_some() && feed.receive_wait_s < 20).then_some(())?;
            feed.receive_wait_s = 20;
            Some(())
        },
    },
    Change {
        name: "standard instead of FIFO",
        but: "no order, and duplicates that FIFO drops",
        function: false,
        apply: |feed, _| {
            feed.fifo.then_some(())?;
            feed.fifo = false;
            Some(())
        },
    },
    Change {
        name: "arm64 instead of x86_64",
        but: "native dependencies must build for it",
        function: true,
        apply: |feed, _| {
            (feed.architecture == Architecture::X86).then_some(())?;
            feed.architecture = Architecture::Arm64;
            Some(())
        },
    },
    Change {
        name: "SSE-SQS instead of KMS",
        but: "no key policy, and no trail of its use",
        function: false,
        apply: |feed, _| {
            (feed.encryption != Encryption::Sqs).then_some(())?;
            feed.encryption = Encryption::Sqs;
            Some(())
        },
    },
];

/// Every change to every feed, what saves most first.
pub(crate) fn what_if(stack: &Stack, tariffs: &Tariffs, free: bool) -> Vec<WhatIf> {
    let now = bill(stack, tariffs, free).total;
    let mut found = Vec::new();
    for index in 0..stack.feeds.len() {
        for change in &CHANGES {
            let mut changed = stack.clone();
            let (feed, workload) = &mut changed.feeds[index];
            if (change.apply)(feed, workload).is_none() {
                continue;
            }
            let total = bill(&changed, tariffs, free).total;
            let (feed, _) = &stack.feeds[index];
            let resource = if change.function {
                &feed.function
            } else {
                &feed.queue
            };
            found.push(WhatIf {
                resource: resource.clone(),
                change: change.name,
                saving: now - total,
                but: change.but,
            });
        }
    }
    found.sort_by(|a, b| b.saving.total_cmp(&a.saving));
    found
}

fn window(feed: &mut Feed, workload: &Workload, seconds: u32, size: u32) -> Option<()> {
    let free = !feed.fifo && workload.workers.is_none() && workload.batch_fill.is_none();
    (free && feed.mapping.window_seconds < seconds).then_some(())?;
    feed.mapping.window_seconds = seconds;
    feed.mapping.batch_size = feed.mapping.batch_size.max(size);
    Some(())
}
