//! How long a handler takes: always the same, by percentiles, or by a histogram.

/// A distribution of handlers' times.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Durations {
    /// Always so many milliseconds.
    Constant(f64),
    /// The times of which 50, 95 and 99 of 100 are shorter, in milliseconds.
    ///
    /// Between them the logarithm goes straight over the normal distribution's quantiles, and so
    /// beyond them: what is measured of services mostly has such a tail.
    Percentiles { p50: f64, p95: f64, p99: f64 },
    /// Times in milliseconds with how often each was seen, added up.
    Histogram(Vec<(f64, f64)>),
}

/// Standard deviations from the median to the 95th and to the 99th percentile.
const Z95: f64 = 1.644_854;
const Z99: f64 = 2.326_348;

impl Durations {
    /// A histogram of times and counts, of which at least one is not 0.
    pub(crate) fn histogram(mut seen: Vec<(f64, f64)>) -> Option<Self> {
        seen.retain(|(_, count)| *count > 0.0);
        seen.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut sum = 0.0;
        for (_, count) in &mut seen {
            sum += *count;
            *count = sum;
        }
        (!seen.is_empty()).then_some(Self::Histogram(seen))
    }

    /// One handler's time, in milliseconds.
    pub(crate) fn sample(&self, rng: &mut fastrand::Rng) -> u64 {
        let ms = match self {
            Self::Constant(ms) => *ms,
            Self::Percentiles { .. } => self.at(normal(rng)),
            Self::Histogram(_) => self.quantile(rng.f64()),
        };
        ms.round().max(1.0) as u64
    }

    /// The time that a share of handlers is not longer than, in milliseconds.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        match self {
            Self::Constant(ms) => *ms,
            Self::Percentiles { p50, p95, p99 } => match share {
                ..0.51 => *p50,
                ..0.96 => *p95,
                _ => *p99,
            },
            Self::Histogram(seen) => {
                let total = seen.last().map_or(0.0, |it| it.1);
                let index = seen.partition_point(|(_, sum)| *sum <= share * total);
                seen[index.min(seen.len() - 1)].0
            }
        }
    }

    /// What handlers take on average, in milliseconds.
    pub(crate) fn mean(&self) -> f64 {
        // Of a distribution with such a tail, a sum over quantiles is near enough.
        const STEPS: u32 = 1_000;
        let sum: f64 = (0..STEPS).map(|step| self.middle(step, STEPS)).sum();
        sum / f64::from(STEPS)
    }

    fn middle(&self, step: u32, steps: u32) -> f64 {
        let share = (f64::from(step) + 0.5) / f64::from(steps);
        match self {
            Self::Percentiles { .. } => self.at(quantile_of_normal(share)),
            _ => self.quantile(share),
        }
    }

    /// The time so many standard deviations from the median.
    fn at(&self, z: f64) -> f64 {
        let Self::Percentiles { p50, p95, p99 } = self else {
            return self.quantile(0.5);
        };
        let first = (p95 / p50).ln() / Z95;
        let second = (p99 / p95).ln() / (Z99 - Z95);
        match z < Z95 {
            true => p50 * (first * z).exp(),
            false => p95 * (second * (z - Z95)).exp(),
        }
    }
}

/// A draw from the normal distribution, by Box and Muller.
pub(super) fn normal(rng: &mut fastrand::Rng) -> f64 {
    let (radius, angle) = (1.0 - rng.f64(), rng.f64());
    (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
}

/// The inverse of the normal distribution, good to three digits (Hastings; Abramowitz and Stegun
/// 26.2.23).
fn quantile_of_normal(share: f64) -> f64 {
    let tail = share.min(1.0 - share);
    let t = (-2.0 * tail.ln()).sqrt();
    let above = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let below = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    let z = t - above / below;
    if share < 0.5 { -z } else { z }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percentiles() -> Durations {
        Durations::Percentiles {
            p50: 200.0,
            p95: 1_000.0,
            p99: 3_000.0,
        }
    }

    #[test]
    fn percentiles_are_met() {
        let mut rng = fastrand::Rng::with_seed(1);
        let durations = percentiles();
        let mut drawn: Vec<_> = (0..100_000).map(|_| durations.sample(&mut rng)).collect();
        drawn.sort_unstable();
        for (index, expected) in [(50_000, 200.0), (95_000, 1_000.0), (99_000, 3_000.0)] {
            let actual = drawn[index] as f64;
            assert!(
                (actual / expected - 1.0).abs() < 0.05,
                "{actual}, {expected}"
            );
        }
    }

    #[test]
    fn the_mean_is_that_of_what_is_drawn() {
        let mut rng = fastrand::Rng::with_seed(2);
        let durations = percentiles();
        let sum: u64 = (0..200_000).map(|_| durations.sample(&mut rng)).sum();
        let (drawn, mean) = (sum as f64 / 200_000.0, durations.mean());
        assert!((drawn / mean - 1.0).abs() < 0.05, "{drawn}, {mean}");
    }

    #[test]
    fn a_histogram_gives_its_times_as_often_as_they_were_seen() {
        let seen = vec![(500.0, 1.0), (100.0, 3.0), (900.0, 0.0)];
        let durations = Durations::histogram(seen).unwrap_or(Durations::Constant(0.0));
        assert_eq!(durations.quantile(0.5), 100.0);
        assert_eq!(durations.quantile(0.8), 500.0);
        assert_eq!(durations.quantile(1.0), 500.0);
        assert_eq!(durations.mean(), 200.0);
        assert_eq!(Durations::histogram(vec![(5.0, 0.0)]), None);
    }
}
