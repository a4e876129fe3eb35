//! `show`: messages, left where they are.

use std::collections::HashSet;
use std::fmt::Write;

use serde_json::{Value as Json, json};

use super::args::{Access, ShowArgs};
use super::hidden::Hidden;
use super::interrupt::Interrupt;
use super::letter::Letter;
use super::pick::Pick;
use super::printable::{printable, printable_lines};
use super::queue::Queue;
use super::selection::Selection;
use super::walk::{End, Walk};
use super::{about, ago, caution};
use crate::error::{DlqError, Error};
use crate::report::{BOLD, DIM};

/// Messages asked for at once.
const HANDFUL: usize = 10;

/// Shows the first messages that were asked for.
///
/// # Errors
/// A message of an id is not there, or SQS refuses.
pub(super) async fn show(queue: &Queue, args: ShowArgs, access: &Access) -> Result<u8, Error> {
    caution(queue);
    let ids = args.selection.ids.clone();
    let bodies = args.body || !ids.is_empty();
    let limit = Some(args.limit.get() as usize);
    let mut pick = Pick::new(Selection::new(args.selection), limit, false);
    let mut walk = Walk::new(queue, access.hide, Interrupt::listen());
    let mut hidden = Hidden::new(queue, access.hide);
    let found = find(&mut walk, &mut hidden, &mut pick).await;
    let late = hidden.release().await;
    let found = found?;
    if let Some(id) = missing(&ids, &found) {
        return Err(DlqError::NoMessage {
            id: printable(id),
            queue: queue.name.clone(),
            hint: match queue.fifo {
                true => "; of a FIFO queue's group, SQS shows the first ten until they are deleted",
                false => "; it may be in flight",
            },
        }
        .into());
    }
    let mut text: String = found.iter().map(|it| block(it, bodies)).collect();
    let note = match pick.is_full() {
        true => None,
        false => about(walk.end(), queue, walk.looked_at()),
    };
    let late =
        (late > 0).then(|| format!("{late} come back only when their visibility timeout ends"));
    if found.is_empty() {
        text.push_str("no such messages\n");
    }
    for note in [note, late].into_iter().flatten() {
        let _ = writeln!(text, "{DIM}{note}{DIM:#}");
    }
    let json: Json = found.iter().map(|it| document(it, bodies)).collect();
    super::show(access.output, &text, &json)?;
    let cut_off = !pick.is_full() && matches!(walk.end(), End::InFlight | End::Interrupted);
    Ok(u8::from(cut_off))
}

async fn find(
    walk: &mut Walk<'_>,
    hidden: &mut Hidden<'_>,
    pick: &mut Pick,
) -> Result<Vec<Letter>, Error> {
    let mut found = Vec::new();
    while !pick.is_full() {
        let mut received = walk.next(HANDFUL).await?;
        if received.is_empty() {
            break;
        }
        for it in &mut received {
            hidden.hold(std::mem::take(&mut it.receipt), it.at);
        }
        received.retain(|it| !it.again);
        let (wanted, _) = pick.split(received, |_| false);
        found.extend(wanted.into_iter().map(|it| it.letter));
        hidden.renew().await;
    }
    Ok(found)
}

fn missing<'a>(ids: &'a [String], found: &[Letter]) -> Option<&'a str> {
    let found: HashSet<_> = found
        .iter()
        .flat_map(|it| [it.id.as_str(), it.original_id()])
        .collect();
    ids.iter()
        .map(String::as_str)
        .find(|it| !found.contains(it))
}

fn block(letter: &Letter, bodies: bool) -> String {
    let mut out = format!("{BOLD}{}{BOLD:#}\n", printable(&letter.id));
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(out, "  {DIM}{name:14}{DIM:#} {}", printable(value));
    };
    line("sent", &format!("{} ago", ago(letter.sent_ms)));
    line("receives", &letter.receives.to_string());
    let known = [
        ("failed in", letter.source_arn()),
        ("error type", letter.error_type()),
        ("reason", letter.reason()),
        ("group", letter.group.as_deref()),
    ];
    for (name, value) in known {
        if let Some(value) = value {
            line(name, value);
        }
    }
    if letter.original_id() != letter.id {
        line("id there", letter.original_id());
    }
    if !bodies {
        let names: Vec<_> = letter.attributes.keys().map(String::as_str).collect();
        line("attributes", &names.join(", "));
        line(
            "body",
            &format!("{} bytes; --body shows it", letter.body.len()),
        );
        return out;
    }
    for (name, value) in &letter.attributes {
        let value = value.string.as_ref().or(value.binary.as_ref());
        line(name, value.map_or("", String::as_str));
    }
    let _ = writeln!(out, "\n{}\n", printable_lines(&letter.body));
    out
}

fn document(letter: &Letter, bodies: bool) -> Json {
    // Its keys are strings: it cannot fail.
    let mut json = serde_json::to_value(letter).unwrap_or_default();
    json["error_type"] = letter.error_type().into();
    json["reason"] = letter.reason().into();
    json["source_arn"] = letter.source_arn().into();
    json["original_id"] = letter.original_id().into();
    if !bodies && let Some(fields) = json.as_object_mut() {
        fields.remove("body");
        let names: Vec<_> = letter.attributes.keys().collect();
        fields.insert("attributes".to_owned(), json!(names));
    }
    json
}
