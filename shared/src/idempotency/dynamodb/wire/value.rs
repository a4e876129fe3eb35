//! Attribute values in DynamoDB's JSON.

use std::collections::HashMap;
use std::fmt;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Error as _, SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

/// A value that is written. Records are made of texts and numbers.
struct Written<'a>(&'a AttributeValue);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let (kind, text) = match self.0 {
            AttributeValue::S(text) => ("S", text),
            AttributeValue::N(digits) => ("N", digits),
            _ => return Err(S::Error::custom("a record has no such value")),
        };
        let mut value = to.serialize_map(Some(1))?;
        value.serialize_entry(kind, text)?;
        value.end()
    }
}

/// Values as a list, or by name.
pub(in super::super) struct Values<'a, T>(pub(in super::super) &'a T);

impl Serialize for Values<'_, Vec<AttributeValue>> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().map(Written))
    }
}

impl<N: Serialize> Serialize for Values<'_, Vec<(N, AttributeValue)>> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(name, value)| (name, Written(value))))
    }
}

impl Serialize for Values<'_, HashMap<String, AttributeValue>> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(name, value)| (name, Written(value))))
    }
}

/// A value that was read, of whatever type: a table may be shared.
struct Read(AttributeValue);

impl<'de> Deserialize<'de> for Read {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(ReadVisitor)
    }
}

struct ReadVisitor;

impl<'de> Visitor<'de> for ReadVisitor {
    type Value = Read;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an attribute value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Read, A::Error> {
        let kind: String = map
            .next_key()?
            .ok_or_else(|| A::Error::custom("no value"))?;
        let value = match &*kind {
            "S" => AttributeValue::S(map.next_value()?),
            "N" => AttributeValue::N(map.next_value()?),
            "BOOL" => AttributeValue::Bool(map.next_value()?),
            "NULL" => AttributeValue::Null(map.next_value()?),
            "SS" => AttributeValue::Ss(map.next_value()?),
            "NS" => AttributeValue::Ns(map.next_value()?),
            "B" => AttributeValue::B(blob(&map.next_value::<String>()?)?),
            "BS" => {
                let blobs: Vec<String> = map.next_value()?;
                let blobs = blobs.iter().map(|it| blob(it));
                AttributeValue::Bs(blobs.collect::<Result<_, _>>()?)
            }
            "L" => {
                let list: Vec<Read> = map.next_value()?;
                AttributeValue::L(list.into_iter().map(|it| it.0).collect())
            }
            "M" => AttributeValue::M(named(map.next_value()?)),
            _ => return Err(A::Error::custom("a value of a type that is not known")),
        };
        match map.next_entry::<IgnoredAny, IgnoredAny>()? {
            None => Ok(Read(value)),
            Some(_) => Err(A::Error::custom("a value of two types")),
        }
    }
}

fn blob<E: serde::de::Error>(text: &str) -> Result<Blob, E> {
    BASE64_STANDARD
        .decode(text)
        .map(Blob::new)
        .map_err(E::custom)
}

fn named(map: HashMap<String, Read>) -> HashMap<String, AttributeValue> {
    map.into_iter().map(|(name, it)| (name, it.0)).collect()
}

/// Reads an item, if there is one.
pub(in super::super) fn item<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<HashMap<String, AttributeValue>>, D::Error> {
    let read: Option<HashMap<String, Read>> = Deserialize::deserialize(from)?;
    Ok(read.map(named))
}

/// Reads items.
pub(in super::super) fn items<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Vec<HashMap<String, AttributeValue>>, D::Error> {
    let read: Vec<HashMap<String, Read>> = Deserialize::deserialize(from)?;
    Ok(read.into_iter().map(named).collect())
}
