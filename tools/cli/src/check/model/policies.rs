//! Whose policies are whose: roles, policies attached to them, and SAM's ways to write both.

mod managed;
mod roles;
mod sam;

use super::function::{self, Function};
use super::identity::{function_name, name_in};
use super::mapping::Mapping;
use super::permissions::{Permissions, Statement};
use super::setting::{self, Setting};
use crate::check::finding::Unknown;
use crate::template::{Outline, OutlinedResource, Tree};

use roles::Roles;

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
    let mut roles = Roles::read(outline);
    let connected = connected(outline);
    let mut of_others = Vec::new();
    for function in functions {
        let mut resources = of_kind(outline, function::KINDS);
        let Some(resource) = resources.find(|it| it.logical_id == function.logical_id) else {
            continue;
        };
        let role = setting::text(&resource.properties, "Role");
        function.permissions = permissions(resource, &role, &roles);
        if connected.contains(&resource.logical_id.as_str()) || resource.connected {
            let why = "a connector gives it more permissions".to_owned();
            let line = resource.line;
            function.permissions.holes.push(Unknown { line, why });
        }
        let is_fed = mappings.iter().any(|it| {
            let fed = it.function.known().ok().flatten();
            fed.is_some_and(|name| function_name(name) == function.name)
        });
        match role.known() {
            Ok(Some(name)) if is_fed => roles.serves_fed(name_in(name)),
            // The role that SAM makes of its own policies.
            Ok(None) if !is_fed => {
                of_others.extend_from_slice(&function.permissions.statements);
            }
            _ => {}
        }
    }
    of_others.extend(roles.of_others());
    Policies {
        of_queues: own_policies(outline, "AWS::SQS::QueuePolicy", "PolicyDocument"),
        of_keys: own_policies(outline, "AWS::KMS::Key", "KeyPolicy"),
        of_others,
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

fn permissions(resource: &OutlinedResource, role: &Setting<String>, roles: &Roles) -> Permissions {
    let unknown = |why: String| Permissions {
        holes: vec![role.unknown(why)],
        ..Permissions::default()
    };
    let mut permissions = match role.known() {
        Ok(None) => sam::policies(resource),
        Ok(Some(name)) => match roles.permissions(name_in(name)) {
            Some(known) => known.clone(),
            None => unknown(format!(
                "the role {} is not part of this stack",
                name_in(name)
            )),
        },
        Err(found) => unknown(found.why),
    };
    permissions.holes.extend_from_slice(roles.astray());
    permissions
}

fn note_unknown(tree: &Tree, permissions: &mut Permissions) {
    if let Some(why) = tree.unknown() {
        let (line, why) = (tree.line, why.to_owned());
        permissions.holes.push(Unknown { line, why });
    }
}
