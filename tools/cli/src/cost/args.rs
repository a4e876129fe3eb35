//! The arguments of `cost`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::units;
use super::workload::Workload;
use crate::args::{Output, Source};

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 told · 2 not told: arguments, the template, the prices, or nothing in the template that is fed from a queue"
)]
pub(crate) struct CostArgs {
    #[command(flatten)]
    pub(crate) workload: WorkloadArgs,
    /// Only this function: its logical id or its binary [default: each that is fed from a queue]
    #[arg(long, value_name = "NAME")]
    pub(crate) function: Option<String>,
    /// Say of each line how its quantity comes about
    #[arg(long)]
    pub(crate) explain: bool,
    /// The account's free tiers are used up by others
    #[arg(long)]
    pub(crate) no_free_tier: bool,
    /// The region whose prices apply
    #[arg(long, value_name = "REGION", default_value = "us-east-1")]
    pub(crate) region: String,
    /// Prices of your own, in the form of --show-prices
    #[arg(long, value_name = "FILE")]
    pub(crate) prices: Option<PathBuf>,
    /// Print the prices that come with the command, with their date and sources, and end
    #[arg(long)]
    pub(crate) show_prices: bool,
    /// How to print it; json is one document
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) source: Source,
}

/// A month of messages, for each function.
#[derive(Debug, Args)]
#[command(next_help_heading = "Workload, of each function")]
pub(crate) struct WorkloadArgs {
    /// Messages a month: 500k, 50M, 2B
    #[arg(long, value_name = "COUNT", value_parser = units::count, required_unless_present = "show_prices")]
    messages: Option<f64>,
    /// Size of a message, attributes included: 4KB, 1MiB
    #[arg(long, value_name = "SIZE", value_parser = units::message_size, default_value = "4KB")]
    size: u64,
    /// How long the handler takes for one message
    #[arg(long, value_name = "TIME", value_parser = units::duration, default_value = "300ms")]
    duration: Duration,
    /// Share of the deliveries that fail and come back
    #[arg(long, value_name = "SHARE", value_parser = units::share, default_value = "0%")]
    retry_rate: f64,
    /// Share of the messages that are sent twice
    #[arg(long, value_name = "SHARE", value_parser = units::share, default_value = "0%")]
    duplicate_rate: f64,
    /// Handlers of a batch that run side by side; the toolkit's default
    #[arg(long, value_name = "N", value_parser = units::whole, default_value = "10")]
    handlers: u64,
    /// Messages in a batch on average [default: what comes evenly and is taken at once makes]
    #[arg(long, value_name = "N", value_parser = units::count)]
    batch_fill: Option<f64>,
    /// Messages that senders put into one request
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10), default_value_t = 1)]
    send_batch: u64,
    /// Programs that send; each needs data keys of its own from KMS
    #[arg(long, value_name = "N", value_parser = units::whole, default_value = "1")]
    producers: u64,
    /// The queue is read by so many programs in a loop, not by Lambda
    #[arg(long, value_name = "N", value_parser = units::whole)]
    workers: Option<u64>,
    /// Messages on a standard queue have a message group id, which makes it a fair queue
    #[arg(long)]
    fair_queue: bool,
    /// Metrics of its own that the function writes [default: the toolkit's 22, if messages have
    /// idempotency records]
    #[arg(long, value_name = "N")]
    metrics: Option<u64>,
    /// Whether each message has an idempotency record [default: if the function has a variable
    /// IDEMPOTENCY_TABLE]
    #[arg(long, value_name = "BOOL")]
    records: Option<bool>,
    /// Size of an idempotency record, stored output included
    #[arg(long, value_name = "SIZE", value_parser = units::size, default_value = "400B")]
    record_size: u64,
    /// Items that a handler writes in the transaction that completes its record
    #[arg(long, value_name = "N", default_value_t = 0)]
    effects: u64,
    /// What the function logs for a message
    #[arg(long, value_name = "SIZE", value_parser = units::size, default_value = "350B")]
    log_per_message: u64,
    /// What Lambda and the function log for an invocation, metrics included
    #[arg(long, value_name = "SIZE", value_parser = units::size, default_value = "1500B")]
    log_per_invocation: u64,
}

impl WorkloadArgs {
    pub(super) fn workload(&self) -> Workload {
        Workload {
            messages: self.messages.unwrap_or_default(),
            size: self.size,
            duration: self.duration,
            retry_rate: self.retry_rate,
            duplicate_rate: self.duplicate_rate,
            handlers: self.handlers,
            send_batch: self.send_batch,
            batch_fill: self.batch_fill,
            producers: self.producers,
            workers: self.workers,
            records: self.records,
            record_bytes: self.record_size,
            effects: self.effects,
            fair_queue: self.fair_queue,
            metrics: self.metrics,
            log_per_message: self.log_per_message,
            log_per_invocation: self.log_per_invocation,
        }
    }
}
