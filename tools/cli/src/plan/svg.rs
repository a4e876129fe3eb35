//! The charts as an SVG file, which is read in light and in dark.

use std::fmt::Write;

use super::chart::columns;
use super::clock::{Span, length, point};
use super::samples::Sample;
use super::study::Study;
use crate::cost::units::short;

const WIDTH: f64 = 960.0;
const LEFT: f64 = 88.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 66.0;
/// Of a panel: its title, its plot, the room below.
const TITLE: f64 = 24.0;
const PLOT: f64 = 116.0;
const GAP: f64 = 30.0;
/// Points of a line: more than there are pixels would not show.
const POINTS: usize = 800;
/// Marks on the axis of time, at most, and what may be between two of them: seconds.
const TICKS: u64 = 8;
const TICK_STEPS: [u64; 16] = [
    1, 5, 10, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 10_800, 14_400, 21_600, 43_200,
];
const DAY_S: u64 = 86_400;

const STYLE: &str = "
  svg { --ink: #1f2328; --soft: #656d76; --line: #d0d7de; --paper: #ffffff;
    --a: #0969da; --b: #bc4c00; --event: #cf222e;
    font: 12px system-ui, sans-serif; }
  @media (prefers-color-scheme: dark) {
    svg { --ink: #e6edf3; --soft: #8d96a0; --line: #30363d; --paper: #0d1117;
      --a: #4493f8; --b: #db8b3b; --event: #f85149; }
  }
  .paper { fill: var(--paper); }
  text { fill: var(--soft); }
  .title { fill: var(--ink); font-weight: 600; }
  .head { fill: var(--ink); font-size: 16px; font-weight: 600; }
  .grid { stroke: var(--line); stroke-width: 1; }
  .limit { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 5 4; }
  .event { fill: var(--event); opacity: 0.12; }
  .event-name { fill: var(--event); }
  .a { stroke: var(--a); } .b { stroke: var(--b); }
  .fill-a { fill: var(--a); opacity: 0.15; }
  .a, .b { fill: none; stroke-width: 1.5; stroke-linejoin: round; }
";

/// A line of a panel.
struct Series {
    name: &'static str,
    values: Vec<f64>,
}

/// A chart of one or two lines.
struct Panel {
    title: &'static str,
    series: Vec<Series>,
    /// A bound with its name, where there is one.
    limit: Option<(f64, String)>,
    show: fn(f64) -> String,
}

/// The study's numbers over time, one panel below the other.
pub(super) fn svg(study: &Study) -> String {
    let panels = panels(study);
    let height = TOP + panels.len() as f64 * (TITLE + PLOT + GAP);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\n<title>{name} under load</title>\n<style>{STYLE}</style>\n<rect class=\"paper\" width=\"{WIDTH}\" height=\"{height}\"/>\n",
        name = escape(&study.feed.function),
    );
    let feed = &study.feed;
    let _ = write!(
        out,
        "<text class=\"head\" x=\"{LEFT}\" y=\"28\">{} ← {}</text>\n<text x=\"{LEFT}\" y=\"48\">{}</text>\n",
        escape(&feed.function),
        escape(&feed.queue),
        escape(&summary(study)),
    );
    for (index, panel) in panels.iter().enumerate() {
        let top = TOP + index as f64 * (TITLE + PLOT + GAP) + TITLE;
        panel.draw(&mut out, top, study, index == 0);
    }
    out.push_str("</svg>\n");
    out
}

fn summary(study: &Study) -> String {
    let totals = &study.run.totals;
    format!(
        "{} messages in {}, {} dead-lettered, {} waiting at the end",
        short(totals.sent as f64),
        length(study.load.span.length_ms()),
        short(totals.dead_lettered as f64),
        short(totals.waiting as f64)
    )
}

fn panels(study: &Study) -> [Panel; 4] {
    let run = &study.run;
    let second = 1_000.0 / run.step_ms as f64;
    let series = |name, factor: f64, value: fn(&Sample) -> f64| Series {
        name,
        values: run.samples.iter().map(|it| value(it) * factor).collect(),
    };
    let most = study.feed.mapping.maximum_concurrency;
    [
        Panel {
            title: "Messages a second",
            series: vec![
                series("sent", second, |it| it.sent as f64),
                series("completed", second, |it| it.completed as f64),
            ],
            limit: None,
            show: short,
        },
        Panel {
            title: "Concurrency",
            series: vec![
                series("most at once", 1.0, |it| it.concurrency as f64),
                series("mean", 1.0, |it| it.mean_concurrency),
            ],
            limit: most.map(|it| (f64::from(it), format!("of MaximumConcurrency {it}"))),
            show: short,
        },
        Panel {
            title: "Backlog",
            series: vec![
                series("visible", 1.0, |it| it.visible as f64),
                series("in flight or hidden", 1.0, |it| it.in_flight as f64),
            ],
            limit: None,
            show: short,
        },
        Panel {
            title: "Age of the oldest message",
            series: vec![series("oldest", 1.0, |it| it.oldest_ms as f64)],
            limit: None,
            show: |ms| length(ms as u64),
        },
    ]
}

