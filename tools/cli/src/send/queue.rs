//! The queue that is meant.

use serde_json::json;

use super::client::Client;
use crate::error::SendError;

pub(super) struct Queue {
    pub(super) url: String,
    pub(super) name: String,
    pub(super) fifo: bool,
}

impl Queue {
    /// Finds the queue by its name, URL or ARN, or by the logical id its name ends with.
    ///
    /// # Errors
    /// There is none, or more than one.
    pub(super) async fn find(client: &Client, given: &str) -> Result<Self, SendError> {
        let mut known = Vec::new();
        let mut next = json!({ "MaxResults": 1000 });
        loop {
            let page = client.call("ListQueues", &next).await?;
            let urls = page["QueueUrls"].as_array().into_iter().flatten();
            known.extend(urls.filter_map(|url| url.as_str()).map(Self::at));
            match page["NextToken"].as_str() {
                Some(token) => next["NextToken"] = token.into(),
                None => break,
            }
        }
        Self::choose(known, given)
    }

    fn choose(mut known: Vec<Self>, given: &str) -> Result<Self, SendError> {
        let name = given.rsplit(['/', ':']).next().unwrap_or(given);
        if let Some(exact) = known.iter().position(|it| it.name == name) {
            return Ok(known.swap_remove(exact));
        }
        let ending = format!("-{name}");
        let is_meant = |it: &Self| it.stem().ends_with(&ending);
        let meant: Vec<usize> = (0..known.len())
            .filter(|it| is_meant(&known[*it]))
            .collect();
        if let [only] = meant.as_slice() {
            return Ok(known.swap_remove(*only));
        }
        let candidates = match meant.as_slice() {
            [] => known.iter().map(|it| it.name.as_str()).collect(),
            meant => meant
                .iter()
                .map(|it| known[*it].name.as_str())
                .collect::<Vec<_>>(),
        };
        Err(SendError::NoQueue {
            given: given.to_owned(),
            known: match candidates.as_slice() {
                [] => "there are no queues at all".to_owned(),
                names => format!("there are {}", names.join(", ")),
            },
        })
    }

    fn at(url: &str) -> Self {
        let name = url.rsplit('/').next().unwrap_or(url).to_owned();
        Self {
            url: url.to_owned(),
            fifo: name.ends_with(".fifo"),
            name,
        }
    }

    fn stem(&self) -> &str {
        self.name.strip_suffix(".fifo").unwrap_or(&self.name)
    }

    /// Whether a message from the queue `arn` is one for this queue: an event file names the queue
    /// as AWS does, with a random ending.
    pub(super) fn is_local_for(&self, arn: &str) -> bool {
        let name = arn.rsplit(':').next().unwrap_or(arn);
        let fifo = name.ends_with(".fifo");
        let name = name.strip_suffix(".fifo").unwrap_or(name);
        let rest = name.strip_prefix(self.stem());
        fifo == self.fifo && rest.is_some_and(|it| it.is_empty() || it.starts_with('-'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(given: &str) -> Result<String, String> {
        let names = [
            "app-Jobs",
            "app-JobsDead",
            "app-Orders.fifo",
            "a-Twice",
            "b-Twice",
        ];
        let known = names
            .iter()
            .map(|it| Queue::at(&format!("http://h/0/{it}")));
        let queue = Queue::choose(known.collect(), given);
        queue.map(|it| it.name).map_err(|error| error.to_string())
    }

    #[test]
    fn a_queue_is_found_by_every_name_it_has() {
        for given in [
            "app-Jobs",
            "Jobs",
            "http://h/0/app-Jobs",
            "arn:aws:sqs:r:0:app-Jobs",
        ] {
            assert_eq!(chosen(given).unwrap(), "app-Jobs", "{given}");
        }
        assert_eq!(chosen("Orders").unwrap(), "app-Orders.fifo");
    }

    #[test]
    fn what_is_meant_must_be_clear() {
        insta::assert_snapshot!(
            [chosen("Twice").unwrap_err(), chosen("obs").unwrap_err()].join("\n")
        );
    }

    #[test]
    fn event_files_name_queues_with_their_random_endings() {
        let queue = Queue::at("http://h/0/app-Jobs");
        let is_local = |name: &str| queue.is_local_for(&format!("arn:aws:sqs:us-east-1:1:{name}"));
        assert!(is_local("app-Jobs") && is_local("app-Jobs-9xKv2hQbT4mC"));
        for other in ["app-JobsDead-9xKv", "app-Jobs-9xKv.fifo", "other"] {
            assert!(!is_local(other), "{other}");
        }
    }
}
