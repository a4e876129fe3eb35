//! What it came to, as it is printed.

use std::fmt::Write;
use std::time::Duration;

use crate::dead::DeadLetters;
use crate::log::Done;
use crate::state::Totals;

/// Problems that are listed.
const LISTED: usize = 20;

/// A whole run in numbers.
#[derive(Default)]
pub(crate) struct Figures {
    /// Messages that SQS took.
    pub(crate) sent: usize,
    /// Functions, in the middle of a batch.
    pub(crate) killed: u64,
    /// The endpoint.
    pub(crate) restarts: u64,
    /// Batches that were under way at a restart.
    pub(crate) cut_by_restarts: u64,
    /// While things went wrong.
    pub(crate) totals: Totals,
    pub(crate) claimed_again: u64,
    /// Results in transcripts.
    pub(crate) entries: usize,
    pub(crate) documents: usize,
    pub(crate) dead: DeadLetters,
    pub(crate) done: Done,
    pub(crate) took: Duration,
}

impl Figures {
    pub(crate) fn text(&self, problems: &[String]) -> String {
        let Totals {
            invocations,
            starts,
            throttled,
            duplicates,
        } = self.totals;
        let killed = self.killed;
        let share = percent(killed, invocations);
        let Done {
            keys,
            effects,
            unfinished,
        } = self.done;
        let dead = &self.dead;
        let rows = [
            (
                "messages",
                format!(
                    "{} sent, and {duplicates} delivered once more by chance",
                    self.sent
                ),
            ),
            (
                "invocations",
                format!("{invocations} in {starts} processes"),
            ),
            (
                "killed",
                format!("{killed} processes in the middle of a batch, {share} of the invocations"),
            ),
            (
                "restarted",
                format!(
                    "{} times, with {} batches under way",
                    self.restarts, self.cut_by_restarts
                ),
            ),
            ("throttled", format!("{throttled} of DynamoDB's requests")),
            (
                "claims",
                format!(
                    "{} taken again, of runs that were cut off or failed",
                    self.claimed_again
                ),
            ),
            (
                "effects",
                format!(
                    "{effects} of {keys} keys, {unfinished} of them in runs that did not end well"
                ),
            ),
            (
                "found",
                format!(
                    "{} results in transcripts, {} documents",
                    self.entries, self.documents
                ),
            ),
            (
                "dead letters",
                format!(
                    "{} poisoned, {} of messages killed at every receive",
                    dead.poison, dead.good
                ),
            ),
        ];
        let mut text = String::new();
        for (name, row) in rows {
            let _ = writeln!(text, "  {name:12}  {row}");
        }
        let seconds = self.took.as_secs();
        if problems.is_empty() {
            let _ = writeln!(
                text,
                "\n  ✓ all is accounted for, once and in order, after {seconds} s"
            );
        }
        for problem in problems.iter().take(LISTED) {
            let _ = writeln!(text, "  ✗ {problem}");
        }
        if let Some(more) = problems.len().checked_sub(LISTED).filter(|it| *it > 0) {
            let _ = writeln!(text, "  and {more} more");
        }
        text
    }
}

fn percent(part: u64, whole: u64) -> String {
    // Millions at most, far from where a double loses digits.
    format!("{:.0} %", 100.0 * part as f64 / whole.max(1) as f64)
}
