//! `demo`: the success fixtures, delivered twice; the second time nothing may run again.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anstyle::AnsiColor;

use crate::error::Error;
use crate::event::EventFile;
use crate::local::stack::{Stack, programs};
use crate::local::{Delivery, LogLevel};
use crate::outcome::Outcome;
use crate::report::{BOLD, Cell, DIM, Table, duration, mark, plural, style};
use crate::template::{Function, Template};

/// What the demo showed.
#[derive(Debug)]
pub(crate) struct Demo {
    runs: Vec<Run>,
    inits: BTreeMap<String, Duration>,
}

/// A fixture's two deliveries.
#[derive(Debug)]
struct Run {
    function: String,
    scenario: String,
    event: PathBuf,
    first: Delivery,
    second: Delivery,
}

/// A function of the template and the fixtures written for it.
struct Cast {
    function: Function,
    binary: String,
    fixtures: Vec<(String, EventFile)>,
}

/// Builds the functions once and delivers each fixture twice.
pub(crate) async fn demo(template: Template, events: &Path) -> Result<Demo, Error> {
    let cast = cast(&template, events)?;
    let stack = Stack::up(template, 0).await?;
    let functions: Vec<&Function> = cast.iter().map(|it| &it.function).collect();
    let programs = programs(stack.template(), &functions, false).await?;
    let mut demo = Demo {
        runs: Vec::new(),
        inits: BTreeMap::new(),
    };
    for member in &cast {
        let function = &member.function;
        let program = &programs[&function.logical_id];
        let mut process = stack.start(function, program, LogLevel::OnFailure).await?;
        demo.inits.insert(member.binary.clone(), process.init);
        for (scenario, event) in &member.fixtures {
            let first = answered(function, process.deliver(event).await)?;
            let second = answered(function, process.deliver(event).await)?;
            demo.runs.push(Run {
                function: member.binary.clone(),
                scenario: scenario.clone(),
                event: event.path.clone(),
                first,
                second,
            });
        }
        process.stop().await;
    }
    Ok(demo)
}

/// A function error ends the demo.
fn answered(function: &Function, delivery: Delivery) -> Result<Delivery, Error> {
    match delivery.result {
        Err(source) => Err(Error::Function {
            function: function.logical_id.clone(),
            source,
        }),
        Ok(_) => Ok(delivery),
    }
}

/// Finds `sqs-<function>-success*.json` for each function of the template.
fn cast(template: &Template, events: &Path) -> Result<Vec<Cast>, Error> {
    let none = || Error::NoFixtures(events.to_owned());
    let entries = std::fs::read_dir(events).map_err(|_| none())?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|it| it.path()).collect();
    files.sort();
    let mut cast = Vec::new();
    for function in template.functions()? {
        let Some(binary) = function.binary.clone() else {
            continue;
        };
        let prefix = format!("sqs-{binary}-");
        let mut fixtures = Vec::new();
        for file in &files {
            let name = file.file_name().and_then(|it| it.to_str());
            let name = name.and_then(|it| it.strip_suffix(".json"));
            let scenario = name.and_then(|it| it.strip_prefix(&prefix));
            if let Some(scenario) = scenario.filter(|it| it.starts_with("success")) {
                fixtures.push((scenario.to_owned(), EventFile::load(file)?));
            }
        }
        if !fixtures.is_empty() {
            cast.push(Cast {
                function,
                binary,
                fixtures,
            });
        }
    }
    if cast.is_empty() {
        return Err(none());
    }
    Ok(cast)
}

impl Demo {
    /// Whether the second deliveries ran nothing again.
    pub(crate) fn all_replayed(&self) -> bool {
        let outcomes = self.runs.iter().flat_map(|run| &run.second.outcomes);
        let mut outcomes = outcomes.peekable();
        outcomes.peek().is_some() && outcomes.all(|it| it.outcome == Outcome::Replayed)
    }

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
