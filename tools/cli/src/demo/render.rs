//! What the demo says.

use std::fmt::Write;

use anstyle::AnsiColor;

use super::Demo;
use crate::outcome::Outcome;
use crate::report::{BOLD, DIM, duration, summary_tables};

/// Where it can be watched.
pub(super) fn started(url: &str) -> String {
    format!(
        "\n  {BOLD}Everything runs at {url}{BOLD:#} {DIM}· the console: {url}/_console{DIM:#}\n\n"
    )
}

/// What can be done now.
pub(super) fn staying(url: &str) -> String {
    format!("\n  The console is at {BOLD}{url}/_console{BOLD:#} {DIM}until Ctrl-C{DIM:#}\n")
}

impl Demo {
    pub(super) fn render(&self) -> String {
        // The first line ends that of the progress bar.
        format!("\n{}\n{}", summary_tables(&self.summary), self.verdict())
    }

    fn verdict(&self) -> String {
        let count = |it| self.settled(it);
        let (processed, replayed) = (count(Outcome::Processed), count(Outcome::Replayed));
        let (dead, left) = (self.summary.dead_lettered(), self.summary.left());
        let succeeded = self.succeeded();
        let (mark, colour) = match succeeded {
            true => ('✓', AnsiColor::Green),
            false => ('✗', AnsiColor::Red),
        };
        let style = colour.on_default().bold();
        let sent = self.sent();
        let mut text = format!(
            "  {style}{mark} {sent} messages: {processed} handled, {replayed} duplicates replayed, {dead} dead-lettered, {left} left{style:#} {DIM}in {}{DIM:#}\n",
            duration(self.summary.took),
        );
        if !succeeded {
            let _ = writeln!(
                text,
                "  {DIM}expected: {} handled, {} replayed, {} dead-lettered, 0 left{DIM:#}",
                self.good, self.duplicates, self.poisoned
            );
        }
        text
    }
}
