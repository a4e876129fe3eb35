//! What is printed.

use std::collections::BTreeMap;
use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use conversation::Entry;
use lambda_queue_demo::check::content;
use lambda_queue_demo::expected::Expected;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
/// Lines of a result, and how long they may be.
const LINES: usize = 2;
const WIDTH: usize = 72;
/// Problems that are listed.
const LISTED: usize = 20;

/// What it all came to.
pub(crate) struct Verdict {
    /// The conversations to print.
    pub(crate) shown: [&'static str; 3],
    pub(crate) transcripts: BTreeMap<String, Vec<Entry>>,
    pub(crate) expected: Expected,
    /// What became of messages and functions.
    pub(crate) tables: String,
    /// Messages sent, those sent again included.
    pub(crate) sent: usize,
    pub(crate) again: usize,
    pub(crate) poisoned: usize,
    pub(crate) killed: u64,
    /// Turns that were told of.
    pub(crate) turns: usize,
    /// What is not as promised.
    pub(crate) problems: Vec<String>,
}

/// Where it can be watched.
pub(crate) fn started(url: &str) -> String {
    format!(
        "\n  {BOLD}Everything runs at {url}{BOLD:#} {DIM}· the console: {url}/_console{DIM:#}\n\n"
    )
}

/// What can be done now.
pub(crate) fn staying(url: &str) -> String {
    format!("\n  The console is at {BOLD}{url}/_console{BOLD:#} {DIM}until Ctrl-C{DIM:#}\n")
}

/// A few transcripts as a model would read them, the calls of all the others, the tables, and whether all
/// is as promised.
pub(crate) fn verdict(verdict: &Verdict) -> String {
    let mut text = String::new();
    for id in verdict.shown {
        let entries = verdict.transcripts.get(id).map_or(&[][..], Vec::as_slice);
        text += &transcript(id, entries, &verdict.expected);
    }
    text += &others(&verdict.transcripts, &verdict.shown);
    text += &verdict.tables;
    text.push('\n');
    text += &if verdict.problems.is_empty() {
        success(verdict)
    } else {
        failure(&verdict.problems)
    };
    text
}

/// A transcript, with a line between turns.
pub(crate) fn transcript(id: &str, entries: &[Entry], expected: &Expected) -> String {
    let mut text = format!("\n  {BOLD}{id}{BOLD:#}\n");
    let tool = |entry: &Entry| {
        let call = (id.to_owned(), entry.tool_call_id.clone());
        expected.tools.get(&call).map_or("", String::as_str)
    };
    let width = |it: &dyn Fn(&Entry) -> usize| entries.iter().map(it).max().unwrap_or(0);
    let (calls, tools) = (
        width(&|it| it.tool_call_id.chars().count()),
        width(&|it| tool(it).chars().count()),
    );
    let mut turn = None;
    for entry in entries {
        if turn.replace(&entry.turn_id) != Some(&entry.turn_id) {
            let turn = entry.turn_id.as_deref().unwrap_or("no turn");
            let _ = writeln!(text, "  {DIM}─ {turn}{DIM:#}");
        }
        let content = content(&entry.result);
        let mut lines = content.lines().filter(|it| !it.trim().is_empty());
        let lines = lines.by_ref().take(LINES).map(shortened);
        for (number, line) in lines.enumerate() {
            let (position, call, tool) = match number {
                0 => (
                    entry.position.to_string(),
                    entry.tool_call_id.as_str(),
                    tool(entry),
                ),
                _ => (String::new(), "", ""),
            };
            let cyan = AnsiColor::Cyan.on_default();
            let _ = write!(text, "  {DIM}{position:>3}  {call:calls$}{DIM:#}  ");
            if tools > 0 {
                let _ = write!(text, "{cyan}{tool:tools$}{cyan:#}  ");
            }
            let _ = writeln!(text, "{line}");
        }
    }
    text
}

/// A line for each transcript that is not shown whole: its calls, with a mark between turns.
fn others(transcripts: &BTreeMap<String, Vec<Entry>>, shown: &[&str]) -> String {
    let others = transcripts.iter();
    let mut others: Vec<_> = others
        .filter(|(id, _)| !shown.contains(&id.as_str()))
        .collect();
    // conversation-2 before conversation-10.
    let name = |id: &str| id.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    others.sort_by_key(|(id, _)| (name(id), id.len(), id.as_str()));
    let width = others.iter().map(|(id, _)| id.len()).max().unwrap_or(0);
    let mut text = format!(
        "\n  {BOLD}the other {}{BOLD:#} {DIM}· their calls in order{DIM:#}\n",
        others.len()
    );
    for (id, entries) in others {
        let turns = entries.chunk_by(|one, next| one.turn_id == next.turn_id);
        let calls = |turn: &[Entry]| {
            let calls: Vec<_> = turn.iter().map(|it| it.tool_call_id.as_str()).collect();
            calls.join(" ")
        };
        let turns: Vec<_> = turns.map(calls).collect();
        let calls = turns.join(&format!(" {DIM}│{DIM:#} "));
        let _ = writeln!(text, "  {id:width$}  {calls}");
    }
    text
}

fn shortened(line: &str) -> String {
    match line.char_indices().nth(WIDTH) {
        None => line.to_owned(),
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
    }
}

fn success(verdict: &Verdict) -> String {
    let style = AnsiColor::Green.on_default().bold();
    let Verdict {
        sent,
        again,
        poisoned,
        killed,
        turns,
        ..
    } = verdict;
    let transcripts = verdict.transcripts.len();
    let entries = verdict.expected.entries();
    let documents = verdict.expected.documents.len();
    let lines = [
        format!(
            "{transcripts} transcripts with {entries} results: each is there once and in order, {turns} turns told of once"
        ),
        format!("{documents} documents, and nothing else, is what the searches have found"),
        format!(
            "{sent} messages sent: {again} of them a second time, {poisoned} poisoned and dead-lettered"
        ),
        format!("{killed} processes killed in the middle of a batch; their messages came back"),
    ];
    lines
        .map(|it| format!("  {style}✓{style:#} {it}\n"))
        .concat()
}

fn failure(problems: &[String]) -> String {
    let style = AnsiColor::Red.on_default().bold();
    let listed = problems.iter().take(LISTED);
    let mut text: String = listed
        .map(|it| format!("  {style}✗{style:#} {it}\n"))
        .collect();
    if let Some(more) = problems.len().checked_sub(LISTED).filter(|it| *it > 0) {
        let _ = writeln!(text, "  {DIM}and {more} more{DIM:#}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transcript_that_is_not_shown_has_a_line_with_its_calls() {
        let entry = |call: &str, turn: &str| Entry {
            position: 1,
            tool_call_id: call.to_owned(),
            turn_id: Some(turn.to_owned()),
            result: "{}".to_owned(),
            output: None,
        };
        let entries = || vec![entry("call_1", "a"), entry("call_2", "a"), entry("3", "b")];
        let ids = ["c-1", "c-2", "c-10", "b-1"].map(str::to_owned);
        let transcripts = ids.map(|id| (id, entries())).into_iter().collect();
        let shown = others(&transcripts, &["c-1"]);
        let shown = anstream::adapter::strip_str(&shown).to_string();
        insta::assert_snapshot!(shown, @r"

        the other 3 · their calls in order
        b-1   call_1 call_2 │ 3
        c-2   call_1 call_2 │ 3
        c-10  call_1 call_2 │ 3
        ");
    }

    #[test]
    fn a_transcript_has_two_lines_of_each_result_and_a_line_for_each_turn() {
        let entry = |position: u64, call: &str, turn: &str, result: &str| Entry {
            position,
            tool_call_id: call.to_owned(),
            turn_id: Some(turn.to_owned()),
            result: result.to_owned(),
            output: None,
        };
        let entries = [
            entry(1, "call_1", "a", r#"{"content": "47.48"}"#),
            entry(2, "call_22", "a", r#"{"output": "one\n\ntwo\nthree"}"#),
            entry(
                3,
                "3",
                "b",
                &format!(
                    r#"{{"result": {{"content": [{{"text": "{}"}}]}}}}"#,
                    "ä".repeat(80)
                ),
            ),
        ];
        let mut expected = Expected::default();
        let call = ("c".to_owned(), "call_1".to_owned());
        expected.tools.insert(call, "calculator".to_owned());
        let shown = transcript("c", &entries, &expected);
        let shown = anstream::adapter::strip_str(&shown).to_string();
        insta::assert_snapshot!(shown, @r"

        c
        ─ a
          1  call_1   calculator  47.48
          2  call_22              one
                                  two
        ─ b
          3  3                    ääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääää…
        ");
    }
}
