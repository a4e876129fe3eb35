//! The page's files, which are part of the binary.

use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use super::answers::Refusal;

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

const PAGE: &str = include_str!("page/index.html");

/// Name, type and content.
const FILES: &[(&str, &str, &str)] = &[
    ("icon.svg", SVG, include_str!("page/icon.svg")),
    ("colours.css", CSS, include_str!("page/colours.css")),
    ("frame.css", CSS, include_str!("page/frame.css")),
    ("controls.css", CSS, include_str!("page/controls.css")),
    ("overview.css", CSS, include_str!("page/overview.css")),
    ("queue.css", CSS, include_str!("page/queue.css")),
    ("timeline.css", CSS, include_str!("page/timeline.css")),
    ("main.js", JS, include_str!("page/main.js")),
    ("activity.js", JS, include_str!("page/activity.js")),
    ("api.js", JS, include_str!("page/api.js")),
    ("attributes.js", JS, include_str!("page/attributes.js")),
    ("chart.js", JS, include_str!("page/chart.js")),
    ("dialog.js", JS, include_str!("page/dialog.js")),
    ("dom.js", JS, include_str!("page/dom.js")),
    ("format.js", JS, include_str!("page/format.js")),
    ("hint.js", JS, include_str!("page/hint.js")),
    ("keys.js", JS, include_str!("page/keys.js")),
    ("lane.js", JS, include_str!("page/lane.js")),
    ("live.js", JS, include_str!("page/live.js")),
    ("message.js", JS, include_str!("page/message.js")),
    ("names.js", JS, include_str!("page/names.js")),
    ("overview.js", JS, include_str!("page/overview.js")),
    ("queue.js", JS, include_str!("page/queue.js")),
    ("row.js", JS, include_str!("page/row.js")),
    ("send.js", JS, include_str!("page/send.js")),
    ("story.js", JS, include_str!("page/story.js")),
    ("theme.js", JS, include_str!("page/theme.js")),
    ("toast.js", JS, include_str!("page/toast.js")),
];

pub(super) async fn page() -> Response {
    ([(CONTENT_TYPE, HTML)], PAGE).into_response()
}

pub(super) async fn file(Path(name): Path<String>) -> Result<Response, Refusal> {
    let mut files = FILES.iter();
    let Some((_, kind, content)) = files.find(|it| it.0 == name) else {
        return Err(Refusal::not_found(format!("the console has no {name}")));
    };
    Ok(([(CONTENT_TYPE, *kind)], *content).into_response())
}
