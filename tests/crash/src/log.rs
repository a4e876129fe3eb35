//! What the functions have printed: who was killed, what was done, and what became of it.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::Write;
use std::path::Path;

use lambda_queue_demo::Result;
use serde_json::Value;

/// Everything that was printed so far.
pub(crate) struct Log {
    /// All of it, for whoever looks for the reason of something.
    file: File,
    /// Processes that were killed before they had answered.
    pub(crate) killed: u64,
    /// Each time that something was done, by what it was.
    effects: BTreeMap<String, Vec<Run>>,
    /// What became of a message in an invocation.
    outcomes: HashMap<Run, String>,
}

/// A message in an invocation.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Run {
    request: String,
    message: String,
}

/// What was done, in numbers.
#[derive(Default)]
pub(crate) struct Done {
    /// Different things that were done.
    pub(crate) keys: usize,
    /// How often any of them was done.
    pub(crate) effects: usize,
    /// Of these, those whose run did not come to its end.
    pub(crate) unfinished: usize,
}

impl Log {
    /// Begins with nothing, in a file.
    pub(crate) fn at(path: &Path) -> Result<Self> {
        Ok(Self {
            file: File::create(path)?,
            killed: 0,
            effects: BTreeMap::new(),
            outcomes: HashMap::new(),
        })
    }

    /// Takes a line of `lambda-queue local --logs all`.
    pub(crate) fn take(&mut self, line: &str) {
        // Without the file, there is only less to look at.
        drop(writeln!(self.file, "{line}"));
        let Some((_, said)) = line.split_once("│ ") else {
            return;
        };
        if said.starts_with("chaos killed the function") {
            self.killed += 1;
        }
        // Whoever is killed may leave half a line.
        let Ok(said) = serde_json::from_str::<Value>(said) else {
            return;
        };
        let fields = &said["fields"];
        if said["target"] == "lambda_queue::outcome" {
            let run = Run::of(&said, fields);
            self.outcomes.insert(run, text(&fields["outcome"]));
        } else if let Some(effect) = effect(fields) {
            let message = last_span(&said, "message_id").unwrap_or(&Value::Null);
            let run = Run::of(&said, message);
            self.effects.entry(effect).or_default().push(run);
        }
    }

    /// What was done, and what was done more than once although a run of it had come to its end.
    pub(crate) fn done(&self) -> (Done, Vec<String>) {
        let mut done = Done {
            keys: self.effects.len(),
            ..Done::default()
        };
        let mut problems = Vec::new();
        for (effect, runs) in &self.effects {
            let outcome = |run: &&Run| self.outcomes.get(run).map(String::as_str);
            let finished = runs.iter().filter(|it| outcome(it) == Some("processed"));
            let finished = finished.count();
            done.effects += runs.len();
            done.unfinished += runs.len() - finished;
            if finished > 1 {
                problems.push(format!("{effect}: done and recorded {finished} times"));
            }
        }
        (done, problems)
    }
}

impl Run {
    /// The run that a line is about, with the message named in `message` or in one of its fields.
    fn of(line: &Value, message: &Value) -> Self {
        let request = last_span(line, "requestId").unwrap_or(&Value::Null);
        let id = message.get("message_id").unwrap_or(message);
        Self {
            request: text(request),
            message: text(id),
        }
    }
}

/// What a line says was done.
fn effect(fields: &Value) -> Option<String> {
    match fields["message"].as_str()? {
        "tool call executed" => Some(format!(
            "call {} of {}",
            text(&fields["tool_call_id"]),
            text(&fields["conversation_id"])
        )),
        // Of a version, the part behind its generation: what it says, and not whom it replaces.
        "document ingested" => {
            let version = text(&fields["version"]);
            let (_, content) = version.split_once('-')?;
            Some(format!("{content} of {}", text(&fields["document_id"])))
        }
        _ => None,
    }
}

fn last_span<'l>(line: &'l Value, field: &str) -> Option<&'l Value> {
    let spans = line["spans"].as_array()?;
    spans.iter().rev().find_map(|it| it.get(field))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
