//! What may be in a message (SendMessage; Developer Guide, "Amazon SQS message metadata").

use std::collections::BTreeMap;
use std::sync::Arc;

use super::api::MessageAttributeValue;
use super::errors::{ErrorKind, SqsError};

type Values = BTreeMap<Arc<str>, MessageAttributeValue>;

/// Bytes of a batch, and the most a message may be set to: 1 MiB.
pub(super) const MAX_BYTES: usize = 1_048_576;
const MAX_ATTRIBUTES: usize = 10;
const MAX_NAME: usize = 256;

/// Bytes of a message: the body and all of its attributes. System attributes don't count.
pub(super) fn size(body: &str, attributes: &Values) -> usize {
    body.len()
        + attributes
            .iter()
            .map(|(name, value)| name.len() + value.size())
            .sum::<usize>()
}

pub(super) fn check_body(body: &str) -> Result<(), SqsError> {
    if body.is_empty() {
        return Err(SqsError::missing("MessageBody"));
    }
    check_characters(body, "message body", ErrorKind::InvalidMessageContents)
}

fn check_characters(text: &str, what: &str, kind: ErrorKind) -> Result<(), SqsError> {
    // Bytes first: nearly every body is decided without decoding characters.
    if text.bytes().all(|byte| (0x20..0x80).contains(&byte)) {
        return Ok(());
    }
    let foreign = |c: char| {
        !matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
            && c < '\u{10000}'
    };
    match text.chars().find(|&c| foreign(c)) {
        None => Ok(()),
        Some(c) => Err(SqsError::new(
            kind,
            format!(
                "Invalid binary character '#x{:X}' was found in the {what}, the set of allowed \
                 characters is #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to \
                 #x10FFFF",
                u32::from(c)
            ),
        )),
    }
}

fn refuse(message: impl Into<String>) -> SqsError {
    SqsError::new(ErrorKind::InvalidParameterValue, message)
}

pub(super) fn check_attributes(attributes: &Values) -> Result<(), SqsError> {
    if attributes.len() > MAX_ATTRIBUTES {
        return Err(refuse(format!(
            "Number of message attributes [{}] exceeds the allowed maximum [{MAX_ATTRIBUTES}].",
            attributes.len()
        )));
    }
    attributes.iter().try_for_each(|(name, value)| {
        check_name(name)?;
        check_value(name, value)
    })
}

fn check_name(name: &str) -> Result<(), SqsError> {
    if name.is_empty() || name.len() > MAX_NAME {
        return Err(refuse(
            "Message (user) attribute names must be shorter than 256 Bytes",
        ));
    }
    if !name
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
    {
        return Err(refuse(
            "Message (user) attributes name can only contain upper and lower score characters, \
             digits, periods, hyphens and underscores. ",
        ));
    }
    let lower = name.to_lowercase();
    let reserved = lower.starts_with("aws.") || lower.starts_with("amazon.");
    if reserved || name.starts_with('.') || name.ends_with('.') || name.contains("..") {
        return Err(refuse(
            "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These \
             strings are reserved for internal use. Additionally, they cannot start or end with \
             '.'.",
        ));
    }
    Ok(())
}

fn check_value(name: &str, value: &MessageAttributeValue) -> Result<(), SqsError> {
    if !value.string_list_values.is_empty() || !value.binary_list_values.is_empty() {
        return Err(SqsError::new(
            ErrorKind::UnsupportedOperation,
            "Message attribute list values in SendMessage operation are not supported.",
        ));
    }
    let (kind, suffix) = value
        .data_type
        .split_once('.')
        .unwrap_or((&value.data_type, "-"));
    if value.data_type.is_empty() {
        return Err(refuse(format!(
            "The message attribute '{name}' must contain a non-empty message attribute type."
        )));
    }
    if !matches!(kind, "String" | "Number" | "Binary")
        || suffix.is_empty()
        || value.data_type.len() > MAX_NAME
    {
        return Err(refuse(format!(
            "The message attribute '{name}' has an invalid message attribute type, the set of \
             supported type prefixes is Binary, Number, and String."
        )));
    }
    let text = value.string_value.as_deref().unwrap_or_default();
    let present = match kind {
        "Binary" => value
            .binary_value
            .as_ref()
            .is_some_and(|blob| !blob.0.is_empty()),
        _ => !text.is_empty(),
    };
    if !present {
        return Err(refuse(format!(
            "Message (user) attribute '{name}' must contain a non-empty value of type '{kind}'."
        )));
    }
    if kind == "Number" && text.parse::<f64>().is_err() {
        return Err(refuse(format!(
            "Could not cast message attribute '{name}' value to number."
        )));
    }
    check_characters(text, "message attribute", ErrorKind::InvalidParameterValue)
}

/// `AWSTraceHeader`, the only system attribute a sender may set.
pub(super) fn trace_header(attributes: &Values) -> Result<Option<Arc<str>>, SqsError> {
    let mut header = None;
    for (name, value) in attributes {
        if &**name != "AWSTraceHeader" {
            return Err(refuse(format!(
                "Message system attribute name '{name}' is invalid."
            )));
        }
        check_value(name, value)?;
        if &*value.data_type != "String" {
            return Err(refuse(format!(
                "The message system attribute '{name}' has an invalid type, it must be String."
            )));
        }
        header.clone_from(&value.string_value);
    }
    Ok(header)
}

/// Group, deduplication and attempt ids: 1 to 128 letters, digits and punctuation.
pub(super) fn check_id(name: &str, id: Option<&str>) -> Result<(), SqsError> {
    match id {
        Some(id)
            if id.is_empty() || id.len() > 128 || !id.bytes().all(|b| b.is_ascii_graphic()) =>
        {
            Err(SqsError::invalid(
                name,
                id,
                &format!(
                    "{name} can only include alphanumeric and punctuation characters. 1 to 128 in \
                     length."
                ),
            ))
        }
        _ => Ok(()),
    }
}
