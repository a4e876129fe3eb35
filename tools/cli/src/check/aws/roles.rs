//! What roles may do.

use percent_encoding::percent_decode_str;
use serde_json::{Value as Json, json};

use super::clients::{Clients, said};

/// A role with its policies. Amazon's managed ones stay names: the rules know what matters of them.
pub(super) async fn role(clients: &Clients, name: &str) -> Result<Json, String> {
    let mut policies = Vec::new();
    let listed = clients.iam.list_role_policies().role_name(name);
    let inline = listed.into_paginator().items().send();
    for policy in inline.collect::<Result<Vec<_>, _>>().await.map_err(said)? {
        let request = clients.iam.get_role_policy().role_name(name);
        let answer = request.policy_name(policy).send().await.map_err(said)?;
        policies.push(json!({ "PolicyDocument": document(answer.policy_document())? }));
    }
    let mut managed = Vec::new();
    let listed = clients.iam.list_attached_role_policies().role_name(name);
    let attached = listed.into_paginator().items().send();
    for policy in attached
        .collect::<Result<Vec<_>, _>>()
        .await
        .map_err(said)?
    {
        let Some(arn) = policy.policy_arn() else {
            continue;
        };
        if arn.contains(":iam::aws:policy/") {
            managed.push(arn.to_owned());
        } else {
            policies.push(json!({ "PolicyDocument": own(clients, arn).await? }));
        }
    }
    Ok(json!({ "RoleName": name, "Policies": policies, "ManagedPolicyArns": managed }))
}

/// The document of a managed policy of the account.
async fn own(clients: &Clients, arn: &str) -> Result<Json, String> {
    let answer = clients
        .iam
        .get_policy()
        .policy_arn(arn)
        .send()
        .await
        .map_err(said)?;
    let version = answer.policy().and_then(|it| it.default_version_id());
    let request = clients.iam.get_policy_version().policy_arn(arn);
    let request = request.set_version_id(version.map(str::to_owned));
    let answer = request.send().await.map_err(said)?;
    let found = answer.policy_version().and_then(|it| it.document());
    document(found.unwrap_or_default())
}

/// IAM gives documents as they would stand in an address.
fn document(text: &str) -> Result<Json, String> {
    let text = percent_decode_str(text).decode_utf8_lossy();
    serde_json::from_str(&text).map_err(|_| "a policy is not JSON".to_owned())
}
