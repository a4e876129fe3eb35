//! What the quantities cost together: free tiers and discounts go by the sum of each meter.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::feed::{Encryption, Feed};
use super::prices::{Meter, Tariffs};
use super::usage::{Use, usage};
use super::workload::Workload;

/// A month, in dollars.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Bill {
    pub(crate) feeds: Vec<FeedBill>,
    /// What belongs to no queue: alarms, keys.
    pub(crate) shared: Vec<Line>,
    pub(crate) total: f64,
}

/// One feed's part of the bill.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FeedBill {
    pub(crate) function: String,
    pub(crate) queue: String,
    pub(crate) lines: Vec<Line>,
    pub(crate) total: f64,
}

/// A quantity with its price.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Line {
    #[serde(flatten)]
    pub(crate) used: Use,
    /// Its part of what its meter costs.
    pub(crate) cost: f64,
}

/// What is to be paid for.
#[derive(Debug, Clone)]
pub(crate) struct Stack {
    pub(crate) feeds: Vec<(Feed, Workload)>,
    pub(crate) alarms: usize,
    pub(crate) dashboards: usize,
}

/// The bill of a stack; the free tiers are for the whole account, so they may be used up elsewhere.
pub(crate) fn bill(stack: &Stack, tariffs: &Tariffs, free: bool) -> Bill {
    let uses = stack.feeds.iter();
    let uses: Vec<_> = uses.map(|(feed, month)| usage(feed, month)).collect();
    let shared = shared(stack);
    let rates = Rates::new(uses.iter().flatten().chain(&shared), tariffs, free);
    let feeds = stack.feeds.iter().zip(uses).map(|((feed, _), uses)| {
        let lines = rates.lines(uses);
        FeedBill {
            function: feed.function.clone(),
            queue: feed.queue.clone(),
            total: sum(&lines),
            lines,
        }
    });
    let feeds: Vec<_> = feeds.collect();
    let shared = rates.lines(shared);
    let total = feeds.iter().map(|it| it.total).sum::<f64>() + sum(&shared);
    Bill {
        feeds,
        shared,
        total,
    }
}

fn shared(stack: &Stack) -> Vec<Use> {
    let keys: BTreeSet<_> = stack
        .feeds
        .iter()
        .filter_map(|(feed, _)| match &feed.encryption {
            Encryption::OwnKey(key) => Some(key),
            Encryption::Sqs | Encryption::AwsKey => None,
        })
        .collect();
    let keys = Use {
        item: "KMS keys",
        meter: Meter::KmsKeys,
        quantity: keys.len() as f64,
        how: "keys of one's own".to_owned(),
    };
    let alarms = Use {
        item: "CloudWatch alarms",
        meter: Meter::Alarms,
        quantity: stack.alarms as f64,
        how: "alarms of the template".to_owned(),
    };
    let dashboards = Use {
        item: "CloudWatch dashboards",
        meter: Meter::Dashboards,
        quantity: stack.dashboards as f64,
        how: "dashboards of the template".to_owned(),
    };
    let mut uses = vec![keys, alarms, dashboards];
    uses.retain(|it| it.quantity > 0.0);
    uses
}

fn sum(lines: &[Line]) -> f64 {
    lines.iter().map(|it| it.cost).sum()
}

/// Dollars for a unit of each meter, on average.
struct Rates(BTreeMap<Meter, f64>);

impl Rates {
    fn new<'a>(uses: impl Iterator<Item = &'a Use>, tariffs: &Tariffs, free: bool) -> Self {
        let mut quantities = BTreeMap::new();
        for used in uses {
            *quantities.entry(used.meter).or_insert(0.0) += used.quantity;
        }
        let rate = |(&meter, &quantity): (&Meter, &f64)| {
            let tariff = tariffs.get(&meter)?;
            let free = match free {
                true => tariff.free * share_of_free(meter, &quantities),
                false => 0.0,
            };
            Some((meter, tariff.cost(quantity, free) / quantity))
        };
        Self(quantities.iter().filter_map(rate).collect())
    }

    fn lines(&self, uses: Vec<Use>) -> Vec<Line> {
        let uses = uses.into_iter();
        let line = |used: Use| Line {
            cost: used.quantity * self.0.get(&used.meter).copied().unwrap_or_default(),
            used,
        };
        uses.map(line).collect()
    }
}

/// Lambda's free GB-seconds are one amount for both instruction sets.
fn share_of_free(meter: Meter, quantities: &BTreeMap<Meter, f64>) -> f64 {
    let both = [Meter::LambdaGbSecondsArm, Meter::LambdaGbSecondsX86];
    match both.contains(&meter) {
        true => {
            let of = |it: &Meter| quantities.get(it).copied().unwrap_or_default();
            of(&meter) / both.iter().map(of).sum::<f64>()
        }
        false => 1.0,
    }
}
