//! A rule in full, and all rules in short.

use std::fmt::Write;

use super::human::wrap;
use crate::check::rules::{RULES, Rule};
use crate::report::{BOLD, Cell, DIM, Table};

/// What a rule finds, why that is a problem, where AWS says so, and examples.
pub(crate) fn explain(rule: &Rule) -> String {
    let mut out = String::new();
    let severity = rule.severity.label();
    let _ = writeln!(
        out,
        "{BOLD}{}{BOLD:#} ({severity}): {}\n",
        rule.id, rule.title
    );
    let _ = writeln!(out, "{}\n", wrap(rule.why));
    let _ = writeln!(out, "{DIM}source:{DIM:#} {}\n", rule.source);
    for (what, example) in [
        ("Finds something:", rule.bad),
        ("Finds nothing:", rule.good),
    ] {
        let _ = writeln!(out, "{BOLD}{what}{BOLD:#}\n");
        for line in example.lines() {
            // Tests look for these marks; people need not.
            let line = line.split(" # ~ ").next().unwrap_or(line);
            let _ = writeln!(out, "    {}", line.trim_end());
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// All rules.
pub(crate) fn list() -> String {
    let mut table = Table::new(&["RULE", "SEVERITY", "FINDS"]);
    for rule in RULES {
        table.row(vec![
            Cell::plain(rule.id),
            Cell::plain(rule.severity.label()),
            Cell::plain(rule.title),
        ]);
    }
    format!(
        "{}\nlambda-queue check --explain RULE says more of one.\n",
        table.render()
    )
}
