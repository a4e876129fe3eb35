//! Buckets that tell queues of their objects, as the template's `NotificationConfiguration` says.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use form_urlencoded::byte_serialize;
use serde_json::{Value as Json, json};

use crate::error::Error;
use crate::local::clock::{epoch_ms, iso};
use crate::local::ids::request_id;
use crate::local::queues::Queues;
use crate::template::{Bucket, Notification, Queue, REGION, Template};

/// Who is told, and the way there.
pub(super) struct Notifications {
    queues: Arc<Queues>,
    configured: Vec<Configured>,
    /// Later events of an object have higher numbers.
    sequence: AtomicU64,
}

struct Configured {
    bucket: String,
    id: String,
    notification: Notification,
    /// A queue's name is a URL, too.
    queue: String,
}

/// What an event says of an object that exists.
pub(super) struct Object {
    pub(super) size: u64,
    pub(super) e_tag: String,
}

impl Notifications {
    /// What the `buckets` of `template` ask for.
    ///
    /// # Errors
    /// S3 would refuse it: the queue does not exist, or is a FIFO queue.
    pub(super) fn of(
        template: &Template,
        buckets: &[Bucket],
        queues: &Arc<Queues>,
    ) -> Result<Self, Error> {
        let declared = template.queues()?;
        let mut configured = Vec::new();
        for bucket in buckets {
            for (index, notification) in bucket.notifications.iter().enumerate() {
                configured.push(Configured {
                    bucket: bucket.name.clone(),
                    id: format!("{}-{index}", bucket.logical_id),
                    notification: notification.clone(),
                    queue: told(template, bucket, notification, &declared)?,
                });
            }
        }
        Ok(Self {
            queues: Arc::clone(queues),
            configured,
            sequence: AtomicU64::new(epoch_ms() << 16),
        })
    }

    /// Whether anybody wants to know of objects in `bucket`.
    pub(super) fn concern(&self, bucket: &str) -> bool {
        self.configured.iter().any(|it| it.bucket == bucket)
    }

    /// What S3 sends to each queue of a new configuration, to try it.
    pub(super) async fn try_out(&self, bucket: &str) {
        let event = json!({
            "Service": "Amazon S3",
            "Event": "s3:TestEvent",
            "Time": time(),
            "Bucket": bucket,
            "RequestId": short_id(),
            "HostId": "local",
        });
        let mine = self.configured.iter().filter(|it| it.bucket == bucket);
        let queues: BTreeSet<_> = mine.map(|it| &it.queue).collect();
        for queue in queues {
            self.send(queue, &event).await;
        }
    }

    /// Tells of `event`, such as `ObjectCreated:Put`; of an `object` that still exists.
    pub(super) async fn tell(&self, event: &str, bucket: &str, key: &str, object: Option<&Object>) {
        let mine = self.configured.iter().filter(|it| it.bucket == bucket);
        for configured in mine.filter(|it| it.notification.wants(event, key)) {
            let sequence = self.sequence.fetch_add(1, Ordering::Relaxed);
            let record = configured.record(event, key, object, sequence);
            self.send(&configured.queue, &json!({ "Records": [record] }))
                .await;
        }
    }

    async fn send(&self, queue: &str, event: &Json) {
        let request = json!({ "QueueUrl": queue, "MessageBody": event.to_string() }).to_string();
        // The queue may have been deleted; S3 does not say so to the one who writes, either.
        drop(self.queues.call("SendMessage", request.as_bytes()).await);
    }
}

impl Configured {
    fn record(&self, event: &str, key: &str, object: Option<&Object>, sequence: u64) -> Json {
        let mut described = json!({
            "key": encoded(key),
            "sequencer": format!("{sequence:018X}"),
        });
        if let Some(object) = object {
            described["size"] = object.size.into();
            described["eTag"] = object.e_tag.as_str().into();
        }
        json!({
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": REGION,
            "eventTime": time(),
            "eventName": event,
            "userIdentity": { "principalId": "AWS:local" },
            "requestParameters": { "sourceIPAddress": "127.0.0.1" },
            "responseElements": { "x-amz-request-id": short_id(), "x-amz-id-2": "local" },
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": self.id,
                "bucket": {
                    "name": self.bucket,
                    "ownerIdentity": { "principalId": "local" },
                    "arn": format!("arn:aws:s3:::{}", self.bucket),
                },
                "object": described,
            },
        })
    }
}

impl Notification {
    fn wants(&self, event: &str, key: &str) -> bool {
        let wanted = self.event.strip_prefix("s3:").unwrap_or(&self.event);
        let is_meant = match wanted.strip_suffix('*') {
            Some(family) => event.starts_with(family),
            None => event == wanted,
        };
        is_meant && key.starts_with(&self.prefix) && key.ends_with(&self.suffix)
    }
}

/// The name of the queue that is told.
fn told(
    template: &Template,
    bucket: &Bucket,
    notification: &Notification,
    queues: &[Queue],
) -> Result<String, Error> {
    let (id, arn) = (&bucket.logical_id, &notification.queue_arn);
    let wrong = |property: &str, message: String| {
        let line = notification.lines.of(property);
        Error::from(template.error_at(line, format!("the bucket {id} {message}")))
    };
    if !notification.event.starts_with("s3:") {
        let message = format!(
            "names the event {}, where S3's begin with s3:",
            notification.event
        );
        return Err(wrong("Event", message));
    }
    let queue = queues.iter().find(|it| it.arn == *arn);
    let queue = queue.ok_or_else(|| {
        wrong(
            "Queue",
            format!("notifies {arn}, which is no queue of this template"),
        )
    })?;
    match queue.fifo {
        true => Err(wrong(
            "Queue",
            format!(
                "notifies {}, but S3 sends to no FIFO queue",
                queue.logical_id
            ),
        )),
        false => Ok(queue.name.clone()),
    }
}

/// A key as events have it: escaped as in a form, slashes aside.
pub(super) fn encoded(key: &str) -> String {
    let escaped: String = byte_serialize(key.as_bytes()).collect();
    escaped.replace("%2F", "/")
}

fn time() -> String {
    format!("{}Z", iso(epoch_ms()))
}

/// An id in the shape that S3 gives its requests.
fn short_id() -> String {
    request_id().replace('-', "").to_uppercase()[..16].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_escaped_as_s3_does() {
        assert_eq!(encoded("a b/c+d(1).txt"), "a+b/c%2Bd%281%29.txt");
    }
}
