//! What a function prints: outcomes are gathered, the rest is shown.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, PipeReader, PipeWriter, Write};
use std::process::Stdio;

use tokio::sync::mpsc;

use super::voice::Voice;
use crate::outcome::{MessageOutcome, parse_line};

/// How much of a function's log is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum LogLevel {
    /// Its last lines, once the function fails
    OnFailure,
    /// What the function says, without metrics and outcomes
    Default,
    /// Every line
    All,
}

/// How many lines a failure is explained with.
const LAST_LINES: usize = 40;
/// How many bytes of its log Lambda hands to whoever invokes with `LogType: Tail`.
const TAIL: usize = 4 * 1024;

/// One pipe for both of a function's output streams, so that their lines keep their order.
///
/// Pipes keep order but know no "that was all for now". This end therefore holds a writer too:
/// once the function has answered, a mark is written behind whatever it printed before, and
/// reading up to the mark misses nothing and waits for nothing.
pub(super) struct Log {
    level: LogLevel,
    voice: Voice,
    lines: mpsc::UnboundedReceiver<String>,
    writer: PipeWriter,
    mark: String,
    outcomes: Vec<MessageOutcome>,
    hidden: VecDeque<String>,
    tail: String,
}

impl Log {
    /// A log, and the two streams that feed it.
    pub(super) fn new(level: LogLevel, voice: Voice) -> io::Result<(Self, Stdio, Stdio)> {
        let (reader, writer) = io::pipe()?;
        let (sender, lines) = mpsc::unbounded_channel();
        let streams = (writer.try_clone()?.into(), writer.try_clone()?.into());
        std::thread::spawn(move || forward(reader, &sender));
        let log = Self {
            level,
            voice,
            lines,
            writer,
            mark: format!("\u{1e}{:032x}", fastrand::u128(..)),
            outcomes: Vec::new(),
            hidden: VecDeque::new(),
            tail: String::new(),
        };
        Ok((log, streams.0, streams.1))
    }

    /// The next line; never ends while the log is open.
    pub(super) async fn next(&mut self) -> Option<String> {
        self.lines.recv().await
    }

    /// Gathers or shows a line.
    pub(super) fn take(&mut self, line: &str) {
        let outcome = parse_line(line);
        self.remember(line);
        let is_plain = outcome.is_none() && !is_metrics(line);
        self.outcomes.extend(outcome);
        let shown = match self.level {
            LogLevel::OnFailure => false,
            LogLevel::Default => is_plain,
            LogLevel::All => true,
        };
        if line.is_empty() {
            return;
        }
        if shown {
            self.voice.say(line);
        } else if is_plain {
            self.hidden.truncate(LAST_LINES - 1);
            self.hidden.push_front(line.to_owned());
        }
    }

    fn remember(&mut self, line: &str) {
        if line.is_empty() {
            return;
        }
        self.tail.push_str(line);
        self.tail.push('\n');
        // Not at every line, as the rest is moved each time.
        if self.tail.len() > 4 * TAIL {
            self.tail
                .drain(..self.tail.ceil_char_boundary(self.tail.len() - TAIL));
        }
    }

    /// The last of what was printed since the last call.
    pub(super) fn tail(&mut self) -> String {
        let mut tail = std::mem::take(&mut self.tail);
        let start = tail.len().saturating_sub(TAIL);
        tail.drain(..tail.ceil_char_boundary(start));
        tail
    }

    /// Shows the last lines that were held back.
    pub(super) fn reveal(&mut self) {
        for line in self.hidden.drain(..).rev() {
            self.voice.say(&line);
        }
    }

    /// Takes everything that was printed before this call.
    pub(super) async fn drain(&mut self) -> io::Result<()> {
        // A line the function left unfinished ends here.
        self.writer
            .write_all(format!("\n{}\n", self.mark).as_bytes())?;
        while let Some(line) = self.lines.recv().await {
            if line == self.mark {
                break;
            }
            self.take(&line);
        }
        Ok(())
    }

    /// The outcomes since the last call.
    pub(super) fn outcomes(&mut self) -> Vec<MessageOutcome> {
        std::mem::take(&mut self.outcomes)
    }
}

/// Reads lines until every writer is gone, or nobody listens.
fn forward(reader: PipeReader, lines: &mpsc::UnboundedSender<String>) {
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    while reader
        .read_until(b'\n', &mut line)
        .is_ok_and(|read| read > 0)
    {
        let text = String::from_utf8_lossy(&line);
        if lines.send(text.trim_end().to_owned()).is_err() {
            return;
        }
        line.clear();
    }
}

/// CloudWatch's embedded metric format: JSON with `_aws`.
fn is_metrics(line: &str) -> bool {
    let value = serde_json::from_str::<serde_json::Value>(line);
    value.is_ok_and(|value| value.get("_aws").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn draining_takes_all_that_was_printed_before_and_nothing_twice() {
        let (mut log, _out, _err) = Log::new(LogLevel::OnFailure, Voice::default()).unwrap();
        for id in ["a", "b"] {
            let line = format!(
                r#"{{"target":"lambda_queue::outcome","fields":{{"message_id":"{id}","outcome":"processed"}}}}"#
            );
            // The newline is missing, as from a `print!`.
            log.writer.write_all(line.as_bytes()).unwrap();
            log.drain().await.unwrap();
            let outcomes = log.outcomes();
            assert_eq!(outcomes.len(), 1);
            assert_eq!(outcomes[0].message_id, id);
        }
    }

    #[test]
    fn embedded_metrics_are_told_from_other_json() {
        assert!(is_metrics(r#"{"_aws":{"Timestamp":1},"Processed":2}"#));
        assert!(!is_metrics(r#"{"level":"INFO"}"#));
        assert!(!is_metrics("_aws"));
    }
}
