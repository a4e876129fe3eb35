//! A template as far as it can be known without deploying it: a tree with holes.
//!
//! What runs a stack must resolve everything it uses. What only looks at one must take any
//! template there is, and tell what it knows from what it does not.

mod globals;
mod tree;

use std::path::{Path, PathBuf};

use super::intrinsics::Resolver;
use super::yaml::{self, Node};
use super::{Fault, Resource, Template, TemplateError, names};

pub(crate) use tree::{Shape, Tree};

/// A template of any origin, resolved as far as possible.
#[derive(Debug)]
pub(crate) struct Outline {
    /// Where it came from.
    pub(crate) file: String,
    /// The file's text; empty where there is none.
    pub(crate) text: String,
    /// All but those whose conditions keep them out of the stack.
    pub(crate) resources: Vec<OutlinedResource>,
    /// The template's own metadata.
    pub(crate) metadata: Option<Tree>,
    /// What could not be looked into, such as macros.
    pub(crate) holes: Vec<Hole>,
}

/// A line, and why nothing is known of what it stands for.
pub(crate) type Hole = (usize, String);

/// A resource of an [`Outline`].
#[derive(Debug)]
pub(crate) struct OutlinedResource {
    pub(crate) logical_id: String,
    pub(crate) kind: String,
    /// The line of its logical id.
    pub(crate) line: usize,
    /// What `Ref` would give, as far as it tells this resource from others.
    pub(crate) name: String,
    /// Its properties, those of `Globals` included.
    pub(crate) properties: Tree,
    /// Its metadata.
    pub(crate) metadata: Option<Tree>,
    /// Whether SAM connects it to others, by `Connectors` beside its properties.
    pub(crate) connected: bool,
}

impl Outline {
    /// Reads the template at `path`, with these values for its parameters.
    ///
    /// # Errors
    /// The file cannot be read, is neither YAML nor JSON, or has no resources; a parameter is
    /// unknown or does not allow its value.
    pub(crate) fn load(
        path: &Path,
        stack: &str,
        parameters: &[(String, String)],
    ) -> Result<Self, TemplateError> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|source| TemplateError::Read {
            file: file.clone(),
            source,
        })?;
        Self::parse(text, &file, stack, parameters)
    }

    /// Reads a template from its text.
    ///
    /// # Errors
    /// As for [`Outline::load`].
    pub(crate) fn parse(
        text: String,
        file: &str,
        stack: &str,
        parameters: &[(String, String)],
    ) -> Result<Self, TemplateError> {
        let in_file = |fault: Fault| fault.in_file(file);
        let root = yaml::parse(&text).map_err(in_file)?;
        let (resources, holes) = declared(&root).map_err(in_file)?;
        let template = Template {
            file: file.to_owned(),
            folder: PathBuf::new(),
            stack: stack.to_owned(),
            given: super::parameters::Given::new(),
            endpoint: None,
            anywhere: true,
            root,
            resources,
        };
        let template = template.with_parameters(parameters.iter().cloned())?;
        Ok(Self {
            file: file.to_owned(),
            text,
            resources: outlined(&template),
            metadata: template.metadata(&template.root),
            holes,
        })
    }
}

impl Outline {
    /// How many resources of a kind there are.
    pub(crate) fn count(&self, kind: &str) -> usize {
        let resources = self.resources.iter();
        resources.filter(|it| it.kind == kind).count()
    }
}

/// The resources, and what stands among them that is none.
fn declared(root: &Node) -> Result<(Vec<Resource>, Vec<Hole>), Fault> {
    let Some(section) = root.get("Resources") else {
        let message = "there is no `Resources` section; is this a SAM or CloudFormation template?";
        return Err(Fault::new(1, message));
    };
    let mut resources = Vec::new();
    let mut holes = macros(root);
    for (logical_id, node) in section.entries() {
        match node.get("Type").and_then(Node::as_str) {
            Some(kind) if !logical_id.starts_with("Fn::") => resources.push(Resource {
                logical_id: logical_id.clone(),
                kind: kind.to_owned(),
                node: node.clone(),
            }),
            _ => holes.push((
                node.key_line,
                format!("what `{logical_id}` comes to is known to CloudFormation only"),
            )),
        }
    }
    Ok((resources, holes))
}

/// Macros that may change anything. Amazon's own transforms are known, or change nothing here.
fn macros(root: &Node) -> Vec<Hole> {
    let Some(transform) = root.get("Transform") else {
        return Vec::new();
    };
    let listed = super::intrinsics::items(transform);
    let each = listed.iter().chain(std::iter::once(transform));
    let names = each.filter_map(|it| it.as_str().or_else(|| it.get("Name")?.as_str()));
    let unknown = names.filter(|it| *it == "AWS::Include" || !it.starts_with("AWS::"));
    let holes = unknown.map(|name| {
        let why = format!("what the transform {name} changes is known to CloudFormation only");
        (transform.key_line, why)
    });
    holes.collect()
}

fn outlined(template: &Template) -> Vec<OutlinedResource> {
    let resources = template.resources.iter();
    // A resource that may exist is looked at as one that does.
    let there = resources.filter(|it| Resolver::new(template).exists(it).unwrap_or(true));
    let outlined = there.map(|resource| {
        let line = resource.node.key_line;
        let name = names::name(&mut Resolver::new(template), resource);
        let own = resource.node.get("Properties");
        let own = own.map(|node| template.outline(node));
        let mut own = own.unwrap_or_else(|| Tree::empty(line));
        // What is not set is missing from the resource, not from the word `Properties`.
        own.line = line;
        OutlinedResource {
            logical_id: resource.logical_id.clone(),
            kind: resource.kind.clone(),
            line,
            name: name.unwrap_or_else(|_| resource.logical_id.clone()),
            properties: match template.globals(&resource.kind) {
                Some(globals) => globals::merge(own, &globals),
                None => own,
            },
            metadata: template.metadata(&resource.node),
            connected: resource.node.get("Connectors").is_some(),
        }
    });
    outlined.collect()
}

impl Template {
    fn metadata(&self, node: &Node) -> Option<Tree> {
        Some(self.outline(node.get("Metadata")?))
    }

    fn globals(&self, kind: &str) -> Option<Tree> {
        let section = (kind == names::SAM_FUNCTION).then_some("Function")?;
        let globals = self.root.get("Globals")?.get(section)?;
        Some(self.outline(globals))
    }
}
