use std::collections::BTreeSet;

use super::RULES;
use crate::check::judge::judge;
use crate::check::model::Model;
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
