//! CloudWatch: the states of the template's alarms.

mod wire;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::errors;
use crate::local::alarms::{AlarmState, StateValue, states};
use crate::local::clock::epoch_ms;
use crate::local::stack::Running;
use crate::template::Alarm;
use wire::Wire;

const MAX_BODY: usize = 1024 * 1024;
/// Most alarms of one answer.
const MOST: usize = 100;

/// The template's alarms.
pub(super) struct CloudWatch {
    alarms: Vec<Alarm>,
    running: Running,
    created_ms: u64,
    /// When each was first seen in the state it is in: nobody looks at them in between.
    seen: Mutex<HashMap<String, (StateValue, u64)>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct DescribeAlarms {
    alarm_names: Vec<String>,
    alarm_name_prefix: String,
    alarm_types: Vec<String>,
    state_value: Option<String>,
    action_prefix: Option<String>,
    max_records: usize,
    next_token: Option<String>,
}

impl Default for DescribeAlarms {
    fn default() -> Self {
        Self {
            alarm_names: Vec::new(),
            alarm_name_prefix: String::new(),
            alarm_types: Vec::new(),
            state_value: None,
            action_prefix: None,
            max_records: MOST,
            next_token: None,
        }
    }
}

impl CloudWatch {
    pub(super) fn new(alarms: Vec<Alarm>, running: &Running) -> Self {
        Self {
            alarms,
            running: running.clone(),
            created_ms: epoch_ms(),
            seen: Mutex::default(),
        }
    }

    /// Runs the operation that `X-Amz-Target` or the address names.
    pub(super) async fn call(&self, operation: &str, request: Request) -> Response {
        let wire = Wire::of(request.headers());
        if operation != "DescribeAlarms" {
            let message = errors::unserved_message(&format!("CloudWatch's {operation}"));
            let code = "com.amazon.coral.service#UnknownOperationException";
            return refusal(wire, code, &message);
        }
        let body = to_bytes(request.into_body(), MAX_BODY).await;
        match wire.read(&body.unwrap_or_default()) {
            Ok(request) => self.describe_alarms(wire, &request),
            Err(error) => refusal(
                wire,
                "com.amazon.coral.service#SerializationException",
                &error,
            ),
        }
    }

    fn describe_alarms(&self, wire: Wire, request: &DescribeAlarms) -> Response {
        let start = match request.next_token.as_deref().map(str::parse) {
            None => 0,
            Some(Ok(start)) => start,
            Some(Err(_)) => {
                let code = "com.amazonaws.cloudwatch#InvalidNextToken";
                return refusal(wire, code, "The next token is invalid.");
            }
        };
        let states = states(&self.alarms, &self.running);
        let wanted: Vec<_> = states.iter().filter(|it| request.wants(it)).collect();
        let page = wanted.iter().skip(start);
        let page = page.take(request.max_records.clamp(1, MOST));
        let page: Vec<_> = page.map(|it| self.describe(it)).collect();
        let end = start.saturating_add(page.len());
        let mut answer = json!({ "MetricAlarms": page, "CompositeAlarms": [] });
        if end < wanted.len() {
            answer["NextToken"] = end.to_string().into();
        }
        wire.answer(StatusCode::OK, answer)
    }

    /// `MetricAlarm`.
    fn describe(&self, state: &AlarmState) -> Json {
        let alarm = &state.alarm;
        let mut shown = alarm.properties.clone();
        let since = seconds(self.since_ms(state));
        let more = json!({
            "AlarmName": alarm.name,
            "AlarmArn": alarm.arn,
            "AlarmConfigurationUpdatedTimestamp": seconds(self.created_ms),
            "StateValue": state.value.as_str(),
            "StateReason": state.reason,
            "StateUpdatedTimestamp": since,
            "StateTransitionedTimestamp": since,
        });
        shown.extend(more.as_object().cloned().unwrap_or_default());
        for (name, default) in [
            ("ActionsEnabled", json!(true)),
            ("OKActions", json!([])),
            ("AlarmActions", json!([])),
            ("InsufficientDataActions", json!([])),
            ("Dimensions", json!([])),
        ] {
            shown.entry(name).or_insert(default);
        }
        shown.into()
    }

    fn since_ms(&self, state: &AlarmState) -> u64 {
        let now = (state.value, epoch_ms());
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let before = seen.entry(state.alarm.name.clone()).or_insert(now);
        if before.0 != state.value {
            *before = now;
        }
        before.1
    }
}

impl DescribeAlarms {
    fn wants(&self, state: &AlarmState) -> bool {
        let name = &state.alarm.name;
        let is_action = |prefix: &String| {
            let lists = ["OKActions", "AlarmActions", "InsufficientDataActions"].iter();
            let lists = lists.filter_map(|it| state.alarm.properties.get(*it)?.as_array());
            let mut actions = lists.flatten().filter_map(Json::as_str);
            actions.any(|it| it.starts_with(prefix))
        };
        (self.alarm_names.is_empty() || self.alarm_names.contains(name))
            && name.starts_with(&self.alarm_name_prefix)
            && (self.alarm_types.is_empty()
                || self.alarm_types.iter().any(|it| it == "MetricAlarm"))
            && self
                .state_value
                .as_deref()
                .is_none_or(|it| it == state.value.as_str())
            && self.action_prefix.as_ref().is_none_or(is_action)
    }
}

fn seconds(epoch_ms: u64) -> f64 {
    epoch_ms as f64 / 1_000.0
}

fn refusal(wire: Wire, code: &str, message: &str) -> Response {
    let body = json!({ "__type": code, "message": message });
    wire.answer(StatusCode::BAD_REQUEST, body)
}
