//! What a load does to a stack, in virtual time.
//!
//! The simulator's queue and mapping are driven by an event heap: arrivals at random by a rate that
//! changes, a function that only takes time, and no clock, so that hours pass in seconds and the
//! same seed gives the same results. Loads that are too large are thinned, which the report says.

mod advice;
mod args;
mod arrivals;
mod chart;
mod clock;
mod durations;
mod files;
mod handlers;
mod load;
mod quotas;
mod recovery;
mod report;
mod samples;
mod scale;
mod study;
mod svg;
mod world;

use std::path::{Path, PathBuf};

use lambda_queue_simulator::mapping::CreateError;
use lambda_queue_simulator::sqs::SqsError;

use crate::args::Output;
use crate::commands::{outline, print, warn};
use crate::cost::feed::{Feed, feeds};
use crate::error::Error;
use study::{Conditions, Study, study};

pub(crate) use args::PlanArgs;

/// Why a load cannot be simulated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// A file could not be opened.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// Path as given.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line of a file is not understood.
    #[error("{}:{line}: {message}", path.display())]
    Line {
        /// Path as given.
        path: PathBuf,
        /// Line, counted from 1.
        line: u64,
        /// What, and what to do about it.
        message: String,
    },
    /// The charts could not be written.
    #[error("cannot write the charts to {}: {source}", path.display())]
    Write {
        /// Path as given.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Lambda would refuse the mapping.
    #[error("Lambda would refuse the event source mapping: {0}")]
    Mapping(CreateError),
    /// SQS would refuse the queue.
    #[error("SQS would refuse the queue: {}", .0.message)]
    Queue(SqsError),
}

/// Simulates the load of the arguments.
///
/// # Errors
/// The template or a file is not understood, or a file cannot be written.
pub(crate) fn run(args: &PlanArgs) -> Result<u8, Error> {
    let outline = outline(&args.source)?;
    let conditions = Conditions {
        load: args.load()?,
        size: args.size,
        groups: args.groups,
        account_concurrency: args.account_concurrency,
        max_messages: args.max_messages,
        seed: args.seed,
    };
    let mut studies = Vec::new();
    let found = feeds(&outline, args.function.as_deref())?;
    found.left_out.iter().for_each(|it| warn(it));
    for feed in &found.feeds {
        let handlers = args.handlers(feed.backoff_s)?;
        let study = study(feed.clone(), &handlers, &conditions)?;
        studies.push(Study {
            shared_with: others(feed, &found.feeds),
            ..study
        });
    }
    if let Some(path) = &args.svg {
        draw(path, &studies)?;
    }
    print(&match args.output {
        Output::Human => report::human(&studies),
        Output::Json => report::json(&studies, args.seed),
    })?;
    Ok(0)
}

/// The other queues of a feed's function.
fn others(feed: &Feed, all: &[Feed]) -> Vec<String> {
    let same = all.iter().filter(|it| it.function == feed.function);
    let others = same.filter(|it| it.queue != feed.queue);
    others.map(|it| it.queue.clone()).collect()
}

/// A file for each function; only where there are several, with their names.
fn draw(path: &Path, studies: &[Study]) -> Result<(), PlanError> {
    for study in studies {
        let path = match studies {
            [_] => path.to_owned(),
            _ => {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                let feed = &study.feed;
                let name = match study.shared_with.is_empty() {
                    true => feed.function.clone(),
                    false => format!("{}-{}", feed.function, feed.queue),
                };
                path.with_file_name(format!("{stem}-{name}.svg"))
            }
        };
        std::fs::write(&path, svg::svg(study))
            .map_err(|source| PlanError::Write { path, source })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
