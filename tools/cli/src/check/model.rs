//! What a stack is made of, as far as queues and the functions behind them go.
//!
//! It is the same whether it was read from a template or from an account. Every value knows its
//! line, and whether it is known.

mod alarm;
mod function;
mod identity;
mod mapping;
mod permissions;
mod policies;
mod queue;
mod setting;
mod suppression;
mod table;

use crate::template::Outline;

use super::finding::Unknown;

pub(crate) use alarm::{Alarm, Metric};
pub(crate) use function::Function;
pub(crate) use identity::name_in;
pub(crate) use mapping::Mapping;
pub(crate) use permissions::Statement;
pub(crate) use queue::{DEFAULT_RETENTION, Queue};
pub(crate) use setting::Setting;
pub(crate) use suppression::Suppression;
pub(crate) use table::Table;

/// A stack.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) queues: Vec<Queue>,
    pub(crate) functions: Vec<Function>,
    pub(crate) mappings: Vec<Mapping>,
    pub(crate) tables: Vec<Table>,
    pub(crate) alarms: Vec<Alarm>,
    /// What queues let others do.
    pub(crate) queue_policies: Vec<Statement>,
    /// What keys let others do.
    pub(crate) key_policies: Vec<Statement>,
    /// What the roles of others than the functions behind queues may do.
    pub(crate) others: Vec<Statement>,
    pub(crate) suppressions: Vec<Suppression>,
    /// What could not be read at all.
    pub(crate) holes: Vec<Unknown>,
}

impl Model {
    pub(crate) fn of(outline: &Outline) -> Self {
        let of_kind = |kinds: &'static [&'static str]| {
            let all = outline.resources.iter();
            all.filter(move |it| kinds.contains(&it.kind.as_str()))
        };
        let dead_letters = queue::dead_letter_targets(outline);
        let pipe_sources = queue::pipe_sources(outline);
        let mut queues: Vec<Queue> = of_kind(&["AWS::SQS::Queue"]).map(Queue::read).collect();
        for queue in &mut queues {
            queue.feeds_pipe = pipe_sources.contains(&queue.name);
            queue.takes_dead_letters |= dead_letters.contains(&queue.name);
        }
        let mut functions: Vec<Function> = of_kind(function::KINDS).map(Function::read).collect();
        let mut mappings: Vec<Mapping> = of_kind(&["AWS::Lambda::EventSourceMapping"])
            .filter_map(Mapping::read)
            .collect();
        for resource in of_kind(&["AWS::Serverless::Function"]) {
            mappings.extend(mapping::events(resource));
        }
        let aliases = function::aliases(outline);
        for mapping in &mut mappings {
            mapping.lead_through(&aliases);
        }
        let policies = policies::read(outline, &mut functions, &mappings);
        let holes = outline.holes.iter().map(|(line, why)| Unknown {
            line: *line,
            why: why.clone(),
        });
        Self {
            queues,
            mappings,
            tables: of_kind(table::KINDS).map(Table::read).collect(),
            alarms: of_kind(&["AWS::CloudWatch::Alarm"])
                .map(Alarm::read)
                .collect(),
            queue_policies: policies.of_queues,
            key_policies: policies.of_keys,
            others: policies.of_others,
            suppressions: suppression::read(outline),
            holes: holes.collect(),
            functions,
        }
    }

    /// The queue of the stack that a name, ARN or URL means.
    pub(crate) fn queue(&self, reference: &str) -> Option<&Queue> {
        let name = name_in(reference);
        self.queues.iter().find(|it| it.name == name)
    }

    pub(crate) fn table(&self, reference: &str) -> Option<&Table> {
        let name = name_in(reference);
        self.tables.iter().find(|it| it.name == name)
    }

    /// The function a mapping feeds, if it is part of the stack.
    pub(crate) fn function_of(&self, mapping: &Mapping) -> Result<Option<&Function>, Unknown> {
        let Some(name) = mapping.function.known()? else {
            return Ok(None);
        };
        let name = identity::function_name(name);
        Ok(self.functions.iter().find(|it| it.name == name))
    }

    /// The queue a mapping takes from; unknown if it is not part of the stack.
    pub(crate) fn source_of(&self, mapping: &Mapping) -> Result<&Queue, Unknown> {
        let reference = mapping.queue.needed("the queue")?;
        self.queue(reference).ok_or_else(|| {
            let queue = name_in(reference);
            let why = format!("the queue {queue} is not part of this stack");
            mapping.queue.unknown(why)
        })
    }

    /// Whether a mapping takes from a FIFO queue: its ARN tells, also of another stack's queue.
    pub(crate) fn is_fifo(&self, mapping: &Mapping) -> Result<bool, Unknown> {
        let reference = mapping.queue.needed("the queue")?;
        match self.queue(reference) {
            Some(queue) => queue.is_fifo(),
            None => Ok(reference.ends_with(".fifo")),
        }
    }

    /// The mappings that take from `queue`, and those that may.
    pub(crate) fn mappings_of<'a>(
        &'a self,
        queue: &'a Queue,
    ) -> impl Iterator<Item = &'a Mapping> + 'a {
        let mappings = self.mappings.iter();
        mappings
            .filter(|it| matches!(it.queue.known(), Ok(Some(arn)) if name_in(arn) == queue.name))
    }

    pub(crate) fn mappings_to<'a>(
        &'a self,
        function: &'a Function,
    ) -> impl Iterator<Item = &'a Mapping> + 'a {
        let mappings = self.mappings.iter();
        mappings.filter(|it| {
            let name = it.function.known().ok().flatten();
            name.is_some_and(|it| identity::function_name(it) == function.name)
        })
    }

    /// The functions that are fed by queues.
    pub(crate) fn fed(&self) -> impl Iterator<Item = &Function> {
        let functions = self.functions.iter();
        functions.filter(|it| self.mappings_to(it).next().is_some())
    }
}
