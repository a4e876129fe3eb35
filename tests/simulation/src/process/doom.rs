//! How an invocation ends before it has answered.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use lambda_queue::BatchReport;
use lambda_queue_simulator::mapping::InvocationId;
use tokio::time::{Instant, Sleep, sleep_until};

use super::Sandbox;
use crate::dice::Dice;
use crate::fault::Fault;

/// More awaits than an invocation has for each of its messages, and besides.
const AWAITS: (u64, u64) = (8, 16);
/// Left of an invocation's time when the processor gives up what it has to write, at most.
const LATE: Duration = Duration::from_secs(1);

/// What is going to happen to an invocation, at which of its awaits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Doom {
    pub(crate) fault: Option<Fault>,
    at: u64,
    pause_ms: u64,
}

/// How an invocation ended.
pub(crate) enum End {
    /// The processor answered, perhaps after it had stood still.
    Answered {
        report: BatchReport,
        paused: bool,
        /// So late that there was no time left for what it had to write.
        late: bool,
        /// How often it waited.
        awaits: u64,
    },
    /// The process ended by itself, or was killed, at this of its awaits.
    Died(Fault, u64),
}

/// An invocation's future, that may stop at any of its awaits.
pub(crate) struct Mortal {
    id: InvocationId,
    sandbox: Option<Sandbox>,
    future: Option<Pin<Box<dyn Future<Output = BatchReport> + Send>>>,
    doom: Doom,
    polls: u64,
    deadline: Pin<Box<Sleep>>,
    paused: Option<Pin<Box<Sleep>>>,
}

impl Doom {
    pub(crate) fn of(dice: Dice, messages: usize, may: impl Fn(Fault) -> bool) -> Self {
        let fault = match dice.below(1_000) {
            0..70 => Some(Fault::Crash),
            70..100 => Some(Fault::Killed),
            100..130 => Some(Fault::Pause),
            _ => None,
        };
        Self {
            fault: fault.filter(|it| may(*it)),
            at: at(dice.of(1), messages as u64),
            pause_ms: dice.of(2).below(20_000) + 500,
        }
    }
}

/// Any await, and an early one as likely as a late one: how many there will be depends on what
/// happens, so that the power of two is drawn first, and then one of as many.
fn at(dice: Dice, messages: u64) -> u64 {
    let (each, besides) = AWAITS;
    let octaves = (each * messages + besides).ilog2() + 1;
    let from = 1 << dice.below(octaves.into());
    from + dice.of(1).below(from)
}

impl Mortal {
    pub(crate) fn new(
        id: InvocationId,
        sandbox: Sandbox,
        future: Pin<Box<dyn Future<Output = BatchReport> + Send>>,
        doom: Doom,
        deadline: Instant,
    ) -> Self {
        Self {
            id,
            sandbox: Some(sandbox),
            future: Some(future),
            doom,
            polls: 0,
            deadline: Box::pin(sleep_until(deadline)),
            paused: None,
        }
    }

    /// Ends the process, and then what it was doing: guards in there must see that it is dead.
    fn die(&mut self, fault: Fault) -> Poll<(InvocationId, Sandbox, End)> {
        let Some(sandbox) = self.sandbox.take() else {
            return Poll::Pending;
        };
        sandbox.process.alive.store(false, Ordering::Relaxed);
        self.future = None;
        Poll::Ready((self.id, sandbox, End::Died(fault, self.polls)))
    }
}

impl Future for Mortal {
    type Output = (InvocationId, Sandbox, End);

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if this.deadline.as_mut().poll(cx).is_ready() {
            return this.die(Fault::Killed);
        }
        if let Some(paused) = &mut this.paused {
            match paused.as_mut().poll(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(()) => this.paused = None,
            }
        }
        let Some(future) = &mut this.future else {
            return Poll::Pending;
        };
        if let Poll::Ready(report) = future.as_mut().poll(cx) {
            this.future = None;
            return match this.sandbox.take() {
                Some(sandbox) => {
                    let left = this.deadline.deadline() - Instant::now();
                    let end = End::Answered {
                        report,
                        paused: this.doom.fault == Some(Fault::Pause) && this.polls >= this.doom.at,
                        late: left < LATE,
                        awaits: this.polls,
                    };
                    Poll::Ready((this.id, sandbox, end))
                }
                None => Poll::Pending,
            };
        }
        this.polls += 1;
        if this.polls != this.doom.at {
            return Poll::Pending;
        }
        match this.doom.fault {
            Some(Fault::Crash) => return this.die(Fault::Crash),
            Some(Fault::Killed) => {
                let never = this.deadline.deadline() + Duration::from_secs(60);
                this.paused = Some(Box::pin(sleep_until(never)));
            }
            Some(Fault::Pause) => {
                let pause = Duration::from_millis(this.doom.pause_ms);
                let mut paused = Box::pin(tokio::time::sleep(pause));
                // Whatever wakes the process meanwhile finds it standing still; this wakes it again.
                if paused.as_mut().poll(cx).is_pending() {
                    this.paused = Some(paused);
                }
            }
            _ => {}
        }
        Poll::Pending
    }
}
