//! A number over time, drawn with blocks.

use crate::report::DIM;

/// Columns and rows of a chart.
const WIDTH: usize = 72;
const HEIGHT: usize = 4;
/// From nothing to a full block, in eighths.
const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A chart with its title, and the highest value at its top.
pub(super) fn chart(title: &str, values: &[f64], show: impl Fn(f64) -> String) -> String {
    let columns = columns(values, WIDTH);
    let top = columns.iter().copied().fold(0.0, f64::max);
    let mut out = format!("\n  {title}\n");
    for row in (0..HEIGHT).rev() {
        let label = match row {
            _ if row + 1 == HEIGHT => show(top),
            0 => "0".to_owned(),
            _ => String::new(),
        };
        let line: String = columns.iter().map(|it| block(*it, top, row)).collect();
        out.push_str(&format!("  {DIM}{label:>11} ┤{DIM:#}{}\n", line.trim_end()));
    }
    out
}

/// The times below the last chart.
pub(super) fn axis(start: &str, middle: &str, end: &str) -> String {
    let half = WIDTH / 2;
    let left = format!("{start:<half$}");
    let gap =
        WIDTH.saturating_sub(left.chars().count() + middle.chars().count() + end.chars().count());
    format!(
        "  {DIM}{:>11} └{}\n{:15}{left}{middle}{:gap$}{end}{DIM:#}\n",
        "",
        "─".repeat(WIDTH),
        "",
        ""
    )
}

/// As many values as there is room for: the highest of those that share a column, so that no peak
/// is lost.
pub(super) fn columns(values: &[f64], width: usize) -> Vec<f64> {
    let count = values.len();
    let columns = (0..width.min(count)).map(|column| {
        let (from, to) = (
            column * count / width.min(count),
            (column + 1) * count / width.min(count),
        );
        values[from..to].iter().copied().fold(0.0, f64::max)
    });
    columns.collect()
}

/// The part of a column that is in a row, counted from below.
fn block(value: f64, top: f64, row: usize) -> char {
    if top <= 0.0 {
        return ' ';
    }
    let eighths = value / top * (HEIGHT * 8) as f64 - (row * 8) as f64;
    // What is not nothing shows.
    let least = if value > 0.0 && row == 0 { 1.0 } else { 0.0 };
    BLOCKS[eighths.round().clamp(least, 8.0) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peak_is_as_high_as_the_chart_and_small_values_show() {
        let text = chart("backlog", &[0.0, 1.0, 50.0, 100.0], |it| format!("{it}"));
        let text = anstream::adapter::strip_str(&text).to_string();
        let expected = "\n  backlog\n          100 ┤   █\n              ┤   █\n              ┤  ██\n            0 ┤ ▁██\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn columns_keep_every_peak() {
        let mut values = vec![0.0; 1_000];
        values[501] = 9.0;
        let columns = columns(&values, 72);
        assert_eq!(columns.len(), 72);
        assert!(columns.contains(&9.0));
    }

    #[test]
    fn nothing_at_all_is_an_empty_chart() {
        let text = chart("backlog", &[], |it| format!("{it}"));
        let text = anstream::adapter::strip_str(&text).to_string();
        assert!(text.ends_with("0 ┤\n"), "{text}");
    }
}
