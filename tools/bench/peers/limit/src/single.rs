//! Two updates a message.

use futures_util::{StreamExt, stream};

use crate::Result;
use crate::invocation::Work;
use crate::json::Refused;
use crate::record::{Batch, MARGIN_MS};
use crate::store::{AT_ONCE, Store, unexpected};

const CLAIM: &str = r##""UpdateExpression":"SET #s = :i, #o = :o, #l = :l, #e = :e, #v = :v ADD #a :one","ConditionExpression":"attribute_not_exists(#id) OR (#s = :c AND #e < :now) OR (#s = :i AND #v = :v AND #l < :ended)","ExpressionAttributeNames":{"#id":"id","#s":"status","#o":"owner","#l":"in_progress_expiration","#e":"expiration","#v":"validation","#a":"attempts"}"##;
const COMPLETE: &str = r##""UpdateExpression":"SET #s = :c, #e = :e","ConditionExpression":"#o = :o AND #s = :i","ExpressionAttributeNames":{"#s":"status","#o":"owner","#e":"expiration"}"##;
const RELEASE: &str = r##""UpdateExpression":"SET #l = :zero REMOVE #o","ConditionExpression":"#o = :o AND #s = :i","ExpressionAttributeNames":{"#s":"status","#o":"owner","#l":"in_progress_expiration"}"##;

/// What an update came to.
enum Updated {
    Applied,
    /// Refused, since the work is done already.
    Done,
    Refused,
}

/// The ids of the messages that failed.
pub(crate) async fn run(store: &Store, batch: &Batch, work: &[Work<'_>]) -> Result<Vec<String>> {
    let failed: Vec<Result<Option<String>>> = stream::iter(work)
        .map(|it| one(store, batch, it))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    failed.into_iter().filter_map(Result::transpose).collect()
}

async fn one(store: &Store, batch: &Batch, work: &Work<'_>) -> Result<Option<String>> {
    match update(store, work, CLAIM, &claim_values(batch, work)).await? {
        Updated::Applied => {}
        Updated::Done => return Ok(None),
        Updated::Refused => return Ok(Some(work.id())),
    }
    let (owner, expires) = (&batch.owner, batch.expires_s);
    let succeeded = work.handle()?;
    let (expressions, values) = match succeeded {
        true => (
            COMPLETE,
            format!(r#"":c":{{"S":"COMPLETED"}},":e":{{"N":"{expires}"}}"#),
        ),
        false => (RELEASE, r#"":zero":{"N":"0"}"#.to_owned()),
    };
    let values = format!(r#"{values},":o":{{"S":"{owner}"}},":i":{{"S":"INPROGRESS"}}"#);
    let written = update(store, work, expressions, &values).await?;
    Ok(match (succeeded, written) {
        (true, Updated::Applied) => None,
        _ => Some(work.id()),
    })
}

fn claim_values(batch: &Batch, work: &Work<'_>) -> String {
    let (owner, lease, expires) = (&batch.owner, batch.lease_until_ms, batch.expires_s);
    let (now, ended) = (batch.now_ms / 1000, batch.now_ms - MARGIN_MS);
    let validation = &work.record.validation;
    format!(
        r#"":i":{{"S":"INPROGRESS"}},":c":{{"S":"COMPLETED"}},":o":{{"S":"{owner}"}},":l":{{"N":"{lease}"}},":e":{{"N":"{expires}"}},":v":{{"S":"{validation}"}},":one":{{"N":"1"}},":now":{{"N":"{now}"}},":ended":{{"N":"{ended}"}}"#
    )
}

async fn update(
    store: &Store,
    work: &Work<'_>,
    expressions: &str,
    values: &str,
) -> Result<Updated> {
    let id = &work.record.id;
    let body = format!(
        r#"{{"TableName":"idempotency","Key":{{"id":{{"S":"{id}"}}}},{expressions},"ExpressionAttributeValues":{{{values}}},"ReturnValuesOnConditionCheckFailure":"ALL_OLD"}}"#
    );
    let read = |status, body: &[u8]| match status {
        200 => Ok(Updated::Applied),
        400 => {
            let refused: Refused<'_> =
                serde_json::from_slice(body).map_err(|_| unexpected(status, body))?;
            match refused.item {
                Some(stored) if stored.is_completed() => Ok(Updated::Done),
                Some(_) => Ok(Updated::Refused),
                None => Err(unexpected(status, body)),
            }
        }
        _ => Err(unexpected(status, body)),
    };
    store.call("UpdateItem", body.as_bytes(), read).await
}
