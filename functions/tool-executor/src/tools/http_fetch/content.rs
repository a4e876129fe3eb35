//! A page's text.

use ingestion::Declared;

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
    if let Some(charset) = charset(parameters).filter(|it| !is_utf8(it)) {
        let charset: String = charset.chars().take(40).collect();
        return Err(format!(
            "the page's characters are encoded as `{charset}`; only UTF-8 can be read"
        ));
    }
    let text = String::from_utf8_lossy(&body.bytes).into_owned();
    if !is_html {
        return Ok(text);
    }
    // A large page keeps a processor busy: not on the thread that serves others.
    let convert = move || {
        let declared = Declared::inline("text/html");
        ingestion::extract(&declared, text.as_bytes(), text.len())
    };
    let converted = tokio::task::spawn_blocking(convert).await;
    match converted {
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

fn is_utf8(charset: &str) -> bool {
    matches!(charset, "utf-8" | "utf8" | "us-ascii" | "ascii")
}
