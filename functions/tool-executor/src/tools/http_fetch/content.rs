//! A page's text.

use ingestion::{Declared, extract_unless};
use lambda_queue::blocking;

use super::characters::{Characters, decode};
use super::exchange::Body;

/// The text of what was fetched: HTML as markdown, other text as it is.
pub(super) async fn to_text(body: Body) -> Result<String, String> {
    let (essence, parameters) = match body.content_type.split_once(';') {
        Some((essence, parameters)) => (essence, parameters),
        None => (body.content_type.as_str(), ""),
    };
    let essence = essence.trim().to_ascii_lowercase();
    let is_html = matches!(essence.as_str(), "text/html" | "application/xhtml+xml");
    let is_text = essence.starts_with("text/")
        || essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"));
    if !is_html && !is_text {
        let essence: String = essence.chars().take(100).collect();
        return Err(format!(
            "the page is of type `{essence}`; only HTML, text and JSON can be read"
        ));
    }
    let characters = decode(&body.bytes, charset(parameters).as_deref(), is_html)?;
    drop(body);
    let Characters { text, not_of } = characters;
    let mut text = if is_html { markdown(text).await? } else { text };
    // Silently, a model would take them for the page's own.
    if let Some(charset) = not_of {
        text += &format!(
            "\n\n[some bytes of the page are not {charset}; each \u{fffd} stands for some of them]"
        );
    }
    Ok(text)
}

/// A large page keeps a processor busy: not on the thread that serves others.
async fn markdown(html: String) -> Result<String, String> {
    let converted = blocking(move |cancellation| {
        let declared = Declared::inline("text/html");
        let cancelled = || cancellation.is_requested();
        extract_unless(&declared, html.as_bytes(), html.len(), &cancelled)
    });
    match converted.await {
        Ok(Ok(page)) => Ok(page.text),
        Ok(Err(error)) => Err(format!("the page cannot be read: {error}")),
        Err(_) => Err("the page cannot be read".to_owned()),
    }
}

fn charset(parameters: &str) -> Option<String> {
    let mut parameters = parameters.split(';').filter_map(|it| it.split_once('='));
    let (_, value) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
    Some(value.trim().trim_matches('"').to_ascii_lowercase())
}
