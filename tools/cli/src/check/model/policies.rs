//! Whose policies are whose: roles, policies attached to them, and SAM's ways to write both.

mod sam;

use std::collections::BTreeMap;

use super::function::{self, Function};
use super::identity::name_in;
use super::mapping::Mapping;
use super::permissions::{Permissions, Statement};
use super::setting::{self, Setting};
use crate::check::finding::Unknown;
use crate::template::{Outline, OutlinedResource, Tree};

/// What is allowed to others than the functions behind queues.
pub(super) struct Policies {
    pub(super) of_queues: Vec<Statement>,
    pub(super) of_keys: Vec<Statement>,
    pub(super) of_others: Vec<Statement>,
}

/// Gives each function what its role lets it do.
pub(super) fn read(
    outline: &Outline,
    functions: &mut [Function],
    mappings: &[Mapping],
) -> Policies {
    let mut roles = roles(outline);
    let connected = connected(outline);
    for resource in of_kind(outline, function::KINDS) {
        let Some(function) = functions
            .iter_mut()
            .find(|it| it.logical_id == resource.logical_id)
        else {
            continue;
        };
        function.permissions = of_function(resource, &roles);
        if connected.contains(&resource.logical_id.as_str()) || resource.connected {
            let why = "a connector gives it more permissions".to_owned();
            let line = resource.line;
            function.permissions.holes.push(Unknown { line, why });
        }
        let is_fed = mappings.iter().any(|it| {
            matches!(it.function.known(), Ok(Some(name)) if super::identity::function_name(name) == function.name)
        });
        if let Ok(Some(role)) = setting::text(&resource.properties, "Role").known()
            && is_fed
        {
            roles.by_name.remove(name_in(role));
        } else if !is_fed {
            let statements = function.permissions.statements.clone();
            roles
                .by_name
                .entry(function.name.clone())
                .or_default()
                .statements
                .extend(statements);
        }
    }
    let of_others = roles.by_name.into_values().flat_map(|it| it.statements);
    Policies {
        of_queues: own_policies(outline, "AWS::SQS::QueuePolicy", "PolicyDocument"),
        of_keys: own_policies(outline, "AWS::KMS::Key", "KeyPolicy"),
        of_others: of_others.collect(),
    }
}

fn of_kind<'a>(
    outline: &'a Outline,
    kinds: &'a [&'a str],
) -> impl Iterator<Item = &'a OutlinedResource> {
    let resources = outline.resources.iter();
    resources.filter(|it| kinds.contains(&it.kind.as_str()))
}

/// The statements of policies that resources have themselves.
fn own_policies(outline: &Outline, kind: &str, property: &str) -> Vec<Statement> {
    let mut found = Vec::new();
    for resource in of_kind(outline, &[kind]) {
        if let Some(document) = resource.properties.get(property) {
            let read = Statement::all_in(document, &resource.logical_id);
            found.extend(read.unwrap_or_default());
        }
    }
    found
}

/// The functions that `AWS::Serverless::Connector` joins to something.
fn connected(outline: &Outline) -> Vec<&str> {
    let connectors = of_kind(outline, &["AWS::Serverless::Connector"]);
    let sources = connectors.filter_map(|it| it.properties.get("Source")?.get("Id")?.as_str());
    sources.collect()
}

/// The template's roles, and policies that are attached to none that is known.
struct Roles {
    by_name: BTreeMap<String, Permissions>,
    astray: Vec<Unknown>,
}

