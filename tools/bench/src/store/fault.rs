//! Why DynamoDB refuses something.

use serde_json::json;

use super::attribute::Item;

#[derive(Debug, PartialEq)]
pub(crate) enum Fault {
    /// The condition failed on this item, if there is one and it was asked for.
    ConditionalCheckFailed(Option<Item>),
    DuplicateItem,
    Validation(String),
}

impl Fault {
    pub(super) fn validation(why: impl Into<String>) -> Self {
        Self::Validation(why.into())
    }

    /// The same, without the item unless it was asked for.
    pub(super) fn with_item(self, wanted: bool) -> Self {
        match self {
            Self::ConditionalCheckFailed(_) if !wanted => Self::ConditionalCheckFailed(None),
            other => other,
        }
    }

    pub(super) fn body(self) -> Vec<u8> {
        let (name, message, item) = match self {
            Self::ConditionalCheckFailed(item) => (
                "ConditionalCheckFailedException",
                "The conditional request failed".to_owned(),
                item,
            ),
            Self::DuplicateItem => (
                "DuplicateItemException",
                "Duplicate primary key exists".to_owned(),
                None,
            ),
            Self::Validation(why) => ("ValidationException", why, None),
        };
        let mut body = json!({
            "__type": format!("com.amazonaws.dynamodb.v20120810#{name}"),
            "message": message,
        });
        if let Some(item) = item {
            body["Item"] = json!(item);
        }
        body.to_string().into_bytes()
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Validation(error.to_string())
    }
}
