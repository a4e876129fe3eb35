//! What `template.yaml` promises to those who run the stack, each as a claim, generated functions
//! included.

#![allow(
    clippy::unwrap_used,
    reason = "a claim that cannot be checked is a claim that fails"
)]

mod promised;

use std::collections::BTreeSet;
use std::path::PathBuf;

use lambda_queue_cli::template::{Bucket, Function, Queue, Table, Template};
use serde_json::{Value as Json, json};

fn path() -> PathBuf {
    promised::workspace().join("template.yaml")
}

fn template() -> Template {
    Template::load(&path(), "lambda-queue").unwrap()
}

/// The template with one parameter given, if it takes that value.
fn given(name: &str, value: &str) -> Option<Template> {
    template().with_parameters([(name, value)]).ok()
}

fn functions(template: &Template) -> Vec<Function> {
    let functions = template.functions().unwrap();
    assert!(!functions.is_empty());
    functions
}

fn property(template: &Template, logical_id: &str, name: &str) -> Json {
    let property = template.property(logical_id, name);
    property.unwrap().unwrap_or_default()
}

/// The names in a section.
fn names_in(section: &str) -> Vec<String> {
    let text = std::fs::read_to_string(path()).unwrap();
    let opening = format!("{section}:");
    let section = text.lines().skip_while(|line| *line != opening);
    let section = section
        .skip(1)
        .take_while(|line| line.is_empty() || line.starts_with(' '));
    let names = section.filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'));
    let names: Vec<_> = names.filter(|it| !it.starts_with(' ')).collect();
    assert!(!names.is_empty(), "{opening}");
    names.into_iter().map(str::to_owned).collect()
}

fn denies_plain_http(policy: &Json, action: &str) -> bool {
    let statements = policy["Statement"].as_array().unwrap();
    statements.iter().any(|statement| {
        statement["Effect"] == "Deny"
            && statement["Principal"] == "*"
            && statement["Action"] == action
            && statement["Condition"] == json!({"Bool": {"aws:SecureTransport": "false"}})
    })
}

#[test]
fn every_parameter_is_explained_to_those_who_deploy() {
    let tests = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(tests.with_file_name("README.md")).unwrap();
    let rows: Vec<_> = readme.lines().filter(|it| it.starts_with("| `")).collect();
    for parameter in names_in("Parameters") {
        let name = format!("`{parameter}`");
        assert!(rows.iter().any(|row| row.contains(&name)), "{parameter}");
    }
}

#[test]
fn every_function_dead_letter_queue_and_log_has_a_link_into_the_console() {
    let template = template();
    let queues = template.queues().unwrap();
    let redrives: Vec<_> = queues.iter().filter_map(|it| it.redrive.as_ref()).collect();
    let dead = queues
        .iter()
        .filter(|it| redrives.iter().any(|to| to.dead_letter_arn == it.arn));
    let mut linked: Vec<_> = dead.map(|it| it.logical_id.clone()).collect();
    assert!(!linked.is_empty());
    linked.extend(functions(&template).into_iter().map(|it| it.logical_id));
    linked.push("FunctionLogs".to_owned());
    let outputs = names_in("Outputs");
    for resource in linked {
        assert!(outputs.contains(&format!("{resource}Link")), "{resource}");
    }
}

#[test]
fn every_queue_is_encrypted_with_the_key_that_is_given() {
    let key = "arn:aws:kms:us-east-1:000000000000:key/1";
    let template = given("QueueKmsKeyArn", key).unwrap();
    for Queue { logical_id, .. } in template.queues().unwrap() {
        assert_eq!(property(&template, &logical_id, "KmsMasterKeyId"), key);
        let by_sqs = property(&template, &logical_id, "SqsManagedSseEnabled");
        assert_eq!(by_sqs, Json::Null, "{logical_id}");
    }
}

#[test]
fn every_queue_refuses_plain_http() {
    let template = template();
    // A queue has one policy: one that is named in two would lose one of them.
    let mut named = Vec::new();
    for policy in names_in("Resources") {
        let queues = property(&template, &policy, "Queues");
        let Some(queues) = queues.as_array() else {
            continue;
        };
        let urls = queues.iter().map(|url| url.as_str().unwrap());
        named.extend(urls.map(|url| url.rsplit('/').next().unwrap().to_owned()));
        let document = property(&template, &policy, "PolicyDocument");
        assert!(denies_plain_http(&document, "sqs:*"), "{policy}");
    }
    named.sort();
    let queues = template.queues().unwrap();
    let mut names: Vec<_> = queues.into_iter().map(|it| it.name).collect();
    names.sort();
    assert_eq!(named, names);
}

#[test]
fn every_bucket_is_private_keeps_versions_and_refuses_plain_http() {
    let template = template();
    for Bucket { logical_id, .. } in template.buckets().unwrap() {
        let access = property(&template, &logical_id, "PublicAccessBlockConfiguration");
        let access = access.as_object().unwrap();
        assert!(access.len() == 4 && access.values().all(|it| *it == true));
        let versions = property(&template, &logical_id, "VersioningConfiguration");
        assert_eq!(versions["Status"], "Enabled", "{logical_id}");
        let policy = property(&template, &format!("{logical_id}Policy"), "PolicyDocument");
        assert!(denies_plain_http(&policy, "s3:*"), "{policy}");
    }
}

