//! The handler: it takes its time, has an effect, and fails in every way there is.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, Put};
use lambda_queue::{Handler, HandlerError, MessageContext};
use tokio::time::sleep;

use crate::fault::Fault;
use crate::ledger::Ending;
use crate::order::Order;
use crate::process::Process;
use crate::scenario::Effects;
use crate::shared::Shared;

/// The handler of one process.
pub(crate) struct Work {
    pub(crate) shared: Arc<Shared>,
    pub(crate) process: Arc<Process>,
}

/// What an execution is going to do.
struct Course {
    fault: Option<Fault>,
    /// Whether it happens before the effect.
    early: bool,
    before: Duration,
    after: Duration,
}

/// Tells the ledger how the execution ended, also if it is dropped.
struct Execution<'a> {
    shared: &'a Shared,
    key: u32,
    number: u32,
    ending: Ending,
}

impl Handler<Order> for Work {
    type Output = u32;

    async fn handle(&self, order: Order, context: MessageContext) -> Result<u32, HandlerError> {
        self.shared.settle();
        let number = self.shared.ledger().started(order);
        let mut execution = Execution {
            shared: &self.shared,
            key: order.key,
            number,
            ending: Ending::CutOff,
        };
        let course = self.course(order, number);
        pause(course.before).await;
        if course.early {
            self.suffer(course.fault, order, &mut execution).await?;
        }
        self.effect(order, number, &context)?;
        pause(course.after).await;
        if !course.early {
            self.suffer(course.fault, order, &mut execution).await?;
        }
        execution.ending = Ending::Returned;
        Ok(order.text)
    }
}

impl Work {
    fn course(&self, order: Order, execution: u32) -> Course {
        let dice = self.shared.scenario.dice().of(5).of(order.n.into());
        let own = dice.of(execution.into());
        let fault = match own.below(10_000) {
            0..180 => Some(Fault::HandlerFailed),
            180..360 => Some(Fault::FailedAfterEffect),
            360..520 => Some(Fault::Panic),
            520..670 => Some(Fault::Hang),
            _ => None,
        };
        let fault = match self.is_poisoned(order) {
            true => Some(Fault::Poison),
            false => fault.filter(|it| self.shared.may(*it)),
        };
        let early = match fault {
            Some(Fault::Panic | Fault::Hang) => own.of(1).happens(5_000),
            Some(Fault::FailedAfterEffect) => false,
            _ => true,
        };
        let mut rng = own.of(2).rng();
        let mut time = |of_ten: u32| match rng.u32(..10) < of_ten {
            true => Duration::from_millis(rng.u64(1..120)),
            false => Duration::ZERO,
        };
        Course {
            fault,
            early,
            before: time(4),
            after: time(6),
        }
    }

    /// Half of what is poisoned is cured when it comes back from the dead-letter queue.
    fn is_poisoned(&self, order: Order) -> bool {
        let ledger = self.shared.ledger();
        let poisoned = ledger.planned(order.n).fault == Some(Fault::Poison);
        poisoned && !(ledger.has(order.n, Fault::Redrive) && order.n.is_multiple_of(2))
    }

    async fn suffer(
        &self,
        fault: Option<Fault>,
        order: Order,
        execution: &mut Execution<'_>,
    ) -> Result<(), HandlerError> {
        let Some(fault) = fault else { return Ok(()) };
        self.shared.ledger().strike(order.n, fault);
        execution.ending = Ending::Failed;
        match fault {
            Fault::Poison => Err(HandlerError::permanent("refused")),
            Fault::FailedAfterEffect => Err(HandlerError::indeterminate("failed after its effect")),
            // Unlike `panic!`, without a line on standard error.
            Fault::Panic => std::panic::resume_unwind(Box::new("panicked")),
            Fault::Hang => {
                execution.ending = Ending::CutOff;
                std::future::pending().await
            }
            _ => Err(HandlerError::retryable("failed before its effect")),
        }
    }

    fn effect(
        &self,
        order: Order,
        execution: u32,
        context: &MessageContext,
    ) -> Result<(), HandlerError> {
        if self.shared.scenario.effects == Effects::Transactional {
            let key = AttributeValue::N(order.key.to_string());
            let put = Put::builder().table_name("effects").item("key", key);
            context.effects()?.put(put.build()?)?;
        } else {
            let invocation = self.process.invocation.load(Ordering::Relaxed);
            self.shared.ledger().effect(order, execution, invocation);
        }
        Ok(())
    }
}

async fn pause(time: Duration) {
    if !time.is_zero() {
        sleep(time).await;
    }
}

impl Drop for Execution<'_> {
    fn drop(&mut self) {
        self.shared
            .ledger()
            .ended(self.key, self.number, self.ending);
    }
}
