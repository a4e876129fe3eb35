//! How a function failed, as whoever invoked it is told.

use std::process::ExitStatus;

use crate::error::{ErrorReport, FunctionError};

/// What the body of a response says under `X-Amz-Function-Error`.
pub(super) fn report(error: &FunctionError, request_id: &str) -> ErrorReport {
    let mut report = ErrorReport::from(error);
    let about = |message: String| format!("RequestId: {request_id} Error: {message}");
    report.error_message = match error {
        FunctionError::Reported(_) | FunctionError::Init(_) => report.error_message,
        FunctionError::Crashed(status) | FunctionError::EndedInInit(status) => {
            about(ended(*status))
        }
        FunctionError::TooLarge => {
            "Response payload size exceeded maximum allowed payload size (6291556 bytes)."
                .to_owned()
        }
        _ => about(report.error_message),
    };
    report
}

fn ended(status: ExitStatus) -> String {
    match status.success() {
        true => "Runtime exited without providing a reason".to_owned(),
        // `exit status: 1`, `signal: 9 (SIGKILL)`; Lambda says it the same way, without the colon.
        false => format!(
            "Runtime exited with error: {}",
            status
                .to_string()
                .replacen("exit status: ", "exit status ", 1)
        ),
    }
}
