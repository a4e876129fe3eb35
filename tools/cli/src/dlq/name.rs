//! Which queue is meant by a name.

use crate::error::DlqError;

/// The name at the end of a queue's URL.
pub(super) fn of_url(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or(url)
}

/// The one queue whose name is `<stack>-<given>`, perhaps with CloudFormation's random ending.
///
/// # Errors
/// There is none, or there are several.
pub(super) fn choose(urls: Vec<String>, given: &str) -> Result<String, DlqError> {
    let is_meant = |url: &&String| is_meant(of_url(url), given);
    let meant: Vec<_> = urls.iter().filter(is_meant).collect();
    if let [only] = meant.as_slice() {
        return Ok((*only).clone());
    }
    let names = |urls: &mut dyn Iterator<Item = &String>| {
        let names: Vec<_> = urls.map(|it| of_url(it)).collect();
        names.join(", ")
    };
    Err(DlqError::NoQueue {
        given: given.to_owned(),
        known: match (meant.is_empty(), urls.len()) {
            (false, _) => format!("it could be {}", names(&mut meant.into_iter())),
            (true, 0) => "there are no queues at all".to_owned(),
            (true, 1..=20) => format!("there are {}", names(&mut urls.iter())),
            (true, many) => format!("none of the {many} queues is called that"),
        },
    })
}

fn is_meant(name: &str, given: &str) -> bool {
    let stem = name.strip_suffix(".fifo").unwrap_or(name);
    let without_ending = stem.rsplit_once('-').filter(|(_, it)| is_random(it));
    [Some(stem), without_ending.map(|(rest, _)| rest)]
        .into_iter()
        .flatten()
        .any(|it| it.strip_suffix(given).is_some_and(|it| it.ends_with('-')))
}

/// Twelve letters and digits, as CloudFormation ends the names it makes.
fn is_random(ending: &str) -> bool {
    ending.len() >= 12 && ending.bytes().all(|it| it.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(given: &str) -> Result<String, String> {
        let names = [
            "app-Jobs-9xKv2hQbT4mC",
            "app-JobsDead-8xKv2hQbT4mC",
            "app-Orders.fifo",
            "a-Two",
            "b-Two",
        ];
        let urls = names.iter().map(|it| format!("https://sqs/1/{it}"));
        let url = choose(urls.collect(), given);
        url.map(|it| of_url(&it).to_owned())
            .map_err(|it| it.to_string())
    }

    #[test]
    fn a_logical_id_is_found_with_and_without_a_random_ending() {
        assert_eq!(chosen("JobsDead").unwrap(), "app-JobsDead-8xKv2hQbT4mC");
        assert_eq!(chosen("Jobs").unwrap(), "app-Jobs-9xKv2hQbT4mC");
        assert_eq!(chosen("Orders").unwrap(), "app-Orders.fifo");
    }

    #[test]
    fn what_is_meant_must_be_clear() {
        assert_eq!(
            chosen("Two").unwrap_err(),
            "no one queue is meant by `Two`; it could be a-Two, b-Two"
        );
        assert!(chosen("obs").unwrap_err().contains("there are app-Jobs-"));
    }
}
