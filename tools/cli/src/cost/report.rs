//! The bill, for people and for programs.

use std::fmt::Write;

use anstyle::AnsiColor;
use serde_json::json;

use super::batches::fill;
use super::bill::{Bill, Line, Stack};
use super::feed::{Encryption, Feed};
use super::prices::Prices;
use super::units::short;
use super::what_if::WhatIf;
use super::workload::Workload;
use crate::report::{BOLD, Cell, DIM, Table};

/// Savings below this are not worth a line.
const CENT: f64 = 0.01;

pub(super) struct Report<'a> {
    pub(super) prices: &'a Prices,
    pub(super) region: &'a str,
    pub(super) free: bool,
    pub(super) bill: Bill,
    pub(super) what_if: Vec<WhatIf>,
    pub(super) stack: &'a Stack,
}

impl Report<'_> {
    /// A table for each feed, the sum, and what would save something.
    pub(super) fn human(&self, explain: bool) -> String {
        let mut out = String::new();
        for ((feed, workload), bill) in self.stack.feeds.iter().zip(&self.bill.feeds) {
            let _ = writeln!(
                out,
                "\n{BOLD}{}{BOLD:#} {DIM}←{DIM:#} {BOLD}{}{BOLD:#}  {DIM}{}{DIM:#}",
                feed.function,
                feed.queue,
                facts(feed, workload)
            );
            out.push_str(&lines(&bill.lines, Some(bill.total), explain));
        }
        if !self.bill.shared.is_empty() {
            let _ = writeln!(out, "\n{BOLD}Shared{BOLD:#}");
            out.push_str(&lines(&self.bill.shared, None, explain));
        }
        let _ = writeln!(
            out,
            "\n  {BOLD}{} a month{BOLD:#}",
            dollars(self.bill.total)
        );
        out.push_str(&self.savings());
        out.push_str(&self.notes());
        out
    }

    fn savings(&self) -> String {
        let worth: Vec<_> = self.what_if.iter().filter(|it| it.saving >= CENT).collect();
        if worth.is_empty() {
            return String::new();
        }
        let green = AnsiColor::Green.on_default();
        let mut table = Table::new(&["SAVES", "WITH", "AT", "BUT"]);
        for it in worth {
            table.row(vec![
                Cell::new(dollars(it.saving), green),
                Cell::plain(it.change),
                Cell::plain(&it.resource),
                Cell::new(it.but, DIM),
            ]);
        }
        format!("\n{BOLD}What if{BOLD:#}\n{}", table.render())
    }

    fn notes(&self) -> String {
        let free = match self.free {
            true => "free tiers are taken off, as far as nothing else in the account uses them",
            false => "without free tiers",
        };
        format!(
            "\n{DIM}A month of 30 days; {}, prices of {}; {free}.\nNot counted: data transfer, X-Ray, the front door, what handlers themselves use, and CloudWatch's free alarms, metrics and dashboards.{DIM:#}\n",
            self.region, self.prices.date
        )
    }

    /// One document: the lines with their quantities, and every change, those that save nothing too.
    pub(super) fn json(&self) -> String {
        let document = json!({
            "region": self.region,
            "prices": self.prices.date,
            "sources": self.prices.sources,
            "free_tier": self.free,
            "total": self.bill.total,
            "feeds": self.bill.feeds,
            "shared": self.bill.shared,
            "what_if": self.what_if,
        });
        document.to_string() + "\n"
    }
}

fn facts(feed: &Feed, workload: &Workload) -> String {
    let kind = if feed.fifo { "FIFO" } else { "standard" };
    let encryption = match feed.encryption {
        Encryption::Sqs => "",
        Encryption::AwsKey | Encryption::OwnKey(_) => " with KMS",
    };
    let reader = match workload.workers {
        Some(workers) => format!("read by {workers} workers"),
        None => format!(
            "{} MB {}, {:.1} of {} messages a batch",
            feed.memory_mb,
            feed.architecture.name(),
            fill(feed, workload),
            feed.mapping.batch_size
        ),
    };
    format!("{kind}{encryption}, {reader}")
}

fn lines(lines: &[Line], total: Option<f64>, explain: bool) -> String {
    let mut table = Table::new(&["", "QUANTITY", "      COST", "HOW"]);
    for line in lines {
        let how = if explain { line.used.how.as_str() } else { "" };
        table.row(vec![
            Cell::plain(line.used.item),
            Cell::plain(format!("{:>8}", short(line.used.quantity))),
            Cell::plain(format!("{:>10}", dollars(line.cost))),
            Cell::new(how, DIM),
        ]);
    }
    if let Some(total) = total {
        let total = format!("{:>10}", dollars(total));
        table.row(vec![
            Cell::plain(""),
            Cell::plain(""),
            Cell::new(total, BOLD),
        ]);
    }
    table.render()
}

/// `$1,234.56`
fn dollars(amount: f64) -> String {
    let cents = format!("{:.2}", amount.abs());
    let (whole, fraction) = cents.split_once('.').unwrap_or((&cents, "00"));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("${grouped}.{fraction}")
}
