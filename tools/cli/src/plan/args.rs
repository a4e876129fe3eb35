//! The arguments of `plan`.

use std::path::PathBuf;

use clap::Args;

use super::PlanError;
use super::clock::{DAY_MS, Span};
use super::durations::Durations;
use super::files;
use super::handlers::Handlers;
use super::load::{Burst, Curve, Load};
use crate::args::{Output, Source};
use crate::cost::units;

/// What is simulated if nothing else is said.
const HOUR_MS: u64 = 3_600_000;

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 simulated, whatever came of it · 2 not simulated: arguments, files, the template, or nothing in it that is fed from a queue"
)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    load: LoadArgs,
    #[command(flatten)]
    handlers: HandlerArgs,
    /// Size of a message, attributes included
    #[arg(long, value_name = "SIZE", value_parser = units::message_size, default_value = "4KB")]
    pub(super) size: u64,
    /// Message groups of a FIFO queue, each as busy as the others
    #[arg(long, value_name = "N", value_parser = units::whole, default_value = "100")]
    pub(super) groups: u64,
    /// Lambda's concurrency that the account leaves for a function without one of its own
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), default_value_t = 1_000)]
    pub(super) account_concurrency: u32,
    /// Simulate about so many messages at most for each function; larger loads are scaled down
    #[arg(long, value_name = "COUNT", value_parser = units::whole, default_value = "500k")]
    pub(super) max_messages: u64,
    /// Decides all that is left to chance
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(super) seed: u64,
    /// Only this function: its logical id or its binary [default: each that is fed from a queue]
    #[arg(long, value_name = "NAME")]
    pub(super) function: Option<String>,
    /// Write the charts into this file; with several functions, one file for each, with its name
    #[arg(long, value_name = "FILE")]
    pub(super) svg: Option<PathBuf>,
    /// How to print it; json is one document, with every sample
    #[arg(short, long, value_enum, default_value_t = Output::Human)]
    pub(super) output: Output,
    #[command(flatten)]
    pub(super) source: Source,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Load, of each function")]
struct LoadArgs {
    /// Messages that are sent: 20000/s, 300/min, 50M/day
    #[arg(long, value_name = "RATE", value_parser = units::rate, required_unless_present = "curve")]
    rate: Option<f64>,
    /// A day of rates: a CSV file with lines such as 08:30,200/s, each until the next
    #[arg(long, value_name = "FILE", conflicts_with = "rate")]
    curve: Option<PathBuf>,
    /// More messages for a while: RATE:TIME@START, such as 5000/s:2m@1h; may be given several times
    #[arg(long = "burst", value_name = "RATE:TIME@START", value_parser = burst)]
    bursts: Vec<Burst>,
    /// A time in which every handler fails: TIME@START, such as 10m@2h; may be given several times
    #[arg(long = "outage", value_name = "TIME@START", value_parser = span)]
    outages: Vec<Span>,
    /// How much time to simulate [default: an hour, or what bursts and outages need, or a day]
    #[arg(long = "for", value_name = "TIME", value_parser = milliseconds)]
    length: Option<u64>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Handlers")]
struct HandlerArgs {
    /// How long a handler takes for one message: 300ms, or p50=200ms,p95=1s,p99=3s
    #[arg(long, value_name = "TIME", value_parser = durations, default_value = "300ms")]
    duration: Durations,
    /// The same as a histogram: a CSV file with lines such as 250ms,1200 (a time and how often)
    #[arg(long, value_name = "FILE", conflicts_with = "duration")]
    durations: Option<PathBuf>,
    /// Share of the tries that fail
    #[arg(long, value_name = "SHARE", value_parser = units::share, default_value = "0%")]
    failure_rate: f64,
    /// Share of the messages that fail at every try
    #[arg(long, value_name = "SHARE", value_parser = units::share, default_value = "0%")]
    poison_rate: f64,
    /// Share of the messages that are sent twice
    #[arg(long, value_name = "SHARE", value_parser = units::share, default_value = "0%")]
    duplicate_rate: f64,
    /// Handlers of a batch that run side by side; the toolkit's default
    #[arg(long, value_name = "N", value_parser = units::whole, default_value = "10")]
    handlers: u64,
    /// First wait before a try is repeated [default: the function's RETRY_BACKOFF_SECONDS, or the
    /// queue's visibility timeout]
    #[arg(long, value_name = "TIME", value_parser = milliseconds)]
    backoff: Option<u64>,
}

impl PlanArgs {
    /// The load, read from its file if it is in one.
    pub(super) fn load(&self) -> Result<Load, PlanError> {
        let args = &self.load;
        let curve = match &args.curve {
            Some(path) => files::curve(path)?,
            None => Curve::constant(args.rate.unwrap_or_default()),
        };
        let bursts = args.bursts.iter().map(|it| it.span.end_ms);
        let last = bursts.chain(args.outages.iter().map(|it| it.end_ms)).max();
        // As long again as it has taken so far, to see what follows.
        let usual = match args.curve {
            Some(_) => DAY_MS,
            None => HOUR_MS,
        };
        let needed = last.map_or(usual, |it| usual.max(it + HOUR_MS));
        Ok(Load {
            curve,
            bursts: args.bursts.clone(),
            outages: args.outages.clone(),
            span: Span::new(0, args.length.unwrap_or(needed).max(1_000)),
        })
    }

