//! The corpus of every target, and what comes of it by chance.

#![allow(missing_docs, reason = "tests")]

use std::process::{Command, Stdio};

use lambda_queue_fuzz::TARGETS;

/// In a process of its own, as `check` prints.
fn holds(name: &str) {
    let replay = Command::new(env!("CARGO_BIN_EXE_replay"))
        .arg(name)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output();
    let replay = replay.unwrap_or_else(|error| panic!("cannot be run: {error}"));
    let said = String::from_utf8_lossy(&replay.stderr);
    let last: Vec<_> = said.lines().rev().take(20).collect();
    assert!(
        replay.status.success(),
        "{}",
        last.into_iter().rev().collect::<Vec<_>>().join("\n")
    );
}

macro_rules! properties {
    ($($test:ident: $target:literal,)*) => {
        $(#[test] fn $test() { holds($target); })*

        #[test]
        fn every_target_has_a_test() {
            assert_eq!([$($target),*], TARGETS.map(|it| it.name));
        }
    };
}

properties! {
    every_message_of_any_event_has_one_outcome_and_a_second_delivery_repeats_nothing: "events",
    what_is_put_into_an_envelope_comes_out_of_it: "envelopes",
    nothing_but_a_pointer_into_our_bucket_is_asked_for: "claim_check",
    two_messages_share_a_record_if_and_only_if_their_keys_are_the_same_json: "keys",
    a_filter_judges_the_json_of_a_body_and_not_its_letters: "filters",
    a_template_is_understood_twice_alike_and_check_has_an_answer: "templates",
    any_requests_are_answered_as_sqs_would_and_no_message_is_lost: "sqs",
    the_endpoint_answers_any_request_in_the_form_of_aws: "wire",
}
