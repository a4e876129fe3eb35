//! Batches of which DynamoDB processes a part.

use serde_json::{Map, Value as Json};

/// An operation whose answer may leave something out.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Get,
    Write,
}

/// A batch in two.
pub(super) struct Split {
    /// The body of the request that is left.
    pub(super) part: Vec<u8>,
    /// By tables, as the answer lists them.
    pub(super) rest: Map<String, Json>,
}

impl Kind {
    pub(super) fn of(operation: &str) -> Option<Self> {
        match operation {
            "BatchGetItem" => Some(Self::Get),
            "BatchWriteItem" => Some(Self::Write),
            _ => None,
        }
    }

    /// Keeps at least one item and less than all, by a number from 0 to 1; `None` if the request
    /// has too few, or is none.
    pub(super) fn split(self, body: &[u8], how: f64) -> Option<Split> {
        let mut request: Json = serde_json::from_slice(body).ok()?;
        let tables = request.get_mut("RequestItems")?.as_object_mut()?;
        let mut total = 0;
        for table in tables.values_mut() {
            total += self.items(table)?.len();
        }
        let most = total.checked_sub(1).filter(|it| *it > 0)?;
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a batch has at most a hundred items"
        )]
        let mut room = 1 + (how * (most as f64)) as usize;
        room = room.min(most);
        let mut rest = Map::new();
        for (name, table) in tables.iter_mut() {
            // With what else is asked of the table.
            let mut left = table.clone();
            let kept = self.items(table)?;
            kept.truncate(room);
            self.items(&mut left)?.drain(..kept.len());
            room -= kept.len();
            if !self.items(&mut left)?.is_empty() {
                rest.insert(name.clone(), left);
            }
        }
        tables.retain(|name, table| {
            self.items(table).is_some_and(|it| !it.is_empty()) || !rest.contains_key(name)
        });
        let part = request.to_string().into_bytes();
        Some(Split { part, rest })
    }

    /// The answer with `rest` among what was not processed.
    pub(super) fn add(self, answer: &[u8], rest: Map<String, Json>) -> Vec<u8> {
        let field = match self {
            Self::Get => "UnprocessedKeys",
            Self::Write => "UnprocessedItems",
        };
        let mut answer: Json = serde_json::from_slice(answer).unwrap_or_default();
        answer[field] = rest.into();
        answer.to_string().into_bytes()
    }

    fn items(self, table: &mut Json) -> Option<&mut Vec<Json>> {
        match self {
            Self::Get => table.get_mut("Keys")?.as_array_mut(),
            Self::Write => table.as_array_mut(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn split(kind: Kind, items: &Json, how: f64) -> Option<(Json, Json)> {
        let body = json!({ "RequestItems": items }).to_string();
        let split = kind.split(body.as_bytes(), how)?;
        let mut part: Json = serde_json::from_slice(&split.part).unwrap();
        Some((part["RequestItems"].take(), split.rest.into()))
    }

    #[test]
    fn a_batch_is_processed_in_part_and_the_rest_is_said() {
        let items = json!({"A": [1, 2], "B": [3, 4]});
        let (part, rest) = split(Kind::Write, &items, 0.0).unwrap();
        assert_eq!(
            (part, rest),
            (json!({"A": [1]}), json!({"A": [2], "B": [3, 4]}))
        );
        let (part, rest) = split(Kind::Write, &items, 0.99).unwrap();
        assert_eq!(
            (part, rest),
            (json!({"A": [1, 2], "B": [3]}), json!({"B": [4]}))
        );
    }

    #[test]
    fn unprocessed_keys_keep_what_was_asked_of_them() {
        let items = json!({"A": {"Keys": [1, 2], "ConsistentRead": true}});
        let (part, rest) = split(Kind::Get, &items, 0.5).unwrap();
        assert_eq!(part, json!({"A": {"Keys": [1], "ConsistentRead": true}}));
        assert_eq!(rest, json!({"A": {"Keys": [2], "ConsistentRead": true}}));
    }

    #[test]
    fn one_item_has_no_parts() {
        assert!(split(Kind::Write, &json!({"A": [1]}), 0.5).is_none());
        assert!(Kind::Get.split(b"oops", 0.5).is_none());
    }
}
