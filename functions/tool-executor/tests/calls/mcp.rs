//! Tools of other servers: one made with the official SDK, and hostile ones.

mod hostile;
mod log;
mod shop;

use std::net::SocketAddr;

use axum::http::{Method, StatusCode};
use hostile::Answer;
use lambda_queue::{Environment, Outcome};
use log::Log;
use rmcp::transport::StreamableHttpServerConfig;
use serde_json::{Value, json};
use shop::Shop;
use tool_executor::{Calculator, Effect, McpServer, McpTools, Registry, ToolPolicies};

use crate::function::Function;

const TOKEN: &str = "token-that-nobody-else-sees";

/// The calculator and the tools of `shop`, which is somewhere.
fn offering(address: SocketAddr, policies: &str) -> Registry {
    let lookup = |name: &str| match name {
        "MCP_SERVERS" => Some(format!("shop=http://{address}/mcp?a=b")),
        "MCP_TOKEN_SHOP" => Some(TOKEN.to_owned()),
        _ => None,
    };
    let mut environment = Environment::new(&lookup);
    let servers = McpServer::read(&mut environment);
    let servers = environment.check(servers).unwrap();
    let policies: ToolPolicies = policies.parse().unwrap();
    let registry = Registry::under(policies.clone()).with(Calculator::new());
    let tools = McpTools::new(&servers[0], policies);
    registry.unwrap().with_source(tools).complete().unwrap()
}

async fn function(address: SocketAddr) -> Function {
    function_under(address, "{}").await
}

async fn function_under(address: SocketAddr, policies: &str) -> Function {
    let registry = offering(address, policies);
    registry.list().await;
    Function::start(registry).await
}

/// A call whose id is the tool's name.
fn tool_use(tool: &str, input: Value) -> Value {
    json!({"type": "tool_use", "id": tool, "name": tool, "input": input})
}

/// What a call came to: its outcome, and the status and content of its result, if there is one.
async fn call(function: &Function, tool: &str, input: Value) -> (Outcome, String, String) {
    let (outcome, error) = function.deliver(tool_use(tool, input)).await;
    assert!(!error.contains("secret"), "{error}");
    match function.results().into_iter().find(|(id, ..)| id == tool) {
        Some((_, status, result)) => {
            let content = result["content"].as_str().unwrap().to_owned();
            (outcome, status, content)
        }
        None => (outcome, String::new(), error),
    }
}

async fn content(function: &Function, tool: &str) -> String {
    let (outcome, _, content) = call(function, tool, json!({})).await;
    assert_eq!(outcome, Outcome::Processed, "{content}");
    content
}

#[tokio::test]
async fn a_servers_tools_are_offered_under_its_name_with_the_effects_they_declare() {
    let shop = Shop::start().await;
    let policies = r#"{"shop__fail": {"allow": false}, "shop__add": {"effect": "idempotent"}}"#;
    let registry = offering(shop.address, policies);
    registry.list().await;
    let names: Vec<_> = registry.specs().map(|it| it.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "calculator",
            "shop__add",
            "shop__hang",
            "shop__hang_and_pay",
            "shop__huge",
            "shop__huge_pay",
            "shop__internal",
            "shop__internal_pay",
            "shop__invalid",
            "shop__long",
            "shop__only_structured",
            "shop__pay",
            "shop__pictures",
            "shop__set",
            "shop__structured",
            "shop__weather_of",
        ]
    );
    for (tool, effect) in [
        ("shop__weather_of", Effect::ReadOnly),
        ("shop__set", Effect::Idempotent),
        ("shop__pay", Effect::NotRepeatable),
        ("shop__add", Effect::Idempotent),
    ] {
        assert_eq!(registry.effect(tool), effect, "{tool}");
    }
}

#[tokio::test]
async fn what_adds_something_is_not_repeatable_unless_it_says_so() {
    let shop = Shop::start().await;
    let registry = offering(shop.address, "{}");
    registry.list().await;
    assert_eq!(registry.effect("shop__add"), Effect::NotRepeatable);
}

#[tokio::test]
async fn calls_reach_the_server_and_results_come_back_as_text() {
    let shop = Shop::start().await;
    let input = || json!({"city": "Ghent"});
    let function = self::function(shop.address).await;
    let (outcome, status, content) = call(&function, "shop__weather_of", input()).await;
    assert_eq!(
        (outcome, status.as_str()),
        (Outcome::Processed, "succeeded")
    );
    assert_eq!(content, "It rains in \"Ghent\".");
    let structured = "{\"a\":[true],\"b\":1}";
    for (tool, expected) in [
        (
            "shop__pictures",
            "[image of type image/png, about 6 bytes: not shown]\n\nfile:///a.txt\n\nin a file",
        ),
        ("shop__only_structured", structured),
        ("shop__set", "done"),
    ] {
        let function = self::function(shop.address).await;
        assert_eq!(self::content(&function, tool).await, expected, "{tool}");
    }
    let function = self::function(shop.address).await;
    let said: Value =
        serde_json::from_str(&self::content(&function, "shop__structured").await).unwrap();
    assert_eq!(said, json!({"a": [true], "b": 1}), "once, not twice");
}

