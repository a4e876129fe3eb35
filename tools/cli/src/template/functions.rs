//! The functions of a template with what feeds them, and what of it does not run here.

use super::declaration::Declaration;
use super::event_source::MappingResource;
use super::function::{Function, binary};
use super::{Fault, Resource, Template, TemplateError, names};

/// Kinds of resources that start something on AWS, or hold what functions ask for, and for which
/// there is nothing here: whole services, or single kinds.
const NOT_SERVED: [&str; 13] = [
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGatewayV2::Api",
    "AWS::DynamoDB::GlobalTable",
    "AWS::Events::Rule",
    "AWS::Kinesis::Stream",
    "AWS::Pipes::Pipe",
    "AWS::S3Vectors::VectorBucket",
    "AWS::SNS::Subscription",
    "AWS::Scheduler::Schedule",
    "AWS::Serverless::Api",
    "AWS::Serverless::HttpApi",
    "AWS::Serverless::StateMachine",
    "AWS::StepFunctions::StateMachine",
];

/// Something of the template that does not run on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOut {
    /// Its line in the file.
    pub line: usize,
    /// What it is, and why it is left out.
    pub why: String,
}

impl Template {
    /// The functions, in the order of the file, with all that feeds them from queues. Of
    /// `AWS::Lambda::Function`, those that are made from a cargo binary.
    ///
    /// # Errors
    /// A property cannot be resolved.
    pub fn functions(&self) -> Result<Vec<Function>, TemplateError> {
        let mut functions = self.each_of(&names::FUNCTIONS, |declared| {
            let is_sam = declared.resource.kind == names::SAM_FUNCTION;
            let is_ours = is_sam || binary(declared).is_some();
            is_ours.then(|| Function::read(declared)).transpose()
        })?;
        for mapping in self.each_of(&[names::MAPPING], MappingResource::read)? {
            let mut all = functions.iter_mut().flatten();
            let function = all.find(|it| it.name == mapping.function);
            if let (Some(function), Some(source)) = (function, mapping.source) {
                function.event_sources.push(source);
            }
        }
        Ok(functions.into_iter().flatten().collect())
    }

    /// What would do something on AWS and does nothing here, in the order of the file.
    ///
    /// # Errors
    /// A property cannot be resolved.
    pub fn left_out(&self) -> Result<Vec<LeftOut>, TemplateError> {
        let functions = self.functions()?;
        let mut left_out = Vec::new();
        let unlike_queues = |declared: &Declaration<'_>| other_events(declared);
        for found in self.each_of(&names::FUNCTIONS, unlike_queues)? {
            left_out.extend(found);
        }
        for mapping in self.each_of(&[names::MAPPING], MappingResource::read)? {
            let is_here = functions.iter().any(|it| it.name == mapping.function);
            left_out.extend(unfed(&mapping, is_here));
        }
        let not_served = |declared: &Declaration<'_>| Ok(not_served(declared.resource));
        left_out.extend(self.each_of(&NOT_SERVED, not_served)?);
        left_out.sort_by_key(|it| it.line);
        Ok(left_out)
    }
}

/// The function itself, if nothing says what it is built from; otherwise, its events that no queue
/// sends.
fn other_events(declared: &Declaration<'_>) -> Result<Vec<LeftOut>, Fault> {
    let id = &declared.resource.logical_id;
    let events = declared.properties.section("Events")?;
    let mut left_out = Vec::new();
    let mut has_queue = false;
    for (name, _) in events.iter().flat_map(|it| it.entries()) {
        let event = events.as_ref().and_then(|it| it.section(name).transpose());
        let Some(event) = event.transpose()? else {
            continue;
        };
        match event.text("Type")?.as_deref() {
            Some("SQS") => has_queue = true,
            kind => left_out.push(LeftOut {
                line: event.lines().of("Type"),
                why: format!(
                    "{id}'s event {name} ({}) does not happen here",
                    kind.unwrap_or("without a type")
                ),
            }),
        }
    }
    // With a queue, that nothing says how it is built is an error of its own.
    if binary(declared).is_none() && !has_queue {
        let line = declared.resource.node.key_line;
        let why = format!("{id} does not run here, as its Metadata names no cargo binary");
        return Ok(vec![LeftOut { line, why }]);
    }
    Ok(left_out)
}

fn unfed(mapping: &MappingResource, has_function: bool) -> Option<LeftOut> {
    let (id, line) = (&mapping.logical_id, mapping.line);
    let why = match (&mapping.source, has_function) {
        (Some(_), true) => return None,
        (None, _) => format!("{id} feeds nothing here, as its source is no queue"),
        (_, false) => {
            let function = &mapping.function;
            format!("{id} feeds nothing here, as its function {function} does not run here")
        }
    };
    Some(LeftOut { line, why })
}

fn not_served(resource: &Resource) -> LeftOut {
    let (id, kind) = (&resource.logical_id, &resource.kind);
    LeftOut {
        line: resource.node.key_line,
        why: format!("{id} ({kind}) does nothing here"),
    }
}
