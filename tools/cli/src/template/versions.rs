//! Versions and aliases of functions: as they are after a stack's first deployment.

use super::declaration::Declaration;
use super::function_name::FunctionName;
use super::intrinsics::plain_text;
use super::{Fault, Resolver, Resource, Template, names};

/// What is deployed and not published.
pub const LATEST: &str = "$LATEST";
/// The version that a first deployment publishes.
pub(super) const FIRST: &str = "1";

/// A name for a version of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Alias {
    /// Its name.
    pub name: String,
    /// The version it leads to.
    pub version: String,
}

/// What has been published of a function, and under which names.
#[derive(Debug, Clone, Default)]
pub(super) struct Published {
    pub(super) versions: Vec<String>,
    pub(super) aliases: Vec<Alias>,
}

impl Published {
    pub(super) fn of(declared: &Declaration<'_>, name: &str) -> Result<Self, Fault> {
        let mut published = Self::default();
        if let Some(alias) = auto_published(declared)? {
            published.add_version(FIRST);
            published.add_alias(alias, FIRST.to_owned());
        }
        published.add_resources(declared.template, name)?;
        Ok(published)
    }

    /// The `AWS::Lambda::Version` and `AWS::Lambda::Alias` that are about the function.
    fn add_resources(&mut self, template: &Template, name: &str) -> Result<(), Fault> {
        for resource in &template.resources {
            let is_version = resource.kind == names::LAMBDA_VERSION;
            if !is_version && resource.kind != names::LAMBDA_ALIAS {
                continue;
            }
            let mut resolver = Resolver::new(template);
            if !resolver.exists(resource)? || function(&mut resolver, resource)? != name {
                continue;
            }
            if is_version {
                self.add_version(FIRST);
                continue;
            }
            let alias = required(&mut resolver, resource, "Name")?;
            let version = required(&mut resolver, resource, "FunctionVersion")?;
            self.add_version(&version);
            self.add_alias(alias, version);
        }
        Ok(())
    }

    fn add_version(&mut self, version: &str) {
        if version != LATEST && self.versions.iter().all(|it| it != version) {
            self.versions.push(version.to_owned());
        }
    }

    fn add_alias(&mut self, name: String, version: String) {
        self.aliases.push(Alias { name, version });
    }
}

/// The alias that SAM makes and points at each new version.
pub(super) fn auto_published(declared: &Declaration<'_>) -> Result<Option<String>, Fault> {
    let alias = declared.properties.text("AutoPublishAlias")?;
    Ok(alias.filter(|_| declared.resource.kind == names::SAM_FUNCTION))
}

/// What `Ref` gives for `Work.Alias` and `Work.Version`, by which SAM names what it generates.
pub(super) fn generated(
    resolver: &mut Resolver<'_>,
    resource: &Resource,
    part: &str,
    line: usize,
) -> Result<String, Fault> {
    let id = &resource.logical_id;
    let declared = Declaration::new(resolver.template, resource);
    let node = declared.properties.node("AutoPublishAlias")?;
    let alias = match node {
        Some(node) if resource.kind == names::SAM_FUNCTION => resolver.resolve(node)?,
        _ => None,
    };
    let Some(alias) = alias else {
        let message = format!("{id} has no {part}; with `AutoPublishAlias` SAM makes it one");
        return Err(Fault::new(line, message));
    };
    let arn = names::function_arn(&names::name(resolver, resource)?);
    Ok(match part {
        "Alias" => format!("{arn}:{}", plain_text(&alias)),
        "Version.Version" => FIRST.to_owned(),
        _ => format!("{arn}:{FIRST}"),
    })
}

/// The ARN of an `AWS::Lambda::Alias`.
pub(super) fn alias_arn(resolver: &mut Resolver<'_>, resource: &Resource) -> Result<String, Fault> {
    let arn = names::function_arn(&function(resolver, resource)?);
    Ok(format!("{arn}:{}", required(resolver, resource, "Name")?))
}

/// The ARN of an `AWS::Lambda::Version`.
pub(super) fn version_arn(
    resolver: &mut Resolver<'_>,
    resource: &Resource,
) -> Result<String, Fault> {
    let arn = names::function_arn(&function(resolver, resource)?);
    Ok(format!("{arn}:{FIRST}"))
}

/// The name of the function that a version or an alias is of.
fn function(resolver: &mut Resolver<'_>, resource: &Resource) -> Result<String, Fault> {
    let text = required(resolver, resource, "FunctionName")?;
    match FunctionName::parse(&text) {
        Some(function) => Ok(function.name.to_owned()),
        None => Err(Fault::new(
            resource.node.line,
            format!("`{text}` is no function's name"),
        )),
    }
}

fn required(
    resolver: &mut Resolver<'_>,
    resource: &Resource,
    property: &str,
) -> Result<String, Fault> {
    let value = match resource.property(property) {
        Some(node) => resolver.resolve(node)?,
        None => None,
    };
    value.as_ref().map(plain_text).ok_or_else(|| {
        let message = format!("{} has no `{property}`", resource.logical_id);
        Fault::new(resource.node.line, message)
    })
}
