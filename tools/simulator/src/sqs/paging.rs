//! Pages of queue URLs (ListQueues, ListDeadLetterSourceQueues).

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::errors::SqsError;

const MOST: i64 = 1_000;

/// The page after a token, and the token of the next one. Only a caller that names `MaxResults`
/// gets a token; the others get the first 1,000.
pub(super) fn page(
    urls: &BTreeMap<Arc<str>, Arc<str>>,
    max_results: Option<i64>,
    token: Option<&str>,
) -> Result<(Vec<Arc<str>>, Option<String>), SqsError> {
    let max = max_results.unwrap_or(MOST);
    if !(1..=MOST).contains(&max) {
        return Err(SqsError::invalid(
            "MaxResults",
            max,
            "MaxResults must be an integer between 1 and 1000.",
        ));
    }
    let after = token.map(decode).transpose()?;
    let start = after.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let mut rest = urls.range::<str, _>((start, Bound::Unbounded));
    let page: Vec<_> = rest.by_ref().take(max as usize).collect();
    let more = max_results.is_some() && rest.next().is_some();
    let next = page
        .last()
        .filter(|_| more)
        .map(|(name, _)| STANDARD.encode(&***name));
    Ok((
        page.into_iter().map(|(_, url)| Arc::clone(url)).collect(),
        next,
    ))
}

fn decode(token: &str) -> Result<String, SqsError> {
    let bytes = STANDARD.decode(token).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| SqsError::invalid("NextToken", token, "Invalid or expired next token."))
}
