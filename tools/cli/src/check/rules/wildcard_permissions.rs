//! `wildcard-permissions`

use std::collections::BTreeSet;

use super::{Finding, Function, Judgement, Model, Rule, Severity};
use crate::check::model::{Setting, Statement};

pub(super) const RULE: Rule = Rule {
    id: "wildcard-permissions",
    severity: Severity::Warning,
    title: "permissions on everything",
    why: "A function that handles what others send can be made to do all its role may do: read or \
          purge other queues, change other tables. A queue that anybody may send to can be filled \
          by anybody, at your cost.",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    bad: include_str!("../examples/wildcard-permissions.bad.yaml"),
    good: include_str!("../examples/wildcard-permissions.good.yaml"),
    judge,
};

fn judge(model: &Model) -> Vec<Judgement> {
    // Functions may share a role.
    let mut seen = BTreeSet::new();
    let mut judged = Vec::new();
    for function in model.fed() {
        for finding in of_function(function) {
            if seen.insert((finding.resource.clone(), finding.line)) {
                judged.push(finding.found());
            }
        }
    }
    let open = model.queue_policies.iter().filter(|it| is_open(it));
    judged.extend(open.map(|statement| {
        let owner = &statement.owner;
        Finding::new(
            owner,
            statement.line,
            format!("{owner} lets anybody use the queue"),
        )
        .fix("name who may, or add a Condition such as aws:SourceArn")
        .found()
    }));
    judged
}

fn of_function(function: &Function) -> Vec<Finding> {
    let id = &function.logical_id;
    let managed = function.permissions.managed.iter();
    let managed = managed.filter(|(name, _)| {
        name.contains("FullAccess")
            || matches!(name.as_str(), "AdministratorAccess" | "PowerUserAccess")
    });
    let managed = managed.map(|(name, line)| {
        Finding::new(id, *line, format!("{id} has the managed policy {name}"))
            .fix("allow the actions it needs, on the resources it needs them for")
    });
    let statements = function.permissions.statements.iter();
    let wide = statements.filter_map(|it| of_statement(it, id));
    managed.chain(wide).collect()
}

fn of_statement(statement: &Statement, function: &str) -> Option<Finding> {
    let actions = known(&statement.actions);
    let mut each = actions.iter();
    let whole = each.find(|(it, _)| *it == "*" || it.ends_with(":*"));
    let resources = known(&statement.resources);
    let everywhere = resources.iter().find(|(it, _)| *it == "*");
    let bounded = actions.iter().find(|(it, _)| has_resources(it));
    let (line, message, fix) = match (whole, everywhere, bounded) {
        (Some((action, line)), ..) => (
            *line,
            format!("{function} may do everything in `{action}`"),
            "name the actions it needs",
        ),
        (None, Some((_, line)), Some((action, _))) if !statement.conditional => (
            *line,
            format!("{function} may {action} on everything"),
            "name the resources by ARN",
        ),
        _ => return None,
    };
    let mut finding = Finding::new(&statement.owner, line, message).fix(fix);
    finding.also_of = vec![function.to_owned()];
    Some(finding)
}

/// The texts that are known, with their lines.
fn known(texts: &[Setting<String>]) -> Vec<(&str, usize)> {
    let known = texts.iter();
    known
        .filter_map(|it| Some((it.known().ok()??.as_str(), it.line)))
        .collect()
}

const SERVICES: [&str; 10] = [
    "dynamodb",
    "events",
    "kms",
    "lambda",
    "s3",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "states",
];

/// Whether an action is on queues, tables, keys and the like, and does not just list them.
fn has_resources(action: &str) -> bool {
    let Some((service, verb)) = action.split_once(':') else {
        return false;
    };
    SERVICES.contains(&service) && !verb.starts_with("List") && !verb.starts_with("Describe")
}

fn is_open(statement: &Statement) -> bool {
    let mut principals = statement.principals.iter();
    !statement.conditional && principals.any(|it| matches!(it.known(), Ok(Some(who)) if who == "*"))
}
