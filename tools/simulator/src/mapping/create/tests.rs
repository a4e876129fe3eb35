use super::super::config::ProvisionedPollers;
use super::*;

fn refusal(queue: &str, change: impl FnOnce(&mut MappingConfig)) -> Option<String> {
    let mut config = MappingConfig::default();
    change(&mut config);
    let queue = QueueFacts {
        arn: format!("arn:aws:sqs:eu-west-1:123456789012:{queue}"),
        visibility_timeout_seconds: 30,
    };
    let function = FunctionFacts {
        timeout_seconds: 30,
        reserved_concurrency: None,
    };
    validate(&config, &queue, &function)
        .err()
        .map(|error| format!("{}: {error}", error.code()))
}

#[test]
fn the_default_configuration_is_accepted() {
    assert_eq!(refusal("q", |_| ()), None);
    assert_eq!(refusal("q.fifo", |_| ()), None);
}

#[test]
fn batch_sizes_are_1_to_10000() {
    assert_eq!(
        refusal("q", |c| c.batch_size = 0).unwrap(),
        "ValidationException: 1 validation error detected: Value '0' at 'batchSize' failed to \
         satisfy constraint: Member must have value greater than or equal to 1"
    );
    let batch = |size| move |c: &mut MappingConfig| (c.batch_size, c.window_seconds) = (size, 1);
    assert_eq!(refusal("q", batch(10_000)), None);
    assert!(
        refusal("q", batch(10_001))
            .unwrap()
            .ends_with("less than or equal to 10000")
    );
}

#[test]
fn a_batch_over_10_needs_a_window() {
    assert_eq!(
        refusal("q", |c| c.batch_size = 11).unwrap(),
        "InvalidParameterValueException: Maximum batch window in seconds must be greater than 0 \
         if maximum batch size is greater than 10"
    );
}

#[test]
fn windows_are_0_to_300_seconds() {
    assert_eq!(refusal("q", |c| c.window_seconds = 300), None);
    assert!(refusal("q", |c| c.window_seconds = 301).is_some());
}

#[test]
fn fifo_queues_take_no_window_and_no_batch_over_10() {
    assert_eq!(
        refusal("q.fifo", |c| c.window_seconds = 1).unwrap(),
        "InvalidParameterValueException: Batching window is not supported for FIFO queues"
    );
    assert!(refusal("q.fifo", |c| c.batch_size = 11).is_some());
    assert!(refusal("q.fifo", |c| (c.batch_size, c.window_seconds) = (11, 1)).is_some());
}

#[test]
fn maximum_concurrency_is_2_to_1000() {
    for (most, accepted) in [(1, false), (2, true), (1_000, true), (1_001, false)] {
        let refusal = refusal("q", |c| c.maximum_concurrency = Some(most));
        assert_eq!(refusal.is_none(), accepted, "{most}");
    }
}

#[test]
fn provisioned_pollers_exclude_maximum_concurrency() {
    let pollers = |minimum, maximum| Some(ProvisionedPollers { minimum, maximum });
    assert_eq!(
        refusal("q", |c| c.provisioned_pollers = pollers(2, 10_000)),
        None
    );
    assert!(refusal("q", |c| c.provisioned_pollers = pollers(1, 5)).is_some());
    assert!(refusal("q", |c| c.provisioned_pollers = pollers(9, 8)).is_some());
    let both = refusal("q", |c| {
        c.provisioned_pollers = pollers(2, 5);
        c.maximum_concurrency = Some(5);
    });
    assert!(both.is_some());
}

#[test]
fn a_visibility_timeout_below_the_functions_timeout_is_refused() {
    let queue = QueueFacts {
        arn: "arn:aws:sqs:eu-west-1:123456789012:q".into(),
        visibility_timeout_seconds: 30,
    };
    let function = FunctionFacts {
        timeout_seconds: 31,
        reserved_concurrency: None,
    };
    let error = validate(&MappingConfig::default(), &queue, &function).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds"
    );
}

#[test]
fn report_batch_item_failures_is_the_only_response_type() {
    let types = |list: &[&str]| {
        let list = list.iter().map(ToString::to_string).collect();
        move |c: &mut MappingConfig| c.function_response_types = list
    };
    assert_eq!(refusal("q", types(&["ReportBatchItemFailures"])), None);
    assert!(refusal("q", types(&["ReportBatchItemFailure"])).is_some());
}

#[test]
fn invalid_filters_are_refused_in_lambdas_words() {
    assert_eq!(
        refusal("q", |c| c.filters.push("{".into())).unwrap(),
        "InvalidParameterValueException: Invalid filter pattern definition."
    );
}

#[test]
fn an_arn_of_another_service_is_refused() {
    let queue = QueueFacts {
        arn: "arn:aws:sns:eu-west-1:1:t".into(),
        visibility_timeout_seconds: 30,
    };
    let function = FunctionFacts {
        timeout_seconds: 3,
        reserved_concurrency: None,
    };
    let error = validate(&MappingConfig::default(), &queue, &function).unwrap_err();
    assert_eq!(error, CreateError::EventSource);
}

#[test]
fn reserved_concurrency_below_the_maximum_is_accepted_and_told() {
    let config = MappingConfig {
        maximum_concurrency: Some(5),
        ..MappingConfig::default()
    };
    let function = |reserved_concurrency| FunctionFacts {
        timeout_seconds: 3,
        reserved_concurrency,
    };
    assert!(config.may_be_throttled_by(&function(Some(4))));
    assert!(!config.may_be_throttled_by(&function(Some(5))));
    assert!(!config.may_be_throttled_by(&function(None)));
}
