use aws_lambda_events::event::sqs::SqsMessage;

use super::*;

/// Messages of these groups; none is a message of a standard queue.
fn schedule(groups: &[Option<&str>]) -> Schedule {
    let messages: Vec<_> = groups.iter().map(|group| message(*group)).collect();
    Schedule::new(messages.iter())
}

fn message(group: Option<&str>) -> Message {
    let mut message = SqsMessage::default();
    let fifo = if group.is_some() { ".fifo" } else { "" };
    message.event_source_arn = Some(format!("arn:aws:sqs:eu-west-1:123456789012:orders{fifo}"));
    if let Some(group) = group.filter(|it| !it.is_empty()) {
        let name = "MessageGroupId".to_owned();
        message.attributes.insert(name, group.to_owned());
    }
    message.into()
}

/// Those that may start, and no more than there can be.
fn all(schedule: &mut Schedule) -> Vec<usize> {
    std::iter::from_fn(|| schedule.pop()).take(10).collect()
}

#[test]
fn messages_of_a_standard_queue_start_in_order_and_wait_for_nobody() {
    let mut schedule = schedule(&[None, None, None]);
    assert!(schedule.has_ready());
    assert_eq!(all(&mut schedule), [0, 1, 2]);
    assert!(!schedule.has_ready());
    schedule.succeeded(0);
    assert!(schedule.failed(1).is_empty());
    assert!(!schedule.has_ready());
}

#[test]
fn of_a_group_only_the_first_may_start_until_it_is_settled() {
    let mut schedule = schedule(&[Some("a"), Some("a"), Some("b"), Some("a")]);
    assert_eq!(all(&mut schedule), [0, 2]);
    schedule.succeeded(0);
    assert_eq!(all(&mut schedule), [1]);
    schedule.succeeded(1);
    assert_eq!(all(&mut schedule), [3]);
    schedule.succeeded(3);
    assert!(!schedule.has_ready());
}

#[test]
fn a_group_once_begun_is_finished_before_another_is_started() {
    let mut schedule = schedule(&[Some("a"), Some("a"), Some("b")]);
    assert_eq!(schedule.pop(), Some(0));
    schedule.succeeded(0);
    assert_eq!(all(&mut schedule), [1, 2]);
}

#[test]
fn behind_a_failure_the_rest_of_its_group_never_starts_and_other_groups_go_on() {
    let mut schedule = schedule(&[Some("a"), Some("b"), Some("a"), Some("b"), Some("a")]);
    assert_eq!(all(&mut schedule), [0, 1]);
    assert_eq!(schedule.failed(0), [2, 4]);
    assert!(!schedule.has_ready());
    schedule.succeeded(0);
    assert!(!schedule.has_ready(), "what failed stays failed");
    schedule.succeeded(1);
    assert_eq!(all(&mut schedule), [3]);
}

#[test]
fn success_counts_once() {
    let mut schedule = schedule(&[Some("a"), Some("a")]);
    assert_eq!(schedule.pop(), Some(0));
    schedule.succeeded(0);
    schedule.succeeded(0);
    assert_eq!(all(&mut schedule), [1]);
}

#[test]
fn messages_without_a_group_are_one_group_and_equal_groups_of_two_queues_are_two() {
    let mut nameless = schedule(&[Some(""), Some("")]);
    assert_eq!(all(&mut nameless), [0]);

    let mut elsewhere = SqsMessage::default();
    elsewhere.event_source_arn = Some("arn:aws:sqs:eu-west-1:123456789012:other.fifo".to_owned());
    let name = "MessageGroupId".to_owned();
    elsewhere.attributes.insert(name, "a".to_owned());
    let messages = [message(Some("a")), elsewhere.into()];
    assert_eq!(all(&mut Schedule::new(messages.iter())), [0, 1]);
}

#[test]
fn a_group_on_a_standard_queue_gives_no_order() {
    let mut fair = SqsMessage::default();
    fair.event_source_arn = Some("arn:aws:sqs:eu-west-1:123456789012:orders".to_owned());
    let name = "MessageGroupId".to_owned();
    fair.attributes.insert(name, "a".to_owned());
    let messages = [fair.clone().into(), fair.into()];
    assert_eq!(all(&mut Schedule::new(messages.iter())), [0, 1]);
}
