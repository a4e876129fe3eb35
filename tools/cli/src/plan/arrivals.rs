//! When messages are sent.

use super::durations::normal;
use super::load::{Load, Segment};

/// From here on, the sum of so many waits is as good as normally distributed.
const NORMAL_FROM: u32 = 64;

/// When messages are sent: at random, as many as the rate says on average (a Poisson process).
///
/// Of a thinned load, the last of every `share` messages is simulated, so that the load varies as
/// little as it does with all of them.
pub(crate) struct Arrivals {
    segments: std::vec::IntoIter<Segment>,
    current: Option<Segment>,
    at_ms: f64,
    /// Of so many messages, one is simulated.
    share: u32,
    rng: fastrand::Rng,
}

impl Arrivals {
    pub(crate) fn new(load: &Load, share: u32, seed: u64) -> Self {
        let mut segments = load.segments().into_iter();
        let current = segments.next();
        Self {
            segments,
            current,
            at_ms: load.span.start_ms as f64,
            share,
            rng: fastrand::Rng::with_seed(seed),
        }
    }
}

impl Iterator for Arrivals {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        // Messages until the next one, as a process of rate 1 has it; the rate says how fast they pass.
        let mut ahead = waited(&mut self.rng, self.share);
        loop {
            let segment = self.current?;
            let rate = segment.rate / 1_000.0;
            let left = (segment.span.end_ms as f64 - self.at_ms) * rate;
            if ahead < left {
                self.at_ms += ahead / rate;
                return Some(self.at_ms as u64);
            }
            ahead -= left;
            self.at_ms = segment.span.end_ms as f64;
            self.current = self.segments.next();
        }
    }
}

/// How long a Poisson process of rate 1 takes for so many events.
fn waited(rng: &mut fastrand::Rng, events: u32) -> f64 {
    let mean = f64::from(events);
    if events > NORMAL_FROM {
        return (mean + mean.sqrt() * normal(rng)).max(0.0);
    }
    // 1 − u is never 0, whose logarithm is no number.
    (0..events).map(|_| -(1.0 - rng.f64()).ln()).sum()
}

#[cfg(test)]
mod tests {
    use super::super::clock::Span;
    use super::super::load::Curve;
    use super::*;

    /// Messages of each of so many seconds.
    fn seconds(share: u32, load: &Load) -> Vec<f64> {
        let mut counts = vec![0.0; load.span.end_ms as usize / 1_000];
        for at_ms in Arrivals::new(load, share, 7) {
            counts[at_ms as usize / 1_000] += f64::from(share);
        }
        counts
    }

    #[test]
    fn a_thinned_load_varies_no_more_than_all_of_it() {
        let load = Load {
            curve: Curve::constant(2_000.0),
            bursts: Vec::new(),
            outages: Vec::new(),
            span: Span::new(0, 600_000),
        };
        for share in [1, 20, 100] {
            let counts = seconds(share, &load);
            let mean = counts.iter().sum::<f64>() / counts.len() as f64;
            assert!((mean / 2_000.0 - 1.0).abs() < 0.01, "{share}: {mean}");
            let squares = counts.iter().map(|it| (it - mean).powi(2));
            let deviation = (squares.sum::<f64>() / counts.len() as f64).sqrt();
            // The root of 2,000 is 45; and counts are whole shares.
            assert!(deviation < 50.0 + f64::from(share), "{share}: {deviation}");
        }
    }
}
