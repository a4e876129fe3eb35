use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A message attribute's value: `DataType` and the value it announces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MessageAttributeValue {
    /// `String`, `Number` or `Binary`, with an optional custom suffix such as `Number.float`.
    #[serde(default)]
    pub data_type: Arc<str>,
    /// The value of a `String` or `Number`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub string_value: Option<Arc<str>>,
    /// The value of a `Binary`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binary_value: Option<Blob>,
    /// In the API, but refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub string_list_values: Vec<Arc<str>>,
    /// In the API, but refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub binary_list_values: Vec<Blob>,
}

impl MessageAttributeValue {
    /// A `String`.
    pub fn string(value: impl Into<Arc<str>>) -> Self {
        Self {
            data_type: "String".into(),
            string_value: Some(value.into()),
            ..Self::default()
        }
    }

    /// Bytes that count towards the size of the message, without the name.
    pub(in crate::sqs) fn size(&self) -> usize {
        self.data_type.len()
            + self.string_value.as_ref().map_or(0, |value| value.len())
            + self.binary_value.as_ref().map_or(0, |value| value.0.len())
    }
}

/// Bytes, base64 in JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blob(pub Arc<[u8]>);

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD.decode(text).map_err(serde::de::Error::custom)?;
        Ok(Self(bytes.into()))
    }
}
