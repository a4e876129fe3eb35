//! What a function does with a batch, as the toolkit does it: handlers side by side, groups in
//! order, and what was not finished in time reported.

use std::collections::BTreeMap;

use super::durations::Durations;
use super::load::Load;

/// What an invocation keeps from its timeout to report what is not finished: the toolkit's default.
const RESERVE_MS: u64 = 1_000;
/// A duplicate takes a look into the store, about so long.
const REPLAY_MS: u64 = 10;

/// How handlers behave.
#[derive(Debug, Clone)]
pub(crate) struct Handlers {
    pub(crate) durations: Durations,
    /// Share of tries that fail.
    pub(crate) failure_rate: f64,
    /// Share of messages that fail at every try.
    pub(crate) poison_rate: f64,
    /// Share of messages that are sent twice.
    pub(crate) duplicate_rate: f64,
    /// Handlers of a batch that run side by side.
    pub(crate) lanes: usize,
    /// First wait before another try; none waits for the visibility timeout.
    pub(crate) backoff_s: Option<u64>,
}

/// A message of a batch.
#[derive(Debug, Clone)]
pub(super) struct Task {
    /// Those of one group run one after the other, and not after a failure.
    pub(super) group: Option<u64>,
    pub(super) poisoned: bool,
    pub(super) duplicate: bool,
}

/// How an invocation goes.
#[derive(Debug, PartialEq)]
pub(super) struct Course {
    pub(super) ends_ms: u64,
    /// Ran into the function's timeout.
    pub(super) timed_out: bool,
    /// For each message, whether it failed.
    pub(super) failed: Vec<bool>,
}

impl Handlers {
    /// The course of a batch that starts at `now`.
    pub(super) fn run(
        &self,
        tasks: &[Task],
        load: &Load,
        timeout_ms: u64,
        reports: bool,
        now: u64,
        rng: &mut fastrand::Rng,
    ) -> Course {
        let limit = match reports {
            true => timeout_ms.saturating_sub(RESERVE_MS).max(1),
            false => timeout_ms,
        };
        let mut lanes = vec![0_u64; self.lanes.min(tasks.len()).max(1)];
        let mut groups: BTreeMap<u64, (u64, bool)> = BTreeMap::new();
        let (mut failed, mut last) = (Vec::with_capacity(tasks.len()), 0);
        for task in tasks {
            let (free, blocked) = task
                .group
                .and_then(|it| groups.get(&it).copied())
                .unwrap_or_default();
            let Some(lane) = lanes.iter_mut().min() else {
                break;
            };
            if blocked {
                failed.push(true);
                continue;
            }
            let took = match task.duplicate {
                true => REPLAY_MS,
                false => self.durations.sample(rng),
            };
            let end = free.max(*lane) + took;
            *lane = end;
            last = last.max(end);
            let fails = !task.duplicate
                && (task.poisoned || rng.f64() < self.failure_rate || load.fails_at(now + end));
            let fails = fails || end > limit;
            failed.push(fails);
            if let Some(group) = task.group {
                groups.insert(group, (end, fails));
            }
        }
        Course {
            ends_ms: now + last.min(limit).max(1),
            timed_out: !reports && last > limit,
            failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::clock::Span;
    use super::super::load::Curve;
    use super::*;

    fn handlers() -> Handlers {
        Handlers {
            durations: Durations::Constant(400.0),
            failure_rate: 0.0,
            poison_rate: 0.0,
            duplicate_rate: 0.0,
            lanes: 2,
            backoff_s: None,
        }
    }

    fn task(group: Option<u64>) -> Task {
        Task {
            group,
            poisoned: false,
            duplicate: false,
        }
    }

    fn run(handlers: &Handlers, tasks: &[Task], timeout_ms: u64, reports: bool) -> Course {
        let load = Load {
            curve: Curve::constant(1.0),
            bursts: Vec::new(),
            outages: vec![Span::new(100_000, 200_000)],
            span: Span::new(0, 1_000_000),
        };
        let mut rng = fastrand::Rng::with_seed(1);
        handlers.run(tasks, &load, timeout_ms, reports, 1_000, &mut rng)
    }

    #[test]
    fn handlers_run_side_by_side_as_far_as_they_may() {
        let course = run(&handlers(), &vec![task(None); 5], 60_000, true);
        assert_eq!(course.ends_ms, 1_000 + 3 * 400);
        assert_eq!(course.failed, [false; 5]);
    }

    #[test]
    fn a_group_runs_in_order_and_stops_at_a_failure() {
        let mut tasks = vec![task(Some(1)); 3];
        tasks[1].poisoned = true;
        tasks.push(task(Some(2)));
        let course = run(&handlers(), &tasks, 60_000, true);
        assert_eq!(course.failed, [false, true, true, false]);
        assert_eq!(course.ends_ms, 1_000 + 800);
    }

    #[test]
    fn what_is_not_finished_in_time_is_reported() {
        let course = run(&handlers(), &vec![task(None); 5], 1_900, true);
        assert_eq!(course.failed, [false, false, false, false, true]);
        assert!(!course.timed_out);
        assert_eq!(course.ends_ms, 1_900);
    }

    #[test]
    fn a_function_that_reports_nothing_runs_into_its_timeout() {
        let course = run(&handlers(), &vec![task(None); 5], 1_000, false);
        assert!(course.timed_out);
        assert_eq!(course.ends_ms, 2_000);
    }

    #[test]
    fn a_duplicate_is_replayed_and_does_not_fail() {
        let failing = Handlers {
            failure_rate: 1.0,
            ..handlers()
        };
        let duplicate = Task {
            duplicate: true,
            ..task(None)
        };
        let course = run(&failing, &[duplicate], 60_000, true);
        assert_eq!(course.failed, [false]);
        assert_eq!(course.ends_ms, 1_010);
    }
}
