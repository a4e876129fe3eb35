//! What a workload uses of each service: quantities, and how each comes about.

mod beside;

use serde::Serialize;

use super::batches::{chunks, fill, idle_receives, receive_fill, rounds, send_fill};
use super::feed::{Architecture, Encryption, Feed};
use super::prices::Meter;
use super::store::{Record, SINGLE_UP_TO, Way};
use super::units::{long, short};
use super::workload::{MONTH_S, Workload};

/// A line of the bill.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Use {
    /// What for, in words.
    pub(crate) item: &'static str,
    /// What AWS counts.
    pub(crate) meter: Meter,
    /// How many units of it.
    pub(crate) quantity: f64,
    /// How the quantity comes about.
    pub(crate) how: String,
}

/// What the numbers of a workload come to at one feed.
struct Month<'a> {
    feed: &'a Feed,
    workload: &'a Workload,
    fill: f64,
    /// Messages that are delivered because they were sent twice.
    duplicates: f64,
    deliveries: f64,
    completed: f64,
    invocations: f64,
}

/// Everything one feed uses in a month.
pub(crate) fn usage(feed: &Feed, workload: &Workload) -> Vec<Use> {
    let month = Month::new(feed, workload);
    let mut lines = month.requests();
    lines.extend(month.fair_queues(&lines));
    if workload.workers.is_none() {
        lines.extend(month.pollers());
        lines.extend(month.lambda());
        lines.extend(month.logs());
        lines.extend(month.metrics());
    }
    if workload.records.unwrap_or(feed.has_store) {
        lines.extend(month.records());
    }
    lines.extend(month.keys());
    lines.retain(|it| it.quantity > 0.0);
    lines
}

impl<'a> Month<'a> {
    fn new(feed: &'a Feed, workload: &'a Workload) -> Self {
        let fill = fill(feed, workload);
        // SQS itself drops what is sent to a FIFO queue twice within five minutes.
        let duplicates = match feed.fifo {
            true => 0.0,
            false => workload.messages * workload.duplicate_rate,
        };
        let fails = workload.retry_rate;
        // Tries come to an end at the dead-letter queue: 1 + p + p² + … + pⁿ⁻¹.
        let limit = feed.max_receive_count.unwrap_or(u64::MAX);
        let given_up = fails.powi(i32::try_from(limit).unwrap_or(i32::MAX));
        let tries = match fails {
            1.0 => feed.max_receive_count.unwrap_or(1) as f64,
            _ => (1.0 - given_up) / (1.0 - fails),
        };
        let deliveries = workload.messages * tries + duplicates;
        Self {
            feed,
            workload,
            fill,
            duplicates,
            deliveries,
            completed: workload.messages * (1.0 - given_up),
            invocations: deliveries / fill,
        }
    }

    /// How long an invocation takes, as it is billed: by the millisecond, rounded up.
    fn billed_s(&self) -> f64 {
        let workload = self.workload;
        let took = workload.duration.as_secs_f64() * rounds(self.fill, workload);
        // A float's noise must not count as a millisecond.
        (took * 1_000.0 - 1e-6).ceil() / 1_000.0
    }

    fn failures(&self) -> f64 {
        self.deliveries - self.duplicates - self.completed
    }

    fn requests(&self) -> Vec<Use> {
        let meter = match self.feed.fifo {
            true => Meter::SqsFifo,
            false => Meter::SqsStandard,
        };
        let size = self.workload.size as f64;
        let line = |item, quantity, how| Use {
            item,
            meter,
            quantity,
            how,
        };
        let sent = self.workload.messages * (1.0 + self.workload.duplicate_rate);
        let each = send_fill(self.workload);
        let weight = chunks(each * size);
        let send = line(
            "SQS send",
            sent / each * weight,
            format!(
                "{} messages ÷ {each} a send × {weight} of 64 KB",
                short(sent)
            ),
        );
        let (all, each) = (self.deliveries, receive_fill(self.fill));
        let weight = chunks(each * size);
        let filled = short(each);
        let receive = line(
            "SQS receive",
            all / each * weight,
            format!(
                "{} deliveries ÷ {filled} a receive × {weight} of 64 KB",
                short(all)
            ),
        );
        let (empty, who) = idle_receives(self.feed, self.workload);
        let idle = line("SQS idle polling", empty, who);
        let gone = self.completed + self.duplicates;
        let delete = line(
            "SQS delete",
            gone / each,
            format!("{} messages ÷ {filled} a delete", short(gone)),
        );
        let failures = self.failures();
        let hide = line(
            "SQS visibility",
            failures,
            format!("{} failures, each hidden by itself", short(failures)),
        );
        vec![send, receive, delete, hide, idle]
    }

