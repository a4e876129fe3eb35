//! Whether the transcripts are what is promised.

use std::collections::{BTreeMap, BTreeSet};

use conversation::{Entry, TurnReady};
use serde_json::Value;

use crate::expected::{Conversation, Expected};

/// What there is, to be held against what is [`Expected`].
pub struct Found<'a> {
    /// By conversation id.
    pub transcripts: &'a BTreeMap<String, Vec<Entry>>,
    /// All that was said of turns.
    pub told: &'a [TurnReady],
    /// Ids of documents that can be searched.
    pub documents: &'a BTreeSet<String>,
    /// What is accounted for without being there.
    pub dead: &'a Dead,
}

/// Whose messages are dead letters: it may be missing, or have come late all the same.
#[derive(Default)]
pub struct Dead {
    /// Ids of documents.
    pub documents: BTreeSet<String>,
    /// Calls, by conversation and id, of which the request or the result is dead.
    pub calls: BTreeSet<(String, String)>,
    /// Turns, by conversation and id, at which nobody looks any more.
    pub turns: BTreeSet<(String, String)>,
}

impl Dead {
    fn has_call(&self, conversation: &str, call: &str) -> bool {
        let call = (conversation.to_owned(), call.to_owned());
        self.calls.contains(&call)
    }
}

/// Everything that is not as promised, a line each.
#[must_use]
pub fn problems(expected: &Expected, found: &Found<'_>) -> Vec<String> {
    let mut problems = Vec::new();
    let missing = expected.documents.difference(found.documents);
    for id in missing.filter(|it| !found.dead.documents.contains(*it)) {
        problems.push(format!("document {id} cannot be searched"));
    }
    for (id, conversation) in &expected.conversations {
        let entries = found.transcripts.get(id).map_or(&[][..], Vec::as_slice);
        let is_dead = |call: &str| found.dead.has_call(id, call);
        let in_transcript = calls(conversation, entries, is_dead)
            .chain(places(entries))
            .chain(order(conversation, entries, is_dead))
            .chain(searches(id, expected, entries));
        let told = told(id, conversation, found);
        problems.extend(in_transcript.chain(told).map(|it| format!("{id}: {it}")));
    }
    problems
}

/// Every call has its result once.
fn calls(
    conversation: &Conversation,
    entries: &[Entry],
    is_dead: impl Fn(&str) -> bool,
) -> impl Iterator<Item = String> {
    let mut counts = BTreeMap::<&str, usize>::new();
    for entry in entries {
        *counts.entry(&entry.tool_call_id).or_default() += 1;
    }
    let mut problems = Vec::new();
    for call in conversation.turns.iter().flat_map(|it| &it.calls) {
        match counts.remove(call.as_str()) {
            Some(1) => {}
            Some(count) => problems.push(format!("the result of {call} is there {count} times")),
            None if is_dead(call) => {}
            None => problems.push(format!("the result of {call} is missing")),
        }
    }
    let strangers = counts.into_keys();
    problems.extend(strangers.map(|call| format!("nobody has made the call {call}")));
    problems.into_iter()
}

/// Positions are 1, 2, 3 without a gap.
fn places(entries: &[Entry]) -> impl Iterator<Item = String> {
    let places = (1..).zip(entries);
    places.filter_map(|(place, it)| {
        let position = it.position;
        (position != place).then(|| format!("entry {place} says that it is number {position}"))
    })
}

/// Results are in the order in which the queue had them. Of those of one turn the demo knows it if
/// it sent them itself; a later turn was begun when the one before was told of.
fn order(
    conversation: &Conversation,
    entries: &[Entry],
    is_dead: impl Fn(&str) -> bool,
) -> impl Iterator<Item = String> {
    let turns = conversation.turns.iter().enumerate();
    let calls = turns.flat_map(|(turn, it)| it.calls.iter().map(move |call| (turn, call)));
    let ranks: BTreeMap<&str, usize> = calls
        .enumerate()
        .map(|(rank, (turn, call))| {
            let rank = if conversation.in_order { rank } else { turn };
            (call.as_str(), rank)
        })
        .collect();
    let rank = |entry: &Entry| ranks.get(entry.tool_call_id.as_str()).copied();
    let alive = entries.iter().filter(|it| !is_dead(&it.tool_call_id));
    let alive: Vec<_> = alive.collect();
    let pairs = alive.windows(2).filter_map(move |pair| {
        let ranks = rank(pair[0]).zip(rank(pair[1]));
        let is_out_of_order = ranks.is_some_and(|(before, after)| before > after);
        is_out_of_order.then(|| {
            let [before, after] = [&pair[0].tool_call_id, &pair[1].tool_call_id];
            format!("{before} comes before {after}")
        })
    });
    pairs.collect::<Vec<_>>().into_iter()
}

/// What searches have found was ingested.
fn searches(
    conversation: &str,
    expected: &Expected,
    entries: &[Entry],
) -> impl Iterator<Item = String> {
    let mut problems = Vec::new();
    for entry in entries {
        let call = (conversation.to_owned(), entry.tool_call_id.clone());
        if !expected.searches.contains(&call) {
            continue;
        }
        let text = content(&entry.result);
        let mut named = text.split("document `").skip(1).peekable();
        if named.peek().is_none() {
            problems.push(format!("{} has found nothing", entry.tool_call_id));
        }
        for id in named.filter_map(|it| it.split('`').next()) {
            if !expected.documents.contains(id) {
                let call = &entry.tool_call_id;
                problems.push(format!("{call} has found {id}, which nobody sent"));
            }
        }
    }
    problems.into_iter()
}

/// Every turn was told of once, when all its results were there.
fn told(id: &str, conversation: &Conversation, found: &Found<'_>) -> impl Iterator<Item = String> {
    let mut length = 0;
    let mut problems = Vec::new();
    for turn in &conversation.turns {
        length += turn.calls.len() as u64;
        let is_dead = turn.calls.iter().any(|it| found.dead.has_call(id, it));
        let key = (id.to_owned(), turn.id.clone());
        if is_dead || found.dead.turns.contains(&key) {
            continue;
        }
        let told = found.told.iter().filter(|it| it.conversation_id == id);
        let told: Vec<_> = told.filter(|it| it.turn_id == turn.id).collect();
        match told.as_slice() {
            [] => problems.push(format!("nobody was told that {} is ready", turn.id)),
            [one] if one.entries == length => {}
            [one] => problems.push(format!(
                "{} was told of at {} results, with {length} it is ready",
                turn.id, one.entries
            )),
            more => problems.push(format!("{} was told of {} times", turn.id, more.len())),
        }
    }
    problems.into_iter()
}

/// What a model reads of a result, whatever its dialect.
#[must_use]
pub fn content(result: &str) -> String {
    let result: Value = serde_json::from_str(result).unwrap_or_default();
    let places = ["/content", "/output", "/result/content/0/text"];
    let texts = places.map(|it| result.pointer(it).and_then(Value::as_str));
    texts
        .into_iter()
        .flatten()
        .next()
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests;
