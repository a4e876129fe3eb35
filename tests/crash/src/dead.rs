//! The dead-letter queues: what is in them is accounted for.

use std::collections::BTreeSet;

use conversation::Message as ResultMessage;
use ingestion::Incoming;
use lambda_queue_cli::template::Template;
use lambda_queue_demo::Result;
use lambda_queue_demo::check::Dead;
use lambda_queue_demo::services::Services;
use serde_json::from_str;
use tool_executor::ToolRequest;

/// What became a dead letter.
#[derive(Default)]
pub(crate) struct DeadLetters {
    /// Of messages that a function would take: killed at each of their receives.
    pub(crate) of_good: Dead,
    /// Different ones of these.
    pub(crate) good: usize,
    /// Different ones of the others.
    pub(crate) poison: usize,
}

/// Empties the dead-letter queues; with what is missing there, and what nobody sent.
pub(crate) async fn read(
    services: &Services,
    template: &Template,
    poison: &[String],
) -> Result<(DeadLetters, Vec<String>)> {
    let queues = template.queues()?;
    let targets = queues.iter().filter_map(|it| it.redrive.as_ref());
    let targets: BTreeSet<_> = targets.map(|it| &*it.dead_letter_arn).collect();
    let mut bodies = BTreeSet::new();
    for queue in queues.iter().filter(|it| targets.contains(&*it.arn)) {
        bodies.extend(services.take(&queue.name).await?);
    }
    let mut dead = DeadLetters::default();
    let mut problems = Vec::new();
    for body in poison {
        if bodies.remove(body) {
            dead.poison += 1;
        } else {
            problems.push("a poisoned message is in no dead-letter queue".to_owned());
        }
    }
    dead.good = bodies.len();
    for body in &bodies {
        if !note(&mut dead.of_good, body) {
            problems.push("a dead letter is of no message that was sent".to_owned());
        }
    }
    Ok((dead, problems))
}

/// Notes whose message a dead letter is; false if it is of no kind that is sent.
fn note(dead: &mut Dead, body: &str) -> bool {
    if let Ok(Incoming::Document(it)) = from_str(body) {
        dead.documents.insert(it.document_id);
    } else if let Ok(it) = from_str::<ToolRequest>(body) {
        let call = it.call.id().into_owned();
        dead.calls.insert((it.conversation_id, call));
    } else {
        match from_str(body) {
            Ok(ResultMessage::Result(it)) => {
                dead.calls.insert((it.conversation_id, it.tool_call_id));
            }
            Ok(ResultMessage::TurnComplete(it)) => {
                dead.turns.insert((it.conversation_id, it.turn_id));
            }
            Err(_) => return false,
        }
    }
    true
}