    fn lambda(&self) -> Vec<Use> {
        let feed = self.feed;
        let batch = short(self.fill);
        let billed = self.billed_s();
        let memory = feed.memory_mb as f64 / 1_024.0;
        let (meter, name) = match feed.architecture {
            Architecture::Arm64 => (Meter::LambdaGbSecondsArm, "arm64"),
            Architecture::X86 => (Meter::LambdaGbSecondsX86, "x86_64"),
        };
        let took = long(std::time::Duration::from_secs_f64(billed));
        vec![
            Use {
                item: "Lambda requests",
                meter: Meter::LambdaRequests,
                quantity: self.invocations,
                how: format!("{} deliveries ÷ {batch} a batch", short(self.deliveries)),
            },
            Use {
                item: "Lambda GB-seconds",
                meter,
                quantity: self.invocations * billed * memory,
                how: format!(
                    "{} invocations × {took} × {} MB, {name}",
                    short(self.invocations),
                    feed.memory_mb
                ),
            },
        ]
    }

    fn records(&self) -> Vec<Use> {
        let way = match self.fill <= SINGLE_UP_TO {
            true => Way::Single,
            false => Way::Batched,
        };
        let record = Record {
            bytes: self.workload.record_bytes,
            way,
            effects: self.workload.effects,
        };
        let first = self.workload.messages;
        // These find the record that the try before them has released.
        let again = self.deliveries - self.duplicates - first;
        let write = |item, quantity, how| Use {
            item,
            meter: Meter::DynamodbWriteUnits,
            quantity,
            how,
        };
        let named = match way {
            Way::Single => "one by one",
            Way::Batched => "in batches",
        };
        let unit = |units: f64| match units {
            1.0 => "× 1 unit".to_owned(),
            _ => format!("× {} units", short(units)),
        };
        vec![
            write(
                "DynamoDB claims",
                first * record.claim() + again * record.claim_again(),
                format!(
                    "{} first tries and {} more, {named}",
                    short(first),
                    short(again)
                ),
            ),
            write(
                "DynamoDB completions",
                self.completed * record.complete(),
                match record.effects {
                    0 => format!(
                        "{} messages {}",
                        short(self.completed),
                        unit(record.complete())
                    ),
                    n => format!(
                        "{} transactions of the record and {n} more, {}",
                        short(self.completed),
                        unit(record.complete())
                    ),
                },
            ),
            write(
                "DynamoDB releases",
                self.failures() * record.release(),
                format!(
                    "{} failures {}",
                    short(self.failures()),
                    unit(record.release())
                ),
            ),
            write(
                "DynamoDB duplicates",
                self.duplicates * record.claim(),
                format!(
                    "{} claims that are refused, and cost as much",
                    short(self.duplicates)
                ),
            ),
            Use {
                item: "DynamoDB reads",
                meter: Meter::DynamodbReadUnits,
                quantity: (again + self.duplicates) * record.look(),
                how: format!("{} records read back", short(again + self.duplicates)),
            },
            Use {
                item: "DynamoDB storage, GB",
                meter: Meter::DynamodbGbMonths,
                quantity: first * (record.bytes + 100) as f64 / 1e9,
                how: format!("{} records for 30 days, in GB", short(first)),
            },
        ]
    }

    fn logs(&self) -> Vec<Use> {
        let (per_message, per_invocation) = (
            self.workload.log_per_message as f64,
            self.workload.log_per_invocation as f64,
        );
        let bytes = self.deliveries * per_message + self.invocations * per_invocation;
        vec![Use {
            item: "CloudWatch logs, GB",
            meter: Meter::LogGb,
            quantity: bytes / 1e9,
            how: format!("{per_message} B a delivery and {per_invocation} B an invocation, in GB"),
        }]
    }

    fn keys(&self) -> Vec<Use> {
        if self.feed.encryption == Encryption::Sqs || self.workload.messages == 0.0 {
            return Vec::new();
        }
        let (reuse, producers) = (self.feed.key_reuse_s, self.workload.producers);
        let consumers = self.workload.workers.unwrap_or(1);
        let callers = 2 * producers + consumers;
        vec![Use {
            item: "KMS requests",
            meter: Meter::KmsRequests,
            // Where messages are few, not every period has a call; this is the most there can be.
            quantity: MONTH_S / reuse as f64 * callers as f64,
            how: format!("30 days ÷ {reuse} s × (2 × {producers} senders + {consumers} receivers)"),
        }]
    }
}
