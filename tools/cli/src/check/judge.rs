//! All rules on one stack, and what is left when suppressions are taken off.

use std::collections::BTreeSet;

use super::finding::{Finding, Severity, Unknown};
use super::model::{Model, Suppression};
use super::rules::{RULES, Rule, UNUSED_SUPPRESSION};

/// What the rules say.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// By line.
    pub(crate) found: Vec<Found>,
    /// Findings that are suppressed, with the reason.
    pub(crate) suppressed: Vec<(Found, String)>,
    /// What rules could not judge. No rule: it holds for any.
    pub(crate) unjudged: BTreeSet<(Unknown, Option<&'static str>)>,
}

/// A finding and the rule behind it.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) rule: &'static Rule,
    pub(crate) severity: Severity,
    pub(crate) finding: Finding,
}

impl Found {
    fn new(rule: &'static Rule, finding: Finding) -> Self {
        Self {
            rule,
            severity: finding.severity.unwrap_or(rule.severity),
            finding,
        }
    }
}

/// Asks every rule.
pub(crate) fn judge(model: &Model) -> Verdict {
    let mut verdict = Verdict::default();
    let holes = model.holes.iter().cloned();
    verdict.unjudged.extend(holes.map(|it| (it, None)));
    let mut used = BTreeSet::new();
    for rule in RULES {
        for judgement in (rule.judge)(model) {
            match judgement {
                Ok(None) => {}
                Ok(Some(finding)) => verdict.take(Found::new(rule, finding), model, &mut used),
                Err(unknown) => {
                    verdict.unjudged.insert((unknown, Some(rule.id)));
                }
            }
        }
    }
    for (index, suppression) in model.suppressions.iter().enumerate() {
        let id = suppression.rule.as_str();
        // What was not judged may still be what it is for.
        let open = verdict.unjudged.iter().any(|(_, rule)| *rule == Some(id));
        if is_valid(suppression) && !used.contains(&index) && !open {
            verdict.found.push(unused(suppression));
        }
    }
    verdict.found.sort_by_key(|it| it.finding.line);
    verdict
}

impl Verdict {
    fn take(&mut self, found: Found, model: &Model, used: &mut BTreeSet<usize>) {
        let mut suppressions = model.suppressions.iter().enumerate();
        match suppressions.find(|(_, it)| is_valid(it) && covers(it, &found, model)) {
            Some((index, suppression)) => {
                used.insert(index);
                self.suppressed.push((found, suppression.reason.clone()));
            }
            None => self.found.push(found),
        }
    }

    pub(crate) fn count(&self, severity: Severity) -> usize {
        let found = self.found.iter();
        found.filter(|it| it.severity == severity).count()
    }
}

/// Others suppress nothing, and are found by a rule of their own.
fn is_valid(suppression: &Suppression) -> bool {
    !suppression.reason.is_empty() && super::rules::rule(&suppression.rule).is_some()
}

fn covers(suppression: &Suppression, found: &Found, model: &Model) -> bool {
    let finding = &found.finding;
    suppression.rule == found.rule.id
        && suppression.resource.as_ref().is_none_or(|it| {
            *it == finding.resource || finding.also_of.contains(it) || feeds(model, finding, it)
        })
}

/// Whether the finding is about a mapping that feeds `function`: a SAM event becomes a resource
/// without metadata.
fn feeds(model: &Model, finding: &Finding, function: &str) -> bool {
    let mut mappings = model.mappings.iter();
    mappings.any(|it| {
        it.owner == finding.resource
            && matches!(model.function_of(it), Ok(Some(fed)) if fed.logical_id == function)
    })
}

fn unused(suppression: &Suppression) -> Found {
    let resource = suppression.resource.as_deref().unwrap_or("the template");
    let message = format!(
        "{resource} suppresses {}, which finds nothing there",
        suppression.rule
    );
    let finding = Finding::new(resource, suppression.line, message).fix("remove the suppression");
    Found::new(&UNUSED_SUPPRESSION, finding)
}
