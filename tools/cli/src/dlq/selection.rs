//! Which messages are meant.

use std::collections::HashSet;

use super::args::SelectionArgs;
use super::letter::Letter;
use crate::local::clock::epoch_ms;

/// What must all be true of a message.
pub(super) struct Selection {
    reason: Option<String>,
    ids: HashSet<String>,
    sent_before_ms: Option<u64>,
    sent_after_ms: Option<u64>,
}

impl Selection {
    pub(super) fn new(args: SelectionArgs) -> Self {
        let now = epoch_ms();
        let ago = |age: std::time::Duration| {
            now.saturating_sub(u64::try_from(age.as_millis()).unwrap_or(u64::MAX))
        };
        Self {
            reason: args.reason.map(|it| it.to_lowercase()),
            ids: args.ids.into_iter().collect(),
            sent_before_ms: args.older_than.map(ago),
            sent_after_ms: args.newer_than.map(ago),
        }
    }

    /// Whether every message is meant.
    pub(super) fn is_all(&self) -> bool {
        self.reason.is_none()
            && self.ids.is_empty()
            && self.sent_before_ms.is_none()
            && self.sent_after_ms.is_none()
    }

    /// The ids that were asked for, if messages were asked for by id.
    pub(super) fn ids(&self) -> Option<&HashSet<String>> {
        Some(&self.ids).filter(|it| !it.is_empty())
    }

    pub(super) fn matches(&self, letter: &Letter) -> bool {
        let by_id = self.ids.is_empty()
            || self.ids.contains(&letter.id)
            || self.ids.contains(letter.original_id());
        let said = [letter.error_type(), letter.reason()];
        let contains = |text: &String| {
            let mut said = said.iter().flatten();
            said.any(|it| it.to_lowercase().contains(text))
        };
        by_id
            && self.reason.as_ref().is_none_or(contains)
            && self.sent_before_ms.is_none_or(|it| letter.sent_ms < it)
            && self.sent_after_ms.is_none_or(|it| letter.sent_ms > it)
    }
}
