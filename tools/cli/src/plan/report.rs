//! What came of it, for people and for programs.

use std::fmt::Write;

use anstyle::AnsiColor;
use serde_json::json;

use super::chart::{axis, chart};
use super::clock::{length, point};
use super::quotas::Quota;
use super::recovery::Recovery;
use super::samples::{Run, Sample};
use super::study::Study;
use crate::cost::units::short;
use crate::report::{BOLD, Cell, DIM, Table};

/// From here on a quota is worth a look.
const NEAR: f64 = 0.8;
/// Quotas that are shown in any case.
const SHOWN: usize = 4;

/// A section for each feed.
pub(super) fn human(studies: &[Study]) -> String {
    studies.iter().map(section).collect()
}

/// One document, with every sample.
pub(super) fn json(studies: &[Study], seed: u64) -> String {
    let feeds = studies.iter().map(|study| {
        json!({
            "function": study.feed.function,
            "queue": study.feed.queue,
            "scaled": {
                "share": study.scale.share,
                "start_ms": study.load.span.start_ms,
                "end_ms": study.load.span.end_ms,
            },
            "simulation": study.run,
            "recoveries": study.recoveries,
            "quotas": study.quotas,
            "shares_concurrency_with": study.shared_with,
            "suggestions": study.suggestions,
            "as_suggested": study.improved.as_ref().map(|it| json!({
                "totals": it.run.totals,
                "recoveries": it.recoveries,
            })),
        })
    });
    let document = json!({ "seed": seed, "feeds": feeds.collect::<Vec<_>>() });
    document.to_string() + "\n"
}

fn section(study: &Study) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "\n{BOLD}{}{BOLD:#} {DIM}←{DIM:#} {BOLD}{}{BOLD:#}  {DIM}{}{DIM:#}",
        study.feed.function,
        study.feed.queue,
        settings(study)
    );
    let _ = writeln!(out, "  {DIM}{}{DIM:#}", scaled(study));
    out.push_str(&charts(study));
    let _ = write!(out, "\n{}", outcome(study));
    out.push_str(&recoveries(&study.recoveries));
    let _ = write!(out, "\n{}", quotas(&study.quotas));
    out.push_str(&notes(study));
    let _ = write!(out, "\n{}", suggestions(study));
    out
}

fn settings(study: &Study) -> String {
    let feed = &study.feed;
    let kind = if feed.fifo { "FIFO" } else { "standard" };
    let most = match feed.mapping.maximum_concurrency {
        Some(most) => format!("at most {most} at once"),
        None => "no MaximumConcurrency".to_owned(),
    };
    format!(
        "{kind}, batches of up to {}, {most}, visibility {} s",
        feed.mapping.batch_size, feed.visibility_s
    )
}

/// What was simulated of what was asked for.
fn scaled(study: &Study) -> String {
    let (share, span) = (study.scale.share, study.load.span);
    let messages = short(study.run.simulated as f64);
    let mut text = format!("{} with {messages} messages", length(span.length_ms()));
    if share > 1 {
        let _ = write!(
            text,
            ": 1 of {share}, with 1/{share} of the concurrency and its growth; counts are multiplied by {share}"
        );
    }
    if study.scale.slice.is_some() {
        let _ = write!(
            text,
            "; only from {} to {} of {}, so raise --max-messages for more",
            point(span.start_ms),
            point(span.end_ms),
            length(study.asked.span.length_ms())
        );
    }
    if !study.feed.mapping.filters.is_empty() {
        text.push_str("; filters are taken to let all messages through");
    }
    text
}

fn charts(study: &Study) -> String {
    let run = &study.run;
    let second = 1_000.0 / run.step_ms as f64;
    let of = |value: fn(&Sample) -> f64| -> Vec<f64> { run.samples.iter().map(value).collect() };
    let rate: Vec<_> = of(|it| it.sent as f64)
        .iter()
        .map(|it| it * second)
        .collect();
    let span = study.load.span;
    let middle = span.start_ms + span.length_ms() / 2;
    [
        chart("messages sent, a second", &rate, short),
        chart("concurrency, mean", &of(|it| it.mean_concurrency), short),
        chart("backlog", &of(|it| it.visible as f64), short),
        chart(
            "age of the oldest message",
            &of(|it| it.oldest_ms as f64),
            |it| length(it as u64),
        ),
        axis(&point(span.start_ms), &point(middle), &point(span.end_ms)),
    ]
    .concat()
}

fn outcome(study: &Study) -> String {
    let mut table = Table::new(&["", "NOW", "AS SUGGESTED"]);
    let improved = study.improved.as_ref().map(|it| &it.run);
    for (name, show) in ROWS {
        let now = show(&study.run);
        let then = improved.map(show).unwrap_or_default();
        let bad = AnsiColor::Red.on_default();
        let style = match BAD.contains(&name) && now != "0" {
            true => bad,
            false => anstyle::Style::new(),
        };
        table.row(vec![
            Cell::plain(name),
            Cell::new(now, style),
            Cell::plain(then),
        ]);
    }
    table.render()
}