#[test]
fn every_table_is_paid_by_request_and_can_be_restored() {
    let template = template();
    for Table {
        logical_id, create, ..
    } in template.tables().unwrap()
    {
        assert_eq!(create["BillingMode"], "PAY_PER_REQUEST", "{logical_id}");
        let backups = property(&template, &logical_id, "PointInTimeRecoverySpecification");
        assert_eq!(backups["PointInTimeRecoveryEnabled"], true, "{logical_id}");
    }
}

#[test]
fn every_mapping_has_a_maximum_and_as_much_is_reserved_if_anything_is() {
    let values = [("MaximumConcurrency", "7"), ("ReserveConcurrency", "true")];
    let reserving = template().with_parameters(values).unwrap();
    for function in functions(&reserving) {
        let maxima = function.event_sources.iter().map(|it| it.max_concurrency);
        let most: u64 = maxima.map(Option::unwrap).sum();
        assert_eq!(most, 7, "{}", function.name);
        assert_eq!(function.reserved_concurrency, Some(7), "{}", function.name);
    }
    for function in functions(&template()) {
        assert_eq!(function.reserved_concurrency, None, "{}", function.name);
    }
}

#[test]
fn every_function_logs_json_into_a_group_that_forgets_and_is_traced() {
    let text = std::fs::read_to_string(path()).unwrap();
    // Of all of them at once, so that a new function has it, too.
    let globals = text.split("\nResources:").next().unwrap();
    for promised in [
        "LogFormat: JSON",
        "LogGroup: !Ref FunctionLogs",
        "Tracing: Active",
    ] {
        assert!(globals.contains(promised), "{promised}");
    }
    let template = given("LogRetentionDays", "7").unwrap();
    let days = property(&template, "FunctionLogs", "RetentionInDays");
    assert_eq!(days, "7");
}

#[test]
fn every_function_has_alarms_on_what_becomes_of_its_invocations_and_messages() {
    let template = template();
    for function in functions(&template) {
        let alarms = template.alarms().unwrap().into_iter();
        let alarms = alarms.filter(|it| it.dimension("FunctionName") == Some(&function.name));
        let watched: BTreeSet<_> = alarms.map(|it| (it.namespace, it.metric)).collect();
        let expected = [
            ("AWS/Lambda", "Errors"),
            ("AWS/Lambda", "RecursiveInvocationsDropped"),
            ("AWS/Lambda", "Throttles"),
            // A batch whose messages fail is no error to Lambda.
            ("lambda-queue", "Retry"),
        ];
        let expected = expected.map(|(namespace, metric)| (namespace.into(), metric.into()));
        assert_eq!(watched, BTreeSet::from(expected), "{}", function.name);
    }
}

#[test]
fn every_alarm_tells_the_topic_that_is_given() {
    let topic = "arn:aws:sns:us-east-1:000000000000:on-call";
    for alarm in given("AlarmTopicArn", topic).unwrap().alarms().unwrap() {
        let actions = alarm.properties.get("AlarmActions");
        assert_eq!(actions, Some(&json!([topic])), "{}", alarm.name);
    }
    for alarm in template().alarms().unwrap() {
        assert_eq!(alarm.properties.get("AlarmActions"), None, "{}", alarm.name);
    }
}

#[test]
fn new_code_is_taken_back_by_alarms_of_its_own_function_that_end_by_themselves() {
    // Dead letters stay, and an alarm that is on already lets nothing be deployed, their cure included.
    let template = template();
    let alarms = template.alarms().unwrap();
    for function in functions(&template) {
        let preference = property(&template, &function.logical_id, "DeploymentPreference");
        let watched = preference["Alarms"].as_array().unwrap();
        assert!(!watched.is_empty(), "{}", function.name);
        for name in watched {
            let alarm = alarms.iter().find(|it| *name == it.name).unwrap();
            let told = alarm.dimension("FunctionName");
            assert_eq!(told, Some(function.name.as_str()), "{name}");
        }
    }
}

#[test]
fn another_value_of_a_parameter_is_another_version_of_the_functions_that_see_it() {
    // SAM hashes the reference, not the value: without a description that changes, queues would go on feeding the
    // version with the old value.
    let seen = |function: &Function| {
        let pairs = function.environment.iter();
        let pairs: Vec<_> = pairs
            .map(|it| (it.name.clone(), it.value.clone()))
            .collect();
        (pairs, function.timeout, function.memory)
    };
    let before = template();
    let values = ["true", "false", "7", "local", "example.com"];
    for parameter in names_in("Parameters") {
        let changed = values.iter().filter_map(|value| given(&parameter, value));
        for after in changed {
            for (old, new) in functions(&before).iter().zip(functions(&after)) {
                let described =
                    |template: &Template| property(template, &old.logical_id, "VersionDescription");
                if seen(old) != seen(&new) {
                    let [was, is] = [described(&before), described(&after)];
                    assert_ne!(was, is, "{parameter} of {}", old.name);
                }
            }
        }
    }
}
