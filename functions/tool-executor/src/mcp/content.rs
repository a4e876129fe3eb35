//! A result as text.

use rmcp::model::{CallToolResult, ContentBlock, ResourceContents};
use serde_json::Value;

use crate::ToolError;

/// What the tool says. What is no text is named, for the model to know that there was more.
pub(super) fn text(result: CallToolResult) -> Result<String, ToolError> {
    let mut parts: Vec<String> = result.content.into_iter().map(block).collect();
    if let Some(mut structured) = result.structured_content {
        structured.sort_all_objects();
        // Servers are asked to say the same as text, for clients that know no structure.
        if !parts.iter().any(|it| says(it, &structured)) {
            parts.push(structured.to_string());
        }
    }
    let text = match parts.is_empty() {
        true => "[no output]".to_owned(),
        false => parts.join("\n\n"),
    };
    match result.is_error {
        Some(true) => Err(ToolError::Failed(text)),
        _ => Ok(text),
    }
}

fn says(text: &str, structured: &Value) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|it| it == *structured)
}

fn block(block: ContentBlock) -> String {
    match block {
        ContentBlock::Text(text) => text.text,
        ContentBlock::Image(image) => omitted("image", &image.mime_type, &image.data),
        ContentBlock::Audio(audio) => omitted("audio", &audio.mime_type, &audio.data),
        ContentBlock::Resource(embedded) => match embedded.resource {
            ResourceContents::TextResourceContents { uri, text, .. } => format!("{uri}\n\n{text}"),
            ResourceContents::BlobResourceContents {
                uri,
                mime_type,
                blob,
                ..
            } => {
                let mime_type = mime_type.unwrap_or_default();
                omitted(&format!("resource {uri}"), &mime_type, &blob)
            }
            _ => "[a resource that cannot be shown]".to_owned(),
        },
        ContentBlock::ResourceLink(link) => format!("[resource {}: {}]", link.name, link.uri),
        _ => "[something that cannot be shown]".to_owned(),
    }
}

fn omitted(what: &str, mime_type: &str, base64: &str) -> String {
    let bytes = base64.len() / 4 * 3;
    format!("[{what} of type {mime_type}, about {bytes} bytes: not shown]")
}
