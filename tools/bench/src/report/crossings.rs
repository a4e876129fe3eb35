//! From where on batches pay, as a table by latency and memory.

use std::fmt::Write;

use crate::crossing::Crossing;

/// Nothing where nothing was measured.
pub(crate) fn crossings(crossings: &[Crossing]) -> String {
    let mut out = String::new();
    let Some(first) = crossings.first() else {
        return out;
    };
    out.push_str(
        "## Single or batched\n\nTime of an invocation of `toolkit-single` over that of `toolkit-batched`, first-time \
         messages of 1 KB, by batch size: below 1, single requests are faster. A function has as much of a processor \
         as its memory setting gives, 1,769 MB being one; ",
    );
    out.push_str(match first.measured {
        true => "a control group holds it to that share, in periods of 20 ms.\n\n",
        false => "a model: the CPU time takes longer by as much, the waits do not.\n\n",
    });
    out.push_str("| store | memory MB |");
    for size in &first.sizes {
        let _ = write!(out, " {size} |");
    }
    out.push_str(" single is faster up to |\n|---|---|");
    out.push_str(&"---|".repeat(first.sizes.len() + 1));
    out.push('\n');
    let mut sorted: Vec<&Crossing> = crossings.iter().collect();
    sorted.sort_by_key(|it| (latencies(it), it.memory_mb));
    for crossing in sorted {
        let _ = write!(out, "| {} | {} |", crossing.latency, crossing.memory_mb);
        for (single, batched) in crossing.single_ms.iter().zip(&crossing.batched_ms) {
            let _ = write!(out, " {:.2} |", single / batched);
        }
        let _ = writeln!(out, " {} |", crossing.single_up_to());
    }
    let _ = writeln!(out, "\n{}\n", conclusion(crossings));
    out
}

/// `5-15ms` after `5ms`.
fn latencies(crossing: &Crossing) -> usize {
    crossing.latency.len()
}

/// What follows for the default.
fn conclusion(crossings: &[Crossing]) -> String {
    let up_to = |uneven: bool| {
        let of = crossings
            .iter()
            .filter(|it| it.latency.contains('-') == uneven);
        let most = of.map(Crossing::single_up_to);
        (
            most.clone().min().unwrap_or_default(),
            most.max().unwrap_or_default(),
        )
    };
    let ((least, most), (least_uneven, most_uneven)) = (up_to(false), up_to(true));
    format!(
        "Where a batched call takes as long as a single one, single requests are faster up to {}; where it takes three \
         times as long, up to {}. Below that a batch saves CPU and money, but no time.",
        range(least, most),
        range(least_uneven, most_uneven)
    )
}

fn range(least: usize, most: usize) -> String {
    match least == most {
        true => format!("{least} messages"),
        false => format!("{least} to {most} messages, by memory"),
    }
}
