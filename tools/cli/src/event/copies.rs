//! Many different messages from one: `{{n}}` in a body stands for the number of a copy.

/// What stands for the number.
const NUMBER: &str = "{{n}}";

/// The copy of a body with this number, from 1.
pub(crate) fn copy(body: &str, number: usize) -> String {
    body.replace(NUMBER, &number.to_string())
}
