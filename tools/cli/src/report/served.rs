//! What `local` and `local serve` say once they are up.

use std::path::Path;

use super::{BOLD, DIM, plural};
use crate::local::chaos::Chaos;
use crate::local::mapping::Planned;
use crate::local::stack::Stack;
use crate::template::TemplateError;

/// The services, what is in them, and how to get there.
pub(crate) fn served(stack: &Stack, data: Option<&Path>) -> Result<String, TemplateError> {
    Ok(services(stack)? + &way_there(stack, data))
}

/// As `served`, with the functions and where they are fed from.
pub(crate) fn running(
    stack: &Stack,
    planned: &[Planned],
    data: Option<&Path>,
) -> Result<String, TemplateError> {
    let mut text = services(stack)?;
    let count = plural(planned.len(), "event source");
    text.push_str(&format!(
        "\n    {BOLD}Lambda{BOLD:#} {DIM}· {count}{DIM:#}\n"
    ));
    for it in planned {
        let (queue, function) = (&it.queue().name, &it.function.logical_id);
        text.push_str(&format!("      {queue} {DIM}→{DIM:#} {function}\n"));
    }
    for pool in stack.functions().all() {
        if let Some((url, variables)) = pool.elsewhere() {
            let (function, file) = (&pool.function().logical_id, variables.display());
            text.push_str(&format!("\n    {BOLD}{function}{BOLD:#} {DIM}is run at{DIM:#} {url}{DIM}, which should let it see{DIM:#}\n      {file}\n"));
        }
    }
    text.push_str(&chaos(stack.chaos()));
    Ok(text + &way_there(stack, data))
}

/// What will go wrong on purpose.
fn chaos(chaos: &Chaos) -> String {
    let faults = chaos.faults().all().into_iter();
    let faults = faults.filter(|(_, share)| *share > 0.0);
    let faults: Vec<_> = faults
        .map(|(name, share)| format!("{name}={share}"))
        .collect();
    if faults.is_empty() {
        return String::new();
    }
    let (faults, seed) = (faults.join(","), chaos.seed());
    format!("\n    {BOLD}Chaos{BOLD:#} {DIM}· {faults} --seed {seed}{DIM:#}\n")
}

fn services(stack: &Stack) -> Result<String, TemplateError> {
    let template = stack.template();
    let tables = template.tables()?.into_iter().map(|it| it.name);
    let buckets = template.buckets()?.into_iter().map(|it| it.name);
    let queues = template.queues()?.into_iter().map(|it| it.name);
    let url = stack.url();
    let mut text = format!("\n  {BOLD}AWS{BOLD:#} at {url}\n");
    for (service, what, names) in [
        ("SQS", "queue", queues.collect::<Vec<_>>()),
        ("DynamoDB", "table", tables.collect()),
        ("S3", "bucket", buckets.collect()),
    ] {
        if names.is_empty() {
            continue;
        }
        let count = plural(names.len(), what);
        text.push_str(&format!(
            "\n    {BOLD}{service}{BOLD:#} {DIM}· {count}{DIM:#}\n"
        ));
        for name in names {
            text.push_str(&format!("      {name}\n"));
        }
    }
    Ok(text)
}

fn way_there(stack: &Stack, data: Option<&Path>) -> String {
    let url = stack.url();
    let kept = match data {
        Some(folder) => format!("keeps queues, tables and buckets in {}", folder.display()),
        None => "forgets everything".to_owned(),
    };
    format!(
        "\n  Point anything at it:\n\n    export AWS_ENDPOINT_URL={url}\n\n  Watch it at {BOLD}{url}/_console{BOLD:#}\n\n  {DIM}Any credentials and region will do. Ctrl-C stops it and {kept}{DIM:#}\n"
    )
}
