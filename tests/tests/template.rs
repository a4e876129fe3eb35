//! What `template.yaml` promises, each as a claim about the whole stack, generated functions included.

#![allow(
    clippy::unwrap_used,
    reason = "a claim that cannot be checked is a claim that fails"
)]

mod promised;

use std::time::Duration;

use lambda_queue_cli::template::{Function, Queue, Template};
use serde_json::Value as Json;

fn template() -> Template {
    let path = promised::workspace().join("template.yaml");
    Template::load(&path, "lambda-queue").unwrap()
}

fn functions() -> Vec<Function> {
    let functions = template().functions().unwrap();
    assert!(!functions.is_empty());
    functions
}

/// Queues that something else than redrive sends to.
fn source_queues() -> Vec<Queue> {
    let queues = template().queues().unwrap();
    let is_dead_letter = |arn: &str| {
        let policies = queues.iter().filter_map(|it| it.redrive.as_ref());
        policies.into_iter().any(|it| it.dead_letter_arn == arn)
    };
    let sources: Vec<_> = queues
        .iter()
        .filter(|queue| !is_dead_letter(&queue.arn))
        .cloned()
        .collect();
    assert!(!sources.is_empty());
    sources
}

fn queue(arn: &str) -> Queue {
    let mut queues = template().queues().unwrap().into_iter();
    queues.find(|queue| queue.arn == arn).unwrap()
}

/// The statements of a function's own policies, as (action, resource) pairs.
fn permissions(function: &Function) -> Vec<(String, String)> {
    fn list(value: &Json) -> Vec<String> {
        match value {
            Json::Array(items) => items.iter().flat_map(list).collect(),
            other => other.as_str().map(str::to_owned).into_iter().collect(),
        }
    }
    let policies = template().property(&function.logical_id, "Policies");
    let policies = policies.unwrap().unwrap();
    let policies = policies.as_array().unwrap().iter();
    let statements = policies.flat_map(|policy| policy["Statement"].as_array().unwrap());
    let mut pairs = Vec::new();
    for statement in statements {
        assert_eq!(statement["Effect"], "Allow");
        for action in list(&statement["Action"]) {
            for resource in list(&statement["Resource"]) {
                pairs.push((action.clone(), resource));
            }
        }
    }
    pairs
}

#[test]
fn every_event_source_reports_item_failures() {
    for function in functions() {
        assert!(!function.event_sources.is_empty(), "{}", function.name);
        for source in function.event_sources {
            assert!(source.reports_item_failures, "{}", source.queue_arn);
        }
    }
}

#[test]
fn every_source_queue_has_a_dead_letter_queue_that_only_it_may_fill() {
    for source in source_queues() {
        let redrive = source.redrive.unwrap();
        let dead_letter = queue(&redrive.dead_letter_arn);
        assert!(redrive.max_receive_count >= 5, "{}", source.name);
        assert_eq!(dead_letter.redrive_sources, Some(vec![source.arn]));
        assert_eq!(dead_letter.fifo, source.fifo, "{}", source.name);
        assert!(dead_letter.redrive.is_none(), "a chain of dead letters");
    }
}

#[test]
fn dead_letters_are_kept_longer_than_messages() {
    // A message keeps its first enqueue time: it would reach a shorter queue already expired.
    for source in source_queues() {
        let dead_letter = queue(&source.redrive.unwrap().dead_letter_arn);
        assert!(dead_letter.retention > source.retention, "{}", source.name);
    }
}

#[test]
fn messages_stay_hidden_for_six_invocations_and_the_window() {
    for function in functions() {
        for source in &function.event_sources {
            let hidden = queue(&source.queue_arn).visibility_timeout;
            assert!(
                hidden >= function.timeout * 6 + source.window,
                "{}",
                function.name
            );
        }
    }
}

#[test]
fn every_queue_is_long_polled_and_encrypted() {
    let template = template();
    for queue in template.queues().unwrap() {
        assert_eq!(
            queue.receive_wait,
            Duration::from_secs(20),
            "{}",
            queue.name
        );
        let encrypted = template.property(&queue.logical_id, "SqsManagedSseEnabled");
        assert_eq!(encrypted.unwrap(), Some(true.into()), "{}", queue.name);
    }
}