/// What must be 0.
const BAD: [&str; 4] = [
    "dead-lettered",
    "lost to the retention",
    "visibility expiries",
    "throttled",
];

type Row = (&'static str, fn(&Run) -> String);

const ROWS: [Row; 15] = [
    ("sent", |it| short(it.totals.sent as f64)),
    ("completed", |it| short(it.totals.completed as f64)),
    ("waiting at the end", |it| short(it.totals.waiting as f64)),
    ("dead-lettered", |it| short(it.totals.dead_lettered as f64)),
    ("lost to the retention", |it| {
        short(it.totals.expired as f64)
    }),
    ("deliveries", |it| short(it.totals.deliveries as f64)),
    ("visibility expiries", |it| {
        short(it.totals.visibility_expiries as f64)
    }),
    ("invocations", |it| short(it.totals.batches as f64)),
    ("throttled", |it| short(it.totals.throttles as f64)),
    ("messages in a batch", |it| format!("{:.1}", it.fill())),
    ("concurrency, mean", |it| short(it.mean_concurrency())),
    ("concurrency, peak", |it| {
        short(it.peak(|it| it.concurrency).0 as f64)
    }),
    ("backlog, peak", |it| {
        short(it.peak(|it| it.visible).0 as f64)
    }),
    ("oldest message, peak", |it| {
        length(it.peak(|it| it.oldest_ms).0)
    }),
    ("store writes a second, peak", |it| {
        short(it.per_second(it.peak(|it| it.writes).0).round())
    }),
];

fn recoveries(recoveries: &[Recovery]) -> String {
    let mut out = String::new();
    for it in recoveries {
        let (start, end) = (point(it.start_ms), point(it.end_ms));
        let backlog = short(it.backlog as f64);
        let drained = match it.drained_ms {
            Some(ms) => format!("as before {} after its end", length(ms)),
            None => "not as before until the end".to_owned(),
        };
        let _ = writeln!(
            out,
            "  {BOLD}{}{BOLD:#} from {start} to {end}: up to {backlog} messages not done, {drained}",
            it.what
        );
    }
    match out.is_empty() {
        true => out,
        false => format!("\n{out}"),
    }
}

fn quotas(quotas: &[Quota]) -> String {
    let mut table = Table::new(&["QUOTA", "USED", "OF", "", "AT", "BEYOND"]);
    for (index, it) in quotas.iter().enumerate() {
        if index >= SHOWN && it.share() < NEAR {
            break;
        }
        let style = match it.share() {
            1.0.. => AnsiColor::Red.on_default(),
            NEAR.. => AnsiColor::Yellow.on_default(),
            _ => anstyle::Style::new(),
        };
        table.row(vec![
            Cell::plain(&it.name),
            Cell::plain(short(it.used.round())),
            Cell::plain(short(it.limit)),
            Cell::new(format!("{:.0}%", it.share() * 100.0), style),
            Cell::plain(it.at_ms.map(point).unwrap_or_default()),
            Cell::new(it.beyond, DIM),
        ]);
    }
    table.render()
}

/// Where the simulation is kinder than AWS.
fn notes(study: &Study) -> String {
    let mut out = String::new();
    let over = study.quotas.iter();
    let over: Vec<_> = over
        .filter(|it| it.share() >= 1.0 && !it.simulated)
        .map(|it| it.name.as_str())
        .collect();
    if !over.is_empty() {
        let names = over.join("; ");
        out.push_str(&format!(
            "  at or over quotas that the simulation does not enforce ({names}): the backlog, ages and times above are too good\n"
        ));
    }
    if !study.shared_with.is_empty() {
        let what = match study.feed.reserved_concurrency {
            Some(reserved) => format!("its reserved concurrency of {reserved}"),
            None => "the concurrency it gets".to_owned(),
        };
        out.push_str(&format!(
            "  {} is fed from {} as well: they share {what}, and each is simulated as if it had all of it\n",
            study.feed.function,
            study.shared_with.join(" and ")
        ));
    }
    let yellow = AnsiColor::Yellow.on_default();
    match out.is_empty() {
        true => out,
        false => format!("\n{yellow}{out}{yellow:#}"),
    }
}

fn suggestions(study: &Study) -> String {
    let green = AnsiColor::Green.on_default();
    let mut table = Table::new(&["SETTING", "NOW", "SUGGESTED", "BECAUSE"]);
    let value = |it: Option<u64>| it.map_or("none".to_owned(), |it| it.to_string());
    for it in &study.suggestions {
        let suggested = match it.changes() {
            true => Cell::new(value(it.suggested), green),
            false => Cell::new("keep", DIM),
        };
        table.row(vec![
            Cell::plain(it.setting),
            Cell::plain(value(it.now)),
            suggested,
            Cell::new(&it.why, DIM),
        ]);
    }
    table.render()
}
