//! `dead-letter-alarm-metric`

use super::dead_letter_alarm::{Watch, watched};
use super::{Finding, Judgement, Model, Queue, Rule, Severity, redrive_targets};

pub(super) const RULE: Rule = Rule {
    id: "dead-letter-alarm-metric",
    severity: Severity::Warning,
    title: "an alarm on a dead-letter queue that dead letters do not set off",
    why: "What SQS moves to a dead-letter queue does not count as NumberOfMessagesSent, and a \
          dimension that is not the queue's name matches no metric. The alarm stays green.",
    source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html",
    bad: include_str!("../examples/dead-letter-alarm-metric.bad.yaml"),
    good: include_str!("../examples/dead-letter-alarm-metric.good.yaml"),
    judge: |model| {
        let queues = redrive_targets(model).into_iter();
        queues.flat_map(|it| judge(model, it)).collect()
    },
};

fn judge(model: &Model, queue: &Queue) -> Vec<Judgement> {
    let watched = watched(model, queue);
    // Beside one that works, others may watch what they like.
    if watched
        .by
        .iter()
        .any(|(.., watch)| matches!(watch, Watch::Messages))
    {
        return Vec::new();
    }
    if let Some(unknown) = watched.unknown {
        return vec![Err(unknown)];
    }
    let findings = watched.by.iter().map(|(alarm, metric, watch)| {
        let id = &alarm.logical_id;
        let queue = &queue.logical_id;
        let (line, message, fix) = match watch {
            Watch::Nothing(name) => (
                metric.queue.line,
                format!("{id} watches a queue named {name:?}, which is not the name of {queue}"),
                format!("use `!GetAtt {queue}.QueueName` as the dimension QueueName"),
            ),
            Watch::Other(name) => (
                metric.name.line,
                format!("{id} watches {name} of {queue}, which does not show dead letters"),
                "watch ApproximateNumberOfMessagesVisible".to_owned(),
            ),
            Watch::Messages => return Ok(None),
        };
        let mut finding = Finding::new(id, line, message).fix(fix);
        finding.also_of = vec![queue.clone()];
        finding.found()
    });
    findings.collect()
}
