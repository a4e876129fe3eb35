//! A failing world, made as small as is cheap: fewer messages, then fewer kinds of faults.

use crate::ledger::Violation;
use crate::order::planned;
use crate::scenario::Scenario;
use crate::world::{Outcome, simulate};
use crate::{Fault, Promise};

/// Worlds that are tried at most.
const TRIES: u32 = 400;

/// The smallest world that was found to break the same promise, and what it came to.
///
/// # Errors
/// The world cannot be set up, or breaks nothing.
pub fn shrink(scenario: &Scenario) -> Result<(Scenario, Outcome), String> {
    let found = simulate(scenario, false)?.violation;
    let violation = found.ok_or("this world breaks no promise")?;
    let mut shrinking = Shrinking {
        best: scenario.clone(),
        promise: violation.promise,
        tries: 0,
    };
    shrinking.keep_related(&violation);
    shrinking.halve();
    shrinking.leave_out_faults();
    shrinking.halve();
    let outcome = simulate(&shrinking.best, true)?;
    Ok((shrinking.best, outcome))
}

struct Shrinking {
    best: Scenario,
    promise: Promise,
    tries: u32,
}

impl Shrinking {
    /// Takes a smaller world, if it still fails.
    fn accept(&mut self, smaller: Scenario) -> bool {
        self.tries += 1;
        if self.tries > TRIES {
            return false;
        }
        let outcome = simulate(&smaller, false);
        let violation = outcome.ok().and_then(|it| it.violation);
        let fails = violation.is_some_and(|it| it.promise == self.promise);
        if fails {
            self.best = smaller;
        }
        fails
    }

    /// Messages of the key, those of its group, or those sent about the same time.
    fn keep_related(&mut self, violation: &Violation) {
        let scenario = self.best.clone();
        let all = || 0..scenario.messages;
        let of = |n: u32| planned(&scenario, n);
        let group = of(violation.key).group;
        let near = |n: &u32| n.abs_diff(violation.key) < 100;
        let sets: [Vec<u32>; 3] = [
            all()
                .filter(|n| of(*n).order.key == violation.key)
                .collect(),
            all().filter(|n| of(*n).group == group).collect(),
            all()
                .filter(|n| near(n) || of(*n).order.key == violation.key)
                .collect(),
        ];
        for only in sets {
            let smaller = Scenario {
                only: Some(only),
                ..scenario.clone()
            };
            if self.accept(smaller) {
                return;
            }
        }
    }

    /// Leaves out halves of the messages, then quarters, and so on.
    fn halve(&mut self) {
        let all = || (0..self.best.messages).collect();
        let mut size = self.best.only.clone().unwrap_or_else(all).len();
        while size > 1 {
            size = size.div_ceil(2);
            let mut at = 0;
            loop {
                let all = || (0..self.best.messages).collect();
                let now: Vec<u32> = self.best.only.clone().unwrap_or_else(all);
                if at >= now.len() || now.len() == 1 {
                    break;
                }
                let mut rest = now;
                rest.drain(at..(at + size).min(rest.len()));
                let smaller = Scenario {
                    only: Some(rest),
                    ..self.best.clone()
                };
                if !self.accept(smaller) {
                    at += size;
                }
            }
        }
    }

    fn leave_out_faults(&mut self) {
        for fault in Fault::ALL {
            let smaller = Scenario {
                without: self.best.without.with(fault),
                ..self.best.clone()
            };
            self.accept(smaller);
        }
    }
}
