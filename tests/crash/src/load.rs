//! What is sent: rounds of all kinds of messages, without an end.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use lambda_queue_demo::Result;
use lambda_queue_demo::expected::Expected;
use lambda_queue_demo::messages::{Message, load};
use serde_json::json;

use crate::course::STACK;

/// Copies of each message in a round.
const NUMBERS: usize = 4;
/// One in so many good messages is sent again with the next round.
const AGAIN: usize = 3;
/// How often a handbook is written anew.
pub(crate) const EDITIONS: usize = 3;

/// All rounds, and what has to come of those that were sent.
pub(crate) struct Load {
    events: PathBuf,
    round: usize,
    again: Vec<Message>,
    pub(crate) expected: Expected,
    /// Bodies that no function takes.
    pub(crate) poison: Vec<String>,
    /// How many handbooks there are.
    pub(crate) handbooks: usize,
    pub(crate) sent: usize,
}

/// A round that SQS may not have taken.
pub(crate) struct Round {
    documents: Vec<Message>,
    calls: Vec<Message>,
    results: Vec<Message>,
    poison: Vec<Message>,
    /// Known from before.
    again: Vec<Message>,
    handbooks: usize,
}

impl Load {
    /// The event files in this folder, again and again under other numbers.
    pub(crate) fn of(events: &Path) -> Self {
        Self {
            events: events.to_owned(),
            round: 0,
            again: Vec::new(),
            expected: Expected::default(),
            poison: Vec::new(),
            handbooks: 0,
            sent: 0,
        }
    }

    /// The next round, of which nothing is expected before it is said to be sent.
    pub(crate) fn next(&self) -> Result<Round> {
        let numbers = numbers(self.round);
        let load = |function: &str, scenario: &str, queue: &str| {
            let file = format!("sqs-{function}-{scenario}.json");
            load(&self.events.join(file), &queue_name(queue), numbers.clone())
        };
        let mut documents = load("ingestion", "load", "IngestionQueue")?;
        documents.extend(handbooks(self.round));
        let poison = [
            load("ingestion", "load-poison", "IngestionQueue")?,
            load("tool-executor", "load-poison", "ToolExecutorQueue")?,
            load("conversation", "load-poison", "ToolResultsQueue.fifo")?,
        ];
        Ok(Round {
            documents,
            calls: load("tool-executor", "load", "ToolExecutorQueue")?,
            results: load("conversation", "load", "ToolResultsQueue.fifo")?,
            poison: poison.concat(),
            again: self.again.clone(),
            handbooks: *numbers.end(),
        })
    }

    /// SQS has taken all of it.
    pub(crate) fn sent(&mut self, round: Round) -> Result<()> {
        self.round += 1;
        self.sent += round.messages().len();
        self.expected.documents(&round.documents)?;
        self.expected.calls(&round.calls)?;
        self.expected.results(&round.results)?;
        // What a search finds depends on what is ingested by then.
        self.expected.searches.clear();
        self.poison
            .extend(round.poison.into_iter().map(|it| it.body));
        self.handbooks = round.handbooks;
        let good = [round.documents, round.calls, round.results].concat();
        self.again = good.into_iter().step_by(AGAIN).collect();
        Ok(())
    }
}

impl Round {
    /// In the order in which they are sent.
    pub(crate) fn messages(&self) -> Vec<Message> {
        [
            &self.documents[..],
            &self.calls,
            &self.results,
            &self.poison,
            &self.again,
        ]
        .concat()
    }
}

/// The id of a document of which there are several editions.
pub(crate) fn handbook(number: usize) -> String {
    format!("handbook/{number}")
}

/// What each part of an edition begins with.
pub(crate) fn edition(number: usize) -> String {
    format!("Edition {number} of the handbook.")
}

/// The handbooks of a round in their first edition, and those of the rounds before in the next ones:
/// each edition is longer than the one before, and in chunks of its own.
fn handbooks(round: usize) -> impl Iterator<Item = Message> {
    let editions = (1..=EDITIONS).filter(move |edition| *edition <= round + 1);
    let all = editions.flat_map(move |edition| {
        let numbers = numbers(round + 1 - edition);
        numbers.map(move |number| (number, edition))
    });
    all.map(|(number, of)| {
        let words = "Keep it clean and dry, and away from children. ".repeat(15);
        let begin = edition(of);
        let parts = (0..=2 * of).map(|part| format!("## Part {part}\n\n{begin} {words}\n\n"));
        let text: String = parts.collect();
        let inline = json!({"content_type": "text/markdown", "text": text});
        let body = json!({"document_id": handbook(number), "source": {"inline": inline}});
        Message {
            queue: queue_name("IngestionQueue"),
            body: body.to_string(),
            group: None,
        }
    })
}

/// The numbers of a round's conversations, parcels, manuals and handbooks.
fn numbers(round: usize) -> RangeInclusive<usize> {
    let first = round * NUMBERS + 1;
    first..=first + NUMBERS - 1
}

pub(crate) fn queue_name(name: &str) -> String {
    format!("{STACK}-{name}")
}
