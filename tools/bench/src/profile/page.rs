//! The counts as a page.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::Profile;

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
    let with_store = profiles.iter().filter(|it| it.scenario == scenarios[0]);
    let empty = profiles.iter().filter(|it| it.peer == crate::peer::EMPTY);
    let columns: Vec<_> = with_store.chain(empty.take(1)).map(init).collect();
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
    let total = |column: &Column| column.1.values().sum::<f64>();
    let share = |owner: &str| {
        let of = |column: &Column| column.1.get(owner).copied().unwrap_or_default();
        columns
            .iter()
            .map(|it| of(it) / total(it))
            .fold(0.0, f64::max)
    };
    let owners: BTreeSet<&str> = columns.iter().flat_map(|it| it.1.keys().copied()).collect();
    let mut owners: Vec<&str> = owners.into_iter().filter(|it| share(it) >= 0.01).collect();
    let most = |owner: &str| {
        let of = |column: &Column| column.1.get(owner).copied().unwrap_or_default();
        columns.iter().map(of).fold(0.0, f64::max)
    };
    owners.sort_by(|a, b| most(b).total_cmp(&most(a)));
    let names: Vec<&str> = columns.iter().map(|it| it.0).collect();
    let _ = writeln!(
        out,
        "| | {} |\n|---|{}",
        names.join(" | "),
        "---|".repeat(names.len())
    );
    for owner in owners {
        let cells = columns
            .iter()
            .map(|it| it.1.get(owner).copied().unwrap_or_default());
        let _ = writeln!(
            out,
            "| {owner} | {} |",
            cells.map(number).collect::<Vec<_>>().join(" | ")
        );
    }
    let totals: Vec<_> = columns.iter().map(|it| number(total(it))).collect();
    let _ = writeln!(out, "| **all** | {} |", totals.join(" | "));
}

/// With thousands set apart.
fn number(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
