use std::collections::HashMap;
use std::fmt;

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};

/// Which item a transactional write is about, as far as the write itself tells.
pub(crate) struct ItemOf<'a> {
    kind: &'static str,
    pub(crate) table: &'a str,
    attributes: &'a HashMap<String, AttributeValue>,
    /// Whether the attributes are the key alone; a `Put` does not say which of its item's are.
    is_key: bool,
}

impl<'a> ItemOf<'a> {
    pub(crate) fn of(write: &'a TransactWriteItem) -> Option<Self> {
        let keyed = |kind, table, key| {
            Some(Self {
                kind,
                table,
                attributes: key,
                is_key: true,
            })
        };
        if let Some(put) = &write.put {
            return Some(Self {
                kind: "Put",
                table: &put.table_name,
                attributes: &put.item,
                is_key: false,
            });
        }
        if let Some(update) = &write.update {
            return keyed("Update", &update.table_name, &update.key);
        }
        if let Some(delete) = &write.delete {
            return keyed("Delete", &delete.table_name, &delete.key);
        }
        let check = write.condition_check.as_ref()?;
        keyed("ConditionCheck", &check.table_name, &check.key)
    }

    /// Whether both are about one item. Of two different `Put`s only the table knows: DynamoDB
    /// refuses those.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.table == other.table
            && match (self.is_key, other.is_key) {
                (true, false) => contains(other.attributes, self.attributes),
                (false, true) => contains(self.attributes, other.attributes),
                _ => self.attributes == other.attributes,
            }
    }
}

/// Shows the kind and the table, and nothing of the item.
impl fmt::Display for ItemOf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on the table `{}`", self.kind, self.table)
    }
}

fn contains(item: &HashMap<String, AttributeValue>, key: &HashMap<String, AttributeValue>) -> bool {
    key.iter()
        .all(|(name, value)| item.get(name) == Some(value))
}
