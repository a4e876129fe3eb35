//! What came of many worlds.

use std::fmt;

use crate::fault::Fault;
use crate::world::Outcome;

/// Least share of messages that each kind of fault has to strike, in runs that are large enough.
const LEAST: f64 = 0.01;
/// Messages of a run that is large enough.
const ENOUGH: u64 = 10_000;

/// Totals.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Summary {
    /// Worlds that were run.
    pub worlds: u64,
    /// Messages sent.
    pub messages: u64,
    /// Times a message was delivered.
    pub deliveries: u64,
    /// Effects of handlers.
    pub effects: u64,
    /// Effects that were not the first of their key, and were excused.
    pub repeated: u64,
    /// Runs that a hook found out about.
    pub reconciled: u64,
    /// Messages in dead-letter queues at the end.
    pub dead_letters: u64,
    /// Awaits of the invocation that had the most.
    pub longest: u64,
    /// The await at which a process ended, at the latest.
    pub latest_end: u64,
    /// Milliseconds of virtual time.
    pub virtual_ms: u64,
    struck: [u64; Fault::ALL.len()],
}

impl Summary {
    /// Adds a world.
    pub fn add(&mut self, outcome: &Outcome) {
        self.worlds += 1;
        self.messages += outcome.messages;
        self.deliveries += outcome.deliveries;
        self.effects += outcome.effects;
        self.repeated += outcome.repeated;
        self.reconciled += outcome.reconciled;
        self.dead_letters += outcome.dead_letters;
        self.longest = self.longest.max(outcome.longest);
        self.latest_end = self.latest_end.max(outcome.latest_end);
        self.virtual_ms += outcome.virtual_ms;
        for fault in outcome.faults.iter().flat_map(|it| it.iter()) {
            self.struck[fault as usize] += 1;
        }
    }

    /// The share of messages that a kind of fault has struck.
    pub fn share(&self, fault: Fault) -> f64 {
        self.struck[fault as usize] as f64 / self.messages.max(1) as f64
    }

    /// Kinds of faults that have struck too few messages for the run to prove anything about them.
    pub fn rare(&self) -> Vec<Fault> {
        let rare = |fault: &Fault| self.messages >= ENOUGH && self.share(*fault) < LEAST;
        Fault::ALL.into_iter().filter(rare).collect()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            worlds,
            messages,
            deliveries,
            ..
        } = self;
        writeln!(
            f,
            "{messages} messages in {worlds} worlds, {deliveries} deliveries"
        )?;
        let (effects, repeated, dead) = (self.effects, self.repeated, self.dead_letters);
        writeln!(
            f,
            "{effects} effects, {repeated} of them repeated after a cut-off or a failure"
        )?;
        writeln!(f, "{dead} messages in dead-letter queues at the end")?;
        let (reconciled, longest, latest) = (self.reconciled, self.longest, self.latest_end);
        writeln!(f, "{reconciled} runs that a hook found out about")?;
        writeln!(
            f,
            "{longest} awaits in an invocation, and an end at the {latest}th"
        )?;
        writeln!(f, "{} hours of virtual time", self.virtual_ms / 3_600_000)?;
        write!(f, "messages struck by each kind of fault:")?;
        for (index, fault) in Fault::ALL.into_iter().enumerate() {
            let gap = if index % 3 == 0 { "\n " } else { "" };
            let percent = 100.0 * self.share(fault);
            write!(f, "{gap} {:<20}{percent:>6.2} %", fault.as_str())?;
        }
        Ok(())
    }
}
