//! Where dead letters are sent back to.

use super::letter::Letter;
use super::name;
use super::queue::Queue;
use crate::error::DlqError;

/// The queues that messages may go to, by URL.
pub(super) struct Destinations {
    /// Where all go.
    pub(super) only: Option<String>,
    /// Queues it is the dead-letter queue of: ARN and URL.
    sources: Vec<(String, String)>,
}

impl Destinations {
    /// The queue that was asked for, or else those that `queue` is the dead-letter queue of.
    ///
    /// # Errors
    /// There are none, or messages cannot go there.
    pub(super) async fn of(queue: &Queue, to: Option<&str>) -> Result<Self, DlqError> {
        let sources = queue.sources().await?;
        let sources: Vec<_> = sources
            .into_iter()
            .map(|url| (queue.arn_beside(&url), url))
            .collect();
        let only = match to {
            Some(to) => Some(given(queue, to).await?),
            None => match sources.as_slice() {
                [(_, only)] => Some(only.clone()),
                _ => None,
            },
        };
        if only.is_none() && sources.is_empty() {
            return Err(DlqError::NoDestination {
                queue: queue.name.clone(),
                sources: "no queue".to_owned(),
            });
        }
        Ok(Self { only, sources })
    }

    /// Whether SQS takes the queue for a dead-letter queue.
    pub(super) fn has_sources(&self) -> bool {
        !self.sources.is_empty()
    }

    /// Where a message goes. What it says itself counts only among the known sources: whoever can
    /// send to the dead-letter queue can write anything there.
    pub(super) fn for_letter(&self, letter: &Letter) -> Option<&str> {
        let said = letter.source_arn();
        let is_said = |source: &&(String, String)| Some(source.0.as_str()) == said;
        match &self.only {
            Some(only) => Some(only),
            None => self
                .sources
                .iter()
                .find(is_said)
                .map(|(_, url)| url.as_str()),
        }
    }

    /// For people.
    pub(super) fn names(&self) -> String {
        match &self.only {
            Some(only) => name::of_url(only).to_owned(),
            None => {
                let names = self.sources.iter().map(|(_, url)| name::of_url(url));
                names.collect::<Vec<_>>().join(", ")
            }
        }
    }
}

async fn given(queue: &Queue, to: &str) -> Result<String, DlqError> {
    let target = Queue::find(&queue.client, to).await?;
    let why = match () {
        () if target.arn == queue.arn => "it is the same queue",
        () if target.fifo != queue.fifo => "one is a FIFO queue and the other is not",
        () => return Ok(target.url),
    };
    Err(DlqError::Destination {
        from: queue.name.clone(),
        to: target.name,
        why,
    })
}
