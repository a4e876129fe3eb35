//! Where a resource's properties are in the file, for what is found wrong with them later.

use std::collections::BTreeMap;

/// The lines of a resource, or of a part of one.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    pub(super) own: usize,
    pub(super) properties: BTreeMap<String, usize>,
}

impl Lines {
    /// The line of `property`, or where it would be.
    #[must_use]
    pub fn of(&self, property: &str) -> usize {
        self.properties.get(property).copied().unwrap_or(self.own)
    }

    /// The line of the property that `message` speaks of, or the first of all.
    #[must_use]
    pub fn meant_by(&self, message: &str) -> usize {
        let mut properties = self.properties.iter();
        let meant = properties.find(|(name, _)| message.contains(name.as_str()));
        meant.map_or(self.own, |(_, line)| *line)
    }
}
