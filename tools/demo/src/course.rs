//! What happens, in which order, and what has to come of it.

use std::collections::BTreeSet;
use std::path::Path;

use conversation::TurnReady;
use lambda_queue_cli::stage::Stage;
use lambda_queue_cli::template::{Queue, Template};
use lambda_queue_demo::check::{Dead, Found, problems};
use lambda_queue_demo::expected::Expected;
use lambda_queue_demo::messages::{Message, load};
use lambda_queue_demo::services::Services;
use tool_executor::ToolRequest;

use crate::progress::Progress;
use crate::show::{self, Verdict};
use crate::{Result, print};

const PROJECT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const STACK: &str = "lambda-queue";
/// A killed batch comes back when its messages are visible again and its claims have ended: after
/// six minutes with the template's own settings, for which nobody wants to wait here.
const PARAMETERS: [(&str, &str); 2] = [("FunctionTimeout", "15"), ("QueueVisibilityTimeout", "20")];
/// The functions of which a process is killed.
const KILLED: [&str; 2] = ["ToolExecutorFunction", "ConversationFunction"];
/// Copies of each message.
const COPIES: usize = 12;
/// One in so many good messages is sent again.
const AGAIN: usize = 3;
/// The transcripts that are printed.
const SHOWN: [&str; 3] = ["conversation-7", "parcel-3", "parcel-8"];

/// The messages, by what they are.
struct Script {
    documents: Vec<Message>,
    calls: Vec<Message>,
    /// Made when the turn of `calls` is ready.
    next_calls: Vec<Message>,
    results: Vec<Message>,
    poison: Vec<Message>,
}

/// The stack and what was sent to it.
struct Course {
    stage: Stage,
    services: Services,
    queues: Vec<Queue>,
    sent: usize,
}

/// Shows it all; whether everything is as promised. With `stay`, goes on until Ctrl-C.
pub(crate) async fn play(stay: bool) -> Result<bool> {
    let template = Template::load(&Path::new(PROJECT).join("template.yaml"), STACK)?;
    let parameters = PARAMETERS.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let template = template.with_parameters(parameters)?;
    let script = Script::read(&Path::new(PROJECT).join("events"))?;
    let Some(stage) = Stage::start(template.clone()).await? else {
        return Ok(false);
    };
    print(&show::started(stage.url()))?;
    let mut course = Course {
        services: Services::at(stage.url(), &template)?,
        queues: template.queues()?,
        stage,
        sent: 0,
    };
    let Some(verdict) = course.run(&script).await? else {
        return Ok(false);
    };
    print(&show::verdict(&verdict))?;
    if stay {
        print(&show::staying(course.stage.url()))?;
        course.stage.until_stopped().await;
    }
    course.stage.stop().await;
    Ok(verdict.problems.is_empty())
}

impl Script {
    fn read(events: &Path) -> Result<Self> {
        let ingestion = |it| of(events, "ingestion", it, &queue("IngestionQueue"));
        let executor = |it| of(events, "tool-executor", it, &queue("ToolExecutorQueue"));
        let conversation = |it| of(events, "conversation", it, &queue("ToolResultsQueue.fifo"));
        let poison = "load-poison";
        Ok(Self {
            documents: ingestion("load")?,
            calls: executor("load")?,
            next_calls: executor("load-next-turn")?,
            results: conversation("load")?,
            poison: [ingestion(poison)?, executor(poison)?, conversation(poison)?].concat(),
        })
    }
}

fn of(events: &Path, function: &str, scenario: &str, queue: &str) -> Result<Vec<Message>> {
    load(
        &events.join(format!("sqs-{function}-{scenario}.json")),
        queue,
        1..=COPIES,
    )
}

fn queue(name: &str) -> String {
    format!("{STACK}-{name}")
}