impl Panel {
    fn draw(&self, out: &mut String, top: f64, study: &Study, names: bool) {
        let span = study.load.span;
        let (bottom, right) = (top + PLOT, WIDTH - RIGHT);
        let _ = writeln!(
            out,
            "<text x=\"{LEFT}\" y=\"{}\"><tspan class=\"title\">{}</tspan>{}</text>",
            top - 9.0,
            self.title,
            self.limit_name()
        );
        self.legend(out, top);
        events(out, top, study, names);
        let lines: Vec<_> = self
            .series
            .iter()
            .map(|it| columns(&it.values, POINTS))
            .collect();
        let highest = lines.iter().flatten().copied().fold(0.0, f64::max);
        let limit = self.limit.as_ref().map(|it| it.0);
        // A bound that is far away would press the lines flat.
        let limit = limit.filter(|it| *it <= highest * 4.0);
        let scale = limit.unwrap_or(0.0).max(highest).max(1.0) * 1.06;
        let y = |value: f64| bottom - value / scale * PLOT;
        for part in [0.0, 0.5, 1.0] {
            let (value, at) = (highest * part, y(highest * part));
            let _ = writeln!(
                out,
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{right}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                LEFT - 8.0,
                at + 4.0,
                (self.show)(value)
            );
            if highest <= 0.0 {
                break;
            }
        }
        if let Some(value) = limit {
            let at = y(value);
            let _ = writeln!(
                out,
                "<line class=\"limit\" x1=\"{LEFT}\" x2=\"{right}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>"
            );
        }
        for (index, values) in lines.iter().enumerate() {
            line(out, values, ["a", "b"][index % 2], y, bottom);
        }
        times(out, bottom, span);
    }

    fn limit_name(&self) -> String {
        match &self.limit {
            Some((_, name)) => format!("<tspan dx=\"8\">{name}</tspan>"),
            None => String::new(),
        }
    }

    /// What each line is, beside the title.
    fn legend(&self, out: &mut String, top: f64) {
        let mut x = WIDTH - RIGHT;
        for (index, series) in self.series.iter().enumerate().rev() {
            // About as wide as the letters are on average.
            x -= series.name.len() as f64 * 6.4;
            let _ = writeln!(
                out,
                "<line class=\"{}\" x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{:.1}\" y2=\"{:.1}\"/><text x=\"{x:.1}\" y=\"{:.1}\">{}</text>",
                ["a", "b"][index % 2],
                x - 22.0,
                x - 6.0,
                top - 13.0,
                top - 13.0,
                top - 9.0,
                series.name
            );
            x -= 40.0;
        }
    }
}

/// Outages and bursts behind the lines.
fn events(out: &mut String, top: f64, study: &Study, names: bool) {
    let span = study.load.span;
    for it in &study.recoveries {
        let (from, to) = (it.start_ms.max(span.start_ms), it.end_ms.min(span.end_ms));
        let (from, to) = (x_of(from, span), x_of(to, span));
        let width = (to - from).max(1.0);
        let _ = writeln!(
            out,
            "<rect class=\"event\" x=\"{from:.1}\" y=\"{top}\" width=\"{width:.1}\" height=\"{PLOT}\"/>"
        );
        if names {
            let _ = writeln!(
                out,
                "<text class=\"event-name\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                from + 4.0,
                top + 26.0,
                it.what
            );
        }
    }
}

fn line(out: &mut String, values: &[f64], class: &str, y: impl Fn(f64) -> f64, bottom: f64) {
    let step = (WIDTH - LEFT - RIGHT) / (values.len().max(2) - 1) as f64;
    let mut path = String::new();
    for (index, value) in values.iter().enumerate() {
        let letter = if index == 0 { 'M' } else { 'L' };
        let _ = write!(
            path,
            "{letter}{:.1} {:.1}",
            LEFT + index as f64 * step,
            y(*value)
        );
    }
    if class == "a" && !values.is_empty() {
        let end = LEFT + (values.len() - 1) as f64 * step;
        let _ = writeln!(
            out,
            "<path class=\"fill-a\" d=\"{path}L{end:.1} {bottom}L{LEFT} {bottom}Z\"/>"
        );
    }
    let _ = writeln!(out, "<path class=\"{class}\" d=\"{path}\"/>");
}

fn times(out: &mut String, bottom: f64, span: Span) {
    let few = |seconds: &&u64| span.length_ms() / (**seconds * 1_000) < TICKS;
    let seconds = TICK_STEPS.iter().find(few).unwrap_or(&DAY_S);
    let step = seconds * 1_000;
    let first = span.start_ms.next_multiple_of(step);
    for at in (first..=span.end_ms).step_by(step as usize) {
        let x = x_of(at, span);
        let _ = writeln!(
            out,
            "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{bottom}\" y2=\"{}\"/><text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            bottom + 4.0,
            bottom + 17.0,
            point(at)
        );
    }
}

fn x_of(at_ms: u64, span: Span) -> f64 {
    let share = (at_ms - span.start_ms) as f64 / span.length_ms() as f64;
    LEFT + share * (WIDTH - LEFT - RIGHT)
}

fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}
