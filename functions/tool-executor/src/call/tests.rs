use super::*;
use serde_json::json;

fn parse(call: Value) -> Result<ToolCall, serde_json::Error> {
    serde_json::from_value::<Call>(call).map(ToolCall::from)
}

/// One call in every dialect.
fn calls() -> [Value; 4] {
    let text = "{\"expression\": \"1\"}";
    [
        json!({"type": "tool_use", "id": "7", "name": "calculator", "input": {"expression": "1"}}),
        json!({"type": "function", "id": "7",
            "function": {"name": "calculator", "arguments": text}}),
        json!({"type": "function_call", "id": "fc_1", "call_id": "7", "name": "calculator",
            "arguments": text, "status": "completed"}),
        json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call",
            "params": {"name": "calculator", "arguments": {"expression": "1"}}}),
    ]
}

#[test]
fn all_dialects_become_the_same_call() {
    for call in calls() {
        let wire: Call = serde_json::from_value(call.clone()).unwrap();
        assert_eq!((&*wire.id(), wire.tool()), ("7", "calculator"));
        let call = parse(call).unwrap();
        assert_eq!((call.id.as_str(), call.name.as_str()), ("7", "calculator"));
        assert_eq!(call.arguments.parse().unwrap(), json!({"expression": "1"}));
    }
}

#[test]
fn a_call_is_the_same_after_it_was_written_and_read() {
    for call in calls() {
        let wire: Call = serde_json::from_value(call).unwrap();
        let written = serde_json::to_value(&wire).unwrap();
        let read: Call = serde_json::from_value(written.clone()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), written);
    }
}

#[test]
fn another_type_of_call_is_refused_by_name() {
    let refused = [
        (json!({"type": "computer_use", "id": "c"}), "tool_use"),
        (
            json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}),
            "tools/call",
        ),
        (
            json!({"jsonrpc": "1.0", "id": 1, "method": "tools/call"}),
            "2.0",
        ),
    ];
    for (call, expected) in refused {
        let error = parse(call).err().unwrap();
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn blank_or_absent_arguments_are_none() {
    let blank = Arguments::Text(" ".into());
    assert_eq!(blank.parse().unwrap(), json!({}));
    let absent = json!({"jsonrpc": "2.0", "id": "a", "method": "tools/call",
        "params": {"name": "calculator"}});
    assert_eq!(parse(absent).unwrap().arguments.parse().unwrap(), json!({}));
}

#[test]
fn a_response_of_json_rpc_repeats_the_id_as_it_came() {
    for id in [json!(7), json!(-1), json!("7"), json!("a")] {
        let call = json!({"jsonrpc": "2.0", "id": id, "method": "tools/call",
            "params": {"name": "calculator"}});
        let call = parse(call).unwrap();
        assert_eq!(call.dialect.result(&call.id, "done", false)["id"], id);
    }
}

#[test]
fn an_error_is_said_by_flag_or_where_there_is_none_in_the_text() {
    let results = calls().map(|call| {
        let call = parse(call).unwrap();
        call.dialect.result(&call.id, "no such tool", true)
    });
    assert_eq!(
        results,
        [
            json!({"type": "tool_result", "tool_use_id": "7", "content": "no such tool",
                "is_error": true}),
            json!({"role": "tool", "tool_call_id": "7", "content": "Error: no such tool"}),
            json!({"type": "function_call_output", "call_id": "7",
                "output": "Error: no such tool"}),
            json!({"jsonrpc": "2.0", "id": 7, "result": {"isError": true,
                "content": [{"type": "text", "text": "no such tool"}]}}),
        ]
    );
}
