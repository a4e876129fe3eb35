//! `idempotency-retention`

use super::{
    Finding, Function, Judgement, Mapping, Model, Rule, Severity, dead_letter_queue, span,
};
use crate::check::model::DEFAULT_RETENTION;

pub(super) const RULE: Rule = Rule {
    id: "idempotency-retention",
    severity: Severity::Warning,
    title: "idempotency records that are forgotten while their messages may come back",
    why: "A message can wait in its queue, then in the dead-letter queue, and be redriven. If its \
          record has expired by then, it is handled a second time.",
    source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html",
    bad: include_str!("../examples/idempotency-retention.bad.yaml"),
    good: include_str!("../examples/idempotency-retention.good.yaml"),
    judge: |model| {
        let pairs = model
            .fed()
            .flat_map(|it| model.mappings_to(it).map(move |mapping| (it, mapping)));
        pairs
            .map(|(it, mapping)| judge(model, it, mapping))
            .collect()
    },
};

fn judge(model: &Model, function: &Function, mapping: &Mapping) -> Judgement {
    let mut variables = function.environment.iter();
    let found = variables.find_map(|(name, value)| Some((name, seconds_each(name)?, value)));
    let Some((name, unit, value)) = found else {
        return Ok(None);
    };
    let Some(count) = value.known()?.and_then(|it| it.trim().parse::<u64>().ok()) else {
        return Ok(None);
    };
    let kept = count.saturating_mul(unit);
    let queue = model.source_of(mapping)?;
    let mut life = queue.retention.or(DEFAULT_RETENTION)?;
    if let Some(second) = dead_letter_queue(model, queue)? {
        life = life.saturating_add(second.retention.or(DEFAULT_RETENTION)?);
    }
    if kept > life {
        return Ok(None);
    }
    let id = &function.logical_id;
    let message = format!(
        "{id} remembers messages for {} ({name}); they can live for {} in {} and its dead-letter queue",
        span(kept),
        span(life),
        queue.logical_id
    );
    let mut finding = Finding::new(id, value.line, message)
        .fix(format!("remember them for longer than {}", span(life)));
    finding.also_of = vec![queue.logical_id.clone()];
    finding.found()
}

/// The unit of a variable that says how long idempotency records are kept, in seconds.
fn seconds_each(name: &str) -> Option<u64> {
    let about = ["TTL", "RETENTION", "EXPIR", "EXPIRY"];
    if !name.contains("IDEMPOTEN") || !about.iter().any(|it| name.contains(it)) {
        return None;
    }
    Some(match name.rsplit('_').next()? {
        "DAYS" => 86_400,
        "HOURS" => 3600,
        "MINUTES" => 60,
        _ => 1,
    })
}
