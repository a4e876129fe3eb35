//! `demo`: the success fixtures, delivered twice; the second time nothing may run again.

mod fixtures;
mod render;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::Error;
use crate::local::stack::{Stack, programs};
use crate::local::{Delivery, LogLevel};
use crate::outcome::Outcome;
use crate::template::{Function, Template};
use fixtures::cast;

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

/// Builds the functions once and delivers each fixture twice.
pub(crate) async fn demo(template: Template, events: &Path) -> Result<Demo, Error> {
    let cast = cast(&template, events)?;
    let stack = Stack::up(template, 0, None).await?;
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

impl Demo {
    /// Whether the second deliveries ran nothing again.
    pub(crate) fn all_replayed(&self) -> bool {
        let outcomes = self.runs.iter().flat_map(|run| &run.second.outcomes);
        let mut outcomes = outcomes.peekable();
        outcomes.peek().is_some() && outcomes.all(|it| it.outcome == Outcome::Replayed)
    }
}
