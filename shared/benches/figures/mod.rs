//! CPU time and peak memory of a piece of work, as medians over several runs.

use std::time::Duration;

use cpu_time::ProcessTime;
use peak_alloc::PeakAlloc;

/// Messages handled for one line of figures, over all its runs.
const WORK: usize = 50_000;
const FEWEST_RUNS: usize = 9;
/// A line takes no longer than this, once it has its fewest runs.
const LONGEST: Duration = Duration::from_secs(4);

/// What one message costs.
pub(crate) struct Figures {
    cpu_us: f64,
    peak_bytes: f64,
}

/// Prepares and runs the work again and again; only the running counts.
pub(crate) fn measure<W: FnOnce()>(
    messages: usize,
    allocator: &PeakAlloc,
    prepare: impl Fn() -> W,
) -> Figures {
    prepare()();
    let (mut cpu, mut peak) = (Vec::new(), Vec::new());
    let all = ProcessTime::now();
    let wanted = (WORK / messages).max(FEWEST_RUNS);
    while cpu.len() < wanted && (cpu.len() < FEWEST_RUNS || all.elapsed() < LONGEST) {
        let work = prepare();
        let before = allocator.current_usage();
        allocator.reset_peak_usage();
        let start = ProcessTime::now();
        work();
        cpu.push(start.elapsed().as_secs_f64() * 1e6);
        peak.push(allocator.peak_usage().saturating_sub(before) as f64);
    }
    let messages = messages as f64;
    Figures {
        cpu_us: median(cpu) / messages,
        peak_bytes: median(peak) / messages,
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures[figures.len() / 2]
}

pub(crate) fn header() {
    println!(
        "{:<18} {:>8} {:>16} {:>20}",
        "store", "messages", "CPU a message", "memory a message"
    );
}

impl Figures {
    pub(crate) fn print(&self, store: &str, messages: usize) {
        let Self { cpu_us, peak_bytes } = self;
        println!("{store:<18} {messages:>8} {cpu_us:>13.2} µs {peak_bytes:>14.0} bytes");
    }
}