impl Course {
    /// `None` if Ctrl-C ended it.
    async fn run(&mut self, script: &Script) -> Result<Option<Verdict>> {
        let mut expected = Expected::default();
        expected.documents(&script.documents)?;
        expected.calls(&script.calls)?;
        expected.results(&script.results)?;

        let documents = &script.documents;
        if !self.feed(&[documents], "documents").await? {
            return Ok(None);
        }
        for function in KILLED {
            self.stage.kill(function, 1);
        }
        let (calls, results, poison) = (&script.calls, &script.results, &script.poison);
        let what = "tool calls, results, and poison";
        if !self.feed(&[calls, results, poison], what).await? {
            return Ok(None);
        }
        // As a model would go on, once it is told that it can.
        let mut told = self.ready_turns().await?;
        let next = next_calls(&script.next_calls, &told)?;
        // Of all conversations: one that nobody was told of lacks them, and the check says so.
        expected.calls(&script.next_calls)?;
        let again = [documents, calls, results].into_iter().flatten();
        let again: Vec<_> = again.step_by(AGAIN).cloned().collect();
        let what = "the next calls, and a third again";
        if !self.feed(&[&next, &again], what).await? {
            return Ok(None);
        }
        told.extend(self.ready_turns().await?);
        let verdict = self.verdict(expected, script, &told, again.len()).await?;
        Ok(Some(verdict))
    }

    /// Sends messages and waits until all they lead to is done; false if Ctrl-C came first.
    async fn feed(&mut self, messages: &[&[Message]], what: &str) -> Result<bool> {
        let messages = messages.concat();
        self.services.send(&messages).await?;
        self.sent += messages.len();
        let mut queues: Vec<_> = messages.iter().map(|it| it.queue.as_str()).collect();
        queues.sort_unstable();
        queues.dedup();
        let progress = Progress::new(messages.len(), what);
        let is_idle = self.stage.until_idle(&queues, |done| progress.show(done));
        let is_idle = is_idle.await;
        progress.finish();
        Ok(is_idle)
    }

    async fn ready_turns(&self) -> Result<Vec<TurnReady>> {
        let queue = queue("TurnReadyQueue.fifo");
        self.services.ready_turns(&queue).await
    }

    async fn verdict(
        &self,
        expected: Expected,
        script: &Script,
        told: &[TurnReady],
        again: usize,
    ) -> Result<Verdict> {
        let conversations = expected.conversations.keys();
        let transcripts = self.services.transcripts(conversations).await?;
        let documents = self.services.documents().await?;
        let found = Found {
            transcripts: &transcripts,
            told,
            documents: &documents,
            dead: &Dead::default(),
        };
        let mut problems = problems(&expected, &found);
        problems.extend(self.dead_letters(&script.poison).await?);
        let (killed, wanted) = (self.stage.killed(), KILLED.len() as u64);
        if killed != wanted {
            problems.push(format!("{killed} processes were killed, not {wanted}"));
        }
        Ok(Verdict {
            shown: SHOWN,
            transcripts,
            tables: self.stage.tables(),
            sent: self.sent,
            again,
            poisoned: script.poison.len(),
            killed,
            turns: told.len(),
            expected,
            problems,
        })
    }

    /// The poisoned messages are in the dead-letter queues of theirs, and no others.
    async fn dead_letters(&self, poison: &[Message]) -> Result<Vec<String>> {
        let mut problems = Vec::new();
        for queue in &self.queues {
            let Some(redrive) = &queue.redrive else {
                continue;
            };
            let dead = self.queues.iter();
            let Some(dead) = dead.clone().find(|it| it.arn == redrive.dead_letter_arn) else {
                continue;
            };
            let own = poison.iter().filter(|it| it.queue == queue.name);
            let own: BTreeSet<_> = own.map(|it| it.body.clone()).collect();
            let dead_letters = self.services.dead_letters(&dead.name).await?;
            // By what they say: a process killed after it sent one sends it again.
            if dead_letters != own {
                let (are, should) = (dead_letters.len(), own.len());
                let name = &dead.name;
                problems.push(format!(
                    "{are} messages are in {name}, not the {should} poisoned"
                ));
            }
        }
        Ok(problems)
    }
}

/// The calls of those turns that come after the ones that are ready.
fn next_calls(calls: &[Message], told: &[TurnReady]) -> Result<Vec<Message>> {
    let ready: BTreeSet<_> = told.iter().map(|it| it.conversation_id.as_str()).collect();
    let mut next = Vec::new();
    for message in calls {
        let request: ToolRequest = serde_json::from_str(&message.body)?;
        if ready.contains(request.conversation_id.as_str()) {
            next.push(message.clone());
        }
    }
    Ok(next)
}
