//! What a stack holds, and what its template says about suppressions.

use std::collections::BTreeSet;

use aws_sdk_cloudformation::types::{StackResourceSummary, TemplateStage};
use serde_json::{Value as Json, json};

use super::clients::{Clients, said};
use super::{AwsError, resources, roles};
use crate::check::model::name_in;
use crate::template::{Outline, OutlinedResource, Shape, Tree};

/// Reads the stack's resources as they are now.
pub(super) async fn read(clients: &Clients, stack: &str) -> Result<Outline, AwsError> {
    let listed = list(clients, stack).await?;
    let mut outline = Outline {
        file: format!("stack {stack}"),
        text: String::new(),
        resources: Vec::new(),
        metadata: None,
        holes: Vec::new(),
    };
    for resource in &listed {
        let (Some(id), Some(kind), Some(physical)) = (
            resource.logical_resource_id(),
            resource.resource_type(),
            resource.physical_resource_id(),
        ) else {
            continue;
        };
        let read = match kind {
            "AWS::SQS::Queue" => resources::queue(clients, physical).await,
            "AWS::Lambda::Function" => resources::function(clients, physical).await,
            "AWS::Lambda::EventSourceMapping" => resources::mapping(clients, physical).await,
            "AWS::DynamoDB::Table" | "AWS::DynamoDB::GlobalTable" => {
                resources::table(clients, physical).await
            }
            "AWS::CloudWatch::Alarm" => resources::alarm(clients, physical).await,
            _ => continue,
        };
        outline
            .resources
            .push(resource_of(id, kind, physical, read));
    }
    add_policies(&mut outline);
    add_roles(clients, &listed, &mut outline).await;
    add_suppressions(clients, stack, &mut outline).await;
    Ok(outline)
}

async fn list(clients: &Clients, stack: &str) -> Result<Vec<StackResourceSummary>, AwsError> {
    let request = clients.cloudformation.list_stack_resources();
    let pages = request.stack_name(stack).into_paginator().items().send();
    let listed = pages.collect::<Result<Vec<_>, _>>().await;
    listed.map_err(|error| AwsError::Stack {
        stack: stack.to_owned(),
        why: said(error),
    })
}

/// A resource with what was read of it, or why it was not.
fn resource_of(
    id: &str,
    kind: &str,
    physical: &str,
    read: Result<Json, String>,
) -> OutlinedResource {
    let properties = match read {
        Ok(properties) => Tree::of(0, properties),
        Err(why) => Tree {
            line: 0,
            shape: Shape::Unknown(format!("{id} cannot be read: {why}")),
        },
    };
    OutlinedResource {
        logical_id: id.to_owned(),
        kind: kind.to_owned(),
        line: 0,
        name: name_in(physical).to_owned(),
        properties,
        metadata: None,
        connected: false,
    }
}

/// The policies of queues, as resources of their own; and for queues with keys, that nobody asked
/// what the keys' policies allow.
fn add_policies(outline: &mut Outline) {
    let mut policies = Vec::new();
    for queue in outline
        .resources
        .iter()
        .filter(|it| it.kind == "AWS::SQS::Queue")
    {
        let id = &queue.logical_id;
        if let Some(document) = queue.properties.get("Policy") {
            let properties = vec![("PolicyDocument".to_owned(), document.clone())];
            let mut policy = resource_of(id, "AWS::SQS::QueuePolicy", id, Ok(Json::Null));
            policy.properties.shape = Shape::Map(properties);
            policies.push(policy);
        }
        if queue.properties.get("KmsMasterKeyId").is_some() {
            let statement = json!({ "Effect": "Allow", "Action": "kms:Decrypt" });
            let mut statement = Tree::of(0, statement);
            if let Shape::Map(entries) = &mut statement.shape {
                let why = "the policies of keys are not read".to_owned();
                let shape = Shape::Unknown(why);
                entries.push(("Principal".to_owned(), Tree { line: 0, shape }));
            }
            let shape = Shape::Map(vec![("Statement".to_owned(), statement)]);
            let document = Tree { line: 0, shape };
            let mut key = resource_of(id, "AWS::KMS::Key", id, Ok(Json::Null));
            key.properties.shape = Shape::Map(vec![("KeyPolicy".to_owned(), document)]);
            policies.push(key);
        }
    }
    outline.resources.extend(policies);
}

/// The roles of the stack, and those of its functions that are of other stacks.
async fn add_roles(clients: &Clients, listed: &[StackResourceSummary], outline: &mut Outline) {
    let mut roles = Vec::new();
    let mut known = BTreeSet::new();
    for role in listed {
        if role.resource_type() == Some("AWS::IAM::Role")
            && let (Some(id), Some(name)) =
                (role.logical_resource_id(), role.physical_resource_id())
        {
            known.insert(name.to_owned());
            let read = roles::role(clients, name).await;
            roles.push(resource_of(id, "AWS::IAM::Role", name, read));
        }
    }
    for function in &outline.resources {
        let arn = function.properties.get("Role").and_then(Tree::as_str);
        if let Some(name) = arn.map(name_in)
            && known.insert(name.to_owned())
        {
            let read = roles::role(clients, name).await;
            roles.push(resource_of(name, "AWS::IAM::Role", name, read));
        }
    }
    outline.resources.extend(roles);
}

/// The metadata of the template that the stack was made from.
async fn add_suppressions(clients: &Clients, stack: &str, outline: &mut Outline) {
    let request = clients.cloudformation.get_template().stack_name(stack);
    let request = request.template_stage(TemplateStage::Original);
    let template = match request.send().await {
        Ok(answer) => answer.template_body.unwrap_or_default(),
        Err(error) => {
            let why = format!(
                "its template cannot be read for suppressions: {}",
                said(error)
            );
            outline.holes.push((0, why));
            return;
        }
    };
    let template = match Outline::parse(template, "its template", stack, &[]) {
        Ok(template) => template,
        Err(error) => return outline.holes.push((0, error.to_string())),
    };
    outline.metadata = template.metadata.map(|it| it.without_lines());
    for written in template.resources {
        let mut resources = outline.resources.iter_mut();
        // The queue, not its policy, which has the same name here.
        if let Some(resource) = resources.find(|it| it.logical_id == written.logical_id) {
            resource.metadata = written.metadata.map(|it| it.without_lines());
        }
    }
}
