//! What is seen of the mappings from outside their loop, and asked of them.

use std::sync::{Arc, Mutex, PoisonError};

use lambda_queue_simulator::mapping::{Counters, CreateError, MappingConfig};
use tokio::sync::{mpsc, oneshot};

use super::SourceTally;

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
    pub(crate) queue_arn: String,
    pub(crate) config: MappingConfig,
    pub(crate) enabled: bool,
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
}

/// A change on its way.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) uuid: String,
    pub(super) change: Change,
    reply: oneshot::Sender<Reply>,
}

/// `None` where there is no such mapping.
type Reply = Option<Result<MappingState, CreateError>>;

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
        let (reply, answer) = oneshot::channel();
        let uuid = uuid.to_owned();
        let command = Command {
            uuid,
            change,
            reply,
        };
        self.commands.send(command).ok()?;
        answer.await.ok()?
    }

    pub(super) fn publish(&self, states: Vec<MappingState>) {
        *self.states.lock().unwrap_or_else(PoisonError::into_inner) = states;
    }
}

impl Command {
    pub(super) fn answer(self, reply: Reply) {
        // Whoever asked may have gone.
        drop(self.reply.send(reply));
    }
}
