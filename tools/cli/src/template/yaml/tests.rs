use super::*;

fn find<'a>(node: &'a Node, path: &[&str]) -> &'a Node {
    path.iter().fold(node, |node, key| node.get(key).unwrap())
}

#[test]
fn short_tags_read_like_their_long_forms() {
    let node = parse("a: !Ref B\nb: !GetAtt C.Arn\nc: !Join ['-', [x, y]]\n").unwrap();
    assert_eq!(find(&node, &["a", "Ref"]).as_str(), Some("B"));
    let long = parse("b: {Fn::GetAtt: [C, Arn]}").unwrap();
    let parts = |node: &Node| format!("{:?}", find(node, &["b", "Fn::GetAtt"]).value);
    assert_eq!(
        parts(&node).replace("line: 2", ""),
        parts(&long).replace("line: 1", "")
    );
    assert!(find(&node, &["c"]).get("Fn::Join").is_some());
}

#[test]
fn nodes_know_their_lines() {
    let node = parse("a:\n  b: 1\n  c:\n    - x\n").unwrap();
    assert_eq!(find(&node, &["a", "b"]).line, 2);
    assert_eq!(find(&node, &["a", "c"]).line, 4);
}

#[test]
fn identifiers_and_dates_stay_text() {
    for text in ["2012-10-17", "007", "1.2.3", "nano", "inf", "."] {
        assert_eq!(plain_scalar(text), serde_json::json!(text), "{text}");
    }
    assert_eq!(plain_scalar("360"), serde_json::json!(360));
    assert_eq!(plain_scalar("-1.5"), serde_json::json!(-1.5));
}

#[test]
fn a_key_given_twice_is_an_error_with_its_line() {
    let fault = parse("a: 1\nb: 2\na: 3\n").unwrap_err();
    assert_eq!(
        (fault.line, fault.message.as_str()),
        (3, "the key `a` appears twice")
    );
}

#[test]
fn anchors_are_followed() {
    let node = parse("a: &x {k: 1}\nb: *x\n").unwrap();
    assert!(find(&node, &["b", "k"]).as_str().is_none());
}
