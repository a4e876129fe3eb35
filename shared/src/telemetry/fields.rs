//! A span's fields as JSON, written once and added to in place.
//!
//! Every message has a span; the subscriber's own formatter would read all of its fields back to add its outcome.

use std::fmt::{self, Debug, Write};

use tracing::field::{Field, Visit};
use tracing::span::Record;
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FormatFields, FormattedFields};

/// Formats fields as one JSON object.
pub(super) struct Fields;

impl<'writer> FormatFields<'writer> for Fields {
    fn format_fields<R: RecordFields>(&self, mut to: Writer<'writer>, fields: R) -> fmt::Result {
        to.write_char('{')?;
        let mut object = Object::new(&mut to, true);
        fields.record(&mut object);
        object.written?;
        to.write_char('}')
    }

    fn add_fields(
        &self,
        current: &'writer mut FormattedFields<Self>,
        fields: &Record<'_>,
    ) -> fmt::Result {
        let fields_before = current.fields.pop().is_some() && current.fields.len() > 1;
        if current.fields.is_empty() {
            current.fields.push('{');
        }
        let mut object = Object::new(&mut current.fields, !fields_before);
        fields.record(&mut object);
        object.written?;
        current.fields.push('}');
        Ok(())
    }
}

/// The inside of an object.
struct Object<'a, W> {
    to: &'a mut W,
    is_first: bool,
    written: fmt::Result,
}

impl<'a, W: Write> Object<'a, W> {
    fn new(to: &'a mut W, is_first: bool) -> Self {
        Self {
            to,
            is_first,
            written: Ok(()),
        }
    }

    fn field(&mut self, field: &Field, value: impl FnOnce(&mut W) -> fmt::Result) {
        if self.written.is_err() {
            return;
        }
        let comma = if self.is_first { "" } else { "," };
        self.is_first = false;
        // In pieces: going through `format_args` takes longer than all of them.
        let name = [comma, "\"", field.name(), "\":"];
        let name = name.into_iter().try_for_each(|it| self.to.write_str(it));
        self.written = name.and_then(|()| value(self.to));
    }
}

impl<W: Write> Visit for Object<'_, W> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.field(field, |to| text(to, value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.field(field, |to| write!(to, "{value}"));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.field(field, |to| to.write_str(&value.to_string()));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.field(field, |to| to.write_str(&value.to_string()));
    }

    /// JSON has no word for what is not a number.
    fn record_f64(&mut self, field: &Field, value: f64) {
        match value.is_finite() {
            true => self.field(field, |to| write!(to, "{value}")),
            false => self.record_debug(field, &value),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.field(field, |to| text(to, &format!("{value:?}")));
    }
}

/// A JSON string; most need no escapes.
fn text(to: &mut impl Write, value: &str) -> fmt::Result {
    let is_plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\' && byte != 0x7f;
    if value.bytes().all(is_plain) {
        to.write_char('"')?;
        to.write_str(value)?;
        return to.write_char('"');
    }
    let escaped = serde_json::to_string(value).map_err(|_| fmt::Error)?;
    to.write_str(&escaped)
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use serde_json::Value;
    use tracing::{field, info, info_span};

    use super::*;

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What a line says of the span it is in.
    fn span_of(inside: impl FnOnce()) -> Value {
        let log = Log::default();
        let to = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_span_list(true)
            .fmt_fields(Fields)
            .with_writer(move || to.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, inside);
        let bytes = log.0.lock().unwrap().clone();
        let line: Value = serde_json::from_slice(&bytes).unwrap();
        line["spans"][0].clone()
    }

    #[test]
    fn fields_are_json_whatever_they_hold() {
        let span = span_of(|| {
            let text = "a \"quoted\" line\nand \u{1b}[2K another, ä";
            let span = info_span!(
                "s",
                text,
                many = 3_u64,
                few = -1_i64,
                yes = true,
                nan = f64::NAN
            );
            let _inside = span.enter();
            info!("here");
        });
        let text = "a \"quoted\" line\nand \u{1b}[2K another, ä";
        let wanted = serde_json::json!({
            "name": "s", "text": text, "many": 3, "few": -1, "yes": true, "nan": "NaN"
        });
        assert_eq!(span, wanted);
    }

    #[test]
    fn a_field_that_comes_later_is_added() {
        for has_other in [true, false] {
            let span = span_of(|| {
                let other = has_other.then_some("x");
                let span = info_span!("s", other, outcome = field::Empty);
                span.record("outcome", "processed");
                let _inside = span.enter();
                info!("here");
            });
            assert_eq!(span["outcome"], "processed");
            assert_eq!(span["other"].as_str(), has_other.then_some("x"));
        }
    }
}
