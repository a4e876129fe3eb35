//! A record a message in DynamoDB, written on conditions.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue::{N, S},
    ReturnValuesOnConditionCheckFailure,
};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use lambda_runtime::Error;
use sha2::{Digest, Sha256};

const TABLE: &str = "idempotency";
const RETENTION_S: u64 = 30 * 24 * 3600;
const FREE: &str = "attribute_not_exists(id) OR (#status = :completed AND expiration < :now) \
                    OR (#status = :in_progress AND in_progress_expiration < :now_ms)";

pub(crate) struct Records {
    client: Client,
}

/// A key that this invocation holds.
pub(crate) struct Claim {
    id: String,
    owner: String,
    expires_s: u64,
}

pub(crate) enum Claimed {
    Won(Claim),
    Done,
    Busy,
}

impl Records {
    /// None where `STORE` is `none`.
    pub(crate) async fn from_env() -> Option<Self> {
        if std::env::var("STORE").is_ok_and(|store| store == "none") {
            return None;
        }
        let tls = Provider::Rustls(CryptoMode::Ring);
        let http = Builder::new().tls_provider(tls).build_https();
        let config = aws_config::defaults(BehaviorVersion::latest()).http_client(http);
        let client = Client::new(&config.load().await);
        Some(Self { client })
    }

    pub(crate) async fn claim(&self, key: &str, deadline_ms: u64) -> Result<Claimed, Error> {
        let now_ms = now_ms();
        let claim = Claim {
            id: format!("orders#{}", hex::encode(Sha256::digest(key))),
            owner: token()?,
            expires_s: now_ms / 1000 + RETENTION_S,
        };
        let put = self.client.put_item().table_name(TABLE);
        let sent = put
            .item("id", S(claim.id.clone()))
            .item("status", S("INPROGRESS".to_owned()))
            .item("owner", S(claim.owner.clone()))
            .item("in_progress_expiration", N(deadline_ms.to_string()))
            .item("expiration", N(claim.expires_s.to_string()))
            .condition_expression(FREE)
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":completed", S("COMPLETED".to_owned()))
            .expression_attribute_values(":in_progress", S("INPROGRESS".to_owned()))
            .expression_attribute_values(":now", N((now_ms / 1000).to_string()))
            .expression_attribute_values(":now_ms", N(now_ms.to_string()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let Err(error) = sent else {
            return Ok(Claimed::Won(claim));
        };
        let refused = match error.into_service_error() {
            PutItemError::ConditionalCheckFailedException(refused) => refused,
            error => return Err(error.into()),
        };
        let status = refused.item().and_then(|item| item.get("status"));
        Ok(match status {
            Some(S(status)) if status == "COMPLETED" => Claimed::Done,
            _ => Claimed::Busy,
        })
    }

    pub(crate) async fn complete(&self, claim: &Claim) -> Result<(), Error> {
        let update = self.client.update_item().table_name(TABLE);
        update
            .key("id", S(claim.id.clone()))
            .update_expression("SET #status = :completed, expiration = :expires")
            .condition_expression("#owner = :owner")
            .expression_attribute_names("#status", "status")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":completed", S("COMPLETED".to_owned()))
            .expression_attribute_values(":expires", N(claim.expires_s.to_string()))
            .expression_attribute_values(":owner", S(claim.owner.clone()))
            .send()
            .await?;
        Ok(())
    }

    pub(crate) async fn release(&self, claim: &Claim) -> Result<(), Error> {
        let delete = self.client.delete_item().table_name(TABLE);
        delete
            .key("id", S(claim.id.clone()))
            .condition_expression("#owner = :owner")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":owner", S(claim.owner.clone()))
            .send()
            .await?;
        Ok(())
    }
}

fn token() -> Result<String, Error> {
    let mut token = [0; 16];
    getrandom::fill(&mut token)?;
    Ok(hex::encode(token))
}

#[expect(
    clippy::disallowed_methods,
    reason = "written as without the toolkit's clock"
)]
fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as u64)
}
