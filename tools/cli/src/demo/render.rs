//! The demo's table and verdict.

use std::fmt::Write;

use anstyle::AnsiColor;

use super::{Demo, Run};
use crate::local::Delivery;
use crate::report::{BOLD, Cell, DIM, Table, duration, mark, plural, style};

impl Demo {
    pub(crate) fn render(&self) -> String {
        let mut table = Table::new(&[
            "FUNCTION",
            "EVENT",
            "MESSAGE",
            "FIRST DELIVERY",
            "SECOND DELIVERY",
        ]);
        for run in &self.runs {
            let pairs = run.first.outcomes.iter().zip(&run.second.outcomes);
            for (index, (first, second)) in pairs.enumerate() {
                // Only the first row of an event names it: the eye finds the next one faster.
                let once = |text: &str| {
                    if index == 0 {
                        text.to_owned()
                    } else {
                        String::new()
                    }
                };
                table.row(vec![
                    Cell::new(once(&run.function), BOLD),
                    Cell::plain(once(&run.scenario)),
                    Cell::plain(&first.message_id),
                    Cell::new(mark(first.outcome), style(first.outcome)),
                    Cell::new(mark(second.outcome), style(second.outcome)),
                ]);
            }
        }
        let mut out = format!("\n{}\n", table.render());
        let starts = self.inits.iter();
        let starts = starts.map(|(name, init)| format!("{name} started in {}", duration(*init)));
        let starts: Vec<_> = starts.collect();
        let total =
            |pick: fn(&Run) -> &Delivery| self.runs.iter().map(|it| pick(it).duration).sum();
        let _ = writeln!(
            out,
            "  {DIM}{} · first deliveries {} · second {}{DIM:#}",
            starts.join(" · "),
            duration(total(|it| &it.first)),
            duration(total(|it| &it.second)),
        );
        out.push_str(&self.verdict());
        out
    }

    fn verdict(&self) -> String {
        let messages = self.runs.iter().map(|it| it.second.outcomes.len()).sum();
        let count = plural(messages, "message");
        if self.all_replayed() {
            let green = AnsiColor::Green.on_default().bold();
            format!(
                "  {green}✓ {count} delivered twice, handled once{green:#}\n\n  {DIM}One by hand: cargo run -p lambda-queue-cli -- local invoke {} --event {} --repeat 2{DIM:#}\n",
                self.runs[0].function,
                self.runs[0].event.display(),
            )
        } else {
            let red = AnsiColor::Red.on_default().bold();
            format!(
                "  {red}✗ {count} delivered twice, but not every second delivery was replayed{red:#}\n"
            )
        }
    }
}
