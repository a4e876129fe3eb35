//! A record's fields in a hash: the DynamoDB store's attributes.

use redis::Value;

use crate::idempotency::StoreError;
use crate::idempotency::record::{Owner, Record, Status};

/// Reads names and values in turn, as HGETALL gives them; none if there are none.
pub(super) fn read(flat: &[Value]) -> Result<Option<Record>, StoreError> {
    if flat.is_empty() {
        return Ok(None);
    }
    let fields = Fields(flat);
    let status = fields.text("status").and_then(Status::parse);
    Ok(Some(Record {
        status: status.ok_or_else(|| unreadable("status"))?,
        owner: fields.text("owner").map(Owner::new),
        lease_until_ms: fields.number("in_progress_expiration")?,
        expires_at_s: fields
            .number("expiration")?
            .ok_or_else(|| unreadable("expiration"))?,
        validation: fields.text("validation").map(str::to_owned),
        data: fields.text("data").map(str::to_owned),
        attempts: fields.number("attempts")?.unwrap_or_default(),
        last_error: fields.text("last_error").map(str::to_owned),
    }))
}

struct Fields<'a>(&'a [Value]);

impl<'a> Fields<'a> {
    fn text(&self, name: &str) -> Option<&'a str> {
        let pairs = self.0.chunks_exact(2);
        let mut values = pairs.filter(|it| text(&it[0]) == Some(name));
        text(&values.next()?[1])
    }

    fn number<N: std::str::FromStr>(&self, name: &str) -> Result<Option<N>, StoreError> {
        let number = self.text(name).map(str::parse).transpose();
        number.map_err(|_| unreadable(name))
    }
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::BulkString(bytes) => str::from_utf8(bytes).ok(),
        _ => None,
    }
}

fn unreadable(field: &str) -> StoreError {
    StoreError::new(format!("cannot read the record's field {field} in Redis"))
}
