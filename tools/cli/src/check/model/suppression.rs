//! Findings that somebody looked at and decided to keep.
//!
//! ```yaml
//! Metadata:
//!   lambda-queue:
//!     suppress:
//!       - rule: max-receive-count
//!         reason: A second try never helps here.
//! ```

use crate::template::{Outline, Tree};

/// An entry of `suppress`.
#[derive(Debug)]
pub(crate) struct Suppression {
    /// Whose findings; `None` is the whole template's.
    pub(crate) resource: Option<String>,
    pub(crate) rule: String,
    /// Empty if none was given.
    pub(crate) reason: String,
    pub(crate) line: usize,
}

pub(super) fn read(outline: &Outline) -> Vec<Suppression> {
    let whole = outline.metadata.iter().map(|it| (None, it));
    let resources = outline.resources.iter();
    let each =
        resources.filter_map(|it| Some((Some(it.logical_id.as_str()), it.metadata.as_ref()?)));
    let all = whole.chain(each);
    all.flat_map(|(resource, metadata)| listed(resource, metadata))
        .collect()
}

fn listed(resource: Option<&str>, metadata: &Tree) -> Vec<Suppression> {
    let list = metadata
        .get("lambda-queue")
        .and_then(|it| it.get("suppress"));
    let Some(list) = list else {
        return Vec::new();
    };
    let text = |entry: &Tree, key: &str| {
        let found = entry.get(key).and_then(Tree::as_str);
        found.unwrap_or_default().trim().to_owned()
    };
    let entries = list.items().iter().map(|entry| Suppression {
        resource: resource.map(str::to_owned),
        // A rule alone is an entry without a reason.
        rule: entry
            .as_str()
            .map_or_else(|| text(entry, "rule"), str::to_owned),
        reason: text(entry, "reason"),
        line: entry.get("rule").map_or(entry.line, |it| it.line),
    });
    entries.collect()
}