fn roles(outline: &Outline) -> Roles {
    let mut roles = Roles {
        by_name: BTreeMap::new(),
        astray: Vec::new(),
    };
    let managed: BTreeMap<&str, Permissions> = of_kind(outline, &["AWS::IAM::ManagedPolicy"])
        .map(|it| (it.name.as_str(), document(&it.properties, &it.logical_id)))
        .collect();
    for role in of_kind(outline, &["AWS::IAM::Role"]) {
        let mut permissions = Permissions::default();
        for policy in role
            .properties
            .get("Policies")
            .map(Tree::items)
            .unwrap_or_default()
        {
            permissions.take(&document(policy, &role.logical_id));
        }
        if let Some(listed) = role.properties.get("ManagedPolicyArns") {
            attach(listed, &managed, &mut permissions);
        }
        let name = setting::text(&role.properties, "RoleName");
        if let Ok(Some(name)) = name.known() {
            roles.by_name.insert(name.clone(), permissions.clone());
        }
        roles.by_name.insert(role.name.clone(), permissions);
    }
    let kinds = [
        "AWS::IAM::Policy",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::RolePolicy",
    ];
    for policy in of_kind(outline, &kinds) {
        let permissions = document(&policy.properties, &policy.logical_id);
        for key in ["Roles", "RoleName"] {
            for role in policy
                .properties
                .get(key)
                .map(setting::texts)
                .unwrap_or_default()
            {
                match role.known() {
                    Ok(Some(name)) => roles.attach(name, &permissions),
                    Ok(None) => {}
                    Err(unknown) => roles.astray.push(unknown),
                }
            }
        }
    }
    roles
}

impl Roles {
    fn attach(&mut self, role: &str, permissions: &Permissions) {
        if let Some(known) = self.by_name.get_mut(role) {
            known.take(permissions);
        }
    }
}

/// The permissions in a resource's or an inline policy's `PolicyDocument`.
fn document(tree: &Tree, owner: &str) -> Permissions {
    let mut permissions = Permissions::default();
    note_unknown(tree, &mut permissions);
    if let Some(document) = tree.get("PolicyDocument") {
        match Statement::all_in(document, owner) {
            Ok(statements) => permissions.statements = statements,
            Err(unknown) => permissions.holes.push(unknown),
        }
    }
    permissions
}

fn note_unknown(tree: &Tree, permissions: &mut Permissions) {
    if let Some(why) = tree.unknown() {
        let (line, why) = (tree.line, why.to_owned());
        permissions.holes.push(Unknown { line, why });
    }
}

/// Managed policies: those of the template, those whose content is known, and others.
fn attach(listed: &Tree, own: &BTreeMap<&str, Permissions>, permissions: &mut Permissions) {
    for policy in setting::texts(listed) {
        match policy.known() {
            Ok(Some(arn)) => match own.get(arn.as_str()) {
                Some(known) => permissions.take(known),
                None => managed(arn, policy.line, permissions),
            },
            Ok(None) => {}
            Err(unknown) => permissions.holes.push(unknown),
        }
    }
}

/// Amazon's policies that give a function nothing on queues, tables or keys beyond reading its
/// queue.
const HARMLESS: [&str; 8] = [
    "AWSLambdaBasicExecutionRole",
    "AWSLambdaSQSQueueExecutionRole",
    "AWSLambdaVPCAccessExecutionRole",
    "AWSLambdaExecute",
    "AWSXRayDaemonWriteAccess",
    "AWSXrayWriteOnlyAccess",
    "CloudWatchLambdaInsightsExecutionRolePolicy",
    "CloudWatchLambdaApplicationSignalsExecutionRolePolicy",
];

fn managed(arn: &str, line: usize, permissions: &mut Permissions) {
    let name = name_in(arn);
    permissions.managed.push((name.to_owned(), line));
    if !HARMLESS.contains(&name) {
        let why = format!("what the managed policy {name} allows is not known here");
        permissions.holes.push(Unknown { line, why });
    }
}

fn of_function(resource: &OutlinedResource, roles: &Roles) -> Permissions {
    let role = setting::text(&resource.properties, "Role");
    let mut permissions = match role.known() {
        Ok(None) => sam::policies(resource),
        Ok(Some(name)) => match roles.by_name.get(name_in(name)) {
            Some(known) => known.clone(),
            None => unknown(
                &role,
                format!("the role {} is not part of this stack", name_in(name)),
            ),
        },
        Err(found) => unknown(&role, found.why),
    };
    permissions.holes.extend(roles.astray.iter().cloned());
    permissions
}

fn unknown(role: &Setting<String>, why: String) -> Permissions {
    Permissions {
        holes: vec![role.unknown(why)],
        ..Permissions::default()
    }
}
