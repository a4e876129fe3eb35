//! From arguments to output and exit code.

use super::args::{CheckArgs, Deny, Format};
use super::finding::Severity;
use super::judge::{Verdict, judge};
use super::model::Model;
use super::{aws, report, rules};
use crate::commands::outline;
use crate::error::Error;

/// What to print, and the exit code.
pub(crate) async fn run(args: &CheckArgs) -> Result<(String, u8), Error> {
    if let Some(rule) = &args.explain {
        return explain(rule);
    }
    let found = match &args.aws {
        Some(stack) => aws::outline(stack).await?,
        None => outline(&args.source)?,
    };
    let model = Model::of(&found);
    let verdict = judge(&model);
    let text = match args.output {
        Format::Human => report::human(&found, &model, &verdict, args.verbose),
        Format::Json => report::json(&found, &verdict),
        Format::Sarif => report::sarif(&found, &verdict),
    };
    Ok((text, exit_code(&verdict, args.deny)))
}

fn exit_code(verdict: &Verdict, deny: Option<Deny>) -> u8 {
    let limit = match deny {
        Some(Deny::Warnings) => Severity::Warning,
        None => Severity::Error,
    };
    u8::from(verdict.found.iter().any(|it| it.severity >= limit))
}

fn explain(rule: &str) -> Result<(String, u8), Error> {
    if rule.is_empty() {
        return Ok((report::list(), 0));
    }
    let found = rules::rule(rule).ok_or_else(|| Error::UnknownRule(rule.to_owned()))?;
    Ok((report::explain(found), 0))
}
