use super::*;
use crate::expected::Turn;

/// A conversation of two turns, `a` with calls 1 and 2, `b` with call 3.
fn expected(in_order: bool) -> Expected {
    let turn = |id: &str, calls: &[&str]| Turn {
        id: id.to_owned(),
        calls: calls.iter().map(|it| (*it).to_owned()).collect(),
    };
    let conversation = Conversation {
        turns: vec![turn("a", &["1", "2"]), turn("b", &["3"])],
        in_order,
    };
    Expected {
        conversations: [("c".to_owned(), conversation)].into(),
        documents: ["faq/1".to_owned()].into(),
        searches: [("c".to_owned(), "3".to_owned())].into(),
        ..Expected::default()
    }
}

fn transcript(calls: &[&str]) -> Vec<Entry> {
    let entries = (1..).zip(calls).map(|(position, call)| Entry {
        position,
        tool_call_id: (*call).to_owned(),
        turn_id: None,
        result: r#"{"content": "[1] document `faq/1`, chunk 0"}"#.to_owned(),
        output: None,
    });
    entries.collect()
}

fn ready(turn: &str, entries: u64) -> TurnReady {
    TurnReady {
        conversation_id: "c".to_owned(),
        turn_id: turn.to_owned(),
        entries,
    }
}

fn all_told() -> Vec<TurnReady> {
    vec![ready("a", 2), ready("b", 3)]
}

fn check(expected: &Expected, entries: Vec<Entry>, told: &[TurnReady]) -> Vec<String> {
    let found = Found {
        transcripts: &[("c".to_owned(), entries)].into(),
        told,
        documents: &["faq/1".to_owned()].into(),
        dead: &Dead::default(),
    };
    problems(expected, &found)
}

#[test]
fn what_is_as_promised_has_no_problems() {
    let none = Vec::<String>::new();
    assert_eq!(
        check(&expected(true), transcript(&["1", "2", "3"]), &all_told()),
        none
    );
    // Tools are done in any order.
    assert_eq!(
        check(&expected(false), transcript(&["2", "1", "3"]), &all_told()),
        none
    );
}

#[test]
fn what_is_missing_doubled_or_strange_is_named() {
    let found = check(&expected(false), transcript(&["1", "1", "4"]), &all_told());
    insta::assert_snapshot!(found.join("\n"), @r"
    c: the result of 1 is there 2 times
    c: the result of 2 is missing
    c: the result of 3 is missing
    c: nobody has made the call 4
    ");
}

#[test]
fn what_is_out_of_order_is_named() {
    let found = check(&expected(true), transcript(&["2", "1", "3"]), &all_told());
    insta::assert_snapshot!(found.join("\n"), @"c: 2 comes before 1");
    let found = check(&expected(false), transcript(&["1", "3", "2"]), &all_told());
    insta::assert_snapshot!(found.join("\n"), @"c: 3 comes before 2");
    let mut shifted = transcript(&["1", "2", "3"]);
    shifted[2].position = 4;
    let found = check(&expected(true), shifted, &all_told());
    insta::assert_snapshot!(found.join("\n"), @"c: entry 3 says that it is number 4");
}

#[test]
fn turns_are_told_of_once_and_when_they_are_ready() {
    let told = [ready("a", 1), ready("b", 3), ready("b", 3)];
    let found = check(&expected(true), transcript(&["1", "2", "3"]), &told);
    insta::assert_snapshot!(found.join("\n"), @r"
    c: a was told of at 1 results, with 2 it is ready
    c: b was told of 2 times
    ");
    let found = check(
        &expected(true),
        transcript(&["1", "2", "3"]),
        &[ready("a", 2)],
    );
    insta::assert_snapshot!(found.join("\n"), @"c: nobody was told that b is ready");
}

#[test]
fn searches_find_what_was_ingested_and_nothing_else() {
    let mut entries = transcript(&["1", "2", "3"]);
    entries[2].result = r#"{"output": "No passage"}"#.to_owned();
    let found = check(&expected(true), entries.clone(), &all_told());
    insta::assert_snapshot!(found.join("\n"), @"c: 3 has found nothing");
    entries[2].result = r#"{"output": "[1] document `other`, chunk 0"}"#.to_owned();
    let found = check(&expected(true), entries, &all_told());
    insta::assert_snapshot!(found.join("\n"), @"c: 3 has found other, which nobody sent");
    let mut expected = expected(true);
    expected.documents.insert("faq/2".to_owned());
    let found = check(&expected, transcript(&["1", "2", "3"]), &all_told());
    insta::assert_snapshot!(found.join("\n"), @"document faq/2 cannot be searched");
}

#[test]
fn what_is_dead_may_be_missing_or_late_and_its_turn_is_not_waited_for() {
    let dead = Dead {
        documents: ["faq/2".to_owned()].into(),
        calls: [("c".to_owned(), "1".to_owned())].into(),
        turns: [("c".to_owned(), "b".to_owned())].into(),
    };
    let mut expected = expected(true);
    expected.documents.insert("faq/2".to_owned());
    for calls in [&["2", "3"][..], &["2", "3", "1"]] {
        let found = Found {
            transcripts: &[("c".to_owned(), transcript(calls))].into(),
            told: &[],
            documents: &["faq/1".to_owned()].into(),
            dead: &dead,
        };
        assert_eq!(problems(&expected, &found), [""; 0]);
    }
}
