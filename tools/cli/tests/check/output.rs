//! What is printed, and the exit codes.

use serde_json::Value as Json;

use super::told;

/// What was printed, as a document.
fn document(arguments: &[&str]) -> Json {
    let (text, _) = told(arguments);
    serde_json::from_str(&text).unwrap()
}

#[test]
fn people_see_the_line_why_and_what_to_do() {
    let (text, code) = told(&["--template", "sam-dlq-same-retention.yaml"]);
    insta::assert_snapshot!(text);
    assert_eq!(code, 1);
}

#[test]
fn errors_fail_the_check_and_warnings_if_they_are_denied() {
    let code = |arguments: &[&str]| told(arguments).1;
    let warnings = "sam-dlq-consumer.yaml";
    assert_eq!(code(&["--template", warnings]), 1);
    let warnings = "sam-globals.yaml";
    assert_eq!(code(&["--template", warnings]), 0);
    assert_eq!(code(&["--template", warnings, "--deny", "warnings"]), 1);
    let notes = "cdk-fifo-minified.json";
    assert_eq!(code(&["--template", notes, "--deny", "warnings"]), 0);
    let clean = "sam-clean.yaml";
    assert_eq!(code(&["--template", clean, "--deny", "warnings"]), 0);
}

#[test]
fn what_cannot_be_read_is_one_line_and_exit_code_2() {
    let (text, code) = told(&["--template", "missing.yaml"]);
    assert!(
        text.starts_with("error: cannot read the template missing.yaml"),
        "{text}"
    );
    assert_eq!(code, 2);
    let (text, code) = told(&["--explain", "missing"]);
    assert!(
        text.starts_with("error: there is no rule `missing`"),
        "{text}"
    );
    assert_eq!(code, 2);
}

#[test]
fn what_could_not_be_judged_and_what_was_suppressed_are_said_on_request() {
    let unjudged = [
        "--template",
        "sam-parameters-without-values.yaml",
        "--verbose",
    ];
    insta::assert_snapshot!(told(&unjudged).0);
    let suppressed = ["--template", "sam-suppressions.yaml", "--verbose"];
    let (text, code) = told(&suppressed);
    assert!(
        text.contains("reason: Prices are sent anew every minute"),
        "{text}"
    );
    assert_eq!(code, 0);
}

#[test]
fn macros_and_loops_are_not_judged_and_say_so() {
    let report = document(&[
        "--template",
        "cfn-language-extensions.yaml",
        "--output",
        "json",
    ]);
    let unjudged = report["unjudged"].as_array().unwrap().iter();
    let why: Vec<_> = unjudged.map(|it| it["why"].as_str().unwrap()).collect();
    assert_eq!(
        why,
        [
            "what the transform CompanyTagging changes is known to CloudFormation only",
            "what `Fn::ForEach::Queues` comes to is known to CloudFormation only",
            "what `Topic` comes to is known to CloudFormation only",
        ]
    );
}

#[test]
fn parameters_can_be_given() {
    let given = [
        "--template",
        "sam-conditions.yaml",
        "--parameter",
        "Stage=production",
    ];
    let (text, code) = told(&given);
    // A queue that exists in production only.
    assert!(
        text.contains("OnlyInProduction has no dead-letter queue"),
        "{text}"
    );
    assert!(!text.contains("max-receive-count"), "{text}");
    assert_eq!(code, 0);
}

#[test]
fn code_scanning_gets_sarif() {
    let log = document(&["--template", "sam-suppressions.yaml", "--output", "sarif"]);
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    insta::with_settings!({ sort_maps => true }, {
        insta::assert_json_snapshot!(run["results"]);
    });
}

/// The objects of SARIF 2.1.0 that are written, as its JSON schema has them: what they must have, and
/// what they may have; anything else is not allowed.
const SARIF: [(&str, &[&str], &[&str]); 12] = [
    ("", &["version", "runs"], &["$schema"]),
    ("/runs/*", &["tool"], &["columnKind", "results"]),
    ("/runs/*/tool", &["driver"], &[]),
    (
        "/runs/*/tool/driver",
        &["name"],
        &["semanticVersion", "rules"],
    ),
    (
        "/runs/*/tool/driver/rules/*",
        &["id"],
        &[
            "shortDescription",
            "fullDescription",
            "helpUri",
            "defaultConfiguration",
        ],
    ),
    (
        "/runs/*/results/*",
        &["message"],
        &["ruleId", "ruleIndex", "level", "locations", "suppressions"],
    ),
    ("/runs/*/results/*/message", &["text"], &[]),
    (
        "/runs/*/results/*/locations/*",
        &[],
        &["physicalLocation", "logicalLocations"],
    ),
    (
        "/runs/*/results/*/locations/*/physicalLocation",
        &["artifactLocation"],
        &["region"],
    ),
    (
        "/runs/*/results/*/locations/*/physicalLocation/region",
        &["startLine"],
        &[],
    ),
    (
        "/runs/*/results/*/locations/*/logicalLocations/*",
        &[],
        &["name", "kind"],
    ),
    (
        "/runs/*/results/*/suppressions/*",
        &["kind"],
        &["justification"],
    ),
];

/// The values that a path leads to; `*` stands for each item of a list.
fn at<'a>(value: &'a Json, path: &str) -> Vec<&'a Json> {
    let mut found = vec![value];
    for part in path.split('/').skip(1) {
        found = match part {
            "*" => found
                .into_iter()
                .filter_map(Json::as_array)
                .flatten()
                .collect(),
            _ => found.into_iter().filter_map(|it| it.get(part)).collect(),
        };
    }
    found
}

#[test]
fn sarif_has_what_its_schema_demands_and_nothing_else() {
    for template in ["sam-suppressions.yaml", "sam-dlq-same-retention.yaml"] {
        let log = document(&["--template", template, "--output", "sarif"]);
        for (path, required, optional) in SARIF {
            for object in at(&log, path) {
                let keys: Vec<_> = object.as_object().unwrap().keys().collect();
                for key in required {
                    assert!(keys.contains(&&(*key).to_owned()), "{path} lacks {key}");
                }
                for key in keys {
                    let known = required.contains(&&**key) || optional.contains(&&**key);
                    assert!(known, "{path} has {key}");
                }
            }
        }
        let results = "/runs/*/results/*";
        let levels = at(&log, &format!("{results}/level"));
        let defaults = "/runs/*/tool/driver/rules/*/defaultConfiguration/level";
        for level in levels.into_iter().chain(at(&log, defaults)) {
            let known = ["none", "note", "warning", "error"];
            assert!(known.contains(&level.as_str().unwrap()), "{level}");
        }
        for line in at(
            &log,
            &format!("{results}/locations/*/physicalLocation/region/startLine"),
        ) {
            assert!(line.as_u64().unwrap() >= 1);
        }
        for kind in at(&log, &format!("{results}/suppressions/*/kind")) {
            assert_eq!(kind, "inSource");
        }
        assert_eq!(at(&log, "/runs/*/columnKind"), ["unicodeCodePoints"]);
        assert!(!at(&log, results).is_empty());
    }
}

#[test]
fn rules_are_explained_and_listed() {
    insta::assert_snapshot!(told(&["--explain", "max-receive-count"]).0);
    let (list, code) = told(&["--explain"]);
    assert!(list.contains("visibility-timeout"), "{list}");
    assert_eq!(code, 0);
}

#[cfg(not(feature = "aws"))]
#[test]
fn a_build_without_aws_says_how_to_get_one_with_it() {
    let (text, code) = told(&["--aws", "some-stack"]);
    assert!(text.contains("--features aws"), "{text}");
    assert_eq!(code, 2);
}
