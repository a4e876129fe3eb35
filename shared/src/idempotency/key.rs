use serde_json::Value;
use sha2::{Digest, Sha256};

use super::record::RecordId;

/// Why a message has no idempotency key. Never shows the key's value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeyError {
    /// The key, or part of it, is not there.
    #[error(
        "the idempotency key is missing: {place} is {found}; every message needs a key of its own"
    )]
    Missing { place: String, found: &'static str },
    /// The key does not serialise.
    #[error("the idempotency key cannot be written as JSON")]
    NotJson,
    /// The body the key is taken from is not JSON.
    #[cfg(feature = "jmespath")]
    #[error("the body is not JSON, so the idempotency key cannot be taken from it")]
    BodyNotJson,
    /// The expression failed on this body.
    #[cfg(feature = "jmespath")]
    #[error("the idempotency key's JMESPath expression failed on this body")]
    Expression,
}

/// The record of a key: `<namespace>#<hex SHA-256>` over the namespace's length and text and the
/// key's canonical JSON.
pub(crate) fn record_id(namespace: &str, key: &Value) -> Result<RecordId, KeyError> {
    check_present(key)?;
    let mut hash = Sha256::new();
    hash.update((namespace.len() as u64).to_be_bytes());
    hash.update(namespace);
    let mut canonical = Vec::with_capacity(64);
    write_canonical(key, &mut canonical);
    hash.update(&canonical);
    let hash = hex(&hash.finalize());
    Ok(RecordId::new([namespace, &hash].join("#")))
}

/// Hex SHA-256 of a payload.
pub(crate) fn payload_hash(payload: &[u8]) -> String {
    hex(&Sha256::digest(payload))
}

/// Hex SHA-256 of a payload's canonical JSON.
pub(crate) fn canonical_hash(payload: &Value) -> String {
    let mut canonical = Vec::new();
    write_canonical(payload, &mut canonical);
    payload_hash(&canonical)
}

/// A key that is absent, or a part of one that is, would be shared by unrelated messages.
fn check_present(key: &Value) -> Result<(), KeyError> {
    let missing = |place: String, found| Err(KeyError::Missing { place, found });
    if let Some(found) = absent(key) {
        return missing("it".to_owned(), found);
    }
    match key {
        Value::Array(parts) => {
            for (index, part) in parts.iter().enumerate() {
                if let Some(found) = absent(part) {
                    return missing(format!("part {index}"), found);
                }
            }
            Ok(())
        }
        Value::Object(parts) => {
            for (name, part) in parts {
                if let Some(found) = absent(part) {
                    return missing(format!("part \"{name}\""), found);
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn absent(value: &Value) -> Option<&'static str> {
    match value {
        Value::Null => Some("null"),
        Value::String(text) if text.is_empty() => Some("an empty string"),
        Value::Array(parts) if parts.is_empty() => Some("an empty list"),
        Value::Object(parts) if parts.is_empty() => Some("an empty object"),
        _ => None,
    }
}

/// JSON with object keys in byte order and no white space.
///
/// Unlike RFC 8785, integers keep all their digits: as doubles, neighbouring 64-bit ids would
/// become one key.
fn write_canonical(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Array(items) => {
            write_list(out, b"[]", items.iter(), |item, out| {
                write_canonical(item, out)
            });
        }
        Value::Object(members) => {
            // Sorted here, because serde_json's feature `preserve_order` may be on in a build.
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| name.as_bytes());
            write_list(out, b"{}", members.into_iter(), |(name, item), out| {
                out.extend_from_slice(Value::from(name.as_str()).to_string().as_bytes());
                out.push(b':');
                write_canonical(item, out);
            });
        }
        // Writing a value into memory does not fail.
        scalar => _ = serde_json::to_writer(out, scalar),
    }
}

fn write_list<T>(
    out: &mut Vec<u8>,
    [open, close]: &[u8; 2],
    items: impl Iterator<Item = T>,
    write: impl Fn(T, &mut Vec<u8>),
) {
    out.push(*open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(item, out);
    }
    out.push(*close);
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut digits = Vec::with_capacity(2 * bytes.len());
    for byte in bytes {
        let nibbles = [byte >> 4, byte & 15];
        digits.extend_from_slice(&nibbles.map(|it| DIGITS[usize::from(it)]));
    }
    String::from_utf8(digits).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn id(key: Value) -> Result<RecordId, KeyError> {
        record_id("orders", &key)
    }

    #[test]
    fn the_order_of_members_does_not_matter() {
        let a: Value = serde_json::from_str(r#"{"a":1,"b":{"c":2,"d":3}}"#).unwrap();
        let b: Value = serde_json::from_str(r#"{ "b":{"d":3,"c":2}, "a":1 }"#).unwrap();
        assert_eq!(id(a), id(b));
    }

    #[test]
    fn neighbouring_64_bit_numbers_are_different_keys() {
        assert_ne!(
            id(json!(9_007_199_254_740_992_u64)),
            id(json!(9_007_199_254_740_993_u64))
        );
    }

    #[test]
    fn a_namespace_cannot_reach_into_the_key() {
        let hash = |id: RecordId| id.as_str().rsplit_once('#').unwrap().1.to_owned();
        let a = record_id("a", &json!("b")).unwrap();
        let b = record_id("a\"", &json!("b")).unwrap();
        assert_ne!(hash(a), hash(b));
    }

    #[test]
    fn a_missing_key_is_an_error_and_never_a_constant() {
        for key in [
            json!(null),
            json!(""),
            json!([]),
            json!({}),
            json!([null, null]),
            json!(["order", null]),
            json!(["order", ""]),
            json!({"order": null}),
        ] {
            assert!(
                matches!(id(key.clone()), Err(KeyError::Missing { .. })),
                "{key}"
            );
        }
    }

    #[test]
    fn an_id_names_its_namespace_and_a_sha_256() {
        insta::assert_snapshot!(id(json!(["order", 17])).unwrap().as_str());
    }

    #[test]
    fn zero_and_false_are_keys() {
        assert!(id(json!(0)).is_ok() && id(json!(false)).is_ok());
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            "\\PC{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map("\\PC{0,4}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn canonical_json_says_the_same_as_the_value(value in any_json()) {
            let mut canonical = Vec::new();
            write_canonical(&value, &mut canonical);
            prop_assert_eq!(serde_json::from_slice::<Value>(&canonical).unwrap(), value);
        }

        #[test]
        fn different_values_have_different_canonical_json(a in any_json(), b in any_json()) {
            let canonical = |value| { let mut out = Vec::new(); write_canonical(value, &mut out); out };
            prop_assert_eq!(canonical(&a) == canonical(&b), a == b);
        }
    }
}
