//! Pictures of figures on a logarithmic axis, which are read in light and in dark.

use std::fmt::Write;

use crate::figures::grouped;

const WIDTH: f64 = 760.0;
const LEFT: f64 = 96.0;
const RIGHT: f64 = 130.0;
const TOP: f64 = 64.0;
const PLOT: f64 = 300.0;
const BAR: f64 = 30.0;
/// Lines of text need as much.
const LABEL: f64 = 15.0;

const STYLE: &str = "
  svg { --ink: #1f2328; --soft: #656d76; --line: #d0d7de; --paper: #ffffff;
    --s0: #6e7781; --s1: #0969da; --s2: #bc4c00; --s3: #8250df; --s4: #1a7f37; --s5: #bf3989;
    font: 12px system-ui, sans-serif; }
  @media (prefers-color-scheme: dark) {
    svg { --ink: #e6edf3; --soft: #8d96a0; --line: #30363d; --paper: #0d1117;
      --s0: #9198a1; --s1: #4493f8; --s2: #db8b3b; --s3: #ab7df8; --s4: #3fb950; --s5: #db61a2; }
  }
  .paper { fill: var(--paper); }
  text { fill: var(--soft); }
  .title { fill: var(--ink); font-size: 16px; font-weight: 600; }
  .name { fill: var(--ink); }
  .grid { stroke: var(--line); stroke-width: 1; }
  .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
";

/// A peer's figures: where on the axis, how much.
pub(super) struct Series {
    pub(super) name: String,
    pub(super) points: Vec<(f64, f64)>,
    pub(super) colour: usize,
}

/// A figure with its name before it, and in words behind it.
pub(super) struct Bar {
    pub(super) name: &'static str,
    pub(super) figure: f64,
    pub(super) text: String,
    pub(super) colour: usize,
}

/// Lines over a logarithmic axis, named at their ends.
pub(super) fn lines(title: &str, subtitle: &str, series: &[Series]) -> String {
    let all = || series.iter().flat_map(|it| &it.points);
    let across = Axis::over(all().map(|it| it.0), LEFT, WIDTH - RIGHT);
    let up = Axis::over(all().map(|it| it.1), TOP + PLOT, TOP);
    let mut out = head(title, subtitle, TOP + PLOT + 40.0);
    for tick in up.ticks() {
        let y = up.at(tick);
        let _ = writeln!(
            out,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            WIDTH - RIGHT,
            LEFT - 8.0,
            y + 4.0,
            number(tick)
        );
    }
    for tick in across.ticks() {
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            across.at(tick),
            TOP + PLOT + 20.0,
            number(tick)
        );
    }
    let mut labels = Vec::new();
    for it in series {
        let points = it.points.iter().map(|(x, y)| (across.at(*x), up.at(*y)));
        let points: Vec<(f64, f64)> = points.collect();
        line(&mut out, &points, it.colour);
        if let Some((_, y)) = points.last() {
            labels.push((*y, it.name.as_str()));
        }
    }
    name(&mut out, labels);
    out.push_str("</svg>\n");
    out
}

/// Bars on a logarithmic axis, with their figures.
pub(super) fn bars(title: &str, subtitle: &str, bars: &[Bar]) -> String {
    // A bar of the least figure is seen as well.
    let least = bars.iter().map(|it| it.figure / 2.0);
    let axis = Axis::over(
        bars.iter().map(|it| it.figure).chain(least),
        LEFT,
        WIDTH - RIGHT,
    );
    let mut out = head(title, subtitle, TOP + BAR * bars.len() as f64 + 12.0);
    for (at, bar) in bars.iter().enumerate() {
        let Bar {
            name,
            figure,
            text,
            colour,
        } = bar;
        let y = TOP + BAR * at as f64;
        let end = axis.at(*figure);
        let _ = writeln!(
            out,
            "<rect style=\"fill: var(--s{colour})\" x=\"{LEFT}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{}\" rx=\"2\"/><text class=\"name\" x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{name}</text><text x=\"{:.1}\" y=\"{:.1}\">{text}</text>",
            end - LEFT,
            BAR - 10.0,
            LEFT - 8.0,
            y + 14.0,
            end + 8.0,
            y + 14.0
        );
    }
    out.push_str("</svg>\n");
    out
}

fn head(title: &str, subtitle: &str, height: f64) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\n<title>{title}</title>\n<style>{STYLE}</style>\n<rect class=\"paper\" width=\"{WIDTH}\" height=\"{height}\"/>\n<text class=\"title\" x=\"16\" y=\"28\">{title}</text>\n<text x=\"16\" y=\"46\">{subtitle}</text>\n"
    )
}

fn line(out: &mut String, points: &[(f64, f64)], colour: usize) {
    let mut path = String::new();
    for (at, (x, y)) in points.iter().enumerate() {
        let letter = if at == 0 { 'M' } else { 'L' };
        let _ = write!(path, "{letter}{x:.1} {y:.1}");
        let _ = writeln!(
            out,
            "<circle style=\"fill: var(--s{colour})\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>"
        );
    }
    let _ = writeln!(
        out,
        "<path class=\"line\" style=\"stroke: var(--s{colour})\" d=\"{path}\"/>"
    );
}

/// Names at the ends of lines, moved apart where lines end close together.
fn name(out: &mut String, mut labels: Vec<(f64, &str)>) {
    labels.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut last = f64::MIN;
    for (y, name) in labels {
        let y = y.max(last + LABEL);
        last = y;
        let _ = writeln!(
            out,
            "<text class=\"name\" x=\"{}\" y=\"{:.1}\">{name}</text>",
            WIDTH - RIGHT + 10.0,
            y + 4.0
        );
    }
}

/// A logarithmic axis in whole powers of ten.
struct Axis {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Axis {
    fn over(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let logs: Vec<f64> = values.filter(|it| *it > 0.0).map(f64::log10).collect();
        let low = logs
            .iter()
            .copied()
            .fold(f64::MAX, f64::min)
            .min(9.0)
            .floor();
        let high = logs.iter().copied().fold(low, f64::max).ceil();
        Self {
            low,
            high: high.max(low + 1.0),
            from,
            to,
        }
    }

    fn at(&self, value: f64) -> f64 {
        let share = (value.log10() - self.low) / (self.high - self.low);
        self.from + share * (self.to - self.from)
    }

    fn ticks(&self) -> impl Iterator<Item = f64> {
        let (low, high) = (self.low as i32, self.high as i32);
        (low..=high).map(|power| 10_f64.powi(power))
    }
}

/// `10,000`, or `0.1`
fn number(value: f64) -> String {
    match value < 1.0 {
        true => value.to_string(),
        false => grouped(value),
    }
}
