//! Roles, and the policies attached to them.

use std::collections::BTreeMap;

use super::{Permissions, Statement, Unknown, managed, note_unknown, of_kind, setting};
use crate::template::{Outline, OutlinedResource, Tree};

/// The stack's roles.
pub(super) struct Roles {
    roles: Vec<Role>,
    /// Policies that are attached to nobody knows which role.
    astray: Vec<Unknown>,
}

struct Role {
    /// The name it is given, and what references to it come to.
    names: Vec<String>,
    permissions: Permissions,
    /// A function behind a queue has it.
    serves_fed: bool,
}

/// The managed policies of the stack itself, by name.
type Own<'a> = BTreeMap<&'a str, Permissions>;

impl Roles {
    pub(super) fn read(outline: &Outline) -> Self {
        let own: Own<'_> = of_kind(outline, &["AWS::IAM::ManagedPolicy"])
            .map(|it| (it.name.as_str(), document(&it.properties, &it.logical_id)))
            .collect();
        let roles = of_kind(outline, &["AWS::IAM::Role"]).map(|it| Role::read(it, &own));
        let mut roles = Self {
            roles: roles.collect(),
            astray: Vec::new(),
        };
        let kinds = [
            "AWS::IAM::Policy",
            "AWS::IAM::ManagedPolicy",
            "AWS::IAM::RolePolicy",
        ];
        for policy in of_kind(outline, &kinds) {
            roles.attach(policy);
        }
        roles
    }

    /// What the role of that name may do.
    pub(super) fn permissions(&self, name: &str) -> Option<&Permissions> {
        let role = self.roles.iter().find(|it| it.is_called(name))?;
        Some(&role.permissions)
    }

    pub(super) fn astray(&self) -> &[Unknown] {
        &self.astray
    }

    /// Notes that a function behind a queue has the role.
    pub(super) fn serves_fed(&mut self, name: &str) {
        if let Some(role) = self.roles.iter_mut().find(|it| it.is_called(name)) {
            role.serves_fed = true;
        }
    }

    /// What the roles allow that no function behind a queue has.
    pub(super) fn of_others(self) -> impl Iterator<Item = Statement> {
        let others = self.roles.into_iter().filter(|it| !it.serves_fed);
        others.flat_map(|it| it.permissions.statements)
    }

    fn attach(&mut self, policy: &OutlinedResource) {
        let permissions = document(&policy.properties, &policy.logical_id);
        let keys = ["Roles", "RoleName"].into_iter();
        let named = keys.filter_map(|key| policy.properties.get(key));
        for name in named.flat_map(setting::texts) {
            match name.known() {
                Ok(Some(name)) => {
                    if let Some(role) = self.roles.iter_mut().find(|it| it.is_called(name)) {
                        role.permissions.take(&permissions);
                    }
                }
                Ok(None) => {}
                Err(unknown) => self.astray.push(unknown),
            }
        }
    }
}

impl Role {
    fn read(resource: &OutlinedResource, own: &Own<'_>) -> Self {
        let mut permissions = Permissions::default();
        note_unknown(&resource.properties, &mut permissions);
        let inline = resource.properties.get("Policies").map(Tree::items);
        for policy in inline.unwrap_or_default() {
            permissions.take(&document(policy, &resource.logical_id));
        }
        let attached = resource.properties.get("ManagedPolicyArns");
        for policy in attached.map(setting::texts).unwrap_or_default() {
            match policy.known() {
                Ok(Some(arn)) => match own.get(arn.as_str()) {
                    Some(known) => permissions.take(known),
                    None => managed::add(arn, policy.line, &mut permissions),
                },
                Ok(None) => {}
                Err(unknown) => permissions.holes.push(unknown),
            }
        }
        let given = setting::text(&resource.properties, "RoleName");
        let given = given.known().ok().flatten().cloned();
        Self {
            names: given.into_iter().chain([resource.name.clone()]).collect(),
            permissions,
            serves_fed: false,
        }
    }

    fn is_called(&self, name: &str) -> bool {
        self.names.iter().any(|it| it == name)
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
