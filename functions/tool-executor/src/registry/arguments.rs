//! Arguments, checked before a tool sees them.

use jsonschema::Validator;
use serde_json::Value;

use crate::ToolSpec;
use crate::call::Arguments;

/// The largest arguments, in bytes of JSON.
pub const MAX_ARGUMENTS_BYTES: usize = 64 * 1024;
/// How many violations are told at a time.
const MAX_VIOLATIONS: usize = 5;

/// The arguments, if the tool takes them; otherwise what the model should do about it.
///
/// What is returned on failure may quote the arguments: it is for the model, never for a log.
pub(super) fn check(
    arguments: Arguments,
    schema: &Validator,
    spec: &ToolSpec,
) -> Result<Value, String> {
    let size = arguments.size();
    if size > MAX_ARGUMENTS_BYTES {
        return Err(format!(
            "the arguments have {size} bytes, at most {MAX_ARGUMENTS_BYTES} are taken. Send less."
        ));
    }
    let arguments = arguments.parse().map_err(|error| {
        format!(
            "the arguments are not valid JSON: {error}. {}",
            expected(spec)
        )
    })?;
    let violations: Vec<String> = schema
        .iter_errors(&arguments)
        .take(MAX_VIOLATIONS)
        .map(|error| match error.instance_path().as_str() {
            "" => error.masked().to_string(),
            path => format!("at `{path}`: {}", error.masked()),
        })
        .collect();
    if violations.is_empty() {
        return Ok(arguments);
    }
    let violations = violations.join("; ");
    Err(format!(
        "the arguments do not fit `{}`: {violations}. {}",
        spec.name,
        expected(spec)
    ))
}

fn expected(spec: &ToolSpec) -> String {
    format!("Their JSON Schema is {}", spec.arguments)
}
