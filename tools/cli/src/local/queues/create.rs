//! The template's queues.

use serde_json::{Value as Json, json};

use super::Queues;
use crate::template::{Queue, Template, TemplateError};

/// Queues refer to each other by it, in any order of the file.
const REDRIVE: &str = "RedrivePolicy";

impl Queues {
    /// The queues of `template`, empty, with URLs below `url`.
    ///
    /// # Errors
    /// SQS would refuse a queue; the error is at the line that is to blame.
    pub(crate) fn of(template: &Template, url: &str) -> Result<Self, TemplateError> {
        let queues = Self::new(url);
        let declared = template.queues()?;
        for queue in &declared {
            let mut request = queue.create.clone();
            if let Some(attributes) = request["Attributes"].as_object_mut() {
                attributes.remove(REDRIVE);
            }
            queues.make(template, queue, "CreateQueue", &request)?;
        }
        for queue in &declared {
            let policy = queue.create["Attributes"].get(REDRIVE);
            let Some(policy) = policy else {
                continue;
            };
            let request = json!({ "QueueUrl": queue.name, "Attributes": { REDRIVE: policy } });
            queues.make(template, queue, "SetQueueAttributes", &request)?;
        }
        Ok(queues)
    }

    fn make(
        &self,
        template: &Template,
        queue: &Queue,
        operation: &str,
        request: &Json,
    ) -> Result<(), TemplateError> {
        let body = request.to_string();
        let made = self.with(|sqs, now_ms| sqs.handle(operation, body.as_bytes(), now_ms));
        made.map(drop).map_err(|error| {
            let line = queue.lines.meant_by(&error.message);
            template.error_at(
                line,
                format!("the queue {}: {}", queue.logical_id, error.message),
            )
        })
    }
}
