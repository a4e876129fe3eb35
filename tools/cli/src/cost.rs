//! What a month of messages costs: a pure model of AWS's bill, with a template in front and tables
//! behind.
//!
//! A feed (a queue, its mapping, its function) and a workload make quantities, line by line; the
//! price file makes dollars of them. Every rule that was written down here comes from AWS's price
//! pages, and is checked against examples worked out by hand.

mod args;
mod batches;
mod bill;
pub(crate) mod feed;
mod prices;
mod report;
pub(crate) mod store;
pub(crate) mod units;
mod usage;
mod what_if;
mod workload;

pub(crate) use args::CostArgs;
pub(crate) use batches::{payload_limit, record_bytes};
pub use prices::CostError;

use crate::args::Output;
use crate::commands::{outline, print, warn};
use crate::error::Error;
use bill::{Stack, bill};
use feed::feeds;
use prices::Prices;
use report::Report;
use what_if::what_if;

/// Tells what the workload of the arguments costs.
///
/// # Errors
/// The template or the prices are not understood.
pub(crate) fn run(args: &CostArgs) -> Result<u8, Error> {
    if args.show_prices {
        print(prices::BUILT_IN)?;
        return Ok(0);
    }
    let prices = Prices::load(args.prices.as_deref())?;
    let tariffs = prices.of(&args.region)?;
    let outline = outline(&args.source)?;
    let workload = args.workload.workload();
    let found = feeds(&outline, args.function.as_deref())?;
    found.left_out.iter().for_each(|it| warn(it));
    let feeds = found.feeds.into_iter();
    let stack = Stack {
        feeds: feeds.map(|feed| (feed, workload.clone())).collect(),
        alarms: outline.count("AWS::CloudWatch::Alarm"),
        dashboards: outline.count("AWS::CloudWatch::Dashboard"),
    };
    let free = !args.no_free_tier;
    let report = Report {
        prices: &prices,
        region: &args.region,
        free,
        bill: bill(&stack, tariffs, free),
        what_if: what_if(&stack, tariffs, free),
        stack: &stack,
    };
    print(&match args.output {
        Output::Human => report.human(args.explain),
        Output::Json => report.json(),
    })?;
    Ok(0)
}

#[cfg(test)]
mod tests;
