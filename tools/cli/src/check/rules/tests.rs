use std::collections::BTreeSet;

use super::RULES;
use crate::check::judge::judge;
use crate::check::model::Model;
use crate::check::report::human;
use crate::template::Outline;

/// The lines in which `rule` finds something.
fn found(rule: &str, template: &str) -> Vec<usize> {
    let outline = Outline::parse(template.to_owned(), "example", "app", &[]).unwrap();
    let verdict = judge(&Model::of(&outline));
    let found = verdict.found.iter().filter(|it| it.rule.id == rule);
    found.map(|it| it.finding.line).collect()
}

#[test]
fn every_rule_finds_its_bad_example_where_it_is_marked_and_nothing_in_its_good_one() {
    for rule in RULES {
        let marked = rule.bad.lines().zip(1..);
        let marked = marked.filter(|(line, _)| line.ends_with(&format!("# ~ {}", rule.id)));
        let marked: Vec<usize> = marked.map(|(_, number)| number).collect();
        assert!(!marked.is_empty(), "{}", rule.id);
        assert_eq!(found(rule.id, rule.bad), marked, "bad: {}", rule.id);
        assert!(found(rule.id, rule.good).is_empty(), "good: {}", rule.id);
    }
}

#[test]
fn every_rule_has_a_name_of_its_own_a_reason_and_a_source_of_aws() {
    let ids: BTreeSet<_> = RULES.iter().map(|it| it.id).collect();
    assert_eq!(ids.len(), RULES.len());
    for rule in RULES {
        assert!(rule.why.ends_with(['.', ')']), "{}", rule.id);
        assert!(
            rule.source.starts_with("https://docs.aws.amazon.com/"),
            "{}",
            rule.id
        );
    }
}

/// What anybody might write: each template of the tests, cut off after each of its lines, and with
/// every number as large as numbers get.
#[test]
fn no_template_is_too_strange() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/check/templates");
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let digits = |c: char| c.is_ascii_digit();
        let huge: Vec<_> = text.split(digits).collect();
        let huge = huge.join("18446744073709551615");
        let ends = text.match_indices('\n').map(|(at, _)| &text[..at]);
        for text in ends.chain([huge.as_str()]) {
            if let Ok(outline) = Outline::parse(text.to_owned(), "strange", "app", &[]) {
                let model = Model::of(&outline);
                let verdict = judge(&model);
                human(&outline, &model, &verdict, true);
            }
        }
    }
}

#[test]
fn a_suppression_of_what_cannot_be_judged_is_not_called_unused() {
    let template = "Parameters: {Seconds: {Type: Number}}
Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Metadata:
      lambda-queue: {suppress: [{rule: kms-data-key-reuse, reason: We rotate.}]}
    Properties: {KmsMasterKeyId: alias/a, KmsDataKeyReusePeriodSeconds: !Ref Seconds}";
    assert!(found("unused-suppression", template).is_empty());
    let known = template.replace("Type: Number", "Type: Number, Default: 3600");
    assert_eq!(found("unused-suppression", &known), [6]);
}

#[test]
fn the_readme_lists_every_rule() {
    let readme = include_str!("../../../README.md");
    let rows = RULES.iter().map(|rule| {
        let severity = rule.severity.label();
        format!(
            "| `{}` | {severity} | {} | [AWS]({}) |\n",
            rule.id, rule.title, rule.source
        )
    });
    let table: String = rows.collect();
    assert!(
        readme.contains(&table),
        "README.md of the command should hold:\n{table}"
    );
}
