//! What a result means for its turn.

use std::collections::BTreeSet;

use super::Seen;
use crate::ToolResult;

/// What a result means for its turn.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// It has no turn.
    Alone,
    /// The turn's first result: it waits for the rest.
    Opens {
        /// The rest.
        outstanding: BTreeSet<String>,
        /// It is not one of the turn's own calls.
        stray: bool,
    },
    /// The turn has waited for it.
    Arrives {
        /// And for no other.
        last: bool,
    },
    /// The turn does not wait for it.
    Stray,
}

impl Step {
    pub(crate) fn of(result: &ToolResult, seen: &Seen) -> Self {
        let call = &result.tool_call_id;
        match (&result.turn, &seen.turn) {
            (None, _) => Self::Alone,
            (Some(turn), None) => {
                let mut outstanding: BTreeSet<_> = turn.tool_call_ids.iter().cloned().collect();
                let stray = !outstanding.remove(call);
                Self::Opens { outstanding, stray }
            }
            // The list that came first counts.
            (Some(_), Some(turn)) if turn.outstanding.contains(call) => Self::Arrives {
                last: turn.outstanding.len() == 1,
            },
            (Some(_), Some(_)) => Self::Stray,
        }
    }

    /// Whether the turn has all its results with this one.
    pub(crate) fn completes(&self) -> bool {
        match self {
            Self::Opens { outstanding, .. } => outstanding.is_empty(),
            Self::Arrives { last } => *last,
            Self::Alone | Self::Stray => false,
        }
    }

    /// Whether the result came with a turn that is not its own, or not any more.
    pub(crate) fn is_stray(&self) -> bool {
        matches!(self, Self::Stray | Self::Opens { stray: true, .. })
    }
}
