//! `filter-outside-body`

use serde_json::Value as Json;

use super::{Finding, Judgement, Mapping, Rule, Severity};
use crate::check::model::Setting;

pub(super) const RULE: Rule = Rule {
    id: "filter-outside-body",
    severity: Severity::Error,
    title: "a filter on something else than a message's body",
    why: "Of an SQS message, filters see the body only. A pattern about anything else matches no \
          message, and Lambda deletes them all.",
    source: "https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html",
    bad: include_str!("../examples/filter-outside-body.bad.yaml"),
    good: include_str!("../examples/filter-outside-body.good.yaml"),
    judge: |model| {
        let each = model.mappings.iter();
        each.flat_map(|mapping| mapping.filters.iter().map(|it| judge(mapping, it)))
            .collect()
    },
};

fn judge(mapping: &Mapping, filter: &Setting<String>) -> Judgement {
    let Some(pattern) = filter.known()? else {
        return Ok(None);
    };
    let at = |message: String| Finding::new(&mapping.owner, filter.line, message);
    let Ok(Json::Object(pattern)) = serde_json::from_str(pattern) else {
        let message = format!("a filter of {} is not a JSON object", mapping.label);
        return at(message)
            .fix("write the pattern as JSON, such as '{\"body\": {\"kind\": [\"order\"]}}'")
            .found();
    };
    match outside_body(&pattern) {
        Some(key) => at(format!("a filter of {} asks for `{key}`", mapping.label))
            .fix("put what to filter by into the body, and the pattern under `body`")
            .found(),
        None => Ok(None),
    }
}

fn outside_body(pattern: &serde_json::Map<String, Json>) -> Option<&str> {
    pattern
        .iter()
        .find_map(|(key, value)| match (key.as_str(), value) {
            ("body", _) => None,
            ("$or", Json::Array(either)) => {
                let mut each = either.iter().filter_map(Json::as_object);
                each.find_map(outside_body)
            }
            (key, _) => Some(key),
        })
}
