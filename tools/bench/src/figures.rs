//! Several measurements as one figure: their median, and how far they spread.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(crate) struct Figure {
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Figure {
    /// All zero where nothing was measured.
    pub(crate) fn of(measured: impl IntoIterator<Item = f64>) -> Self {
        let mut measured: Vec<f64> = measured.into_iter().collect();
        measured.sort_unstable_by(f64::total_cmp);
        Self {
            median: median_of_sorted(&measured),
            min: measured.first().copied().unwrap_or_default(),
            max: measured.last().copied().unwrap_or_default(),
        }
    }

    /// How many times another's median it is; none where that is nothing.
    pub(crate) fn ratio(self, to: Self) -> Option<f64> {
        (to.median > 0.0).then(|| self.median / to.median)
    }
}

pub(crate) fn median(measured: impl IntoIterator<Item = f64>) -> f64 {
    Figure::of(measured).median
}

fn median_of_sorted(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    match sorted.len() {
        0 => 0.0,
        length if length % 2 == 1 => sorted[half],
        _ => f64::midpoint(sorted[half - 1], sorted[half]),
    }
}

/// `10,000`: a whole number with its thousands set apart.
pub(crate) fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_the_median_between_the_extremes() {
        let figure = Figure::of([9.0, 1.0, 2.0]);
        assert_eq!((figure.median, figure.min, figure.max), (2.0, 1.0, 9.0));
        assert!((median([1.0, 2.0, 3.0, 10.0]) - 2.5).abs() < f64::EPSILON);
    }

    #[test]
    fn a_ratio_is_of_medians_and_to_nothing_there_is_none() {
        let ratio = Figure::of([3.0, 6.0, 100.0]).ratio(Figure::of([2.0]));
        assert_eq!(ratio, Some(3.0));
        assert_eq!(Figure::of([1.0]).ratio(Figure::default()), None);
    }
}