#[test]
fn the_idempotency_table_forgets_expired_records() {
    let tables = template().tables().unwrap();
    for function in functions() {
        let variables = function.environment.iter();
        let mut named = variables.filter(|it| it.name == "IDEMPOTENCY_TABLE");
        let name = &named.next().unwrap().value;
        let table = tables.iter().find(|it| it.name == *name).unwrap();
        assert_eq!(table.ttl_attribute.as_deref(), Some("expiration"));
        assert_eq!(table.create["KeySchema"][0]["AttributeName"], "id");
        assert_eq!(table.create["KeySchema"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn no_permission_is_a_wildcard() {
    for function in functions() {
        for (action, resource) in permissions(&function) {
            assert!(!action.contains('*'), "{}: {action}", function.name);
            // The objects of one bucket cannot be named otherwise.
            let objects = resource.strip_suffix("/*");
            let objects = objects.filter(|bucket| bucket.starts_with("arn:aws:s3:::"));
            let resource = objects.unwrap_or(&resource);
            assert!(!resource.contains('*'), "{}: {resource}", function.name);
        }
    }
}

#[test]
fn every_function_may_use_the_tables_and_queues_it_is_told_of_and_no_others() {
    let template = template();
    let tables = template.tables().unwrap();
    for function in functions() {
        let permissions = permissions(&function);
        let told = |name: &str| function.environment.iter().any(|it| it.value == name);
        for table in &tables {
            let arn = format!(":table/{}", table.name);
            let granted = permissions
                .iter()
                .any(|(_, resource)| resource.ends_with(&arn));
            assert_eq!(
                granted,
                told(&table.name),
                "{} and {}",
                function.name,
                table.name
            );
        }
        let own: Vec<_> = function
            .event_sources
            .iter()
            .map(|it| queue(&it.queue_arn))
            .collect();
        for (action, resource) in permissions.iter().filter(|(it, _)| it.starts_with("sqs:")) {
            let allowed = match action.as_str() {
                "sqs:ChangeMessageVisibility" => own.iter().any(|it| it.arn == *resource),
                // What it is told of; of dead-letter queues that is its own, as said below.
                "sqs:SendMessage" => {
                    let mut variables = function.environment.iter();
                    let name = format!("/{}", resource.rsplit(':').next().unwrap());
                    variables.any(|it| it.value.ends_with(&name))
                }
                _ => false,
            };
            assert!(allowed, "{}: {action} on {resource}", function.name);
        }
    }
}

#[test]
fn every_bucket_that_notifies_a_queue_is_the_only_one_that_may_send_to_it() {
    let template = template();
    let policy = template.property("IngestionQueuePolicy", "PolicyDocument");
    let policy = policy.unwrap().unwrap().to_string();
    let mut notifying = 0;
    for bucket in template.buckets().unwrap() {
        for notification in &bucket.notifications {
            notifying += 1;
            assert!(policy.contains(&notification.queue_arn), "{policy}");
            let arn = format!("arn:aws:s3:::{}", bucket.name);
            assert!(policy.contains(&arn), "{policy}");
        }
    }
    assert!(notifying > 0);
}

#[test]
fn every_function_may_use_the_buckets_it_is_told_of_and_no_others() {
    for bucket in template().buckets().unwrap() {
        let objects = format!("arn:aws:s3:::{}/", bucket.name);
        for function in functions() {
            let permissions = permissions(&function);
            let mut granted = permissions.iter().filter(|(it, _)| it.starts_with("s3:"));
            let may = granted.any(|(_, resource)| resource.starts_with(&objects));
            let told = function
                .environment
                .iter()
                .any(|it| it.value == bucket.name);
            assert_eq!(may, told, "{} and {}", function.name, bucket.name);
        }
    }
}

#[test]
fn claims_are_permitted_in_groups_where_batches_can_be_large() {
    for function in functions() {
        let permissions = permissions(&function);
        let permits = |action: &str| {
            permissions.iter().any(|(granted, resource)| {
                *granted == format!("dynamodb:{action}") && resource.ends_with("IdempotencyTable")
            })
        };
        assert!(permits("UpdateItem"), "{}", function.name);
        assert!(permits("BatchGetItem"), "{}", function.name);
        // A FIFO queue's have ten messages at most.
        let mut sources = function.event_sources.iter();
        let large = sources.any(|it| !queue(&it.queue_arn).fifo);
        for action in ["PartiQLInsert", "PartiQLUpdate"] {
            assert_eq!(permits(action), large, "{}: {action}", function.name);
        }
    }
}

#[test]
fn every_function_is_told_where_its_own_dead_letters_go() {
    for function in functions() {
        let variables = function.environment.iter();
        let mut named = variables.filter(|it| it.name == "DEAD_LETTER_QUEUE_URL");
        let url = &named.next().unwrap().value;
        for source in &function.event_sources {
            let redrive = queue(&source.queue_arn).redrive.unwrap();
            let name = redrive.dead_letter_arn.rsplit(':').next().unwrap();
            assert!(url.ends_with(name), "{}: {url}", function.name);
        }
    }
}

#[test]
fn every_alarm_watches_a_metric_that_moves() {
    // A move by redrive is not a send: NumberOfMessagesSent would stay silent.
    let template = template();
    for source in source_queues() {
        let dead_letter = queue(&source.redrive.unwrap().dead_letter_arn);
        let expected = [
            (dead_letter.name, "ApproximateNumberOfMessagesVisible"),
            (source.name, "ApproximateAgeOfOldestMessage"),
        ];
        for (queue, metric) in expected {
            let watched = template.alarms().unwrap().into_iter();
            let mut watched = watched.filter(|it| it.dimension("QueueName") == Some(&queue));
            assert!(watched.any(|it| it.metric == metric), "{queue}: {metric}");
        }
    }
}

#[test]
fn cargo_lambda_starts_functions_with_what_the_template_gives_them() {
    // It does not read the template: the manifests repeat what can be repeated locally.
    let manifest = promised::workspace().join("Cargo.toml");
    let arguments = [
        "metadata",
        "--no-deps",
        "--format-version",
        "1",
        "--manifest-path",
        manifest.to_str().unwrap(),
    ];
    let output = std::process::Command::new(env!("CARGO"))
        .args(arguments)
        .output();
    let metadata: Json = serde_json::from_slice(&output.unwrap().stdout).unwrap();
    let template = template();
    for function in functions() {
        let mut packages = metadata["packages"].as_array().unwrap().iter();
        let package = packages.find(|it| it["name"].as_str() == function.binary.as_deref());
        let mut env = package.unwrap()["metadata"]["lambda"]["env"]
            .as_object()
            .unwrap()
            .clone();
        for variable in function.environment {
            // Without a queue there is nobody to ask for a later delivery.
            let is_about_queues = variable.name == "RETRY_BACKOFF_SECONDS"
                || variable.references.iter().any(|it| template.is_queue(it));
            let expected = (!is_about_queues).then(|| variable.value.into());
            assert_eq!(env.remove(&variable.name), expected, "{}", variable.name);
        }
        let mut names: Vec<_> = env.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            ["AWS_ACCESS_KEY_ID", "AWS_REGION", "AWS_SECRET_ACCESS_KEY"]
        );
    }
}
