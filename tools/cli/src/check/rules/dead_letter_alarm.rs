//! `dead-letter-alarm`

use super::{Finding, Judgement, Model, Queue, Rule, Severity, name_in, redrive_targets};
use crate::check::finding::Unknown;
use crate::check::model::{Alarm, Metric};

pub(super) const RULE: Rule = Rule {
    id: "dead-letter-alarm",
    severity: Severity::Warning,
    title: "a dead-letter queue that no alarm watches",
    why: "Messages wait there, and are deleted at the end of their retention, without anybody \
          being told.",
    source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/dead-letter-queues-alarms-cloudwatch.html",
    bad: include_str!("../examples/dead-letter-alarm.bad.yaml"),
    good: include_str!("../examples/dead-letter-alarm.good.yaml"),
    judge: |model| {
        let queues = redrive_targets(model).into_iter();
        queues.map(|it| judge(model, it)).collect()
    },
};

fn judge(model: &Model, queue: &Queue) -> Judgement {
    let watched = watched(model, queue);
    if !watched.by.is_empty() {
        return Ok(None);
    }
    if let Some(unknown) = watched.unknown {
        return Err(unknown);
    }
    let id = &queue.logical_id;
    Finding::new(
        id,
        queue.line,
        format!("no alarm of this stack watches the dead letters in {id}"),
    )
    .fix(format!(
        "add an AWS::CloudWatch::Alarm on ApproximateNumberOfMessagesVisible > 0 with the \
             dimension `QueueName: !GetAtt {id}.QueueName`"
    ))
    .found()
}

/// The alarms on a queue.
pub(super) struct Watched<'a> {
    pub(super) by: Vec<(&'a Alarm, &'a Metric, Watch<'a>)>,
    /// Another alarm may be on it, too.
    pub(super) unknown: Option<Unknown>,
}

/// What an alarm sees of a queue.
#[derive(Clone, Copy)]
pub(super) enum Watch<'a> {
    /// Messages that are there.
    Messages,
    /// Another metric.
    Other(&'a str),
    /// Nothing: its dimension is not the queue's name.
    Nothing(&'a str),
}

pub(super) fn watched<'a>(model: &'a Model, queue: &Queue) -> Watched<'a> {
    let mut watched = Watched {
        by: Vec::new(),
        unknown: None,
    };
    let alarms = model.alarms.iter();
    for (alarm, metric) in alarms.flat_map(|alarm| alarm.metrics.iter().map(move |it| (alarm, it)))
    {
        match metric.of_queue() {
            Ok(Some((name, of))) if name_in(name) == queue.name => {
                let watch = match of {
                    _ if name != queue.name => Watch::Nothing(name),
                    "ApproximateNumberOfMessagesVisible" | "ApproximateAgeOfOldestMessage" => {
                        Watch::Messages
                    }
                    other => Watch::Other(other),
                };
                watched.by.push((alarm, metric, watch));
            }
            Ok(_) => {}
            Err(unknown) => watched.unknown = Some(unknown),
        }
    }
    watched
}