#[tokio::test]
async fn a_server_without_sessions_that_answers_in_json_will_do() {
    let config = StreamableHttpServerConfig::default();
    let config = config
        .with_legacy_session_mode(false)
        .with_json_response(true);
    let shop = Shop::start_with(config).await;
    let function = function(shop.address).await;
    assert_eq!(content(&function, "shop__pay").await, "done");
}

#[tokio::test]
async fn arguments_that_do_not_fit_a_servers_schema_never_reach_it() {
    let shop = Shop::start().await;
    let function = function(shop.address).await;
    let (outcome, status, content) = call(&function, "shop__weather_of", json!({"city": 1})).await;
    assert_eq!(
        (outcome, status.as_str()),
        (Outcome::Processed, "invalid_arguments")
    );
    assert!(content.contains("/city"), "{content}");
    assert_eq!(shop.seen.calls_of("weather.of"), 0);
}

#[tokio::test]
async fn what_a_tool_says_went_wrong_is_a_result_for_the_model() {
    let shop = Shop::start().await;
    for (tool, says) in [
        ("shop__fail", "There is no such city."),
        (
            "shop__invalid",
            "refuses the call of `shop__invalid`: no such account (code -32602)",
        ),
        ("shop__huge", "Ask for less at a time"),
        ("shop__huge_pay", "It may or may not have taken effect"),
    ] {
        let function = self::function(shop.address).await;
        let (outcome, status, content) = call(&function, tool, json!({})).await;
        assert_eq!(
            (outcome, status.as_str()),
            (Outcome::Processed, "failed"),
            "{tool}"
        );
        assert!(content.contains(says), "{content}");
    }
}

