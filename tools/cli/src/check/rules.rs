//! The rules: each a pure function of the stack.

mod batch_payload;
mod batch_window;
mod content_based_deduplication;
mod dead_letter_alarm;
mod dead_letter_alarm_metric;
mod dead_letter_loop;
mod dead_letter_permission;
mod dead_letter_retention;
mod dead_letter_type;
mod default_limits;
mod deprecated_runtime;
mod fifo_batch;
mod filter_deletes;
mod filter_outside_body;
mod global_table_store;
mod idempotency_permissions;
mod idempotency_retention;
mod ignored_batch_item_failures;
mod kms_data_key_reuse;
mod kms_decrypt;
mod long_polling;
mod max_concurrency;
mod max_receive_count;
mod no_dead_letter_queue;
mod partial_batch_responses;
mod provisioned_pollers;
mod reserved_concurrency;
mod suppression_without_reason;
mod unused_suppression;
mod visibility_permission;
mod visibility_timeout;
mod wildcard_permissions;

use super::finding::{Finding, Judgement, Severity, Unknown};
use super::model::{Function, Mapping, Model, Queue, name_in};

pub(crate) use unused_suppression::RULE as UNUSED_SUPPRESSION;

/// Something that can be wrong with a stack.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) id: &'static str,
    /// Where a finding does not say otherwise.
    pub(crate) severity: Severity,
    /// What it finds, in a few words.
    pub(crate) title: &'static str,
    /// What goes wrong because of it.
    pub(crate) why: &'static str,
    /// Where AWS says so.
    pub(crate) source: &'static str,
    /// Part of a template in which it finds something.
    pub(crate) bad: &'static str,
    /// The same, mended.
    pub(crate) good: &'static str,
    pub(crate) judge: fn(&Model) -> Vec<Judgement>,
}

/// All rules: what loses messages first, then what AWS refuses, what costs, what is worth knowing.
pub(crate) const RULES: &[Rule] = &[
    no_dead_letter_queue::RULE,
    dead_letter_retention::RULE,
    dead_letter_loop::RULE,
    ignored_batch_item_failures::RULE,
    filter_outside_body::RULE,
    kms_decrypt::RULE,
    idempotency_permissions::RULE,
    dead_letter_type::RULE,
    fifo_batch::RULE,
    batch_window::RULE,
    max_concurrency::RULE,
    provisioned_pollers::RULE,
    visibility_timeout::RULE,
    max_receive_count::RULE,
    partial_batch_responses::RULE,
    reserved_concurrency::RULE,
    dead_letter_alarm::RULE,
    dead_letter_alarm_metric::RULE,
    idempotency_retention::RULE,
    global_table_store::RULE,
    visibility_permission::RULE,
    dead_letter_permission::RULE,
    wildcard_permissions::RULE,
    deprecated_runtime::RULE,
    default_limits::RULE,
    long_polling::RULE,
    kms_data_key_reuse::RULE,
    filter_deletes::RULE,
    content_based_deduplication::RULE,
    batch_payload::RULE,
    suppression_without_reason::RULE,
    unused_suppression::RULE,
];

/// The rule of that id.
pub(crate) fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|it| it.id == id)
}

/// The function behind a mapping; unknown if the stack does not hold it.
fn function<'a>(model: &'a Model, mapping: &Mapping) -> Result<&'a Function, Unknown> {
    let found = model.function_of(mapping)?;
    found.ok_or_else(|| {
        mapping
            .function
            .unknown("the function is not part of this stack")
    })
}

/// The dead-letter queue of `queue`; unknown if the stack does not hold it.
fn dead_letter_queue<'a>(model: &'a Model, queue: &Queue) -> Result<Option<&'a Queue>, Unknown> {
    let target = &queue.redrive.target;
    let Some(arn) = target.known()? else {
        return Ok(None);
    };
    let found = model.queue(arn);
    let elsewhere = || {
        let name = name_in(arn);
        target.unknown(format!(
            "the dead-letter queue {name} is not part of this stack"
        ))
    };
    found.map(Some).ok_or_else(elsewhere)
}

/// The queues that messages are redriven to, each once.
fn redrive_targets(model: &Model) -> Vec<&Queue> {
    let is_target = |queue: &&Queue| {
        let mut policies = model.queues.iter().map(|it| &it.redrive.target);
        policies.any(|it| matches!(it.known(), Ok(Some(arn)) if name_in(arn) == queue.name))
    };
    model.queues.iter().filter(is_target).collect()
}

/// Seconds as people say them.
fn span(seconds: u64) -> String {
    let (count, unit) = match seconds {
        it if it >= 86_400 && it.is_multiple_of(86_400) => (it / 86_400, "day"),
        it if it >= 3600 && it.is_multiple_of(3600) => (it / 3600, "hour"),
        it => return format!("{it} s"),
    };
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{ending}")
}

#[cfg(test)]
mod tests;
