//! The template's queues.

use std::collections::BTreeMap;

use lambda_queue_simulator::sqs::api::{
    CreateQueueRequest, GetQueueUrlRequest, SetQueueAttributesRequest, TagQueueRequest,
};
use lambda_queue_simulator::sqs::{Sqs, SqsError};
use serde_json::Value as Json;

use crate::template::{Queue, Template, TemplateError};

/// Queues refer to each other by it, in any order of the file.
const REDRIVE: &str = "RedrivePolicy";

/// Creates the queues of `template`. Those that are there keep their messages, and get the
/// attributes of the template.
///
/// # Errors
/// SQS would refuse a queue; the error is at the line that is to blame.
pub(super) fn create(sqs: &mut Sqs, template: &Template, now_ms: u64) -> Result<(), TemplateError> {
    let declared = template.queues()?;
    for queue in &declared {
        let made = make(sqs, queue, now_ms);
        made.map_err(|error| refused(template, queue, &error))?;
    }
    for queue in &declared {
        let mut policy = texts(&queue.create["Attributes"]);
        policy.retain(|name, _| name == REDRIVE);
        let request = SetQueueAttributesRequest {
            queue_url: queue.name.as_str().into(),
            attributes: policy,
        };
        let set = sqs.set_queue_attributes(&request, now_ms);
        set.map_err(|error| refused(template, queue, &error))?;
    }
    Ok(())
}

/// All of a queue but where its dead letters go.
fn make(sqs: &mut Sqs, queue: &Queue, now_ms: u64) -> Result<(), SqsError> {
    let mut attributes = texts(&queue.create["Attributes"]);
    attributes.remove(REDRIVE);
    let tags = texts(&queue.create["tags"]);
    let find = GetQueueUrlRequest {
        queue_name: queue.name.clone(),
        ..GetQueueUrlRequest::default()
    };
    let Ok(found) = sqs.get_queue_url(&find) else {
        let request = CreateQueueRequest {
            queue_name: queue.name.clone(),
            attributes,
            tags,
        };
        return sqs.create_queue(&request, now_ms).map(drop);
    };
    let queue_url = found.queue_url;
    if !tags.is_empty() {
        let queue_url = queue_url.clone();
        sqs.tag_queue(&TagQueueRequest { queue_url, tags })?;
    }
    let request = SetQueueAttributesRequest {
        queue_url,
        attributes,
    };
    sqs.reset_queue_attributes(&request, now_ms)
}

fn texts(object: &Json) -> BTreeMap<String, String> {
    let members = object.as_object().into_iter().flatten();
    let texts = members.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.into())));
    texts.collect()
}

fn refused(template: &Template, queue: &Queue, error: &SqsError) -> TemplateError {
    let line = queue.lines.meant_by(&error.message);
    let (name, message) = (&queue.logical_id, &error.message);
    template.error_at(line, format!("the queue {name}: {message}"))
}
