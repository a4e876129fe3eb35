//! For people: as rustc would say it.

use std::fmt::Write;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::check::finding::Severity;
use crate::check::judge::{Found, Verdict};
use crate::check::model::Model;
use crate::check::rules::RULES;
use crate::report::{BOLD, DIM, plural};
use crate::template::Outline;

/// Where notes are wrapped.
const WIDTH: usize = 92;

/// All findings and a summary, with ANSI colours.
pub(crate) fn human(outline: &Outline, model: &Model, verdict: &Verdict, verbose: bool) -> String {
    let mut out = String::new();
    for found in &verdict.found {
        let _ = writeln!(out, "{}\n", finding(outline, found));
    }
    if verbose {
        for (found, reason) in &verdict.suppressed {
            let at = place(outline, found.finding.line);
            let message = &found.finding.message;
            let _ = writeln!(
                out,
                "{DIM}suppressed[{}]{DIM:#} {at}: {message}\n  {DIM}reason:{DIM:#} {reason}",
                found.rule.id
            );
        }
        for (unknown, rule) in &verdict.unjudged {
            let at = place(outline, unknown.line);
            let rule = rule.unwrap_or("any rule");
            let _ = writeln!(out, "{DIM}not judged[{rule}]{DIM:#} {at}: {}", unknown.why);
        }
        if !verdict.suppressed.is_empty() || !verdict.unjudged.is_empty() {
            out.push('\n');
        }
    }
    out.push_str(&summary(outline, model, verdict, verbose));
    out
}

fn finding(outline: &Outline, found: &Found) -> String {
    let finding = &found.finding;
    let level = match found.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(&finding.message).id(found.rule.id);
    let mut group = Group::with_title(title);
    if let Some(span) = line_span(&outline.text, finding.line) {
        let mark = AnnotationKind::Primary.span(span);
        let source = Snippet::source(&outline.text).path(&outline.file);
        group = group.element(source.annotation(mark));
    } else {
        group = group.element(Origin::path(&outline.file));
    }
    let group = group
        .element(Level::NOTE.message(wrap(found.rule.why)))
        .element(Level::HELP.message(wrap(&finding.fix)));
    Renderer::styled().render(&[group])
}

/// Where the text of a line is, without the spaces and comments around it.
fn line_span(text: &str, line: usize) -> Option<Range<usize>> {
    let before: usize = text
        .split_inclusive('\n')
        .take(line.checked_sub(1)?)
        .map(str::len)
        .sum();
    let line = text.get(before..)?.lines().next()?;
    let code = line.split(" #").next().unwrap_or(line);
    let start = before + (code.len() - code.trim_start().len());
    let end = start + code.trim().len();
    (start < end).then_some(start..end)
}

fn place(outline: &Outline, line: usize) -> String {
    match line {
        0 => outline.file.clone(),
        line => format!("{}:{line}", outline.file),
    }
}

fn summary(outline: &Outline, model: &Model, verdict: &Verdict, verbose: bool) -> String {
    let file = &outline.file;
    let counts = [Severity::Error, Severity::Warning, Severity::Note]
        .map(|it| (verdict.count(it), it.label()))
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, label)| plural(count, label))
        .collect::<Vec<_>>();
    let mut out = format!("{BOLD}{file}{BOLD:#}: ");
    if counts.is_empty() {
        let looked_at = [
            plural(model.queues.len(), "queue"),
            plural(model.functions.len(), "function"),
            plural(model.mappings.len(), "event source mapping"),
        ];
        let _ = write!(
            out,
            "nothing found; {} by {} rules",
            looked_at.join(", "),
            RULES.len()
        );
    } else {
        out.push_str(&counts.join(", "));
    }
    if !verdict.suppressed.is_empty() {
        let _ = write!(out, "; {} suppressed", verdict.suppressed.len());
    }
    match verdict.unjudged.len() {
        0 => {}
        count if verbose => {
            let _ = write!(out, "; {count} not judged");
        }
        count => {
            let _ = write!(
                out,
                "; {count} not judged for want of a value (--verbose says which)"
            );
        }
    }
    out.push('\n');
    if !verdict.found.is_empty() {
        let _ = writeln!(
            out,
            "{DIM}lambda-queue check --explain RULE says more, with an example.{DIM:#}"
        );
    }
    out
}

/// Breaks text into lines that are easy to read.
pub(super) fn wrap(text: &str) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > WIDTH {
            out.push('\n');
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
    out
}
