//! What is seen of the mappings from outside their loop, and asked of them.

use std::sync::{Arc, Mutex, PoisonError};

use lambda_queue_simulator::mapping::{Counters, CreateError, MappingConfig};
use tokio::sync::{mpsc, oneshot};

use super::SourceTally;
use crate::local::pool::Pool;
use crate::template::Qualified;

/// A way to the mappings; all clones lead to the same.
#[derive(Debug, Clone)]
pub(crate) struct MappingControl {
    states: Arc<Mutex<Vec<MappingState>>>,
    commands: mpsc::UnboundedSender<Command>,
}

/// A mapping at one time.
#[derive(Debug, Clone)]
pub(crate) struct MappingState {
    /// The same in every run of the same template.
    pub(crate) uuid: String,
    /// The function's logical id.
    pub(crate) function: String,
    /// How the function is invoked.
    pub(crate) called: Qualified,
    pub(crate) queue_arn: String,
    pub(crate) config: MappingConfig,
    pub(crate) enabled: bool,
    /// Whether it ends with what it still has under way.
    pub(crate) deleted: bool,
    /// When it was created or last changed, epoch milliseconds.
    pub(crate) changed_ms: u64,
    pub(crate) counters: Counters,
    pub(crate) tally: SourceTally,
}

/// What can be changed about a mapping.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    Enabled(bool),
    Config(MappingConfig),
    Deleted,
}

/// A mapping that is asked for.
pub(crate) struct NewMapping {
    pub(crate) pool: Arc<Pool>,
    pub(crate) called: Qualified,
    pub(crate) queue_arn: String,
    pub(crate) config: MappingConfig,
}

/// A request on its way.
pub(super) struct Command {
    pub(super) request: Request,
    reply: oneshot::Sender<Reply>,
}

/// What is asked of the mappings.
pub(super) enum Request {
    Create(NewMapping),
    /// Of the mapping with this uuid.
    Change(String, Change),
}

/// `None` where there is no such mapping, or no such queue for a new one.
pub(super) type Reply = Option<Result<MappingState, CreateError>>;

impl MappingControl {
    pub(super) fn new() -> (Self, mpsc::UnboundedReceiver<Command>) {
        let (commands, receiver) = mpsc::unbounded_channel();
        let states = Arc::default();
        (Self { states, commands }, receiver)
    }

    /// The mappings as they were last seen, in the order of the template.
    pub(crate) fn states(&self) -> Vec<MappingState> {
        let states = self.states.lock();
        states.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes a mapping; `None` if there is none with this uuid, or none runs any more.
    ///
    /// # Errors
    /// Lambda would refuse the change.
    pub(crate) async fn change(&self, uuid: &str, change: Change) -> Reply {
        self.ask(Request::Change(uuid.to_owned(), change)).await
    }

    /// Adds a mapping; `None` if its queue does not exist, or no mapping runs any more.
    ///
    /// # Errors
    /// Lambda would refuse it.
    pub(crate) async fn create(&self, new: NewMapping) -> Reply {
        self.ask(Request::Create(new)).await
    }

    async fn ask(&self, request: Request) -> Reply {
        let (reply, answer) = oneshot::channel();
        self.commands.send(Command { request, reply }).ok()?;
        answer.await.ok()?
    }

    pub(super) fn publish(&self, states: Vec<MappingState>) {
        *self.states.lock().unwrap_or_else(PoisonError::into_inner) = states;
    }
}

impl Command {
    /// What is asked for, and where the answer goes.
    pub(super) fn open(self) -> (Request, impl FnOnce(Reply)) {
        // Whoever asked may have gone.
        (self.request, |reply| drop(self.reply.send(reply)))
    }
}
