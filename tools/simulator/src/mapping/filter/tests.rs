use super::*;

/// Pattern on `body`, body, whether it is delivered. From the examples of AWS's guides.
#[rustfmt::skip]
const TABLE: &[(&str, &str, bool)] = &[
    // Lambda: Using event filtering with an Amazon SQS event source
    (r#"{"RequestCode":["BBBB"]}"#, r#"{"RecordNumber":1234,"RequestCode":"AAAA"}"#, false),
    (r#"{"RequestCode":["BBBB"]}"#, r#"{"RecordNumber":1234,"RequestCode":"BBBB"}"#, true),
    (r#"{"RecordNumber":[{"numeric":[">",9999]}]}"#, r#"{"RecordNumber":1234}"#, false),
    (r#"{"RecordNumber":[{"numeric":[">",9999]}]}"#, r#"{"RecordNumber":10000}"#, true),
    (r#"[{"prefix":"Result: "}]"#, "Result: fail", true),
    (r#"[{"prefix":"Result: "}]"#, "No result", false),
    (r#"["stop"]"#, "stop", true),
    // Lambda: filter rule syntax
    (r#"{"UserID":[null]}"#, r#"{"UserID":null}"#, true),
    (r#"{"UserID":[null]}"#, r#"{"UserID":""}"#, false),
    (r#"{"UserID":[null]}"#, r#"{}"#, false),
    (r#"{"LastName":[""]}"#, r#"{"LastName":""}"#, true),
    (r#"{"LastName":[""]}"#, r#"{"LastName":null}"#, false),
    (r#"{"Name":["Alice"]}"#, r#"{"Name":"Alice"}"#, true),
    (r#"{"Name":["Alice"]}"#, r#"{"Name":"alice"}"#, false),
    (r#"{"Name":[{"equals-ignore-case":"alice"}]}"#, r#"{"Name":"ALICE"}"#, true),
    (r#"{"Name":[{"equals-ignore-case":"alice"}]}"#, r#"{"Name":"ALICE1"}"#, false),
    (r#"{"Location":["New York"],"Day":["Monday"]}"#, r#"{"Location":"New York","Day":"Monday"}"#, true),
    (r#"{"Location":["New York"],"Day":["Monday"]}"#, r#"{"Location":"New York","Day":"Friday"}"#, false),
    (r#"{"PaymentType":["Credit","Debit"]}"#, r#"{"PaymentType":"Debit"}"#, true),
    (r#"{"PaymentType":["Credit","Debit"]}"#, r#"{"PaymentType":"Cash"}"#, false),
    (r#"{"$or":[{"Location":["New York"]},{"Day":["Monday"]}]}"#, r#"{"Location":"Rome","Day":"Monday"}"#, true),
    (r#"{"$or":[{"Location":["New York"]},{"Day":["Monday"]}]}"#, r#"{"Location":"Rome","Day":"Friday"}"#, false),
    (r#"{"Weather":[{"anything-but":["Raining"]}]}"#, r#"{"Weather":"Sunny"}"#, true),
    (r#"{"Weather":[{"anything-but":["Raining"]}]}"#, r#"{"Weather":"Raining"}"#, false),
    (r#"{"Weather":[{"anything-but":["Raining"]}]}"#, r#"{}"#, false),
    (r#"{"Price":[{"numeric":["=",100]}]}"#, r#"{"Price":100.0}"#, true),
    (r#"{"Price":[{"numeric":["=",100]}]}"#, r#"{"Price":"100"}"#, false),
    (r#"{"Price":[{"numeric":[">",10,"<=",20]}]}"#, r#"{"Price":20}"#, true),
    (r#"{"Price":[{"numeric":[">",10,"<=",20]}]}"#, r#"{"Price":10}"#, false),
    (r#"{"ProductName":[{"exists":true}]}"#, r#"{"ProductName":null}"#, true),
    (r#"{"ProductName":[{"exists":true}]}"#, r#"{"Product":1}"#, false),
    (r#"{"ProductName":[{"exists":false}]}"#, r#"{"Product":1}"#, true),
    (r#"{"ProductName":[{"exists":false}]}"#, r#"{"ProductName":1}"#, false),
    (r#"{"Region":[{"prefix":"us-"}]}"#, r#"{"Region":"us-east-1"}"#, true),
    (r#"{"Region":[{"prefix":"us-"}]}"#, r#"{"Region":"eu-west-1"}"#, false),
    (r#"{"FileName":[{"suffix":".png"}]}"#, r#"{"FileName":"a.png"}"#, true),
    (r#"{"FileName":[{"suffix":".png"}]}"#, r#"{"FileName":"a.jpg"}"#, false),
    (r#"{"a":[300]}"#, r#"{"a":300}"#, true),
    (r#"{"a":[300]}"#, r#"{"a":300.0}"#, false),
    (r#"{"a":[true]}"#, r#"{"a":true}"#, true),
    (r#"{"a":[true]}"#, r#"{"a":"true"}"#, false),
    // EventBridge: comparison operators
    (r#"{"detail":{"state":[{"anything-but":"initializing"}]}}"#, r#"{"detail":{"state":"running"}}"#, true),
    (r#"{"detail":{"x-limit":[{"anything-but":[100,200,300]}]}}"#, r#"{"detail":{"x-limit":200}}"#, false),
    (r#"{"detail":{"x-limit":[{"anything-but":123}]}}"#, r#"{"detail":{"x-limit":"123"}}"#, true),
    (r#"{"Region":[{"anything-but":{"prefix":"us-"}}]}"#, r#"{"Region":"us-east-1"}"#, false),
    (r#"{"Region":[{"anything-but":{"prefix":"us-"}}]}"#, r#"{"Region":"eu-west-1"}"#, true),
    (r#"{"FileName":[{"anything-but":{"suffix":".png"}}]}"#, r#"{"FileName":"a.png"}"#, false),
    (r#"{"state":[{"anything-but":{"equals-ignore-case":["initializing","stopped"]}}]}"#, r#"{"state":"STOPPED"}"#, false),
    (r#"{"FilePath":[{"anything-but":{"wildcard":"*/lib/*"}}]}"#, r#"{"FilePath":"/usr/lib/a"}"#, false),
    (r#"{"service":[{"prefix":{"equals-ignore-case":"eventb"}}]}"#, r#"{"service":"EventBridge"}"#, true),
    (r#"{"service":[{"suffix":{"equals-ignore-case":"tBridge"}}]}"#, r#"{"service":"eventBRIDGE"}"#, true),
    (r#"{"FileName":[{"wildcard":"dir/*.png"}]}"#, r#"{"FileName":"dir/sub/a.png"}"#, true),
    (r#"{"FileName":[{"wildcard":"dir/*.png"}]}"#, r#"{"FileName":"dir/a.jpg"}"#, false),
    (r#"{"FileName":[{"wildcard":"a\\*b"}]}"#, r#"{"FileName":"a*b"}"#, true),
    (r#"{"FileName":[{"wildcard":"a*b*b"}]}"#, r#"{"FileName":"ab"}"#, false),
    (r#"{"sourceIPAddress":[{"cidr":"10.0.0.0/24"}]}"#, r#"{"sourceIPAddress":"10.0.0.7"}"#, true),
    (r#"{"sourceIPAddress":[{"cidr":"10.0.0.0/24"}]}"#, r#"{"sourceIPAddress":"10.0.1.7"}"#, false),
    (r#"{"ip":[{"cidr":"2001:db8::/32"}]}"#, r#"{"ip":"2001:db8::1"}"#, true),
    (r#"{"detail":{"c-count":[{"exists":false}]}}"#, r#"{"detail":{"c-count":{"c1":100}}}"#, true),
    (r#"{"time":[{"prefix":"2017-10-02"}],"detail":{"state":[{"anything-but":"initializing"}],"c-count":[{"numeric":[">",0,"<=",5]}],"d-count":[{"numeric":["<",10]}],"x-limit":[{"anything-but":[100,200,300]}]}}"#, r#"{"time":"2017-10-02T18:43:48Z","detail":{"state":"running","c-count":5,"d-count":9,"x-limit":301}}"#, true),
    // EventBridge: arrays match if one of their elements does
    (r#"{"resources":["b","c"]}"#, r#"{"resources":["a","b"]}"#, true),
    (r#"{"resources":["b","c"]}"#, r#"{"resources":["a"]}"#, false),
    (r#"{"list":{"a":[1],"b":[2]}}"#, r#"{"list":[{"a":1,"b":2},{"a":3}]}"#, true),
    (r#"{"list":{"a":[1],"b":[2]}}"#, r#"{"list":[{"a":1,"b":0},{"a":0,"b":2}]}"#, false),
    // `$or` beside fields, nested, and as a field's name
    (r#"{"x":[1],"$or":[{"y":[2]},{"z":[3]}]}"#, r#"{"x":1,"z":3}"#, true),
    (r#"{"x":[1],"$or":[{"y":[2]},{"z":[3]}]}"#, r#"{"x":0,"z":3}"#, false),
    (r#"{"d":{"$or":[{"y":[2]},{"z":{"w":[3]}}]}}"#, r#"{"d":{"z":{"w":3}}}"#, true),
    (r#"{"$or":["field"]}"#, r#"{"$or":"field"}"#, true),
];

fn criteria(body_patterns: &[&str]) -> FilterCriteria {
    let patterns: Vec<_> = body_patterns
        .iter()
        .map(|pattern| format!(r#"{{"body":{pattern}}}"#))
        .collect();
    FilterCriteria::parse(&patterns).unwrap()
}

#[test]
fn the_examples_of_the_documentation_hold() {
    for (pattern, body, delivered) in TABLE {
        assert_eq!(
            criteria(&[pattern]).matches(body),
            *delivered,
            "{pattern} on {body}"
        );
    }
}

#[test]
fn without_filters_every_message_is_delivered() {
    assert!(FilterCriteria::default().matches("anything"));
}

#[test]
fn one_satisfied_filter_of_several_is_enough() {
    let filters = criteria(&[r#"{"a":[1]}"#, r#"{"b":[2]}"#, r#"["plain"]"#]);
    assert!(filters.matches(r#"{"a":0,"b":2}"#));
    assert!(filters.matches("plain"));
    assert!(!filters.matches(r#"{"a":0}"#));
}

#[test]
fn a_plain_body_under_a_json_pattern_is_dropped() {
    assert!(!criteria(&[r#"{"a":[{"exists":false}]}"#]).matches("plain"));
}

#[test]
fn a_json_body_under_a_plain_pattern_is_dropped() {
    assert!(!criteria(&[r#"[{"anything-but":"x"}]"#]).matches(r#"{"a":1}"#));
    assert!(!criteria(&[r#"["\"quoted\""]"#]).matches("\"quoted\""));
}

#[test]
fn a_json_body_that_is_no_object_satisfies_no_field() {
    for body in ["5", "null", "[]", "\"a\""] {
        assert!(!criteria(&[r#"{"a":[1]}"#]).matches(body), "{body}");
    }
}

#[test]
fn patterns_that_are_no_patterns_are_refused() {
    for pattern in [
        "",
        "5",
        "null",
        "[]",
        "{}",
        r#"{"body":{}}"#,
        r#"{"body":[]}"#,
        r#"{"body":"text"}"#,
        r#"{"body":{"a":1}}"#,
        r#"{"body":{"a":[[1]]}}"#,
        r#"{"body":{"a":[{}]}}"#,
        r#"{"body":{"a":[{"prefix":"x","suffix":"y"}]}}"#,
        r#"{"body":{"a":[{"nonsense":1}]}}"#,
        r#"{"body":{"a":[{"prefix":1}]}}"#,
        r#"{"body":{"a":[{"exists":"yes"}]}}"#,
        r#"{"body":{"a":[{"numeric":[]}]}}"#,
        r#"{"body":{"a":[{"numeric":[">"]}]}}"#,
        r#"{"body":{"a":[{"numeric":["!=",1]}]}}"#,
        r#"{"body":{"a":[{"cidr":"10.0.0.0/99"}]}}"#,
        r#"{"body":{"a":[{"anything-but":[]}]}}"#,
        r#"{"body":{"a":[{"anything-but":["x",1]}]}}"#,
        r#"{"body":{"a":[{"wildcard":"a**b"}]}}"#,
    ] {
        assert!(FilterCriteria::parse(&[pattern]).is_err(), "{pattern}");
    }
}

#[test]
fn only_the_body_can_be_filtered_on() {
    let error = FilterCriteria::parse(&[r#"{"messageAttributes":{"a":["b"]}}"#]).unwrap_err();
    let source = PatternError::NotOnBody("messageAttributes".into());
    assert_eq!(error, FilterError::Pattern { index: 0, source });
}

#[test]
fn a_sixth_filter_is_refused() {
    let patterns = [r#"{"body":["a"]}"#; 6];
    assert!(FilterCriteria::parse(&patterns[..5]).is_ok());
    assert_eq!(
        FilterCriteria::parse(&patterns).unwrap_err(),
        FilterError::TooMany(6)
    );
}

#[test]
fn a_pattern_over_4096_characters_is_refused() {
    let pattern = format!(r#"{{"body":["{}"]}}"#, "é".repeat(4096 - 13));
    assert_eq!(pattern.chars().count(), 4096);
    assert!(FilterCriteria::parse(&[&pattern]).is_ok());
    let longer = format!("{pattern} ");
    assert_eq!(
        FilterCriteria::parse(&[&longer]).unwrap_err(),
        FilterError::TooLong { index: 0 }
    );
}