#[tokio::test]
async fn a_servers_long_output_is_cut_like_any_other() {
    let shop = Shop::start().await;
    let function = function_under(shop.address, r#"{"shop__long": {"max_output_bytes": 5}}"#).await;
    let content = content(&function, "shop__long").await;
    assert_eq!(content, "xxxxx\n[cut off: the first 5 of 100000 bytes]");
}

#[tokio::test]
async fn an_internal_error_is_retried_where_that_does_no_harm() {
    let shop = Shop::start().await;
    let function = function(shop.address).await;
    for _ in 0..2 {
        let (outcome, _, error) = call(&function, "shop__internal", json!({"a": "secret"})).await;
        assert_eq!(outcome, Outcome::Retry);
        assert!(
            error.contains("the MCP server shop: it reports an internal error"),
            "{error}"
        );
    }
    assert_eq!(shop.seen.calls_of("internal"), 2);
    for _ in 0..2 {
        let (outcome, status, _) = call(&function, "shop__internal_pay", json!({})).await;
        assert!(outcome.is_reported());
        assert_eq!(status, "outcome_unknown");
    }
    assert_eq!(shop.seen.calls_of("internal_pay"), 1);
}

#[tokio::test]
async fn duplicates_of_a_call_reach_the_server_once() {
    let shop = Shop::start().await;
    let function = function(shop.address).await;
    let pay = || ("c", tool_use("shop__pay", json!({})));
    let all = [pay(), pay(), pay()];
    let report = function
        .deliver_all(&all, lambda_queue::Deadline::unknown())
        .await;
    assert_eq!(report.count(Outcome::Processed), 1);
    assert_eq!(report.count(Outcome::Replayed), 2);
    assert_eq!(function.deliver(pay().1).await.0, Outcome::Replayed);
    assert_eq!(shop.seen.calls_of("pay"), 1);
}

#[tokio::test]
async fn calls_of_a_batch_share_a_session_and_no_stream_stays_open() {
    let shop = Shop::start().await;
    let function = function(shop.address).await;
    let call =
        |n| json!({"type": "tool_use", "id": format!("{n}"), "name": "shop__set", "input": {}});
    let calls: Vec<_> = (0..40).map(|n| ("c", call(n))).collect();
    let report = function
        .deliver_all(&calls, lambda_queue::Deadline::unknown())
        .await;
    assert_eq!(report.count(Outcome::Processed), 40);
    let requests = shop.seen.requests.lock().unwrap().clone();
    assert!(requests.iter().all(|(method, _)| method == Method::POST));
    let sessions = requests
        .iter()
        .filter_map(|(_, it)| it.get("mcp-session-id"));
    let sessions: std::collections::BTreeSet<_> = sessions.map(|it| it.to_str().unwrap()).collect();
    assert_eq!(sessions.len(), 1);
    for (_, headers) in &requests {
        assert_eq!(headers["authorization"], format!("Bearer {TOKEN}"));
    }
}

#[tokio::test]
async fn a_tool_that_never_returns_is_given_up_and_the_server_is_told() {
    for (tool, hint) in [
        ("shop__hang", "Ask for less at a time"),
        ("shop__hang_and_pay", "It may or may not have taken effect"),
    ] {
        let shop = Shop::start().await;
        let soon = format!(r#"{{"{tool}": {{"timeout_seconds": 1}}}}"#);
        let function = function_under(shop.address, &soon).await;
        let answer = call(&function, tool, json!({})).await;
        shop.seen.given_up.notified().await;
        let (outcome, status, content) = answer;
        assert_eq!(
            (outcome, status.as_str()),
            (Outcome::Processed, "timed_out"),
            "{content}"
        );
        assert!(content.contains(hint), "{content}");
        assert_eq!(shop.seen.calls_of(tool.strip_prefix("shop__").unwrap()), 1);
    }
}

#[tokio::test]
async fn a_server_that_has_forgotten_the_session_is_greeted_anew() {
    for tool in ["set", "pay"] {
        let mut shop = Shop::start().await;
        let function = function(shop.address).await;
        shop.restart().await;
        assert_eq!(content(&function, &format!("shop__{tool}")).await, "done");
        assert_eq!(shop.seen.calls_of(tool), 1, "{tool}");
    }
}

#[tokio::test]
async fn without_its_server_a_call_is_retried_and_other_tools_work() {
    let mut shop = Shop::start().await;
    shop.stop().await;
    // Nothing could be listed: whatever a tool does, it is not run and nothing is lost.
    let function = function(shop.address).await;
    for tool in ["shop__set", "shop__pay"] {
        let (outcome, _, error) = call(&function, tool, json!({})).await;
        assert_eq!(outcome, Outcome::Retry, "{tool}");
        assert!(error.contains("shop"), "{error}");
        assert!(function.results().is_empty());
    }
    let sum = tool_use("calculator", json!({"expression": "1 + 1"}));
    let others = function.another(Registry::new().with(Calculator::new()).unwrap(), |it| it);
    assert_eq!(others.deliver(sum).await.0, Outcome::Processed);
}

#[tokio::test]
async fn a_server_that_comes_back_is_listed_when_its_tools_are_called() {
    for tool in ["set", "pay"] {
        let mut shop = Shop::start().await;
        shop.stop().await;
        let function = function(shop.address).await;
        shop.restart().await;
        tokio::time::pause();
        tokio::time::advance(std::time::Duration::from_secs(10)).await;
        tokio::time::resume();
        assert_eq!(content(&function, &format!("shop__{tool}")).await, "done");
        assert_eq!(shop.seen.calls_of(tool), 1);
    }
}

#[tokio::test]
async fn a_server_that_goes_away_is_waited_for_or_the_model_is_told_that_nothing_happened() {
    let mut shop = Shop::start().await;
    let function = function(shop.address).await;
    shop.stop().await;
    let (outcome, _, error) = call(&function, "shop__set", json!({})).await;
    assert_eq!(outcome, Outcome::Retry);
    assert!(error.contains("it cannot be reached"), "{error}");
    let (outcome, status, content) = call(&function, "shop__pay", json!({})).await;
    assert_eq!((outcome, status.as_str()), (Outcome::Processed, "failed"));
    assert!(content.contains("nothing was done"), "{content}");
}

/// What calls of a tool that may be repeated, and of one that may not, come to.
async fn both(answer: Answer) -> [(Outcome, String, String); 2] {
    let mut results = Vec::new();
    for tool in ["look", "pay"] {
        let (address, asked) = hostile::start("tools/call", answer.clone()).await;
        let function = function(address).await;
        results.push(call(&function, &format!("shop__{tool}"), json!({"a": "secret"})).await);
        call(&function, &format!("shop__{tool}"), json!({"a": "secret"})).await;
        let asked = asked.lock().unwrap();
        let calls = asked.iter().filter(|(it, _)| it == "tools/call").count();
        assert!(calls == 1 || tool == "look", "{calls} calls of {tool}");
    }
    results.try_into().unwrap()
}

#[tokio::test]
async fn an_answer_that_is_none_is_retried_or_of_unknown_outcome() {
    for answer in [
        Answer::Page,
        Answer::Garbage,
        Answer::OfAnother,
        Answer::Accepted,
        Answer::Torn,
        Answer::Status(StatusCode::BAD_GATEWAY),
        // The session is lost in the middle of it.
        Answer::Status(StatusCode::NOT_FOUND),
        Answer::NoSession,
    ] {
        let [look, pay] = both(answer).await;
        assert_eq!(look.0, Outcome::Retry, "{}", look.2);
        assert!(pay.0.is_reported(), "{}", pay.2);
        assert_eq!(pay.1, "outcome_unknown");
    }
}

#[tokio::test]
async fn a_call_follows_a_ping_that_told_of_a_lost_session() {
    let (address, asked) = hostile::start("ping", Answer::NoSession).await;
    let function = function(address).await;
    assert_eq!(content(&function, "shop__pay").await, "done");
    let asked = asked.lock().unwrap();
    let count = |method| asked.iter().filter(|(it, _)| it == method).count();
    assert_eq!((count("initialize"), count("tools/call")), (2, 1));
}

#[tokio::test]
async fn an_answer_without_end_is_a_result_in_bounded_memory() {
    for answer in [Answer::Endless, Answer::EndlessEvents] {
        let [look, pay] = both(answer).await;
        assert_eq!((look.0, look.1.as_str()), (Outcome::Processed, "failed"));
        assert!(look.2.contains("more than 4194304 bytes"), "{}", look.2);
        assert!(
            pay.2.contains("It may or may not have taken effect"),
            "{}",
            pay.2
        );
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_the_token_stays_here() {
    let (elsewhere, asked) = hostile::start("nothing", Answer::Page).await;
    for method in ["initialize", "tools/call"] {
        let (address, _) = hostile::start(method, Answer::Redirect(elsewhere)).await;
        let function = function(address).await;
        let (outcome, _, error) = call(&function, "shop__look", json!({})).await;
        assert_eq!(outcome, Outcome::Retry, "{error}");
    }
    assert!(asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_call_that_is_not_let_in_is_retried_or_has_certainly_done_nothing() {
    for status in [StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS] {
        let [look, pay] = both(Answer::Status(status)).await;
        assert_eq!(look.0, Outcome::Retry);
        assert!(look.2.contains(status.as_str()), "{}", look.2);
        assert!(!look.2.contains(TOKEN), "{}", look.2);
        assert_eq!((pay.0, pay.1.as_str()), (Outcome::Processed, "failed"));
        assert!(pay.2.contains("nothing was done"), "{}", pay.2);
    }
}

#[tokio::test]
async fn lists_that_cannot_be_taken_leave_the_other_tools_alone() {
    for (method, answer) in [
        ("initialize", Answer::Endless),
        ("initialize", Answer::Garbage),
        ("tools/list", Answer::EndlessEvents),
        ("tools/list", Answer::Page),
        ("tools/list", Answer::Status(StatusCode::NOT_FOUND)),
    ] {
        let (address, _) = hostile::start(method, answer).await;
        let registry = offering(address, "{}");
        registry.list().await;
        let names: Vec<_> = registry.specs().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["calculator"]);
        assert!(registry.ready("shop__look").await.is_err());
    }
}

#[tokio::test]
async fn a_list_without_end_ends() {
    let (address, asked) = hostile::start("tools/list", Answer::Pages).await;
    let registry = offering(address, "{}");
    registry.list().await;
    let names: Vec<_> = registry.specs().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["calculator", "shop__look"]);
    let asked = asked.lock().unwrap();
    assert_eq!(
        asked.iter().filter(|(it, _)| it == "tools/list").count(),
        32
    );
}

#[tokio::test]
async fn arguments_answers_and_tokens_are_not_logged() {
    let log = Log::start();
    let shop = Shop::start().await;
    let function = function(shop.address).await;
    let secret = || json!({"city": "secret-city"});
    for tool in ["weather_of", "fail", "internal", "internal_pay", "invalid"] {
        call(&function, &format!("shop__{tool}"), secret()).await;
    }
    for answer in [Answer::Garbage, Answer::Torn, Answer::NoSession] {
        both(answer).await;
    }
    let (address, _) = hostile::start("initialize", Answer::Garbage).await;
    self::function(address).await;
    let log = log.text();
    for said in ["tools listed", "tool call executed"] {
        assert!(log.contains(said), "{said}: {log:.3000}");
    }
    for secret in ["secret-city", "It rains", TOKEN, "a=b"] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None);
    }
}
