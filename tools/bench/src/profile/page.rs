//! The counts as a page.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::Profile;
use crate::figures::grouped;
use crate::peer::EMPTY;

const HEAD: &str = "# Where instructions go

Written by `cargo bench-peers --profile`: peers in Rust under valgrind's callgrind, with symbols, otherwise built as for
[the figures of time](README.md). An instruction belongs to the crate that its source is in, inlined or not; those of
the standard library to whom they work for, as far as the name of the function tells. The kernel's are not counted:
sending and receiving, and pages that are touched for the first time, come on top, for everybody. Valgrind's processor
has no instructions for SHA-256, which costs many times here of what it does. What is not in the tables is less than a
hundredth everywhere. [Why](unmet.md) goes through what they show.
";

pub(super) fn page(profiles: &[Profile]) -> String {
    let mut out = HEAD.to_owned();
    let mut scenarios: Vec<&str> = Vec::new();
    for profile in profiles {
        if !scenarios.contains(&&*profile.scenario) {
            scenarios.push(&profile.scenario);
        }
    }
    for scenario in &scenarios {
        let there = profiles.iter().filter(|it| it.scenario == *scenario);
        let columns: Vec<_> = there.map(|it| (it.peer, it.message.clone())).collect();
        let _ = write!(out, "\n## Instructions of a message, {scenario}\n\n");
        table(&mut out, &columns);
    }
    let of_the_first = |it: &&Profile| scenarios.first() == Some(&&*it.scenario);
    let first = profiles.iter().filter(of_the_first);
    let empty = profiles
        .iter()
        .filter(|it| it.peer == EMPTY && !of_the_first(it));
    let columns: Vec<_> = first.chain(empty.take(1)).map(init).collect();
    let _ = write!(
        out,
        "\n## Thousands of instructions from start to first poll\n\n"
    );
    table(&mut out, &columns);
    out
}

fn init(profile: &Profile) -> Column {
    let thousands = profile.init.iter();
    let thousands = thousands.map(|(owner, count)| (*owner, *count as f64 / 1000.0));
    (profile.peer, thousands.collect())
}

type Column = (&'static str, BTreeMap<&'static str, f64>);

/// A line for each owner, the largest first.
fn table(out: &mut String, columns: &[Column]) {
    let totals: Vec<f64> = columns.iter().map(|it| it.1.values().sum()).collect();
    let lines = columns.iter().flat_map(|it| it.1.keys().copied());
    let lines: BTreeSet<&str> = lines.collect();
    let lines = lines.into_iter().map(|owner| (owner, of(owner, columns)));
    let mut lines: Vec<_> = lines.filter(|(_, it)| is_told(it, &totals)).collect();
    let most = |counts: &[f64]| counts.iter().copied().fold(0.0, f64::max);
    lines.sort_by(|a, b| most(&b.1).total_cmp(&most(&a.1)));
    let names: Vec<&str> = columns.iter().map(|it| it.0).collect();
    let rule = "---|".repeat(names.len());
    let _ = writeln!(out, "| | {} |\n|---|{rule}", names.join(" | "));
    for (owner, counts) in lines {
        let _ = writeln!(out, "| {owner} | {} |", cells(&counts));
    }
    let _ = writeln!(out, "| **all** | {} |", cells(&totals));
}

/// What an owner has in each column.
fn of(owner: &str, columns: &[Column]) -> Vec<f64> {
    let counts = columns.iter().map(|it| it.1.get(owner));
    counts.map(|it| it.copied().unwrap_or_default()).collect()
}

/// Whether it is a hundredth of any column.
fn is_told(counts: &[f64], totals: &[f64]) -> bool {
    counts
        .iter()
        .zip(totals)
        .any(|(count, total)| count / total >= 0.01)
}

fn cells(counts: &[f64]) -> String {
    let counts: Vec<_> = counts.iter().map(|it| grouped(*it)).collect();
    counts.join(" | ")
}
