//! `AWS::Lambda::EventSourceMapping`.

use super::{EventSource, Fault, settings};
use crate::template::declaration::Declaration;
use crate::template::function_name::FunctionName;
use crate::template::{Resolver, names};

/// A mapping that the template writes out itself, and which function it feeds.
pub(in crate::template) struct MappingResource {
    pub(in crate::template) logical_id: String,
    pub(in crate::template) line: usize,
    /// The function's name.
    pub(in crate::template) function: String,
    /// None if it is no queue that it feeds from.
    pub(in crate::template) source: Option<EventSource>,
}

impl MappingResource {
    pub(in crate::template) fn read(declared: &Declaration<'_>) -> Result<Self, Fault> {
        let properties = &declared.properties;
        let function = properties.text("FunctionName")?;
        let function = function.ok_or_else(|| properties.missing("FunctionName"))?;
        let name = FunctionName::parse(&function).ok_or_else(|| {
            let line = properties.lines().of("FunctionName");
            Fault::new(line, format!("`{function}` is no function's name"))
        })?;
        let logical_id = declared.logical_id();
        let source = match queue(declared)? {
            Some(arn) => Some(EventSource {
                qualifier: name.qualifier.map(str::to_owned),
                ..settings(&logical_id, arn, properties)?
            }),
            None => None,
        };
        Ok(Self {
            logical_id,
            line: declared.resource.node.key_line,
            function: name.name.to_owned(),
            source,
        })
    }
}

/// The ARN of the queue; `None` if it is a stream or the like.
fn queue(declared: &Declaration<'_>) -> Result<Option<String>, Fault> {
    // Those of Kafka may have servers instead.
    let Some(node) = declared.properties.node("EventSourceArn")? else {
        return Ok(None);
    };
    let mut resolver = Resolver::new(declared.template);
    let arn = match resolver.resolve(node) {
        Ok(arn) => arn.and_then(|it| it.as_str().map(str::to_owned)),
        // The ARN of a resource that is not known here is none of a queue.
        Err(_) if refers_elsewhere(&resolver) => None,
        Err(fault) => return Err(fault),
    };
    Ok(arn.filter(|it| it.split(':').nth(2) == Some("sqs")))
}

fn refers_elsewhere(resolver: &Resolver<'_>) -> bool {
    let mut references = resolver.references.iter();
    let template = resolver.template;
    references.any(|id| {
        let resource = template.resource(id, 1);
        resource.is_ok_and(|it| it.kind != names::QUEUE)
    })
}