    /// The handlers of a function whose first backoff is the template's.
    pub(super) fn handlers(&self, backoff_s: Option<u64>) -> Result<Handlers, PlanError> {
        let args = &self.handlers;
        Ok(Handlers {
            durations: match &args.durations {
                Some(path) => files::histogram(path)?,
                None => args.duration.clone(),
            },
            failure_rate: args.failure_rate,
            poison_rate: args.poison_rate,
            duplicate_rate: args.duplicate_rate,
            lanes: usize::try_from(args.handlers).unwrap_or(usize::MAX),
            backoff_s: args.backoff.map(|it| it.div_ceil(1_000)).or(backoff_s),
        })
    }
}

pub(super) fn milliseconds(text: &str) -> Result<u64, String> {
    let duration = units::duration(text)?;
    // A year is more than anybody waits for.
    match u64::try_from(duration.as_millis()) {
        Ok(ms) if ms <= 366 * DAY_MS => Ok(ms),
        _ => Err("a year is the most".into()),
    }
}

fn span(text: &str) -> Result<Span, String> {
    let (length, start) = text
        .split_once('@')
        .ok_or("write TIME@START, such as 10m@2h")?;
    let start = milliseconds(start)?;
    Ok(Span::new(start, start + milliseconds(length)?))
}

fn burst(text: &str) -> Result<Burst, String> {
    let (rate, when) = text
        .split_once(':')
        .ok_or("write RATE:TIME@START, such as 5000/s:2m@1h")?;
    Ok(Burst {
        rate: units::rate(rate)?,
        span: span(when)?,
    })
}

fn durations(text: &str) -> Result<Durations, String> {
    let form = "write a time such as 300ms, or p50=200ms,p95=1s,p99=3s";
    let ms = |text: &str| units::duration(text).map(|it| it.as_secs_f64() * 1_000.0);
    if !text.contains('=') {
        return ms(text).map(Durations::Constant);
    }
    let mut found = [None; 3];
    for part in text.split(',') {
        let (name, value) = part.split_once('=').ok_or(form)?;
        let names = ["p50", "p95", "p99"];
        let index = names.iter().position(|it| *it == name.trim()).ok_or(form)?;
        found[index] = Some(ms(value.trim())?);
    }
    match found {
        [Some(p50), Some(p95), Some(p99)] if 0.0 < p50 && p50 <= p95 && p95 <= p99 => {
            Ok(Durations::Percentiles { p50, p95, p99 })
        }
        [Some(_), Some(_), Some(_)] => {
            Err("p50 must be above 0, p95 not below it, p99 not below that".into())
        }
        _ => Err(form.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bursts_and_outages_are_read() {
        assert_eq!(span("10m@2h"), Ok(Span::new(7_200_000, 7_800_000)));
        let expected = Burst {
            rate: 5_000.0,
            span: Span::new(3_600_000, 3_720_000),
        };
        assert_eq!(burst("5000/s:2m@1h"), Ok(expected));
        for text in ["10m", "@", "10m@", "x@1h", "9999y@1h"] {
            assert!(span(text).is_err(), "{text}");
        }
        assert!(burst("2m@1h").is_err());
    }

    #[test]
    fn durations_are_a_time_or_three_percentiles() {
        assert_eq!(durations("300ms"), Ok(Durations::Constant(300.0)));
        let percentiles = Durations::Percentiles {
            p50: 200.0,
            p95: 1_000.0,
            p99: 3_000.0,
        };
        assert_eq!(durations("p50=200ms, p95=1s, p99=3s"), Ok(percentiles));
        for text in [
            "p50=1s",
            "p50=2s,p95=1s,p99=3s",
            "p50=0s,p95=1s,p99=1s",
            "p10=1s,p95=1s,p99=1s",
        ] {
            assert!(durations(text).is_err(), "{text}");
        }
    }
}
