//! For programs: one JSON document per delivery, each on its own line.

use serde::Serialize;
use serde_json::Value as Json;

use crate::error::ErrorReport;
use crate::local::Report;
use crate::outcome::MessageOutcome;

#[derive(Serialize)]
struct Document<'a> {
    /// Null where the function failed.
    response: Option<&'a Json>,
    /// Only where the function failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorReport>,
    outcomes: &'a [MessageOutcome],
}

/// The deliveries as JSON lines.
#[must_use]
pub fn render(report: &Report) -> String {
    let lines = report.deliveries.iter().map(|delivery| {
        let document = Document {
            response: delivery.result.as_ref().ok(),
            error: delivery.result.as_ref().err().map(ErrorReport::from),
            outcomes: &delivery.outcomes,
        };
        // Serialising these types cannot fail: their keys are strings.
        let line = serde_json::to_string(&document).unwrap_or_default();
        line + "\n"
    });
    lines.collect()
}
